"""What the parameters of a scenario rest on: the record, one side or low confidence, or assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from staffride.evidence import Fact, Ledger
from staffride.scenario.quantity import Quantity
from staffride.scenario.schema import Scenario

Ground: TypeAlias = Literal["record", "one side or low confidence", "assumed"]


class Composition(NamedTuple):
    """The names of quantities by what they rest on.

    Parameters
    ----------
    record
        At least one fact of medium or high confidence, and not from one party to the conflict alone.
    one_sided
        Figures of one party alone, claims of a document, or only figures of low confidence.
    assumed
        No fact: a reason.
    """

    record: tuple[str, ...]
    one_sided: tuple[str, ...]
    assumed: tuple[str, ...]

    def shares(self) -> dict[Ground, float]:
        """Return the share of all of them in each group; zeros if there are none."""
        total = max(sum(map(len, self)), 1)
        grounds: tuple[Ground, ...] = ("record", "one side or low confidence", "assumed")
        return {ground: len(names) / total for ground, names in zip(grounds, self, strict=True)}


def composition(scenario: Scenario, ledger: Ledger) -> Composition:
    """Return what each parameter of a scenario rests on."""
    return composition_of(scenario.parameters, ledger)


def composition_of_figures(scenario: Scenario, ledger: Ledger) -> Composition:
    """Return what each figure of a system of a campaign rests on, by its name ``system.<id>.<figure>``."""
    figures = {name: found for name, found in scenario.quantities.items() if name not in scenario.parameters}
    return composition_of(figures, ledger)


def composition_of(quantities: Mapping[str, Quantity], ledger: Ledger) -> Composition:
    """Return what each of some quantities rests on."""
    grounds = {name: ground(quantity, ledger) for name, quantity in quantities.items()}

    def named(wanted: Ground) -> tuple[str, ...]:
        return tuple(name for name, found in grounds.items() if found == wanted)

    return Composition(named("record"), named("one side or low confidence"), named("assumed"))


def ground(quantity: Quantity, ledger: Ledger) -> Ground:
    """Return what one quantity rests on."""
    if not quantity.evidence:
        return "assumed"
    facts = [ledger.facts[name] for name in quantity.evidence if name in ledger.facts]
    sides = {_party(fact, ledger) for fact in facts}
    trusted = any(fact.confidence != "low" for fact in facts)
    return "record" if trusted and sides not in ({"az"}, {"arm"}) else "one side or low confidence"


def _party(fact: Fact, ledger: Ledger) -> str:
    """Return the party that states a fact: ``az``, ``arm``, or another."""
    stated = fact.details.get("said_by_side")
    side = str(stated) if stated else ledger.sources[fact.sources[0]].side
    return side.partition(".")[0]
