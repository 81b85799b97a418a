"""Speed of a campaign's day: milliseconds of one core a replication, variant by variant.

Run ``python benchmarks/bench_campaign.py [scenario] [replications]`` (opening-day and 500 by default) on a machine
with an idle core.  Prints the time to compile (or to load from the cache), then the processor time a replication of
each variant, the least of three repetitions.
"""

from __future__ import annotations

import sys
import time

from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign import simulate_variant
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.kinds import parameters_of
from staffride.scenario import load

SEED, REPETITIONS = 1, 3


def measure(name: str, replications: int) -> None:
    """Print what loading, compiling and running a scenario takes."""
    start = time.perf_counter()
    scenario = load(name, parameters_of)
    inputs = compile_campaign(scenario)
    draws = draw_campaign(scenario, replications, SEED, inputs)
    print(f"{name}: {inputs.units.size} units, {inputs.orders.rows.size} orders, {inputs.hours} h")
    print(f"load, terrain and draws: {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    simulate_variant(inputs, draws, 0, SEED, slice(0, 1))
    print(f"compile or load kernels: {time.perf_counter() - start:.2f} s")
    for variant, label in enumerate(inputs.variants):
        times = []
        for _ in range(REPETITIONS):
            start = time.process_time()
            simulate_variant(inputs, draws, variant, SEED, slice(0, replications))
            times.append(time.process_time() - start)
        print(f"{label}: {1000 * min(times) / replications:.3f} ms a replication")


if __name__ == "__main__":
    measure(
        sys.argv[1] if len(sys.argv) > 1 else "opening-day", int(sys.argv[2]) if len(sys.argv) > 2 else 500
    )
