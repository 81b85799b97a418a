"""Time and size of the report of a run.

Run ``python benchmarks/bench_report.py RUN_FOLDER`` on an idle machine, for example on a run of 1,000
replications. Prints the seconds for gathering the bundle (once cold, which loads the compiled model for the one
run of the map, then warm), for drawing the page, and the size of the page.
"""

import sys
import time

from staffride.model.parameters import PARAMETERS
from staffride.present.bundle import build_bundle
from staffride.present.report import render
from staffride.results.run import Run
from staffride.scenario import load


def timed(what, work):
    """Print how long ``work`` takes, and return what it returns."""
    start = time.perf_counter()
    result = work()
    print(f"{what:<24} {time.perf_counter() - start:6.2f} s")
    return result


def main(folder):
    """Time each step on the run in ``folder``."""
    run = Run(folder)
    scenario = load(run.scenario_folder, PARAMETERS)
    timed("bundle, cold", lambda: build_bundle(Run(folder), scenario))
    bundle = timed("bundle, warm", lambda: build_bundle(Run(folder), scenario))
    timed("page, cold", lambda: render(bundle))
    page = timed("page, warm", lambda: render(bundle))
    print(f"{'size':<24} {len(page.encode()) / 1e6:6.2f} MB, {run.replications:,} replications")


if __name__ == "__main__":
    main(sys.argv[1])
