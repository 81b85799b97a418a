"""Where the newly displaced of a day start: places in conflict by population, intensity and age of the conflict.

Limits: all people of a place are exposed alike; a place whose population the source does not give counts as the median
of those that have one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.region import Region

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]


def people_at(region: Region) -> Floats:
    """Return (V,) persons who live at each place; destinations have none.

    Equation: the population of the source; where it has none, the median of the conflict and flood zones that have
    one, or 1 where no zone has.
    Units: persons.
    Source: the region; the median is assumed.
    Limits: only shares of the displaced rest on it, unless conflict or flood drives the volume.
    """
    people = np.array([place.population for place in region.places], np.float64)
    exposed = np.array([place.kind in ("conflict_zone", "flood_zone") for place in region.places], np.bool_)
    if len(region.places):
        exposed |= region.conflict.any(axis=0)
    known = people[exposed & (people > 0.0)]
    people[exposed & (people <= 0.0)] = np.median(known) if known.size else 1.0
    people[list(region.destinations)] = 0.0
    return people


def ages_of_conflict(conflict: Floats) -> Integers:
    """Return (T, V) days since the present spell of conflict began, 0 on its first day; -1 without conflict.

    Equation: ``age(t) = age(t - 1) + 1`` while the intensity is above 0.
    Units: days.
    Source: definition.
    Limits: a spell that began before the period counts from day 0.
    """
    age = np.full(conflict.shape, -1, np.int32)
    for day in range(len(conflict)):
        before = age[day - 1] if day else np.full(conflict.shape[1], -1)
        age[day] = np.where(conflict[day] > 0.0, before + 1, -1)
    return age


def decay_by_age(age: Integers, decay: Sequence[float], interval_days: int) -> Floats:
    """Return the factor by which a conflict of some age displaces fewer, of the shape of ``age``.

    Equation: ``decay[min(floor(age / interval), last)]``, 0 without conflict. Worked value: with 1, 0.5, 0.1 per 30
    days an age of 45 days gives 0.5 and one of 200 days gives 0.1.
    Units: days; dimensionless.
    Source: the spawn decay of Flee.
    Limits: a step function; the last value is kept.
    """
    step = np.minimum(np.maximum(age, 0) // max(1, interval_days), len(decay) - 1)
    return np.where(age < 0, 0.0, np.asarray(decay, np.float64)[step])


def origin_shares(region: Region, decay: Sequence[float] = (1.0,), interval_days: int = 30) -> Floats:
    """Return (T, V) the share of a day's newly displaced who start at each place.

    Equation: in proportion to ``population x intensity x decay``, summing to 1. On a day without any conflict the
    shares of the last day that had some; before the first such day, those of the first; where there is none at all, by
    population among the zones (conflict and flood), and without zones among all places but the destinations.
    Units: dimensionless.
    Source: the spawn weights of Flee; the days without conflict are assumed.
    Limits: floods count like conflict where a region has levels of flood and no conflict.
    """
    people = people_at(region)
    level = region.conflict
    if region.flood is not None and not level.any():
        level = np.maximum(region.flood, 0.0)
    weight = people * level * decay_by_age(ages_of_conflict(level), decay, interval_days)
    total = weight.sum(axis=1)
    active = np.flatnonzero(total > 0.0)
    if not active.size:
        return np.tile(_without_conflict(region, people), (region.days, 1))
    source = active[np.maximum(np.searchsorted(active, np.arange(region.days), side="right") - 1, 0)]
    return np.asarray(weight[source] / total[source, None], np.float64)


def _without_conflict(region: Region, people: Floats) -> Floats:
    """Return (V,) shares where a region has no conflict on any day; zeros where nobody lives outside a destination."""
    zone = np.array([place.kind in ("conflict_zone", "flood_zone") for place in region.places], np.bool_)
    weight = np.where(zone, people, 0.0) if (zone & (people > 0.0)).any() else people
    if not weight.any():
        weight = np.ones(len(region.places))
        weight[list(region.destinations)] = 0.0
    return np.asarray(weight / max(weight.sum(), 1.0e-300), np.float64)
