"""Policies of a campaign beside its baseline: arms under the same luck, and forks of a run at a date.

An arm from the start is a campaign of its own with the same keys, so that whatever its policy does not touch happens
as in the baseline. An arm from a later moment is a fork: the baseline runs to that moment, and from its state at that
moment the arm goes on under its own numbers. Up to the fork the two are the same run, which is run once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from staffride.model.campaign import Force
from staffride.model.campaign_block import (
    CampaignBlock,
    Found,
    Working,
    add_up,
    block_of,
    force_of,
    forces_of,
    go_on,
    new_found,
    new_working,
    series_of,
    simulate_variant,
    totals_of,
)
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, most_missions
from staffride.model.campaign_room import larger

FOLLOWED = ("deaths.", "civilian_deaths.", "displaced.", "held_share.")
"""Beginnings of the names of the series that are kept of an arm."""

LEFT_OUT = ("changes.", "last_changed.")
"""Beginnings of the names of totals that, like those by cause, are kept of an arm only where they are asked for."""

_SCRATCH, _BY = frozenset({"missions"}), ".by."


@dataclass(frozen=True)
class CampaignArm:
    """One policy: the campaign as it has it, and the hour from which its runs are its own (0: from the start)."""

    id: str
    inputs: CampaignInputs
    draws: CampaignDraws
    fork_h: int = 0


@dataclass(frozen=True)
class CampaignArms:
    """A campaign and the policies that run beside it.

    Arms share every array with the baseline that their policies leave alone, so that memory hardly grows with them.
    ``also`` are names of totals that are kept of an arm besides the others.
    """

    inputs: CampaignInputs
    draws: CampaignDraws
    arms: tuple[CampaignArm, ...]
    also: frozenset[str] = frozenset()


def simulate_arms(arms: CampaignArms, seed: int, first: int, count: int) -> CampaignBlock:
    """Run replications ``first .. first + count - 1`` of the baseline and of every arm.

    Returns
    -------
    CampaignBlock
        The block of the baseline, with the totals and a few series of each arm as ``<name>@<id>``.
    """
    rows = slice(first, first + count)
    forks = sorted((arm for arm in arms.arms if arm.fork_h > 0), key=lambda arm: arm.fork_h)
    found, of_forks = _run_with_forks(arms, forks, seed, rows)
    block = block_of(arms.inputs, arms.draws, found, first, count)
    for arm in arms.arms:
        mine = of_forks[arm.id] if arm.fork_h > 0 else simulate_variant(arm.inputs, arm.draws, 0, seed, rows)
        _keep(block, arm, mine, arms.also)
    return block


def _keep(block: CampaignBlock, arm: CampaignArm, found: Found, also: frozenset[str]) -> None:
    """Put the totals and the followed series of an arm into a block."""
    for name, column in totals_of(arm.inputs, found).items():
        if name in also or not (name.startswith(LEFT_OUT) or _BY in name):
            block.totals[f"{name}@{arm.id}"] = column
    series = series_of(arm.inputs, found)
    block.series |= {f"{name}@{arm.id}": rows for name, rows in series.items() if name.startswith(FOLLOWED)}


class _Fork(NamedTuple):
    """An arm that forks, with room for what it leaves and what it works in."""

    arm: CampaignArm
    forces: Force
    found: Found


def _run_with_forks(
    arms: CampaignArms, forks: Sequence[CampaignArm], seed: int, rows: slice
) -> tuple[Found, dict[str, Found]]:
    """Return what the baseline leaves, and each fork of it; nothing is run twice before a fork."""
    count, inputs = rows.stop - rows.start, arms.inputs
    if not forks:
        return simulate_variant(inputs, arms.draws, 0, seed, rows), {}
    base = _Fork(
        CampaignArm("", inputs, arms.draws), forces_of(inputs, arms.draws, 0, rows), new_found(inputs, count)
    )
    others = [
        _Fork(arm, forces_of(arm.inputs, arm.draws, 0, rows), new_found(arm.inputs, count)) for arm in forks
    ]
    most = max(
        most_missions(one.arm.inputs, one.forces.strengths, one.forces.tempos) for one in (base, *others)
    )
    trunk, branch, row = new_working(inputs, most), new_working(inputs, most), 0
    while row < count:
        if _run_row(base, others, seed, rows.start + row, row, trunk, branch):
            row += 1
        else:
            raids = larger(trunk.raids)
            trunk, branch = trunk._replace(raids=raids), branch._replace(raids=raids)
    return base.found, {one.arm.id: one.found for one in others}


def _run_row(
    base: _Fork,
    forks: Sequence[_Fork],
    seed: int,
    replication: int,
    row: int,
    trunk: Working,
    branch: Working,
) -> bool:
    """Run one replication and its forks; return whether the room for raids was large enough."""
    reached, inputs = 0, base.arm.inputs
    force = force_of(base.forces, row)
    for fork in forks:
        hour = fork.arm.fork_h
        if hour > reached and not go_on(
            inputs, force, seed, replication, (reached, hour), trunk, base.found, row
        ):
            return False
        reached = hour
        if not _branch(base, fork, seed, replication, row, trunk, branch):
            return False
    if not go_on(inputs, force, seed, replication, (reached, inputs.hours), trunk, base.found, row):
        return False
    add_up(inputs, trunk, base.found, row)
    return True


def _branch(
    base: _Fork, fork: _Fork, seed: int, replication: int, row: int, trunk: Working, branch: Working
) -> bool:
    """Go on from the state of the trunk under the numbers of a fork, to the end."""
    inputs, own = fork.arm.inputs, branch
    copy_state(trunk, own)
    if own.afoot is not None:
        own = own._replace(afoot=own.afoot._replace(theatre=inputs.afoot.theatre))
    fork.found.series[row], fork.found.ground_series[row] = (
        base.found.series[row],
        base.found.ground_series[row],
    )
    hours = fork.arm.fork_h, inputs.hours
    if not go_on(inputs, force_of(fork.forces, row), seed, replication, hours, own, fork.found, row):
        return False
    add_up(inputs, own, fork.found, row)
    return True


def copy_state(source: Working, target: Working) -> None:
    """Copy all that an hour hands on to the next; raids and missions are made anew in each."""
    np.copyto(target.state, source.state)
    for name in source.room._fields:
        if name not in _SCRATCH:
            _copy(getattr(source.room, name), getattr(target.room, name))
    if source.afoot is not None and target.afoot is not None:
        _copy(source.afoot.war, target.afoot.war)
        _copy(source.afoot.room, target.afoot.room)


def _copy(source: Any, target: Any) -> None:  # noqa: ANN401  arrays and tuples of them
    """Copy an array, or every array in a tuple."""
    if isinstance(source, np.ndarray):
        np.copyto(target, source)
    elif isinstance(source, tuple):
        for one, other in zip(source, target, strict=True):
            _copy(one, other)
