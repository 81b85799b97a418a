"""What a model says of its parameters, brought to the sides and names of one scenario.

A name with ``{side}`` stands for one parameter a side; a name that ends in ``.*`` for every name that begins so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from staffride.scenario.campaign_schema import figure_parameter
from staffride.scenario.figures import FIGURE
from staffride.scenario.quantity import ParameterSpec

Specs: TypeAlias = Mapping[str, ParameterSpec] | Callable[[str], Mapping[str, ParameterSpec]]
"""The parameters that a model reads, by name; or a function from the kind of scenario to them."""

SIDE, ANY = "{side}", ".*"


def specs_of_kind(specs: Specs | None, kind: str) -> Mapping[str, ParameterSpec] | None:
    """Return the parameters that the model of one kind of scenario reads."""
    return specs(kind) if callable(specs) else specs


def for_sides(specs: Mapping[str, ParameterSpec], sides: Iterable[str]) -> dict[str, ParameterSpec]:
    """Return the parameters with one in the place of ``{side}`` for each side, in the order given."""
    expanded: dict[str, ParameterSpec] = {}
    for name, spec in specs.items():
        for side in sides if SIDE in name else ("",):
            full = name.replace(SIDE, side)
            expanded[full] = spec if full == name else replace(spec, name=full)
    return expanded


def spec_of(specs: Mapping[str, ParameterSpec], name: str) -> ParameterSpec | None:
    """Return what is said of one parameter, by its own name or by a pattern that it fits."""
    if name in specs:
        return specs[name]
    for pattern, spec in specs.items():
        if pattern.endswith(ANY) and name.startswith(pattern[:-1]) and len(name) >= len(pattern):
            return replace(spec, name=name)
    return None


def figure_spec(system_id: str, figure: str) -> ParameterSpec:
    """Return what is said of a figure of a system, in the words of a parameter.

    Raises
    ------
    KeyError
        If there is no such figure.
    """
    spec = FIGURE[figure]
    return ParameterSpec(figure_parameter(system_id, figure), spec.unit, spec.meaning, spec.low, spec.high)
