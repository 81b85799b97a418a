"""A chain in arrays: which part of each day the road was open, the inputs of its stages, and what is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, compile_campaign
from staffride.model.chain_parameters import NUMBERS
from staffride.model.displacement_arms import NumberChange
from staffride.model.displacement_inputs import Draws, Inputs, compile_inputs
from staffride.scenario.chain_schema import CLOSURE, STOP
from staffride.scenario.schema import Event, Scenario

Floats = NDArray[np.float64]
DAY_H = 24


class Road(NamedTuple):
    """Which part of each day the road is open to all, and open to relief alone, (D,); then nothing passes."""

    open: Floats
    relief: Floats


class Civilians(NamedTuple):
    """Which part of a parameter `civilians.*` is people of the side behind the road."""

    parameter: str
    share: float


@dataclass(frozen=True)
class ChainInputs:
    """A chain in arrays.

    Attributes
    ----------
    days
        Length of the period; series have one value a day.
    road
        The road as its dated events have it.
    closed_h, operation_h
        Hours from the start of the chain to the first closure and to the operation.
    side, sides
        The index of the side behind the road, and both ids.
    campaign, displacement
        The stages in arrays.
    turnouts, qualities
        Columns of the operation's levels that hold turnout and combat power of that side's formations.
    civilians
        Who of the operation's civilians live behind the road.
    held
        Share of the area that each side holds before the operation.
    """

    days: int
    road: Road
    closed_h: float
    operation_h: float
    side: int
    sides: tuple[str, str]
    campaign: CampaignInputs
    displacement: Inputs
    turnouts: tuple[int, ...]
    qualities: tuple[int, ...]
    civilians: tuple[Civilians, ...]
    held: tuple[float, float]


@dataclass(frozen=True)
class ChainDraws:
    """What replications 0 .. R - 1 draw before they start.

    Attributes
    ----------
    columns
        The chain's own parameters by name, (R,), in the model's units.
    numbers
        The same in the order of `OWN_PARAMETERS`, (R, K).
    campaign, displacement
        What the stages draw, as each would draw it alone.
    variants
        What the chain draws in each variant, by its id.
    """

    columns: dict[str, Floats]
    numbers: Floats
    campaign: CampaignDraws
    displacement: Draws
    variants: tuple[tuple[str, ChainDraws], ...] = ()

    @property
    def parameters(self) -> dict[str, Floats]:
        """Every drawn parameter of every stage by name, (R,)."""
        return {**self.columns, **self.campaign.columns, **self.displacement.parameters}


def compile_chain(scenario: Scenario) -> ChainInputs:
    """Put a checked chain and the scenarios that it runs into arrays."""
    operation = scenario.stages["campaign"].model_copy(update={"variants": ()})
    campaign, side = compile_campaign(operation), scenario.sides.index(str(scenario.side))
    hour_of, days = scenario.period.hour_of, scenario.period.hours // DAY_H
    closures = closures_of(scenario)
    return ChainInputs(
        days=days,
        road=road_of(scenario, closures, days),
        closed_h=min((max(0.0, hour_of(row.time)) for row in closures), default=math.inf),
        operation_h=hour_of(operation.period.start),
        side=side,
        sides=scenario.sides,
        campaign=campaign,
        displacement=compile_inputs(scenario.stages["displacement"]),
        turnouts=_columns(
            campaign, (row.turnout for row in operation.formations if row.side == scenario.side)
        ),
        qualities=_columns(
            campaign, (row.quality for row in operation.formations if row.side == scenario.side)
        ),
        civilians=_civilians(operation, str(scenario.side)),
        held=_held(campaign),
    )


def closures_of(scenario: Scenario) -> list[Event]:
    """Return the dated events that change what comes in over the road, as far as a run is told of them."""
    return [row for row in scenario.given(scenario.events) if row.kind in (CLOSURE, STOP)]


def road_of(scenario: Scenario, closures: Iterable[Event], days: int) -> Road:
    """Return the road as dated events have it.

    Equation: of each day the part in no closure is open, the part in a closure and in no stop is open to
    relief. Units: shares of the day. Source: definition. Limits: what passes within a day is spread over it evenly.
    """
    spans = {CLOSURE: list[tuple[float, float]](), STOP: list[tuple[float, float]]()}
    for row in closures:
        start = scenario.period.hour_of(row.time)
        spans[row.kind].append((start, math.inf if row.duration_h is None else start + row.duration_h))
    shut = _covered([*spans[CLOSURE], *spans[STOP]], days)
    stopped = _covered(spans[STOP], days)
    return Road(1.0 - shut, shut - stopped)


def _covered(spans: list[tuple[float, float]], days: int) -> Floats:
    """Return the part of each day that lies in any of some spans of hours, (D,)."""
    covered, reached = np.zeros(days), -math.inf
    starts = np.arange(days) * float(DAY_H)
    for start, end in sorted(spans):
        first = max(start, reached)
        covered += np.clip(np.minimum(end, starts + DAY_H) - np.maximum(first, starts), 0.0, None) / DAY_H
        reached = max(reached, end)
    return np.minimum(covered, 1.0)


def joined(before: Road, after: Road, hour: float) -> Road:
    """Return a road that is one until an hour and another from then on.

    Equation: each share of a day is the sum of both, weighted by the parts of the day before and after the hour.
    Units: shares of the day; hours since the start. Source: definition. Limits: as for `road_of`.
    """
    if not math.isfinite(hour):
        return before
    late = _covered([(hour, math.inf)], before.open.size)
    return Road(
        late * after.open + (1.0 - late) * before.open, late * after.relief + (1.0 - late) * before.relief
    )


def opened(road: Road, hour: float) -> Road:
    """Return a road that is open to all from an hour on.

    Equation: `joined` with a road that is always open.
    Units: shares of the day; hours since the start. Source: definition. Limits: as for `road_of`.
    """
    return joined(road, Road(np.ones_like(road.open), np.zeros_like(road.open)), hour)


def _columns(campaign: CampaignInputs, names: Iterable[str | None]) -> tuple[int, ...]:
    """Return where in the levels some parameters stand, each once."""
    return tuple(campaign.afoot.levels.index(name) for name in dict.fromkeys(names) if name is not None)


def _civilians(operation: Scenario, side: str) -> tuple[Civilians, ...]:
    whole: dict[str, float] = {}
    own: dict[str, float] = {}
    for row in operation.civilians:
        whole[row.civilians] = whole.get(row.civilians, 0.0) + row.weight
        own[row.civilians] = own.get(row.civilians, 0.0) + (row.weight if row.side == side else 0.0)
    return tuple(Civilians(name, own[name] / whole[name]) for name in whole if own[name] > 0.0)


def _held(campaign: CampaignInputs) -> tuple[float, float]:
    """Return the share of the area that each side holds at the start."""
    sites = campaign.afoot.theatre.sites
    whole = float(sites.area_km2.sum())
    first, second = (float(sites.area_km2[sites.holder == side].sum()) for side in (0, 1))
    return (first / whole, second / whole) if whole > 0.0 else (0.0, 0.0)


@dataclass(frozen=True)
class Rows:
    """Some replications of a chain or of an arm of it.

    Attributes
    ----------
    inputs, draws, seed, rows
        What is run, and which replications.
    base, fork_h
        Of an arm that begins at an hour: the baseline whose numbers and road hold before it.
    changes
        What an arm changes in the displacement, after all that the stages before it hand on.
    """

    inputs: ChainInputs
    draws: ChainDraws
    seed: int
    rows: slice
    base: Rows | None = None
    fork_h: float = 0.0
    changes: tuple[NumberChange, ...] = ()

    @property
    def count(self) -> int:
        """How many replications there are."""
        count: int = self.rows.stop - self.rows.start
        return count

    @property
    def numbers(self) -> Floats:
        """The chain's own parameters, (R, K), from the fork on."""
        return self.draws.numbers[self.rows]

    @property
    def early_numbers(self) -> Floats:
        """The chain's own parameters, (R, K), before the fork."""
        return self.numbers if self.base is None else self.base.numbers

    @property
    def fork_day(self) -> int:
        """The first day on which the numbers are its own."""
        return math.floor(float(self.fork_h) / DAY_H)

    @property
    def road(self) -> Road:
        """The road as dated events have it, before and after the fork."""
        if self.base is None:
            return self.inputs.road
        return joined(self.base.inputs.road, self.inputs.road, self.fork_h)

    def at(self, hour: float) -> Rows:
        """Return the baseline where an hour comes before the fork, and else the replications themselves."""
        return self.base if self.base is not None and hour < self.fork_h else self

    def of(self, name: str) -> Floats:
        """Return a parameter of the chain itself, (R,), from the fork on."""
        return self.numbers[:, NUMBERS[name]]
