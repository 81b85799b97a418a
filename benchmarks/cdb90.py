"""Lay battles fought by the model's ground kernels beside the battles of CDB90, with intervals.

Run ``python benchmarks/cdb90.py [--battles FILE] [--scenario NAME] [--replications N]``. The parameters of
ground combat are drawn from the priors of a scenario, one draw a replication; the file of battles is not shipped.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from staffride.errors import InputError
from staffride.lab.battle_figures import bounds, brier_of_halves, figures, interval, resampled
from staffride.lab.battle_records import read_battles
from staffride.lab.battles import fight_battles, ground_numbers
from staffride.scenario.loader import load

BATTLES = Path(__file__).resolve().parents[1].parent / "shared" / "reference" / "cdb90" / "battles-part-a.csv"
RESAMPLES = 400


def print_figures(title, fought, result, seed):
    """Print each figure of the record and of the model, and how many are within bounds."""
    record, model = figures(fought), figures(result.pooled)
    sampled = resampled(fought, RESAMPLES, seed)
    single = [figures(one) for one in result.fought]
    print(f"\n{title}: {fought.days.size} battles, {len(single)} replications of each")
    print(f"{'':<45}{'record':>8}{'90 %':>16}{'model':>9}{'90 %':>16}{'has to be':>16}")
    demanded = bounds(record)
    hits = 0
    for name, value in record.items():
        least, most = demanded[name]
        within = least <= model[name] <= most
        hits += within
        low, high = interval(sampled[name])
        model_low, model_high = interval(np.array([one[name] for one in single]))
        mark = "" if within else "  outside"
        print(
            f"{name:<45}{value:8.2f}{f'{low:.2f} to {high:.2f}':>16}{model[name]:9.2f}"
            f"{f'{model_low:.2f} to {model_high:.2f}':>16}{f'{least:.2f} to {most:.2f}':>16}{mark}"
        )
    print(f"within bounds: {hits} of {len(record)}")
    return hits == len(record)


def print_outcomes(fought, result):
    """Print how often attackers win, draw and lose, and how long battles last."""
    pooled = result.pooled
    for name, table in (("record", fought), ("model", pooled)):
        shares = ", ".join(f"{100 * np.mean(table.result == code):.0f} %" for code in (1, 0, -1))
        days = ", ".join(f"{day:.0f}" for day in np.quantile(table.days, (0.25, 0.5, 0.75)))
        print(f"{name:<8} attacker won, drawn, lost: {shares}; quartiles of days: {days}")


def print_brier(fought, result, seed):
    """Print the Brier score of "the attacker wins" over random halves."""
    ratio = fought.strength[:, 0] / fought.strength[:, 1]
    print("\nBrier score of 'the attacker wins' (a draw counts as not) over 200 random halves:")
    for name, values in brier_of_halves(result.chance, ratio, fought.result == 1, seed).items():
        low, high = interval(values)
        print(f"  {name:<12}{values.mean():8.4f}  ({low:.4f} to {high:.4f})")


def main():
    """Print the comparison; leave with 1 if a required figure of all battles is out of its bounds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--battles", type=Path, default=BATTLES)
    parser.add_argument("--scenario", default="karabakh-2020")
    parser.add_argument("--replications", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.battles.is_file():
        print(f"no battles at {options.battles}: give the table of CDB90 with --battles FILE")
        return 2
    try:
        settings, fought = read_battles(options.battles)
    except InputError as error:
        print(error)
        return 2
    numbers = ground_numbers(load(options.scenario).parameters, options.replications, options.seed)
    start = time.perf_counter()
    result = fight_battles(settings, numbers, options.seed)
    print(f"{time.perf_counter() - start:.1f} s with compilation")
    even = np.array([setting.number % 2 == 0 for setting in settings])
    within = print_figures("all battles", fought, result, options.seed)
    print_figures(
        "even numbers (the priors know their aggregates)", fought.rows(even), result.rows(even), options.seed
    )
    print_figures("odd numbers (held out)", fought.rows(~even), result.rows(~even), options.seed)
    print()
    print_outcomes(fought, result)
    print_brier(fought, result, options.seed)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
