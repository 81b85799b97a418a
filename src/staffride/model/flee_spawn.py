"""Those who flee under Flee's rules: how many a day, and where they start.

Limits: nobody returns; when the reported total falls, nobody leaves, and a later rise first makes good the fall.

References
----------
As for ``flee_places``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.engine.random import FLEE, four_uniforms, poisson
from staffride.model.flee_places import Floats, Integers, Numbers, Places, by_level
from staffride.model.flee_settings import FleeSettings, Quirks
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts, daily_total

HOW_MANY, WHERE = 0x40000000, 0x40000001
"""Which draw of a day: how many flee from a zone, and where one starts."""


class Spawn(NamedTuple):
    """Those who flee.

    Attributes
    ----------
    stock
        (N,) agents who are at each place before the first day.
    arrivals
        (T,) new agents of each day who start at a zone that is drawn for each.
    zone_mean
        (T, N) mean number of new persons of a zone and day; fixed numbers unless ``drawn``.
    per_person
        (T, N) new persons of a zone and day per person who lives there.
    drawn
        Whether new persons are drawn from a Poisson distribution around the mean.
    population
        (N,) persons who live at each place.
    taken
        Whether those who flee lower it.
    """

    stock: Integers
    arrivals: Integers
    zone_mean: Floats
    per_person: Floats
    drawn: bool
    population: Floats
    taken: bool


def spawn_of(
    region: Region, settings: FleeSettings, quirks: Quirks, places: Places, people_per_agent: int
) -> Spawn:
    """Return how many flee by day and place."""
    counts = daily_counts(region, next_report=quirks.sums_take_next_report)
    stock = np.zeros(len(region.places), np.int64)
    if settings.insert_day0 and len(counts):
        stock[list(region.destinations)] = agents_of(counts[0], people_per_agent, quirks.people_cut_per_camp)
    driven = settings.conflict_spawn != "reports" or settings.flood_spawn != "reports"
    total = _agents_displaced(region, settings, quirks, counts, people_per_agent)
    mean, per_person = _zone_figures(settings, places)
    return Spawn(
        stock=stock,
        arrivals=np.zeros(region.days, np.int64) if driven else newly_displaced(total),
        zone_mean=mean,
        per_person=per_person,
        drawn="poisson" in (settings.conflict_spawn, settings.flood_spawn),
        population=np.array([place.population for place in region.places]),
        taken=settings.take_from_population,
    )


def _agents_displaced(
    region: Region, settings: FleeSettings, quirks: Quirks, counts: Floats, people_per_agent: int
) -> Integers:
    """Return (T,) agents whom the reports count as displaced."""
    if not settings.sum_from_camps and region.total is not None:
        return agents_of(daily_total(region), people_per_agent, quirks.people_cut_per_camp)
    if quirks.people_cut_per_camp:
        return np.asarray(agents_of(counts, people_per_agent, cut=True).sum(axis=1), np.int64)
    return agents_of(counts.sum(axis=1), people_per_agent, cut=False)


def agents_of(people: Floats, people_per_agent: int, cut: bool) -> Integers:
    """Return the number of agents who stand for some people.

    Equation: ``people / people per agent``, rounded, or with the quirk ``people_cut_per_camp`` cut to a whole number.
    Units: persons; agents.
    Source: definition.
    Limits: less than one agent is lost or gained.
    """
    return np.floor(people / people_per_agent + (0.0 if cut else 0.5)).astype(np.int64)


def newly_displaced(total: Integers) -> Integers:
    """Return (T,) how many are newly displaced on each day.

    Equation: the rise of the largest total so far; none on day 0. What the total lies below its largest is the debt
    that a rise makes good first.
    Units: agents.
    Source: Suleimenova, Bell, Groen (2017).
    Limits: nobody returns.
    """
    return np.diff(np.maximum.accumulate(total), prepend=total[:1]).astype(np.int64)


def _zone_figures(settings: FleeSettings, places: Places) -> tuple[Floats, Floats]:
    """Return (T, N) new persons of a zone and day, and new persons per person who lives there."""
    mean, per_person = np.zeros(places.intensity.shape), np.zeros(places.intensity.shape)
    ratio = settings.displaced_per_conflict_day * places.intensity
    if settings.conflict_spawn in ("constant", "poisson"):
        mean += ratio
    if settings.conflict_spawn == "pop_ratio":
        per_person += ratio
    by_flood = by_level(places.flood_level, settings.displaced_per_flood_day, 0.0)
    if settings.flood_spawn in ("constant", "poisson"):
        mean += by_flood
    if settings.flood_spawn == "pop_ratio":
        per_person += by_flood
    return mean, per_person


@compiled
def displaced_from_zone(mean: float, per_person: float, population: float, drawn: bool, u: float) -> float:
    """Return how many persons flee from a zone on a day, where conflict or flood drives them.

    Equation: ``N``, Poisson(``N``) or ``f x population``: N and f are those of full conflict times its intensity, or
    those of the level of the flood.
    Units: persons a day.
    Source: Flee's documentation of conflict-driven and flood-driven spawning.
    Limits: not more than live there where they are taken from the population.
    """
    return float(poisson(mean, u)) if drawn else mean + per_person * population


@compiled
def spawn_weights(freshness: Floats, population: Floats, cumulative: Floats) -> float:
    """Write the summed weights with which zones are drawn for those who flee, and return their sum.

    Equation: ``population x intensity x decay``, summed over places up to each.
    Units: persons.
    Source: Suleimenova, Bell, Groen (2017); the decay: Ghorbani and others (2024).
    Limits: only where there is conflict; a zone without a known population sends nobody.
    """
    total = 0.0
    for place in range(len(population)):
        total += freshness[place] * max(0.0, population[place])
        cumulative[place] = total
    return total


@compiled
def drawn_place(u: float, cumulative: Floats) -> int:
    """Return the first place whose summed weight exceeds a share of the whole."""
    low, high = 0, len(cumulative) - 1
    aim = u * cumulative[high]
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > aim:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def place_newcomers(
    spawn: Spawn,
    freshness: Floats,
    waiting: int,
    people_per_agent: int,
    day: int,
    key: tuple[int, int],
    first: int,
    where: Numbers,
    occupants: Integers,
    population: Floats,
    cumulative: Floats,
) -> tuple[int, int]:
    """Put new agents at the zones from which they flee (kernel); return how many agents there are, and how many wait.

    Those for whom there is no zone wait for the first day on which there is one.
    """
    last = first
    for zone in range(len(population)):
        mean, per_person = spawn.zone_mean[day, zone], spawn.per_person[day, zone]
        if mean > 0.0 or per_person > 0.0:
            u = four_uniforms(key[0], key[1], FLEE, day, zone, HOW_MANY)
            people = displaced_from_zone(mean, per_person, population[zone], spawn.drawn, u[0])
            if spawn.taken:
                people = min(people, max(0.0, population[zone]))
            agents = math.floor(people / people_per_agent + u[1])
            for _ in range(min(agents, len(where) - last)):
                where[last] = zone
                occupants[zone] += 1
                last += 1
    waiting += spawn.arrivals[day]
    if waiting > 0 and spawn_weights(freshness, population, cumulative) > 0.0:
        for agent in range(last, last + waiting):
            u = four_uniforms(key[0], key[1], FLEE, day, agent, WHERE)
            zone = drawn_place(u[0], cumulative)
            where[agent] = zone
            occupants[zone] += 1
        last += waiting
        waiting = 0
    if spawn.taken:
        for agent in range(first, last):
            population[where[agent]] -= people_per_agent
    return last, waiting
