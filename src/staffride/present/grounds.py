"""What the numbers rest on: parameters, facts, claims, with sides and confidence, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.evidence import Claim, Fact, ledger
from staffride.lab.posterior import read_record
from staffride.model.parameters import PARAMETERS
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import Scenario

Json = dict[str, Any]

CLEARLY_TOGETHER = 0.5
"""Correlation from which two parameters are said to be known only together."""
UNINFORMED = 0.9
"""Share of a prior's width from which a parameter counts as not informed."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SIDES = {
    "az": "Azerbaijani",
    "arm": "Armenian",
    "arm.ra": "Armenian (Republic of Armenia)",
    "arm.nk": "Armenian (de facto authorities)",
    "ru": "Russian",
    "none": "neither side",
}
CLASSES = {
    "tested": "tested by runs",
    "input": "an input of this scenario, so not tested",
    "record": "a figure of the record",
    "not_testable": "not testable here",
}


def parameters(
    quantities: Mapping[str, Quantity],
    spec_of: Callable[[str], ParameterSpec | None],
    posterior: Mapping[str, NDArray[np.float64]],
) -> list[Json]:
    """Return each quantity with its prior, its posterior, its unit and what it rests on.

    Parameters
    ----------
    quantities
        The quantities by name.
    spec_of
        What the model says of a name, if anything.
    posterior
        Parameter name -> its values over the replications, in the model's unit; empty for a prior ensemble.
    """
    return [_parameter(name, quantity, spec_of(name), posterior) for name, quantity in quantities.items()]


def _parameter(
    name: str, quantity: Quantity, spec: ParameterSpec | None, posterior: Mapping[str, NDArray[np.float64]]
) -> Json:
    written = quantity if spec is None else quantity.in_unit(spec.unit)
    prior = written.quantiles(*LEVELS)
    free = prior[0] < prior[-1] and name in posterior
    sample = [float(q) for q in np.quantile(posterior[name], LEVELS)] if free else None
    return {
        "name": name,
        "meaning": _meaning(name, spec),
        "unit": written.unit,
        "prior": list(prior),
        "posterior": sample,
        "role": quantity.role,
        "evidence": list(quantity.evidence),
        "assumed": quantity.assumed,
        "note": quantity.note,
    }


def shares(quantities: Collection[Quantity]) -> Json:
    """Return how many quantities rest on the record, on weak figures of it, and on assumptions."""
    known = ledger().facts
    counts = {"all": len(quantities), "record": 0, "both": 0, "assumed": 0, "weak": 0}
    for quantity in quantities:
        counts[_ground(quantity)] += 1
        found = [known[name] for name in quantity.evidence if name in known]
        counts["weak"] += bool(found) and (
            all(fact.confidence == "low" for fact in found)
            or _one_sided([s for f in found for s in f.sources])
        )
    return counts


def _ground(quantity: Quantity) -> str:
    if quantity.evidence and quantity.assumed:
        return "both"
    return "record" if quantity.evidence else "assumed"


def _one_sided(sources: Sequence[str]) -> bool:
    """Whether all sources are of one side of the conflict."""
    sides = {ledger().sources[name].side.split(".")[0] for name in sources}
    return len(sides) == 1 and sides <= {"az", "arm"}


def not_told_apart(scenario: Scenario, origin: str, mode: str) -> Json | None:
    """Return which parameters the fit learned nothing of, and which it knows only together.

    Returns
    -------
    dict or None
        ``together``: pairs of meanings with their posterior correlation, the strongest first; ``uninformed``:
        meanings. ``None`` for a prior ensemble, or
        where the fit keeps no such record.
    """
    if mode == "prior":
        return None
    moment = datetime.fromisoformat(origin)
    fits = {datetime.fromisoformat(key): fit for key, fit in read_record(scenario)["origins"].items()}
    found = fits.get(moment)
    if found is None:
        return None
    pairs = [(_named(a), _named(b), r) for a, b, r in found["together"] if abs(r) >= CLEARLY_TOGETHER]
    left = found["width_left"]
    return {"together": pairs, "uninformed": [_named(name) for name in left if left[name] >= UNINFORMED]}


def _named(name: str) -> str:
    return _meaning(name, PARAMETERS.get(name))


def _meaning(name: str, spec: ParameterSpec | None) -> str:
    return name.replace(".", ": ").replace("_", " ") if spec is None else spec.meaning


def facts(scenario: Scenario) -> dict[str, str]:
    """Return in a few words what each fact or claim says that a quantity rests on."""
    named = {name for quantity in scenario.quantities.values() for name in quantity.evidence}
    known = ledger()
    found = {name: _fact(known.facts[name]) for name in sorted(named & known.facts.keys())}
    return found | {name: known.claims[name].statement for name in sorted(named & known.claims.keys())}


def _fact(fact: Fact) -> str:
    numbers = [f"{n:,.6g}" for n in dict.fromkeys((fact.low, fact.value, fact.high)) if n is not None]
    stated = f": {' to '.join(dict.fromkeys((numbers[0], numbers[-1])))} {fact.unit}" if numbers else ""
    titles = "; ".join(ledger().sources[name].title for name in fact.sources)
    return f"{fact.label}{stated} ({titles}; {fact.confidence} confidence)"


def said_by(fact: str) -> str:
    """Return who states a fact; its first source where the record names nobody."""
    known = ledger().facts.get(fact)
    if known is None:
        return ""
    return known.said_by or ledger().sources[known.sources[0]].title


def claims(scenario: Scenario) -> list[Json]:
    """Return the claims that the scenario bears on, each with its passage and its author's side."""
    known = ledger().claims
    return [_claim(known[name]) for name in scenario.claims if name in known]


def _claim(claim: Claim) -> Json:
    return {
        "id": claim.id,
        "text": claim.statement,
        "document": claim.document,
        "title": ledger().sources[claim.document].title,
        "paragraph": claim.paragraph,
        "start": claim.start,
        "length": claim.length,
        "sha256": claim.sha256,
        "side": SIDES[claim.side],
        "class": CLASSES[claim.test_class],
        "reason": claim.reason,
        "elsewhere": claim.elsewhere,
        "agreement": claim.agreement,
        "series": list(claim.series),
    }
