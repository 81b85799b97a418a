"""Finding the folder of a scenario, and keeping every path inside it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from staffride.errors import InputError, Problem, nearest

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "scenarios"
"""The folder of the scenarios that come with the program."""

SETTINGS = "scenario.yaml"
"""The file that makes a folder a scenario."""


def shipped_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the program."""
    return tuple(sorted(folder.parent.name for folder in SHIPPED.glob(f"*/{SETTINGS}")))


def find_folder(name: str | Path) -> Path:
    """Return the folder of a scenario, given by the name of a shipped one or by its path.

    Raises
    ------
    InputError
        If there is no such scenario.
    """
    if str(name) in shipped_names():
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
            f"the folder has no {SETTINGS}", folder, expected="a scenario", suggestion="staffride new"
        )
    beside = [path.parent.name for path in Path.cwd().glob(f"*/{SETTINGS}")]
    names = [*shipped_names(), *beside]
    known = ", ".join(shipped_names()) or "none is shipped"
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
