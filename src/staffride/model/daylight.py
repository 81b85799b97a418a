"""Daylight: when it is dark over a place, from the position of the sun.

The low-accuracy position of the sun is good to a hundredth of a degree between 1950 and 2050, a few seconds
of sunset. Hours are dark or light as a whole, so the sun's error is far below the model's own step.

References
----------
Meeus (1998), "Astronomical Algorithms", second edition, chapters 12, 13 and 25.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

CIVIL_TWILIGHT_DEGREES = -6.0
_J2000 = np.datetime64("2000-01-01T12:00:00", "s")
_DAYS_PER_CENTURY = 36_525.0


def days_since_2000(moments: NDArray[np.datetime64]) -> Floats:
    """Return days since the epoch J2000.0.

    Equation: ``(t - 2000-01-01 12:00 UTC) / 86,400 s``.
    Units: days; ``moments`` are UTC.
    Source: Meeus (1998), chapter 7.
    Limits: universal time stands for dynamical time, an error of about a minute.
    """
    return np.asarray((moments.astype("datetime64[s]") - _J2000) / np.timedelta64(86_400, "s"), np.float64)


def sun_longitude(days: ArrayLike) -> Floats:
    """Return the sun's apparent longitude on the ecliptic.

    Equation: mean longitude + equation of the centre - 0.00569 - 0.00478 sin(node of the moon).
    Units: degrees; days since J2000.0.
    Source: Meeus (1998), chapter 25, low accuracy.
    Limits: 0.01 degree.
    """
    century = np.asarray(days, np.float64) / _DAYS_PER_CENTURY
    mean_longitude = 280.46646 + 36_000.76983 * century + 0.0003032 * century**2
    anomaly = np.radians(357.52911 + 35_999.05029 * century - 0.0001537 * century**2)
    centre = (1.914602 - 0.004817 * century - 0.000014 * century**2) * np.sin(anomaly)
    centre += (0.019993 - 0.000101 * century) * np.sin(2.0 * anomaly) + 0.000289 * np.sin(3.0 * anomaly)
    node = np.radians(125.04 - 1_934.136 * century)
    return np.asarray(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node), np.float64)


def sun_position(days: ArrayLike) -> tuple[Floats, Floats]:
    """Return the sun's apparent right ascension and declination.

    Equation: ``tan a = cos e sin l / cos l``, ``sin d = sin e sin l``, with the longitude ``l`` and the
    obliquity ``e`` of the ecliptic.
    Units: degrees; days since J2000.0.
    Source: Meeus (1998), chapters 13 and 25.
    Limits: 0.01 degree.
    """
    century = np.asarray(days, np.float64) / _DAYS_PER_CENTURY
    node = np.radians(125.04 - 1_934.136 * century)
    obliquity = np.radians(23.4392911 - 0.0130042 * century + 0.00256 * np.cos(node))
    longitude = np.radians(sun_longitude(days))
    ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    return np.degrees(ascension) % 360.0, np.degrees(declination)


def sun_elevation(latitude: ArrayLike, longitude: ArrayLike, moments: NDArray[np.datetime64]) -> Floats:
    """Return how high the sun's centre stands above the horizon, without refraction.

    Equation: ``sin h = sin p sin d + cos p cos d cos H``, with latitude ``p``, declination ``d`` and the hour
    angle ``H = sidereal time at Greenwich + east longitude - right ascension``.
    Units: degrees, north and east positive; ``moments`` are UTC.
    Source: Meeus (1998), chapters 12 and 13.
    Limits: a level horizon: a valley is dark earlier, a summit later.
    """
    days = days_since_2000(moments)
    ascension, declination = sun_position(days)
    sidereal = 280.46061837 + 360.98564736629 * days
    hour_angle = np.radians(sidereal + np.asarray(longitude) - ascension)
    north, south = np.radians(latitude), np.radians(declination)
    sine = np.sin(north) * np.sin(south) + np.cos(north) * np.cos(south) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))), np.float64)


def is_dark(latitude: ArrayLike, longitude: ArrayLike, start: datetime, hours: int) -> NDArray[np.bool_]:
    """Return for each hour whether it is dark over a place; over several places, a row for each.

    Equation: at the middle of the hour the sun stands more than 6 degrees below the horizon (civil twilight is over).
    Units: degrees, north and east positive; ``start`` has a time zone; shape (hours,) or (places, hours).
    Source: definition of civil twilight; Meeus (1998), chapter 15.
    Limits: an hour is dark or light as a whole; the moon is left out.
    """
    first = np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "s")
    middles = first + np.timedelta64(1800, "s") + np.arange(hours) * np.timedelta64(3600, "s")
    north, east = np.asarray(latitude)[..., np.newaxis], np.asarray(longitude)[..., np.newaxis]
    return np.asarray(sun_elevation(north, east, middles) < CIVIL_TWILIGHT_DEGREES, np.bool_)
