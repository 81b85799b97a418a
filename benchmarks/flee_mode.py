"""Flee mode beside Flee itself: processor time at full population, and how far it strays from Flee's own runs.

Run ``python benchmarks/flee_mode.py [--shared FOLDER]`` with the folder that holds ``flee/CASE`` (Flee folders with
``reference/`` runs of Flee). Prints, per case: the processor time of one run at full population after warm-up and how
often it goes into the time that Flee took on the same kind of machine (target: 50 times); the share of camps and days
on which a run lies outside the spread of Flee's runs widened by 2 % of the day's total, at Flee's own divisor; the
largest excess in per cent of that total; and the averaged relative difference to the reports, rescaled, of Flee, of
Flee mode with every quirk, and without any.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from staffride.interop.flee import load_flee
from staffride.lab.region_scores import rescaled_difference
from staffride.model.flee_mode import run_flee
from staffride.model.flee_settings import FleeSettings, Quirks, settings_of
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

DIVISORS = {
    "mali2012": 10,
    "car2013": 10,
    "burundi2015": 10,
    "tigray2020": 10,
    "syria2013": 100,
    "nigeria2016": 10,
}
"""Persons for whom one agent stood in Flee's runs."""
FLEE_SECONDS = {"mali2012": 62.12, "burundi2015": 195.63, "tigray2020": 292.14}
"""Processor time of Flee at full population."""
FLEE_DIFFERENCE = {
    "mali2012": 0.3157,
    "car2013": 0.3669,
    "burundi2015": 0.4606,
    "tigray2020": 0.3637,
    "syria2013": 0.3392,
    "nigeria2016": 0.2045,
}
"""Rescaled averaged relative difference of Flee, as its own output has it."""
WIDENED, RUNS = 0.02, 5


def reference(folder: Path, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return Flee's runs (runs, T, D) in agents, and the agents that it displaced (T,)."""
    runs, total = [], np.zeros(0)
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as lines:
            rows = list(csv.DictReader(lines))
        runs.append([[float(row[f"{name} sim"]) for name in names] for row in rows])
        total = np.array([float(row["total refugees (simulation)"]) for row in rows])
    return np.array(runs), total


def strays(region: Region, settings: FleeSettings, divisor: int, folder: Path) -> tuple[float, float]:
    """Return the share of camps and days outside the widened spread, and the largest excess relative to the total."""
    runs, total = reference(folder, region.destination_names)
    ours = run_flee(
        region, settings, seed=1, replications=RUNS, people_per_agent=divisor, quirks=Quirks.all_on()
    ).counts
    low, high = runs.min(axis=0), runs.max(axis=0)
    beyond = np.maximum(ours / divisor - high, low - ours / divisor) - WIDENED * total[:, None]
    return float((beyond > 0.0).mean()), float((beyond / np.maximum(total, 1.0)[:, None]).max())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    cases = parser.parse_args().shared / "flee"
    if not cases.is_dir():
        raise SystemExit(f"no folder {cases}: give its parent with --shared FOLDER")
    print(f"{'case':12} {'agents':>9} {'CPU s':>7} {'times':>6} {'outside':>8} {'excess':>7}", end="  ")
    print(f"{'Flee':>6} {'quirks':>6} {'none':>6}")
    for case, divisor in DIVISORS.items():
        region = load_flee(cases / case)
        settings = settings_of(region.settings).settings
        outside, excess = strays(region, settings, divisor, cases / case / "reference")
        began = time.process_time()
        full = run_flee(region, settings, seed=1, people_per_agent=1, quirks=Quirks.all_on())
        spent = time.process_time() - began
        plain = run_flee(region, settings, seed=1, people_per_agent=1)
        counted = daily_counts(region)
        differences = [rescaled_difference(one.counts[0].astype(float), counted) for one in (full, plain)]
        times = f"{FLEE_SECONDS[case] / spent:6.0f}" if case in FLEE_SECONDS else f"{'':6}"
        print(
            f"{case:12} {full.totals[0, -1]:9,d} {spent:7.2f} {times} {outside:8.2%} {excess:7.2%}", end="  "
        )
        print(f"{FLEE_DIFFERENCE[case]:6.3f} {differences[0]:6.3f} {differences[1]:6.3f}", flush=True)


if __name__ == "__main__":
    main()
