"""Draws of a chain: its own parameters and those of its stages from their priors, and what variants hold still.

Each stage draws what it would draw alone with the same seed. The displacement draws from its priors too: nothing that
became known after the chain's cut-off conditions it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import PRIORS
from staffride.lab.campaign_draws import draw_campaign, prior_column
from staffride.lab.conditioning import draw, prior_rates
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.lab.priors import quantile
from staffride.model.chain_inputs import ChainDraws, ChainInputs
from staffride.model.chain_parameters import OWN_PARAMETERS
from staffride.model.displacement_inputs import Draws, Inputs
from staffride.model.parameters import MODEL_PARAMETERS
from staffride.scenario.campaign_schema import Variant
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]


def draw_chain(scenario: Scenario, replications: int, seed: int, inputs: ChainInputs) -> ChainDraws:
    """Draw every parameter of a chain and of its stages from its prior, for all replications.

    Each number is keyed by the name of its parameter, so a parameter more or less moves no other.
    """
    columns = _own_columns(scenario, replications, seed, ())
    operation = scenario.stages["campaign"].model_copy(update={"variants": ()})
    plain = ChainDraws(
        columns,
        np.column_stack([columns[name] for name in OWN_PARAMETERS]),
        draw_campaign(operation, replications, seed, inputs.campaign),
        draw(scenario.stages["displacement"], replications, seed, "prior", inputs=inputs.displacement),
    )
    variants = [
        (variant.id, _held(scenario, variant, plain, replications, seed, inputs))
        for variant in scenario.variants
    ]
    return replace(plain, variants=tuple(variants))


def _own_columns(
    scenario: Scenario, replications: int, seed: int, median: Iterable[str]
) -> dict[str, Floats]:
    """Return the chain's own parameters, (R,), those that match a pattern at their medians."""
    still = tuple(median)
    columns = {}
    for name, spec in OWN_PARAMETERS.items():
        uniform = keyed_uniforms(seed, replications, PRIORS, 0, entity_of(name))
        if _matches(name, still):
            uniform = np.full(replications, 0.5)
        columns[name] = prior_column(scenario.parameters[name], spec, uniform)
    return columns


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _held(
    scenario: Scenario, variant: Variant, draws: ChainDraws, replications: int, seed: int, inputs: ChainInputs
) -> ChainDraws:
    """Return the draws with what a variant names held at its median."""
    columns = _own_columns(scenario, replications, seed, variant.median)
    operation = scenario.stages["campaign"].model_copy(update={"variants": (variant,)})
    campaign = draw_campaign(operation, replications, seed, inputs.campaign)
    leaving = scenario.stages["displacement"]
    return ChainDraws(
        columns,
        np.column_stack([columns[name] for name in OWN_PARAMETERS]),
        replace(draws.campaign, overrides=(campaign.overrides[1],)),
        _held_displacement(leaving, inputs.displacement, draws.displacement, variant.median, seed),
    )


def _held_displacement(
    scenario: Scenario, inputs: Inputs, draws: Draws, median: tuple[str, ...], seed: int
) -> Draws:
    """Return a displacement's draws with what matches a pattern at its median."""
    still = [name for name in MODEL_PARAMETERS if _matches(name, median)]
    if not still:
        return draws
    middle = np.full(draws.rate_path.shape[0], 0.5)
    columns = {**draws.parameters, **{name: quantile(scenario, name, middle) for name in still}}
    return Draws(columns, prior_rates(columns, inputs, seed))
