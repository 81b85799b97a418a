"""The section with the map of control: map, clock, the likeliest changes, and a table for every reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from staffride.model.campaign_ground_inputs import FARTHEST_KM
from staffride.present import campaign_symbols, words
from staffride.present.campaign_map import (
    FULL,
    NARROW,
    PALE,
    STEPS,
    WIDE,
    View,
    control_map,
    likeliest,
    view_of,
    when,
)
from staffride.present.charts import step_hours
from staffride.present.ground_sections import folded
from staffride.present.layout import key, section, swatch, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

LISTED = 14
"""Places that stand in the list beside the map."""
COLUMNS = 7
"""Dates in the table of all places, the last of them the end."""

LEDE = (
    f"Each area is what lies nearest to a place, no farther than {FARTHEST_KM:g} km from it; it stands for the "
    "place, and its edge is no line of contact. A full colour is a place that one side holds in every run. The paler "
    "an area and the denser its hatching in the other side's colour, the less sure it is who holds it. The thick "
    "line runs where the likelier holder changes, the dashed line where it did at the start. What a ceasefire's terms "
    "hand over counts in the shares held, and is not drawn."
)
CAPTION = (
    "Roads are drawn as straight lines between places; no border is drawn. Places in a disputed area carry both names. "
    "Symbols show where formations stand at the start, all of a side at a place together; no place finer than a town "
    "or village is shown, and no movement. Relief: NOAA GLOBE."
)


def map_data(bundle: Bundle) -> dict[str, Any]:
    """Return what the script moves: by place the probability at the start and at the end of each step."""
    ground = bundle["ground"]
    places = [
        {
            "id": place["id"],
            "name": place["name"],
            "holder": place["holder"],
            "other": [0.0, *ground["control"][place["id"]]["other"]],
        }
        for place in ground["places"]
        if place["id"] in ground["control"] and place["holder"] is not None
    ]
    held = {
        side["id"]: [
            round(ground["held_at_start"][side["id"]], 4),
            *bundle["series"][f"held_share.{side['id']}"]["mean"],
        ]
        for side in bundle["sides"]
        if f"held_share.{side['id']}" in bundle["series"]
    }
    return {
        "start": bundle["period"]["start"],
        "step": step_hours(bundle),
        "steps": len(bundle["times"]),
        "places": places,
        "held": held,
        "hatching": list(STEPS),
        "opacity": [PALE, FULL],
    }


def map_section(bundle: Bundle) -> Markup:
    """Return the section; without script it shows the end of the period and the table."""
    view, last = view_of(bundle["ground"]["places"]), len(bundle["times"]) - 1
    maps = element(
        "div", _drawn(bundle, view, WIDE, last), _drawn(bundle, view, NARROW, last), class_="sheet"
    )
    side = element(
        "div", _clock(bundle), _held(bundle), _list(bundle, last), _map_key(bundle), class_="beside"
    )
    return section(
        "map",
        "Who holds what, day by day, and how sure it is",
        LEDE,
        element("div", maps, side, class_="control"),
        element("p", CAPTION, class_="muted evidence"),
        _symbols_key(bundle),
        folded("Every place that changes hands in any run, by date", _table(bundle)),
    )


def _drawn(bundle: Bundle, view: View, size: str, step: int) -> Markup:
    return element("div", control_map(bundle, view, size, step), class_=size)


def _clock(bundle: Bundle) -> Markup:
    steps = len(bundle["times"])
    icon = element("path", id="play-icon", d="M5 2l11 7-11 7z")
    drawn = element("svg", icon, viewBox="0 0 18 18", width=18, height=18, aria_hidden="true")
    play = element("button", drawn, id="play", class_="play", type="button", aria_label="Play")
    now = element("div", when(bundle, steps - 1), id="now", class_="now")
    slider = element(
        "input", id="step", type="range", min=0, max=steps, step=1, value=steps, aria_label="Date of the map"
    )
    box = element("input", id="show-formations", type="checkbox")
    choice = element("label", box, element("span", "formations where they start"), class_="choice")
    return element(
        "div", element("div", play, now, class_="start"), slider, choice, class_="clock", id="clock"
    )


def _held(bundle: Bundle) -> Markup:
    """Return the mean share of the area that each side holds."""
    cells = [
        element(
            "div",
            element("dt", f"{side['name']} holds (mean)"),
            element("dd", words.percent(_share(bundle, side["id"])), data_held=side["id"]),
        )
        for side in bundle["sides"]
    ]
    return element("dl", cells, class_="held-shares")


def _share(bundle: Bundle, side: str) -> float:
    levels = bundle["series"].get(f"held_share.{side}")
    return float(levels["mean"][-1]) if levels else 0.0


def _list(bundle: Bundle, step: int) -> Markup:
    """Return the places that are likeliest to be held by other than at the start, with their probabilities."""
    rows = [_listed(place["name"], other) for place, other in likeliest(bundle, step)[:LISTED]]
    heading = element("h3", "Held by other than at the start")
    none = element("p", "No place in any run.", id="none", class_="muted", hidden=bool(rows))
    return element("div", heading, none, element("ol", rows, id="likeliest", class_="chances"), class_="list")


def _listed(name: str, other: float) -> Markup:
    bar = element("rect", width=100 * other, height=4, class_="chance")
    drawn = element("svg", bar, viewBox="0 0 100 4", preserveAspectRatio="none", aria_hidden="true")
    return element("li", element("span", name), element("b", words.percent(other)), drawn)


def _map_key(bundle: Bundle) -> Markup:
    entries = []
    for side, row in enumerate(bundle["sides"]):
        sure = element("rect", width=26, height=14, class_=f"cell side{side} sure")
        entries.append((swatch(sure), f"held by the {row['name']} in every run"))
    for side, row in enumerate(bundle["sides"]):
        fill = element("rect", width=26, height=14, class_=f"cell side{side} doubt")
        lines = element("rect", width=26, height=14, fill=f"url(#hatch-{1 - side}-3)")
        entries.append((swatch(fill, lines), f"{row['name']} likelier, far from sure"))
    thick = element("line", x1=0, x2=26, y1=7, y2=7, class_="front")
    thin = element("line", x1=0, x2=26, y1=7, y2=7, class_="front-start")
    entries += [(swatch(thick), "likelier holder changes here"), (swatch(thin), "the same, at the start")]
    return key(entries, "key")


def _symbols_key(bundle: Bundle) -> Markup:
    """Return what the symbols mean: kinds, then sides."""
    kinds = {kind for row in bundle["ground"]["formations"] for kind in row["kinds"]}
    entries = [
        (_sample(0, kind), campaign_symbols.NAMES[kind]) for kind in campaign_symbols.ICONS if kind in kinds
    ]
    sides = [(_sample(at, "rifle"), row["name"]) for at, row in enumerate(bundle["sides"])]
    return key([*entries, *sides], "key mapkey symbols-key")


def _sample(side: int, kind: str) -> Markup:
    drawn = campaign_symbols.frame(side, kind)
    return element("svg", drawn, viewBox="-1 -1 20 14", width=20, height=14, aria_hidden="true")


def _table(bundle: Bundle) -> Markup:
    """Return the probability of every place that changes in any run, at some dates."""
    ground, steps = bundle["ground"], len(bundle["times"])
    shown = sorted({max(0, round(steps * k / COLUMNS) - 1) for k in range(1, COLUMNS + 1)})
    heads = [_short(bundle["times"][step]) for step in shown]
    ever = [place for place in ground["places"] if ground["control"].get(place["id"], {}).get("ever")]
    ever.sort(key=lambda place: -ground["control"][place["id"]]["ever"])
    body: list[tuple[Child, ...]] = [_chances(ground, place, shown) for place in ever]
    note = element(
        "p",
        f"Per cent of runs in which a place is held by other than at the start, at the end of a day. {len(ever)} of "
        f"{len(ground['places'])} places change hands in any run.{_again(ground)}",
        class_="evidence",
    )
    return join(
        note, table(("Place", *heads, "Ever"), body, numbers=range(1, len(heads) + 2)) if body else None
    )


def _chances(ground: Row, place: Row, shown: list[int]) -> tuple[Child, ...]:
    found = ground["control"][place["id"]]
    name = join(element("div", place["name"]), element("div", place["region"], class_="evidence"))
    return (name, *(words.percent(found["other"][step]) for step in shown), words.percent(found["ever"]))


def _again(ground: Row) -> str:
    """Return what is said of places that change three times or more, where there are any."""
    most = max((one["again"] for one in ground["control"].values()), default=0.0)
    if not most:
        return ""
    return (
        f" Where one changes three times or more in a run (at most {words.percent(most)} of runs), that run counts "
        "as a half between its first and its last change."
    )


def _short(moment: str) -> str:
    return words.short_moment(datetime.fromisoformat(moment)).split(",")[0]
