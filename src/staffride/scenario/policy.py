"""Policies: what a lever changes of a scenario, and how it acts on the numbers that a replication draws.

A policy never touches a random number: it replaces rows of tables, and changes drawn quantities after they are drawn.
So everything that it does not change meets the same luck (common random numbers), whatever else is compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.scenario.schema import Scenario

Stages: TypeAlias = Mapping[str, Scenario]
"""The scenarios that a policy can act on, by kind: one for a campaign or a displacement, several for a chain."""

Rule: TypeAlias = Literal["set", "times", "plus", "at_least", "at_most"]
Floats: TypeAlias = NDArray[np.float64]


class Change(NamedTuple):
    """One change of a drawn quantity, in every replication.

    Attributes
    ----------
    name
        Parameter, or figure of a system as ``system.<id>.<figure>``; a pattern such as ``strength.arm.*`` for several.
    rule, value
        What becomes of the drawn number x: ``value``, ``value x``, ``x + value``, ``max(x, value)``, ``min(x, value)``;
        ``value`` in the unit in which the model reads the quantity. The limits of the quantity hold afterwards.
    """

    name: str
    rule: Rule
    value: float


class Patch(NamedTuple):
    """What a lever makes of the scenarios: those with other rows (by kind), and changes of drawn numbers."""

    scenarios: Mapping[str, Scenario] = {}
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A lever with its doses, or several together, ready to be run beside the baseline.

    Attributes
    ----------
    id
        The policy in canonical form, for example ``layered-air-defence:2`` or ``early-truce:2020-10-10+buses:500``;
        it stands after ``@`` in the names of totals, and repeats the policy when it is given to ``--policy``.
    label, question
        Its name for people, and what it asks, in one line.
    patch
        All that its levers change, one lever after another.
    starts
        The moment from which it acts, ``None`` for the start of the period; before it the runs are the baseline's own.
    levers
        Its levers in order, each with the value of every dose.
    cost
        What it costs, in words with a figure where the record has one; empty where it has none.
    """

    id: str
    label: str
    question: str
    patch: Patch
    starts: datetime | None = None
    levers: tuple[tuple[str, Mapping[str, float | str]], ...] = ()
    cost: str = ""
    notes: tuple[str, ...] = field(default=())

    def scenario(self, stages: Stages, kind: str) -> Scenario:
        """Return the scenario of a kind as this policy has it."""
        return self.patch.scenarios.get(kind, stages[kind])


def changed(numbers: Floats, rule: Rule, value: float) -> Floats:
    """Return drawn numbers after a change; see `Change`.

    >>> changed(np.array([1.0, 3.0]), "times", 2.0), changed(np.array([1.0, 3.0]), "at_least", 2.0)
    (array([2., 6.]), array([2., 3.]))
    """
    if rule == "set":
        return np.full_like(numbers, value)
    if rule == "times":
        return numbers * value
    if rule == "plus":
        return numbers + value
    return np.maximum(numbers, value) if rule == "at_least" else np.minimum(numbers, value)
