"""Weeks, shelter and differences follow their definitions on paths whose answers are known in closed form."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_forecast import ORIGIN, fake_forecast
from flee_cases import small_region
from staffride.lab.plan import known_capacity, make_plan, plan_rows
from staffride.lab.planning import shelter_run_out, weekly_arrivals, weekly_sums, what_if
from staffride.results.bands import bands


def test_bands_are_those_of_numpy() -> None:
    values = np.random.default_rng(1).normal(size=(37, 4, 3))
    found = bands(values)
    np.testing.assert_allclose(found[0], values.mean(axis=0))
    expected = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    np.testing.assert_allclose(found[1:], expected, rtol=1e-12)


def test_a_single_replication_is_its_own_band() -> None:
    np.testing.assert_array_equal(bands(np.array([[3.0, 4.0]])), np.tile([3.0, 4.0], (6, 1)))


def test_weeks_are_sums_of_seven_days_from_the_day_after_the_origin() -> None:
    arrivals = np.ones((3, 16, 2)) * np.array([1.0, 10.0])
    found = weekly_arrivals(arrivals, date(2030, 2, 5))
    assert found.first == (date(2030, 2, 6), date(2030, 2, 13), date(2030, 2, 20))
    assert found.last == (date(2030, 2, 12), date(2030, 2, 19), date(2030, 2, 21))
    np.testing.assert_array_equal(found.figures[3], [[7, 70], [7, 70], [2, 20]])


def test_the_band_of_a_week_is_that_of_its_sum_not_the_sum_of_bands() -> None:
    # two days that always add up to ten: the sum of the week is known although no day is
    first = np.linspace(0.0, 10.0, 101)
    arrivals = np.stack([first, 10.0 - first], axis=1)[:, :, None]
    figures = weekly_arrivals(arrivals, ORIGIN).figures
    np.testing.assert_allclose(figures[:, 0, 0], 10.0)


@given(days=st.integers(1, 40), seed=st.integers(0, 100))
def test_no_person_is_lost_in_weeks(days: int, seed: int) -> None:
    arrivals = np.random.default_rng(seed).poisson(5.0, size=(4, days, 3)).astype(float)
    np.testing.assert_array_equal(weekly_sums(arrivals).sum(axis=1), arrivals.sum(axis=1))


def test_shelter_runs_out_on_the_day_that_the_rate_says() -> None:
    # path k gets k persons a day: 100 places are taken on day floor(99 / k) + 1
    rates = np.arange(1.0, 101.0)
    present = rates[:, None, None] * np.arange(1.0, 11.0)[None, :, None]
    found = shelter_run_out(present, np.array([100.0]))
    first = np.floor(99.0 / rates) + 1
    for day in range(1, 11):
        assert found.probability[day - 1, 0] == np.mean(first <= day)
    waits = np.sort(np.where(first <= 10, first, np.inf))
    np.testing.assert_array_equal(found.day[:, 0], waits[[4, 49, 94]])
    assert found.day[2, 0] == np.inf
    assert found.without_place[0, 0] == pytest.approx(np.maximum(rates * 10 - 100, 0).mean())


def test_a_place_for_everybody_is_not_run_out() -> None:
    found = shelter_run_out(np.full((5, 3, 1), 99.0), np.array([100.0]))
    assert found.probability[-1, 0] == 0.0
    assert np.all(np.isinf(found.day))
    taken = shelter_run_out(np.full((5, 3, 1), 100.0), np.array([100.0]))
    assert taken.probability[0, 0] == 1.0
    assert taken.without_place[0, 0] == 0.0


def test_an_unknown_capacity_is_said_so() -> None:
    found = shelter_run_out(np.full((5, 3, 2), 100.0), np.array([np.nan, np.inf]))
    assert not found.known.any()
    for values in (found.probability, found.day, found.without_place):
        assert np.isnan(values).all()


def test_who_has_left_again_does_not_undo_that_shelter_ran_out() -> None:
    present = np.array([[5.0, 15.0, 5.0]])[:, :, None]
    found = shelter_run_out(present, np.array([10.0]))
    np.testing.assert_array_equal(found.probability[:, 0], [0.0, 1.0, 1.0])
    assert found.without_place[0, 0] == 0.0


@given(seed=st.integers(0, 100), more=st.floats(0.0, 50.0))
def test_more_places_never_run_out_sooner(seed: int, more: float) -> None:
    present = np.random.default_rng(seed).gamma(2.0, 20.0, size=(20, 10, 2)).cumsum(axis=1)
    few, many = (shelter_run_out(present, np.array([100.0, 150.0]) + extra) for extra in (0.0, more))
    assert np.all(many.probability <= few.probability)
    assert np.all(np.diff(few.probability, axis=0) >= 0.0)
    assert np.all(many.day >= few.day)


def test_the_same_forecast_differs_in_nothing() -> None:
    found = what_if(fake_forecast(), fake_forecast())
    assert not found.present.any()
    assert not found.arrivals.any()
    assert not found.more.any()


def test_a_difference_is_taken_path_by_path() -> None:
    base, changed = fake_forecast(days=10), fake_forecast(days=10, factor=1.5)
    found = what_if(base, changed)
    np.testing.assert_allclose(found.arrivals, bands(0.5 * base.arrivals.sum(axis=1)))
    np.testing.assert_array_equal(found.more, 1.0)
    np.testing.assert_allclose(found.all_arrivals[0], found.arrivals[0].sum())
    wide = bands(changed.arrivals.sum(axis=1))[5] - bands(base.arrivals.sum(axis=1))[1]
    assert np.all(found.arrivals[5] - found.arrivals[1] < wide)


def test_forecasts_of_different_size_are_not_paired() -> None:
    with pytest.raises(ValueError, match="one seed"):
        what_if(fake_forecast(paths=10), fake_forecast(paths=11))


def test_weeks_of_the_fake_have_their_closed_form() -> None:
    forecast = fake_forecast(days=14, paths=201)
    found = weekly_arrivals(forecast.arrivals, forecast.origin)
    at = forecast.destinations.index("Farhold")
    assert found.figures[3, 0, at] == pytest.approx(7 * 180.0)
    assert found.figures[5, 1, at] == pytest.approx(7 * 180.0 * np.exp(0.9))
    assert found.first[0] - forecast.origin == timedelta(days=1)


# --- all answers together ----------------------------------------------------------------------------------


def test_capacities_count_only_where_their_date_is_known_and_not_after_the_origin() -> None:
    region = small_region()
    unknown = known_capacity(region, ORIGIN, None)
    late = known_capacity(region, ORIGIN, ORIGIN + timedelta(days=1))
    assert np.isnan(unknown).all()
    assert np.isnan(late).all()
    told = dict(zip(region.destination_names, known_capacity(region, ORIGIN, ORIGIN), strict=True))
    assert (told["Farhold"], told["Gantry"]) == (20_000.0, 8_000.0)
    assert np.isnan(told["Hovel"])  # a folder without a figure is not a camp without limit


def test_rows_of_a_plan_are_plain_and_finite() -> None:
    forecast = fake_forecast(days=30)
    changed = {"the border closes": fake_forecast(days=30, factor=0.5)}
    rows = plan_rows(make_plan(small_region(), forecast, capacity_as_of=ORIGIN, changes=changed))
    json.dumps(rows, allow_nan=False)
    assert len(rows["weekly"]) == 5 * (3 + 1)
    assert rows["weekly"][-1]["destination"] == "all destinations"
    hovel = next(row for row in rows["shelter"] if row["destination"] == "Hovel")
    assert hovel["capacity"] is hovel["probability"] is hovel["median"] is None
    assert rows["watch"]["kind"] == "border"
    assert not rows["watch"]["by_capacity"]
    assert all(row["more"] == 0.0 for row in rows["what_if"][0]["destinations"])


def test_a_date_of_running_out_is_counted_from_the_origin() -> None:
    rows = plan_rows(make_plan(small_region(), fake_forecast(paths=201), capacity_as_of=ORIGIN))
    farhold = next(row for row in rows["shelter"] if row["destination"] == "Farhold")
    # 12,500 places are left and 180 persons come a day in the middle path: on day 70 all are taken
    assert farhold["median"] == (ORIGIN + timedelta(days=70)).isoformat()
    assert farhold["latest"] is None


def test_the_future_of_the_region_is_not_read() -> None:
    region, forecast = small_region(), fake_forecast(days=14)
    later = region.conflict.copy()
    later[region.day_of(ORIGIN) + 1 :] = 0.1
    shuffled = replace(region, conflict=later, reports=region.reports)
    assert plan_rows(make_plan(shuffled, forecast)) == plan_rows(make_plan(region, forecast))
