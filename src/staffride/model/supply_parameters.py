"""The parameters of supply and cohesion: name, unit in which the model reads it, meaning, and limits."""

from __future__ import annotations

from staffride.scenario.quantity import ParameterSpec

SUPPLY_SPECS: tuple[ParameterSpec, ...] = ()
"""In the order of the model's row of numbers; each is needed only by a scenario with formations."""
