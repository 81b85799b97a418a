"""Scenario folders for tests: a small valid one to damage, and the problems found in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from staffride.errors import Problem
from staffride.model.parameters import PARAMETERS
from staffride.scenario import load, read
from staffride.scenario.template import invented_files


@cache
def valley_files() -> dict[str, str]:
    """Return the files that ``staffride new valley`` writes."""
    return invented_files("valley", PARAMETERS, load("karabakh-2023", PARAMETERS))


def write_valley(folder: Path) -> Path:
    """Write the invented valley that ``staffride new`` writes, and return its folder."""
    folder.mkdir(parents=True)
    for name, text in valley_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def replace(path: Path, old: str, new: str) -> int:
    """Replace the one place where ``old`` stands in a file; return the line of it, counted from 1."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with a scenario."""
    return read(folder, PARAMETERS).problems


def the_error(folder: Path) -> Problem:
    """Return the one error in a scenario that has exactly one."""
    found = [problem for problem in problems(folder) if problem.fatal]
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]
