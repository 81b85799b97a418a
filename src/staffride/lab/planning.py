"""What planners ask of forecast paths: arrivals by week, when shelter runs out, and what a change would make.

All of it is counting over paths: a path is one future, and every answer is taken within each path before anything is
summed up over paths. So a band of a week is that of the week's sum, not the sum of the bands of its days.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from staffride.results.bands import bands

Floats = NDArray[np.float64]

WEEK = 7


class Paths(Protocol):
    """What is read of a forecast.

    Attributes
    ----------
    origin
        The last day whose reports were used; the first day of the paths is the next one.
    destinations
        Names of the destinations.
    paths
        (paths, days, destinations) persons present at the end of each day.
    arrivals
        (paths, days, destinations) persons who arrive on each day.
    """

    @property
    def origin(self) -> date:
        """Return the forecast origin."""
        ...

    @property
    def destinations(self) -> tuple[str, ...]:
        """Return the names of the destinations."""
        ...

    @property
    def paths(self) -> Floats:
        """Return persons present."""
        ...

    @property
    def arrivals(self) -> Floats:
        """Return arrivals."""
        ...


class Weekly(NamedTuple):
    """Arrivals by week.

    Attributes
    ----------
    first, last
        First and last day of each week; the last week may be shorter than seven days.
    figures
        (6, weeks, destinations) persons: mean, then the quantiles 5, 25, 50, 75 and 95 %.
    """

    first: tuple[date, ...]
    last: tuple[date, ...]
    figures: Floats


class RunOut(NamedTuple):
    """When shelter runs out: the first day at whose end a destination has no free place left.

    Attributes
    ----------
    known
        (destinations,) whether a capacity is known; nothing is said where it is not.
    probability
        (days, destinations) share of paths in which it has run out by each day; NaN where capacity is unknown.
    day
        (3, destinations) quantiles 5, 50 and 95 % of the day on which it runs out, counted from 1; infinite where that
        share of paths never comes to it; NaN where capacity is unknown.
    without_place
        (6, destinations) persons without a place on the last day: mean and quantiles; NaN where unknown.
    """

    known: NDArray[np.bool_]
    probability: Floats
    day: Floats
    without_place: Floats


class Difference(NamedTuple):
    """What a change makes, path by path with the same luck.

    Attributes
    ----------
    present
        (6, destinations) persons present on the last day, changed minus baseline: mean and quantiles.
    arrivals
        (6, destinations) persons who arrive in the whole period, changed minus baseline: mean and quantiles.
    more
        (destinations,) share of paths in which more persons arrive with the change than without it.
    all_arrivals
        (6,) arrivals at all destinations together.
    """

    present: Floats
    arrivals: Floats
    more: Floats
    all_arrivals: Floats


def weeks(days: int) -> list[slice]:
    """Return the slices of each seven days from the first on; what is left makes a shorter week.

    >>> weeks(16)
    [slice(0, 7, None), slice(7, 14, None), slice(14, 16, None)]
    """
    return [slice(start, min(start + WEEK, days)) for start in range(0, days, WEEK)]


def weekly_sums(arrivals: Floats) -> Floats:
    """Return (paths, weeks, destinations) persons from (paths, days, destinations)."""
    return np.stack([arrivals[:, week].sum(axis=1) for week in weeks(arrivals.shape[1])], axis=1)


def weekly_arrivals(arrivals: Floats, origin: date) -> Weekly:
    """Return what arrives in each week from the day after ``origin`` on.

    Parameters
    ----------
    arrivals
        (paths, days, destinations) persons who arrive on each day.
    origin
        The day before the first.
    """
    parts = weeks(arrivals.shape[1])
    first = tuple(origin + timedelta(days=1 + part.start) for part in parts)
    last = tuple(origin + timedelta(days=part.stop) for part in parts)
    return Weekly(first, last, bands(weekly_sums(arrivals)))


def shelter_run_out(present: Floats, capacity: Floats) -> RunOut:
    """Return when each destination has no free place left.

    A place that is less than one whole is none, so that expected persons, which are no whole numbers, fill it too.

    Parameters
    ----------
    present
        (paths, days, destinations) persons.
    capacity
        (destinations,) places; NaN or infinite where unknown.
    """
    known = np.isfinite(capacity)
    places = np.where(known, capacity, np.inf)
    over = np.logical_or.accumulate(present > places - 1.0, axis=1)
    days = present.shape[1]
    waits = np.where(over[:, -1], days - over.sum(axis=1) + 1.0, np.inf)
    ordered = np.sort(waits, axis=0)
    at = [max(int(np.ceil(level * len(ordered))) - 1, 0) for level in (0.05, 0.5, 0.95)]
    without = np.maximum(present[:, -1] - places, 0.0)
    return RunOut(
        known,
        np.where(known, over.mean(axis=0), np.nan),
        np.where(known, ordered[at], np.nan),
        np.where(known, bands(without), np.nan),
    )


def what_if(baseline: Paths, changed: Paths) -> Difference:
    """Return what a change makes: every path of ``changed`` minus the same path of ``baseline``.

    The two must be forecasts of one seed, so that a path meets the same luck in both. The interval then is that of the
    difference itself, which is much narrower than the bands of the two forecasts.

    Raises
    ------
    ValueError
        If the two differ in their destinations, days or number of paths.
    """
    if baseline.destinations != changed.destinations or baseline.paths.shape != changed.paths.shape:
        raise ValueError("the two forecasts differ in destinations, days or paths: make both with one seed")
    arrivals = changed.arrivals.sum(axis=1) - baseline.arrivals.sum(axis=1)
    return Difference(
        bands(changed.paths[:, -1] - baseline.paths[:, -1]),
        bands(arrivals),
        (arrivals > 0.0).mean(axis=0),
        bands(arrivals.sum(axis=1)),
    )
