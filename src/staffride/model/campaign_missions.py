"""The missions of an hour: how many each order flies, at what, when, and whether each would hit.

All are settled from the state at the start of the hour, before anything flies, so that neither side gains by the order
in which the program goes through them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import FIRES, JAMMING, RAID, four_uniforms, uniforms
from staffride.model.campaign_codes import MOVING, SHELLS, figure, number
from staffride.model.campaign_state import (
    Codes,
    Conditions,
    Flags,
    Floats,
    Ground,
    Integers,
    Missions,
    Orders,
    Records,
    with_room,
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
from staffride.model.targeting import NOT_A_TARGET, assign_targets, choose_targets
from staffride.model.weather import can_fly

_REACH, _HIT, _ACCURACY = figure("reach"), figure("hit_probability"), figure("accuracy")
_LINK, _NAVIGATION = figure("link_dependence"), figure("navigation_dependence")
_LIMIT, _NIGHT = figure("weather_limit"), figure("night_ability")
_EMPLACED, _MOBILE = number("detection.dwell.emplaced"), number("detection.dwell.mobile")
_FAST, _SLOW = number("information.{side}.fast_delay"), number("information.{side}.slow_delay")
_PROTECTION, _CRASH = number("fires.protection.hidden"), number("jamming.crash_share")
_DISCRIMINATION, _SPACING = number("fires.discrimination"), number("fires.spacing")
_SHELLS = number("fires.shells_per_mission")
_START, _LINKS, _TIMES = 1_000_000, 2_000_000, 3_000_000


@compiled
def start_carries(seed: int, replication: int, carry: Floats) -> None:
    """Draw for each order the part of a mission with which its window starts, uniform between 0 and 1."""
    for order in range(carry.size):
        carry[order], _ = uniforms(seed, replication, FIRES, _START, order, 0)


@compiled
def set_protection(units: Records, numbers: Floats, protection: Floats) -> None:
    """Set for each unit (U,) the chance that a hit destroys an element in its posture."""
    for unit in range(units.side.size):
        protection[unit] = numbers[_PROTECTION + units.posture[unit]]


@compiled
def located_units(units: Records, state: Records, located: Codes, count: Integers) -> None:
    """List the units that the other side has seen and that still stand, side by side.

    Parameters
    ----------
    located
        (2, U) filled with the units of each side that are located, ascending.
    count
        (2,) filled with their number.
    """
    count[:] = 0
    for unit in range(units.side.size):
        if state.elements[unit] > 0 and state.seen_at[unit] > -np.inf:
            side = units.side[unit]
            located[side, count[side]] = unit
            count[side] += 1


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
    chosen: Codes,
) -> int:
    """Write the units that an order can strike in this hour into ``chosen`` (U,); return their number.

    A unit can be struck where its class is named, its zone allowed, the sky over it good enough for the shooter, and
    the distance within reach; only the class that comes first in the priority is taken.
    """
    shooter = orders.rows.unit[order]
    victim = 1 - units.side[shooter]
    row = figures[units.system[shooter]]
    reach = row[_REACH] * row[_REACH]
    for position in range(count[victim]):
        unit = located[victim, position]
        rank[unit] = NOT_A_TARGET
        zone = units.zone[unit]
        if orders.zones[order, zone] and can_fly(conditions.weather[zone, hour], row[_LIMIT]):
            east, north = state.x_km[unit] - state.x_km[shooter], state.y_km[unit] - state.y_km[shooter]
            if east * east + north * north <= reach:
                rank[unit] = orders.rank[order, units.target_class[unit]]
    return choose_targets(rank, located[victim], count[victim], state.elements, chosen)


@compiled
def rounds_a_mission(threat: int, shells_per_mission: float) -> int:
    """Return how many rounds a mission takes: one of what flies by itself, many of shells and unguided rockets.

    Equation: 1, or the shells of a fire mission. Units: rounds. Source: definition.
    Limits: the same for guns of every calibre.
    """
    return max(1, int(shells_per_mission + 0.5)) if threat == SHELLS else 1


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
    state: Records,
    carry: Floats,
) -> int:
    """Return how many missions an order that has targets flies in an hour; take their rounds, move its carry on."""
    shooter = orders.rows.unit[order]
    share = window_share(hour, orders.rows.start_h[order], orders.rows.end_h[order], orders.rows.salvo[order])
    if share <= 0.0:
        return 0
    row = figures[units.system[shooter]]
    due = missions_due(tempos[orders.rows.tempo[order]], state.elements[shooter], state.used[shooter], share)
    due *= share_flown(True, ground.dark[units.zone[shooter], hour], row[_NIGHT])
    rounds = rounds_a_mission(units.threat[shooter], shells_per_mission)
    stock = state.stock[shooter] // rounds
    flown, carry[order] = whole_missions(due, carry[order], stock, units.expendable[shooter])
    state.stock[shooter] -= flown * rounds
    return flown


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
    missions: Missions,
) -> None:
    """Settle aimpoints, hits, links and times of missions ``first .. first + count - 1`` of an order: a kernel.

    ``room`` is (4, U): chance that a unit is where it was seen, protection (kept), chance of a hit, factor of a hit.
    """
    shooter = orders.rows.unit[order]
    side, last = units.side[shooter], first + count
    delay, together = handover(
        seed, replication, hour, order, conditions.quality[side], numbers[_FAST + side], numbers[_SLOW + side]
    )
    missions.order[first:last] = order
    for mission in range(first, last):
        missions.shot[mission] = mission - first
    missions.coordinated[first:last] = together
    target, point = missions.target[first:last], missions.point[first:last]
    assign_targets(
        seed, replication, hour, order, count, missions.coordinated[first:last], chosen, chosen_count,
        state.elements, state.dummies, numbers[_DISCRIMINATION], left, target, missions.dummy[first:last], point,
    )  # fmt: skip
    _presence(hour, delay, shooter, chosen, chosen_count, units, numbers, figures, state, conditions, room)
    chances_against(seed, replication, target, count, state.contacts, room[0], room[3], room[1], room[2])
    draw_hits(seed, replication, hour, order, count, target, room[2], missions.hits[first:last])
    if units.homing[shooter]:
        room[0, :] = 1.0
        chances_against(seed, replication, target, count, state.contacts, room[0], room[3], room[1], room[2])
        draw_hits(seed, replication, hour, order, count, target, room[2], missions.homes[first:last])
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
        conditions,
        missions,
    )


@compiled
def _presence(
    hour: int,
    delay_h: float,
    shooter: int,
    chosen: Codes,
    count: int,
    units: Records,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    room: Floats,
) -> None:
    """Write for each unit that may be struck the chance that it is still there, and the chance of a hit if so."""
    row, side = figures[units.system[shooter]], units.side[shooter]
    rounds = rounds_a_mission(units.threat[shooter], numbers[_SHELLS])
    for position in range(count):
        unit = chosen[position]
        dwell = numbers[_MOBILE] if units.posture[unit] == MOVING else numbers[_EMPLACED]
        age = hour - state.seen_at[unit] + delay_h
        room[0, unit] = still_there(age, dwell)
        error = conditions.position_error_m[side, units.zone[unit]]
        round_hits = hit_under_position_error(row[_HIT], row[_ACCURACY], error, row[_NAVIGATION])
        room[3, unit] = volley_hit(round_hits, rounds)


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
    conditions: Conditions,
    missions: Missions,
) -> None:
    """Settle when each mission is due, and whether its link holds: a kernel."""
    shooter = orders.rows.unit[order]
    row, side = figures[units.system[shooter]], units.side[shooter]
    begin = max(0.0, orders.rows.start_h[order] - hour) * 3600.0
    span = max(1.0, (min(1.0, orders.rows.end_h[order] - hour)) * 3600.0 - begin)
    jitter, _ = uniforms(seed, replication, RAID, hour, orders.rows.raid[order], _TIMES)
    for mission in range(first, last):
        shot = mission - first
        moment, link, _, _ = four_uniforms(seed, replication, JAMMING, hour, order, shot)
        if orders.rows.salvo[order]:
            missions.time_s[mission] = begin + jitter * 60.0 + shot * numbers[_SPACING]
        else:
            missions.time_s[mission] = begin + moment * span
        target = missions.target[mission]
        if target < 0:
            missions.arrives[mission] = False
            continue
        loss = conditions.link_loss[side, units.zone[target]]
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
    state: Records,
    conditions: Conditions,
    carry: Floats,
    room: Floats,
    left: Integers,
    located: Codes,
    located_count: Integers,
    rank: NDArray[np.int8],
    chosen: Codes,
    missions: Missions,
) -> tuple[int, Missions]:
    """Settle all missions of an hour; return their number, and the missions in room enough: a kernel."""
    located_units(units, state, located, located_count)
    total = 0
    for order in range(orders.rows.unit.size):
        shooter = orders.rows.unit[order]
        ready = order_on[order] and state.elements[shooter] > 0 and state.stock[shooter] > 0
        if not ready or orders.rows.start_h[order] >= hour + 1 or orders.rows.end_h[order] <= hour:
            continue
        found = candidates_of(
            order, hour, orders, units, figures, state, conditions, located, located_count, rank, chosen
        )
        if found == 0:
            continue
        count = missions_of(
            order, hour, orders, units, ground, figures, tempos, numbers[_SHELLS], state, carry
        )
        if count == 0:
            continue
        missions = with_room(missions, total, count)
        aim(
            seed, replication, hour, order, total, count, chosen, found, orders, units, numbers, figures, state,
            conditions, room, left, missions,
        )  # fmt: skip
        total += count
    return total, missions
