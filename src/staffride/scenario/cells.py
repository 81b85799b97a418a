"""Cells of a table as numbers and dates, in the spellings that occur, each with what it was read as."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

MISSING = frozenset(
    {"", "-", "--", "–", "—", ".", "..", "?", "na", "n/a", "nan", "nd", "none", "null", "unknown"}
)
"""How tables say that there is no figure."""

FORMATS: tuple[tuple[str, str], ...] = (
    ("YYYY/MM/DD", "%Y/%m/%d"),
    ("YYYY.MM.DD", "%Y.%m.%d"),
    ("DD/MM/YYYY", "%d/%m/%Y"),
    ("DD.MM.YYYY", "%d.%m.%Y"),
    ("DD-MM-YYYY", "%d-%m-%Y"),
    ("MM/DD/YYYY", "%m/%d/%Y"),
    ("DD-Mon-YYYY", "%d-%b-%Y"),
    ("DD Mon YYYY", "%d %b %Y"),
    ("DD Month YYYY", "%d %B %Y"),
    ("Mon DD, YYYY", "%b %d, %Y"),
    ("Month DD, YYYY", "%B %d, %Y"),
    ("DD/MM/YY", "%d/%m/%y"),
    ("MM/DD/YY", "%m/%d/%y"),
)
"""Spellings of a date besides YYYY-MM-DD; of two that fit a file equally well the first is taken: day before month."""

_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_POINT = re.compile(r"[1-9]\d{0,2}\.(?!000)\d{3}")
_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}")


class Number(NamedTuple):
    """A cell as a number.

    Attributes
    ----------
    value
        The number; ``None`` where the cell holds none.
    remark
        What is unusual about how it is written; empty where nothing is.
    """

    value: float | None
    remark: str = ""


def read_number(text: str, *, whole: bool = False) -> Number:
    """Return the number of a cell, and how it had to be read where it is not written plainly.

    Parameters
    ----------
    text
        The cell.
    whole
        Whether it counts something, so that three digits after a point are in doubt.
    """
    try:
        value = float(text)
    except ValueError:
        return _unusual(text)
    if math.isfinite(value) and "_" not in text:
        if whole and _POINT.fullmatch(text):
            plain = text.replace(".", "")
            return Number(
                value, f"{text!r} is read as {value:g}: write {plain} if the point separates thousands"
            )
        return Number(value)
    return Number(None, "" if text.lower() in MISSING else f"{text!r} is not a number")


def _unusual(text: str) -> Number:
    plain = text.partition(" #")[0].strip()
    if plain.lower() in MISSING:
        return Number(None)
    if plain != text:
        return read_number(plain)
    if _THOUSANDS.fullmatch(plain):
        value = float(re.sub(r"[,'’ \u00a0\u202f]", "", plain))
        return Number(value, f"{text!r} is read as {value:.15g}: the separator of thousands is removed")
    if _POINTS.fullmatch(plain):
        value = float(plain.replace(".", ""))
        return Number(value, f"{text!r} is read as {value:.15g}: the separator of thousands is removed")
    if _DECIMAL_COMMA.fullmatch(plain):
        value = float(plain.replace(",", "."))
        return Number(value, f"{text!r} is read as {value:.15g}: the comma is taken for a decimal point")
    return Number(None, f"{text!r} is not a number")


class Dates(NamedTuple):
    """Cells as dates.

    Attributes
    ----------
    values
        One for each cell; ``None`` where it is no date.
    spelling
        The spelling other than YYYY-MM-DD that was found; empty where none was.
    first
        The position of the first cell in that spelling.
    """

    values: list[date | None]
    spelling: str = ""
    first: int = 0


def read_dates(texts: Sequence[str]) -> Dates:
    """Return the dates of the cells of one file; all that are not YYYY-MM-DD are read in one other spelling.

    Which one, the file decides as a whole: the first of those that fit most of its cells.
    """
    values = [_iso(text) for text in texts]
    others = [at for at, value in enumerate(values) if value is None]
    if not others:
        return Dates(values)
    plain = [_TIME.sub("", texts[at]).strip() for at in others]
    tried = [(name, [_parsed(text, spelling) for text in plain]) for name, spelling in FORMATS]
    name, best = max(tried, key=lambda one: sum(value is not None for value in one[1]))
    fitting = [at for at, value in zip(others, best, strict=True) if value is not None]
    for at, value in zip(others, best, strict=True):
        values[at] = value
    return Dates(values, name, fitting[0]) if fitting else Dates(values)


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else _loose_iso(text)
    except ValueError:
        return None


def _loose_iso(text: str) -> date | None:
    """Return the date of a text such as 2012-2-9 or 2012-02-09T00:00."""
    plain = _TIME.sub("", text.partition("#")[0]).strip()
    if not _ISO.fullmatch(plain):
        return None
    year, month, day = (int(part) for part in plain.split("-"))
    return date(year, month, day)


def _parsed(text: str, spelling: str) -> date | None:
    try:
        return datetime.strptime(text, spelling).date()
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """Return the date of a single cell, or ``None``."""
    return read_dates([text]).values[0]
