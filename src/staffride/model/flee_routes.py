"""Routes under Flee's rules: which people know of, which are closed, and how each is weighed.

A route is a path without loops of at most as many links as people know ahead; markers are passed free of charge. It is
weighed by its end alone: how attractive that is, how far, and how full. All who stand at a place weigh alike.

Limits: what lies along a route does not count, not even conflict; roads carry any number.

References
----------
As for ``flee_places``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.flee_places import MARKER, Flags, Floats, Integers, Places
from staffride.model.flee_settings import FleeSettings, Quirks
from staffride.scenario.region import Closure, Link, Region


class Roads(NamedTuple):
    """Every link in both directions: 2 i from its first to its second end, 2 i + 1 back.

    Attributes
    ----------
    start, end
        (2 L,) positions of the places at its ends.
    length_km, speed, walking
        (2 L,) length, kilometres a day, share who walk.
    """

    start: Integers
    end: Integers
    length_km: Floats
    speed: Floats
    walking: Floats


class Routes(NamedTuple):
    """Every route that people know, for each state of closures.

    Attributes
    ----------
    state
        (T,) which state of closures holds on a day.
    closed
        (states, 2 L) which directions are closed.
    first
        (states, N + 1) where the routes of a place begin in what follows.
    goal, km
        (R,) end and length.
    leg_first, legs
        (R + 1,) where the links of a route begin in ``legs``.
    seen_first, seen
        (N + 1,) and positions of places: which places have ever had a route that ends at a place.
    """

    state: Integers
    closed: Flags
    first: Integers
    goal: Integers
    km: Floats
    leg_first: Integers
    legs: Integers
    seen_first: Integers
    seen: Integers


def roads_of(region: Region, settings: FleeSettings) -> Roads:
    """Return the links of a region in both directions."""

    def both(values: list[float]) -> Floats:
        return np.repeat(np.asarray(values, np.float64), 2)

    ends = np.array([(region.index[one.first], region.index[one.second]) for one in region.links], np.int64)
    speeds = [_own_speed(link, settings.max_move_speed) for link in region.links]
    return Roads(
        start=ends.reshape(-1),
        end=ends.reshape(-1, 2)[:, ::-1].reshape(-1),
        length_km=both([link.length_km for link in region.links]),
        speed=both(speeds),
        walking=both([link.walking_share for link in region.links]),
    )


def _own_speed(link: Link, general: float) -> float:
    return link.speed_km_per_day if np.isfinite(link.speed_km_per_day) else general


def routes_of(region: Region, settings: FleeSettings, quirks: Quirks, places: Places, roads: Roads) -> Routes:
    """Return every route of every state of closures."""
    closed = closed_by_day(region, quirks, roads)
    redirected = redirected_by_day(region, quirks, roads) & ~closed
    both = np.hstack([closed, redirected])
    states, state = np.unique(both, axis=0, return_inverse=True)
    count, directions = len(region.places), len(roads.start)
    marker = (places.kind == MARKER).any(axis=0)
    first, goal, km = list[list[int]](), list[int](), list[float]()
    sizes, legs = [0], list[int]()
    for shut, forced in zip(states[:, :directions], states[:, directions:], strict=True):
        ways = _ways(roads, shut, forced, count)
        first.append([len(goal)])
        for start in range(count):
            for path in known_paths(ways, roads.end, marker, start, max(1, settings.awareness_level)):
                goal.append(int(roads.end[path[-1]]))
                km.append(float(roads.length_km[list(path)].sum()))
                legs.extend(path)
                sizes.append(len(legs))
            first[-1].append(len(goal))
    return Routes(
        np.asarray(state, np.int64).reshape(-1),
        np.ascontiguousarray(states[:, :directions]),
        np.asarray(first, np.int64),
        np.asarray(goal, np.int64),
        np.asarray(km, np.float64),
        np.asarray(sizes, np.int64),
        np.asarray(legs, np.int64),
        *_seen_from(np.asarray(first, np.int64), goal, count),
    )


def _ways(roads: Roads, shut: Flags, forced: Flags, count: int) -> list[list[int]]:
    """Return the open directions that leave each place: the redirection alone where one holds."""
    ways: list[list[int]] = [[] for _ in range(count)]
    for direction in np.flatnonzero(~shut):
        ways[roads.start[direction]].append(int(direction))
    for direction in np.flatnonzero(forced):
        ways[roads.start[direction]] = [int(direction)]
    return ways


def known_paths(
    ways: list[list[int]], end: Integers, marker: Flags, start: int, awareness: int
) -> Iterator[tuple[int, ...]]:
    """Yield every route from a place, as its directed links.

    Equation: all paths without loops of at most ``awareness`` links, where a link into a marker counts as none; none
    ends at a marker.
    Units: links.
    Source: Suleimenova and others (2021).
    Limits: two links between the same places are two routes.
    """
    pending: list[tuple[tuple[int, ...], int, int, frozenset[int]]] = [
        ((), start, awareness, frozenset((start,)))
    ]
    while pending:
        path, place, left, visited = pending.pop()
        for direction in ways[place]:
            there = int(end[direction])
            if there in visited or (left == 0 and not marker[there]):
                continue
            longer = (*path, direction)
            rest = left if marker[there] else left - 1
            if not marker[there]:
                yield longer
            if rest > 0 or marker[there]:
                pending.append((longer, there, rest, visited | {there}))


def _seen_from(first: Integers, goal: list[int], count: int) -> tuple[Integers, Integers]:
    """Return which places have a route to each place, in any state of closures."""
    seen: list[set[int]] = [set() for _ in range(count)]
    for offsets in first:
        for start in range(count):
            for route in range(offsets[start], offsets[start + 1]):
                seen[goal[route]].add(start)
    sizes = np.cumsum([0, *map(len, seen)])
    return sizes.astype(np.int64), np.asarray([one for places in seen for one in sorted(places)], np.int64)


def closed_by_day(region: Region, quirks: Quirks, roads: Roads) -> Flags:
    """Return (T, 2 L) which directions of which links are closed.

    Equation: a border between two countries closes every link from one to the other, both ways; a place every link of
    it, or those to the second place where two are named; a link itself. Those who are on it return to its start.
    Units: days.
    Source: Suleimenova, Bell, Groen (2017).
    Limits: closed or open, nothing between.
    """
    closed = np.zeros((region.days, len(roads.start)), np.bool_)
    for closure in region.closures:
        shut = _shut_by(closure, region, quirks, roads)
        days = np.array([closure.holds_on(day) for day in range(region.days)], np.bool_)
        closed |= days[:, None] & shut[None, :]
    return closed


def _shut_by(closure: Closure, region: Region, quirks: Quirks, roads: Roads) -> Flags:
    """Return (2 L,) which directions a closure closes while it holds."""
    if closure.kind == "country":
        names = np.array([place.country for place in region.places])
    else:
        names = np.array([place.name for place in region.places])
    starts, ends = names[roads.start], names[roads.end]
    out = (starts == closure.first) & (ends == closure.second)
    between = np.asarray(out | ((starts == closure.second) & (ends == closure.first)), np.bool_)
    if closure.kind == "country":
        return between
    if closure.kind == "link" and not quirks.link_closures_do_nothing:
        return between
    if closure.kind == "location":
        whole = not closure.second or quirks.location_closure_takes_all_links
        every = (starts == closure.first) | (ends == closure.first)
        return np.asarray(every, np.bool_) if whole else between
    return np.zeros(len(starts), np.bool_)


def redirected_by_day(region: Region, quirks: Quirks, roads: Roads) -> Flags:
    """Return (T, 2 L) which directions all take who leave their start.

    Equation: a redirection of 2 leads from the first to the second end of a link, 1 from the second to the first, until
    the day on which it is removed.
    Units: days.
    Source: Suleimenova and Groen (2020), JASSS 23(1)2.
    Limits: it says where those go who leave, not how many do.
    """
    redirected = np.zeros((region.days, len(roads.start)), np.bool_)
    if quirks.forced_redirection_does_nothing:
        return redirected
    removed = {
        frozenset((one.first, one.second)): one.first_day
        for one in region.closures
        if one.kind == "forced_redirection"
    }
    for at, link in enumerate(region.links):
        if link.forced_redirection in (1, 2):
            until = removed.get(frozenset((link.first, link.second)), region.days)
            redirected[: max(0, until), 2 * at + (link.forced_redirection == 1)] = True
    return redirected


@compiled
def room(people: float, capacity: float, buffer: float) -> float:
    """Return how attractive a camp still is for those who regard how full it is.

    Equation: 1 up to ``buffer x capacity``, then on a straight line to 0 at the capacity.
    Units: people and capacity in the same unit; 0 to 1.
    Source: Suleimenova, Bell, Groen (2017).
    Limits: 1 where the capacity is infinite; those who are on the way still enter.
    """
    if math.isinf(capacity) or people <= buffer * capacity:
        return 1.0
    return max(0.0, (capacity - people) / (capacity * (1.0 - buffer))) if buffer < 1.0 else 0.0


@compiled
def route_weight(
    score: float, km: float, room_left: float, shape: tuple[float, float, float, float]
) -> float:
    """Return the weight of a route: people draw one in proportion to it.

    Equation: ``[(s + score) / (d + km)^p x room]^q``.
    Units: kilometres; s, d, p, q are the settings weight_softening, softening, distance_power and weight_power.
    Source: Suleimenova and others (2021).
    Limits: a route of no length with no softening counts as one of a metre.
    """
    score_added, km_added, distance_power, weight_power = shape
    weight = (score_added + score) / max(km_added + km, 0.001) ** distance_power * room_left
    return float(weight**weight_power)
