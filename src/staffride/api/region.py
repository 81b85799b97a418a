"""Regional displacement in Python: open a folder, or bring a region made without files, and run it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from staffride.errors import InputError, Problem
from staffride.interop.flee import FleeReading, is_flee, read_flee
from staffride.scenario.locate import SETTINGS, SHIPPED
from staffride.scenario.region import Region

Rules: TypeAlias = Literal["staffride", "flee"]
Engine: TypeAlias = Literal["cohorts", "agents"]
RULES: tuple[Rules, ...] = ("staffride", "flee")
ENGINES: tuple[Engine, ...] = ("cohorts", "agents")
DEFAULT_REPLICATIONS, DEFAULT_WITH_SPREAD, DEFAULT_BY_AGENTS = 20, 100, 5
_KIND_LINE = re.compile(r"^kind:\s*[\"']?region\b", re.MULTILINE)


class Opened(NamedTuple):
    """A region, with what reading it found.

    Attributes
    ----------
    region
        The region.
    problems
        Warnings: what is wrong and does not stop a run.
    unmapped
        What the source holds and the region cannot, in words.
    notes
        What is worth knowing and no defect.
    """

    region: Region
    problems: tuple[Problem, ...] = ()
    unmapped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def is_region(named: str | Path) -> bool:
    """Return whether ``named`` is a Flee folder, or a scenario of the kind ``region``: a shipped one or a folder."""
    folder = _folder(named)
    if not folder.exists():
        return False
    if is_flee(folder):
        return True
    settings = folder / SETTINGS if folder.is_dir() else folder
    if settings.name != SETTINGS or not settings.is_file():
        return False
    return bool(_KIND_LINE.search(settings.read_text(encoding="utf-8", errors="replace")))


def open_region(named: str | Path | Region, *, strict: bool = False, until: date | None = None) -> Opened:
    """Return the region of a Flee folder or of a region scenario.

    Parameters
    ----------
    named
        The folder, or the name of a shipped region; a region is handed back as it is.
    strict
        Whether every warning stops the reading.
    until
        Of a Flee folder: the last date of which rows are read; nothing is said of later ones.

    Raises
    ------
    InputError
        With every fatal defect, each with file, line and column; with ``strict`` every defect is fatal.
    """
    if isinstance(named, Region):
        return Opened(named)
    folder = _folder(named)
    if (folder / SETTINGS).is_file() or folder.name == SETTINGS:
        from staffride.scenario.region_folder import read_region

        read = read_region(folder.parent if folder.name == SETTINGS else folder)
        region = require(read.region, read.problems, strict=strict)
        return Opened(region if folder == Path(named) else replace(region, folder=Path(named)), read.problems)
    reading = read_flee(folder, strict=strict, until=until)
    problems, unmapped = (reading.problems, reading.unmapped) if reading.region is None else judged(reading)
    return Opened(require(reading.region, problems, strict=strict), problems, unmapped, reading.notes)


def _folder(named: str | Path) -> Path:
    """Return the folder that is meant: a shipped scenario's where one has that name."""
    shipped = SHIPPED / str(named)
    return shipped if Path(named).name == str(named) and (shipped / SETTINGS).is_file() else Path(named)


def judged(reading: FleeReading) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """Return problems and unmapped items of a folder with those of its settings.

    Raises
    ------
    InputError
        A setting has a value of a wrong type.
    """
    from staffride.model.flee_settings import settings_of

    region = require(reading.region, reading.problems)
    file = (region.folder or Path()) / "simsetting.yml"
    try:
        settings = settings_of(region.settings, reading.setting_lines)
    except InputError as error:
        wrong = [replace(problem, file=file) for problem in error.problems]
        raise InputError([*reading.problems, *wrong]) from None
    problems = []
    for text in settings.unknown:
        key, _, near = text.partition(": ")
        line = reading.setting_lines.get(key)
        found = Problem(f"the setting {key} is unknown; Flee ignores it without a word", file, line)
        problems.append(replace(found, fatal=False, suggestion=near or None))
    left = (f"setting {key}: a rule of Flee that is not part of this program" for key in settings.unsupported)
    return (*reading.problems, *problems), (*reading.unmapped, *left)


def require(region: Region | None, problems: Iterable[Problem], *, strict: bool = False) -> Region:
    """Return ``region``, or raise what is wrong with it.

    Raises
    ------
    InputError
        There is no region, or with ``strict`` any problem.
    """
    found = tuple(problems)
    if region is None or (strict and found):
        raise InputError([replace(one, fatal=True) for one in found] if strict else found)
    return region
