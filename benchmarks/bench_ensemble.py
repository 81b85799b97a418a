"""Speed of two workers against one, on replications of the traffic of the corridor.

Run ``python benchmarks/bench_ensemble.py [replications]`` on a machine with two idle cores.  Prints, with one
worker and with two: the time of the whole run, workers prepared as the program does it; the time per block
once all are at work; and the processor time per replication, which says on a busy machine too whether two
workers get in each other's way.  Kernels come from the cache: the first run fills it.
"""

import os
import sys
import time

import numpy as np

from bench_traffic import HOURS, VEHICLES, corridor
from staffride.engine.ensemble import blocks_of, prepare_workers, run_blocks
from staffride.engine.random import TRAFFIC, uniforms
from staffride.model.traffic import drive


class Replications:
    """A task that drives all vehicles once per replication and returns arrivals by hour."""

    def __init__(self):
        self.network = corridor()

    def __call__(self, first, replications):
        """Return the vehicles out of the last link by hour, and the processor time that it took."""
        start = time.process_time()
        arrivals = np.stack([self.replicate(row) for row in range(first, first + replications)])
        return arrivals, time.process_time() - start

    def replicate(self, replication):
        """Run one replication."""
        spread = 10.0 + 10.0 * uniforms(1, replication, TRAFFIC, 0, 0, 0)[0]
        ready = np.linspace(0.0, 6.0 * spread, VEHICLES)
        passages = [np.empty(VEHICLES) for _ in range(3)]
        counts = [np.empty((HOURS, 8), np.int32) for _ in range(2)]
        drive(self.network, np.zeros(VEHICLES, np.int32), ready, np.full(HOURS, 230.0), *passages, *counts)
        return counts[1][:, -1]


def measure(workers, replications):
    """Return the time of the whole run, the time per block in the steady state, and the processor time."""
    blocks = blocks_of(replications, 25)
    ends, processor = [], 0.0
    start = time.perf_counter()
    for result in run_blocks(Replications(), blocks, workers):
        ends.append(time.perf_counter())
        processor += result.value[1]
    warm = 2 * workers
    return ends[-1] - start, (ends[-1] - ends[warm - 1]) / (len(blocks) - warm), processor / replications


def main():
    """Print times and ratios."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    prepare_workers(["staffride.model.traffic"])
    Replications()(0, 1)
    time.sleep(1.5)  # the program reads its scenario in the meantime
    print(f"{replications} replications, load of the machine {os.getloadavg()[0]:.1f}")
    rows = zip(*(measure(workers, replications) for workers in (1, 2)), strict=True)
    names = ("whole run, s", "one block, ms", "processor time of a replication, ms")
    for name, scale, (one, two) in zip(names, (1, 1e3, 1e3), rows, strict=True):
        print(f"{name:<36} one worker {scale * one:8.2f}, two {scale * two:8.2f}, ratio {one / two:.2f}")


if __name__ == "__main__":
    from bench_ensemble import main as imported_main  # so that the task lives in a module

    imported_main()
