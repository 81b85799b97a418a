"""Scores of forecasts by lead: mean absolute error, CRPS and coverage, so that cases of any size can be pooled.

Every score is a weighted sum over the rows of a case and a lead, in three ways that answer different questions:

``pooled``      errors of all origins over the persons present, so that large counts weigh most;
``by_origin``   errors over the total that was known on the origin, averaged over rows;
``by_target``   for each origin errors over the persons present at the target, averaged over origins.

A pooled score is then the mean over cases, each case counting once.
"""

from __future__ import annotations

import numpy as np

from staffride.engine.random import FORECAST
from staffride.lab.forecast_origins import LEADS, Rows
from staffride.lab.forecast_reports import Floats
from staffride.lab.keyed import keyed_uniforms

NORMALISATIONS = ("pooled", "by_origin", "by_target")
LEVELS: Floats = np.linspace(0.025, 0.975, 20)
"""Probabilities at which quantiles stand for a whole distribution."""

BAND_50, BAND_90 = (0.25, 0.75), (0.05, 0.95)
COVERAGE_DEMAND, OUTER = 0.5, 2.0
"""Weight, in a fit, of the squared miss of coverage beside the CRPS, and of the 90 % band beside the 50 % band.
Assumed: five points of coverage weigh like an eighth to a quarter of a hundredth of the CRPS: they decide ties."""

BOOTSTRAP = 2_000
BOOTSTRAP_STEP = 1
"""Of the keyed uniforms: step 0 is that of the paths."""


def cells(rows: Rows) -> tuple[np.ndarray, int]:
    """Return the cell, case by lead, of each row, and the number of cells."""
    count = (int(rows.case.max()) + 1) * len(LEADS)
    return rows.case * len(LEADS) + rows.lead, count


def weights(rows: Rows) -> dict[str, Floats]:
    """Return (rows,) the weight of each row's error under each normalisation."""
    cell, count = cells(rows)
    group = np.unique(np.stack([cell, rows.origin]), axis=1, return_inverse=True)[1].ravel()
    present = np.bincount(group, rows.truth)
    first = np.zeros(present.size, np.int64)
    first[group] = cell
    groups = np.bincount(first, minlength=count)
    return {
        "pooled": 1.0 / np.bincount(cell, rows.truth, count)[cell],
        "by_origin": 1.0 / (rows.at.total * np.bincount(cell, minlength=count)[cell]),
        "by_target": 1.0 / (present[group] * groups[cell]),
    }


def table(rows: Rows, errors: Floats, weight: Floats) -> Floats:
    """Return (cases, leads) weighted sums; NaN where a case has no row of a lead."""
    cell, count = cells(rows)
    sums = np.bincount(cell, weight * errors, count).astype(np.float64)
    sums[np.bincount(cell, minlength=count) == 0] = np.nan
    return sums.reshape(-1, len(LEADS))


def crps(truth: Floats, quantiles: Floats) -> Floats:
    """Return the CRPS of each row from its quantiles at `LEVELS`.

    It is twice the mean pinball loss over levels (Gneiting and Raftery 2007, section 4.2).
    """
    error = truth[:, None] - quantiles
    score: Floats = 2.0 * np.where(error > 0.0, LEVELS * error, (LEVELS - 1.0) * error).mean(axis=1)
    return score


def covered(truth: Floats, low: Floats, high: Floats) -> Floats:
    """Return 1 where the truth lies in the band, ends included, else 0."""
    slack = 1e-9 * (1.0 + np.abs(truth))
    inside: Floats = ((truth >= low - slack) & (truth <= high + slack)).astype(np.float64)
    return inside


def pooled(scores: Floats) -> Floats:
    """Return (leads,) the mean over cases that have the lead; NaN where none has."""
    have = np.isfinite(scores)
    sums = np.where(have, scores, 0.0).sum(axis=0)
    found: Floats = np.full(sums.shape, np.nan)
    np.divide(sums, have.sum(axis=0), out=found, where=have.any(axis=0))
    return found


def ratio(ours: Floats, theirs: Floats, cases: np.ndarray | slice = slice(None)) -> float:
    """Return our score over theirs, over all leads: the mean over leads of the pooled scores."""
    mine, other = pooled(ours[cases]), pooled(theirs[cases])
    have = np.isfinite(mine)
    return float(mine[have].mean() / other[have].mean())


def bootstrapped(ours: Floats, theirs: Floats, seed: int = 1) -> tuple[float, float]:
    """Return the 5 and 95 % quantiles of the ratio when cases are drawn with replacement."""
    count = len(ours)
    uniform = keyed_uniforms(seed, BOOTSTRAP * count, FORECAST, BOOTSTRAP_STEP, 0)
    drawn = np.floor(uniform * count).astype(np.int64).reshape(BOOTSTRAP, count)
    ratios = [ratio(ours, theirs, cases) for cases in drawn]
    low, high = np.quantile(ratios, BAND_90)
    return float(low), float(high)


def by_lead(ours: Floats, theirs: Floats) -> Floats:
    """Return (leads,) our pooled score over theirs."""
    ratios: Floats = pooled(ours) / pooled(theirs)
    return ratios
