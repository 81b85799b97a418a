"""Calibrate a displacement: condition it at each forecast origin and store the fit with the scenario."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride._version import __version__
from staffride.errors import InputError, Problem
from staffride.lab import particle_kernel
from staffride.lab.equifinality import Equifinality, equifinality
from staffride.lab.law import LAW_PARAMETERS, place_table
from staffride.lab.moves import Sample, move, sample_of
from staffride.lab.observed import central_figure
from staffride.lab.particle_filter import OnHour, diversity, run_filter, tell_nobody
from staffride.lab.posterior import PosteriorDraws, digest, open_folder, save_fit
from staffride.lab.reception_fit import fit_reception
from staffride.lab.reports import Report, known_reports, report_errors
from staffride.lab.scores import ScoreTable
from staffride.lab.swarm import PASSED, REACHED, Swarm, Task, systematic_choice
from staffride.lab.totals import QUANTILES, RESIDENTS, final_totals, labelled, prior_totals
from staffride.model.displacement_inputs import Inputs, compile_inputs
from staffride.scenario.schema import Observation, Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a fit is made: particles, draws kept at each origin, Metropolis moves of those, seed."""

    particles: int = 300_000
    draws: int = 1000
    moves: int = 300
    seed: int = 2023


@dataclass(frozen=True, slots=True)
class Conditioned:
    """The conditioned ensemble at one origin: a sample, and the final count under each prior on the residents."""

    origin: datetime
    sample: Sample
    total: dict[str, list[float]]
    quality: dict[str, float]


def default_origins(scenario: Scenario) -> list[datetime]:
    """Return every midnight from the end of the second day to three days after the cut-off, and the cut-off."""
    start, cutoff = scenario.period.start, scenario.cutoff
    days = [start + timedelta(days=day) for day in range(2, (cutoff - start).days + 4)]
    return sorted({cutoff, *(day for day in days if day <= scenario.period.end)})


def task_of(scenario: Scenario, inputs: Inputs, seed: int) -> tuple[Task, ScoreTable]:
    """Return what the filter conditions, and the table that turns its scores into parameters."""
    table = ScoreTable(scenario, inputs)
    errors, places = report_errors(scenario, inputs), place_table(inputs)
    leavers, compensation = table.leaver_scores, table.keep_first_flow
    return Task(table.law, places, len(table.names), leavers, compensation, errors, seed), table


def chains(scenario: Scenario, origins: Sequence[datetime]) -> list[tuple[list[Report], list[datetime]]]:
    """Group origins that one pass of the filter serves: those whose known reports are the same up to their hour.

    A report that is published late is unknown at an origin after its hour; such an origin has a pass of its own.
    """
    latest = known_reports(scenario, max(origins))
    together: dict[int, datetime] = {}
    apart: list[tuple[list[Report], list[datetime]]] = []
    for origin in origins:
        mine, hour = known_reports(scenario, origin), round(scenario.period.hour_of(origin))
        if hour not in together and mine == [report for report in latest if report.hour <= hour]:
            together[hour] = origin
        else:
            apart.append((mine, [origin]))
    return ([(latest, list(together.values()))] if together else []) + apart


def condition(
    scenario: Scenario,
    inputs: Inputs,
    origins: Sequence[datetime],
    settings: Settings,
    on_hour: OnHour = tell_nobody,
) -> list[Conditioned]:
    """Run the filter to each origin; keep a sample, and forecast the final count under every prior."""
    task, table = task_of(scenario, inputs, settings.seed)
    found = []
    for reports, served in chains(scenario, origins):
        hours = {round(scenario.period.hour_of(origin)): origin for origin in served}
        for hour, swarm in run_filter(task, reports, sorted(hours), settings.particles, on_hour):
            read = [report for report in reports if report.hour <= hour]
            sample, accepted = draw_sample(task, swarm, read, settings)
            total = final_totals(scenario, inputs, task, table, sample, hour)
            quality = {
                "reports_read": len(read),
                "smallest_effective_share": round(swarm.smallest_effective, 6),
                "prior_draws_left": diversity(swarm),
                "moves_accepted": round(accepted, 3),
            }
            found.append(Conditioned(hours[hour], sample, total, quality))
    return sorted(found, key=lambda item: item.origin)


def draw_sample(
    task: Task, swarm: Swarm, reports: Sequence[Report], settings: Settings
) -> tuple[Sample, float]:
    """Return equally weighted particles, moved apart, and the share of moves accepted."""
    chosen = systematic_choice(swarm.weight, settings.draws, 0.5)
    sample = sample_of(task, swarm, chosen, reports)
    rates = [move(task, sample, number, reports) for number in range(settings.moves)]
    return sample, float(np.mean(rates)) if rates else 1.0


def posterior_draws(
    scenario: Scenario,
    inputs: Inputs,
    sample: Sample,
    origin: datetime,
    seed: int,
    with_reception: bool = True,
) -> PosteriorDraws:
    """Return the draws of a sample in the model's units, with reception fitted to what was known."""
    crossed = np.rint(np.maximum.accumulate(sample.history[PASSED], axis=0)).astype(np.int64).T
    arrivals = np.diff(crossed, axis=1, prepend=0)
    reception = fit_reception(scenario, inputs, arrivals, origin, seed) if with_reception else {}
    rate = particle_kernel.rates_of(sample.law, sample.history)
    columns = ScoreTable(scenario, inputs).columns(sample.score) | reception
    columns[RESIDENTS] = columns[RESIDENTS] * straying(sample)
    return PosteriorDraws(
        columns,
        rate.T.astype(float),
        sample.state[:, particle_kernel.LEVEL],
        sample.state[:, particle_kernel.DEVIATION],
    )


def straying(sample: Sample) -> NDArray[np.float64]:
    """Return by how much more people have come than the smooth law says, as a factor for each draw, (n,).

    Where no queue stands, the bulletins' offset is of people who did or did not decide, not of the count; a
    household run repeats it when the number of residents carries it. Behind a queue the factor is one.
    """
    crossed = np.maximum(sample.history[PASSED, -1].astype(float), 1.0)
    flow = crossed - sample.history[PASSED, -2] if sample.history.shape[1] > 1 else crossed
    idle = sample.history[REACHED, -1] - crossed <= flow
    return np.where(idle, np.clip(1.0 + sample.offset_mean / crossed, 0.5, 2.0), 1.0)


def calibrate(
    scenario: Scenario,
    origins: Sequence[datetime] | None = None,
    settings: Settings | None = None,
    on_hour: OnHour = tell_nobody,
) -> Path:
    """Condition the scenario at every origin and store the fit in its folder; return that folder.

    Parameters
    ----------
    origins
        Default: see ``default_origins``.
    on_hour
        Called with the hour that the filter has reached and the last one.

    Raises
    ------
    InputError
        There is nothing to condition on, or no parameter says how to read it.
    StaffrideError
        The folder cannot be written.
    """
    counts_of(scenario)
    refuse_start(scenario, origins or ())
    open_folder(scenario)
    settings, started = settings or Settings(), time.perf_counter()
    inputs = compile_inputs(scenario)
    wanted = sorted(origins or default_origins(scenario))
    found = condition(scenario, inputs, wanted, settings, on_hour)
    draws = {
        item.origin: posterior_draws(scenario, inputs, item.sample, item.origin, settings.seed)
        for item in found
    }
    names = ScoreTable(scenario, inputs).names
    limits = {item.origin: equifinality(names, item.sample.score) for item in found}
    prior = prior_totals(scenario, inputs, *task_of(scenario, inputs, settings.seed))
    record = fit_record(scenario, settings, found, limits, time.perf_counter() - started)
    return save_fit(scenario, draws, record, origins_table(scenario, found, prior))


def refuse_start(scenario: Scenario, origins: Sequence[datetime]) -> None:
    """Raise when an origin comes before the end of the first hour, by which nothing has happened yet."""
    early = [origin for origin in origins if round(scenario.period.hour_of(origin)) < 1]
    if early:
        raise InputError(
            [
                Problem(
                    f"by the origin {origin.isoformat()} nothing has happened that could be fitted",
                    expected="an origin at least one hour after the start of the period",
                    suggestion="for a forecast from the start, run it with --prior",
                )
                for origin in early
            ]
        )


def fit_record(
    scenario: Scenario,
    settings: Settings,
    found: Sequence[Conditioned],
    limits: Mapping[datetime, Equifinality],
    seconds: float,
) -> dict[str, Any]:
    """Return how the fit was made and how good it is, ready for JSON."""
    return {
        "made_by": f"staffride {__version__}",
        "scenario": scenario.name,
        "scenario_digest": digest(scenario),
        "cutoff": scenario.cutoff.isoformat(),
        "method": "particle filter with guided rates on the fluid twin, moved samples; ensemble smoother for reception",
        "settings": asdict(settings),
        "seconds": round(seconds, 1),
        "fitted_parameters": list(LAW_PARAMETERS),
        "origins": {
            item.origin.isoformat(): {**item.quality, **asdict(limits[item.origin])} for item in found
        },
    }


def origins_table(
    scenario: Scenario, found: Sequence[Conditioned], prior: Mapping[str, list[float]]
) -> dict[str, Any]:
    """Return the bands of the final count by origin and prior, as the report draws them, ready for JSON."""
    return {
        "quantiles": list(QUANTILES),
        "origins": [item.origin.isoformat() for item in found],
        "priors": labelled(list(prior), [item.total for item in found]),
        "prior_bands": dict(prior),
        "record": central_figure(max(counts_of(scenario), key=lambda row: row.time)),
    }


def counts_of(scenario: Scenario) -> list[Observation]:
    """Return the bulletins of people that have a figure and may be fitted or scored.

    Raises
    ------
    InputError
        There is none, so that there is nothing to condition on.
    """
    rows = [
        row
        for row in scenario.observations
        if row.series == "arrivals" and row.role != "record" and central_figure(row) is not None
    ]
    if not rows:
        raise InputError(
            [
                Problem(
                    f"{scenario.name} holds no bulletin of arrivals to condition on",
                    file=scenario.folder / "observations.csv",
                    expected="rows of the series `arrivals` with a value and the role calibration or held_out",
                    suggestion="without any, run it with --prior",
                )
            ]
        )
    return rows
