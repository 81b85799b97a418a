"""From policies to the arms of a campaign: the scenario as each policy has it, and its changes of drawn numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase

import numpy as np

from staffride.errors import InputError, Problem
from staffride.lab.campaign_draws import Place, draw_campaign, places_of, quantities_of
from staffride.model.campaign_arms import CampaignArm, CampaignArms
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, Override, compile_campaign
from staffride.scenario.policy import Change, Policy
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import Scenario

Quantities = dict[str, tuple[Quantity, ParameterSpec]]
KIND = "campaign"


def arms_of(
    scenario: Scenario,
    inputs: CampaignInputs,
    draws: CampaignDraws,
    policies: Iterable[Policy],
    seed: int,
    also: Iterable[str] = (),
) -> CampaignArms:
    """Return a campaign with its policies as arms.

    Parameters
    ----------
    scenario, inputs, draws
        The baseline: as loaded, in arrays, and what its replications draw.
    policies
        Ready to be run on this scenario.
    seed
        Root of the random numbers of ``draws``.
    also
        Names of totals that are kept of an arm besides those by which policies are compared.

    Raises
    ------
    InputError
        A policy changes a quantity that the scenario does not have, or begins at a date and changes what is settled
        before the war; every problem at once.
    """
    alone, plain = _alone(inputs, 0), replace(draws, overrides=((),))
    problems: list[Problem] = []
    arms = [_arm(scenario, alone, plain, policy, seed, problems) for policy in policies]
    if problems:
        raise InputError(problems)
    return CampaignArms(alone, plain, tuple(arms), frozenset(also))


def _arm(
    scenario: Scenario,
    base: CampaignInputs,
    draws: CampaignDraws,
    policy: Policy,
    seed: int,
    problems: list[Problem],
) -> CampaignArm:
    """Return the arm of one policy; what is wrong with it is added to the problems."""
    mine = policy.patch.scenarios.get(KIND, scenario)
    inputs, own = base, draws
    if mine is not scenario:
        mine = mine.model_copy(update={"variants": ()})
        inputs = shared(base, compile_campaign(mine))
        own = _drawn(mine, inputs, draws, seed)
    overrides = tuple(_overrides(mine, inputs, policy, problems))
    fork_h = 0 if policy.starts is None else math.ceil(scenario.period.hour_of(policy.starts))
    if fork_h > 0 and not _can_fork(base, inputs, overrides):
        text = f"{policy.id} begins on {policy.starts:%Y-%m-%d}, and changes what is settled before the war"
        problems.append(
            Problem(text, expected="a policy that changes drawn numbers alone", suggestion="leave `from` out")
        )
    return CampaignArm(policy.id, inputs, replace(own, overrides=(overrides,)), max(0, fork_h))


def _alone(inputs: CampaignInputs, variant: int) -> CampaignInputs:
    """Return inputs with one variant alone, as the baseline."""
    one = slice(variant, variant + 1)
    ground = inputs.afoot
    afoot = ground._replace(
        formation_on=ground.formation_on[one], goal_on=ground.goal_on[one], source_on=ground.source_on[one]
    )
    return replace(
        inputs,
        variants=inputs.variants[:1],
        unit_on=inputs.unit_on[one],
        order_on=inputs.order_on[one],
        afoot=afoot,
    )


def shared(base: CampaignInputs, own: CampaignInputs) -> CampaignInputs:
    """Return ``own`` with the places, the sky and the sight between places of ``base`` where they are the same."""
    before, after = base.ground, own.ground
    kept = {
        name: getattr(before, name)
        for name in after._fields
        if np.array_equal(getattr(before, name), getattr(after, name))
    }
    return replace(own, ground=after._replace(**kept))


def _drawn(own: Scenario, inputs: CampaignInputs, draws: CampaignDraws, seed: int) -> CampaignDraws:
    """Return the draws of a patched scenario: the baseline's own where its quantities and columns are the same."""
    found = draw_campaign(own, draws.numbers.shape[0], seed, inputs)
    arrays = {name: getattr(draws, name) for name in ("numbers", "figures", "strengths", "tempos", "levels")}
    kept = {name: array for name, array in arrays.items() if np.array_equal(array, getattr(found, name))}
    return replace(found, columns=draws.columns, **kept)


def _overrides(
    scenario: Scenario, inputs: CampaignInputs, policy: Policy, problems: list[Problem]
) -> Iterator[Override]:
    """Yield the changes of a policy, each where its quantity stands in the draws."""
    quantities, places = quantities_of(scenario), places_of(inputs)
    for change in policy.patch.changes:
        names = [name for name in quantities if name in places and fnmatchcase(name, change.name)]
        if not names:
            text = f"{policy.id} changes {change.name!r}, which {scenario.name} does not have"
            problems.append(Problem(text, expected="a lever whose quantities the scenario has"))
        for name in names:
            yield _override(change, places[name], quantities[name][1])


def _override(change: Change, place: Place, spec: ParameterSpec) -> Override:
    """Return a change of one quantity, within the limits of the model."""
    low = -math.inf if spec.low is None else spec.low
    high = math.inf if spec.high is None else spec.high
    return Override(*place, change.value, change.rule, low, high)


def _can_fork(base: CampaignInputs, own: CampaignInputs, overrides: Iterable[Override]) -> bool:
    """Return whether an arm can go on from a state of the baseline: the same rows, the same strengths at the start."""
    if own is not base and any(
        not np.array_equal(one, other)
        for one, other in ((base.units, own.units), (base.orders.rows, own.orders.rows))
    ):
        return False
    return all(change.array != "strengths" for change in overrides)
