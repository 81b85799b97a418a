"""What a filter reads: published reports, by the hour they describe, each with its likelihood.

A report enters only if it was known by the forecast origin. Rows with the role ``record`` are shown beside a run and
never read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.schema import Observation, Period

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Report:
    """One report: whole hours since the start, the series it speaks of, its value, and the doubt about its hour."""

    hour: int
    series: str
    value: float
    time_sd_h: float


@dataclass(frozen=True, slots=True)
class ReportErrors:
    """How far reports may be off; see the parameters ``bulletin.*`` and ``delay_report.*``."""

    relative: float
    floor_persons: float
    vehicles_relative: float
    delay_log: float
    typical_to_longest: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the particles say of the hour of a report; arrays of length n.

    ``crossed`` in persons, ``flow`` in persons over the last hour, ``load`` in persons per vehicle, ``delay_h`` the wait
    of those who cross in the last hour.
    """

    crossed: Floats
    flow: Floats
    load: Floats
    delay_h: Floats


def _of_arrivals(value: float, time_sd_h: float, seen: Seen, errors: ReportErrors) -> Floats:
    doubt = (errors.relative * value) ** 2 + errors.floor_persons**2 + (time_sd_h * seen.flow) ** 2
    return -0.5 * (seen.crossed - value) ** 2 / doubt - 0.5 * np.log(doubt)


def _of_vehicles(value: float, time_sd_h: float, seen: Seen, errors: ReportErrors) -> Floats:
    vehicles = np.maximum(seen.crossed / seen.load, 1.0)
    return -0.5 * (np.log(vehicles / value) / errors.vehicles_relative) ** 2


def _of_delay(value: float, time_sd_h: float, seen: Seen, errors: ReportErrors) -> Floats:
    delay = np.maximum(seen.delay_h, 0.5)
    return -0.5 * (np.log(delay / (errors.typical_to_longest * value)) / errors.delay_log) ** 2


LIKELIHOODS: dict[str, Callable[[float, float, Seen, ReportErrors], Floats]] = {
    "arrivals": _of_arrivals,
    "vehicles_crossed": _of_vehicles,
    "delay_hours": _of_delay,
}


def log_likelihood(report: Report, seen: Seen, errors: ReportErrors) -> Floats:
    """Return the log-likelihood of a report for each particle, up to a constant.

    Persons: normal about what has crossed, with a relative error, a floor and the doubt about the hour times the
    flow. Vehicles: lognormal about persons over the load. Delay: the report is of the longest, lognormal about the
    mean over ``typical_to_longest``.
    """
    return LIKELIHOODS[report.series](report.value, report.time_sd_h, seen, errors)


def known_reports(observations: Iterable[Observation], period: Period, origin: datetime) -> list[Report]:
    """Return the reports known by ``origin``, in the order of the hours that they describe."""
    reports = [
        Report(round(period.hour_of(row.time)), row.series, row.value or 0.0, row.time_uncertainty_h)
        for row in observations
        if row.series in LIKELIHOODS
        and row.role != "record"
        and row.known_from <= origin
        and row.time <= origin
    ]
    return sorted(reports, key=lambda report: (report.hour, report.series, report.value))
