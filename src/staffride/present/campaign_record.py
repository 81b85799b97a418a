"""The figures of the record beside a campaign's ensemble: what share each implies, and how many runs reach it.

Nothing here is scored and nothing is fitted: a figure is only shown, with who says it and what it would be a share of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.evidence import ledger
from staffride.present import grounds
from staffride.present.campaign_strengths import Strengths
from staffride.present.campaign_words import SHARES
from staffride.results.run import Run
from staffride.scenario.schema import Observation, Scenario

Json = dict[str, Any]
Numbers = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
ROUNDING = 1e-6
"""By how much a stored share may be off: series are kept in single precision."""


class Counted(NamedTuple):
    """What an observation counts.

    Attributes
    ----------
    share
        The series of the share that it is shown with; empty where there is none.
    classes
        The classes that it counts together.
    side
        Whose they are.
    as_count
        Whether the record gives a number of elements, and not a share.
    """

    share: str
    classes: tuple[str, ...]
    side: str
    as_count: bool


def record(run: Run, scenario: Scenario, strengths: Strengths) -> list[Json]:
    """Return every figure of the record that lies in the period, beside the ensemble at its hour."""
    period = scenario.period
    rows = [row for row in scenario.observations if period.start <= row.time <= period.end]
    losses = [name for name in run.series_names if name.startswith(("lost.", "share_lost."))]
    return [_row(run, scenario, row, strengths) for row in rows if row.series in losses]


def counted(series: str) -> Counted:
    """Return what an observation of ``series`` counts; guns and rocket launchers are shown as one share."""
    measure, *middle, side = series.split(".")
    name = ".".join(middle)
    for share, classes in SHARES.items():
        if series == f"{share}.{side}" or (measure == "lost" and name in classes):
            return Counted(f"{share}.{side}", classes, side, measure == "lost")
    return Counted("", (name,), side, measure == "lost")


def for_charts(rows: list[Json]) -> list[Json]:
    """Return the figures that are not shown as shares; a range from nothing up is a bound from above."""
    return [{**row, "low": ends(row)[0]} if row["value"] is None else row for row in rows if not row["share"]]


def _row(run: Run, scenario: Scenario, row: Observation, strengths: Strengths) -> Json:
    found = counted(row.series)
    hour = scenario.period.hour_of(row.time)
    count = _stood(found, strengths)
    runs = _at(run, found, row, hour, count)
    says = row.model_dump(include={"id", "series", "value", "low", "high", "note"})
    return {
        **says,
        **origin(row),
        "time": scenario.period.time_of(hour).isoformat(),
        "hour": hour,
        "time_uncertainty_h": row.time_uncertainty_h,
        "role": "record",
        "share": found.share,
        "side": found.side,
        "classes": list(found.classes),
        "as_count": found.as_count,
        "denominator": _levels(count) if count.any() else None,
        "implied": _implied(row, found, count),
        **standing(row, runs),
    }


def _stood(found: Counted, strengths: Strengths) -> Numbers:
    """Return (replications,) elements of which a figure is a share."""
    if found.share:
        return strengths.of_share(found.share.removesuffix(f".{found.side}"), found.side)
    return strengths.of(found.side, found.classes)


def origin(row: Observation) -> Json:
    """Return who says it, when it was published, and what the record calls it."""
    fact = ledger().facts.get(row.fact)
    return {
        "fact": row.fact,
        "source": grounds.said_by(row.fact) or row.fact,
        "label": "" if fact is None else fact.label,
        "published": row.known_from.date().isoformat() if fact is None else str(fact.published),
        "confidence": "" if fact is None else fact.confidence,
    }


def _at(run: Run, found: Counted, row: Observation, hour: float, stood: Numbers) -> Numbers:
    """Return (replications,) losses at an hour, as the observation counts them."""
    there = at_hour(run, found.share or row.series, hour)
    return np.asarray(there * stood if found.share and found.as_count else there)


def at_hour(run: Run, series: str, hour: float) -> Numbers:
    """Return (replications,) a cumulative series at an hour, straight between the ends of its steps."""
    values = run[series].values.astype(np.float64)
    after = np.hstack([np.zeros((values.shape[0], 1)), values])
    step = hour / run.manifest.settings.every_h
    before = min(int(step), values.shape[1] - 1)
    return np.asarray(after[:, before] + (step - before) * (after[:, before + 1] - after[:, before]))


def _levels(values: Numbers) -> list[float]:
    return [float(level) for level in np.nanquantile(values, LEVELS)]


def ends(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the least and the greatest that a figure allows; ``None`` where it sets no bound."""
    if row["value"] is not None and row["low"] is None and row["high"] is None:
        return row["value"], row["value"]
    low = row["low"] if row["low"] is not None else row["value"]
    high = row["high"] if row["high"] is not None else row["value"]
    return (None if low == 0 and high else low), high


def _implied(row: Observation, found: Counted, count: Numbers) -> list[float] | None:
    """Return the share (5 %, middle, 95 %) that a figure is of what stood there in the runs; a share is itself."""
    low, high = ends(row.model_dump())
    given = [one for one in (low, row.value, high) if one is not None]
    if not found.share or not given:
        return None
    if not found.as_count:
        return [given[0], sum(given) / len(given), given[-1]]
    shares = 1.0 / count[count > 0]
    if not shares.size:
        return None
    few, middle, many = np.quantile(shares, (0.05, 0.5, 0.95))
    return [float(given[0] * few), float(sum(given) / len(given) * middle), float(given[-1] * many)]


def standing(row: Observation, runs: Numbers) -> Json:
    """Return the ensemble at the hour of a figure, how many runs reach it, and where it lies in the bands."""
    low, high = ends(row.model_dump())
    levels = _levels(runs)
    least = low if low is not None else high
    reach = None if least is None else float((runs >= least - ROUNDING).mean())
    below = None if high is None else float((runs <= high + ROUNDING).mean())
    return {
        "runs": levels,
        "reach": reach,
        "within": below,
        "bound": "at most" if low is None else "at least" if high is None else "",
        "standing": _place(low, high, levels, runs),
    }


def _place(low: float | None, high: float | None, levels: Sequence[float], runs: Numbers) -> str:
    """Return where a figure lies: in the 50 or 90 % band, among all runs, beyond all; for a bound, if it holds."""
    bottom = -np.inf if low is None else low
    top = np.inf if high is None else high
    bands = ((levels[1], levels[3], "50"), (levels[0], levels[4], "90"), (runs.min(), runs.max(), "all"))
    for least, most, name in bands:
        if bottom <= most + ROUNDING and top >= least - ROUNDING:
            return name
    return "none"
