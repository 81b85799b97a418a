"""Shares and Student's t against worked examples of the literature and the distributions themselves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from staffride.lab.proportions import mcnemar, newcombe, risk, rule_of_three, wilson
from staffride.lab.student import student_quantile, two_sided_p

COUNTS = st.tuples(*[st.integers(0, 200)] * 4).filter(lambda counts: sum(counts) > 0)


@pytest.mark.parametrize(
    ("cases", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_in_newcombes_table(cases: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I."""
    found = wilson(cases, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((36, 2, 12, 0), 0.0569, 0.3404),  # Newcombe (1998), Statistics in Medicine 17, 2635-2650
        ((14, 0, 5, 22), 0.011, 0.226),  # Altman et al. (2000), "Statistics with Confidence", table 6.2
        ((59, 16, 6, 80), -0.1186, -0.0046),  # Fagerland et al. (2017), "Contingency Tables", chapter 8
    ],
)
def test_newcombe_as_in_worked_examples(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    assert newcombe(*counts) == pytest.approx((low, high), abs=5.1e-4 if high == 0.226 else 5e-5)


@given(COUNTS)
def test_newcombe_mirrors_and_stays_within_bounds(counts: tuple[int, int, int, int]) -> None:
    both, first, second, neither = counts
    low, high = newcombe(both, first, second, neither)
    assert newcombe(both, second, first, neither) == pytest.approx((-high, -low), abs=1e-12)
    assert newcombe(neither, second, first, both) == pytest.approx((-high, -low), abs=1e-12)
    assert -1.0 - 1e-12 <= low <= (second - first) / sum(counts) <= high <= 1.0 + 1e-12


def test_nothing_discordant_is_exactly_zero_and_bounded_by_the_rule_of_three() -> None:
    found = risk(40, 0, 0, 60)
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert (1.0 - rule_of_three(100)) ** 100 == pytest.approx(0.05)
    assert math.isnan(rule_of_three(0))


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_the_binomial_test(first: int, second: int) -> None:
    expected = stats.binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected, rel=1e-9)


def test_without_a_replication_nothing_is_known() -> None:
    assert math.isnan(wilson(0, 0).share)
    assert math.isnan(risk(0, 0, 0, 0).low)
    assert math.isnan(student_quantile(0.975, 0))
    assert math.isnan(two_sided_p(1.0, 0))


@pytest.mark.parametrize("freedom", [1, 2, 7, 30, 499])
@pytest.mark.parametrize("probability", [0.6, 0.975, 0.9995])
def test_student_at_any_level(probability: float, freedom: int) -> None:
    expected = stats.t.ppf(probability, freedom)
    assert student_quantile(probability, freedom) == pytest.approx(expected, rel=1e-10)
    assert two_sided_p(expected, freedom) == pytest.approx(2 * (1 - probability), rel=1e-10)
