"""The record on a chart: figures, bounds, how uncertain they are, and where the fit stopped looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.summary import Bundle
from staffride.present.svg import Plot

Row = Mapping[str, Any]


def level(row: Row) -> float:
    """Return where an observation stands: at its figure, the middle of its range, or its bound."""
    if row["value"] is not None:
        return float(row["value"])
    ends = [float(row[end]) for end in ("low", "high") if row[end] is not None]
    return sum(ends) / len(ends)


def highest(rows: Sequence[Row]) -> float:
    """Return the greatest number that the observations name; 0 without one."""
    numbers = [row[end] for row in rows for end in ("value", "low", "high") if row[end] is not None]
    return max(numbers, default=0.0)


def _says(row: Row) -> str:
    if row["value"] is not None:
        return words.count(row["value"])
    if row["low"] is not None and row["high"] is not None:
        return f"{words.count(row['low'])} to {words.count(row['high'])}"
    bound = ("at least", row["low"]) if row["low"] is not None else ("at most", row["high"])
    return f"{bound[0]} {words.count(bound[1])}"


def _title(row: Row) -> str:
    when = words.moment(datetime.fromisoformat(row["time"]))
    used = {"calibration": "used to fit", "held_out": "held out"}.get(row["role"], row["role"])
    return f"{_says(row)}, {when} ({used}; {row['source']})"


def record(plot: Plot, rows: Sequence[Row]) -> None:
    """Add observations: filled dots where the fit used them, open diamonds where it did not."""
    for row in rows:
        _whiskers(plot, row)
    for row in rows:
        draw = plot.dot if row["role"] == "calibration" else plot.diamond
        draw(row["hour"], level(row), "used" if row["role"] == "calibration" else "held", _title(row))


def _whiskers(plot: Plot, row: Row) -> None:
    """Add how uncertain an observation is in time (from an hour up) and in value; a bound has an open end."""
    x, y = plot.x.at(row["hour"]), plot.y.at(level(row))
    spread = row["time_uncertainty_h"] or 0.0
    if spread >= 1:
        ends = [min(max(row["hour"] + d, plot.x.low), plot.x.high) for d in (-spread, spread)]
        plot.add("line", x1=plot.x.at(ends[0]), x2=plot.x.at(ends[1]), y1=y, y2=y, class_="whisker")
    low, high = row["low"], row["high"]
    if low is not None and high is not None:
        plot.add("line", x1=x, x2=x, y1=plot.y.at(low), y2=plot.y.at(high), class_="whisker")
    elif row["value"] is None:
        end = plot.y.end if high is None else plot.y.start
        plot.add("line", x1=x, x2=x, y1=y, y2=end, class_="whisker bound")


def cutoff(plot: Plot, bundle: Bundle, narrow: bool) -> None:
    """Add the line after which nothing published was used."""
    until = bundle["run"]["conditioned_until"]
    if not until:
        return
    start = datetime.fromisoformat(bundle["period"]["start"])
    hour = (datetime.fromisoformat(until) - start).total_seconds() / 3600
    if not plot.x.low <= hour <= plot.x.high:
        return
    plot.rule_x(hour, "cutoff")
    at = plot.x.at(hour)
    plot.text(at - 6, plot.y.end - 8, "used" if narrow else "used to fit", "note", "end")
    plot.text(at + 6, plot.y.end - 8, "held out", "note")
