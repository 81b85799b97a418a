"""The six published cases of Flee, where they lie, and what runs of Flee itself gave: counts, scores and times.

The cases and Flee's output are not part of the project: ``FOLDER/flee/CASE`` holds a Flee folder with output of Flee
under ``reference/``, several unseeded runs of its version of May 2026 with its own validation settings. The times below
were measured with the same version on two shared cores, in November 2026, one run each, at one agent a person.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from staffride.lab.region_scores import rescaled_difference

DIVISORS = {
    "mali2012": 10,
    "car2013": 10,
    "burundi2015": 10,
    "tigray2020": 10,
    "syria2013": 100,
    "nigeria2016": 10,
}
"""Persons for whom one agent stood in the runs whose output is kept."""
CASES = tuple(DIVISORS)
FLEE_SECONDS = {"mali2012": 62.12, "burundi2015": 195.63, "tigray2020": 292.14}
"""Processor time of one run at one agent a person; the other cases were not run so."""


class FleeRuns(NamedTuple):
    """Output of Flee: R runs, T days, D destinations.

    Attributes
    ----------
    simulated
        (R, T, D) agents.
    counted
        (T, D) what Flee compares them with: the reports, interpolated and over its divisor.
    total
        (T,) agents that it had displaced.
    """

    simulated: np.ndarray
    counted: np.ndarray
    total: np.ndarray


def read_runs(case: Path, names: tuple[str, ...] = ()) -> FleeRuns | None:
    """Return the kept output of Flee for a case, its destinations in a given order; ``None`` where there is none."""
    found = []
    for path in sorted((case / "reference").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        own = names or tuple(key.removesuffix(" sim") for key in rows[0] if key.endswith(" sim"))
        parts = [[[float(row[f"{name} {kind}"]) for name in own] for row in rows] for kind in ("sim", "data")]
        found.append((*parts, [float(row["total refugees (simulation)"]) for row in rows]))
    if not found:
        return None
    simulated, counted, totals = zip(*found, strict=True)
    return FleeRuns(np.array(simulated), np.array(counted[-1]), np.array(totals[-1]))


def flee_score(case: Path, first_day: int = 0) -> float:
    """Return the mean score of the kept runs of Flee on the days after ``first_day``; NaN where there are none."""
    runs = read_runs(case)
    if runs is None:
        return float("nan")
    scored = slice(first_day + 1 if first_day else 0, None)
    return float(np.mean([rescaled_difference(one[scored], runs.counted[scored]) for one in runs.simulated]))


def asked_for(text: str) -> argparse.ArgumentParser:
    """Return a parser of arguments that knows where the cases lie and which are wanted."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--cases", nargs="+", default=CASES, metavar="NAME")
    return parser


def folders_of(asked: argparse.Namespace) -> dict[str, Path]:
    """Return the folder of each case that is there; say which are not, and stop where none is."""
    folders = {name: asked.shared / "flee" / name for name in asked.cases}
    for name, folder in folders.items():
        if not folder.is_dir():
            print(f"{name}: there is no folder {folder}, skipped")
    found = {name: folder for name, folder in folders.items() if folder.is_dir()}
    if not found:
        raise SystemExit("no case found: give --shared FOLDER, with flee/CASE in it")
    return found
