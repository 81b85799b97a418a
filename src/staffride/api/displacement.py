"""How a displacement is run: drawn from its bulletins or its prior, scored against the record, reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from staffride.api.kinds import Prepared
from staffride.api.request import Request, parse_origin
from staffride.lab.conditioning import draw
from staffride.lab.validate import validate_run
from staffride.model import displacement_arms
from staffride.model.displacement import compile_inputs, simulate_block
from staffride.model.displacement_arms import Arms
from staffride.model.displacement_inputs import EVENT_KINDS, Block
from staffride.present.bundle import build_bundle
from staffride.present.report import render
from staffride.present.summary import Bundle, Summary, summarise
from staffride.results.manifest import Settings
from staffride.results.run import Run
from staffride.results.tables import Labels
from staffride.scenario.policy import Policy, Stages
from staffride.scenario.schema import Scenario

simulate = simulate_block


def prepare(scenario: Scenario, request: Request, replications: int, seed: int) -> Prepared:
    """Return the scenario in arrays and the draws of all replications; see `staffride.api.kinds.Kind`."""
    inputs = compile_inputs(scenario)
    mode: Literal["prior", "posterior"] = "prior" if request.prior else "posterior"
    origin = parse_origin(request.origin, scenario.period) or scenario.cutoff
    return Prepared(inputs, draw(scenario, replications, seed, mode, origin, inputs), mode, origin)


def stages(scenario: Scenario) -> Stages:
    """Return the displacement itself: the one thing that a policy can act on."""
    return {"displacement": scenario}


def arms(
    scenario: Scenario, prepared: Prepared, policies: Sequence[Policy], _seed: int, _also: Sequence[str]
) -> Arms:
    """Return the displacement and its policies in arrays; an arm draws nothing, so that no seed is needed."""
    return displacement_arms.arms_of(scenario, prepared.inputs, prepared.draws, policies)


def simulate_arms(arms: Arms, _draws: None, seed: int, first: int, count: int) -> Block:
    """Return replications of the baseline and of every policy."""
    return displacement_arms.simulate_arms(arms, seed, first, count)


def repeat_options(settings: Settings) -> str:
    """Return the choice of prior or posterior and the forecast origin as options of the command."""
    prior = "--prior " if settings.mode == "prior" else ""
    return f"{prior}--origin {settings.origin}"


def labels(scenario: Scenario) -> Labels:
    """Return the names of links, places and kinds of events."""
    links = tuple(link.id for link in scenario.links)
    places = tuple(place.id for place in scenario.places)
    return Labels(scenario.period.start, links, places, EVENT_KINDS)


def scores(run: Run, scenario: Scenario) -> dict[str, Any]:
    """Return scores, final total, findings in words, and what is not scored."""
    board = validate_run(run, scenario)
    return {
        "origin": board.origin.isoformat(),
        "scores": board.to_json(),
        "final": board.final.to_json() if board.final else None,
        "says": list(board.says),
        "unscored": list(board.unscored),
    }


def bundle(run: Run, scenario: Scenario) -> Bundle:
    """Return all that a report of the run shows."""
    return build_bundle(run, scenario)


def page(bundle: Bundle) -> str:
    """Return the report as HTML."""
    return render(bundle)


def summary(bundle: Bundle) -> Summary:
    """Return the run in plain words."""
    return summarise(bundle)
