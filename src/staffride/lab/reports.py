"""What a filter reads: published reports, by the hour they describe, each with its likelihood.

A report enters only if it was known by the forecast origin. Rows with the role ``record`` are shown beside a run and
never read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem
from staffride.lab.normal import normal_cdf
from staffride.lab.observed import central_figure, standing
from staffride.model.displacement_inputs import Inputs
from staffride.model.parameters import PARAMETERS
from staffride.scenario.schema import Observation, Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Report:
    """One report: whole hours since the start, its series, its value, and the doubt about its hour.

    ``at_least`` marks a report that gives a lower bound only.
    """

    hour: int
    series: str
    value: float
    time_sd_h: float
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class ReportErrors:
    """How far reports may be off; see the parameters ``bulletin.*`` and ``delay_report.*``.

    ``reach_vehicles``: vehicles that fit on the road from the checkpoint to a place, by the name of the series.
    """

    reach_vehicles: Mapping[str, float]
    relative: float
    floor_persons: float
    vehicles_relative: float
    delay_log: float
    typical_to_longest: float
    irregularity: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the particles say of the hour of a report; arrays of length n.

    ``crossed`` and ``queue`` in persons, ``flow`` in persons over the last hour, ``load`` in persons per vehicle,
    ``delay_h`` the wait of those who cross in the last hour.
    """

    crossed: Floats
    flow: Floats
    queue: Floats
    load: Floats
    delay_h: Floats


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the bulletins' running count is off, for each particle: mean and variance (n,), and the last count."""

    mean: Floats
    variance: Floats
    last_count: float = 0.0

    @classmethod
    def none(cls, count: int) -> Offset:
        """Return the offset before the first bulletin: the count starts at zero persons."""
        return cls(np.zeros(count), np.zeros(count))


def party_variance(increment: float, seen: Seen) -> Floats:
    """Return the variance of persons counted in an increment that comes from whole parties, for each particle.

    Behind a standing queue the vehicles that pass are set by the checkpoint and only their loads vary: a variance of
    about one person per person. Without a queue parties come at random: ``load + 1`` per person (compound Poisson,
    ``E[load^2] / E[load]`` with the variance of a load about its mean). The fluid twin has neither.
    """
    return max(0.0, increment) * np.where(seen.queue > seen.flow, 1.0, seen.load + 1.0)


def read_bulletin(report: Report, seen: Seen, errors: ReportErrors, offset: Offset) -> tuple[Floats, Offset]:
    """Return the log-likelihood of a bulletin of persons for each particle, and the offset after it.

    A cumulative count is a running counter: it does not go wrong anew in each bulletin, it only adds what it gets
    wrong of the increment. So ``count = crossed + offset + flow * (error of the hour)``, where the offset is a random
    walk whose steps have variance ``(relative * increment)^2 + floor^2`` plus that of whole parties
    (``party_variance``); where no queue stands the flow is that of decisions, which follow a smooth law only to
    within ``irregularity`` of an increment. One scalar filter a particle (Kalman 1960).
    """
    increment = report.value - offset.last_count
    irregular = np.where(seen.queue > seen.flow, 0.0, errors.irregularity * max(0.0, increment)) ** 2
    step = (errors.relative * max(0.0, increment)) ** 2 + errors.floor_persons**2 + irregular
    variance = offset.variance + step + party_variance(increment, seen)
    doubt = variance + (report.time_sd_h * seen.flow) ** 2
    surprise = report.value - seen.crossed - offset.mean
    gain = variance / doubt
    after = Offset(offset.mean + gain * surprise, variance * (1.0 - gain), report.value)
    return -0.5 * surprise**2 / doubt - 0.5 * np.log(doubt), after


def _of_vehicles(report: Report, seen: Seen, errors: ReportErrors) -> Floats:
    vehicles = np.maximum(seen.crossed / seen.load, 1.0)
    return -0.5 * (np.log(vehicles / report.value) / errors.vehicles_relative) ** 2


def _of_delay(report: Report, seen: Seen, errors: ReportErrors) -> Floats:
    longest = np.maximum(seen.delay_h, 0.1) / errors.typical_to_longest
    return _log_normal_or_above(np.log(longest / report.value) / errors.delay_log, report.at_least)


def _of_reach(report: Report, seen: Seen, errors: ReportErrors) -> Floats:
    vehicles = np.maximum(seen.queue / seen.load, 1.0)
    return _log_normal_or_above(
        np.log(vehicles / errors.reach_vehicles[report.series]) / errors.delay_log, True
    )


def _log_normal_or_above(z: Floats, at_least: bool) -> Floats:
    """Return the log of the normal density at ``z``, or of the chance to be above the bound."""
    return np.log(np.maximum(normal_cdf(z), 1e-12)) if at_least else -0.5 * z**2


_LIKELIHOODS: dict[str, Callable[[Report, Seen, ReportErrors], Floats]] = {
    "vehicles_crossed": _of_vehicles,
    "delay_hours": _of_delay,
    "queue_reach": _of_reach,
}
_READ = frozenset({"arrivals", *_LIKELIHOODS})
_COUNTS = frozenset({"arrivals", "vehicles_crossed"})
"""Series of which a bare lower bound is not read: no law says how far above it the count stood."""


def log_likelihood(report: Report, seen: Seen, errors: ReportErrors) -> Floats:
    """Return the log-likelihood of a report for each particle, up to a constant.

    Vehicles: lognormal about persons over the load. Delay: reports are of the longest, lognormal about the mean over
    ``typical_to_longest``. "At least" and the reach of the queue: the normal chance to be above. Bulletins of persons
    are read by ``read_bulletin``.
    """
    return _LIKELIHOODS[report.series.partition(".")[0]](report, seen, errors)


def read_reports(
    reports: Sequence[Report], seen: Seen, errors: ReportErrors, offset: Offset
) -> tuple[Floats, Offset]:
    """Return the log-likelihood of the reports of one hour for each particle, (n,), and the offset after them."""
    total = np.zeros(seen.crossed.size)
    for report in reports:
        if report.series == "arrivals":
            gained, offset = read_bulletin(report, seen, errors, offset)
        else:
            gained = log_likelihood(report, seen, errors)
        total += gained
    return total, offset


def known_reports(scenario: Scenario, origin: datetime) -> list[Report]:
    """Return the reports known by ``origin``, in the order of the hours that they describe.

    A row held out at the scenario's own cut-off is read only at an origin after it, once it has been published.
    """
    reports = [
        _report(row, round(scenario.period.hour_of(row.time)))
        for row in scenario.observations
        if row.series.partition(".")[0] in _READ
        and "." not in row.series.removeprefix("queue_reach.")
        and standing(row, origin, scenario.cutoff) == "calibration"
        and scenario.period.start < row.time <= origin
    ]
    found = [report for report in reports if report is not None and report.hour > 0]
    return sorted(found, key=lambda report: (report.hour, report.series, report.value))


def _report(row: Observation, hour: int) -> Report | None:
    """Return what a row reports: of a count its figure, of a delay also a lower bound."""
    figure = central_figure(row)
    if row.series not in _COUNTS and row.value is None:
        return None if row.low is None else Report(hour, row.series, row.low, row.time_uncertainty_h, True)
    return None if figure is None else Report(hour, row.series, figure, row.time_uncertainty_h)


_OF_REPORTS = (
    "bulletin.relative_error",
    "bulletin.floor",
    "bulletin.vehicles_relative_error",
    "delay_report.log_error",
    "delay_report.typical_to_longest",
    "departure.irregularity",
)
"""Parameters that say how far reports may be off, in the order of the fields of ``ReportErrors``."""


def report_errors(scenario: Scenario, inputs: Inputs) -> ReportErrors:
    """Return how far reports may be off, from the scenario's parameters ``bulletin.*`` and ``delay_report.*``.

    Raises
    ------
    InputError
        One of these parameters is missing.
    """
    missing = [name for name in _OF_REPORTS if name not in scenario.parameters]
    if missing:
        raise InputError([_missing(scenario, name) for name in missing])
    numbers = [scenario.parameters[name].in_unit(PARAMETERS[name].unit).mean for name in _OF_REPORTS]
    reach = {
        f"queue_reach.{place}": float(inputs.place_storage[p]) for p, place in enumerate(inputs.place_ids)
    }
    return ReportErrors(reach, *numbers)


def _missing(scenario: Scenario, name: str) -> Problem:
    return Problem(
        f"parameter `{name}` is missing, which says how reports are read",
        file=scenario.folder,
        expected=f"a quantity in {PARAMETERS[name].unit}: {PARAMETERS[name].meaning}",
    )
