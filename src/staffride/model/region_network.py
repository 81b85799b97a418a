"""Ways through a region: from every place to every destination, by length, danger and days of travel.

What is closed and where there is conflict changes on few days. The days with the same state of both form a regime, and
each regime's shortest ways are found once: from each destination outwards, so that every place knows its next link.
This file holds the kernel that finds them.

Limits: everybody takes the same way to a destination, the one of least dangerous length; nobody turns round when a
link closes behind them; links are the same both ways.

References
----------
Dijkstra (1959), "A note on two problems in connexion with graphs", Numerische Mathematik 1, 269-271.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.scenario.region import Closure, Link, Region
from staffride.scenario.region_closures import closes

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]

NO_LINK = -1


class Graph(NamedTuple):
    """Places and links in arrays: V places, L links.

    Attributes
    ----------
    tail, head
        (L,) places at the ends of each link.
    length_km, days
        (L,) length, and mean days that the link takes.
    first, slots
        Slots ``first[v]`` to ``first[v + 1]`` hold the links of place v: (V + 1,), (2 L,).
    """

    tail: Integers
    head: Integers
    length_km: Floats
    days: Floats
    first: Integers
    slots: Integers


class Ways(NamedTuple):
    """The ways of every regime: T days, G regimes, V places, D destinations.

    Attributes
    ----------
    regime
        (T,) regime of each day.
    cost_km
        (G, V, D) length with danger of the way from a place to a destination; infinite where there is none.
    km, days
        (G, V, D) length without danger and days of travel of the same way.
    next_link
        (G, V, D) first link of the way; `NO_LINK` at its end and where there is none.
    """

    regime: Integers
    cost_km: Floats
    km: Floats
    days: Floats
    next_link: Integers


@compiled
def dangerous_km(length_km: float, conflict: float, danger: float) -> float:
    """Return the length at which a link counts when people look for a way.

    Equation: ``length (1 + danger x conflict)``, with the mean conflict of both ends. Worked value: 100 km with
    conflict at one end (0.5) and danger 3 count as 250 km.
    Units: kilometres; conflict 0 to 1; danger is dimensionless, 0 none.
    Source: assumed; a cost that grows with exposure, as in routing under risk (Erkut and Verter 1998).
    Limits: danger lies at places, so a long link counts all of its length.
    """
    return length_km * (1.0 + danger * conflict)


def days_on_link(link: Link, speed_km_per_day: float, walking_km_per_day: float) -> float:
    """Return the mean days that travellers take on a link.

    Equation: ``(1 - w) length / min(speed, link speed) + w length / walking speed`` with w the share who walk.
    Units: kilometres; kilometres per day; days.
    Source: identity.
    Limits: the mean stands for all; who walks is not followed from link to link.
    """
    speed = min(speed_km_per_day, link.speed_km_per_day)
    walking = min(walking_km_per_day, speed)
    share = min(max(link.walking_share, 0.0), 1.0)
    return link.length_km * ((1.0 - share) / speed + share / walking)


def graph_of(region: Region, speed_km_per_day: float, walking_km_per_day: float) -> Graph:
    """Return the places and links of a region in arrays."""
    tail = np.array([region.index[link.first] for link in region.links], np.int32)
    head = np.array([region.index[link.second] for link in region.links], np.int32)
    ends = np.concatenate([tail, head])
    # By place and then by link, whichever end of a link was written first.
    order = np.lexsort((np.arange(ends.size) % max(1, tail.size), ends))
    return Graph(
        tail=tail,
        head=head,
        length_km=np.array([link.length_km for link in region.links], np.float64),
        days=np.array(
            [days_on_link(link, speed_km_per_day, walking_km_per_day) for link in region.links], np.float64
        ),
        first=np.searchsorted(ends[order], np.arange(len(region.places) + 1)).astype(np.int32),
        slots=(order % max(1, tail.size)).astype(np.int32),
    )


def open_links(region: Region) -> Flags:
    """Return (days, links) whether a link can be used.

    Equation: closed while a closure of its two countries, of one of its places, of its two places or of itself holds.
    Units: days of the period.
    Source: definition of the closures of a `Region`.
    Limits: a closed link is closed to everybody, both ways.
    """
    is_open = np.ones((region.days, len(region.links)), np.bool_)
    for closure in region.closures:
        days = _span(closure, region.days)
        for at, link in enumerate(region.links):
            if closes(region, closure, link):
                is_open[days, at] = False
    return is_open


def _span(closure: Closure, days: int) -> slice:
    last = days if closure.last_day is None else closure.last_day
    return slice(max(0, closure.first_day), max(0, last))


def open_destinations(region: Region) -> Flags:
    """Return (days, destinations) whether a destination takes people.

    Equation: closed while a closure of the camp holds, while it is in conflict itself, and while a redirection takes
    people on from it to another destination.
    Units: days of the period.
    Source: definition of the closures of a `Region`.
    Limits: a redirection from a destination to a place that is none changes no choice; people already there stay.
    """
    names = region.destination_names
    is_open = region.conflict[:, list(region.destinations)] <= 0.0
    for closure in region.closures:
        if closure.kind in ("camp", "idp_camp") and closure.first in names:
            is_open[_span(closure, region.days), names.index(closure.first)] = False
    for start, end in _redirections(region.links):
        if start in names and end in names:
            for day in range(region.days):
                ended = any(_ends(closure, start, end, day) for closure in region.closures)
                is_open[day, names.index(start)] &= ended
    return is_open


def _redirections(links: Iterable[Link]) -> list[tuple[str, str]]:
    """Return from where to where people are taken on.

    Folders write 2 for a way from the first name to the second, such as from a hub to its camp, and 1 for the other.
    """
    both = [(link.first, link.second, link.forced_redirection) for link in links if link.forced_redirection]
    return [(first, second) if code == 2 else (second, first) for first, second, code in both]


def _ends(closure: Closure, start: str, end: str, day: int) -> bool:
    """Return whether a redirection is off; one whose last day is no later than its first never comes back."""
    if closure.kind != "forced_redirection" or (closure.first, closure.second) != (start, end):
        return False
    back = closure.last_day
    return closure.first_day <= day and (back is None or back <= closure.first_day or day < back)


def regimes(state: Floats) -> tuple[Integers, Integers]:
    """Return (days,) the regime of each day, and (regimes,) the first day of each; ``state`` is (days, any).

    Equation: two days are of one regime where their rows of ``state`` are equal.
    Units: none.
    Source: definition.
    Limits: exact.
    """
    found: dict[bytes, int] = {}
    first: list[int] = []
    regime = np.zeros(len(state), np.int32)
    for day, row in enumerate(state):
        key = row.tobytes()
        if key not in found:
            found[key] = len(first)
            first.append(day)
        regime[day] = found[key]
    return regime, np.array(first, np.int32)


def find_ways(region: Region, graph: Graph, is_open: Flags, danger: float) -> Ways:
    """Return the ways of a region for every regime of open links and, where danger counts, of conflict."""
    level = region.conflict if danger > 0.0 else np.zeros((region.days, 0))
    regime, days = regimes(np.hstack([is_open, level]))
    mean = 0.5 * (region.conflict[days][:, graph.tail] + region.conflict[days][:, graph.head])
    targets = np.array(region.destinations, np.int32)
    shape = (days.size, len(region.places), targets.size)
    cost, km, taken = (np.full(shape, math.inf) for _ in range(3))
    next_link = np.full(shape, NO_LINK, np.int32)
    search(graph, np.ascontiguousarray(is_open[days]), mean, danger, targets, cost, km, taken, next_link)
    return Ways(regime, cost, km, taken, next_link)


@compiled
def search(
    graph: Graph,
    is_open: Flags,
    conflict: Floats,
    danger: float,
    targets: Integers,
    cost_km: Floats,
    km: Floats,
    days: Floats,
    next_link: Integers,
) -> None:
    """Fill the ways of all regimes by Dijkstra's search from every destination (compiled kernel).

    Equation: ``cost(v) = min over open links of (dangerous length + cost of the other end)``, 0 at the destination.
    Units: kilometres; days. ``is_open`` and ``conflict`` are (G, L), the results (G, V, D).
    Source: Dijkstra (1959).
    Limits: of two equal ways the one over the link that comes first in the order of the region.
    """
    regimes, places, destinations = cost_km.shape
    links = graph.tail.size
    length = np.empty(links)
    cost = np.empty(places)
    done = np.empty(places, np.bool_)
    heap_cost, heap_place = np.empty(2 * links + 1), np.empty(2 * links + 1, np.int32)
    for regime in range(regimes):
        for link in range(links):
            length[link] = dangerous_km(graph.length_km[link], conflict[regime, link], danger)
        for destination in range(destinations):
            cost[:] = math.inf
            done[:] = False
            target = targets[destination]
            cost[target] = 0.0
            km[regime, target, destination] = days[regime, target, destination] = 0.0
            heap_cost[0], heap_place[0], waiting = 0.0, target, 1
            while waiting > 0:
                place = heap_place[0]
                waiting = _drop_first(heap_cost, heap_place, waiting)
                if done[place]:
                    continue
                done[place] = True
                cost_km[regime, place, destination] = cost[place]
                for slot in range(graph.first[place], graph.first[place + 1]):
                    link = graph.slots[slot]
                    other = graph.head[link] if graph.tail[link] == place else graph.tail[link]
                    new = cost[place] + length[link]
                    if is_open[regime, link] and not done[other] and new < cost[other]:
                        cost[other] = new
                        km[regime, other, destination] = (
                            km[regime, place, destination] + graph.length_km[link]
                        )
                        days[regime, other, destination] = days[regime, place, destination] + graph.days[link]
                        next_link[regime, other, destination] = link
                        waiting = _insert(heap_cost, heap_place, waiting, new, other)


@compiled
def _insert(costs: Floats, places: Integers, waiting: int, cost: float, place: int) -> int:
    """Add an entry to a binary heap; return how many there are."""
    at = waiting
    while at > 0:
        parent = (at - 1) // 2
        if not _before(cost, place, costs[parent], places[parent]):
            break
        costs[at], places[at] = costs[parent], places[parent]
        at = parent
    costs[at], places[at] = cost, place
    return waiting + 1


@compiled
def _drop_first(costs: Floats, places: Integers, waiting: int) -> int:
    """Take the first entry out of a binary heap; return how many are left."""
    last = waiting - 1
    cost, place, at = costs[last], places[last], 0
    while 2 * at + 1 < last:
        child = 2 * at + 1
        if child + 1 < last and _before(costs[child + 1], places[child + 1], costs[child], places[child]):
            child += 1
        if not _before(costs[child], places[child], cost, place):
            break
        costs[at], places[at] = costs[child], places[child]
        at = child
    costs[at], places[at] = cost, place
    return last


@compiled
def _before(cost: float, place: int, other_cost: float, other_place: int) -> bool:
    """Return whether an entry comes first: the nearer, and of equals the lower number."""
    return cost < other_cost or (cost == other_cost and place < other_place)
