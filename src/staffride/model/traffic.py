"""Vehicles on the roads out: free flow, capacity, queues that spill back, a checkpoint, closures.

Each vehicle's times are found exactly, event by event, not in steps.  A link is a queue in the sense of
Newell's kinematic-wave theory with a triangular flow-density diagram.  The n-th vehicle on a link

- reaches its end no earlier than its entry plus the free-flow time,
- enters no earlier than 1 / capacity after the vehicle before it,
- enters no earlier than the vehicle ``storage`` places before it left the link plus the time that a free
  space takes to travel back (spill-back),
- enters only while the link is open.

Vehicles pass a node in the order in which they arrive there, whichever road they come from.  Because all
roads lead to one exit, every queue can be served by asking its end for the next vehicle: when a vehicle
moves on, the vehicle behind it is the only one whose time can be found next, and all that it depends on is
known.  So the cost is a few operations per vehicle and link, without a calendar of events.

Limits: no overtaking, no turning back, no slow start of a standing queue beyond the backward wave.

References
----------
Newell (1993), "A simplified theory of kinematic waves in highway traffic, parts I-III", Transportation
Research Part B 27, 281-313; Newell (2002), "A simplified car-following theory: a lower order model",
Transportation Research Part B 36, 195-205.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.road_network import Network, build_network, network_of

__all__ = ["Network", "build_network", "drive", "network_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]

NOBODY = 2**31 - 1
_ORIGIN = -1


@compiled
def service_end_h(service_rate: Floats, start_h: float) -> float:
    """Return when the checkpoint has dealt with a vehicle whose turn comes at ``start_h``.

    One vehicle is served at a time, and a closed checkpoint (rate zero) serves nobody.
    Equation: ``integral of service_rate from start to end = 1``.
    Units: hours since the start of the period; vehicles per hour.
    Source: deterministic queue with a rate that varies in time, Newell (1982), "Applications of queueing
    theory", second edition.

    Parameters
    ----------
    service_rate
        Vehicles per hour, constant within each hour of the period; shape (H,), zero or more.
    start_h
        Hours since the start of the period, zero or more.

    Returns
    -------
    float
        Hours since the start of the period; infinite if not within the period.
    """
    if not start_h < len(service_rate):
        return math.inf
    hour = int(start_h)
    missing = 1.0
    now = start_h
    while hour < len(service_rate):
        possible = service_rate[hour] * (hour + 1.0 - now)
        if possible >= missing:
            return float(now + missing / service_rate[hour])
        missing -= possible
        hour += 1
        now = float(hour)
    return math.inf


@compiled
def entry_h(
    arrival_h: float, last_entry_h: float, headway_h: float, space_freed_h: float, back_h: float
) -> float:
    """Return the earliest entry to an open link: on arrival, a headway after the last, into free space.

    A space is freed by the vehicle ``storage`` places before, and that is felt ``back_h`` later (`wave_h`).
    Equation: ``max(arrival, last entry + headway, space freed + back)``.
    Units: hours since the start of the period; hours for headway and back.
    Source: Newell (1993, 2002): the upper bounds that arrivals, capacity and the queue ahead set to a
    cumulative curve.
    """
    return max(arrival_h, last_entry_h + headway_h, space_freed_h + back_h)


@compiled
def wave_h(storage: int, headway_h: float, free_flow_h: float) -> float:
    """Return the hours until a free space at the end of a full link is felt at its start.

    A full link then carries just its capacity.
    Equation: ``length / w = storage / capacity - free-flow time``, with the speed of the wave
    ``w = capacity / (jam density - capacity / free-flow speed)``.
    Units: hours; vehicles for ``storage``; hours per vehicle for ``headway_h = 1 / capacity``.
    Source: Newell (1993): the triangular flow-density diagram.
    """
    return max(0.0, storage * headway_h - free_flow_h)


@compiled
def after_closures_h(time_h: float, begin_h: Floats, end_h: Floats, first: int, last: int) -> float:
    """Return the first moment from ``time_h`` on at which the link is open.

    ``begin_h[first:last]`` and ``end_h[first:last]`` are its closures, ascending and apart.
    Equation: ``end`` of the closure with ``begin <= time < end``, else ``time``.
    Units: hours since the start of the period.
    Source: an incident as a bottleneck of capacity zero, Daganzo (1997), "Fundamentals of transportation and
    traffic operations".
    """
    for closure in range(first, last):
        if begin_h[closure] <= time_h < end_h[closure]:
            time_h = end_h[closure]
    return time_h


@compiled
def column_of(time_h: float) -> int:
    """Return the hour at whose end an event first counts: events in (k, k + 1] belong to column k."""
    return max(0, math.ceil(time_h) - 1)


@compiled
def comes_first(vehicle: int, arrival_h: float, other: int, other_arrival_h: float) -> bool:
    """Return whether a vehicle passes a node before another: first come, first served.

    Ties go to the lower number, so that the order of the roads does not matter.  `NOBODY` at an infinite
    time comes after everybody.
    Equation: ``(arrival, vehicle) < (other arrival, other vehicle)``, compared from left to right.
    Units: hours since the start of the period.
    Source: first-in-first-out node, Newell (1993), part III; Daganzo (1995), "The cell transmission model,
    part II: network traffic", Transportation Research Part B 29, 79-93, gives the merges with priority that
    this leaves out.
    """
    return arrival_h < other_arrival_h or (arrival_h == other_arrival_h and vehicle < other)


@compiled
def _group_by_origin(origin_node: Integers, nodes: int) -> tuple[NDArray[np.int64], Integers]:
    """Return where each node's vehicles begin in a list of vehicles grouped by node, and the list."""
    first = np.zeros(nodes + 1, dtype=np.int64)
    for vehicle in range(len(origin_node)):
        first[origin_node[vehicle] + 1] += 1
    for node in range(nodes):
        first[node + 1] += first[node]
    position = first[:-1].copy()
    grouped = np.empty(len(origin_node), dtype=np.int32)
    for vehicle in range(len(origin_node)):
        node = origin_node[vehicle]
        grouped[position[node]] = vehicle
        position[node] += 1
    return first, grouped


@compiled
def _accumulate(by_hour: Integers, since_start: Integers) -> None:
    """Sum counts of each hour, shape (links, H), into counts since the start, shape (H, links)."""
    since_start[:] = 0
    for link in range(since_start.shape[1]):
        total = 0
        for hour in range(since_start.shape[0]):
            total += by_hour[link, hour]
            since_start[hour, link] = total


@compiled
def _first_spaces(network: Network, waiting_first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each link's spaces begin in one array of all; shape (L + 2,).

    A link has no more spaces than vehicles that will ever use it, which is the same and takes less memory.
    """
    users = np.diff(waiting_first)
    first = np.zeros(len(network.link_from) + 1, dtype=np.int64)
    first[1:] = 1
    for link in network.upstream_first:
        coming = users[network.link_from[link]]
        users[network.link_to[link]] += coming
        first[link + 1] = max(1, min(coming, network.storage[link]))
    return np.cumsum(first)


@compiled
def _count(by_hour: Integers, link: int, time_h: float) -> None:
    """Count an event on a link in its hour, shape (links, H), if it is within the period."""
    if time_h <= by_hour.shape[1]:
        by_hour[link, column_of(time_h)] += 1


@compiled
def drive(
    network: Network,
    origin_node: Integers,
    ready_h: Floats,
    service_rate: Floats,
    enter_h: Floats,
    checkpoint_h: Floats,
    exit_h: Floats,
    link_in: Integers,
    link_out: Integers,
    link_reached: Integers | None = None,
) -> None:
    """Send every vehicle from its place to the exit and write down when it passes where.

    All times are hours since the start of the period; infinite means not within the period.  Nothing is
    returned: the last arguments are filled.

    Parameters
    ----------
    network
        The roads.
    origin_node
        Node at which each vehicle starts; shape (V,).  From each there must be a way to the exit.
    ready_h
        When each vehicle is ready to leave, ascending, zero or more; shape (V,).
    service_rate
        Vehicles per hour that the checkpoint serves in each hour of the period; shape (H,).
    enter_h, checkpoint_h, exit_h
        Filled with when each vehicle enters its first link, leaves the checkpoint, and reaches the exit;
        shape (V,).  A vehicle on whose way there is no checkpoint keeps an infinite ``checkpoint_h``.
    link_in, link_out, link_reached
        Filled with how many vehicles have entered each link, left it, and reached its end by the end of
        each hour; shape (H, L).  In - out are on the link, reached - out wait at its end.
    """
    # A kernel of one piece, because handing some twenty arrays to a helper for every vehicle and link costs
    # more than the work itself.
    hours, links = link_in.shape
    link_from, storage, headway_h = network.link_from, network.storage, network.headway_h
    free_flow_h, checkpoint_node = network.free_flow_h, network.checkpoint_node
    incoming_first, incoming_link = network.incoming_first, network.incoming_link
    closure_first, begin_h, end_h = network.closure_first, network.closure_begin_h, network.closure_end_h
    entered = np.zeros((links + 1, hours), dtype=np.int32)
    reached, left = np.zeros_like(entered), np.zeros_like(entered)
    enter_h[:] = math.inf
    checkpoint_h[:] = math.inf
    exit_h[:] = math.inf

    waiting_first, waiting = _group_by_origin(origin_node, len(network.next_link))
    waiting_next, waiting_end = waiting_first[:-1].copy(), waiting_first[1:]
    head_vehicle = np.full(links + 1, NOBODY, dtype=np.int64)
    head_arrival_h = np.full(links + 1, math.inf)
    last_entry_h = np.full(links + 1, -math.inf)
    space_first = _first_spaces(network, waiting_first)
    space_next = space_first[:-1].copy()
    space_freed_h = np.full(space_first[-1], -math.inf)
    checkpoint_free_h = 0.0

    # First every link gets its head, the farthest first; then vehicles are asked out of the exit.
    for step in range(len(network.upstream_first) + len(origin_node)):
        link = network.upstream_first[step] if step < len(network.upstream_first) else links
        # Bring the next vehicle to the head of this link, then fill the gap that it leaves behind, and so on
        # up the road until a vehicle comes out of a town.
        while link != _ORIGIN:
            node = link_from[link]
            vehicle, time_h, source = NOBODY, math.inf, _ORIGIN
            if waiting_next[node] < waiting_end[node]:
                vehicle = waiting[waiting_next[node]]
                time_h = ready_h[vehicle]
            for position in range(incoming_first[node], incoming_first[node + 1]):
                other = incoming_link[position]
                if comes_first(head_vehicle[other], head_arrival_h[other], vehicle, time_h):
                    vehicle, time_h, source = head_vehicle[other], head_arrival_h[other], other
            head_vehicle[link] = vehicle
            if vehicle == NOBODY:
                head_arrival_h[link] = math.inf
                break

            if node == checkpoint_node:
                time_h = service_end_h(service_rate, max(time_h, checkpoint_free_h))
            back_h = wave_h(storage[link], headway_h[link], free_flow_h[link])
            freed_h = space_freed_h[space_next[link]]
            time_h = entry_h(time_h, last_entry_h[link], headway_h[link], freed_h, back_h)
            if closure_first[link] < closure_first[link + 1]:
                time_h = after_closures_h(
                    time_h, begin_h, end_h, closure_first[link], closure_first[link + 1]
                )
            if time_h > hours:
                time_h = math.inf
            _count(entered, link, time_h)
            last_entry_h[link] = time_h
            head_arrival_h[link] = time_h + free_flow_h[link]

            if node == checkpoint_node:
                checkpoint_h[vehicle] = checkpoint_free_h = time_h
            if link == links:
                exit_h[vehicle] = time_h
            if source == _ORIGIN:
                waiting_next[node] += 1
                enter_h[vehicle] = time_h
            else:
                _count(reached, source, head_arrival_h[source])
                _count(left, source, time_h)
                space = space_next[source]
                space_freed_h[space] = time_h
                space_next[source] = space + 1 if space + 1 < space_first[source + 1] else space_first[source]
            link = source

    _accumulate(entered, link_in)
    _accumulate(left, link_out)
    if link_reached is not None:
        _accumulate(reached, link_reached)
