"""Placing names on a map so that they do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CHARACTER = 6.3  # mean width of a character at 12 px, drawing units
LINE = 14.0
CROWDED = 0.12  # share of a label that may be covered


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to be named: its centre, the radius of its mark and the words, in drawing units."""

    x: float
    y: float
    radius: float
    text: str
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Label:
    """Where a name goes: shift of its base line's end from the spot, and which end (``text-anchor``)."""

    dx: float
    dy: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in drawing units."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Area in square drawing units."""
        return (self.right - self.left) * (self.bottom - self.top)

    def overlap(self, other: Box) -> float:
        """Return the shared area."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)


def _candidates(spot: Spot) -> list[Label]:
    """Return the eight places for a name, the cartographers' favourites first."""
    away, up = spot.radius + 5, spot.radius + 6
    block = LINE * (spot.lines - 1)
    middle = 4 - block / 2
    return [
        Label(away, middle, "start"),
        Label(-away, middle, "end"),
        Label(0, -up - block, "middle"),
        Label(0, up + 9, "middle"),
        Label(away * 0.8, -up * 0.8 - block, "start"),
        Label(away * 0.8, up * 0.8 + 9, "start"),
        Label(-away * 0.8, -up * 0.8 - block, "end"),
        Label(-away * 0.8, up * 0.8 + 9, "end"),
    ]


def _box(spot: Spot, label: Label) -> Box:
    width = CHARACTER * len(spot.text)
    shift = {"start": 0.0, "middle": -width / 2, "end": -width}[label.anchor]
    left, base = spot.x + label.dx + shift, spot.y + label.dy
    return Box(left, base - 11, left + width, base + 3 + LINE * (spot.lines - 1))


def _mark(spot: Spot) -> Box:
    reach = spot.radius + 1
    return Box(spot.x - reach, spot.y - reach, spot.x + reach, spot.y + reach)


def place_labels(
    spots: Sequence[Spot], width: float, height: float, avoid: Sequence[Box] = ()
) -> list[Label | None]:
    """Return a label for each spot, or ``None`` where there is no room; earlier spots choose first.

    Each takes the first of eight positions that covers no mark, no earlier label, nothing of ``avoid``,
    and does not leave the drawing; where there is none, the position that covers least, up to a third of
    the label.
    """
    marks = [_mark(spot) for spot in spots]
    taken: list[Box] = list(avoid)
    chosen: list[Label | None] = []
    for index, spot in enumerate(spots):
        obstacles = [*taken, *marks[:index], *marks[index + 1 :]]
        costs = [_cost(_box(spot, label), obstacles, width, height) for label in _candidates(spot)]
        best = min(range(len(costs)), key=costs.__getitem__)
        box = _box(spot, _candidates(spot)[best])
        room = costs[best] <= CROWDED * box.area
        taken += [box] if room else []
        chosen.append(_candidates(spot)[best] if room else None)
    return chosen


def _cost(box: Box, obstacles: Sequence[Box], width: float, height: float) -> float:
    """Return the area that a label covers of other things; area outside the drawing counts four times."""
    inside = box.overlap(Box(4, 4, width - 4, height - 4))
    return sum(box.overlap(other) for other in obstacles) + 4 * (box.area - inside)
