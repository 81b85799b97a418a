"""Rounds of IOM's Displacement Tracking Matrix (DTM) as reports of a region's places.

The columns are those of the programming interface's versions 2 and 3 (``operation, admin0Name, admin0Pcode, admin1Name,
..., numPresentIdpInd, reportingDate, roundNumber, assessmentType``, and in version 3 the rows apart by origin and
reason), of the files on the Humanitarian Data Exchange with their tag row (``#adm1+name``, ``#affected+idps+ind``), and
of its ``idps`` table (``admin1_name, population, reference_period_end, reporting_round``). Nothing is fetched: the user
brings the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from staffride.errors import InputError, Problem
from staffride.interop.downloads import Row, Shape, Table, close_name, count, day, plain, read_table
from staffride.interop.region_tables import Imported, PlaceNames, add_counts
from staffride.scenario.region import Region

LEVELS = (2, 1, 0)
"""Levels of administrative area, the smallest first: the smallest that is a place of the region takes the row."""

PRESENT = (
    "numbers are persons present at the date of the report; who left again or was never counted is missing"
)
COUNTRY = {
    "name": ("CountryName", "Country", "location_name", "#country+name"),
    "code": ("location_code", "#country+code"),
}


def _spellings(level: int, what: str) -> tuple[str, ...]:
    """Return how sources spell the name or the code of an area of a level."""
    codes = (f"admin{level}Pcode", f"admin{level}_code", f"adm{level}_pcode", f"#adm{level}+pcode")
    names = (f"admin{level}Name", f"adm{level}_name", f"provider_admin{level}_name", f"#adm{level}+name")
    more = COUNTRY[what] if level == 0 else (f"#adm{level}+{what}",)
    return (*(names if what == "name" else codes), *more)


AREAS = {f"admin{level}_{what}": _spellings(level, what) for level in LEVELS for what in ("name", "code")}
ROUNDS = Shape(
    "DTM",
    {
        **AREAS,
        "persons": (
            "numPresentIdpInd",
            "idpsPresentInd",
            "Number of IDPs",
            "IDP individuals",
            "population",
            "#affected+idps+ind",
            "#affected+idps",
        ),
        "date": (
            "reportingDate",
            "reporting_date",
            "Reported Date",
            "reference_period_end",
            "#date+reported",
            "#date+survey",
        ),
        "operation": ("operation", "operationName", "#operation+name"),
        "round": ("roundNumber", "reporting_round", "round", "#round+code"),
        "assessment": ("assessmentType", "assessment_type", "#assessment+type"),
        "origin": ("idpOriginAdmin1Pcode", "idpOriginAdmin1Name", "#adm1+origin+pcode", "#adm1+origin+name"),
        "reason": ("displacementReason", "#cause+type"),
    },
    ("persons", "date"),
)


class _Found(NamedTuple):
    """Persons of one row: of which survey, in which area, and which part of the area's count."""

    row: Row
    destination: str
    moment: date
    survey: tuple[str, str]
    area: tuple[str, ...]
    part: tuple[str, str]
    persons: float


def import_dtm(
    path: str | Path,
    region: Region,
    *,
    names: Mapping[str, str] | None = None,
    operation: str | None = None,
    assessment: str | None = None,
) -> Imported:
    """Return the region with the counts of a DTM file as reports of its places.

    Rows of a place and date that differ in area, origin or reason are parts of one count and add up. Operations and
    assessment types count the same people in their own ways, so no two of them are ever added for a place: where a
    place has several, the user must choose.

    Parameters
    ----------
    path
        The CSV file.
    region
        Its places are found by name or code, first at administrative level 2, then 1, then 0.
    names
        Names or codes in the file, to names of places, where they differ.
    operation
        Count only rows of this operation.
    assessment
        Count only rows of this assessment type: ``BA`` for areas, ``SA`` for sites.
    """
    try:
        table = read_table(path, [ROUNDS])
        places = PlaceNames(region, names)
    except InputError as error:
        return Imported(None, error.problems, ())
    problems = list(table.problems)
    rows = _chosen(table, {"operation": operation, "assessment": assessment}, problems)
    found = list(_counts(table, rows, places, problems))
    problems += _choices(table, found)
    sources, words = _sources(table, found, problems)
    notes = [PRESENT, *words, *_rounds(table, rows)]
    return add_counts(region, table.path, "IOM DTM", sources, problems, notes)


def _chosen(table: Table, wanted: Mapping[str, str | None], problems: list[Problem]) -> list[Row]:
    """Return the rows of the operation and the assessment type that the user named."""
    rows = list(table.rows)
    for column, value in wanted.items():
        if value is None:
            continue
        if column not in table.headers:
            problems.append(
                Problem(f"the file has no column of the {column}, but one was asked for", table.path)
            )
            continue
        given = {row.cells[column] for row in rows}
        rows = [row for row in rows if plain(row.cells[column]) == plain(value)]
        if not rows:
            message, suggestion = f"no row of the {column} {value!r}", close_name(value, given)
            problems.append(Problem(message, table.path, None, ", ".join(sorted(given)), suggestion))
    return rows


def _counts(table: Table, rows: list[Row], places: PlaceNames, problems: list[Problem]) -> Iterator[_Found]:
    told: set[tuple[str, ...]] = set()
    for row in rows:
        words = _area(row)
        destination = places.find(*words)
        if destination is None:
            if words not in told:
                problems.append(_unknown(table, row, words, places))
            told.add(words)
            continue
        moment = table.parsed(row, "date", day, problems)
        persons = table.parsed(row, "persons", count, problems) if moment else None
        if moment and persons is not None:
            survey = row.cells.get("operation", ""), row.cells.get("assessment", "")
            part = row.cells.get("origin", ""), row.cells.get("reason", "")
            area = tuple(map(plain, words))
            yield _Found(row, destination, moment, survey, area, part, persons)


def _area(row: Row) -> tuple[str, ...]:
    """Return the names and codes of a row's areas, the smallest first."""
    columns = (f"admin{level}_{what}" for level in LEVELS for what in ("code", "name"))
    return tuple(row.cells[name] for name in columns if row.cells.get(name))


def _unknown(table: Table, row: Row, words: tuple[str, ...], places: PlaceNames) -> Problem:
    named = next((name for name in AREAS if row.cells.get(name)), "persons")
    message = (
        f"no place of the region is {' or '.join(map(repr, words)) or 'a row without an area'}; left out"
    )
    suggestion = places.near(*words) or "leave it so, or give its place with --names FROM=TO"
    return table.problem(row, named, message, suggestion=suggestion, fatal=False)


def _choices(table: Table, found: list[_Found]) -> Iterator[Problem]:
    """Yield a fatal problem for each place that several surveys counted."""
    surveys: dict[str, dict[tuple[str, str], Row]] = defaultdict(dict)
    for one in found:
        surveys[one.destination].setdefault(one.survey, one.row)
    for destination, rows in sorted(surveys.items()):
        for at, (column, asked) in enumerate(
            (("operation", "an operation"), ("assessment", "an assessment type"))
        ):
            values = sorted({survey[at] for survey in rows})
            if len(values) > 1:
                message = f"{destination} is counted by several: {', '.join(map(repr, values))}"
                second = next(row for survey, row in rows.items() if survey[at] != next(iter(rows))[at])
                yield table.problem(
                    second, column, message, suggestion=f"choose {asked}; they must not be added up"
                )


def _rounds(table: Table, rows: list[Row]) -> list[str]:
    if "round" not in table.headers or not rows:
        return []
    rounds = {row.cells["round"] for row in rows} - {""}
    return [f"{len(rounds)} round{'' if len(rounds) == 1 else 's'} of the survey"]


def _sources(
    table: Table, found: list[_Found], problems: list[Problem]
) -> tuple[dict[str, list[dict[date, float]]], list[str]]:
    """Return each place's counts by date, one source for all areas with the same dates, and words on the others."""
    areas: dict[str, dict[tuple[str, ...], dict[date, float]]] = defaultdict(lambda: defaultdict(dict))
    for one in _once(table, found, problems):
        dates = areas[one.destination][one.area]
        dates[one.moment] = dates.get(one.moment, 0.0) + one.persons
    sources: dict[str, list[dict[date, float]]] = {}
    words = []
    for destination, members in areas.items():
        alike: dict[frozenset[date], dict[date, float]] = {}
        for dates in members.values():
            total = alike.setdefault(frozenset(dates), dict.fromkeys(dates, 0.0))
            for moment, persons in dates.items():
                total[moment] += persons
        sources[destination] = list(alike.values())
        if len(alike) > 1:
            words.append(
                f"{destination}: not every area is in every round; one that is missing keeps its last count"
            )
    return sources, words


def _once(table: Table, found: list[_Found], problems: list[Problem]) -> list[_Found]:
    """Return the rows without those that a later row of the same area, date, origin and reason replaces."""
    last: dict[tuple[object, ...], _Found] = {}
    for one in found:
        key = one.destination, one.moment, one.survey, one.area, one.part
        if key in last:
            message = (
                f"the same area, date, origin and reason stand on line {last[key].row.line}; this row is used"
            )
            problems.append(table.problem(one.row, "persons", message, fatal=False))
        last[key] = one
    return list(last.values())
