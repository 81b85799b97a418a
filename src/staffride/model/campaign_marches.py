"""Marches and attacks of an hour: who goes on along a way, who sets out, who attacks, and who arrives."""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import number
from staffride.model.campaign_operations import GROUPS, LINE, OperationsRoom, walks, way_km_h, way_to_goal
from staffride.model.campaign_state import Floats, Records
from staffride.model.control import dares_to_attack, march_km_h
from staffride.model.ground_state import (
    ATTACK,
    COUNTER_ATTACK,
    HASTY,
    INFILTRATE,
    NOWHERE,
    RESERVE,
    TAKE,
    Theatre,
)
from staffride.model.supply import effect_of_shortage

_LEAST_RATIO, _LEAST_COHESION = number("control.least_ratio"), number("control.least_cohesion")
_SHORT, _PACE = number("supply.short"), number("supply.pace")


@compiled
def other_end(way: int, place: int, ways: Records) -> int:
    """Return the place at the other end of a way."""
    return int(ways.b[way]) if ways.a[way] == place else int(ways.a[way])


@compiled
def set_out(
    intensity: float,
    theatre: Theatre,
    troops: Records,
    control: Records,
    battles: Records,
    numbers: Floats,
    room: OperationsRoom,
) -> None:
    """Let every formation that stands take up what its axis follows: wait, march or attack: a kernel.

    Groups that infiltrate only learn the way that they are to take; `infiltrate` moves them.
    """
    formations = theatre.formations
    for one in range(formations.size):
        room.towards[one] = NOWHERE
        troops.goal[one] = NOWHERE
        axis = formations.axis[one]
        if not troops.on[one] or troops.present[one] == 0 or axis == NOWHERE:
            continue
        who = GROUPS if walks(formations.kind[one]) else LINE
        goal = room.goal[axis, who]
        troops.goal[one] = goal
        if goal == NOWHERE:
            _call_off(one, troops)
            continue
        if troops.way[one] != NOWHERE and troops.attacks[one] == NOWHERE:
            continue
        way = way_to_goal(axis, who, troops.place[one], theatre, control, numbers, room)
        room.towards[one] = way
        if theatre.goals.task[goal] == INFILTRATE:
            continue
        _stand_or_go(one, goal, way, intensity, theatre, troops, control, battles, numbers, room)


@compiled
def _call_off(one: int, troops: Records) -> None:
    """Let a formation that attacks stop where it set out from."""
    if troops.attacks[one] != NOWHERE:
        troops.attacks[one], troops.way[one] = NOWHERE, NOWHERE


@compiled
def _stand_or_go(
    one: int,
    goal: int,
    way: int,
    intensity: float,
    theatre: Theatre,
    troops: Records,
    control: Records,
    battles: Records,
    numbers: Floats,
    room: OperationsRoom,
) -> None:
    """Let one formation wait where it stands, set out for the next place, or attack it: a kernel."""
    side, task = theatre.formations.side[one], theatre.goals.task[goal]
    if control.holder[troops.place[one]] != side and troops.attacks[one] == NOWHERE:
        way = come_out(one, theatre, troops)
    place = troops.place[one]
    attacked = battles.active[place] and control.holder[place] == side
    if way == NOWHERE or task == RESERVE or troops.rest_h[one] > 0.0 or attacked:
        _call_off(one, troops)
        return
    ahead = other_end(way, place, theatre.ways)
    if control.holder[ahead] == side:
        troops.attacks[one], troops.way[one], troops.progress_km[one] = NOWHERE, way, 0.0
        return
    presses = task in (TAKE, COUNTER_ATTACK) and intensity > 0.0
    least = max(numbers[_LEAST_RATIO], theatre.goals.ratio[goal])
    own, opposed = room.strength[side, place], room.strength[1 - side, ahead]
    already = troops.attacks[one] == ahead
    if presses and (
        already or dares_to_attack(own, opposed, least, troops.cohesion[one], numbers[_LEAST_COHESION])
    ):
        troops.attacks[one], troops.way[one], troops.stance[one] = ahead, way, ATTACK
    else:
        _call_off(one, troops)


@compiled
def come_out(one: int, theatre: Theatre, troops: Records) -> int:
    """Let a group that stood behind an enemy's place step back along the shortest way; return that way.

    From there it can march on, or attack the place like any other formation.
    """
    place, shortest = troops.place[one], NOWHERE
    for at in range(theatre.first[place], theatre.first[place + 1]):
        way = theatre.by[at]
        if shortest == NOWHERE or theatre.ways.length_km[way] < theatre.ways.length_km[shortest]:
            shortest = way
    if shortest != NOWHERE:
        troops.place[one] = other_end(shortest, place, theatre.ways)
        troops.behind[one] = NOWHERE
    return int(shortest)


@compiled
def march(theatre: Theatre, troops: Records, control: Records, numbers: Floats, rear: Floats) -> None:
    """Let those who are on a way go on for an hour, and arrive; whoever arrives where the enemy is turns back."""
    formations, ways = theatre.formations, theatre.ways
    for one in range(formations.size):
        troops.rest_h[one] = max(0.0, troops.rest_h[one] - 1.0)
        troops.stand_h[one] += 1.0
        troops.encircled[one] = is_cut_off(one, theatre, troops, control, rear)
        way = troops.way[one]
        if (
            way == NOWHERE
            or troops.attacks[one] != NOWHERE
            or not troops.on[one]
            or is_group(one, theatre, troops)
        ):
            continue
        ahead = other_end(way, troops.place[one], ways)
        climb = ways.climb_m[way] * (1.0 if ways.a[way] == troops.place[one] else -1.0)
        speed = way_km_h(ways.kind[way], numbers)
        share = effect_of_shortage(troops.fuel[one], numbers[_SHORT], numbers[_PACE])
        troops.progress_km[one] += march_km_h(speed, ways.length_km[way], climb, share)
        if control.holder[ahead] != formations.side[one]:
            troops.way[one], troops.progress_km[one] = NOWHERE, 0.0
        elif troops.progress_km[one] >= ways.length_km[way]:
            arrive(one, ahead, troops)


@compiled
def is_cut_off(one: int, theatre: Theatre, troops: Records, control: Records, rear: Floats) -> bool:
    """Return whether no way of its side leads from a formation's place to a source of supply.

    Equation: held by its side, and no path through held places. Units: none. Source: definition.
    Limits: a group behind a place that the other side holds is not cut off: it came by foot and goes so.
    """
    side, place = theatre.formations.side[one], troops.place[one]
    return bool(control.holder[place] == side and rear[side, place] == math.inf)


@compiled
def is_group(one: int, theatre: Theatre, troops: Records) -> bool:
    """Return whether a formation infiltrates in this hour."""
    goal = troops.goal[one]
    return bool(
        goal != NOWHERE and theatre.goals.task[goal] == INFILTRATE and walks(theatre.formations.kind[one])
    )


@compiled
def arrive(one: int, place: int, troops: Records) -> None:
    """Let a formation stand at a place."""
    troops.place[one], troops.way[one], troops.attacks[one] = place, NOWHERE, NOWHERE
    troops.progress_km[one], troops.stand_h[one], troops.stance[one] = 0.0, 0.0, HASTY
