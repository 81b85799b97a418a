"""The levers of policy as plain objects: what each does, its doses, what it rests on, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, get_args

from staffride.errors import InputError, Problem, nearest
from staffride.evidence import Claim, ledger
from staffride.model.kinds import parameters_of
from staffride.scenario import Scenario, load
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.levers.lever import Dose, Group, Lever
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.levers.setting import is_day, is_number, plain
from staffride.scenario.policy import Policy
from staffride.scenario.tables import TABLES, key_columns

Json = dict[str, Any]

EXAMPLES = {"campaign": "karabakh-2020", "displacement": "karabakh-2023"}
"""The scenario that shows what a lever of a kind changes."""

DAYS_IN = timedelta(days=13)
"""How far into the period the example of a date lies."""

GROUPS: tuple[str, ...] = get_args(Group)
KINDS = ("campaign", "displacement", "chain")


def levers_of(kind: str | None = None, group: str | None = None) -> list[Json]:
    """Return the levers, or those of a kind of scenario and a group, in their order.

    Raises
    ------
    InputError
        There is no such kind or group.
    """
    problems = [*_unknown("kind", kind, KINDS), *_unknown("group", group, GROUPS)]
    if problems:
        raise InputError(problems)
    return [
        of_lever(lever)
        for lever in LEVERS.values()
        if kind in (None, *lever.kinds) and group in (None, lever.group)
    ]


def _unknown(what: str, name: str | None, known: Iterable[str]) -> Iterator[Problem]:
    if name is not None and name not in known:
        yield Problem(
            f"unknown {what} {name!r}", None, None, "one of " + ", ".join(known), nearest(name, known)
        )


def of_lever(lever: Lever) -> Json:
    """Return what a lever is, without what it changes."""
    return {
        "id": lever.id,
        "label": lever.label,
        "group": lever.group,
        "summary": lever.summary,
        "kinds": list(lever.kinds),
        "doses": [_dose(dose) for dose in lever.doses],
        "starts_later": lever.starts_later,
        "evidence": list(lever.evidence),
        "assumed": lever.assumed,
        "limits": lever.limits,
    }


def _dose(dose: Dose) -> Json:
    kind = "number" if is_number(dose) else "date" if is_day(dose) else "choice"
    values = plain({"default": dose.default, **({} if dose.null is None else {"null": dose.null})})
    return {
        "name": dose.name,
        "meaning": dose.meaning,
        "kind": kind,
        "unit": dose.unit,
        "default": values["default"],
        "low": dose.low,
        "high": dose.high,
        "choices": list(dose.choices),
        "null": values.get("null"),
    }


def explained_lever(name: str) -> Json:
    """Return everything about a lever: what it is, the words of its evidence, and what it changes in an example."""
    lever = LEVERS[name]
    records = ledger()
    said = {one: records.find(one) for one in lever.evidence}
    words = {one: found.statement if isinstance(found, Claim) else found.label for one, found in said.items()}  # type: ignore[union-attr]
    scenario = load(next(EXAMPLES[kind] for kind in lever.kinds if kind in EXAMPLES), parameters_of)
    policy = example_policy(lever, scenario)
    cost = policy.cost or "The record has no figure of what it costs."
    command = f"staffride compare {scenario.name} --policy {policy.id} --replications 200"
    shown = {"scenario": scenario.name, "policy": policy.id, **changes_of(policy, scenario)}
    about = of_lever(lever) | {"words": words, "cost": cost, "example": command, "changes": shown}
    return {"what": "lever", "name": name, **about}


def example_policy(lever: Lever, scenario: Scenario) -> Policy:
    """Return the policy of a lever as by default; a date lies thirteen days into the period."""
    has_day = bool(lever.doses) and is_day(lever.doses[0])
    day = (scenario.period.start + DAYS_IN).date().isoformat()
    return parse_policies([f"{lever.id}:{day}" if has_day else lever.id], {scenario.kind: scenario})[0]


def changes_of(policy: Policy, scenario: Scenario) -> Json:
    """Return what a policy changes of a scenario: drawn numbers, rows of tables, and parameters and systems added."""
    changed = policy.patch.scenarios.get(scenario.kind, scenario)
    tables = {name: _rows(getattr(scenario, name), getattr(changed, name), name) for name in TABLES}
    numbers = [change._asdict() for change in policy.patch.changes]
    added = [name for name in changed.quantities if name not in scenario.quantities]
    return {
        "numbers": numbers,
        "rows": {name: found for name, found in tables.items() if found},
        "added": [name for name in added if name in changed.parameters],
        "left_out": sorted(set(changed.off) - set(scenario.off)),
    }


def _rows(before: Iterable[Any], after: Iterable[Any], table: str) -> Json:
    """Return how many rows are other than before, in which columns, and how many are added and taken away."""
    old, new = ({_key(row, table): row for row in rows} for rows in (before, after))
    others = [key for key in new if key in old and new[key] != old[key]]
    columns = {
        column
        for key in others
        for column in type(new[key]).model_fields
        if getattr(new[key], column) != getattr(old[key], column)
    }
    found = {
        "changed": len(others),
        "columns": sorted(columns),
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
    }
    return found if any(found.values()) else {}


def _key(row: Any, table: str) -> tuple[Any, ...]:  # noqa: ANN401 (a row of any table)
    return tuple(getattr(row, column) for column in key_columns(table))
