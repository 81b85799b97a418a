"""Time and memory of a comparison of policies against as many plain runs: ``python benchmarks/bench_compare.py [500]``.

Eight policies and the baseline of karabakh-2020, against one plain run with nine times the replications, each a fresh
process without a report; and time and memory with one policy, and with one that forks the run in mid-war. Targets: at
most 1.15 times the plain runs; memory that does not grow with the number of policies; a fork that costs less.
"""

import os
import sys

from bench_run import measure

SCENARIO = "karabakh-2020"
POLICIES = [
    "layered-air-defence:2", "networked-cueing", "hardened-links:0.8", "emission-discipline", "dummies:1",
    "shared-information", "embargo:0.5", "no-decoys",
]  # fmt: skip
LATE = ["hardened-links:0.8,from=2020-10-19"]


def main():
    """Print a row for each kind of run, and the ratio of the eight policies to as many plain runs."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    plain = (len(POLICIES) + 1) * replications
    rows = {
        f"{plain} plain runs": (plain, {"variants": "none"}),
        f"8 policies and the baseline, {replications} each": (replications, {"policies": POLICIES}),
        "1 policy and the baseline": (replications, {"policies": POLICIES[:1]}),
        "1 policy from 19 October, and the baseline": (replications, {"policies": LATE}),
    }
    measure(2, 2, SCENARIO, policies=POLICIES[:1], report=False)
    print(f"load of the machine {os.getloadavg()[0]:.1f}; seconds, GiB")
    found = {
        name: measure(count, 2, SCENARIO, report=False, **options) for name, (count, options) in rows.items()
    }
    for name, row in found.items():
        print(
            f"{name:50s} simulation {row['simulate']:7.1f}  whole {row['whole']:7.1f}  memory {row['memory']:5.2f}"
        )
    first, second, *_ = found.values()
    ratios = ", ".join(
        f"{name} {second[name] / first[name]:.2f}" for name in ("simulate", "whole", "processor")
    )
    print(f"policies over plain runs: {ratios} (at most 1.15)")


if __name__ == "__main__":
    main()
