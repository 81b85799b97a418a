"""Time of one replication of the displacement of 2023, where it goes, and memory; 100,000 people, nearly all leave.

Run ``python benchmarks/bench_displacement.py [replications]``.  Times are of one processor (``process_time``); of each
replication the least of a few rounds counts, so that they mean something on a busy machine.
"""

import functools
import os
import resource
import sys
import time
from collections import defaultdict

import numpy as np

from staffride.lab.conditioning import draw
from staffride.model import displacement
from staffride.model.displacement import PARAMETERS, Block, compile_inputs, simulate_block
from staffride.scenario import load

PEOPLE, STAY_SHARE, SEED, ROUNDS = 100_000, 0.01, 1, 5
PHENOMENA = {
    "departure": ("decide",),
    "parties": ("form_parties", "line_up"),
    "fuel": ("hand_out_fuel", "take_casualties"),
    "buses": ("board_convoys",),
    "order by time": ("order_by_time",),
    "traffic": ("drive",),
    "reception": ("receive",),
    "tally": ("count_on_road", "people_series", "road_series", "reception_series", "totals_of", "events_of"),
}


def timed(function, spent, name):
    """Return the function; what it costs is added to ``spent[name]``."""

    @functools.wraps(function)
    def wrapper(*arguments):
        start = time.process_time_ns()
        result = function(*arguments)
        spent[name] += time.process_time_ns() - start
        return result

    return wrapper


def prepare(replications):
    """Return the inputs and draws of replications of equal size."""
    scenario = load("karabakh-2023", PARAMETERS)
    inputs = compile_inputs(scenario)
    draws = draw(scenario, replications, SEED, mode="prior", inputs=inputs)
    draws.parameters["population.residents"][:] = PEOPLE
    draws.parameters["departure.stay_share"][:] = STAY_SHARE
    return inputs, draws


def milliseconds(inputs, draws, replications):
    """Return the time per replication: the mean over replications of the least time in a few rounds."""
    times = np.empty((ROUNDS, replications + 1))
    for round_times in times:
        stamps = [time.process_time()]
        simulate_block(inputs, draws, SEED, 0, replications, on_replication=functools.partial(stamp, stamps))
        round_times[:-1] = np.diff(stamps)
        round_times[-1] = time.process_time() - stamps[-1]
    return 1e3 * times.min(axis=0).sum() / replications


def stamp(stamps):
    """Note the time."""
    stamps.append(time.process_time())


def share_of_each(inputs, draws, replications):
    """Return milliseconds per replication by phenomenon, in the fastest of a few rounds."""
    spent = defaultdict(int)
    for phenomenon, names in PHENOMENA.items():
        for name in names:
            setattr(displacement, name, timed(getattr(displacement, name), spent, phenomenon))
    Block.put = timed(Block.put, spent, "block of results")
    rounds = []
    for _ in range(ROUNDS):
        spent.clear()
        start = time.process_time_ns()
        simulate_block(inputs, draws, SEED, 0, replications)
        spent["all else"] = time.process_time_ns() - start - sum(spent.values())
        rounds.append({name: value / 1e6 / replications for name, value in spent.items()})
    return min(rounds, key=lambda times: sum(times.values()))


def main():
    """Print the times and the peak memory."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    inputs, draws = prepare(replications)
    simulate_block(inputs, draws, SEED, 0, 1)
    print(f"{PEOPLE:,} people, {replications} replications, load {os.getloadavg()[0]:.1f}")
    print(f"{milliseconds(inputs, draws, replications):.2f} ms of one processor per replication")
    block = simulate_block(inputs, draws, SEED, 0, replications)
    vehicles = np.mean(block.totals["vehicles"])
    for name, cost in sorted(share_of_each(inputs, draws, replications).items(), key=lambda row: -row[1]):
        print(f"  {name:<18} {cost:6.2f} ms")
    print(
        f"{vehicles:,.0f} vehicles; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
    )


if __name__ == "__main__":
    main()
