"""The terrain mask: the radar horizon over level ground, the shadow of a wall, laws of height and crest, the grid."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.model.air_defence import radar_horizon_km
from staffride.model.terrain_mask import (
    ANTENNA_M,
    CRESTS_M,
    FARTHEST_KM,
    HEIGHTS_M,
    SECTORS,
    earth_drop_m,
    mask_slope,
    masked_range_km,
    profiles,
    raised_crests,
    sector_of,
    visible_range_km,
    visible_ranges_km,
)
from staffride.scenario.elevation import Elevation, elevation

DISTANCE = np.arange(0.25, 100.1, 0.25)
LEVEL = np.zeros(DISTANCE.size)


def sight(ground, height, own=4.0, crest=0.0):
    """Return the visible range over one profile."""
    antenna = np.array(own)
    return float(
        visible_range_km(DISTANCE, ground, antenna, height, mask_slope(DISTANCE, ground, antenna, crest))
    )


@pytest.mark.parametrize(
    ("own", "height"), [(4.0, 30.0), (4.0, 100.0), (4.0, 300.0), (12.0, 50.0), (0.5, 200.0)]
)
def test_over_level_ground_sight_ends_at_the_radar_horizon(own, height):
    assert sight(LEVEL, height, own) == pytest.approx(radar_horizon_km(own, height), abs=0.5)


def test_the_earth_falls_by_the_law_of_the_horizon():
    assert earth_drop_m(4.12 * math.sqrt(100.0)) == pytest.approx(100.0, rel=2e-3)


def test_behind_a_wall_a_flyer_is_hidden_below_the_line_over_it():
    # 104 m at 10 km over an antenna of 4 m: 10 m a kilometre, so 200 m are seen up to about 20 km
    wall = np.where(np.isclose(DISTANCE, 10.0), 104.0, 0.0)
    slope = (104.0 - earth_drop_m(10.0) - 4.0) / 10.0
    hidden_from = DISTANCE[(200.0 - earth_drop_m(DISTANCE) - 4.0) / DISTANCE < slope][0]
    assert sight(wall, 200.0) == pytest.approx(hidden_from, abs=0.26)
    assert sight(wall, 50.0) == pytest.approx(10.0)
    assert sight(wall, 3000.0) > 90.0


def test_a_crest_that_the_grid_cuts_off_hides_more():
    wall = np.where(np.isclose(DISTANCE, 10.0), 104.0, 0.0)
    ranges = [sight(wall, 200.0, crest=crest) for crest in (0.0, 50.0, 100.0)]
    assert ranges == sorted(ranges, reverse=True)
    assert ranges[-1] < ranges[0]
    assert sight(LEVEL, 100.0, crest=500.0) == sight(LEVEL, 100.0)


def test_only_tops_are_raised():
    ground = np.array([5.0, 1.0, 3.0, 2.0, 2.0, 2.0, 4.0, 4.0, 1.0, 9.0])
    assert list(raised_crests(ground, 10.0) - ground) == [0, 0, 10, 0, 0, 0, 10, 10, 0, 0]


def test_a_track_is_held_through_short_dead_ground_only():
    for length, seen in ((1.5, True), (6.0, False)):
        valley = np.where(abs(DISTANCE - 10.0 - length / 2) < length / 2, -300.0, 0.0)
        assert (sight(valley, 100.0) > 30.0) == seen


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 5000.0), st.floats(0.0, 3000.0), st.floats(0.0, 200.0))
def test_higher_flyers_are_seen_farther_and_crests_never_help(seed, height, more, crest):
    random = np.random.default_rng(seed)
    ground = np.cumsum(random.normal(0.0, 40.0, DISTANCE.size)) * random.random()
    own = ground[0] + 4.0
    assert sight(ground, height, own) <= sight(ground, height + more, own)
    assert sight(ground, height, own, crest) <= sight(ground, height, own)


# --- Tables ---


@pytest.fixture(scope="module")
def tables():
    """Ranges of a place in the mountains and of one in the plain."""
    return visible_ranges_km(np.array([39.75, 40.37]), np.array([46.75, 47.12]))


def test_tables_rise_with_height_and_fall_with_crests(tables):
    visible, crests, heights = tables
    assert visible.shape == (crests.size, 2, SECTORS, heights.size)
    assert (np.diff(visible, axis=3) >= 0.0).all()
    assert (np.diff(visible, axis=0) <= 0.0).all()
    assert visible.min() >= 0.0
    assert visible.max() <= FARTHEST_KM


def test_the_mountains_hide_more_than_the_plain(tables):
    visible, *_ = tables
    assert visible[0, 0, :, 1].mean() < 0.5 * visible[0, 1, :, 1].mean()
    assert visible[0, 0, :, -1].mean() > 100.0


def test_beyond_the_grid_the_ground_is_level():
    visible, _, heights = visible_ranges_km(np.array([10.0]), np.array([10.0]))
    for a, height in enumerate(heights):
        expected = min(FARTHEST_KM, radar_horizon_km(ANTENNA_M, height))
        assert visible[:, 0, :, a] == pytest.approx(np.full(visible[:, 0, :, a].shape, expected), abs=0.8)


def test_a_wall_in_the_east_hides_the_east():
    columns = np.arange(240)
    ground = np.zeros((240, 240))
    ground[:, columns == 140] = 1500.0
    grid = Elevation(ground, 41.0, 45.0, 1 / 120)
    visible, *_ = visible_ranges_km(np.array([40.0]), np.array([46.0]), grid)
    east, west = sector_of(math.pi / 2), sector_of(-math.pi / 2)
    assert visible[0, 0, east, 2] < 16.0
    assert visible[0, 0, west, 2] > 60.0
    distance, heights = profiles(grid, np.array([40.0]), np.array([46.0]))
    assert heights.shape == (1, SECTORS, 3, distance.size)


def test_sectors_go_from_north_by_east():
    assert [sector_of(math.radians(degrees)) for degrees in (0, 11, 12, 90, 180, 270, 349, -90, 720)] == [
        0, 0, 1, 4, 8, 12, 0, 12, 0,
    ]  # fmt: skip


def test_ranges_between_the_prepared_ones_lie_on_straight_lines(tables):
    visible, crests, heights = tables

    def at(height, crest):
        return masked_range_km(visible, crests, heights, 0, math.pi, height, crest)

    south = sector_of(math.pi)
    for k, crest in enumerate(CRESTS_M):
        for a, height in enumerate(HEIGHTS_M):
            assert at(height, crest) == pytest.approx(visible[k, 0, south, a])
    assert at(200.0, 0.0) == pytest.approx((visible[0, 0, south, 1] + visible[0, 0, south, 2]) / 2)
    assert at(100.0, 75.0) == pytest.approx((visible[2, 0, south, 1] + visible[3, 0, south, 1]) / 2)
    assert at(1.0, 0.0) == visible[0, 0, south, 0]
    assert at(50_000.0, 9_000.0) == visible[-1, 0, south, -1]


# --- The grid ---


def test_heights_are_those_of_cells_and_between_them_bilinear():
    metres = np.array([[10.0, 20.0], [30.0, 60.0]])
    grid = Elevation(metres, 40.0, 45.0, 0.5)
    assert grid.at([39.75, 39.75, 39.25, 39.25], [45.25, 45.75, 45.25, 45.75]) == pytest.approx(
        metres.ravel()
    )
    assert grid.at(39.5, 45.5) == pytest.approx(30.0)
    assert grid.at(50.0, 0.0) == 10.0
    assert list(grid.holds([39.5, 39.5, 41.0], [45.5, 46.5, 45.5])) == [True, False, False]


def test_the_shipped_grid_has_known_heights():
    # Goris lies at some 1,400 m, Barda at some 80 m
    assert elevation().at(39.51, 46.345) == pytest.approx(1400, abs=150)
    assert elevation().at(40.375, 47.125) == pytest.approx(80, abs=30)
