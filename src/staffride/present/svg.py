"""Charts as SVG: scales, axes, bands, dots and direct labels, with no dependency and no script.

Colours and type come from the page's style sheet by class name, so that one drawing serves the light
page, the dark page and the printer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from staffride.present.markup import Child, Markup, element, number

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight-line map from data units to drawing units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: ArrayLike) -> Floats:
        """Return the position of each value, in drawing units, same shape as ``value``."""
        share = (np.asarray(value, dtype=np.float64) - self.low) / (self.high - self.low)
        return np.asarray(self.start + share * (self.end - self.start))

    def at(self, value: float) -> float:
        """Return the position of one value, in drawing units."""
        return float(self(value))


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return round numbers (1, 2, 2.5 or 5 times a power of ten apart) that cover ``low`` to ``high``.

    The first tick is at or below ``low`` and the last at or above ``high``, and never on the first: what is nothing
    throughout has a scale from 0 to 1.
    """
    high = high if high > low else low + 1.0
    span = max(high - low, 1e-12)
    raw = span / max(about, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def runs(valid: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield the slices of consecutive ``True``, so that a gap in a series stays a gap in its line."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], valid.astype(np.int8), [0]))))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def path(x: ArrayLike, y: ArrayLike) -> str:
    """Return path data through the points, one piece for each run of finite values."""
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    pieces = []
    for part in runs(np.isfinite(xs) & np.isfinite(ys)):
        points = (f"{number(a, 1)} {number(b, 1)}" for a, b in zip(xs[part], ys[part], strict=True))
        pieces.append("M" + "L".join(points))
    return "".join(pieces)


def area(x: ArrayLike, low: ArrayLike, high: ArrayLike) -> str:
    """Return path data of the areas between two series, one for each run of finite values."""
    xs, lows, highs = (np.asarray(v, dtype=np.float64) for v in (x, low, high))
    pieces = []
    for part in runs(np.isfinite(xs) & np.isfinite(lows) & np.isfinite(highs)):
        there = path(xs[part], highs[part])
        back = path(xs[part][::-1], lows[part][::-1])
        pieces.append(f"{there}L{back[1:]}Z")
    return "".join(pieces)


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return label positions near the wanted ones, at least ``gap`` apart and inside ``low`` to ``high``.

    Labels keep their order; they are pushed down first and then back up from the lower edge.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = [0.0] * len(positions)
    previous = low - gap
    for i in order:
        previous = placed[i] = max(positions[i], previous + gap)
    following = high + gap
    for i in reversed(order):
        following = placed[i] = min(placed[i], following - gap)
    return placed


@dataclass(slots=True)
class Plot:
    """One rectangle with axes; marks are added in data units and drawn in the order of adding."""

    x: Scale
    y: Scale
    marks: list[Markup] = field(default_factory=list)

    def add(self, name: str, /, *children: Child, **attributes: str | float | bool | None) -> None:
        """Add one SVG element, in drawing units."""
        self.marks.append(element(name, *children, **attributes))

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, class_: str) -> None:
        """Add the area between two series."""
        self.add("path", d=area(self.x(x), self.y(low), self.y(high)), class_=class_)

    def line(self, x: ArrayLike, y: ArrayLike, class_: str) -> None:
        """Add a line through a series."""
        self.add("path", d=path(self.x(x), self.y(y)), class_=class_)

    def rule_x(self, x: float, class_: str) -> None:
        """Add a vertical rule over the whole height."""
        self.add("line", x1=self.x.at(x), x2=self.x.at(x), y1=self.y.end, y2=self.y.start, class_=class_)

    def rule_y(self, y: float, class_: str) -> None:
        """Add a horizontal rule over the whole width."""
        self.add("line", x1=self.x.start, x2=self.x.end, y1=self.y.at(y), y2=self.y.at(y), class_=class_)

    def dot(self, x: float, y: float, class_: str, title: str, radius: float = 3.5) -> None:
        """Add a round mark with a title that a screen reader and the pointer find."""
        self.add("circle", element("title", title), cx=self.x.at(x), cy=self.y.at(y), r=radius, class_=class_)

    def diamond(self, x: float, y: float, class_: str, title: str, radius: float = 4.6) -> None:
        """Add a diamond, the shape that tells held-out from calibration without colour."""
        cx, cy = self.x.at(x), self.y.at(y)
        corners = ((cx, cy - radius), (cx + radius, cy), (cx, cy + radius), (cx - radius, cy))
        points = " ".join(f"{number(a)},{number(b)}" for a, b in corners)
        self.add("polygon", element("title", title), points=points, class_=class_)

    def text(self, x: float, y: float, words: str, class_: str = "label", anchor: str = "start") -> None:
        """Add text, in drawing units."""
        self.add("text", words, x=x, y=y, class_=class_, text_anchor=anchor)

    def axis_y(self, values: Iterable[float], labels: Iterable[str]) -> None:
        """Add grid lines with their labels left of the plot."""
        for value, words in zip(values, labels, strict=True):
            self.rule_y(value, "grid")
            self.text(self.x.start - 8, self.y.at(value) + 4, words, "tick", "end")

    def axis_x(self, values: Iterable[float], labels: Iterable[str], tick: float = 5) -> None:
        """Add the base line, tick marks and labels below the plot."""
        self.add("line", x1=self.x.start, x2=self.x.end, y1=self.y.start, y2=self.y.start, class_="axis")
        for value, words in zip(values, labels, strict=True):
            at = self.x.at(value)
            self.add("line", x1=at, x2=at, y1=self.y.start, y2=self.y.start + tick, class_="axis")
            self.text(at, self.y.start + tick + 13, words, "tick", "middle")


def drawing(width: float, height: float, title: str, *children: Child, **attributes: str | None) -> Markup:
    """Return an ``<svg>`` that scales with the page and says ``title`` to a screen reader."""
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=title,
        **attributes,
    )
