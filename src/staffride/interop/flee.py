"""Reading a Flee folder as it is: ``input_csv/``, ``source_data/`` and ``simsetting.yml`` into one `Region`.

This is the table of contents; each kind of file has a reader of its own beside it. Every defect is named with its
file, line and column; what the region cannot hold is listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from staffride.errors import InputError, Problem
from staffride.interop.flee_case import Case
from staffride.interop.flee_events import (
    read_closures,
    read_conflict,
    read_corrections,
    read_flood,
    read_food_crisis,
    read_kind_changes,
)
from staffride.interop.flee_folder import CaseFolder, looks_like_case, open_case
from staffride.interop.flee_locations import read_places
from staffride.interop.flee_names import CLOSURE_NAMES, KIND_NAMES
from staffride.interop.flee_people import read_demographics, say_agents
from staffride.interop.flee_period import Period, read_period
from staffride.interop.flee_reports import read_reports
from staffride.interop.flee_routes import read_links
from staffride.interop.flee_settings import Settings, read_settings
from staffride.scenario.findings import At, Findings
from staffride.scenario.region import Region, make_region
from staffride.scenario.region_checks import judge_reach

__all__ = ["CLOSURE_NAMES", "KIND_NAMES", "FleeReading", "is_flee", "load_flee", "read_flee"]

FILES: Mapping[str, str] = {
    "places": "locations.csv",
    "links": "routes.csv",
    "conflict": "conflicts.csv",
    "closures": "closures.csv",
    "reports": "data_layout.csv",
    "corrections": "registration_corrections.csv",
    "kind_changes": "location_changes.csv",
    "flood": "flood_level.csv",
    "food_crisis": "region_attributes_IPC.csv",
    "settings": "simsetting.yml",
}
"""For each part of a region the file of the folder that it comes from."""


class FleeReading(NamedTuple):
    """What came of reading a Flee folder.

    Attributes
    ----------
    region
        The region, or ``None`` where a problem is fatal.
    problems
        Everything found, fatal and not.
    unmapped
        What the folder holds and the region cannot, in words.
    notes
        What is worth knowing and no defect, such as a capacity that is taken as unlimited.
    setting_lines
        On which line of ``simsetting.yml`` each key stands, with points between: ``move_rules.awareness_level``.
    """

    region: Region | None
    problems: tuple[Problem, ...]
    unmapped: tuple[str, ...]
    notes: tuple[str, ...] = ()
    setting_lines: Mapping[str, int] = {}


def is_flee(folder: str | Path) -> bool:
    """Return whether ``folder`` looks like a Flee folder, or is the ``input_csv`` of one."""
    place = Path(folder)
    return looks_like_case(place) and not (place / "scenario.yaml").is_file()


def load_flee(folder: str | Path, *, strict: bool = False) -> Region:
    """Return the region of a Flee folder.

    Raises
    ------
    InputError
        With every fatal defect; with ``strict`` every defect is.
    """
    reading = read_flee(folder, strict=strict)
    if reading.region is None:
        raise InputError(reading.problems)
    return reading.region


def read_flee(folder: str | Path, *, strict: bool = False, until: date | None = None) -> FleeReading:
    """Return the region of a Flee folder with everything that is wrong with it.

    Parameters
    ----------
    folder
        The folder of the case; its ``input_csv`` does as well.
    strict
        Whether every warning is fatal.
    until
        The last date of which rows are read: reports, conflict, closures, registrations, changes of kind.
    """
    found = Findings()
    files = open_case(Path(folder), found)
    if files is None:
        return FleeReading(None, found.sorted_problems(strict), (), tuple(found.notes))
    settings = read_settings(files)
    region = _read(files, settings, until)
    if region is not None:
        files.list_unread()
    problems = found.sorted_problems(strict)
    broken = any(problem.fatal for problem in problems)
    return FleeReading(
        None if broken else region, problems, tuple(found.unmapped), tuple(found.notes), settings.lines
    )


def _read(files: CaseFolder, settings: Settings, until: date | None) -> Region | None:
    """Return the region; ``None`` where there is no period or no place, without which nothing else can be judged."""
    period = read_period(files)
    case = _case(files, period or Period(date.min, 1), until)
    read_places(case)
    links = read_links(case) if case.places else []
    if period is None or not case.places:
        return None
    conflict = read_conflict(case, settings.values)
    flood = read_flood(case, settings.values)
    changes = read_kind_changes(case)
    found = read_reports(case)
    judge_reach(case, links, (conflict, flood or {}), found.names, changes, At(files.inputs))
    say_agents(case, settings.values)
    return make_region(
        start=case.start,
        days=case.days,
        places=case.places.values(),
        links=links,
        conflict=conflict,
        reports=found.reports,
        total=found.total,
        flood=flood,
        food_crisis=read_food_crisis(case),
        kind_changes=changes,
        closures=read_closures(case, links),
        corrections=read_corrections(case, found.reports, found.unread),
        demographics=read_demographics(case),
        **_origin(case, settings),
    )


def _case(files: CaseFolder, period: Period, until: date | None) -> Case:
    """Return the case, its period cut after the last date of which rows are read."""
    last = None if until is None else (until - period.start).days
    return Case(
        files, period.start, period.days if last is None else min(period.days, max(last + 1, 1)), last
    )


def _origin(case: Case, settings: Settings) -> dict[str, Any]:
    """Return what the region keeps of the folder that it was read from."""
    files = case.folder
    return {
        "name": files.root.resolve().name,
        "home": case.home,
        "settings": settings.values,
        "folder": files.root,
        "sources": _sources(files),
    }


def _sources(files: CaseFolder) -> dict[str, str]:
    """Return in words from which file each part of the region comes, as far as there is one."""
    case = files.root.resolve().name
    return {
        part: f"Flee folder {case}, {files.shown(path)}"
        for part, path in ((part, files.path_of(name)) for part, name in FILES.items())
        if path is not None
    }
