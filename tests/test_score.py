"""Scores against closed forms, worked values, a library's values and the laws that they obey."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from staffride.errors import StaffrideError
from staffride.lab import score

FINITE = st.floats(-1e5, 1e5, allow_nan=False)
SAMPLES = hnp.arrays(
    float, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12), elements=FINITE
)


def brute_crps(sample: np.ndarray, observed: float, weights: np.ndarray) -> float:
    """The double sum of the energy form, member by member."""
    share = weights / weights.sum()
    miss = float(np.sum(share * np.abs(sample - observed)))
    pairs = np.abs(sample[:, None] - sample[None, :])
    return miss - 0.5 * float(share @ pairs @ share)


def step_crps(sample: np.ndarray, observed: float) -> float:
    """Hersbach's integral of the squared distance of two step functions, segment by segment."""
    edges = np.sort(np.append(sample, observed))
    middle = 0.5 * (edges[:-1] + edges[1:])
    forecast = (sample[None, :] <= middle[:, None]).mean(axis=1)
    return float(np.sum(np.diff(edges) * (forecast - (middle >= observed)) ** 2))


def test_worked_value_of_crps() -> None:
    # Members 1, 2, 4; observation 3: mean miss 4/3, mean pair distance 12/9, so 4/3 - 2/3.
    assert score.crps_ensemble([1.0, 2.0, 4.0], 3.0)[0] == pytest.approx(2.0 / 3.0, abs=1e-15)
    # Fair: pairs of different members only, mean distance 2: 4/3 - 1.
    assert score.crps_ensemble([1.0, 2.0, 4.0], 3.0, fair=True)[0] == pytest.approx(1.0 / 3.0, abs=1e-15)


@given(SAMPLES, st.data())
def test_crps_is_the_double_sum_and_hersbachs_integral(sample: np.ndarray, data: st.DataObject) -> None:
    observed = data.draw(hnp.arrays(float, sample.shape[1], elements=FINITE))
    weights = data.draw(hnp.arrays(float, sample.shape[0], elements=st.floats(0.01, 10.0)))
    got = score.crps_ensemble(sample, observed, weights)
    equal = score.crps_ensemble(sample, observed)
    for column, truth in enumerate(observed):
        scale = 1e-12 * (1.0 + np.abs(sample).max() + abs(truth))
        assert got[column] == pytest.approx(brute_crps(sample[:, column], truth, weights), abs=scale)
        assert equal[column] == pytest.approx(step_crps(sample[:, column], truth), abs=scale)


@given(FINITE, FINITE, st.integers(1, 9))
def test_crps_of_a_point_is_the_absolute_error(point: float, observed: float, members: int) -> None:
    got = score.crps_ensemble(np.full(members, point), observed)[0]
    assert got == pytest.approx(abs(point - observed), abs=1e-9)


@given(SAMPLES, st.data())
def test_crps_is_not_negative_and_moves_and_scales_with_its_unit(
    sample: np.ndarray, data: st.DataObject
) -> None:
    observed = data.draw(hnp.arrays(float, sample.shape[1], elements=FINITE))
    base = score.crps_ensemble(sample, observed)
    assert np.all(base >= -1e-9)
    np.testing.assert_allclose(score.crps_ensemble(sample + 7.0, observed + 7.0), base, atol=1e-8)
    np.testing.assert_allclose(score.crps_ensemble(3.0 * sample, 3.0 * observed), 3.0 * base, atol=1e-8)


@given(SAMPLES, st.integers(1, 4))
def test_an_integer_weight_is_a_repeated_member(sample: np.ndarray, times: int) -> None:
    observed = np.zeros(sample.shape[1])
    weights = np.ones(sample.shape[0])
    weights[0] = times
    repeated = np.vstack([np.repeat(sample[:1], times, axis=0), sample[1:]])
    np.testing.assert_allclose(
        score.crps_ensemble(sample, observed, weights), score.crps_ensemble(repeated, observed), atol=1e-8
    )


def test_crps_of_normal_quantiles_meets_the_closed_form() -> None:
    from scipy.stats import norm

    level = (np.arange(20_000) + 0.5) / 20_000
    observed = np.array([-1.0, 0.0, 0.3, 2.5])
    sample = np.repeat(norm.ppf(level)[:, None], observed.size, axis=1) * 2.0 + 0.5
    closed = score.crps_normal(0.5, 2.0, observed)
    np.testing.assert_allclose(score.crps_ensemble(sample, observed), closed, rtol=2e-4)
    # Standard normal at its mean: (sqrt(2) - 1) / sqrt(pi).
    at_mean = (math.sqrt(2.0) - 1.0) / math.sqrt(math.pi)
    assert score.crps_normal(0.0, 1.0, 0.0) == pytest.approx(at_mean, abs=1e-15)


def test_scoringrules_gives_the_same_values() -> None:
    library = pytest.importorskip("scoringrules", reason="the cross-check needs the extra 'lab'")
    rng = np.random.default_rng(3)
    sample = rng.lognormal(10.0, 0.4, (60, 25))
    observed = rng.lognormal(10.0, 0.4, 25)
    ours = score.crps_ensemble(sample, observed)
    np.testing.assert_allclose(ours, library.crps_ensemble(observed, sample.T, estimator="nrg"), rtol=1e-10)
    fair = score.crps_ensemble(sample, observed, fair=True)
    np.testing.assert_allclose(fair, library.crps_ensemble(observed, sample.T, estimator="fair"), rtol=1e-10)
    np.testing.assert_allclose(
        score.crps_normal(1.0, 2.0, observed), library.crps_normal(observed, 1.0, 2.0), rtol=1e-12
    )
    low, high = score.central_band(sample, 0.9)
    np.testing.assert_allclose(
        score.interval_score(low, high, observed, 0.9), library.interval_score(observed, low, high, 0.1)
    )
    np.testing.assert_allclose(
        score.pinball(low, observed, 0.05), library.quantile_score(observed, low, 0.05), rtol=1e-12
    )


@given(
    hnp.arrays(float, st.integers(2, 8), elements=FINITE),
    hnp.arrays(float, st.integers(1, 8), elements=FINITE),
)
def test_crps_is_proper(truth: np.ndarray, other: np.ndarray) -> None:
    """If history is drawn from the members of one forecast, no other forecast has a lower expected score."""
    columns = truth.size
    own = score.crps_ensemble(np.repeat(truth[:, None], columns, axis=1), truth).mean()
    rival = score.crps_ensemble(np.repeat(other[:, None], columns, axis=1), truth).mean()
    assert own <= rival + 1e-7


def test_the_fair_score_does_not_depend_on_the_number_of_members() -> None:
    """Exact expectation over all ensembles of size M from {0, 1, 5}, history 2."""
    from itertools import product

    def expected(members: int, fair: bool) -> float:
        columns = np.array(list(product([0.0, 1.0, 5.0], repeat=members))).T
        return float(score.crps_ensemble(columns, np.full(columns.shape[1], 2.0), fair=fair).mean())

    assert expected(2, True) == pytest.approx(expected(5, True), abs=1e-12)
    assert expected(2, False) > expected(5, False) + 0.1


def test_pinball_averages_to_half_the_crps() -> None:
    sample = np.array([1.0, 2.0, 4.0, 8.0])
    level = (np.arange(4) + 0.5) / 4.0
    by_quantiles = 2.0 * np.mean([score.pinball(q, 3.0, p) for q, p in zip(sample, level, strict=True)])
    assert by_quantiles == pytest.approx(score.crps_ensemble(sample, 3.0)[0], abs=1e-12)


@pytest.mark.parametrize(("level", "members"), [(0.5, 19), (0.9, 19), (0.9, 39), (0.5, 39)])
def test_coverage_is_exact_when_history_is_one_of_the_ranks(level: float, members: int) -> None:
    """Values 0..M; each in turn is history and the rest are members: the band holds its level of them."""
    values = np.arange(members + 1.0)
    sample = np.array([np.delete(values, k) for k in range(members + 1)]).T
    low, high = score.central_band(sample, level)
    ends_half = (
        0.5 * ((low < values) & (values < high)).mean() + 0.5 * score.covered(sample, values, level).mean()
    )
    assert ends_half == pytest.approx(level, abs=1e-12)


def test_weighted_quantile_of_equal_weights_is_an_order_statistic() -> None:
    sample = np.array([30.0, 10.0, 20.0, 40.0])
    assert [score.quantile(sample, p, np.ones(4))[0] for p in (0.0, 0.25, 0.26, 0.75, 1.0)] == [
        10,
        10,
        20,
        30,
        40,
    ]
    assert score.quantile(sample, 0.5, [0.0, 0.0, 0.0, 2.0])[0] == 40.0


def test_interval_score_worked_values() -> None:
    # 90 % band from 10 to 30: width 20; a miss by 1 costs 2 / 0.1 = 20 more.
    np.testing.assert_allclose(score.interval_score(10.0, 30.0, [20.0, 9.0, 31.0], 0.9), [20.0, 40.0, 40.0])


def test_rank_of_history() -> None:
    sample = np.repeat(np.array([[1.0], [2.0], [3.0], [4.0]]), 4, axis=1)
    np.testing.assert_allclose(score.rank_of_history(sample, [0.0, 2.0, 2.5, 9.0]), [0.0, 0.375, 0.5, 1.0])
    assert score.rank_of_history([1.0, 2.0], 1.5, [3.0, 1.0])[0] == 0.75


def test_brier_and_skill() -> None:
    np.testing.assert_allclose(score.brier([0.0, 0.3, 1.0], [0, 1, 1]), [0.0, 0.49, 0.0])
    assert score.skill(2.0, 8.0) == 0.75
    assert score.skill(8.0, 2.0) == -3.0
    assert score.skill(0.0, 0.0) == 0.0
    assert score.skill(1.0, 0.0) == -math.inf


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: score.crps_ensemble(np.zeros((3, 2)), [1.0]), "2 observations was given 1"),
        (lambda: score.crps_ensemble([1.0, np.nan], 1.0), "not finite"),
        (lambda: score.crps_ensemble([1.0], np.inf), "not finite"),
        (lambda: score.crps_ensemble(np.zeros((0, 2)), [1.0, 2.0]), "matrix"),
        (lambda: score.crps_ensemble([1.0, 2.0], 1.0, [1.0, -1.0]), "none negative"),
        (lambda: score.crps_ensemble([1.0, 2.0], 1.0, [0.0, 0.0]), "all be zero"),
        (lambda: score.crps_ensemble([1.0], 1.0, fair=True), "two members"),
        (lambda: score.central_band([1.0, 2.0], 1.0), "between 0 and 1"),
        (lambda: score.brier(1.2, 1), "between 0 and 1"),
    ],
)
def test_unusable_input_is_refused(call: object, words: str) -> None:
    with pytest.raises(StaffrideError, match=words):
        call()  # type: ignore[operator]
