"""The page of a forecast: one self-contained file that works without a network, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from staffride.present import charts
from staffride.present import forecast_answers as answers
from staffride.present import forecast_sections as sections
from staffride.present.forecast_words import period, summarise_forecast, watch
from staffride.present.layout import figure, key, section, swatch
from staffride.present.markup import Markup, element
from staffride.present.page import Page, Part, masthead
from staffride.present.region_map import Scene, region_map
from staffride.present.region_notes import notes_footer
from staffride.present.region_words import ALL, PRESENT, Document, Row, dated, last_report, names
from staffride.scenario.region import Region

LEVELS = ("q05", "q25", "q50", "q75", "q95")
STYLES = ("report.css", "comparison.css", "region.css")
WHAT_IT_IS = "A forecast with bands, not a certainty, and of no single person. Every civilian counts alike."


def render_forecast(
    region: Region, document: Document, *, closed: Sequence[bool] = (), command: str | None = None
) -> str:
    """Return the page of a forecast.

    Parameters
    ----------
    region
        Places and links, for the map.
    document
        The forecast: `staffride.results.region_document.forecast_document`.
    closed
        Which links are closed at the origin, by position.
    command
        The command that makes it again; made from the document where left out.
    """
    summary = summarise_forecast(document)
    parts: list[Part] = [
        ("summary", "In plain words", sections.summary_section(document)),
        ("total", "All destinations", sections.total_section(document)),
        ("destinations", "Each destination", sections.destinations_section(document)),
        ("weeks", "Arrivals by week", sections.weeks_section(document)),
        ("shelter", "Shelter", sections.shelter_section(document)),
        ("crossings", "Crossings", answers.crossings_section(document, watch(document))),
        ("changes", "What if", answers.changes_section(document)),
        ("groups", "Age and sex", answers.groups_section(document)),
        ("map", "Map", map_section(region, document, closed)),
        ("limits", "Limits and method", answers.limits_section(document)),
        ("responsibility", "Data responsibility", answers.responsibility_section()),
        ("reproduce", "Repeat it", answers.reproduce_section(document, command)),
        ("sources", "Sources", notes_footer(region, document, WHAT_IT_IS)),
    ]
    return Page(
        title=summary.title,
        masthead=masthead(_bundle(document, summary.title), summary),
        parts=parts,
        styles=STYLES,
        scripts=("theme.js", "readout.js"),
        data={"charts": read_out(document, period(document)["start"])},
    ).html()


def _bundle(document: Document, title: str) -> dict[str, Any]:
    run = {"title": title, "description": "", "complete": True}
    return {"run": run, "period": period(document)}


def read_out(document: Document, start: str) -> dict[str, Any]:
    """Return what the read-outs of the charts say: every series of people by day."""
    shown = [ALL, *(PRESENT + name for name in names(document))]
    series = {name: _levels(document["series"][name]) for name in shown}
    return {"start": start, "hours": len(document["series"][ALL]), "every": 24, "series": series}


def _levels(entries: Sequence[Row]) -> dict[str, Any]:
    levels = {q: [None if row[q] is None else round(row[q]) for row in entries] for q in LEVELS}
    return {"unit": "people", "digits": 0, **levels}


def scene_of(region: Region, document: Document, closed: Sequence[bool]) -> Scene:
    """Return what the map of a forecast shows: last reports, the last day's medians, and persons on links."""
    own = names(document)
    seen = {name: last_report(document, PRESENT + name) for name in own}
    day = min(max(region.day_of(date.fromisoformat(document["run"]["cut-off"])), 0), region.days - 1)
    flow: Mapping[tuple[str, str], float] = {
        (row["first"], row["second"]): row["per_day"]["q50"]
        for row in document["crossings"]
        if row["kind"] == "link"
    }
    return Scene(
        region,
        {name: 0.0 if row is None else row["counted"] for name, row in seen.items()},
        {name: document["series"][PRESENT + name][-1]["q50"] or 0.0 for name in own},
        flow,
        closed,
        frozenset(place.name for at, place in enumerate(region.places) if region.conflict[day, at] > 0.0),
    )


def map_section(region: Region, document: Document, closed: Sequence[bool]) -> Markup | None:
    """Return the map, or ``None`` where places have no coordinates."""
    drawn = region_map(scene_of(region, document, closed), charts.WIDE, "Map of the region")
    if drawn is None:
        return None
    last = dated(document["series"][ALL][-1]["time"])
    lede = "Circles by area: people at a destination. Made of the coordinates of the folder; borders are not drawn."
    return section("map", "Map", lede, map_key(f"median on {last}", any_closed=any(closed)), figure(drawn))


def map_key(later: str | None, *, any_closed: bool) -> Markup:
    """Return the key of a map; persons on links and a later date are those of a forecast."""

    def line(class_: str, width: float | None = None) -> Markup:
        return swatch(element("line", x1=1, x2=25, y1=7, y2=7, class_=class_, stroke_width=width))

    circle = swatch(element("circle", cx=7, cy=7, r=6, class_="shelter"), width=14)
    ring = swatch(element("circle", cx=7, cy=7, r=6, class_="later"), width=14)
    fighting = swatch(element("polygon", points="7,1 13,7 7,13 1,7", class_="fighting"), width=14)
    now = "last report" if later else "people on the last day"
    entries = [
        (circle, now),
        *([(ring, later)] if later else []),
        (fighting, "place in conflict"),
        *([(line("flow", 4), "persons a day")] if later else []),
        *([(line("shut"), "closed")] if any_closed else []),
    ]
    return key(entries)
