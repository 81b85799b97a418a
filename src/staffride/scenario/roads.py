"""The road network of a scenario: what looks wrong in it, and every way out of the area by date."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar

from staffride.scenario.draft import Draft
from staffride.scenario.ground_schema import Way
from staffride.scenario.schema import Event, Link, Period, Place

COINCIDENT_KM = 0.1
"""Places nearer than this are taken for one place entered twice."""

POSITION_ERROR_KM = 4.0
"""What a road may be shorter than the straight line: two positions off by two kilometres each."""

FASTEST_KM_PER_H, SLOWEST_KM_PER_H = 130.0, 3.0
CLOSING_KINDS = frozenset({"closure", "incident"})
"""Kinds of events that close their link while they last."""


class Joining(Protocol):
    """A road of any sort: a link of a displacement, or a way of a campaign."""

    @property
    def from_place(self) -> str:
        """One end."""

    @property
    def to_place(self) -> str:
        """The other end."""

    @property
    def length_km(self) -> float:
        """How long it is."""


J = TypeVar("J", bound=Joining)


class Roads(Protocol):
    """What is needed to look at roads: a scenario or a draft of one."""

    @property
    def places(self) -> Sequence[Place]:
        """Its places."""

    @property
    def links(self) -> Sequence[Link]:
        """Its links."""

    @property
    def ways(self) -> Sequence[Way]:
        """Its ways."""

    @property
    def events(self) -> Sequence[Event]:
        """Its events."""

    @property
    def area(self) -> tuple[str, ...]:
        """The regions that people leave."""


@dataclass(frozen=True)
class Span:
    """A stretch of time in which a road is in one state.

    Parameters
    ----------
    start, end
        When; ``None`` for as far as the scenario tells.
    state
        ``open``, or why it is not.
    """

    start: datetime | None
    end: datetime | None
    state: str


@dataclass(frozen=True)
class WayOut:
    """A road that leads out of the area, with its states in order of time."""

    link: str
    inside: str
    outside: str
    spans: tuple[Span, ...]


def great_circle_km(a: Place, b: Place) -> float:
    """Return the distance of two places over a sphere of radius 6,371 km, by the haversine formula."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    east = math.radians(b.longitude - a.longitude)
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(east / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(h))


def ways_out(roads: Roads) -> tuple[WayOut, ...]:
    """Return every road between the area and what lies outside it, the open ones first."""
    labels = {place.id: place.label for place in roads.places}
    found = [
        WayOut(link.id, labels[inside], labels[outside], _spans(link, roads.events))
        for link, inside, outside in _crossing(roads, roads.links)
    ]
    found += [
        WayOut(way.id, labels[inside], labels[outside], (Span(None, None, _at_the_start(way, roads)),))
        for way, inside, outside in _crossing(roads, roads.ways)
    ]
    return tuple(sorted(found, key=lambda way: (way.spans[-1].state != "open", way.link)))


def _crossing(roads: Roads, links: Iterable[J]) -> Iterable[tuple[J, str, str]]:
    """Yield the links with one end in the area, with that end and the other."""
    inside = {place.id for place in roads.places if place.region in roads.area}
    known = {place.id for place in roads.places}
    for link in links:
        ends = (link.from_place, link.to_place)
        if known.issuperset(ends) and (ends[0] in inside) != (ends[1] in inside):
            yield (link, *ends) if ends[0] in inside else (link, ends[1], ends[0])


def _at_the_start(way: Way, roads: Roads) -> str:
    """Return the state of a way of a campaign before anything happens to it."""
    ends = (way.from_place, way.to_place)
    if len({place.held_by for place in roads.places if place.id in ends}) > 1:
        return "across the front at the start"
    return "open on foot" if way.kind == "foot_path" else "open"


def _spans(link: Link, events: Iterable[Event]) -> tuple[Span, ...]:
    if not link.civilian_use:
        return (Span(None, None, "not for civilians"),)
    closures = [
        (event.time, event.time + timedelta(hours=event.duration_h))
        for event in events
        if event.link == link.id and event.kind in CLOSING_KINDS and event.duration_h
    ]
    moments = {moment for closure in closures for moment in closure}
    moments |= {moment for moment in (link.open_from, link.open_until) if moment is not None}
    edges: list[datetime | None] = [None, *sorted(moments), None]
    spans: list[Span] = []
    for start, end in pairwise(edges):
        state = _state(link, closures, start)
        if spans and spans[-1].state == state:
            spans[-1] = Span(spans[-1].start, end, state)
        else:
            spans.append(Span(start, end, state))
    return tuple(spans)


def _state(link: Link, closures: Iterable[tuple[datetime, datetime]], start: datetime | None) -> str:
    """Return the state of a civilian road in the stretch that begins at ``start``."""
    if start is None:
        return "open" if link.open_from is None else "not there yet"
    if link.open_from is not None and start < link.open_from:
        return "not there yet"
    if link.open_until is not None and start >= link.open_until:
        return "closed for good"
    return "closed" if any(begin <= start < end for begin, end in closures) else "open"


def check_roads(parts: Draft) -> None:
    """Add what looks wrong with the roads of a draft to its problems."""
    _check_doubles(parts)
    _check_geometry(parts)
    if parts.kind == "displacement":
        _check_connected(parts)


def _check_doubles(parts: Draft) -> None:
    """Report parallel links and places at the same spot."""
    pairs: dict[frozenset[str], str] = {}
    for link in parts.links:
        first = pairs.setdefault(frozenset((link.from_place, link.to_place)), link.id)
        if first != link.id:
            text = f"link {link.id!r} runs parallel to {first!r}"
            parts.complain(f"links.{link.id}", text, "one link between two places", "merge them", fatal=False)
    for index, place in enumerate(parts.places):
        for other in parts.places[:index]:
            if abs(place.latitude - other.latitude) < 0.01 and great_circle_km(place, other) < COINCIDENT_KM:
                text = f"place {place.id!r} is at the same spot as {other.id!r}"
                parts.complain(f"places.{place.id}", text, "one place a spot", "merge them", fatal=False)


def _check_geometry(parts: Draft) -> None:
    """Report links shorter than the straight line, and speeds that no road has."""
    for link in parts.links:
        where, speed = f"links.{link.id}", link.length_km / link.free_flow_h
        if not SLOWEST_KM_PER_H <= speed <= FASTEST_KM_PER_H:
            expected = f"{SLOWEST_KM_PER_H:g} to {FASTEST_KM_PER_H:g} km/h"
            text = f"link {link.id!r} is driven at {speed:.0f} km/h when empty"
            parts.complain(where, text, expected, "check `length_km` and `free_flow_h`", fatal=False)
        check_straight(parts, where, f"link {link.id!r}", link)


def check_straight(parts: Draft, where: str, what: str, link: Joining) -> None:
    """Warn of a road that is shorter than the straight line between its ends."""
    ends = [place for place in parts.places if place.id in (link.from_place, link.to_place)]
    if len(ends) != 2:
        return
    straight = great_circle_km(*ends)
    if link.length_km < straight - POSITION_ERROR_KM:
        text = f"{what} is {link.length_km:g} km long, the straight line {straight:.1f} km"
        parts.complain(where, text, "at least the straight line", "check both places", fatal=False)


def _check_connected(parts: Draft) -> None:
    """Report places without a link, and inhabited places from which no road leads out."""
    joined = {end for link in parts.links for end in (link.from_place, link.to_place)}
    whole = len(parts.links) == len(parts.names["links"])
    for place in parts.places:
        if place.id not in joined and whole:
            text = f"place {place.id!r} has no link"
            parts.complain(
                f"places.{place.id}", text, "at least one link", "add a link, or drop it", fatal=False
            )
    if not parts.area:
        text = "no `area` is named, so the ways out of it are not checked"
        parts.complain("", text, "a list of regions that people leave", fatal=False)
    elif parts.period is not None and whole and len(parts.places) == len(parts.names["places"]):
        _check_ways_out(parts, parts.period)


def _check_ways_out(parts: Draft, period: Period) -> None:
    area = {place.id for place in parts.places if place.region in parts.area}
    outside = {place.id for place in parts.places} - area
    reach = reachable(outside, [link for link in parts.links if _usable(link, period)])
    for row in parts.people:
        if row.share > 0 and row.place in area and row.place not in reach:
            text = f"no road that civilians may use in the period leads out from {row.place!r}"
            expected = "a chain of open links to a place outside `area`"
            parts.complain(
                f"people.{row.place}", text, expected, "see `open_from`, `open_until`, `civilian_use`"
            )


def _usable(link: Link, period: Period) -> bool:
    opens = link.open_from is None or link.open_from < period.end
    return link.civilian_use and opens and (link.open_until is None or link.open_until > period.start)


def reachable(start: set[str], links: Iterable[Joining]) -> set[str]:
    """Return the places joined to any of ``start`` by the given links."""
    neighbours: dict[str, set[str]] = {}
    for link in links:
        neighbours.setdefault(link.from_place, set()).add(link.to_place)
        neighbours.setdefault(link.to_place, set()).add(link.from_place)
    return _spread(start, neighbours)


def _spread(start: set[str], neighbours: Mapping[str, set[str]]) -> set[str]:
    found, pending = set(start), list(start)
    while pending:
        fresh = neighbours.get(pending.pop(), set()) - found
        found |= fresh
        pending += fresh
    return found
