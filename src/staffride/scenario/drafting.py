"""Validating what the files of a scenario say, each part on its own, so that every problem is found at once."""

from __future__ import annotations

from pathlib import Path

from staffride.errors import Problem
from staffride.scenario.document import KeyPath
from staffride.scenario.draft import Draft
from staffride.scenario.fields import Location
from staffride.scenario.inherit import Raw
from staffride.scenario.schema import Header
from staffride.scenario.specs import Specs, for_sides, spec_of, specs_of_kind
from staffride.scenario.systems import draft_quantity, draft_systems
from staffride.scenario.tables import REQUIRED_TABLES, TABLES, RawRow, key_columns, row_name
from staffride.scenario.validation import validate


def draft(folder: Path, raw: Raw, specs: Specs | None = None) -> Draft:
    """Return the draft of a scenario, each part of it validated on its own.

    Parameters
    ----------
    folder
        The scenario's folder.
    raw
        What its files say.
    specs
        The parameters that the model reads, or a function from the kind of scenario to them.
    """
    unreadable = frozenset(Location(Path(p.file), p.line) for p in raw.problems if p.file and p.line)
    result = Draft(folder, list(raw.problems), unreadable, kind=raw.kind, sides=_written_sides(raw))
    if raw.kind in REQUIRED_TABLES and specs is not None:
        result.specs = for_sides(specs_of_kind(specs, raw.kind) or {}, result.sides)
    _validate_header(raw, result)
    for name, value in _section(raw, "parameters").items():
        _validate_parameter(raw, result, name, value)
    for table in TABLES:
        _validate_table(raw, table, result)
    draft_systems(raw.settings, result)
    return result


def _section(raw: Raw, key: str) -> dict[str, object]:
    return raw.settings.data.get(key) or {}  # type: ignore[return-value]


def _written_sides(raw: Raw) -> tuple[str, ...]:
    """Return the two sides; of a header in which they are not two, those that units have."""
    written = raw.settings.data.get("sides")
    names = [name for name in written if isinstance(name, str)] if isinstance(written, list) else []
    if len(set(names)) == len(names) == 2:
        return tuple(names)
    of_units = dict.fromkeys(row.cells.get("side", "") for row in raw.tables.get("units", []))
    default: tuple[str, ...] = Header.model_fields["sides"].default
    return tuple(of_units) if written and len(of_units) == 2 else default


def _validate_header(raw: Raw, result: Draft) -> None:
    settings = {key: value for key, value in raw.settings.data.items() if key not in _SECTIONS}
    header = validate(
        Header, settings, "the scenario", raw.settings.at, result.problems, told=result.unreadable
    )
    for key in raw.settings.data:
        location = raw.settings.at((key,))
        if location is not None:
            result.locations[key] = location
    if header is not None:
        result.header = {name: getattr(header, name) for name in Header.model_fields if name not in _SECTIONS}
        result.period, result.cutoff = header.period, header.cutoff
        result.area, result.claims = header.area, header.claims
        result.variants = header.variants
        for index, variant in enumerate(header.variants):
            location = raw.settings.at(("variants", index))
            if location is not None:
                result.locations.setdefault(f"variants.{variant.id}", location)


def _validate_parameter(raw: Raw, result: Draft, name: str, value: object) -> None:
    result.parameter_names = (*result.parameter_names, name)
    spec = spec_of(result.specs or {}, name)
    quantity = draft_quantity(
        raw.settings, result, ("parameters", name), f"parameter {name!r}", value, spec.unit if spec else None
    )
    if quantity is not None:
        result.parameters[name] = quantity


def _validate_table(raw: Raw, table: str, result: Draft) -> None:
    rows, key = raw.tables.get(table, []), " and ".join(key_columns(table))
    result.rows[table] = []
    result.names[table] = [row_name(table, row.cells) for row in rows]
    if not raw.headers_ok.get(table, True):
        return
    for row in rows:
        name = row_name(table, row.cells)
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


_SINGULAR = {
    "people": "people of",
    "civilians": "civilians of",
    "supplies": "supply",
    "city_strikes": "strike",
    "terms": "term for",
}
_SECTIONS = frozenset({"parameters", "systems"})
