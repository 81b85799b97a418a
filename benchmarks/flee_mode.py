"""Flee mode beside Flee itself: processor time at full population, and how far it strays from Flee's own runs.

Run ``python benchmarks/flee_mode.py [--shared FOLDER]`` with the folder that holds ``flee/CASE`` (Flee folders with
``reference/`` runs of Flee). Prints, per case: the processor time of one run at full population after warm-up and how
often it goes into the time that Flee took on the same kind of machine (target: 50 times); the share of camps and days
on which a run lies outside the spread of Flee's runs widened by 2 % of the day's total, at Flee's own divisor, and the
same of Flee's own runs, each beside the others; the largest excess in per cent of that total; and the averaged relative
difference to the reports, rescaled, of Flee, of Flee mode with every quirk, and without any.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from flee_runs import DIVISORS, FLEE_SECONDS, FleeRuns, asked_for, flee_score, folders_of, read_runs
from staffride.interop.flee import load_flee
from staffride.lab.region_scores import rescaled_difference
from staffride.model.flee_mode import run_flee
from staffride.model.flee_settings import FleeSettings, Quirks, settings_of
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

WIDENED, RUNS = 0.02, 5
SINGLE_LUCK = 2_000
"""Agents from which on the luck of a single one is small beside 2 % of the total."""


class Agreement(NamedTuple):
    """How runs stand to the widened spread of others.

    Attributes
    ----------
    outside
        Share of camps and days outside it, on average over runs.
    excess
        Largest distance outside it, relative to the day's total; negative where none is outside.
    later_excess
        The same on the days with at least `SINGLE_LUCK` agents.
    """

    outside: float
    excess: float
    later_excess: float


def agreement(runs: np.ndarray, others: np.ndarray, total: np.ndarray) -> Agreement:
    """Return how runs (R, T, D) stand to the spread of others, each day widened by 2 % of the total (T,)."""
    low, high = others.min(axis=0), others.max(axis=0)
    beyond = np.maximum(runs - high, low - runs) - WIDENED * total[:, None]
    relative = beyond / np.maximum(total, 1.0)[:, None]
    later = relative[:, total >= SINGLE_LUCK]
    return Agreement(float((beyond > 0.0).mean()), float(relative.max()), float(later.max(initial=-np.inf)))


def agreement_of_mode(region: Region, settings: FleeSettings, divisor: int, flee: FleeRuns) -> Agreement:
    """Return how Flee mode with every quirk stands to the runs of Flee, at their divisor."""
    found = run_flee(
        region, settings, seed=1, replications=RUNS, people_per_agent=divisor, quirks=Quirks.all_on()
    )
    return agreement(found.counts / divisor, flee.simulated, flee.total)


def agreement_of_flee(flee: FleeRuns) -> Agreement:
    """Return the same of Flee: each run beside the others."""
    each = [
        agreement(flee.simulated[[at]], np.delete(flee.simulated, at, axis=0), flee.total)
        for at in range(len(flee.simulated))
    ]
    outside, excess, later = zip(*each, strict=True)
    return Agreement(float(np.mean(outside)), max(excess), max(later))


def full_population(region: Region, settings: FleeSettings, quirks: Quirks) -> tuple[float, int, float]:
    """Return processor time, agents and rescaled difference of one run at one agent a person, kernels being warm."""
    began = time.process_time()
    found = run_flee(region, settings, seed=1, people_per_agent=1, quirks=quirks)
    spent = time.process_time() - began
    difference = rescaled_difference(found.counts[0].astype(float), daily_counts(region))
    return spent, int(found.totals[0, -1]), difference


def figures(case: Path) -> dict[str, float | int | None]:
    """Return everything of one case; what rests on runs of Flee is ``None`` where there are none."""
    region = load_flee(case)
    flee = read_runs(case, region.destination_names)
    settings, divisor = settings_of(region.settings).settings, DIVISORS.get(case.name, 10)
    ours = agreement_of_mode(region, settings, divisor, flee) if flee else None
    theirs = agreement_of_flee(flee) if flee else None
    run_flee(region, settings, seed=1, people_per_agent=1_000)  # compiles
    seconds, agents, with_quirks = full_population(region, settings, Quirks.all_on())
    return {
        "agents": agents,
        "divisor": divisor,
        "runs": len(flee.simulated) if flee else 0,
        "outside": ours.outside if ours else None,
        "excess": ours.excess if ours else None,
        "later_excess": ours.later_excess if ours else None,
        "flee_outside": theirs.outside if theirs else None,
        "flee_score": flee_score(case),
        "score_with_quirks": with_quirks,
        "score": full_population(region, settings, Quirks())[2],
        "seconds": seconds,
    }


def line(name: str, found: dict[str, float | int | None]) -> str:
    """Return the line of a case."""
    seconds = found["seconds"]
    times = f"{FLEE_SECONDS[name] / seconds:6.0f}" if name in FLEE_SECONDS else f"{'':6}"
    keys = ("outside", "flee_outside", "excess")
    shares = " ".join("       -" if found[key] is None else f"{found[key]:8.2%}" for key in keys)
    scores = " ".join(f"{found[key]:6.3f}" for key in ("flee_score", "score_with_quirks", "score"))
    return f"{name:12} {found['agents']:9,d} {seconds:7.2f} {times} {shares}  {scores}"


def main() -> None:
    """Print the table."""
    folders = folders_of(asked_for(__doc__).parse_args())
    print(f"{'case':12} {'agents':>9} {'CPU s':>7} {'times':>6} {'outside':>8} {'own runs':>8}", end=" ")
    print(f"{'excess':>8}  {'Flee':>6} {'quirks':>6} {'none':>6}")
    for name, folder in folders.items():
        print(line(name, figures(folder)), flush=True)


if __name__ == "__main__":
    main()
