"""The two drawings of the page on Flee's cases: scores of shares by case, and errors of forecasts by lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flee_cases_words import FORECAST, LINES, NAIVES, OURS, WITH, Data

from staffride.present.markup import Markup, element
from staffride.present.svg import Plot, Scale, drawing, ticks

WIDTH, LEFT, TOP = 920.0, 110.0, 56.0
ROW, BELOW = 40.0, 52.0
PANEL_HEIGHT, GAP = 260.0, 80.0

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1d2730; }
.tick { font-size: 12px; fill: #55636f; } .head { font-weight: 600; }
.grid { stroke: #dde3e8; } .axis { stroke: #8795a1; }
.curve { fill: none; stroke-width: 1.8; } .a { stroke: #0b5c96; } .b { stroke: #55636f; } .c { stroke: #b0480f; }
.d { stroke: #4a7a1f; } circle, polygon { stroke-width: 1.8; }
circle.a { fill: #0b5c96; } circle.b { fill: #fff; } polygon.c { fill: #fff; } polygon.d { fill: #4a7a1f; }
@media (prefers-color-scheme: dark) {
  text { fill: #e8edf1; } .tick { fill: #a9b4be; } .grid { stroke: #34404a; } .axis { stroke: #75828d; }
  .a { stroke: #7cbcec; } .b { stroke: #a9b4be; } .c { stroke: #f0a06a; } .d { stroke: #a5d46e; }
  circle.a { fill: #7cbcec; } circle.b { fill: #14202b; } polygon.c { fill: #14202b; } polygon.d { fill: #a5d46e; }
}
"""
STYLES = {"flee": "a", "naive": "b", "neutral": "c", OURS: "d"}
"""Round for Flee and the capacity share, diamonds for the rule with neutral values and with fitted ones."""


def shares(data: Data) -> str:
    """Return the drawing of the scores with capacities: a row a case, a mark a line."""
    rows = data["shares"][WITH]["scores"]
    names = LINES[WITH] | {OURS: "ours, left out"}
    values = ticks(0.0, max(row[key] for row in rows.values() for key in names if row[key] is not None))
    height = TOP + ROW * len(rows) + BELOW
    across = Scale(values[0], values[-1], LEFT, WIDTH - 24.0)
    plot = Plot(across, Scale(len(rows) - 0.5, -0.5, height - BELOW, TOP))
    plot.axis_x(values, [f"{value:g}" for value in values])
    for at, (case, row) in enumerate(rows.items()):
        plot.rule_y(at, "grid")
        plot.text(LEFT - 12, plot.y.at(at) + 4, case, "head" if case == "mean" else "label", "end")
        for key, name in names.items():
            if row[key] is not None:
                mark(plot, row[key], at, STYLES[key], f"{case}, {name}: {row[key]:.3f}")
    told = "averaged relative difference of shares; 0 is perfect"
    plot.text(WIDTH - 24, height - 8, told, "tick", "end")
    return drawn(
        "Scores of shares by case", height, [plot], {STYLES[key]: name for key, name in names.items()}
    )


def forecasts(data: Data) -> str:
    """Return the drawing of errors over those of the last report kept, by lead: a panel for each score."""
    scores, leads = data["forecasts"]["scores"], data["forecasts"]["leads"]
    styles = dict(zip((NAIVES[2], NAIVES[0], NAIVES[1], FORECAST), "abcd", strict=True))
    ratios = {
        (name, measure): over(scores[name][measure]["by_lead"], scores["level"][measure]["by_lead"])
        for name in styles
        for measure in ("mae", "crps")
    }
    found = [value for line in ratios.values() for value in line]
    values = ticks(min(found), max(found), about=8)
    width = (WIDTH - LEFT - GAP - 24.0) / 2.0
    plots = []
    for at, (measure, title) in enumerate((("mae", "mean absolute error"), ("crps", "CRPS"))):
        left = LEFT + at * (width + GAP)
        plot = Plot(
            Scale(-0.3, len(leads) - 0.7, left, left + width),
            Scale(values[0], values[-1], TOP + 16 + PANEL_HEIGHT, TOP + 16),
        )
        plot.axis_y(values, [f"{value:g}" for value in values])
        plot.axis_x(range(len(leads)), [f"{lead} days" for lead in leads])
        plot.text(left, TOP + 2, f"{title}, over that of level", "head")
        for name, style in styles.items():
            line = ratios[name, measure]
            plot.line(range(len(leads)), line, f"curve {style}")
            for x, value in enumerate(line):
                mark(plot, x, value, style, f"{name}, {leads[x]} days: {value:.3f}")
        plots.append(plot)
    names = {style: "ours" if name == FORECAST else name for name, style in styles.items()}
    height = TOP + 16 + PANEL_HEIGHT + BELOW
    return drawn("Errors of forecasts by lead, each over that of level", height, plots, names)


def over(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return ratios."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def mark(plot: Plot, x: float, y: float, style: str, title: str) -> None:
    """Add the mark of a style."""
    (plot.dot if style in "ab" else plot.diamond)(x, y, style, title, 5.0 if style in "ab" else 6.2)


def drawn(title: str, height: float, plots: Sequence[Plot], names: dict[str, str]) -> str:
    """Return a drawing of plots under one legend, as a file of its own."""
    parts: list[Any] = [element("style", Markup(STYLE)), [plot.marks for plot in plots], _legend(names)]
    return str(drawing(WIDTH, height, title, *parts, xmlns="http://www.w3.org/2000/svg")) + "\n"


def _legend(names: dict[str, str]) -> Markup:
    plot = Plot(Scale(0, WIDTH, 0, WIDTH), Scale(0, TOP, 0, TOP))
    for at, (style, name) in enumerate(names.items()):
        x = LEFT + 190.0 * at
        mark(plot, x, 16.0, style, name)
        plot.text(x + 12, 20, name)
    return element("g", plot.marks)
