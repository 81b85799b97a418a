"""Penalised fits of our choice of destinations on several regions at once, and how they do on a region left out.

The parameters are shared by all regions. The score of a region is its rescaled averaged relative difference, that of a
fit the mean over regions plus a penalty that grows with the square of the distance of each parameter from its neutral
value: so a fit on little is near the free-capacity rule. How strong the penalty is comes from the regions fitted on.

Limits: regions are few, so figures of regions left out vary much; which terms the rule has at all was decided with all
regions in sight.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from staffride.lab.region_scores import relative_difference, rescaled
from staffride.model.region_choice import Choice
from staffride.model.region_expected import Ground, expected_course, ground_of
from staffride.model.region_inputs import world_of
from staffride.model.region_parameters import TERMS, Term, neutral
from staffride.model.region_volume import from_reports, rises_less_debt
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

Floats = NDArray[np.float64]

LEVELS: Mapping[str, tuple[float, ...]] = {
    "danger": (0.0, 1.0, 3.0, 10.0, 30.0),
    "population": (1.0, 0.75, 0.5, 0.25, 0.0),
}
"""Values tried of the parameters that change the ways; the others are continuous."""
STRENGTHS = (0.002, 0.004, 0.008)
"""Penalties tried: what one unit of distance from neutral costs, in averaged relative difference."""
TOLERANCE = 0.005
"""How much worse on cases left out a stronger penalty may be: half a point of difference; assumed."""
STARTS = (
    neutral(),
    Choice(distance_decay=0.5, danger=10.0, networks=0.5, onward=0.003, population=0.5),
)
"""Where searches begin: at neutral and one scale away from it; the better end is kept."""
ROUNDS, SMALLEST_STEP, GROWTH, SHRINKING = 60, 0.01, 1.4, 0.6


@dataclass(frozen=True)
class Situation:
    """What is known when people are shared out.

    Attributes
    ----------
    name
        Of the set of parameters that it needs.
    capacities
        Whether capacities are known.
    first_day
        The last day whose counts are known; later days are scored, and day 0 too where it is the last one known.
    """

    name: str
    capacities: bool = True
    first_day: int = 0


@dataclass(eq=False)
class Case:
    """A region with its counts, ready for many runs of one situation.

    Attributes
    ----------
    region
        The region.
    situation
        What is known.
    """

    region: Region
    situation: Situation
    _grounds: dict[tuple[float, float], Ground] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.counts = daily_counts(self.region)

    @property
    def name(self) -> str:
        """Return the name of the region."""
        return self.region.name

    def score(self, choice: Choice) -> float:
        """Return the rescaled averaged relative difference on the days that are scored."""
        first = self.situation.first_day
        course = rescaled(expected_course(self._ground(choice), choice, first), self.counts)
        scored = slice(first + 1 if first else 0, None)
        return float(relative_difference(course[scored], self.counts[scored]).mean())

    def _ground(self, choice: Choice) -> Ground:
        key = (choice.danger, choice.population)
        if key not in self._grounds:
            self._grounds[key] = self._made(choice)
        return self._grounds[key]

    def _made(self, choice: Choice) -> Ground:
        first = self.situation.first_day
        unlimited = np.full(len(self.region.destinations), math.inf)
        volume = from_reports(self.region)
        world = world_of(
            self.region, volume, choice=choice, capacity=None if self.situation.capacities else unlimited
        )
        if not first:
            return ground_of(world)
        newly = np.zeros(self.region.days)
        newly[first:] = rises_less_debt(self.counts.sum(axis=1)[first:])
        return ground_of(world, newly, self.counts[first])


@dataclass(frozen=True)
class Fit:
    """A fit.

    Attributes
    ----------
    choice
        The parameters.
    strength
        Of the penalty.
    objective
        Mean score of the regions fitted on, with the penalty.
    """

    choice: Choice
    strength: float
    objective: float


def mean_score(cases: Iterable[Case], choice: Choice) -> float:
    """Return the mean over cases of their scores."""
    return float(np.mean([case.score(choice) for case in cases]))


def penalty(choice: Choice) -> float:
    """Return the squared distance of parameters from neutral, each in units of its scale."""
    return float(sum(((getattr(choice, term.name) - term.neutral) / term.scale) ** 2 for term in TERMS))


def fit_choice(cases: Sequence[Case], strength: float, starts: Sequence[Choice] = STARTS) -> Fit:
    """Return the parameters with the least mean score plus penalty, by searches along the axes.

    Parameters
    ----------
    cases
        The regions fitted on, all in one situation.
    strength
        Cost of one unit of `penalty`.
    starts
        Where searches begin.
    """
    return min((_search(cases, strength, start) for start in starts), key=lambda fit: fit.objective)


def _search(cases: Sequence[Case], strength: float, start: Choice) -> Fit:
    def objective(choice: Choice) -> float:
        return mean_score(cases, choice) + strength * penalty(choice)

    best, least = start, objective(start)
    steps = {term.name: 0.5 * term.scale for term in TERMS}
    for _ in range(ROUNDS):
        before = least
        for term in TERMS:
            for tried in _neighbours(best, term, steps[term.name]):
                found = objective(tried)
                if found < least - 1.0e-7:
                    best, least = tried, found
                    steps[term.name] *= GROWTH
                    break
            else:
                steps[term.name] *= SHRINKING
        fine = all(steps[term.name] < SMALLEST_STEP * term.scale for term in TERMS if term.name not in LEVELS)
        if fine and least == before:
            break
    return Fit(best, strength, least)


def _neighbours(choice: Choice, term: Term, step: float) -> list[Choice]:
    """Return the two choices on both sides along one axis; fewer at a bound."""
    value = getattr(choice, term.name)
    if term.name in LEVELS:
        levels = LEVELS[term.name]
        at = levels.index(value)
        values = [levels[other] for other in (at - 1, at + 1) if 0 <= other < len(levels)]
    else:
        values = [min(max(value + sign * step, term.lowest), term.highest) for sign in (1.0, -1.0)]
    return [choice._replace(**{term.name: other}) for other in values if other != value]


def leave_out(cases: Sequence[Case], strength: float, left_out: int = 1) -> dict[tuple[str, ...], Fit]:
    """Return, for every group of ``left_out`` cases, the fit on the others."""
    fits = {}
    for group in combinations(range(len(cases)), left_out):
        others = [case for at, case in enumerate(cases) if at not in group]
        fits[tuple(cases[at].name for at in group)] = fit_choice(others, strength)
    return fits


def scores_left_out(cases: Sequence[Case], fits: Mapping[tuple[str, ...], Fit]) -> dict[str, float]:
    """Return each case's score under the fits that did not see it, their mean where there are several."""
    return {
        case.name: float(
            np.mean([case.score(fit.choice) for names, fit in fits.items() if case.name in names])
        )
        for case in cases
    }


def best_strength(cases: Sequence[Case], strengths: Sequence[float] = STRENGTHS) -> float:
    """Return the strongest penalty that is as good on cases left out as the best one, or nearly.

    Nearly: its mean score is at most `TOLERANCE` above the least. That errs towards neutral, as the rule of one
    standard error does (Breiman, Friedman, Olshen and Stone 1984), whose margin is far wider with few cases.
    """
    means = {
        strength: float(np.mean(list(scores_left_out(cases, leave_out(cases, strength)).values())))
        for strength in strengths
    }
    return max(strength for strength, mean in means.items() if mean <= min(means.values()) + TOLERANCE)


def nested_leave_one_out(cases: Sequence[Case], strengths: Sequence[float] = STRENGTHS) -> dict[str, Fit]:
    """Return for each case the fit on the others, with the strength of the penalty chosen on the others alone."""
    fits = {}
    for case in cases:
        others = [other for other in cases if other is not case]
        fits[case.name] = fit_choice(others, best_strength(others, strengths))
    return fits
