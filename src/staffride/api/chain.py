"""How a chain is run: every stage drawn from its priors, one luck from the first day to the last, nothing scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffride.api.kinds import Prepared
from staffride.api.request import Request, parse_origin
from staffride.api.variants import variants_option
from staffride.errors import InputError, Problem
from staffride.lab.chain_arms import arms_of
from staffride.lab.chain_draws import draw_chain
from staffride.model import chain_arms
from staffride.model.chain import ChainBlock, simulate_chain_block
from staffride.model.chain_arms import ChainArms
from staffride.model.chain_inputs import compile_chain
from staffride.present.summary import Bundle, Summary
from staffride.results.manifest import Settings
from staffride.results.run import Run
from staffride.results.tables import Labels
from staffride.scenario.chain_schema import CHAIN
from staffride.scenario.policy import Policy, Stages
from staffride.scenario.schema import Scenario

simulate = simulate_chain_block


def prepare(scenario: Scenario, request: Request, replications: int, seed: int) -> Prepared:
    """Return the chain in arrays and the draws of all replications; see `staffride.api.kinds.Kind`.

    Raises
    ------
    InputError
        The request names a forecast origin: no bulletin conditions a chain.
    """
    origin = parse_origin(request.origin, scenario.period)
    if origin not in (None, scenario.cutoff):
        text = f"{scenario.name} is a chain and has no forecast origin: {request.origin} would change nothing"
        expected = f"its cut-off, {scenario.cutoff.isoformat()}"
        raise InputError([Problem(text, expected=expected, suggestion="leave --origin out")])
    inputs = compile_chain(scenario)
    return Prepared(inputs, draw_chain(scenario, replications, seed, inputs), "prior", scenario.cutoff)


def stages(scenario: Scenario) -> Stages:
    """Return the chain and the scenarios that it runs: a policy finds its stage by the names of what it changes."""
    return {CHAIN: scenario, **scenario.stages}


def arms(
    scenario: Scenario, prepared: Prepared, policies: Sequence[Policy], seed: int, _also: Sequence[str]
) -> ChainArms:
    """Return the chain and its policies in arrays; see `staffride.api.kinds.Kind`."""
    return arms_of(scenario, prepared.inputs, prepared.draws, policies, seed)


def simulate_arms(arms: ChainArms, _draws: None, seed: int, first: int, count: int) -> ChainBlock:
    """Return replications of the baseline and of every policy."""
    return chain_arms.simulate_arms(arms, seed, first, count)


def repeat_options(settings: Settings) -> str:
    """Return the choice of variants as an option: a chain is always drawn from its priors, at its cut-off."""
    return variants_option(settings)


def labels(scenario: Scenario) -> Labels:
    """Return the names behind the numbers in a block: a chain keeps no links and no events."""
    return Labels(scenario.period.start, every_h=scenario.record_every_h)


def scores(_run: Run, scenario: Scenario) -> dict[str, Any]:
    """Return no scores: nothing of a chain is compared with the record."""
    unscored = [row.id for row in scenario.observations]
    origin = scenario.cutoff.isoformat()
    return {"origin": origin, "scores": {}, "final": None, "says": [], "unscored": unscored}


def bundle(run: Run, scenario: Scenario) -> Bundle:
    """Return all that a report of the run shows."""
    from staffride.present.chain import build_chain_bundle

    return build_chain_bundle(run, scenario)


def page(bundle: Bundle) -> str:
    """Return the report as HTML."""
    from staffride.present.chain import render_chain

    return render_chain(bundle)


def summary(bundle: Bundle) -> Summary:
    """Return the run in plain words."""
    from staffride.present.chain import summarise_chain

    return summarise_chain(bundle)
