"""From policies to the arms of a chain: each change at the stage that has the parameter, each scenario at its kind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import NamedTuple

import numpy as np

from staffride.errors import InputError, Problem
from staffride.lab import campaign_arms
from staffride.lab.campaign_draws import places_of, quantities_of
from staffride.model import displacement_arms
from staffride.model.campaign_arms import CampaignArm
from staffride.model.chain_arms import ChainArm, ChainArms
from staffride.model.chain_inputs import DAY_H, ChainDraws, ChainInputs, closures_of, road_of
from staffride.model.chain_parameters import OWN_PARAMETERS
from staffride.model.displacement_arms import RATE, Arm
from staffride.scenario.chain_schema import CHAIN, STAGES
from staffride.scenario.policy import Change, Patch, Policy, changed
from staffride.scenario.schema import Scenario

CAMPAIGN, DISPLACEMENT = STAGES["operation"], STAGES["displacement"]


class Base(NamedTuple):
    """The baseline: as loaded, in arrays, what its replications draw, and the seed of the draws."""

    scenario: Scenario
    inputs: ChainInputs
    draws: ChainDraws
    seed: int


def arms_of(
    scenario: Scenario, inputs: ChainInputs, draws: ChainDraws, policies: Sequence[Policy], seed: int
) -> ChainArms:
    """Return a chain with its policies as arms.

    Raises
    ------
    InputError
        A policy changes what no stage has, or what a stage cannot change any more; every problem at once.
    """
    base = Base(scenario, inputs, replace(draws, variants=()), seed)
    problems: list[Problem] = []
    arms: list[ChainArm] = []
    for policy in policies:
        try:
            arms.append(_arm(base, policy))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return ChainArms(base.inputs, base.draws, tuple(arms))


def _arm(base: Base, policy: Policy) -> ChainArm:
    """Return the arm of one policy."""
    by_stage = _by_stage(base, policy)
    inputs, draws = _with_road(base, policy), _with_numbers(base.draws, by_stage[CHAIN])
    if by_stage[CAMPAIGN] or CAMPAIGN in policy.patch.scenarios:
        own = _operation(base, policy, by_stage[CAMPAIGN])
        inputs = replace(inputs, campaign=own.inputs)
        draws = replace(draws, campaign=own.draws)
    changes: tuple[displacement_arms.NumberChange, ...] = ()
    if by_stage[DISPLACEMENT] or DISPLACEMENT in policy.patch.scenarios:
        leaving = _displacement(base, policy, by_stage[DISPLACEMENT])
        inputs = replace(inputs, displacement=leaving.inputs)
        drawn = base.draws.displacement
        rates = displacement_arms.changed_rates(leaving, drawn.rate_path)
        draws = replace(draws, displacement=replace(drawn, rate_path=rates))
        changes = leaving.numbers
    fork_h = 0.0 if policy.starts is None else base.scenario.period.hour_of(policy.starts)
    return ChainArm(policy.id, inputs, draws, changes, max(0.0, fork_h))


def _by_stage(base: Base, policy: Policy) -> dict[str, list[Change]]:
    """Return the changes of a policy by the kind of the stage that has the parameter.

    Raises
    ------
    InputError
        No stage has it.
    """
    places = places_of(base.inputs.campaign)
    operation = policy.patch.scenarios.get(CAMPAIGN, base.scenario.stages[CAMPAIGN])
    names: dict[str, Iterable[str]] = {
        CHAIN: OWN_PARAMETERS,
        CAMPAIGN: [*places, *quantities_of(operation)],
        DISPLACEMENT: [*base.draws.displacement.parameters, RATE],
    }
    found: dict[str, list[Change]] = {stage: [] for stage in names}
    problems = []
    for change in policy.patch.changes:
        matching = [
            stage for stage, known in names.items() if any(fnmatchcase(one, change.name) for one in known)
        ]
        for stage in matching:
            found[stage].append(change)
        if not matching:
            text = f"{policy.id} changes {change.name!r}, which no stage of {base.scenario.name} has"
            problems.append(Problem(text, expected="a lever whose quantities a stage has"))
    if problems:
        raise InputError(problems)
    return found


def _with_road(base: Base, policy: Policy) -> ChainInputs:
    """Return the inputs with the dated closures as the policy has them."""
    own = policy.patch.scenarios.get(CHAIN)
    if own is None or own.events == base.scenario.events:
        return base.inputs
    closures = closures_of(own)
    first = min((max(0.0, own.period.hour_of(row.time)) for row in closures), default=math.inf)
    return replace(base.inputs, road=road_of(own, closures, own.period.hours // DAY_H), closed_h=first)


def _with_numbers(draws: ChainDraws, changes: Sequence[Change]) -> ChainDraws:
    """Return the draws with changes of the chain's own parameters, within their limits."""
    if not changes:
        return draws
    numbers = draws.numbers.copy()
    for change in changes:
        for at, (name, spec) in enumerate(OWN_PARAMETERS.items()):
            if fnmatchcase(name, change.name):
                low = -np.inf if spec.low is None else spec.low
                high = np.inf if spec.high is None else spec.high
                numbers[:, at] = np.clip(changed(numbers[:, at], change.rule, change.value), low, high)
    return replace(draws, numbers=numbers)


def _operation(base: Base, policy: Policy, changes: Sequence[Change]) -> CampaignArm:
    """Return the operation as a policy has it."""
    stage = base.scenario.stages[CAMPAIGN].model_copy(update={"variants": ()})
    own = replace(policy, patch=_part(policy, CAMPAIGN, changes))
    made = campaign_arms.arms_of(stage, base.inputs.campaign, base.draws.campaign, [own], base.seed)
    return made.arms[0]


def _displacement(base: Base, policy: Policy, changes: Sequence[Change]) -> Arm:
    """Return the displacement as a policy has it; from when it acts is for the chain to say."""
    own = replace(policy, patch=_part(policy, DISPLACEMENT, changes), starts=None)
    stage, draws = base.scenario.stages[DISPLACEMENT], base.draws.displacement
    return displacement_arms.arms_of(stage, base.inputs.displacement, draws, [own]).arms[0]


def _part(policy: Policy, kind: str, changes: Sequence[Change]) -> Patch:
    """Return what a policy changes in one stage."""
    scenarios = {one: own for one, own in policy.patch.scenarios.items() if one == kind}
    return Patch(scenarios, tuple(changes))
