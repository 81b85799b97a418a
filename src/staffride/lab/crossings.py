"""Which link or border carries the arrivals of a region, and which of them binds.

A forecast says how many arrive, not by which road. Here they are laid on the shortest open ways to each destination
from the places in conflict. That is an assumption, stated wherever the figures are shown: near a destination all ways
run together, so borders and last links are hardly moved by it, links far inside the country are.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.results.bands import bands
from staffride.scenario.region import Link, Region
from staffride.scenario.region_closures import closes

Floats = NDArray[np.float64]

HOURS_A_DAY = 24


class Ways(NamedTuple):
    """How arrivals are laid on the network.

    Attributes
    ----------
    origins
        (destinations, places) share of the arrivals at each destination who come from each place.
    links
        (destinations, links) share of them who pass each link; zeros where no open way leads to a destination.
    """

    origins: Floats
    links: Floats


class Crossing(NamedTuple):
    """One link, or all links between two countries together.

    Attributes
    ----------
    kind, first, second
        ``link`` with the places at its ends, or ``border`` with its two countries.
    share
        Share of all arrivals who pass it.
    per_day
        (6,) persons per day in the mean of the period: mean and quantiles over paths.
    busiest
        (6,) persons on the busiest day of each path.
    capacity
        Persons who can pass in a day; NaN where none is stated.
    probability
        Share of paths in which on some day more persons come than can pass; NaN where no capacity is stated.
    """

    kind: Literal["link", "border"]
    first: str
    second: str
    share: float
    per_day: Floats
    busiest: Floats
    capacity: float
    probability: float


class Binding(NamedTuple):
    """The crossing to watch.

    Attributes
    ----------
    crossing
        The crossing, or ``None`` where no way leads anywhere.
    by_capacity
        Whether it is the one whose stated capacity is passed most probably; otherwise no crossing has a stated
        capacity, and it is the one on which most arrivals depend.
    """

    crossing: Crossing | None
    by_capacity: bool


def closed_links(region: Region, day: int) -> NDArray[np.bool_]:
    """Return (links,) which of them are closed on ``day``."""
    closures = [one for one in region.closures if one.holds_on(day)]
    return np.array([any(closes(region, one, link) for one in closures) for link in region.links], bool)


def _country(region: Region, place: str) -> str:
    return region.places[region.index[place]].country


def sources(region: Region, day: int) -> Floats:
    """Return (places,) weight of each place as an origin: its people times its conflict, as last seen by ``day``.

    Where nobody lives by the data, conflict alone counts; where there has been none, every conflict zone counts alike,
    and without any, every place of the home country that is no destination.
    """
    seen = region.conflict[: max(min(day + 1, region.days), 1)]
    active = np.flatnonzero(seen.any(axis=1))
    intensity = seen[active[-1]] if len(active) else np.zeros(len(region.places))
    people = np.array([place.population for place in region.places])
    zones = np.array([place.kind == "conflict_zone" for place in region.places], float)
    home = np.array([place.country == region.home for place in region.places], float)
    home[list(region.destinations)] = 0.0
    tried = (intensity * people, intensity, zones, home)
    return next((weight for weight in tried if weight.any()), home)


def ways(region: Region, day: int, *, weight: Floats | None = None) -> Ways:
    """Return how arrivals at each destination are laid on the network as it is on ``day``.

    Of each destination the origins count by their weight over the length of the shortest open way, so that near places
    send more. Nothing after ``day`` is read.

    Parameters
    ----------
    region, day
        The region and the day whose closures hold.
    weight
        (places,) weights of origins; those of `sources` where left out.
    """
    weight = sources(region, day) if weight is None else weight
    neighbours = _neighbours(region, closed_links(region, day))
    origins = np.zeros((len(region.destinations), len(region.places)))
    links = np.zeros((len(region.destinations), len(region.links)))
    for row, destination in enumerate(region.destinations):
        distance, back = _shortest(neighbours, destination)
        nearness = np.where(np.isfinite(distance) & (distance > 0.0), 1.0 / np.maximum(distance, 1.0), 0.0)
        if (share := weight * nearness).any():
            origins[row] = share / share.sum()
            for place in np.flatnonzero(origins[row]):
                for link in _way(region, back, int(place)):
                    links[row, link] += origins[row, place]
    return Ways(origins, links)


def _neighbours(region: Region, closed: NDArray[np.bool_]) -> list[list[tuple[int, int, float]]]:
    """Return for every place its (neighbour, link, kilometres) by open links."""
    found: list[list[tuple[int, int, float]]] = [[] for _ in region.places]
    for at, link in enumerate(region.links):
        if not closed[at]:
            first, second = region.index[link.first], region.index[link.second]
            found[first].append((second, at, link.length_km))
            found[second].append((first, at, link.length_km))
    return found


def _shortest(neighbours: list[list[tuple[int, int, float]]], start: int) -> tuple[Floats, list[int]]:
    """Return the distance of every place to ``start`` and the link by which its way begins; -1 without a way."""
    distance, back = np.full(len(neighbours), np.inf), [-1] * len(neighbours)
    distance[start] = 0.0
    waiting = [(0.0, start)]
    while waiting:
        so_far, place = heapq.heappop(waiting)
        if so_far > distance[place]:
            continue
        for other, link, length in neighbours[place]:
            if so_far + length < distance[other]:
                distance[other], back[other] = so_far + length, link
                heapq.heappush(waiting, (so_far + length, other))
    return distance, back


def _way(region: Region, back: Sequence[int], place: int) -> Iterator[int]:
    """Yield the links from ``place`` to where the search began."""
    while (link := back[place]) >= 0:
        yield link
        one = region.links[link]
        place = region.index[one.second if region.index[one.first] == place else one.first]


def crossings(region: Region, arrivals: Floats, laid: Ways) -> tuple[Crossing, ...]:
    """Return every link and border that anybody passes, those first that bind or carry most.

    Parameters
    ----------
    region
        The region.
    arrivals
        (paths, days, destinations) persons who arrive on each day. Who arrives on a day is counted on the whole way
        on that day.
    laid
        How they are laid on the network.
    """
    found = [
        _crossing(arrivals, laid.links[:, at], ("link", link.first, link.second), _a_day(link))
        for at, link in enumerate(region.links)
        if laid.links[:, at].any()
    ]
    for countries, own in _borders(region).items():
        share = laid.links[:, own].sum(axis=1)
        if share.any():
            capacity = sum(_a_day(region.links[at]) for at in own)
            found.append(_crossing(arrivals, share, ("border", *countries), capacity))
    return tuple(sorted(found, key=_first))


def _a_day(link: Link) -> float:
    """Return how many can pass a link in a day, NaN where that is not stated."""
    return link.persons_per_hour * HOURS_A_DAY if np.isfinite(link.persons_per_hour) else np.nan


def _borders(region: Region) -> dict[tuple[str, str], list[int]]:
    """Return the links between each two countries."""
    found: dict[tuple[str, str], list[int]] = {}
    for at, link in enumerate(region.links):
        first, second = sorted((_country(region, link.first), _country(region, link.second)))
        if first != second:
            found.setdefault((first, second), []).append(at)
    return found


def _crossing(
    arrivals: Floats, share: Floats, name: tuple[Literal["link", "border"], str, str], capacity: float
) -> Crossing:
    load = arrivals @ share
    all_arrivals = arrivals.sum()
    passed = np.nan if np.isnan(capacity) else float((load > capacity).any(axis=1).mean())
    return Crossing(
        *name,
        float(load.sum() / all_arrivals) if all_arrivals > 0.0 else 0.0,
        bands(load.mean(axis=1)),
        bands(load.max(axis=1)),
        capacity,
        passed,
    )


def _first(one: Crossing) -> tuple[float, float, str, str, str]:
    return (-one.probability if one.probability == one.probability else 0.0, -one.share, *one[:3])


def binding(found: Sequence[Crossing]) -> Binding:
    """Return the crossing to watch: the one most probably passed its capacity, else that on which most depend.

    Without any stated capacity nothing can be said to bind. Then the border that carries most is named, or where
    nobody crosses one, the link.
    """
    stated = [one for one in found if np.isfinite(one.capacity)]
    if stated:
        return Binding(max(stated, key=lambda one: (one.probability, one.busiest[0] / one.capacity)), True)
    borders = [one for one in found if one.kind == "border"]
    return Binding(max(borders or found, key=lambda one: one.share, default=None), False)
