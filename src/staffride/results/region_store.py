"""The folder of a run or a forecast of a region: one JSON object, tables and a report, written whole or not at all."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from staffride.errors import StaffrideError
from staffride.results.atomic import checksum, storage_errors, write_text
from staffride.results.manifest import now
from staffride.results.new_folder import DEFAULT_PARENT, refuse_used

DOCUMENT_NAME = "region.json"
"""The file that makes a folder one of a run of a region."""


def save(
    folder: Path,
    document: Mapping[str, Any],
    texts: Mapping[str, str],
    scenario: Callable[[Path], None] | None = None,
) -> dict[str, Any]:
    """Write a run into ``folder``, which appears only when all of it is there; return its document as kept.

    What is kept says also where it is, when it ended, and the checksum of every other file.

    Parameters
    ----------
    folder
        A new or empty folder.
    document
        What `staffride show` reads.
    texts
        Further files by name, with a folder before it where they belong together.
    scenario
        Writes the scenario that was run into the folder that it is given.

    Raises
    ------
    InputError
        The folder holds other files.
    StorageError
        The system refused to write; nothing is left behind.
    """
    refuse_used(folder)
    partial = folder.with_name(f".{folder.name}.{time.time_ns()}.tmp")
    with storage_errors(folder):
        partial.mkdir(parents=True)
        try:
            for name, text in texts.items():
                (partial / name).parent.mkdir(exist_ok=True)
                write_text(partial / name, text)
            if scenario is not None:
                scenario(partial / "scenario")
            kept = _with_record(document, folder, partial)
            write_text(partial / DOCUMENT_NAME, json.dumps(kept, ensure_ascii=False, allow_nan=False) + "\n")
            if folder.is_dir():
                folder.rmdir()
            partial.rename(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return kept


def _with_record(document: Mapping[str, Any], folder: Path, partial: Path) -> dict[str, Any]:
    files = {
        path.relative_to(partial).as_posix(): checksum(path)
        for path in sorted(partial.rglob("*"))
        if path.is_file()
    }
    run = {**document["run"], "kept_in": str(folder), "ended": now()}
    return {**document, "run": run, "files": files}


def changed_files(folder: Path, document: Mapping[str, Any]) -> list[str]:
    """Return the names of files that are missing or no longer match their checksum."""
    files: Mapping[str, str] = document["files"]
    return [
        name
        for name, expected in files.items()
        if not (folder / name).is_file() or checksum(folder / name) != expected
    ]


def latest_document(parent: str | Path = DEFAULT_PARENT) -> tuple[Path, dict[str, Any]] | None:
    """Return folder and document of the youngest run of a region in ``parent``, or ``None`` where there is none."""
    found = max(((run["ended"], path) for path, run in list_documents(parent)), default=None)
    document = None if found is None else read_document(found[1])
    return None if found is None or document is None else (found[1], document)


def read_document(folder: str | Path) -> dict[str, Any] | None:
    """Return what is stored of a run of a region, or ``None`` where the folder holds none.

    Raises
    ------
    StaffrideError
        The file is damaged.
    """
    path = Path(folder) / DOCUMENT_NAME
    if not path.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StaffrideError(f"{path} is damaged: {error}") from error
    return found


def list_documents(parent: str | Path = DEFAULT_PARENT) -> Iterable[tuple[Path, dict[str, Any]]]:
    """Yield folder and ``run`` part of every readable run of a region in ``parent``, by name."""
    place = Path(parent)
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        document = read_document(path) if (path / DOCUMENT_NAME).is_file() else None
        if document is not None:
            yield path, document["run"]
