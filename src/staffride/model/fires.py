"""Fires: missions that orders ask for, hits on what is found, damage, and what shooters and stocks lose.

A unit flies or fires the missions that its order spreads over a window, as far as its stock, the weather, the light
and its links allow. A shot at an element that is still where the track says hits with a chance; hits add up, and
``staying power`` hits put an element out of action. Expendable munitions and decoys are elements that are used up;
aircraft return unless they are shot down; tubes stay.

Limits: elements of a unit are alike; damage is not repaired; hits on one unit fill its elements one after another.

References
----------
Hughes (1995), "A salvo model of warships in missile combat used to evaluate their staying power", Naval Research
Logistics 42, 267-289; Armstrong (2005), "A stochastic salvo model for naval surface combat", Operations Research 53,
830-841; Eckler and Burr (1972), "Mathematical models of target coverage and missile allocation"; Przemieniecki (2000),
"Mathematical methods in defense analyses", third edition; Washburn and Kress (2009), "Combat modeling".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import FIRES, four_uniforms
from staffride.model.targeting import NOBODY

Floats = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]

_PRESENCE = 1 << 31  # shots use the draws below, so that a unit and a raid of one number never share luck


@compiled
def window_share(hour: int, start_h: float, end_h: float, salvo: bool) -> float:
    """Return the share of an order's missions that falls into the hour ``[hour, hour + 1)``.

    Equation: the part of the window ``[start, end)`` in the hour over its length; for a salvo 1 in the hour of the
    start and else 0.
    Units: hours since the start of the period; a share.
    Source: definition.
    Limits: an even tempo; a salvo is over within its hour.
    """
    if salvo:
        return 1.0 if hour <= start_h < hour + 1 else 0.0
    length_h = end_h - start_h
    if length_h <= 0.0:
        return 0.0
    return max(0.0, min(end_h, hour + 1.0) - max(start_h, float(hour))) / length_h


@compiled
def missions_due(missions_per_element: float, elements: int, used: int, share: float) -> float:
    """Return the missions that a unit should fly in an hour of its window, a mean that need not be whole.

    Equation: ``missions per element x (elements + used) x share``.
    Units: missions; elements that the unit has left, and those that it has used up in this window.
    Source: tempo as sorties an airframe, Przemieniecki (2000).
    Limits: elements that are lost lower the tempo at once, those used up do not; the crew never tires.
    """
    return missions_per_element * (elements + used) * share


@compiled
def share_flown(can_fly: bool, dark: bool, night_ability: float) -> float:
    """Return the share of the missions due that weather and light allow.

    Equation: 0 where the weather forbids flying, ``night ability`` in the dark, else 1.
    Units: shares.
    Source: weather and night as go or no-go factors of sorties, Przemieniecki (2000).
    Limits: the same for all missions of a unit in the hour.
    """
    if not can_fly:
        return 0.0
    return night_ability if dark else 1.0


@compiled
def whole_missions(due: float, carry: float, stock: int, waits: bool) -> tuple[int, float]:
    """Return the missions that are flown in the hour, and the carry for the next.

    The first carry is one uniform number, so that a window of ``M`` missions in the mean has ``floor(M)`` or one
    more, exactly ``M`` in the mean, whatever its hours. What the stock does not allow waits where ``waits`` is set,
    else it is dropped.
    Equation: ``n = min(stock, floor(carry + due))``; ``carry' = carry + due - n``, or its fraction where nothing waits.
    Units: missions.
    Source: systematic sampling, Madow and Madow (1944), Annals of Mathematical Statistics 15, 1-24.
    Limits: within a window the hours' numbers are not independent, which is what keeps the total.
    """
    wanted = math.floor(carry + due)
    missions = max(0, min(stock, wanted))
    return missions, carry + due - (missions if waits else wanted)


@compiled
def spent_elements(flown: int, shot_down: int, expendable: bool) -> tuple[int, int]:
    """Return how many elements a unit has used up on its missions, and how many it has lost.

    Equation: ``used + lost = flown`` for what is expendable; ``used = 0`` else; ``lost = shot down``.
    Units: elements.
    Source: conservation; attrition of sorties, Przemieniecki (2000).
    Limits: aircraft that return fly again at the tempo of their order, without time for repair.
    """
    return (flown - shot_down if expendable else 0), shot_down


@compiled
def stock_after_losses(stock: int, elements_before: int, elements: int) -> int:
    """Return the munitions left when elements are lost on the ground with what they hold.

    Equation: ``floor(stock x elements / elements before)``.
    Units: munitions, elements.
    Source: conservation; a stock divided evenly.
    Limits: the remainder goes with the lost element.
    """
    if elements_before <= 0:
        return 0
    return stock * max(0, elements) // elements_before


@compiled
def revealed_rate_per_h(firing_rate_per_h: float, fired: bool) -> float:
    """Return the rate at which a unit is found because it has fired: what counter-battery fire rests on.

    Equation: ``firing rate`` in the hour after one in which the unit fired, else 0.
    Units: per hour.
    Source: random search at a rate while the target shows itself, Washburn and Kress (2009), chapter 7.
    Limits: one round shows a unit as well as a hundred; radars that locate guns are not modelled one by one.
    """
    return firing_rate_per_h if fired else 0.0


@compiled
def hit_chance(hit_probability: float, protection: float) -> float:
    """Return the chance that a shot which arrives counts as a hit on an element that is there.

    Equation: ``p = hit probability x protection``.
    Units: probabilities. ``hit_probability`` holds for a found, soft, still target, with the error of satellite
    navigation in it (``jamming``); ``protection`` is the chance that a hit destroys a target in its posture, small
    for a sheltered gun, which so survives counter-battery fire.
    Source: a chain of independent conditions, Przemieniecki (2000); Washburn and Kress (2009).
    Limits: the conditions are independent; darkness cuts the missions (``share_flown``), not the chance of a hit.
    """
    return hit_probability * protection


@compiled
def is_still_there(u: float, chance: float) -> bool:
    """Return whether a unit is still where its track says.

    With one ``u`` for each contact a unit that has left stays away until it is found again.
    Equation: ``u < chance``.
    Units: probability; ``u`` uniform in (0, 1).
    Source: inversion; the chance is that of a track of its age, Washburn and Kress (2009).
    Limits: a unit leaves as a whole.
    """
    return u < chance


@compiled
def chances_against(
    seed: int,
    replication: int,
    aim_unit: Integers,
    count: int,
    contacts: Integers,
    still_there: Floats,
    hit_probability: Floats,
    protection: Floats,
    chance: Floats,
) -> None:
    """Write the chance of a hit on each unit that is aimed at, zero where it has left: a kernel.

    There is one keyed block for each unit and contact, drawn only where the answer is open.
    Equation: ``hit_chance`` where ``is_still_there``, with one uniform number for each unit and contact, else 0.
    Units: probabilities.
    Source: Washburn and Kress (2009).
    Limits: the dummies of a unit that has left are gone with it.

    Parameters
    ----------
    seed, replication
        Keys of the draws, with the unit and the number of its contact.
    aim_unit, count
        Units that are aimed at, in any order, also several times, or ``NOBODY``; and their number.
    contacts, still_there
        Number of each unit's last contact, and chance that it is where its track says; shape (U,).
    hit_probability, protection
        As for ``hit_chance``; shape (U,).
    chance
        Filled for the units aimed at; shape (U,).
    """
    for position in range(count):
        unit = aim_unit[position]
        if unit == NOBODY:
            continue
        there = still_there[unit] >= 1.0
        if 0.0 < still_there[unit] < 1.0:
            u, _, _, _ = four_uniforms(seed, replication, FIRES, contacts[unit], unit, _PRESENCE)
            there = is_still_there(u, still_there[unit])
        chance[unit] = hit_chance(hit_probability[unit], protection[unit]) if there else 0.0


@compiled
def draw_hits(
    seed: int,
    replication: int,
    step: int,
    raid: int,
    count: int,
    aim_unit: Integers,
    chance: Floats,
    hits: Flags,
) -> None:
    """Write which shots of a raid hit if they arrive: a kernel, one keyed block a shot.

    Equation: ``u < chance[unit]``.
    Units: probabilities.
    Source: independent trials, Eckler and Burr (1972); Armstrong (2005).
    Limits: shots at one unit are independent given that it is there.

    Parameters
    ----------
    seed, replication, step, raid
        Keys of the draws.
    count, aim_unit
        Number of shots, and the unit at which each is aimed, or ``NOBODY``.
    chance
        Chance of a hit on each unit; shape (U,).
    hits
        Filled; shape (at least count,).
    """
    for shot in range(count):
        unit = aim_unit[shot]
        hits[shot] = False
        if unit != NOBODY and chance[unit] > 0.0:
            u, _, _, _ = four_uniforms(seed, replication, FIRES, step, raid, 2 * shot + 1)
            hits[shot] = u < chance[unit]


@compiled
def aimpoint_stands(coordinated: bool, point: int, standing: int) -> bool:
    """Return whether a shot meets an aimpoint that still stands.

    Coordinated shooters see what has been hit and pass on to what still stands. An uncoordinated shot strikes the
    aimpoint that it has chosen, and is wasted on one that is out. Aimpoints of a unit are alike, so those that go out
    after the choice may be numbered last.
    Equation: ``point < standing`` or, coordinated, ``standing > 0``.
    Units: number of the aimpoint in its unit, from 0, at the time of the choice; aimpoints that stand now.
    Source: shots with replacement on like targets, Eckler and Burr (1972).
    Limits: part damage is on the first aimpoint that stands, wherever the shot that does it is aimed.
    """
    return standing > 0 if coordinated else point < standing


@compiled
def take_hit(damage: float, staying_power: float, elements: int) -> tuple[int, float]:
    """Return the elements that one more hit on a unit puts out of action, and the damage that then remains.

    Equation: ``lost = floor((damage + 1) / staying power)``, at most ``elements``; the rest is kept, and is zero
    where nothing stands.
    Units: hits; ``staying_power`` is hits that put an element out of action, above zero.
    Source: staying power, Hughes (1995); Armstrong (2005).
    Limits: hits fill elements one after another; what the last element cannot take is overkill.
    """
    total = damage + 1.0
    lost = 0
    while lost < elements and total >= staying_power:
        total -= staying_power
        lost += 1
    return lost, (total if lost < elements else 0.0)


@compiled
def apply_hits(
    count: int,
    aim_unit: Integers,
    aim_is_dummy: Flags,
    aim_point: Integers,
    coordinated: Flags,
    arrives: Flags,
    hits: Flags,
    staying_power: Floats,
    damage: Floats,
    elements: Integers,
    dummies: Integers,
    lost: Integers,
    dummies_lost: Integers,
) -> None:
    """Let the shots of a raid that arrive and hit do their damage, in turn: a kernel without draws.

    Equation: ``take_hit`` for each hit on an aimpoint for which ``aimpoint_stands``; a hit dummy is gone.
    Units: elements, dummies, hits.
    Source: Hughes (1995); Armstrong (2005); for shots without coordination Eckler and Burr (1972).
    Limits: as for ``take_hit`` and ``aimpoint_stands``.

    Parameters
    ----------
    count, aim_unit, aim_is_dummy, aim_point, coordinated
        The shots, as ``assign_targets`` leaves them.
    arrives, hits
        Whether a shot comes through the air defence, and whether it hits if it does; shape (at least count,).
    staying_power
        Hits that put an element of each unit out of action; shape (U,).
    damage, elements, dummies
        State of each unit, changed in place; shape (U,).
    lost, dummies_lost
        Filled, for the units aimed at only, with what they lose now; shape (U,).
    """
    for shot in range(count):
        if aim_unit[shot] != NOBODY:
            lost[aim_unit[shot]] = 0
            dummies_lost[aim_unit[shot]] = 0
    for shot in range(count):
        unit = aim_unit[shot]
        if unit == NOBODY or not (arrives[shot] and hits[shot]):
            continue
        standing = dummies[unit] if aim_is_dummy[shot] else elements[unit]
        if not aimpoint_stands(coordinated[shot], aim_point[shot], standing):
            continue
        if aim_is_dummy[shot]:
            dummies[unit] -= 1
            dummies_lost[unit] += 1
        else:
            out, damage[unit] = take_hit(damage[unit], staying_power[unit], elements[unit])
            elements[unit] -= out
            lost[unit] += out
