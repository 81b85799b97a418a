"""Collecting what a scenario says, together with what it inherits, before anything is validated.

``extends`` names a shipped scenario or a folder beside this one. Settings and parameters are merged by name,
systems figure by figure, a table is replaced as a whole, and ``change`` alters single cells of an inherited table. An
inherited parameter that is ``null`` is taken away.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from staffride.errors import Problem, nearest
from staffride.scenario.catalogue import (
    CATALOGUE_KEY,
    SYSTEMS_FILE,
    copy_locations,
    lay_over_catalogue,
    merge_systems,
)
from staffride.scenario.document import Document, KeyPath, read_document
from staffride.scenario.fields import Location
from staffride.scenario.locate import SETTINGS, find_parent, inside, shipped_names
from staffride.scenario.tables import (
    FORMATIONS,
    GROUND_TABLES,
    NEEDED_BY_FORMATIONS,
    REQUIRED_TABLES,
    TABLES,
    RawRow,
    key_columns,
    read_table,
    row_name,
    tables_of,
)

PARAMETERS = "parameters.yaml"
"""An optional second file: the `parameters` section by itself, name by name."""

SECTIONS = {PARAMETERS: "parameters", SYSTEMS_FILE: "systems"}
"""Optional files that hold a section of the settings by itself, and which."""

_LOADER_KEYS = frozenset({"extends", "change", "tables", CATALOGUE_KEY, *SECTIONS.values()})


@dataclass
class Raw:
    """What the files of a scenario say, with inheritance done and nothing validated."""

    settings: Document
    tables: dict[str, list[RawRow]] = field(default_factory=dict)
    headers_ok: dict[str, bool] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    with_catalogue: bool = True

    @property
    def kind(self) -> str:
        """The kind of scenario that the settings name."""
        return str(self.settings.data.get("kind", "displacement"))

    @property
    def problems(self) -> list[Problem]:
        """Everything found wrong so far."""
        return self.settings.problems

    @property
    def unread(self) -> bool:
        """Whether a file without which nothing else can be judged is missing, empty or cannot be read."""
        needed = REQUIRED_TABLES.get(self.kind, ())
        return not self.settings.whole or any(not self.tables.get(table) for table in needed)


def collect(folder: Path, chain: tuple[Path, ...] = ()) -> Raw:
    """Return what the scenario in ``folder`` says, after everything that it extends."""
    own = _read_settings(folder)
    raw = _inherited(folder, own, (*chain, folder))
    _merge_settings(raw.settings, own)
    raw.with_catalogue = _wants_catalogue(own, raw.with_catalogue)
    _read_tables(folder, own, raw)
    _apply_changes(own, raw)
    if not chain and raw.settings.whole:
        _check_tables(folder, raw)
        if raw.kind == "campaign":
            _check_ground(raw)
        if raw.kind == "campaign" and raw.with_catalogue:
            lay_over_catalogue(
                raw.settings, {row.cells.get("system", "") for row in raw.tables.get("units", [])}
            )
    return raw


def _read_settings(folder: Path) -> Document:
    """Return scenario.yaml with what stands in files of its own added: parameters and systems."""
    own = Document()
    for name in (SETTINGS, *SECTIONS):
        path = inside(folder, name)
        if isinstance(path, str):
            own.problems.append(Problem(path, folder / name, expected=f"a file inside {folder}"))
            own.whole = False
        elif path.exists() or name == SETTINGS:
            _add_file(own, read_document(path), name)
    return own


def _add_file(own: Document, more: Document, name: str) -> None:
    own.problems += more.problems
    own.whole &= more.whole
    if name == SETTINGS:
        own.data, own.locations = more.data, more.locations
        return
    key = SECTIONS[name]
    section, singular = _mapping(own, key), key.removesuffix("s")
    own.locations.setdefault((key,), more.at(()) or Location(Path(name)))
    for entry, value in more.data.items():
        first, second = own.at((key, entry)), more.at((entry,))
        if entry in section and first is not None and second is not None:
            text = f"the {singular} {entry!r} is given twice"
            hint = f"first in {first.file.name}, line {first.line}"
            own.problems.append(Problem(text, second.file, second.line, f"each {singular} once", hint))
            continue
        section[entry] = value
        moved = {(key, *path): at for path, at in more.locations.items() if path[:1] == (entry,)}
        own.locations.update(moved)
    own.data[key] = section


def _mapping(document: Document, key: str) -> dict[str, Any]:
    """Return the mapping under ``key``; an empty one, with a problem noted, if it is something else."""
    value = document.data.get(key)
    if value is None or isinstance(value, dict):
        return value or {}
    where = document.at((key,))
    assert where is not None
    document.problems.append(
        Problem(f"`{key}` is {value!r}", where.file, where.line, "lines of the form `name: value`")
    )
    return {}


def _inherited(folder: Path, own: Document, chain: tuple[Path, ...]) -> Raw:
    """Return what the scenario extends, or an empty start."""
    name = own.data.get("extends")
    if name is None:
        return Raw(Document())
    parent = find_parent(name, folder) if isinstance(name, str) else None
    if parent is None:
        beside = [path.parent.name for path in folder.resolve().parent.glob(f"*/{SETTINGS}")]
        text = f"`extends` names {name!r}, which is not there"
        expected = "the name of a shipped scenario or of a folder beside this one (a name, not a path)"
        _complain(own, ("extends",), text, expected, nearest(str(name), [*shipped_names(), *beside]))
        return Raw(Document(whole=False))
    names = [path.resolve() for path in chain]
    if parent.resolve() in names:
        members = [path.name for path in names[names.index(parent.resolve()) :]]
        circle = " -> ".join([*members, parent.name])
        _complain(
            own, ("extends",), f"`extends` runs in a circle: {circle}", "a chain that ends", "remove one"
        )
        return Raw(Document(whole=False))
    return collect(parent, chain)


def _merge_settings(base: Document, own: Document) -> None:
    """Lay a scenario's own settings over the inherited ones."""
    base.problems += own.problems
    own.problems = base.problems
    base.whole &= own.whole
    base.locations[()] = own.locations.get((), Location(Path(SETTINGS)))
    base.data.pop("name", None)  # a scenario has its own name, whatever it inherits
    inherited = _mapping(base, "parameters")
    for key, value in own.data.items():
        if key in _LOADER_KEYS:
            continue
        base.data[key] = value
        copy_locations(own, base, (key,))
    if ("parameters",) in own.locations:
        base.locations["parameters",] = own.locations["parameters",]
    for parameter, value in _mapping(own, "parameters").items():
        if value is None and parameter in inherited:
            del inherited[parameter]
            continue
        inherited[parameter] = value
        copy_locations(own, base, ("parameters", parameter))
    base.data["parameters"] = inherited
    if "systems" in own.data:
        _mapping(base, "systems")
        own.data["systems"] = _mapping(own, "systems")
        merge_systems(base, own)


def _wants_catalogue(own: Document, inherited: bool) -> bool:
    """Return whether the shipped catalogue stands behind the scenario's own systems."""
    value = own.data.get(CATALOGUE_KEY, inherited)
    if not isinstance(value, bool):
        text = f"`{CATALOGUE_KEY}` is {value!r}"
        _complain(own, (CATALOGUE_KEY,), text, "true or false", "leave it out, or say false")
    return value is not False


def _read_tables(folder: Path, own: Document, raw: Raw) -> None:
    named = _mapping(own, "tables")
    for key in [key for key in named if key not in TABLES]:
        _complain(
            own,
            ("tables", key),
            f"unknown table {key!r}",
            "one of " + ", ".join(TABLES),
            nearest(key, TABLES),
        )
    for table in TABLES:
        file = named.get(table, f"{table}.csv")
        path = inside(folder, file) if isinstance(file, str) else "a table needs the name of its file"
        if isinstance(path, str):
            _complain(
                own,
                ("tables", table),
                f"{table}: {file!r}: {path}",
                "a file inside the folder",
                "copy it there",
            )
        elif path.exists():
            rows, problems = read_table(table, path)
            raw.tables[table], raw.headers_ok[table], raw.files[table] = rows, not problems, path
            raw.problems.extend(problems)
        elif table in named:
            beside = [entry.name for entry in folder.glob("*.csv")]
            _complain(
                own, ("tables", table), f"there is no file {file!r}", "a CSV file", nearest(file, beside)
            )


def _complain(
    own: Document, at: KeyPath, message: str, expected: str | None = None, suggestion: str | None = None
) -> None:
    where = own.at(at)
    file, line = where if where is not None else (None, None)
    own.problems.append(Problem(message, file, line, expected, suggestion))


def _check_tables(folder: Path, raw: Raw) -> None:
    """Report tables that the kind of scenario needs and that are missing, and those that it cannot have."""
    for table in REQUIRED_TABLES.get(raw.kind, ()):
        if table not in raw.tables:
            text = f"the scenario has no table {table}.csv"
            raw.problems.append(Problem(text, folder, None, f"{table}.csv", "write it, or use `extends`"))
        elif not raw.tables[table] and raw.headers_ok[table]:
            text, file = "the table has no rows", raw.files[table]
            raw.problems.append(Problem(text, file, 1, "one row at least", "write one, or use `extends`"))
    for table in [table for table in raw.tables if table not in tables_of(raw.kind)]:
        text = f"a {raw.kind} has no table {table}.csv"
        known = "one of " + ", ".join(tables_of(raw.kind))
        raw.problems.append(Problem(text, folder, None, known, "remove the file, or set `kind: campaign`"))


def _check_ground(raw: Raw) -> None:
    """Report a ground half of which a part is missing."""
    there = [table for table in GROUND_TABLES if raw.tables.get(table)]
    if FORMATIONS in there:
        for table in [table for table in NEEDED_BY_FORMATIONS if table not in there]:
            text, file = (
                f"the scenario has {FORMATIONS}.csv and no rows of {table}.csv",
                raw.files[FORMATIONS],
            )
            raw.problems.append(Problem(text, file, 1, f"{table}.csv with one row at least", "write it"))
        return
    for table in there:
        text, file = f"the scenario has {table}.csv and no rows of {FORMATIONS}.csv", raw.files[table]
        hint = f"write {FORMATIONS}.csv, or remove this table"
        raw.problems.append(Problem(text, file, 1, f"{FORMATIONS}.csv with one row at least", hint))


def _apply_changes(own: Document, raw: Raw) -> None:
    """Apply ``change: {table: {row id: {column: value}}}`` to the tables."""
    for table, rows in _mapping(own, "change").items():
        if table not in TABLES or not isinstance(rows, dict):
            expected = "{table: {row: {column: value}}} with a table of " + ", ".join(TABLES)
            _complain(own, ("change", table), f"cannot change {table!r}", expected, nearest(table, TABLES))
            continue
        for row_id, cells in rows.items():
            _change_row(own, raw, table, row_id, cells)


def _change_row(own: Document, raw: Raw, table: str, row_id: str, cells: object) -> None:
    at: KeyPath = ("change", table, row_id)
    existing = raw.tables.get(table, [])
    key = ".".join(key_columns(table))
    names = [row_name(table, row.cells) for row in existing]
    if row_id not in names or not isinstance(cells, dict):
        _complain(
            own, at, f"{table} has no row {row_id!r} to change", f"an existing {key}", nearest(row_id, names)
        )
        return
    unknown = [column for column in cells if column not in TABLES[table].model_fields]
    for column in unknown:
        columns = list(TABLES[table].model_fields)
        expected = "one of " + ", ".join(columns)
        _complain(own, (*at, column), f"unknown column {column!r}", expected, nearest(column, columns))
    index = names.index(row_id)
    merged = copy.copy(existing[index].cells)
    for column in [column for column in cells if column not in unknown]:
        merged.pop(column, None)
        if cells[column] is not None:
            merged[column] = str(cells[column])
    location = own.at(at)
    assert location is not None
    raw.tables[table] = [*existing[:index], RawRow(merged, location), *existing[index + 1 :]]
