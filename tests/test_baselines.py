"""Baselines: means in closed form, widening bands, no look at the future, the figures on the record."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.errors import StaffrideError
from staffride.lab import baselines, score
from staffride.lab.baselines import Record

STEADY = Record(np.array([0.0, 10.0, 20.0, 30.0]), np.array([0.0, 1_000.0, 2_000.0, 3_000.0]))
FORECASTS = [baselines.persistence_24h, baselines.persistence_6h, baselines.logistic, baselines.last_value]


def test_recent_flow_interpolates_between_bulletins() -> None:
    record = Record(np.array([2.0, 6.0, 30.0]), np.array([100.0, 500.0, 2_900.0]))
    assert baselines.recent_flow(record, 24.0) == 100.0
    # 26 hours: 24 at 100 an hour and 2 at (500 - 100) / 4.
    assert baselines.recent_flow(record, 26.0) == pytest.approx(100.0)
    # Longer than the record: from zero persons at the start of the period.
    assert baselines.recent_flow(record, 99.0) == pytest.approx(2_900.0 / 30.0)
    assert baselines.recent_flow(Record(np.array([1.0, 2.0]), np.array([9.0, 5.0])), 1.0) == 0.0


def test_the_mean_of_persistence_is_the_straight_line() -> None:
    later = np.array([31.0, 42.0, 54.5])
    sample = baselines.persistence_6h(STEADY, later, members=20_000, seed=5)
    line = 3_000.0 + 100.0 * (later - 30.0)
    error = sample.std(axis=0) / np.sqrt(20_000)
    assert np.all(np.abs(sample.mean(axis=0) - line) < 4.0 * error)


def test_the_first_hour_spreads_by_five_per_cent_and_bands_widen() -> None:
    later = 30.0 + np.array([1.0, 6.0, 24.0, 96.0])
    sample = baselines.persistence_24h(STEADY, later, members=20_000)
    assert np.log((sample[:, 0] - 3_000.0) / 100.0).std() == pytest.approx(0.05, rel=0.03)
    low, high = score.central_band(sample, 0.9)
    relative = (high - low) / (later - 30.0)
    assert np.all(np.diff(relative) > 0.0)


@pytest.mark.parametrize("forecast", FORECASTS)
def test_one_more_time_leaves_the_other_columns_unchanged(forecast: object) -> None:
    few = forecast(STEADY, np.array([36.0, 40.0]), members=50)  # type: ignore[operator]
    many = forecast(STEADY, np.array([36.0, 40.0, 200.0]), members=50)  # type: ignore[operator]
    np.testing.assert_array_equal(few, many[:, :2])


@pytest.mark.parametrize("forecast", FORECASTS)
def test_the_seed_repeats_and_known_times_have_no_band(forecast: object) -> None:
    times = np.array([5.0, 25.0, 60.0])
    first, second = (forecast(STEADY, times, members=40, seed=9) for _ in range(2))  # type: ignore[operator]
    np.testing.assert_array_equal(first, second)
    assert first.shape == (40, 3)
    np.testing.assert_allclose(first[:, :2], np.broadcast_to([500.0, 2_500.0], (40, 2)))


@given(st.lists(st.floats(0.0, 5_000.0), min_size=4, max_size=10), st.floats(1.0, 240.0))
def test_no_cumulative_forecast_falls_below_the_last_known_value(steps: list[float], ahead: float) -> None:
    record = Record(np.arange(1.0, len(steps) + 1.0), np.cumsum(steps) + 1.0)
    times = record.last_h + np.array([0.5, 1.0]) * ahead
    for forecast in (baselines.persistence_24h, baselines.logistic):
        sample = forecast(record, times, members=20)
        assert np.all(sample >= record.last_value - 1e-6)
        assert np.all(np.diff(sample, axis=1) >= -1e-6)


def test_capped_persistence_stops_at_the_total_and_drops_impossible_ones() -> None:
    sample = baselines.capped_persistence(STEADY, [5_000.0], [100.0, 4_000.0, 5_000.0], members=3_000)
    assert set(np.unique(sample)) == {4_000.0, 5_000.0}
    assert (sample == 4_000.0).mean() == pytest.approx(0.5, abs=0.03)
    refuted = baselines.capped_persistence(STEADY, [50.0, 99.0], [100.0], members=7)
    np.testing.assert_array_equal(refuted, np.full((7, 2), 3_000.0))


def test_a_logistic_record_is_fitted_to_its_ceiling() -> None:
    time = np.arange(0.0, 80.0, 4.0)
    record = Record(time, 50_000.0 / (1.0 + np.exp(-(time - 50.0) / 9.0)))
    sample = baselines.logistic(record, [300.0], members=200)
    assert np.median(sample) == pytest.approx(50_000.0, rel=0.01)
    low, high = score.central_band(sample, 0.9)
    assert high[0] - low[0] < 2_000.0


def test_a_logistic_band_is_wider_before_the_turn_than_after_it() -> None:
    noise = np.array([1.0, -1.0, 0.5, -0.5, 0.8, -0.8, 0.2, -0.2, 1.0, -1.0]) * 300.0

    def width(last_h: float) -> float:
        time = np.linspace(4.0, last_h, 10)
        value = 50_000.0 / (1.0 + np.exp(-(time - 50.0) / 9.0)) + noise
        low, high = score.central_band(baselines.logistic(Record(time, np.maximum(value, 0.0)), [400.0]), 0.9)
        return float(high[0] - low[0])

    assert width(44.0) > 3.0 * width(90.0)


def test_shares_of_a_total_add_up_and_have_the_dirichlet_spread() -> None:
    total = np.tile([100.0, 1_000.0], (20_000, 1))
    sample = baselines.shares_of_total([1.0, 3.0, 0.0], total, concentration=15.0)
    np.testing.assert_allclose(sample.sum(axis=2), total)
    np.testing.assert_allclose(sample[:, 1].mean(axis=0), [250.0, 750.0, 0.0], atol=5.0)
    assert sample[:, 1, 1].std() == pytest.approx(1_000.0 * np.sqrt(0.25 * 0.75 / 16.0), rel=0.03)
    assert not sample[:, :, 2].any()


def test_kept_shares_let_an_empty_province_shelter_somebody() -> None:
    sample = baselines.kept_shares([400.0, 0.0], np.full((2_000, 1), 10_000.0), concentration=40.0)
    assert 0.0 < sample[:, 0, 1].mean() < 100.0


def test_moment_concentration_inverts_the_variance() -> None:
    # Shares 1/2, 1/2 against 0.6, 0.4: 0.5 / 0.02 - 1 = 24.
    assert baselines.moment_concentration([1.0, 1.0], [6.0, 4.0]) == pytest.approx(24.0)
    assert baselines.moment_concentration([1.0, 1.0], [2.0, 2.0]) == 10_000.0
    assert baselines.moment_concentration([1.0, 0.0], [0.0, 1.0]) == 1.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Record(np.array([]), np.array([])), "at least one value"),
        (lambda: Record(np.array([2.0, 1.0]), np.array([1.0, 2.0])), "go back"),
        (lambda: baselines.logistic(Record(np.arange(3.0), np.arange(3.0)), [9.0]), "4 known values"),
        (lambda: baselines.shares_of_total([0.0, 0.0], np.ones((2, 1)), concentration=1.0), "not all zero"),
    ],
)
def test_an_unusable_record_is_refused(call: object, words: str) -> None:
    with pytest.raises(StaffrideError, match=words):
        call()  # type: ignore[operator]


DERIVED = {"A13", "A18"}  # arithmetic on flows that were published only on 28 September


def bulletins(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Hours since the start and persons, for the crossings reported within the period of eleven days."""
    start = datetime.fromisoformat("2023-09-24T00:00+04:00")
    with (folder / "evidence" / "arrivals_2023.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] not in DERIVED]
    hours = [(datetime.fromisoformat(row["datetime_local"]) - start).total_seconds() / 3600.0 for row in rows]
    inside = np.array(hours) < 264.0
    return np.array(hours)[inside], np.array([float(row["cumulative_persons"]) for row in rows])[inside]


def test_the_record_of_2023_gives_the_expected_order_of_magnitude(shared_dir: Path) -> None:
    """From 27 September 24:00, mean CRPS over the later bulletins in persons.

    Earlier prototypes found 23,300-30,500, 15,700, 20,400 and 3,300-3,400 with other choices of bulletins and
    bands; the bounds hold both. The capped forecast gets a total that is uniform from 25,000 to 120,000.
    """
    hours, persons = bulletins(shared_dir)
    known, later = hours <= 96.0, hours > 96.0
    record = Record(hours[known], persons[known])

    def mean_crps(sample: np.ndarray) -> float:
        return float(score.crps_ensemble(sample, persons[later]).mean())

    assert 23_000.0 < mean_crps(baselines.persistence_24h(record, hours[later])) < 36_000.0
    assert 15_000.0 < mean_crps(baselines.persistence_6h(record, hours[later])) < 20_000.0
    assert 18_000.0 < mean_crps(baselines.logistic(record, hours[later])) < 26_000.0
    total = np.linspace(25_000.0, 120_000.0, 1_000)
    assert 3_000.0 < mean_crps(baselines.capped_persistence(record, hours[later], total)) < 7_000.0
