"""The bundle of a campaign: all that its report shows, as plain JSON values under fixed names.

===================  =========================================================================================
``run`` ``period`` ``times``    as in every bundle
``sides``            id and name of the two sides, in the scenario's order
``series``           name -> mean and quantiles by hour, of the series in which anything happens
``losses``           by side and class: what stood there, what was lost, and by what
``totals``           mean and quantiles of the other results of the whole period
``record``           figures of the record, each with the share that it implies and how many runs reach it
``observations``     those of them that no figure of shares shows, for the small charts
``variants``         what each asks
``layers``           the layers of each side's air defence by variant, where variants differ in them
``measures``         main results: the baseline, and the paired difference that each variant makes
``systems``          each system with its figures and what they rest on
``parameters``       all other inputs; ``rests_on`` and ``figures_rest_on`` count what inputs rest on
``facts`` ``claims`` ``sources``    the record behind it
``step_h`` ``ground``    of a campaign with formations: hours a step, and what `campaign_ground` says
===================  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.evidence import attributions
from staffride.model.campaign_codes import CAUSES
from staffride.model.campaign_inputs import CampaignInputs
from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS
from staffride.present import campaign_record, campaign_variants, grounds
from staffride.present.bundle import about, command, described, series_of
from staffride.present.campaign_ground import as_scored, ground_of, series_by_step, steps_of
from staffride.present.campaign_layers import layers_of
from staffride.present.campaign_strengths import Strengths
from staffride.present.campaign_words import CLASSES, side_name
from staffride.results.identity import evidence_of
from staffride.results.run import Run
from staffride.scenario.campaign_schema import System, figure_parameter
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.scenario.schema import Scenario
from staffride.scenario.specs import figure_spec, for_sides, spec_of

Json = dict[str, Any]
Columns = Mapping[str, NDArray[np.float64]]

OF_THE_DAY = ("threats", "leakers", "leakage", "rounds_fired", "rounds_left", "sorties")


def build_campaign_bundle(run: Run, scenario: Scenario) -> Json:
    """Return everything that a report of a campaign's run shows.

    Parameters
    ----------
    run
        A run with its tables, complete or partial.
    scenario
        The scenario that it ran, for example the resolved one in its folder.

    Raises
    ------
    StaffrideError
        A table of the run is missing or damaged.
    """
    strengths = Strengths(run, scenario)
    totals = run.totals.read(*run.total_names)
    results = campaign_variants.Results(totals, strengths)
    record = campaign_record.record(run, scenario, strengths)
    own = _of_ground(run, scenario, strengths.inputs, record) if scenario.formations else {}
    return {
        "kind": "campaign",
        **about(run, scenario, command(run, scenario).removesuffix(" --prior")),
        "baseline_label": scenario.baseline_label,
        "sides": [{"id": side, "name": side_name(side)} for side in scenario.sides],
        "series": _series(run),
        "losses": _losses(totals, scenario, strengths),
        "totals": _totals(run, totals, scenario),
        "record": record,
        "observations": campaign_record.for_charts(record),
        "variants": campaign_variants.variants(scenario),
        "measures": campaign_variants.compared(run, scenario, results),
        "layers": layers_of(scenario, strengths.inputs),
        **_grounds(scenario),
        **own,
    }


def _of_ground(run: Run, scenario: Scenario, inputs: CampaignInputs, record: list[Json]) -> Json:
    """Return what a campaign with formations has beside, and its series by day in place of those by hour."""
    series = series_by_step(run)
    ground = ground_of(run, scenario, inputs)
    found = {**steps_of(run, scenario), "ground": ground, "record": as_scored(record, ground["scores"], "id")}
    return found if series is None else {**found, "series": series}


def _series(run: Run) -> Json:
    """Return the series of the run in which anything happens: shares with four decimals, counts with one."""
    shares = ("share_lost.", "network.", "flyable")
    found = series_of(run, lambda name: 4 if name.startswith(shares) else 1)
    return {name: levels for name, levels in found.items() if max(levels["q95"]) > 0}


def _losses(totals: Columns, scenario: Scenario, strengths: Strengths) -> list[Json]:
    """Return by side and class what stood there, what was lost in the end, and by what."""
    rows = []
    for side in scenario.sides:
        for one in CLASSES:
            stood = strengths.of(side, (one,))
            if not stood.any():
                continue
            lost = totals[f"lost.{one}.{side}"]
            by = {kind: f"lost.{one}.{side}.by.{kind}" for kind in CAUSES}
            causes = {kind: totals[name] for kind, name in by.items() if name in totals}
            other = lost - np.sum(list(causes.values()), axis=0)
            rows.append(
                {
                    "side": side,
                    "class": one,
                    "stood": described(stood),
                    "lost": described(lost),
                    "causes": {kind: described(c) for kind, c in causes.items() if c.any()},
                    "other": described(other) if other.any() else None,
                }
            )
    return rows


def _totals(run: Run, totals: Columns, scenario: Scenario) -> Json:
    """Return the results of the whole period for each side; a share of no threats at all is left out."""
    found = {}
    for side in scenario.sides:
        for measure in OF_THE_DAY:
            values = totals[f"{measure}.{side}"]
            if np.isfinite(values).any():
                found[f"{measure}.{side}"] = described(values)
    by_hour = run["flyable"].values.astype(float)
    return {**found, "flyable": described(by_hour.mean(axis=1))}


def _grounds(scenario: Scenario) -> Json:
    """Return what goes in, and the record behind it."""
    specs = for_sides(CAMPAIGN_PARAMETERS, scenario.sides)
    figures = [one for system in scenario.systems.values() for one in system.figures.values()]
    evidence = [*evidence_of(scenario), *scenario.claims]
    return {
        "systems": [_system(scenario, name, system) for name, system in scenario.systems.items()],
        "parameters": grounds.parameters(scenario.parameters, lambda name: spec_of(specs, name), {}),
        "rests_on": grounds.shares(scenario.parameters.values()),
        "figures_rest_on": grounds.shares(figures),
        "facts": grounds.facts(scenario),
        "claims": grounds.claims(scenario),
        "sources": [{"id": s.source, "text": s.text, "terms": s.terms} for s in attributions(evidence)],
    }


def _system(scenario: Scenario, name: str, system: System) -> Json:
    quantities: Mapping[str, Quantity] = {
        figure_parameter(name, figure): quantity for figure, quantity in system.figures.items()
    }
    return {
        "id": name,
        "name": system.name,
        "kind": system.kind,
        "layer": system.layer,
        "note": system.note.strip(),
        "sides": [
            side
            for side in scenario.sides
            if any(u.side == side and u.system == name for u in scenario.units)
        ],
        "figures": grounds.parameters(quantities, _figure_spec, {}),
        "rests_on": grounds.shares(quantities.values()),
    }


def _figure_spec(name: str) -> ParameterSpec:
    _, system, figure = name.split(".", 2)
    return figure_spec(system, figure)
