"""Charts of a region by day: bands of a series, what was reported, and what naive forecasts say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from staffride.present import words
from staffride.present.charts import NARROW, Frame, axis_labels, fan
from staffride.present.markup import Markup
from staffride.present.region_words import Row, dated, digits_of, figure
from staffride.present.svg import Floats, Plot, Scale, drawing, spread, ticks

LEVELS = ("q05", "q25", "q50", "q75", "q95")
MANY_DOTS = 40
"""Reports from which on their dots are small."""


@dataclass(frozen=True)
class Chart:
    """What one chart shows.

    Attributes
    ----------
    series
        Its name in the document.
    title
        What it shows, for a screen reader.
    zero
        Day 0 of the axis: the origin of a forecast, or the day before a run.
    first, last
        First and last day of the axis.
    entries
        Figures by day.
    reports
        Counts by day that are drawn as dots.
    line
        Counts by day that are drawn as a line.
    naive
        Middle lines of naive forecasts, from the day after ``zero`` on.
    level
        A level that is drawn over the whole width, such as a capacity, with its name.
    is_forecast
        Whether ``zero`` is an origin that is drawn.
    heading
        A heading within the drawing, for one that stands alone.
    """

    series: str
    title: str
    zero: date
    first: date
    last: date
    entries: Sequence[Row]
    reports: Sequence[Row] = ()
    line: Sequence[Row] = ()
    naive: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    level: tuple[float, str] | None = None
    is_forecast: bool = True
    heading: str = ""

    def at(self, moment: str | date) -> float:
        """Return where a day stands on the axis."""
        when = date.fromisoformat(moment) if isinstance(moment, str) else moment
        return float((when - self.zero).days)


def region_chart(chart: Chart, width: float, height: float) -> Markup:
    """Return one chart of ``width`` by ``height``, with what the read-out needs to know of its axes."""
    narrow = width < 600
    top = 40.0 if chart.heading else 20.0
    right = 84.0 if width > 600 else 12.0
    frame = Frame(width, height, 52 if width > NARROW else 44, right, top, 28)
    levels, x = _levels(chart), _days(chart)
    values = ticks(0, _highest(chart, levels), 4 if narrow else 6)
    plot = Plot(
        Scale(chart.at(chart.first), chart.at(chart.last), frame.left, width - frame.right),
        Scale(0, values[-1], height - frame.bottom, frame.top),
    )
    plot.axis_y(values, axis_labels(values, narrow).values())
    fan(plot, x, levels)
    _naive(plot, chart, x)
    _counted(plot, chart)
    _level(plot, chart)
    _axis(plot, chart, narrow)
    if chart.is_forecast:
        _origin(plot)
    if right > 60:
        _end_labels(plot, levels)
    if chart.heading:
        plot.text(frame.left - 44, 20, chart.heading, "panel")
    return _readable(chart, plot, width, height)


def _levels(chart: Chart) -> dict[str, Floats]:
    return {q: np.array([row[q] for row in chart.entries], dtype=np.float64) for q in LEVELS}


def _days(chart: Chart) -> Floats:
    return np.array([chart.at(row["time"]) for row in chart.entries])


def _highest(chart: Chart, levels: Mapping[str, Floats]) -> float:
    """Return the top of what is drawn; a naive line or a capacity that leaves the picture is cut."""
    high = float(np.nanmax(levels["q95"], initial=0.0))
    shown = [row["counted"] for row in (*_shown(chart), *chart.line) if row["counted"] is not None]
    return float(max(high, *shown, 10.0))


def _shown(chart: Chart) -> list[Row]:
    """Return the reports within the axis."""
    return [row for row in chart.reports if chart.at(row["time"]) >= chart.at(chart.first)]


def _counted(plot: Plot, chart: Chart) -> None:
    if chart.line:
        values = np.array([row["counted"] for row in chart.line], dtype=np.float64)
        plot.line(np.array([chart.at(row["time"]) for row in chart.line]), values, "counted")
    rows = _shown(chart)
    for row in rows:
        title = f"{words.count(row['counted'])} reported, {dated(row['time'])}"
        plot.dot(chart.at(row["time"]), row["counted"], "used", title, 2.0 if len(rows) > MANY_DOTS else 3.2)


def _naive(plot: Plot, chart: Chart, x: Floats) -> None:
    for number, values in enumerate(chart.naive.values()):
        line = np.array(values, dtype=np.float64)[: len(x)]
        plot.line(x[: len(line)], np.where(line <= plot.y.high, line, np.nan), f"naive naive{number % 4}")


def _level(plot: Plot, chart: Chart) -> None:
    """Add a level with its name where it lies in the picture; else its name at the upper edge."""
    if chart.level is None:
        return
    value, name = chart.level
    if value <= plot.y.high:
        plot.rule_y(value, "capacity")
        plot.text(plot.x.start + 6, plot.y.at(value) - 5, name, "note")
    else:
        plot.text(plot.x.start + 6, plot.y.end + 12, f"{name} ↑", "note")


def _origin(plot: Plot) -> None:
    plot.rule_x(0.0, "cutoff")
    plot.text(plot.x.at(0.0) - 5, plot.y.end - 6, "reports used", "note", "end")
    plot.text(plot.x.at(0.0) + 5, plot.y.end - 6, "forecast", "note")


def _end_labels(plot: Plot, levels: Mapping[str, Floats]) -> None:
    last = {q: float(levels[q][-1]) for q in LEVELS}
    if not np.isfinite(list(last.values())).all():
        return
    apart = last["q95"] - last["q05"] > 0.02 * plot.y.high
    named = ("q95", "q50", "q05") if apart else ("q50",)
    placed = spread([plot.y.at(last[q]) for q in named], 16, plot.y.end, plot.y.start)
    for y, q in zip(placed, named, strict=True):
        digits = digits_of(last["q05"], last["q50"], last["q95"])
        plot.text(plot.x.end + 8, y + 4, figure(last[q], digits), f"label {q}")


def _axis(plot: Plot, chart: Chart, narrow: bool) -> None:
    """Add a tick at each month, week or day, as fits, each with its name; years where they begin."""
    marks = date_marks(chart.first, chart.last, 5 if narrow else 12)
    plot.axis_x([chart.at(when) for when, _ in marks], [name for _, name in marks])


def date_marks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Return about ``most`` days at even steps of days, weeks, months or years, with their names.

    >>> [name for _, name in date_marks(date(2030, 1, 15), date(2030, 6, 3), 5)]
    ['Feb 2030', 'Mar', 'Apr', 'May', 'Jun']
    >>> [name for _, name in date_marks(date(2030, 1, 15), date(2030, 1, 31), 5)]
    ['15 Jan', '22 Jan', '29 Jan']
    """
    span = (last - first).days
    if span <= 31 * min(most, 3):
        step = next(every for every in (1, 2, 7, 14, 28) if span / every <= most or every == 28)
        days = [first + timedelta(days=day) for day in range(0, span + 1, step)]
        return [(when, f"{when.day} {when:%b}") for when in days]
    every = next(
        months for months in (1, 2, 3, 6, 12, 24, 60) if span / 30.4 / months <= most or months == 60
    )
    months = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    kept = [
        when for when in months if (12 * when.year + when.month - 1) % every == 0 and first <= when <= last
    ]
    return [(when, _month(when, with_year=not at or when.month <= every)) for at, when in enumerate(kept)]


def _month(when: date, *, with_year: bool) -> str:
    return f"{when:%b %Y}" if with_year else f"{when:%b}"


def _readable(chart: Chart, plot: Plot, width: float, height: float) -> Markup:
    begin = 0.0 if chart.is_forecast else plot.x.low
    attributes = {
        "data-series": chart.series,
        "data-left": f"{plot.x.at(begin):g}",
        "data-right": f"{plot.x.end:g}",
        "data-top": f"{plot.y.end:g}",
        "data-bottom": f"{plot.y.start:g}",
    }
    return drawing(width, height, chart.title, plot.marks, **attributes)
