"""What variants change, as a figure: a dot and its 95 % interval for each, sorted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from staffride.present.campaign_summary import measure_of
from staffride.present.campaign_words import Measure, clipped, difference, interval, unit_of_difference
from staffride.present.charts import NARROW
from staffride.present.markup import Markup
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, Scale, drawing, ticks

Row = Mapping[str, Any]

LEAST = 0.5
"""The axis reaches at least so far to either side of no change, so that noise does not fill the figure."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where names, dots and numbers stand, in drawing units."""

    width: float
    rows: int

    @property
    def narrow(self) -> bool:
        return self.width <= NARROW

    @property
    def step(self) -> float:
        return 44.0 if self.narrow else 28.0

    @property
    def height(self) -> float:
        return self.step * self.rows + 52

    def y(self, row: int) -> float:
        return 4 + self.step * (row + (0.72 if self.narrow else 0.5))

    def plot(self, low: float, high: float) -> Plot:
        left, right = (10.0, 12.0) if self.narrow else (310.0, 186.0)
        return Plot(Scale(low, high, left, self.width - right), Scale(0, 1, self.height - 44, 4))


def differences_figure(bundle: Bundle, width: float, row: Row) -> Markup:
    """Return the paired differences of one result, the largest fall first."""
    measure, labels = measure_of(row), {one["id"]: one["label"] for one in bundle["variants"]}
    shown = [(labels[name], one["pairs"]) for name, one in row["variants"].items() if one["pairs"]]
    shown.sort(key=lambda item: float(item[1]["mean"]))
    layout, factor = _Layout(width, len(shown)), 100.0 if measure.share else 1.0
    ends = [factor * p[end] for _, p in shown for end in ("low", "mean", "high") if p[end] is not None]
    values = ticks(min(*ends, -LEAST, LEAST), max(*ends, -LEAST, LEAST), 4 if layout.narrow else 6)
    plot = layout.plot(values[0], values[-1])
    _axis(plot, values)
    for index, (label, pairs) in enumerate(shown):
        _estimate(plot, layout.y(index), pairs, factor)
        _names(plot, layout, layout.y(index), label, measure, pairs)
    middle = (plot.x.start + plot.x.end) / 2
    plot.text(middle, layout.height - 4, f"change in {unit_of_difference(measure)}", "tick", "middle")
    return drawing(width, layout.height, f"{measure.heading}: what each variant changes", plot.marks)


def _axis(plot: Plot, values: list[float]) -> None:
    for value in values:
        plot.rule_x(value, "axis" if value == 0 else "grid")
    plot.axis_x(values, [f"{value:+g}".replace("-", "−") if value else "0" for value in values])


def _estimate(plot: Plot, y: float, pairs: Row, factor: float) -> None:
    """Add a dot with its interval."""
    if pairs["low"] is not None:
        ends = [plot.x.at(factor * pairs[end]) for end in ("low", "high")]
        plot.add("line", x1=ends[0], x2=ends[1], y1=y, y2=y, class_="interval")
    plot.add("circle", cx=plot.x.at(factor * pairs["mean"]), cy=y, r=4.2, class_="estimate")


def _names(plot: Plot, layout: _Layout, y: float, label: str, measure: Measure, pairs: Row) -> None:
    """Add the variant's name and its difference: beside the dot, or above it on a narrow page."""
    mean = difference(measure, pairs["mean"])
    if layout.narrow:
        plot.text(plot.x.start, y - 14, clipped(label, 46), "name")
        plot.text(plot.x.end, y - 14, mean, "tick", "end")
        return
    plot.text(plot.x.start - 14, y + 4, clipped(label, 46), "name", "end")
    plot.text(plot.x.end + 52, y + 4, mean, "label", "end")
    plot.text(plot.x.end + 60, y + 4, f"({interval(measure, pairs)})", "tick")
