"""How far the truth may lie from the median: a scale that grows with lead, and a long tail on both sides.

    present = max(0, median + scale x T(z)),    z standard normal
    scale   = (h + s) / 28 x [stock x count + movement x 28 x recent movement]
              + settling / (settling + record) x average x [unsettled + unsettled_growth x (h + s) / 28]

with T Tukey's g-and-h transformation, ``T(z) = (exp(g z) - 1) / g x exp(h z^2 / 2)``: median 0, skewed by g, tails as
heavy as h. It is monotone for h >= 0, so quantiles are closed forms. The second line is the uncertainty about a
destination of which little has been reported: its size may differ from the last report already today. The same form,
with its own fitted figures, dresses the simple forecasts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from staffride.lab.forecast_reports import Floats, Standing
from staffride.scenario.special import normal_ppf

MONTH = 28.0
FLAT = 1e-9
OUTERMOST = 2.3263478740408408
"""Standard normal number of the 98 % band. Six cases cannot say what lies beyond, and a mean would hang on it, so the
tails stop there."""


@dataclass(frozen=True)
class Spread:
    """Parameters of the spread; all are dimensionless but ``settling_days``.

    Attributes
    ----------
    stock
        Scale after 28 days as a share of the count.
    movement
        Scale after 28 days as a share of 28 days of the recent movement.
    unsettled
        Scale at once of a destination without a record, as a share of the average destination.
    unsettled_growth
        How much that share grows in 28 days.
    settling_days
        Length of record at which the uncertainty of an unsettled destination has halved.
    skew, tail
        Tukey's g and h.
    common
        Correlation of z between any two destinations, 0 to below 1.
    """

    stock: float
    movement: float
    unsettled: float
    unsettled_growth: float
    settling_days: float
    skew: float
    tail: float
    common: float = 0.0


def scale(at: Standing, lead: Floats, spread: Spread) -> Floats:
    """Return the scale in persons; ``lead`` and the fields of ``at`` broadcast."""
    months = (lead + at.staleness) / MONTH
    settled = months * (spread.stock * at.count + spread.movement * MONTH * at.movement)
    doubt = spread.settling_days / (spread.settling_days + at.record)
    growing = spread.unsettled + spread.unsettled_growth * months
    unsettled: Floats = settled + doubt * at.average * growing
    return unsettled


def tailed(z: Floats, skew: float, tail: float) -> Floats:
    """Return Tukey's g-and-h transformation of standard normal numbers, those beyond `OUTERMOST` taken as that.

    References
    ----------
    Hoaglin (1985), "Summarizing shape numerically: the g-and-h distributions", in Hoaglin, Mosteller and Tukey (eds),
    "Exploring data tables, trends, and shapes".
    """
    inner = np.clip(z, -OUTERMOST, OUTERMOST)
    skewed = np.expm1(skew * inner) / skew if abs(skew) > FLAT else inner
    stretched: Floats = skewed * np.exp(0.5 * tail * inner * inner)
    return stretched


def at_quantiles(median: Floats, scales: Floats, levels: Floats, spread: Spread) -> Floats:
    """Return the quantiles; ``levels`` become the last axis."""
    shape = tailed(normal_ppf(levels), spread.skew, spread.tail)
    return np.maximum(0.0, median[..., None] + scales[..., None] * shape)
