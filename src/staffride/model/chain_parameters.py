"""The parameters of a chain: name, unit in which the model reads it, meaning, and limits.

Those of the closure, the talks, the returns and the links between stages are the chain's own. It may also give any
parameter of the scenarios that it runs, in the place of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS
from staffride.model.parameters import PARAMETERS
from staffride.scenario.chain_schema import GOODS
from staffride.scenario.quantity import ParameterSpec

MOST_EFFECT = 50.0
"""Largest effect on a logarithm that still makes a number."""


def _of_good(good: str) -> tuple[ParameterSpec, ...]:
    """Return the parameters of one kind of goods."""
    return (
        ParameterSpec(f"closure.{good}.need", "t/day", f"{good} that people need in a day", 0),
        ParameterSpec(
            f"closure.{good}.stock", "day", f"days of full need that full stocks of {good} last", 0
        ),
        ParameterSpec(
            f"closure.{good}.own", "1", f"share of the need for {good} that is produced behind the road", 0, 1
        ),
        ParameterSpec(
            f"closure.{good}.relief",
            "1",
            f"share of the need for {good} that still comes in while ordinary traffic may not pass",
            0,
            10,
        ),
        ParameterSpec(
            f"closure.{good}.least",
            "1",
            f"ration of {good} just before stocks are empty, as a share of need",
            0,
            1,
        ),
    )


def _effect(name: str, meaning: str) -> ParameterSpec:
    return ParameterSpec(name, "1", meaning, -MOST_EFFECT, MOST_EFFECT)


_CLOSURE = (
    *(spec for good in GOODS for spec in _of_good(good)),
    ParameterSpec("closure.open", "1", "most that the open road brings, as a share of need", 1, 100),
    ParameterSpec("closure.memory", "day", "time over which hunger remembers what was not eaten", 0),
)

_TALKS = (
    ParameterSpec(
        "talks.rate", "1/day", "rate of an agreement without an operation, while nobody is hungry", 0, 24
    ),
    _effect("talks.hunger_effect", "log of the factor on that rate when hunger is full"),
    ParameterSpec("talks.delay", "day", "time from such an agreement until the road opens", 0),
)

_LINKS = (
    ParameterSpec(
        "link.supply_effect",
        "1",
        "share of the days of supply at the start that empty stocks take away",
        0,
        1,
    ),
    _effect("link.turnout_effect", "log of the factor on turnout when hunger is full"),
    _effect("link.quality_effect", "log of the factor on the combat power of a person when hunger is full"),
    ParameterSpec("link.open_delay", "day", "time from the end of the operation until the road opens", 0),
    ParameterSpec(
        "link.without_fuel", "1", "share of vehicles that lack fuel for the way when no fuel is left", 0, 1
    ),
    _effect(
        "link.danger_effect",
        "log of the factor on the first rate of departure when all have fled the fighting",
    ),
    _effect(
        "link.held_effect", "log-odds of staying where the side still holds all that it held, without terms"
    ),
    ParameterSpec(
        "link.stay_without_operation",
        "1",
        "share of households who stay when an agreement opens the road",
        0,
        1,
    ),
)

_RETURNS = (
    ParameterSpec(
        "returns.rate", "1/day", "rate of return under full safety, property, guarantee and mandate", 0
    ),
    ParameterSpec(
        "returns.horizon", "day", "time after the displacement at which those who returned are counted", 0
    ),
    ParameterSpec("returns.safety", "1", "safety at home, none to full", 0, 1),
    ParameterSpec("returns.property", "1", "homes and land that people would have again, none to all", 0, 1),
    ParameterSpec(
        "returns.guarantee", "1", "credibility of the guarantee that is offered, none to full", 0, 1
    ),
    ParameterSpec("returns.mandate", "1", "international presence with a mandate, none to full", 0, 1),
    _effect("returns.safety_effect", "log of the rate with full safety over that with none"),
    _effect("returns.property_effect", "log of the rate with all property over that with none"),
    _effect("returns.guarantee_effect", "log of the rate with a credible guarantee over that with none"),
    _effect("returns.mandate_effect", "log of the rate with a full mandate over that with none"),
)

OWN_PARAMETERS: Mapping[str, ParameterSpec] = {
    spec.name: spec for spec in (*_CLOSURE, *_TALKS, *_LINKS, *_RETURNS)
}
"""Every parameter that a chain itself reads, by name, in the order of the model's row of numbers."""

CHAIN_PARAMETERS: Mapping[str, ParameterSpec] = {
    **{
        name: replace(spec, required=False, needed_by="")
        for name, spec in {**PARAMETERS, **CAMPAIGN_PARAMETERS}.items()
    },
    **OWN_PARAMETERS,
}
"""Every parameter that a chain may give: its own, and those of its stages."""

NUMBERS = {name: at for at, name in enumerate(OWN_PARAMETERS)}
"""Where each of a chain's own parameters stands in the model's row of numbers."""
