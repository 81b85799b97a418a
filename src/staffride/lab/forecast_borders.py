"""Which destinations newly displaced people can still reach when a border, a place or a road closes or opens.

A destination is cut off on a day when no chain of open links leads to it from any place that people flee from, or when
it takes nobody itself. Which of several ways they take is not asked: closing one road of two cuts nothing off.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.region import Closure, Link, Region
from staffride.scenario.region_closures import closes

Flags: TypeAlias = NDArray[np.bool_]
SHELTERS = ("camp", "idp_camp")


@dataclass(frozen=True)
class Change:
    """What the user asks to be different from the origin on.

    Attributes
    ----------
    closed
        Closures to add; their days are counted from the start of the period.
    opened
        Closures to lift, whatever their days, and links to add.
    """

    closed: tuple[Closure, ...] = ()
    opened: tuple[Closure | Link, ...] = ()


def known_closures(region: Region, origin: int) -> tuple[Closure, ...]:
    """Return the closures in force on the origin; when one ends after it, its end is not known, so it stays."""
    return tuple(one for one in region.closures if one.kind != "forced_redirection" and one.holds_on(origin))


def cut_off(region: Region, origin: int, leads: Iterable[int], change: Change) -> Flags:
    """Return (leads, destinations) whether a destination is cut off on each day after the origin."""
    lifted = {_what(one) for one in change.opened if isinstance(one, Closure)}
    roads = region.links + tuple(one for one in change.opened if isinstance(one, Link))
    standing = tuple(one for one in known_closures(region, origin) if _what(one) not in lifted)
    sources = _sources(region, origin)
    rows: list[Flags] = []
    seen: dict[tuple[Closure, ...], Flags] = {}
    for lead in leads:
        asked = tuple(one for one in change.closed if one.holds_on(origin + lead))
        in_force = standing + asked
        if in_force not in seen:
            seen[in_force] = _cut(region, roads, in_force, sources)
        rows.append(seen[in_force])
    return np.array(rows, np.bool_).reshape(len(rows), len(region.destinations))


def _what(closure: Closure) -> tuple[str, frozenset[str]]:
    return closure.kind, frozenset((closure.first, closure.second))


def _sources(region: Region, origin: int) -> set[int]:
    """Return places with conflict on or before the origin; without any, all home places that are no destination."""
    seen = region.conflict[: max(0, origin) + 1]
    fought = {int(at) for at in np.flatnonzero((seen > 0.0).any(axis=0))} if len(seen) else set()
    homes = {at for at, place in enumerate(region.places) if place.country == region.home}
    return (fought or homes) - set(region.destinations)


def _cut(region: Region, roads: Iterable[Link], closures: tuple[Closure, ...], sources: set[int]) -> Flags:
    """Return (destinations,) whether each is cut off under these closures."""
    neighbours: dict[int, list[int]] = {}
    for link in roads:
        if not any(closes(region, one, link) for one in closures):
            first, second = region.index[link.first], region.index[link.second]
            neighbours.setdefault(first, []).append(second)
            neighbours.setdefault(second, []).append(first)
    reached, pending = set(sources), list(sources)
    while pending:
        new = [at for at in neighbours.get(pending.pop(), ()) if at not in reached]
        reached.update(new)
        pending += new
    full = {region.index.get(one.first) for one in closures if one.kind in SHELTERS}
    return np.array([at not in reached or at in full for at in region.destinations], np.bool_)
