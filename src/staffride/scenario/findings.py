"""What is found wrong while a folder is read: where it is written, what was done about it, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from staffride.errors import Problem, nearest

MOST_PER_FILE = 60
"""Problems of one file that are told one by one; a table of the wrong kind would give one for every cell."""


class At(NamedTuple):
    """Where something is written: a file, its line, the cell in that line; lines and cells count from 1."""

    file: Path
    line: int | None = None
    column: int | None = None


@dataclass
class Findings:
    """What was found while reading: problems, notes that are no defect, and what cannot be mapped."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)

    def fatal(self, message: str, at: At, expected: str | None = None, suggestion: str | None = None) -> None:
        """Add what stops a run."""
        self.problems.append(Problem(message, at.file, at.line, expected, suggestion, column=at.column))

    def warn(self, message: str, at: At, expected: str | None = None, suggestion: str | None = None) -> None:
        """Add what does not stop a run; the message says what was done about it."""
        self.problems.append(Problem(message, at.file, at.line, expected, suggestion, False, at.column))

    def unknown(
        self, what: str, name: str, known: Iterable[str], at: At, done: str = "it is left out"
    ) -> None:
        """Add that a name stands for nothing, with the nearest one that does."""
        self.warn(f"there is no {what} {name!r}; {done}", at, suggestion=nearest(name, known))

    def note(self, text: str) -> None:
        """Add what is worth knowing and no defect."""
        self.notes.append(text)

    def cannot_map(self, text: str) -> None:
        """Add what the region cannot hold."""
        self.unmapped.append(text)

    def sorted_problems(self, strict: bool) -> tuple[Problem, ...]:
        """Return fatal problems first, then by file and line; with ``strict`` all are fatal.

        Of one file at most a few dozen are told; a last one says how many more there are.
        """
        kept = [replace(one, fatal=True) for one in self.problems] if strict else list(self.problems)
        kept.sort(key=lambda one: (not one.fatal, str(one.file or ""), one.line or 0, one.column or 0))
        return tuple(_shortened(kept))


def _shortened(problems: list[Problem]) -> Iterator[Problem]:
    seen: Counter[tuple[object, bool]] = Counter()
    for one in problems:
        seen[one.file, one.fatal] += 1
        if seen[one.file, one.fatal] <= MOST_PER_FILE:
            yield one
    for (file, fatal), count in seen.items():
        if count > MOST_PER_FILE and isinstance(file, str | Path):
            more = f"{count - MOST_PER_FILE} more problems of this file are not shown"
            yield Problem(more, file, fatal=fatal)
