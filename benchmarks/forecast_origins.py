"""Score forecasts of September 2023 from six origins against what the project demands of itself.

Run with:  python benchmarks/forecast_origins.py [replications]

For 25 to 30 September 24:00 it prints the width of the 90 % band of the final total as a share of the
record, whether the record lies inside, the model's mean CRPS on later bulletins beside its rivals, the
coverage of the flows between bulletins, and shelter by province. Nothing is tuned here: it only reads the
scoreboard.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import staffride
from staffride.lab.rivals import CAPPED
from staffride.lab.scoreboard import FLOWS, FLOWS_AS_STATED, PROVINCES
from staffride.lab.scorecard import Score, Scoreboard
from staffride.lab.validate import validate_run
from staffride.scenario import load

SCENARIO = "karabakh-2023"
DAYS = range(25, 31)
WIDEST = {27: 0.75, 28: 0.50, 29: 0.35, 30: 0.10}


def board_of(day: int, replications: int, parent: Path) -> Scoreboard:
    """Run the ensemble that knows what was published by the end of a day of September, and score it."""
    run = staffride.run(
        SCENARIO, replications, 1, origin=f"2023-09-{day:02d}", folder=parent / f"origin-{day}", report=False
    )
    return validate_run(run, load(SCENARIO))


def final_line(day: int, board: Scoreboard) -> str:
    """Return the band of the final total beside its limit."""
    final = board.final
    assert final is not None
    limit = WIDEST.get(day)
    verdict = f"(at most {limit:.0%}: {'yes' if final.width_share <= limit else 'NO'})" if limit else ""
    inside = "inside" if final.missed_by == 0.0 else f"missed by {final.missed_by:.1%}"
    band = f"{final.low_90:9,.0f} to {final.high_90:9,.0f}"
    return f"{day} Sep  {band}  width {final.width_share:4.0%} {verdict}  {inside}"


def score_line(row: Score) -> str:
    """Return number, coverage and mean CRPS of one row, and its ratios to the rivals that matter."""
    parts = [
        f"    {row.name:42s} n {row.n:3d}  50 % {row.covered_50:4.0%}  90 % {row.covered_90:4.0%}",
        f"CRPS {row.crps:8,.0f}",
    ]
    parts += [
        f"{rival} {row.baselines[rival]:,.0f} ratio {row.ratio(rival):.2f}"
        for rival in (row.best_simple, CAPPED)
        if rival in row.baselines
    ]
    return "  ".join(parts)


def main() -> None:
    """Print the table of all origins."""
    replications = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    boards: dict[int, Scoreboard] = {}
    with tempfile.TemporaryDirectory() as folder:
        for day in DAYS:
            begun = time.perf_counter()
            boards[day] = board_of(day, replications, Path(folder))
            print(f"{final_line(day, boards[day])}  ({time.perf_counter() - begun:.0f} s)")
            shown = [boards[day].score(name) for name in ("arrivals", FLOWS, FLOWS_AS_STATED, PROVINCES)]
            print("\n".join(score_line(row) for row in shown if row is not None), flush=True)
    finals = [board.final for board in boards.values() if board.final is not None]
    held = sum(final.missed_by == 0.0 for final in finals)
    print(
        f"record inside at {held} of {len(finals)} origins; worst miss {max(f.missed_by for f in finals):.1%}"
    )


if __name__ == "__main__":
    main()
