"""A region as the arrays that both engines read: roads, ways, origins and destinations.

T days, L links, V places, O places where people can start, D destinations, G regimes, C classes of people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.region_choice import Choice, weigh_origins
from staffride.model.region_corridor import Corridors, corridors_of
from staffride.model.region_network import Graph, Ways, find_ways, graph_of, open_destinations, open_links
from staffride.model.region_origins import origin_shares, people_at
from staffride.model.region_volume import Volume
from staffride.scenario.region import Region

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

AT_HOME = -1
"""Host of a destination in the country that people flee from."""


class Roads(NamedTuple):
    """Links, and when they are open.

    Attributes
    ----------
    tail, head, days
        (L,) places at the ends, mean days that a link takes.
    is_open
        (T, L) whether a link can be used.
    next_closing
        (T,) first later day on which some open link closes; T where none does.
    """

    tail: Integers
    head: Integers
    days: Floats
    is_open: Flags
    next_closing: Integers


class Origins(NamedTuple):
    """Where people start.

    Attributes
    ----------
    place
        (O,) their places.
    share
        (T, O) share of a day's newly displaced.
    class_of
        (O,) class of those who start there; one class for all unless something later depends on the origin.
    people
        (O,) persons at home on day 0.
    """

    place: Integers
    share: Floats
    class_of: Integers
    people: Counts


class Destinations(NamedTuple):
    """Where people go.

    Attributes
    ----------
    place, capacity, host
        (D,) their places, persons they can hold, number of the country of asylum (`AT_HOME` for none).
    is_open, can_be_entered
        (T, D) whether they take people; and whether some road to them is open besides.
    depth_km
        (T, D) mean length with danger from the origins, closures left aside: how far from the fighting.
    stock
        (D,) persons there on day 0.
    """

    place: Integers
    capacity: Floats
    host: Integers
    is_open: Flags
    can_be_entered: Flags
    depth_km: Floats
    stock: Counts


class Newly(NamedTuple):
    """How many are newly displaced: a `Volume` by class (one column) or by origin.

    Attributes
    ----------
    kind
        As in `Volume`.
    by_place
        Whether the amount has a column for each origin.
    amount
        (T, 1) persons of all together, or (T, O) persons, means or chances by origin.
    falls
        (T,) persons by which the total falls.
    """

    kind: int
    by_place: bool
    amount: Floats
    falls: Floats


class World(NamedTuple):
    """Everything that both engines read."""

    roads: Roads
    corridors: Corridors
    ways: Ways
    origins: Origins
    destinations: Destinations
    newly: Newly


def world_of(
    region: Region,
    volume: Volume,
    choice: Choice,
    *,
    speed_km_per_day: float = math.inf,
    walking_km_per_day: float = 35.0,
    decay: Sequence[float] = (1.0,),
    interval_days: int = 30,
    capacity: Floats | None = None,
    by_origin: bool = False,
) -> World:
    """Return a region in arrays.

    Parameters
    ----------
    volume
        How many are newly displaced.
    choice
        Parameters of the choice of a destination.
    speed_km_per_day, walking_km_per_day
        Speed of travel; infinite: people arrive on the day on which they leave.
    decay, interval_days
        How a conflict displaces fewer as it grows old.
    capacity
        (D,) persons, in place of those of the region.
    by_origin
        Whether people are told apart by origin.
    """
    walking = walking_km_per_day if math.isfinite(speed_km_per_day) else math.inf
    graph = graph_of(region, speed_km_per_day, walking)
    is_open = open_links(region)
    ways = find_ways(region, graph, is_open, choice.danger)
    shares = weigh_origins(origin_shares(region, decay, interval_days), people_at(region), choice.population)
    by_place = volume.amount.shape[1] > 1 or len(region.places) == 1
    exposed = (volume.amount if by_place else shares).any(axis=0)
    starts = np.flatnonzero(exposed).astype(np.int32)
    depth = _depth(region, graph, shares, choice.danger)
    amount = np.ascontiguousarray(volume.amount[:, starts] if by_place else volume.amount)
    return World(
        Roads(graph.tail, graph.head, graph.days, is_open, _next_closing(is_open)),
        corridors_of(region),
        ways,
        _origins(starts, shares, volume, by_origin or by_place),
        _destinations(region, volume, is_open, depth, capacity),
        Newly(volume.kind, by_place, amount, volume.falls),
    )


def _origins(starts: Integers, shares: Floats, volume: Volume, by_origin: bool) -> Origins:
    """Return the places where people start, told apart or in one class."""
    classes = np.arange(starts.size, dtype=np.int32) * np.int32(by_origin)
    return Origins(starts, np.ascontiguousarray(shares[:, starts]), classes, volume.people[starts])


def _next_closing(is_open: Flags) -> Integers:
    """Return (T,) the first later day on which an open link closes."""
    days = len(is_open)
    closes = np.zeros(days + 1, np.bool_)
    closes[1:days] = (is_open[:-1] & ~is_open[1:]).any(axis=1)
    closes[days] = True
    found = np.flatnonzero(closes)
    return found[np.searchsorted(found, np.arange(days), side="right")].astype(np.int32)


def _destinations(
    region: Region, volume: Volume, links_open: Flags, depth: Floats, capacity: Floats | None
) -> Destinations:
    places = [region.places[at] for at in region.destinations]
    countries = sorted({place.country for place in places} - {region.home})
    host = {country: number for number, country in enumerate(countries)}
    is_open = open_destinations(region)
    own = np.array([place.capacity for place in places], np.float64)
    return Destinations(
        np.array(region.destinations, np.int32),
        own if capacity is None else np.asarray(capacity, np.float64),
        np.array([host.get(place.country, AT_HOME) for place in places], np.int32),
        is_open,
        is_open & _has_open_road(region, links_open),
        depth,
        volume.stock.astype(np.int64),
    )


def _has_open_road(region: Region, links_open: Flags) -> Flags:
    """Return (T, D) whether some link of a destination is open; a place without any link counts as open."""
    columns = []
    for name in region.destination_names:
        own = [at for at, link in enumerate(region.links) if name in (link.first, link.second)]
        columns.append(links_open[:, own].any(axis=1) if own else np.ones(region.days, np.bool_))
    return np.column_stack(columns) if columns else np.zeros((region.days, 0), np.bool_)


def _depth(region: Region, graph: Graph, shares: Floats, danger: float) -> Floats:
    """Return (T, D) the mean length with danger from the origins of a day, closures left aside."""
    ways = find_ways(region, graph, np.ones((region.days, len(region.links)), np.bool_), danger)
    depth = np.zeros((region.days, len(region.destinations)))
    for place in np.flatnonzero(shares.any(axis=0)):
        length = ways.cost_km[ways.regime, place]
        share = shares[:, place, None]
        depth += share * np.where(share > 0.0, length, 0.0)
    return depth
