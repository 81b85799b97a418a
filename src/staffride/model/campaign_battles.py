"""Kernels of an hour's battles: who fights at which place, what both sides lose, who breaks, how far attacks get.

A place is fought for while formations attack it; attacks along several ways are one battle. The work of an hour goes
with the formations and with the places fought for: lists of both are made anew each hour, in room that is handed in.
Nobody is moved here and no place changes hands: `BATTLE` says what happened, and the program acts on it.

The luck of a formation's losses is keyed by hour and formation; that of a battle (break points, rate of advance) by
place and number of the battle there; the intensity of a day by place and day.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.engine.random import GROUND, binomial, four_uniforms
from staffride.model.attrition import by_event, integrate
from staffride.model.campaign_codes import number
from staffride.model.campaign_kernel import in_place, inlined
from staffride.model.campaign_state import Codes, Floats, Records
from staffride.model.ground import (
    DAY_H,
    REFERENCE_SIZE,
    advance_km_day,
    armour_lost_share,
    break_share,
    combat_power,
    day_factor,
    defence_advantage,
    dug_in_share,
    loss_coefficient,
    obstacle_h,
    posture_factor,
    power_ratio,
    tempo,
)
from staffride.model.ground_state import ATTACK_BROKE, DEFENCE_BROKE, FLAT, GOES_ON, NOWHERE
from staffride.model.weather import FOG

_RATE, _EXPONENT = number("ground.rate"), number("ground.exponent")
_SIZE, _INTENSITY = number("ground.size_exponent"), number("ground.intensity_spread")
_NIGHT, _FOG = number("ground.night"), number("ground.fog")
_HASTY, _PREPARED = number("ground.posture.hasty"), number("ground.posture.prepared")
_FORTIFIED, _DELAY = number("ground.posture.fortified"), number("ground.posture.delay")
_DIG_IN, _ROLLING = number("ground.dig_in"), number("ground.terrain.rolling")
_ARMOUR, _GUN = number("ground.armour_weight"), number("ground.gun_weight")
_COHESION, _AMMUNITION = number("ground.cohesion_effect"), number("ground.ammunition_effect")
_DEAD, _MISSING, _ARMOUR_LOSS = (
    number("ground.dead_share"),
    number("ground.missing_share"),
    number("ground.armour_loss"),
)
_BREAK_ATTACK, _BREAK_DEFENCE = number("ground.break.attack"), number("ground.break.defence")
_BREAK_SPREAD, _PURSUIT = number("ground.break.spread"), number("ground.pursuit")
_PAUSE, _CAUTION = number("ground.pause"), number("ground.caution_effect")
_ADVANCE, _ADVANCE_SPREAD = number("ground.advance.flat"), number("ground.advance.spread")
_ADVANCE_EXPONENT, _UNOPPOSED = number("ground.advance.exponent"), number("ground.advance.unopposed")
_MINES, _DITCH, _EVENT = (
    number("ground.mine_delay"),
    number("ground.ditch_delay"),
    number("ground.event_size"),
)

_LOSSES, _IN_FLIGHT, _BATTLE, _DAY = range(4)  # draws: of a formation twice, of a battle, of a day
(
    _CONTACT, _POWER, _CAUTIOUS, _STEADY, _D_CONTACT, _D_POWER, _D_EFFECTIVE, _D_STEADY, _HOLDING,
    _SHARE, _D_SHARE, _TOLL, _D_TOLL, _TO_SHARE, _D_TO_SHARE, _TEMPO, _EFFORT, _PERSONS, _COLUMNS,
) = range(19)  # fmt: skip


class BattleRoom(NamedTuple):
    """Room for the battles of an hour; what it holds is of no meaning afterwards.

    Attributes
    ----------
    sums
        (P, 19) sums over the formations in a battle, the attack's first. Zero between hours in column 0.
    fighters, fields
        (F,) and (P,) the formations in battles, attackers first, and the places fought for.
    pushes
        (W, 2) whether somebody attacks along a way, from ``a`` and from ``b``. Zero between hours.
    """

    sums: Floats
    fighters: Codes
    fields: Codes
    pushes: Floats


def new_battle_room(formations: int, places: int, ways: int) -> BattleRoom:
    """Return room for the battles of so many formations, places and ways."""
    return BattleRoom(
        np.zeros((places, _COLUMNS)),
        np.zeros(formations, np.int32),
        np.zeros(places, np.int32),
        np.zeros((ways, 2)),
    )


@in_place
@compiled
def fight(
    seed: int,
    replication: int,
    hour: int,
    intensity: float,
    formations: Records,
    troops: Records,
    sites: Records,
    control: Records,
    ways: Records,
    roads: Records,
    battles: Records,
    goals: Records,
    dark: Floats,
    sky: Floats,
    numbers: Floats,
    levels: Floats,
    room: BattleRoom,
) -> int:
    """Fight the battles of an hour; return at how many places: a kernel.

    Sets ``contact`` and ``power`` of every formation, the persons of those who lose any, the battles and what attacks
    gained; adds to ``shock`` and ``armour_lost``, which the program clears at the start of an hour.

    Parameters
    ----------
    intensity
        Factor on all fighting: with 1/60 an hour is a minute.
    dark, sky
        (Z,) whether it is dark over a zone, and its weather.
    """
    attackers, fields = _gather_attack(formations, troops, ways, goals, numbers, levels, room)
    fighters = _gather_defence(attackers, formations, troops, sites, control, ways, numbers, levels, room)
    for place in range(battles.size):
        battles.result[place], battles.advance_km_h[place] = GOES_ON, 0.0
        if battles.active[place] and room.sums[place, _CONTACT] <= 0.0:
            battles.quiet_h[place] += intensity
            battles.active[place] = battles.quiet_h[place] < numbers[_PAUSE]
    for one in range(fields):
        place = room.fields[one]
        zone = sites.zone[place]
        effort = intensity * (numbers[_NIGHT] if dark[zone] else 1.0)
        effort *= numbers[_FOG] if sky[zone] == FOG else 1.0
        _engage(seed, replication, hour, place, effort, battles, numbers, room.sums[place])
    for one in range(fighters):
        _lose(seed, replication, hour, room.fighters[one], one < attackers, formations, troops, battles, numbers,
              levels, room)  # fmt: skip
    for one in range(attackers):
        _advance(seed, replication, room.fighters[one], troops, ways, roads, battles, numbers, room)
    broken = False
    for one in range(fields):
        place = room.fields[one]
        broken = _judge(place, battles) or broken
        room.sums[place, _CONTACT] = 0.0
    if broken and numbers[_PURSUIT] > 0.0:
        for one in range(fighters):
            _pursue(seed, replication, hour, room.fighters[one], one < attackers, formations, troops, battles, numbers,
                    levels)  # fmt: skip
    return fields


@compiled
def _level(column: int, levels: Floats) -> float:
    """Return a level that a formation names, 1 where it names none."""
    return float(levels[column]) if column != NOWHERE else 1.0


@compiled
def _set_power(one: int, formations: Records, troops: Records, numbers: Floats, levels: Floats) -> None:
    """Set the persons in contact and the power of a formation that fights."""
    share = _level(formations.contact[one], levels)
    troops.contact[one] = troops.present[one] * share
    troops.power[one] = combat_power(
        troops.contact[one],
        _level(formations.quality[one], levels),
        troops.armour[one] * share,
        numbers[_ARMOUR],
        troops.guns[one] * share,
        numbers[_GUN],
        troops.cohesion[one],
        numbers[_COHESION],
        troops.ammunition[one],
        numbers[_AMMUNITION],
    )


@inlined
@compiled
def _gather_attack(
    formations: Records,
    troops: Records,
    ways: Records,
    goals: Records,
    numbers: Floats,
    levels: Floats,
    room: BattleRoom,
) -> tuple[int, int]:
    """Add up the attackers of each place; return how many formations attack, and how many places."""
    attackers, fields = 0, 0
    for one in range(troops.size):
        troops.contact[one], troops.power[one] = 0.0, 0.0
        place = troops.attacks[one]
        if place == NOWHERE or not troops.on[one] or troops.present[one] <= 0:
            continue
        _set_power(one, formations, troops, numbers, levels)
        contact, sums = troops.contact[one], room.sums[place]
        if contact <= 0.0:
            continue
        if sums[_CONTACT] <= 0.0:
            sums[:] = 0.0
            room.fields[fields] = place
            fields += 1
        goal, way = troops.goal[one], troops.way[one]
        sums[_CONTACT] += contact
        sums[_POWER] += troops.power[one]
        sums[_PERSONS] += troops.present[one]
        sums[_CAUTIOUS] += contact * goals.caution[goal] if goal != NOWHERE else 0.0
        sums[_STEADY] += contact * troops.cohesion[one]
        room.pushes[way, 0 if ways.b[way] == place else 1] = 1.0
        room.fighters[attackers] = one
        attackers += 1
    return attackers, fields


@inlined
@compiled
def _gather_defence(
    fighters: int,
    formations: Records,
    troops: Records,
    sites: Records,
    control: Records,
    ways: Records,
    numbers: Floats,
    levels: Floats,
    room: BattleRoom,
) -> int:
    """Add up the defenders of each place that is attacked; return how many formations fight.

    Who attacks along a way on which an attack comes the other way meets it: as a defence without advantage, whose
    losses are those of its own attack.
    """
    for one in range(troops.size):
        place = troops.place[one]
        if place == NOWHERE or not troops.on[one] or troops.present[one] <= 0:
            continue
        sums = room.sums[place]
        if sums[_CONTACT] <= 0.0 or formations.side[one] != control.holder[place]:
            continue
        way, advantage = troops.way[one], 1.0
        if troops.attacks[one] == NOWHERE and way == NOWHERE:
            _set_power(one, formations, troops, numbers, levels)
            advantage = _advantage(one, place, troops, sites, control, numbers)
            sums[_HOLDING] += troops.present[one]
            room.fighters[fighters] = one
            fighters += 1
        elif troops.attacks[one] == NOWHERE or room.pushes[way, 0 if ways.b[way] == place else 1] == 0.0:
            continue
        sums[_D_CONTACT] += troops.contact[one]
        sums[_D_POWER] += troops.power[one]
        sums[_D_EFFECTIVE] += troops.power[one] * advantage
        sums[_D_STEADY] += troops.contact[one] * troops.cohesion[one]
    return fighters


@compiled
def _advantage(
    one: int, place: int, troops: Records, sites: Records, control: Records, numbers: Floats
) -> float:
    """Return the factor on the power of a formation that defends a place."""
    ground, works, dug = sites.ground[place], sites.fortification[place], 0.0
    if works > 0.0:
        works *= dug_in_share(control.dug_h[place], numbers[_DIG_IN])
    if troops.stand_h[one] > 0.0:
        dug = dug_in_share(troops.stand_h[one], numbers[_DIG_IN])
    terrain = numbers[_ROLLING + ground - 1] if ground != FLAT else 1.0
    posture = posture_factor(
        troops.stance[one],
        dug,
        works,
        numbers[_HASTY],
        numbers[_PREPARED],
        numbers[_FORTIFIED],
        numbers[_DELAY],
    )
    return defence_advantage(posture, terrain, control.gap[place])


@compiled
def _begin(
    seed: int, replication: int, hour: int, place: int, battles: Records, numbers: Floats, sums: Floats
) -> None:
    """Let a battle begin: at which shares lost its sides break."""
    battles.active[place], battles.began_h[place] = True, hour
    battles.number[place] += 1
    battles.attack_start[place] = battles.defence_start[place] = 0.0
    battles.attack_lost[place] = battles.defence_lost[place] = 0.0
    luck = four_uniforms(seed, replication, GROUND, battles.number[place], place, _BATTLE)
    steady = sums[_STEADY] / sums[_CONTACT]
    battles.attack_break[place] = break_share(
        numbers[_BREAK_ATTACK], numbers[_BREAK_SPREAD], luck[0], steady, numbers[_COHESION], sums[_TEMPO]
    )
    steady = sums[_D_STEADY] / sums[_D_CONTACT] if sums[_D_CONTACT] > 0.0 else 1.0
    battles.defence_break[place] = break_share(
        numbers[_BREAK_DEFENCE], numbers[_BREAK_SPREAD], luck[1], steady, numbers[_COHESION], 1.0
    )


@inlined
@compiled
def _engage(
    seed: int,
    replication: int,
    hour: int,
    place: int,
    effort: float,
    battles: Records,
    numbers: Floats,
    sums: Floats,
) -> None:
    """Settle the power of both sides at a place, and the share of those in contact that each loses: a kernel."""
    attack, defence = sums[_CONTACT], sums[_D_CONTACT]
    sums[_TEMPO] = tempo(sums[_CAUTIOUS] / attack, numbers[_CAUTION])
    sums[_EFFORT] = effort * sums[_TEMPO]
    if not battles.active[place]:
        _begin(seed, replication, hour, place, battles, numbers, sums)
    battles.quiet_h[place] = 0.0
    battles.attack_power[place], battles.defence_power[place] = sums[_POWER], sums[_D_POWER]
    battles.attack_contact[place], battles.defence_contact[place] = attack, defence
    battles.attack_start[place] = max(
        battles.attack_start[place], battles.attack_lost[place] + sums[_PERSONS]
    )
    battles.defence_start[place] = max(
        battles.defence_start[place], battles.defence_lost[place] + sums[_HOLDING]
    )
    advantage = sums[_D_EFFECTIVE] / sums[_D_POWER] if sums[_D_POWER] > 0.0 else 1.0
    battles.ratio[place] = power_ratio(sums[_POWER], sums[_D_POWER], advantage)
    sums[_TOLL] = sums[_D_TOLL] = -1.0
    if defence <= 0.0 or effort <= 0.0:
        return
    intensity = sums[_EFFORT]
    if numbers[_INTENSITY] > 0.0:
        luck = four_uniforms(seed, replication, GROUND, hour // 24, place, _DAY)
        intensity *= day_factor(numbers[_INTENSITY], luck[0])
    rate, exponent, size = numbers[_RATE], numbers[_EXPONENT], numbers[_SIZE]
    a = intensity * sums[_TEMPO] * loss_coefficient(rate, sums[_D_EFFECTIVE] / defence, exponent)
    b = intensity * loss_coefficient(rate, sums[_POWER] / attack / advantage, exponent)
    if min(attack, defence) > numbers[_EVENT]:
        left, d_left = integrate(attack, defence, a, b, exponent, size, REFERENCE_SIZE, 1.0)
    else:
        attack, defence = max(1.0, math.floor(attack + 0.5)), max(1.0, math.floor(defence + 0.5))
        left, d_left = by_event(
            seed, replication, hour, place, int(attack), int(defence), a, b, exponent, size, REFERENCE_SIZE, 1.0
        )  # fmt: skip
        sums[_TOLL], sums[_D_TOLL] = attack - left, defence - d_left
        sums[_TO_SHARE], sums[_D_TO_SHARE] = sums[_CONTACT], sums[_D_CONTACT]
    sums[_SHARE], sums[_D_SHARE] = 1.0 - left / attack, 1.0 - d_left / defence


@compiled
def _some_of(count: int, chance: float, u: float) -> int:
    """Return a binomial number; most are zero, which is seen without a power because ``(1 - p)^n >= 1 - n p``."""
    return 0 if u <= 1.0 - count * chance else binomial(count, chance, u)


@inlined
@compiled
def _lose(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    attacks: bool,
    formations: Records,
    troops: Records,
    battles: Records,
    numbers: Floats,
    levels: Floats,
    room: BattleRoom,
) -> None:
    """Draw the losses of a formation in the battle of this hour."""
    place = troops.attacks[one] if attacks else troops.place[one]
    sums, side = room.sums[place], 0 if attacks else 1
    share = sums[_SHARE + side]
    if share <= 0.0:
        return
    luck = four_uniforms(seed, replication, GROUND, hour, one, _LOSSES)
    in_contact = _level(formations.contact[one], levels)
    if sums[_TOLL + side] < 0.0:
        lost = _some_of(troops.present[one], share * in_contact, luck[0])
    else:  # each that was drawn one by one falls on somebody
        part = troops.contact[one] / sums[_TO_SHARE + side]
        lost = min(troops.present[one], binomial(int(sums[_TOLL + side]), part, luck[0]))
        sums[_TOLL + side] -= lost
        sums[_TO_SHARE + side] -= troops.contact[one]
    armour = troops.armour[one] - troops.armour_lost[one]
    if armour > 0:
        chance = in_contact * armour_lost_share(share, numbers[_ARMOUR_LOSS])
        troops.armour_lost[one] += _some_of(armour, chance, luck[3])
    if lost > 0:
        _fall(one, lost, luck[1], luck[2], place, attacks, troops, battles, numbers)


@compiled
def _fall(
    one: int,
    lost: int,
    luck_dead: float,
    luck_missing: float,
    place: int,
    attacks: bool,
    troops: Records,
    battles: Records,
    numbers: Floats,
) -> None:
    """Take the casualties of a formation from those present: dead, missing, else wounded."""
    dead_share, missing_share = numbers[_DEAD], numbers[_MISSING]
    dead = _some_of(lost, dead_share, luck_dead)
    alive_share = max(missing_share, 1.0 - dead_share)
    missing = _some_of(lost - dead, missing_share / alive_share if alive_share > 0.0 else 0.0, luck_missing)
    troops.shock[one] += lost / troops.present[one]
    troops.dead[one] += dead
    troops.missing[one] += missing
    troops.wounded[one] += lost - dead - missing
    troops.present[one] -= lost
    if attacks:
        battles.attack_lost[place] += lost
    else:
        battles.defence_lost[place] += lost


@inlined
@compiled
def _advance(
    seed: int,
    replication: int,
    one: int,
    troops: Records,
    ways: Records,
    roads: Records,
    battles: Records,
    numbers: Floats,
    room: BattleRoom,
) -> None:
    """Let an attack gain ground along its way, once for all who attack along it."""
    place, way = troops.attacks[one], troops.way[one]
    towards = 0 if ways.b[way] == place else 1
    if room.pushes[way, towards] == 0.0:
        return
    room.pushes[way, towards] = 0.0
    left = room.sums[place, _EFFORT]
    if roads.cleared[way] < 1.0:
        delay = obstacle_h(ways.mines[way], ways.ditch[way], numbers[_MINES], numbers[_DITCH])
        needed = (1.0 - roads.cleared[way]) * delay
        if needed > left:
            roads.cleared[way] += left / delay
            return
        roads.cleared[way] = 1.0
        left -= needed
    luck = four_uniforms(seed, replication, GROUND, battles.number[place], place, _BATTLE)
    gained = left / DAY_H * advance_km_day(
        numbers[_ADVANCE + ways.ground[way]], numbers[_ADVANCE_SPREAD], luck[2], battles.ratio[place],
        numbers[_ADVANCE_EXPONENT], numbers[_UNOPPOSED],
    )  # fmt: skip
    battles.advance_km_h[place] = max(battles.advance_km_h[place], gained)
    if towards == 0:
        roads.gained_a[way] += gained
    else:
        roads.gained_b[way] += gained


@compiled
def _judge(place: int, battles: Records) -> bool:
    """Say whether a side breaks, and note which: the one that is further beyond its point if both are."""
    attack = battles.attack_lost[place] / (battles.attack_start[place] * battles.attack_break[place])
    defence = 0.0
    if battles.defence_start[place] > 0.0:
        defence = battles.defence_lost[place] / (battles.defence_start[place] * battles.defence_break[place])
    if max(attack, defence) < 1.0:
        return False
    battles.result[place] = ATTACK_BROKE if attack > defence else DEFENCE_BROKE
    battles.active[place] = False
    return True


@compiled
def _pursue(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    attacks: bool,
    formations: Records,
    troops: Records,
    battles: Records,
    numbers: Floats,
    levels: Floats,
) -> None:
    """Draw what a formation loses as its side breaks."""
    place = troops.attacks[one] if attacks else troops.place[one]
    if battles.result[place] != (ATTACK_BROKE if attacks else DEFENCE_BROKE) or troops.present[one] <= 0:
        return
    luck = four_uniforms(seed, replication, GROUND, hour, one, _IN_FLIGHT)
    share = numbers[_PURSUIT] * _level(formations.contact[one], levels)
    _fall(
        one,
        binomial(troops.present[one], share, luck[0]),
        luck[1],
        luck[2],
        place,
        attacks,
        troops,
        battles,
        numbers,
    )
