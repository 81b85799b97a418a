"""A folder for a new run: its name, and what is refused before any work is done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from staffride.errors import InputError, Problem
from staffride.results.atomic import storage_errors
from staffride.results.lock import LOCK_NAME
from staffride.results.manifest import MANIFEST_NAME

DEFAULT_PARENT = Path("runs")


def default_folder(scenario: str, parent: Path = DEFAULT_PARENT) -> Path:
    """Return a folder in ``parent`` for a new run of ``scenario``, named by the moment in UTC."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    candidate = parent / f"{scenario}-{stamp}"
    number = 2
    while candidate.exists():
        candidate = parent / f"{scenario}-{stamp}-{number}"
        number += 1
    return candidate


def make_folder(path: Path) -> None:
    """Make ``path`` for a new run.

    Raises
    ------
    InputError
        It holds another run or files that are not of a run.
    StorageError
        It cannot be made.
    """
    refuse_used(path)
    with storage_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def refuse_used(path: Path) -> None:
    """Refuse a folder that a new run must not use; nothing is made.

    Raises
    ------
    InputError
        ``path`` is a file, or holds another run or files that are not of a run.
    StorageError
        It cannot be read.
    """
    expected = "a new or empty folder"
    if path.exists() and not path.is_dir():
        raise refusal(f"{path} is a file", expected, "choose another name with --folder")
    with storage_errors(path):
        names = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    if MANIFEST_NAME in names:
        suggestion = f"complete that run with: staffride run --resume {path}, or choose another folder"
        raise refusal(f"{path} already holds a run", expected, suggestion)
    if any(name != LOCK_NAME and not name.startswith(f".{MANIFEST_NAME}") for name in names):
        raise refusal(f"{path} holds other files", expected, "choose another folder with --folder")


def refusal(message: str, expected: str, suggestion: str) -> InputError:
    """Return the error that refuses a folder: what is wrong, what was expected, what to do."""
    return InputError([Problem(message, expected=expected, suggestion=suggestion)])
