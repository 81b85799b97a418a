"""The answers to planners' questions about one forecast, gathered and as plain rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from staffride.lab.age_and_sex import Split, by_age_and_sex
from staffride.lab.crossings import Crossing, binding, crossings, ways
from staffride.lab.planning import (
    Difference,
    Floats,
    Paths,
    RunOut,
    Weekly,
    shelter_run_out,
    weekly_arrivals,
    what_if,
)
from staffride.results.bands import FIGURES
from staffride.scenario.region import Region

Rows = list[dict[str, Any]]

ALL = "all destinations"


@dataclass(frozen=True)
class Plan:
    """What planners ask of a forecast.

    Attributes
    ----------
    origin
        Origin of the forecast.
    destinations
        Names of the destinations.
    weekly, weekly_all
        Arrivals by week at each destination and at all together.
    capacity
        (destinations,) places that were known at the origin; NaN where unknown.
    run_out
        When shelter runs out.
    crossings
        Links and borders that the arrivals pass.
    split
        Arrivals by age, sex and other attributes; empty where the case says nothing of them.
    differences
        What each change makes, by its name in words.
    """

    origin: date
    destinations: tuple[str, ...]
    weekly: Weekly
    weekly_all: Weekly
    capacity: Floats
    run_out: RunOut
    crossings: tuple[Crossing, ...]
    split: tuple[Split, ...]
    differences: Mapping[str, Difference] = field(default_factory=dict)


def known_capacity(region: Region, origin: date, capacity_as_of: date | None) -> Floats:
    """Return (destinations,) places as they were known on ``origin``; NaN where they were not.

    The capacities of a folder are often read off the very counts that a forecast is about. So they count only where the
    user says of which date they are, and that date is not after the origin.
    """
    places = np.array([region.places[at].capacity for at in region.destinations], dtype=np.float64)
    if capacity_as_of is None or capacity_as_of > origin:
        return np.full(len(places), np.nan)
    return np.where(np.isfinite(places), places, np.nan)


def make_plan(
    region: Region,
    forecast: Paths,
    *,
    capacity_as_of: date | None = None,
    changes: Mapping[str, Paths] | None = None,
) -> Plan:
    """Return the answers to planners' questions about ``forecast``.

    Parameters
    ----------
    region
        What the forecast is of. Nothing of it after the origin is read.
    forecast
        The forecast.
    capacity_as_of
        Date of which the capacities of the region are; without one they are unknown.
    changes
        What is changed, in words, with the forecast of the same seed under that change.
    """
    laid = ways(region, region.day_of(forecast.origin))
    capacity = known_capacity(region, forecast.origin, capacity_as_of)
    arrivals = forecast.arrivals
    return Plan(
        forecast.origin,
        tuple(forecast.destinations),
        weekly_arrivals(arrivals, forecast.origin),
        weekly_arrivals(arrivals.sum(axis=2, keepdims=True), forecast.origin),
        capacity,
        shelter_run_out(forecast.paths, capacity),
        crossings(region, arrivals, laid),
        by_age_and_sex(region, arrivals, laid.origins),
        {name: what_if(forecast, changed) for name, changed in (changes or {}).items()},
    )


def plan_rows(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain objects: ``weekly``, ``shelter``, ``crossings``, ``watch``, ``what_if``, ``age_and_sex``.

    Persons are figures with the names of a run's statistics; what is unknown is ``None``.
    """
    watched = binding(plan.crossings)
    return {
        "weekly": _weekly(plan),
        "shelter": [_shelter(plan, at) for at in range(len(plan.destinations))],
        "crossings": [_crossing(one) for one in plan.crossings],
        "watch": watched.crossing and _crossing(watched.crossing) | {"by_capacity": watched.by_capacity},
        "what_if": [_difference(plan, name, one) for name, one in plan.differences.items()],
        "age_and_sex": [row for split in plan.split for row in _split(plan, split)],
    }


def figures(values: Sequence[float] | Floats) -> dict[str, float | None]:
    """Return mean and quantiles by name, ``None`` where there is none."""
    return dict(zip(FIGURES, map(finite, values), strict=True))


def finite(value: float) -> float | None:
    """Return a number to a thousandth, ``None`` for one that is not finite."""
    return round(float(value), 3) if math.isfinite(value) else None


def _weekly(plan: Plan) -> Rows:
    names = (*plan.destinations, ALL)
    values = np.concatenate([plan.weekly.figures, plan.weekly_all.figures], axis=2)
    return [
        {"destination": name, "first": first.isoformat(), "last": last.isoformat()}
        | figures(values[:, week, at])
        for at, name in enumerate(names)
        for week, (first, last) in enumerate(zip(plan.weekly.first, plan.weekly.last, strict=True))
    ]


def _shelter(plan: Plan, at: int) -> dict[str, Any]:
    found = plan.run_out
    dates = [_date(plan.origin, float(day)) for day in found.day[:, at]]
    return {
        "destination": plan.destinations[at],
        "capacity": finite(plan.capacity[at]),
        "probability": finite(found.probability[-1, at]),
        "by_day": [finite(value) for value in found.probability[:, at]],
        "earliest": dates[0],
        "median": dates[1],
        "latest": dates[2],
        "without_place": figures(found.without_place[:, at]),
    }


def _date(origin: date, day: float) -> str | None:
    return (origin + timedelta(days=int(day))).isoformat() if math.isfinite(day) else None


def _crossing(one: Crossing) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "first": one.first,
        "second": one.second,
        "share": finite(one.share),
        "per_day": figures(one.per_day),
        "busiest": figures(one.busiest),
        "capacity": finite(one.capacity),
        "probability": finite(one.probability),
    }


def _difference(plan: Plan, name: str, found: Difference) -> dict[str, Any]:
    rows = [
        {
            "destination": destination,
            "present": figures(found.present[:, at]),
            "arrivals": figures(found.arrivals[:, at]),
            "more": finite(found.more[at]),
        }
        for at, destination in enumerate(plan.destinations)
    ]
    return {"change": name, "all_arrivals": figures(found.all_arrivals), "destinations": rows}


def _split(plan: Plan, split: Split) -> Rows:
    columns = np.concatenate([split.figures, split.all_figures[:, None]], axis=1)
    return [
        {"attribute": split.attribute, "value": value, "destination": name} | figures(columns[:, at, group])
        for at, name in enumerate((*plan.destinations, ALL))
        for group, value in enumerate(split.values)
    ]
