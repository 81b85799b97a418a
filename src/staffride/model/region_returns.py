"""Going home: when the total of the displaced falls, or when there is no conflict at home any more.

Limits: one hazard for all; nobody comes back to leave again; a fall of a total may be a correction of lists.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.region_origins import ages_of_conflict
from staffride.scenario.region import Region

Floats = NDArray[np.float64]


@compiled
def chance_of_return(fall: float, present: float, rate_per_day: float) -> float:
    """Return the chance that a person at a destination goes home within a day.

    Equation: ``1 - (1 - min(1, fall / present)) exp(-rate)``. Worked value: a fall of 50 among 1,000 and a rate of 0
    give 0.05.
    Units: persons; per day.
    Source: each person is as likely as another to be among those by whom a total falls; a constant hazard besides.
    Limits: the number who return equals the fall on average, not on every day.
    """
    share = min(1.0, fall / present) if present > 0.0 else 0.0
    return 1.0 - (1.0 - share) * math.exp(-rate_per_day)


def home_rates(region: Region, rate_per_day: float, quiet_days: int = 30) -> Floats:
    """Return (T, V) the hazard of going home to each place.

    Equation: the rate where the place has had no conflict for at least ``quiet_days``, else 0.
    Units: per day; days.
    Source: safety at home as a condition of return; rate and wait are assumed by whoever sets them.
    Limits: before its first conflict a place counts as quiet since the start of the period.
    """
    quiet = ages_of_conflict((region.conflict <= 0.0).astype(np.float64)) + 1
    return np.where(quiet >= max(1, quiet_days), rate_per_day, 0.0)
