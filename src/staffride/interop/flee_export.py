"""Writing a region as a Flee folder, with a list in words of what Flee's format cannot hold."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem
from staffride.interop.flee import CLOSURE_NAMES, KIND_NAMES
from staffride.interop.flee_events import INPUT_FILES
from staffride.interop.flee_losses import losses
from staffride.scenario.region import Closure, Link, Place, Region, Reports

Row: TypeAlias = Sequence[object]

KIND_WORDS = {kind: word for word, kind in KIND_NAMES.items()}
CLOSURE_WORDS = {kind: word for word, kind in CLOSURE_NAMES.items()}
PLACE_COLUMNS = (
    "#name",
    "region",
    "country",
    "latitude",
    "longitude",
    "location_type",
    "conflict_date",
    "population",
)
POINTERS = tuple(INPUT_FILES.values())
"""Settings that name the file of a table: here every table has its own name."""
GENERAL_SPEED = 360.0
"""Kilometres a day that Flee gives travellers where its settings name no other speed."""


def export_flee(region: Region, folder: str | Path) -> tuple[str, ...]:
    """Write ``region`` as a Flee folder and return what the format cannot hold, in words.

    The folder appears complete or not at all: it is written beside its final place and takes its name at the end.

    Parameters
    ----------
    region
        What to write.
    folder
        The folder to make: ``input_csv/``, ``source_data/`` and ``simsetting.yml`` come below it.

    Raises
    ------
    InputError
        The folder holds something already or cannot be written, or a name cannot stand in Flee's tables.
    """
    target = Path(folder)
    problems = [*_occupied(target), *_names(region)]
    if problems:
        raise InputError(problems)
    _write_at_once(target, lambda place: _write(region, place))
    return losses(region)


def _occupied(target: Path) -> Iterator[Problem]:
    if target.is_dir() and any(target.iterdir()):
        yield Problem("the folder is not empty; nothing was written", target, suggestion="name a new folder")
    elif target.exists() and not target.is_dir():
        yield Problem(
            "there is a file of that name; nothing was written", target, suggestion="name a new folder"
        )


def _names(region: Region) -> Iterator[Problem]:
    """Yield the names that Flee's tables would read as something else."""
    for place in region.places:
        name = place.name
        if not name or name != name.strip() or "\n" in name or "\r" in name:
            yield Problem(f"place {name!r}: a name with blanks at an end or a line break cannot be written")
        elif name.startswith("#"):
            yield Problem(f"place {name!r}: Flee reads a line that starts with # as a remark")
        elif name == "total":
            yield Problem("place 'total': Flee keeps this name for the count of all", suggestion="rename it")


def _write_at_once(target: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a folder beside ``target``, then give it that name; leave nothing half done."""
    final = target.resolve()
    unfinished = final.with_name(f".{final.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        write(unfinished)
        if final.is_dir():
            final.rmdir()
        unfinished.rename(final)
    except OSError as error:
        raise InputError(
            [Problem(f"could not write the folder: {error.strerror or error}", target)]
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write(region: Region, folder: Path) -> None:
    inputs, sources = folder / "input_csv", folder / "source_data"
    inputs.mkdir()
    sources.mkdir()
    _write_rows(inputs / "sim_period.csv", [("StartDate", region.start), ("Length", region.days)])
    _write_rows(inputs / "locations.csv", _place_rows(region))
    _write_rows(inputs / "routes.csv", _link_rows(region))
    _write_rows(inputs / "conflicts.csv", _daily_rows(region, region.conflict, _fought_over(region)))
    _write_rows(inputs / "closures.csv", _closure_rows(region.closures))
    _write_rows(
        inputs / "registration_corrections.csv",
        [(one.destination, region.date_of(one.day), "normalize") for one in region.corrections],
    )
    _write_options(region, folder, inputs)
    _write_reports(region, sources)
    _write_settings(region.settings, folder / "simsetting.yml")


def _write_options(region: Region, folder: Path, inputs: Path) -> None:
    """Write the tables that most folders do without."""
    if region.flood is not None:
        flooded = [at for at in range(len(region.places)) if region.flood[:, at].any()]
        _write_rows(inputs / "flood_level.csv", _daily_rows(region, region.flood, flooded))
    if region.food_crisis is not None:
        _write_rows(inputs / "region_attributes_IPC.csv", _crisis_rows(region, region.food_crisis))
    if region.kind_changes:
        rows = [(name, KIND_WORDS[kind], day) for name, kind, day in region.kind_changes]
        _write_rows(folder / "location_changes.csv", [("#name", "location_type", "day"), *rows])
    for attribute, table in region.demographics.items():
        _write_rows(inputs / f"demographics_{attribute}.csv", _weight_rows(attribute, table))


def _write_rows(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> str:
    """Return a value so that it is read back exactly; whole numbers have no point, and no value is no text."""
    if isinstance(value, float | np.floating):
        number = float(value)
        return "" if number != number else str(int(number)) if number.is_integer() else repr(number)
    return "" if value is None else str(value)


def _place_rows(region: Region) -> Iterator[Row]:
    """Yield the places, those of the home country first: Flee takes the first country as home."""
    extra = sorted({key for place in region.places for key in place.attributes})
    yield (*PLACE_COLUMNS, *extra)
    for place in sorted(region.places, key=lambda place: place.country != region.home):
        yield (*_place_row(place), *(place.attributes.get(key) for key in extra))


def _place_row(place: Place) -> Row:
    camp = place.kind in ("camp", "idp_camp")
    limit = place.capacity if place.capacity < np.inf else None
    return (
        place.name,
        place.region,
        place.country,
        place.latitude,
        place.longitude,
        KIND_WORDS[place.kind],
        (place.conflict_from or 0) if place.kind == "conflict_zone" else None,
        limit if camp else place.population or None,
    )


def _link_rows(region: Region) -> Iterator[Row]:
    """Yield the links; the columns of speed and walking stand only where some link needs them, then in every row."""
    fast = any(link.speed_km_per_day < np.inf for link in region.links)
    walked = any(link.walking_share > 0.0 for link in region.links)
    optional = (*(["max_move_speed"] if fast else []), *(["walk_probability"] if walked else []))
    yield ("#name1", "name2", "distance", "forced_redirection", *optional)
    general = general_speed(region.settings)
    for link in region.links:
        speed = link.speed_km_per_day if link.speed_km_per_day < np.inf else general
        yield (*_link_ends(link), *([speed] if fast else []), *([link.walking_share] if walked else []))


def _link_ends(link: Link) -> Row:
    return link.first, link.second, link.length_km, link.forced_redirection


def general_speed(settings: Mapping[str, object]) -> float:
    """Return the kilometres a day that the settings give every traveller."""
    rules = settings.get("move_rules")
    speed = rules.get("max_move_speed") if isinstance(rules, Mapping) else None
    return float(speed) if isinstance(speed, int | float) else GENERAL_SPEED


def _fought_over(region: Region) -> list[int]:
    """Return the places that need a column of conflict: every conflict zone, and whatever has any conflict."""
    zones = (place.kind == "conflict_zone" for place in region.places)
    return [at for at, zone in enumerate(zones) if zone or region.conflict[:, at].any()]


def _daily_rows(region: Region, table: NDArray[np.float64], columns: Sequence[int]) -> Iterator[Row]:
    yield ("#Day", *(region.places[at].name for at in columns))
    for day in range(region.days):
        yield (day, *table[day, columns])


def _crisis_rows(region: Region, table: NDArray[np.float64]) -> Iterator[Row]:
    """Yield one column for each administrative region: the mean of its places."""
    names = sorted({place.region for place in region.places if place.region})
    members = [[at for at, place in enumerate(region.places) if place.region == name] for name in names]
    yield ("#Day", *names)
    for day in range(region.days):
        yield (day, *(table[day, own].mean() for own in members))


def _closure_rows(closures: Iterable[Closure]) -> Iterator[Row]:
    """Yield the closures; those that were over before day 0 would be read as lasting for ever."""
    yield ("#closure_type", "name1", "name2", "closure_start", "closure_end")
    for one in closures:
        if one.last_day is None or one.last_day >= 0:
            last = -1 if one.last_day is None else one.last_day
            yield CLOSURE_WORDS[one.kind], one.first, one.second, max(one.first_day, 0), last


def _weight_rows(attribute: str, table: Mapping[str, Mapping[str, float]]) -> Iterator[Row]:
    named = sorted(
        {name for weights in table.values() for name in weights}, key=lambda name: (name != "Default", name)
    )
    yield (attribute, *named)
    for value, weights in table.items():
        yield (value, *(weights.get(name, 0.0) for name in named))


def _write_reports(region: Region, folder: Path) -> None:
    """Write each source as its own file, and the layout that says which file is whose."""
    layout: list[Row] = []
    taken = {"data_layout.csv"}
    for one in (region.total or summed(region), *region.reports):
        files = []
        for at, (days, counts) in enumerate(zip(one.days, one.counts, strict=True)):
            if len(days):
                files.append(_file_name(one, at, taken))
                rows = [(region.date_of(int(day)), count) for day, count in zip(days, counts, strict=True)]
                _write_rows(folder / files[-1], rows)
        if files:
            layout.append((one.name, *files))
    _write_rows(folder / "data_layout.csv", layout)


def _file_name(reports: Reports, at: int, taken: set[str]) -> str:
    """Return a name of its own for a file of reports: the one that it came with where it can be used."""
    given = reports.files[at] if at < len(reports.files) else ""
    plain = PurePosixPath(PureWindowsPath(given).as_posix()).name.removesuffix(".csv")
    safe = "".join(sign if sign.isalnum() or sign in "-_. " else "-" for sign in plain or reports.name)
    stem = safe.strip(". ") or "reports"
    names = (f"{stem}{'' if count == 1 else f'-{count}'}.csv" for count in range(1, len(taken) + 2))
    name = next(name for name in names if name.lower() not in taken)
    taken.add(name.lower())
    return name


def summed(region: Region) -> Reports:
    """Return reports of a total for a region that has none: the destinations' sum at every date of a report."""
    sources = [
        pair for one in region.reports for pair in zip(one.days, one.counts, strict=True) if len(pair[0])
    ]
    days = np.unique(np.concatenate([days for days, _ in sources] or [np.zeros(1, np.int64)]))
    counts = sum((np.interp(days, *source) for source in sources), np.zeros(len(days)))
    return Reports("total", (days,), (counts,), ("refugees.csv",))


def _write_settings(settings: Mapping[str, object], path: Path) -> None:
    from ruamel.yaml import YAML

    sections: dict[str, object] = {"log_levels": {}, "spawn_rules": {}, "move_rules": {}, "optimisations": {}}
    with path.open("w", encoding="utf-8") as file:
        yaml = YAML(typ="safe")
        yaml.default_flow_style = False
        yaml.dump({key: value for key, value in settings.items() if key not in POINTERS} or sections, file)
