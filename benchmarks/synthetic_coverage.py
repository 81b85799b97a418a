"""Coverage of the machinery's bands on synthetic displacements drawn from the prior.

Run with ``python benchmarks/synthetic_coverage.py --cases 200`` (about 20 minutes on two cores). Prints, for each
target, the share of cases in the 50 % and 90 % bands; the aim is 42-58 % and 84-96 %.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from staffride.lab.calibrate import Settings
from staffride.lab.synthetic import Verdict, coverage, judge
from staffride.model.displacement import PARAMETERS, compile_inputs
from staffride.scenario import load


@lru_cache(maxsize=1)
def _prepared():
    scenario = load("karabakh-2023", PARAMETERS)
    return scenario, compile_inputs(scenario)


def _one(number: int, origin: str, particles: int, seed: int) -> Verdict:
    scenario, inputs = _prepared()
    settings = Settings(particles=particles, draws=200, moves=400, seed=seed)
    moment = datetime.fromisoformat(origin) if origin else scenario.cutoff
    return judge(scenario, inputs, number, moment, settings)


def main() -> None:
    """Judge the cases on two processes and print coverage as it grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--particles", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--origin", default="")
    parser.add_argument("--keep", type=Path, help="write every case to this JSON file")
    given = parser.parse_args()
    started, verdicts = time.perf_counter(), []
    with ProcessPoolExecutor(given.workers) as pool:
        work = [
            pool.submit(_one, number, given.origin, given.particles, given.seed)
            for number in range(given.cases)
        ]
        for done in work:
            verdicts.append(done.result())
            if len(verdicts) % 20 == 0 or len(verdicts) == given.cases:
                _print(verdicts, time.perf_counter() - started)
    if given.keep:
        given.keep.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))


def _print(verdicts: list[Verdict], seconds: float) -> None:
    print(f"{len(verdicts)} cases, {seconds:.0f} s")
    for name in verdicts[0].truth:
        print(
            f"  {name:16s} in 50 % band {coverage(verdicts, name, 0.5):.0%}, "
            f"in 90 % band {coverage(verdicts, name, 0.9):.0%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
