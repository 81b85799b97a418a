"""How a campaign is run: drawn from its priors alone, variants beside the baseline, scored on what is held out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from staffride.api.kinds import Prepared
from staffride.api.request import Request, parse_origin
from staffride.api.variants import variants_option
from staffride.errors import InputError, Problem
from staffride.lab.campaign_arms import arms_of
from staffride.lab.campaign_draws import draw_campaign
from staffride.model import campaign_arms
from staffride.model.campaign_arms import CampaignArms
from staffride.model.campaign_block import CampaignBlock, simulate_campaign_block
from staffride.model.campaign_inputs import compile_campaign
from staffride.present.summary import Bundle, Summary
from staffride.results.manifest import Settings
from staffride.results.run import Run
from staffride.results.tables import Labels
from staffride.scenario.policy import Policy, Stages
from staffride.scenario.schema import Scenario

simulate = simulate_campaign_block


def prepare(scenario: Scenario, request: Request, replications: int, seed: int) -> Prepared:
    """Return the scenario in arrays and the draws of all replications; see `staffride.api.kinds.Kind`.

    Raises
    ------
    InputError
        The request names a forecast origin: no bulletin conditions a campaign.
    """
    origin = parse_origin(request.origin, scenario.period)
    if origin not in (None, scenario.cutoff):
        raise _refused_origin(scenario, request)
    inputs = compile_campaign(scenario)
    return Prepared(inputs, draw_campaign(scenario, replications, seed, inputs), "prior", scenario.cutoff)


def stages(scenario: Scenario) -> Stages:
    """Return the campaign itself: the one thing that a policy can act on."""
    return {"campaign": scenario}


def arms(
    scenario: Scenario, prepared: Prepared, policies: Sequence[Policy], seed: int, also: Sequence[str]
) -> CampaignArms:
    """Return the campaign and its policies in arrays; see `staffride.api.kinds.Kind`."""
    return arms_of(scenario, prepared.inputs, prepared.draws, policies, seed, also)


def simulate_arms(arms: CampaignArms, _draws: None, seed: int, first: int, count: int) -> CampaignBlock:
    """Return replications of the baseline and of every policy."""
    return campaign_arms.simulate_arms(arms, seed, first, count)


def repeat_options(settings: Settings) -> str:
    """Return the choice of variants as an option: a campaign is always drawn from its priors, at its cut-off."""
    return variants_option(settings)


def labels(scenario: Scenario) -> Labels:
    """Return the names of the places."""
    places = tuple(place.id for place in scenario.places)
    return Labels(scenario.period.start, places=places, every_h=scenario.record_every_h)


def scores(run: Run, scenario: Scenario) -> dict[str, Any]:
    """Return the scores of held-out figures; none for a replay, and where figures are only shown beside the bands."""
    from staffride.lab.campaign_scores import as_content, campaign_board, is_scored

    if is_scored(scenario):
        return as_content(campaign_board(run, scenario))
    unscored = [row.id for row in scenario.observations]
    origin = scenario.cutoff.isoformat()
    return {"origin": origin, "scores": {}, "final": None, "says": [], "unscored": unscored}


def bundle(run: Run, scenario: Scenario) -> Bundle:
    """Return all that a report of the run shows."""
    from staffride.present.campaign import build_campaign_bundle

    return build_campaign_bundle(run, scenario)


def page(bundle: Bundle) -> str:
    """Return the report as HTML."""
    from staffride.present.campaign import render_campaign

    return render_campaign(bundle)


def summary(bundle: Bundle) -> Summary:
    """Return the run in plain words."""
    from staffride.present.campaign import summarise_campaign

    return summarise_campaign(bundle)


def _refused_origin(scenario: Scenario, request: Request) -> InputError:
    problem = Problem(
        f"{scenario.name} is a campaign and has no forecast origin: no bulletin conditions it, so "
        f"{request.origin} would change nothing",
        expected=f"its cut-off, {scenario.cutoff.isoformat()}",
        suggestion="leave --origin out",
    )
    return InputError([problem])
