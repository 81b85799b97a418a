"""Forecasts of people present at every destination, from what was reported up to a date and nothing else.

Each path is one future: the median of `forecast_centre` plus the scale of `forecast_spread` times one number for each
destination, kept over the whole path, so that paths are smooth and the day-to-day jitter of a path is understated. The
numbers of different destinations share a common part, and the total is the sum over a path.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from staffride.engine.random import FORECAST
from staffride.errors import InputError, Problem
from staffride.lab.forecast_borders import Change, Flags, cut_off
from staffride.lab.forecast_centre import median
from staffride.lab.forecast_flows import Flows, Rules, flows, split_of_arrivals
from staffride.lab.forecast_parameters import Parameters, stored_parameters
from staffride.lab.forecast_reports import Floats, Standing, standing
from staffride.lab.forecast_spread import Spread, scale, tailed
from staffride.lab.keyed import keyed_uniforms
from staffride.scenario.region import Closure, Link, Region
from staffride.scenario.special import normal_ppf

DAYS = 84
PATHS = 1_000


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected after the origin.

    Attributes
    ----------
    origin
        The last date whose reports were used.
    dates
        The days that follow it.
    destinations
        Names, in the order of the region.
    paths
        (paths, days, destinations) persons present at the end of each day.
    arrivals
        (paths, days, destinations) persons who arrive on each day; never negative.
    median
        (days, destinations) the median as a formula, without closed or opened borders and without capacities.
    last_count, last_date
        Of each destination: its last report up to the origin; ``None`` where it has none.
    seed
        Of the paths.
    fitted_on
        Names of the cases on which the figures behind the forecast were fitted.
    """

    origin: date
    dates: tuple[date, ...]
    destinations: tuple[str, ...]
    paths: Floats
    arrivals: Floats
    median: Floats
    last_count: Floats
    last_date: tuple[date | None, ...]
    seed: int
    fitted_on: tuple[str, ...]

    @property
    def total(self) -> Floats:
        """Return (paths, days) persons at all destinations."""
        summed: Floats = self.paths.sum(axis=2)
        return summed

    def quantile(self, q: float) -> Floats:
        """Return (days, destinations) the quantile over paths."""
        found: Floats = np.quantile(self.paths, q, axis=0)
        return found

    def total_quantile(self, q: float) -> Floats:
        """Return (days,) the quantile of the total over paths, not the sum of quantiles."""
        found: Floats = np.quantile(self.total, q, axis=0)
        return found


def forecast(
    region: Region,
    origin: date,
    *,
    days: int = DAYS,
    paths: int = PATHS,
    seed: int = 1,
    capacity_as_of: date | None = None,
    closed: tuple[Closure, ...] = (),
    opened: tuple[Closure | Link, ...] = (),
    parameters: Parameters | None = None,
) -> Forecast:
    """Return a forecast of people present at every destination.

    Parameters
    ----------
    region
        The region; of it only reports, closures and conflict up to the origin are read, and its places and links.
    origin
        The last date whose reports are used.
    days, paths, seed
        How many days ahead, how many paths, and the seed.
    capacity_as_of
        The date on which the capacities of the places were known, on or before the origin; people who find a
        destination full then go on to others with room. Without it capacities are not used.
    closed
        Closures that hold after the origin: newly displaced people go elsewhere, people already there stay.
    opened
        Closures that are lifted and links that are added: a destination that was cut off gets a share.
    parameters
        Other figures than those that come with the program.
    """
    used = parameters or stored_parameters()
    day = region.day_of(origin)
    at = standing(region, day, used.centre.memory_days)
    _check(at, origin, days, paths, capacity_as_of)
    leads = np.arange(days + 1, dtype=np.float64)[:, None]
    middle = median(at, leads, used.centre)
    present = _paths(region, middle, scale(at, leads, used.spread), used.spread, paths, seed)
    change = Change(closed, opened)
    rules = _rules(region, at, day, days, change, used.centre.pooling, capacity_as_of is not None)
    found: Flows = flows(present[:, 0], present[:, 1:], rules)
    dates = tuple(origin + timedelta(days=ahead) for ahead in range(1, days + 1))
    own = found.present, found.arrivals, middle[1:], at.count, _last_dates(at, origin)
    return Forecast(origin, dates, region.destination_names, *own, seed, used.fitted_on)


def normal_paths(region: Region, spread: Spread, paths: int, seed: int) -> Floats:
    """Return (paths, destinations) standard normal numbers with a common part, keyed by the places' numbers."""
    common = normal_ppf(keyed_uniforms(seed, paths, FORECAST, 0, 0))
    own = [normal_ppf(keyed_uniforms(seed, paths, FORECAST, 0, 1 + number)) for number in region.destinations]
    alone = np.column_stack(own) if own else np.zeros((paths, 0))
    mixed: Floats = math.sqrt(spread.common) * common[:, None] + math.sqrt(1.0 - spread.common) * alone
    return mixed


def _paths(region: Region, middle: Floats, scales: Floats, spread: Spread, paths: int, seed: int) -> Floats:
    """Return (paths, days, destinations) persons present."""
    deviation = tailed(normal_paths(region, spread, paths, seed), spread.skew, spread.tail)
    return np.maximum(0.0, middle + scales * deviation[:, None, :])


def _rules(
    region: Region, at: Standing, day: int, days: int, change: Change, pooling: float, with_capacity: bool
) -> Rules:
    """Return where newly displaced people can go."""
    ahead = range(1, days + 1)
    before: Flags = cut_off(region, day, ahead, Change())
    after: Flags = cut_off(region, day, ahead, change)
    capacity = [
        region.places[number].capacity if with_capacity else math.inf for number in region.destinations
    ]
    return Rules(after & ~before, before & ~after, split_of_arrivals(at, pooling), np.array(capacity))


def _last_dates(at: Standing, origin: date) -> tuple[date | None, ...]:
    return tuple(
        origin - timedelta(days=int(age)) if count > 0.0 or length > 0.0 else None
        for count, age, length in zip(at.count, at.staleness, at.record, strict=True)
    )


def _check(at: Standing, origin: date, days: int, paths: int, capacity_as_of: date | None) -> None:
    """Raise for what cannot be forecast, all problems at once."""
    problems = []
    if at.count.sum() <= 0.0:
        text = f"nobody was reported on or before {origin}"
        problems.append(
            Problem(text, expected="an origin after the first report", suggestion="choose a later date")
        )
    if capacity_as_of is not None and capacity_as_of > origin:
        text = f"capacities as of {capacity_as_of} were not known on {origin}"
        problems.append(Problem(text, expected=f"a date on or before {origin}"))
    if days < 1 or paths < 1:
        problems.append(Problem(f"{days} days, {paths} paths", expected="at least one of each"))
    if problems:
        raise InputError(problems)
