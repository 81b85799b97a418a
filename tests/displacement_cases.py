"""What the tests of the displacement model share: plain households, the shipped scenario, prior draws."""

from __future__ import annotations

import functools

import numpy as np

from staffride.lab.conditioning import draw
from staffride.model.departure import Behaviour, Households, decide
from staffride.model.displacement import PARAMETERS, Block, Draws, Inputs, compile_inputs, simulate_block
from staffride.scenario import load

FALSE_ALARM = 1e-6
"""How often a statistical bound would fail if seeds were not fixed."""

SHIPPED = "karabakh-2023"
SEED = 11

BEHAVIOUR = Behaviour(
    word_spread_h=12.0,
    first_rate_per_h=0.02,
    neighbour_rate_per_h=0.06,
    stay_share=0.2,
    straggler_share=0.0,
    straggler_delay_h=96.0,
    mean_size=3.4,
    vehicle_share=0.6,
    without_seat_share=0.2,
    without_fuel_share=0.5,
    children_share=0.31,
    women_share=0.52,
    older_share=0.18,
)


def households(
    residents, share=(1.0,), open_hour=None, ratio=None, seed=3, replication=5, **behaviour
) -> Households:
    """Let the households of a few places decide."""
    places = len(share)
    return decide(
        seed,
        replication,
        residents,
        np.asarray(share, np.float64),
        np.full(places, 10.0) if open_hour is None else np.asarray(open_hour, np.float64),
        np.ones(places) if ratio is None else np.asarray(ratio, np.float64),
        BEHAVIOUR._replace(**behaviour),
    )


@functools.cache
def shipped_scenario():
    """The scenario of September 2023."""
    return load(SHIPPED, PARAMETERS)


@functools.cache
def shipped_inputs() -> Inputs:
    """The scenario of September 2023 in arrays."""
    return compile_inputs(shipped_scenario())


def prior_draws(replications: int, seed: int = SEED) -> Draws:
    """Prior draws of the shipped scenario."""
    return draw(shipped_scenario(), replications, seed, mode="prior", inputs=shipped_inputs())


@functools.cache
def shipped_block(replications: int = 6, seed: int = SEED) -> Block:
    """A few replications of the shipped scenario under its prior."""
    return simulate_block(shipped_inputs(), prior_draws(replications, seed), seed, 0, replications)
