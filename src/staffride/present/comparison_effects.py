"""What policies change, as figures: policies as rows, sides as columns, dots with their intervals about no change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from staffride.present.campaign_words import clipped, titled
from staffride.present.charts import NARROW
from staffride.present.comparison_words import found, interval, rows_of, signed, unit_of
from staffride.present.markup import Markup, join
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, Scale, drawing, ticks

Row = Mapping[str, Any]

ABREAST = 3
"""Panels that stand side by side on a wide page."""

DWARFED = 6.0
"""How many times an effect is larger than the next for the others to be drawn once more without it."""

NAMES, NUMBER, GAP = 236.0, 66.0, 22.0
"""Room for the names of policies, for a number, and between panels, in drawing units."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one panel stands in its drawing."""

    left: float
    width: float
    step: float
    top: float
    rows: int
    narrow: bool

    @property
    def bottom(self) -> float:
        return self.top + self.step * self.rows

    def y(self, row: int) -> float:
        return self.top + self.step * (row + (0.72 if self.narrow else 0.5))

    def plot(self, values: Sequence[float]) -> Plot:
        scale = Scale(values[0], values[-1], self.left, self.left + self.width)
        return Plot(scale, Scale(0, 1, self.bottom, self.top - 4))


def effects_figure(bundle: Bundle, measures: Sequence[Row], width: float) -> Markup:
    """Return the paired differences of measures of one unit at one scale, a panel a measure."""
    if width <= NARROW:
        return join(_drawing(bundle, [one], measures, width) for one in measures)
    parts = [measures[at : at + ABREAST] for at in range(0, len(measures), ABREAST)]
    return join(_drawing(bundle, part, measures, width) for part in parts)


def closer(bundle: Bundle, measures: Sequence[Row]) -> Bundle | None:
    """Return the bundle without the policies whose effects dwarf those of all others; ``None`` where none do."""
    reach = {policy["id"]: _reach(bundle, policy["id"], measures) for policy in bundle["policies"]}
    order = sorted((value for value in reach.values() if value > 0.0), reverse=True)
    gaps = [at for at in range(1, len(order)) if order[at - 1] > DWARFED * order[at]]
    if not gaps:
        return None
    kept = [one for one in bundle["policies"] if reach[one["id"]] <= order[gaps[0]]]
    return {**bundle, "policies": kept}


def _reach(bundle: Bundle, policy: str, measures: Sequence[Row]) -> float:
    """Return the largest end of the intervals of a policy, either way."""
    ends = [
        abs(row[end])
        for _, row in rows_of(bundle, policy, measures)
        for end in ("low", "high")
        if row[end] is not None
    ]
    return max(ends, default=0.0)


def _drawing(bundle: Bundle, shown: Sequence[Row], scaled: Sequence[Row], width: float) -> Markup:
    """Return panels abreast, at the scale of all that are compared."""
    narrow, policies = width <= NARROW, bundle["policies"]
    step, top = (44.0, 26.0) if narrow else (26.0, 30.0)
    values = axis_values(bundle, scaled, narrow)
    room = width if narrow else (width - NAMES) / max(2, min(len(scaled), ABREAST))
    marks: list[Markup] = []
    for at, measure in enumerate(shown):
        left = 22.0 if narrow else NAMES + at * room + GAP
        long = room - 46.0 if narrow else room - NUMBER - GAP
        place = _Place(left, long, step, top, len(policies), narrow)
        marks += _panel(bundle, measure, place, values)
    height = top + step * len(policies) + 44
    if not narrow:
        marks += _names(policies, step, top)
    return drawing(width, height, described(bundle, shown), marks)


def described(bundle: Bundle, measures: Sequence[Row]) -> str:
    """Return the figure in words, for who does not see it."""
    parts = []
    for measure in measures:
        rows = [
            f"{policy['number']} {signed(row['difference'], measure)} ({interval(row, measure)})"
            for policy in bundle["policies"]
            for _, row in rows_of(bundle, policy["id"], [measure])
        ]
        parts.append(f"{measure['name']}, difference in {unit_of(measure)} by policy: {'; '.join(rows)}")
    return f"{'. '.join(titled(part) for part in parts)}."


def axis_values(bundle: Bundle, measures: Sequence[Row], narrow: bool) -> list[float]:
    """Return the marks of an axis that holds all intervals of some measures, and no change."""
    ends = [
        _times(measure) * row[end]
        for policy in bundle["policies"]
        for measure, row in rows_of(bundle, policy["id"], measures)
        for end in ("low", "difference", "high", "simultaneous_low", "simultaneous_high")
        if row[end] is not None
    ]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    if low == high:
        low, high = -1.0, 1.0
    return ticks(low, high, 5 if narrow else 3)


def _times(measure: Row) -> float:
    """Return by what values are multiplied: shares are drawn in points."""
    return 100.0 if measure["unit"] == "1" else 1.0


def _panel(bundle: Bundle, measure: Row, place: _Place, values: Sequence[float]) -> list[Markup]:
    plot = place.plot(values)
    for value in values:
        plot.rule_x(value, "axis zero" if value == 0 else "grid")
    plot.axis_x(values, _tick_names(values, place.width))
    heading = titled(measure["panel"]) if measure["panel"] else f"Difference, {unit_of(measure)}"
    plot.text(plot.x.start, 14, clipped(heading, 52 if place.narrow else 34), "panel")
    for at, policy in enumerate(bundle["policies"]):
        for _, row in rows_of(bundle, policy["id"], [measure]):
            _estimate(plot, place.y(at), measure, row)
            _number(plot, place, place.y(at), policy, measure, row)
    return plot.marks


def _tick_names(values: Sequence[float], width: float) -> list[str]:
    """Return what stands at the marks of an axis: at every second one, with no change, where there is no room."""
    names = [tick_of(value) for value in values]
    wide = 7.5 * max(map(len, names)) > width / (len(values) - 1)
    zero = values.index(0.0) if 0.0 in values else 0
    return [name if not wide or (at - zero) % 2 == 0 else "" for at, name in enumerate(names)]


def tick_of(value: float) -> str:
    """Return a number beside an axis, with its sign: ``+5``, ``−10k``.

    >>> tick_of(5.0), tick_of(-10000.0), tick_of(0.0)
    ('+5', '−10k', '0')
    """
    size = abs(value)
    short = f"{value / 1e6:+g}M" if size >= 1e6 else f"{value / 1000:+g}k" if size >= 1000 else f"{value:+g}"
    return short.replace("-", "−") if value else "0"


def _estimate(plot: Plot, y: float, measure: Row, row: Row) -> None:
    """Add a dot with its interval; thin beyond it, the one with which all measures of people hold together."""
    times = _times(measure)
    for low, high, class_ in (
        ("simultaneous_low", "simultaneous_high", "together"),
        ("low", "high", "interval"),
    ):
        if row[low] is not None and row[high] is not None:
            ends = [plot.x.at(times * row[end]) for end in (low, high)]
            plot.add("line", x1=ends[0], x2=ends[1], y1=y, y2=y, class_=class_)
    if row["difference"] is not None:
        kind = row["verdict"] if found(row) else "open"
        plot.add("circle", cx=plot.x.at(times * row["difference"]), cy=y, r=4.4, class_=f"effect {kind}")


def _number(plot: Plot, place: _Place, y: float, policy: Row, measure: Row, row: Row) -> None:
    """Add the difference: at the right end, or on a narrow page above the dot with the name of the policy."""
    text, class_ = signed(row["difference"], measure), "label" if found(row) else "tick"
    if place.narrow:
        plot.text(plot.x.start, y - 13, clipped(numbered(policy), 40), "name")
        plot.text(plot.x.end, y - 13, text, class_, "end")
    else:
        plot.text(plot.x.end + NUMBER - 4, y + 4, text, class_, "end")


def _names(policies: Sequence[Row], step: float, top: float) -> list[Markup]:
    plot = Plot(Scale(0, 1, 0, NAMES), Scale(0, 1, 1, 0))
    for at, policy in enumerate(policies):
        plot.text(0, top + step * (at + 0.5) + 4, clipped(numbered(policy), 38), "name")
    return plot.marks


def numbered(policy: Row) -> str:
    """Return the name of a policy behind its number in the comparison."""
    return f"{policy['number']}  {policy['label']}"
