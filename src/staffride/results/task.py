"""The work of one worker: simulate a block of replications and store it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from staffride.results.block import BlockLike, write_block

Simulate = Callable[[Any, Any, int, int, int], BlockLike]
"""A model: inputs, draws, seed, first replication, number of replications -> a block."""


@dataclass(frozen=True)
class BlockTask:
    """Simulates blocks of one run and writes each to the run's folder.

    Attributes
    ----------
    simulate
        The model, a function of a module, so that a worker imports that model and no other.
    inputs, draws, seed
        What the model needs.
    blocks
        Folder for the blocks.
    key
        The word that each block of this run carries.
    """

    simulate: Simulate
    inputs: Any
    draws: Any
    seed: int
    blocks: Path
    key: str

    def __call__(self, first: int, count: int) -> int:
        """Simulate replications ``first`` to ``first + count - 1``, store them, and return ``count``.

        Raises
        ------
        StorageError
            The disk is full or refuses to write.
        """
        write_block(self.blocks, self.key, self.simulate(self.inputs, self.draws, self.seed, first, count))
        return count
