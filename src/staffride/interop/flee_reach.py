"""Whether people of a Flee folder can get anywhere: places without a link, destinations that nobody reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.interop.flee_case import Case
from staffride.interop.flee_folder import At
from staffride.scenario.region import Link, PlaceKind

Floats: TypeAlias = NDArray[np.float64]
Changes: TypeAlias = Iterable[tuple[str, PlaceKind, int]]

ORIGIN_KINDS = ("conflict_zone", "flood_zone")


def judge_reach(
    case: Case,
    links: Iterable[Link],
    conflict: Mapping[str, Floats],
    flood: Mapping[str, Floats] | None,
    destinations: Iterable[str],
    changes: Changes = (),
) -> None:
    """Say which places stand alone and which destinations nobody can reach; without any origin, nobody moves.

    Closures are left aside: most of them end.
    """
    origins = _origins(case, conflict, flood, changes)
    zone = next((name for name, place in case.places.items() if place.kind == "conflict_zone"), None)
    if not origins and zone is None:
        expected = "a conflict_zone in locations.csv, or conflict in conflicts.csv on some day"
        text = "nobody has a reason to leave: no place is a conflict or flood zone"
        case.found.fatal(text, At(case.folder.inputs), expected)
        return
    if not origins:
        text = f"nobody has a reason to leave: {zone!r} is a conflict zone and never in conflict"
        case.found.warn(text, At(case.folder.inputs), "conflict in conflicts.csv on some day")
    group = _groups(case.places, links)
    sizes = Counter(group.values())
    alone = {name for name in case.places if sizes[group[name]] == 1}
    for name in alone if len(case.places) > 1 else ():
        case.found.warn(
            f"{name!r} has no link; nobody comes or goes", case.written[name], "a link in routes.csv"
        )
    reached = {group[name] for name in origins}
    camps = [name for name, place in case.places.items() if place.kind in ("camp", "idp_camp")]
    for name in dict.fromkeys([*destinations, *camps]):
        if reached and group[name] not in reached and name not in alone:
            text = f"{name!r} cannot be reached from any conflict zone"
            case.found.warn(text, case.written[name], "a way to it in routes.csv")


def _origins(
    case: Case, conflict: Mapping[str, Floats], flood: Mapping[str, Floats] | None, changes: Changes
) -> set[str]:
    """Return the places from which people may leave on some day."""
    struck = {name for name, values in (*conflict.items(), *(flood or {}).items()) if values.any()}
    later = {name for name, kind, _ in changes if kind in ORIGIN_KINDS}
    return struck | later | {name for name, place in case.places.items() if place.kind == "flood_zone"}


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
