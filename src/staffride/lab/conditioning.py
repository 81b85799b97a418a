"""Draw the replications of an ensemble: from the prior, or conditioned on what was published until an origin."""

from __future__ import annotations

import math
from datetime import datetime
from itertools import count
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import CHECKPOINT, normal_ppf, uniforms
from staffride.lab.law import rate_processes
from staffride.lab.posterior import PosteriorDraws, load_fit
from staffride.lab.priors import prior_columns
from staffride.model.checkpoint import RateProcess, continue_rate
from staffride.model.displacement_inputs import Draws, Inputs, compile_inputs
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
STRIDE = 617


def draw(
    scenario: Scenario,
    replications: int,
    seed: int,
    mode: Literal["posterior", "prior"] = "posterior",
    origin: datetime | None = None,
    inputs: Inputs | None = None,
) -> Draws:
    """Return the parameters and the checkpoint's rates of ``replications`` replications.

    What is not fitted is drawn from its prior by the run's seed; what is fitted comes from the draws stored with the
    scenario. After the origin the rate goes on by its own law. A replication's draw depends on its number and the
    seed only.

    Raises
    ------
    FitMissingError
        ``mode`` is "posterior" and the scenario holds no fit for the origin (default: its cut-off).
    """
    inputs = compile_inputs(scenario) if inputs is None else inputs
    if mode == "prior":
        columns = prior_columns(scenario, inputs, replications, seed)
        return Draws(columns, prior_rates(columns, inputs, seed))
    return draw_from(load_fit(scenario, origin or scenario.cutoff), scenario, inputs, replications, seed)


def draw_from(fit: PosteriorDraws, scenario: Scenario, inputs: Inputs, replications: int, seed: int) -> Draws:
    """Return replications from a fit; what it does not hold is drawn from its prior."""
    columns = prior_columns(scenario, inputs, replications, seed)
    rows = posterior_rows(replications, seed, fit.log_level.size)
    columns |= {name: column[rows] for name, column in fit.parameters.items()}
    known = fit.rate.shape[1]
    rate = np.zeros((replications, inputs.hours))
    rate[:, :known] = fit.rate[rows]
    processes = np.stack(rate_processes(columns, inputs), axis=1)
    continue_rates(seed, known, fit.log_level[rows], fit.deviation[rows], processes, rate)
    return Draws(columns, rate)


def posterior_rows(replications: int, seed: int, available: int) -> NDArray[np.int64]:
    """Return which stored draw each replication takes: all once before any is taken twice, in a scattered order."""
    stride = next(step for step in count(STRIDE) if math.gcd(step, available) == 1)
    return (np.arange(replications, dtype=np.int64) * stride + seed * 7919) % available


def prior_rates(columns: dict[str, Floats], inputs: Inputs, seed: int) -> Floats:
    """Return the checkpoint's rates (R, T) under the prior, vehicles per hour."""
    processes = np.stack(rate_processes(columns, inputs), axis=1)
    rate = np.zeros((processes.shape[0], inputs.hours))
    level = first_levels(seed, processes)
    continue_rates(seed, 0, level, np.zeros(level.size), processes, rate)
    return rate


@compiled
def first_levels(seed: int, processes: Floats) -> Floats:
    """Return the log rate of the first procedure in each replication, (R,)."""
    levels = np.empty(processes.shape[0])
    for replication in range(levels.size):
        z = normal_ppf(uniforms(seed, replication, CHECKPOINT, 0, 1, 0)[0])
        levels[replication] = processes[replication, 0] + processes[replication, 1] * z
    return levels


@compiled
def continue_rates(
    seed: int, first_hour: int, level: Floats, deviation: Floats, processes: Floats, rate: Floats
) -> None:
    """Fill ``rate[:, first_hour:]`` (R, T) from the states at ``first_hour``; ``processes`` is (R, 7)."""
    for replication in range(rate.shape[0]):
        p = processes[replication]
        process = RateProcess(p[0], p[1], p[2], p[3], p[4], p[5], p[6])
        continue_rate(
            seed,
            replication,
            first_hour,
            level[replication],
            deviation[replication],
            process,
            rate[replication],
        )
