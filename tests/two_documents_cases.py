"""Finished runs of the two documents' experiment that need no model: columns that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fake_comparison import FakeRun, keyed_normal
from staffride.lab.comparison_tables import plain
from staffride.lab.two_documents import ADAPT, ALL, PLANS, Arm, arms, measures
from staffride.lab.two_documents_figures import FIELDS, adapting, plan_figures, rounded, within

Floats = NDArray[np.float64]
Effect = Callable[[Arm, dict[str, Floats]], Mapping[str, Floats]]
Curve = tuple[str, str]
MAIN: tuple[Curve, ...] = ((ALL, "record"),)
N = 120


def columns(n: int = N) -> dict[str, Floats]:
    """Totals of the baseline: the town is lost in the even replications, after a hundred hours."""
    noise = keyed_normal(n, 1)
    even = np.arange(n) % 2 == 0
    found = {
        "changed.shusha_shushi": np.where(even, 100.0 + noise, np.nan),
        "end_h": np.full(n, 700.0) + keyed_normal(n, 2),
        "lost.armed_drone.az": np.where(np.arange(n) % 3 == 0, 2.0, 9.0),
        "held_share.arm": 0.5 + 0.01 * keyed_normal(n, 12),
        "leakage.arm": 0.8 + 0.01 * keyed_normal(n, 3),
        "lost.loitering_munition.az": 20.0 + keyed_normal(n, 4),
        "lost.air_defence.arm": 60.0 + keyed_normal(n, 5),
    }
    for at, what in enumerate(("deaths", "displaced", "civilian_deaths")):
        for side, level in (("az", 1000.0), ("arm", 2000.0)):
            found[f"{what}.{side}"] = level + 10.0 * keyed_normal(n, 6 + 2 * at + (side == "arm"))
    return found


def fake_run(plan: str, effect: Effect, curves: Sequence[Curve] | None = MAIN) -> FakeRun:
    """A run of a plan in which ``effect`` gives the columns that a policy changes, of all curves or of some."""
    base = columns()
    chosen = [arm for arm in arms(plan) if curves is None or (arm.family, arm.cueing) in curves]
    changed = {arm.policy: dict(effect(arm, base)) for arm in chosen}
    if plan == "adapted":
        changed = {ADAPT: {}, **changed}
    return FakeRun(base, changed, {"drawn": keyed_normal(N, 20)})


def figures(effect: Effect, curves: Sequence[Curve] | None = MAIN) -> dict:
    """The figures of the experiment, as they are stored, for a world in which policies do what ``effect`` says."""
    runs = {plan: fake_run(plan, effect, curves) for plan in PLANS}
    described = [
        {"id": one.id, "label": one.label, "side": one.side, "unit": one.unit, "reading": one.reading}
        for one in measures(runs["fixed"].total_names)
    ]
    return rounded(
        plain(
            {
                "made": {
                    "command": "python benchmarks/two_documents.py 120",
                    "scenario": "karabakh-2020",
                    "seed": 1,
                    "replications": N,
                    "version": "0",
                    "cutoff": "2020-10-10T00:00+04:00",
                    "period_h": 240,
                    "evidence": "e" * 12,
                    "model": "m" * 12,
                    "date": "2026-01-01",
                    "few_drones_lost": 4.0,
                },
                "fields": FIELDS,
                "measures": described,
                "stock": {"all": {"mean": 100.0, "low": 90.0, "high": 110.0}},
                "adapting": adapting(runs["adapted"]),
                "plans": {plan: plan_figures(within(run, plan), plan) for plan, run in runs.items()},
            }
        )
    )


def nothing(_arm: Arm, _base: Mapping[str, Floats]) -> dict[str, Floats]:
    """Policies that change nothing."""
    return {}
