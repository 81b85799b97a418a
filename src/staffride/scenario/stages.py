"""The scenarios that a chain runs: finding them, what the chain changes in them, and whether they fit together.

A stage is a folder inside the chain's own (as in a run folder, which holds all that it needs), a shipped scenario, or
a folder beside it. Of a stage nothing is told that was not known by the chain's cut-off; a parameter of the chain that
bears the name of a parameter of a stage takes its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from staffride.errors import Problem, nearest
from staffride.evidence import Ledger
from staffride.scenario.chain_schema import CHAIN_EVENTS, OWN, STAGES
from staffride.scenario.draft import Draft
from staffride.scenario.locate import SETTINGS, SHIPPED, shipped_names
from staffride.scenario.quantity import Quantity
from staffride.scenario.roles import PRIOR_ROLES
from staffride.scenario.schema import Scenario

DAY_H = 24
LISTED = 6
"""Most names that a message lists; of more it tells only how many."""


class ReadStage(Protocol):
    """What came of reading the folder of a stage."""

    @property
    def scenario(self) -> Scenario | None:
        """The scenario, or ``None`` where a problem is fatal."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""


def read_stages(parts: Draft, read: Callable[[Path], ReadStage], ledger: Ledger) -> dict[str, Scenario]:
    """Return the scenarios that a chain runs, by kind, and add what is wrong with them to its problems.

    Parameters
    ----------
    parts
        The draft of the chain.
    read
        Reads the folder of a stage.
    ledger
        The record.
    """
    found: dict[str, Scenario] = {}
    for setting, kind in STAGES.items():
        stage = _read_stage(parts, setting, read)
        if stage is not None and stage.kind != kind:
            text = f"`{setting}` names {stage.name!r}, a {stage.kind}"
            parts.complain(setting, text, f"a scenario of kind {kind}", "check the name")
        elif stage is not None:
            found[kind] = stage
    if len(found) == len(STAGES):
        _check_parameters(parts, found)
        found = {kind: _as_told(parts, stage) for kind, stage in found.items()}
        for stage in found.values():
            _check_known(parts, stage, ledger)
        _check_operation(parts, found["campaign"])
    return found


def _read_stage(parts: Draft, setting: str, read: Callable[[Path], ReadStage]) -> Scenario | None:
    name = parts.header.get(setting)
    if name is None:
        text = f"a chain says in `{setting}` which scenario it runs"
        parts.complain(setting, text, f"the name of a {STAGES[setting]}", f"add `{setting}`")
        return None
    folder = find_stage(str(name), parts.folder)
    if folder is None:
        text = f"`{setting}` names {name!r}, which is not there"
        beside = [path.parent.name for path in parts.folder.resolve().parent.glob(f"*/{SETTINGS}")]
        expected = "the name of a shipped scenario or of a folder beside this one (a name, not a path)"
        parts.complain(setting, text, expected, nearest(str(name), [*shipped_names(), *beside]))
        return None
    reading = read(folder)
    parts.problems.extend(reading.errors)
    return reading.scenario


def find_stage(name: str, folder: Path) -> Path | None:
    """Return the folder of a stage of the chain in ``folder``: inside it, shipped, or beside it."""
    if PurePosixPath(name).name != name or "\\" in name or name in {"", ".", ".."}:
        return None
    own = folder.resolve()
    candidates = (own / name, SHIPPED / name, own.parent / name)
    return next((path for path in candidates if (path / SETTINGS).is_file() and path != own), None)


def _as_told(parts: Draft, stage: Scenario) -> Scenario:
    """Return a stage with what the chain changes in it, and without what was not known by the chain's cut-off."""
    own = {
        name: quantity.in_unit(stage.parameters[name].unit)
        for name, quantity in parts.parameters.items()
        if name in stage.parameters
    }
    cutoff = parts.cutoff
    told = [row for row in stage.events if cutoff and max(row.time, row.known_from) <= cutoff]
    return stage.model_copy(update={"parameters": {**stage.parameters, **own}, "events": tuple(told)})


def _check_parameters(parts: Draft, stages: Mapping[str, Scenario]) -> None:
    """Report parameters that two stages share, and parameters of the chain that nothing reads."""
    first, second = stages.values()
    both = sorted(first.parameters.keys() & second.parameters.keys())
    if both:
        text = f"{first.name} and {second.name} both have {_listed(both)}"
        parts.complain(
            "operation", text, "stages with parameters of different names", "rename them in one of the two"
        )
    known = {*first.parameters, *second.parameters}
    for name in [name for name in parts.parameters if not name.startswith(OWN) and name not in known]:
        text = f"no stage of the chain has a parameter {name!r}"
        expected = "a parameter of the chain itself or of a stage"
        parts.complain(f"parameters.{name}", text, expected, nearest(name, known) or "remove it")


def _check_known(parts: Draft, stage: Scenario, ledger: Ledger) -> None:
    """Report priors of a stage that rest on what was published after the chain's cut-off."""
    late = [name for name, quantity in stage.parameters.items() if _is_late(parts, quantity, ledger)]
    if late:
        text = f"{stage.name}: {_listed(late)} rest on facts known only after the cut-off of the chain"
        hint = "give these parameters here, with what was known by then"
        setting = next(key for key, kind in STAGES.items() if kind == stage.kind)
        parts.complain(setting, text, "priors known by the cut-off", hint)


def _is_late(parts: Draft, quantity: Quantity, ledger: Ledger) -> bool:
    if quantity.inventory or quantity.role not in PRIOR_ROLES or parts.cutoff is None:
        return False
    facts = [ledger.facts[one] for one in quantity.evidence if one in ledger.facts]
    return any(fact.known_from > parts.cutoff for fact in facts)


def _check_operation(parts: Draft, operation: Scenario) -> None:
    """Report an operation that does not fit into the chain."""
    if parts.period is None or parts.cutoff is None:
        return
    problems = [
        (tuple(parts.sides) != operation.sides, "its sides are others than those of the chain"),
        (not operation.formations, "it has no formations, and so no end and no civilians"),
        (operation.cutoff > parts.cutoff, "its cut-off is later than that of the chain"),
        (operation.period.start < parts.period.start, "it begins before the chain"),
        (operation.period.end > parts.period.end, "it ends after the chain"),
        (bool(_shared(operation)), f"both sides fight with {', '.join(_shared(operation))}"),
    ]
    for wrong, why in problems:
        if wrong:
            text = f"{operation.name} does not fit into the chain: {why}"
            parts.complain("operation", text, "a campaign within the chain", "change one of the two")


def _shared(operation: Scenario) -> list[str]:
    """Return levels of formations that both sides use: the closure could then not change those of one side alone."""
    users: dict[str, set[str]] = {}
    for row in operation.formations:
        for name in (row.quality, row.turnout):
            if name is not None:
                users.setdefault(name, set()).add(row.side)
    return sorted(name for name, sides in users.items() if len(sides) > 1)


def check_chain(parts: Draft) -> None:
    """Add what is wrong with a chain itself to its problems; `read_stages` adds what is wrong with its stages."""
    for where, text, expected, hint in _wrong(parts):
        parts.complain(where, text, expected, hint)


def _wrong(parts: Draft) -> Iterator[tuple[str, str, str, str]]:
    side = parts.header.get("side")
    if parts.header and side not in parts.sides:
        yield "side", f"`side` is {side!r}", "one of " + ", ".join(parts.sides), "say whose road is closed"
    if parts.header and parts.header["record_every_h"] != DAY_H:
        yield "record_every_h", "a chain is kept by day", f"`record_every_h: {DAY_H}`", "write it so"
    for variant in parts.variants:
        if variant.off or variant.on or variant.set:
            where = f"variants.{variant.id}"
            text = f"variant {variant.id!r} does more than hold parameters at their medians"
            yield where, text, "`median` alone", "use a policy, or a scenario that extends this one"
    for event in parts.events:
        if event.place is not None or event.link is not None:
            text = f"event {event.id!r} names a place or a link"
            yield f"events.{event.id}", text, "neither: a chain has one road", "leave both cells empty"
        if event.kind in CHAIN_EVENTS and parts.period is not None and event.time >= parts.period.end:
            text = f"event {event.id!r} happens at or after the end of the period"
            yield f"events.{event.id}", text, "a moment within the period", "check the date"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
