"""Policies of a chain beside its baseline: arms under the same luck, each acting on the stages that it changes.

A change finds its stage by the name of the parameter, another scenario by its kind. What a policy changes in the
displacement acts after all that the stages before hand on. A policy that begins at a date leaves everything before
it as it was: the closure and the talks by day, the operation by hour, the displacement by the hour at which
the road opens.

Limits: a policy that begins after the road is open changes the rate of the checkpoint and the buses alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from staffride.model.chain import ChainBlock, run_chain, simulate_chain_block
from staffride.model.chain_inputs import ChainDraws, ChainInputs, Rows
from staffride.model.displacement_arms import NumberChange

FOLLOWED = ("deaths.", "civilian_deaths.", "displaced.", "held_share.", "arrivals", "hunger")
"""Beginnings of the names of the series that are kept of an arm."""


@dataclass(frozen=True)
class ChainArm:
    """One policy: the chain as it has it, its changes of the displacement, and the hour from which it acts."""

    id: str
    inputs: ChainInputs
    draws: ChainDraws
    changes: tuple[NumberChange, ...] = ()
    fork_h: float = 0.0


@dataclass(frozen=True)
class ChainArms:
    """A chain and the policies that run beside it; arms share every array that their policies leave alone."""

    inputs: ChainInputs
    draws: ChainDraws
    arms: tuple[ChainArm, ...]


def simulate_arms(arms: ChainArms, seed: int, first: int, count: int) -> ChainBlock:
    """Run replications ``first .. first + count - 1`` of the baseline and of every arm.

    Returns
    -------
    ChainBlock
        The block of the baseline, with the totals and a few series of each arm as ``<name>@<id>``.
    """
    rows = slice(first, first + count)
    block = simulate_chain_block(arms.inputs, arms.draws, seed, first, count)
    for arm in arms.arms:
        base = Rows(arms.inputs, arms.draws, seed, rows) if arm.fork_h > 0.0 else None
        own = Rows(arm.inputs, arm.draws, seed, rows, base, max(0.0, arm.fork_h), arm.changes)
        series, totals = run_chain(own)
        block.totals |= {f"{name}@{arm.id}": column for name, column in totals.items()}
        block.series |= {
            f"{name}@{arm.id}": days for name, days in series.items() if name.startswith(FOLLOWED)
        }
    return block
