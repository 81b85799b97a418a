"""Draws from the priors of a scenario: a column a parameter, each keyed by its name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import PRIORS
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.model.displacement_inputs import Inputs
from staffride.model.parameters import MODEL_PARAMETERS, PARAMETERS
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]


def prior_columns(scenario: Scenario, inputs: Inputs, count: int, seed: int) -> dict[str, Floats]:
    """Draw every parameter from its prior, in the model's units, for replications ``0 .. count - 1``.

    Each number is keyed by the name of its parameter, so a parameter more or less moves no other.
    """
    columns = {name: quantile(scenario, name, _uniforms(name, count, seed)) for name in MODEL_PARAMETERS}
    latents = {name: normal_column(_uniforms(name, count, seed)) for name in inputs.latents}
    return columns | latents


def quantile(scenario: Scenario, name: str, uniform: Floats, prior: str | None = None) -> Floats:
    """Return a parameter's prior quantiles in the model's unit, within the limits of the model.

    ``prior`` names another quantity of the scenario whose distribution stands in for the parameter's own.
    """
    spec = PARAMETERS[name]
    column = scenario.parameters[prior or name].in_unit(spec.unit).ppf(uniform)
    return np.clip(
        column, -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high
    )


def _uniforms(name: str, count: int, seed: int) -> Floats:
    return keyed_uniforms(seed, count, PRIORS, 0, entity_of(name))
