"""Small charts of a comparison: by time, by dose, and the regret over the futures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from staffride.lab.measures import BASELINE
from staffride.present import words
from staffride.present.campaign_words import clipped, titled
from staffride.present.charts import Frame
from staffride.present.comparison_effects import tick_of
from staffride.present.comparison_words import level, measure_of, unit_of
from staffride.present.markup import Markup, element
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, Scale, drawing, ticks

Row = Mapping[str, Any]

SMALL = Frame(290, 190, 46, 12, 46, 30)
"""A small chart: three stand side by side on a wide page."""

SMALLER = Frame(216, 142, 40, 10, 34, 28)
"""A smaller one: four stand side by side."""


def highest(bundle: Bundle, series: str, policy: Row) -> float:
    """Return the highest end of the bands of a series, without and with a policy."""
    both = bundle["series"][series]["q95"], bundle["series"][f"{series}@{policy['id']}"]["q95"]
    return max(float(value) for one in both for value in (*one, 0.0) if value is not None)


def by_time(bundle: Bundle, series: str, policy: Row, heading: str, top: float) -> Markup:
    """Return one series of a policy over that of the baseline, with the moment from which the policy acts.

    Parameters
    ----------
    top
        The highest value of all charts that stand beside it: they share a scale.
    """
    before, after = (bundle["series"][name] for name in (series, f"{series}@{policy['id']}"))
    share = series.startswith("held_share")
    times = 100.0 if share else 1.0
    values = ticks(0, max(times * top, 1e-6), 3)
    hours = bundle["step_h"] * np.arange(1.0, len(bundle["times"]) + 1)
    plot = _plot(SMALLER, Scale(0, float(hours[-1]), 0, 1), values)
    for one, class_ in ((before, "base"), (after, "with")):
        low, middle, high = (times * np.array(one[q], dtype=np.float64) for q in ("q05", "q50", "q95"))
        plot.band(hours, low, high, f"band-{class_}")
        plot.line(hours, middle, f"line-{class_}")
    _axis_of_time(plot, bundle)
    _fork(plot, bundle, policy)
    plot.text(0, 11, heading, "panel")
    last = [level(one["q50"][-1], {"unit": "1" if share else ""}) for one in (before, after)]
    title = f"{heading}, {policy['label']}: at the end, median {last[0]} without and {last[1]} with it"
    return drawing(SMALLER.width, SMALLER.height, title, plot.marks)


def _plot(frame: Frame, across: Scale, values: Sequence[float]) -> Plot:
    """Return an empty small chart with its value axis."""
    x = Scale(across.low, across.high, frame.left, frame.width - frame.right)
    plot = Plot(x, Scale(values[0], values[-1], frame.height - frame.bottom, frame.top))
    plot.axis_y(values, [tick_of(value).lstrip("+") for value in values])
    return plot


def _headed(plot: Plot, first: str, second: str) -> None:
    letters = int((plot.x.end + 10) / 7.2)
    plot.text(0, 11, clipped(first, letters), "panel")
    plot.text(0, 26, clipped(second, letters + 4), "tick")


def _axis_of_time(plot: Plot, bundle: Bundle) -> None:
    """Add first and last day."""
    start = datetime.fromisoformat(bundle["period"]["start"])
    end = datetime.fromisoformat(bundle["times"][-1])
    plot.axis_x([plot.x.low, plot.x.high], ["", ""])
    for x, when, anchor in ((plot.x.start, start, "start"), (plot.x.end, end, "end")):
        plot.text(x, plot.y.start + 18, f"{when.day} {when:%b}", "tick", anchor)


def _fork(plot: Plot, bundle: Bundle, policy: Row) -> None:
    """Mark the moment from which a policy acts, where it does not act from the start."""
    if not policy["starts"]:
        return
    start, when = (datetime.fromisoformat(text) for text in (bundle["period"]["start"], policy["starts"]))
    hour = (when - start).total_seconds() / 3600
    if plot.x.low < hour < plot.x.high:
        plot.rule_x(hour, "cutoff")
        late = hour > (plot.x.low + plot.x.high) / 2
        shift, anchor = (-4, "end") if late else (4, "start")
        plot.text(plot.x.at(hour) + shift, plot.y.end - 5, f"from {when.day} {when:%b}", "note", anchor)


def by_dose(bundle: Bundle, curve: Row) -> Markup:
    """Return the outcome against the dose: mean with its interval, the baseline, and where the answer turns."""
    measure, points = measure_of(bundle, curve["measure"]), curve["points"]
    times = 100.0 if measure["unit"] == "1" else 1.0
    known = [point for point in points if point["mean"] is not None]
    ends = [
        times * point[end] for point in known for end in ("low", "mean", "high") if point[end] is not None
    ]
    values = ticks(min(ends, default=0.0), max(ends, default=1.0), 3)
    doses = [point["dose"] for point in points]
    pad = 0.04 * (max(doses) - min(doses))
    plot = _plot(SMALL, Scale(min(doses) - pad, max(doses) + pad, 0, 1), values)
    _turns(plot, curve)
    _curve(plot, known, times)
    plot.axis_x(*_dose_ticks(points))
    unit = f" ({unit_of(measure).replace('percentage points', '%')})"
    _headed(plot, titled(measure["label"]), f"{measure['panel']}{unit}".strip())
    said = "; ".join(f"{point['text']}: {level(point['mean'], measure)}" for point in points)
    title = (
        f"{measure['name']} by {curve['dose']} of {curve['lever']}. Means: {said}. {titled(curve['words'])}."
    )
    return drawing(SMALL.width, SMALL.height, title, plot.marks)


def _dose_ticks(points: Sequence[Row]) -> tuple[list[float], list[str]]:
    """Return the doses along the axis; of many, the first, the middle and the last are named."""
    named = range(len(points)) if len(points) <= 6 else (0, len(points) // 2, len(points) - 1)
    return [point["dose"] for point in points], [
        point["text"] if at in named else "" for at, point in enumerate(points)
    ]


def _curve(plot: Plot, points: Sequence[Row], times: float) -> None:
    """Add the means with the band of their level, and on each dot the narrower interval of its difference."""
    doses = np.array([point["dose"] for point in points], dtype=np.float64)
    low, mean, high = (
        times * np.array([point[end] for point in points], dtype=np.float64)
        for end in ("low", "mean", "high")
    )
    plot.band(doses, low, high, "band-with")
    plot.line(doses, mean, "line-with")
    for point in points:
        _point(plot, point, times)


def _point(plot: Plot, point: Row, times: float) -> None:
    """Add one dose: filled where the difference to the baseline is clear of zero."""
    low, high, difference = (point[name] for name in ("difference_low", "difference_high", "difference"))
    clear = low is not None and (low > 0.0 or high < 0.0)
    if low is not None and high > low:
        x = plot.x.at(point["dose"])
        ends = [plot.y.at(times * (point["mean"] + end - difference)) for end in (low, high)]
        plot.add("line", x1=x, x2=x, y1=ends[0], y2=ends[1], class_="interval thin")
    says = f"{point['text']}{', the baseline' if point['arm'] == BASELINE else ''}"
    plot.dot(point["dose"], times * point["mean"], "effect clear" if clear else "effect open", says, 4.0)


def _turns(plot: Plot, curve: Row) -> None:
    """Mark the dose that changes nothing, and where the answer turns."""
    if curve["null"] is not None and plot.x.low <= curve["null"] <= plot.x.high:
        plot.rule_x(curve["null"], "null")
    for turn in curve["turns"]:
        if turn["clear"] and not turn["null"]:
            plot.rule_x(turn["at"], "cutoff")
            plot.text(plot.x.at(turn["at"]) + 4, plot.y.end + 10, "turns", "note")


def regret_panel(bundle: Bundle, measure: Row, arm: str, heading: str) -> Markup:
    """Return in which share of futures the regret of one arm stays below each value, the others in grey."""
    curves = bundle["regrets"][measure["id"]]["curves"]
    top = max(max(values) for values in curves.values())
    across = ticks(0, max(top, 1e-6), 2)
    plot = _plot(SMALLER, Scale(0, across[-1], 0, 1), [0, 50, 100])
    shares = np.linspace(0.0, 100.0, len(curves[arm]))
    for other in (*(one for one in curves if one != arm), arm):
        plot.line(np.array(curves[other]), shares, "line-with" if other == arm else "line-other")
    plot.axis_x(across, [tick_of(value).lstrip("+") for value in across])
    _headed(plot, heading, f"{unit_of(measure)}; futures, %")
    row = next(row for row in bundle["regrets"][measure["id"]]["rows"] if row["arm"] == arm)
    title = (
        f"{heading}: regret in {measure['name']}, on average {level(row['expected'], measure)}, below "
        f"{level(row['high'], measure)} in nine of ten futures, best in {words.percent(row['share_best'])}"
    )
    return drawing(SMALLER.width, SMALLER.height, title, plot.marks)


def panels(drawn: Sequence[Markup], class_: str = "panels threes") -> Markup:
    """Return small charts side by side: three, or with the plain class four."""
    return element("div", drawn, class_=class_)
