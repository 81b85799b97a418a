"""The final count of people before any bulletin and at each origin, under several priors on the residents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import OBSERVATION
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.law import fluid_plans
from staffride.lab.moves import Sample
from staffride.lab.normal import normal_column
from staffride.lab.priors import quantile
from staffride.lab.scores import ScoreTable
from staffride.lab.swarm import CROSSED_NOW, Stretch, Task, advance, start_swarm, systematic_choice
from staffride.model.displacement_inputs import Inputs
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
RESIDENTS = "population.residents"
POOLED = "pooled"
PRIOR_LABELS: Mapping[str, str] = {
    POOLED: "Neutral pool of all figures",
    "leaning_to_azerbaijani_figures": "Leaning to the figures of Azerbaijani officials",
    "leaning_to_armenian_figures": "Leaning to the figures of Armenian and de facto authorities",
    "flat": "Every number between the lowest and the highest figure",
}
"""Priors on the residents: the scenario's own, and those that it may give as ``population.residents_<name>``."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
PRIOR_SAMPLE = 20_000
FUTURES = 10


def priors_of(scenario: Scenario) -> dict[str, str]:
    """Return the quantity that holds each prior on the residents which the scenario gives, its own first."""
    held = {name: RESIDENTS if name == POOLED else f"{RESIDENTS}_{name}" for name in PRIOR_LABELS}
    return {name: quantity for name, quantity in held.items() if quantity in scenario.parameters}


def final_totals(
    scenario: Scenario, inputs: Inputs, task: Task, table: ScoreTable, sample: Sample, hour: int
) -> dict[str, list[float]]:
    """Return quantiles of the last bulletin of the period, under each prior on the residents.

    Taken from the moved sample, whose number of leavers mixes better than that of the swarm.
    """
    ratios = prior_ratios(scenario, table.columns(sample.score)[RESIDENTS])
    last = last_counts(inputs, task, sample, hour)
    index = np.tile(np.arange(sample.size), FUTURES)
    return {name: weighted_quantiles(last, ratio[index]) for name, ratio in ratios.items()}


def prior_ratios(scenario: Scenario, residents: Floats) -> dict[str, Floats]:
    """Return the density of each prior over that of the scenario's own, at numbers of residents (n,)."""
    density = {
        name: scenario.parameters[quantity].in_unit("persons").density(residents)
        for name, quantity in priors_of(scenario).items()
        if name != POOLED
    }
    pooled = scenario.parameters[RESIDENTS].in_unit("persons").density(residents) if density else 1.0
    return {POOLED: np.ones(residents.size)} | {name: found / pooled for name, found in density.items()}


def last_counts(inputs: Inputs, task: Task, sample: Sample, hour: int) -> Floats:
    """Return the last bulletin of the period for each of the futures of each particle at ``hour``."""
    index = np.tile(np.arange(sample.size), FUTURES)
    state = sample.state[index]
    if hour < inputs.hours:
        advance(task, Stretch(hour, inputs.hours), sample.law, index, state)
    doubt = np.sqrt(sample.offset_variance[index] + task.errors.floor_persons**2)
    noise = normal_column(keyed_uniforms(task.seed, index.size, OBSERVATION, hour, 0))
    return state[:, CROSSED_NOW] + sample.offset_mean[index] + doubt * noise


def weighted_quantiles(values: Floats, weight: Floats) -> list[float]:
    """Return the quantiles of values that weigh differently, by systematic resampling."""
    chosen = systematic_choice(weight / weight.sum(), values.size, 0.5)
    return quantiles_of(values[chosen])


def prior_totals(scenario: Scenario, inputs: Inputs, task: Task, table: ScoreTable) -> dict[str, list[float]]:
    """Return quantiles of the prior on those who leave, under each prior on the residents."""
    columns = table.columns(start_swarm(task, PRIOR_SAMPLE).scores)
    uniform = (np.argsort(np.argsort(columns[RESIDENTS], kind="stable")) + 0.5) / PRIOR_SAMPLE
    return {
        name: quantiles_of(
            fluid_plans(
                columns | {RESIDENTS: quantile(scenario, RESIDENTS, uniform, quantity)}, inputs
            ).leavers
        )
        for name, quantity in priors_of(scenario).items()
    }


def quantiles_of(sample: Floats) -> list[float]:
    """Return the quantiles that are kept, rounded to a tenth of a person."""
    return [round(float(value), 1) for value in np.quantile(sample, QUANTILES)]


def labelled(
    names: Sequence[str], totals: Sequence[Mapping[str, list[float]]]
) -> dict[str, dict[str, object]]:
    """Return, for each prior, its label and its bands, one an origin."""
    return {name: {"label": PRIOR_LABELS[name], "bands": [total[name] for total in totals]} for name in names}
