"""What was known of every destination on the origin of a forecast: counts, how old they are, how they moved.

Only reports dated up to the origin are read, as they were published: no registration correction, no straight line to a
later report. A zero before the first positive count says that nothing had been reported yet, not that nobody was there,
so it is left out; otherwise the first count would look like a flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.region import Region, Reports
from staffride.scenario.region_reports import Known, known_reports

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Standing:
    """What a forecast starts from; every field has one entry for each destination.

    Attributes
    ----------
    count
        Persons at the last report; 0 where there is none.
    staleness
        Days since the last report; 0 where there is none.
    record
        Days from the first to the last report; 0 where there is at most one.
    rate
        Persons a day by which the count grew of late: the weighted median over the gaps between reports.
    movement
        Persons a day by which it moved either way: the weighted mean.
    total
        Persons at all destinations.
    total_rate
        Sum of the rates of all destinations.
    average
        Persons at a destination on average.
    """

    count: Floats
    staleness: Floats
    record: Floats
    rate: Floats
    movement: Floats
    total: Floats
    total_rate: Floats
    average: Floats

    @property
    def share(self) -> Floats:
        """Return the share of each destination in the total."""
        return np.divide(self.count, self.total, out=np.zeros_like(self.count), where=self.total > 0.0)


def seen_reports(reports: Reports | None, last_day: int) -> Known:
    """Return the raw reports of a destination up to ``last_day``, from its first positive count on."""
    if reports is None:
        return Known(np.zeros(0, np.int64), np.zeros(0))
    days, counts = known_reports(reports, last_day)
    positive = np.flatnonzero(counts > 0.0)
    first = int(positive[0]) if positive.size else len(days)
    return Known(days[first:], counts[first:])


def standing(region: Region, day: int, memory_days: float) -> Standing:
    """Return what was known at the end of ``day``.

    Parameters
    ----------
    region
        The region.
    day
        The origin, counted from the start of the period.
    memory_days
        Days after which a gap between reports counts 1/e in the rate.
    """
    reports = {one.name: one for one in region.reports}
    known = [seen_reports(reports.get(name), day) for name in region.destination_names]
    moves = np.array([moving(one, memory_days) for one in known]).reshape(len(known), 2)
    count = np.array([one.counts[-1] if len(one.days) else 0.0 for one in known])
    everywhere = np.ones(len(known))
    return Standing(
        count=count,
        staleness=np.array([float(day - one.days[-1]) if len(one.days) else 0.0 for one in known]),
        record=np.array([float(one.days[-1] - one.days[0]) if len(one.days) else 0.0 for one in known]),
        rate=moves[:, 0],
        movement=moves[:, 1],
        total=count.sum() * everywhere,
        total_rate=moves[:, 0].sum() * everywhere,
        average=count.mean() * everywhere if len(known) else everywhere,
    )


def moving(known: Known, memory_days: float) -> tuple[float, float]:
    """Return the recent rate of a destination and its movement, persons a day.

    Each gap between two reports has one rate and weighs the integral of ``exp(-age / memory)`` over its days, age being
    counted back from the last report. The rate is the weighted median, so that one registration does not become a
    trend; the movement is the weighted mean of the sizes. Worked value: 100, 110, 120 on days 0, 10, 20 move by one
    person a day.
    """
    if len(known.days) < 2:
        return 0.0, 0.0
    age = (known.days[-1] - known.days) / memory_days
    weight = np.exp(-age[1:]) - np.exp(-age[:-1])
    rates = np.diff(known.counts) / np.diff(known.days)
    movement = float(weight @ np.abs(rates) / weight.sum())
    order = np.argsort(rates, kind="stable")
    heap = np.cumsum(weight[order])
    return float(rates[order][np.searchsorted(heap, 0.5 * heap[-1])]), movement
