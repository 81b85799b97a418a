"""The roads as the traffic model sees them: one way out for every place, in plain arrays."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.schema import Link, Scenario

CLOSING_EVENTS = frozenset({"closure", "incident"})
"""Kinds of events that close the link that they name for as long as they last."""

Window = tuple[float, float]
"""A span of hours in which a link is closed: from (included) until (excluded)."""


class Network(NamedTuple):
    """Roads that lead to one exit; node n is place n of the scenario, link l is link l of the scenario.

    Every node has at most one next link, so the links in use form a tree whose root is the exit.  Links are
    queues in the sense of Newell (1993, 2002): a free-flow time, a capacity, and a number of vehicles that
    fit.  After the L links of the scenario comes one more that stands for the world beyond the exit: it
    starts there, takes no time and is never full.
    """

    exit_node: int
    """The node that vehicles want to reach."""
    checkpoint_node: int
    """The node with the checkpoint, or -1 if there is none."""
    next_link: NDArray[np.int32]
    """Link on which a vehicle leaves each node, -1 at the exit and where there is no way; shape (N,)."""
    link_from: NDArray[np.int32]
    """Node at which each link starts, -1 for a link that is not used; shape (L + 1,)."""
    link_to: NDArray[np.int32]
    """Node at which each link ends, -1 for a link that is not used; shape (L + 1,)."""
    incoming_first: NDArray[np.int32]
    """Links that end at node n: ``incoming_link[incoming_first[n]:incoming_first[n + 1]]``."""
    incoming_link: NDArray[np.int32]
    """Links in use, grouped by the node at which they end."""
    upstream_first: NDArray[np.int32]
    """Links in use, each after all links that lead to it."""
    free_flow_h: NDArray[np.float64]
    """Hours on each empty link; shape (L + 1,)."""
    headway_h: NDArray[np.float64]
    """Hours between two vehicles at capacity; shape (L + 1,)."""
    storage: NDArray[np.int64]
    """Vehicles that fit on each link when it is jammed; shape (L + 1,)."""
    closure_first: NDArray[np.int32]
    """Closures of link l are rows ``closure_first[l]`` to ``closure_first[l + 1] - 1``; shape (L + 2,)."""
    closure_begin_h: NDArray[np.float64]
    """Start of each closure, in hours since the start of the period; ascending within a link."""
    closure_end_h: NDArray[np.float64]
    """End of each closure."""


class Road(NamedTuple):
    """One link in the direction in which people leave."""

    start: int
    end: int
    free_flow_h: float
    capacity_vehicles_per_h: float
    storage_vehicles: float
    closed: tuple[Window, ...] = ()


def build_network(scenario: Scenario, exit_place: str, checkpoint_place: str | None) -> Network:
    """Find the way out of every inhabited place and put the roads into arrays.

    The way out is the one whose links are closed for the least part of the period, and among these the
    one with the shortest free-flow time.  Links that civilians may not use are left out, and so are those
    on nobody's way.

    Parameters
    ----------
    scenario
        Its places, links, people, period, and the events up to its cut-off that close a link.
    exit_place, checkpoint_place
        Ids of places.

    Raises
    ------
    InputError
        A place is unknown; people live where no road leads to the exit; the checkpoint is on no such road.
    """
    index = {place.id: number for number, place in enumerate(scenario.places)}
    _demand_places(index, exit_place, checkpoint_place)
    windows = [_closed(scenario, link) for link in scenario.links]
    ways = _ways_out(scenario, index, windows, index[exit_place])
    roads = _roads_used(scenario, index, windows, ways)
    problems = [
        *_stranded(scenario, index, ways, exit_place),
        *_without_checkpoint(scenario, index, roads, checkpoint_place),
    ]
    if problems:
        raise InputError(problems)
    checkpoint = -1 if checkpoint_place is None else index[checkpoint_place]
    return network_of(roads, len(index), len(scenario.links), index[exit_place], checkpoint)


def _roads_used(
    scenario: Scenario,
    index: Mapping[str, int],
    windows: Sequence[tuple[Window, ...]],
    ways: Mapping[int, int],
) -> dict[int, Road]:
    """Return the links on the way out of any inhabited place, by number."""
    roads: dict[int, Road] = {}
    for row in scenario.people:
        node = index[row.place]
        while row.share > 0.0 and node in ways and ways[node] not in roads:
            number = ways[node]
            roads[number] = _road(scenario.links[number], node, index, windows[number])
            node = roads[number].end
    return roads


def _demand_places(index: Mapping[str, int], *names: str | None) -> None:
    """Raise an error that names every unknown place."""
    problems = [
        Problem(f"unknown place {name!r}", expected="the id of a place", suggestion=nearest(name, index))
        for name in names
        if name is not None and name not in index
    ]
    if problems:
        raise InputError(problems)


def _road(link: Link, start: int, index: Mapping[str, int], closed: tuple[Window, ...]) -> Road:
    """Return a link in the direction away from ``start``."""
    end = index[link.to_place] if index[link.from_place] == start else index[link.from_place]
    storage = link.jam_density_vehicles_per_km * link.length_km
    return Road(start, end, link.free_flow_h, link.capacity_vehicles_per_h, storage, closed)


def _closed(scenario: Scenario, link: Link) -> tuple[Window, ...]:
    """Return when a link is closed within the period: ascending windows that do not touch."""
    return _merged(_closed_windows(scenario, link), float(scenario.period.hours))


def _closed_windows(scenario: Scenario, link: Link) -> Iterable[Window]:
    """Yield when a link is closed: before it opens, after it closes for good, and during known events."""
    hour_of = scenario.period.hour_of
    if link.open_from is not None:
        yield -math.inf, hour_of(link.open_from)
    if link.open_until is not None:
        yield hour_of(link.open_until), math.inf
    for event in scenario.events:
        if event.link == link.id and event.kind in CLOSING_EVENTS and event.time <= scenario.cutoff:
            yield hour_of(event.time), hour_of(event.time) + (event.duration_h or 0.0)


def _merged(windows: Iterable[Window], hours: float) -> tuple[Window, ...]:
    """Return windows within the period in order, with those that touch or overlap joined."""
    joined: list[Window] = []
    for begin, end in sorted(windows):
        if end <= max(begin, 0.0) or begin >= hours:
            continue
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _closed_hours(windows: Sequence[Window], hours: float) -> float:
    """Return for how many hours of the period a link is closed."""
    return sum(min(end, hours) - max(begin, 0.0) for begin, end in windows)


def _ways_out(
    scenario: Scenario, index: Mapping[str, int], windows: Sequence[Sequence[Window]], exit_node: int
) -> dict[int, int]:
    """Return the next link of every node that can reach the exit (Dijkstra 1959, from the exit outwards)."""
    hours = float(scenario.period.hours)
    neighbours: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, link in enumerate(scenario.links):
        if link.civilian_use and _closed_hours(windows[number], hours) < hours:
            start, end = index[link.from_place], index[link.to_place]
            neighbours[start].append((end, number))
            neighbours[end].append((start, number))
    ways: dict[int, int] = {}
    # Names break ties, so that the order of the tables does not matter.
    queue: list[tuple[float, float, str, int, int]] = [(0.0, 0.0, "", exit_node, -1)]
    while queue:
        closed, travelled, _, node, number = heapq.heappop(queue)
        if node in ways:
            continue
        ways[node] = number
        for neighbour, step in neighbours[node]:
            link, longest = scenario.links[step], max(closed, _closed_hours(windows[step], hours))
            heapq.heappush(queue, (longest, travelled + link.free_flow_h, link.id, neighbour, step))
    del ways[exit_node]
    return ways


def _stranded(
    scenario: Scenario, index: Mapping[str, int], ways: Mapping[int, int], exit_place: str
) -> Iterable[Problem]:
    """Yield a problem for every place where people live but from which no way leads out."""
    for row in scenario.people:
        if row.share > 0.0 and row.place != exit_place and index[row.place] not in ways:
            yield scenario.problem(
                f"people.{row.place}",
                f"no road leads from {row.place!r} to {exit_place!r} in the period",
                expected="links that civilians may use, open for some of the period",
                suggestion="add a link, or correct open_from, open_until or civilian_use",
            )


def _without_checkpoint(
    scenario: Scenario, index: Mapping[str, int], roads: Mapping[int, Road], checkpoint_place: str | None
) -> Iterable[Problem]:
    """Yield a problem if nobody would meet the checkpoint."""
    met = {node for road in roads.values() for node in (road.start, road.end)}
    if checkpoint_place is not None and index[checkpoint_place] not in met:
        yield scenario.problem(
            "checkpoint_place",
            f"the checkpoint {checkpoint_place!r} is on nobody's way out",
            expected="a place on the shortest open way from where people live to the exit",
            suggestion="correct checkpoint_place, or the links around it",
        )


def network_of(
    roads: Mapping[int, Road], nodes: int, links: int, exit_node: int, checkpoint_node: int
) -> Network:
    """Put roads, by link number, into the arrays of the traffic model.

    The number of vehicles that fit on a link, jam density times length, is rounded up to a whole one.

    Parameters
    ----------
    roads
        By number of link: at most one that starts at each node, all leading to ``exit_node``.
    nodes, links
        Numbers of places and links of the scenario.
    exit_node, checkpoint_node
        Numbers of nodes; -1 for no checkpoint.
    """
    link_from, link_to = np.full((2, links + 1), -1, dtype=np.int32)
    link_from[links] = exit_node
    next_link = np.full(nodes, -1, dtype=np.int32)
    for number, road in roads.items():
        link_from[number], link_to[number] = road.start, road.end
        next_link[road.start] = number
    free_flow_h, headway_h, storage = _flow_of(roads, links)
    incoming_first, incoming_link = _incoming(roads, nodes)
    windows = [roads[number].closed if number in roads else () for number in range(links + 1)]
    return Network(
        exit_node=exit_node,
        checkpoint_node=checkpoint_node,
        next_link=next_link,
        link_from=link_from,
        link_to=link_to,
        incoming_first=incoming_first,
        incoming_link=incoming_link,
        upstream_first=_upstream_first(roads),
        free_flow_h=free_flow_h,
        headway_h=headway_h,
        storage=storage,
        closure_first=np.cumsum([0, *map(len, windows)]).astype(np.int32),
        closure_begin_h=np.array([begin for rows in windows for begin, _ in rows], dtype=np.float64),
        closure_end_h=np.array([end for rows in windows for _, end in rows], dtype=np.float64),
    )


def _flow_of(
    roads: Mapping[int, Road], links: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return free-flow time and headway (hours) and room (vehicles) of each link, shape (links + 1,)."""
    free_flow_h, headway_h = np.zeros(links + 1), np.zeros(links + 1)
    storage = np.ones(links + 1, dtype=np.int64)
    for number, road in roads.items():
        free_flow_h[number] = road.free_flow_h
        headway_h[number] = 1.0 / road.capacity_vehicles_per_h
        # A hair less than the product, because 140 x 1.3 is 182.00000000000003.
        storage[number] = max(1, math.ceil(road.storage_vehicles - 1e-6))
    return free_flow_h, headway_h, storage


def _incoming(roads: Mapping[int, Road], nodes: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return where each node's incoming links begin, shape (nodes + 1,), and the links in that order."""
    used = sorted(roads, key=lambda number: (roads[number].end, number))
    ends = [roads[number].end for number in used]
    first = np.searchsorted(ends, np.arange(nodes + 1)).astype(np.int32)
    return first, np.array(used, dtype=np.int32)


def _upstream_first(roads: Mapping[int, Road]) -> NDArray[np.int32]:
    """Return the links sorted by their number of links to the exit, the farthest first."""
    by_start = {road.start: road for road in roads.values()}

    def links_to_exit(number: int) -> int:
        count, node = 1, roads[number].end
        while node in by_start:
            count, node = count + 1, by_start[node].end
        return count

    return np.array(sorted(roads, key=lambda number: (-links_to_exit(number), number)), dtype=np.int32)
