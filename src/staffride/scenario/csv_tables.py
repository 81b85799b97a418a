"""Tables of a Flee folder: CSV as it occurs, every cell with its file, line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from staffride.scenario.cells import read_number
from staffride.scenario.findings import At, Findings

LIMIT_BYTES = 200_000_000
"""The largest table that is read."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

_UNIT = re.compile(r"[(\[].*$")
_BETWEEN = re.compile(r"[\s_.\-/#\"']+")


class Reader(Protocol):
    """What reads rows and knows the line that it has come to."""

    @property
    def line_num(self) -> int:
        """The last line that was read."""

    def __iter__(self) -> Iterator[list[str]]:
        """Go through the rows."""


class Row(NamedTuple):
    """One row: its cells without spaces around them, and the line on which it begins."""

    cells: list[str]
    line: int

    def get(self, column: int | None) -> str:
        """Return the cell of a column, empty where the row has none."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """The rows of a file.

    Attributes
    ----------
    file
        Its path.
    rows
        Without header, comments and empty lines.
    found
        Where problems go.
    columns
        The names that a reader looks for, and at which position they stand.
    others
        Further columns of the header, by name.
    header
        The header, or ``None`` where the file has none.
    """

    file: Path
    rows: list[Row]
    found: Findings
    columns: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    header: Row | None = None

    def at(self, row: Row, column: str | int | None = None) -> At:
        """Return where a cell stands; of a column that is not there, the row."""
        position = self.columns.get(column) if isinstance(column, str) else column
        return At(self.file, row.line, None if position is None else position + 1)

    def text(self, row: Row, column: str) -> str:
        """Return the text of a cell, empty where there is none."""
        return row.get(self.columns.get(column))

    def number(self, row: Row, column: str | int, what: str, *, whole: bool = False) -> float | None:
        """Return the number of a cell or ``None`` where it is empty; what is no number is fatal."""
        position = self.columns.get(column) if isinstance(column, str) else column
        read = read_number(row.get(position), whole=whole)
        if read.remark and read.value is None:
            self.found.fatal(f"{what}: {read.remark}", self.at(row, column), "a number")
        elif read.remark:
            self.found.warn(f"{what}: {read.remark}", self.at(row, column))
        return read.value


def read_table(
    file: Path, found: Findings, order: Sequence[str] = (), spellings: Mapping[str, str] | None = None
) -> Table:
    """Return the rows of a CSV file.

    Parameters
    ----------
    file
        The file.
    found
        Where problems go.
    order
        The names of the columns, in the order that holds where the file has no header.
    spellings
        Other names of columns, as `plain_name` gives them, and which one they mean.
    """
    rows = split_rows(file, found)
    known = {plain_name(name): name for name in order} | dict(spellings or {})
    first = next((at for at, row in enumerate(rows) if not row.cells[0].startswith("#")), len(rows) - 1)
    at = next((at for at, row in enumerate(rows[: first + 1]) if _is_header(row, known)), None)
    body = [row for row in rows[0 if at is None else at + 1 :] if not row.cells[0].startswith("#")]
    if at is None:
        columns = {name: position for position, name in enumerate(order)}
        return Table(file, body, found, columns)
    columns, others = _columns(rows[at], known, file, found)
    return Table(file, body, found, columns, others, rows[at])


def plain_name(text: str) -> str:
    """Return the name of a column without what spellings differ in: case, ``#``, spaces, lines, a unit in brackets."""
    return _BETWEEN.sub("", _UNIT.sub("", text.lower()))


def _is_header(row: Row, known: Mapping[str, str]) -> bool:
    """Return whether a row names columns: its first cell does, or two others do."""
    names = [plain_name(cell) for cell in row.cells]
    return names[0] in known or sum(name in known for name in names) >= 2


def _columns(
    header: Row, known: Mapping[str, str], file: Path, found: Findings
) -> tuple[dict[str, int], dict[str, int]]:
    columns: dict[str, int] = {}
    others: dict[str, int] = {}
    for position, cell in enumerate(header.cells):
        name = known.get(plain_name(cell))
        if name is not None and name not in columns:
            columns[name] = position
        elif name is not None:
            first = columns[name] + 1
            text = f"column {cell!r} is named like column {first}; the first is read"
            found.warn(text, At(file, header.line, position + 1))
        elif cell.strip("# "):
            others[cell.strip("# ")] = position
    return columns, others


def split_rows(file: Path, found: Findings) -> list[Row]:
    """Return all rows of a file that are not empty, comments and header among them."""
    text = _text(file, found)
    delimiter = _delimiter(text, file, found)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        return list(_rows(reader, file, found, spaced=" " in text or "\t" in text))
    except csv.Error as error:
        found.fatal(
            f"this is not a table: {error}", At(file, reader.line_num), "one row a line, cells with commas"
        )
        return []


def _rows(reader: Reader, file: Path, found: Findings, spaced: bool) -> Iterator[Row]:
    last = 0
    for cells in reader:
        line, last = last + 1, reader.line_num
        if last > line:
            text = "a quotation mark is opened and closed only lines later"
            found.fatal(text, At(file, line), "one row a line")
        stripped = [cell.strip() for cell in cells] if spaced else cells
        if any(stripped):
            yield Row(stripped, line)


def _text(file: Path, found: Findings) -> str:
    """Return the text of a file in whichever encoding it is."""
    try:
        if file.stat().st_size > LIMIT_BYTES:
            found.fatal(f"the file is larger than {LIMIT_BYTES / 1e6:.0f} MB and is not read", At(file))
            return ""
        raw = file.read_bytes()
    except OSError as error:
        found.fatal(f"cannot read the file: {error.strerror or error}", At(file))
        return ""
    text = _decoded(raw, file, found)
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        found.warn("the file holds control characters; they are removed", At(file, line), "plain text")
        text = _CONTROL.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(raw: bytes, file: Path, found: Findings) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        found.warn("the file is UTF-16 text; it is read so, but Flee could not", At(file), "UTF-8")
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found.warn("the file is not UTF-8 text; it is read as Windows-1252", At(file, line), "UTF-8")
        return raw.decode("cp1252", errors="replace")


def _delimiter(text: str, file: Path, found: Findings) -> str:
    lines = [line for line in text[:5000].splitlines() if line.strip()]
    for delimiter, name in ((";", "semicolons"), ("\t", "tabulators")):
        if len(lines) > 1 and all(
            delimiter in line and "," not in line for line in lines[:1] + lines[1:3][-1:]
        ):
            found.warn(f"the cells are separated by {name}; Flee reads only commas", At(file, 1), "commas")
            return delimiter
    return ","
