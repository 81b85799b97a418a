"""The terrain mask: how far a battery sees a low flyer over the ground about it.

From each place the profile of the ground is followed outwards on rays.  A flyer is seen as long as no ground nearer to
the radar stands higher above its line of sight.  The visible range is the distance from which on, going outwards,
sight is lost for more than a short stretch of dead ground: within it a flyer that comes in can be held.

Limits: the grid averages over 900 m and so cuts off the tops of crests, which makes sight too far; every local top of
a profile is therefore raised by a parameter, ``terrain.crest_height``, whose value is not known.  Radio waves bend as
over an earth of 4/3 radius, without diffraction.  One antenna height for all.

References
----------
Skolnik (2008), "Radar handbook", third edition, chapter 26 (refraction as an earth of 4/3 radius).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from staffride.engine.compile import compiled
from staffride.scenario.elevation import Elevation, elevation

Floats = NDArray[np.float64]

SECTORS = 16
"""Sectors of the horizon, the first about north, then by east."""

CRESTS_M: Floats = np.array([0.0, 25.0, 50.0, 100.0, 200.0, 500.0])
"""Heights added to crests for which ranges are prepared, metres."""

HEIGHTS_M: Floats = np.array([30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0])
"""Heights of a flyer above the ground below it for which ranges are prepared, metres."""

ANTENNA_M = 4.0
"""Height of the antenna above the ground, metres."""

FARTHEST_KM = 120.0
"""Distance to which profiles are followed, kilometres: the longest range that a mask leaves."""

DEAD_GROUND_KM = 2.25
"""Length of dead ground through which a track is held, kilometres."""

_STEP_KM = 0.75
_RAYS = 3  # of a sector; the middle of three ranges counts
_KM_PER_DEGREE = 111.195
_TWICE_EARTH_M = 2.0 * 4.0 / 3.0 * 6_371_000.0


def earth_drop_m(distance_km: ArrayLike) -> Floats:
    """Return how far the ground falls below a straight line of sight.

    Equation: ``d**2 / (2 * 4/3 * 6371 km)``.
    Units: m; km for the distance.
    Source: Skolnik (2008), chapter 26.
    Limits: standard refraction.
    """
    metres = 1000.0 * np.asarray(distance_km, np.float64)
    return np.asarray(metres * metres / _TWICE_EARTH_M)


def raised_crests(ground_m: Floats, crest_m: float) -> Floats:
    """Return profiles (..., D) with every local top raised: a point above one neighbour and not below the other.

    Equation: ``h + crest`` at local tops, else ``h``.
    Units: m.
    Source: assumption; a mean over 900 m lies below the crest within it.
    Limits: the same for every crest; level ground and slopes keep their height.
    """
    before, here, after = ground_m[..., :-2], ground_m[..., 1:-1], ground_m[..., 2:]
    is_top = (here >= before) & (here >= after) & ((here > before) | (here > after))
    raised = ground_m.copy()
    raised[..., 1:-1] += np.where(is_top, crest_m, 0.0)
    return raised


def mask_slope(distance_km: Floats, ground_m: Floats, own_m: Floats, crest_m: float) -> Floats:
    """Return the steepest line of sight to ground nearer than each point of a profile; shape (..., D).

    Equation: ``max over nearer points of (h - d**2/2kR - h0) / d`` with crests raised; minus infinity at the first.
    Units: m per km; km for distances; m for heights, ``h0`` (...) that of the antenna above sea level.
    Source: line of sight over a profile, Skolnik (2008), chapter 26.
    Limits: a profile of points; the ground between them is not seen.
    """
    slope = (
        raised_crests(ground_m, crest_m) - earth_drop_m(distance_km) - own_m[..., np.newaxis]
    ) / distance_km
    nearer = np.full_like(slope, -np.inf)
    np.maximum.accumulate(slope[..., :-1], axis=-1, out=nearer[..., 1:])
    return nearer


def visible_range_km(
    distance_km: Floats, ground_m: Floats, own_m: Floats, height_m: float, nearer: Floats
) -> Floats:
    """Return the distance from which on, going outwards, a flyer is out of sight for `DEAD_GROUND_KM`; shape (...).

    Equation: a flyer at distance ``d`` is seen if ``(g + H - d**2/2kR - h0) / d >= mask_slope``.
    Units: km for distances (D,) ascending in equal steps; m for the ground (..., D), the antenna (...), the flyer's
    height above the ground below it.
    Source: line of sight over a profile, Skolnik (2008), chapter 26.
    Limits: `FARTHEST_KM`; a flyer is held through shorter dead ground.
    """
    sight = (ground_m + height_m - earth_drop_m(distance_km) - own_m[..., np.newaxis]) / distance_km
    lost = sight < nearer
    run = max(1, round(DEAD_GROUND_KM / (distance_km[1] - distance_km[0])))
    begins = lost[..., : lost.shape[-1] - run + 1].copy()
    for step in range(1, run):
        begins &= lost[..., step : step + begins.shape[-1]]
    first = np.where(begins.any(axis=-1), begins.argmax(axis=-1), distance_km.size)
    return np.asarray(np.concatenate([[0.0], distance_km])[first])


def profiles(grid: Elevation, latitude: Floats, longitude: Floats) -> tuple[Floats, Floats]:
    """Return distances (D,) from places (P,), and the ground's height there (P, sectors, rays, D).

    Equation: ``x = d sin(bearing)``, ``y = d cos(bearing)`` from each place.
    Units: km; m; degrees for coordinates.
    Source: plane geometry.
    Limits: a plane about each place; beyond the grid its edge goes on, and a place outside stands on level ground.
    """
    distance = np.arange(_STEP_KM, FARTHEST_KM + _STEP_KM / 2, _STEP_KM, dtype=np.float64)
    rays = (np.arange(_RAYS) - (_RAYS - 1) / 2) / _RAYS
    bearing = (np.arange(SECTORS)[:, np.newaxis] + rays) * 2.0 * math.pi / SECTORS
    north = np.cos(bearing)[..., np.newaxis] * distance / _KM_PER_DEGREE
    east = np.sin(bearing)[..., np.newaxis] * distance / _KM_PER_DEGREE
    lat, lon = latitude.reshape(-1, 1, 1, 1), longitude.reshape(-1, 1, 1, 1)
    heights = grid.at(lat + north, lon + east / np.cos(np.radians(lat)))
    heights[~grid.holds(latitude, longitude)] = 0.0
    return distance, heights


def visible_ranges_km(
    latitude: Floats, longitude: Floats, grid: Elevation | None = None
) -> tuple[Floats, Floats, Floats]:
    """Return the visible range by crest height, place, sector and flyer's height, and `CRESTS_M` and `HEIGHTS_M`.

    Equation: the middle of the ranges on three rays of a sector (``visible_range_km``).
    Units: km, shape (K, P, `SECTORS`, A); m.
    Source: the shipped elevation grid, unless another is given.
    Limits: see the module.
    """
    grid = elevation() if grid is None else grid
    distance, ground = profiles(grid, latitude, longitude)
    inside = grid.holds(latitude, longitude)
    own = np.where(inside, grid.at(latitude, longitude), 0.0) + ANTENNA_M
    own = np.broadcast_to(own[:, np.newaxis, np.newaxis], ground.shape[:-1])
    visible = np.empty((CRESTS_M.size, latitude.size, SECTORS, HEIGHTS_M.size))
    for k, crest in enumerate(CRESTS_M):
        nearer = mask_slope(distance, ground, own, crest)
        for a, height in enumerate(HEIGHTS_M):
            rays = visible_range_km(distance, ground, own, height, nearer)
            visible[k, ..., a] = np.median(rays, axis=-1)
    return visible, CRESTS_M.copy(), HEIGHTS_M.copy()


@compiled
def sector_of(bearing_rad: float) -> int:
    """Return the sector of the horizon of a bearing.

    Equation: ``round(bearing / (2 pi / 16)) mod 16``.
    Units: radians from north by east.
    Source: definition.
    Limits: 22.5 degrees each.
    """
    return math.floor(bearing_rad * SECTORS / (2.0 * math.pi) + 0.5) % SECTORS


@compiled
def _bracket(values: Floats, x: float) -> tuple[int, float]:
    """Return the interval of ascending ``values`` in which ``x`` lies, and where in it, from 0 to 1."""
    below = 0
    while below < values.size - 2 and values[below + 1] <= x:
        below += 1
    share = (x - values[below]) / (values[below + 1] - values[below])
    return below, min(1.0, max(0.0, share))


@compiled
def masked_range_km(
    visible_km: Floats,
    crests_m: Floats,
    heights_m: Floats,
    place: int,
    bearing_rad: float,
    height_m: float,
    crest_m: float,
) -> float:
    """Return the range at which a flyer comes into view from a place: between prepared ranges, by straight lines.

    Equation: linear in the crest height and in the flyer's height; constant beyond the prepared values.
    Units: km; m; radians from north by east for the direction in which the flyer is.
    Source: interpolation.
    Limits: sectors are not smoothed.
    """
    sector = sector_of(bearing_rad)
    crest, c = _bracket(crests_m, crest_m)
    height, h = _bracket(heights_m, height_m)
    low = (1.0 - h) * visible_km[crest, place, sector, height] + h * visible_km[
        crest, place, sector, height + 1
    ]
    crest += 1
    high = (1.0 - h) * visible_km[crest, place, sector, height] + h * visible_km[
        crest, place, sector, height + 1
    ]
    return float((1.0 - c) * low + c * high)
