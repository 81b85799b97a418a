"""Reading tables as people download them: title rows, tag rows, odd encodings, separators and spellings."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from staffride.errors import InputError, Problem, nearest

Spellings: TypeAlias = Mapping[str, Sequence[str]]
Value = TypeVar("Value")

HEADER_WITHIN = 40
"""Rows in which the header must stand; UNHCR's downloads have had up to 14 rows of title before it."""

LONGEST_CELL = 2**31 - 1
"""Characters; event tables hold whole articles and outlines of areas in one cell."""

EMPTY = {"", "-", "–", "—", "..", "n/a", "na", "nan", "null", "none"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TAG = re.compile(r"\s*#[A-Za-z][_0-9A-Za-z]*(?:\s*\+[A-Za-z][_0-9A-Za-z]*)*\s*")
GROUPED = re.compile(r"\d{1,3}(?:([,' \u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+")
ISO_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?")
NAMED_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[A-Za-z]*[ -](\d{4})(?: .*)?")
SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: .*)?")


class Shape(NamedTuple):
    """What a table's header must and may hold.

    Attributes
    ----------
    name
        Of the shape.
    columns
        Our name of each column, and how sources spell it; HXL tags count as spellings.
    required
        Columns without which it is not a table of this shape.
    """

    name: str
    columns: Spellings
    required: tuple[str, ...]


class Row(NamedTuple):
    """One row of a table: its line in the file, counted from 1, and its cells by our names of the columns."""

    line: int
    cells: Mapping[str, str]


class Table(NamedTuple):
    """A table as it was found in a file.

    Attributes
    ----------
    path
        The file.
    shape
        Name of the shape that its header fits.
    headers
        Our name of each column that it has, to the source's spelling and the column's number, counted from 1.
    rows
        Its rows, without those of titles, tags and blanks.
    problems
        What is odd about the file as a whole.
    """

    path: Path
    shape: str
    headers: Mapping[str, tuple[str, int]]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    def problem(
        self,
        row: Row,
        column: str,
        message: str,
        *,
        expected: str | None = None,
        suggestion: str | None = None,
        fatal: bool = True,
    ) -> Problem:
        """Return a problem with one cell."""
        header, position = self.headers[column]
        return Problem(
            f"{header}: {message}", self.path, row.line, expected, suggestion, fatal=fatal, column=position
        )

    def parsed(
        self, row: Row, column: str, parse: Callable[[str], Value], problems: list[Problem]
    ) -> Value | None:
        """Return a cell's value, or ``None`` and a problem more where it cannot be read; the row then is left out."""
        try:
            return parse(row.cells[column])
        except ValueError as error:
            message = f"{error}; the row is left out"
            problems.append(self.problem(row, column, message, fatal=False))
            return None


def read_table(path: str | Path, shapes: Sequence[Shape], *, header: Sequence[str] | None = None) -> Table:
    """Return the table in a file, of the first shape that its header fits.

    The file may be in UTF-8 or UTF-16, else it is read as Windows-1252, the usual superset of Latin-1, with a warning.
    Cells may be separated by commas, semicolons or tabulators.

    Parameters
    ----------
    path
        The file.
    shapes
        What its header may fit.
    header
        The columns of a file that has no header row; its first row must have as many cells.

    Raises
    ------
    InputError
        The file cannot be read, or no row near its beginning is a header of one of ``shapes``.
    """
    place = Path(path)
    try:
        with place.open("rb") as file:
            beginning = file.read(4)
        if beginning[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return _table(place, "utf-16", shapes, header)
        return _table(place, "utf-8-sig", shapes, header)
    except UnicodeDecodeError:
        warning = Problem(
            "not in UTF-8; read as Windows-1252", place, suggestion="check names with accents", fatal=False
        )
        table = _table(place, "cp1252", shapes, header)
        return table._replace(problems=(warning, *table.problems))
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", place)]) from error
    except csv.Error as error:
        raise InputError([Problem(f"is not a table: {error}", place)]) from error


def _table(path: Path, encoding: str, shapes: Sequence[Shape], header: Sequence[str] | None) -> Table:
    errors = "replace" if encoding == "cp1252" else "strict"
    with path.open(encoding=encoding, errors=errors, newline="") as lines:
        records = _numbered(lines)
        before: list[tuple[int, list[str]]] = []
        for number, cells in records:
            names = cells if header is None else header
            rest = records if header is None else chain([(number, cells)], records)
            for shape in shapes:
                found = _found(names, shape.columns)
                if found.keys() >= set(shape.required) and len(names) == len(cells):
                    headers = {name: (names[at].strip(), at + 1) for name, at in found.items()}
                    return Table(path, shape.name, headers, tuple(_body(rest, found)), ())
            before.append((number, cells))
            if len(before) == HEADER_WITHIN or header is not None:
                break
    raise InputError([_no_header(path, before, shapes)])


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins; texts of news in event tables can be very long."""
    iterator = iter(lines)
    ahead = list(islice(iterator, HEADER_WITHIN))
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(chain(ahead, iterator), delimiter=_separator(ahead))
        begins = 1
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def _separator(lines: Sequence[str]) -> str:
    """Return the separator that stands most often in the first lines."""
    text = "".join(lines)
    return max(",;\t", key=text.count)


def _body(rows: Iterable[tuple[int, list[str]]], found: Mapping[str, int]) -> Iterator[Row]:
    for number, cells in rows:
        if not is_tag_row(cells):
            yield Row(
                number, {name: cells[at].strip() if at < len(cells) else "" for name, at in found.items()}
            )


def is_tag_row(cells: Sequence[str]) -> bool:
    """Return whether a row holds HXL tags: most of its filled cells are one."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and 2 * sum(TAG.fullmatch(cell) is not None for cell in filled) > len(filled)


def _found(cells: Sequence[str], columns: Spellings) -> dict[str, int]:
    """Return the position of every column whose spelling stands among the cells, the first spelling first."""
    at = {plain(cell): number for number, cell in reversed(list(enumerate(cells)))}
    places = (
        (name, [at[plain(one)] for one in spellings if plain(one) in at])
        for name, spellings in columns.items()
    )
    return {name: positions[0] for name, positions in places if positions}


def _no_header(path: Path, rows: Sequence[tuple[int, list[str]]], shapes: Sequence[Shape]) -> Problem:
    """Say which columns are missing from the row that comes nearest to a header."""
    choices = [
        (len(found.keys() & set(shape.required)) / len(shape.required), -number, shape, cells, found)
        for number, cells in rows
        for shape in shapes
        for found in [_found(cells, shape.columns)]
    ]
    share, line, shape, cells, found = max(
        choices, key=lambda choice: choice[:2], default=(0.0, 0, shapes[0], [], {})
    )
    missing = [name for name in shape.required if name not in found]
    if not share:
        return Problem("no header of a known table", path, expected=_spelled(shape, missing))
    message = f"the {shape.name} table has no column {' and no column '.join(missing)}"
    return Problem(
        message, path, -line, _spelled(shape, missing), nearest(shape.columns[missing[0]][0], cells)
    )


def _spelled(shape: Shape, names: Iterable[str]) -> str:
    return "a header with " + ", ".join(shape.columns[name][0] for name in names)


def plain(text: str) -> str:
    """Return a name for comparison: no case, accents, blanks or signs; a tag's attributes in order.

    >>> plain("Country of asylum (ISO)"), plain("#adm1 +name+code"), plain("Türkiye")
    ('countryofasylumiso', '#adm1+code+name', 'turkiye')
    """
    if TAG.fullmatch(text):
        tag, *attributes = re.sub(r"\s", "", text).lower().split("+")
        return "+".join([tag, *sorted(attributes)])
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


def count(text: str) -> float | None:
    """Return a number of persons; ``None`` where the source has none, such as ``-``.

    Raises
    ------
    ValueError
        It is no number of persons, or could be two: 1.234 may be a thousand or one.
    """
    bare = text.strip()
    if bare.lower() in EMPTY:
        return None
    if GROUPED.fullmatch(bare):
        bare = re.sub(r"[,' \u00a0\u202f]", "", bare)
    if POINTS.fullmatch(bare) and bare.count(".") > 1:
        bare = bare.replace(".", "")
    if not re.fullmatch(r"\d+(?:\.0*)?", bare):
        raise ValueError(f"{text!r} is not a number of persons")
    return float(bare)


def close_name(name: str, valid: Iterable[str]) -> str | None:
    """Return a suggestion: the name near to ``name``, or the only one that begins with it."""
    names = list(valid)
    longer = [one for one in names if plain(one).startswith(plain(name))]
    return nearest(name, names) or (f"did you mean {longer[0]!r}?" if len(longer) == 1 else None)


def number(text: str) -> float:
    """Return a finite number, such as degrees of latitude."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    if not abs(value) < float("inf"):
        raise ValueError(f"{text!r} is not a finite number")
    return value


def day(text: str) -> date:
    """Return the date of a text such as 2024-05-31, 2024-05-31T00:00:00, 31 May 2024 or 31/05/2024.

    Raises
    ------
    ValueError
        It is no date, or could be two: 05/06/2024 may be in May or in June.
    """
    if found := ISO_DATE.fullmatch(text.strip()):
        return _date(text, *(int(part) for part in found.groups()))
    if (found := NAMED_MONTH.fullmatch(text.strip())) and found[2].lower() in MONTHS:
        return _date(text, int(found[3]), MONTHS.index(found[2].lower()) + 1, int(found[1]))
    if found := SLASHED.fullmatch(text.strip()):
        first, second, year = (int(part) for part in found.groups())
        if first != second and max(first, second) <= 12:
            raise ValueError(f"{text!r} could be two dates; write year-month-day")
        return _date(text, year, *((first, second) if second > 12 else (second, first)))
    raise ValueError(f"{text!r} is not a date; write year-month-day")


def _date(text: str, year: int, month: int, in_month: int) -> date:
    try:
        return date(year, month, in_month)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date: {error}") from None
