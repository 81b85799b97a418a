"""Dates, persons and places of a region as an analyst would write them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from staffride.present import words

Document = Mapping[str, Any]
Row = Mapping[str, Any]

PRESENT, ARRIVALS, ALL = "destination.", "arrivals.", "displaced"
EVERYWHERE = "all destinations"
LEAD = 28
"""Days ahead of which a headline speaks, unless the forecast is shorter."""

NAIVE = {
    "level": "level: as many as last reported",
    "shares_damped_total": "shares × damped total",
    "damped_total": "shares × damped total",
    "damped": "shares × damped total",
    "trend": "undamped trend",
}


def naive_name(name: str) -> str:
    """Return what a naive forecast is called on a page."""
    return NAIVE.get(name, name.replace("_", " "))


def place(name: str) -> str:
    """Return the name of a place with spaces for the underscores of a folder."""
    return name.replace("_", " ").strip() or name


def capital(text: str) -> str:
    """Return a sentence with a capital at its start."""
    return text[:1].upper() + text[1:]


def dated(moment: str | date) -> str:
    """Return ``6 February 2030``."""
    when = date.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{when.day} {when:%B %Y}"


def short_date(moment: str | date) -> str:
    """Return ``6 Feb``."""
    when = date.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{when.day} {when:%b}"


def names(document: Document) -> list[str]:
    """Return the destinations, that with most persons at the end first; equal ones keep their order."""
    series = document["series"]
    found = [name.removeprefix(PRESENT) for name in series if name.startswith(PRESENT)]
    return sorted(found, key=lambda name: -_number(series[PRESENT + name][-1]["q50"]))


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


def lead_of(document: Document) -> int:
    """Return how many days ahead a headline speaks."""
    return min(LEAD, len(document["series"][ALL]))


def last_report(document: Document, series: str) -> Row | None:
    """Return the last report of a series up to the origin, or ``None`` without one."""
    reports: Sequence[Row] = document["reports"].get(series, ())
    return reports[-1] if reports else None


def now(document: Document, series: str) -> str:
    """Return how many were last reported, in words."""
    found = last_report(document, series)
    return "no report" if found is None else words.count(found["counted"])


def middle(row: Row | None) -> str:
    """Return the median of a row of figures, rounded as far as its band supports; a dash without one."""
    return "–" if row is None or row["q50"] is None else _pair(row)[0]


def band(row: Row | None) -> str:
    """Return the 90 % band of a row of figures, rounded as far as it supports; a dash without one."""
    return "–" if row is None or row["q50"] is None else _pair(row)[1]


def _pair(row: Row) -> tuple[str, str]:
    middle, low, high = row["q50"], row["q05"], row["q95"]
    if round(low) == round(high):
        return words.count(middle), "–"
    digits = digits_of(low, middle, high)
    return figure(middle, digits), f"{figure(low, digits)} to {figure(high, digits)}"


def digits_of(low: float, middle: float, high: float) -> int:
    """Return how many digits of a figure its band supports: two of a wide band, more of a narrow one.

    >>> digits_of(50.0, 100.0, 200.0), digits_of(95.0, 100.0, 110.0), digits_of(99.5, 100.0, 100.5)
    (2, 3, 5)
    """
    ratio = abs(middle) / max(high - low, 1e-9)
    return 2 + (ratio > 5.0) + max(math.floor(math.log10(max(ratio, 1.0))), 0)


def figure(value: float, digits: int = 2) -> str:
    """Return a count to so many digits; small ends of a skewed band keep theirs, so that 90 is not shown as 0.

    >>> figure(84_678.0), figure(84_678.0, 3), figure(91.4), figure(0.3)
    ('85,000', '84,700', '91', '0')
    """
    size = abs(value)
    step = 10.0 ** (math.floor(math.log10(size)) + 1 - digits) if size >= 1.0 else 1.0
    return words.count(words.rounded(value, max(step, 1.0)))


def about(row: Row, unit: str = "") -> str:
    """Return ``about 64,000 people (90 %: 61,000 to 70,000)``."""
    value, ends = _pair(row)
    counted = f"{value}{' ' * bool(unit)}{unit}"
    return counted if ends == "–" else f"about {counted} (90{words.THIN}%: {ends})"


def signed(row: Row) -> str:
    """Return a difference with its sign: the median, rounded as far as its band supports."""
    value = row["q50"]
    if value is None:
        return "–"
    return _with_sign(value, digits_of(row["q05"], value, row["q95"]))


def signed_band(row: Row) -> str:
    """Return the 90 % interval of a difference, ends with their signs."""
    ends = [row["q05"], row["q95"]]
    if None in ends:
        return "–"
    digits = digits_of(row["q05"], row["q50"], row["q95"])
    return " to ".join(dict.fromkeys(_with_sign(end, digits) for end in ends))


def _with_sign(value: float, digits: int) -> str:
    text = figure(abs(value), digits)
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


def crossing(row: Row) -> str:
    """Return what a link or a border is called."""
    first, second = place(row["first"]), place(row["second"])
    return f"the border {first} – {second}" if row["kind"] == "border" else f"the link {first} – {second}"


def run_out(row: Row, last: str) -> str:
    """Return when shelter of a destination runs out in most futures, in words.

    Parameters
    ----------
    row
        A row of ``shelter``.
    last
        The last day of the forecast, ISO 8601.
    """
    if row["capacity"] is None:
        return "capacity unknown"
    if not row["probability"]:
        return "in no future drawn"
    if row["latest"] is not None and row["earliest"] == row["latest"]:
        return f"by {dated(row['earliest'])}"
    if row["median"] is None:
        first = "" if row["earliest"] is None else f", in one of twenty by {dated(row['earliest'])}"
        return f"in most futures not before {dated(last)}{first}"
    ends = [dated(row["earliest"]), "later" if row["latest"] is None else dated(row["latest"])]
    return f"about {dated(row['median'])} (90{words.THIN}%: {' to '.join(ends)})"
