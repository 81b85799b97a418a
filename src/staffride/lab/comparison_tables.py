"""A comparison as plain values: rows of a table, one JSON object, and a sheet to read in a terminal or notebook."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from staffride.lab.comparison import Comparison
    from staffride.lab.comparison_effect import Effect

Row = dict[str, Any]


def plain(value: Any) -> Any:  # noqa: ANN401 (any value that a result may hold)
    """Return a value as plain objects that JSON can hold: a number that is not finite is None.

    >>> plain({"a": (1.0, float("nan")), "b": np.float64(2.0)})
    {'a': [1.0, None], 'b': 2.0}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def effect_row(effect: Effect) -> Row:
    """Return an effect as one flat row."""
    found: Row = plain(
        {
            **_named(effect),
            **_differences(effect),
            **_futures(effect),
            "p": effect.p,
            "holm_p": effect.holm_p,
            "standardised": effect.standardised,
            "size": effect.size,
            "verdict": effect.verdict,
            "variance_reduction": effect.variance_reduction,
            "as_many_as": effect.as_many_as,
            "needed_for_precision": effect.needed_for_precision,
            "needed_for_sign": effect.needed_for_sign,
            "words": effect.words,
        }
    )
    return found


def _named(effect: Effect) -> Row:
    """Return which policy and measure it is."""
    measure = effect.measure
    return {
        "policy": effect.policy,
        "measure": measure.id,
        "label": measure.phrase,
        "side": measure.side,
        "unit": measure.unit,
        "group": measure.group,
        "better": measure.better,
    }


def _differences(effect: Effect) -> Row:
    """Return both means and their difference with its intervals."""
    together, median = effect.simultaneous, effect.median
    return {
        "replications": effect.paired.n,
        "baseline": effect.baseline_mean,
        "with_policy": effect.policy_mean,
        "difference": effect.difference,
        "low": effect.interval.low,
        "high": effect.interval.high,
        "median_difference": median.median,
        "median_low": median.low,
        "median_high": median.high,
        "heavy_tails": median.heavy_tails,
        "simultaneous_low": together.low if together else None,
        "simultaneous_high": together.high if together else None,
    }


def _futures(effect: Effect) -> Row:
    """Return in which share of futures the policy is lower, the same or higher, and better or worse."""
    shares = {
        "lower": effect.lower,
        "same": effect.same,
        "higher": effect.higher,
        "better": effect.probability_better,
        "worse": effect.probability_worse,
    }
    found: Row = {}
    for name, share in shares.items():
        found[f"share_{name}"] = share.share if share else None
        found[f"share_{name}_low"] = share.low if share else None
        found[f"share_{name}_high"] = share.high if share else None
    return found


def entry(effect: Effect) -> Row:
    """Return an effect as plain objects: its row, and the counts behind a probability."""
    return effect_row(effect) | {"risk": plain(effect.risk)}


def as_json(comparison: Comparison) -> Row:
    """Return a comparison as plain objects; every number is finite or None."""
    judged = [one for one in comparison.measures if one.judged]
    found: Row = plain(
        {
            "scenario": comparison.scenario,
            "kind": comparison.kind,
            "seed": comparison.seed,
            "replications": comparison.replications,
            "intervals": comparison.intervals,
            "measures": [asdict(one) | {"phrase": one.phrase} for one in comparison.measures],
            "policies": [
                {**asdict(policy), "changes_nothing": comparison.changes_nothing(policy.id)}
                for policy in comparison.policies
            ],
            "effects": [entry(effect) for one in comparison.ids for effect in comparison.effects_of(one)],
            "rankings": {one.id: comparison.ranking(one.id) for one in comparison.measures},
            "dominance": comparison.dominance(),
            "regrets": {one.id: comparison.regret(one.id) for one in judged},
            "drivers": [
                comparison.drivers(*key)
                for key, effect in comparison.effects.items()
                if effect.measure in comparison.people and effect.found
            ],
            "dose_curves": comparison.dose_curves(),
        }
    )
    return found


def sheet(comparison: Comparison) -> str:
    """Return the effects on people as text, policy by policy."""
    count = len(comparison.policies)
    what = f"{comparison.scenario}: {count} {'policy' if count == 1 else 'policies'} beside the baseline"
    lines = [f"<Comparison of {what}, {comparison.replications:,} replications, seed {comparison.seed}"]
    shown = comparison.people or comparison.counted
    for policy in comparison.policies:
        lines.append(f"  {policy.id}: {policy.label}" if policy.label != policy.id else f"  {policy.id}")
        if comparison.changes_nothing(policy.id):
            lines.append("    changes nothing")
            continue
        for measure in shown:
            effect = comparison.effects.get((policy.id, measure.id))
            if effect is not None:
                lines.append(f"    {measure.phrase}: {effect.words}")
    lines.append(
        f"  {comparison.intervals:,} intervals of 95 % in all: one in twenty misses by chance alone.>"
    )
    return "\n".join(lines)
