"""The reports of a Flee folder: ``data_layout.csv`` and the sources that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from staffride.errors import nearest
from staffride.interop.flee_case import Case
from staffride.interop.flee_sources import Source, read_source
from staffride.scenario.csv_tables import Row, Table, read_table
from staffride.scenario.findings import At
from staffride.scenario.locate import inside
from staffride.scenario.region import Reports
from staffride.scenario.region_checks import judge_capacity

TOTAL = "total"
TOTAL_NAMES = (TOTAL, "all", "refugees", "sum")
"""How folders name the count of all."""


class Found(NamedTuple):
    """The reports of the destinations and of the total, and the names whose files could not be read."""

    reports: tuple[Reports, ...]
    total: Reports | None
    unread: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """The names of the destinations that have reports."""
        return [one.name for one in self.reports]


def read_reports(case: Case) -> Found:
    """Return the reports; without any, there is nobody to follow and nothing to compare with."""
    file = case.folder.source("data_layout.csv")
    if file is None:
        text = "there is no data_layout.csv; the folder has no reports of arrivals"
        case.found.warn(text, At(case.folder.sources), "a line `destination,file` for each destination")
        return Found((), None)
    table = read_table(file, case.found, ("name", "file"), {"camp": "name", "location": "name"})
    found: dict[str, Reports] = {}
    owners: dict[Path, str] = {}
    unread: set[str] = set()
    for row in table.rows:
        name = table.text(row, "name")
        name = _total(case, table, row, name)
        if name in found:
            text = f"{name!r} is given twice; its first line is kept"
            case.found.warn(text, table.at(row, "name"), "one line, with all its files")
            continue
        if not _is_known(case, table, row, name):
            continue
        reports = _destination(case, table, row, name, owners)
        if reports is None:
            unread.add(name)
        else:
            found[name] = reports
    total = found.pop(TOTAL, None)
    _judge(case, file, tuple(found.values()), total)
    return Found(tuple(found.values()), total, frozenset(unread))


def _total(case: Case, table: Table, row: Row, name: str) -> str:
    """Return the name of a line, and `total` for one that means the count of all."""
    if name in case.places or name.lower() not in TOTAL_NAMES:
        return name
    if name.lower() != TOTAL:
        case.found.warn(f"{name!r} is no place; it is read as the {TOTAL}", table.at(row, "name"), TOTAL)
    return TOTAL


def _is_known(case: Case, table: Table, row: Row, name: str) -> bool:
    if name == TOTAL or name in case.places:
        return True
    for text in row.cells[1:]:
        path = case.folder.sources / text
        if text and path.is_file():
            case.folder.mark(path)
    names = [*case.places, TOTAL]
    case.found.unknown("destination", name, names, table.at(row, "name"), "its reports are left out")
    return False


def _destination(case: Case, table: Table, row: Row, name: str, owners: dict[Path, str]) -> Reports | None:
    """Return the reports of one line of the layout; ``None`` where none of its files holds any."""
    sources: list[tuple[str, Source]] = []
    for path, text, at in _files(case, table, row):
        if owners.get(path) == name:
            case.found.warn(f"{text!r} is given twice for {name!r}; it is counted once", at)
            continue
        if path in owners:
            case.found.warn(f"{text!r} is also a source of {owners[path]!r}; it is counted for both", at)
        source = read_source(case, path, judge=path not in owners)
        owners[path] = name
        if len(source.days):
            sources.append((text, source))
            if name in case.places:
                place = case.places[name]
                judge_capacity(case.found, place, source.days, source.counts, source.written, case.days)
    if not sources:
        if not any(row.cells[1:]):
            text = f"{name!r} has no file of reports; it is not compared"
            case.found.warn(text, table.at(row, "name"), "a file with reports")
        return None
    return Reports(
        name,
        tuple(source.days for _, source in sources),
        tuple(source.counts for _, source in sources),
        tuple(text for text, _ in sources),
    )


def _files(case: Case, table: Table, row: Row) -> Iterator[tuple[Path, str, At]]:
    for position, text in enumerate(row.cells[1:], 1):
        at = table.at(row, position)
        if not text or text.startswith("#"):
            continue
        path = case.folder.source(text)
        if path is not None:
            yield path, text, at
            continue
        named = {cell for one in table.rows for cell in one.cells}
        free = [name for name in case.folder.source_names() if name not in named]
        reason = inside(case.folder.sources, text)
        why = f": {reason}" if isinstance(reason, str) else ""
        message = f"there is no source {text!r}{why}"
        case.found.fatal(message, at, f"a file in {case.folder.sources.name}/", nearest(text, free))


def _judge(case: Case, layout: Path, reports: tuple[Reports, ...], total: Reports | None) -> None:
    """Say what the reports as a whole lack."""
    if not reports:
        case.found.warn(
            "no destination has reports; nothing is compared", At(layout), "destinations with files"
        )
    for one in (*reports, *([total] if total else [])):
        if min(int(days[0]) for days in one.days) >= case.days:
            text = f"the first report of {one.name!r} comes after the period of {case.days} days"
            case.found.warn(text, At(layout), "reports within the period")
    reported = {one.name for one in reports}
    silent = [
        name
        for name, place in case.places.items()
        if place.kind in ("camp", "idp_camp") and name not in reported
    ]
    if silent and reports:
        case.found.note(f"without reports, so not compared: {', '.join(silent)}")
