"""Forecasts of the total: sums over destinations within each path, and how strongly destinations move together.

A total is verified on an origin where the destinations that a report verifies held most of the people known there; it
is the sum over these destinations, each on the day of its own report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from staffride.engine.random import FORECAST
from staffride.lab.forecast_centre import Centre, median
from staffride.lab.forecast_origins import LEADS, Rows
from staffride.lab.forecast_reports import Floats
from staffride.lab.forecast_scores import BAND_50, BAND_90, COVERAGE_DEMAND, LEVELS, OUTER, covered, crps
from staffride.lab.forecast_spread import Spread, scale, tailed
from staffride.lab.keyed import keyed_uniforms
from staffride.scenario.region_reports import Integers
from staffride.scenario.special import normal_ppf

ENOUGH = 0.8
"""Share of the people known on the origin that the verified destinations must hold."""

PATHS = 400
STEP = 2
"""Of the keyed uniforms: the paths of forecasts are step 0, the bootstrap is step 1."""

CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, eq=False)
class Totals:
    """Verified totals.

    Attributes
    ----------
    case, lead
        (totals,) number of the case and of the lead.
    truth, known
        (totals,) persons reported, and persons known on the origin at the same destinations.
    rows
        Of each total, the rows that it sums.
    """

    case: Integers
    lead: Integers
    truth: Floats
    known: Floats
    rows: tuple[Integers, ...]

    def weights(self) -> dict[str, Floats]:
        """Return (totals,) the weight of each error, in the three ways of `forecast_scores`."""
        cell = self.case * len(LEADS) + self.lead
        heads = np.bincount(cell)[cell]
        return {
            "pooled": 1.0 / np.bincount(cell, self.truth)[cell],
            "by_origin": 1.0 / (self.known * heads),
            "by_target": 1.0 / (self.truth * heads),
        }

    def table(self, errors: Floats, weight: Floats) -> Floats:
        """Return (cases, leads) weighted sums; NaN where no total of a case is verified at a lead."""
        count = (int(self.case.max()) + 1) * len(LEADS)
        cell = self.case * len(LEADS) + self.lead
        sums = np.bincount(cell, weight * errors, count).astype(np.float64)
        sums[np.bincount(cell, minlength=count) == 0] = np.nan
        return sums.reshape(-1, len(LEADS))


def verified_totals(rows: Rows) -> Totals:
    """Return the totals that enough destinations verify."""
    key = (rows.case * (rows.origin.max() + 1) + rows.origin) * len(LEADS) + rows.lead
    order = np.argsort(key, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
    kept = [part for part in parts if rows.at.count[part].sum() >= ENOUGH * rows.at.total[part[0]]]
    first = np.array([part[0] for part in kept], np.int64)
    return Totals(
        case=rows.case[first],
        lead=rows.lead[first],
        truth=np.array([rows.truth[part].sum() for part in kept]),
        known=np.array([rows.at.count[part].sum() for part in kept]),
        rows=tuple(kept),
    )


def total_paths(rows: Rows, totals: Totals, centre: Centre, spread: Spread) -> Floats:
    """Return (totals, paths) persons."""
    middle, scales = median(rows.at, rows.ahead, centre), scale(rows.at, rows.ahead, spread)
    common = normal_ppf(keyed_uniforms(1, PATHS, FORECAST, STEP, 0))
    count = int(rows.destination.max()) + 1
    own = np.array([normal_ppf(keyed_uniforms(1, PATHS, FORECAST, STEP, 1 + one)) for one in range(count)])
    z = math.sqrt(spread.common) * common + math.sqrt(1.0 - spread.common) * own
    shape = tailed(z, spread.skew, spread.tail)
    sums = [
        np.maximum(0.0, middle[part, None] + scales[part, None] * shape[rows.destination[part]]).sum(axis=0)
        for part in totals.rows
    ]
    return np.array(sums)


def fit_common(rows: Rows, centre: Centre, spread: Spread) -> float:
    """Return the correlation between destinations that suits totals best.

    It has the least sum of the CRPS, as a share of what the last reports miss, and of the mild demand that bands cover
    what they say; each case counts once.
    """
    totals = verified_totals(rows)
    if not totals.rows:
        return 0.0
    weight = totals.weights()["pooled"]
    missed = weight @ np.abs(totals.truth - totals.known)
    found = []
    for common in CORRELATIONS:
        paths = total_paths(rows, totals, centre, replace(spread, common=common))
        score = weight @ crps(totals.truth, np.quantile(paths, LEVELS, axis=1).T) / missed
        found.append((float(score) + COVERAGE_DEMAND * _off(totals, paths), common))
    return min(found)[1]


def _off(totals: Totals, paths: Floats) -> float:
    """Return how far the bands are from covering what they say, each case counting once."""
    case_weight = 1.0 / np.bincount(totals.case)[totals.case]
    off = 0.0
    for band, factor in ((BAND_50, 1.0), (BAND_90, OUTER)):
        low, high = np.quantile(paths, band, axis=1)
        inside = float(case_weight @ covered(totals.truth, low, high) / case_weight.sum())
        off += factor * (inside - (band[1] - band[0])) ** 2
    return off
