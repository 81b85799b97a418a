"""Verification against later reports, the scores, and the fit, on made-up series with known answers."""

from dataclasses import replace

import numpy as np
import pytest

from flee_cases import small_region
from staffride.lab.forecast_board import document, score_cases
from staffride.lab.forecast_centre import LEVEL, Centre, median
from staffride.lab.forecast_fit import METHODS, OURS, coverage, fit_centre, fit_spread
from staffride.lab.forecast_origins import LEADS, TOLERANCE, Rows, verification
from staffride.lab.forecast_scores import (
    LEVELS,
    NORMALISATIONS,
    bootstrapped,
    by_lead,
    covered,
    crps,
    pooled,
    ratio,
    table,
    weights,
)
from staffride.lab.forecast_spread import Spread, at_quantiles
from staffride.lab.forecast_totals import fit_common, total_paths, verified_totals
from staffride.lab.simplex import least
from staffride.scenario.region import Region
from staffride.scenario.special import normal_ppf
from test_forecast_known import region_with, series


def walking(seed: int, days: int = 200, drift: float = 40.0) -> Region:
    """A region whose counts drift and wander, reported every six days."""
    draw = np.random.default_rng(seed)
    reports = [
        series(
            name,
            dict(zip(range(3, days, 6), 5_000.0 + np.cumsum(draw.normal(drift, 80.0, 40)), strict=False)),
        )
        for name in ("Farhold", "Gantry", "Hovel")
    ]
    return replace(
        small_region(),
        name=f"walk{seed}",
        days=days - 90,
        conflict=np.ones((days - 90, 8)),
        reports=tuple(reports),
    )


def rows_of(*regions: Region, memory: float = 56.0) -> Rows:
    return verification(regions, memory)


def test_every_target_is_a_real_report_after_its_origin() -> None:
    region = walking(1)
    rows = rows_of(region)
    for at in range(0, len(rows.truth), 7):
        days, counts = (
            region.reports[rows.destination[at]].days[0],
            region.reports[rows.destination[at]].counts[0],
        )
        where = np.flatnonzero(days == rows.origin[at] + rows.ahead[at])
        assert counts[where].tolist() == [rows.truth[at]]
        assert rows.ahead[at] >= 1
        assert abs(rows.ahead[at] - LEADS[rows.lead[at]]) <= TOLERANCE[rows.lead[at]]


def test_zeros_before_the_first_count_verify_nothing() -> None:
    region = replace(
        region_with(Farhold={0: 100.0, 7: 120.0, 28: 130.0}, Gantry={0: 0.0, 21: 0.0, 28: 50.0}), days=40
    )
    rows = rows_of(region)
    assert (rows.truth > 0.0).all()


def test_corrections_do_not_touch_the_truth() -> None:
    region = walking(1)
    assert np.array_equal(rows_of(region).truth, rows_of(replace(region, corrections=())).truth)


def test_the_crps_of_a_normal_forecast() -> None:
    quantiles = normal_ppf((np.arange(4_000) + 0.5) / 4_000)
    coarse = normal_ppf(LEVELS)
    exact = np.sqrt(2.0 / np.pi) - 1.0 / np.sqrt(np.pi)  # a standard normal verified by its own median
    assert crps(np.zeros(1), coarse[None]).item() == pytest.approx(exact, rel=0.05)
    assert np.abs(quantiles).mean() - 1.0 / np.sqrt(np.pi) == pytest.approx(exact, rel=1e-3)
    assert crps(np.array([3.0]), np.full((1, 20), 1.0)).item() == pytest.approx(2.0)


def test_a_band_covers_its_ends() -> None:
    found = covered(np.array([1.0, 2.0, 3.0]), np.full(3, 1.0), np.full(3, 2.0))
    assert found.tolist() == [1.0, 1.0, 0.0]


def test_normalised_errors_of_a_constant_share() -> None:
    rows = rows_of(walking(1), walking(2))
    weight = weights(rows)
    assert set(weight) == set(NORMALISATIONS)
    for way in ("pooled", "by_target"):
        assert table(rows, 0.1 * rows.truth, weight[way]) == pytest.approx(np.full((2, 5), 0.1))
    assert table(rows, 0.2 * rows.at.total, weight["by_origin"]) == pytest.approx(np.full((2, 5), 0.2))


def test_pooling_counts_each_case_once_and_skips_what_is_missing() -> None:
    scores = np.array([[0.1, np.nan], [0.3, np.nan]])
    assert pooled(scores)[0] == pytest.approx(0.2)
    assert np.isnan(pooled(scores)[1])
    assert ratio(scores, 2.0 * scores) == pytest.approx(0.5)
    assert by_lead(scores, 2.0 * scores)[0] == pytest.approx(0.5)


def test_the_bootstrap_of_an_even_gain_has_no_width() -> None:
    scores = np.random.default_rng(1).uniform(0.1, 1.0, (6, 5))
    assert bootstrapped(0.9 * scores, scores) == pytest.approx((0.9, 0.9))


def test_totals_are_sums_of_their_rows() -> None:
    rows = rows_of(walking(1), walking(2))
    totals = verified_totals(rows)
    assert len(totals.rows) > 50
    assert all(len(set(rows.origin[part])) == len(set(rows.case[part])) == 1 for part in totals.rows)
    still = Spread(1e-12, 1e-12, 1e-12, 1e-12, 1.0, 0.0, 0.0)
    sums = total_paths(rows, totals, LEVEL, still).mean(axis=1)
    assert sums == pytest.approx([rows.at.count[part].sum() for part in totals.rows], rel=1e-6)


def test_destinations_that_move_together_are_found_out() -> None:
    """Truths are drawn from the model itself, alone and together."""
    rows = rows_of(*(walking(seed) for seed in range(4)))
    spread = Spread(0.1, 1e-9, 1e-9, 1e-9, 1.0, 0.0, 1e-9)
    scales = 0.1 * rows.at.count * (rows.ahead + rows.at.staleness) / 28.0
    draw = np.random.default_rng(5)
    key = np.unique(np.stack([rows.case, rows.origin]), axis=1, return_inverse=True)[1].ravel()
    shared, own = draw.normal(size=key.max() + 1)[key], draw.normal(size=len(key))
    found = [
        fit_common(replace(rows, truth=np.maximum(1.0, rows.at.count + scales * z)), LEVEL, spread)
        for z in (own, np.sqrt(0.8) * shared + np.sqrt(0.2) * own)
    ]
    assert found[0] <= 0.2
    assert found[1] >= 0.5


def test_a_drift_is_found_and_a_walk_is_not() -> None:
    drifting = rows_of(*(walking(seed, drift=60.0) for seed in range(3)))
    still = rows_of(*(walking(seed, drift=0.0) for seed in range(3)))
    method = replace(METHODS[OURS], memories=(56.0,))
    assert fit_centre(method, {56.0: drifting}).damping_days > 120.0
    assert fit_centre(method, {56.0: still}).damping_days < 60.0


def test_a_fitted_spread_covers_what_it_says() -> None:
    rows = rows_of(*(walking(seed) for seed in range(4)))
    centre = Centre(56.0, 300.0)
    spread = fit_spread(rows, centre, 10.0)
    inside = coverage(rows, median(rows.at, rows.ahead, centre), spread, (0.05, 0.95)).mean()
    assert 0.85 <= inside <= 0.95


def test_nothing_of_a_case_enters_its_own_figures() -> None:
    """With another history the left-out case gets the same figures, and the other cases get others."""
    cases = [walking(1), walking(2), walking(3, drift=10.0)]
    changed = [*cases[:2], replace(walking(9, drift=200.0), name="walk3")]
    first, second = score_cases(cases), score_cases(changed)
    assert first.left_out["walk3"] == second.left_out["walk3"]
    assert first.left_out["walk1"] != second.left_out["walk1"]
    found = document(first)
    assert found["cases"] == ["walk1", "walk2", "walk3"]
    assert set(found["against"]) == set(METHODS) - {OURS}
    assert 0.5 < found["coverage"][OURS]["90"]["all"] <= 1.0


def test_the_simplex_finds_the_bottom_of_a_valley() -> None:
    found = least(lambda x: float((1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2), [-1.2, 1.0], near=1e-12)
    assert found == pytest.approx([1.0, 1.0], abs=1e-4)


def test_quantiles_are_never_negative() -> None:
    found = at_quantiles(np.array([5.0]), np.array([10.0]), LEVELS, Spread(0, 0, 0, 0, 1, 0.3, 0.4))
    assert found.min() == 0.0
    assert (np.diff(found) >= 0.0).all()
