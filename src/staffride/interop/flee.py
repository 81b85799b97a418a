"""Reading a Flee folder as it is: ``input_csv/``, ``source_data/`` and ``simsetting.yml`` into one `Region`."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from staffride.errors import InputError, Problem
from staffride.scenario.region import (
    UNLIMITED,
    Closure,
    ClosureKind,
    Correction,
    Link,
    Place,
    PlaceKind,
    Region,
    Reports,
    make_region,
)

KIND_NAMES: dict[str, PlaceKind] = {
    "conflict_zone": "conflict_zone",
    "town": "town",
    "camp": "camp",
    "idpcamp": "idp_camp",
    "forwarding_hub": "forwarding_hub",
    "marker": "marker",
    "flood_zone": "flood_zone",
}
CLOSURE_NAMES: dict[str, ClosureKind] = {
    "country": "country",
    "location": "location",
    "link": "link",
    "camp": "camp",
    "idpcamp": "idp_camp",
    "remove_forced_redirection": "forced_redirection",
}


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
    """

    region: Region | None
    problems: tuple[Problem, ...]
    unmapped: tuple[str, ...]


def is_flee(folder: str | Path) -> bool:
    """Return whether ``folder`` looks like a Flee folder."""
    return (Path(folder) / "input_csv").is_dir()


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


def read_flee(folder: str | Path, *, strict: bool = False) -> FleeReading:
    """Return the region of a Flee folder with everything that is wrong with it."""
    place = Path(folder)
    inputs = place / "input_csv"
    period = {row[0].lstrip("#"): row[1] for row in _rows(inputs / "sim_period.csv")}
    start, days = date.fromisoformat(period["StartDate"]), int(float(period["Length"]))
    header, *rows = _rows(inputs / "locations.csv")
    places = [_place(dict(zip([name.lstrip("#") for name in header], row, strict=False))) for row in rows]
    known = {one.name for one in places}
    layout = {row[0]: row[1:] for row in _rows(place / "source_data" / "data_layout.csv")}
    reports = [_reports(place, name, files, start) for name, files in layout.items() if name in known]
    region = make_region(
        name=place.resolve().name,
        start=start,
        days=days,
        home=places[0].country,
        places=places,
        links=[_link(row) for row in _rows(inputs / "routes.csv") if not row[0].startswith("#")],
        conflict=_conflict(inputs / "conflicts.csv", known, days),
        reports=reports,
        total=_reports(place, "total", layout["total"], start) if "total" in layout else None,
        closures=tuple(_closures(inputs / "closures.csv")),
        corrections=tuple(_corrections(inputs / "registration_corrections.csv", start)),
        settings=_settings(place / "simsetting.yml"),
        folder=place,
    )
    return FleeReading(region, (), ())


def _rows(path: Path) -> list[list[str]]:
    """Return the rows of a table, stripped; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [stripped for row in csv.reader(lines) if any(stripped := [cell.strip() for cell in row])]


def _number(text: str, default: float = 0.0) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _place(row: dict[str, str]) -> Place:
    kind = KIND_NAMES[row["location_type"].lower()]
    people = _number(next((row[name] for name in row if name.startswith("population")), ""))
    holds = kind in ("camp", "idp_camp")
    return Place(
        name=row["name"],
        region=row["region"],
        country=row["country"],
        latitude=_number(row.get("latitude", row.get("lat", "")), math.nan),
        longitude=_number(row.get("longitude", row.get("lon", "")), math.nan),
        kind=kind,
        population=0.0 if holds else people,
        capacity=people if holds and people >= 1.0 else UNLIMITED,
        conflict_from=int(_number(row.get("conflict_date", ""))) if kind == "conflict_zone" else None,
    )


def _link(row: list[str]) -> Link:
    return Link(row[0], row[1], _number(row[2]), int(_number(row[3])) if len(row) > 3 else 0)


def _conflict(path: Path, known: set[str], days: int) -> dict[str, Any]:
    header, *rows = _rows(path)
    table = np.zeros((days, len(header)))
    for row in rows:
        day = int(_number(row[0]))
        if 0 <= day < days:
            table[day, : len(row)] = [_number(cell) for cell in row]
    return {name: table[:, at] for at, name in enumerate(header) if name in known}


def _closures(path: Path) -> list[Closure]:
    found = []
    for row in _rows(path):
        if not row[0].startswith("#"):
            first, last = int(_number(row[3])), int(_number(row[4], -1.0))
            kind = CLOSURE_NAMES[row[0].lower()]
            found.append(Closure(kind, row[1], row[2], first, None if last < 0 else last))
    return sorted(found, key=lambda one: one.first_day)


def _corrections(path: Path, start: date) -> list[Correction]:
    return [
        Correction(row[0], (date.fromisoformat(row[1]) - start).days)
        for row in _rows(path)
        if not row[0].startswith("#")
    ]


def _reports(place: Path, name: str, files: list[str], start: date) -> Reports:
    sources = [_source(place / "source_data" / file, start) for file in files if file]
    return Reports(
        name, tuple(days for days, _ in sources), tuple(counts for _, counts in sources), tuple(files)
    )


def _source(path: Path, start: date) -> tuple[Any, Any]:
    found: dict[int, float] = {}
    for row in _rows(path):
        try:
            day = (date.fromisoformat(row[0]) - start).days
            found.setdefault(day, float(row[1]))
        except (ValueError, IndexError):
            continue
    days = sorted(found)
    return np.array(days, np.int64), np.array([found[day] for day in days])


def _settings(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    from ruamel.yaml import YAML

    return cast("dict[str, object]", YAML(typ="safe").load(path) or {})
