"""What variants change: paired differences in the main results, and what share of the spread catalogue figures make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.lab.paired import variance_removed
from staffride.present.bundle import described
from staffride.present.campaign_strengths import Strengths
from staffride.present.campaign_words import CLASSES, FLYING, SHARES, Measure
from staffride.results.paired import pair, variant_column
from staffride.results.run import Run
from staffride.scenario.schema import Scenario

Json = dict[str, Any]
Numbers = NDArray[np.float64]

GROUND = tuple(name for name in CLASSES if name not in FLYING)
SURVIVING, FLYING_LOST = "surviving", "lost.flying"


def measures(side: str) -> tuple[Measure, ...]:
    """Return the main results for one side; the same for each."""
    return (
        Measure(f"share_lost.air_defence.{side}", side, "share of air defence lost", share=True),
        Measure(f"share_lost.artillery.{side}", side, "share of artillery lost", share=True),
        Measure(f"leakage.{side}", side, "share of threats that got through", share=True),
        Measure(f"{SURVIVING}.{side}", side, "share of all on the ground that survived", share=True),
        Measure(f"{FLYING_LOST}.{side}", side, "drones and aircraft lost", share=False),
    )


class Results:
    """The values of the main results in every replication, for the baseline and for each variant."""

    def __init__(self, totals: Mapping[str, Numbers], strengths: Strengths) -> None:
        self._totals, self._strengths = totals, strengths

    def values(self, measure: Measure, variant: str | None = None) -> Numbers:
        """Return (replications,) values of one result; NaN where it has no meaning, as a share of nothing."""
        kind = measure.name.removesuffix(f".{measure.side}")
        if kind == SURVIVING:
            stood = self._strengths.of(measure.side, GROUND, variant)
            return _share(stood - self._lost(GROUND, measure.side, variant), stood)
        if kind == FLYING_LOST:
            return self._lost(FLYING, measure.side, variant)
        values = self._total(measure.name, variant)
        if kind in SHARES:
            stood = self._strengths.of_share(kind, measure.side, variant)
            return np.where(stood > 0, values, np.nan)
        return values

    def _lost(self, classes: Sequence[str], side: str, variant: str | None) -> Numbers:
        return np.asarray(np.sum([self._total(f"lost.{one}.{side}", variant) for one in classes], axis=0))

    def _total(self, name: str, variant: str | None) -> Numbers:
        return self._totals[name if variant is None else variant_column(name, variant)]


def _share(part: Numbers, whole: Numbers) -> Numbers:
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0))


def compared(run: Run, scenario: Scenario, results: Results) -> list[Json]:
    """Return each main result that varies: its baseline, and what each variant changes in it."""
    found = []
    for side in scenario.sides:
        for measure in measures(side):
            baseline = results.values(measure)
            others = {variant.id: results.values(measure, variant.id) for variant in run.variants}
            if np.isfinite(baseline).any() and _varies(baseline, *others.values()):
                found.append(compared_one(measure, baseline, others))
    return found


def _varies(*columns: Numbers) -> bool:
    values = np.concatenate(columns)
    values = values[np.isfinite(values)]
    return bool(values.size) and float(np.ptp(values)) > 0.0


def compared_one(measure: Measure, baseline: Numbers, others: Mapping[str, Numbers]) -> Json:
    """Return one result: its baseline, and what each variant changes in it."""
    return {
        **measure._asdict(),
        "baseline": described(baseline),
        "variants": {name: _beside(baseline, values) for name, values in others.items()},
    }


def _beside(baseline: Numbers, values: Numbers) -> Json:
    """Return the paired difference, the variant's own bands, and what share of the variance it removes."""
    if not np.isfinite(baseline + values).any():
        return {"pairs": None, "own": None, "removed": None}
    found, removed = pair(baseline, values), variance_removed(baseline, values)
    return {
        "pairs": {name: _finite(value) for name, value in vars(found).items()},
        "own": described(values),
        "removed": {name: _finite(value) for name, value in removed._asdict().items()},
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def variants(scenario: Scenario) -> list[Json]:
    """Return the variants: what each asks, and whether it holds inputs at their medians."""
    return [
        {
            "id": one.id,
            "label": one.label,
            "question": one.question,
            "median": list(one.median),
            "changes": bool(one.off or one.on or one.set),
        }
        for one in scenario.variants
    ]
