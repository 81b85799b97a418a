"""The resolved scenario that a run keeps: inheritance done, every number with its unit and what it rests on.

The copy is a scenario folder of its own. It loads to the same scenario, so a run folder alone reproduces the
run, whatever becomes of the folder that the run was started from.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from staffride.results.atomic import checksum, storage_errors, write_text
from staffride.scenario.catalogue import CATALOGUE_KEY, SYSTEMS_FILE
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Scenario
from staffride.scenario.tables import columns_of, settings_of, tables_of

SETTINGS_NAME = "scenario.yaml"
FIT_NAME = "fit"
PARAMETERS, SYSTEMS = "parameters", "systems"


def scenario_digest(scenario: Scenario) -> str:
    """Return the SHA-256 of all that the scenario says, and of its stored fit; its place does not matter."""
    digest = hashlib.sha256(json.dumps(_content(scenario), sort_keys=True).encode())
    for path in fit_files(scenario.folder):
        digest.update(f"{path.relative_to(scenario.folder).as_posix()} {checksum(path)}".encode())
    return digest.hexdigest()


def _content(scenario: Scenario) -> dict[str, Any]:
    """Return all that a scenario says, with the stages of a chain; the stored fit of a stage is never used."""
    return {
        **scenario.model_dump(mode="json", include=set(settings_of(scenario.kind))),
        **{table: _table_rows(scenario, table) for table in tables_of(scenario.kind)},
        **{f"stage {kind}": _content(stage) for kind, stage in scenario.stages.items()},
    }


def fit_files(folder: Path) -> list[Path]:
    """Return the files of the fit that is stored with the scenario in ``folder``."""
    return sorted(path for path in (folder / FIT_NAME).rglob("*") if path.is_file())


def write_resolved(scenario: Scenario, folder: Path, heading: str, subjects: Mapping[str, str]) -> None:
    """Write ``scenario`` to ``folder`` as a scenario of its own.

    Parameters
    ----------
    heading
        Lines for the top of ``scenario.yaml``, such as the command that repeats the run.
    subjects
        Identifier of a fact or claim -> what it says, for the comments.

    Raises
    ------
    StorageError
        The disk is full or refuses to write.
    """
    with storage_errors(folder):
        folder.mkdir(exist_ok=True)
        for path in fit_files(scenario.folder):
            target = folder / path.relative_to(scenario.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for stage in scenario.stages.values():
        _write_plain(stage, folder / stage.name, f"A stage of {scenario.name}, as it was run.", subjects)
    _write_plain(scenario, folder, heading, subjects)  # its settings come last: a copy that has them is whole


def _write_plain(scenario: Scenario, folder: Path, heading: str, subjects: Mapping[str, str]) -> None:
    """Write settings and tables, without a stored fit."""
    with storage_errors(folder):
        folder.mkdir(exist_ok=True)
    for table in tables_of(scenario.kind):
        if getattr(scenario, table) or scenario.kind == "displacement":
            write_text(folder / f"{table}.csv", _table_text(scenario, table))
    if scenario.systems:
        write_text(folder / SYSTEMS_FILE, _systems_text(scenario, subjects))
    write_text(folder / SETTINGS_NAME, settings_text(scenario, heading, subjects))


def settings_text(scenario: Scenario, heading: str, subjects: Mapping[str, str]) -> str:
    """Return ``scenario.yaml``: settings, then each parameter with its unit, role and evidence."""
    comment = [f"# {line}".rstrip() for line in heading.splitlines()]
    settings = set(settings_of(scenario.kind)) - {PARAMETERS, SYSTEMS}
    header = [
        f"{name}: {_inline(value)}"
        for name, value in scenario.model_dump(mode="json", include=settings).items()
    ]
    alone = [] if scenario.kind == "displacement" else [f"{CATALOGUE_KEY}: false"]
    rows = [_quantity_lines(name, quantity, subjects, "  ") for name, quantity in scenario.parameters.items()]
    return "\n".join([*comment, *header, *alone, f"{PARAMETERS}:", *itertools.chain(*rows)]) + "\n"


def _systems_text(scenario: Scenario, subjects: Mapping[str, str]) -> str:
    """Return ``systems.yaml``: every system whole, so that the copy needs no catalogue."""
    lines: list[str] = []
    for name, system in scenario.systems.items():
        content = system.model_dump(mode="json", exclude_defaults=True, exclude={"figures"})
        lines += [f"{name}:", *(f"  {key}: {_inline(value)}" for key, value in content.items()), "  figures:"]
        for figure, quantity in system.figures.items():
            lines += _quantity_lines(figure, quantity, subjects, "    ")
        if not system.figures:
            lines[-1] += " {}"
    return "\n".join(lines) + "\n"


def _quantity_lines(name: str, quantity: Quantity, subjects: Mapping[str, str], indent: str) -> list[str]:
    said = [f"{indent}# {one}: {_one_line(subjects[one])}" for one in quantity.evidence if one in subjects]
    content = quantity.model_dump(mode="json", exclude_defaults=True)
    return [
        *said,
        f"{indent}{name}:",
        *(f"{indent}  {key}: {_inline(value)}" for key, value in content.items()),
    ]


def _inline(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    """Return ``value`` in flow style: JSON, which is YAML as well."""
    return json.dumps(value, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table_text(scenario: Scenario, table: str) -> str:
    """Return the rows as CSV with every column; an empty cell is a value that is not given."""
    columns = columns_of(scenario.kind, table)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    for content in _table_rows(scenario, table):
        writer.writerow([_cell(content[name]) for name in columns])
    return lines.getvalue()


def _table_rows(scenario: Scenario, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table as plain data, with the columns that belong to the kind of scenario."""
    columns = set(columns_of(scenario.kind, table))
    return [row.model_dump(mode="json", include=columns) for row in getattr(scenario, table)]


def _cell(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(value)
    return repr(value) if isinstance(value, float) else str(value)
