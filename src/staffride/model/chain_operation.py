"""The operation of some replications of a chain: the campaign as it runs alone, after what the closure left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_arms import CampaignArm, CampaignArms, simulate_arms
from staffride.model.campaign_block import (
    CampaignBlock,
    all_total_names,
    kept_names,
    simulate_campaign_block,
)
from staffride.model.campaign_inputs import CampaignDraws
from staffride.model.chain_closure import Closed, evening_before
from staffride.model.chain_inputs import DAY_H, Rows
from staffride.model.chain_links import DrawsAfterClosure, hungry_factor, supplied_factor

Floats = NDArray[np.float64]
Series = dict[str, NDArray[np.float32]]

KEPT = ("deaths", "civilian_deaths", "displaced", "held_share")
"""Series of the operation that a chain keeps for each side, at the end of each day."""

HELD, END, FLED = "held_share", "end_h", "displaced"
DATES = ("changed.", "last_changed.", END)
STATES = (
    "present.", "supply_days.", "ammunition_days.", "cohesion.", "rounds_left.", "network.", "flyable", "leakage.",
)  # fmt: skip
"""Beginnings of the names of totals of an operation that do not exist where there was none."""

ALONE = ""


class Operation(NamedTuple):
    """What the operation leaves, (R,) each: whether it began, its last hour, series by day and totals by name."""

    begun: NDArray[np.bool_]
    end_h: Floats
    series: Series
    totals: dict[str, Floats]


def operate(run: Rows, closed: Closed, agreed_h: Floats) -> Operation:
    """Run the operation in the replications in which no agreement came before it."""
    begun = ~np.isfinite(agreed_h)
    operation = _not_begun(run, begun)
    draws = {True: _after_closure(run, closed)}
    if run.base is not None:
        draws[False] = _after_closure(run.base, closed)
    for first, count in stretches(begun):
        block, suffix = _simulate(run, draws, run.rows.start + first, count)
        _put(run, operation, slice(first, first + count), block, suffix)
    return operation


def stretches(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield where each stretch of true begins, and how long it is.

    >>> list(stretches(np.array([True, True, False, True])))
    [(0, 2), (3, 1)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield int(start), int(end - start)


def _after_closure(run: Rows, closed: Closed) -> DrawsAfterClosure:
    """Return what the operation draws, with what the closure made of it."""
    evening = evening_before(run, closed, np.full(run.count, run.inputs.operation_h))
    supply, turnout, quality = (run.of(f"link.{name}_effect") for name in ("supply", "turnout", "quality"))
    factors = [
        (
            supplied_factor(supply[row], evening.food[row], evening.fuel[row]),
            hungry_factor(turnout[row], evening.hunger[row]),
            hungry_factor(quality[row], evening.hunger[row]),
        )
        for row in range(run.count)
    ]
    columns = np.array(factors).reshape(run.count, 3).T
    return DrawsAfterClosure(
        **_plain(run.draws.campaign), first=run.rows.start, side=run.inputs.side, supply=columns[0],
        turnout=columns[1], quality=columns[2], turnouts=run.inputs.turnouts, qualities=run.inputs.qualities,
    )  # fmt: skip


def _plain(draws: CampaignDraws) -> dict[str, Any]:
    return {name: getattr(draws, name) for name in CampaignDraws.__dataclass_fields__}


def _simulate(
    run: Rows, draws: dict[bool, DrawsAfterClosure], first: int, count: int
) -> tuple[CampaignBlock, str]:
    """Return a block of the operation, and what the names of its totals and series end in."""
    inputs, fork_h = run.inputs.campaign, run.fork_h - run.inputs.operation_h
    if run.base is None or fork_h <= 0.0:
        return simulate_campaign_block(inputs, draws[True], run.seed, first, count), ALONE
    before = run.base.inputs.campaign
    if fork_h >= inputs.hours:
        return simulate_campaign_block(before, draws[False], run.seed, first, count), ALONE
    arm = CampaignArm("arm", inputs, draws[True], int(np.ceil(fork_h)))
    arms = CampaignArms(before, draws[False], (arm,))
    return simulate_arms(arms, run.seed, first, count), "@arm"


def _not_begun(run: Rows, begun: NDArray[np.bool_]) -> Operation:
    """Return what stands where there is no operation: nothing counted, no dates, the ground as it was."""
    inputs, count = run.inputs, run.count
    names = kept_names(inputs.campaign)
    totals = {
        name: np.full(count, np.nan if name.startswith((*DATES, *STATES)) else 0.0)
        for name in all_total_names(inputs.campaign)
        if name in names
    }
    series: Series = {}
    for at, side in enumerate(inputs.sides):
        for measure in KEPT:
            start = inputs.held[at] if measure == HELD else 0.0
            series[f"{measure}.{side}"] = np.full((count, inputs.days), start, np.float32)
        totals[f"{HELD}.{side}"] = np.full(count, inputs.held[at])
    end_h = np.full(count, np.nan)
    return Operation(begun, end_h, series, {**totals, "operation.begun": begun.astype(np.float64)})


def _put(run: Rows, operation: Operation, rows: slice, block: CampaignBlock, suffix: str) -> None:
    """Put a block of the operation where it stands among the replications and on the days of the chain."""
    inputs = run.inputs
    for name, column in operation.totals.items():
        if name + suffix in block.totals:
            column[rows] = block.totals[name + suffix]
    every, hours = inputs.campaign.every_h, inputs.campaign.hours
    since = (np.arange(inputs.days) + 1) * DAY_H - inputs.operation_h
    slot = np.minimum(np.floor(since / every), hours // every).astype(np.int64) - 1
    for name, days in operation.series.items():
        if name + suffix in block.series:
            days[rows, slot >= 0] = block.series[name + suffix][:, slot[slot >= 0]]
    end_h = block.totals[END + suffix]
    operation.end_h[rows] = inputs.operation_h + np.where(np.isfinite(end_h), end_h, hours)


def still_held(run: Rows, operation: Operation) -> Floats:
    """Return what the side behind the road still holds of what it held, none where it accepted terms, (R,)."""
    side = run.inputs.side
    whole = run.inputs.held[side]
    held = (
        operation.totals[f"{HELD}.{run.inputs.sides[side]}"] / whole if whole > 0.0 else np.zeros(run.count)
    )
    return np.where(np.isfinite(operation.totals[END]), 0.0, np.clip(held, 0.0, 1.0))


def fled_share(run: Rows, operation: Operation) -> Floats:
    """Return the share of the civilians behind the road who fled or were killed in the operation, (R,)."""
    side = run.inputs.sides[run.inputs.side]
    people = np.zeros(run.count)
    for part in run.inputs.civilians:
        people += run.draws.campaign.columns[part.parameter][run.rows] * part.share
    hurt = operation.totals[f"{FLED}.{side}"] + operation.totals[f"civilian_deaths.{side}"]
    return np.clip(np.divide(hurt, people, out=np.zeros(run.count), where=people > 0.0), 0.0, 1.0)
