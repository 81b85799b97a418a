"""Reading the tables of a scenario: CSV files with a strict header, every cell with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from staffride.errors import Problem, nearest
from staffride.scenario.campaign_schema import Order, Unit, Zone
from staffride.scenario.chain_schema import CHAIN
from staffride.scenario.document import TABLE_LIMIT_BYTES, control_character, read_text
from staffride.scenario.fields import Location
from staffride.scenario.ground_schema import (
    CityStrike,
    Civilians,
    Formation,
    Goal,
    Supply,
    Term,
    Truce,
    Way,
)
from staffride.scenario.schema import Event, Header, Link, Observation, PeopleRow, Place, Province

TABLES: dict[str, type[BaseModel]] = {
    "places": Place,
    "links": Link,
    "people": PeopleRow,
    "provinces": Province,
    "events": Event,
    "observations": Observation,
    "zones": Zone,
    "units": Unit,
    "orders": Order,
    "ways": Way,
    "formations": Formation,
    "goals": Goal,
    "supplies": Supply,
    "city_strikes": CityStrike,
    "truces": Truce,
    "terms": Term,
    "civilians": Civilians,
}
"""The tables of a scenario and what a row of each is."""

REQUIRED_TABLES: dict[str, tuple[str, ...]] = {
    "displacement": ("places", "links", "people"),
    "campaign": ("places", "zones", "units", "orders"),
    "chain": ("events",),
}
"""The tables that a scenario of each kind cannot do without."""

FORMATIONS = "formations"
"""The table that makes a campaign one with a ground half: what has no meaning without it needs its rows."""

NEEDED_BY_FORMATIONS = ("ways", "goals", "supplies")
GROUND_TABLES = (FORMATIONS, *NEEDED_BY_FORMATIONS, "city_strikes", "truces", "terms", "civilians")
"""The tables of a campaign's ground half, and those of them that formations cannot do without."""

CAMPAIGN_TABLES = ("zones", "units", "orders", *GROUND_TABLES)
CAMPAIGN_SETTINGS = ("sides", "off", "variants", "baseline_label", "systems", "replay", "record_every_h")
CAMPAIGN_PLACE = ("zone", "held_by", "ground", "fortification", "line", "value")
"""What only a campaign has: tables, settings, and columns of places."""


CHAIN_TABLES = ("events", "observations")
CHAIN_SETTINGS = ("operation", "displacement", "side")
"""The tables that a chain may have, and the settings that only a chain has."""

NOT_OF_A_CHAIN = ("replay", "area", "exit_place", "checkpoint_place", "off", "baseline_label", "systems")
"""Settings that belong to the scenarios that a chain runs."""


def tables_of(kind: str) -> tuple[str, ...]:
    """Return the tables that a scenario of one kind may have."""
    if kind == CHAIN:
        return CHAIN_TABLES
    return tuple(table for table in TABLES if kind == "campaign" or table not in CAMPAIGN_TABLES)


def columns_of(kind: str, table: str) -> tuple[str, ...]:
    """Return the columns that a table may have in a scenario of one kind."""
    columns = tuple(TABLES[table].model_fields)
    hidden = CAMPAIGN_PLACE if kind != "campaign" and table == "places" else ()
    return tuple(name for name in columns if name not in hidden)


def settings_of(kind: str) -> tuple[str, ...]:
    """Return the settings that a scenario of one kind may have."""
    if kind == CHAIN:
        return tuple(name for name in Header.model_fields if name not in NOT_OF_A_CHAIN)
    hidden = CHAIN_SETTINGS if kind == "campaign" else (*CHAIN_SETTINGS, *CAMPAIGN_SETTINGS)
    return tuple(name for name in Header.model_fields if name not in hidden)


def key_columns(table: str) -> tuple[str, ...]:
    """Return the columns that together name a row."""
    return _KEYS.get(table, ("id",))


_KEYS = {"people": ("place",), "terms": ("place",), "civilians": ("place", "side")}


def row_name(table: str, cells: Mapping[str, Any]) -> str:
    """Return the name of a row: what its key columns hold, with points between; ``?`` for an empty one."""
    return ".".join(str(cells.get(column, "?")) for column in key_columns(table))


@dataclass(frozen=True)
class RawRow:
    """A row as it is written: column to text (empty cells left out), and where it stands."""

    cells: dict[str, str]
    location: Location


def read_table(table: str, path: Path) -> tuple[list[RawRow], list[Problem]]:
    """Return the rows of a CSV file and every problem with its form.

    The first line names the columns, in any order. Lines that start with ``#`` are comments.
    """
    text = read_text(path, TABLE_LIMIT_BYTES)
    if isinstance(text, Problem):
        return [], [text]
    at = control_character(text)
    if at is not None:
        line = text.count("\n", 0, at) + 1
        return [], [Problem("a control character is refused", path, line, "plain text", "remove it")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
    rows: list[RawRow] = []
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                problems += _header_problems(table, header, Location(path, reader.line_num))
            else:
                rows.append(_raw_row(header, cells, Location(path, reader.line_num), problems))
    except csv.Error as error:
        problems.append(Problem(f"this is not valid CSV: {error}", path, reader.line_num, "one row a line"))
    if header is None:
        problems.append(Problem("the table is empty", path, 1, "a first line with the names of the columns"))
    return rows, problems


def _raw_row(header: list[str], cells: list[str], location: Location, problems: list[Problem]) -> RawRow:
    if len(cells) != len(header):
        problems.append(
            Problem(
                f"the row has {len(cells)} cells and the header {len(header)}",
                location.file,
                location.line,
                "one cell for each column",
                "put double quotes around a text that holds a comma",
            )
        )
    pairs = zip(header, (cell.strip() for cell in cells), strict=False)
    return RawRow({column: cell for column, cell in pairs if cell}, location)


def _header_problems(table: str, header: list[str], location: Location) -> list[Problem]:
    fields = TABLES[table].model_fields
    columns = ", ".join(fields)
    problems = [
        Problem(
            f"unknown column {name!r}",
            location.file,
            location.line,
            f"among {columns}",
            nearest(name, fields),
        )
        for name in header
        if name not in fields
    ]
    problems += [
        Problem(f"the column {name!r} is given twice", location.file, location.line, "each column once")
        for name in sorted({name for name in header if header.count(name) > 1})
    ]
    problems += [
        Problem(f"the column {name!r} is missing", location.file, location.line, field.description or columns)
        for name, field in fields.items()
        if field.is_required() and name not in header
    ]
    return problems
