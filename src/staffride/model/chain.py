"""The chain of one replication, from a closed road to those who return.

The stages, in the order in which they run:

1. ``closure``: stocks run down day by day behind the closed road; hunger grows.
2. ``talks``: an agreement opens the road, or the operation begins at its date.
3. ``chain_links``: what the closure leaves to the operation in supply, turnout and combat power.
4. ``campaign``: the operation, until terms are accepted or its period ends.
5. ``chain_links``: what the stages before hand on to those who may leave; the road opens.
6. ``displacement``: who leaves, by which hour, and where they find shelter.
7. ``returns``: who is back after a given time, with and without a credible guarantee.

Every stage meets the luck that it would meet alone. In a replication with an agreement the operation is not run: what
it counts is then zero, and its dates and states are missing.

Limits: the displacement begins on its own clock at the hour at which the road opens; who fled within the operation is
among those who leave; nobody leaves while the road is closed. Stocks, hazards and links are priors without data: a
chain illustrates how policies act through its stages, and is no forecast and no finding about what happened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.model.chain_closure import (
    agree,
    close_road,
    closure_series,
    closure_totals,
    evening_before,
)
from staffride.model.chain_departure import Left, displace, returned
from staffride.model.chain_inputs import DAY_H, ChainDraws, ChainInputs, Rows
from staffride.model.chain_operation import Operation, fled_share, operate, still_held

Floats = NDArray[np.float64]
Series = dict[str, NDArray[np.float32]]


@dataclass(slots=True)
class ChainBlock:
    """What replications ``first .. first + count - 1`` of a chain leave; as `results.block.BlockLike` asks."""

    first: int
    count: int
    series: Series
    totals: dict[str, Floats]
    parameters: dict[str, Floats]
    links: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    events: dict[str, NDArray[Any]] = field(default_factory=dict)


def simulate_chain_block(
    inputs: ChainInputs, draws: ChainDraws, seed: int, first: int, count: int
) -> ChainBlock:
    """Run replications ``first .. first + count - 1`` of the baseline and of every variant, with the same luck."""
    rows = slice(first, first + count)
    series, totals = run_chain(Rows(inputs, draws, seed, rows))
    for name, own in draws.variants:
        _, found = run_chain(Rows(inputs, own, seed, rows))
        totals |= {f"{total}@{name}": column for total, column in found.items()}
    parameters = {name: column[rows] for name, column in draws.parameters.items()}
    return ChainBlock(first, count, series, totals, parameters)


def run_chain(run: Rows) -> tuple[Series, dict[str, Floats]]:
    """Run all stages of some replications, and return series (R, D) and totals (R,) by name."""
    still_closed = close_road(run, np.full(run.count, math.inf))
    agreed_h = agree(run, still_closed)
    operation = operate(run, still_closed, agreed_h)
    open_h = _opening(run, operation, agreed_h)
    evening = evening_before(run, still_closed, open_h)
    left = Left(operation.begun, fled_share(run, operation), still_held(run, operation))
    closed = close_road(run, open_h)
    series, totals = displace(run, evening, left, open_h)
    other = run.inputs.sides[1 - run.inputs.side]
    totals = {
        **closure_totals(run, closed, open_h),
        "talks.agreed": (~operation.begun).astype(np.float64),
        "talks.agreed_h": np.where(operation.begun, math.nan, agreed_h),
        **operation.totals,
        **totals,
        **returned(run, totals["arrivals"], operation.totals[f"displaced.{other}"]),
    }
    return {**closure_series(closed), **operation.series, **series}, totals


def _opening(run: Rows, operation: Operation, agreed_h: Floats) -> Floats:
    """Return when the road opens to all, (R,): a while after the agreement, or after the end of the operation."""
    after_talks = agreed_h + DAY_H * run.of("talks.delay")
    return np.where(operation.begun, operation.end_h + DAY_H * run.of("link.open_delay"), after_talks)
