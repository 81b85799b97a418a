"""Who holds a place by day: the share of runs in which it is held by other than at the start."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_ground_inputs import FARTHEST_KM
from staffride.model.campaign_inputs import CampaignInputs
from staffride.present.campaign_cells import borders, cells
from staffride.results.run import Run
from staffride.scenario.schema import Scenario

Json = dict[str, Any]
Floats = NDArray[np.float64]

DIGITS = 4
UNKNOWN = 0.5
"""What a run counts between the first and the last of three or more changes: it keeps no hours of those between."""


def held_by_other(first_h: Floats, last_h: Floats, changes: Floats, hours: Floats) -> Floats:
    """Return (replications, T) whether a place is held by other than at the start, 0 or 1, at some hours.

    Two changes are there and back. Of three or more a run keeps the first and the last, so between them it counts as
    a half.
    """
    first, last, count = (values[:, np.newaxis] for values in (first_h, last_h, changes))
    between = np.where(count <= 2, 1.0, UNKNOWN)
    after = np.where(count % 2 == 1, 1.0, 0.0)
    held = np.where(hours >= last, after, between)
    return np.where((count > 0) & (hours >= first), held, 0.0)


def control_of(run: Run, scenario: Scenario, hours: Floats) -> Json:
    """Return for each place the share of runs by step, and the share in which it ever changes."""
    names, known = ("changed", "last_changed", "changes"), frozenset(run.total_names)
    places = [place.id for place in scenario.places if f"changes.{place.id}" in known]
    columns = run.totals.read(*(f"{name}.{place}" for place in places for name in names))
    found = {}
    for place in places:
        first, last, changes = (columns[f"{name}.{place}"] for name in names)
        other = held_by_other(first, last, changes, hours).mean(axis=0)
        found[place] = {
            "other": np.round(other, DIGITS).tolist(),
            "ever": float(np.isfinite(first).mean()),
            "again": float((changes >= 3).mean()),
        }
    return found


def places_of(scenario: Scenario, inputs: CampaignInputs) -> list[Json]:
    """Return the places with their names, who holds each at the start, and their cells in kilometres."""
    sites = inputs.afoot.theatre.sites
    found = cells(sites.x_km.astype(float), sites.y_km.astype(float), FARTHEST_KM)
    return [
        {
            "id": place.id,
            "name": place.label,
            "kind": place.kind,
            "region": place.region,
            "value": place.value,
            "disputed": place.official_name is None,
            "holder": scenario.sides.index(place.held_by) if place.held_by else None,
            "longitude": place.longitude,
            "latitude": place.latitude,
            "x": round(float(site.x_km), 3),
            "y": round(float(site.y_km), 3),
            "area": round(cell.area_km2, 1),
            "cell": cell.corners.tolist(),
        }
        for place, site, cell in zip(scenario.places, sites, found, strict=True)
    ]


def borders_of(inputs: CampaignInputs) -> list[Json]:
    """Return the edges between the cells of each two neighbours, in kilometres."""
    sites = inputs.afoot.theatre.sites
    found = cells(sites.x_km.astype(float), sites.y_km.astype(float), FARTHEST_KM)
    return [
        {"between": list(pair), "edges": [[start.tolist(), end.tolist()] for start, end in edges]}
        for pair, edges in borders(found).items()
    ]


def formations_of(scenario: Scenario) -> list[Json]:
    """Return how many formations of each kind stand at each place at the start; never a single one."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for one in scenario.formations:
        if set(one.groups) & set(scenario.off):
            continue
        kinds = found.setdefault((one.place, one.side), {})
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    return [
        {"place": place, "side": scenario.sides.index(side), "kinds": kinds}
        for (place, side), kinds in found.items()
    ]
