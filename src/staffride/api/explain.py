"""What can be explained: the steps of a model, a file of rules, a rule, a parameter or a lever, as plain objects."""

from __future__ import annotations

import importlib
import inspect
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from staffride.api import rules as of_model
from staffride.api.levers import explained_lever
from staffride.errors import InputError, Problem, nearest
from staffride.model.kinds import parameters_of
from staffride.scenario import Quantity, Scenario, load, shipped_names
from staffride.scenario.figures import FIGURE
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.specs import figure_spec, for_sides, spec_of

Json = dict[str, Any]

HOMES = {"change of control": "control", "record": "campaign_tally"}
"""Files of the rules of steps that have another name."""

WEATHER = "The weather of the whole period is drawn before the first hour: it depends on nothing else."

KINDS = ("campaign", "displacement", "chain")
"""The kinds of scenario whose parameters can be explained."""

LEVELS = (0.05, 0.5, 0.95)
FIGURE_PARTS = 3
NUMBERED = re.compile(r"^(\d+)\. ((?:``\w+``(?: and )?)*):? ?(.+?)(?=^\d+\. |\n\n|\Z)", re.M | re.S)


def contents() -> Json:
    """Return all that can be explained: scenarios, rules by file, parameters, levers."""
    files = {_name(module): [rule.name for rule in of_model.rules(module)] for module in of_model.modules()}
    return {
        "scenarios": list(shipped_names()),
        "rules": {name: found for name, found in files.items() if found},
        "parameters": sorted({name for kind in KINDS for name in parameters_of(kind)}),
        "levers": list(LEVERS),
    }


def explain(what: str) -> Json:
    """Return what the program says of a scenario, a file of rules, a rule, a parameter or a lever.

    A lever that bears the name of a file of rules brings these along.

    Raises
    ------
    InputError
        There is nothing of that name.
    """
    if what in shipped_names() or Path(what).is_dir():
        return of_scenario(load(what, parameters_of))
    found = _of_rules(what)
    if what in LEVERS:
        return explained_lever(what) | {"rules": found["rules"] if found else []}
    found = found or _of_parameter(what)
    if found is not None:
        return found
    known = contents()
    names = [*known["scenarios"], *known["rules"], *known["parameters"], *known["levers"]]
    names += [name for found in known["rules"].values() for name in found]
    expected = "a scenario, a file of rules, a rule, a parameter or a lever; staffride explain lists them"
    raise InputError(
        [Problem(f"there is nothing called {what!r} to explain", None, None, expected, nearest(what, names))]
    )


def of_scenario(scenario: Scenario) -> Json:
    """Return the steps of a scenario's model in their order, each with the file of its rules."""
    every = "hour" if scenario.kind == "campaign" else "replication"
    steps = _campaign_steps(scenario) if scenario.kind == "campaign" else _numbered_steps(scenario.kind)
    found = [{"number": number, **step} for number, step in enumerate(steps, start=1)]
    before = WEATHER if scenario.kind == "campaign" else ""
    about = {"name": scenario.name, "kind": scenario.kind, "every": every, "before": before}
    return {"what": "scenario", **about, "steps": found}


def _campaign_steps(scenario: Scenario) -> Iterator[Json]:
    """Yield the steps of the hour: without formations, those of the air half."""
    from staffride.model.campaign_steps import STEPS

    for step in STEPS:
        if scenario.formations or not step.afoot:
            yield {"phenomenon": step.phenomenon, "file": _file(step.phenomenon), "does": step.does}


def _numbered_steps(kind: str) -> Iterator[Json]:
    """Yield the steps that the model of a displacement or of a chain numbers in its own docstring."""
    text = inspect.getdoc(importlib.import_module(f"staffride.model.{kind}")) or ""
    for _, name, does in NUMBERED.findall(text):
        phenomenon = name.strip("`")
        yield {
            "phenomenon": phenomenon,
            "file": _file(phenomenon),
            "does": " ".join(does.split()).rstrip("."),
        }


def _file(phenomenon: str) -> str:
    """Return the file that holds the rules of a phenomenon."""
    return f"model/{HOMES.get(phenomenon, phenomenon)}.py"


def timed(scenario: Scenario, replications: int) -> Json:
    """Run the baseline of a campaign and return its steps with their shares of the time.

    Raises
    ------
    InputError
        The scenario is no campaign: only its hour is timed step by step.
    """
    if scenario.kind != "campaign":
        text = f"{scenario.name} is a {scenario.kind}: only the hour of a campaign is timed step by step"
        raise InputError([Problem(text, expected="a campaign", suggestion="leave --time out")])
    from staffride.api.campaign import prepare
    from staffride.api.request import Request
    from staffride.model.campaign_block import simulate_variant
    from staffride.model.campaign_steps import STEPS

    alone = scenario.model_copy(update={"variants": ()})
    ready = prepare(alone, Request(replications=replications), replications, 1)
    simulate_variant(ready.inputs, ready.draws, 0, 1, slice(0, 1))  # compiles, where it is not compiled yet
    began = time.perf_counter()
    spent = simulate_variant(ready.inputs, ready.draws, 0, 1, slice(0, replications)).spent
    wall = time.perf_counter() - began
    shares = spent / max(1, int(spent.sum()))
    each = dict(zip((step.does for step in STEPS), shares.tolist(), strict=True))
    hours = replications * scenario.period.hours
    found = of_scenario(scenario)
    for step in found["steps"]:
        step["share"] = each[step["does"]]
        step["microseconds_an_hour"] = 1e6 * wall * step["share"] / hours
    return found | {"replications": replications, "hours": scenario.period.hours, "wall_seconds": wall}


def _of_rules(what: str) -> Json | None:
    """Return a file of rules, or the rules that have a name, or ``None``."""
    for module in of_model.modules():
        found = list(of_model.rules(module))
        if _name(module) == what and found:
            text = of_model.sections(inspect.getdoc(module) or "")[""]
            return {"what": "file", "name": what, "text": text, "rules": [_rule(rule) for rule in found]}
    named = [rule for module in of_model.modules() for rule in of_model.rules(module) if rule.name == what]
    return {"what": "rule", "name": what, "rules": [_rule(rule) for rule in named]} if named else None


def _rule(rule: of_model.Rule) -> Json:
    """Return one rule with the labelled parts of its docstring."""
    parts = {
        label.lower(): " ".join(rule.parts[label].split()) for label in of_model.LABELS if label in rule.parts
    }
    code = f"{rule.module}.{rule.signature}"
    return {"name": rule.name, "statement": rule.statement, **parts, "code": code}


def _of_parameter(what: str) -> Json | None:
    """Return a parameter or figure: meaning, unit, limits, and its prior in each shipped scenario that gives it."""
    scenarios = [load(name, parameters_of) for name in shipped_names()]
    found: dict[str, list[Json]] = {}
    spec = None
    for scenario in scenarios:
        specs = for_sides(parameters_of(scenario.kind), scenario.sides)
        for name in _names(what, scenario):
            spec = spec or _spec(name, specs)
            found.setdefault(name, []).extend(_prior(scenario, name))
    spec = spec or next(
        (parameters_of(kind)[what] for kind in KINDS if what in parameters_of(kind)),
        None,
    )
    if spec is None:
        return None
    about = {"meaning": spec.meaning, "unit": spec.unit, "low": spec.low, "high": spec.high}
    priors = [prior for name in sorted(found) for prior in found[name]]
    return {"what": "parameter", "name": what, **about, "priors": priors}


def _names(what: str, scenario: Scenario) -> list[str]:
    """Return the quantities of a scenario that a name or pattern means."""
    if what.endswith(".*"):
        return [name for name in scenario.parameters if name.startswith(what[:-1])]
    full = [what.replace("{side}", side) for side in scenario.sides] if "{side}" in what else [what]
    return [name for name in full if name in scenario.quantities]


def _spec(name: str, specs: Mapping[str, Any]) -> Any:  # noqa: ANN401 (a specification or none)
    """Return what the model says of a parameter, or of a figure of a system."""
    parts = name.split(".")
    if parts[0] == "system" and len(parts) == FIGURE_PARTS and parts[2] in FIGURE:
        return figure_spec(parts[1], parts[2])
    return spec_of(specs, name)


def _prior(scenario: Scenario, name: str) -> Iterator[Json]:
    """Yield the prior of a quantity in a scenario, with what it rests on."""
    quantity: Quantity = scenario.quantities[name]
    low, middle, high = quantity.quantiles(*LEVELS)
    yield {
        "scenario": scenario.name, "parameter": name, "unit": quantity.unit, "q05": low, "q50": middle, "q95": high,
        "evidence": list(quantity.evidence), "assumed": quantity.assumed, "note": quantity.note,
    }  # fmt: skip


def _name(module: Any) -> str:  # noqa: ANN401 (a module)
    return str(module.__name__).rpartition(".")[2]
