"""The work of one worker: simulate a block of replications and store it at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from staffride.model.displacement import Draws, Inputs, simulate_block
from staffride.results.block import write_block


@dataclass(frozen=True)
class BlockTask:
    """Simulates blocks of one run and writes each to the run's folder.

    Attributes
    ----------
    inputs, draws, seed
        What the model needs.
    blocks
        Folder for the blocks.
    key
        The word that each block of this run carries.
    """

    inputs: Inputs
    draws: Draws
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
        write_block(self.blocks, self.key, simulate_block(self.inputs, self.draws, self.seed, first, count))
        return count
