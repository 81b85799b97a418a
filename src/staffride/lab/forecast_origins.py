"""What a forecast is verified against: later reports, each on its own date, as they were published.

From origins a week apart, each destination is verified by the report nearest to the lead, within a quarter of it or
half of it at the shortest lead, and the forecast is read on the day of that report, so no straight line between
reports stands for a truth. Zeros before a destination's first positive count verify nothing. A fall by a registration
stays in: it is what was reported, and a band has to hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from staffride.lab.forecast_reports import Floats, Standing, seen_reports, standing
from staffride.scenario.region import Region
from staffride.scenario.region_reports import Integers, Known

LEADS = (7, 14, 28, 56, 84)
TOLERANCE = (3, 4, 7, 14, 21)
FIRST_ORIGIN, STEP = 14, 7
REPORTS_NEEDED = 2
FAR_FUTURE = 10**6


@dataclass(frozen=True, eq=False)
class Rows:
    """Verifications: one row for each case, origin, destination and lead that a report verifies.

    Attributes
    ----------
    case, origin, destination, lead
        (rows,) number of the case, day of the origin, number of the destination, number of the lead in `LEADS`.
    ahead
        (rows,) days from the origin to the report.
    truth
        (rows,) persons reported.
    at
        What was known on the origin.
    """

    case: Integers
    origin: Integers
    destination: Integers
    lead: Integers
    ahead: Floats
    truth: Floats
    at: Standing

    def only(self, keep: np.ndarray) -> Rows:
        """Return the rows that are kept."""
        return Rows(
            self.case[keep],
            self.origin[keep],
            self.destination[keep],
            self.lead[keep],
            self.ahead[keep],
            self.truth[keep],
            joined([self.at], keep),
        )


def joined(parts: Sequence[Standing], keep: np.ndarray | slice = slice(None)) -> Standing:
    """Return several standings as one, or some entries of it."""
    columns = [np.concatenate([getattr(part, one.name) for part in parts])[keep] for one in fields(Standing)]
    return Standing(*columns)


def origins(region: Region) -> range:
    """Return the days of the origins of a case."""
    return range(FIRST_ORIGIN, region.days, STEP)


def verification(regions: Sequence[Region], memory_days: float) -> Rows:
    """Return all rows of several cases; the rates are those of one memory."""
    keys: list[tuple[int, int, int, int]] = []
    targets: list[tuple[float, float]] = []
    parts: list[Standing] = []
    for case, region in enumerate(regions):
        whole = _whole(region)
        for origin in origins(region):
            seen = sum(int((one.days <= origin).sum()) for one in whole)
            found = _targets(whole, origin) if seen >= REPORTS_NEEDED else []
            if found:
                keys += [(case, origin, destination, lead) for destination, lead, _, _ in found]
                targets += [(ahead, truth) for _, _, ahead, truth in found]
                parts.append(
                    joined([standing(region, origin, memory_days)], np.array([one[0] for one in found]))
                )
    column, target = np.array(keys, np.int64).T, np.array(targets).T
    return Rows(column[0], column[1], column[2], column[3], target[0], target[1], joined(parts))


def _whole(region: Region) -> list[Known]:
    reports = {one.name: one for one in region.reports}
    return [seen_reports(reports.get(name), FAR_FUTURE) for name in region.destination_names]


def _targets(whole: Sequence[Known], origin: int) -> list[tuple[int, int, float, float]]:
    """Return destination, lead, days ahead and persons of every report that verifies a forecast from ``origin``."""
    found = []
    for destination, known in enumerate(whole):
        later = known.days > origin
        ahead = known.days[later] - origin
        for lead, (days, tolerance) in enumerate(zip(LEADS, TOLERANCE, strict=True)):
            off = np.abs(ahead - days)
            if off.size and off.min() <= tolerance:
                nearest = int(np.argmin(off))
                found.append((destination, lead, float(ahead[nearest]), float(known.counts[later][nearest])))
    return found
