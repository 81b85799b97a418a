"""How long the cases of Flee take, by every way in which the program runs them, and how large a region may be.

Run ``python benchmarks/flee_speed.py [--shared FOLDER] [--cases NAME ...] [--quick]``. Prints for each case the
processor time of one run alone and of one of several, as cohorts and by agents, of Flee mode at one agent a person, and
the wall and processor time of the whole command, beside the time of Flee; then, each in a process of its own, ten
million people, a hundred places and 365 days (on Linux). ``--quick`` leaves the last part out.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench_region import LARGE_DAYS, LARGE_PEOPLE, REPLICATIONS, cpu_seconds, large_region, large_setup
from flee_mode import full_population
from flee_runs import FLEE_SECONDS, asked_for, folders_of
from staffride.interop.flee import load_flee
from staffride.model.flee_mode import run_flee
from staffride.model.flee_settings import Quirks, settings_of
from staffride.model.region import Engine, run_region
from staffride.scenario.region import Region

Figures = dict[str, float]
REPEATS = 5
COMMAND = "import sys; from staffride.cli.main import main; sys.argv[0] = 'staffride'; main()"
LARGE_SPEED = 150.0
"""Kilometres a day in the large region, so that people are on the way for days."""
BUSY_LOAD = 0.5
"""A machine with more than this on average, before anything is measured, is busy."""


def load_before() -> dict[str, float | str]:
    """Return how busy the machine was in the last minute; call it before anything is run."""
    load = os.getloadavg()[0]
    return {"load": round(load, 1), "state": "busy" if load > BUSY_LOAD else "idle"}


def engine_times(region: Region, engine: Engine) -> Figures:
    """Return processor time of one run alone, with what is done once for all replications, and of one of several."""
    alone = [cpu_seconds(region, engine, 1) for _ in range(REPEATS)]
    return {
        "alone": statistics.median(alone),
        "of_several": cpu_seconds(region, engine, REPLICATIONS[engine]),
    }


def mode_time(region: Region) -> float:
    """Return processor time of Flee mode with every quirk, at one agent a person."""
    settings = settings_of(region.settings).settings
    run_flee(region, settings, seed=1, people_per_agent=1_000, quirks=Quirks.all_on())
    return full_population(region, settings, Quirks.all_on())[0]


def command_times(folder: Path) -> Figures:
    """Return wall and processor time of ``staffride run FOLDER --json`` in a fresh process, the middle of some."""
    walls, processor = [], []
    with tempfile.TemporaryDirectory() as place:
        for _ in range(REPEATS + 1):
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", COMMAND, "run", str(folder.resolve()), "--json"],
                cwd=place,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            walls.append(time.perf_counter() - began)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # the first one may compile
    return {"wall": statistics.median(walls[1:]), "cpu": statistics.median(processor[1:])}


def case_times(folder: Path) -> dict[str, Figures | float]:
    """Return every time of one case, in seconds."""
    region = load_flee(folder)
    return {
        **{engine: engine_times(region, engine) for engine in REPLICATIONS},
        "flee_mode": mode_time(region),
        "command": command_times(folder),
    }


def large_times(engine: Engine) -> Figures:
    """Return times and peak memory of the large region; its memory is right only in a process of its own."""
    region = large_region()
    run_region(region, engine=engine, replications=1, setup=large_setup(LARGE_SPEED, people=LARGE_DAYS))
    processor, wall = time.process_time(), time.perf_counter()
    run_region(region, engine=engine, replications=1, setup=large_setup(LARGE_SPEED))
    spent = {"cpu": time.process_time() - processor, "wall": time.perf_counter() - wall}
    return spent | {"peak_mib": peak_mib()}


def peak_mib() -> float:
    """Return the peak memory of this process; what the system calls its peak counts its parent's too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def large() -> dict[str, object]:
    """Return the large region's size, and its times by engine, each from a fresh process that has its kernels."""
    fresh = multiprocessing.get_context("spawn")
    found: dict[str, object] = {
        "people": LARGE_PEOPLE,
        "places": len(large_region().places),
        "days": LARGE_DAYS,
    }
    for engine in REPLICATIONS:
        for _ in range(2):  # the first one may compile, which takes memory
            with ProcessPoolExecutor(1, mp_context=fresh) as pool:
                found[engine] = pool.submit(large_times, engine).result()
        print(f"large region, {engine}: {told(found[engine])}", flush=True)
    return found


def by_case(folders: dict[str, Path]) -> dict[str, dict[str, Figures | float]]:
    """Return the times of every case, and print them as they come."""
    found = {}
    for name, folder in folders.items():
        found[name] = case_times(folder)
        print(f"{name}: {told(found[name])}; Flee {FLEE_SECONDS.get(name, 'not measured')}", flush=True)
    return found


def told(figures: object) -> str:
    """Return nested figures in words."""
    if not isinstance(figures, dict):
        return f"{figures:.4g}"
    parts = {name: f"({told(one)})" if isinstance(one, dict) else told(one) for name, one in figures.items()}
    return ", ".join(f"{name} {words}" for name, words in parts.items())


def main() -> None:
    """Measure and print."""
    parser = asked_for(__doc__)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    print(f"before: {load_before()}; seconds, MiB")
    by_case(folders_of(asked))
    if not asked.quick:
        large()


if __name__ == "__main__":
    main()
