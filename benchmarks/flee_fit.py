"""Fit our choice of destinations on Flee's published cases and say how it does on cases that it has not seen.

Run ``python benchmarks/flee_fit.py --shared FOLDER [--cases NAME ...] [--nested] [--pairs] [--write]``; ``FOLDER/flee``
holds one Flee folder a case, with outputs of Flee itself under ``reference/``. Prints for each case the averaged
relative difference, rescaled, of Flee, of each day's total by capacity share, of the free-capacity rule, of our rule
fitted on all cases and of our rule fitted on the others; then the same without capacities, and on the days after day 30
with the counts of that day given. ``--nested`` chooses the penalty anew for every case left out, on the others alone;
``--pairs`` leaves out two cases at a time. ``--write`` stores the fitted values in the program.

The score asks only how a known total is shared out, and capacities were read off the counts themselves: a look back.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

import numpy as np

from staffride.interop.flee import load_flee
from staffride.lab.region_baselines import capacity_share
from staffride.lab.region_fit import (
    Case,
    Fit,
    Situation,
    best_strength,
    fit_choice,
    leave_out,
    nested_leave_one_out,
    scores_left_out,
)
from staffride.lab.region_scores import rescaled_difference
from staffride.model.region_parameters import (
    AFTER_REPORTS,
    STORED,
    TERMS,
    WITH_CAPACITIES,
    WITHOUT_CAPACITIES,
    neutral,
)
from staffride.scenario.region import Region

CASES = ("mali2012", "car2013", "burundi2015", "tigray2020", "syria2013", "nigeria2016")
SITUATIONS = (
    Situation(WITH_CAPACITIES),
    Situation(WITHOUT_CAPACITIES, capacities=False),
    Situation(AFTER_REPORTS, capacities=False, first_day=30),
)


def flee_itself(folder: Path, first_day: int) -> float:
    """Return the mean score of the stored outputs of Flee; NaN where there are none."""
    scores = []
    for path in sorted((folder / "reference").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        names = [key.removesuffix(" sim") for key in rows[0] if key.endswith(" sim")]
        simulated, counted = (
            np.array([[float(row[f"{name} {kind}"]) for name in names] for row in rows])
            for kind in ("sim", "data")
        )
        first = first_day + 1 if first_day else 0
        scores.append(rescaled_difference(simulated[first:], counted[first:]))
    return float(np.mean(scores)) if scores else float("nan")


def shares_kept(region: Region, case: Case) -> float:
    """Return the score of capacity shares, or of keeping the shares of the last day that is known."""
    first = case.situation.first_day
    if not first:
        return rescaled_difference(capacity_share(region), case.counts)
    kept = np.tile(case.counts[first], (region.days, 1))
    return rescaled_difference(kept[first + 1 :], case.counts[first + 1 :])


def print_table(folder: Path, cases: list[Case], fit: Fit, left_out: dict[str, float]) -> None:
    """Print one line for each case and one for their mean."""
    situation = cases[0].situation
    naive = f"shares of day {situation.first_day}" if situation.first_day else "capacity share"
    head = ("Flee", naive, "all neutral", "ours, in sample", "ours, left out")
    print(f"\n{situation.name}\n{'case':14s}" + "".join(f"{word:>17s}" for word in head))
    lines = [
        (
            flee_itself(folder / case.name, situation.first_day),
            shares_kept(case.region, case),
            case.score(neutral()),
            case.score(fit.choice),
            left_out[case.name],
        )
        for case in cases
    ]
    means = tuple(float(np.mean(column)) for column in zip(*lines, strict=True))
    for name, line in zip([*(case.name for case in cases), "mean"], [*lines, means], strict=True):
        print(f"{name:14s}" + "".join(f"{value:17.4f}" for value in line))
    values = ", ".join(f"{term.name} {getattr(fit.choice, term.name):.4g}" for term in TERMS)
    print(f"penalty {fit.strength}: {values}")


def entry(cases: list[Case], fit: Fit, left_out: dict[str, float]) -> dict[str, object]:
    """Return what is stored of a fit."""
    return {
        "values": {term.name: float(f"{getattr(fit.choice, term.name):.4g}") for term in TERMS},
        "fitted_on": sorted(case.name for case in cases),
        "penalty": fit.strength,
        "in_sample": float(f"{np.mean([case.score(fit.choice) for case in cases]):.4f}"),
        "left_out": float(f"{np.mean(list(left_out.values())):.4f}"),
    }


def run(
    situation: Situation, folder: Path, regions: list[Region], nested: bool, pairs: bool
) -> dict[str, object]:
    """Fit one situation, print its table and return what to store."""
    cases = [Case(region, situation) for region in regions]
    strength = best_strength(cases)
    fit = fit_choice(cases, strength)
    left_out = scores_left_out(cases, leave_out(cases, strength))
    print_table(folder, cases, fit, left_out)
    if nested:
        found = nested_leave_one_out(cases)
        scores = [case.score(found[case.name].choice) for case in cases]
        strengths = ", ".join(f"{found[case.name].strength:g}" for case in cases)
        print(f"penalty chosen without the case left out ({strengths}): mean {np.mean(scores):.4f}")
    if pairs:
        two = scores_left_out(cases, leave_out(cases, strength, 2))
        print(f"two cases left out: mean {np.mean(list(two.values())):.4f}, worst {max(two.values()):.4f}")
    return entry(cases, fit, left_out)


def main() -> None:
    """Fit, print and, where asked, store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--cases", nargs="+", default=CASES)
    parser.add_argument("--nested", action="store_true")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    folder = asked.shared / "flee"
    if not folder.is_dir():
        raise SystemExit(f"there is no folder {folder}: give --shared FOLDER, with flee/CASE in it")
    regions = [load_flee(folder / name) for name in asked.cases]
    sets = {one.name: run(one, folder, regions, asked.nested, asked.pairs) for one in SITUATIONS}
    if asked.write:
        note = "Written by benchmarks/flee_fit.py --write; nothing here is set by hand."
        STORED.write_text(json.dumps({"about": note, "sets": sets}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
