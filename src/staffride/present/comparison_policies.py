"""What the policies of a comparison are: levers, doses, what they change, what it costs and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from staffride.errors import InputError
from staffride.evidence import Claim, ledger
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.levers.lever import Dose, Lever
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.policy import Change, Policy, Stages
from staffride.scenario.schema import Scenario

Json = dict[str, Any]

TABLES = (
    "places", "links", "people", "provinces", "events", "zones", "units", "orders", "ways", "formations", "goals",
    "supplies", "city_strikes", "truces", "terms", "civilians",
)  # fmt: skip
"""Tables of a scenario in which a policy may have other rows."""

RULES = {
    "set": "is set to {}",
    "times": "is multiplied by {}",
    "plus": "is raised by {}",
    "at_least": "is at least {}",
    "at_most": "is at most {}",
}
"""What becomes of a drawn number, in words."""


def policies_of(scenario: Scenario, found: Sequence[Json]) -> list[Json]:
    """Return the policies of a comparison, read again from their ids; of one that cannot be read, id and label alone.

    Parameters
    ----------
    found
        Id, label, question and ``changes_nothing`` of each.
    """
    stages = {scenario.kind: scenario, **scenario.stages}
    return [{**one, **_read(str(one["id"]), stages), "number": at} for at, one in enumerate(found, 1)]


def _read(text: str, stages: Stages) -> Json:
    """Return what a policy is; its levers may have another name in the version that made the run."""
    try:
        (policy,) = parse_policies([text], stages)
    except InputError:
        return {"starts": None, "cost": "", "levers": [], "changes": []}
    return {
        "starts": policy.starts.isoformat() if policy.starts else None,
        "cost": policy.cost,
        "levers": [_lever(LEVERS[name], values) for name, values in policy.levers if name in LEVERS],
        "changes": [*map(_number, policy.patch.changes), *_rows(policy, stages)],
    }


def _lever(lever: Lever, values: Mapping[str, float | str]) -> Json:
    return {
        "id": lever.id,
        "label": lever.label,
        "group": lever.group,
        "summary": lever.summary,
        "doses": [_dose(dose, values[dose.name]) for dose in lever.doses if dose.name in values],
        "evidence": [{"id": one, "text": _said(one)} for one in lever.evidence],
        "assumed": lever.assumed,
        "limits": lever.limits,
    }


def _dose(dose: Dose, value: float | str) -> Json:
    return {
        "name": dose.name,
        "meaning": dose.meaning,
        "unit": "" if dose.unit == "1" else dose.unit,
        "value": value,
        "is_default": value == dose.default,
    }


def _said(name: str) -> str:
    known = ledger().find(name)
    return str(known.statement if isinstance(known, Claim) else getattr(known, "label", ""))


def _number(change: Change) -> str:
    return f"{change.name} {RULES[change.rule].format(f'{change.value:.6g}')}"


def _rows(policy: Policy, stages: Stages) -> Iterator[str]:
    """Yield in words in which tables a policy has other rows, and what it switches off."""
    for kind, changed in policy.patch.scenarios.items():
        before = stages[kind]
        for table in TABLES:
            old, new = set(map(repr, getattr(before, table))), set(map(repr, getattr(changed, table)))
            if old != new:
                name = table.replace("_", " ")
                yield f"{name}: {len(new - old)} rows other or new, {len(old - new)} other or gone"
        left_out = sorted(set(changed.off) - set(before.off))
        if left_out:
            yield f"switched off: {', '.join(left_out)}"
        added = [name for name in changed.parameters if name not in before.parameters]
        if added:
            yield f"quantities added: {', '.join(added)}"
