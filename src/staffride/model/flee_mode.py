"""Flee's published rules by agents, seeded: a region in, daily counts of people by destination out.

Before the first day ``flee_places`` says what every place is on every day, ``flee_routes`` which routes people know,
and ``flee_spawn`` how many flee. Camps then hold those whom the reports of day 0 count. Then, day by day:

1. ``flee_routes``: links close and open; those who are on a closed one return to its start.
2. ``flee_spawn``: those who are newly displaced start where they flee from.
3. ``flee_moves``: everybody at a place decides, in order of creation, whether to leave and by which route.
4. ``flee_moves``: everybody on a link travels, and may go on from where it leads.
5. ``flee_mode``: people at destinations are counted.

This is a reimplementation from the published description; quirks that were found by measurement are options, off by
default (``flee_settings``).

Limits: one agent is one household of ``people_per_agent`` persons that never parts; nobody dies or returns.

References
----------
As for ``flee_places``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.campaign_kernel import in_place
from staffride.model.flee_moves import (
    Agents,
    Day,
    Rules,
    Weights,
    decide,
    empty_agents,
    return_from_closed_links,
    travel,
)
from staffride.model.flee_places import Floats, Integers, Places, capacities, places_by_day
from staffride.model.flee_routes import Roads, Routes, roads_of, routes_of
from staffride.model.flee_settings import FleeSettings, Quirks
from staffride.model.flee_spawn import Spawn, place_newcomers, spawn_of
from staffride.scenario.region import Region


class FleeRun(NamedTuple):
    """What a run of Flee's rules leaves.

    Attributes
    ----------
    counts
        (R, T, D) persons at each destination at the end of each day.
    totals
        (R, T) persons displaced in all, wherever they are.
    """

    counts: Integers
    totals: Integers


class World(NamedTuple):
    """A region under Flee's rules: everything that does not depend on luck.

    Attributes
    ----------
    places, roads, routes, spawn, rules
        What the files of these names say.
    capacity
        (T, N) agents whom a place holds.
    destinations
        (D,) positions of the places that are counted.
    people_per_agent
        Persons whom one agent stands for.
    """

    places: Places
    roads: Roads
    routes: Routes
    spawn: Spawn
    rules: Rules
    capacity: Floats
    destinations: Integers
    people_per_agent: int


class Room(NamedTuple):
    """Room that a replication works in.

    Attributes
    ----------
    occupants
        (N,) agents at each place.
    population
        (N,) persons who live there and have not fled.
    weights
        Of routes.
    zones
        (N,) summed weights of zones.
    """

    occupants: Integers
    population: Floats
    weights: Weights
    zones: Floats


def run_flee(
    region: Region,
    settings: FleeSettings,
    *,
    seed: int,
    replications: int = 1,
    first: int = 0,
    people_per_agent: int | None = None,
    quirks: Quirks = Quirks(),  # noqa: B008 (immutable)
) -> FleeRun:
    """Return daily counts of people at the destinations of a region by Flee's rules.

    Parameters
    ----------
    region
        The region.
    settings
        As `settings_of` reads them.
    seed
        Same seed, same values.
    replications, first
        Number of runs with luck of their own, and the number of the first of them.
    people_per_agent
        Persons whom one agent stands for; as the settings say where it is left out.
    quirks
        What to do as Flee does although its description does not say so; `Quirks.all_on` to compare with its output.
    """
    world = flee_world(region, settings, quirks, people_per_agent or settings.people_per_agent)
    counts = np.zeros((replications, region.days, len(world.destinations)), np.int64)
    totals = np.zeros((replications, region.days), np.int64)
    agents, room = empty_agents(most_agents(world)), empty_room(world)
    for replication in range(replications):
        begun = fill_camps(world, agents, room)
        run_days(
            world, agents, room, begun, (seed, first + replication), counts[replication], totals[replication]
        )
    return FleeRun(counts * world.people_per_agent, totals * world.people_per_agent)


def flee_world(region: Region, settings: FleeSettings, quirks: Quirks, people_per_agent: int) -> World:
    """Return a region under Flee's rules."""
    places = places_by_day(region, settings, quirks)
    roads = roads_of(region, settings)
    spawn = spawn_of(region, settings, quirks, places, people_per_agent)
    capacity = capacities(region, settings, quirks, places.kind, spawn.stock * people_per_agent)
    return World(
        places=places,
        roads=roads,
        routes=routes_of(region, settings, quirks, places, roads),
        spawn=spawn,
        rules=_rules(settings, quirks),
        capacity=capacity / people_per_agent,
        destinations=np.asarray(region.destinations, np.int64),
        people_per_agent=people_per_agent,
    )


def _rules(settings: FleeSettings, quirks: Quirks) -> Rules:
    return Rules(
        shape=(
            settings.weight_softening,
            settings.softening,
            settings.distance_power,
            settings.weight_power,
        ),
        buffer=settings.capacity_buffer,
        pruning=settings.pruning_threshold,
        walk_speed=settings.max_walk_speed,
        long_routes=settings.awareness_level > 1,
        fixed_routes=settings.fixed_routes,
        blind=settings.awareness_level < 1,
        on_foot_first=settings.start_on_foot,
        no_short_stints=settings.avoid_short_stints,
        budget_restarts=quirks.daily_budget_restarts,
        still=settings.awareness_level < 1 and quirks.zero_awareness_stays,
    )


def empty_room(world: World) -> Room:
    """Return room for one replication at a time."""
    places = len(world.spawn.stock)
    weights = Weights(np.zeros(len(world.routes.goal)), np.ones(places, np.bool_))
    return Room(np.zeros(places, np.int64), np.zeros(places), weights, np.zeros(places))


def most_agents(world: World) -> int:
    """Return how many agents a run can have at most; of a drawn number, far more than it ever draws."""
    spawn = world.spawn
    driven = float((spawn.zone_mean + spawn.per_person * spawn.population).sum())
    drawn = 10.0 * np.sqrt(driven + 1.0) + 100.0 if spawn.drawn else 0.0
    rounded = float(((spawn.zone_mean > 0.0) | (spawn.per_person > 0.0)).sum())
    return int(
        spawn.stock.sum() + spawn.arrivals.sum() + (driven + drawn) / world.people_per_agent + rounded + 1
    )


def fill_camps(world: World, agents: Agents, room: Room) -> int:
    """Put those at their places who are there before the first day; return how many. Former runs are forgotten."""
    for array in agents:
        array[:] = 0
    agents.route[:] = -1
    room.occupants[:] = world.spawn.stock
    room.population[:] = world.spawn.population
    begun = int(world.spawn.stock.sum())
    agents.where[:begun] = np.repeat(np.arange(len(world.spawn.stock)), world.spawn.stock)
    return begun


@in_place
@compiled
def run_days(
    world: World,
    agents: Agents,
    room: Room,
    begun: int,
    key: tuple[int, int],
    counts: Integers,
    totals: Integers,
) -> None:
    """Run one replication day by day (kernel), with those who are in camps before the first day."""
    occupants, weights = room.occupants, room.weights
    count = begun
    waiting = 0
    for number in range(len(counts)):
        today = day_of(world, number)
        weights.stale[:] = True
        if number > 0 and world.routes.state[number] != world.routes.state[number - 1]:
            return_from_closed_links(count, today, world.roads, world.routes, agents, occupants)
        count, waiting = place_newcomers(
            world.spawn,
            world.places.freshness[number],
            waiting,
            world.people_per_agent,
            number,
            key,
            count,
            agents.where,
            occupants,
            room.population,
            room.zones,
        )
        if not world.rules.still:
            moving = decide(
                count, key, today, world.roads, world.routes, world.rules, agents, occupants, weights
            )
            travel(moving, key, today, world.roads, world.routes, world.rules, agents, occupants, weights)
        for at in range(len(world.destinations)):
            counts[number, at] = occupants[world.destinations[at]]
        totals[number] = count + waiting


@compiled
def day_of(world: World, number: int) -> Day:
    """Return what holds on a day (kernel)."""
    return Day(
        number,
        world.routes.state[number],
        world.places.kind[number],
        world.places.score[number],
        world.places.chance[number],
        world.capacity[number],
    )
