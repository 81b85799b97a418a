"""The main job from start to end: wall time, processor time and memory, with one worker and with two.

Run ``python benchmarks/bench_run.py [replications] [--prior]`` on a Linux machine with two idle cores. Each row
is a fresh process that does what ``staffride run`` does; its steps are timed from inside. Processor time and
memory are those of the process and all its workers, sampled from /proc. Targets: 1,000 replications in 5 s on
two idle cores, 1.5 GiB, two workers at least 1.8 times one in the simulation.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
STEPS = {"_simulate": "simulate", "_score": "score", "_report": "report"}
CHILD = """
import json, sys, time
start = time.perf_counter()
import staffride as sr
from staffride.api import steps
from staffride.results.folder import RunFolder
spent = {{}}
def timed(owner, name, label):
    real = getattr(owner, name)
    def call(*arguments, **options):
        begun = time.perf_counter()
        try:
            return real(*arguments, **options)
        finally:
            spent[label] = time.perf_counter() - begun
    setattr(owner, name, call)
spent["import"] = time.perf_counter() - start
timed(steps, "make_plan", "plan")
for name, label in {steps}.items():
    timed(steps._Session, name, label)
timed(RunFolder, "assemble", "store")
options = {options}
asked = {{"workers": {workers}, "folder": {folder!r}, **options}}
if "policies" in options:
    sr.compare({scenario!r}, asked.pop("policies"), {replications}, 1, **asked)
else:
    sr.run({scenario!r}, {replications}, 1, **asked)
spent["whole"] = time.perf_counter() - start
print(json.dumps(spent))
"""


def descendants(root):
    """Return the process ids of ``root`` and of all below it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def sample(pid):
    """Return processor seconds and resident bytes (shared pages once for each sharer) of one process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK, int(fields[21]) * PAGE


def measure(replications, workers, scenario="karabakh-2023", **options):
    """Run once and return the times of the steps, the processor time and the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        code = CHILD.format(
            steps=STEPS, scenario=scenario, replications=replications, workers=workers,
            folder=f"{folder}/run", options=options,
        )  # fmt: skip
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        processor, peak = {}, 0
        while process.poll() is None:
            resident = 0
            for pid in descendants(process.pid):
                try:
                    processor[pid], size = sample(pid)
                    resident += size
                except (OSError, IndexError):
                    continue
            peak = max(peak, resident)
            time.sleep(0.02)
        output = process.communicate()[0]
    return json.loads(output) | {"processor": sum(processor.values()), "memory": peak / 2**30}


def main():
    """Print a row for one worker and for two, and the ratio of the simulations."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    replications, prior = int(arguments[0]) if arguments else 1000, "--prior" in sys.argv
    measure(2, 1, prior=prior)
    print(f"{replications} replications, load of the machine {os.getloadavg()[0]:.1f}; seconds, GiB")
    rows = {workers: measure(replications, workers, prior=prior) for workers in (1, 2)}
    names = ("import", "plan", "simulate", "store", "score", "report", "whole", "processor", "memory")
    print("workers " + "".join(f"{name:>10s}" for name in names))
    for workers, row in rows.items():
        print(f"{workers:7d} " + "".join(f"{row[name]:10.2f}" for name in names))
    print(f"two workers are {rows[1]['simulate'] / rows[2]['simulate']:.2f} times one in the simulation")


if __name__ == "__main__":
    main()
