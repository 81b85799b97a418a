"""The page of a campaign with formations: civilians first, then soldiers, the map, and all that any campaign has."""

from __future__ import annotations

from typing import Any

from staffride.present import campaign_sections, ground_sections, sections
from staffride.present.campaign_ablations import changes_section
from staffride.present.campaign_equipment import equipment_section
from staffride.present.campaign_forces import FORCES, end_section, forces_section
from staffride.present.campaign_ground_summary import summarise_ground
from staffride.present.campaign_layers import layers_section
from staffride.present.campaign_map import relief_defs, view_of
from staffride.present.campaign_map_section import map_data, map_section
from staffride.present.campaign_people import PEOPLE, civilians_section, soldiers_section
from staffride.present.campaign_score_table import scores_section
from staffride.present.campaign_towns import towns_section
from staffride.present.page import Page, Part, masthead, readouts
from staffride.present.summary import Bundle, Summary

SHARES = ("share_lost", "cohesion", "held_share")
UNITS = {"supply_days": "days", "ammunition_days": "days"}


def render_ground(bundle: Bundle, about: str) -> str:
    """Return the whole page; ``about`` says what it is."""
    summary = summarise_ground(bundle)
    return Page(
        title=bundle["run"]["title"],
        masthead=masthead(bundle, summary),
        parts=_parts(bundle, summary, about),
        styles=("report.css", "campaign.css", "ground.css"),
        scripts=("theme.js", "readout.js", "control.js"),
        data={"charts": readouts(bundle, _read(bundle)), "control-data": map_data(bundle)},
        hidden=relief_defs(view_of(bundle["ground"]["places"])),
    ).html()


def _read(bundle: Bundle) -> dict[str, tuple[str, int, float]]:
    """Return the series of charts with a read-out: unit, decimals and factor of each."""
    found: dict[str, tuple[str, int, float]] = {}
    for name in bundle["series"]:
        measure = name.partition(".")[0]
        if measure in SHARES:
            found[name] = ("% lost" if measure == "share_lost" else "%", 1, 100.0)
        elif measure in (*PEOPLE, *FORCES):
            unit = UNITS.get(measure, "people")
            found[name] = (unit, 1 if unit == "days" else 0, 1.0)
    return found


def _parts(bundle: Bundle, summary: Summary, about: str) -> list[Part]:
    parts: list[tuple[str, str, Any]] = [
        ("summary", "In short", sections.summary_section(summary)),
        ("civilians", "Civilians", civilians_section(bundle)),
        ("soldiers", "Soldiers", soldiers_section(bundle)),
        ("map", "Map of control", map_section(bundle)),
        ("towns", "Towns and dates", towns_section(bundle)),
        ("end", "Truces and the end", end_section(bundle)),
        ("scores", "Hits and misses", scores_section(bundle)),
        ("changes", "One cause at a time", changes_section(bundle)),
        ("losses", "Losses", campaign_sections.losses_section(bundle)),
        ("equipment", "Captured, and drones", equipment_section(bundle)),
        ("record", "Losses and the record", campaign_sections.record_section(bundle)),
        ("forces", "Cohesion and supply", forces_section(bundle)),
        ("state", "Networks and weather", campaign_sections.state_section(bundle)),
        ("defence", "Air defence", campaign_sections.defence_section(bundle)),
        ("layers", "Layers", layers_section(bundle)),
        ("variants", "Causes of losses", campaign_sections.variants_section(bundle)),
        ("inputs", "What went in", campaign_sections.inputs_section(bundle)),
        ("claims", "Claims", ground_sections.claims_section(bundle)),
        ("reproduce", "Reproduce", ground_sections.reproduce_section(bundle)),
        ("sources", "Sources", ground_sections.sources_footer(bundle, about)),
    ]
    return parts
