"""How a campaign is run: drawn from its priors alone, each variant beside the baseline, and not scored."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Any

from staffride.api.kinds import Prepared
from staffride.api.request import Request, parse_origin
from staffride.errors import InputError, Problem
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign import simulate_campaign_block
from staffride.model.campaign_inputs import compile_campaign
from staffride.present.summary import Bundle, Summary
from staffride.results.manifest import Settings
from staffride.results.run import Run
from staffride.results.tables import Labels
from staffride.scenario.schema import Scenario

VIEWS = "staffride.present.campaign"

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


def repeat_options(_settings: Settings) -> str:
    """Return no option: a campaign is always drawn from its priors, at its cut-off."""
    return ""


def labels(scenario: Scenario) -> Labels:
    """Return the names of the places."""
    return Labels(scenario.period.start, places=tuple(place.id for place in scenario.places))


def scores(_run: Run, scenario: Scenario) -> dict[str, Any]:
    """Return no score: the figures of the record are shown beside the bands, and never compared."""
    unscored = [row.id for row in scenario.observations]
    origin = scenario.cutoff.isoformat()
    return {"origin": origin, "scores": {}, "final": None, "says": [], "unscored": unscored}


def bundle(run: Run, scenario: Scenario) -> Bundle | None:
    """Return all that a report of the run shows, or ``None`` where nothing shows campaigns."""
    views = _views()
    found: Bundle | None = None if views is None else views.build_campaign_bundle(run, scenario)
    return found


def page(bundle: Bundle) -> str:
    """Return the report as HTML."""
    return str(importlib.import_module(VIEWS).render_campaign(bundle))


def summary(bundle: Bundle) -> Summary:
    """Return the run in plain words."""
    found: Summary = importlib.import_module(VIEWS).summarise_campaign(bundle)
    return found


def _views() -> ModuleType | None:
    return importlib.import_module(VIEWS) if importlib.util.find_spec(VIEWS) else None


def _refused_origin(scenario: Scenario, request: Request) -> InputError:
    problem = Problem(
        f"{scenario.name} is a campaign and has no forecast origin: no bulletin conditions it, so "
        f"{request.origin} would change nothing",
        expected=f"its cut-off, {scenario.cutoff.isoformat()}",
        suggestion="leave --origin out",
    )
    return InputError([problem])
