"""Shaded relief from the shipped elevation grid, as a small PNG that suits light and dark pages."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffride.present.png import png
from staffride.scenario.elevation import Elevation, elevation

__all__ = ["Elevation", "Picture", "crop", "elevation", "hillshade", "lakes", "refine", "shade"]

Floats = NDArray[np.float64]

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
SUN_AZIMUTH = 315.0  # light from the north-west, the cartographers' convention
SUN_ALTITUDE = 45.0
EXAGGERATION = 1.7  # of heights: cells of a kilometre flatten every slope

SHADOW, LIGHT, LAKE = (30, 34, 30), (255, 255, 250), (128, 164, 190)  # red, green, blue
SHADES = 32


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and the area that it covers, degrees."""

    png: bytes
    west: float
    south: float
    east: float
    north: float

    @property
    def data_url(self) -> str:
        """The PNG as a ``data:`` address, so that the page needs no second file."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def crop(grid: Elevation, west: float, south: float, east: float, north: float) -> Elevation:
    """Return the cells of ``grid`` that touch the box: fewer where the grid ends, level ground where it has none."""
    rows, columns = grid.metres.shape
    top = max(0, math.floor((grid.north - north) / grid.spacing))
    bottom = min(rows, math.ceil((grid.north - south) / grid.spacing))
    left = max(0, math.floor((west - grid.west) / grid.spacing))
    right = min(columns, math.ceil((east - grid.west) / grid.spacing))
    part = grid.metres[top:bottom, left:right]
    if min(part.shape) < 2:  # no slope: a scenario elsewhere gets a map without relief
        return Elevation(np.zeros((2, 2)), north, west, (east - west) / 2)
    return Elevation(part, grid.north - top * grid.spacing, grid.west + left * grid.spacing, grid.spacing)


def _cubic(size: int, factor: int) -> Floats:
    """Return the matrix (size * factor, size) of Catmull-Rom interpolation onto finer cells."""
    centre = (np.arange(size * factor) + 0.5) / factor - 0.5
    base = np.floor(centre).astype(np.int64)
    t = centre - base
    weights = np.stack(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ],
        axis=1,
    )
    matrix = np.zeros((size * factor, size))
    for k in range(4):
        np.add.at(matrix, (np.arange(size * factor), np.clip(base + k - 1, 0, size - 1)), weights[:, k])
    return matrix


def refine(grid: Elevation, factor: int) -> Elevation:
    """Return ``grid`` interpolated (Catmull and Rom, 1974) onto cells ``factor`` times finer."""
    rows, columns = grid.metres.shape
    finer = _cubic(rows, factor) @ grid.metres @ _cubic(columns, factor).T
    return Elevation(finer, grid.north, grid.west, grid.spacing / factor)


def hillshade(grid: Elevation) -> Floats:
    """Return the light on each cell, 0 (none) to 1 (facing the sun), shape as ``grid.metres``.

    Equation: ``cos(zenith) cos(slope) + sin(zenith) sin(slope) cos(azimuth - aspect)``, the cosine
    between the surface's normal and the sun; a level cell gets ``sin(altitude)``.

    Source: Horn, B. K. P. (1981), Hill shading and the reflectance map, Proceedings of the IEEE 69(1),
    14-47.
    """
    step_north = grid.spacing * METRES_PER_DEGREE
    middle = math.radians((grid.north + grid.south) / 2)
    down, right = np.gradient(grid.metres * EXAGGERATION, step_north, step_north * math.cos(middle))
    azimuth, altitude = math.radians(SUN_AZIMUTH), math.radians(SUN_ALTITUDE)
    sun = (math.sin(azimuth) * math.cos(altitude), math.cos(azimuth) * math.cos(altitude), math.sin(altitude))
    # the normal of z(east, north) is (-dz/de, -dz/dn, 1); rows run south, so dz/dn = -down
    light = (-right * sun[0] + down * sun[1] + sun[2]) / np.sqrt(right**2 + down**2 + 1)
    return np.asarray(np.clip(light, 0.0, 1.0))


def lakes(grid: Elevation, size: int = 5) -> NDArray[np.bool_]:
    """Return where high lakes are, stored as exactly level ground; shape as ``grid.metres``.

    A cell is a lake if it lies in a block of ``size`` x ``size`` cells that all have one height above
    500 m; lower level ground is plain, not water.
    """
    heights = grid.metres
    water = np.zeros(heights.shape, dtype=bool)
    if min(heights.shape) < size:
        return water
    level = _runs(_runs(np.diff(heights, axis=1) == 0, size - 1, axis=1), size, axis=0)
    level &= _runs(np.diff(heights, axis=0) == 0, size - 1, axis=0)[:, : level.shape[1]]
    level &= heights[: level.shape[0], : level.shape[1]] > 500
    for row in range(size):
        for column in range(size):
            water[row : row + level.shape[0], column : column + level.shape[1]] |= level
    return water


def _runs(flags: NDArray[np.bool_], length: int, axis: int) -> NDArray[np.bool_]:
    """Return where ``length`` flags in a row along ``axis`` are all set."""
    count = flags.shape[axis] - length + 1
    found = np.take(flags, range(count), axis)
    for shift in range(1, length):
        found &= np.take(flags, range(shift, shift + count), axis)
    return found


def _edge_fade(grid: Elevation, view_box: tuple[float, float, float, float], cells: int = 24) -> Floats:
    """Return 1 inside and a ramp to 0 towards each edge of the data that lies inside the view."""
    rows, columns = grid.metres.shape
    west, south, east, north = view_box
    down, across = np.arange(rows) + 0.5, np.arange(columns) + 0.5
    vertical, horizontal = np.ones(rows), np.ones(columns)
    if grid.west > west + grid.spacing:
        horizontal = np.minimum(horizontal, across / cells)
    if grid.east < east - grid.spacing:
        horizontal = np.minimum(horizontal, across[::-1] / cells)
    if grid.north < north - grid.spacing:
        vertical = np.minimum(vertical, down / cells)
    if grid.south > south + grid.spacing:
        vertical = np.minimum(vertical, down[::-1] / cells)
    return np.asarray(np.clip(np.outer(vertical, horizontal), 0, 1))


def shade(grid: Elevation, view_box: tuple[float, float, float, float], factor: int = 1) -> Picture:
    """Return the relief of ``grid``: shadow, light and lakes over a transparent ground.

    Parameters
    ----------
    grid
        What to draw.
    view_box
        West, south, east and north of the map, degrees; the picture fades out where its data end inside it.
    factor
        How much finer the picture is than the grid.
    """
    fine = refine(grid, factor)
    tone = hillshade(fine) / math.sin(math.radians(SUN_ALTITUDE)) - 1.0  # 0 on level ground
    strength = np.clip(np.abs(tone) * np.where(tone < 0, 0.8, 0.95), 0, 0.75)
    water = np.kron(lakes(grid), np.ones((factor, factor), dtype=bool))
    shadow = (tone < 0)[..., np.newaxis]
    colour = np.where(water[..., np.newaxis], LAKE, np.where(shadow, SHADOW, LIGHT))
    alpha = np.where(water, 0.75, strength) * np.kron(_edge_fade(grid, view_box), np.ones((factor, factor)))
    # a few levels of transparency make the file small and are not seen
    levels = np.rint(alpha * SHADES) * (255 / SHADES)
    pixels = np.concatenate([colour, levels[..., np.newaxis]], axis=2).astype(np.uint8)
    return Picture(png(pixels), grid.west, grid.south, grid.east, grid.north)
