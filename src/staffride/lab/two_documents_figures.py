"""The figures of the two documents' experiment: from two finished comparisons to plain numbers for its page.

Each policy is compared with the reference of its plan (the record, or the record under raids that adapt), so both meet
the same luck and the same raids.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from staffride._version import __version__
from staffride.lab.comparison import Comparison, compare_run
from staffride.lab.comparison_effect import Effect, effect_of, simultaneous
from staffride.lab.comparison_tables import plain
from staffride.lab.dose_curves import outcome
from staffride.lab.measures import BASELINE, Floats
from staffride.lab.two_documents import (
    ADAPT,
    ALL,
    BATTERIES_LOST,
    DATE,
    DAY_H,
    DEFENDER,
    DRONES_LOST,
    FEW_LOST,
    HELD,
    LAYERS,
    OUTCOMES,
    PLANS,
    REFERENCE,
    REPLACED,
    SCENARIO,
    Arm,
    Plan,
    arms,
    measures,
)
from staffride.results.run import Run
from staffride.scenario.levers.rows import is_battery
from staffride.scenario.schema import Scenario

Row = dict[str, Any]

FIELDS = ("mean", "difference", "low", "high", "wide_low", "wide_high", "n")
"""What the numbers of an effect are, in their order. The wide interval holds for all doses of a curve at once."""

DIGITS = 4
EXPLAINED = ((ALL, "record", 3.0), (REPLACED, "record", 62.0))
"""Family, cueing and dose of the policies whose effects are traced to drawn parameters."""

JAMMERS = ("jammer", "navigation_jammer")


def within(run: Run, plan: Plan) -> Comparison:
    """Return the policies of a plan beside its own reference instead of the baseline of the run."""
    whole = compare_run(run, measures(run.total_names))
    own = {arm.policy for arm in arms(plan)}
    columns = dict(whole.columns)
    for one in whole.measures:
        columns[BASELINE, one.id] = whole.values(REFERENCE[plan], one.id)
    effects = {
        (policy, name): effect_of(effect.measure, policy, columns[BASELINE, name], columns[policy, name])
        for (policy, name), effect in whole.effects.items()
        if policy in own
    }
    chosen = tuple(policy for policy in whole.policies if policy.id in own)
    return replace(whole, policies=chosen, columns=columns, effects=effects)


def plan_figures(found: Comparison, plan: Plan) -> Row:
    """Return the figures of a plan: its reference, policies, futures in which drones fared as recorded, drivers."""
    chosen = found.values(BASELINE, DRONES_LOST) <= FEW_LOST
    run = [arm for arm in arms(plan) if arm.policy in found.ids]
    sizes = Counter(arm.series for arm in run)
    return {
        "reference": {
            one.id: reference(found.values(BASELINE, one.id), found, one.id) for one in found.measures
        },
        "arms": [arm_figures(found, arm, sizes[arm.series], chosen) for arm in run],
        "as_recorded": {
            "n": int(chosen.sum()),
            "of": int(chosen.size),
            "reference": {
                name: reference(found.values(BASELINE, name)[chosen], found, name) for name in OUTCOMES
            },
        },
        "drivers": [
            found.drivers(arm.policy, measure)
            for arm in run
            if (arm.family, arm.cueing, arm.dose) in EXPLAINED
            for measure in (HELD, "deaths.both", "displaced.both")
        ],
    }


def reference(values: Floats, found: Comparison, name: str) -> Row:
    """Return the mean of a measure's values (replications,) with its interval."""
    mean, low, high = outcome(values, found.measure(name))
    return {"mean": mean, "low": low, "high": high, "n": int(np.isfinite(values).sum())}


def arm_figures(found: Comparison, arm: Arm, doses: int, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Row:
    """Return the figures of one policy.

    Parameters
    ----------
    doses
        How many policies its curve has, for the wide intervals.
    chosen
        Futures (replications,) in which the drones of the reference fared as the record says.
    """
    single = arm.family in LAYERS
    shown = (*OUTCOMES, DRONES_LOST, BATTERIES_LOST) if single else tuple(one.id for one in found.measures)
    before, after = found.values(BASELINE, DATE), found.values(arm.policy, DATE)
    row = {
        "policy": arm.policy,
        "family": arm.family,
        "cueing": arm.cueing,
        "dose": arm.dose,
        "effects": {name: numbers(found.effect(arm.policy, name), doses) for name in shown},
        "futures": futures(before, after),
    }
    if single or arm.cueing != "record":
        return row
    return row | {"as_recorded": _among(found, arm, doses, chosen)}


def numbers(effect: Effect, doses: int) -> list[float | int]:
    """Return the numbers of an effect in the order of `FIELDS`."""
    wide = simultaneous(effect, doses)
    return [effect.policy_mean, effect.difference, *effect.interval, *wide, effect.paired.n]


def futures(before: Floats, after: Floats) -> dict[str, int]:
    """Return in how many futures a policy averts a change of control, brings it about, or moves its date.

    Parameters
    ----------
    before, after
        Hours (replications,) of the change of control without and with the policy; missing where there is none.

    >>> futures(np.array([240.0, 240.0, np.nan]), np.array([np.nan, 300.0, np.nan]))
    {'averted': 1, 'brought about': 0, 'later': 1, 'earlier': 0, 'same day': 0, 'never': 1}
    """
    was, is_now = np.isfinite(before), np.isfinite(after)
    moved = np.where(was & is_now, after, 0.0) - np.where(was & is_now, before, 0.0)
    ways = {
        "averted": was & ~is_now,
        "brought about": ~was & is_now,
        "later": moved >= DAY_H,
        "earlier": moved <= -DAY_H,
        "same day": was & is_now & (np.abs(moved) < DAY_H),
        "never": ~was & ~is_now,
    }
    return {name: int(np.count_nonzero(way)) for name, way in ways.items()}


def _among(found: Comparison, arm: Arm, doses: int, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Row:
    """Return the effects among some of the futures."""
    return {
        name: numbers(
            effect_of(
                found.measure(name),
                arm.policy,
                found.values(BASELINE, name)[chosen],
                found.values(arm.policy, name)[chosen],
            ),
            doses,
        )
        for name in OUTCOMES
    }


def adapting(run: Run) -> Row:
    """Return what raids that adapt change by themselves, against the raids as given."""
    whole = compare_run(run, measures(run.total_names))
    return {one.id: numbers(whole.effect(ADAPT, one.id), 1) for one in whole.measures}


def stock(scenario: Scenario, drawn: Mapping[str, Floats]) -> dict[str, Row]:
    """Return the launchers of each layer and the jammers of the defender that the futures of a run begin with.

    Parameters
    ----------
    drawn
        Name -> values (replications,) of the drawn parameters.
    """
    names: dict[str, list[str]] = {layer: [] for layer in (*LAYERS, "jammers")}
    for unit in scenario.units:
        system = scenario.systems[unit.system]
        kind = "jammers" if system.kind in JAMMERS else (system.layer if is_battery(system) else None)
        if unit.side == DEFENDER and kind in names and unit.strength not in names[kind]:
            names[kind].append(unit.strength)
    counts = {kind: np.sum([drawn[name] for name in found], axis=0) for kind, found in names.items() if found}
    counts["all"] = np.sum([counts[layer] for layer in LAYERS if layer in counts], axis=0)
    return {
        kind: {"mean": float(one.mean()), "low": float(one.min()), "high": float(one.max())}
        for kind, one in counts.items()
    }


def made(run: Run, command: str) -> Row:
    """Return how and from what the figures were made."""
    manifest = run.manifest
    settings = manifest.settings
    return {
        "command": command,
        "scenario": SCENARIO,
        "seed": run.seed,
        "replications": run.replications,
        "version": __version__,
        "cutoff": settings.cutoff,
        "period_h": settings.hours,
        "evidence": settings.evidence_digest[:12],
        "model": settings.code_digest[:12],
        "date": str(manifest.ended)[:10],
        "few_drones_lost": FEW_LOST,
    }


def results(runs: Mapping[Plan, Run], scenario: Scenario, command: str) -> Row:
    """Return all figures of the experiment as plain values.

    Parameters
    ----------
    runs
        The finished comparison of each plan, both with the same seed.
    scenario
        The scenario that they ran.
    command
        What repeats them.
    """
    first = runs["fixed"]
    compared = {plan: within(runs[plan], plan) for plan in PLANS}
    described = [
        {"id": one.id, "label": one.label, "side": one.side, "unit": one.unit, "reading": one.reading}
        for one in compared["fixed"].measures
    ]
    found: Row = rounded(
        plain(
            {
                "made": made(first, command),
                "fields": FIELDS,
                "measures": described,
                "stock": stock(scenario, first.totals.read(*first.parameter_names)),
                "adapting": adapting(runs["adapted"]),
                "plans": {plan: plan_figures(one, plan) for plan, one in compared.items()},
            }
        )
    )
    return found


def rounded(value: Any) -> Any:  # noqa: ANN401 (any plain value)
    """Return plain values with every number in four digits, and whole ones without a point.

    >>> rounded({"a": [1234.56, 0.000123456, 7]})
    {'a': [1235, 0.0001235, 7]}
    """
    if isinstance(value, float):
        short = float(f"{value:.{DIGITS}g}")
        return int(short) if short.is_integer() else short
    if isinstance(value, Mapping):
        return {name: rounded(one) for name, one in value.items()}
    return (
        [rounded(one) for one in value]
        if isinstance(value, Sequence) and not isinstance(value, str)
        else value
    )


def written(found: Row) -> str:
    """Return the figures as JSON with one policy on each line."""
    arms_of = {plan: one["arms"] for plan, one in found["plans"].items()}
    short = {plan: {**one, "arms": f"<{plan}>"} for plan, one in found["plans"].items()}
    text = json.dumps({**found, "plans": short}, indent=1, ensure_ascii=False)
    for plan, rows in arms_of.items():
        lines = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in rows)
        text = text.replace(f'"<{plan}>"', f"[\n{lines}\n   ]")
    return text + "\n"
