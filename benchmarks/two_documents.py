"""Run the experiment of the two documents on air defence, and write the figures that its page shows.

Run with:  python benchmarks/two_documents.py [replications] [--folder FOLDER] [--write FILE]

Two comparisons of karabakh-2020 under one seed, one for the raids as given and one for raids that adapt, some fifty
policies each. With 500 replications it takes half an hour on two idle cores. It can be stopped: with the same folder it
goes on where it was. The figures go to docs/model/two_documents.json, from which docs/model/two-documents.md is made.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from staffride.api import Quiet, Request
from staffride.api.compare import execute_comparison
from staffride.lab.two_documents import LEAKED, PLANS, SCENARIO, policies
from staffride.lab.two_documents_figures import results, written
from staffride.results.manifest import MANIFEST_NAME
from staffride.scenario import load

SEED = 2020
PAGE_DATA = Path(__file__).resolve().parents[1] / "docs" / "model" / "two_documents.json"


def run_plan(plan, replications, folder):
    """Return the finished run of a plan, begun anew or gone on with."""
    place, begun, asked = folder / plan, time.perf_counter(), policies(plan)
    resume = (place / MANIFEST_NAME).is_file()
    request = Request(
        SCENARIO,
        replications,
        SEED,
        folder=place,
        resume=resume,
        report=False,
        policies=asked,
        also=(LEAKED,),
    )
    run = execute_comparison(
        request, Quiet(lambda done, of: print(f"{plan}: {done} of {of}", flush=True))
    ).run
    print(f"{plan}: {len(asked)} policies, {time.perf_counter() - begun:.0f} s", flush=True)
    return run


def require_same_luck(runs):
    """Refuse figures of runs whose baselines are not the same in every bit."""
    first, second = runs.values()
    names = [name for name in first.total_names if "@" not in name]
    one, other = first.totals.read(*names), second.totals.read(*names)
    apart = [name for name in names if not np.array_equal(one[name], other[name], equal_nan=True)]
    if apart:
        raise SystemExit(f"the baselines of the two runs differ in {', '.join(apart[:5])}: run both anew")


def show(found):
    """Print what every policy changes of the first measures, plan by plan."""
    names = [
        "changed.shusha_shushi.probability",
        "changed.shusha_shushi.until",
        "deaths.both",
        "displaced.both",
    ]
    print(f"{'policy':70s} " + " ".join(f"{name:>34s}" for name in names))
    for plan in found["plans"].values():
        for arm in plan["arms"]:
            cells = (dict(zip(found["fields"], arm["effects"][name], strict=True)) for name in names)
            told = (f"{cell['difference']} ({cell['low']} to {cell['high']})" for cell in cells)
            print(f"{arm['policy']:70s} " + " ".join(f"{text:>34s}" for text in told))


def main():
    """Run both plans, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("replications", nargs="?", type=int, default=500)
    parser.add_argument("--folder", type=Path, default=Path("runs") / "two-documents")
    parser.add_argument("--write", type=Path, default=PAGE_DATA)
    asked = parser.parse_args()
    runs = {plan: run_plan(plan, asked.replications, asked.folder) for plan in PLANS}
    require_same_luck(runs)
    found = results(runs, load(SCENARIO), f"python benchmarks/two_documents.py {asked.replications}")
    asked.write.write_text(written(found), encoding="utf-8")
    show(found)


if __name__ == "__main__":
    main()
