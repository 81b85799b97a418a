"""The figure of a campaign beside the record: a share lost by hour, with every recorded figure and what it implies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from staffride.present import words
from staffride.present.campaign_summary import stated
from staffride.present.campaign_words import clipped, share_range
from staffride.present.charts import (
    NARROW,
    Frame,
    end_labels,
    fan,
    grid,
    hours,
    quantiles,
    readable,
    time_axis,
)
from staffride.present.markup import Markup
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, spread, ticks

Row = Mapping[str, Any]

LABELS, ROOM = 50.0, 310.0
"""Height of a label of three lines, and the room for such labels at the right of a wide chart."""


def share_labels(values: Sequence[float]) -> dict[float, str]:
    """Return what stands beside the grid lines of a share."""
    return {value: f"{100 * value:g}{words.THIN}%" for value in values}


def record_of(bundle: Bundle, series: str) -> list[Row]:
    """Return the figures of the record that are shown with one share, each numbered by its place."""
    return [row for row in bundle["record"] if row["share"] == series and row["implied"]]


def share_chart(bundle: Bundle, width: float, series: str, title: str) -> Markup:
    """Return the bands of a share by hour with every figure of the record, numbered as in the table."""
    rows, levels = record_of(bundle, series), quantiles(bundle, series)
    narrow = width <= NARROW
    frame = Frame(width, 300, 44, 14, 24, 28) if narrow else Frame(width, 430, 56, ROOM if rows else 96)
    top = max(float(levels["q95"].max()), *(row["implied"][2] for row in rows), 0.02)
    values = ticks(0, min(top * 1.06, 1.0), 4 if narrow else 6)
    plot = frame.plot(hours(bundle), values[-1])
    plot.axis_y(values, share_labels(values).values())
    fan(plot, grid(bundle), levels)
    time_axis(plot, bundle, frame)
    _marks(plot, rows)
    if not narrow:
        _labels(plot, rows) if rows else end_labels(plot, levels)
    return readable(frame, plot, title, series)


def _marks(plot: Plot, rows: Sequence[Row]) -> None:
    """Add the figures: a diamond at the share, a whisker for what the denominator leaves open, and the number."""
    taken: list[tuple[float, float]] = []
    for number, row in enumerate(rows, 1):
        low, middle, high = (plot.y.at(share) for share in row["implied"])
        x = plot.x.at(row["hour"])
        while any(abs(x - other) < 15 and abs(middle - y) < 40 for other, y in taken):
            x -= 16
        taken.append((x, middle))
        plot.add("line", x1=x, x2=x, y1=low, y2=high, class_="whisker")
        if row["bound"]:
            end = (
                min(middle + 26, plot.y.start) if row["bound"] == "at most" else max(middle - 26, plot.y.end)
            )
            plot.add("line", x1=x, x2=x, y1=middle, y2=end, class_="whisker bound")
        plot.diamond(plot.x.low + (x - plot.x.start) / _per_hour(plot), row["implied"][1], "held", told(row))
        plot.text(x, middle - 9, str(number), "mark", "middle")


def _per_hour(plot: Plot) -> float:
    return (plot.x.end - plot.x.start) / (plot.x.high - plot.x.low)


def told(row: Row) -> str:
    """Return a figure with who said it, when it was published and what it would be a share of."""
    return f"{stated(row)}: {row['source']}, published {row['published']}; {denominator_in_words(row)}"


def denominator_in_words(row: Row) -> str:
    """Return what a count is a share of in the runs, or how many elements a share would be."""
    if row["denominator"] is None:
        return "none stood there in the runs"
    few, many = row["denominator"][0], row["denominator"][4]
    stood = f"the {_whole(few, many)} in the runs"
    if row["as_count"]:
        shares = f": {share_range(row['implied'][0], row['implied'][2])}" if row["implied"] else ""
        return f"of {stood}{shares}"
    return f"{_whole(row['implied'][1] * few, row['implied'][1] * many)} of {stood}"


def _whole(low: float, high: float) -> str:
    return " to ".join(dict.fromkeys(words.count(end) for end in (low, high)))


def _labels(plot: Plot, rows: Sequence[Row]) -> None:
    """Add at the right, level with its mark where there is room, who said each figure and what it implies."""
    wanted = [plot.y.at(row["implied"][1]) - 12 for row in rows]
    placed = spread(wanted, LABELS, plot.y.end, plot.y.start - 26)
    for number, (y, row) in enumerate(zip(placed, rows, strict=True), 1):
        x = plot.x.end + 14
        plot.text(x, y, str(number), "mark")
        plot.text(x + 14, y, clipped(f"{stated(row)}, {row['source']}", 38), "said")
        plot.text(x + 14, y + 15, f"published {row['published']}", "tick")
        plot.text(x + 14, y + 30, denominator_in_words(row), "tick")
