"""Time of one replication of the traffic: a corridor of eight links, and the roads of a shipped scenario.

Run ``python benchmarks/bench_traffic.py``.
"""

import time

import numpy as np

from staffride.model.road_network import Road, build_network, network_of
from staffride.model.traffic import drive
from staffride.scenario import load

VEHICLES = 21_000
HOURS = 264


def corridor(links=8):
    """Return a straight road of equal links with a checkpoint before the last one."""
    roads = {number: Road(number, number + 1, 0.2, 1200.0, 140.0 * 8.0) for number in range(links)}
    return network_of(roads, links + 1, links, exit_node=links, checkpoint_node=links - 1)


def shipped():
    """Return the roads of the displacement of September 2023 and where its vehicles start."""
    scenario = load("karabakh-2023")
    network = build_network(scenario, scenario.exit_place, scenario.checkpoint_place)
    index = {place.id: number for number, place in enumerate(scenario.places)}
    nodes = [index[row.place] for row in scenario.people]
    shares = np.array([row.share for row in scenario.people])
    origin = np.random.default_rng(1).choice(nodes, VEHICLES, p=shares / shares.sum())
    return network, origin.astype(np.int32)


def milliseconds(network, origin, repetitions=100):
    """Return the shortest and the median time of a replication, and how often a vehicle entered a link."""
    ready = np.sort(12.0 + np.random.default_rng(2).gamma(3.0, 14.0, VEHICLES))
    rate = np.concatenate([np.full(60, 70.0), np.full(HOURS - 60, 230.0)])
    passages = [np.empty(VEHICLES) for _ in range(3)]
    counts = [np.empty((HOURS, len(network.link_from) - 1), np.int32) for _ in range(3)]
    times = []
    for _ in range(repetitions + 1):
        start = time.perf_counter()
        drive(network, origin, ready, rate, *passages, *counts)
        times.append(1e3 * (time.perf_counter() - start))
    return min(times[1:]), float(np.median(times[1:])), int(counts[0][-1].sum())


def main():
    """Print the times."""
    cases = {"corridor, 8 links": (corridor(), np.zeros(VEHICLES, np.int32)), "karabakh-2023": shipped()}
    for name, (network, origin) in cases.items():
        best, median, entries = milliseconds(network, origin)
        print(
            f"{name:<20} best {best:.2f} ms, median {median:.2f} ms, "
            f"{1e6 * best / entries:.0f} ns per vehicle and link ({entries:,} entries)"
        )


if __name__ == "__main__":
    main()
