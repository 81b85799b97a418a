"""Time a region by both engines: CPU seconds of a replication, of a large invented region, and its peak memory.

    python benchmarks/bench_region.py [--shared ../shared/flee] [--large]

Cases that are not there are skipped. ``--large`` runs ten million people, a hundred places and 365 days.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date
from pathlib import Path

import numpy as np

from staffride.interop.flee import load_flee
from staffride.model.region import Engine, RegionSetup, run_region
from staffride.model.region_choice import Choice
from staffride.scenario.region import Link, Place, Region, make_region

CASES = ("mali2012", "burundi2015", "tigray2020", "car2013", "syria2013", "nigeria2016")
FLEE_CPU_SECONDS = {"mali2012": 62.12, "burundi2015": 195.63, "tigray2020": 292.14}
"""One run of Flee at full population on the same kind of machine."""

RULES = Choice(distance_decay=0.5, danger=10.0, networks=1.0, onward=0.003)
LARGE_PEOPLE, LARGE_PLACES, LARGE_DAYS = 10_000_000, 100, 365


def cpu_seconds(region: Region, engine: Engine, replications: int, setup: RegionSetup) -> float:
    """Return the CPU seconds of one replication after a warm-up."""
    run_region(region, rules=RULES, engine=engine, replications=1, setup=setup)
    began = time.process_time()
    run_region(region, rules=RULES, engine=engine, replications=replications, setup=setup)
    return (time.process_time() - began) / replications


def large_region() -> Region:
    """Return a grid of fifty zones and fifty camps with conflict that comes and goes."""
    side = 10
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "flee"
    )
    parser.add_argument("--large", action="store_true")
    chosen = parser.parse_args()
    for case in CASES:
        folder = chosen.shared / case
        if not folder.is_dir():
            print(f"{case}: not found in {chosen.shared}, skipped")
            continue
        region = load_flee(folder)
        for engine, replications in (("cohorts", 20), ("agents", 3)):
            seconds = cpu_seconds(region, engine, replications, RegionSetup())  # type: ignore[arg-type]
            flee = FLEE_CPU_SECONDS.get(case)
            ratio = f", {flee / seconds:,.0f} times less than Flee" if flee else ""
            print(f"{case} {engine}: {1000 * seconds:.1f} ms of CPU a replication{ratio}", flush=True)
    if chosen.large:
        region = large_region()
        people = np.full(LARGE_DAYS, LARGE_PEOPLE / LARGE_DAYS)
        for speed in (None, 150.0):
            setup = RegionSetup(volume=people, speed_km_per_day=float("inf") if speed is None else speed)
            for engine in ("cohorts", "agents"):
                seconds = cpu_seconds(region, engine, 1, setup)  # type: ignore[arg-type]
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(
                    f"large {engine}, speed {speed}: {seconds:.2f} s of CPU, peak {peak:.0f} MiB so far",
                    flush=True,
                )


if __name__ == "__main__":
    main()
