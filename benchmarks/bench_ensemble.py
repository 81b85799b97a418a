"""Speed of two workers against one, on replications of the traffic of the corridor.

Run ``python benchmarks/bench_ensemble.py [replications]`` on a machine with two idle cores.  Prints the time
with one worker, with two, and their ratio: over the whole run (with the start of the processes) and after
the first results (the steady state).  Kernels come from the cache: the first run fills it.
"""

import os
import sys
import time

import numpy as np

from bench_traffic import HOURS, VEHICLES, corridor
from staffride.engine.ensemble import blocks_of, run_blocks
from staffride.engine.random import TRAFFIC, uniforms
from staffride.model.traffic import drive


class Replications:
    """A task that drives all vehicles once per replication and returns arrivals by hour."""

    def __init__(self):
        self.network = corridor()

    def __call__(self, first, replications):
        """Return the vehicles out of the last link by hour; shape (replications, H)."""
        return np.stack([self.replicate(row) for row in range(first, first + replications)])

    def replicate(self, replication):
        """Run one replication."""
        spread = 10.0 + 10.0 * uniforms(1, replication, TRAFFIC, 0, 0, 0)[0]
        ready = np.linspace(0.0, 6.0 * spread, VEHICLES)
        passages = [np.empty(VEHICLES) for _ in range(3)]
        counts = [np.empty((HOURS, 8), np.int32) for _ in range(2)]
        drive(self.network, np.zeros(VEHICLES, np.int32), ready, np.full(HOURS, 230.0), *passages, *counts)
        return counts[1][:, -1]


def seconds(workers, replications):
    """Return the time of the whole run, and the time per block after the first blocks."""
    blocks = blocks_of(replications, 25)
    start = time.perf_counter()
    ends = [time.perf_counter() for _ in run_blocks(Replications(), blocks, workers)]
    warm = 2 * workers
    return ends[-1] - start, (ends[-1] - ends[warm - 1]) / (len(blocks) - warm)


def main():
    """Print times and ratios."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    Replications()(0, 1)
    whole, steady = zip(*(seconds(workers, replications) for workers in (1, 2)), strict=True)
    print(f"{replications} replications, load {os.getloadavg()[0]:.1f}")
    print(f"whole run: {whole[0]:.2f} s and {whole[1]:.2f} s, ratio {whole[0] / whole[1]:.2f}")
    print(
        f"steady:    {1e3 * steady[0]:.1f} and {1e3 * steady[1]:.1f} ms a block, ratio {steady[0] / steady[1]:.2f}"
    )


if __name__ == "__main__":
    main()
