"""Forecasts of a region from Python: people at each destination after a date, and what planners ask of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from staffride.api.region import Opened, open_region
from staffride.api.region_changes import Changes, parse_changes
from staffride.errors import InputError, Problem
from staffride.lab import forecast as model
from staffride.lab.forecast import DAYS, PATHS, Forecast
from staffride.lab.forecast_baselines import naive_medians
from staffride.lab.plan import Plan, make_plan, plan_rows
from staffride.results.region_document import Floats, forecast_document
from staffride.scenario.region import Region
from staffride.scenario.region_known import known_region


@dataclass(frozen=True, eq=False)
class ForecastResult:
    """A forecast and the answers to planners' questions.

    Attributes
    ----------
    opened
        The region as it was known on the origin, and what reading it found.
    forecast
        The paths.
    plan
        Arrivals by week, when shelter runs out, crossings, what changes make.
    changes
        What was asked to close and to open.
    naive
        (days, destinations) middle line of each naive forecast, by its name.
    capacity_as_of
        Date of which the capacities are; ``None`` where they were not used.
    wall_seconds
        Time taken.
    """

    opened: Opened
    forecast: Forecast
    plan: Plan
    changes: Changes
    naive: Mapping[str, Floats]
    capacity_as_of: date | None
    wall_seconds: float

    @property
    def region(self) -> Region:
        """Return the region."""
        return self.opened.region

    def quantile(self, q: float) -> Floats:
        """Return (days, destinations) the quantile of people present."""
        return self.forecast.quantile(q)

    def document(self) -> dict[str, Any]:
        """Return the forecast as plain objects: what ``--json`` prints."""
        return forecast_document(
            self.region,
            self.forecast,
            plan_rows(self.plan),
            seed=self.forecast.seed,
            naive=self.naive,
            fitted_on=self.forecast.fitted_on,
            capacity_as_of=self.capacity_as_of,
            wall_seconds=self.wall_seconds,
            problems=self.opened.problems,
            unmapped=self.opened.unmapped,
        )

    def __repr__(self) -> str:
        paths, days, places = self.forecast.paths.shape
        size = f"{paths} paths, {days} days, {places} destinations"
        return f"<ForecastResult {self.region.name} from {self.forecast.origin}: {size}>"


def forecast(
    named: str | Path | Region,
    origin: str | date,
    *,
    days: int = DAYS,
    paths: int = PATHS,
    seed: int = 1,
    capacity_as_of: str | date | None = None,
    close: Iterable[str] = (),
    open_: Iterable[str] = (),
    strict: bool = False,
) -> ForecastResult:
    """Forecast people at every destination of a region from what was reported up to a date.

    Parameters
    ----------
    named
        A Flee folder, the folder of a region scenario, or a `Region`.
    origin
        The last date whose reports are used. Nothing that was reported later, no later correction and no line drawn
        between a report before it and one after it has any effect.
    days, paths
        How many days ahead, and how many paths.
    seed
        Root of all random numbers.
    capacity_as_of
        Date of which the capacities of the folder are, on or before the origin; without it they are not used.
    close, open_
        Changes from the day after the origin on, each compared with none: ``border:Mali:Niger``, ``road:A:B``,
        ``place:A``, ``camp:A``; a new road with its length in kilometres: ``road:A:B:120``.
    strict
        Whether a warning about the folder stops the forecast.

    Raises
    ------
    InputError
        The folder or an argument is wrong; every problem at once.

    Examples
    --------
    >>> import staffride as sr                                         # doctest: +SKIP
    >>> sr.forecast("mali2012", "2012-06-01").quantile(0.5)            # doctest: +SKIP
    """
    moment, as_of = parse_date(origin), None if capacity_as_of is None else parse_date(capacity_as_of)
    opened = open_region(named, strict=strict, until=moment)
    region = known_region(opened.region, opened.region.day_of(moment))
    changes = parse_changes(region, region.day_of(moment), close, open_)
    began = time.perf_counter()
    common: dict[str, Any] = {"days": days, "paths": paths, "seed": seed, "capacity_as_of": as_of}
    base = model.forecast(region, moment, **common)
    changed = [model.forecast(region, moment, closed=(one,), **common) for one in changes.closed]
    changed += [model.forecast(region, moment, opened=(one,), **common) for one in changes.opened]
    named_changes = dict(zip(changes.words, changed, strict=True))
    plan = make_plan(region, base, capacity_as_of=as_of, changes=named_changes)
    naive = naive_medians(region, moment, days)
    return ForecastResult(
        opened._replace(region=region), base, plan, changes, naive, as_of, time.perf_counter() - began
    )


def parse_date(moment: str | date) -> date:
    """Return a date, given as one or in ISO form.

    Raises
    ------
    InputError
        It is no date.
    """
    if isinstance(moment, date):
        return moment
    try:
        return date.fromisoformat(moment.strip())
    except ValueError:
        raise InputError([Problem(f"{moment!r} is no date", expected="a date such as 2012-06-01")]) from None
