"""The ways out: which links people use, in which direction, and where the checkpoint stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from staffride.model.displacement import Inputs, compile_inputs
from staffride.scenario.schema import Link, Scenario


@dataclass(frozen=True, slots=True)
class Ways:
    """The roads of the map.

    Attributes
    ----------
    links
        Open roads as plain values, those that people use first to last in the direction in which they leave.
    checkpoint
        The place of the checkpoint, ``None`` where there is none.
    """

    links: tuple[dict[str, Any], ...]
    checkpoint: str | None


def ways_of(scenario: Scenario) -> Ways:
    """Return the roads that are open to civilians when the period starts, and which of them lead out.

    Raises
    ------
    InputError
        A place has no way out; every problem at once.
    """
    inputs = compile_inputs(scenario)
    used = _used(inputs)
    names = [place.id for place in scenario.places]
    network = inputs.network
    rows = []
    for index, link in enumerate(scenario.links):
        out = index in used
        if not out and not (link.civilian_use and link.open_at(scenario.period.start)):
            continue
        ends = (names[network.link_from[index]], names[network.link_to[index]]) if out else None
        rows.append(_row(link, ends))
    node = int(network.checkpoint_node)
    return Ways(tuple(rows), names[node] if node >= 0 else None)


def _used(inputs: Inputs) -> set[int]:
    """Return the links on the way from each inhabited place to the exit."""
    network = inputs.network
    used: set[int] = set()
    for start in inputs.place_node:
        node = int(start)
        while (link := int(network.next_link[node])) >= 0 and link not in used:
            used.add(link)
            node = int(network.link_to[link])
    return used


def _row(link: Link, ends: tuple[str, str] | None) -> dict[str, Any]:
    start, end = ends or (link.from_place, link.to_place)
    return {
        "id": link.id,
        "from": start,
        "to": end,
        "length_km": link.length_km,
        "free_flow_h": link.free_flow_h,
        "jam_density_vehicles_per_km": link.jam_density_vehicles_per_km,
        "road_class": link.road_class,
        "way_out": ends is not None,
        "open": True,
    }
