"""One role for each fact and quantity, and nothing in a prior that was not known at the cut-off.

A forecast that is scored on what it was built from proves nothing. So a fact that serves as evidence of a
prior may not also be an observation that the run is fitted to or scored on; what is an outcome is no prior;
and what was published after the cut-off is no prior either, unless the quantity is marked ``inventory``, and
then nothing derived from it is scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from staffride.errors import nearest
from staffride.evidence import Fact, Ledger
from staffride.scenario.draft import Draft
from staffride.scenario.schema import Dated
from staffride.scenario.tables import TABLES, key_columns

PRIOR_ROLES = frozenset({"input", "calibration"})
"""Roles of quantities that a run starts from."""


DATED = {"events": "event", "city_strikes": "strike", "truces": "truce"}
"""Tables of dated items, and what a row of each is called."""

UNDATED = tuple(table for table in TABLES if table not in DATED and table != "observations")


class Use(NamedTuple):
    """One thing that rests on evidence.

    Parameters
    ----------
    where
        Its key in the draft's locations.
    what
        How to name it in a message.
    evidence
        Ids of the facts or claims.
    is_prior
        Whether a run starts from it.
    inventory
        Whether it may rest on what became known later.
    is_event
        Whether it is a dated item: then it may be a thing that happened.
    """

    where: str
    what: str
    evidence: tuple[str, ...]
    is_prior: bool
    inventory: bool
    is_event: bool = False


def uses(parts: Draft) -> Iterator[Use]:
    """Yield everything in a scenario that cites evidence, observations left out."""
    for name, quantity in parts.parameters.items():
        prior = quantity.role in PRIOR_ROLES
        yield Use(f"parameters.{name}", f"parameter {name!r}", quantity.evidence, prior, quantity.inventory)
    for table in UNDATED:
        for row in parts.rows[table]:
            name = ".".join(getattr(row, column) for column in key_columns(table))
            inventory = getattr(row, "inventory", False)
            yield Use(f"{table}.{name}", f"{table} {name!r}", row.evidence, True, inventory)
    yield from _uses_of_systems(parts)
    for table, word in DATED.items():
        for row in parts.rows[table]:
            prior = _is_told(parts, row)
            yield Use(f"{table}.{row.id}", f"{word} {row.id!r}", row.evidence, prior, False, True)


def _is_told(parts: Draft, row: Dated) -> bool:
    """Return whether a scored run starts from a dated item.

    A campaign may hold later ones too: only its replay uses them, and nothing of a replay is scored.
    """
    if parts.kind != "campaign" or parts.cutoff is None:
        return row.given
    return row.given and not parts.replay and max(row.time, row.known_from) <= parts.cutoff


def _uses_of_systems(parts: Draft) -> Iterator[Use]:
    """Yield systems and their figures: that a system exists is no prior, what it can do is one."""
    for name, system in parts.systems.items():
        yield Use(f"systems.{name}", f"system {name!r}", system.evidence, False, False)
        for figure, quantity in system.figures.items():
            what, prior = f"figure {figure!r} of system {name!r}", quantity.role in PRIOR_ROLES
            yield Use(f"systems.{name}.{figure}", what, quantity.evidence, prior, quantity.inventory)


def check_roles(parts: Draft, ledger: Ledger) -> None:
    """Add every breach of the rules of this module to the problems of a draft."""
    cited = list(uses(parts))
    _check_ids(parts, ledger, cited)
    for use in cited:
        if use.is_prior:
            for fact in _facts(use.evidence, ledger):
                _check_prior(parts, use, fact)
    _check_one_role(parts, [use for use in cited if use.is_prior])
    _check_observations(parts, ledger)


def _facts(ids: Iterable[str], ledger: Ledger) -> Iterator[Fact]:
    return (ledger.facts[name] for name in ids if name in ledger.facts)


def _check_ids(parts: Draft, ledger: Ledger, cited: Iterable[Use]) -> None:
    known = [*ledger.facts, *ledger.claims]
    named = [(use.where, use.what, name) for use in cited for name in use.evidence]
    named += [(f"observations.{row.id}", f"observation {row.id!r}", row.fact) for row in parts.observations]
    for where, what, name in named:
        if name not in ledger.facts and name not in ledger.claims:
            text = f"{what} cites {name!r}, which is not in the ledger"
            parts.complain(where, text, "the id of a fact or claim", nearest(name, known) or _LIST)
    for name in parts.claims:
        if name not in ledger.claims:
            hint = nearest(name, ledger.claims) or _LIST
            parts.complain("claims", f"there is no claim {name!r}", "the id of a claim", hint)


_LIST = "`staffride evidence list` shows them all"


def _check_prior(parts: Draft, use: Use, fact: Fact) -> None:
    if use.inventory:
        return
    if fact.kind == "outcome" and not use.is_event:
        text = f"{use.what} rests on {fact.id!r}, an outcome: a run that starts from it knows the answer"
        parts.complain(use.where, text, "a fact of the kind input", "use an earlier figure, or `assumed`")
    elif parts.cutoff is not None and fact.known_from > parts.cutoff:
        text = f"{use.what} rests on {fact.id!r}, known from {fact.published}, after the cut-off"
        expected = f"a fact known by {parts.cutoff:%Y-%m-%d %H:%M}"
        parts.complain(use.where, text, expected, "use an earlier figure, or mark it `inventory: true`")


def _check_one_role(parts: Draft, priors: Iterable[Use]) -> None:
    """Report facts that are evidence of a prior and also fitted to or scored on."""
    observed = {row.fact: row for row in parts.observations if row.role != "record"}
    for use in priors:
        for name in use.evidence:
            if name in observed:
                row = observed[name]
                line = parts.locations[f"observations.{row.id}"].line
                roles = f"evidence of {use.what}, and {row.role} observation (line {line})"
                parts.complain(
                    use.where,
                    f"{name!r} has two roles: {roles}",
                    "one role for each fact",
                    "take it out of `evidence`, or give the observation the role 'record'",
                )


def _check_observations(parts: Draft, ledger: Ledger) -> None:
    first: dict[str, str] = {}
    for row in parts.observations:
        where, what = f"observations.{row.id}", f"observation {row.id!r}"
        other = first.setdefault(row.fact, row.id)
        if other != row.id:
            text = f"{what} and {other!r} are the same fact {row.fact!r}"
            parts.complain(where, text, "each fact observed once", "drop one: counted twice it has two roles")
        if row.role == "calibration" and parts.cutoff is not None and row.known_from > parts.cutoff:
            text = f"{what} is for calibration but known from {row.known_from:%Y-%m-%d %H:%M}"
            expected = f"known by the cut-off, {parts.cutoff:%Y-%m-%d %H:%M}"
            parts.complain(where, text, expected, "give it the role 'held_out'")
        fact = ledger.facts.get(row.fact)
        if fact is not None and fact.known_from > row.known_from:
            text = (
                f"{what} is known from {row.known_from:%Y-%m-%d %H:%M}, its fact only from {fact.published}"
            )
            parts.complain(
                where, text, "no earlier than its fact", f"see `staffride evidence show {fact.id}`"
            )
