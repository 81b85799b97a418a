"""Writing a region as a folder of text: the settings and one table for each kind of thing."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem
from staffride.scenario.locate import SETTINGS
from staffride.scenario.region import Link, Place, Region
from staffride.scenario.region_columns import ATTRIBUTE, REGION, TABLES, TOTAL

Floats: TypeAlias = NDArray[np.float64]
Cells: TypeAlias = Sequence[object]


def write_region(region: Region, folder: str | Path) -> None:
    """Write a region as a scenario folder of kind ``region``; it appears complete or not at all.

    Parameters
    ----------
    region
        What to write.
    folder
        The folder to make; it must not exist, or be empty.

    Raises
    ------
    InputError
        The folder holds something, cannot be written, or a name cannot stand in a table.
    """
    target = Path(folder)
    problems = [*_occupied(target), *_names(region)]
    if problems:
        raise InputError(problems)
    final = target.resolve()
    unfinished = final.with_name(f".{final.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for table, rows in _tables(region).items():
            _write_table(unfinished / f"{table}.csv", table, rows)
        _write_settings(region, unfinished / SETTINGS)
        if final.is_dir():
            final.rmdir()
        unfinished.rename(final)
    except OSError as error:
        text = f"could not write the folder: {error.strerror or error}"
        raise InputError([Problem(text, target)]) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _occupied(target: Path) -> Iterator[Problem]:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        text = "there is something of that name already; nothing was written"
        yield Problem(text, target, suggestion="name a new folder")


def _names(region: Region) -> Iterator[Problem]:
    """Yield the names that a table would give back as another."""
    for place in region.places:
        texts = (place.name, place.region, place.country, *place.attributes, *place.attributes.values())
        for text in texts:
            if text != text.strip() or not text.isprintable():
                yield Problem(f"{text!r} has blanks at an end or is no plain text, so it cannot be written")
        if not place.name or place.name.startswith("#") or place.name == TOTAL:
            yield Problem(f"a place cannot be named {place.name!r}", suggestion="rename it")


def _tables(region: Region) -> dict[str, list[Cells]]:
    """Return the rows of every table that has any; places and links stand there in any case."""
    made: dict[str, Iterable[Cells]] = {
        "links": map(_link, region.links),
        "conflict": _spans(region, region.conflict),
        "flood": _spans(region, region.flood),
        "food_crisis": _spans(region, region.food_crisis),
        "closures": (
            (one.kind, one.first, one.second, one.first_day, one.last_day) for one in region.closures
        ),
        "kind_changes": region.kind_changes,
        "reports": _reports(region),
        "corrections": ((one.destination, region.date_of(one.day)) for one in region.corrections),
        "demographics": _demographics(region),
    }
    kept = {table: list(rows) for table, rows in made.items()}
    for table, values in (("flood", region.flood), ("food_crisis", region.food_crisis)):
        if values is None:
            del kept[table]
    needed = ("links", "conflict", "flood", "food_crisis")
    return {"places": list(_places(region))} | {
        table: rows for table, rows in kept.items() if rows or table in needed
    }


def _write_table(path: Path, table: str, rows: list[Cells]) -> None:
    header = [] if table == "places" else [TABLES[table]]
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerows([_cell(value) for value in row] for row in [*header, *rows])


def _cell(value: object) -> str:
    """Return a value as text that is read as the same value; empty where there is none or no limit."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
    return str(value)


def _places(region: Region) -> Iterator[Cells]:
    """Yield the header, which depends on the attributes, and a row for every place; the home country comes first."""
    attributes = sorted({name for place in region.places for name in place.attributes})
    yield (*TABLES["places"], *(f"{ATTRIBUTE}{name}" for name in attributes))
    for place in region.places:
        yield (*_place(place), *(place.attributes.get(name, "") for name in attributes))


def _place(place: Place) -> Cells:
    return (
        place.name,
        place.region,
        place.country,
        place.latitude,
        place.longitude,
        place.kind,
        place.population,
        place.capacity,
        place.conflict_from,
    )


def _link(link: Link) -> Cells:
    return (
        link.first,
        link.second,
        link.length_km,
        link.forced_redirection,
        link.speed_km_per_day,
        link.walking_share,
        link.persons_per_hour,
    )


def _spans(region: Region, values: Floats | None) -> Iterator[Cells]:
    """Yield for each place its first and last day of every stretch of one figure above 0."""
    if values is None:
        return
    for at, place in enumerate(region.places):
        column = values[:, at]
        starts = np.flatnonzero(np.diff(column, prepend=np.nan) != 0.0)
        ends = np.append(starts[1:], len(column)) - 1
        for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
            if column[first] != 0.0:
                yield place.name, first, last, float(column[first])


def _reports(region: Region) -> Iterator[Cells]:
    for one in (*([region.total] if region.total else []), *region.reports):
        names = one.files or (
            ("",) if len(one.days) == 1 else tuple(f"source {at + 1}" for at in range(len(one.days)))
        )
        for days, counts, source in zip(one.days, one.counts, names, strict=True):
            for day, count in zip(days.tolist(), counts.tolist(), strict=True):
                yield one.name, region.date_of(day), count, source


def _demographics(region: Region) -> Iterator[Cells]:
    for attribute, table in region.demographics.items():
        for value, weights in table.items():
            yield from ((attribute, value, place, weight) for place, weight in weights.items())


def _write_settings(region: Region, path: Path) -> None:
    from ruamel.yaml import YAML

    content: dict[str, Any] = {
        "kind": REGION,
        "name": region.name,
        "title": region.title or region.name,
        "period": {"start": region.start.isoformat(), "days": region.days},
        "home": region.home,
    }
    if region.sources:
        content["sources"] = dict(region.sources)
    if region.settings:
        content["settings"] = _plain(region.settings)
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 110
    with path.open("w", encoding="utf-8") as lines:
        yaml.dump(content, lines)


def _plain(value: object) -> object:
    """Return settings as what YAML can hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.item() if isinstance(value, np.generic) else str(value)
