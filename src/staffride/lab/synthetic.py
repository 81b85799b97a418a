"""Does the whole machinery keep its word? Displacements drawn from the prior, reported, fitted and forecast.

For each synthetic displacement the household model runs under one prior draw; bulletins are made from it at the hours
and with the errors that the record's reports have; the filter conditions on those known by the origin; and the
household model runs again from the posterior. If all is right, its 90 % bands hold the truth in 90 % of cases. Source:
simulation-based calibration, Cook, Gelman & Rubin (2006), J. Comput. Graph. Statist. 15; Talts et al. (2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import OBSERVATION
from staffride.lab.calibrate import Settings, draw_sample, posterior_draws, task_of
from staffride.lab.conditioning import draw, draw_from
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.particle_filter import run_filter
from staffride.lab.reports import Report, ReportErrors, known_reports
from staffride.model.displacement import Inputs, replicate
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One synthetic displacement: what came true, and the forecast's quantiles for it.

    ``rank`` is the share of the forecast below the truth, by target ("final" or "arrivals +24 h").
    """

    number: int
    truth: dict[str, float]
    rank: dict[str, float]
    width: dict[str, float]


def reported(
    series: dict[str, Floats], reports: Sequence[Report], errors: ReportErrors, seed: int, number: int
) -> list[Report]:
    """Return the reports that would have been published of a run, with the errors that the filter assumes.

    Lower bounds and the reach of the queue are left out: no law says when such a report is made.
    """
    arrivals = np.concatenate(([0.0], series["arrivals"]))
    found, offset, before = [], 0.0, 0.0
    for position, report in enumerate(reports):
        z = normal_column(keyed_uniforms(seed, number + 1, OBSERVATION, position, 1))[-1]
        y = normal_column(keyed_uniforms(seed, number + 1, OBSERVATION, position, 2))[-1]
        flow = arrivals[report.hour] - arrivals[report.hour - 1]
        delay = series["delay_hours"][report.hour - 1]
        if report.series == "arrivals":
            truth = arrivals[report.hour]
            offset += z * np.hypot(errors.relative * max(0.0, truth - before), errors.floor_persons)
            before = truth
            count = max(0.0, truth + offset + y * report.time_sd_h * flow)
            found.append(replace(report, value=float(round(count))))
        elif report.series == "vehicles_crossed" and series["vehicles_crossed"][report.hour - 1] > 0:
            count = series["vehicles_crossed"][report.hour - 1] * np.exp(errors.vehicles_relative * z)
            found.append(replace(report, value=float(count)))
        elif report.series == "delay_hours" and not report.at_least and np.isfinite(delay):
            mean = max(delay, 0.1)
            found.append(
                replace(report, value=float(mean / errors.typical_to_longest * np.exp(errors.delay_log * z)))
            )
    return found


def targets_of(series: dict[str, Floats], hour: int) -> dict[str, float]:
    """Return what is forecast: persons who have crossed one and two days after the origin, and at the end."""
    arrivals = series["arrivals"]
    leads = {
        f"arrivals +{lead} h": float(arrivals[hour + lead - 1])
        for lead in (24, 48)
        if hour + lead <= len(arrivals)
    }
    return leads | {"final": float(arrivals[-1])}


def judge(
    scenario: Scenario, inputs: Inputs, number: int, origin: datetime, settings: Settings, members: int = 200
) -> Verdict:
    """Run, report, fit and forecast synthetic displacement ``number`` and rank the truth in the forecast."""
    hour = round(scenario.period.hour_of(origin))
    task, _ = task_of(scenario, inputs, settings.seed + 1 + number)
    prior = draw(scenario, number + 1, settings.seed, "prior", inputs=inputs)
    truth_run = replicate(inputs, prior.numbers(number), prior.rate_path[number], settings.seed, number)
    reports = reported(truth_run.series, known_reports(scenario, origin), task.errors, settings.seed, number)
    ((_, swarm),) = run_filter(task, reports, [hour], settings.particles)
    sample, _ = draw_sample(task, swarm, reports, settings)
    fit = posterior_draws(scenario, inputs, sample, origin, settings.seed, with_reception=False)
    draws = draw_from(fit, scenario, inputs, members, settings.seed + 77)
    truth = targets_of(truth_run.series, hour)
    forecasts = [
        targets_of(replicate(inputs, draws.numbers(row), draws.rate_path[row], 1, row).series, hour)
        for row in range(members)
    ]
    ensemble = {name: np.array([forecast[name] for forecast in forecasts]) for name in truth}
    return Verdict(
        number,
        truth,
        {name: rank_in(ensemble[name], value) for name, value in truth.items()},
        {name: float(np.ptp(np.quantile(ensemble[name], (0.05, 0.95)))) for name in truth},
    )


def rank_in(sample: Floats, value: float) -> float:
    """Return the share of a sample below a value, counting half of what equals it."""
    return float((sample < value).mean() + 0.5 * (sample == value).mean())


def coverage(verdicts: Sequence[Verdict], name: str, central: float) -> float:
    """Return the share of synthetic displacements whose truth lay in the central band."""
    tail = 0.5 * (1.0 - central)
    return float(np.mean([tail <= verdict.rank[name] <= 1.0 - tail for verdict in verdicts]))
