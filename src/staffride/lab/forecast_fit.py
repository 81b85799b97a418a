"""Fit the figures of a forecast to cases: first the median, then the spread around it, then what is common.

The median is fitted to the mean absolute error, the spread to the CRPS with a mild demand that its 50 and 90 % bands
cover what they say; every case counts once and every lead too, as shares of what the last report alone would miss. All
forecasts, the simple ones too, are fitted in the same way to the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from staffride.lab.forecast_centre import LEVEL, Centre, median
from staffride.lab.forecast_origins import Rows
from staffride.lab.forecast_parameters import Parameters
from staffride.lab.forecast_reports import Floats
from staffride.lab.forecast_scores import (
    BAND_50,
    BAND_90,
    COVERAGE_DEMAND,
    LEVELS,
    OUTER,
    covered,
    crps,
    pooled,
    table,
    weights,
)
from staffride.lab.forecast_spread import Spread, at_quantiles, scale, tailed
from staffride.lab.forecast_totals import fit_common
from staffride.lab.simplex import least
from staffride.scenario.special import normal_ppf

MEMORIES = (28.0, 56.0, 112.0)
"""Memories that a fit chooses from, in days."""

SPREAD_START = (-4.0, -2.0, -2.0, -2.0, 0.3, -0.6)
"""Where the search of the spread begins, and where it is drawn to: log of stock, movement, unsettled and its growth,
skew, log of tail. Assumed: a hundredth of the count a month and a seventh of the movement."""

DRAWN, SKEW_DRAWN = 0.001, 0.002
SOFT = 0.02
"""Share of a band's width over which a truth counts as partly inside, so that a search finds its way."""


@dataclass(frozen=True)
class Method:
    """A forecast that is fitted: where its search begins, and what its numbers mean.

    Attributes
    ----------
    start
        Of the search; empty: nothing is fitted but the memory.
    centre
        The parameters of the median from the memory and the numbers.
    memories
        To choose from.
    """

    start: tuple[float, ...]
    centre: Callable[[float, Floats], Centre]
    memories: tuple[float, ...] = MEMORIES


def _mean(scores: Floats) -> float:
    """Return the mean over leads of the pooled scores."""
    leads = pooled(scores)
    return float(leads[np.isfinite(leads)].mean())


def _share(number: float) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(number, -30.0, 30.0))))


def _days(number: float) -> float:
    return float(np.exp(np.clip(number, -2.0, 7.0)))


def _ours(memory: float, x: Floats) -> Centre:
    damping = _days(x[0])
    return Centre(memory, damping, fading_days=damping, settling_days=_days(x[2]), pooling=_share(x[1]))


def _shares(memory: float, x: Floats) -> Centre:
    return Centre(memory, _days(x[0]), pooling=1.0, strength=_share(x[1]))


OURS = "forecast"
METHODS: Mapping[str, Method] = {
    OURS: Method((3.9, -2.3, 2.3), _ours),
    "level": Method((), lambda _memory, _x: LEVEL, (LEVEL.memory_days,)),
    "shares x damped total": Method((3.5, 0.0), _shares),
    "undamped trend": Method((), lambda memory, _x: Centre(memory)),
}


def common_weight(rows: Rows) -> Floats:
    """Return (rows,) the mean of the three weights, each as a share of what the last report alone misses there."""
    last = np.abs(rows.truth - rows.at.count)
    parts = [weight / pooled(table(rows, last, weight))[rows.lead] for weight in weights(rows).values()]
    mean: Floats = np.mean(parts, axis=0)
    return mean


def fit_centre(method: Method, rows: Mapping[float, Rows]) -> Centre:
    """Return the median's parameters; ``rows`` are the same verifications with the rates of each memory."""
    found: list[tuple[float, Centre]] = []
    for memory in method.memories:
        used = rows[memory]
        weight = common_weight(used)

        def missed(x: Floats, memory: float = memory, used: Rows = used, weight: Floats = weight) -> float:
            error = np.abs(used.truth - median(used.at, used.ahead, method.centre(memory, x)))
            return _mean(table(used, error, weight))

        x = least(missed, method.start) if method.start else np.zeros(0)
        found.append((missed(x), method.centre(memory, x)))
    return min(found, key=lambda one: one[0])[1]


def fit_spread(rows: Rows, centre: Centre, settling_days: float) -> Spread:
    """Return the spread around a median; how fast a destination settles is given, alike for all forecasts."""
    middle, weight = median(rows.at, rows.ahead, centre), common_weight(rows)
    start = np.array(SPREAD_START)

    def missed(x: Floats) -> float:
        spread = _spread(x, settling_days)
        scales = scale(rows.at, rows.ahead, spread)
        score = crps(rows.truth, at_quantiles(middle, scales, LEVELS, spread))
        drawn = DRAWN * float(((x - start) ** 2).sum()) + SKEW_DRAWN * spread.skew**2
        return _mean(table(rows, score, weight)) + drawn + _off(rows, middle, scales, spread)

    return _spread(least(missed, SPREAD_START), settling_days)


def _spread(x: Floats, settling_days: float) -> Spread:
    size = np.exp(np.clip(x, -12.0, 2.0))
    return Spread(
        stock=float(size[0]),
        movement=float(size[1]),
        unsettled=float(size[2]),
        unsettled_growth=float(size[3]),
        settling_days=settling_days,
        skew=float(x[4]),
        tail=float(size[5]),
    )


def _off(rows: Rows, middle: Floats, scales: Floats, spread: Spread) -> float:
    """Return how far the bands are from covering what they say, each case counting once."""
    case_weight = 1.0 / np.bincount(rows.case)[rows.case]
    off = 0.0
    for band, factor in ((BAND_50, 1.0), (BAND_90, OUTER)):
        low, high = tailed(normal_ppf(np.array(band)), spread.skew, spread.tail)
        width = SOFT * scales * (high - low) + 1e-6 * rows.at.average
        above = _soft((rows.truth - np.maximum(0.0, middle + scales * low)) / width)
        below = _soft((middle + scales * high - rows.truth) / width)
        inside = float((case_weight * above * below).sum() / case_weight.sum())
        off += factor * (inside - (band[1] - band[0])) ** 2
    return COVERAGE_DEMAND * off


def _soft(distance: Floats) -> Floats:
    """Return how far a truth lies inside, 0 to 1; at the end itself 0.62, because a count that stays is inside."""
    inside: Floats = 1.0 / (1.0 + np.exp(-np.clip(distance + 0.5, -30.0, 30.0)))
    return inside


def fit_all(rows: Mapping[float, Rows], names: Sequence[str]) -> dict[str, Parameters]:
    """Return the parameters of every method; ``names`` are those of the cases in the rows."""
    ours = fit_centre(METHODS[OURS], rows)
    fitted = {}
    for name, method in METHODS.items():
        centre = ours if name == OURS else fit_centre(method, rows)
        used = rows[centre.memory_days]
        spread = fit_spread(used, centre, ours.settling_days)
        common = fit_common(used, centre, spread)
        fitted[name] = Parameters(centre, replace(spread, common=common), tuple(sorted(names)))
    return fitted


def coverage(rows: Rows, middle: Floats, spread: Spread, band: tuple[float, float]) -> Floats:
    """Return (rows,) 1 where the truth lies in the band, else 0."""
    ends = at_quantiles(middle, scale(rows.at, rows.ahead, spread), np.array(band), spread)
    return covered(rows.truth, ends[:, 0], ends[:, 1])
