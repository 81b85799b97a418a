"""Time of an hour of small groups: 30 groups among 200 formations, 90 places and 150 ways, 44 days.

Run ``python benchmarks/bench_groups.py`` on a machine with an idle core. Prints the time to compile (or to load from
the cache), and the processor time of an hour, the least of five repetitions: with groups that walk all the time, and
with groups of which each stands behind a place.
"""

from __future__ import annotations

import time

import numpy as np
from numba import njit

from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_groups import group_rows, infiltrate, start_groups
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_state import records
from staffride.model.ground_state import (
    CONTROL,
    FOOT_PATH,
    FORMATION,
    GOAL,
    INFILTRATE,
    NOWHERE,
    RIFLE,
    SITE,
    SPECIAL,
    TRACK,
    TROOPS,
    WAY,
    WAY_STATE,
)

FORMATIONS, GROUPS, PLACES, WAYS, HOURS, REPLICATIONS = 200, 30, 90, 150, 1_056, 20
VALUES = {
    "speed": 1.5, "watch": 0.01, "dark": 0.5, "fog": 0.4, "rugged": 0.5, "loss": 0.1, "breakthrough": 0.5,
    "rest": 24.0, "gap": 1.0, "press": 0.01, "calls": 0.02, "ambush": 0.001,
}  # fmt: skip


def tables(stand):
    """Return the arrays of the hour in its order; groups stand behind a place if so asked."""
    random = np.random.default_rng(1)
    kind = np.full(FORMATIONS, RIFLE)
    kind[:: FORMATIONS // GROUPS][:GROUPS] = SPECIAL
    place = (
        random.integers(PLACES // 2, PLACES, FORMATIONS) if stand else random.integers(0, PLACES, FORMATIONS)
    )
    formations = records(FORMATIONS, FORMATION, kind=kind, place=place)
    troops = records(FORMATIONS, TROOPS, initial=100, present=100, on=True, place=place, way=NOWHERE)
    troops.attacks = NOWHERE
    holder = (np.arange(PLACES) >= PLACES // 2).astype(int)
    a = np.concatenate([np.arange(PLACES - 1), random.integers(0, PLACES, WAYS - PLACES + 1)])
    b = np.concatenate(
        [np.arange(1, PLACES), (a[PLACES - 1 :] + random.integers(1, PLACES, WAYS - PLACES + 1)) % PLACES]
    )
    kinds = random.integers(TRACK - 1, FOOT_PATH + 1, WAYS)
    meet = [[(w, a[w] + b[w] - p) for w in range(WAYS) if p in (a[w], b[w])] for p in range(PLACES)]
    numbers = np.zeros(len(NUMBERS))
    for name, value in VALUES.items():
        numbers[number(f"infiltration.{name}")] = value
    onward = np.full(PLACES, NOWHERE, np.int32) if stand else np.array([row[0][0] for row in meet], np.int32)
    return onward, (
        1.0,
        group_rows(formations),
        formations,
        troops,
        records(PLACES, SITE, holder=holder, zone=np.arange(PLACES) % 9, area_km2=100.0, ground=2),
        records(PLACES, CONTROL, holder=holder),
        records(WAYS, WAY, a=a, b=b, kind=kinds, length_km=random.uniform(3, 15, WAYS), climb_m=200.0, ground=2),
        records(WAYS, WAY_STATE),
        records(1, GOAL, task=INFILTRATE),
        np.cumsum([0, *map(len, meet)]).astype(np.int32),
        np.array([end for row in meet for _, end in row], np.int32),
        np.array([way for row in meet for way, _ in row], np.int32),
        np.full(FORMATIONS, NOWHERE, np.int32),
        300.0 * (holder == np.arange(2)[:, None]),
        (np.arange(HOURS) % 24 >= 12) & np.ones((9, 1), np.bool_),
        random.integers(0, 3, (9, HOURS)).astype(np.int8),
        numbers,
        0.3,
        np.zeros(PLACES),
        np.zeros(PLACES),
    )  # fmt: skip


@in_place
@njit(nogil=True)
def campaigns(
    replications, act, onward, intensity, groups, formations, troops, sites, control, ways, roads, goals, first, ends,
    by, towards, watchers, dark, weather, numbers, dead_share, calls, press,
):  # fmt: skip
    """Lead the groups, and let them act if so asked, hour after hour."""
    for replication in range(replications):
        start_groups(1, replication, groups, troops)
        for hour in range(HOURS):
            for group in groups:
                towards[group] = onward[troops.place[group]]
                troops.present[group] = 100
                troops.rest_h[group] -= 1.0
            if act:
                infiltrate(
                    1, replication, hour, intensity, groups, formations, troops, sites, control, ways, roads, goals,
                    first, ends, by, towards, watchers, dark, weather, numbers, dead_share, calls, press,
                )  # fmt: skip


def microseconds(act, stand):
    """Return the least time of an hour."""
    times = []
    for _ in range(5):
        onward, given = tables(stand)
        start = time.process_time()
        campaigns(REPLICATIONS, act, onward, *given)
        times.append(time.process_time() - start)
    return 1e6 * min(times) / (REPLICATIONS * HOURS)


def main() -> None:
    """Print what compiling takes, and an hour of either kind."""
    onward, given = tables(stand=False)
    start = time.perf_counter()
    campaigns(0, True, onward, *given)
    print(f"compile or load the kernel: {time.perf_counter() - start:.2f} s")
    for label, stand in (("walking", False), ("standing behind places", True)):
        print(
            f"{GROUPS} groups {label}: {microseconds(True, stand) - microseconds(False, stand):.2f} us an hour"
        )


if __name__ == "__main__":
    main()
