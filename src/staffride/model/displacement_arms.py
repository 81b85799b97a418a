"""Policies of a displacement beside its baseline: arms under the same luck.

An arm is the same displacement with other numbers or other rows. Its changes act on the numbers that were drawn, after
bulletins were read, so that they are the same for a forecast and for a prior run; and no arm draws anything of its own.
A policy that begins at an hour changes what can be changed from then on and leaves all before as it was: the rate of
the checkpoint, and the convoys of buses.

Limits: the rates of the checkpoint were drawn under the baseline's roads, so a wider road alone does not raise them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem
from staffride.model.displacement import Later, replicate, simulate_block
from staffride.model.displacement_inputs import (
    CAPACITY_Z,
    TOTALS,
    Block,
    Draws,
    Inputs,
    compile_inputs,
)
from staffride.model.parameters import PARAMETERS
from staffride.scenario.policy import Policy, Rule, changed
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]

KIND = "displacement"
RATE = "checkpoint.rate"
"""The name by which a change acts on the rates themselves, hour by hour."""

FOLLOWED = ("arrivals",)
"""The series that are kept of an arm."""

IN_THE_RATE = (
    "checkpoint.open_hour",
    "checkpoint.rate_level",
    "checkpoint.rate_spread",
    "checkpoint.regime_duration",
    "checkpoint.variability",
    "checkpoint.memory",
)
"""Parameters that act through the rates alone, which are drawn before a policy can change them."""

FROM_AN_HOUR = "buses.*"
"""The parameters that a policy can change from an hour on."""


class NumberChange(NamedTuple):
    """A change of one drawn parameter, with the limits that hold afterwards."""

    name: str
    rule: Rule
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Arm:
    """One policy, ready to run: its inputs, its changes, and the hour from which it acts (``None``: always)."""

    id: str
    inputs: Inputs
    numbers: tuple[NumberChange, ...]
    rates: tuple[tuple[Rule, float], ...]
    from_h: float | None = None


@dataclass(frozen=True)
class Arms:
    """A displacement and the policies that run beside it.

    Arms hold no draws of their own: what they change is computed for one block at a time. They share every array of the
    inputs that their policies leave alone, so that memory does not grow with their number.
    """

    inputs: Inputs
    draws: Draws
    arms: tuple[Arm, ...]


def arms_of(scenario: Scenario, inputs: Inputs, draws: Draws, policies: Sequence[Policy]) -> Arms:
    """Make policies ready to run beside a baseline.

    Parameters
    ----------
    scenario, inputs, draws
        The baseline: the scenario, the same in arrays, and what was drawn for each replication.
    policies
        What runs beside it; a change of a parameter that no displacement has is of another stage and does nothing.

    Raises
    ------
    InputError
        A policy changes what cannot be changed any more, or cannot be changed from an hour on; every one at once.
    """
    problems = [
        problem for policy in policies for problem in _problems(scenario, inputs, draws.parameters, policy)
    ]
    if problems:
        raise InputError(problems)
    return Arms(inputs, draws, tuple(_arm(scenario, inputs, draws.parameters, one) for one in policies))


def simulate_arms(arms: Arms, seed: int, first: int, count: int) -> Block:
    """Run replications ``first .. first + count - 1`` of the baseline and of every arm.

    Returns
    -------
    Block
        The block of the baseline as it is without arms, and totals and arrivals of each arm as ``<name>@<id>``.
    """
    block = simulate_block(arms.inputs, arms.draws, seed, first, count)
    for arm in arms.arms:
        _run(arm, arms.draws, seed, block)
    return block


def _run(arm: Arm, draws: Draws, seed: int, block: Block) -> None:
    """Run the replications of a block under one arm and keep its totals and what is followed of its series."""
    rows = slice(block.first, block.first + block.count)
    drawn = Draws({name: column[rows] for name, column in draws.parameters.items()}, draws.rate_path[rows])
    own = Draws(_changed_columns(arm, drawn.parameters), changed_rates(arm, drawn.rate_path))
    block.totals |= {f"{name}@{arm.id}": np.zeros(block.count) for name in TOTALS}
    block.series |= {
        f"{name}@{arm.id}": np.zeros((block.count, arm.inputs.hours), np.float32) for name in FOLLOWED
    }
    for row in range(block.count):
        numbers, later = own.numbers(row), None
        if arm.from_h is not None:
            numbers, later = drawn.numbers(row), Later(arm.from_h, numbers)
        outcome = replicate(arm.inputs, numbers, own.rate_path[row], seed, block.first + row, later)
        for name, value in outcome.totals.items():
            block.totals[f"{name}@{arm.id}"][row] = value
        for name in FOLLOWED:
            block.series[f"{name}@{arm.id}"][row] = outcome.series[name]


def _changed_columns(arm: Arm, columns: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the parameters under an arm; columns that it leaves alone are the same arrays."""
    own = dict(columns)
    for change in arm.numbers:
        drawn = columns[change.name]
        # What was drawn may exceed its limits by a rounding, and a change of nothing must change nothing.
        low, high = np.minimum(change.low, drawn), np.maximum(change.high, drawn)
        own[change.name] = np.clip(changed(own[change.name], change.rule, change.value), low, high)
    return own


def changed_rates(arm: Arm, rate: Floats) -> Floats:
    """Return the rates (R, T) under an arm: no more than the road carries, and none while the checkpoint is closed.

    A rate holds for a whole hour, so a policy acts from the first full hour after it begins.
    """
    if not arm.rates:
        return rate
    own, first = rate.copy(), 0 if arm.from_h is None else max(0, math.ceil(arm.from_h))
    part, highest = own[:, first:], np.maximum(arm.inputs.highest_rate, rate[:, first:])
    is_open = part > 0.0
    for rule, value in arm.rates:
        part[:] = np.where(is_open, np.clip(changed(part, rule, value), 0.0, highest), 0.0)
    return own


def _arm(scenario: Scenario, inputs: Inputs, drawn: Mapping[str, Floats], policy: Policy) -> Arm:
    """Return a policy ready to run."""
    changes = policy.patch.changes
    numbers = tuple(
        NumberChange(name, change.rule, change.value, *_limits(name))
        for change in changes
        for name in _matching(drawn, change.name)
    )
    rates = tuple((change.rule, change.value) for change in changes if fnmatchcase(RATE, change.name))
    starts = None if policy.starts is None else scenario.period.hour_of(policy.starts)
    return Arm(policy.id, _inputs(inputs, policy), numbers, rates, starts)


def _matching(names: Mapping[str, Any], pattern: str) -> list[str]:
    """Return the names that a pattern matches."""
    return [name for name in names if fnmatchcase(name, pattern)]


def _limits(name: str) -> tuple[float, float]:
    """Return between which values a parameter stays."""
    spec = PARAMETERS.get(name)
    low, high = (None, None) if spec is None else (spec.low, spec.high)
    return -math.inf if low is None else low, math.inf if high is None else high


def _inputs(inputs: Inputs, policy: Policy) -> Inputs:
    """Return the inputs of a policy's own scenario, with the baseline's arrays wherever they are the same."""
    own = policy.patch.scenarios.get(KIND)
    if own is None:
        return inputs
    found = compile_inputs(own)
    shared = _shared(inputs, found, [name for name in Inputs.__slots__ if name != "network"])
    network = found.network._replace(**_shared(inputs.network, found.network, found.network._fields))
    return replace(found, network=network, **shared)


def _shared(one: object, other: object, names: Sequence[str]) -> dict[str, Any]:
    """Return the attributes of ``one`` that are arrays and the same in ``other``."""
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in names}
    return {
        name: mine
        for name, (mine, theirs) in pairs.items()
        if isinstance(mine, np.ndarray) and np.array_equal(mine, theirs)
    }


def _problems(
    scenario: Scenario, inputs: Inputs, drawn: Mapping[str, Floats], policy: Policy
) -> list[Problem]:
    """Return what a policy asks for that an arm cannot do."""
    found = [
        Problem(
            f"the policy {policy.id!r} changes {name!r}, of which the rates of the checkpoint were already drawn",
            expected="a change of the rates themselves",
            suggestion=f"change {RATE!r}",
        )
        for change in policy.patch.changes
        for name in IN_THE_RATE
        if fnmatchcase(name, change.name)
    ]
    if policy.starts is not None:
        found += _too_early(drawn, policy)
    own = policy.patch.scenarios.get(KIND)
    return found if own is None else [*found, *_other_frame(scenario, inputs, own, policy.id)]


def _too_early(drawn: Mapping[str, Floats], policy: Policy) -> list[Problem]:
    """Return what a policy that begins at a date changes from the start."""
    names = {name: None for change in policy.patch.changes for name in _matching(drawn, change.name)}
    early = [name for name in names if not fnmatchcase(name, FROM_AN_HOUR)]
    early += ["the rows of its tables"] if KIND in policy.patch.scenarios else []
    return [
        Problem(
            f"the policy {policy.id!r} begins at a date, and cannot change {what} from then on",
            expected=f"changes of {RATE} or {FROM_AN_HOUR}",
            suggestion="leave the date out",
        )
        for what in early
    ]


def _other_frame(scenario: Scenario, inputs: Inputs, own: Scenario, policy: str) -> list[Problem]:
    """Return where a policy's scenario differs in what the draws rest on."""
    found = []
    if own.period != scenario.period:
        found.append(Problem(f"the policy {policy!r} changes the period", expected="the same period"))
    new = [province.id for province in own.provinces if province.id not in inputs.province_ids]
    found += [
        Problem(
            f"the policy {policy!r} adds the province {name!r}, for which nothing was drawn ({CAPACITY_Z})",
            expected="the provinces of the scenario, or some of them",
            suggestion="change its row instead, or add it to the scenario itself",
        )
        for name in new
    ]
    return found
