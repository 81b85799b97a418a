"""The most that a network can carry from sources to sinks: exact maximum flow, in kernels that make no arrays.

Dinic's algorithm in whole numbers: levels by breadth-first search, then a blocking flow along them, until no sink can
be reached. The flow that it leaves can be cut into routes. A node may be source and sink; the source of all sources
and the sink of all sinks are not drawn, because no shortest way comes back to them.

Edge e has two arcs, ``2 e`` from its tail to its head and ``2 e + 1`` back; an arc's partner is ``arc ^ 1``.

References
----------
Dinic (1970), "Algorithm for solution of a problem of maximum flow in a network with power estimation", Soviet
Mathematics Doklady 11, 1277-1280; Ford and Fulkerson (1956), "Maximal flow through a network", Canadian Journal of
Mathematics 8, 399-404.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled

Integers = NDArray[np.int32]
Amounts = NDArray[np.int64]

NOT_REACHED = -1


class FlowRoom(NamedTuple):
    """A network of N nodes and E edges, and room to find its greatest flow.

    Attributes
    ----------
    first, ends, arcs
        Slots ``first[n]`` to ``first[n + 1]`` are node n's: the node at the other end and the arc that leads there:
        (N + 1,), (2 E,), (2 E,).
    residual
        (2 E,) what an arc can still carry; before: its capacity.
    flow
        (2 E,) what an arc carries, for `take_route`.
    offer, demand
        (N,) what a source can still send, what a sink can still take.
    level, turn, stack, path
        (N,) room: distance from a source, next slot to look at, nodes and slots of a way.
    """

    first: Integers
    ends: Integers
    arcs: Integers
    residual: Amounts
    flow: Amounts
    offer: Amounts
    demand: Amounts
    level: Integers
    turn: Integers
    stack: Integers
    path: Integers


def new_flow_room(nodes: int, tail: Integers, head: Integers) -> FlowRoom:
    """Return room for a network whose edges lead from ``tail`` to ``head``, (E,) each; all capacities are zero.

    The slots of a node are in the order of the nodes at their other ends, so that the order of edges does not matter.
    """
    arc_tail, arc_head = np.stack([tail, head], 1).ravel(), np.stack([head, tail], 1).ravel()
    order = np.lexsort((arc_head, arc_tail)).astype(np.int32)
    first = np.searchsorted(arc_tail[order], np.arange(nodes + 1)).astype(np.int32)
    return FlowRoom(
        first=first,
        ends=arc_head[order].astype(np.int32),
        arcs=order,
        residual=np.zeros(arc_tail.size, np.int64),
        flow=np.zeros(arc_tail.size, np.int64),
        offer=np.zeros(nodes, np.int64),
        demand=np.zeros(nodes, np.int64),
        level=np.zeros(nodes, np.int32),
        turn=np.zeros(nodes, np.int32),
        stack=np.zeros(nodes, np.int32),
        path=np.zeros(nodes, np.int32),
    )


@compiled
def most_flow(room: FlowRoom) -> int:
    """Send as much as the network carries from ``offer`` to ``demand``; return how much that is: a kernel.

    It takes what is sent from ``offer``, ``demand`` and ``residual``. What was sent before stays sent: after a rise of
    some demands it goes on from there, may lead old flow another way, and takes nothing from a sink that has it.

    Equation: ``max flow = min cut`` (the least capacity, with offers and demands, that parts sources from sinks).
    Units: whole numbers of any one unit (kilograms).
    Source: Ford and Fulkerson (1956); Dinic (1970).
    Limits: one commodity; which of several greatest flows is found depends on the order of the nodes.
    """
    sent = 0
    while _set_levels(room):
        sent += _send_along_levels(room)
    return sent


@compiled
def _set_levels(room: FlowRoom) -> bool:
    """Set each node's distance from the nearest source that has something left; say whether a sink was reached."""
    first, ends, arcs, residual = room.first, room.ends, room.arcs, room.residual
    level, queue = room.level, room.stack
    nodes, waiting = level.size, 0
    for node in range(nodes):
        level[node] = NOT_REACHED
        room.turn[node] = first[node]
        if room.offer[node] > 0:
            level[node] = 0
            queue[waiting] = node
            waiting += 1
    done, last = 0, nodes
    while done < waiting:
        node = queue[done]
        done += 1
        if level[node] > last:
            level[node] = NOT_REACHED
            continue
        if room.demand[node] > 0:
            last = level[node]
        for slot in range(first[node], first[node + 1]):
            end = ends[slot]
            if level[end] == NOT_REACHED and residual[arcs[slot]] > 0 and level[node] < last:
                level[end] = level[node] + 1
                queue[waiting] = end
                waiting += 1
    return last < nodes


@compiled
def _send_along_levels(room: FlowRoom) -> int:
    """Send what fits along ways that lead from level to level, until each of them is full: a kernel."""
    first, ends, arcs, residual = room.first, room.ends, room.arcs, room.residual
    level, turn, stack, path = room.level, room.turn, room.stack, room.path
    sent = 0
    for source in range(level.size):
        depth = 0
        stack[0] = source
        while room.offer[source] > 0 and level[source] == 0:
            node = stack[depth]
            if room.demand[node] > 0:
                amount = min(room.offer[source], room.demand[node])
                for step in range(depth):
                    amount = min(amount, residual[arcs[path[step]]])
                room.offer[source] -= amount
                room.demand[node] -= amount
                sent += amount
                for step in range(depth - 1, -1, -1):
                    arc = arcs[path[step]]
                    residual[arc] -= amount
                    residual[arc ^ 1] += amount
                    if residual[arc] == 0:
                        depth = step
                continue
            while turn[node] < first[node + 1]:
                slot = turn[node]
                if level[ends[slot]] == level[node] + 1 and residual[arcs[slot]] > 0:
                    break
                turn[node] += 1
            if turn[node] < first[node + 1]:
                path[depth] = turn[node]
                depth += 1
                stack[depth] = ends[turn[node]]
            elif depth > 0:
                depth -= 1
                turn[stack[depth]] += 1
            else:
                break
    return sent


@compiled
def start_routes(room: FlowRoom, edge_capacity: Amounts) -> None:
    """Set ``flow`` from what is left of equal capacities both ways, ready to be cut into routes by `take_route`."""
    for edge in range(edge_capacity.size):
        room.flow[2 * edge] = max(0, edge_capacity[edge] - room.residual[2 * edge])
        room.flow[2 * edge + 1] = max(0, edge_capacity[edge] - room.residual[2 * edge + 1])
    for node in range(room.level.size):
        room.level[node] = NOT_REACHED
        room.turn[node] = room.first[node]


@compiled
def take_route(room: FlowRoom, source: int, given: Amounts, taken: Amounts) -> tuple[int, int]:
    """Cut one route out of the flow: return what goes along it and its length; a kernel.

    The slots of the route are ``path[:length]``, its nodes ``stack[:length + 1]``; the last one takes the amount.
    ``given``, ``taken`` (N,) are what each source still gives and each sink still takes. A flow in a circle is undone.

    Equation: a flow is a sum of at most E routes and circles; each call takes one route at its narrowest point.
    Units: as the flow. Source: flow decomposition, Ahuja, Magnanti and Orlin (1993), "Network Flows", theorem 3.5.
    Limits: the routes of a flow are not unique.
    """
    ends, arcs, flow = room.ends, room.arcs, room.flow
    depth, node = 0, source
    room.stack[0] = source
    while taken[node] == 0:
        room.level[node] = depth
        while flow[arcs[room.turn[node]]] == 0:
            room.turn[node] += 1
        room.path[depth] = room.turn[node]
        node = ends[room.turn[node]]
        depth += 1
        if room.level[node] != NOT_REACHED:
            depth = _undo_circle(room, room.level[node], depth)
        room.stack[depth] = node
    amount = min(given[source], taken[node])
    for step in range(depth):
        room.level[room.stack[step]] = NOT_REACHED
        amount = min(amount, flow[arcs[room.path[step]]])
    for step in range(depth):
        flow[arcs[room.path[step]]] -= amount
    given[source] -= amount
    taken[node] -= amount
    return amount, depth


@compiled
def _undo_circle(room: FlowRoom, start: int, end: int) -> int:
    """Take a flow in a circle out of the flow: steps ``start`` to ``end`` of the way; return the depth it closes at."""
    least = room.flow[room.arcs[room.path[start]]]
    for step in range(start, end):
        least = min(least, room.flow[room.arcs[room.path[step]]])
        room.level[room.stack[step]] = NOT_REACHED
    for step in range(start, end):
        room.flow[room.arcs[room.path[step]]] -= least
    return start
