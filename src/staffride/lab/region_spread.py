"""How far our rule of choice may be from the counts: the spread of what draws people to a destination, fitted.

A rule with one set of parameters says nothing of its own error: its courses differ by chance alone, and the bands of
many thousand people are then far too narrow. ``RegionSetup.appeal_spread`` widens them by what the rule does not know
of each destination. Its value is the one whose courses best predict the counts of regions under parameters that were
fitted without them. How it does on a region left out is measured with parameters and a spread that both knew nothing of
that region: the spread is chosen on the others, each of them predicted with parameters fitted without it and without
the region left out.

What is best: the CRPS of destination counts, over the day's total, with a demand that bands hold what they say; the
weights are those of the bands of forecasts (``staffride.lab.forecast_scores``).

Limits: regions are few; their days are no independent trials; the strength of the penalty was chosen with all regions
in sight. Courses are scaled to the day's total, so nothing is said of how many are displaced.

References
----------
Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", Journal of the American
Statistical Association 102, 359-378.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.threads import in_threads
from staffride.lab.forecast_scores import BAND_50, BAND_90, COVERAGE_DEMAND, OUTER, covered
from staffride.lab.region_fit import Case, leave_out
from staffride.lab.region_scores import rescaled
from staffride.model.region import RegionSetup, run_region
from staffride.model.region_choice import Choice

Floats = NDArray[np.float64]

SPREADS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5)
"""Values tried; at 1 a destination is often three times more attractive than the rule knows, or as much less."""
REPLICATIONS = 60
"""Courses of which a band is made in a fit."""


class Judged(NamedTuple):
    """How courses with one spread predict the counts of a region.

    Attributes
    ----------
    crps
        Sum over destinations over the day's total, mean over days: for a single course the averaged relative
        difference, rescaled.
    held_50, held_90
        Share of destination-days whose count lies in the band.
    """

    crps: float
    held_50: float
    held_90: float


@dataclass(frozen=True)
class SpreadFit:
    """A fit of the spread.

    Attributes
    ----------
    spread
        Best on all regions, each predicted with parameters fitted without it.
    left_out
        By region the spread chosen without it and how that does on it.
    chance_alone
        By region how courses without any spread do, with the same parameters.
    """

    spread: float
    left_out: Mapping[str, tuple[float, Judged]]
    chance_alone: Mapping[str, Judged]

    def mean(self) -> Judged:
        """Return the mean over regions left out, each counting once."""
        return mean_of(judged for _, judged in self.left_out.values())


def courses(case: Case, choice: Choice, spread: float, replications: int = REPLICATIONS) -> Floats:
    """Return (R, T, D) persons of many courses of a region, scaled to the total counted on each day."""
    unlimited = np.full(len(case.region.destinations), math.inf)
    setup = RegionSetup(appeal_spread=spread, capacity=None if case.situation.capacities else unlimited)
    run = run_region(case.region, rules=choice, replications=replications, setup=setup)
    return np.array([rescaled(one, case.counts) for one in run.present.astype(np.float64)])


def crps_of(runs: Floats, counts: Floats) -> Floats:
    """Return (...) the CRPS of counts by courses along the first axis.

    ``mean |X - y| - E|X - X'| / 2``, the second part over pairs of different courses, so that few courses are not
    worse than many (Ferro 2014, "Fair scores for ensemble forecasts", Quarterly Journal of the Royal Meteorological
    Society 140, 1917-1923). Worked value: courses 1 and 3 of the count 2 give 0.
    """
    size = len(runs)
    weights = (2.0 * np.arange(1, size + 1) - size - 1.0) / (size * (size - 1.0))
    found: Floats = np.abs(runs - counts).mean(axis=0) - np.tensordot(weights, np.sort(runs, axis=0), 1)
    return found


def judge(runs: Floats, counts: Floats) -> Judged:
    """Return how courses (R, T, D) predict counts (T, D).

    Day 0 is left out, because it was given, days on which nobody is counted, and destination-days on which neither
    the band nor the count has anybody. Bands are between order statistics such that one more course would fall into
    them with the chance that they say (type 6 of Hyndman and Fan 1996).
    """
    scored = counts.sum(axis=1) > 0.0
    scored[0] = False
    runs, counts = runs[:, scored], counts[scored]
    found = crps_of(runs, counts).sum(axis=1) / counts.sum(axis=1)
    low, low_50, high_50, high = np.quantile(
        runs, [BAND_90[0], BAND_50[0], BAND_50[1], BAND_90[1]], axis=0, method="weibull"
    )
    some = (high > 0.0) | (counts > 0.0)
    held = [
        float(covered(counts, *band)[some].mean()) for band in ((low_50, high_50), (low, high)) if some.any()
    ]
    return Judged(float(found.mean()), *held) if held else Judged(0.0, 1.0, 1.0)


def mean_of(found: Iterable[Judged]) -> Judged:
    """Return the mean, each region counting once."""
    return Judged(*np.mean(list(found), axis=0).tolist())


def cost(found: Iterable[Judged]) -> float:
    """Return what a fit makes small: the mean CRPS, and how far bands are from holding what they say.

    Worked value: CRPS 0.1 with 50 % and 80 % held costs 0.1 + 0.5 x 2 x 0.1^2 = 0.11.
    """
    mean = mean_of(found)
    off = (mean.held_50 - (BAND_50[1] - BAND_50[0])) ** 2
    off += OUTER * (mean.held_90 - (BAND_90[1] - BAND_90[0])) ** 2
    return mean.crps + COVERAGE_DEMAND * off


def best_spread(found: Mapping[float, Sequence[Judged]]) -> float:
    """Return the spread of the least `cost`; ``found`` has by spread how each region is predicted."""
    return min(found, key=lambda spread: cost(found[spread]))


def fit_spread(cases: Sequence[Case], strength: float, spreads: Sequence[float] = SPREADS) -> SpreadFit:
    """Fit the spread on all cases and on all but each.

    Parameters
    ----------
    cases
        The regions fitted on, at least three, in one situation in which no count but that of day 0 is known.
    strength
        Of the penalty of the parameters that predict regions left out.
    spreads
        Values tried.
    """
    known = {case.name: case for case in cases}
    fits = {
        frozenset(names): fit.choice
        for left_out in (1, 2)
        for names, fit in leave_out(cases, strength, left_out).items()
    }
    pairs = [(name, name) for name in known] + list(permutations(known, 2))
    asked = [(pair, spread) for pair in pairs for spread in spreads]

    def judged(number: int) -> Judged:
        (name, without), spread = asked[number]
        case = known[name]
        return judge(courses(case, fits[frozenset((name, without))], spread), case.counts)

    found = dict(zip(asked, in_threads(judged, len(asked)), strict=True))
    chosen = {
        without: best_spread(
            {
                spread: [found[(name, without), spread] for name in known if name != without]
                for spread in spreads
            }
        )
        for without in known
    }
    return SpreadFit(
        best_spread({spread: [found[(name, name), spread] for name in known] for spread in spreads}),
        {name: (spread, found[(name, name), spread]) for name, spread in chosen.items()},
        {name: found[(name, name), min(spreads)] for name in known},
    )
