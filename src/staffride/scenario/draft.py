"""What could be understood of a scenario, right or wrong, so that every check can run and report at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from staffride.errors import Problem
from staffride.scenario.inherit import Raw
from staffride.scenario.quantity import Quantity
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
from staffride.scenario.tables import TABLES, key_column
from staffride.scenario.validation import validate

M = TypeVar("M", bound=BaseModel)


@dataclass
class Draft:
    """The valid parts of a scenario, the names of all parts, and the problems found."""

    folder: Path
    problems: list[Problem]
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
        location = self.locations.get(where) or Location(self.folder)
        self.problems.append(Problem(message, location.file, location.line, expected, suggestion, fatal))


def draft(folder: Path, raw: Raw) -> Draft:
    """Return the draft of a scenario, each part of it validated on its own."""
    result = Draft(folder, list(raw.problems))
    _validate_header(raw, result)
    _validate_parameters(raw, result)
    for table in TABLES:
        _validate_table(raw, table, result)
    return result


def _validate_header(raw: Raw, result: Draft) -> None:
    settings = {key: value for key, value in raw.settings.data.items() if key != "parameters"}
    header = validate(Header, settings, "the scenario", raw.settings.at, result.problems)
    for key in settings:
        location = raw.settings.at((key,))
        if location is not None:
            result.locations[key] = location
    if header is not None:
        result.header = {name: getattr(header, name) for name in Header.model_fields if name != "parameters"}
        result.period, result.cutoff = header.period, header.cutoff
        result.area, result.claims = header.area, header.claims


def _validate_parameters(raw: Raw, result: Draft) -> None:
    section = raw.settings.data.get("parameters") or {}
    result.parameter_names = tuple(section)
    for name, value in section.items():
        at = ("parameters", name)
        location = raw.settings.at(at)
        if location is not None:
            result.locations[f"parameters.{name}"] = location
        what = f"parameter {name!r}"
        if not isinstance(value, dict):
            result.complain(
                f"parameters.{name}",
                f"{what} is {value!r}, which has no unit",
                "{value: ..., unit: ..., evidence or assumed: ...}",
                f"write {name}: {{value: {value}, unit: ..., assumed: ...}}",
            )
            continue
        quantity = validate(
            Quantity, value, what, lambda path, at=at: raw.settings.at((*at, *path)), result.problems
        )
        if quantity is not None:
            result.parameters[name] = quantity


def _validate_table(raw: Raw, table: str, result: Draft) -> None:
    rows, key = raw.tables.get(table, []), key_column(table)
    result.rows[table] = []
    result.names[table] = [row.cells.get(key, "") for row in rows]
    seen: dict[str, Location] = {}
    if not raw.headers_ok.get(table, True):
        return
    for row in rows:
        name = row.cells.get(key, "?")
        if name in seen:
            problem = f"{table}: {name!r} is given twice"
            where = row.location
            hint = f"first on line {seen[name].line}"
            result.problems.append(Problem(problem, where.file, where.line, f"each {key} once", hint))
        seen.setdefault(name, row.location)
        result.locations.setdefault(f"{table}.{name}", row.location)
        valid = validate(
            TABLES[table],
            row.cells,
            f"{_singular(table)} {name!r}",
            lambda _, row=row: row.location,
            result.problems,
        )
        if valid is not None:
            result.rows[table].append(valid)


def _singular(table: str) -> str:
    return {"people": "people of"}.get(table, table.removesuffix("s"))
