"""Supply in the hour of a campaign, in kernels that make no arrays: what flows, what is used, what is repaired.

Whole kilograms flow, so that nothing is lost to rounding. A way is open to the side that holds both its ends, so the
two sides' networks never touch, and one flow is found for both, in rungs: first all places may have a part of their
need, then more, so that a near place is not filled while a far one starves; only what the network cannot carry
differs. The flow is then cut into routes, and on each the convoys that are lost are drawn.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import number
from staffride.model.campaign_state import Codes, Flags, Floats, Records
from staffride.model.ground_state import FOOT_PATH, NOWHERE, Theatre
from staffride.model.max_flow import Amounts, FlowRoom, most_flow, new_flow_room, start_routes, take_route
from staffride.model.supply import (
    DAY_H,
    ammunition_activity,
    capacity_t_per_day,
    convoys_for,
    convoys_lost,
    daily_use_t,
    loss_chance,
    loss_rate,
    repaired,
    stock_after,
    stock_with,
    sufficiency,
)

RUNGS = 4
"""Parts in which needs are met in turn: no place is ahead of another by more than one part, but for the network."""

AMBUSH_STEP = 0.25
"""Change of the rate at which convoys are lost on a way from which on the flow is looked at anew."""

SENT, LOST = 0, 1
"""What becomes of supply: it sets out; it is lost on the way."""

_START, _MOST = number("supply.{side}.start"), number("supply.most")
_PERSONS, _FIGHTERS = number("supply.persons"), number("supply.fighters")
_GUNS, _FUEL = number("supply.guns"), number("supply.fuel")
_DEFENCE, _REST = number("supply.defence"), number("supply.rest")
_SHORT, _LOAD = number("supply.short"), number("supply.load")
_FORD, _REPAIR, _HUNTED = number("supply.ford"), number("supply.repair"), number("supply.hunted")
_KG = 1000.0


class SupplyRoom(NamedTuple):
    """Room for supply, and what it remembers within a replication.

    Attributes
    ----------
    network
        Places, ways, and room to find a flow.
    capacity, way_of
        (W,) kilograms that a way carries; (2 W,) way of each slot of the network.
    given, taken, wanted, arrived
        (P,) kilograms: of a source's offer used, met of a need, needed, arrived.
    need_t
        (F,) tonnes that a formation asks for.
    routes
        (P,) routes to a place so far, for their luck.
    bridges, bridged
        (B,) units that are a bridge of some way; the ways that have one.
    last_h
        (1,) hour of the last delivery.
    holder_then, standing_then, ambush_then
        (P,), (B,), (W,) the network at the last delivery.
    passed_t
        (2, 2) tonnes of each side since the start: `SENT`, `LOST`.
    convoys
        (2, 2) convoys of each side since the start: `SENT`, `LOST`.
    """

    network: FlowRoom
    capacity: Amounts
    way_of: Codes
    given: Amounts
    taken: Amounts
    wanted: Amounts
    arrived: Amounts
    need_t: Floats
    routes: Codes
    bridges: Codes
    bridged: Codes
    last_h: Codes
    holder_then: Codes
    standing_then: Codes
    ambush_then: Floats
    passed_t: Floats
    convoys: Amounts


def new_supply_room(theatre: Theatre) -> SupplyRoom:
    """Return room for the supply of a theatre."""
    ways, places = theatre.ways, theatre.sites.size
    network = new_flow_room(places, ways.a, ways.b)
    bridged = np.flatnonzero(ways.bridge != NOWHERE).astype(np.int32)
    bridges = np.unique(ways.bridge[bridged])
    return SupplyRoom(
        network=network,
        capacity=np.zeros(ways.size, np.int64),
        way_of=(network.arcs // 2).astype(np.int32),
        given=np.zeros(places, np.int64),
        taken=np.zeros(places, np.int64),
        wanted=np.zeros(places, np.int64),
        arrived=np.zeros(places, np.int64),
        need_t=np.zeros(theatre.formations.size),
        routes=np.zeros(places, np.int32),
        bridges=bridges,
        bridged=bridged,
        last_h=np.zeros(1, np.int32),
        holder_then=np.zeros(places, np.int32),
        standing_then=np.zeros(bridges.size, np.int32),
        ambush_then=np.zeros(ways.size),
        passed_t=np.zeros((2, 2)),
        convoys=np.zeros((2, 2), np.int64),
    )


@compiled
def begin_supply(formations: Records, numbers: Floats, troops: Records, room: SupplyRoom) -> None:
    """Fill the stocks for the start of a replication, and forget the network of the one before."""
    for one in range(formations.size):
        days = numbers[_START + formations.side[one]]
        troops.ammunition[one], troops.fuel[one], troops.food[one] = days, days, days
    room.last_h[0] = 0
    for place in range(room.holder_then.size):
        room.holder_then[place] = NOWHERE - 1
    for side in range(2):
        for what in range(2):
            room.passed_t[side, what] = 0.0
            room.convoys[side, what] = 0


@compiled
def repair(seed: int, replication: int, hour: int, numbers: Floats, state: Records, room: SupplyRoom) -> None:
    """Let destroyed bridges be repaired in this hour."""
    for bridge in room.bridges:
        destroyed = state.elements[bridge] < state.initial[bridge]
        if destroyed and repaired(seed, replication, hour, bridge, numbers[_REPAIR]):
            state.elements[bridge] += 1
            state.damage[bridge] = 0.0


@compiled
def network_changed(control: Records, roads: Records, state: Records, room: SupplyRoom) -> bool:
    """Say whether holders, bridges or ambushes are others than at the last delivery."""
    for place in range(control.size):
        if control.holder[place] != room.holder_then[place]:
            return True
    for at in range(room.bridges.size):
        if state.elements[room.bridges[at]] != room.standing_then[at]:
            return True
    most = 0.0
    for way in range(roads.size):
        most = max(most, abs(roads.ambush[way] - room.ambush_then[way]))
    return most > AMBUSH_STEP


@compiled
def deliver(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    source_on: Flags,
    troops: Records,
    control: Records,
    roads: Records,
    politics: Records,
    state: Records,
    overhead: Floats,
    numbers: Floats,
    levels: Floats,
    room: SupplyRoom,
) -> None:
    """Bring to formations what came since the last delivery over the network as it stands now: a kernel.

    ``roads.capacity_t`` is what a way carried before; it is set anew for those with a bridge.

    Parameters
    ----------
    source_on
        (D,) whether a source takes part.
    state
        (U,) units, of which some are bridges.
    overhead
        (2, Z) share of the time with the other side's drones over a zone, by the side below.
    """
    hours = hour - room.last_h[0]
    room.last_h[0] = hour
    _look_at_network(theatre.ways, control, roads, state, numbers[_FORD], room)
    _ask(theatre.formations, theatre.ways, troops, control, numbers, room)
    if hours > 0:
        _open(hours / DAY_H, theatre, source_on, control, roads, politics, levels, room)
        _flow(room)
        _carry(seed, replication, hour, theatre, control, roads, overhead, numbers, room)
    _share(hours > 0, theatre.formations, troops, politics, numbers, room)


@compiled
def _look_at_network(
    ways: Records, control: Records, roads: Records, state: Records, ford: float, room: SupplyRoom
) -> None:
    """Set what the ways with bridges carry, and remember the network."""
    for place in range(control.size):
        room.holder_then[place] = control.holder[place]
    for at in range(room.bridges.size):
        room.standing_then[at] = state.elements[room.bridges[at]]
    for way in range(roads.size):
        room.ambush_then[way] = roads.ambush[way]
    for way in room.bridged:
        bridge = ways.bridge[way]
        standing = 1.0 if state.initial[bridge] == 0 else state.elements[bridge] / state.initial[bridge]
        roads.capacity_t[way] = capacity_t_per_day(ways.capacity_t[way], standing, ford)


@compiled
def _ask(
    formations: Records, ways: Records, troops: Records, control: Records, numbers: Floats, room: SupplyRoom
) -> None:
    """Set what each formation that can be reached needs to be full, and its place with it."""
    most = numbers[_MOST]
    for place in range(control.size):
        room.wanted[place] = 0
    for one in range(formations.size):
        room.need_t[one] = 0.0
        if can_be_reached(one, formations.side[one], ways, troops, control):
            persons, vehicles = troops.present[one], troops.armour[one] + troops.guns[one]
            need = max(0.0, most - troops.food[one]) * daily_use_t(persons, 0, numbers[_PERSONS], 0.0)
            need += max(0.0, most - troops.ammunition[one]) * daily_use_t(
                persons, vehicles, numbers[_FIGHTERS], numbers[_GUNS]
            )
            need += max(0.0, most - troops.fuel[one]) * daily_use_t(0, vehicles, 0.0, numbers[_FUEL])
            room.need_t[one] = need
            room.wanted[troops.place[one]] += math.ceil(need * _KG)


@compiled
def can_be_reached(one: int, side: int, ways: Records, troops: Records, control: Records) -> bool:
    """Return whether supply can come to a formation at all.

    Equation: present, at (or last at) a place of its side, neither encircled, nor behind the enemy, nor on a foot path.
    Units: none. Source: definition. Limits: what marches on a road is supplied from the place that it left.
    """
    place, way = troops.place[one], troops.way[one]
    if troops.present[one] <= 0 or troops.encircled[one] or troops.behind[one] != NOWHERE:
        return False
    on_path = way != NOWHERE and ways.kind[way] == FOOT_PATH and troops.attacks[one] == NOWHERE
    return bool(control.holder[place] == side and not on_path)


@compiled
def _open(
    days: float,
    theatre: Theatre,
    source_on: Flags,
    control: Records,
    roads: Records,
    politics: Records,
    levels: Floats,
    room: SupplyRoom,
) -> None:
    """Open for so many days the ways whose ends one side holds, and the sources that their side holds."""
    network, ways = room.network, theatre.ways
    for place in range(control.size):
        room.given[place] = 0
    for source in range(theatre.source_place.size):
        place, side = theatre.source_place[source], theatre.source_side[source]
        if source_on[source] and control.holder[place] == side:
            sends_t = levels[theatre.source_level[source]] * (1.0 - politics.embargo[0, side]) * days
            room.given[place] += int(sends_t * _KG)
    for place in range(control.size):
        network.offer[place] = room.given[place]
    for way in range(ways.size):
        holder = control.holder[ways.a[way]]
        is_open = control.holder[ways.b[way]] == holder and holder != NOWHERE and ways.kind[way] != FOOT_PATH
        room.capacity[way] = int(roads.capacity_t[way] * days * _KG) if is_open else 0
        network.residual[2 * way] = room.capacity[way]
        network.residual[2 * way + 1] = room.capacity[way]


@compiled
def _flow(room: SupplyRoom) -> None:
    """Find the flow that meets most, rung by rung; afterwards ``given`` and ``taken`` are what is used and met."""
    network = room.network
    for place in range(room.wanted.size):
        network.demand[place] = 0
        room.arrived[place], room.routes[place] = 0, 0
    for rung in range(1, RUNGS + 1):
        for place in range(room.wanted.size):
            wanted = room.wanted[place]
            network.demand[place] += wanted * rung // RUNGS - wanted * (rung - 1) // RUNGS
        most_flow(network)
    for place in range(room.wanted.size):
        room.given[place] -= network.offer[place]
        room.taken[place] = room.wanted[place] - network.demand[place]
    start_routes(network, room.capacity)


@compiled
def _carry(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    control: Records,
    roads: Records,
    overhead: Floats,
    numbers: Floats,
    room: SupplyRoom,
) -> None:
    """Send convoys along every route of the flow and draw which of them are lost: a kernel."""
    network, ways, zone = room.network, theatre.ways, theatre.sites.zone
    for source in range(room.given.size):
        side = control.holder[source]
        while room.given[source] > 0:
            amount, length = take_route(network, source, room.given, room.taken)
            end, rate = network.stack[length], 0.0
            for step in range(length):
                way = room.way_of[network.path[step]]
                above = (overhead[side, zone[ways.a[way]]] + overhead[side, zone[ways.b[way]]]) / 2.0
                rate += loss_rate(roads.ambush[way], numbers[_HUNTED], above, ways.length_km[way])
            sent, lost = convoys_for(amount / _KG, numbers[_LOAD]), 0
            if rate > 0.0:
                chance = loss_chance(rate)
                lost = convoys_lost(seed, replication, hour, end, room.routes[end], sent, chance)
            arrived = amount - amount * lost // sent
            room.routes[end] += 1
            room.arrived[end] += arrived
            room.convoys[side, SENT] += sent
            room.convoys[side, LOST] += lost
            room.passed_t[side, SENT] += amount / _KG
            room.passed_t[side, LOST] += (amount - arrived) / _KG


@compiled
def _share(
    delivers: bool, formations: Records, troops: Records, politics: Records, numbers: Floats, room: SupplyRoom
) -> None:
    """Share what arrived at each place among the formations there, by need, and set how far each side's is met."""
    most, short = numbers[_MOST], numbers[_SHORT]
    persons_0, persons_1, met_0, met_1 = 0.0, 0.0, 0.0, 0.0
    for one in range(formations.size):
        if delivers and room.need_t[one] > 0.0:
            met = room.arrived[troops.place[one]] / room.wanted[troops.place[one]]
            troops.ammunition[one] = stock_with(troops.ammunition[one], most, met)
            troops.fuel[one] = stock_with(troops.fuel[one], most, met)
            troops.food[one] = stock_with(troops.food[one], most, met)
        present = float(troops.present[one])
        enough = present * sufficiency(min(troops.ammunition[one], troops.food[one]), short)
        if formations.side[one] == 0:
            persons_0, met_0 = persons_0 + present, met_0 + enough
        else:
            persons_1, met_1 = persons_1 + present, met_1 + enough
    politics.supply_share[0, 0] = met_0 / persons_0 if persons_0 > 0.0 else 1.0
    politics.supply_share[0, 1] = met_1 / persons_1 if persons_1 > 0.0 else 1.0


@compiled
def consume(troops: Records, numbers: Floats) -> None:
    """Let every formation use what it does in this hour."""
    defence, rest = numbers[_DEFENCE], numbers[_REST]
    for one in range(troops.size):
        if troops.present[one] <= 0:
            continue
        attacks = troops.attacks[one] != NOWHERE
        use = ammunition_activity(troops.contact[one] > 0.0, attacks, defence, rest)
        troops.ammunition[one] = stock_after(troops.ammunition[one], use, 1.0)
        moves = 1.0 if troops.way[one] != NOWHERE else rest
        troops.fuel[one] = stock_after(troops.fuel[one], moves, 1.0)
        troops.food[one] = stock_after(troops.food[one], 1.0, 1.0)
