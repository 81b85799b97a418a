"""Finding the folder of a scenario, and keeping every path inside it."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath, PureWindowsPath

from staffride.errors import InputError, Problem, nearest

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "scenarios"
"""The folder of the scenarios that come with the program."""

SETTINGS = "scenario.yaml"
"""The file that makes a folder a scenario."""


_REGION = re.compile(r"^kind:\s*[\"']?region\b", re.MULTILINE)


def is_region_folder(folder: Path) -> bool:
    """Return whether a folder holds a scenario of kind ``region``, without reading more than its settings."""
    settings = folder / SETTINGS
    return settings.is_file() and bool(_REGION.search(settings.read_text(encoding="utf-8", errors="replace")))


def shipped_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the program, without those of kind ``region``."""
    return tuple(name for name in _shipped() if not is_region_folder(SHIPPED / name))


def shipped_regions() -> tuple[str, ...]:
    """Return the names of the scenarios of kind ``region`` that come with the program."""
    return tuple(name for name in _shipped() if is_region_folder(SHIPPED / name))


def _shipped() -> tuple[str, ...]:
    return tuple(sorted(folder.parent.name for folder in SHIPPED.glob(f"*/{SETTINGS}")))


def find_folder(name: str | Path) -> Path:
    """Return the folder of a scenario, given by the name of a shipped one or by its path.

    Raises
    ------
    InputError
        If there is no such scenario.
    """
    if str(name) in _shipped():
        return SHIPPED / str(name)
    folder = Path(name)
    if folder.name == SETTINGS:
        folder = folder.parent
    if (folder / SETTINGS).is_file():
        return folder
    raise InputError([_not_found(str(name), folder)])


def _not_found(name: str, folder: Path) -> Problem:
    if folder.is_dir():
        return Problem(
            f"the folder has no {SETTINGS}",
            folder,
            expected="a scenario, or a Flee folder with its input_csv",
            suggestion="start one with: staffride new",
        )
    beside = [path.parent.name for path in Path.cwd().glob(f"*/{SETTINGS}")]
    names = [*_shipped(), *beside]
    known = ", ".join(_shipped()) or "none is shipped"
    return Problem(
        f"there is no scenario {name!r}",
        expected=f"the name of a shipped scenario ({known}) or a folder with a {SETTINGS}",
        suggestion=nearest(name, names),
    )


def find_parent(name: str, folder: Path) -> Path | None:
    """Return the folder of the scenario that one in ``folder`` extends: shipped, or beside it."""
    if PurePosixPath(name).name != name or "\\" in name or name in {"", ".", ".."}:
        return None
    candidates = (SHIPPED / name, folder.resolve().parent / name)
    return next((path for path in candidates if (path / SETTINGS).is_file()), None)


def inside(folder: Path, relative: str) -> Path | str:
    """Return the path of a file inside ``folder``, or the reason why it is refused."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or PureWindowsPath(relative).drive or relative.startswith("\\"):
        return "an absolute path is refused"
    if ".." in pure.parts or ".." in PureWindowsPath(relative).parts:
        return "a path with '..' is refused"
    path = folder / relative
    if not path.resolve().is_relative_to(folder.resolve()):
        return "the path is a link that leaves the folder"
    return path
