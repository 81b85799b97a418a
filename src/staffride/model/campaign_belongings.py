"""What belongs to formations: vehicles and guns that follow them, are lost in battle, left behind, or overrun.

And their sections of soldiers, as targets of what flies. Those are no more than another view of the persons present:
a hit harms persons, as one on a vehicle harms its crew, and sections are as many as persons are left for.
"""

from __future__ import annotations

import math

import numpy as np

from staffride.engine.compile import compiled
from staffride.engine.random import CONTROL as CONTROL_LUCK
from staffride.engine.random import binomial, uniforms
from staffride.model.campaign_codes import ABANDONED, IN_BATTLE, KINDS, MOVING, OVERRUN, class_code, number
from staffride.model.campaign_state import Floats, Integers, Records
from staffride.model.campaign_tally import LOST, Counts
from staffride.model.control import share_of_crew
from staffride.model.fires import stock_after_losses
from staffride.model.ground_state import NOWHERE, Theatre, War

_ARMOUR, _TUBES, _ROCKETS = KINDS.index("armour"), class_code("artillery"), class_code("rocket_artillery")
_BRIDGE, _SECTIONS = class_code("bridge"), class_code("troops")
_OVERRUN, _CREW = number("control.overrun"), number("control.crew")
_KILLED, _WOUNDED = number("control.crew_killed"), number("control.crew_wounded")
_PROTECTION = number("fires.protection.hidden")
_OVERRUN_DRAW, _CREW_DRAW = 1, 2


@compiled
def follow(
    theatre: Theatre, war: War, units: Records, state: Records, protection: Floats, numbers: Floats
) -> bool:
    """Let units stand where their formations do; return whether any has moved. Who moves is lost from sight."""
    moved = False
    for unit in range(units.side.size):
        formation = theatre.attached[unit]
        if formation != NOWHERE and units.target_class[unit] == _SECTIONS:
            here, called = war.troops.present[formation], war.troops.initial[formation]
            state.elements[unit] = sections_present(state.initial[unit], here, called)
        if formation == NOWHERE or state.elements[unit] == 0:
            continue
        marches = war.troops.way[formation] != NOWHERE and war.troops.attacks[formation] == NOWHERE
        posture = MOVING if marches else units.posture[unit]
        if posture != state.posture[unit]:
            state.posture[unit] = posture
            protection[unit] = numbers[_PROTECTION + posture]
        if state.place[unit] != war.troops.place[formation]:
            relocate(unit, war.troops.place[formation], theatre, state)
            moved = True
    return moved


@compiled
def sections_present(whole: int, present: int, called: int) -> int:
    """Return how many sections of soldiers a formation has out as targets, by those of it who are present.

    Equation: ``floor(n p / P + 1/2)``; none of a formation of nobody. Units: sections; persons.
    Source: definition: who is left mans fewer positions.
    Limits: who is hit is replaced in the position from the same formation within the hour, as long as it has men.
    """
    return math.floor(whole * present / called + 0.5) if called > 0 else 0


@compiled
def relocate(unit: int, place: int, theatre: Theatre, state: Records) -> None:
    """Put a unit at another place, as far from it as it stood from the one before."""
    before = state.place[unit]
    state.x_km[unit] += theatre.sites.x_km[place] - theatre.sites.x_km[before]
    state.y_km[unit] += theatre.sites.y_km[place] - theatre.sites.y_km[before]
    state.place[unit], state.zone[unit] = place, theatre.sites.zone[place]
    state.seen_at[unit] = -np.inf


@compiled
def count_vehicles(theatre: Theatre, war: War, units: Records, state: Records) -> None:
    """Count for each formation the elements of its units of armour and of artillery."""
    troops = war.troops
    for one in range(troops.size):
        troops.armour[one], troops.guns[one] = 0, 0
        troops.armour_lost[one], troops.armour_left[one] = 0, 0
    for unit in range(units.side.size):
        formation = theatre.attached[unit]
        if formation == NOWHERE:
            continue
        if units.kind[unit] == _ARMOUR:
            troops.armour[formation] += state.elements[unit]
        elif units.target_class[unit] == _TUBES or units.target_class[unit] == _ROCKETS:
            troops.guns[formation] += state.elements[unit]


@compiled
def book_armour(
    theatre: Theatre, war: War, units: Records, state: Records, counts: Counts, passed: Integers
) -> None:
    """Take from the units what their formations lost in battle and left behind, by its part; ``passed`` is (F,)."""
    troops = war.troops
    passed[:] = 0
    for unit in range(units.side.size):
        formation = theatre.attached[unit]
        if formation == NOWHERE or units.kind[unit] != _ARMOUR or state.elements[unit] == 0:
            continue
        lost, left, whole = (
            troops.armour_lost[formation],
            troops.armour_left[formation],
            troops.armour[formation],
        )
        if lost + left == 0 or whole == 0:
            continue
        before = passed[formation]
        passed[formation] += state.elements[unit]
        own_lost = part_of(lost, before, passed[formation], whole)
        own_left = min(part_of(left, before, passed[formation], whole), state.elements[unit] - own_lost)
        take_elements(unit, own_lost, IN_BATTLE, False, units, state, counts)
        take_elements(unit, own_left, ABANDONED, True, units, state, counts)


@compiled
def part_of(number_of: int, start: int, end: int, whole: int) -> int:
    """Return the part of a number that falls to those from ``start`` to ``end`` of a whole.

    Equation: ``floor(n b / N + 1/2) - floor(n a / N + 1/2)``. Units: elements.
    Source: rounding of cumulated shares. Limits: never more than ``end - start`` where ``n <= N``.
    """
    return int(math.floor(number_of * end / whole + 0.5) - math.floor(number_of * start / whole + 0.5))


@compiled
def take_elements(
    unit: int, number_of: int, cause: int, captured: bool, units: Records, state: Records, counts: Counts
) -> None:
    """Take elements from a unit with what they hold, and count them by cause; captured ones are counted as such too."""
    if number_of <= 0:
        return
    side, one, before = units.side[unit], units.target_class[unit], state.elements[unit]
    state.elements[unit] = before - number_of
    counts.lost[side, one] += number_of
    counts.cause[side, one, cause] += number_of
    if captured:
        counts.captured[side, one] += number_of
    left = stock_after_losses(state.stock[unit], before, state.elements[unit])
    counts.munitions[side, LOST] += state.stock[unit] - left
    state.stock[unit] = left
    ready = stock_after_losses(state.rounds[unit], before, state.elements[unit])
    stored = stock_after_losses(state.reserve[unit], before, state.elements[unit])
    counts.rounds_lost[side] += state.rounds[unit] - ready + state.reserve[unit] - stored
    state.rounds[unit], state.reserve[unit] = ready, stored


@compiled
def lose_formation(formation: int, theatre: Theatre, units: Records, state: Records, counts: Counts) -> None:
    """Let all vehicles and guns of a formation fall to the other side."""
    for unit in range(units.side.size):
        is_things = units.target_class[unit] != _SECTIONS  # soldiers are counted as persons
        if theatre.attached[unit] == formation and is_things and state.elements[unit] > 0:
            take_elements(unit, state.elements[unit], OVERRUN, True, units, state, counts)


@compiled
def lose_place(
    seed: int,
    replication: int,
    hour: int,
    place: int,
    taker: int,
    theatre: Theatre,
    control: Records,
    units: Records,
    state: Records,
    numbers: Floats,
    counts: Counts,
    rear: Floats,
) -> None:
    """Let units that stood at a lost place without a formation be overrun or get away to the rear: a kernel.

    Bridges stay, and carry whoever holds their ends.
    """
    refuge, least, shortest_km = NOWHERE, np.inf, np.inf
    for at in range(theatre.first[place], theatre.first[place + 1]):
        far, length_km = theatre.ends[at], theatre.ways.length_km[theatre.by[at]]
        hops = min(rear[1 - taker, far], 1000.0)
        if control.holder[far] != taker and (hops < least or (hops == least and length_km < shortest_km)):
            refuge, least, shortest_km = far, hops, length_km
    for unit in range(units.side.size):
        movable = units.target_class[unit] != _BRIDGE and state.elements[unit] > 0
        alone = theatre.attached[unit] == NOWHERE and movable
        if not alone or state.place[unit] != place or units.side[unit] == taker:
            continue
        luck, _ = uniforms(seed, replication, CONTROL_LUCK, hour, unit, _OVERRUN_DRAW)
        caught = (
            state.elements[unit]
            if refuge == NOWHERE
            else binomial(state.elements[unit], numbers[_OVERRUN], luck)
        )
        take_elements(unit, caught, OVERRUN, True, units, state, counts)
        if refuge != NOWHERE:
            relocate(unit, refuge, theatre, state)


@compiled
def bleed(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    war: War,
    units: Records,
    state: Records,
    numbers: Floats,
    by_fires: Integers,
    vehicles: Integers,
) -> None:
    """Let crews and soldiers come to harm with the elements that fires put out of action in this hour.

    ``by_fires`` (2,) counts the dead of each side on; ``vehicles`` (F,) is filled with the vehicles destroyed.
    """
    troops = war.troops
    vehicles[:] = 0
    for unit in range(units.side.size):
        struck, formation = state.struck[unit], theatre.attached[unit]
        state.struck[unit] = 0
        if struck == 0 or formation == NOWHERE or troops.present[formation] == 0:
            continue
        vehicles[formation] += struck if units.kind[unit] == _ARMOUR else 0
        crew = min(troops.present[formation], int(share_of_crew(struck, numbers[_CREW]) + 0.5))
        first, second = uniforms(seed, replication, CONTROL_LUCK, hour, unit, _CREW_DRAW)
        killed = binomial(crew, numbers[_KILLED], first)
        rest = max(1e-9, 1.0 - numbers[_KILLED])
        wounded = binomial(crew - killed, min(1.0, numbers[_WOUNDED] / rest), second)
        troops.shock[formation] += (killed + wounded) / troops.present[formation]
        troops.present[formation] -= killed + wounded
        troops.dead[formation] += killed
        troops.wounded[formation] += wounded
        by_fires[units.side[unit]] += killed
