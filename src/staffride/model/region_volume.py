"""How many people are displaced on each day of a region: from reports, from conflict, from flood, or as given.

From reports, the number displaced is how the total of the displaced rises. When the total falls, either nobody leaves
and the fall is made up first by later rises, or the fall counts as returns (``staffride.model.region_returns``).

Limits: reports count those who arrived and were registered, not those who left; a rise on one day is often an update
of the lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.region_origins import ages_of_conflict, decay_by_age, people_at
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts, daily_total

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

GIVEN, POISSON, BINOMIAL = 0, 1, 2
"""How the amounts of a `Volume` are meant: counts, means of Poisson counts, chances of each person still at home."""


class Volume(NamedTuple):
    """How many are newly displaced, T days.

    Attributes
    ----------
    kind
        `GIVEN`, `POISSON` or `BINOMIAL`.
    amount
        (T, 1) persons of all origins together, or (T, V) by place: persons, means or chances.
    people
        (V,) persons at home on day 0, of whom `BINOMIAL` draws.
    stock
        (D,) persons at the destinations when the period begins.
    falls
        (T,) persons by which the total falls, who may be returns.
    """

    kind: int
    amount: Floats
    people: Counts
    stock: Counts
    falls: Floats


def whole_steps(total: Floats) -> Counts:
    """Return whole persons of each day from a running total, (T,), such that their sum never strays from it.

    Equation: ``floor(total(t) + 1/2) - floor(total(t - 1) + 1/2)``; the first day's step is from zero.
    Units: persons.
    Source: definition.
    Limits: exact to half a person at every day.
    """
    whole: Counts = np.floor(total + 0.5).astype(np.int64)
    steps = whole.copy()
    steps[1:] -= whole[:-1]
    return steps


def rises_less_debt(total: Floats) -> Floats:
    """Return how many are newly displaced on each day, where a fall of the total is made up first.

    Equation: ``M(t) - M(t - 1)`` with the running greatest value ``M(t) = max(total(0), ..., total(t))``; the first
    day's is 0, because its total is there already. Worked value: 10, 14, 12, 13, 17 gives 0, 4, 0, 0, 3.
    Units: persons.
    Source: the debt of Flee (Suleimenova, Bell and Groen 2017), which amounts to the running greatest value.
    Limits: who returned and left again is not counted twice.
    """
    return np.diff(np.maximum.accumulate(total), prepend=total[:1])


def rises(total: Floats) -> Floats:
    """Return how many are newly displaced on each day, where a fall of the total counts as returns.

    Equation: ``max(0, total(t) - total(t - 1))``, 0 on the first day.
    Units: persons.
    Source: identity.
    Limits: arrivals and returns of the same day cancel out.
    """
    return np.maximum(np.diff(total, prepend=total[:1]), 0.0)


def falls(total: Floats) -> Floats:
    """Return by how many the total falls on each day.

    Equation: ``max(0, total(t - 1) - total(t))``, 0 on the first day.
    Units: persons.
    Source: identity.
    Limits: corrections of lists count as falls too.
    """
    return np.maximum(-np.diff(total, prepend=total[:1]), 0.0)


def reported_total(region: Region, counts: Floats) -> Floats:
    """Return (T,) persons displaced in all: the sum of the destinations, or the total where the settings say so."""
    rules = region.settings.get("spawn_rules")
    from_camps = rules.get("sum_from_camps", True) if isinstance(rules, dict) else True
    return counts.sum(axis=1) if from_camps or region.total is None else daily_total(region)


def from_reports(region: Region, *, returns: bool = False, corrected: bool = True) -> Volume:
    """Return the volume by reports; with ``returns`` a fall of the total counts as returns."""
    counts = daily_counts(region, corrected=corrected)
    total = reported_total(region, counts) if counts.shape[1] else np.zeros(region.days)
    stock = np.floor(counts[0] + 0.5).astype(np.int64)
    new = rises(total) if returns else rises_less_debt(total)
    return _given(region, whole_steps(np.cumsum(new)), stock, falls(total) if returns else None)


def from_series(region: Region, persons: Floats, stock: Counts | None = None) -> Volume:
    """Return a volume of given persons of each day: (T,) of all origins together, or (T, V) by place."""
    columns = np.atleast_2d(persons.T).T
    steps = np.column_stack([whole_steps(np.cumsum(column)) for column in columns.T])
    return _given(region, steps, stock, None)


def _given(region: Region, steps: Counts, stock: Counts | None, falling: Floats | None) -> Volume:
    return Volume(
        GIVEN,
        np.atleast_2d(steps.T).T.astype(np.float64),
        people_at(region).astype(np.int64),
        _nobody(region) if stock is None else stock,
        np.zeros(region.days) if falling is None else falling,
    )


def _nobody(region: Region) -> Counts:
    return np.zeros(len(region.destinations), np.int64)


def from_conflict(
    region: Region,
    rate_per_day: float,
    decay: Sequence[float] = (1.0,),
    interval_days: int = 30,
    *,
    depletes: bool = True,
    stock: Counts | None = None,
) -> Volume:
    """Return a volume that conflict drives, by place.

    Equation: each person of a place leaves within a day with chance ``1 - exp(-rate x intensity x decay)``; without
    depletion the day's count is Poisson with mean ``rate x intensity x decay x population``.
    Units: per day; intensity and decay are dimensionless.
    Source: constant hazard in proportion to intensity; the decay by age of a conflict is Flee's.
    Limits: nobody comes home to leave again; a rate of zero displaces nobody.
    """
    age = decay_by_age(ages_of_conflict(region.conflict), decay, interval_days)
    return _by_hazard(region, rate_per_day * region.conflict * age, depletes, stock)


def from_flood(
    region: Region, rates_per_day: Sequence[float], *, depletes: bool = True, stock: Counts | None = None
) -> Volume:
    """Return a volume that flood drives, by place.

    Equation: as `from_conflict`, with the rate of the flood's level; levels above the last have the last rate.
    Units: per day for each whole level, that of level 0 first.
    Source: levels as in the flood rules of Flee.
    Limits: levels are rounded down.
    """
    if region.flood is None or not len(rates_per_day):
        return _by_hazard(region, np.zeros_like(region.conflict), depletes, stock)
    level = np.clip(region.flood.astype(np.int64), 0, len(rates_per_day) - 1)
    return _by_hazard(region, np.asarray(rates_per_day, np.float64)[level], depletes, stock)


def _by_hazard(region: Region, hazard: Floats, depletes: bool, stock: Counts | None) -> Volume:
    """Return the volume of a hazard by day and place; nobody is displaced from a destination."""
    people = people_at(region)
    amount = -np.expm1(-hazard) if depletes else hazard * people
    amount[:, list(region.destinations)] = 0.0
    return Volume(
        BINOMIAL if depletes else POISSON,
        amount,
        people.astype(np.int64),
        _nobody(region) if stock is None else stock,
        np.zeros(region.days),
    )
