"""Shaded relief from the shipped elevation grid, as a small PNG that suits light and dark pages."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METRES_PER_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
SUN_AZIMUTH = 315.0  # light from the north-west, the cartographers' convention
SUN_ALTITUDE = 45.0
EXAGGERATION = 2.0  # of heights: cells of a kilometre flatten every slope


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


def crop(grid: Elevation, west: float, south: float, east: float, north: float) -> Elevation:
    """Return the cells of ``grid`` that touch the box: fewer where the grid ends."""
    rows, columns = grid.metres.shape
    top = max(0, math.floor((grid.north - north) / grid.spacing))
    bottom = min(rows, math.ceil((grid.north - south) / grid.spacing))
    left = max(0, math.floor((west - grid.west) / grid.spacing))
    right = min(columns, math.ceil((east - grid.west) / grid.spacing))
    part = grid.metres[top:bottom, left:right]
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
    rows, columns = grid.metres.shape
    water = np.zeros((rows, columns), dtype=bool)
    if rows < size or columns < size:
        return water
    blocks = np.lib.stride_tricks.sliding_window_view(grid.metres, (size, size))
    level = (blocks.max(axis=(2, 3)) == blocks.min(axis=(2, 3))) & (blocks[:, :, 0, 0] > 500)
    for row in range(size):
        for column in range(size):
            water[row : row + level.shape[0], column : column + level.shape[1]] |= level
    return water


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk with its length and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG of ``pixels``, shape (rows, columns, channels): grey-alpha (2) or RGBA (4).

    Source: W3C (2003), Portable Network Graphics Specification, second edition.
    """
    rows, columns, channels = pixels.shape
    colour_type = {2: 4, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", columns, rows, 8, colour_type, 0, 0, 0)
    flat = pixels.reshape(rows, columns * channels)
    left = np.zeros_like(flat)
    left[:, channels:] = flat[:, :-channels]
    # filter 1 (difference to the pixel on the left) makes slopes compress well
    lines = np.concatenate([np.ones((rows, 1), np.uint8), flat - left], axis=1)
    body = zlib.compress(lines.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def shade(grid: Elevation, factor: int = 1, steps: int = 24) -> Picture:
    """Return the relief of ``grid`` as black shadow and white light over a transparent ground.

    Parameters
    ----------
    grid
        What to draw.
    factor
        How much finer the picture is than the grid.
    steps
        Shades of light and of shadow; few of them make the file small.
    """
    light = hillshade(refine(grid, factor))
    tone = light / math.sin(math.radians(SUN_ALTITUDE)) - 1.0  # 0 on level ground
    strength = np.clip(np.abs(tone) * np.where(tone < 0, 0.85, 1.1), 0, 0.8)
    pixels = np.empty((*tone.shape, 2), dtype=np.uint8)
    pixels[..., 0] = np.where(tone < 0, 0, 255)
    pixels[..., 1] = np.rint(strength * steps) * (255 // steps)
    return Picture(png(pixels), grid.west, grid.south, grid.east, grid.north)
