"""Dated events of a Flee folder: conflict, closures, registrations, changes of kind, floods, food crises."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.interop.flee_case import Case
from staffride.interop.flee_days import read_days
from staffride.interop.flee_locations import read_kind
from staffride.interop.flee_names import CLOSURE_NAMES, OTHER_CLOSURE_NAMES
from staffride.scenario.cells import read_date, read_number
from staffride.scenario.csv_tables import Row, Table, plain_name, read_table
from staffride.scenario.findings import At
from staffride.scenario.region import Closure, ClosureKind, Correction, Link, PlaceKind, Reports

Floats: TypeAlias = NDArray[np.float64]

CLOSURE_COLUMNS = ("closure_type", "name1", "name2", "closure_start", "closure_end")
CLOSURE_SPELLINGS: Mapping[str, str] = {
    "type": "closure_type",
    "start": "closure_start",
    "startday": "closure_start",
    "end": "closure_end",
    "endday": "closure_end",
}
_PLAIN = {plain_name(name): kind for name, kind in {**CLOSURE_NAMES, **OTHER_CLOSURE_NAMES}.items()}
INPUT_FILES = {"conflicts.csv": "conflict_input_file", "flood_level.csv": "flood_level_input_file"}
"""Tables that another file can stand for, and the setting that names it."""


def read_conflict(case: Case, settings: Mapping[str, object]) -> dict[str, Floats]:
    """Return for each place in conflict its (days,) intensity.

    Without ``conflicts.csv`` every conflict zone is in conflict from its day on, at the intensity of the settings.
    """
    zones = {name: place for name, place in case.places.items() if place.kind == "conflict_zone"}
    file = _table_or_other(case, settings, "conflicts.csv")
    if file is None:
        if zones:
            text = "there is no conflicts.csv; every conflict zone is in conflict from its conflict_date on"
            case.found.warn(text, At(case.folder.inputs), "a row for every day, a column for every place")
        intensity = settings.get("default_conflict_intensity", 1.0)
        level = float(intensity) if isinstance(intensity, int | float) else 1.0
        days = np.arange(case.days)
        return {
            name: np.where(days >= (place.conflict_from or 0), level, 0.0) for name, place in zones.items()
        }
    columns = read_days(case, file, case.places, "intensity of conflict", 1.0)
    for name in zones:
        if name not in columns and columns:
            text = f"the conflict zone {name!r} has no column in {file.name}; there is no conflict in it"
            case.found.warn(text, case.written[name], "a column of its own")
    return {name: values for name, values in columns.items() if values.any()}


def read_flood(case: Case, settings: Mapping[str, object]) -> dict[str, Floats] | None:
    """Return for each place that is flooded its (days,) level; ``None`` where there is no table."""
    file = _table_or_other(case, settings, "flood_level.csv")
    return None if file is None else read_days(case, file, case.places, "level of flood", math.inf)


def read_food_crisis(case: Case) -> dict[str, Floats] | None:
    """Return for each place the (days,) per cent of people of its region in a food crisis."""
    file = case.folder.input("region_attributes_IPC.csv")
    if file is None:
        return None
    regions = {place.region for place in case.places.values() if place.region}
    columns = read_days(case, file, regions, "per cent in a food crisis", 100.0, "region")
    return {name: columns[place.region] for name, place in case.places.items() if place.region in columns}


def _table_or_other(case: Case, settings: Mapping[str, object], name: str) -> Path | None:
    """Return the table of that name, or the file that the settings name in its place."""
    key = INPUT_FILES[name]
    other = settings.get(key)
    if not isinstance(other, str) or not other.strip():
        return case.folder.input(name)
    bare = other.strip().removeprefix("./")
    for folder, path in ((case.folder.top, bare), (case.folder.input, bare.removeprefix("input_csv/"))):
        found = folder(path)
        if found is not None:
            return found
    case.found.fatal(
        f"{key} names {other!r}, which does not exist", At(case.folder.root), "a file of the case"
    )
    return None


def read_closures(case: Case, links: Sequence[Link]) -> tuple[Closure, ...]:
    """Return the closures in order of their days."""
    file = case.folder.input("closures.csv")
    if file is None:
        return ()
    table = read_table(file, case.found, CLOSURE_COLUMNS, CLOSURE_SPELLINGS)
    case.say_columns(table)
    pairs = {frozenset((link.first, link.second)) for link in links}
    found = [one for row in table.rows if (one := _closure(case, table, row, pairs)) is not None]
    return tuple(sorted(found, key=lambda one: (one.first_day, one.kind, one.first, one.second)))


def _closure(case: Case, table: Table, row: Row, pairs: set[frozenset[str]]) -> Closure | None:
    start = read_number(table.text(row, "closure_start")).value
    if start is not None and case.is_later(start):
        return None
    text = table.text(row, "closure_type")
    kind = _PLAIN.get(plain_name(text))
    if kind is None:
        case.found.warn(
            f"a closure of the unknown kind {text!r} is left out",
            table.at(row, "closure_type"),
            f"one of {', '.join(CLOSURE_NAMES)}",
        )
        return None
    names = _closure_names(case, table, row, kind)
    if not _closure_names_known(case, table, row, kind, names):
        return None
    if kind == "link" and frozenset(names) not in pairs:
        text = f"there is no link between {names[0]!r} and {names[1]!r} to close; the closure is left out"
        case.found.warn(text, table.at(row, "name1"), "the two ends of a link")
        return None
    first_day, last_day = _closure_days(case, table, row, kind)
    return Closure(kind, names[0], names[1], first_day, last_day)


def _closure_names(case: Case, table: Table, row: Row, kind: ClosureKind) -> tuple[str, str]:
    """Return what is closed; of one place, Flee reads the first name only, so the second never undoes its closure."""
    first, second = table.text(row, "name1"), table.text(row, "name2")
    alone = kind in ("camp", "idp_camp") or (kind == "location" and second not in case.places)
    if not alone or not second:
        return first, second
    if second not in case.places and second not in case.countries:
        done = f"{first!r} is closed to all, as in Flee"
        case.found.unknown("place", second, case.places, table.at(row, "name2"), done)
    return first, ""


def _closure_names_known(
    case: Case, table: Table, row: Row, kind: ClosureKind, names: tuple[str, str]
) -> bool:
    known = case.countries if kind == "country" else set(case.places)
    what = "country" if kind == "country" else "place"
    needed = 2 if kind in ("country", "link", "forced_redirection") or names[1] else 1
    checks = [
        case.know(name, table.at(row, column), "the closure is left out", known, what)
        for column, name in zip(("name1", "name2")[:needed], names, strict=False)
    ]
    if all(checks) and kind in ("camp", "idp_camp") and case.places[names[0]].kind != kind:
        text = (
            f"{names[0]!r} is closed as {kind} and is a {case.places[names[0]].kind}; it is closed as it is"
        )
        case.found.warn(text, table.at(row, "closure_type"))
    return all(checks)


def _closure_days(case: Case, table: Table, row: Row, kind: ClosureKind) -> tuple[int, int | None]:
    """Return the first day and the day of opening; Flee opens on that day only if it comes after the first."""
    first = case.day(table, row, "closure_start", "closure_start")
    last = case.day(table, row, "closure_end", "closure_end")
    if first is None:
        case.found.warn("closure_start is missing; it is read as 0", table.at(row, "closure_start"), "a day")
        first = 0
    if first < 0:
        text = f"closure_start is {first}; it is closed from day 0, where Flee would never close it"
        case.found.warn(text, table.at(row, "closure_start"), "a day from 0")
        first = 0
    if last is None or last < 0:
        return first, None
    if last == first:
        text = f"it closes and opens on the same day {first}, so it never holds"
        case.found.warn(text, table.at(row, "closure_end"), "a later day, or -1 for never")
    if last < first:
        text = f"closure_end {last} is before closure_start {first}; it is never opened again, as in Flee"
        if kind != "forced_redirection":  # folders write 0 there, for it has no end
            case.found.warn(text, table.at(row, "closure_end"), "a later day, or -1 for never")
        return first, None
    if first >= case.days:
        case.found.note(f"{table.file.name}, line {row.line}: the closure begins after the period")
    return first, last


def read_corrections(
    case: Case, reports: Sequence[Reports], unread: Container[str] = ()
) -> tuple[Correction, ...]:
    """Return the registrations in order of their days; of those of ``unread`` destinations nothing is said."""
    file = case.folder.input("registration_corrections.csv")
    if file is None:
        return ()
    table = read_table(file, case.found, ("name", "date", "mode"), {"camp": "name", "location": "name"})
    case.say_columns(table)
    known = {one.name: one for one in reports}
    found: dict[Correction, None] = {}
    for row in table.rows:
        one = _correction(case, table, row)
        if one is None:
            continue
        at = table.at(row, "date")
        if one in found:
            case.found.warn("the registration is given twice; one is kept", at)
        elif one.destination not in known:
            if one.destination not in unread:
                text = f"{one.destination!r} has no reports; its registration changes nothing"
                case.found.warn(text, table.at(row, "name"))
        elif not _between(known[one.destination], one.day):
            text = f"{one.destination!r} has no reports before and after {table.text(row, 'date')}; nothing is scaled"
            case.found.warn(text, at, "a date between its first and its last report")
        found[one] = None
    return tuple(sorted(found, key=lambda one: (one.day, one.destination)))


def _correction(case: Case, table: Table, row: Row) -> Correction | None:
    name, text, mode = (table.text(row, column) for column in ("name", "date", "mode"))
    moment = read_date(text)
    if moment is not None and case.is_later((moment - case.start).days):
        return None
    if not case.know(name, table.at(row, "name"), "the registration is left out"):
        return None
    if moment is None:
        case.found.fatal(f"{text!r} is not a date", table.at(row, "date"), "YYYY-MM-DD")
        return None
    if mode and mode.lower() != "normalize":
        case.found.warn(f"the unknown mode {mode!r} is read as normalize", table.at(row, "mode"), "normalize")
    return Correction(name, (moment - case.start).days)


def _between(reports: Reports, day: int) -> bool:
    return any(len(days) and days[0] < day <= days[-1] for days in reports.days)


def read_kind_changes(case: Case) -> tuple[tuple[str, PlaceKind, int], ...]:
    """Return the days on which a place becomes one of another kind, in their order."""
    places = (case.folder.top, case.folder.input, case.folder.source)
    file = next((found for find in places if (found := find("location_changes.csv"))), None)
    if file is None:
        return ()
    table = read_table(
        file, case.found, ("name", "location_type", "day"), {"type": "location_type", "date": "day"}
    )
    case.say_columns(table)
    changes: list[tuple[str, PlaceKind, int]] = []
    for row in table.rows:
        name = table.text(row, "name")
        if not case.know(name, table.at(row, "name"), "the change is left out"):
            continue
        kind = read_kind(case, table.text(row, "location_type"), table.at(row, "location_type"), name)
        day = case.day(table, row, "day", "the day")
        if day is None:
            case.found.warn("the day is missing; the change is left out", table.at(row, "day"), "a day")
        elif not case.is_later(day):
            changes.append((name, kind, day))
    return tuple(sorted(changes, key=lambda one: (one[2], one[0])))
