"""Draws of a campaign's parameters from their priors, and what each variant changes in them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import PRIORS
from staffride.errors import InputError, Problem
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.model.campaign_codes import FIGURE_NAMES, NUMBERS
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, Override, most_missions
from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS, numbers_of
from staffride.scenario.campaign_schema import Variant, figure_parameter
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import Scenario
from staffride.scenario.specs import figure_spec, for_sides, spec_of

Floats = NDArray[np.float64]
Place = tuple[str, tuple[int, ...]]
"""Which array of the draws holds a parameter, and where in a row of it."""

ABSENT = {"signature": 1.0, "night_ability": 1.0, "staying_power": 1.0, "salvo": 1.0, "munitions": 1000.0}
"""What a figure is where a system gives none; any other is zero."""

MOST_MISSIONS = 2_000_000
"""Missions of all orders in one replication beyond which a campaign is refused."""


def draw_campaign(scenario: Scenario, replications: int, seed: int, inputs: CampaignInputs) -> CampaignDraws:
    """Draw every parameter and figure from its prior, in the model's units, for all replications.

    Each number is keyed by the name of its parameter, so a parameter more or less moves no other.
    """
    quantities = quantities_of(scenario)
    places = places_of(inputs)
    arrays = _empty(inputs, replications)
    columns: dict[str, Floats] = {}
    for name, (quantity, spec) in quantities.items():
        if name not in places:
            continue
        column = prior_column(quantity, spec, keyed_uniforms(seed, replications, PRIORS, 0, entity_of(name)))
        array, at = places[name]
        put = arrays[array].reshape(replications, -1)
        put[:, np.ravel_multi_index(at, arrays[array].shape[1:])] = column
        columns[name] = column
    _require_bounded(scenario, most_missions(inputs, arrays["strengths"], arrays["tempos"]))
    overrides = tuple(tuple(_changes(variant, quantities, places)) for variant in (None, *scenario.variants))
    return CampaignDraws(columns, overrides=overrides, **arrays)


def _require_bounded(scenario: Scenario, missions: int) -> None:
    """Refuse a campaign whose orders together would not fit into memory."""
    if missions > MOST_MISSIONS:
        text = f"the orders come to up to {missions:,} missions"
        hint = "check the figures of `strength.*` and `tempo.*`, and the units that they are told in"
        raise InputError(
            [Problem(text, scenario.folder, expected=f"at most {MOST_MISSIONS:,}", suggestion=hint)]
        )


def prior_column(quantity: Quantity, spec: ParameterSpec, uniform: Floats) -> Floats:
    """Return prior quantiles in the model's unit, within the limits of the model."""
    column = quantity.in_unit(spec.unit).ppf(uniform)
    low = -np.inf if spec.low is None else spec.low
    return np.clip(column, low, np.inf if spec.high is None else spec.high)


def quantities_of(scenario: Scenario) -> dict[str, tuple[Quantity, ParameterSpec]]:
    """Return every parameter and figure of a campaign by its full name, with what the model says of it."""
    specs = for_sides(CAMPAIGN_PARAMETERS, scenario.sides)
    found: dict[str, tuple[Quantity, ParameterSpec]] = {}
    for name, quantity in scenario.parameters.items():
        spec = spec_of(specs, name)
        if spec is not None:
            found[name] = quantity, spec
    for system_id, system in scenario.systems.items():
        for figure, quantity in system.figures.items():
            found[figure_parameter(system_id, figure)] = quantity, figure_spec(system_id, figure)
    return found


def places_of(inputs: CampaignInputs) -> dict[str, Place]:
    """Return where in the draws each parameter and figure stands."""
    places: dict[str, Place] = {name: ("numbers", (at,)) for at, name in enumerate(numbers_of(inputs.sides))}
    places |= {name: ("strengths", (at,)) for at, name in enumerate(inputs.strengths)}
    places |= {name: ("tempos", (at,)) for at, name in enumerate(inputs.tempos)}
    places |= {name: ("levels", (at,)) for at, name in enumerate(inputs.afoot.levels)}
    for row, system in enumerate(inputs.systems):
        for column, figure in enumerate(FIGURE_NAMES):
            places[figure_parameter(system, figure)] = "figures", (row, column)
    return places


def _empty(inputs: CampaignInputs, replications: int) -> dict[str, Floats]:
    """Return the arrays of the draws, filled with what stands for a figure that a system does not give."""
    row = np.array([ABSENT.get(figure, 0.0) for figure in FIGURE_NAMES])
    return {
        "numbers": np.zeros((replications, len(NUMBERS))),
        "figures": np.broadcast_to(row, (replications, len(inputs.systems), row.size)).copy(),
        "strengths": np.zeros((replications, len(inputs.strengths))),
        "tempos": np.zeros((replications, len(inputs.tempos))),
        "levels": np.zeros((replications, len(inputs.afoot.levels))),
    }


def _changes(
    variant: Variant | None, quantities: dict[str, tuple[Quantity, ParameterSpec]], places: dict[str, Place]
) -> Iterator[Override]:
    """Yield what a variant sets, and what it holds at its median, in the model's units."""
    if variant is None:
        return
    for name, (quantity, spec) in quantities.items():
        if name not in places:
            continue
        array, at = places[name]
        if name in variant.set:
            fixed = quantity.model_copy(
                update={"value": variant.set[name], "range": None, "distribution": None}
            )
            yield Override(array, at, float(prior_column(fixed, spec, np.array([0.5]))[0]))
        elif any(fnmatchcase(name, pattern) for pattern in variant.median):
            yield Override(array, at, float(prior_column(quantity, spec, np.array([0.5]))[0]))
