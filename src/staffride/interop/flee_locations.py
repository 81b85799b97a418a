"""The places of a Flee folder: ``locations.csv``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from staffride.interop.flee_case import Case
from staffride.interop.flee_names import KIND_NAMES, OTHER_KIND_NAMES
from staffride.scenario.csv_tables import Row, Table, plain_name, read_table
from staffride.scenario.findings import At
from staffride.scenario.region import UNLIMITED, Place, PlaceKind, home_country
from staffride.scenario.region_checks import judge_countries

COLUMNS = (
    "name",
    "region",
    "country",
    "latitude",
    "longitude",
    "location_type",
    "conflict_date",
    "population",
)
SPELLINGS: Mapping[str, str] = {
    "location": "name",
    "locationname": "name",
    "place": "name",
    "admin1": "region",
    "lat": "latitude",
    "gpsy": "latitude",
    "y": "latitude",
    "lon": "longitude",
    "long": "longitude",
    "lng": "longitude",
    "gpsx": "longitude",
    "x": "longitude",
    "type": "location_type",
    "locationtype": "location_type",
    "conflictdate": "conflict_date",
    "conflictday": "conflict_date",
    "pop": "population",
    "populationcapacity": "population",
    "capacity": "capacity",
    "campcapacity": "capacity",
}
_PLAIN = {plain_name(name): kind for name, kind in KIND_NAMES.items()} | {
    "forward": KIND_NAMES["forwarding_hub"]
}
_OTHER = {plain_name(name): kind for name, kind in OTHER_KIND_NAMES.items()}


def read_places(case: Case) -> None:
    """Read the places into ``case``; without any, the folder cannot be used."""
    file = case.folder.input("locations.csv")
    if file is None:
        case.found.fatal("there is no locations.csv", At(case.folder.inputs), "a table of the places")
        return
    table = read_table(file, case.found, COLUMNS, SPELLINGS)
    if table.rows and table.header is None:
        text = f"there is no header; the columns are read as {', '.join(COLUMNS)}"
        case.found.warn(text, At(file, table.rows[0].line))
    for place, at in _places(case, table):
        if place.name in case.places:
            first = case.written[place.name].line
            case.found.warn(f"the place {place.name!r} is given twice; that of line {first} is kept", at)
        else:
            case.places[place.name], case.written[place.name] = place, at
    if not case.places:
        case.found.fatal("the table holds no place", At(file, 1), "one place a line")
        return
    _find_home(case)
    _judge_coordinates(case)
    judge_countries(case)
    if table.others:
        names = ", ".join(table.others)
        case.found.cannot_map(f"{case.folder.shown(file)}: kept only as attributes of the places: {names}")


def _find_home(case: Case) -> None:
    """Find the country that people flee from, whatever the order of the rows; Flee takes that of the first one."""
    case.home = home_country(case.places.values())
    first = next(iter(case.places.values())).country
    if first != case.home:
        case.found.note(
            f"home is {case.home}, where most people of the conflict zones live; Flee takes {first or 'no country'},"
            " that of the first place"
        )


def _places(case: Case, table: Table) -> Iterator[tuple[Place, At]]:
    for row in table.rows:
        name = table.text(row, "name")
        if not name:
            case.found.warn("a place without a name is left out", table.at(row, "name"), "a name")
            continue
        yield _place(case, table, row, name), table.at(row, "name")


def _place(case: Case, table: Table, row: Row, name: str) -> Place:
    kind = read_kind(case, table.text(row, "location_type"), table.at(row, "location_type"), name)
    people = _people(table, row, "population", name)
    own = _people(table, row, "capacity", name)
    holds = kind in ("camp", "idp_camp")
    capacity = own if own is not None else people if holds else None
    if kind == "conflict_zone" and not people:
        text = (
            f"the conflict zone {name!r} has no population; people start in proportion to it, so nobody does"
        )
        case.found.warn(text, table.at(row, "population"), "the number of people who live there")
    if holds and (capacity is None or capacity < 1.0):
        case.found.note(f"{name}: no capacity is given; it is taken as unlimited, as Flee does")
    country = table.text(row, "country")
    if not country:
        case.found.warn(f"the place {name!r} has no country", table.at(row, "country"), "a country")
    latitude, longitude = _coordinates(case, table, row, name)
    return Place(
        name=name,
        region=table.text(row, "region"),
        country=country,
        latitude=latitude,
        longitude=longitude,
        kind=kind,
        population=0.0 if people is None or (holds and own is None) else people,
        capacity=UNLIMITED if capacity is None or capacity < 1.0 else capacity,
        conflict_from=_conflict_day(case, table, row) if kind == "conflict_zone" else None,
        attributes={other: text for other, at in table.others.items() if (text := row.get(at))},
    )


def read_kind(case: Case, text: str, at: At, name: str) -> PlaceKind:
    """Return the kind of a place; one that is unknown is taken for the nearest, or for a town."""
    plain = plain_name(text)
    if plain in _PLAIN:
        return _PLAIN[plain]
    near = get_close_matches(plain, _PLAIN, n=1)
    kind = _OTHER.get(plain) or (_PLAIN[near[0]] if near else "town")
    case.found.warn(
        f"{name!r} is of the unknown kind {text!r}; it is read as {kind}",
        at,
        f"one of {', '.join(KIND_NAMES)}",
    )
    return kind


def _people(table: Table, row: Row, column: str, name: str) -> float | None:
    if column not in table.columns:
        return None
    value = table.number(row, column, f"{column} of {name!r}", whole=True)
    if value is not None and value < 0.0:
        table.found.warn(f"{column} of {name!r} is negative; it is read as none", table.at(row, column))
        return None
    return value


def _conflict_day(case: Case, table: Table, row: Row) -> int:
    day = case.day(table, row, "conflict_date", "conflict_date") if "conflict_date" in table.columns else None
    return max(day or 0, 0)


def _coordinates(case: Case, table: Table, row: Row, name: str) -> tuple[float, float]:
    values = []
    for column in ("latitude", "longitude"):
        value = table.number(row, column, f"{column} of {name!r}") if column in table.columns else None
        if value is None:
            case.found.warn(f"{name!r} has no {column}", table.at(row, column), "degrees")
        values.append(math.nan if value is None else value)
    return values[0], values[1]


class _Span(NamedTuple):
    """Whether coordinates are possible as they stand, and with latitude and longitude exchanged."""

    stands: bool
    exchanged: bool


def _span(place: Place) -> _Span:
    first, second = abs(place.latitude), abs(place.longitude)
    return _Span(not (first > 90.0 or second > 180.0), not (second > 90.0 or first > 180.0))


def _judge_coordinates(case: Case) -> None:
    """Exchange latitude and longitude where they are only possible so; drop what is impossible either way."""
    spans = {name: _span(place) for name, place in case.places.items()}
    wrong = [name for name, span in spans.items() if not span.stands]
    if 2 * len(wrong) > len(spans) and all(span.exchanged for span in spans.values()):
        case.found.warn(
            f"{wrong[0]!r} has the latitude {case.places[wrong[0]].latitude:g}; latitude and longitude are exchanged"
            " in the whole file",
            case.written[wrong[0]],
            "latitude, then longitude",
        )
        for name, place in case.places.items():
            case.places[name] = replace(place, latitude=place.longitude, longitude=place.latitude)
        return
    for name in wrong:
        place = case.places[name]
        text = f"{name!r} cannot be at {place.latitude:g}, {place.longitude:g}; its coordinates are left out"
        case.found.warn(text, case.written[name], "a latitude within 90 degrees, a longitude within 180")
        case.places[name] = replace(place, latitude=math.nan, longitude=math.nan)
