"""The bundle of a comparison: all that its report and its summary show, as plain JSON values under fixed names.

===================  =========================================================================================
``run`` ``period``   as in every bundle; ``command`` repeats the comparison
``times`` ``step_h`` ends of the steps of the series, and hours in a step
``sides``            id and name of the sides that measures tell of
``policies``         each with its levers, doses, start, cost, what it changes, and what that rests on
``measures``         those that count something anywhere, people first, each with its name for people
``effects``          policy -> measure -> what the policy changes of it
``rankings`` ``dominance`` ``regrets``    of baseline and policies, by measure
``drivers``          on which drawn parameters the effects on people rest
``dose_curves``      outcome against dose, where policies differ in one dose
``series``           of the baseline and ``<name>@<policy>``: median and bands by step
``intervals``        how many 95 % intervals tell something
``sources``          attributions of the evidence
===================  =========================================================================================
"""

from __future__ import annotations

import shlex
from typing import Any

import numpy as np

from staffride.evidence import attributions
from staffride.lab.comparison import Comparison, compare_run
from staffride.lab.comparison_tables import as_json
from staffride.lab.dose_curves import DoseCurve
from staffride.lab.measures import BOTH, LOST, Measure
from staffride.model.kinds import parameters_of
from staffride.present.bundle import about, command, plain
from staffride.present.campaign_words import CLASSES, side_name
from staffride.present.comparison_policies import policies_of
from staffride.results.identity import evidence_of
from staffride.results.run import Run
from staffride.results.tables import STATISTICS
from staffride.results.vocabulary import VARIANT
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.schema import Scenario
from staffride.scenario.specs import for_sides, spec_of

Json = dict[str, Any]

CONTROL = "change of control"

CURVE = tuple(at / 20 for at in range(21))
"""Shares of futures at which the regret is kept for its curve."""


def build_comparison_bundle(run: Run, scenario: Scenario) -> Json:
    """Return everything that a report of a comparison shows.

    Parameters
    ----------
    run
        A run with policies and with its tables, complete or partial.
    scenario
        The scenario that it ran, for example the resolved one in its folder.

    Raises
    ------
    StaffrideError
        A table of the run is missing or damaged.
    """
    return bundle_of(compare_run(run), scenario)


def bundle_of(comparison: Comparison, scenario: Scenario) -> Json:
    """Return everything that a report of a comparison shows; see the head of this file."""
    found = as_json(comparison)
    return {
        "kind": "comparison",
        "of": comparison.kind,
        **_about(comparison.run, scenario),
        "sides": [{"id": one, "name": side_name(one)} for one in _sides(comparison)],
        "policies": policies_of(scenario, found["policies"]),
        "measures": [_measure(one) for one in comparison.counted],
        "effects": {
            policy: {row["measure"]: row for row in found["effects"] if row["policy"] == policy}
            for policy in comparison.ids
        },
        **_beside(comparison, found),
        "drivers": [_driver(row, scenario) for row in found["drivers"]],
        "dose_curves": [
            {**row, "words": curve.words, **_dose(curve)}
            for row, curve in zip(found["dose_curves"], comparison.dose_curves(), strict=True)
        ],
        "series": _followed(comparison.run),
        "intervals": comparison.intervals,
        "sources": [
            {"id": s.source, "text": s.text, "terms": s.terms} for s in attributions(evidence_of(scenario))
        ],
    }


def _beside(comparison: Comparison, found: Json) -> Json:
    """Return baseline and policies beside each other, in the measures that are shown."""
    shown = [one.id for one in comparison.counted]
    regrets = {name: row for name, row in found["regrets"].items() if name in shown}
    return {
        "rankings": {name: found["rankings"][name] for name in shown},
        "dominance": found["dominance"],
        "regrets": {name: {**row, "curves": _curves(comparison, name)} for name, row in regrets.items()},
    }


def _about(run: Run, scenario: Scenario) -> Json:
    """Return what every report says of its run, under the title of a comparison, with the steps of its series."""
    found, every = about(run, scenario, repeat(run, scenario)), run.manifest.settings.every_h
    ends = range(every, scenario.period.hours + 1, every)
    steps = {"step_h": every, "times": [scenario.period.time_of(end).isoformat() for end in ends]}
    return {
        **found,
        **steps,
        "run": {**found["run"], "title": f"Policies compared: {scenario.title}", "of": scenario.title},
    }


def repeat(run: Run, scenario: Scenario) -> str:
    """Return the command that repeats a comparison."""
    settings = run.manifest.settings
    plain_run = command(run, scenario).removeprefix(f"staffride run {settings.scenario}")
    policies = "".join(f" --policy {shlex.quote(one)}" for one in settings.policies)
    options = plain_run if run.manifest.kind == "displacement" else plain_run.removesuffix(" --prior")
    return f"staffride compare {settings.scenario}{policies}{options}"


def _measure(measure: Measure) -> Json:
    """Return a measure with its name for people, and the topic under which those of sides and places stand."""
    topic, label, panel = measure.id, measure.label, ""
    if measure.place:
        topic = f"changed.{measure.reading}"
        label, panel = (
            f"{measure.label.partition(CONTROL)[0]}{CONTROL}",
            measure.label.partition(f"{CONTROL} of ")[2],
        )
    elif measure.side:
        topic = measure.id.removesuffix(f".{measure.side}")
        panel = "both sides" if measure.side == BOTH else side_name(measure.side)
        label = f"{CLASSES[topic.removeprefix(LOST)]} lost" if topic.removeprefix(LOST) in CLASSES else label
    return {
        "id": measure.id,
        "topic": topic,
        "label": label,
        "panel": panel,
        "name": f"{label}, {panel}" if panel else label,
        "side": measure.side,
        "unit": measure.unit,
        "better": measure.better,
        "group": measure.group,
        "reading": measure.reading,
        "people": measure.counts_people,
    }


def _dose(curve: DoseCurve) -> Json:
    """Return what the lever and the dose of a curve are called, and the dose that changes nothing as a number."""
    lever = LEVERS[curve.lever]
    dose = next(one for one in lever.doses if one.name == curve.dose)
    null = float(dose.null) if isinstance(dose.null, int | float) else None
    return {"label": lever.label, "meaning": dose.meaning, "null": null}


def _driver(row: Json, scenario: Scenario) -> Json:
    """Return the parameters on which an effect rests, each with its meaning."""
    strongest = [{**one, "meaning": _meaning(one["parameter"], scenario)} for one in row["strongest"]]
    return {**row, "strongest": strongest}


def _meaning(parameter: str, scenario: Scenario) -> str:
    """Return what the model of the scenario, or of one of its stages, says of a parameter."""
    for kind in (scenario.kind, *scenario.stages):
        spec = spec_of(for_sides(parameters_of(kind), scenario.sides or ()), parameter)
        if spec is not None:
            return spec.meaning
    return parameter.replace(".", ": ").replace("_", " ")


def _sides(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(one.side for one in comparison.measures if one.side not in ("", BOTH)))


def _curves(comparison: Comparison, measure: str) -> Json:
    """Return for each arm the regret that a share of futures stays below, at the shares of `CURVE`."""
    sign, arms = comparison.measure(measure).sign, comparison.arms
    worth = sign * np.stack([comparison.values(arm, measure) for arm in arms])
    worth = worth[:, np.isfinite(worth).all(axis=0)]
    if not worth.size:
        return {}
    lost = worth.max(axis=0) - worth
    return {arm: plain(np.quantile(row, CURVE), 4) for arm, row in zip(arms, lost, strict=True)}


def _followed(run: Run) -> Json:
    """Return bands of the series that are kept of policies, beside those of the baseline."""
    if not (run.folder / "summary.parquet").is_file():
        return {}
    table, steps = run.summary.read("series", *STATISTICS), len(run.times)
    names = [str(name) for name in table["series"][::steps]]
    kept = {name.partition(VARIANT)[0] for name in names if VARIANT in name}
    return {
        name: {level: plain(table[level][at * steps : (at + 1) * steps], 4) for level in STATISTICS}
        for at, name in enumerate(names)
        if name.partition(VARIANT)[0] in kept
    }
