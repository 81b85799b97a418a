"""Formations as symbols in the manner of APP-6: a frame with an icon for what most of them at a place are.

Both sides have the same upright frame, since APP-6's other frames call one side hostile. Sides differ by colour, and
the second has round corners. A symbol stands for all formations that one side has at a place.

Source: NATO (2017), APP-6 NATO Joint Military Symbology, edition D, chapter on land units.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from staffride.present.markup import Markup, element

Row = Mapping[str, Any]

WIDTH, HEIGHT = 18.0, 12.0
"""Size of a frame, drawing units."""

CROSS = "M0 0L18 12M0 12L18 0"
ICONS: dict[str, tuple[tuple[str, str], ...]] = {
    "mechanised": (("line", CROSS), ("line", "M5.5 3h7a3 3 0 0 1 0 6h-7a3 3 0 0 1 0 -6z")),
    "rifle": (("line", CROSS),),
    "mountain": (("line", CROSS), ("solid", "M6.2 12L9 7.4L11.8 12z")),
    "special": (("line", "M3 3.2Q9 10.4 15 3.2M5 9.2h8"),),
    "garrison": (("line", CROSS), ("line", "M0 9.6h18")),
    "militia": (("line", CROSS), ("line", "M9 0v12")),
    "artillery": (("solid", "M9 3.6a2.4 2.4 0 1 0 .01 0z"),),
    "support": (("line", "M0 8.6h18"),),
}
"""Path data of the icon of each kind, in a frame of 18 by 12."""

NAMES = {
    "mechanised": "mechanised infantry",
    "rifle": "infantry",
    "mountain": "mountain infantry",
    "special": "special forces, mobile groups",
    "garrison": "garrison",
    "militia": "militia, volunteers",
    "artillery": "artillery",
    "support": "supply and support",
}
"""What each kind is called."""


def kind_of(row: Row) -> str:
    """Return the kind that most formations at a place are of; of two as frequent, the first in the order of kinds."""
    kinds = row["kinds"]
    return max((kind for kind in ICONS if kind in kinds), key=lambda kind: kinds[kind])


def count_of(row: Row) -> int:
    """Return how many formations a symbol stands for."""
    return int(sum(row["kinds"].values()))


def told(row: Row, place: str, side: str) -> str:
    """Return what a symbol stands for: ``Hadrut, Armenian side: 2 infantry, 1 artillery``."""
    parts = [f"{row['kinds'][kind]} {NAMES[kind]}" for kind in ICONS if kind in row["kinds"]]
    return f"{place}, {side}: {', '.join(parts)}"


def frame(side: int, kind: str, scale: float = 1.0) -> Markup:
    """Return the frame of a side with the icon of a kind, its upper left corner at the origin."""
    drawn = [element("path", d=data, class_=f"icon {style}") for style, data in ICONS[kind]]
    box = element("rect", width=WIDTH, height=HEIGHT, rx=4 if side else None, class_=f"frame side{side}")
    return element("g", box, drawn, transform=f"scale({scale:g})" if scale != 1.0 else None)


def symbol(row: Row, x: float, y: float, scale: float, title: str) -> Markup:
    """Return the symbol of a row with its middle at a point, and the number that it stands for at its right."""
    count = count_of(row)
    number = element("text", str(count), x=WIDTH + 2, y=HEIGHT - 2, class_="count") if count > 1 else None
    corner = f"translate({x - scale * WIDTH / 2:.1f} {y - scale * HEIGHT / 2:.1f}) scale({scale:g})"
    return element(
        "g",
        element("title", title),
        frame(row["side"], kind_of(row)),
        number,
        transform=corner,
        class_="symbol",
    )
