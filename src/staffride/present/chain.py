"""The report of a chain: its bundle, its page and its summary in plain words.

===================  =========================================================================================
``run`` ``period`` ``times`` ``step_h``    as in every bundle, by day
``sides`` ``side``   id and name of the two sides, and which of them lives behind the road
``series``           name -> mean and quantiles by day
``observations``     none: nothing of a chain is compared with the record
``totals``           name -> mean and quantiles over the replications that have the total
``agreed``           share of the replications in which an agreement opened the road
``shares``           total -> stage -> share of its spread that the priors of the stage carry
``variants``         what each asks, and what it changes in each of the results
``parameters`` ``rests_on`` ``facts`` ``claims`` ``sources``    what went in, and the record behind it
===================  =========================================================================================
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from staffride.evidence import attributions
from staffride.lab.chain_shares import stage_shares
from staffride.model.chain_parameters import CHAIN_PARAMETERS
from staffride.present import grounds
from staffride.present.bundle import about, command, described, series_of
from staffride.present.campaign_words import side_name
from staffride.present.chain_page import render_chain
from staffride.present.chain_summary import summarise_chain
from staffride.results.identity import evidence_of
from staffride.results.run import Run
from staffride.scenario.chain_schema import OWN
from staffride.scenario.schema import Scenario

__all__ = ["build_chain_bundle", "render_chain", "summarise_chain"]

Json = dict[str, Any]
DAY_H = 24
OF_SIDES = ("civilian_deaths", "displaced", "deaths", "held_share", "returned")
OF_ALL = (
    "arrivals", "stayed", "leavers", "road_hours", "shelter.unmet_longest", "shelter.unmet_days", "hunger.highest",
    "hunger.at_opening", "closure.food.lowest_days", "closure.food.short_days", "closure.fuel.left_share",
    "closure.opened_h", "end_h",
)  # fmt: skip
"""Totals that a report tells of, for each side and once for all."""


def build_chain_bundle(run: Run, scenario: Scenario) -> Json:
    """Return everything that a report of a chain's run shows.

    Raises
    ------
    StaffrideError
        A table of the run is missing or damaged.
    """
    days = scenario.period.hours // DAY_H
    repeat = command(run, scenario).removesuffix(" --prior")
    told = _told(run, scenario)
    columns = run.totals.read(*told, "talks.agreed")
    people = [name for name in told if not name.startswith(("closure.", "hunger.", "end_h", "held_share."))]
    return {
        "kind": "chain",
        **about(run, scenario, repeat),
        "times": [scenario.period.time_of(DAY_H * day).isoformat() for day in range(1, days + 1)],
        "step_h": DAY_H,
        "sides": [{"id": side, "name": side_name(side)} for side in scenario.sides],
        "side": scenario.side,
        "series": series_of(run, lambda name: 4 if name.startswith(("hunger", "held_share")) else 1),
        "observations": [],
        "totals": {name: described(columns[name]) for name in told if np.isfinite(columns[name]).any()},
        "agreed": float(columns["talks.agreed"].mean()),
        "shares": {name: _shares(run, name) for name in people},
        "variants": [_variant(run, one.id, one.label, people) for one in run.variants],
        **_grounds(scenario),
    }


def _told(run: Run, scenario: Scenario) -> list[str]:
    """Return the totals that the report tells of."""
    guaranteed = [f"returned_{word}_guarantee.{scenario.side}" for word in ("with", "without")]
    names = [f"{measure}.{side}" for measure in OF_SIDES for side in scenario.sides]
    return [name for name in (*names, *guaranteed, *OF_ALL) if name in run.total_names]


def _shares(run: Run, name: str) -> Json:
    return {stage: found._asdict() for stage, found in stage_shares(run, name).items()}


def _variant(run: Run, name: str, label: str, totals: list[str]) -> Json:
    found = {total: run.paired(total, name) for total in totals}
    effects = {
        total: [pair.mean, pair.low, pair.high] for total, pair in found.items() if math.isfinite(pair.mean)
    }
    return {"id": name, "label": label, "effects": effects}


def _grounds(scenario: Scenario) -> Json:
    """Return the chain's own parameters and what they rest on, and the record behind it and its stages."""
    own = {name: quantity for name, quantity in scenario.parameters.items() if name.startswith(OWN)}
    evidence = [*evidence_of(scenario), *scenario.claims]
    return {
        "parameters": grounds.parameters(own, CHAIN_PARAMETERS.get, {}),
        "rests_on": grounds.shares(own.values()),
        "facts": grounds.facts(scenario),
        "claims": grounds.claims(scenario),
        "sources": [{"id": s.source, "text": s.text, "terms": s.terms} for s in attributions(evidence)],
    }
