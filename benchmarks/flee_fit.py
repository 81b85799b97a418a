"""Fit our choice of destinations on Flee's published cases and say how it does on cases that it has not seen.

Run it as

    python benchmarks/flee_fit.py [--shared ../shared] [--cases NAME ...] [--nested] [--pairs] [--spread-only] [--write]

``FOLDER/flee`` holds one Flee folder a case, with outputs of Flee itself under ``reference/``. Prints for each case the
averaged relative difference, rescaled, of Flee, of each day's total by capacity share, of the free-capacity rule, of
our rule fitted on all cases and of our rule fitted on the others; then the same without capacities, and on the days
after day 30 with the counts of that day given. ``--nested`` chooses the penalty anew for every case left out, on the
others alone; ``--pairs`` leaves out two cases at a time. Of three cases or more the spread of the appeal of
destinations is fitted too, with what its bands hold on cases left out; ``--spread-only`` fits nothing else, under the
penalties that are stored. ``--write`` stores the fitted values in the program.

The score asks only how a known total is shared out, and capacities were read off the counts themselves: a look back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from flee_runs import asked_for, flee_score, folders_of
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
from staffride.lab.region_spread import Judged, fit_spread, mean_of
from staffride.model.region_parameters import (
    AFTER_REPORTS,
    STORED,
    TERMS,
    WITH_CAPACITIES,
    WITHOUT_CAPACITIES,
    neutral,
    stored,
)
from staffride.scenario.region import Region

SITUATIONS = (
    Situation(WITH_CAPACITIES),
    Situation(WITHOUT_CAPACITIES, capacities=False),
    Situation(AFTER_REPORTS, capacities=False, first_day=30),
)
COLUMNS = ("flee", "naive", "neutral", "ours_in_sample", "ours_left_out")
"""Whose scores stand in a table: of Flee, of shares kept, of our rule at neutral values and of our rule fitted."""


def shares_kept(region: Region, case: Case) -> float:
    """Return the score of capacity shares, or of keeping the shares of the last day that is known."""
    first = case.situation.first_day
    if not first:
        return rescaled_difference(capacity_share(region), case.counts)
    kept = np.tile(case.counts[first], (region.days, 1))
    return rescaled_difference(kept[first + 1 :], case.counts[first + 1 :])


class Found(NamedTuple):
    """What a fit of one situation gave.

    Attributes
    ----------
    cases
        Ready to be scored.
    fit
        On all cases.
    lines
        By case the scores of `COLUMNS`.
    """

    cases: list[Case]
    fit: Fit
    lines: dict[str, dict[str, float]]

    def mean(self, column: str) -> float:
        """Return the mean over cases of one column."""
        return float(np.mean([line[column] for line in self.lines.values()]))


def fitted_on(
    regions: Sequence[Region],
    folders: Mapping[str, Path],
    situation: Situation,
    strength: float | None = None,
) -> Found:
    """Fit one situation on all cases and on all but each, and score; without a strength it is chosen on the cases."""
    cases = [Case(region, situation) for region in regions]
    strength = best_strength(cases) if strength is None else strength
    fit = fit_choice(cases, strength)
    left_out = scores_left_out(cases, leave_out(cases, strength))
    lines = {}
    for case in cases:
        scores = (
            flee_score(folders[case.name], situation.first_day),
            shares_kept(case.region, case),
            case.score(neutral()),
            case.score(fit.choice),
            left_out[case.name],
        )
        lines[case.name] = dict(zip(COLUMNS, scores, strict=True))
    return Found(cases, fit, lines)


def print_table(found: Found) -> None:
    """Print one line for each case and one for their mean."""
    situation = found.cases[0].situation
    naive = f"shares of day {situation.first_day}" if situation.first_day else "capacity share"
    head = ("Flee", naive, "all neutral", "ours, in sample", "ours, left out")
    print(f"\n{situation.name}\n{'case':14s}" + "".join(f"{word:>17s}" for word in head))
    means = {column: found.mean(column) for column in COLUMNS}
    for name, line in (found.lines | {"mean": means}).items():
        print(f"{name:14s}" + "".join(f"{value:17.4f}" for value in line.values()))
    values = ", ".join(f"{term.name} {getattr(found.fit.choice, term.name):.4g}" for term in TERMS)
    print(f"penalty {found.fit.strength}: {values}", flush=True)


def entry(found: Found) -> dict[str, Any]:
    """Return what is stored of a fit."""
    return {
        "values": {term.name: float(f"{getattr(found.fit.choice, term.name):.4g}") for term in TERMS},
        "fitted_on": sorted(found.lines),
        "penalty": found.fit.strength,
        "in_sample": float(f"{found.mean('ours_in_sample'):.4f}"),
        "left_out": float(f"{found.mean('ours_left_out'):.4f}"),
    }


def spread_of(cases: Sequence[Case], strength: float) -> dict[str, Any]:
    """Fit the spread of the appeal of destinations, print what its bands held and return what is stored of it."""
    found = fit_spread(cases, strength)
    print(
        f"\nspread of appeal {found.spread:g}; left out, and by chance alone: CRPS, share held by 50 % and 90 % bands"
    )
    for name, (spread, judged) in found.left_out.items():
        told = f"spread {spread:<5g}" + "".join(f"{value:8.3f}" for value in judged)
        print(
            f"{name:14s}{told}   chance alone"
            + "".join(f"{value:8.3f}" for value in found.chance_alone[name])
        )
    print(f"{'mean':25s} " + "".join(f"{value:8.3f}" for value in found.mean()), flush=True)
    return {
        "value": found.spread,
        "fitted_on": sorted(found.left_out),
        "left_out": kept(found.mean()),
        "by_case": {
            name: {"value": spread} | kept(judged) for name, (spread, judged) in found.left_out.items()
        },
        "chance_alone": kept(mean_of(found.chance_alone.values())),
    }


def kept(judged: Judged) -> dict[str, float]:
    """Return what is stored of how courses predict counts."""
    return {name: float(f"{value:.3f}") for name, value in judged._asdict().items()}


def spreads_of(regions: Sequence[Region], sets: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the spread for each set of parameters that needs no counts, fitted under the penalty of the set."""
    return {
        one.name: spread_of([Case(region, one) for region in regions], sets[one.name]["penalty"])
        for one in SITUATIONS
        if not one.first_day and len(regions) > 2
    }


def run(
    situation: Situation, folders: Mapping[str, Path], regions: list[Region], nested: bool, pairs: bool
) -> dict[str, Any]:
    """Fit one situation, print its table and return what to store."""
    found = fitted_on(regions, folders, situation)
    cases = found.cases
    print_table(found)
    if nested:
        fits = nested_leave_one_out(cases)
        scores = [case.score(fits[case.name].choice) for case in cases]
        strengths = ", ".join(f"{fits[case.name].strength:g}" for case in cases)
        print(f"penalty chosen without the case left out ({strengths}): mean {np.mean(scores):.4f}")
    if pairs:
        two = scores_left_out(cases, leave_out(cases, found.fit.strength, 2))
        print(f"two cases left out: mean {np.mean(list(two.values())):.4f}, worst {max(two.values()):.4f}")
    return entry(found)


def main() -> None:
    """Fit, print and, where asked, store."""
    parser = asked_for(__doc__)
    parser.add_argument("--nested", action="store_true")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--spread-only", action="store_true")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    folders = folders_of(asked)
    regions = [load_flee(folder) for folder in folders.values()]
    sets = (
        stored()["sets"]
        if asked.spread_only
        else {one.name: run(one, folders, regions, asked.nested, asked.pairs) for one in SITUATIONS}
    )
    spreads = spreads_of(regions, sets)
    if asked.write:
        note = "Written by benchmarks/flee_fit.py --write; nothing here is set by hand."
        text = json.dumps({"about": note, "sets": sets, "appeal_spread": spreads}, indent=2)
        STORED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
