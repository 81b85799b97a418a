"""The area of each place on the map of control: what is nearest to it, no farther than the model counts."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CORNERS = 40
"""Corners of the circle that a cell is cut from: where no other place is near, its edge is round."""
OPEN = -1
"""The neighbour across an edge behind which there is no other cell."""
DIGITS = 2
"""Decimals of a kilometre to which the corners of cells are rounded."""


class Cell(NamedTuple):
    """The area of one place.

    Attributes
    ----------
    corners
        (n, 2) corners in kilometres east and north, in order.
    across
        (n,) which place lies across the edge from each corner to the next, or `OPEN`.
    """

    corners: Floats
    across: list[int]

    @property
    def area_km2(self) -> float:
        """Area by the shoelace formula."""
        x, y = self.corners.T
        return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def cells(x_km: Floats, y_km: Floats, reach_km: float) -> list[Cell]:
    """Return the cell of each place: of a circle around it, what is nearer to it than to any other place."""
    return [_cell(at, x_km, y_km, reach_km) for at in range(len(x_km))]


def _cell(at: int, x_km: Floats, y_km: Floats, reach_km: float) -> Cell:
    angles = 2 * math.pi * np.arange(CORNERS) / CORNERS
    # a polygon of the area of the circle, not the smaller one with its corners on it
    radius = reach_km * math.sqrt(2 * math.pi / CORNERS / math.sin(2 * math.pi / CORNERS))
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) * radius
    cell = Cell(circle + np.array([x_km[at], y_km[at]]), [OPEN] * CORNERS)
    apart = np.hypot(x_km - x_km[at], y_km - y_km[at])
    for other in np.argsort(apart, kind="stable"):
        if other != at and 0.0 < apart[other] < 2 * radius:
            cell = _cut(cell, at, int(other), x_km, y_km)
    return Cell(np.round(cell.corners, DIGITS), cell.across)


def _cut(cell: Cell, at: int, other: int, x_km: Floats, y_km: Floats) -> Cell:
    """Return the part of a cell that is nearer to its place than to another one."""
    towards = np.array([x_km[other] - x_km[at], y_km[other] - y_km[at]])
    middle = np.array([x_km[other] + x_km[at], y_km[other] + y_km[at]]) / 2
    beyond = (cell.corners - middle) @ towards
    if (beyond <= 0.0).all():
        return cell
    corners, across = list[Floats](), list[int]()
    for here, there in zip(range(len(beyond)), np.roll(range(len(beyond)), -1), strict=True):
        inside, stays = beyond[here] <= 0.0, beyond[there] <= 0.0
        if inside:
            corners.append(cell.corners[here])
            across.append(cell.across[here])
        if inside != stays:
            part = beyond[here] / (beyond[here] - beyond[there])
            corners.append(cell.corners[here] + part * (cell.corners[there] - cell.corners[here]))
            across.append(other if inside else cell.across[here])
    return Cell(np.array(corners).reshape(-1, 2), across)


def borders(found: list[Cell]) -> dict[tuple[int, int], list[tuple[Floats, Floats]]]:
    """Return the edges between each two neighbours, the lower number first."""
    edges: dict[tuple[int, int], list[tuple[Floats, Floats]]] = {}
    for at, cell in enumerate(found):
        ends = np.roll(cell.corners, -1, axis=0)
        for start, end, other in zip(cell.corners, ends, cell.across, strict=True):
            if other > at:
                edges.setdefault((at, other), []).append((start, end))
    return edges
