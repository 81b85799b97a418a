"""The parameters of truces, ceasefire, strikes on towns and the flight of civilians: name, unit, meaning, limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec

POLITICS_SPECS: tuple[ParameterSpec, ...] = ()
"""In the order of the model's row of numbers; each is needed only by a scenario with formations."""
