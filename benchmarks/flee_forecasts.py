"""Fit the forecasts of regional displacement, and score them beside equally dressed simple forecasts.

Run with:  python benchmarks/flee_forecasts.py [--shared FOLDER] [--check]

Every case is forecast with figures fitted on the other cases only. The scoreboard is written to
docs/model/flee_forecasts.json and the figures fitted on all cases, which the program uses, to its package data;
with --check nothing is written.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from flee_runs import CASES, asked_for, folders_of
from staffride.interop.flee import load_flee
from staffride.lab.forecast_board import document, score_cases
from staffride.lab.forecast_parameters import STORED, write_parameters

ROOT = Path(__file__).resolve().parents[1]
SCOREBOARD = ROOT / "docs" / "model" / "flee_forecasts.json"
NOTES = {
    "what": "figures of the forecasts of regional displacement; the docstrings of lab/forecast_centre.py and "
    "lab/forecast_spread.py say what each is",
    "source": "fitted by benchmarks/flee_forecasts.py to raw reports; left-one-case-out scores stand in "
    "docs/model/flee_forecasts.json",
}


def main() -> None:
    """Fit, score, print, write."""
    parser = asked_for(__doc__)
    parser.add_argument("--check", action="store_true", help="print only")
    options = parser.parse_args()
    started = time.perf_counter()
    folders = folders_of(options)
    board = score_cases([load_flee(folder) for folder in folders.values()])
    found = document(board)
    show(found)
    print(f"{time.perf_counter() - started:.0f} s")
    if not options.check and set(folders) != set(CASES):
        print("nothing is written: figures of other cases than the six are not the program's")
    elif not options.check:
        SCOREBOARD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        write_parameters(STORED, board.stored, NOTES)


def show(found: dict) -> None:
    """Print the scores by lead, the ratios and the coverage."""
    print("left one case out; leads", found["leads"])
    for name, ways in found["scores"].items():
        for way, measures in ways.items():
            mae, crps = measures["mae"]["by_lead"], measures["crps"]["by_lead"]
            print(f"{name:22s} {way:10s} MAE {mae}  CRPS {crps}")
    for name, ratios in found["against"].items():
        for what, one in ratios.items():
            print(f"over {name:22s} {what:15s} {one['over_leads']} {one['interval_90']}  {one['by_lead']}")
    for name, one in found["coverage"].items():
        print(f"coverage {name:22s} 90 % {one['90']}  50 % {one['50']}")
    for name, one in found["totals"].items():
        print(f"total {name:22s} {one}")
    print("stored", found["stored"])


if __name__ == "__main__":
    main()
