"""Daylight: published positions of the sun, published times of sunrise and twilight, and darkness by the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from closed_forms import broken
from staffride.model import daylight
from staffride.model.daylight import days_since_2000, is_dark, sun_elevation

EASTERN = timezone(timedelta(hours=-5))
UPPER_LIMB_DEGREES = -0.8333
"""Of the sun's centre at sunrise and sunset: radius and refraction at the horizon."""

# U.S. Naval Observatory, 20 March 2002, Eastern Standard Time, to the minute: begin of civil twilight, sunrise,
# sunset, end of civil twilight.
NAVAL_OBSERVATORY = [
    ("Cape May", 38.9, -74.9, ("05:37", "06:04", "18:12", "18:39")),
    ("Washington", 38.9, -77.0, ("05:45", "06:12", "18:21", "18:47")),
]


def at(text):
    return np.array([text], "datetime64[s]")


def position_of_the_worked_example(rules):
    """Meeus (1998), example 25.a: 13 October 1992, 0 h."""
    ascension, declination = rules.sun_position(rules.days_since_2000(at("1992-10-13T00:00:00")))
    assert ascension[0] == pytest.approx(198.38083, abs=2e-5)
    assert declination[0] == pytest.approx(-7.78507, abs=2e-5)


def elevation_of_the_worked_example(rules):
    """Reda and Andreas (2004), Solar Energy 76, 577-589: zenith 50.11162 degrees with 0.0163 of refraction, sunrise."""
    height = rules.sun_elevation(39.742476, -105.1786, at("2003-10-17T19:30:30"))
    assert height[0] == pytest.approx(90.0 - 50.11162 - 0.0163, abs=0.005)
    sunrise = rules.sun_elevation(39.742476, -105.1786, at("2003-10-17T13:12:43"))
    assert sunrise[0] == pytest.approx(UPPER_LIMB_DEGREES, abs=0.005)


def published_times(rules):
    """Within 75 s: minutes and tenths of a degree are rounded (30 s, 12 s), and the tables hold to about 30 s."""
    for _, latitude, longitude, times in NAVAL_OBSERVATORY:
        heights = (-6.0, UPPER_LIMB_DEGREES, UPPER_LIMB_DEGREES, -6.0)
        for clock, height in zip(times, heights, strict=True):
            hour, minute = map(int, clock.split(":"))
            printed = np.datetime64("2002-03-20T05:00:00", "s") + np.timedelta64(hour * 60 + minute, "m")
            around = printed + np.array([-75, 75]).astype("timedelta64[s]")
            before, after = rules.sun_elevation(latitude, longitude, around) - height
            assert before * after < 0.0, clock


CLOSED_FORMS = [position_of_the_worked_example, elevation_of_the_worked_example, published_times]
NO_LONGITUDE = (
    "np.radians(sidereal + np.asarray(longitude) - ascension)",
    "np.radians(sidereal - ascension)",
)
SOUTH_FOR_NORTH = ("np.sin(north) * np.sin(south) +", "-np.sin(north) * np.sin(south) +")
BREAKS = [
    (position_of_the_worked_example, ("- 0.00569 -", "-")),
    (position_of_the_worked_example, ("2.0 * anomaly", "anomaly")),
    (elevation_of_the_worked_example, NO_LONGITUDE),
    (elevation_of_the_worked_example, SOUTH_FOR_NORTH),
    (published_times, NO_LONGITUDE),
    (published_times, ("360.98564736629", "360.9")),
]


@pytest.mark.parametrize("closed_form", CLOSED_FORMS, ids=lambda check: check.__name__)
def test_closed_form(closed_form):
    closed_form(daylight)


@pytest.mark.parametrize(("closed_form", "change"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_closed_form_fails_when_its_rule_is_broken(closed_form, change):
    with pytest.raises(AssertionError):
        closed_form(broken(daylight, *change))


def test_days_count_from_noon_of_the_first_of_january_2000():
    assert days_since_2000(at("2000-01-01T12:00:00")).tolist() == [0.0]
    assert days_since_2000(at("1999-12-31T06:00:00")).tolist() == [-1.25]


def test_hours_are_dark_outside_civil_twilight():
    dark = is_dark(38.9, -77.0, datetime(2002, 3, 20, tzinfo=EASTERN), 24)
    assert np.flatnonzero(~dark).tolist() == list(range(6, 19)), "twilight from 05:45 to 18:47"


def test_several_places_have_a_row_each():
    start = datetime(2020, 9, 27, tzinfo=UTC)
    together = is_dark([38.9, 39.8], [-77.0, 46.75], start, 48)
    assert together.shape == (2, 48)
    assert np.array_equal(together[1], is_dark(39.8, 46.75, start, 48))


def test_the_zone_of_the_clock_does_not_matter():
    local = datetime(2020, 9, 27, 4, tzinfo=timezone(timedelta(hours=4)))
    assert np.array_equal(
        is_dark(39.8, 46.75, local, 24), is_dark(39.8, 46.75, datetime(2020, 9, 27, tzinfo=UTC), 24)
    )


def test_polar_night_and_midnight_sun():
    assert is_dark(85.0, 0.0, datetime(2020, 12, 21, tzinfo=UTC), 24).all()
    assert not is_dark(85.0, 0.0, datetime(2020, 6, 21, tzinfo=UTC), 24).any()


@given(st.floats(-180.0, 180.0), st.integers(0, 20_000))
def test_at_noon_the_sun_stands_as_high_as_declination_allows(longitude, day):
    """Over a day at the equator the sun reaches 90 degrees less its declination, at most 23.44."""
    minutes = np.datetime64("1990-01-01T00:00:00", "s") + np.arange(1440).astype("timedelta64[m]")
    height = sun_elevation(0.0, longitude, minutes + np.timedelta64(day, "D"))
    assert 66.5 < height.max() <= 90.0
    assert height.min() == pytest.approx(-height.max(), abs=0.5)
