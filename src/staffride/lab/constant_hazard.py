"""The simplest departure, kept on the scoreboard: every household leaves by the same hazard at any hour.

No word that spreads, no neighbours, no danger, no hunger; all else equal, and conditioned on the same reports. If the
full model does not beat it, its mechanisms of departure earn nothing on arrivals, and the scoreboard says so.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from staffride.lab.calibrate import Settings, condition, task_of
from staffride.lab.posterior import FOLDER, digest
from staffride.lab.swarm import PASSED, Stretch, advance
from staffride.model.displacement_inputs import compile_inputs
from staffride.results.atomic import replacing
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Scenario

NAME = "constant_hazard"
FILE = f"{NAME}.npz"
SWITCHED_OFF = {
    "departure.neighbour_rate": 0.0,
    "departure.word_spread": 0.01,
    "departure.danger_effect": 0.0,
    "departure.hunger_effect": 0.0,
}
"""Parameters that make the hazard differ between households or hours, and the value without effect."""


def with_constant_hazard(scenario: Scenario) -> Scenario:
    """Return the scenario with every mechanism of departure but a constant hazard switched off."""
    fixed = {
        name: Quantity(value=value, unit=scenario.parameters[name].unit, assumed="switched off")
        for name, value in SWITCHED_OFF.items()
    }
    return scenario.model_copy(update={"parameters": dict(scenario.parameters) | fixed})


def forecast(scenario: Scenario, origin: datetime, settings: Settings) -> NDArray[np.float32]:
    """Return arrivals (draws, hours) of the constant hazard, conditioned on what was known at ``origin``."""
    variant = with_constant_hazard(scenario)
    inputs = compile_inputs(variant)
    (item,) = condition(variant, inputs, [origin], settings)
    task, _ = task_of(variant, inputs, settings.seed)
    sample, hour = item.sample, round(variant.period.hour_of(origin))
    past = sample.history[PASSED].T
    index, state = np.arange(sample.size), sample.state.copy()
    _, history = advance(task, Stretch(hour, inputs.hours), sample.law, index, state)
    return np.concatenate((past, history[PASSED].T), axis=1)


def save_rival(scenario: Scenario, settings: Settings) -> Path:
    """Condition the constant hazard at the scenario's cut-off and keep its arrivals beside the fit."""
    arrivals = forecast(scenario, scenario.cutoff, settings)
    path = scenario.folder / FOLDER / FILE
    with replacing(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, arrivals=arrivals, scenario_digest=np.array(digest(scenario)))
    return path


def load_rival(scenario: Scenario, origin: datetime) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return the constant hazard as a rival of the scoreboard, or nothing where none is kept for this origin."""
    path = scenario.folder / FOLDER / FILE
    if origin != scenario.cutoff or not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        if str(file["scenario_digest"]) != digest(scenario):
            return {}
        return {NAME: {"arrivals": file["arrivals"].astype(float)}}
