"""The charts and the map of a forecast or a run as SVG files of their own, for a report or a slide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from staffride.present import charts
from staffride.present.forecast_page import scene_of
from staffride.present.forecast_sections import chart_of
from staffride.present.markup import Markup
from staffride.present.region_charts import region_chart
from staffride.present.region_map import region_map
from staffride.present.region_page import run_chart
from staffride.present.region_words import ALL, PRESENT, Document, names, place
from staffride.scenario.region import Region

STYLES = ("report.css", "comparison.css", "region.css")
WIDTH, HEIGHT = charts.WIDE, 400.0
_VARIABLE = re.compile(r"--([\w-]+):\s*([^;]+);")
_RULE = re.compile(r"(?:^|\s)svg ([^{}]+)\{([^}]*)\}")


def forecast_figures(region: Region, document: Document, closed: Sequence[bool] = ()) -> dict[str, str]:
    """Return the figures of a forecast by the names of their files."""
    titles = _titles(document)
    drawn = {
        series: region_chart(chart_of(document, series, title, title), WIDTH, HEIGHT)
        for series, title in titles.items()
    }
    found = region_map(scene_of(region, document, closed), WIDTH, "Map of the region")
    return _files(drawn if found is None else {**drawn, "map": found})


def run_figures(region: Region, document: Document) -> dict[str, str]:
    """Return the figures of a run by the names of their files."""
    titles = _titles(document)
    return _files(
        {
            series: region_chart(run_chart(region, document, series, title, title), WIDTH, HEIGHT)
            for series, title in titles.items()
        }
    )


def _titles(document: Document) -> dict[str, str]:
    own = {PRESENT + name: f"People in {place(name)}" for name in names(document)}
    return {ALL: "People at all destinations together", **own}


def _files(drawn: Mapping[str, Markup]) -> dict[str, str]:
    """Return drawings by file name; a name of a place keeps only letters, digits and hyphens, and a number if taken."""
    found: dict[str, str] = {}
    for name, drawing in drawn.items():
        stem = re.sub(r"[^\w-]+", "-", name.removeprefix(PRESENT)).strip("-").lower() or "place"
        taken = sum(
            other.partition(".")[0].rpartition("~")[0] == stem or other == f"{stem}.svg" for other in found
        )
        found[f"{stem}~{taken + 1}.svg" if taken else f"{stem}.svg"] = standalone(drawing)
    return found


def standalone(drawing: Markup) -> str:
    """Return a drawing as a file that any program for SVG shows: its style inside, in light colours."""
    opening, rest = drawing.split(">", 1)
    style = f'<style>{_style()}</style><rect width="100%" height="100%" fill="#ffffff"/>'
    head = opening.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>{style}{rest}\n'


@cache
def _style() -> str:
    """Return the rules for drawings of the style sheets, with every colour written out."""
    text = "".join(files("staffride.present").joinpath("assets", name).read_text("utf-8") for name in STYLES)
    colours: dict[str, str] = {}
    for name, value in _VARIABLE.findall(text):
        colours.setdefault(name, value.strip())  # the light page comes first
    rules = "".join(f"{_selectors(chosen)}{{{body.strip()}}}" for chosen, body in _RULE.findall(text))
    rules = re.sub(r"var\(--([\w-]+)\)", lambda found: colours.get(found[1], "#000000"), rules)
    return "text{font-family:sans-serif}" + rules.replace("font-family: inherit;", "")


def _selectors(chosen: str) -> str:
    return ",".join(one.strip().removeprefix("svg ") for one in chosen.split(","))
