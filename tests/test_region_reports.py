"""Reports as daily counts for a look back, and as they were known for a forecast; by closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import small_region
from staffride.scenario.region import Correction, Region, Reports
from staffride.scenario.region_reports import daily_counts, daily_total, known_reports


def region_with(*sources: dict[int, float], corrections: tuple[int, ...] = ()) -> Region:
    days = tuple(np.array(sorted(one), np.int64) for one in sources)
    counts = tuple(np.array([one[day] for day in sorted(one)]) for one in sources)
    registrations = tuple(Correction("Farhold", day) for day in corrections)
    return replace(
        small_region(), reports=(Reports("Farhold", days, counts),), corrections=registrations, total=None
    )


def counts_of(region: Region, *, corrected: bool = True, next_report: bool = False) -> list[float]:
    return [
        float(count) for count in daily_counts(region, corrected=corrected, next_report=next_report)[:, 0]
    ]


def test_a_straight_line_between_reports_and_flat_outside() -> None:
    counts = counts_of(region_with({10: 100.0, 20: 300.0}))
    assert counts[:11] == [100.0] * 11
    assert counts[10:21] == [100.0 + 20.0 * day for day in range(11)]
    assert counts[20:] == [300.0] * 40


def test_a_report_before_the_period_counts() -> None:
    assert counts_of(region_with({-10: 0.0, 10: 200.0}))[0] == 100.0


def test_a_registration_scales_what_was_reported_before_it() -> None:
    """The report of day 20, the last before it, meets the 150 registered on day 30: all before are times 150 / 300."""
    region = region_with({0: 100.0, 20: 300.0, 30: 150.0, 40: 170.0}, corrections=(30,))
    counts = counts_of(region)
    assert [counts[day] for day in (0, 10, 20, 25, 30, 40)] == [50.0, 100.0, 150.0, 150.0, 150.0, 170.0]
    assert counts_of(region, corrected=False)[20] == 300.0


def test_a_registration_without_a_report_on_its_day_takes_the_line() -> None:
    """On day 25 the line from 300 to 100 is at 200, so the reports before are times 200 / 300."""
    counts = counts_of(region_with({0: 150.0, 20: 300.0, 30: 100.0}, corrections=(25,)))
    assert [counts[day] for day in (0, 20, 30)] == pytest.approx([100.0, 200.0, 100.0])


def test_registrations_follow_each_other() -> None:
    """First all before day 20 are halved, then all before day 40, halved again."""
    region = region_with({0: 100.0, 10: 400.0, 20: 200.0, 30: 600.0, 40: 300.0}, corrections=(40, 20))
    counts = counts_of(region)
    assert [counts[day] for day in (0, 10, 20, 30, 40)] == [25.0, 100.0, 100.0, 300.0, 300.0]


@pytest.mark.parametrize("day", [-5, 0, 60])
def test_a_registration_outside_the_reports_changes_nothing(day: int) -> None:
    sources = {0: 100.0, 20: 300.0}
    assert counts_of(region_with(sources, corrections=(day,))) == counts_of(region_with(sources))


def test_several_sources_add_up_along_their_lines() -> None:
    counts = counts_of(region_with({0: 0.0, 40: 400.0}, {0: 100.0, 20: 300.0}))
    assert [counts[day] for day in (0, 10, 20, 40)] == [100.0, 300.0, 500.0, 700.0]


def test_flee_adds_report_by_report() -> None:
    """Day 20 is of the second source alone: the first counts as its next report, 400. Day 30 is of the first alone:
    the second counts as its last one, 300.
    """
    region = region_with({0: 0.0, 30: 400.0, 40: 500.0}, {0: 100.0, 20: 300.0, 40: 350.0})
    counts = counts_of(region, next_report=True)
    assert [counts[day] for day in (0, 20, 30, 40)] == [100.0, 700.0, 700.0, 850.0]
    assert counts[10] == 400.0


def test_of_one_source_flee_makes_nothing_else() -> None:
    region = region_with({0: 0.0, 30: 400.0}, corrections=(30,))
    assert counts_of(region, next_report=True) == counts_of(region)


def test_the_total_is_a_line_too_and_zero_without_reports() -> None:
    region = small_region()
    assert daily_total(region)[[0, 7, 14]].tolist() == [700.0, 2500.0, 4300.0]
    assert daily_total(replace(region, total=None)).tolist() == [0.0] * 60


def test_destinations_without_reports_are_the_camps() -> None:
    region = replace(small_region(), reports=(), corrections=())
    assert daily_counts(region).shape == (60, 3)
    assert not daily_counts(region).any()


def test_what_is_known_is_each_source_as_it_last_was() -> None:
    reports = region_with({0: 10.0, 20: 50.0}, {5: 100.0, 15: 200.0}).reports[0]
    known = known_reports(reports, 19)
    assert known.days.tolist() == [0, 5, 15]
    assert known.counts.tolist() == [10.0, 110.0, 210.0]
    assert known_reports(reports, -1).days.tolist() == []
    assert known_reports(reports, 20).counts.tolist() == [10.0, 110.0, 210.0, 250.0]


SOURCES = st.dictionaries(st.integers(-20, 59), st.integers(0, 10**6).map(float), min_size=1, max_size=8)


@given(SOURCES, SOURCES, st.integers(-5, 59), st.floats(0.0, 1e6))
def test_nothing_later_changes_what_is_known(
    first: dict[int, float], second: dict[int, float], day: int, other: float
) -> None:
    """Whatever is reported after a day, what is known on it stays."""
    before = known_reports(region_with(first, second).reports[0], day)
    later = {at: other if at > day else count for at, count in first.items()} | {60: other}
    after = known_reports(region_with(later, second).reports[0], day)
    np.testing.assert_array_equal(before.days, after.days)
    np.testing.assert_array_equal(before.counts, after.counts)


@given(SOURCES, st.sets(st.integers(-5, 65), max_size=3))
def test_counts_are_never_negative_and_meet_the_last_report(source: dict[int, float], days: set[int]) -> None:
    counts = counts_of(region_with(source, corrections=tuple(sorted(days))))
    last = max(source)
    assert min(counts) >= 0.0
    assert counts[59] == source[last]
