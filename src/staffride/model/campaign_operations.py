"""What formations set out to do in an hour: the goals of their axes, their ways, marches and attacks.

A goal stands while its conditions hold; the first that stands, by rank, is what an axis follows. Nothing here looks
for a best goal or a best way to attack: goals are given, and ways are the quickest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import number
from staffride.model.campaign_state import Codes, Flags, Floats, Integers, Records
from staffride.model.control import march_km_h
from staffride.model.ground_state import (
    FOOT_PATH,
    HOLD,
    INFILTRATE,
    MOUNTAIN,
    NOWHERE,
    RESERVE,
    ROAD,
    SPECIAL,
    TRACK,
    Theatre,
)

_CYCLE, _DETOUR = number("control.staff_cycle"), number("control.detour")
_ROAD, _TRACK = number("control.march_road"), number("control.march_track")
_FOOT = number("control.march_foot")
LINE, GROUPS = 0, 1
"""Which formations of an axis a goal is for: those of the line, and groups that infiltrate."""


class OperationsRoom(NamedTuple):
    """Room for operations; ``A`` axes, ``P`` places, ``F`` formations.

    Attributes
    ----------
    goal
        (A, 2) goal that the line and the groups of an axis follow, or `NOWHERE`.
    followed
        (A, 2) goal for which the ways of an axis were worked out last, `NOWHERE` when control has changed since.
    way_h
        (2, 2 W) hours that a march takes from the place at the far end of each way of a place, in the order of
        ``theatre.ends``: row `LINE` without foot paths (infinity), row `GROUPS` with all.
    need_from, need
        (G + 1,) and (N,) places that the side of goal g must hold are ``need[need_from[g]:need_from[g + 1]]``.
    next_way
        (2 A, P) way to take from a place towards that goal: row ``2 axis + LINE`` without foot paths, row
        ``2 axis + GROUPS`` with all.
    towards
        (F,) way that each formation is to take from the place where it stands.
    cost, queue, queued
        (P,) hours to the goal; (P + 1,) and (P,) for the search.
    strength, persons
        (2, P) combat power and persons of each side at a place.
    axis_power
        (A,) combat power of an axis.
    known
        (P + 1,) holders of the places when ways were last worked out, and the hour of the next look at the goals.
    rear
        (2, P) ways to the nearest source of supply of a side, infinity where cut off.
    """

    goal: Codes
    followed: Codes
    way_h: Floats
    need_from: Codes
    need: Codes
    next_way: Codes
    towards: Codes
    cost: Floats
    queue: Codes
    queued: Flags
    strength: Floats
    persons: Floats
    axis_power: Floats
    known: Integers
    rear: Floats


def new_operations_room(theatre: Theatre) -> OperationsRoom:
    """Return room for the operations of a theatre."""
    axes, places, formations = max(1, theatre.axes), theatre.sites.size, theatre.formations.size
    return OperationsRoom(
        np.empty((axes, 2), np.int32),
        np.empty((axes, 2), np.int32),
        np.empty((2, theatre.ends.size)),
        np.concatenate([[0], np.cumsum(theatre.needs.sum(1))]).astype(np.int32),
        np.nonzero(theatre.needs)[1].astype(np.int32),
        np.empty((2 * axes, places), np.int32),
        np.empty(formations, np.int32),
        np.empty(places),
        np.empty(places + 1, np.int32),
        np.empty(places, np.bool_),
        np.empty((2, places)),
        np.empty((2, places)),
        np.empty(axes),
        np.empty(places + 1, np.int32),
        np.empty((2, places)),
    )


@compiled
def walks(kind: int) -> bool:
    """Return whether formations of a kind use foot paths.

    Equation: special and mountain. Units: none. Source: definition. Limits: others keep to roads and tracks.
    """
    return kind in (SPECIAL, MOUNTAIN)


@compiled
def is_at_place(one: int, troops: Records) -> bool:
    """Return whether a formation is at a place: it stands there, or attacks from there.

    Equation: present, and on no march. Units: none. Source: definition. Limits: a group behind a place is there too.
    """
    marches = troops.way[one] != NOWHERE and troops.attacks[one] == NOWHERE
    return bool(troops.on[one] and troops.present[one] > 0 and not marches)


@compiled
def count_persons(theatre: Theatre, troops: Records, room: OperationsRoom) -> None:
    """Count the persons of each side who are present at each place."""
    room.persons[:] = 0.0
    for one in range(troops.size):
        if is_at_place(one, troops):
            room.persons[theatre.formations.side[one], troops.place[one]] += troops.present[one]


@compiled
def gather_strength(theatre: Theatre, troops: Records, levels: Floats, room: OperationsRoom) -> None:
    """Sum the combat power of each side by place, and the power by axis, for those who look at the map.

    Equation: ``sum of present x contact x quality x cohesion``; a level that the scenario does not name is 1.
    Units: trained soldiers.
    Source: sum of weighted strengths: Dupuy (1979), "Numbers, predictions and war".
    Limits: no armour, guns, ammunition, posture or ground; both sides know each other's power without error.
    """
    room.strength[:], room.axis_power[:] = 0.0, 0.0
    formations = theatre.formations
    for one in range(formations.size):
        if not is_at_place(one, troops):
            continue
        power = troops.present[one] * troops.cohesion[one]
        contact, quality = formations.contact[one], formations.quality[one]
        power *= levels[contact] if contact != NOWHERE else 1.0
        power *= levels[quality] if quality != NOWHERE else 1.0
        room.strength[formations.side[one], troops.place[one]] += power
        if formations.axis[one] != NOWHERE:
            room.axis_power[formations.axis[one]] += power


@compiled
def goal_stands(goal: int, hour: int, theatre: Theatre, control: Records, room: OperationsRoom) -> bool:
    """Return whether the conditions of a goal hold in this hour.

    Equation: it is late enough; every place that it needs is held; what is to be taken is held by the other side, and
    what is to be held by its own; and the axis has so many times the power of the opposition at the place.
    Units: none.
    Source: definition.
    Limits: the opposition is that at the place itself.
    """
    goals = theatre.goals
    side, task, place = goals.side[goal], goals.task[goal], goals.place[goal]
    own = control.holder[place] == side
    wanted = own if task == HOLD else not own
    if hour < goals.after_h[goal] or (task != RESERVE and not wanted):
        return False
    for at in range(room.need_from[goal], room.need_from[goal + 1]):
        if control.holder[room.need[at]] != side:
            return False
    return bool(room.axis_power[goals.axis[goal]] >= goals.ratio[goal] * room.strength[1 - side, place])


@compiled
def choose_goals(hour: int, theatre: Theatre, goal_on: Flags, control: Records, room: OperationsRoom) -> None:
    """Let each axis follow the first goal that stands; goals are in the order of their ranks."""
    room.goal[:] = NOWHERE
    for goal in range(theatre.goals.size):
        axis = theatre.goals.axis[goal]
        who = GROUPS if theatre.goals.task[goal] == INFILTRATE else LINE
        if (
            goal_on[goal]
            and room.goal[axis, who] == NOWHERE
            and goal_stands(goal, hour, theatre, control, room)
        ):
            room.goal[axis, who] = goal
    for axis in range(room.goal.shape[0]):
        if room.goal[axis, GROUPS] == NOWHERE:
            room.goal[axis, GROUPS] = room.goal[axis, LINE]


@compiled
def way_km_h(kind: int, numbers: Floats) -> float:
    """Return the speed of a march on a kind of way, on the level.

    Equation: one speed each for road, track and foot path. Units: km/h. Source: definition. Limits: in any weather.
    """
    if kind == ROAD:
        return float(numbers[_ROAD])
    return float(numbers[_TRACK]) if kind == TRACK else float(numbers[_FOOT])


@compiled
def time_ways(theatre: Theatre, numbers: Floats, room: OperationsRoom) -> None:
    """Work out how long a march takes along each way, up and down, with all the fuel that it needs."""
    ways = theatre.ways
    for place in range(theatre.first.size - 1):
        for at in range(theatre.first[place], theatre.first[place + 1]):
            way = theatre.by[at]
            climb = ways.climb_m[way] if ways.a[way] == theatre.ends[at] else -ways.climb_m[way]
            length, kind = ways.length_km[way], ways.kind[way]
            hours = length / march_km_h(way_km_h(kind, numbers), length, climb, 1.0)
            room.way_h[LINE, at] = np.inf if kind == FOOT_PATH else hours
            room.way_h[GROUPS, at] = hours


@compiled
def find_ways(
    goal: int,
    on_foot: bool,
    theatre: Theatre,
    control: Records,
    numbers: Floats,
    room: OperationsRoom,
    row: int,
) -> None:
    """Write into row ``row`` of ``room.next_way`` the way to take from each place towards a goal's: a kernel.

    The quickest way counts, where a place that the other side holds costs the time of a detour more. The search
    settles places in the order in which they were reached, until none gets nearer.
    """
    side, aim = theatre.goals.side[goal], theatre.goals.place[goal]
    cost, queue, queued, best = room.cost, room.queue, room.queued, room.next_way[row]
    way_h = room.way_h[GROUPS if on_foot else LINE]
    cost[:], queued[:], best[:] = np.inf, False, NOWHERE
    size = queue.size
    head, tail = 0, 1
    cost[aim], queue[0] = 0.0, aim
    while head != tail:
        near = queue[head]
        head = (head + 1) % size
        queued[near] = False
        stays = numbers[_DETOUR] if control.holder[near] != side and near != aim else 0.0
        for at in range(theatre.first[near], theatre.first[near + 1]):
            far = theatre.ends[at]
            reached = cost[near] + stays + way_h[at]
            if reached < cost[far]:
                cost[far], best[far] = reached, theatre.by[at]
                if not queued[far]:
                    queued[far] = True
                    queue[tail] = far
                    tail = (tail + 1) % size


@compiled
def find_rear(theatre: Theatre, control: Records, room: OperationsRoom) -> None:
    """Count for each side and place the ways to its nearest source of supply through places that it holds."""
    queue, size = room.queue, room.queue.size
    room.rear[:] = np.inf
    for side in range(2):
        hops, head, tail = room.rear[side], 0, 0
        for source in range(theatre.source_place.size):
            place = theatre.source_place[source]
            if theatre.source_side[source] == side and control.holder[place] == side and hops[place] > 0.0:
                hops[place], queue[tail] = 0.0, place
                tail += 1
        while head < tail:
            near = queue[head]
            head += 1
            for at in range(theatre.first[near], theatre.first[near + 1]):
                far = theatre.ends[at]
                if control.holder[far] == side and hops[far] == np.inf and tail < size:
                    hops[far], queue[tail] = hops[near] + 1.0, far
                    tail += 1


@compiled
def way_to_goal(
    axis: int, who: int, place: int, theatre: Theatre, control: Records, numbers: Floats, room: OperationsRoom
) -> int:
    """Return the way to take from a place towards the goal of an axis; all its ways are found when one is asked for."""
    goal = room.goal[axis, who]
    if place == theatre.goals.place[goal]:
        return NOWHERE
    row = 2 * axis + who
    if goal != room.followed[axis, who]:
        room.followed[axis, who] = goal
        find_ways(goal, who == GROUPS, theatre, control, numbers, room, row)
    return int(room.next_way[row, place])


@compiled
def look_at_map(
    hour: int,
    theatre: Theatre,
    goal_on: Flags,
    troops: Records,
    control: Records,
    numbers: Floats,
    levels: Floats,
    room: OperationsRoom,
) -> None:
    """Once a staff cycle, or when control has changed, choose goals and ways anew; else leave them."""
    places = control.size
    changed = False
    for place in range(places):
        if room.known[place] != control.holder[place]:
            room.known[place] = control.holder[place]
            changed = True
    if changed:
        find_rear(theatre, control, room)
        room.followed[:] = NOWHERE
    if not changed and hour < room.known[places]:
        return
    room.known[places] = hour + int(numbers[_CYCLE] + 0.5)
    gather_strength(theatre, troops, levels, room)
    choose_goals(hour, theatre, goal_on, control, room)
