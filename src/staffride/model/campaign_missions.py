"""The missions of an hour: how many each order flies, at what, when, and whether each would hit.

All are settled from the state at the start of the hour, before anything flies, so that neither side gains by the order
in which the program goes through them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import FIRES, JAMMING, RAID, four_uniforms, uniforms
from staffride.model.campaign_codes import ALWAYS, MOVING, SHELLS, figure, number
from staffride.model.campaign_kernel import inlined
from staffride.model.campaign_state import (
    Codes,
    Conditions,
    Flags,
    Floats,
    Ground,
    Integers,
    Orders,
    Records,
)
from staffride.model.detection import still_there
from staffride.model.fires import (
    chances_against,
    draw_hits,
    missions_due,
    share_flown,
    whole_missions,
    window_share,
)
from staffride.model.information import handover
from staffride.model.jamming import LINK_CRASHES, LINK_HOLDS, hit_under_position_error, link_outcome
from staffride.model.targeting import assign_targets, choose_targets
from staffride.model.weather import can_fly

_REACH, _HIT, _ACCURACY = figure("reach"), figure("hit_probability"), figure("accuracy")
_LINK, _NAVIGATION = figure("link_dependence"), figure("navigation_dependence")
_LIMIT, _NIGHT = figure("weather_limit"), figure("night_ability")
_DISPLACEMENT = figure("displacement_time")
_EMPLACED, _MOBILE = number("detection.dwell.emplaced"), number("detection.dwell.mobile")
_PROTECTION, _CRASH = number("fires.protection.hidden"), number("jamming.crash_share")
_DISCRIMINATION, _SPACING = number("fires.discrimination"), number("fires.spacing")
_SHELLS, _MUNITIONS = number("fires.shells_per_mission"), figure("munitions")
_START, _LINKS, _TIMES = 1_000_000, 2_000_000, 3_000_000


@compiled
def start_carries(seed: int, replication: int, carry: Floats) -> None:
    """Draw for each order the part of a mission with which its window starts, uniform between 0 and 1."""
    for order in range(carry.size):
        carry[order], _ = uniforms(seed, replication, FIRES, _START, order, 0)


@compiled
def set_protection(state: Records, numbers: Floats, protection: Floats) -> None:
    """Set for each unit (U,) the chance that a hit destroys an element in its posture."""
    for unit in range(state.size):
        protection[unit] = numbers[_PROTECTION + state.posture[unit]]


@compiled
def located_units(units: Records, state: Records, located: Codes, count: Integers) -> None:
    """List the units that the other side has seen and that still stand, by side and class.

    Parameters
    ----------
    located
        (2, C, U) filled with the units of each side and class that are located, ascending.
    count
        (2, C) filled with their number.
    """
    count[:] = 0
    for unit in range(units.side.size):
        if state.elements[unit] > 0 and state.seen_at[unit] > -np.inf:
            side, one = units.side[unit], units.target_class[unit]
            located[side, one, count[side, one]] = unit
            count[side, one] += 1


@compiled
def candidates_of(
    order: int,
    hour: int,
    orders: Orders,
    units: Records,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    located: Codes,
    count: Integers,
    rank: NDArray[np.int8],
    eligible: Codes,
    chosen: Codes,
) -> int:
    """Write the units that an order can strike in this hour into ``chosen`` (U,); return their number: a kernel.

    Only the class that comes first in the priority and of which a unit can be struck is taken.
    """
    shooter = orders.rows.unit[order]
    victim = 1 - units.side[shooter]
    reach_km, limit = figures[units.system[shooter], _REACH], figures[units.system[shooter], _LIMIT]
    for rank_of_class in range(orders.targets.shape[1]):
        one = orders.targets[order, rank_of_class]
        if one < 0:
            break
        found = 0
        for position in range(count[victim, one]):
            unit = located[victim, one, position]
            zone = state.zone[unit]
            allowed = orders.zones[order, zone] and can_fly(conditions.weather[zone, hour], limit)
            if allowed and _is_within(reach_km, shooter, unit, state):
                rank[unit] = 0
                eligible[found] = unit
                found += 1
        if found > 0:
            return choose_targets(rank, eligible, found, state.elements, chosen)
    return 0


@compiled
def _is_within(reach_km: float, shooter: int, unit: int, state: Records) -> bool:
    """Return whether a unit is within reach of a shooter."""
    east, north = state.x_km[unit] - state.x_km[shooter], state.y_km[unit] - state.y_km[shooter]
    return bool(east * east + north * north <= reach_km * reach_km)


@compiled
def rounds_a_mission(threat: int, shells_per_mission: float, munitions: float) -> int:
    """Return how many rounds a mission takes: one of what flies by itself, many of shells and unguided rockets.

    Equation: 1, or the shells of a fire mission, at most what a launcher carries.
    Units: rounds.
    Source: definition.
    Limits: the same for guns of every calibre.
    """
    return max(1, int(min(shells_per_mission, munitions) + 0.5)) if threat == SHELLS else 1


@compiled
def volley_hit(hit_probability: float, rounds: int) -> float:
    """Return the chance that at least one of the rounds of a mission hits.

    Equation: ``1 - (1 - p)^n``. Units: probability of one round; rounds.
    Source: Washburn and Kress (2009), "Combat modeling", chapter 2.
    Limits: rounds are independent; a second hit on the same aimpoint is not counted.
    """
    return 1.0 - (1.0 - hit_probability) ** rounds


@compiled
def missions_of(
    order: int,
    hour: int,
    orders: Orders,
    units: Records,
    ground: Ground,
    figures: Floats,
    tempos: Floats,
    shells_per_mission: float,
    intensity: float,
    state: Records,
    carry: Floats,
) -> int:
    """Return how many missions an order flies in an hour if it finds a target, and move its carry on.

    ``intensity`` is the factor that a truce lays on all fighting.
    """
    shooter = orders.rows.unit[order]
    share = window_share(hour, orders.rows.start_h[order], orders.rows.end_h[order], orders.rows.salvo[order])
    if share <= 0.0:
        return 0
    system = units.system[shooter]
    due = missions_due(tempos[orders.rows.tempo[order]], state.elements[shooter], state.used[shooter], share)
    due *= intensity * share_flown(True, ground.dark[state.zone[shooter], hour], figures[system, _NIGHT])
    rounds = rounds_a_mission(units.threat[shooter], shells_per_mission, figures[system, _MUNITIONS])
    stock = state.stock[shooter] // rounds
    flown, carry[order] = whole_missions(due, carry[order], stock, units.expendable[shooter])
    return flown


@inlined
@compiled
def aim(
    seed: int,
    replication: int,
    hour: int,
    order: int,
    first: int,
    count: int,
    chosen: Codes,
    chosen_count: int,
    orders: Orders,
    units: Records,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    room: Floats,
    left: Integers,
    missions: Records,
) -> None:
    """Settle aimpoints, hits, links and times of missions ``first .. first + count - 1`` of an order: a kernel.

    ``room`` is (4, U): chance that a unit is where it was seen, protection (kept), chance of a hit, factor of a hit.
    """
    shooter = orders.rows.unit[order]
    side, last = units.side[shooter], first + count
    mean_h = conditions.delay_h[side]  # the hour's mean, as fast as it is slow, is not to be worked out again
    delay, together = handover(seed, replication, hour, order, conditions.quality[side], mean_h, mean_h)
    for mission in range(first, last):
        missions.order[mission], missions.shot[mission] = order, mission - first
        missions.coordinated[mission], missions.arrives[mission] = together, True
        missions.dummy[mission] = missions.hits[mission] = missions.homes[mission] = False
        missions.shot_down[mission] = missions.crashes[mission] = missions.aboard[mission] = False
    target, point = missions.target[first:last], missions.point[first:last]
    assign_targets(
        seed, replication, hour, order, count, missions.coordinated[first:last], chosen, chosen_count,
        state.elements, state.dummies, numbers[_DISCRIMINATION], left, target, missions.dummy[first:last], point,
    )  # fmt: skip
    _presence(hour, delay, shooter, target, units, numbers, figures, state, conditions, room)
    chances_against(seed, replication, target, count, state.contacts, room[0], room[3], room[1], room[2])
    draw_hits(seed, replication, hour, order, count, target, room[2], missions.hits[first:last])
    if units.homing[shooter]:
        for shot in range(count):
            room[0, max(0, target[shot])] = 1.0
        chances_against(seed, replication, target, count, state.contacts, room[0], room[3], room[1], room[2])
        draw_hits(seed, replication, hour, order, count, target, room[2], missions.homes[first:last])
        for mission in range(first, last):
            aimed = missions.target[mission]
            if aimed >= 0 and units.emission[aimed] == ALWAYS:
                missions.hits[mission] |= missions.homes[mission]
    _ways(
        seed,
        replication,
        hour,
        order,
        first,
        last,
        orders,
        units,
        numbers,
        figures,
        state,
        conditions,
        missions,
    )


@compiled
def dwell_after_fire(stay_h: float, displacement_h: float) -> float:
    """Return the mean time that a unit stays: shorter where it has just fired and can leave.

    Equation: ``min(stay, displacement time)``; ``stay`` for a displacement time of zero (none given, or it was quiet).
    Units: hours.
    Source: shoot and scoot; moves as a Poisson process, Koopman (1980), "Search and screening", chapter 2.
    Limits: it moves within its town; what it fires at next does not suffer from the move.
    """
    return min(stay_h, displacement_h) if displacement_h > 0.0 else stay_h


@inlined
@compiled
def _presence(
    hour: int,
    delay_h: float,
    shooter: int,
    target: Codes,
    units: Records,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    room: Floats,
) -> None:
    """Write for each unit aimed at the chance that it is still there, and the chance of a hit if so."""
    row, side = figures[units.system[shooter]], units.side[shooter]
    rounds = rounds_a_mission(units.threat[shooter], numbers[_SHELLS], row[_MUNITIONS])
    for shot in range(target.size):
        unit = target[shot]
        if unit < 0 or (shot > 0 and unit == target[shot - 1]):
            continue
        leaves_h = figures[units.system[unit], _DISPLACEMENT] if state.hot[unit] else 0.0
        stay_h = numbers[_MOBILE] if state.posture[unit] == MOVING else numbers[_EMPLACED]
        dwell_h = dwell_after_fire(stay_h, leaves_h)
        room[0, unit] = still_there(hour - state.seen_at[unit] + delay_h, dwell_h)
        error, hit = conditions.position_error_m[side, state.zone[unit]], row[_HIT]
        if error > 0.0:
            hit = hit_under_position_error(hit, row[_ACCURACY], error, row[_NAVIGATION])
        room[3, unit] = volley_hit(hit, rounds) if rounds > 1 else hit


@inlined
@compiled
def _ways(
    seed: int,
    replication: int,
    hour: int,
    order: int,
    first: int,
    last: int,
    orders: Orders,
    units: Records,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    missions: Records,
) -> None:
    """Settle when each mission is due, and whether its link holds: a kernel."""
    shooter = orders.rows.unit[order]
    row, side = figures[units.system[shooter]], units.side[shooter]
    begin = max(0.0, orders.rows.start_h[order] - hour) * 3600.0
    span = max(1.0, (min(1.0, orders.rows.end_h[order] - hour)) * 3600.0 - begin)
    salvo, jitter = orders.rows.salvo[order], 0.0
    if salvo:
        jitter, _ = uniforms(seed, replication, RAID, hour, orders.rows.raid[order], _TIMES)
    needs_luck = units.threat[shooter] != SHELLS or row[_LINK] > 0.0  # else neither link nor moment matters
    weapons = max(1, int(row[_MUNITIONS] + 0.5)) if units.returns[shooter] else 1
    for mission in range(first, last):
        shot = mission - first
        missions.aboard[mission] = shot % weapons > 0
        if missions.aboard[mission]:
            missions.time_s[mission] = missions.time_s[mission - 1]
            missions.arrives[mission] = missions.target[mission] >= 0
            continue
        moment, link = 0.5, 0.5
        if needs_luck:
            moment, link, _, _ = four_uniforms(seed, replication, JAMMING, hour, order, shot)
        if salvo:
            missions.time_s[mission] = begin + jitter * 60.0 + shot * numbers[_SPACING]
        else:
            missions.time_s[mission] = begin + moment * span
        target = missions.target[mission]
        if target < 0:
            missions.arrives[mission] = False
            continue
        loss = conditions.link_loss[side, state.zone[target]]
        outcome = link_outcome(link, loss, row[_LINK], numbers[_CRASH])
        missions.arrives[mission] = outcome == LINK_HOLDS
        missions.crashes[mission] = outcome == LINK_CRASHES


@compiled
def plan(
    seed: int,
    replication: int,
    hour: int,
    orders: Orders,
    order_on: Flags,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    tempos: Floats,
    intensity: float,
    state: Records,
    conditions: Conditions,
    carry: Floats,
    room: Floats,
    left: Integers,
    located: Codes,
    located_count: Integers,
    rank: NDArray[np.int8],
    eligible: Codes,
    chosen: Codes,
    missions: Records,
) -> int:
    """Settle all missions of an hour; return their number: a kernel."""
    located_units(units, state, located, located_count)
    total = 0  # munitions of an order without a target wait; the time of a gun without one is lost
    for order in range(orders.rows.unit.size):
        shooter = orders.rows.unit[order]
        ready = order_on[order] and state.elements[shooter] > 0 and state.stock[shooter] > 0
        if not ready or orders.rows.start_h[order] >= hour + 1 or orders.rows.end_h[order] <= hour:
            continue
        count = missions_of(
            order, hour, orders, units, ground, figures, tempos, numbers[_SHELLS], intensity, state, carry
        )
        if count == 0:
            continue
        found = candidates_of(
            order, hour, orders, units, figures, state, conditions, located, located_count, rank,
            eligible, chosen,
        )  # fmt: skip
        if found == 0:
            carry[order] += count if units.expendable[shooter] else 0
            continue
        carried = figures[units.system[shooter], _MUNITIONS]
        state.stock[shooter] -= count * rounds_a_mission(units.threat[shooter], numbers[_SHELLS], carried)
        aim(
            seed, replication, hour, order, total, count, chosen, found, orders, units, numbers, figures, state,
            conditions, room, left, missions,
        )  # fmt: skip
        total += count
    return total
