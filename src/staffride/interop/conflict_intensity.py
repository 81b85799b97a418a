"""Intensity of conflict from dated events: which place an event belongs to, and how much it counts for how long."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.errors import Problem
from staffride.scenario.region import Region

Floats: TypeAlias = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0
PRECISIONS = {
    1: "the place itself",
    2: "25 km around a place",
    3: "a district",
    4: "a province",
    5: "a line or a loose area",
    6: "a country",
    7: "waters or airspace of no country",
}


@dataclass(frozen=True)
class ConflictRule:
    """How events become intensity; every default is assumed, for the reason beside it.

    Equation: intensity(place, day) = min(1, S / full), where S sums the measure over the events of the place on the
    ``window_days`` days up to and with this one. An event that lasts several days is spread over them evenly.

    Attributes
    ----------
    measure
        ``deaths``: the estimate of deaths; ``events``: each event counts one. Assumed deaths: the number of events
        depends more on how many sources report.
    estimate
        Which estimate of deaths: UCDP's ``best``, ``low`` or ``high``.
    window_days
        Days. Assumed 30: fear of a place outlasts the fighting by weeks. Only days already past count, so a later event
        changes no earlier day.
    full
        Deaths (or events) within the window that are intensity 1. Assumed 82: 1,000 deaths a year, from which UCDP
        speaks of war, in 30 days.
    farthest_km
        Greatest distance from an event to its place, kilometres. Assumed 50: about half the way between two towns of a
        network of districts.
    worst_precision
        Greatest ``where_prec`` that is used, 1 (exact) to 7. Assumed 3: a district's centre still lies near its town, a
        province's does not.
    types
        Types of violence: 1 between states and armed groups, 2 between groups, 3 against civilians. All make people
        flee.
    """

    measure: Literal["deaths", "events"] = "deaths"
    estimate: Literal["best", "low", "high"] = "best"
    window_days: int = 30
    full: float = 82.0
    farthest_km: float = 50.0
    worst_precision: int = 3
    types: tuple[int, ...] = (1, 2, 3)

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the figures of the rule."""
        if self.window_days < 1:
            yield Problem(f"a window of {self.window_days} days", expected="1 day or more")
        if not self.full > 0.0:
            yield Problem(f"full intensity at {self.full} {self.measure}", expected="more than 0")
        if not self.farthest_km >= 0.0:
            yield Problem(f"a distance of {self.farthest_km} km", expected="0 km or more")
        if self.worst_precision not in PRECISIONS:
            yield Problem(f"a precision of {self.worst_precision}", expected="1 (exact) to 7")


class Event(NamedTuple):
    """One event: its place in degrees, its days of the period, and how much it counts."""

    name: str
    latitude: float
    longitude: float
    first: int
    last: int
    weight: float
    precision: int


class Assigned(NamedTuple):
    """Where events belong.

    Attributes
    ----------
    places
        For each event the position of its place in the region, -1 where it matches none.
    distances
        Kilometres to the nearest place where people live; infinite where there is none.
    """

    places: NDArray[np.int64]
    distances: Floats


def assign(events: Sequence[Event], region: Region, rule: ConflictRule) -> Assigned:
    """Return the nearest place of each event, among conflict zones and towns, by great circle.

    Of two places at the same distance, the first in the region's order takes the event.
    """
    lived_in = [at for at, place in enumerate(region.places) if _can_have_conflict(region, at)]
    places = np.full(len(events), -1, np.int64)
    distances = np.full(len(events), math.inf)
    if not lived_in:
        return Assigned(places, distances)
    towns = np.array([(region.places[at].latitude, region.places[at].longitude) for at in lived_in])
    for at, event in enumerate(events):
        apart = great_circle_km(event.latitude, event.longitude, towns[:, 0], towns[:, 1])
        nearest = int(np.argmin(apart))
        distances[at] = apart[nearest]
        if apart[nearest] <= rule.farthest_km and event.precision <= rule.worst_precision:
            places[at] = lived_in[nearest]
    return Assigned(places, distances)


def _can_have_conflict(region: Region, at: int) -> bool:
    place = region.places[at]
    known = not math.isnan(place.latitude + place.longitude)
    return known and place.kind in ("conflict_zone", "town", "flood_zone")


def great_circle_km(latitude: float, longitude: float, latitudes: Floats, longitudes: Floats) -> Floats:
    """Return kilometres from one point to others on a sphere, all in degrees.

    Equation: the haversine formula, d = 2 R asin(sqrt(sin^2(dlat/2) + cos lat1 cos lat2 sin^2(dlon/2))), R = 6371 km.
    """
    here, there = math.radians(latitude), np.radians(latitudes)
    across = np.radians(longitudes - longitude)
    half = np.sin((there - here) / 2) ** 2 + math.cos(here) * np.cos(there) * np.sin(across / 2) ** 2
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return distances


def intensity(
    events: Sequence[Event], assigned: Assigned, region: Region, rule: ConflictRule
) -> Mapping[str, Floats]:
    """Return (days,) intensity from 0 to 1 for each place that has events, by the equation of `ConflictRule`."""
    before = rule.window_days - 1
    daily: dict[int, Floats] = {}
    for event, place in zip(events, assigned.places, strict=True):
        if place >= 0:
            sums = daily.setdefault(int(place), np.zeros(before + region.days))
            each = event.weight / (event.last - event.first + 1)
            sums[max(event.first + before, 0) : max(event.last + before + 1, 0)] += each
    return {region.places[at].name: _windowed(sums, rule) for at, sums in sorted(daily.items())}


def _windowed(sums: Floats, rule: ConflictRule) -> Floats:
    """Return min(1, sum over the window up to each day / full); ``sums`` begins a window before day 0."""
    windows = np.lib.stride_tricks.sliding_window_view(sums, rule.window_days)
    intensities: Floats = np.minimum(windows.sum(axis=1) / rule.full, 1.0)
    return intensities
