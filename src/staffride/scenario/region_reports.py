"""Reports of a region: as daily counts for a look back, and as they were known on a date for a forecast."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.region import Region, Reports

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


class Known(NamedTuple):
    """What was reported of one destination by a date.

    Attributes
    ----------
    days
        (n,) days of reports, ascending: every day on which one of its sources reported.
    counts
        (n,) persons, each source as it was last reported by that day.
    """

    days: Integers
    counts: Floats


def daily_counts(region: Region, *, corrected: bool = True, next_report: bool = False) -> Floats:
    """Return (days, destinations) persons present, as a look back reads them.

    Between two reports the count is a straight line, and flat before the first and after the last. Both use what was
    known only later, so a forecast must not.

    Parameters
    ----------
    region
        The region.
    corrected
        Scale the reports before each registration by one factor, so that the last of them meets the registered count,
        as Flee does.
    next_report
        A quirk of Flee: where several sources add up, do it report by report and not along the straight lines.
    """
    reports = {one.name: one for one in region.reports}
    columns = []
    for name in region.destination_names:
        dates = sorted(one.day for one in region.corrections if corrected and one.destination == name)
        columns.append(_column(reports.get(name), dates, region.days, next_report))
    return np.column_stack(columns) if columns else np.zeros((region.days, 0))


def daily_total(region: Region) -> Floats:
    """Return (days,) persons displaced in all, by the reports of the total; zeros where there are none."""
    return _column(region.total, [], region.days, next_report=False)


def known_reports(reports: Reports, last_day: int) -> Known:
    """Return what was reported up to ``last_day``, never corrected, never interpolated.

    Several sources of a destination add up, each at its last report; one that has none yet counts as nobody.
    """
    sources = [(days[days <= last_day], counts[days <= last_day]) for days, counts in _sources(reports)]
    days = _union([days for days, _ in sources])
    counts = np.zeros(len(days))
    for own_days, own_counts in sources:
        at = np.searchsorted(own_days, days, side="right") - 1
        counts += np.where(at >= 0, own_counts[np.maximum(at, 0)], 0.0) if len(own_days) else 0.0
    return Known(days, counts)


def _sources(reports: Reports) -> list[tuple[Integers, Floats]]:
    return list(zip(reports.days, reports.counts, strict=True))


def _union(days: list[Integers]) -> Integers:
    return np.unique(np.concatenate(days)).astype(np.int64) if days else np.zeros(0, np.int64)


def _column(reports: Reports | None, registrations: list[int], days: int, next_report: bool) -> Floats:
    """Return (days,) persons of one destination."""
    total = np.zeros(days)
    if reports is None:
        return total
    sources = [one for one in _sources(reports) if len(one[0])]
    if next_report and len(sources) > 1:
        sources = [_by_next_report(sources)]
    for own_days, own_counts in sources:
        total += np.interp(np.arange(days), own_days, _registered(own_days, own_counts, registrations))
    return total


def _registered(days: Integers, counts: Floats, registrations: list[int]) -> Floats:
    """Return counts scaled before each registration so that the report before it meets the registered count."""
    scaled = counts.astype(np.float64)
    for day in registrations:
        before = int(np.searchsorted(days, day))
        if 0 < before < len(days) and scaled[before - 1] > 0.0:
            scaled[:before] *= float(np.interp(day, days, scaled)) / scaled[before - 1]
    return scaled


def _by_next_report(sources: list[tuple[Integers, Floats]]) -> tuple[Integers, Floats]:
    """Return one source for several, added one after the other as Flee does.

    On a day on which only the sources so far reported, the new one counts as it last was; on a day on which only the
    new one reported, those so far count as they next will be.
    """
    days, counts = sources[0]
    for own_days, own_counts in sources[1:]:
        union = _union([days, own_days])
        later = np.minimum(np.searchsorted(days, union), len(days) - 1)
        earlier = np.maximum(np.searchsorted(own_days, union, side="right") - 1, 0)
        counts = counts[later] + own_counts[earlier]
        days = union
    return days, counts
