"""Forecasts use what was known on the origin and nothing else, and all of that."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import START, small_region
from staffride.errors import InputError
from staffride.lab.forecast import Forecast, forecast
from staffride.lab.forecast_reports import moving, seen_reports, standing
from staffride.scenario.region import Region, Reports, make_region
from staffride.scenario.region_reports import Known

ORIGIN_DAY = 35
ORIGIN = START + timedelta(days=ORIGIN_DAY)


def series(name: str, rows: dict[int, float]) -> Reports:
    return Reports(name, (np.array(list(rows), np.int64),), (np.array(list(rows.values()), np.float64),))


def region_with(**reports: dict[int, float]) -> Region:
    return replace(small_region(), reports=tuple(series(name, rows) for name, rows in reports.items()))


def equal(one: Forecast, other: Forecast) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("paths", "arrivals", "median")
    )


def with_future(region: Region, change) -> Region:
    """The region with the reports after the origin changed."""

    def changed(one: Reports) -> Reports:
        columns = [change(days, counts) for days, counts in zip(one.days, one.counts, strict=True)]
        return replace(one, days=tuple(days for days, _ in columns), counts=tuple(c for _, c in columns))

    return replace(region, reports=tuple(changed(one) for one in region.reports))


def removed(days, counts):
    known = days <= ORIGIN_DAY
    return days[known], counts[known]


def shuffled(days, counts):
    later = counts.copy()
    later[days > ORIGIN_DAY] = later[days > ORIGIN_DAY][::-1] * 3.0 + 17.0
    return days, later


@pytest.mark.parametrize("change", [removed, shuffled])
def test_the_future_changes_nothing(change) -> None:
    region = small_region()
    assert any((days > ORIGIN_DAY).any() for one in region.reports for days in one.days)
    later = with_future(region, change)
    assert equal(forecast(region, ORIGIN, paths=50), forecast(later, ORIGIN, paths=50))


def test_later_corrections_conflict_closures_and_kinds_change_nothing() -> None:
    region = small_region()
    conflict = region.conflict.copy()
    conflict[ORIGIN_DAY + 1 :] = 1.0 - conflict[ORIGIN_DAY + 1 :]
    later = replace(
        region,
        corrections=(),
        conflict=conflict,
        closures=tuple(one for one in region.closures if one.first_day <= ORIGIN_DAY),
        total=None,
        kind_changes=(("Elsa", "conflict_zone", ORIGIN_DAY + 5),),
    )
    assert equal(forecast(region, ORIGIN, paths=50), forecast(later, ORIGIN, paths=50))


def test_capacities_change_nothing_until_they_are_asked_for() -> None:
    region = small_region()
    tight = replace(region, places=tuple(replace(place, capacity=10.0) for place in region.places))
    assert equal(forecast(region, ORIGIN, paths=50), forecast(tight, ORIGIN, paths=50))
    asked = forecast(tight, ORIGIN, paths=50, capacity_as_of=ORIGIN)
    assert asked.paths.shape == (50, 84, 3)
    with pytest.raises(InputError, match="were not known on"):
        forecast(region, ORIGIN, capacity_as_of=ORIGIN + timedelta(days=1))


def test_a_report_before_the_origin_is_assimilated() -> None:
    rows = {0: 1_000.0, 10: 1_100.0, 20: 1_200.0}
    before = forecast(region_with(Farhold=rows), ORIGIN, paths=50)
    after = forecast(region_with(Farhold={**rows, ORIGIN_DAY: 5_000.0}), ORIGIN, paths=50)
    assert after.last_count.max() == 5_000.0
    assert abs(after.median[0].max() - 5_000.0) < abs(before.median[0].max() - 5_000.0)


def test_a_fresh_report_narrows_the_band() -> None:
    rows = {0: 1_000.0, 10: 1_000.0}
    stale = forecast(region_with(Farhold=rows), ORIGIN)
    fresh = forecast(region_with(Farhold={**rows, ORIGIN_DAY: 1_000.0}), ORIGIN)
    width = [(one.quantile(0.95) - one.quantile(0.05))[27].sum() for one in (stale, fresh)]
    assert width[1] < width[0]


def test_the_order_of_rows_does_not_matter() -> None:
    region = small_region()
    again = make_region(
        name=region.name,
        start=region.start,
        days=region.days,
        places=region.places[::-1],
        links=region.links[::-1],
        conflict={place.name: region.conflict[:, at] for at, place in enumerate(region.places)},
        reports=region.reports[::-1],
        home=region.home,
        closures=region.closures,
    )
    assert equal(forecast(region, ORIGIN, paths=50), forecast(again, ORIGIN, paths=50))


def test_the_seed_decides() -> None:
    region = small_region()
    assert equal(forecast(region, ORIGIN, paths=50), forecast(region, ORIGIN, paths=50, seed=1))
    assert not equal(forecast(region, ORIGIN, paths=50), forecast(region, ORIGIN, paths=50, seed=2))


def test_more_paths_keep_the_first_ones() -> None:
    region = small_region()
    few, many = forecast(region, ORIGIN, paths=20), forecast(region, ORIGIN, paths=40)
    assert np.array_equal(few.paths, many.paths[:20])


def test_zeros_before_the_first_count_are_no_reports() -> None:
    with_zero = seen_reports(series("Farhold", {0: 0.0, 5: 0.0, 12: 400.0, 20: 0.0}), 40)
    assert with_zero.days.tolist() == [12, 20]
    assert standing(region_with(Farhold={0: 0.0, 30: 9_000.0}), ORIGIN_DAY, 28.0).rate.tolist() == [0.0]


def test_nobody_reported_yet_is_an_error() -> None:
    with pytest.raises(InputError, match="nobody was reported"):
        forecast(small_region(), START - timedelta(days=400))


def test_recent_rate_and_movement_of_an_even_rise() -> None:
    known = Known(np.array([0, 10, 20, 40]), np.array([100.0, 110.0, 120.0, 140.0]))
    assert moving(known, 28.0) == pytest.approx((1.0, 1.0))


def test_one_registration_makes_no_trend() -> None:
    days = np.arange(0, 100, 10)
    counts = 1_000.0 + 5.0 * days
    counts[-1] -= 500.0
    rate, movement = moving(Known(days, counts), 112.0)
    assert rate == pytest.approx(5.0)
    assert movement > 5.0


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=8), st.floats(5.0, 200.0))
def test_the_rate_lies_among_the_rates_between_reports(counts: list[int], memory: float) -> None:
    known = Known(np.arange(len(counts)) * 7, np.array(counts, np.float64))
    rates = np.diff(known.counts) / 7.0
    rate, movement = moving(known, memory)
    assert rate in rates
    assert np.abs(rates).min() - 1e-9 <= movement <= np.abs(rates).max() + 1e-9
