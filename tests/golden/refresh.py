"""Write the golden figures anew: the only way to change them.

Run ``python tests/golden/refresh.py``.  It says which figures move and by how much; if any does, say why in
the changelog under "Results move".
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from displacement_cases import SHIPPED, prior_draws, shipped_inputs
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_block import simulate_campaign_block
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.displacement import replicate
from staffride.model.kinds import parameters_of
from staffride.scenario import load

HERE = Path(__file__).resolve().parent
FILE = HERE / "displacement.json"
CAMPAIGN_FILE = HERE / "campaign.json"
GROUND_FILE = HERE / "campaign_ground.json"
SEED, REPLICATIONS = 2023, (0, 7)
CAMPAIGNS = ("opening-day", "layers")
WAR, WAR_REPLICATIONS, DAY_H = "karabakh-2020", 3, 24
SERIES = (
    "arrivals",
    "arrivals.children",
    "vehicles_crossed",
    "departed",
    "at_home",
    "waiting_for_fuel",
    "waiting_for_bus",
    "casualties",
    "queue_vehicles",
    "delay_hours",
    "registered",
    "shelter.total",
    "shelter.unmet",
    "shelter.syunik",
    "shelter.yerevan",
)

Figures = dict[str, dict[str, dict[str, list[float] | float]]]


def figures() -> Figures:
    """Hourly series and totals of a few replications of the shipped scenario under its prior."""
    draws, found = prior_draws(max(REPLICATIONS) + 1, SEED), {}
    for replication in REPLICATIONS:
        numbers, rate = draws.numbers(replication), draws.rate_path[replication]
        outcome = replicate(shipped_inputs(), numbers, rate, SEED, replication)
        series = {name: [plain(value) for value in outcome.series[name]] for name in SERIES}
        totals = {name: plain(value) for name, value in outcome.totals.items()}
        found[str(replication)] = {"series": series, "totals": totals}
    return found


def campaign_figures() -> Figures:
    """Hourly series and totals, variants and all, of a few replications of the shipped campaigns; zeros left out."""
    found = {}
    for name in CAMPAIGNS:
        scenario = load(name, parameters_of)
        inputs = compile_campaign(scenario)
        draws = draw_campaign(scenario, max(REPLICATIONS) + 1, SEED, inputs)
        for replication in REPLICATIONS:
            block = simulate_campaign_block(inputs, draws, SEED, replication, 1)
            series = {
                key: [plain(value) for value in row[0]] for key, row in block.series.items() if row.any()
            }
            totals = {
                key: plain(row[0]) for key, row in block.totals.items() if row[0] and not np.isnan(row[0])
            }
            found[f"{name} {replication}"] = {"series": series, "totals": totals}
    return found


def ground_figures() -> Figures:
    """Daily series and totals of the baseline of the shipped war, and the deaths of its variants; zeros left out."""
    scenario, found = load(WAR, parameters_of), {}
    inputs = compile_campaign(scenario)
    draws = draw_campaign(scenario, WAR_REPLICATIONS, SEED, inputs)
    for replication in range(WAR_REPLICATIONS):
        block = simulate_campaign_block(inputs, draws, SEED, replication, 1)
        step = DAY_H // inputs.every_h
        series = {
            key: [plain(value) for value in row[0, step - 1 :: step]]
            for key, row in block.series.items()
            if row.any()
        }
        totals = {
            key: plain(row[0])
            for key, row in block.totals.items()
            if row[0] and not np.isnan(row[0]) and ("@" not in key or key.startswith("deaths."))
        }
        found[f"{WAR} {replication}"] = {"series": series, "totals": totals}
    return found


def plain(value) -> float:
    """A whole number as an integer, which JSON keeps exactly, any other as a float."""
    return int(value) if float(value).is_integer() else float(value)


def differences(old: Figures, new: Figures) -> Iterator[str]:
    """One line for each series or total that differs."""
    for replication, kinds in new.items():
        for kind, rows in kinds.items():
            for name, row in rows.items():
                before = old.get(replication, {}).get(kind, {}).get(name)
                if before != row:
                    change = "new" if before is None else f"moves by up to {largest(before, row):.6g}"
                    yield f"replication {replication}, {kind} {name}: {change}"


def largest(before, after) -> float:
    """The largest absolute difference."""
    return float(np.abs(np.asarray(after) - np.asarray(before)).max())


def main() -> None:
    """Write all files and say what moved."""
    for file, new, what in (
        (FILE, figures(), SHIPPED),
        (CAMPAIGN_FILE, campaign_figures(), "campaigns"),
        (GROUND_FILE, ground_figures(), WAR),
    ):
        old = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        print("\n".join(differences(old, new)) or f"No golden figure of {what} moves.")
        file.write_text(compact(json.dumps(new, indent=1)) + "\n", encoding="utf-8")


def compact(text: str) -> str:
    """JSON with each list on one line, so that a difference is easy to read."""
    lines, inside = [], False
    for line in text.splitlines():
        if inside:
            lines[-1] += line.strip() + (" " if line.endswith(",") else "")
        else:
            lines.append(line)
        inside = line.endswith("[") or (inside and "]" not in line)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
