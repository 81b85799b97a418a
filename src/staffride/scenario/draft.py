"""What could be understood of a scenario, right or wrong, so that every check can run and report at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from staffride.errors import Problem
from staffride.scenario.document import KeyPath
from staffride.scenario.inherit import Raw
from staffride.scenario.locate import SETTINGS
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import (
    Event,
    Header,
    Link,
    Location,
    Observation,
    PeopleRow,
    Period,
    Place,
    Province,
)
from staffride.scenario.tables import TABLES, RawRow, key_column
from staffride.scenario.validation import validate


@dataclass
class Draft:
    """The valid parts of a scenario, the names of all parts, and the problems found."""

    folder: Path
    problems: list[Problem]
    unreadable: frozenset[Location] = frozenset()
    header: dict[str, Any] = field(default_factory=dict)
    period: Period | None = None
    cutoff: datetime | None = None
    area: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    parameters: dict[str, Quantity] = field(default_factory=dict)
    parameter_names: tuple[str, ...] = ()
    rows: dict[str, list[Any]] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)

    @property
    def places(self) -> list[Place]:
        """The valid places."""
        return self.rows["places"]

    @property
    def links(self) -> list[Link]:
        """The valid links."""
        return self.rows["links"]

    @property
    def people(self) -> list[PeopleRow]:
        """The valid rows of people."""
        return self.rows["people"]

    @property
    def provinces(self) -> list[Province]:
        """The valid provinces."""
        return self.rows["provinces"]

    @property
    def events(self) -> list[Event]:
        """The valid events."""
        return self.rows["events"]

    @property
    def observations(self) -> list[Observation]:
        """The valid observations."""
        return self.rows["observations"]

    def complain(
        self,
        where: str,
        message: str,
        expected: str | None = None,
        suggestion: str | None = None,
        fatal: bool = True,
    ) -> None:
        """Add a problem at the line where ``where`` is written."""
        location = self.locations.get(where) or Location(self.folder / SETTINGS)
        self.problems.append(Problem(message, location.file, location.line, expected, suggestion, fatal))


def draft(folder: Path, raw: Raw, specs: Mapping[str, ParameterSpec] | None = None) -> Draft:
    """Return the draft of a scenario, each part of it validated on its own.

    Parameters
    ----------
    folder
        The scenario's folder.
    raw
        What its files say.
    specs
        The parameters that the model reads, for suggestions.
    """
    unreadable = frozenset(Location(Path(p.file), p.line) for p in raw.problems if p.file and p.line)
    result = Draft(folder, list(raw.problems), unreadable)
    _validate_header(raw, result)
    for name, value in _section(raw).items():
        _validate_parameter(raw, result, name, value, (specs or {}).get(name))
    for table in TABLES:
        _validate_table(raw, table, result)
    return result


def _section(raw: Raw) -> dict[str, object]:
    return raw.settings.data.get("parameters") or {}  # type: ignore[return-value]


def _validate_header(raw: Raw, result: Draft) -> None:
    settings = {key: value for key, value in raw.settings.data.items() if key != "parameters"}
    header = validate(
        Header, settings, "the scenario", raw.settings.at, result.problems, told=result.unreadable
    )
    for key in raw.settings.data:
        location = raw.settings.at((key,))
        if location is not None:
            result.locations[key] = location
    if header is not None:
        result.header = {name: getattr(header, name) for name in Header.model_fields if name != "parameters"}
        result.period, result.cutoff = header.period, header.cutoff
        result.area, result.claims = header.area, header.claims


def _validate_parameter(
    raw: Raw, result: Draft, name: str, value: object, spec: ParameterSpec | None
) -> None:
    result.parameter_names = (*result.parameter_names, name)
    at: KeyPath = ("parameters", name)
    location = raw.settings.at(at)
    if location is not None:
        result.locations[f"parameters.{name}"] = location
    written = spec.unit if spec else "..."
    if not isinstance(value, dict):
        text = f"parameter {name!r} is {value!r}, which has no unit"
        expected = "{value: ..., unit: ..., evidence or assumed: ...}"
        hint = f"write {name}: {{value: {value}, unit: {written}, assumed: ...}}"
        result.complain(f"parameters.{name}", text, expected, hint)
        return

    def locate(path: KeyPath) -> Location | None:
        return raw.settings.at((*at, *path))

    hints = {"unit": f"add `unit: {written}`"} if spec else {}
    quantity = validate(
        Quantity, value, f"parameter {name!r}", locate, result.problems, hints, result.unreadable
    )
    if quantity is not None:
        result.parameters[name] = quantity


def _validate_table(raw: Raw, table: str, result: Draft) -> None:
    rows, key = raw.tables.get(table, []), key_column(table)
    result.rows[table] = []
    result.names[table] = [row.cells.get(key, "") for row in rows]
    if not raw.headers_ok.get(table, True):
        return
    for row in rows:
        name = row.cells.get(key, "?")
        where = f"{table}.{name}"
        if where in result.locations:
            first = result.locations[where].line
            problem = f"{table}: {name!r} is given twice"
            hint = f"first on line {first}"
            result.problems.append(Problem(problem, *row.location, f"each {key} once", hint))
        result.locations.setdefault(where, row.location)
        _validate_row(table, name, row, result)


def _validate_row(table: str, name: str, row: RawRow, result: Draft) -> None:
    def locate(_: KeyPath) -> Location:
        return row.location

    what = f"{_SINGULAR.get(table, table.removesuffix('s'))} {name!r}"
    valid = validate(TABLES[table], row.cells, what, locate, result.problems, told=result.unreadable)
    if valid is not None:
        result.rows[table].append(valid)


_SINGULAR = {"people": "people of"}
