"""Rules of air defence: geometry with worked values, laws of the window, emission, reload."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.model.air_defence import (
    blink_wait_s,
    detection_range_km,
    engagement_ring_km,
    envelope_window_s,
    ground_range_km,
    height_above_battery_m,
    height_above_ground_m,
    launch_window_s,
    radar_horizon_km,
    radar_range_km,
    reload,
    rounds_after_loss,
    salvo_kill,
    track_s,
    varied,
)

KM = st.floats(-60.0, 60.0)
NEVER = (math.inf, -math.inf)


def window(inner, outer, east=0.0, north=0.0, bearing=0.0, length=60.0, speed=360.0):
    """360 km/h is 10 s a kilometre."""
    return envelope_window_s(inner, outer, east, north, bearing, length, speed)


def test_a_path_over_the_battery_is_in_the_ring_until_the_dead_zone():
    assert window(0.0, 10.0) == pytest.approx((500.0, 600.0))
    assert window(2.0, 10.0) == pytest.approx((500.0, 580.0))


def test_a_path_past_the_battery_crosses_a_chord():
    # 6 km to the side and 20 km up the path: half a chord of 8 km
    assert window(0.0, 10.0, east=6.0, north=20.0) == pytest.approx((320.0, 480.0))
    assert window(0.0, 10.0, east=10.5, north=20.0) == NEVER


def test_of_two_crossings_the_longer_counts_and_of_equal_ones_the_first():
    # the dead zone of 6 km cuts the middle out of the chord of 20 km
    assert window(6.0, 10.0, north=20.0) == pytest.approx((300.0, 340.0))
    # the path begins within the first crossing, so the second is longer
    assert window(6.0, 10.0, north=20.0, length=27.0) == pytest.approx((130.0, 170.0))


def test_a_path_that_starts_or_ends_within_the_ring():
    assert window(0.0, 10.0, length=5.0) == pytest.approx((0.0, 50.0))
    assert window(0.0, 10.0, north=-4.0) == pytest.approx((540.0, 600.0))
    assert window(6.0, 10.0, length=5.0) == NEVER  # never out of the dead zone


def test_the_bearing_is_where_the_threat_comes_from():
    # from the east, a battery 20 km to the east is met, one 20 km to the west is not
    assert window(0.0, 5.0, east=20.0, bearing=math.pi / 2) == pytest.approx((350.0, 450.0))
    assert window(0.0, 5.0, east=-20.0, bearing=math.pi / 2) == NEVER


@given(KM, KM, st.floats(0.0, 6.28), st.floats(0.0, 20.0), st.floats(0.5, 50.0), st.floats(1.0, 80.0))
def test_within_the_window_the_threat_is_in_the_ring(east, north, bearing, inner, thickness, length):
    outer = inner + thickness
    enter, leave = window(inner, outer, east, north, bearing, length)
    if enter > leave:
        return
    assert 0.0 <= enter <= leave <= 10.0 * length + 1e-6
    for second in np.linspace(enter, leave, 9):
        left = length - second / 10.0
        distance = math.hypot(left * math.sin(bearing) - east, left * math.cos(bearing) - north)
        assert inner - 1e-6 <= distance <= outer + 1e-6


@given(KM, KM, st.floats(0.0, 6.28), st.floats(0.1, 50.0), st.floats(0.0, 20.0), st.floats(0.0, 6.28))
def test_turning_the_map_changes_nothing(east, north, bearing, outer, more, turn):
    turned_east = east * math.cos(turn) + north * math.sin(turn)
    turned_north = north * math.cos(turn) - east * math.sin(turn)
    before = window(0.0, outer, east, north, bearing)
    after = window(0.0, outer, turned_east, turned_north, bearing + turn)
    lengths = [max(0.0, leave - enter) if enter < math.inf else 0.0 for enter, leave in (before, after)]
    assert lengths[0] ** 2 == pytest.approx(lengths[1] ** 2, abs=1e-6)
    wider = window(0.0, outer + more, east, north, bearing)
    assert (wider[1] - wider[0] if wider != NEVER else 0.0) >= lengths[0] - 1e-9


def test_above_the_ceiling_and_below_the_floor_there_is_no_ring():
    osa = {"range_min_km": 1.5, "range_max_km": 10.0, "altitude_min_m": 10.0, "altitude_max_m": 5000.0}
    assert engagement_ring_km(**osa, height_m=5001.0) == (0.0, 0.0)
    assert engagement_ring_km(**osa, height_m=9.0) == (0.0, 0.0)
    assert engagement_ring_km(**osa, height_m=3000.0) == pytest.approx((0.0, math.sqrt(91.0)))
    assert engagement_ring_km(**osa, height_m=900.0) == pytest.approx((1.2, math.sqrt(99.19)))


@given(st.floats(0.0, 20.0), st.floats(0.0, 100.0), st.floats(0.0, 15_000.0), st.floats(0.0, 5_000.0))
def test_a_higher_threat_is_reached_less_far(least, more, height, higher):
    low = engagement_ring_km(least, least + more, 0.0, 30_000.0, height)
    high = engagement_ring_km(least, least + more, 0.0, 30_000.0, height + higher)
    assert high[0] <= low[0] <= low[1]
    assert high[1] <= low[1]


def test_heights_count_from_the_battery():
    # a drone 2,000 m above a valley of 300 m is 1,100 m above a battery at 1,200 m
    assert height_above_battery_m(2000.0, 300.0, 1200.0) == 1100.0
    assert height_above_battery_m(500.0, 300.0, 1200.0) < 0.0


@given(st.floats(1.0, 500.0), st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.0, 1.0))
def test_a_larger_target_is_seen_farther_and_jamming_never_helps(on_1_m2, area, more, factor):
    assert radar_range_km(on_1_m2, area, factor) <= radar_range_km(on_1_m2, area + more, factor) + 1e-9
    assert radar_range_km(on_1_m2, area, factor) <= radar_range_km(on_1_m2, area, 1.0)
    assert radar_range_km(on_1_m2, 16.0 * area, factor) == pytest.approx(
        2.0 * radar_range_km(on_1_m2, area, factor)
    )


def test_what_keeps_a_height_above_the_sea_is_lower_over_high_ground() -> None:
    """5,486 m above the sea: 5,086 m over a plain at 400 m, 4,086 m over a town at 1,400 m; 2,000 m if told so."""
    over = [height_above_ground_m(5486.0, 8000.0, 5486.0, ground) for ground in (0.0, 400.0, 1400.0, 6000.0)]
    assert over == [5486.0, 5086.0, 4086.0, 0.0]
    assert height_above_ground_m(2000.0, 8000.0, 5486.0, 400.0) == 2000.0
    assert [height_above_ground_m(4000.0, 0.0, 0.0, ground) for ground in (0.0, 3000.0)] == [4000.0, 4000.0]
    assert height_above_ground_m(4000.0, 3000.0, 0.0, 500.0) == 3000.0


def test_heights_below_zero_have_no_horizon_and_a_mask_cuts_it():
    assert radar_horizon_km(-3.0, 0.0) == 0.0
    assert detection_range_km(40.0, 49.4, 12.0) == 12.0


@given(st.floats(0.0, 100.0), st.floats(-5_000.0, 5_000.0))
def test_a_ground_range_is_a_side_of_the_slant_range(slant, height):
    ground = ground_range_km(slant, height)
    if ground > 0.0:
        assert math.hypot(ground, height / 1000.0) == pytest.approx(slant)
    assert ground <= slant


# --- Tracks and launches ---


def test_a_silent_battery_waits_for_the_network():
    assert track_s(False, 5.0, 0.0, False, 9.0) == math.inf
    assert track_s(False, 5.0, 0.0, True, 9.0) == 9.0
    assert track_s(True, 5.0, 2.0, True, 9.0) == 7.0
    assert track_s(True, 5.0, 2.0, True, 6.0) == 6.0
    assert track_s(True, 5.0, 2.0, False, 6.0) == 7.0


def test_a_blinking_radar_is_waited_for_in_the_share_of_time_in_which_it_is_off():
    u = (np.arange(100_000) + 0.5) / 100_000
    waits = np.array([blink_wait_s(x, 60.0, 0.25) for x in u])
    assert np.mean(waits == 0.0) == pytest.approx(0.25)
    assert waits.max() == pytest.approx(45.0, abs=1e-3)
    assert waits.mean() == pytest.approx(0.75**2 / 2 * 60.0, abs=1e-3)
    assert blink_wait_s(0.999, 60.0, 1.0) == 0.0


def test_an_engagement_must_end_within_the_envelope():
    assert launch_window_s(500.0, 580.0, 100.0, 10.0, 25.0) == (475.0, 555.0)
    assert launch_window_s(500.0, 580.0, 490.0, 10.0, 25.0) == (500.0, 555.0)
    assert launch_window_s(500.0, 520.0, 490.0, 10.0, 25.0) == NEVER
    assert launch_window_s(*NEVER, 0.0, 0.0, 25.0) == NEVER
    assert launch_window_s(500.0, 580.0, math.inf, 10.0, 25.0) == NEVER
    assert launch_window_s(5.0, 60.0, 0.0, 0.0, 25.0) == (0.0, 35.0)


# --- Rounds ---


@given(st.floats(0.0, 1.0), st.integers(0, 20))
def test_one_more_round_never_kills_less(p, fired):
    assert 0.0 <= salvo_kill(p, fired) <= salvo_kill(p, fired + 1) <= 1.0
    assert salvo_kill(p, 0) == 0.0
    assert salvo_kill(p, 1) == pytest.approx(p)


def test_a_varied_duration_keeps_its_mean():
    exponential = -np.log1p(-(np.arange(1_000_000) + 0.5) / 1_000_000)
    for v in (0.0, 0.3, 1.0):
        times = np.array(varied(20.0, v, exponential))
        assert np.mean(times) == pytest.approx(20.0, rel=1e-5)
        assert np.std(times) == pytest.approx(20.0 * v, rel=1e-4)


@given(st.integers(0, 500), st.integers(1, 40))
def test_rounds_are_lost_evenly_to_the_last_element(rounds, elements):
    left = rounds
    for standing in range(elements, 0, -1):
        kept = rounds_after_loss(left, standing)
        assert left / standing <= left - kept < left / standing + 1
        left = kept
    assert left == 0


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100), st.floats(0.5, 12.0))
def test_reloading_conserves_rounds_and_takes_its_time(rounds, room, reserve, reload_time):
    now, stored, quiet, hours = rounds, reserve, 0.0, 0
    while now == rounds and hours < 20:
        now, stored, quiet = reload(now, rounds + room, stored, quiet, reload_time)
        hours += 1
        assert now + stored == rounds + reserve
    moved = min(room, reserve)
    assert now == rounds + moved
    assert hours == (max(1, math.ceil(reload_time)) if moved else 20)
