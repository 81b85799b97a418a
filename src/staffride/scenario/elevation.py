"""The ground's height above sea level, from the shipped grid; level where the grid ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Elevation:
    """A grid of heights, row 0 in the north.

    Attributes
    ----------
    metres
        Heights, shape (rows, columns), metres.
    north, west
        Edges of the grid, degrees.
    spacing
        Side of a cell, degrees.
    """

    metres: Floats
    north: float
    west: float
    spacing: float

    @property
    def south(self) -> float:
        """Southern edge, degrees."""
        return self.north - len(self.metres) * self.spacing

    @property
    def east(self) -> float:
        """Eastern edge, degrees."""
        return self.west + len(self.metres[0]) * self.spacing

    def holds(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]:
        """Return whether points lie within the edges; shape as the coordinates."""
        lat, lon = np.asarray(latitude, np.float64), np.asarray(longitude, np.float64)
        inside = (self.south <= lat) & (lat <= self.north) & (self.west <= lon) & (lon <= self.east)
        return np.asarray(inside)

    def at(self, latitude: ArrayLike, longitude: ArrayLike) -> Floats:
        """Return the height at points, metres: bilinear between the middles of cells; shape as the coordinates.

        Beyond the edge the height of the edge goes on.
        """
        rows, columns = self.metres.shape
        down = (self.north - np.asarray(latitude, np.float64)) / self.spacing - 0.5
        right = (np.asarray(longitude, np.float64) - self.west) / self.spacing - 0.5
        row, column = np.clip(down, 0, rows - 1), np.clip(right, 0, columns - 1)
        top, left = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
        below, beside = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
        v, h = row - top, column - left
        upper = (1 - h) * self.metres[top, left] + h * self.metres[top, beside]
        lower = (1 - h) * self.metres[below, left] + h * self.metres[below, beside]
        return np.asarray((1 - v) * upper + v * lower)


@cache
def elevation() -> Elevation:
    """Return the shipped grid (NOAA GLOBE, 30 seconds of arc)."""
    with files("staffride").joinpath("data/geo/elevation.npz").open("rb") as file, np.load(file) as grid:
        return Elevation(
            grid["elevation_m"].astype(np.float64),
            float(grid["north"]),
            float(grid["west"]),
            float(grid["spacing"]),
        )
