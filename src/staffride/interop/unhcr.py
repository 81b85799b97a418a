"""UNHCR's population figures, in the two shapes that people download, as reports of a region's destinations.

The yearly table of the Refugee Data Finder has one row for each year, country of origin and country of asylum; its
files have up to 14 rows of title, and either short headers (``year, coo_name, coo, coo_iso, coa_name, coa, coa_iso,
refugees, asylum_seekers, ...``, as its programming interface gives them) or long ones (``Country of origin``,
``Refugees under UNHCR's mandate``). The time series of the Operational Data Portal has a date and a number of
individuals in each row, and a place (``geomaster_name``) where it holds several. Nothing is fetched: the user brings
the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from staffride.errors import InputError, Problem, nearest
from staffride.interop.downloads import EMPTY, Row, Shape, Table, close_name, count, day, plain, read_table
from staffride.interop.region_tables import Imported, PlaceNames, add_counts
from staffride.scenario.region import Region

GROUPS = ("refugees", "asylum_seekers", "oip")
"""Those who crossed a border for protection: refugees, asylum-seekers, and others in need of it (``oip``)."""

FIGURES = {
    "refugees": ("refugees", "Refugees under UNHCR's mandate", "Refugees (incl. refugee-like situations)"),
    "asylum_seekers": ("asylum_seekers", "Asylum-seekers", "Asylum-seekers (pending cases)"),
    "returned_refugees": ("returned_refugees", "Returned refugees"),
    "idps": ("idps", "IDPs of concern to UNHCR"),
    "returned_idps": ("returned_idps", "Returned IDPss", "Returned IDPs"),
    "stateless": ("stateless", "Stateless persons"),
    "ooc": ("ooc", "Others of concern"),
    "oip": ("oip", "Other people in need of international protection"),
    "hst": ("hst", "Host Community"),
}
YEARLY = Shape(
    "yearly",
    {
        "year": ("year",),
        "origin": ("coo_name", "Country of origin", "Origin"),
        "origin_code": ("coo_iso", "Country of origin (ISO)", "Origin ISO code"),
        "asylum": ("coa_name", "Country of asylum", "Country / territory of asylum/residence"),
        "asylum_code": ("coa_iso", "Country of asylum (ISO)"),
        "asylum_own": ("coa",),
        **FIGURES,
    },
    ("year", "asylum", "refugees"),
)
CODED = YEARLY._replace(required=("year", "asylum_code", "refugees"))
SERIES = Shape(
    "time series",
    {
        "date": ("data_date", "date", "Date"),
        "individuals": ("individuals", "Individuals", "Number of individuals"),
        "place": ("geomaster_name", "Location", "Country"),
        "group": ("population_group", "population_group_id", "population_groups_concat"),
        "origin": ("pop_origin_name", "Country of origin"),
    },
    ("date", "individuals"),
)


class _Found(NamedTuple):
    """Persons of one row that count for a destination."""

    row: Row
    destination: str
    moment: date
    part: tuple[str, ...]
    persons: float


def import_unhcr(
    path: str | Path,
    region: Region,
    *,
    names: Mapping[str, str] | None = None,
    origin: str | None = None,
    groups: Sequence[str] = GROUPS,
) -> Imported:
    """Return the region with the counts of a UNHCR file as reports of its destinations.

    Parameters
    ----------
    path
        The CSV file.
    region
        Its places are found by name or code.
    names
        Names in the file, to names of places, where they differ.
    origin
        Name or code of the country of origin to count; the region's home where it is left out. People of other
        origins are not counted.
    groups
        Columns of the yearly table that are added up.

    Returns
    -------
    Imported
        A year's figures stand on its 31 December, the day that they describe. A destination's earlier reports give way.
    """
    try:
        table = read_table(path, [YEARLY, CODED, SERIES])
        places = PlaceNames(region, names)
        reader = _series if table.shape == SERIES.name else _yearly
        return reader(table, region, places, origin or region.home, tuple(groups))
    except InputError as error:
        return Imported(None, error.problems, ())


def _yearly(
    table: Table, region: Region, places: PlaceNames, origin: str, groups: tuple[str, ...]
) -> Imported:
    problems = [*table.problems, *_wanted_groups(table, groups)]
    rows, words = _of_origin(table, origin, problems)
    found = list(
        _yearly_counts(table, rows, places, [name for name in groups if name in table.headers], problems)
    )
    problems += _unknown(table, rows, places, ("asylum", "asylum_code"))
    notes = [
        words,
        f"each figure is the sum of {', '.join(name for name in groups if name in table.headers)}",
        "figures describe 31 December and were published about half a year later; a forecast from a day between them "
        "would use what was not known",
    ]
    return add_counts(region, table.path, "UNHCR", _sources(table, found, problems), problems, notes)


def _wanted_groups(table: Table, groups: tuple[str, ...]) -> Iterator[Problem]:
    for name in groups:
        if name not in FIGURES:
            suggestion = nearest(name, FIGURES)
            yield Problem(
                f"no group {name!r} in UNHCR's tables", table.path, None, ", ".join(FIGURES), suggestion
            )


def _of_origin(table: Table, origin: str, problems: list[Problem]) -> tuple[list[Row], str]:
    """Return the rows of people from one country, and which those are in words."""
    columns = [name for name in ("origin", "origin_code") if name in table.headers]
    given = {row.cells[name] for row in table.rows for name in columns} - {""}
    if not {name for name in given if name.lower() not in EMPTY}:
        return list(table.rows), "the file does not tell origins apart: people of all origins are counted"
    rows = [row for row in table.rows if plain(origin) in {plain(row.cells[name]) for name in columns}]
    if not rows:
        suggestion = close_name(origin, given) or "give the country as the file writes it, as origin"
        problems.append(Problem(f"no row for people from {origin!r}", table.path, suggestion=suggestion))
    return rows, f"only people from {origin} are counted"


def _yearly_counts(
    table: Table, rows: Sequence[Row], places: PlaceNames, groups: Sequence[str], problems: list[Problem]
) -> Iterator[_Found]:
    for row in rows:
        destination = places.find(*_cells(row, "asylum", "asylum_code", "asylum_own"))
        moment = table.parsed(row, "year", _end_of_year, problems) if destination else None
        figures = [_persons(table, row, name, problems) for name in groups] if moment else []
        present = [figure for figure in figures if figure is not None]
        if destination and moment and present:
            part = _cells(row, "origin", "origin_code", "asylum", "asylum_code")
            yield _Found(row, destination, moment, part, sum(present))


def _cells(row: Row, *columns: str) -> tuple[str, ...]:
    return tuple(row.cells[name] for name in columns if row.cells.get(name))


def _end_of_year(text: str) -> date:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValueError(f"{text!r} is not a year")
    return date(int(text), 12, 31)


def _persons(table: Table, row: Row, column: str, problems: list[Problem]) -> float | None:
    """Return a figure; one that UNHCR withholds (``*``: one to four persons) is counted as nobody."""
    if row.cells[column] == "*":
        message = "one to four persons, withheld; counted as nobody"
        problems.append(table.problem(row, column, message, fatal=False))
        return 0.0
    return table.parsed(row, column, count, problems)


def _unknown(
    table: Table, rows: Sequence[Row], places: PlaceNames, columns: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield one warning for each name in the file that is no place of the region."""
    told: set[str] = set()
    for row in rows:
        words = _cells(row, *columns)
        if words and words[0] not in told and places.find(*words) is None:
            told.add(words[0])
            column = next(name for name in columns if row.cells.get(name))
            suggestion = places.near(*words) or "leave it so, or give its place in names"
            message = f"no place {words[0]!r} in the region; left out"
            yield table.problem(row, column, message, suggestion=suggestion, fatal=False)


def _series(table: Table, region: Region, places: PlaceNames, origin: str, _: tuple[str, ...]) -> Imported:
    problems = list(table.problems)
    rows, words = _of_origin(table, origin, problems)
    found = list(_series_counts(table, rows, region, places, problems))
    if "place" in table.headers:
        problems += _unknown(table, rows, places, ("place",))
    notes = [
        words,
        "individuals are read as persons who are there on the date, not as arrivals since the last date",
    ]
    return add_counts(region, table.path, "UNHCR", _sources(table, found, problems), problems, notes)


def _series_counts(
    table: Table, rows: Sequence[Row], region: Region, places: PlaceNames, problems: list[Problem]
) -> Iterator[_Found]:
    whole = None if "place" in table.headers else _of_whole_file(table, region, places, problems)
    for row in rows:
        destination = places.find(row.cells["place"]) if "place" in row.cells else whole
        moment = table.parsed(row, "date", day, problems) if destination else None
        persons = _persons(table, row, "individuals", problems) if moment else None
        if destination and moment and persons is not None:
            yield _Found(row, destination, moment, _cells(row, "place", "group", "origin"), persons)


def _of_whole_file(table: Table, region: Region, places: PlaceNames, problems: list[Problem]) -> str | None:
    """Return the destination of a file that names none: its own name says it, or the region has only one."""
    named = places.find(table.path.stem)
    if named is None and len(region.destinations) == 1:
        (named,) = region.destination_names
    if named is None:
        expected = "a column geomaster_name, or a file named after a place"
        suggestion = places.near(table.path.stem)
        problems.append(
            Problem("no column says which place is meant", table.path, None, expected, suggestion)
        )
    return named


def _sources(
    table: Table, found: Sequence[_Found], problems: list[Problem]
) -> dict[str, list[dict[date, float]]]:
    """Return persons by destination and date, the parts added up; the last row of a repeated part counts."""
    parts: dict[tuple[str, date, tuple[str, ...]], _Found] = {}
    for one in found:
        key = one.destination, one.moment, one.part
        if key in parts and parts[key].persons != one.persons:
            message = f"{one.destination} has another figure for {one.moment} on line {parts[key].row.line}"
            suggestion = "this one is used, as it stands later"
            problems.append(Problem(message, table.path, one.row.line, None, suggestion, fatal=False))
        parts[key] = one
    counts: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for (destination, moment, _), one in parts.items():
        counts[destination][moment] += one.persons
    return {destination: [dates] for destination, dates in counts.items()}
