"""The period of a Flee folder: ``sim_period.csv``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from staffride.interop.flee_folder import CaseFolder
from staffride.scenario.cells import read_dates, read_number
from staffride.scenario.csv_tables import plain_name, split_rows
from staffride.scenario.findings import At

NAMES = ("sim_period.csv", "conflict_period.csv", "simperiod.csv")
MOST_DAYS = 40_000
START, END, LENGTH = "startdate", "enddate", "length"
KEYS = {
    "startdate": START,
    "start": START,
    "enddate": END,
    "end": END,
    "length": LENGTH,
    "days": LENGTH,
    "duration": LENGTH,
}


class Period(NamedTuple):
    """The first date and the number of days."""

    start: date
    days: int


def read_period(folder: CaseFolder) -> Period | None:
    """Return the period, or ``None`` with a problem: without it no day has a meaning."""
    file = next((path for name in NAMES if (path := folder.input(name))), None)
    if file is None:
        folder.found.fatal("there is no sim_period.csv", At(folder.inputs), "StartDate and Length")
        return None
    if file.name.lower() != NAMES[0]:
        folder.found.warn(f"the period is read from {file.name}; Flee reads {NAMES[0]}", At(file))
    cells = dict(_entries(folder, file))
    start = _start(folder, file, cells.get(START))
    days = _length(folder, file, cells, start)
    return None if start is None or days is None else Period(start, days)


class _Entry(NamedTuple):
    text: str
    at: At


def _entries(folder: CaseFolder, file: Path) -> Iterator[tuple[str, _Entry]]:
    """Yield what each cell is: named by the one before it or above it, or by what it looks like."""
    above: list[str] = []
    for row in split_rows(file, folder.found):
        names = [KEYS.get(plain_name(cell), "") for cell in row.cells]
        if row.cells[0].startswith("#") and not names[0]:
            continue
        for position, cell in enumerate(row.cells):
            if not cell or names[position]:
                continue
            before = names[position - 1] if position else ""
            over = above[position] if position < len(above) else ""
            looks = START if read_dates([cell]).values[0] else LENGTH
            yield before or over or looks, _Entry(cell, At(file, row.line, position + 1))
        above = names if sum(map(bool, names)) > 1 else []


def _start(folder: CaseFolder, file: Path, entry: _Entry | None) -> date | None:
    if entry is None:
        folder.found.fatal("the period has no StartDate", At(file, 1), "StartDate,YYYY-MM-DD")
        return None
    dates = read_dates([entry.text])
    if dates.values[0] is None:
        folder.found.fatal(f"StartDate {entry.text!r} is not a date", entry.at, "YYYY-MM-DD")
    elif dates.spelling:
        text = (
            f"StartDate {entry.text!r} is not YYYY-MM-DD; it is read as {dates.spelling}: {dates.values[0]}"
        )
        folder.found.warn(text, entry.at, "YYYY-MM-DD")
    return dates.values[0]


def _length(folder: CaseFolder, file: Path, cells: dict[str, _Entry], start: date | None) -> int | None:
    entry = cells.get(LENGTH)
    if entry is None and END in cells and start is not None:
        last = read_dates([cells[END].text]).values[0]
        if last is not None and last >= start:
            return (last - start).days + 1
    if entry is None:
        folder.found.fatal("the period has no Length", At(file, 1), "Length,number of days")
        return None
    read = read_number(entry.text)
    if read.value is None or not 1.0 <= read.value <= MOST_DAYS:
        text = f"Length {entry.text!r} is no number of days"
        folder.found.fatal(text, entry.at, f"a whole number from 1 to {MOST_DAYS}")
        return None
    if read.remark or read.value != int(read.value):
        folder.found.warn(
            f"Length {entry.text!r} is read as {int(read.value)} days", entry.at, "a whole number"
        )
    return int(read.value)
