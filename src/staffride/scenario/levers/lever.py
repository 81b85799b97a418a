"""What a lever is: a name, doses, what it rests on, and how it changes a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from staffride.scenario.policy import Patch, Stages

Value: TypeAlias = float | str | date
Values: TypeAlias = Mapping[str, Value]
Group: TypeAlias = Literal[
    "defence", "protection", "information", "diplomacy", "relief", "what-if", "assumption"
]


@dataclass(frozen=True)
class Dose:
    """One number, date or choice that a lever asks for.

    Attributes
    ----------
    name, meaning, unit
        The unit is empty for a date or a choice.
    default
        The value where a policy gives none.
    low, high
        Range of a number; ``None`` for a date or a choice.
    choices
        The words of a choice; empty for a number or a date.
    null
        The value at which the lever changes nothing, where there is one.
    """

    name: str
    meaning: str
    unit: str
    default: Value
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    null: Value | None = None


@dataclass(frozen=True)
class Lever:
    """A lever of policy.

    Attributes
    ----------
    id, label, group, summary
        How it is called; what it does, in one plain sentence.
    kinds
        Kinds of scenario that it can act on: ``campaign``, ``displacement``, ``chain``.
    doses
        What can be given, the main dose first; its value may stand without its name.
    build
        Returns the patch for the stages and all doses filled in. It raises `InputError` where the scenario lacks what
        the lever acts on.
    starts_later
        Whether it may begin at a date (``from=DATE``): it then changes drawn numbers alone, no row of a table.
    evidence, assumed
        Ids of facts and claims that its effect rests on, and what is assumed instead, with the reason.
    limits
        What it leaves out.
    cost
        Returns the cost in words for all doses, empty where the record has no figure; ``None`` for no cost at all.
    """

    id: str
    label: str
    group: Group
    summary: str
    kinds: tuple[str, ...]
    doses: tuple[Dose, ...]
    build: Callable[[Stages, Values], Patch]
    starts_later: bool
    evidence: tuple[str, ...]
    assumed: str
    limits: str
    cost: Callable[[Values], str] | None = None
