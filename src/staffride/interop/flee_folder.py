"""The files of a Flee folder: where they lie and which were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from staffride.scenario.findings import At, Findings
from staffride.scenario.locate import inside

INPUTS, SOURCES = "input_csv", "source_data"


@dataclass
class CaseFolder:
    """A Flee folder and its files.

    Attributes
    ----------
    root
        The folder of the case, as the user named it.
    inputs, sources
        Where its tables and its reports lie.
    found
        Where problems go.
    """

    root: Path
    inputs: Path
    sources: Path
    found: Findings
    _used: set[Path] = field(default_factory=set)

    def input(self, name: str) -> Path | None:
        """Return the path of a file of ``input_csv``, or ``None`` where there is none."""
        return self._find(self.inputs, name)

    def source(self, name: str) -> Path | None:
        """Return the path of a file of ``source_data``, or ``None``."""
        return self._find(self.sources, name)

    def top(self, name: str) -> Path | None:
        """Return the path of a file of the case folder itself, or ``None``."""
        return self._find(self.root, name)

    def input_files(self, prefix: str) -> list[Path]:
        """Return the files of ``input_csv`` whose name begins with ``prefix``, and mark them as read."""
        files = [path for path in _files(self.inputs) if path.name.lower().startswith(prefix)]
        self._used.update(files)
        return files

    def source_names(self) -> list[str]:
        """Return the names of the files of ``source_data``."""
        return [path.name for path in _files(self.sources)]

    def path_of(self, name: str) -> Path | None:
        """Return the path of a file that was read, by its name, or ``None``."""
        return next((path for path in self._used if path.name.lower() == name.lower()), None)

    def mark(self, path: Path) -> None:
        """Note that a file is accounted for."""
        self._used.add(path)

    def shown(self, path: Path) -> str:
        """Return a path as it stands in the case folder."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def _find(self, folder: Path, name: str) -> Path | None:
        path = inside(folder, name)
        if isinstance(path, str):
            return None
        if not path.is_file():
            other = [one for one in _files(path.parent) if one.name.lower() == path.name.lower()]
            if not other:
                return None
            self.found.warn(
                f"the file is named {other[0].name!r}; it is read as {path.name!r}, which Flee would not find",
                At(other[0]),
            )
            path = other[0]
        self._used.add(path)
        return path

    def list_unread(self) -> None:
        """Say which files and folders hold what was not read."""
        for folder in dict.fromkeys((self.inputs, self.sources, self.root)):
            names = [path.name for path in _files(folder) if path not in self._used]
            if folder == self.root and folder.is_dir():
                kept = {self.inputs, self.sources}
                names += [
                    f"{path.name}/" for path in sorted(folder.iterdir()) if path.is_dir() and path not in kept
                ]
            if names:
                where = "the case folder" if folder == self.root else f"{self.shown(folder)}/"
                self.found.cannot_map(f"{where}: not read: {', '.join(names)}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def looks_like_case(folder: Path) -> bool:
    """Return whether ``folder`` holds the tables of a Flee case."""
    return (folder / INPUTS).is_dir() or (folder / "locations.csv").is_file()


def open_case(folder: Path, found: Findings) -> CaseFolder | None:
    """Return the case of a folder, which may be one level above or below it; ``None`` with a problem if it is not one.

    A single case one level below is not read in silence: the user is told its name.
    """
    if folder.name in (INPUTS, SOURCES) and (folder.parent / INPUTS).is_dir():
        found.note(f"{folder} is part of a case; its parent {folder.parent} is read")
        folder = folder.parent
    if (folder / INPUTS).is_dir():
        return CaseFolder(folder, folder / INPUTS, folder / SOURCES, found)
    if (folder / "locations.csv").is_file():
        found.note(f"{folder} has no {INPUTS}/; its tables are read from the folder itself")
        return CaseFolder(folder, folder, folder / SOURCES, found)
    below = [path for path in sorted(folder.iterdir()) if looks_like_case(path)] if folder.is_dir() else []
    found.fatal(
        "this is not a Flee folder" if folder.is_dir() else "there is no such folder",
        At(folder),
        f"a folder with {INPUTS}/ and {SOURCES}/",
        "give one of: " + ", ".join(str(path) for path in below[:12]) if below else None,
    )
    return None
