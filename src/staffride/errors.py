"""Errors that say where, what was expected, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a user's input.

    Parameters
    ----------
    message
        What is wrong, in one sentence.
    file
        The file that holds it, as the user would name it.
    line
        The line in that file, counted from 1; ``None`` where the whole file is meant.
    expected
        What would have been right.
    suggestion
        What to do: often the nearest valid name.
    fatal
        ``False`` for a warning, which does not stop a run.
    column
        The cell of that line in a table, counted from 1.
    """

    message: str
    file: Path | str | None = None
    line: int | None = None
    expected: str | None = None
    suggestion: str | None = None
    fatal: bool = True
    column: int | None = None

    @property
    def place(self) -> str:
        """Return ``file:line:column: `` as far as they are known."""
        if self.file is None:
            return ""
        known = [str(part) for part in (self.line, self.column if self.line else None) if part]
        return ":".join([str(self.file), *known]) + ": "

    def __str__(self) -> str:
        """Return ``file:line:column: message; expected ...; suggestion``."""
        parts = [self.message]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.suggestion:
            parts.append(self.suggestion)
        return self.place + "; ".join(parts)

    def as_object(self) -> dict[str, Any]:
        """Return the problem as plain data, for JSON."""
        return {
            "message": self.message,
            "file": None if self.file is None else str(self.file),
            "line": self.line,
            "column": self.column,
            "expected": self.expected,
            "suggestion": self.suggestion,
        }


class StaffrideError(Exception):
    """An error that the user can act on; ends a command with ``exit_code`` and no traceback."""

    exit_code = 1


class InputError(StaffrideError):
    """The user's input is wrong; carries every problem at once, exit code 2."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (
            (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """Return a suggestion that names the valid name nearest to ``name``, or ``None`` if none is near."""
    matches = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.6)
    return f"did you mean {matches[0]!r}?" if matches else None
