"""What looks wrong in a region although each cell can be read: ways, lengths, countries, counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.csv_tables import plain_name
from staffride.scenario.findings import At, Findings
from staffride.scenario.region import Link, Place, PlaceKind

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Changes: TypeAlias = Iterable[tuple[str, PlaceKind, int]]

ORIGIN_KINDS = ("conflict_zone", "flood_zone")
EARTH_RADIUS_KM = 6371.0
FAR_SHORTER = 0.7
"""A link is far shorter than the straight line where it is less than this share of it."""
CLOSE_KM = 15.0
"""Nearer places are not judged: where in a town its coordinates lie matters as much."""
FAR_OVER = 1.5
"""A count is far over capacity where it is this many times as large."""
SLIP, SLIP_PERSONS = 8.0, 1000.0
"""A count is taken for a slip where it is this many times larger or smaller than both beside it, and one is large."""


class Written(Protocol):
    """Places by name, where each is written, and where problems go."""

    @property
    def places(self) -> Mapping[str, Place]:
        """The places by name."""

    @property
    def written(self) -> Mapping[str, At]:
        """Where each place is written."""

    @property
    def found(self) -> Findings:
        """Where problems go."""


def judge_reach(
    case: Written,
    links: Iterable[Link],
    events: Iterable[Mapping[str, Floats]],
    destinations: Iterable[str],
    changes: Changes,
    folder: At,
) -> None:
    """Say which places stand alone and which destinations nobody can reach; without any origin, nobody moves.

    Closures are left aside: most of them end.

    Parameters
    ----------
    case
        The places.
    links
        What joins them.
    events
        For each kind of event, such as conflict, by place its (days,) strength.
    destinations
        The places whose reports are given.
    changes
        Places that change their kind.
    folder
        What a problem of the whole is told of.
    """
    origins = _origins(case, events, changes)
    if not origins:
        _no_origin(case, folder)
    joined = list(links)
    if not joined:  # every place would be said to stand alone
        return
    group = _groups(case.places, joined)
    sizes = Counter(group.values())
    alone = [name for name in case.places if sizes[group[name]] == 1]
    for name in alone if len(case.places) > 1 else ():
        case.found.warn(f"{name!r} has no link; nobody comes or goes", case.written[name], "a link to it")
    reached = {group[name] for name in origins}
    camps = [name for name, place in case.places.items() if place.kind in ("camp", "idp_camp")]
    for name in dict.fromkeys([*destinations, *camps]):
        if reached and group[name] not in reached and name not in alone:
            text = f"{name!r} cannot be reached from any conflict zone"
            case.found.warn(text, case.written[name], "a way to it")


def _origins(case: Written, events: Iterable[Mapping[str, Floats]], changes: Changes) -> set[str]:
    """Return the places from which people may leave on some day."""
    struck = {name for event in events for name, values in event.items() if values.any()}
    later = {name for name, kind, _ in changes if kind in ORIGIN_KINDS}
    return struck | later | {name for name, place in case.places.items() if place.kind == "flood_zone"}


def _no_origin(case: Written, folder: At) -> None:
    zone = next((name for name, place in case.places.items() if place.kind == "conflict_zone"), None)
    if zone is None:
        text = "nobody has a reason to leave: no place is a conflict or flood zone"
        case.found.fatal(text, folder, "a conflict zone, or conflict in some place on some day")
    else:
        text = f"nobody has a reason to leave: {zone!r} is a conflict zone and never in conflict"
        case.found.warn(text, folder, "conflict on some day")


def _groups(names: Iterable[str], links: Iterable[Link]) -> dict[str, str]:
    """Return for each place one that stands for all that links join with it."""
    leader = {name: name for name in names}

    def find(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for link in links:
        leader[find(link.first)] = find(link.second)
    return {name: find(name) for name in leader}


def judge_countries(case: Written) -> None:
    """Say where one country seems to be written in two ways: a border would run between them."""
    first: dict[str, str] = {}
    for name, place in case.places.items():
        spelling = first.setdefault(plain_name(place.country), place.country)
        if spelling != place.country:
            text = (
                f"{name!r} is in {place.country!r}, others in {spelling!r}; they are taken as two countries"
            )
            case.found.warn(text, case.written[name], "one spelling")


def great_circle_km(first: Place, second: Place) -> float:
    """Return the length of the straight line over the ground; NaN without coordinates.

    Parameters
    ----------
    first, second
        Its ends.
    """
    return _straight_km(first.latitude, first.longitude, second.latitude, second.longitude)


def _straight_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    east = math.sin(math.radians(other_longitude - longitude) / 2.0)
    up = math.sin((other_north - north) / 2.0)
    root = up**2 + math.cos(north) * math.cos(other_north) * east**2
    return 2.0 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, root))) if root == root else math.nan


def judge_lengths(case: Written, written: Iterable[tuple[Link, At]]) -> None:
    """Say which links are far shorter than the straight line, and whether coordinates look exchanged."""
    links = list(written)
    short = [(link, at) for link, at in links if _too_short(link, _line(case, link))]
    exchanged = [link for link, _ in links if _too_short(link, _line(case, link, exchanged=True))]
    if len(short) > 2 and len(short) > len(links) / 3 and len(exchanged) < len(short) / 3:
        text = (
            f"latitude and longitude look exchanged: {len(short)} of {len(links)} links are far shorter than the"
            f" straight line, and {len(exchanged)} would be if they were exchanged; they are kept as they stand"
        )
        case.found.warn(text, short[0][1])
        return
    for link, at in short:
        text = (
            f"the link between {link.first!r} and {link.second!r} is {link.length_km:g} km long, the straight line"
            f" {_line(case, link):.0f} km; it is kept"
        )
        case.found.warn(text, at, "a length or coordinates that fit")


def _line(case: Written, link: Link, exchanged: bool = False) -> float:
    first, second = case.places[link.first], case.places[link.second]
    if exchanged:
        return _straight_km(first.longitude, first.latitude, second.longitude, second.latitude)
    return great_circle_km(first, second)


def _too_short(link: Link, line: float) -> bool:
    return line > CLOSE_KM and link.length_km < FAR_SHORTER * line


def judge_counts(found: Findings, counts: Floats, written: Sequence[At]) -> None:
    """Say which counts of one source look like a slip: a fall to nothing, or one far from both beside it.

    Parameters
    ----------
    found
        Where problems go.
    counts
        (n,) persons, in order of their dates.
    written
        Where each is written.
    """
    values = [float(count) for count in counts]
    for at, (before, one) in enumerate(pairwise(values), 1):
        if before > 0.0 and one == 0.0:
            hint = "leave the line out if it means that nothing was reported"
            found.warn(f"the count falls from {before:.15g} to 0", written[at], suggestion=hint)
    for at in range(1, len(values) - 1):
        before, one, after = values[at - 1 : at + 2]
        low, high = min(before, after), max(before, after)
        far = one > SLIP * high or 0.0 < one * SLIP < low
        if far and low > 0.0 and max(one, low) >= SLIP_PERSONS:
            text = f"the count {one:.15g} stands between {before:.15g} and {after:.15g}; it is kept"
            found.warn(text, written[at], "a count near those beside it")


def judge_capacity(
    found: Findings, place: Place, days: Integers, counts: Floats, written: Sequence[At], period: int
) -> None:
    """Say where the counts of a destination are far over its capacity.

    Parameters
    ----------
    found
        Where problems go.
    place
        The destination.
    days, counts
        (n,) days and persons of one source.
    written
        Where each is written.
    period
        Number of days of the period; what comes after it is not judged.
    """
    if not math.isfinite(place.capacity):
        return
    over = np.flatnonzero((counts > FAR_OVER * place.capacity) & (days < period))
    if len(over):
        count = float(counts[over[0]])
        text = (
            f"{place.name!r} reports {count:.15g} persons, {count / place.capacity:.1f} times its capacity of"
            f" {place.capacity:.15g}"
        )
        found.warn(text, written[int(over[0])], suggestion="check the capacity of the place")
