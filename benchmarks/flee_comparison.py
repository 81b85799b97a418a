"""Make every figure of the page on Flee's cases: scores of shares, Flee mode, forecasts and speed.

Run with:  python benchmarks/flee_comparison.py [--shared FOLDER] [--cases NAME ...] [--quick] [--no-speed]

``FOLDER/flee`` holds one Flee folder a case, with outputs of Flee itself under ``reference/``; a case that is not there
is skipped with a message. Takes some seven minutes of processor time. The figures go to docs/model/flee_cases.json,
from which docs/model/flee-cases.md is made. ``--no-speed`` leaves the stored times as they were: they mean something
on an idle machine only. ``--quick`` keeps the penalties that are stored with the program instead of choosing them anew,
and leaves out the large region; like a run of other cases than the six it prints and writes nothing, unless ``--write``
names a file. Nothing that the program uses is changed: where its stored figures are not those found, a line says so.
"""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numba
import numpy as np

from flee_fit import SITUATIONS, Found, entry, fitted_on, print_table
from flee_forecasts import SCOREBOARD, show
from flee_mode import RUNS, SINGLE_LUCK, WIDENED, line
from flee_mode import figures as mode_figures
from flee_runs import CASES, FLEE_SECONDS, asked_for, folders_of
from flee_speed import by_case, large, load_before
from staffride import __version__
from staffride.interop.flee import load_flee
from staffride.lab.forecast_board import document, score_cases
from staffride.lab.region_scores import rescaled_difference
from staffride.model.region_parameters import stored
from staffride.results.atomic import write_text
from staffride.scenario.region import Region, Reports
from staffride.scenario.region_reports import daily_counts

Data = dict[str, Any]
PAGE_DATA = Path(__file__).resolve().parents[1] / "docs" / "model" / "flee_cases.json"
EQUALS = ("the largest", "another", "no report")
BY_LEAD = ("pooled mae", "pooled crps")
"""Ratios that the page shows lead by lead; of the others it shows those over all leads."""
WIDTH = 160
"""Characters up to which an entry of the file stays on one line, so that a change of one figure is a change of one."""


def about(region: Region) -> Data:
    """Return what a case is: its size, its score when all destinations get as many, and what its capacities equal."""
    counts = daily_counts(region)
    even = np.repeat(counts.mean(axis=1, keepdims=True), counts.shape[1], axis=1)
    equal = [capacity_equals(region, at) for at in region.destinations]
    return {
        "days": region.days,
        "destinations": len(region.destinations),
        "people": int(counts[-1].sum()),
        "even_shares": rescaled_difference(even, counts),
        "capacities": {what: equal.count(what) for what in EQUALS},
    }


def capacity_equals(region: Region, at: int) -> str:
    """Return which of a destination's own reports its capacity equals to the person."""
    place = region.places[at]
    if not math.isfinite(place.capacity):
        return "none"
    own = [one for one in region.reports if one.name == place.name]
    series = np.concatenate([summed(one) for one in own]) if own else np.zeros(0)
    if series.size and abs(series.max() - place.capacity) < 1.0:
        return "the largest"
    return "another" if (np.abs(series - place.capacity) < 1.0).any() else "no report"


def summed(reports: Reports) -> np.ndarray:
    """Return the sum of all sources of a destination on each day on which one of them reports."""
    days = np.unique(np.concatenate(reports.days))
    parts = zip(reports.days, reports.counts, strict=True)
    return np.sum([np.interp(days, own, counts) for own, counts in parts], axis=0)


def shares(regions: list[Region], folders: Mapping[str, Path], quick: bool) -> Data:
    """Return for each situation the fit and the scores of all cases; print the tables."""
    found = {}
    for situation in SITUATIONS:
        strength = stored()["sets"][situation.name]["penalty"] if quick else None
        fit = fitted_on(regions, folders, situation, strength)
        print_table(fit)
        warn_of_fit(situation.name, fit)
        means = {column: fit.mean(column) for column in next(iter(fit.lines.values()))}
        found[situation.name] = {"penalty": fit.fit.strength, "scores": fit.lines | {"mean": means}}
    return found


def warn_of_fit(name: str, fit: Found) -> None:
    """Say so where the program has other values stored than those found on the same cases."""
    own, known = entry(fit), stored()["sets"][name]
    if sorted(fit.lines) == known["fitted_on"] and own != {key: known.get(key) for key in own}:
        print(
            f"{name}: the program's stored values are others; python benchmarks/flee_fit.py --write renews them"
        )


def flee_mode(folders: Mapping[str, Path]) -> Data:
    """Return how Flee mode stands to Flee's own runs in each case; print the lines."""
    print("\nFlee mode: agents, CPU s, times less than Flee, outside, Flee's own runs, excess; scores")
    found = {}
    for name, folder in folders.items():
        figures = mode_figures(folder)
        print(line(name, figures), flush=True)
        del figures["seconds"]
        found[name] = figures
    return {"widened": WIDENED, "own_runs": RUNS, "many_agents": SINGLE_LUCK, "cases": found}


def forecasts(regions: list[Region]) -> Data:
    """Return what the page shows of the forecasts' scoreboard; print all of it."""
    print("\nforecasts", flush=True)
    board = document(score_cases(regions))
    show(board)
    known = json.loads(SCOREBOARD.read_text(encoding="utf-8"))
    if known["cases"] == board["cases"] and known != board:
        print(f"{SCOREBOARD.name} has other scores; python benchmarks/flee_forecasts.py renews it")
    against = {
        naive: {key: one if key in BY_LEAD else without_leads(one) for key, one in ways.items()}
        for naive, ways in board["against"].items()
    }
    totals = {
        name: {key: one[key] for key in ("pooled", "covered_90")} for name, one in board["totals"].items()
    }
    return {
        "leads": board["leads"],
        "verifications": board["verifications"],
        "scores": {name: ways["pooled"] for name, ways in board["scores"].items()},
        "against": against,
        "coverage": board["coverage"],
        "verified_totals": board["totals"]["forecast"]["verified"],
        "totals": totals,
    }


def without_leads(ratios: Data) -> Data:
    """Return ratios over all leads alone."""
    return {key: one for key, one in ratios.items() if key != "by_lead"}


def speed(folders: Mapping[str, Path], quick: bool, before: Data, machine: str) -> Data:
    """Return the times of the cases and of a large region, beside those of Flee; print them."""
    print(f"\nspeed, in seconds and MiB; the machine was {before['state']}", flush=True)
    return {
        "machine": machine,
        "before": before,
        "date": date.today().isoformat(),
        "flee": FLEE_SECONDS,
        "cases": rounded(by_case(folders), 3),
        "large": None if quick else rounded(large(), 3),
    }


def made(cases: list[str], machine: str) -> Data:
    """Return with what the figures were made."""
    versions = {"python": platform.python_version(), "numpy": np.__version__, "numba": numba.__version__}
    told = {"version": __version__, "date": date.today().isoformat(), "machine": machine, "cases": cases}
    return told | versions | {"command": "python benchmarks/flee_comparison.py"}


def rounded(value: Any, digits: int = 4) -> Any:
    """Return nested figures to some significant digits; what is no number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): rounded(one, digits) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one, digits) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value


def text_of(value: Any, depth: int = 1) -> str:
    """Return JSON in which what does not fit into a line has its entries on lines of their own."""
    whole = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not isinstance(value, Mapping) or len(whole) <= WIDTH:
        return whole
    pad = " " * depth
    lines = [f"{pad}{json.dumps(key)}: {text_of(one, depth + 1)}" for key, one in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{pad[1:]}}}"


def main() -> None:
    """Measure, print and write."""
    before = load_before()
    parser = asked_for(__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-speed", action="store_true", help="leave the stored times as they were")
    parser.add_argument("--machine", default=f"{os.cpu_count()} cores", help="in words, for the page")
    parser.add_argument("--write", type=Path, metavar="FILE")
    asked = parser.parse_args()
    folders = folders_of(asked)
    if len(folders) < 2:
        raise SystemExit("to leave one case out takes two cases at least")
    known = json.loads(PAGE_DATA.read_text(encoding="utf-8")) if PAGE_DATA.is_file() else {}
    regions = [load_flee(folder) for folder in folders.values()]

    def timed() -> Data:
        return speed(folders, asked.quick, before, asked.machine)

    parts: dict[str, Callable[[], Data | None]] = {
        "made": lambda: made(list(folders), asked.machine),
        "speed": lambda: known.get("speed") if asked.no_speed else timed(),
        "cases": lambda: rounded({region.name: about(region) for region in regions}),
        "shares": lambda: rounded(shares(regions, folders, asked.quick)),
        "flee_mode": lambda: rounded(flee_mode(folders)),
        "forecasts": lambda: forecasts(regions),
    }
    found = {name: part() for name, part in parts.items()}
    place = asked.write or (PAGE_DATA if tuple(folders) == CASES and not asked.quick else None)
    if place is None:
        print(
            "\nnothing is written: the page is of all cases, and not of --quick; --write FILE keeps the figures"
        )
    else:
        write_text(place, text_of(found) + "\n")
        print(f"\nwritten: {place}")


if __name__ == "__main__":
    main()
