"""Cohesion in the hour of a campaign, in kernels that make no arrays: who holds together, deserts, runs, or comes."""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import COHESION, binomial, uniforms
from staffride.model.campaign_codes import number
from staffride.model.campaign_setup import elements_of
from staffride.model.campaign_state import Codes, Floats, Records
from staffride.model.cohesion import (
    LAST_COME,
    RESTED,
    after_places,
    comes_now,
    leaves_vehicle,
    mixed,
    recovered,
    strain_per_day,
    weakness,
    wear_factor,
    who_come,
    worn_down,
    yields,
)
from staffride.model.ground_state import NOWHERE
from staffride.model.supply import sufficiency

_BRITTLE, _LOSSES, _PLACE = (
    number("cohesion.brittleness"),
    number("cohesion.losses"),
    number("cohesion.place"),
)
_ENCIRCLED, _HUNGER = number("cohesion.encirclement"), number("cohesion.hunger")
_SILENCE, _DRONES = number("cohesion.silence"), number("cohesion.drones")
_RECOVERY, _SHAKEN = number("cohesion.recovery"), number("cohesion.shaken")
_DESERTION, _ROUT = number("cohesion.desertion"), number("cohesion.rout")
_SURRENDER, _CREWS = number("cohesion.surrender"), number("cohesion.crews")
_GATHERING, _SHORT = number("cohesion.gathering"), number("supply.short")
_DECIDE, _DESERT, _CREW, _GATHER, _TURNOUT = range(5)
_FIRST_DRAW = 1_000_000

DESERT_H = 24
"""Hours from one settling of desertion to the next."""


@compiled
def _level(levels: Floats, column: int, otherwise: float) -> float:
    """Return a level, or another value where a formation names none."""
    return levels[column] if column != NOWHERE else otherwise


@compiled
def muster(
    seed: int,
    replication: int,
    formations: Records,
    strengths: Floats,
    levels: Floats,
    troops: Records,
) -> None:
    """Set the persons and the cohesion of all formations for the start; ``troops.on`` says who takes part.

    A formation with an hour of arrival begins with all its persons absent; one without has there who come.
    """
    for one in range(formations.size):
        total = strengths[formations.strength[one]]
        whole = elements_of(total, formations.share_from[one], formations.share_to[one])
        whole = whole if troops.on[one] else 0
        here = 0
        draw, _ = uniforms(seed, replication, COHESION, _FIRST_DRAW, one, _TURNOUT)
        come = who_come(whole, _level(levels, formations.turnout[one], 1.0), draw)
        if formations.arrival[one] == NOWHERE:
            here = come
        troops.initial[one], troops.present[one], troops.absent[one] = whole, here, whole - here
        troops.stays_away[one] = whole - come
        troops.dead[one], troops.wounded[one], troops.missing[one] = 0, 0, 0
        troops.captured[one], troops.deserted[one], troops.withdrawn[one] = 0, 0, 0
        troops.cohesion[one] = RESTED
        troops.routed[one], troops.surrenders[one], troops.armour_left[one] = False, False, 0


@compiled
def hold_together(
    seed: int,
    replication: int,
    hour: int,
    formations: Records,
    troops: Records,
    sites: Records,
    control: Records,
    quality: Floats,
    overhead: Floats,
    press: Floats,
    struck: Codes,
    numbers: Floats,
    levels: Floats,
) -> None:
    """Wear cohesion down and restore it, and let soldiers desert, crews leave, formations run or give up: a kernel.

    Parameters
    ----------
    quality
        (2,) quality of each side's network.
    overhead
        (2, Z) share of the time with the other side's drones over a zone, by the side below.
    press
        (P,) cohesion that groups behind a place cost its defenders in this hour.
    struck
        (F,) vehicles of a formation that fires destroyed in this hour.
    """
    rates = numbers[_ENCIRCLED], numbers[_HUNGER], numbers[_SILENCE], numbers[_DRONES]
    back = -math.expm1(-1.0 / numbers[_RECOVERY])
    column, faster = NOWHERE, 1.0
    for one in range(formations.size):
        troops.routed[one], troops.surrenders[one], troops.armour_left[one] = False, False, 0
        if troops.absent[one] > 0 and formations.arrival[one] != NOWHERE:
            _gather(seed, replication, hour, one, formations, troops, numbers, levels)
        if troops.present[one] <= 0:
            continue
        side, place = formations.side[one], troops.place[one]
        above = overhead[side, sites.zone[place]]
        stocks = min(troops.ammunition[one], troops.food[one])
        surrounded = 1.0 if troops.encircled[one] else 0.0
        strain = strain_per_day(
            surrounded, 1.0 - sufficiency(stocks, numbers[_SHORT]), 1.0 - quality[side], above, rates
        )
        if formations.quality[one] != column:  # most formations are like the one before, and a power is dear
            column = formations.quality[one]
            faster = wear_factor(_level(levels, column, 1.0), numbers[_BRITTLE])
        held = worn_down(
            troops.cohesion[one], troops.shock[one] * faster, numbers[_LOSSES], strain * faster, 1.0
        )
        held = after_places(held, troops.success[one], numbers[_PLACE])
        if control.holder[place] == side and troops.way[one] == NOWHERE:
            held = max(0.0, held - press[place])
        if troops.contact[one] <= 0.0:
            held = recovered(held, RESTED, back)
        troops.cohesion[one] = held
        weak = weakness(held, numbers[_SHAKEN])
        if weak > 0.0:
            _decide(seed, replication, hour, one, weak, troops, numbers)
        if struck[one] > 0 and above > 0.0:
            _leave_vehicles(seed, replication, hour, one, above, struck[one], troops, numbers)


@compiled
def _decide(
    seed: int, replication: int, hour: int, one: int, weak: float, troops: Records, numbers: Floats
) -> None:
    """Let soldiers of a shaken formation desert, or it run or, where no way leads out, give up.

    Desertion is drawn every `DESERT_H` hours, at an hour of the formation's own, for all the hours since.
    """
    if troops.encircled[one]:
        _, give_up = uniforms(seed, replication, COHESION, hour, one, _DECIDE)
        troops.surrenders[one] = give_up < yields(numbers[_SURRENDER], weak, 1.0)
        return
    if troops.contact[one] > 0.0:
        run, _ = uniforms(seed, replication, COHESION, hour, one, _DECIDE)
        troops.routed[one] = run < yields(numbers[_ROUT], weak, 1.0)
    if (hour + one) % DESERT_H == 0:
        leave, _ = uniforms(seed, replication, COHESION, hour, one, _DESERT)
        gone = binomial(troops.present[one], yields(numbers[_DESERTION], weak, float(DESERT_H)), leave)
        troops.present[one] -= gone
        troops.deserted[one] += gone


@compiled
def _leave_vehicles(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    overhead: float,
    destroyed: int,
    troops: Records,
    numbers: Floats,
) -> None:
    """Let crews leave sound vehicles because others of their formation were destroyed."""
    draw, _ = uniforms(seed, replication, COHESION, hour, one, _CREW)
    sound = troops.armour[one] - troops.armour_lost[one]
    troops.armour_left[one] = binomial(sound, leaves_vehicle(destroyed, numbers[_CREWS], overhead), draw)


@compiled
def _gather(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    formations: Records,
    troops: Records,
    numbers: Floats,
    levels: Floats,
) -> None:
    """Let those of a formation who come join it, from its hour of arrival on."""
    since, mean = hour - levels[formations.arrival[one]], numbers[_GATHERING]
    if since < 0.0 or since >= LAST_COME * mean + 1.0:
        return
    left, come = troops.absent[one] - troops.stays_away[one], 0
    if left > 0:
        draw, _ = uniforms(seed, replication, COHESION, hour, one, _GATHER)
        come = binomial(left, comes_now(since, mean), draw)
    troops.cohesion[one] = mixed(troops.cohesion[one], troops.present[one], RESTED, come)
    troops.present[one] += come
    troops.absent[one] -= come
