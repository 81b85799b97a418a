"""How long the program takes before it does anything.

Run ``python benchmarks/bench_startup.py [repeats]``. Prints the least and the middle time of the help, of the
version, of importing the package, and of opening a run where one is named by ``RUN=folder``. The target of the
help is 0.5 s.
"""

import os
import statistics
import subprocess
import sys
import time

HELP_TARGET_S = 0.5
CALLS = {
    "staffride --help": "import sys; sys.argv = ['staffride', '--help']; "
    "from staffride.cli.main import main; main()",
    "staffride run --help": "import sys; sys.argv = ['staffride', 'run', '--help']; "
    "from staffride.cli.main import main; main()",
    "staffride --version": "import sys; sys.argv = ['staffride', '--version']; "
    "from staffride.cli.main import main; main()",
    "import staffride": "import staffride",
}


def seconds(code):
    """Return the wall time of a fresh interpreter that runs ``code``."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main():
    """Print the times and say whether the help meets its target."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    calls = dict(CALLS)
    if "RUN" in os.environ:
        calls["open a run"] = f"import staffride; staffride.open_run({os.environ['RUN']!r}).arrivals"
    print(f"load of the machine {os.getloadavg()[0]:.1f}; seconds, least and middle of {repeats}")
    for name, code in calls.items():
        seconds(code)
        times = [seconds(code) for _ in range(repeats)]
        print(f"{name:24s} {min(times):6.3f} {statistics.median(times):6.3f}")
        if name == "staffride --help" and min(times) > HELP_TARGET_S:
            sys.exit(f"the help took {min(times):.3f} s; the target is {HELP_TARGET_S} s")


if __name__ == "__main__":
    main()
