"""The raids of an hour: all that flies at one side's targets, put before that side's batteries.

What flies at a side in an hour is one raid, in which every battery serves every order; so nothing depends on the order
in which orders are written. Ways and times are from ``campaign_geometry``, the events are those of ``raid``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import JAMMING, uniforms
from staffride.model.air_defence import ALWAYS_EMITS, EMITS_WHILE_ENGAGING, NEVER_EMITS
from staffride.model.campaign_codes import (
    ALWAYS,
    BLINKING,
    KINDS,
    class_code,
    figure,
    number,
)
from staffride.model.campaign_geometry import keep_near, meet, watch_of, way_of
from staffride.model.campaign_muster import batteries_of, early_warning_km, group_flights
from staffride.model.campaign_room import RaidRoom
from staffride.model.campaign_state import Codes, Conditions, Flags, Floats, Ground, Orders, Records
from staffride.model.campaign_tally import Counts
from staffride.model.information import is_announced
from staffride.model.jamming import false_targets
from staffride.model.raid import (
    KILLED,
    STRUCK,
    Batteries,
    Groups,
    Threats,
    resolve_raid,
)

_CHANNELS, _ENGAGEMENT, _SALVO = figure("channels"), figure("engagement_time"), figure("salvo")
_DETECTION = figure("detection_range")
_WARNING = number("information.{side}.outside_warning")
_SHOOT_FALSE, _LOOKS = number("air_defence.shoot_false"), number("air_defence.looks")
_VARIABILITY, _DWELL = number("air_defence.engagement_variability"), number("air_defence.dwell_variability")
_DECOY, _BY_AIR_DEFENCE = class_code("decoy_aircraft"), KINDS.index("air_defence")
_SHOTS_OF_ORDER, _FALSE = 1 << 16, 1 << 20


@compiled
def batteries_in_raid(
    batteries: int,
    chosen: Codes,
    linked: Flags,
    units: Records,
    numbers: Floats,
    figures: Floats,
    state: Records,
    raid: Batteries,
) -> int:
    """Fill ``raid`` with the batteries that meet it, as it sees them; return their channels, all together."""
    channels = 0
    for b in range(batteries):
        battery = chosen[b]
        own = figures[units.system[battery]]
        raid.key[b] = battery + 1
        raid.channels[b] = max(1, int(own[_CHANNELS] + 0.5))
        raid.engagement_s[b] = own[_ENGAGEMENT]
        raid.salvo[b] = max(1, int(own[_SALVO] + 0.5))
        raid.looks[b] = max(1, int(numbers[_LOOKS] + 0.5))
        raid.networked[b] = linked[b]
        raid.emission[b] = NEVER_EMITS if own[_DETECTION] <= 0.0 else EMITS_WHILE_ENGAGING
        if units.emission[battery] == ALWAYS or units.emission[battery] == BLINKING:
            raid.emission[b] = ALWAYS_EMITS
        raid.elements[b] = state.elements[battery]
        raid.rounds[b] = state.rounds[battery]
        raid.shots[b], raid.rounds_lost[b] = 0, 0
        channels += raid.channels[b] * raid.elements[b]
    return channels


@compiled
def groups_in_raid(groups: int, batteries: int, room: RaidRoom) -> Groups:
    """Return room for how the groups of a raid, and its false targets, meet its batteries."""
    pairs, shape = groups * batteries, (groups, batteries)
    return Groups(
        room.meeting[0][:pairs].reshape(shape),
        room.meeting[1][:pairs].reshape(shape),
        room.impact_s[:groups],
        room.meeting[2][:pairs].reshape(shape),
        room.meeting[3][:pairs].reshape(shape),
    )


@compiled
def first_batteries(count: int, room: Batteries) -> Batteries:
    """Return the first batteries of the room for them."""
    return Batteries(
        room.key[:count], room.channels[:count], room.engagement_s[:count], room.salvo[:count],
        room.looks[:count], room.networked[:count], room.emission[:count], room.elements[:count],
        room.rounds[:count], room.shots[:count], room.rounds_lost[:count],
    )  # fmt: skip


@compiled
def first_threats(count: int, room: Threats) -> Threats:
    """Return the first threats of the room for them."""
    return Threats(
        room.key[:count], room.group[:count], room.start_s[:count], room.aim[:count], room.strikes[:count],
        room.home_on_emission[:count],
    )  # fmt: skip


@compiled
def threats_in_raid(
    flights: int,
    phantoms: int,
    groups: int,
    order: Codes,
    flight: Codes,
    group: Codes,
    place: Codes,
    orders: Orders,
    units: Records,
    missions: Records,
    start_s: Floats,
    threats: Threats,
) -> None:
    """Fill ``threats`` with the flights and false targets of a raid in the order of their start: a kernel.

    Parameters
    ----------
    order
        Flights (below ``flights``) and false targets (from there) by start, ascending.
    place
        (U,) index of a unit among the batteries of the raid, -1 for none.
    """
    for position in range(flights + phantoms):
        threats.aim[position] = -1
        threats.strikes[position] = threats.home_on_emission[position] = False
        one = order[position]
        threats.group[position] = group[one] if one < flights else groups + one - flights
        threats.start_s[position] = start_s[one]
        if one >= flights:
            threats.key[position] = _FALSE + one - flights
            continue
        mission = flight[one]
        shooter, target = orders.rows.unit[missions.order[mission]], missions.target[mission]
        threats.key[position] = _SHOTS_OF_ORDER * (missions.order[mission] + 32) + missions.shot[mission]
        would_strike = missions.hits[mission] or missions.homes[mission]
        if units.expendable[shooter] and not missions.dummy[mission] and would_strike:
            threats.aim[position] = place[target]
            threats.strikes[position] = True
            threats.home_on_emission[position] = not missions.hits[mission]


@compiled
def add_false_targets(
    seed: int,
    replication: int,
    hour: int,
    flights: int,
    phantoms: int,
    groups: int,
    group: Codes,
    numbers: Floats,
    met: Groups,
    start_s: Floats,
) -> None:
    """Let each false target fly as one of the flights does; a battery shoots at it by a chance of its own."""
    for phantom in range(phantoms):
        u, _ = uniforms(seed, replication, JAMMING, hour, _FALSE, 1 + phantom)
        model = int(u * flights)
        like, one = group[model], groups + phantom
        start_s[flights + phantom] = start_s[model]
        met.impact_s[one] = met.impact_s[like]
        for b in range(met.in_s.shape[1]):
            met.in_s[one, b], met.out_s[one, b] = met.in_s[like, b], met.out_s[like, b]
            met.kill[one, b], met.shoot[one, b] = met.kill[like, b], numbers[_SHOOT_FALSE]


@compiled
def by_start(start_s: Floats, order: Codes) -> None:
    """Write the indices of ``start_s`` into ``order``, ascending by start and then by index."""
    for one in range(start_s.size):
        place = one
        while place > 0 and start_s[order[place - 1]] > start_s[one]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = one


@compiled
def fly(
    seed: int,
    replication: int,
    hour: int,
    side: int,
    flights: int,
    orders: Orders,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    missions: Records,
    state: Records,
    conditions: Conditions,
    chosen: Codes,
    linked: Flags,
    place: Codes,
    counts: Counts,
    room: RaidRoom,
) -> bool:
    """Resolve the flights of an hour at a side, and return true; false where the room is too small: a kernel.

    Sets for each mission whether it arrives, and whether a munition that homes has struck; takes rounds from the
    batteries, and aircraft and drones that are shot down from their units.
    """
    flight, group, example = room.flight, room.group, room.example
    groups = group_flights(flights, flight, missions, group, example)
    u, _ = uniforms(seed, replication, JAMMING, hour, _FALSE, 0)
    phantoms = false_targets(u, conditions.false_targets[side])
    if flights + phantoms > room.order.size:
        return False
    for one in range(groups):
        room.impact_s[one] = way_of(
            example[one], orders, units, ground, figures, missions, state, room.ways, one
        )
    batteries = batteries_of(seed, replication, hour, side, units, ground, state, conditions, chosen, linked)
    for b in range(batteries):
        watch_of(
            seed, replication, hour, chosen[b], linked[b], units, numbers, figures, state, conditions,
            room.watches, b,
        )  # fmt: skip
    batteries = keep_near(groups, room.ways, batteries, chosen, linked, room.watches, state)
    if batteries == 0:
        _tally(side, flights, flight, orders, units, missions, counts)
        return True
    met = groups_in_raid(groups + phantoms, batteries, room)
    detected_s = room.meeting[4][: groups * batteries].reshape((groups, batteries))
    warned_km = early_warning_km(side, units, ground, figures, state)
    if is_announced(seed, replication, hour, 0, numbers[_WARNING + side]):
        warned_km = np.inf
    meet(
        warned_km, conditions.delay_h[side], groups, example, batteries, chosen, linked, room.watches, orders,
        units, ground, numbers, figures, missions, state, room.ways, detected_s, met,
    )  # fmt: skip
    start_s, order = room.start_s[: flights + phantoms], room.order[: flights + phantoms]
    for one in range(flights):
        start_s[one] = missions.time_s[flight[one]] - met.impact_s[group[one]]
    add_false_targets(seed, replication, hour, flights, phantoms, groups, group, numbers, met, start_s)
    by_start(start_s, order)
    place[:] = -1
    for b in range(batteries):
        place[chosen[b]] = b
    raid, threats = first_batteries(batteries, room.batteries), first_threats(order.size, room.threats)
    channels = batteries_in_raid(batteries, chosen, linked, units, numbers, figures, state, raid)
    if channels > room.work.ends.size:
        return False
    threats_in_raid(
        flights, phantoms, groups, order, flight, group, place, orders, units, missions, start_s, threats
    )
    outcome, end_s = room.outcome[: order.size], room.end_s[: order.size]
    resolve_raid(
        seed, replication, hour, 0, threats, met, raid, numbers[_VARIABILITY], numbers[_DWELL], room.work,
        outcome, end_s,
    )  # fmt: skip
    _outcomes(flights, order, flight, orders, units, threats, met, outcome, end_s, missions, counts)
    _spend(side, batteries, chosen, raid, state, counts)
    _tally(side, flights, flight, orders, units, missions, counts)
    return True


@compiled
def share_fate(count: int, missions: Records) -> None:
    """Let the further weapons of a flight share the fate of the first, which stands before them."""
    first = 0
    for mission in range(count):
        if not missions.aboard[mission]:
            first = mission
            continue
        missions.arrives[mission] &= missions.arrives[first]
        missions.shot_down[mission] = missions.shot_down[first]
        missions.crashes[mission] = missions.crashes[first]


@compiled
def _outcomes(
    flights: int,
    order: Codes,
    flight: Codes,
    orders: Orders,
    units: Records,
    threats: Threats,
    met: Groups,
    outcome: NDArray[np.int8],
    end_s: Floats,
    missions: Records,
    counts: Counts,
) -> None:
    """Write what became of each flight: stopped, arrived, struck; and count what was shot down."""
    for position in range(order.size):
        if order[position] >= flights:
            continue
        mission = flight[order[position]]
        shooter = orders.rows.unit[missions.order[mission]]
        if outcome[position] == KILLED:
            impact = threats.start_s[position] + met.impact_s[threats.group[position]]
            missions.arrives[mission] = end_s[position] > impact
            missions.shot_down[mission] = True
            one, attacker = units.target_class[shooter], units.side[shooter]
            if units.returns[shooter] or units.expendable[shooter]:
                counts.lost[attacker, one] += 1
                counts.cause[attacker, one, _BY_AIR_DEFENCE] += 1
        elif threats.aim[position] >= 0:
            missions.hits[mission] = outcome[position] == STRUCK
            missions.coordinated[mission] = True


@compiled
def _spend(side: int, batteries: int, chosen: Codes, raid: Batteries, state: Records, counts: Counts) -> None:
    """Take what batteries have fired, and what went up with their launchers, from their rounds."""
    for b in range(batteries):
        state.rounds[chosen[b]] = raid.rounds[b]
        state.fired[chosen[b]] |= raid.shots[b] > 0
        counts.rounds_fired[side] += raid.shots[b]
        counts.rounds_lost[side] += raid.rounds_lost[b]


@compiled
def _tally(
    side: int, flights: int, flight: Codes, orders: Orders, units: Records, missions: Records, counts: Counts
) -> None:
    """Count the armed threats that flew at a side, and those that came through."""
    for one in range(flights):
        mission = flight[one]
        if units.target_class[orders.rows.unit[missions.order[mission]]] != _DECOY:
            counts.threats[side] += 1
            counts.leakers[side] += missions.arrives[mission]
