"""Put every tested claim to the test on each of its scenarios, and write the figures that the page of verdicts shows.

Run with:  python benchmarks/verdicts.py [replications] [--seed SEED] [--scenario NAME ...] [--folder FOLDER]

With 500 replications it takes hours, nearly all of them on karabakh-2020 with its policies and structures. It can be
stopped: runs are kept in the folder and gone on with, and each scenario is written when it is done, so that scenarios
may be run apart. What an earlier run wrote of other scenarios stays. The figures go to docs/model/verdicts.json, from
which docs/model/verdicts.md is made.
"""

import argparse
import json
import time
from pathlib import Path

from staffride import __version__
from staffride.api.claim_runs import FOLDER
from staffride.api.claims import DEFAULT_REPLICATIONS, examine_claims
from staffride.evidence.claim_tests import claim_tests
from staffride.lab.claims import counts
from staffride.present.verdict_record import verdict_records
from staffride.results.atomic import write_text

PAGE_DATA = Path(__file__).resolve().parents[1] / "docs" / "model" / "verdicts.json"
TENTHS = 10


def progress_of(name):
    """Return what prints a line at each tenth of a run."""
    told = set()

    def advance(done, total):
        tenth = TENTHS * done // total
        if tenth not in told:
            told.add(tenth)
            print(f"{name}: {done} of {total}", flush=True)

    return advance


def examine(name, replications, seed, folder):
    """Return the findings of all claims that are tested on a scenario, and how the figures were made."""
    begun = time.perf_counter()
    found = examine_claims(
        scenario=name, replications=replications, seed=seed, folder=folder, progress=progress_of(name)
    )
    seconds = time.perf_counter() - begun
    told = ", ".join(f"{number} {label}" for label, number in counts(found.findings).items())
    policies = len(found.runs[name].variants) if name in found.runs else 0
    print(f"{name}: {told}; policies {policies}; {seconds:.0f} s", flush=True)
    for problem in found.problems:
        print(f"  not run: {problem}", flush=True)
    made = {
        "replications": replications,
        "seed": seed,
        "policies": policies,
        "version": __version__,
        "command": f"python benchmarks/verdicts.py {replications} --seed {seed} --scenario {name}",
    }
    return found, made


def merged(known, name, made, records):
    """Return the figures with those of one scenario in the place of its old ones; tests that are gone are left out."""
    tests = claim_tests().tests
    others = {
        one: record for one, record in known["tests"].items() if record["scenario"] != name and one in tests
    }
    both = others | records
    return {
        "scenarios": known["scenarios"] | {name: made},
        "tests": {one: both[one] for one in tests if one in both},
    }


def read(path):
    """Return the figures that an earlier run wrote, if any."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"scenarios": {}, "tests": {}}


def text_of(figures):
    """Return figures as JSON with one line a scenario and one a test."""
    parts = []
    for name, entries in figures.items():
        lines = [
            f"  {json.dumps(one)}: {json.dumps(told, ensure_ascii=False, allow_nan=False)}"
            for one, told in entries.items()
        ]
        parts.append(f" {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Run, print and write."""
    names = list(dict.fromkeys(test.scenario for test in claim_tests().tests.values()))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("replications", nargs="?", type=int, default=DEFAULT_REPLICATIONS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--write", type=Path, default=PAGE_DATA)
    asked = parser.parse_args()
    for name in asked.scenario:
        found, made = examine(name, asked.replications, asked.seed, asked.folder)
        figures = merged(read(asked.write), name, made, verdict_records(found.findings, name))
        write_text(asked.write, text_of(figures))
    print(f"written: {asked.write}")


if __name__ == "__main__":
    main()
