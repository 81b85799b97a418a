"""A region as it was known at the end of one day: what a forecast reads, and what is kept beside its result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.region import Closure, Region, Reports


def known_region(region: Region, day: int) -> Region:
    """Return ``region`` without anything dated after ``day``; destinations without reports by then stay, empty.

    A closure in force on that day is kept without its end, which was not known. The period ends with the day, or with
    its own last day; before its first day it is one day without conflict.
    """
    days = min(region.days, max(day + 1, 1))
    return replace(
        region,
        days=days,
        conflict=_table(region.conflict, days, day),
        flood=None if region.flood is None else _table(region.flood, days, day),
        food_crisis=None if region.food_crisis is None else _table(region.food_crisis, days, day),
        closures=tuple(_closure(one, day) for one in region.closures if one.first_day <= day),
        corrections=tuple(one for one in region.corrections if one.day <= day),
        kind_changes=tuple(one for one in region.kind_changes if one[2] <= day),
        reports=tuple(_reports(one, day) for one in region.reports),
        total=None if region.total is None else _reports(region.total, day),
    )


def _table(table: NDArray[np.float64], days: int, day: int) -> NDArray[np.float64]:
    return table[:days].copy() if day >= 0 else np.zeros((days, table.shape[1]))


def _closure(closure: Closure, day: int) -> Closure:
    ended = closure.last_day is not None and closure.last_day <= day
    return closure if ended else replace(closure, last_day=None)


def _reports(reports: Reports, day: int) -> Reports:
    pairs = zip(reports.days, reports.counts, strict=True)
    known = [(days[days <= day], counts[days <= day]) for days, counts in pairs]
    return replace(
        reports, days=tuple(days for days, _ in known), counts=tuple(counts for _, counts in known)
    )
