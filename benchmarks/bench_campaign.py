"""Speed of a campaign: one replication by steps of the hour, a whole run on all cores, and the first compilation.

Run ``python benchmarks/bench_campaign.py [scenario] [replications] [--all] [--cold]`` (opening-day and 500 by default)
on a Linux machine with idle cores. Prints the processor time a replication of the baseline, the least of three
repetitions, and the share of each step of the hour; then wall time, processor time and peak of memory of what
``staffride run --variants none`` does with all cores, report and all. ``--all`` times every variant too; ``--cold``
first compiles into an empty folder and says how long that took. Targets for karabakh-2020 on two idle cores: 1,000
replications in 20 s, 1.5 GiB, no step above 30 %, and 45 s for the first compilation.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from bench_run import measure
from staffride.engine.compile import CACHE_VARIABLE
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_block import simulate_variant
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.campaign_steps import STEPS
from staffride.model.kinds import parameters_of
from staffride.scenario import load

SEED, REPETITIONS, SAMPLE = 1, 3, 50
COLD = """
import sys, time
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_block import simulate_variant
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.kinds import parameters_of
from staffride.scenario import load
from staffride.engine.compile import first_compilation_calls
scenario = load(sys.argv[1], parameters_of)
inputs = compile_campaign(scenario)
draws = draw_campaign(scenario, 1, 1, inputs)
wall, processor = time.perf_counter(), time.process_time()
with first_compilation_calls(lambda: None):
    simulate_variant(inputs, draws, 0, 1, slice(0, 1))
print(f"{time.perf_counter() - wall:.1f} s wall, {time.process_time() - processor:.1f} s processor")
"""


def compile_cold(name: str) -> None:
    """Print what the first compilation takes, in a fresh process and an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {CACHE_VARIABLE: folder}
        command = [sys.executable, "-c", COLD, name]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    print(f"first compilation: {done.stdout.strip()}")


def measure_steps(name: str, replications: int, every_variant: bool) -> None:
    """Print the processor time of a replication, variant by variant, and the share of each step of the hour."""
    scenario = load(name, parameters_of)
    inputs = compile_campaign(scenario)
    draws = draw_campaign(scenario, replications, SEED, inputs)
    print(f"{name}: {inputs.units.size} units, {inputs.orders.rows.size} orders, {inputs.hours} h")
    simulate_variant(inputs, draws, 0, SEED, slice(0, 1))
    spent = None
    for variant, label in enumerate(inputs.variants if every_variant else inputs.variants[:1]):
        times = []
        for _ in range(REPETITIONS):
            start = time.process_time()
            found = simulate_variant(inputs, draws, variant, SEED, slice(0, replications))
            times.append(time.process_time() - start)
        print(f"{label}: {1000 * min(times) / replications:.3f} ms a replication")
        spent = found.spent / found.spent.sum() if variant == 0 else spent
    for step, share in zip(STEPS, spent, strict=True):
        print(f"  {step.phenomenon:18s}{share:6.1%}")
    print(f"  no step above {spent.max():.1%}")


def main() -> None:
    """Print what was asked for."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    name, replications = words[0] if words else "opening-day", int(words[1]) if len(words) > 1 else 500
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    if "--cold" in sys.argv:
        compile_cold(name)
    measure_steps(name, min(replications, SAMPLE), "--all" in sys.argv)
    measure(2, 1, name, variants="none")
    row = measure(replications, None, name, variants="none")
    parts = ", ".join(
        f"{step} {row[step]:.1f}" for step in ("import", "plan", "simulate", "store", "score", "report")
    )
    print(f"{replications} replications: {row['whole']:.1f} s wall ({parts})")
    print(f"{row['processor']:.1f} s processor, {row['memory']:.2f} GiB at most")


if __name__ == "__main__":
    main()
