"""What the bundle of a campaign with formations holds beside that of any campaign, under ``ground``.

=====================  =======================================================================================
``replay``             whether the run was told dated items after the cut-off
``places`` ``borders`` ``ways`` ``formations``    what the map draws, in kilometres on the plane
``control``            by place: the share of runs by step in which it is held by other than at the start
``held_at_start``      by side: the share of the area that it holds at the start
``towns``              dates of changes of control beside the record
``told``               figures of the record on people, vehicles and truces, each beside the runs
``captured`` ``drone_shares`` ``end``    vehicles captured, the drones' share of losses, how the war ends
``measures``           what each variant changes in people, ground and towns
``scores``             the scores that the run keeps
=====================  =======================================================================================
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_inputs import CampaignInputs
from staffride.present import campaign_ablations, campaign_control
from staffride.present.bundle import plain
from staffride.present.campaign_equipment import (
    CAPTURED,
    DRONE_SHARE,
    captured_of,
    drone_columns,
    drone_shares_of,
)
from staffride.present.campaign_forces import ENDS, end_of
from staffride.present.campaign_people import PEOPLE
from staffride.present.campaign_score_table import scores_of
from staffride.present.campaign_told import told
from staffride.present.campaign_towns import towns_of
from staffride.results.daily import DAY_H, daily_figures, is_daily
from staffride.results.run import Run
from staffride.results.tables import STATISTICS
from staffride.results.vocabulary import CEASEFIRE
from staffride.scenario.schema import Scenario

Json = dict[str, Any]

SHARES = ("share_lost.", "network.", "flyable", "held_share.", "cohesion.", "truce", "over")
"""What series begin with that are shares, and are kept with four decimals; all others with one."""


def steps_of(run: Run, scenario: Scenario) -> Json:
    """Return the ends of the steps of a campaign that lasts more than a day: of its days."""
    every = step_of(run)
    count = -(-scenario.period.hours // every)
    ends = [min(every * (at + 1), scenario.period.hours) for at in range(count)]
    return {"step_h": every, "times": [scenario.period.time_of(end).isoformat() for end in ends]}


def step_of(run: Run) -> int:
    """Return how many hours a step of the report has: a day, or in a run of one day as many as the run has."""
    return DAY_H if is_daily(run) else run.manifest.settings.every_h


def series_by_step(run: Run) -> Json | None:
    """Return mean and quantiles by day of every series in which anything happens; ``None`` within a day."""
    if not is_daily(run):
        return None
    return {
        name: {
            level: plain(values, 4 if name.startswith(SHARES) else 1)
            for level, values in zip(STATISTICS, rows, strict=True)
        }
        for name, rows in daily_figures(run).items()
        if np.nanmax(rows) > 0
    }


def ground_of(run: Run, scenario: Scenario, inputs: CampaignInputs) -> Json:
    """Return what only a campaign with formations has."""
    scores, shares = scores_of(run), drone_shares_of(run, scenario)
    towns = as_scored(towns_of(run, scenario), scores, "observation")
    return {
        "replay": scenario.replay,
        **_map(run, scenario, inputs),
        "towns": towns,
        "told": as_scored(told(run, scenario, _columns(run, scenario), _is_told), scores, "id"),
        "captured": captured_of(run, scenario),
        "drone_shares": shares,
        "end": end_of(run),
        "measures": campaign_ablations.compared(run, scenario, towns),
        "scores": scores,
    }


def as_scored(rows: list[Json], scores: Json, key: str) -> list[Json]:
    """Return rows that stand where the scores of the run put them, so that a page says one thing of each figure.

    A figure without a score stands where its range lies in the bands.
    """
    points = {point["id"]: point for point in scores["points"]}
    return [_as_point(row, points[row[key]]) if row[key] in points else row for row in rows]


def _as_point(row: Json, point: Json) -> Json:
    if row["standing"] in ("in", "out"):
        return {**row, "standing": "in" if point["in_90"] else "out"}
    if point["in_90"]:
        return {**row, "standing": "50" if point["in_50"] else "90"}
    return {**row, "standing": "none" if row["standing"] == "none" else "all"}


def _map(run: Run, scenario: Scenario, inputs: CampaignInputs) -> Json:
    places = campaign_control.places_of(scenario, inputs)
    whole = sum(place["area"] for place in places)
    held = {
        side: sum(place["area"] for place in places if place["holder"] == at) / whole
        for at, side in enumerate(scenario.sides)
    }
    every = step_of(run)
    hours = np.minimum(every * np.arange(1.0, -(-scenario.period.hours // every) + 1), scenario.period.hours)
    return {
        "places": places,
        "borders": campaign_control.borders_of(inputs),
        "ways": [{"from": w.from_place, "to": w.to_place, "kind": w.kind} for w in scenario.ways],
        "formations": campaign_control.formations_of(scenario),
        "control": campaign_control.control_of(run, scenario, hours),
        "held_at_start": held,
    }


def _is_told(series: str) -> bool:
    return series in ENDS or series.startswith((CAPTURED, DRONE_SHARE)) or series.partition(".")[0] in PEOPLE


def _columns(run: Run, scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Return the totals that figures of the record may tell of, by the name of the figures' series."""
    names = [name for name in run.total_names if name.startswith(CAPTURED) and "@" not in name]
    found = dict(run.totals.read("truces", CEASEFIRE, *names))
    found["over"] = np.isfinite(found.pop(CEASEFIRE)).astype(np.float64)
    return {**found, **drone_columns(run, scenario)}
