"""The two drawings of the page on the two documents: outcome against dose, with paired intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from two_documents_words import PLAN_NAMES, Cell, Data, cell, curve

from staffride.lab.two_documents import ALL, CHANGES, PLACE_NAME
from staffride.present.markup import Markup, element
from staffride.present.svg import Plot, Scale, drawing, ticks

WIDTH, HEIGHT = 920.0, 340.0
LEFT, TOP, BOTTOM, GAP = 64.0, 58.0, 46.0, 74.0
DOSES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
APART = 0.035
"""How far the marks of one dose stand apart, in doses, so that their intervals do not hide each other."""

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d2730; }
.tick { font-size: 12px; fill: #55636f; } .head { font-weight: 600; }
.grid { stroke: #dde3e8; } .axis { stroke: #8795a1; } .zero { stroke: #1d2730; stroke-dasharray: 4 3; }
.bar { stroke-width: 2; } .curve { fill: none; stroke-width: 1.6; }
.a { stroke: #0b5c96; } .b { stroke: #b0480f; } .c { stroke: #4a7a1f; }
circle, polygon { stroke-width: 1.5; } circle.a, polygon.a { fill: #0b5c96; }
circle.b, polygon.b { fill: #b0480f; } circle.c, polygon.c { fill: #fff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e8edf1; } .tick { fill: #a9b4be; } .grid { stroke: #34404a; } .axis { stroke: #75828d; }
  .zero { stroke: #e8edf1; } .a { stroke: #7cbcec; } .b { stroke: #f0a06a; } .c { stroke: #a5d46e; }
  circle.a, polygon.a { fill: #7cbcec; } circle.b, polygon.b { fill: #f0a06a; } circle.c, polygon.c { fill: #14202b; }
}
"""


class Point(NamedTuple):
    """One mark with its interval."""

    dose: float
    value: float
    low: float
    high: float


class Line(NamedTuple):
    """One curve: its name, its class, and its marks."""

    name: str
    style: str
    points: tuple[Point, ...]


class Panel(NamedTuple):
    """One plot: its title, its curves, the height of the dashed line, and the factor from data to its axis."""

    title: str
    lines: tuple[Line, ...]
    level: float
    factor: float


def town(data: Data) -> str:
    """Return the drawing of the probability of a change of control against dose, a panel for each kind of raids."""
    panels = []
    for plan, name in PLAN_NAMES.items():
        level = data["plans"][plan]["reference"][CHANGES]["mean"]
        lines = (
            Line("network as in the record", "a", points(data, plan, "record", CHANGES, level)),
            Line("all joined, good network", "b", points(data, plan, "joined", CHANGES, level)),
            Line("no cues at all", "c", points(data, plan, "none", CHANGES, level)),
        )
        panels.append(Panel(f"{name}: chance of the change of control, %", lines, level, 100.0))
    title = f"Probability that {PLACE_NAME} changes control against launchers of every layer"
    return drawn(title, panels)


def harm(data: Data) -> str:
    """Return the drawing of what each dose changes for people, a panel for each outcome."""
    panels = []
    for measure, title in (
        ("deaths.both", "soldiers killed, both sides"),
        ("displaced.both", "civilians who fled"),
    ):
        lines = tuple(
            Line(name, style, points(data, plan, "record", measure, 0.0))
            for style, (plan, name) in zip("ab", PLAN_NAMES.items(), strict=True)
        )
        panels.append(Panel(f"{title}: difference", lines, 0.0, 1.0))
    return drawn("Soldiers killed and civilians who fled against launchers of every layer", panels)


def points(data: Data, plan: str, cueing: str, measure: str, level: float) -> tuple[Point, ...]:
    """Return the marks of a curve: the reference plus the paired difference, with its interval."""
    found = [
        Point(row["dose"], *raised(cell(data, row["effects"][measure]), level))
        for row in curve(data, plan, ALL, cueing)
    ]
    if cueing == "record":
        found.append(Point(1.0, level, level, level))
    return tuple(sorted(point for point in found if point.value == point.value))


def raised(effect: Cell, level: float) -> tuple[float, float, float]:
    """Return a difference with its interval, above a level."""
    low, high = (
        effect["difference"] if effect[end] != effect[end] else effect[end] for end in ("low", "high")
    )
    # where there is a level it is a probability, and the record plus an interval may leave its range
    low, high = (min(1.0, max(0.0, level + end)) if level else end for end in (low, high))
    return level + effect["difference"], low, high


def drawn(title: str, panels: Sequence[Panel]) -> str:
    """Return a drawing of panels side by side, as a file of its own."""
    width = (WIDTH - LEFT - GAP * (len(panels) - 1) - 16.0) / len(panels)
    plots = [_panel(panel, LEFT + at * (width + GAP), width) for at, panel in enumerate(panels)]
    parts: list[Any] = [element("style", Markup(STYLE)), [plot.marks for plot in plots]]
    parts.append(_legend(panels[0].lines))
    return str(drawing(WIDTH, HEIGHT, title, *parts, xmlns="http://www.w3.org/2000/svg")) + "\n"


def _panel(panel: Panel, left: float, width: float) -> Plot:
    ends = [end * panel.factor for line in panel.lines for point in line.points for end in point[2:]]
    values = ticks(min([*ends, panel.level * panel.factor]), max([*ends, panel.level * panel.factor]))
    scale = Scale(values[0], values[-1], HEIGHT - BOTTOM, TOP)
    plot = Plot(Scale(-0.1, 3.1, left, left + width), scale)
    plot.axis_y(values, [f"{value:,g}" for value in values])
    plot.axis_x(DOSES, [f"{dose:g}" for dose in DOSES])
    plot.rule_y(panel.level * panel.factor, "zero")
    plot.text(left, TOP - 12, panel.title, "head")
    plot.text(left + width, HEIGHT - 8, "launchers, as a factor on the record", "tick", "end")
    for at, line in enumerate(panel.lines):
        _curve(plot, line, APART * (at - 0.5 * (len(panel.lines) - 1)), panel.factor)
    return plot


def _curve(plot: Plot, line: Line, shift: float, factor: float) -> None:
    xs = [point.dose + shift for point in line.points]
    plot.line(xs, [point.value * factor for point in line.points], f"curve {line.style}")
    for x, point in zip(xs, line.points, strict=True):
        at, low, high = plot.x.at(x), plot.y.at(point.low * factor), plot.y.at(point.high * factor)
        plot.add("line", x1=at, x2=at, y1=low, y2=high, class_=f"bar {line.style}")
        told = f"{line.name}, {point.dose:g} times: {point.value * factor:.4g}"
        mark = plot.diamond if line.style == "b" else plot.dot
        mark(x, point.value * factor, line.style, told)


def _legend(lines: Sequence[Line]) -> Markup:
    plot = Plot(Scale(0, WIDTH, 0, WIDTH), Scale(0, HEIGHT, 0, HEIGHT))
    for at, line in enumerate(lines):
        x = LEFT + 250.0 * at
        mark = plot.diamond if line.style == "b" else plot.dot
        mark(x, 16.0, line.style, line.name)
        plot.text(x + 12, 20, line.name)
    return element("g", plot.marks)
