"""What a Flee folder cannot hold of a region, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from staffride.scenario.region import Region


def losses(region: Region) -> tuple[str, ...]:
    """Return, in words, what is lost or changes its form when ``region`` is written as a Flee folder."""
    return (*_of_places(region), *_of_links(region), *_of_events(region), *_of_tables(region))


def _of_places(region: Region) -> Iterator[str]:
    camps = [place for place in region.places if place.kind in ("camp", "idp_camp")]
    if region.home not in {place.country for place in region.places}:
        yield f"home country {region.home}: no place lies in it, and Flee takes that of the first place"
    for place in camps:
        if place.population > 0.0:
            yield f"population of {place.name}: the column of a camp holds its capacity"
        if place.capacity < 1.0:
            yield f"capacity of {place.name}, below one person: Flee reads it as no limit"
    for place in region.places:
        if place not in camps and place.capacity < np.inf:
            yield f"capacity of {place.name}: only a camp has one in Flee"


def _of_links(region: Region) -> Iterator[str]:
    bound = sum(link.persons_per_hour < np.inf for link in region.links)
    if bound:
        yield f"persons per hour of {_links(bound)}: no road fills up in Flee"
    slow = sum(link.speed_km_per_day < np.inf for link in region.links)
    if 0 < slow < len(region.links):
        yield f"{_links(len(region.links) - slow)} without a speed: written with the general speed of the settings"


def _links(count: int) -> str:
    return "1 link" if count == 1 else f"{count} links"


def _of_events(region: Region) -> Iterator[str]:
    for one in region.closures:
        what = f"closure of {one.kind.replace('_', ' ')} {one.first} {one.second}".rstrip()
        if one.last_day is not None and one.last_day < 0:
            yield f"{what}: it was over before the first day, so it is left out"
        elif one.first_day < 0:
            yield f"{what}: it began before the first day and is written from day 0"
        if one.kind == "link":
            yield f"{what}: written, but Flee itself lets people pass; only its country and place closures work"


def _of_tables(region: Region) -> Iterator[str]:
    if region.total is None:
        yield "total: the region has none; the sum of the destinations' reports stands for it, as Flee needs one"
    for one in (*([region.total] if region.total else []), *region.reports):
        if any(not len(days) for days in one.days) or not one.days:
            yield f"reports of {one.name}: a source without a report is left out"
    for key, file in (
        ("conflict_input_file", "conflicts.csv"),
        ("flood_level_input_file", "flood_level.csv"),
    ):
        if region.settings.get(key):
            yield f"setting {key}: left out; the table is written as input_csv/{file}"
    if region.food_crisis is not None and _differs_inside_regions(region, region.food_crisis):
        yield "food crisis: Flee holds one figure for each administrative region, so the mean of its places is written"
    if region.food_crisis is not None and _outside_regions(region, region.food_crisis):
        yield "food crisis of places without an administrative region: Flee has no column for them"


def _differs_inside_regions(region: Region, table: np.ndarray) -> bool:
    first = {place.region: at for at, place in reversed(list(enumerate(region.places)))}
    return any((table[:, at] != table[:, first[one.region]]).any() for at, one in enumerate(region.places))


def _outside_regions(region: Region, table: np.ndarray) -> bool:
    return any(table[:, at].any() for at, place in enumerate(region.places) if not place.region)
