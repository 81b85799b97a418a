"""One source of reports in a Flee folder: dates and counts, in whatever spelling and order they come."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.interop.flee_case import Case
from staffride.scenario.cells import read_dates, read_number
from staffride.scenario.csv_tables import Row, Table, read_table
from staffride.scenario.findings import At
from staffride.scenario.region_checks import judge_counts

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]


MOST_PERSONS = 1e10
"""More than live on Earth: such a count is a slip, and no run could hold as many."""


class Source(NamedTuple):
    """The reports of one file.

    Attributes
    ----------
    days, counts
        (n,) days from the start of the period, ascending, and persons.
    written
        Where each is written.
    """

    days: Integers
    counts: Floats
    written: list[At]


class _Report(NamedTuple):
    moment: date
    persons: float
    row: Row


def read_source(case: Case, file: Path, *, judge: bool = True) -> Source:
    """Return the reports of one file.

    Parameters
    ----------
    case
        The case.
    file
        The file.
    judge
        Whether to say which counts look wrong.
    """
    table = read_table(file, case.found, ("date", "count"), {"day": "date", "refugeenumbers": "count"})
    rows = _without_header(table)
    reports = _reports(case, table, rows)
    kept: dict[date, _Report] = {}
    last: _Report | None = None
    for one in reports:
        _say_order(table, kept, one, last)
        kept.setdefault(one.moment, one)
        last = one
    ordered = [kept[moment] for moment in sorted(kept)]
    if not ordered:
        case.found.warn("the source holds no report", At(file, 1), "one date and one count a line")
    days = np.array([(one.moment - case.start).days for one in ordered], np.int64)
    counts = np.array([one.persons for one in ordered])
    written = [table.at(one.row, "count") for one in ordered]
    if judge:
        judge_counts(case.found, counts, written)
    return Source(days, counts, written)


def _without_header(table: Table) -> list[Row]:
    """Return the rows without a first one that names columns in words that are not known."""
    if table.rows and table.header is None:
        first = table.rows[0]
        words = [cell for cell in first.cells[:2] if any(letter.isalpha() for letter in cell)]
        if len(words) == 2 and read_dates(first.cells[:1]).values[0] is None:
            return table.rows[1:]
    return table.rows


def _reports(case: Case, table: Table, rows: list[Row]) -> list[_Report]:
    """Return the reports in the order of the file; what cannot be read is told."""
    texts = [table.text(row, "date") for row in rows]
    dates = read_dates(texts)
    if dates.spelling:
        text = f"the date {texts[dates.first]!r} is not YYYY-MM-DD; such dates are read as {dates.spelling}"
        case.found.warn(text, table.at(rows[dates.first], "date"), "YYYY-MM-DD")
    widths = Counter(sum(bool(cell) for cell in row.cells) for row in rows)
    usual = widths.most_common(1)[0][0] if widths else 2
    if usual > 2:
        where = case.folder.shown(table.file)
        case.found.cannot_map(f"{where}: the columns after the second, up to number {usual}, are not read")
    found = []
    for row, text, moment in zip(rows, texts, dates.values, strict=True):
        if moment is None:
            case.found.fatal(f"{text!r} is not a date", table.at(row, "date"), "YYYY-MM-DD")
            continue
        if case.is_later((moment - case.start).days):
            continue
        count = _count(table, row, usual)
        if count is not None:
            found.append(_Report(moment, count, row))
    return found


def _count(table: Table, row: Row, usual: int) -> float | None:
    """Return the count of a row; ``None`` where there is none."""
    at = table.at(row, "count")
    text = _joined(row, usual, table)
    read = read_number(text, whole=True)
    if read.value is None and read.remark:
        table.found.fatal(f"the count {read.remark}", at, "a number of persons")
    elif read.value is None:
        table.found.warn("there is no count; the report is left out", at, "a number of persons")
    elif read.remark:
        table.found.warn(f"the count {read.remark}", at, "a plain number of persons")
    if read.value is not None and read.value > MOST_PERSONS:
        table.found.fatal(f"the count {text!r} is more than there are people", at, "a number of persons")
        return None
    if read.value is not None and read.value < 0.0:
        table.found.warn(f"the count {text!r} is negative; the report is left out", at, "a number of persons")
        return None
    return read.value


def _joined(row: Row, usual: int, table: Table) -> str:
    """Return the text of a count; one that separators of thousands have split into cells is put together."""
    at = table.columns.get("count", 1)
    text, rest = row.get(at), [cell for cell in row.cells[at + 1 :] if cell]
    split = usual == 2 and 0 < len(text.lstrip("-")) <= 3 and text.lstrip("-").isdigit()
    if rest and split and all(len(cell) == 3 and cell.isdigit() for cell in rest):
        return ",".join([text, *rest])
    return text


def _say_order(table: Table, kept: dict[date, _Report], one: _Report, last: _Report | None) -> None:
    first = kept.get(one.moment)
    at = table.at(one.row, "date")
    if first is not None:
        same = " with the same count" if first.persons == one.persons else f" with {first.persons:.15g}"
        after = (
            f", and it stands after {last.moment}" if last is not None and last.moment > one.moment else ""
        )
        text = f"the date {one.moment} is given on line {first.row.line}{same}, which is kept{after}"
        table.found.warn(text, at, "each date once, in order")
    elif last is not None and one.moment < last.moment:
        text = f"the date {one.moment} stands after {last.moment}; the reports are sorted"
        table.found.warn(f"{text}, where Flee takes them as they stand", at, "dates in order")
