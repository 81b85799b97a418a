"""Paired differences against closed forms: exact small samples, linear changes, independence, normal theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from staffride.lab.paired import pair, variance_removed
from staffride.results.paired import student_975, variant_column

COLUMNS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40)


def normal(n: int, stream: int) -> np.ndarray:
    return np.random.default_rng((20200927, stream)).normal(size=n)


class TestDifference:
    def test_a_sample_that_can_be_done_by_hand(self) -> None:
        found = pair(np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 1.0, 1.0, 5.0]))
        assert (found.n, found.baseline, found.mean) == (4, 3.0, -1.0)
        assert found.standard_error == pytest.approx(math.sqrt(2 / 3) / 2)  # differences 0, -1, -2, -1
        assert (found.lower, found.higher) == (0.75, 0.0)
        assert found.variance_reduction == pytest.approx(1 - (2 / 3) / (14 / 3 + 4))

    def test_a_constant_change_is_known_exactly(self) -> None:
        before = normal(50, 1)
        found = pair(before, before - 0.25)
        assert found.mean == pytest.approx(-0.25)
        assert found.standard_error == pytest.approx(0.0, abs=1e-15)
        assert found.variance_reduction == pytest.approx(1.0)
        assert (found.lower, found.higher) == (1.0, 0.0)

    def test_a_factor_leaves_the_share_of_its_own_spread(self) -> None:
        """With b = c a, var(b - a) = (c - 1)^2 var(a) and var(a) + var(b) = (1 + c^2) var(a)."""
        before = normal(200, 2)
        found = pair(before, 0.6 * before)
        assert found.variance_reduction == pytest.approx(1 - 0.4**2 / (1 + 0.6**2))

    def test_independent_columns_save_nothing_and_opposite_ones_cost(self) -> None:
        before, other = normal(4000, 3), normal(4000, 4)
        assert abs(pair(before, other).variance_reduction) < 4 / math.sqrt(4000)
        assert pair(before, -before).variance_reduction == pytest.approx(-1.0)

    def test_the_interval_is_that_of_the_paired_t_test(self) -> None:
        before, after = normal(25, 5), normal(25, 5) + 0.3 * normal(25, 6) + 0.1
        expected = stats.ttest_rel(after, before).confidence_interval(0.95)
        found = pair(before, after)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6)

    def test_the_chance_to_be_lower_is_that_of_the_normal_law(self) -> None:
        before = normal(40_000, 7)
        found = pair(before, before + 0.5 * normal(40_000, 8) - 0.3)
        expected = stats.norm.cdf(0.6)
        assert abs(found.lower - expected) < 4 * math.sqrt(expected * (1 - expected) / 40_000)

    @given(COLUMNS, st.randoms(use_true_random=False))
    def test_the_two_directions_mirror_each_other(self, values: list[float], random) -> None:
        before, after = np.array(values), np.array(random.sample(values, len(values)))
        there, back = pair(before, after), pair(after, before)
        assert (there.mean, there.low, there.lower) == (-back.mean, -back.high, back.higher)
        assert there.lower + there.higher <= 1.0

    def test_missing_values_drop_their_pair(self) -> None:
        before = np.array([1.0, np.nan, 3.0, 4.0])
        found = pair(before, np.array([2.0, 5.0, np.nan, 6.0]))
        assert (found.n, found.mean) == (2, 1.5)

    def test_too_few_pairs_have_no_interval(self) -> None:
        one, none = pair(np.ones(1), np.zeros(1)), pair(np.array([np.nan]), np.ones(1))
        assert (one.mean, one.lower) == (-1.0, 1.0)
        assert math.isnan(one.standard_error)
        assert math.isnan(one.low)
        assert none.n == 0
        assert math.isnan(none.mean)

    def test_where_nothing_varies_there_is_nothing_to_save(self) -> None:
        assert math.isnan(pair(np.ones(5), np.zeros(5)).variance_reduction)

    @pytest.mark.parametrize(("freedom", "error"), [(2, 0.01), (4, 1e-3), (8, 1e-4), (30, 1e-6), (999, 1e-9)])
    def test_students_quantile(self, freedom: int, error: float) -> None:
        assert student_975(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=error)

    def test_the_column_of_a_variant(self) -> None:
        assert variant_column("lost.artillery.az", "no-jamming") == "lost.artillery.az@no-jamming"


class TestVarianceRemoved:
    """A sum of independent inputs: holding one at its median removes its share of the variance."""

    def test_the_share_of_one_input_is_recovered(self) -> None:
        held, rest = 2.0 * normal(20_000, 9), normal(20_000, 10)
        found = variance_removed(held + rest, rest)
        assert found.low < 0.8 < found.high
        assert found.high - found.low < 0.02

    def test_the_interval_covers_as_often_as_it_says(self) -> None:
        hits = 0
        for stream in range(400):
            held, rest = normal(200, 100 + stream), normal(200, 1100 + stream)
            found = variance_removed(held + rest, rest)
            hits += found.low < 0.5 < found.high
        assert abs(hits / 400 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 400)

    def test_the_two_ends(self) -> None:
        sample = normal(100, 11)
        assert variance_removed(sample, sample) == (0.0, 0.0, 0.0)
        assert variance_removed(sample, np.zeros(100)) == (1.0, 1.0, 1.0)
        assert math.isnan(variance_removed(np.zeros(100), sample).share)
