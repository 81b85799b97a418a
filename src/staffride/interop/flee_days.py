"""Tables of a Flee folder with one row a day and one column a place: conflict, flood, food crisis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.interop.flee_case import Case
from staffride.scenario.cells import read_dates
from staffride.scenario.csv_tables import Row, Table, read_table
from staffride.scenario.findings import At

Floats: TypeAlias = NDArray[np.float64]

DAY = {"day": "Day", "days": "Day", "date": "Day", "step": "Day", "time": "Day"}


def read_days(
    case: Case, file: Path, names: Iterable[str], what: str, highest: float, of: str = "place"
) -> dict[str, Floats]:
    """Return for each column that names one of ``names`` its (days,) figures.

    Parameters
    ----------
    case
        The case.
    file
        The table.
    names
        The places or regions that a column may name.
    what
        What the figures are, such as ``intensity of conflict``.
    highest
        The largest figure that has a meaning.
    of
        What a column stands for: a place or a region.
    """
    table = read_table(file, case.found, ("Day",), DAY)
    if table.header is None:
        case.found.fatal(
            "there is no header that names the places", At(file, 1), "#Day, then one name a column"
        )
        return {}
    columns = _known(case, table, set(names), of)
    days = _days(case, table)
    width = max(columns.values(), default=0) + 1
    by_day: dict[int, Floats] = {}
    for row, day in zip(table.rows, days, strict=True):
        if day is None:
            continue
        if day in by_day:
            case.found.warn(
                f"day {day} is given twice; the first is kept", table.at(row, "Day"), "each day once"
            )
            continue
        by_day[day] = _figures(table, row, width, what)
    grid = _grid(case, table, by_day, width)
    _limit(table, grid, columns, what, highest)
    return {name: grid[:, position] for name, position in columns.items()}


def _known(case: Case, table: Table, names: set[str], of: str) -> dict[str, int]:
    assert table.header is not None
    columns = {}
    for name, position in table.others.items():
        if name in names:
            columns[name] = position
        else:
            at = table.at(table.header, position)
            case.found.unknown(of, name, names, at, "its column is left out")
    return columns


def _days(case: Case, table: Table) -> list[int | None]:
    """Return the day of each row; dates are read as days."""
    texts = [table.text(row, "Day") for row in table.rows]
    try:
        values = [float(text) for text in texts]
        if all(value == int(value) for value in values):
            return [int(value) for value in values]
    except (ValueError, OverflowError):
        dates = read_dates(texts)
        if texts and all(value is not None for value in dates.values):
            text = "the days are dates; they are counted from the start of the period"
            case.found.warn(text, table.at(table.rows[0], "Day"), "days from 0")
            return [(value - case.start).days for value in dates.values if value is not None]
    return [case.day(table, row, "Day", "the day") for row in table.rows]


def _figures(table: Table, row: Row, width: int, what: str) -> Floats:
    """Return the figures of one row; the first cell, the day, is 0."""
    try:
        values = [float(cell) for cell in row.cells[:width]]
        if len(values) == width:
            return np.array(values)
    except ValueError:
        pass
    figures = np.zeros(width)
    for position in range(1, width):
        value = table.number(row, position, what)
        if not row.get(position):
            table.found.warn(f"the {what} is missing; it is read as 0", table.at(row, position), "a number")
        figures[position] = value or 0.0
    return figures


def _grid(case: Case, table: Table, by_day: Mapping[int, Floats], width: int) -> Floats:
    """Return (days, width) figures; a day without a row takes those of the last day before it."""
    grid = np.zeros((case.days, width))
    last = np.zeros(width)
    missing = []
    for day in range(case.days):
        if day in by_day:
            last = by_day[day]
        else:
            missing.append(day)
        grid[day] = last
    given = sorted(by_day)
    if missing:
        line = table.rows[-1].line if table.rows else 1
        text = f"there is no row for {_ranges(missing)}; the figures of the day before are kept"
        case.found.warn(text, At(table.file, line), f"a row for every day from 0 to {case.days - 1}")
    if given and given[-1] >= case.days:
        more = sum(day >= case.days for day in given)
        case.found.note(f"{case.folder.shown(table.file)}: rows after the period are not used: {more}")
    if given and given[0] < 0:
        case.found.warn(f"day {given[0]} is before the period; it is left out", At(table.file), "days from 0")
    return grid


def _ranges(days: list[int]) -> str:
    """Return days in words, such as ``days 3 to 5, 9``."""
    starts = [day for day in days if day - 1 not in set(days)] if len(days) < 50 else [days[0]]
    if len(starts) > 4 or len(days) >= 50:
        whole = days[-1] - days[0] + 1 == len(days)
        return f"days {days[0]} to {days[-1]}" if whole else f"{len(days)} days from day {days[0]} on"
    known = set(days)
    parts = []
    for start in starts:
        end = start
        while end + 1 in known:
            end += 1
        parts.append(str(start) if end == start else f"{start} to {end}")
    return ("day " if len(days) == 1 else "days ") + ", ".join(parts)


def _limit(table: Table, grid: Floats, columns: Mapping[str, int], what: str, highest: float) -> None:
    """Bring figures into their range, and say where the first of each column is outside."""
    outside = ~((grid >= 0.0) & (grid <= highest))
    for name, position in columns.items():
        if outside[:, position].any():
            day = int(np.argmax(outside[:, position]))
            value = float(grid[day, position])
            nearest = 0.0 if not value >= 0.0 else highest
            text = f"the {what} of {name!r} on day {day} is {value:g}; such figures are read as {nearest:g}"
            line = next(
                (row.line for row in table.rows if table.text(row, "Day") in (str(day), f"{day}.0")), None
            )
            table.found.warn(text, At(table.file, line, position + 1), f"a number from 0 to {highest:g}")
    bounded = np.where(math.inf == highest, grid, np.minimum(grid, highest))
    grid[:] = np.where(grid >= 0.0, bounded, 0.0)
