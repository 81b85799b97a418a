"""Who holds a place after an hour's fighting: retreats, places taken, formations that give up.

Control changes when attackers have gained the whole of their way and no formation of the holder stands at the place.
"""

from __future__ import annotations

import numpy as np

from staffride.engine.compile import compiled
from staffride.engine.random import CONTROL as CONTROL_LUCK
from staffride.engine.random import binomial, uniforms
from staffride.model.campaign_belongings import lose_formation, lose_place
from staffride.model.campaign_codes import number
from staffride.model.campaign_marches import arrive
from staffride.model.campaign_operations import OperationsRoom, walks
from staffride.model.campaign_state import Flags, Floats, Records
from staffride.model.campaign_tally import Counts
from staffride.model.ground_state import (
    ATTACK_BROKE,
    DEFENCE_BROKE,
    FOOT_PATH,
    NOWHERE,
    Theatre,
    War,
)

_ESCAPE, _REGROUP, _PAUSE = number("control.escape"), number("control.regroup"), number("ground.pause")
_GIVES_UP = 0


@compiled
def stands(one: int, theatre: Theatre, war: War) -> bool:
    """Return whether a formation stands at a place of its own side.

    Equation: it has persons, is on no way, and its side holds the place. Units: none. Source: definition.
    Limits: a group behind the front is on no way either, at a place of the other side.
    """
    troops, place = war.troops, war.troops.place[one]
    at_rest = troops.on[one] and troops.present[one] > 0 and troops.way[one] == NOWHERE
    return bool(at_rest and war.control.holder[place] == theatre.formations.side[one])


@compiled
def way_back(one: int, theatre: Theatre, war: War, room: OperationsRoom) -> int:
    """Return the way by which a formation falls back: to a place of its side, towards its rear; `NOWHERE` if none is.

    Equation: the least number of ways to a source of supply, among equals the shortest way; a foot path only where
    there is nothing else.
    Units: none. Source: definition. Limits: the enemy's intentions play no part.
    """
    side, place, best, least = theatre.formations.side[one], war.troops.place[one], NOWHERE, np.inf
    shortest_km = np.inf
    for at in range(theatre.first[place], theatre.first[place + 1]):
        way, far = theatre.by[at], theatre.ends[at]
        if war.control.holder[far] != side:
            continue
        hops = min(room.rear[side, far], 1000.0)
        hops += 2000.0 if war.battles.active[far] else 0.0
        hops += (
            5000.0 if theatre.ways.kind[way] == FOOT_PATH and not walks(theatre.formations.kind[one]) else 0.0
        )
        if hops < least or (hops == least and theatre.ways.length_km[way] < shortest_km):
            best, least, shortest_km = way, hops, theatre.ways.length_km[way]
    return best


@compiled
def fall_back(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    theatre: Theatre,
    war: War,
    units: Records,
    state: Records,
    numbers: Floats,
    counts: Counts,
    room: OperationsRoom,
) -> None:
    """Let a formation leave its place for the rear, or give up where no way is left."""
    way = way_back(one, theatre, war, room)
    if way == NOWHERE:
        give_up(seed, replication, hour, one, theatre, war, units, state, numbers, counts)
        return
    if theatre.ways.kind[way] == FOOT_PATH and not walks(theatre.formations.kind[one]):
        lose_formation(one, theatre, units, state, counts)  # vehicles do not go over a foot path
    war.troops.way[one], war.troops.attacks[one], war.troops.progress_km[one] = way, NOWHERE, 0.0
    war.troops.success[one] -= 1.0


@compiled
def give_up(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    theatre: Theatre,
    war: War,
    units: Records,
    state: Records,
    numbers: Floats,
    counts: Counts,
) -> None:
    """Let a formation that cannot leave give up: some are captured, the others get away without their vehicles."""
    troops, people = war.troops, war.troops.present[one]
    luck, _ = uniforms(seed, replication, CONTROL_LUCK, hour, one, _GIVES_UP)
    captured = binomial(people, 1.0 - numbers[_ESCAPE], luck)
    troops.captured[one] += captured
    troops.withdrawn[one] += people - captured
    troops.present[one] = 0
    troops.way[one], troops.attacks[one], troops.behind[one] = NOWHERE, NOWHERE, NOWHERE
    lose_formation(one, theatre, units, state, counts)


@compiled
def end_battles(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    war: War,
    units: Records,
    state: Records,
    numbers: Floats,
    counts: Counts,
    room: OperationsRoom,
) -> None:
    """Let broken defenders, and those who run, fall back; let broken attackers stop; let the surrounded give up."""
    troops = war.troops
    for one in range(theatre.formations.size):
        if troops.attacks[one] != NOWHERE and war.battles.result[troops.attacks[one]] == ATTACK_BROKE:
            troops.attacks[one], troops.way[one], troops.rest_h[one] = NOWHERE, NOWHERE, numbers[_PAUSE]
        if troops.surrenders[one] and troops.present[one] > 0:
            give_up(seed, replication, hour, one, theatre, war, units, state, numbers, counts)
        elif stands(one, theatre, war):
            broke = war.battles.result[troops.place[one]] == DEFENCE_BROKE
            if broke or troops.routed[one]:
                fall_back(
                    seed, replication, hour, one, theatre, war, units, state, numbers, counts, room
                )  # fmt: skip
        troops.routed[one], troops.surrenders[one] = False, False


@compiled
def find_defended(theatre: Theatre, war: War, defended: Flags) -> None:
    """Mark the places at which a formation of their holder stands."""
    defended[:] = False
    for one in range(theatre.formations.size):
        if stands(one, theatre, war):
            defended[war.troops.place[one]] = True


@compiled
def take_places(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    war: War,
    units: Records,
    state: Records,
    numbers: Floats,
    counts: Counts,
    room: OperationsRoom,
    defended: Flags,
) -> None:
    """Let attackers who have gained their way, and meet nobody, take the place. ``defended`` is room, (P,)."""
    troops, ways = war.troops, theatre.ways
    find_defended(theatre, war, defended)
    for one in range(theatre.formations.size):
        aim, way, side = troops.attacks[one], troops.way[one], theatre.formations.side[one]
        if aim == NOWHERE or troops.present[one] == 0 or (defended[aim] and war.control.holder[aim] != side):
            continue
        gained = war.roads.gained_a[way] if ways.a[way] == troops.place[one] else war.roads.gained_b[way]
        if gained >= ways.length_km[way] or war.control.holder[aim] == side:
            if war.control.holder[aim] != side:
                change_holder(hour, aim, side, theatre, war)
                lose_place(
                    seed, replication, hour, aim, side, theatre, war.control, units, state, numbers, counts, room.rear
                )  # fmt: skip
                troops.success[one] += 1.0
            arrive(one, aim, troops)
            troops.rest_h[one] = numbers[_REGROUP]


@compiled
def any_taken(hour: int, control: Records) -> bool:
    """Return whether a place changed hands in an hour, so that units without a formation may have moved."""
    taken = False
    for place in range(control.size):
        taken = taken or control.last_h[place] == hour
    return taken


@compiled
def change_holder(hour: int, place: int, side: int, theatre: Theatre, war: War) -> None:
    """Let a place be held by a side from this hour on; what attackers had gained there is of the past."""
    control, roads = war.control, war.roads
    control.holder[place] = side
    control.changes[place] += 1
    control.last_h[place], control.dug_h[place], control.gap[place] = hour, 0.0, 0.0
    control.first_h[place] = min(control.first_h[place], hour)
    war.battles.active[place] = False
    for at in range(theatre.first[place], theatre.first[place + 1]):
        roads.gained_a[theatre.by[at]], roads.gained_b[theatre.by[at]] = 0.0, 0.0
