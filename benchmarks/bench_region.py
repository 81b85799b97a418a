"""Time a region by both engines: CPU seconds of a replication, of a large invented region, and its peak memory.

    python benchmarks/bench_region.py [--shared ../shared] [--cases NAME ...] [--large]

Cases that are not there are skipped. ``--large`` runs ten million people, a hundred places and 365 days.
"""

from __future__ import annotations

import resource
import time
from datetime import date

import numpy as np

from flee_runs import FLEE_SECONDS, asked_for, folders_of
from staffride.interop.flee import load_flee
from staffride.model.region import Engine, RegionSetup, run_region
from staffride.scenario.region import Link, Place, Region, make_region

LARGE_PEOPLE, LARGE_SIDE, LARGE_DAYS = 10_000_000, 10, 365
REPLICATIONS: dict[Engine, int] = {"cohorts": 20, "agents": 3}
"""Over how many the time of one is averaged."""


def cpu_seconds(region: Region, engine: Engine, replications: int, setup: RegionSetup | None = None) -> float:
    """Return the CPU seconds of one replication after a warm-up, with the rules that the program uses."""
    run_region(region, engine=engine, replications=1, setup=setup)
    began = time.process_time()
    run_region(region, engine=engine, replications=replications, setup=setup)
    return (time.process_time() - began) / replications


def large_setup(speed_km_per_day: float = float("inf"), people: int = LARGE_PEOPLE) -> RegionSetup:
    """Return a setup in which so many leave in all, as many on each day."""
    volume = np.full(LARGE_DAYS, people / LARGE_DAYS)
    return RegionSetup(volume=volume, speed_km_per_day=speed_km_per_day)


def large_region() -> Region:
    """Return a grid of fifty zones and fifty camps with conflict that comes and goes."""
    side = LARGE_SIDE
    places = [
        Place(
            f"place {row} {column}",
            "",
            "Home" if column < side // 2 else f"Host {row % 3}",
            float(row),
            float(column),
            "conflict_zone" if column < side // 2 else "camp",
            200_000.0 + 1000.0 * row,
            capacity=220_000.0,
            conflict_from=0,
        )
        for row in range(side)
        for column in range(side)
    ]
    links = [
        Link(f"place {row} {column}", f"place {row + down} {column + right}", 60.0 + row + column)
        for row in range(side)
        for column in range(side)
        for down, right in ((1, 0), (0, 1))
        if row + down < side and column + right < side
    ]
    days = np.arange(LARGE_DAYS)
    conflict = {
        place.name: ((days // 30 + at) % 3 > 0).astype(float)
        for at, place in enumerate(places)
        if place.kind == "conflict_zone"
    }
    return make_region(
        name="large",
        start=date(2030, 1, 1),
        days=LARGE_DAYS,
        places=places,
        links=links,
        conflict=conflict,
        home="Home",
    )


def main() -> None:
    """Print one line for each region and engine."""
    parser = asked_for(__doc__)
    parser.add_argument("--large", action="store_true")
    chosen = parser.parse_args()
    for case, folder in folders_of(chosen).items():
        region = load_flee(folder)
        for engine, replications in REPLICATIONS.items():
            seconds = cpu_seconds(region, engine, replications)
            flee = FLEE_SECONDS.get(case)
            ratio = f", {flee / seconds:,.0f} times less than Flee" if flee else ""
            print(f"{case} {engine}: {1000 * seconds:.1f} ms of CPU a replication{ratio}", flush=True)
    for speed in (float("inf"), 150.0) if chosen.large else ():
        for engine in REPLICATIONS:
            seconds = cpu_seconds(large_region(), engine, 1, large_setup(speed))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            told = f"{seconds:.2f} s of CPU, peak {peak:.0f} MiB so far"
            print(f"large {engine}, speed {speed}: {told}", flush=True)


if __name__ == "__main__":
    main()
