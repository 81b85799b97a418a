"""The resolved scenario that a run keeps: inheritance done, every number with its unit and what it rests on.

The copy is a scenario folder of its own. It loads to the same scenario, so a run folder alone reproduces the
run, whatever becomes of the folder that the run was started from.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from staffride.results.atomic import checksum, storage_errors, write_text
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Header, Scenario
from staffride.scenario.tables import TABLES

SETTINGS_NAME = "scenario.yaml"
FIT_NAME = "fit"
PARAMETERS = "parameters"


def scenario_digest(scenario: Scenario) -> str:
    """Return the SHA-256 of all that the scenario says, and of its stored fit; its place does not matter."""
    content = scenario.model_dump(mode="json", exclude={"folder", "locations"})
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    for path in fit_files(scenario.folder):
        digest.update(f"{path.relative_to(scenario.folder).as_posix()} {checksum(path)}".encode())
    return digest.hexdigest()


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
    for table in TABLES:
        write_text(folder / f"{table}.csv", _table_text(table, getattr(scenario, table)))
    write_text(folder / SETTINGS_NAME, settings_text(scenario, heading, subjects))


def settings_text(scenario: Scenario, heading: str, subjects: Mapping[str, str]) -> str:
    """Return ``scenario.yaml``: settings, then each parameter with its unit, role and evidence."""
    comment = [f"# {line}".rstrip() for line in heading.splitlines()]
    header = [
        f"{name}: {_inline(value)}"
        for name, value in scenario.model_dump(mode="json", include=set(Header.model_fields)).items()
        if name != PARAMETERS
    ]
    rows = [_parameter_lines(name, quantity, subjects) for name, quantity in scenario.parameters.items()]
    return (
        "\n".join([*comment, *header, f"{PARAMETERS}:", *(line for lines in rows for line in lines)]) + "\n"
    )


def _parameter_lines(name: str, quantity: Quantity, subjects: Mapping[str, str]) -> list[str]:
    said = [f"  # {one}: {_one_line(subjects[one])}" for one in quantity.evidence if one in subjects]
    content = quantity.model_dump(mode="json", exclude_defaults=True)
    return [*said, f"  {name}:", *(f"    {key}: {_inline(value)}" for key, value in content.items())]


def _inline(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    """Return ``value`` in flow style: JSON, which is YAML as well."""
    return json.dumps(value, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table_text(table: str, rows: Iterable[BaseModel]) -> str:
    """Return the rows as CSV with every column; an empty cell is a value that is not given."""
    columns = list(TABLES[table].model_fields)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        content = row.model_dump(mode="json")
        writer.writerow([_cell(content[name]) for name in columns])
    return lines.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(value)
    return repr(value) if isinstance(value, float) else str(value)
