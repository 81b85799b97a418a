"""A campaign of several days by day: states at the end of each day, means over it, and the deaths of the day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.results.run import Run
from staffride.results.series import aware
from staffride.results.tables import LEVELS, STATISTICS, statistics
from staffride.results.vocabulary import CHANGED, OVER_THE_STEP

Floats = NDArray[np.float64]
DAY_H = 24
DEATHS, DEATHS_OF_DAY = "deaths.", "deaths_daily."
DATE_LEVELS = ("q05", "q50", "q95")


def is_daily(run: Run) -> bool:
    """Return whether a run is shown by day: a campaign that lasts longer than a day."""
    return run.manifest.kind == "campaign" and run.manifest.settings.hours > DAY_H


def ends_of_days(hours: int, every_h: int) -> NDArray[np.intp]:
    """Return where among values ``every_h`` hours apart the last one of each day stands; a day begun counts.

    >>> ends_of_days(72, 12), ends_of_days(60, 12), ends_of_days(72, 24)
    (array([1, 3, 5]), array([1, 3, 4]), array([0, 1, 2]))
    """
    ends = (np.arange(hours // every_h) + 1) * every_h
    days = np.minimum(np.arange(1, -(-hours // DAY_H) + 1) * DAY_H, ends[-1])
    found: NDArray[np.intp] = np.searchsorted(ends, days, side="right") - 1
    return found


def of_each_day(values: NDArray[Any], ends: NDArray[np.intp]) -> Floats:
    """Return what a cumulative series (replications, T) gained in each day, (replications, days)."""
    return np.diff(values[:, ends].astype(np.float64), axis=1, prepend=0.0)


def daily_figures(run: Run) -> dict[str, Floats]:
    """Return mean and quantiles of every series by day, name -> (statistics, days), deaths of the day among them."""
    settings = run.manifest.settings
    ends = ends_of_days(settings.hours, settings.every_h)
    table = run.summary.read("series", *STATISTICS)
    steps = len(run.times)
    figures = np.stack([table[name] for name in STATISTICS]).astype(np.float64)
    found = {
        str(name): figures[:, at * steps : (at + 1) * steps][:, ends]
        for at, name in enumerate(table["series"][::steps])
    }
    for name in [name for name in found if name.partition(".")[0] in OVER_THE_STEP]:
        found[name] = statistics(_means(run[name].values, ends))
    for name in [name for name in found if name.startswith(DEATHS)]:
        of_day = DEATHS_OF_DAY + name.removeprefix(DEATHS)
        found[of_day] = statistics(of_each_day(run[name].values, ends))
    return found


def _means(values: NDArray[Any], ends: NDArray[np.intp]) -> Floats:
    """Return the mean of a series (replications, T) over each day, (replications, days)."""
    first = np.concatenate([[0], ends[:-1] + 1])
    return np.asarray(np.add.reduceat(values.astype(np.float64), first, axis=1) / (ends + 1 - first))


def dates(run: Run) -> dict[str, dict[str, float | str | None]]:
    """Return for each place the probability of a change of control, and quantiles of its date given that it changes.

    A date is ISO 8601 with an offset, to the minute; ``None`` where no replication changes.
    """
    names = [name for name in run.total_names if name.startswith(CHANGED) and "@" not in name]
    columns = run.totals.read(*names) if names else {}
    return {name.removeprefix(CHANGED): _date(run, column) for name, column in columns.items()}


def _date(run: Run, hours: Floats) -> dict[str, float | str | None]:
    happened = np.isfinite(hours)
    levels = [LEVELS[name] for name in DATE_LEVELS]
    found = statistics(hours[happened][:, np.newaxis], levels)[1:, 0] if happened.any() else [None] * 3
    moments = dict(zip(DATE_LEVELS, (_moment(run, hour) for hour in found), strict=True))
    return {"probability": float(happened.mean()), **moments}


def _moment(run: Run, hour: float | None) -> str | None:
    """Return the moment so many hours after the start."""
    if hour is None:
        return None
    settings = run.manifest.settings
    start = run.times[0] - np.timedelta64(settings.every_h, "h")
    moment = aware(start + np.timedelta64(round(60 * hour), "m"), settings.time_zone)
    return moment.isoformat(timespec="minutes")
