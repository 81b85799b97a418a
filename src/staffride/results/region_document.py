"""A run or a forecast of a region as one JSON object, in the style of every run's document.

Series are by day, named ``destination.<name>`` (persons present), ``arrivals.<name>`` (persons who arrive on that day),
``displaced`` and ``on_the_way``. Their ``time`` is a date: what stands there holds at the end of that day. A number
that does not exist is ``None``. This module is on the way of a quick command, so it loads nothing heavy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from staffride._version import __version__
from staffride.errors import Problem
from staffride.results.bands import FIGURES, bands
from staffride.scenario.region import Region, Reports
from staffride.scenario.region_reports import daily_counts, daily_total, known_reports

Floats = NDArray[np.float64]
Entries = list[dict[str, Any]]

PRESENT, ARRIVALS, ALL, TRAVELLING = "destination.", "arrivals.", "displaced", "on_the_way"
TOTAL = "reported_total"
"""Reports of a total of all displaced, wherever they are."""


class Outcome(Protocol):
    """What is read of a run: (replications, days, destinations) persons, and (replications, days) on the way."""

    @property
    def present(self) -> NDArray[Any]:
        """Return persons present at the end of each day."""
        ...

    @property
    def arrivals(self) -> NDArray[Any]:
        """Return persons who arrive on each day."""
        ...

    @property
    def on_the_way(self) -> NDArray[Any]:
        """Return persons on the way at the end of each day."""
        ...


class Ahead(Protocol):
    """What is read of a forecast: its origin, and (paths, days, destinations) persons present and arriving."""

    @property
    def origin(self) -> date:
        """Return the last day whose reports were used."""
        ...

    @property
    def destinations(self) -> tuple[str, ...]:
        """Return the names of the destinations."""
        ...

    @property
    def paths(self) -> NDArray[Any]:
        """Return persons present at the end of each day."""
        ...

    @property
    def arrivals(self) -> NDArray[Any]:
        """Return persons who arrive on each day."""
        ...


def run_document(
    region: Region,
    run: Outcome,
    *,
    seed: int,
    mode: str = "staffride",
    engine: str = "cohorts",
    wall_seconds: float | None = None,
    ard: Mapping[str, Floats] | None = None,
    baselines: Mapping[str, Mapping[str, float]] | None = None,
    problems: Iterable[Problem] = (),
    unmapped: Iterable[str] = (),
) -> dict[str, Any]:
    """Return a run of a region over its whole period as plain objects.

    Parameters
    ----------
    region, run
        What was run, and what came of it.
    seed, mode, engine, wall_seconds
        How it was run.
    ard
        ``plain`` and ``rescaled`` averaged relative difference of each replication, (replications,).
    baselines
        ``capacity_share`` and ``free_capacity``: their ``plain`` and ``rescaled`` differences.
    problems, unmapped
        Warnings of the folder, and what of it could not be mapped.
    """
    times = [region.date_of(day) for day in range(region.days)]
    counted = daily_counts(region) if region.reports else None
    on_the_way = np.asarray(run.on_the_way, np.float64)
    displaced = np.asarray(run.present, np.float64).sum(axis=2) + on_the_way
    series = _by_destination(region.destination_names, times, run.present, run.arrivals, counted)
    series[ALL] = _entries(times, bands(displaced), _counted_in_all(region, counted))
    series[TRAVELLING] = _entries(times, bands(on_the_way), None)
    about = _about(region, seed, len(displaced), mode, wall_seconds)
    scores: dict[str, Any] = {"ard": {name: _figures(bands(found)) for name, found in (ard or {}).items()}}
    return {
        "run": about | {"cut-off": times[-1].isoformat(), "engine": engine},
        "series": series,
        "totals": {name: _last(entries) for name, entries in series.items()},
        "scores": scores | _finite(baselines or {}),
        "problems": [one.as_object() | {"text": str(one)} for one in problems],
        "unmapped": list(unmapped),
    }


def forecast_document(
    region: Region,
    forecast: Ahead,
    plan: Mapping[str, Any],
    *,
    seed: int,
    naive: Mapping[str, Floats] | None = None,
    fitted_on: Sequence[str] = (),
    capacity_as_of: date | None = None,
    wall_seconds: float | None = None,
    problems: Iterable[Problem] = (),
    unmapped: Iterable[str] = (),
) -> dict[str, Any]:
    """Return a forecast as plain objects; nothing in it was reported after its origin.

    Parameters
    ----------
    region, forecast
        What is forecast, and the forecast.
    plan
        The rows of `staffride.lab.plan.plan_rows`: its keys are beside ``series`` in the result.
    seed, capacity_as_of, wall_seconds
        How it was made.
    naive
        (days, destinations) middle line of each naive forecast, by its name.
    fitted_on
        Names of the cases on which the figures behind the forecast were fitted.
    problems, unmapped
        Warnings of the folder, and what of it could not be mapped.
    """
    paths = np.asarray(forecast.paths, np.float64)
    times = [forecast.origin + timedelta(days=1 + day) for day in range(paths.shape[1])]
    series = _by_destination(forecast.destinations, times, paths, forecast.arrivals, None)
    series[ALL] = _entries(times, bands(paths.sum(axis=2)), None)
    as_of = None if capacity_as_of is None else capacity_as_of.isoformat()
    known = {"cut-off": forecast.origin.isoformat(), "capacity_as_of": as_of, "fitted_on": list(fitted_on)}
    return {
        "run": _about(region, seed, len(paths), "forecast", wall_seconds) | known,
        "series": series,
        "totals": {name: _last(entries) for name, entries in series.items()},
        "reports": _known(region, forecast.destinations, forecast.origin),
        "naive": {name: _lines(forecast.destinations, lines) for name, lines in (naive or {}).items()},
        **plan,
        "scores": {},
        "problems": [one.as_object() | {"text": str(one)} for one in problems],
        "unmapped": list(unmapped),
    }


def _about(
    region: Region, seed: int, replications: int, mode: str, wall_seconds: float | None
) -> dict[str, Any]:
    return {
        "folder": None if region.folder is None else str(region.folder),
        "scenario": region.name,
        "seed": seed,
        "replications": replications,
        "version": __version__,
        "wall_seconds": wall_seconds,
        "mode": mode,
    }


def _counted_in_all(region: Region, counted: Floats | None) -> Floats | None:
    """Return (days,) the total that a run is given: the sum of the destinations, or the total where settings say so."""
    rules = region.settings.get("spawn_rules")
    from_camps = rules.get("sum_from_camps", True) if isinstance(rules, dict) else True
    if region.total is not None and (not from_camps or counted is None):
        return daily_total(region)
    return None if counted is None else counted.sum(axis=1)


def _by_destination(
    names: Sequence[str],
    times: Sequence[date],
    present: NDArray[Any],
    arrivals: NDArray[Any],
    counted: Floats | None,
) -> dict[str, Entries]:
    stayed, came = bands(present), bands(arrivals)
    series = {
        PRESENT + name: _entries(times, stayed[..., at], None if counted is None else counted[:, at])
        for at, name in enumerate(names)
    }
    return series | {ARRIVALS + name: _entries(times, came[..., at], None) for at, name in enumerate(names)}


def _entries(times: Sequence[date], figures: Floats, counted: Floats | None) -> Entries:
    """Return one entry a day of (6, days) figures."""
    columns = [_plain(row) for row in figures]
    columns.append([None] * len(times) if counted is None else _plain(counted))
    keys = ("time", *FIGURES, "counted")
    moments = [moment.isoformat() for moment in times]
    return [dict(zip(keys, row, strict=True)) for row in zip(moments, *columns, strict=True)]


def _plain(values: Floats) -> list[float | None]:
    """Return numbers to a thousandth, ``None`` for one that is not finite."""
    rounded: list[float | None] = np.round(values, 3).tolist()
    return rounded if np.isfinite(values).all() else [_number(value) for value in rounded]


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _figures(values: Floats) -> dict[str, float | None]:
    """Return mean and quantiles by name, in full precision."""
    return {name: _number(float(value)) for name, value in zip(FIGURES, values, strict=True)}


def _last(entries: Entries) -> dict[str, float | None]:
    """Return the figures of the last day."""
    return {name: entries[-1][name] for name in FIGURES} if entries else {}


def _finite(scores: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float | None]]:
    return {name: {key: _number(float(value)) for key, value in row.items()} for name, row in scores.items()}


def _lines(names: Sequence[str], values: Floats) -> dict[str, list[float | None]]:
    """Return the middle line of a naive forecast for each destination."""
    return {PRESENT + name: _plain(values[:, at]) for at, name in enumerate(names)}


def _known(region: Region, names: Sequence[str], origin: date) -> dict[str, Entries]:
    """Return what was reported of each destination up to ``origin``, never corrected or interpolated.

    What stands for all is the sum of the last report of each, as the sum of a forecast is one of its destinations; a
    total that is reported beside them may count others too, and has its own name.
    """
    known = {one.name: one for one in region.reports if one.name in names}
    labels = {PRESENT + name: known[name] for name in names if name in known}
    sources = [
        (days, counts) for one in known.values() for days, counts in zip(one.days, one.counts, strict=True)
    ]
    labels[ALL] = Reports(ALL, tuple(days for days, _ in sources), tuple(counts for _, counts in sources))
    if region.total is not None:
        labels[TOTAL] = region.total
    last = region.day_of(origin)
    return {
        label: [
            {"time": region.date_of(int(day)).isoformat(), "counted": float(count)}
            for day, count in zip(*known_reports(reports, last), strict=True)
        ]
        for label, reports in labels.items()
    }
