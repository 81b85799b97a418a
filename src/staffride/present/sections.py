"""The sections of the report, each a heading, a few sentences and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from staffride.present import charts, words
from staffride.present.map import REGION, ROAD, still, views
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle, Summary
from staffride.present.summary_views import crossings_html, to_html


def section(name: str, heading: str, lede: str, *content: Child) -> Markup:
    """Return one section with the anchor ``name``."""
    head = element("h2", heading, id=f"{name}-heading")
    lede_ = element("p", lede, class_="lede") if lede else None
    return element("section", head, lede_, content, id=name, aria_labelledby=f"{name}-heading")


def figure(content: Child, caption: str = "") -> Markup:
    """Return a figure with its caption."""
    return element("figure", content, element("figcaption", caption) if caption else None)


def _swatch(*shapes: Markup) -> Markup:
    return element("svg", shapes, viewBox="0 0 26 14", width=26, height=14, aria_hidden="true")


def chart_key() -> Markup:
    """Return the key that the charts share."""
    bands = _swatch(
        element("rect", x=0, y=1, width=26, height=12, class_="band90"),
        element("rect", x=0, y=4, width=26, height=6, class_="band50"),
        element("line", x1=0, x2=26, y1=7, y2=7, class_="median"),
    )
    used = _swatch(element("circle", cx=13, cy=7, r=4, class_="used"))
    held = _swatch(element("polygon", points="13,2 18,7 13,12 8,7", class_="held"))
    entries = (
        (bands, f"model: median, 50{words.THIN}% and 90{words.THIN}% band"),
        (used, "record, used to fit"),
        (held, "record, held out"),
    )
    return element("ul", [element("li", mark, element("span", text)) for mark, text in entries], class_="key")


def summary_section(summary: Summary) -> Markup:
    """Return the headline figures, the crossings beside the bulletins and the passages."""
    cards = [
        element(
            "div",
            element("dt", f.meaning),
            element("dd", f.value, class_="value"),
            element("dd", f"90{words.THIN}%: {f.band}", class_="band"),
        )
        for f in summary.figures
    ]
    table = element("div", crossings_html(summary), class_="scroll")
    return section(
        "summary", "In short", "", element("dl", cards, class_="headline"), table, to_html(summary)
    )


def _hour_of_peak(bundle: Bundle) -> int:
    """Return the hour (from 1) at which the median queue is longest, where the still map stands."""
    return int(np.nanargmax(np.array(bundle["series"]["queue_vehicles"]["q50"], dtype=float))) + 1


def _panel(bundle: Bundle, name: str, heading: str, hour: int) -> Markup:
    view = views(bundle)[name]
    stills = join(
        element("div", still(bundle, view, "wide", hour), class_="wide"),
        element("div", still(bundle, view, "narrow", hour), class_="narrow"),
    )
    canvas = element("canvas", id=f"map-{name}", role="img", aria_label=f"Animated map: {heading}")
    return element("figure", element("h3", heading), canvas, element("div", stills, class_="still"))


def _clock(bundle: Bundle, hour: int) -> Markup:
    hours = len(bundle["times"])
    icon = element("svg", element("path", id="play-icon", d="M5 2l11 7-11 7z"), viewBox="0 0 18 18", width=18)
    play = element("button", icon, id="play", class_="play", type="button", aria_label="Play", aria_pressed="false")
    now = element("div", element("span", id="now-day"), element("small", id="now-time"), class_="now")
    slider = element(
        "input", id="hour", type="range", min=0, max=hours, step=1, value=hour, aria_label="Time of the map"
    )
    scrub = element("div", _spark(bundle), slider, class_="scrub")
    choices = [
        element(
            "label",
            element("input", type="radio", name="path", value=key, checked=index == 0),
            element("span", path["label"]),
        )
        for index, (key, path) in enumerate(bundle["paths"].items())
    ]
    choose = element("fieldset", element("legend", "Show"), choices, class_="choose")
    return element("div", element("div", play, now, class_="start"), scrub, choose, class_="clock")


def _spark(bundle: Bundle) -> Markup:
    """Return the flow of each hour above the slider, so that the eye finds the busy days."""
    flow = np.array(bundle["series"]["flow"]["q50"], dtype=float)
    hours = len(flow)
    scaled = 38 * (1 - flow / max(float(flow.max()), 1.0)) + 2
    points = " ".join(f"{k + 1},{y:.1f}" for k, y in enumerate(scaled))
    shape = element("polygon", points=f"1,40 {points} {hours},40", class_="flow")
    return element(
        "svg", shape, viewBox=f"0 0 {hours} 40", preserveAspectRatio="none", aria_hidden="true"
    )


WHERE = (
    ("at_home", "still at home"),
    ("on_road", "on the road"),
    ("queue_vehicles", "vehicles in the queue"),
    ("arrivals", "have crossed"),
    ("shelter.total", "in state shelter"),
)


def _map_key(per_dot: int) -> Markup:
    steps = [element("rect", x=k * 9, y=4, width=9, height=6, class_=f"key-queue q{k}") for k in range(5)]
    ramp = element("svg", steps, viewBox="0 0 45 14", width=45, height=14, aria_hidden="true")
    dots = _swatch(*(element("circle", cx=5 + 6 * k, cy=7 + (k % 2) * 2, r=1.6, class_="people") for k in range(4)))
    circle = _swatch(element("circle", cx=13, cy=7, r=6, class_="shelter"))
    entries = (
        (ramp, "road: free to standing over its whole length"),
        (dots, f"each dot: {per_dot} vehicles with their people"),
        (circle, "people in state shelter (area of the circle)"),
    )
    items = [element("li", mark, element("span", text)) for mark, text in entries]
    return element("ul", items, class_="key mapkey")


def map_section(bundle: Bundle, per_dot: int) -> Markup:
    """Return the map: two views, the clock, and where people are at that hour."""
    hour = _hour_of_peak(bundle)
    panels = element(
        "div",
        _panel(bundle, ROAD, "The road out", hour),
        _panel(bundle, REGION, "Where shelter was found", hour),
        class_="maps",
    )
    cells = [
        element("div", element("dt", text), element("dd", "–", data_now=name)) for name, text in WHERE
    ]
    where = element("dl", cells, class_="where")
    caption = (
        "Roads are drawn as straight lines between places, and no border or line of control is drawn. Relief: NOAA "
        "GLOBE; the shipped grid ends at 44.3° E. Places in the disputed area carry both names."
    )
    return section(
        "map",
        "One road out, hour by hour",
        "Press play, or move the slider with the pointer or the arrow keys. The grey area above the slider is the "
        "number who cross in each hour.",
        panels,
        _clock(bundle, hour),
        where,
        _map_key(per_dot),
        element("p", caption, class_="muted evidence"),
    )


def arrivals_section(bundle: Bundle) -> Markup:
    """Return arrivals with bands against the bulletins."""
    lede = (
        "Cumulative persons who have crossed into Armenia. Filled dots are bulletins that the ensemble was fitted to; "
        "open diamonds were kept back to test it. A horizontal line shows how uncertain the hour of a bulletin is."
    )
    chart = charts.both(charts.series_chart, bundle, "arrivals", "People who have crossed")
    return section("arrivals", "How many had crossed, and when", lede, chart_key(), figure(chart))


def origins_section(bundle: Bundle) -> Markup | None:
    """Return how each day's bulletins narrow the final total, or ``None`` where no such fit is stored."""
    origins = bundle.get("origins")
    if not origins:
        return None
    lede = (
        "The population before September 2023 is contested. Each panel starts from another view of it (grey, at the "
        "left) and shows what the final total could be, given only the bulletins published by the end of each day. "
        "The line is the number that in the end was counted. A band that were narrow too early would have used the "
        "answer."
    )
    caption = (
        f"Thin bar: 90{words.THIN}%; thick bar: 50{words.THIN}%; mark: median. Line: {words.count(origins['record'])} "
        "crossings counted by the Government of Armenia."
    )
    chart = charts.both(charts.origins_chart, bundle)
    return section("narrowing", "What each day's bulletins could tell", lede, figure(chart, caption))


def queue_section(bundle: Bundle) -> Markup:
    """Return the queue and the hours lost."""
    lede = (
        "What binds is the checkpoint, not the road: vehicles were inspected one by one. Hours lost are those beyond "
        "the driving time of an empty road, for the people who cross in that hour."
    )
    queue = charts.both(charts.series_chart, bundle, "queue_vehicles", "Vehicles waiting behind the checkpoint", 280)
    delay = charts.both(charts.series_chart, bundle, "delay_hours", "Hours lost on the road", 280)
    content = (
        element("div", element("h3", "Vehicles waiting behind the checkpoint"), figure(queue)),
        element("div", element("h3", "Hours lost on the road"), figure(delay)),
    )
    return section("queue", "The queue and the hours it cost", lede, chart_key(), element("div", content, class_="pair"))


def shelter_section(bundle: Bundle) -> Markup:
    """Return shelter by province against the snapshots."""
    lede = (
        "People in accommodation provided by the state, on one scale; the figure at the right is the median at the "
        "end. The snapshots of the first days were used to fit, the later ones were kept back."
    )
    caption = (
        "The count changed its meaning on 2 October, when any support by the state was included; later figures are "
        "not compared. Most people found an address of their own and are not in these charts."
    )
    panels = charts.shelter_panels(bundle)
    return section("shelter", "Shelter by province", lede, chart_key(), figure(panels, caption))


def scores_section(bundle: Bundle) -> Markup | None:
    """Return the scoreboard in words and as a table, or ``None`` where nothing was scored."""
    scores = bundle.get("scores")
    if not scores:
        return None
    lede = (
        "Coverage says how often the record lies inside a band: about half the time in the 50 % band, nine times in "
        "ten in the 90 % band. CRPS is the mean distance between the forecast and the record, in the series' own unit: "
        "less is better. A baseline is a simple rule with bands of its own."
    )
    sentences = [element("p", s) for s in bundle.get("score_sentences", ())]
    head = ("Observations", "Role", "n", "in 50 %", "in 90 %", "CRPS", "Best baseline", "Model / baseline")
    rows = [_score_row(row) for row in scores]
    return section("scores", "How good it is", lede, sentences, _table(head, rows, numbers=range(2, 8)))


def _score_row(row: Mapping[str, Any]) -> tuple[Child, ...]:
    def shown(key: str, form: str) -> str:
        value = row.get(key)
        return "–" if value is None else format(value, form)

    best = row.get("baseline")
    rival = f"{words.count(row['baseline_crps'])} ({best})" if best else "–"
    return (
        row["label"],
        {"calibration": "fitted", "held_out": "held out"}.get(row["role"], row["role"]),
        str(row["n"]),
        shown("covered_50", ".0%"),
        shown("covered_90", ".0%"),
        shown("crps", ",.0f"),
        rival,
        shown("ratio", ".2f"),
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[Child]], numbers: Sequence[int] | range = ()) -> Markup:
    def cell(index: int, content: Child) -> Markup:
        class_ = "number" if index in numbers else None
        if index == 0:
            return element("th", content, scope="row")
        return element("td", content, class_=class_)

    heads = [element("th", h, scope="col", class_="number" if i in numbers else None) for i, h in enumerate(head)]
    body = [element("tr", [cell(i, c) for i, c in enumerate(row)]) for row in rows]
    table = element("table", element("thead", element("tr", heads)), element("tbody", body))
    return element("div", table, class_="scroll")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _range(band: Sequence[float]) -> str:
    if band[0] == band[4]:
        return _short(band[2])
    return f"{_short(band[2])} ({_short(band[0])} to {_short(band[4])})"


def _ground(bundle: Bundle, parameter: Mapping[str, Any]) -> Child:
    """Return what a parameter rests on: its evidence with sources, or the reason for assuming it."""
    facts = bundle["facts"]
    parts: list[Child] = []
    for fact in parameter["evidence"]:
        known = facts.get(fact, {"text": "", "source": "", "confidence": ""})
        parts.append(
            element("div", element("b", fact), " ", " · ".join(v for v in known.values() if v))
        )
    if parameter["assumed"]:
        parts.append(element("div", element("b", "assumed"), " ", parameter["assumed"]))
    return element("div", parts, class_="evidence")


def parameters_section(bundle: Bundle) -> Markup:
    """Return every parameter with prior, posterior, unit and what it rests on."""
    parameters = bundle["parameters"]
    grounded = sum(1 for p in parameters if p["evidence"])
    lede = (
        f"{len(parameters)} quantities: {grounded} rest on the record, {len(parameters) - grounded} are assumed, each "
        f"with its reason. Figures are the median with the 90{words.THIN}% range; the grey line is the prior, the blue "
        "bar what is left of it after the bulletins."
    )
    rows = [
        (
            join(element("div", p["meaning"]), element("div", p["name"], class_="tag")),
            charts.parameter_bar(p["prior"], p["posterior"]),
            _range(p["prior"]),
            _range(p["posterior"]) if p["posterior"] else "–",
            p["unit"],
            _ground(bundle, p),
        )
        for p in parameters
    ]
    head = ("Quantity", "", "Prior", "Posterior", "Unit", "Rests on")
    return section("parameters", "What went in", lede, _table(head, rows, numbers=(2, 3)))


def claims_section(bundle: Bundle) -> Markup | None:
    """Return the claims that the scenario bears on, each with its passage and its author's side."""
    claims = bundle["claims"]
    if not claims:
        return None
    lede = (
        "Statements of the documents, in our own words. A claim is shown with the side of its author; this report does "
        "not count claims by side and does not decide who is right."
    )
    items = [
        element(
            "li",
            element("p", claim["text"]),
            element(
                "p",
                f"{claim['title']}, paragraph {claim['paragraph']}; author: {claim['side']}",
                element("br"),
                element("span", claim["id"], class_="tag"),
                class_="muted evidence",
            ),
        )
        for claim in claims
    ]
    return section("claims", "Claims that this scenario bears on", lede, element("ul", items, class_="claims"))


def reproduce_section(bundle: Bundle) -> Markup:
    """Return how to get the same numbers."""
    run = bundle["run"]
    lede = "The same version, scenario and seed give the same value in every cell, on any number of cores."
    rows = [
        ("Version", f"staffride {run['version']}"),
        ("Scenario", run["scenario"]),
        ("Seed", str(run["seed"])),
        ("Replications", words.count(run["replications"])),
        ("Cut-off", words.moment(datetime.fromisoformat(run["cutoff"]))),
        ("Time taken", f"{run['wall_seconds']:.1f} s"),
        *((f"SHA-256 of the {name}", element("code", value, class_="hash")) for name, value in run["digests"].items()),
    ]
    table = _table(("What", "Value"), rows)
    return section("reproduce", "How to reproduce it", lede, element("pre", run["command"]), table)


def sources_footer(bundle: Bundle) -> Markup:
    """Return the attribution of every source that the run rests on, and of the map."""
    items = [
        element("li", element("b", s["title"]), ". ", s["attribution"], f" ({s['licence']})" if s["licence"] else "")
        for s in bundle["sources"]
    ]
    relief = element(
        "li",
        element("b", "Relief"),
        ". GLOBE Task Team and others (1999), Global Land One-kilometer Base Elevation, version 1.0, NOAA National "
        "Geophysical Data Center (public domain)",
    )
    note = (
        "This is a retrospective model of a documented displacement. It gives bands, not certainties, and speaks of no "
        "single person."
    )
    inner = (element("h2", "Sources and attributions"), element("ul", items, relief), element("p", note))
    return element("footer", inner, id="sources")
