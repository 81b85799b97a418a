"""The median of a forecast: one formula, of which the simple forecasts are special cases.

Over a lead of h days, from a report that is s days old:

    present = max(0, count + strength x credit x [(1 - pooling) rate + pooling x share x total rate] x D(h + s))

with ``D(x) = damping (1 - exp(-x / damping))``, the days over which a fading trend goes on, and
``credit = exp(-s / fading) x record / (record + settling)``, by which a trend counts less the older the last report and
the shorter the record. Level: strength 0. Undamped trend: infinite damping, full credit. Shares of a damped total:
pooling 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from staffride.lab.forecast_reports import Floats, Standing


@dataclass(frozen=True)
class Centre:
    """Parameters of the median.

    Attributes
    ----------
    memory_days
        Days after which a gap between reports counts 1/e in the recent rate.
    damping_days
        Days after which a trend has faded to 1/e; infinite: never.
    fading_days
        Days of staleness after which a trend has lost credit to 1/e; infinite: never.
    settling_days
        Length of record at which a trend has half its credit; 0: full credit at once.
    pooling
        Share of the trend that is taken from the total and split by the shares of the counts, 0 to 1.
    strength
        Factor on the trend.
    """

    memory_days: float
    damping_days: float = math.inf
    fading_days: float = math.inf
    settling_days: float = 0.0
    pooling: float = 0.0
    strength: float = 1.0


LEVEL = Centre(memory_days=28.0, strength=0.0)
"""The last report goes on for ever."""


def days_of_trend(days: Floats, damping_days: float) -> Floats:
    """Return over how many days' worth a fading trend goes on within ``days``.

    >>> round(float(days_of_trend(np.array(28.0), 28.0)), 2)
    17.7
    """
    if math.isinf(damping_days):
        return days
    faded: Floats = -damping_days * np.expm1(-days / damping_days)
    return faded


def credit(at: Standing, centre: Centre) -> Floats:
    """Return how far the trend of each destination is believed, 0 to 1."""
    fresh: Floats = np.exp(-at.staleness / centre.fading_days)
    length = at.record + centre.settling_days
    settled = np.divide(at.record, length, out=np.ones_like(length), where=length > 0.0)
    return fresh * settled


def trend(at: Standing, centre: Centre) -> Floats:
    """Return persons a day by which each destination is expected to grow at first."""
    pooled = (1.0 - centre.pooling) * at.rate + centre.pooling * at.share * at.total_rate
    return centre.strength * credit(at, centre) * pooled


def median(at: Standing, lead: Floats, centre: Centre) -> Floats:
    """Return persons present ``lead`` days after the origin; ``lead`` and the fields of ``at`` broadcast."""
    grown = trend(at, centre) * days_of_trend(lead + at.staleness, centre.damping_days)
    return np.maximum(0.0, at.count + grown)
