"""Moves under Flee's rules, as compiled kernels: who leaves, by which route, and how far one gets in a day.

Limits: travellers do not hinder each other; a day has no hours.

References
----------
As for ``flee_places``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import FLEE, four_uniforms, philox4x32
from staffride.model.flee_places import TOWN, Floats, Integers, Numbers
from staffride.model.flee_routes import Roads, Routes, room, route_weight
from staffride.model.flee_spawn import drawn_place

STAY = 0x40000002
"""The draw of a day that says who leaves; four agents share its four numbers."""
FULL_ENOUGH = 0.5
"""Room below which those who would take the next link of a route to a camp give it up."""
HALF_A_DAY = 0.5
MOST_LINKS = 1000
"""Links of a day after which one rests, so that links of no length come to an end."""
_TWO_TO_32 = 4294967296.0


class Rules(NamedTuple):
    """Settings that the kernels need.

    Attributes
    ----------
    shape
        Of the weight of a route; see `route_weight`.
    buffer
        Share of a camp's capacity up to which it is as attractive as when empty.
    pruning
        Routes below the best weight divided by this are left out, where it is above 1.
    walk_speed
        Kilometres a day on foot.
    long_routes, fixed_routes, blind, on_foot_first, no_short_stints, budget_restarts, still
        Whether routes may have several links; weights do not regard room; people know nothing of what is ahead; the
        first link is walked; people go on through towns; each link starts with a whole day; nobody moves.
    """

    shape: tuple[float, float, float, float]
    buffer: float
    pruning: float
    walk_speed: float
    long_routes: bool
    fixed_routes: bool
    blind: bool
    on_foot_first: bool
    no_short_stints: bool
    budget_restarts: bool
    still: bool


class Agents(NamedTuple):
    """Agents, (A,) each, in order of their creation.

    Attributes
    ----------
    where
        Place, or ``-1 - direction`` of the link on which one is.
    gained_km
        Kilometres gone on the link.
    recent, last_day
        Running mean of the shares of days that were travelled, as it stood after the last day of travel.
    route, leg
        Route taken, -1 for none, and the next of its links.
    on_foot, travelled
        Whether the link is walked, and whether one has ever travelled.
    moving
        Agents on links, in order; room to work in.
    """

    where: Numbers
    gained_km: Floats
    recent: Floats
    last_day: Numbers
    route: Numbers
    leg: Numbers
    on_foot: NDArray[np.bool_]
    travelled: NDArray[np.bool_]
    moving: Numbers


class Weights(NamedTuple):
    """Weights of routes as they stand, brought up to date when somebody needs them.

    Attributes
    ----------
    cumulative
        (R,) summed weights of the routes of each place.
    stale
        (N,) whether those of a place must be reckoned anew.
    """

    cumulative: Floats
    stale: NDArray[np.bool_]


class Day(NamedTuple):
    """What holds on a day.

    Attributes
    ----------
    number, state
        The day and its state of closures.
    kind, score, chance
        (N,) of the places.
    capacity
        (N,) agents whom a place holds; infinite where it is not a camp.
    """

    number: int
    state: int
    kind: Integers
    score: Floats
    chance: Floats
    capacity: Floats


def empty_agents(count: int) -> Agents:
    """Return room for some agents."""
    return Agents(
        where=np.zeros(count, np.int32),
        gained_km=np.zeros(count, np.float64),
        recent=np.zeros(count, np.float64),
        last_day=np.zeros(count, np.int32),
        route=np.full(count, -1, np.int32),
        leg=np.zeros(count, np.int32),
        on_foot=np.zeros(count, np.bool_),
        travelled=np.zeros(count, np.bool_),
        moving=np.zeros(count, np.int32),
    )


@compiled
def reckon_weights(
    place: int, today: Day, routes: Routes, rules: Rules, occupants: Integers, weights: Weights
) -> None:
    """Bring the weights of the routes of a place up to date (kernel)."""
    first, last = routes.first[today.state, place], routes.first[today.state, place + 1]
    best = 0.0
    for route in range(first, last):
        goal = routes.goal[route]
        left = 1.0 if rules.fixed_routes else room(occupants[goal], today.capacity[goal], rules.buffer)
        weight = 1.0 if rules.blind else route_weight(today.score[goal], routes.km[route], left, rules.shape)
        weights.cumulative[route] = weight
        best = max(best, weight)
    total = 0.0
    for route in range(first, last):
        weight = weights.cumulative[route]
        if rules.pruning <= 1.0 or weight * rules.pruning >= best:
            total += weight
        weights.cumulative[route] = total
    for route in range(first, last):
        if total <= 0.0:
            weights.cumulative[route] = route - first + 1.0
    weights.stale[place] = False


@compiled
def chosen_route(
    u: float,
    place: int,
    today: Day,
    routes: Routes,
    rules: Rules,
    occupants: Integers,
    weights: Weights,
) -> int:
    """Return the route that one who leaves a place takes; -1 where there is none.

    Equation: drawn in proportion to the weights of the routes; all alike where all weigh nothing, or where people know
    nothing of what is ahead.
    Units: none.
    Source: Suleimenova, Bell, Groen (2017).
    Limits: everybody at a place has the same weights at the same moment.
    """
    first, last = routes.first[today.state, place], routes.first[today.state, place + 1]
    if first == last:
        return -1
    if weights.stale[place]:
        reckon_weights(place, today, routes, rules, occupants, weights)
    return int(first + drawn_place(u, weights.cumulative[first:last]))


@compiled
def _change(
    place: int, by: int, today: Day, routes: Routes, rules: Rules, occupants: Integers, weights: Weights
) -> None:
    """Count people in or out of a place; where that changes its room, weights of routes to it are stale."""
    before, capacity = occupants[place], today.capacity[place]
    occupants[place] = before + by
    if max(before, before + by) > rules.buffer * capacity:
        for at in range(routes.seen_first[place], routes.seen_first[place + 1]):
            weights.stale[routes.seen[at]] = True


@compiled
def set_out(
    agent: int,
    luck: tuple[float, float, float, float],
    today: Day,
    roads: Roads,
    routes: Routes,
    rules: Rules,
    agents: Agents,
    occupants: Integers,
    weights: Weights,
) -> bool:
    """Send an agent on the next link of its route, or of a route that it draws; return whether it goes.

    Equation: who would take the next link of a route to a camp with room below 1/2 gives the route up and stays; who
    finds the link closed does too.
    Units: none.
    Source: Suleimenova and others (2021); found by measurement to hold for the first link too.
    Limits: the camp is not told; those who are on the way to it are not turned back.
    """
    place = int(agents.where[agent])
    route = agents.route[agent]
    if route < 0:
        route = chosen_route(luck[1], place, today, routes, rules, occupants, weights)
        if route < 0:
            return False
        agents.leg[agent] = 0
    goal = routes.goal[route]
    direction = routes.legs[routes.leg_first[route] + agents.leg[agent]]
    agents.route[agent] = -1
    full = room(occupants[goal], today.capacity[goal], rules.buffer) < FULL_ENOUGH
    if full or routes.closed[today.state, direction]:
        return False
    if routes.leg_first[route] + agents.leg[agent] + 1 < routes.leg_first[route + 1]:
        agents.route[agent] = route
        agents.leg[agent] += 1
    walks = rules.on_foot_first and not agents.travelled[agent]
    agents.on_foot[agent] = walks or luck[2] < roads.walking[direction]
    agents.travelled[agent] = True
    agents.where[agent] = -1 - direction
    agents.gained_km[agent] = 0.0
    _change(place, -1, today, routes, rules, occupants, weights)
    return True


@compiled
def return_from_closed_links(
    count: int, today: Day, roads: Roads, routes: Routes, agents: Agents, occupants: Integers
) -> None:
    """Bring those who are on a link that is closed back to its start (kernel)."""
    for agent in range(count):
        if agents.where[agent] < 0:
            direction = -1 - agents.where[agent]
            if routes.closed[today.state, direction]:
                agents.where[agent] = roads.start[direction]
                agents.route[agent] = -1
                occupants[roads.start[direction]] += 1


@compiled
def decide(
    count: int,
    key: tuple[int, int],
    today: Day,
    roads: Roads,
    routes: Routes,
    rules: Rules,
    agents: Agents,
    occupants: Integers,
    weights: Weights,
) -> int:
    """Let every agent at a place decide in order of creation (kernel); return how many are on links afterwards.

    Those who stay cost a quarter of a block of random numbers each.
    """
    where, route, list_of_moving, chances = agents.where, agents.route, agents.moving, today.chance
    long_routes, number, seed, replication = rules.long_routes, today.number, key[0], key[1]
    moving = 0
    block = -1
    words = (0, 0, 0, 0)
    for agent in range(count):
        place = int(where[agent])
        if place >= 0:
            chance = chances[place]
            if long_routes and route[agent] >= 0:
                chance = 1.0
            if chance <= 0.0:
                continue
            if chance < 1.0:
                if block != agent >> 2:
                    block = agent >> 2
                    words = philox4x32(block, number, FLEE, STAY, seed, replication)
                part = agent & 3
                word = (
                    words[0] if part == 0 else words[1] if part == 1 else words[2] if part == 2 else words[3]
                )
                if word + 0.5 >= chance * _TWO_TO_32:
                    continue
            luck = four_uniforms(seed, replication, FLEE, number, agent, 0)
            if not set_out(agent, luck, today, roads, routes, rules, agents, occupants, weights):
                continue
        list_of_moving[moving] = agent
        moving += 1
    return moving


@compiled
def goes_on(
    chance: float, kind: int, under_way: bool, recent: float, today_share: float, no_short_stints: bool
) -> float:
    """Return the chance that one who arrives with a part of the day left goes on.

    Equation: 1 along a route and, where short stints are avoided, in a town while ``(r + s) / 2 < 1/2`` for the running
    mean r of the days before and the share s of this one; else the chance to leave the place.
    Units: shares of a day.
    Source: Ghorbani and others (2024); that the mean is of r and s was found by measurement.
    Limits: nobody tires.
    """
    if under_way:
        return 1.0
    if no_short_stints and kind == TOWN and (recent + today_share) / 2.0 < HALF_A_DAY:
        return 1.0
    return chance


@compiled
def recent_travel(after_last: float, days_since: int) -> float:
    """Return the running mean of the shares of days that one travelled, before today.

    Equation: every day r becomes ``(r + s) / 2`` with the share s of the day; so ``r / 2^(days at rest)``.
    Units: shares of a day; days since the last day of travel, at least 1.
    Source: Ghorbani and others (2024); the form was found by measurement.
    Limits: 0 for those who have never travelled.
    """
    return float(after_last * 0.5 ** max(0, days_since - 1))


@compiled
def travel(
    moving: int,
    key: tuple[int, int],
    today: Day,
    roads: Roads,
    routes: Routes,
    rules: Rules,
    agents: Agents,
    occupants: Integers,
    weights: Weights,
) -> None:
    """Move every agent on a link through the day, over as many links as it manages (kernel)."""
    for at in range(moving):
        agent = int(agents.moving[at])
        spent = 0.0
        recent = recent_travel(agents.recent[agent], today.number - agents.last_day[agent])
        for draw in range(1, MOST_LINKS + 1):
            direction = -1 - int(agents.where[agent])
            speed = rules.walk_speed if agents.on_foot[agent] else roads.speed[direction]
            length = roads.length_km[direction]
            left = 1.0 if rules.budget_restarts else max(0.0, 1.0 - spent)
            reached = agents.gained_km[agent] + speed * left
            if reached < length or (rules.budget_restarts and reached == length):
                spent += left
                agents.gained_km[agent] = reached
                break
            spent += (length - agents.gained_km[agent]) / speed
            place = int(roads.end[direction])
            agents.where[agent] = place
            _change(place, 1, today, routes, rules, occupants, weights)
            if spent >= 1.0:
                break
            luck = four_uniforms(key[0], key[1], FLEE, today.number, agent, draw)
            chance = goes_on(
                today.chance[place],
                today.kind[place],
                agents.route[agent] >= 0,
                recent,
                spent,
                rules.no_short_stints,
            )
            if luck[0] >= chance:
                break
            if not set_out(agent, luck, today, roads, routes, rules, agents, occupants, weights):
                break
        agents.recent[agent] = (recent + spent) / 2.0
        agents.last_day[agent] = today.number
