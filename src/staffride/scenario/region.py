"""Regional displacement by day: places, links, conflict, closures and reports, in one description.

Both engines, Flee's rules, our own rules and the forecasts read only this. It holds no rule and nothing drawn. Places
stand in a canonical order that does not depend on how a file was sorted, so that renumbering changes no result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

PlaceKind: TypeAlias = Literal[
    "conflict_zone", "town", "camp", "idp_camp", "forwarding_hub", "marker", "flood_zone"
]
ClosureKind: TypeAlias = Literal["country", "location", "link", "camp", "idp_camp", "forced_redirection"]
Integers: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

KINDS: tuple[PlaceKind, ...] = (
    "conflict_zone",
    "town",
    "camp",
    "idp_camp",
    "forwarding_hub",
    "marker",
    "flood_zone",
)
UNLIMITED = math.inf


@dataclass(frozen=True)
class Place:
    """One place.

    Attributes
    ----------
    name, region, country
        As the source writes them.
    latitude, longitude
        In degrees; NaN where the source has none.
    kind
        What the place is on day 0 of the period.
    population
        Persons who live there; 0 where the source has none.
    capacity
        Persons whom a camp can hold; infinite where it is unlimited or unknown.
    conflict_from
        Day from which a conflict zone is one; before it the place is a town. ``None`` for other kinds.
    attributes
        Further columns of the source, as text.
    """

    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    kind: PlaceKind
    population: float = 0.0
    capacity: float = UNLIMITED
    conflict_from: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[float, float, str, float, str]:
        """Return where the place stands among others: by coordinates first, so that renaming moves nothing."""
        latitude = self.latitude if self.latitude == self.latitude else math.inf
        longitude = self.longitude if self.longitude == self.longitude else math.inf
        return latitude, longitude, self.kind, self.population, self.name


@dataclass(frozen=True)
class Link:
    """One road or path between two places, in both directions.

    Attributes
    ----------
    first, second
        Names of the places at its ends.
    length_km
        Length in kilometres.
    forced_redirection
        0 none; 2: who leaves ``first`` goes to ``second``; 1 the other way. Flee's own cases write 2 for from the first
        place of a row to the second.
    speed_km_per_day
        Highest speed on this link; infinite where the general speed holds.
    walking_share
        Share of travellers who walk it, 0 to 1.
    persons_per_hour
        How many can pass in an hour; infinite where the link does not bind.
    """

    first: str
    second: str
    length_km: float
    forced_redirection: int = 0
    speed_km_per_day: float = UNLIMITED
    walking_share: float = 0.0
    persons_per_hour: float = UNLIMITED


@dataclass(frozen=True)
class Closure:
    """A border, a place or a link that is closed from one day to another.

    Attributes
    ----------
    kind
        ``country``: all links between two countries, both ways; ``location``: all links of a place, or those between
        two places' sides where the source names two; ``link``: one link; ``camp`` and ``idp_camp``: a destination that
        takes nobody; ``forced_redirection``: a redirection that ends.
    first, second
        What is closed; ``second`` is empty where one name says it.
    first_day, last_day
        Closed on every day t with ``first_day <= t < last_day``; ``None``: never opened again.
    """

    kind: ClosureKind
    first: str
    second: str = ""
    first_day: int = 0
    last_day: int | None = None

    def holds_on(self, day: int) -> bool:
        """Return whether it is closed on ``day``."""
        return self.first_day <= day and (self.last_day is None or day < self.last_day)


@dataclass(frozen=True)
class Correction:
    """A day on which a destination's count changed from estimates to a verified registration.

    Attributes
    ----------
    destination
        Name of the place.
    day
        The first day with the verified count.
    """

    destination: str
    day: int


@dataclass(frozen=True, eq=False)
class Reports:
    """What was reported of one destination or of all: one or more sources that add up.

    Attributes
    ----------
    name
        Name of the destination; ``total`` for the count of all.
    days
        For each source (n,) days of its reports, ascending, counted from the start of the period; may be negative.
    counts
        For each source (n,) persons.
    files
        For each source the name of its file.
    """

    name: str
    days: tuple[Integers, ...]
    counts: tuple[Floats, ...]
    files: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Region:
    """Displacement in a region over a period, day by day.

    Attributes
    ----------
    name
        Of the case.
    start
        Date of day 0.
    days
        Number of days; the last one is ``days - 1``.
    home
        The country that people flee from.
    places
        In canonical order.
    links
        In the canonical order of their ends.
    conflict
        (days, places) intensity of conflict, 0 to 1.
    closures, corrections
        Dated events, in order of their days.
    reports
        One for each destination that has reports, in the order of ``places``.
    total
        Reports of the number of all displaced; ``None`` where there are none.
    settings
        What the source says of how its rules run, as it says it (of a Flee folder: ``simsetting.yml``).
    demographics
        Attribute, such as ``age``, to its table: value, and weights by place name or ``Default``.
    kind_changes
        Place name, its new kind, the day.
    flood
        (days, places) levels of flood, or ``None``.
    food_crisis
        (days, places) per cent of people in a food crisis, or ``None``.
    folder
        Where it was read; ``None`` where it was made in Python.
    title
        What it is called for people; empty where the name does.
    sources
        For a part, such as ``places`` or ``reports``, where its figures come from, in words.
    """

    name: str
    start: date
    days: int
    home: str
    places: tuple[Place, ...]
    links: tuple[Link, ...]
    conflict: Floats
    closures: tuple[Closure, ...] = ()
    corrections: tuple[Correction, ...] = ()
    reports: tuple[Reports, ...] = ()
    total: Reports | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    demographics: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    kind_changes: tuple[tuple[str, PlaceKind, int], ...] = ()
    flood: Floats | None = None
    food_crisis: Floats | None = None
    folder: Path | None = None
    title: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Return the position of every place by its name."""
        return {place.name: at for at, place in enumerate(self.places)}

    @cached_property
    def destinations(self) -> tuple[int, ...]:
        """Return the positions of the places that are scored: those with reports; without any, all camps."""
        reported = tuple(self.index[one.name] for one in self.reports)
        camps = (at for at, place in enumerate(self.places) if place.kind in ("camp", "idp_camp"))
        return reported or tuple(camps)

    @property
    def destination_names(self) -> tuple[str, ...]:
        """Return the names of the destinations, in their order."""
        return tuple(self.places[at].name for at in self.destinations)

    def date_of(self, day: int) -> date:
        """Return the date of a day of the period."""
        return self.start + timedelta(days=day)

    def day_of(self, moment: date) -> int:
        """Return the day of the period on which ``moment`` falls; may be negative."""
        return (moment - self.start).days


def make_region(
    *,
    name: str,
    start: date,
    days: int,
    places: Iterable[Place],
    links: Iterable[Link],
    conflict: Mapping[str, Floats],
    reports: Iterable[Reports] = (),
    flood: Mapping[str, Floats] | None = None,
    food_crisis: Mapping[str, Floats] | None = None,
    home: str | None = None,
    **others: Any,  # noqa: ANN401
) -> Region:
    """Return a region with everything in canonical order; the Python interface without files.

    Parameters
    ----------
    name, start, days, places, links, reports
        As in `Region`, in any order.
    conflict, flood, food_crisis
        For each place name its (days,) figures; a place that is not named has none.
    home
        The country that people flee from; where it is left out, that of most people in zones of conflict.
    others
        Further attributes of `Region`.
    """
    ordered = tuple(sorted(places, key=lambda place: place.order))
    index = {place.name: at for at, place in enumerate(ordered)}
    return Region(
        name=name,
        start=start,
        days=days,
        home=home_country(ordered) if home is None else home,
        places=ordered,
        links=tuple(sorted(links, key=lambda link: _link_order(link, index))),
        conflict=_table(conflict, index, days),
        reports=tuple(sorted(reports, key=lambda one: index[one.name])),
        flood=None if flood is None else _table(flood, index, days),
        food_crisis=None if food_crisis is None else _table(food_crisis, index, days),
        **others,
    )


def home_country(places: Iterable[Place]) -> str:
    """Return the country with most people in zones of conflict or flood; without any, with most outside camps.

    The order of the places and the names of the countries make no difference.
    """
    people: dict[str, Floats] = {}
    for place in sorted(places, key=lambda place: place.order):
        if place.country:
            zone, shelter = place.kind in ("conflict_zone", "flood_zone"), place.kind in ("camp", "idp_camp")
            counts = zone * place.population, zone, (not shelter) * place.population, not shelter
            people[place.country] = people.get(place.country, np.zeros(4)) + np.array(counts, np.float64)
    return max(people, key=lambda country: tuple(people[country]), default="")


def _link_order(link: Link, index: Mapping[str, int]) -> tuple[int, int, float]:
    ends = index[link.first], index[link.second]
    return min(ends), max(ends), link.length_km


def _table(columns: Mapping[str, Floats], index: Mapping[str, int], days: int) -> Floats:
    """Return (days, places) figures, 0 where a place has none."""
    table = np.zeros((days, len(index)))
    for name, values in columns.items():
        table[:, index[name]] = values
    return table
