"""Calibrate a displacement: condition it at each forecast origin and store the fit with the scenario."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride._version import __version__
from staffride.engine.random import OBSERVATION
from staffride.lab import law, particle_kernel
from staffride.lab.equifinality import Equifinality, equifinality
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.law import LAW_PARAMETERS, ScoreTable, fluid_plans, quantile
from staffride.lab.normal import normal_column
from staffride.lab.moves import Sample, move, sample_of
from staffride.lab.particle_filter import diversity, run_filter
from staffride.lab.posterior import PosteriorDraws, digest, save_fit
from staffride.lab.reception_fit import fit_reception
from staffride.lab.reports import Report, known_reports
from staffride.lab.swarm import (
    CROSSED_NOW,
    PASSED,
    Stretch,
    Swarm,
    Task,
    advance,
    start_swarm,
    systematic_choice,
)
from staffride.model.displacement_inputs import Inputs, compile_inputs
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
RESIDENTS = "population.residents"
ALTERNATIVES: Mapping[str, str] = {
    "pooled": "Neutral pool of all figures",
    "leaning_to_azerbaijani_figures": "Leaning to the figures of Azerbaijani officials",
    "leaning_to_armenian_figures": "Leaning to the figures of Armenian and de facto authorities",
    "flat": "Every number between the lowest and the highest figure",
}
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FORECAST_SAMPLE = 20_000


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
    """Return midnight after every day from the second of the period to two days after the cut-off, with the cut-off."""
    start, cutoff = scenario.period.start, scenario.cutoff
    days = [start + timedelta(days=day) for day in range(2, (cutoff - start).days + 4)]
    return sorted({cutoff, *(day for day in days if day <= scenario.period.end)})


def task_of(scenario: Scenario, inputs: Inputs, seed: int) -> tuple[Task, ScoreTable]:
    """Return what the filter conditions, and the table that turns its scores into parameters."""
    table = ScoreTable(scenario, inputs)
    errors, places = law.report_errors(scenario, inputs), law.place_table(inputs)
    leavers, compensation = table.leaver_scores, table.keep_first_flow
    return Task(table.law, places, len(table.names), leavers, compensation, errors, seed), table


def chains(scenario: Scenario, origins: Sequence[datetime]) -> list[tuple[list[Report], list[datetime]]]:
    """Group origins that one pass of the filter serves: those whose known reports are the same up to their hour.

    A report that is published late is unknown at an origin after its hour; such an origin has a pass of its own.
    """
    latest = known_reports(scenario, max(origins))
    together, apart = [], []
    for origin in origins:
        mine, hour = known_reports(scenario, origin), round(scenario.period.hour_of(origin))
        shared = [report for report in latest if report.hour <= hour]
        (together if mine == shared else apart).append((mine, origin))
    groups = [(latest, [origin for _, origin in together])] if together else []
    return groups + [(mine, [origin]) for mine, origin in apart]


def condition(
    scenario: Scenario,
    inputs: Inputs,
    origins: Sequence[datetime],
    settings: Settings,
    on_hour: Callable[[int, int], None] = lambda hour, last: None,
) -> list[Conditioned]:
    """Run the filter to each origin; keep a sample, and forecast the final count under every prior."""
    task, table = task_of(scenario, inputs, settings.seed)
    found = []
    for reports, served in chains(scenario, origins):
        hours = {round(scenario.period.hour_of(origin)): origin for origin in served}
        for hour, swarm in run_filter(task, reports, sorted(hours), settings.particles, on_hour):
            read = [report for report in reports if report.hour <= hour]
            sample, accepted = draw_sample(task, swarm, read, settings)
            total = final_totals(scenario, inputs, task, table, swarm, hour)
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


def final_totals(
    scenario: Scenario, inputs: Inputs, task: Task, table: ScoreTable, swarm: Swarm, hour: int
) -> dict[str, list[float]]:
    """Return quantiles of the last bulletin of the period, under each prior on the residents."""
    residents = table.columns(swarm.scores)[RESIDENTS]
    pooled = scenario.parameters[RESIDENTS].density(residents)
    totals = {}
    for name in ALTERNATIVES:
        weight = swarm.weight
        if name != "pooled":
            ratio = scenario.parameters[f"{RESIDENTS}_{name}"].density(residents) / pooled
            weight = weight * ratio[swarm.index]
            weight = weight / weight.sum()
        chosen = systematic_choice(weight, min(FORECAST_SAMPLE, weight.size), 0.5)
        state = swarm.state[chosen].copy()
        if hour < inputs.hours:
            advance(task, Stretch(hour, inputs.hours), swarm.laws, swarm.index[chosen], state)
        doubt = np.sqrt(swarm.offset.variance[chosen] + task.errors.floor_persons**2)
        noise = normal_column(keyed_uniforms(task.seed, chosen.size, OBSERVATION, hour, 0))
        last = state[:, CROSSED_NOW] + swarm.offset.mean[chosen] + doubt * noise
        totals[name] = [round(float(value), 1) for value in np.quantile(last, QUANTILES)]
    return totals


def prior_totals(scenario: Scenario, inputs: Inputs, settings: Settings) -> dict[str, list[float]]:
    """Return quantiles of the prior on those who leave, under each prior on the residents."""
    task, table = task_of(scenario, inputs, settings.seed)
    columns = table.columns(start_swarm(task, min(FORECAST_SAMPLE, settings.particles)).scores)
    count = columns[RESIDENTS].size
    uniform = (np.argsort(np.argsort(columns[RESIDENTS], kind="stable")) + 0.5) / count
    bands = {}
    for name in ALTERNATIVES:
        prior = None if name == "pooled" else f"{RESIDENTS}_{name}"
        residents = quantile(scenario, RESIDENTS, uniform, prior)
        leavers = fluid_plans(columns | {RESIDENTS: residents}, inputs).leavers
        bands[name] = [round(float(value), 1) for value in np.quantile(leavers, QUANTILES)]
    return bands


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
    return PosteriorDraws(
        ScoreTable(scenario, inputs).columns(sample.score) | reception,
        rate.T.astype(float),
        sample.state[:, particle_kernel.LEVEL],
        sample.state[:, particle_kernel.DEVIATION],
    )


def calibrate(
    scenario: Scenario,
    origins: Sequence[datetime] | None = None,
    settings: Settings | None = None,
    say: Callable[[str], None] = lambda text: None,
    on_hour: Callable[[int, int], None] = lambda hour, last: None,
) -> Path:
    """Condition the scenario at every origin and store the fit in its folder; return that folder.

    Parameters
    ----------
    origins
        Default: every midnight from the second day to two days after the cut-off.
    say
        Called with a line of plain words as the work goes on.
    on_hour
        Called with the hour that the filter has reached and the last one.

    Raises
    ------
    StaffrideError
        The folder cannot be written.
    """
    settings, started = settings or Settings(), time.perf_counter()
    inputs = compile_inputs(scenario)
    wanted = sorted(origins or default_origins(scenario))
    say(f"conditioning {settings.particles:,} prior draws on what was published until {len(wanted)} origins")
    found = condition(scenario, inputs, wanted, settings, on_hour)
    say("fitting reception to the snapshots known at each origin")
    draws = {
        item.origin: posterior_draws(scenario, inputs, item.sample, item.origin, settings.seed)
        for item in found
    }
    names = ScoreTable(scenario, inputs).names
    limits = {item.origin: equifinality(names, item.sample.score) for item in found}
    prior = prior_totals(scenario, inputs, settings)
    record = fit_record(scenario, settings, found, limits, time.perf_counter() - started)
    return save_fit(scenario, draws, record, origins_table(scenario, found, prior))


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
    last = max(
        (row for row in scenario.observations if row.series == "arrivals" and row.role != "record"),
        key=lambda row: row.time,
    )
    return {
        "quantiles": list(QUANTILES),
        "origins": [item.origin.isoformat() for item in found],
        "priors": {
            name: {"label": label, "bands": [item.total[name] for item in found]}
            for name, label in ALTERNATIVES.items()
        },
        "prior_bands": dict(prior),
        "record": last.value,
    }
