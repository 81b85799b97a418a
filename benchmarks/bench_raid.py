"""Time of a raid against air defence: a typical raid, a heavy one, and a long stream.

Run ``python benchmarks/bench_raid.py``.
"""

import time

import numpy as np
from numba import njit

from staffride.model.raid import (
    EMITS_WHILE_ENGAGING,
    Batteries,
    Groups,
    Threats,
    raid_workspace,
    resolve_raid,
)

REPETITIONS = 20_000
STREAM = 20_000


def raid(threats, batteries, channels, networked, reached):
    """Return a raid of three groups; a battery reaches a group with the chance ``reached``."""
    random = np.random.default_rng(1)
    shape = (3, batteries)
    enter = np.where(random.random(shape) < reached, random.uniform(20.0, 100.0, shape), np.inf)
    leave = enter + random.uniform(40.0, 120.0, shape)
    impact = np.where(np.isfinite(leave), leave, 100.0).max(axis=1) + 10.0
    return (
        Threats(
            np.arange(threats), random.integers(0, 3, threats).astype(np.int32),
            np.sort(random.uniform(0.0, 120.0, threats)), random.integers(-1, batteries, threats).astype(np.int32),
            np.ones(threats, np.bool_), np.zeros(threats, np.bool_),
        ),
        Groups(enter, leave, impact, random.uniform(0.4, 0.8, shape), np.full(shape, 0.9)),
        Batteries(
            np.arange(batteries), np.full(batteries, channels), np.full(batteries, 25.0), np.ones(batteries, int),
            np.full(batteries, 2), np.full(batteries, networked), np.full(batteries, EMITS_WHILE_ENGAGING, np.int8),
            np.ones(batteries, int), np.full(batteries, 6), np.zeros(batteries, int), np.zeros(batteries, int),
        ),
    )  # fmt: skip


@njit(nogil=True)
def repeat(first, repetitions, threats, groups, batteries, work, outcome, end_s):
    """Resolve the same raid again and again; return the number of rounds fired."""
    fired = 0
    for replication in range(first, first + repetitions):
        batteries.elements[:] = 1
        batteries.rounds[:] = 6
        batteries.shots[:] = 0
        resolve_raid(1, replication, 0, 0, threats, groups, batteries, 0.5, 0.0, work, outcome, end_s)
        fired += batteries.shots.sum()
    return fired


def microseconds(threats, groups, batteries):
    """Return the shortest and the median time of a raid, and its mean number of rounds."""
    work = raid_workspace(threats.key.size, batteries.key.size, int(batteries.channels.sum()))
    outcome, end_s = np.empty(threats.key.size, np.int8), np.empty(threats.key.size)
    times = []
    for batch in range(8):
        start = time.process_time()
        fired = repeat(batch * REPETITIONS, REPETITIONS, threats, groups, batteries, work, outcome, end_s)
        times.append(1e6 * (time.process_time() - start) / REPETITIONS)
    return min(times[1:]), float(np.median(times[1:])), fired / REPETITIONS


def stream_milliseconds(patience_s):
    """Return the shortest time of 20,000 threats at random, three a second, against four channels of a second each."""
    start_s = np.cumsum(np.random.default_rng(2).exponential(1.0 / 3.0, STREAM))
    nobody, never = np.full(STREAM, -1, np.int32), np.zeros(STREAM, np.bool_)
    threats = Threats(np.arange(STREAM), np.zeros(STREAM, np.int32), start_s, nobody, never, never)
    ones = np.ones((1, 1))
    groups = Groups(0.0 * ones, patience_s * ones, np.full(1, patience_s), ones, ones)
    one = np.ones(1, int)
    batteries = Batteries(
        one,
        4 * one,
        np.ones(1),
        one,
        one,
        np.ones(1, np.bool_),
        np.ones(1, np.int8),
        one,
        10**9 * one,
        0 * one,
        0 * one,
    )
    work, outcome, end_s = raid_workspace(STREAM, 1, 4), np.empty(STREAM, np.int8), np.empty(STREAM)
    times = []
    for replication in range(20):
        begin = time.process_time()
        resolve_raid(1, replication, 0, 0, threats, groups, batteries, 1.0, 1.0, work, outcome, end_s)
        times.append(1e3 * (time.process_time() - begin))
    return min(times[1:])


def main():
    """Print the times."""
    cases = {
        "4 threats, 3 batteries": raid(4, 3, 1, True, 0.7),
        "12 threats, 5 batteries, each reaches half of them": raid(12, 5, 1, True, 0.5),
        "12 threats, 5 batteries, no network": raid(12, 5, 1, False, 0.5),
        "12 threats, 5 batteries of 4 channels, all in reach": raid(12, 5, 4, True, 1.0),
        "100 threats, 10 batteries": raid(100, 10, 2, True, 0.7),
    }
    for name, case in cases.items():
        best, median, fired = microseconds(*case)
        print(f"{name:<54} best {best:6.2f} us, median {median:6.2f} us, {fired:5.1f} rounds")
    for patience in (0.0, 1.0):
        best = stream_milliseconds(patience)
        print(f"20,000 threats, 4 channels, patience {patience:.0f} s {best:22.2f} ms")


if __name__ == "__main__":
    main()
