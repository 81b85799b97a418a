"""The section with the map: two views, the clock, and where people are at that hour."""

from __future__ import annotations

import numpy as np

from staffride.present.layout import key, section, swatch
from staffride.present.markup import Markup, element, join
from staffride.present.still import still
from staffride.present.summary import Bundle
from staffride.present.views import NARROW, REGION, ROAD, WIDE, Stage, View

WHERE = (
    ("at_home", "still at home"),
    ("waiting", "wait for fuel or a bus"),
    ("on_road", "on the road"),
    ("arrivals", "have crossed"),
    ("shelter.total", "of them in state shelter"),
)


def map_section(scene: Stage, per_dot: int) -> Markup:
    """Return the section; ``per_dot`` is how many vehicles one dot of the animation stands for."""
    bundle = scene.bundle
    hour = peak_hour(bundle)
    maps = element(
        "div",
        _panel(scene, scene.views[ROAD], "The road out", hour),
        _panel(scene, scene.views[REGION], "Where shelter was found", hour),
        class_="maps",
    )
    cells = [element("div", element("dt", text), element("dd", "–", data_now=name)) for name, text in WHERE]
    caption = (
        "Roads are drawn as straight lines between places. No border and no line of control is drawn. "
        "Places in a disputed area carry both names. Relief, where the shipped grid has it: NOAA GLOBE, "
        "44.3 to 48.8° E, 38.2 to 41.2° N."
    )
    lede = (
        "Press play, or move the slider with the pointer or the arrow keys. The area above the slider is the "
        "number of people who cross in each hour."
    )
    return section(
        "map",
        "One road out, hour by hour",
        lede,
        maps,
        _clock(bundle, hour),
        element("dl", cells, class_="where"),
        _map_key(per_dot),
        element("p", caption, class_="muted evidence"),
    )


def peak_hour(bundle: Bundle) -> int:
    """Return the hour (from 1) at which the median queue is longest, where the still map stands."""
    return int(np.nanargmax(np.array(bundle["series"]["queue_vehicles"]["q50"], dtype=np.float64))) + 1


def _panel(scene: Stage, view: View, heading: str, hour: int) -> Markup:
    stills = join(
        element("div", still(scene, view, WIDE, hour), class_="wide"),
        element("div", still(scene, view, NARROW, hour), class_="narrow"),
    )
    canvas = element("canvas", id=f"map-{view.name}", role="img", aria_label=f"Animated map: {heading}")
    return element("figure", element("h3", heading), canvas, element("div", stills, class_="still"))


def _clock(bundle: Bundle, hour: int) -> Markup:
    start = element("div", _play(), element("div", _now(), class_="now"), class_="start")
    slider = element(
        "input",
        id="hour",
        type="range",
        min=0,
        max=len(bundle["times"]),
        step=1,
        value=hour,
        aria_label="Time of the map",
    )
    scrub = element("div", _spark(bundle), slider, class_="scrub")
    return element("div", start, scrub, _choices(bundle), class_="clock")


def _play() -> Markup:
    icon = element("path", id="play-icon", d="M5 2l11 7-11 7z")
    drawn = element("svg", icon, viewBox="0 0 18 18", width=18, height=18, aria_hidden="true")
    return element("button", drawn, id="play", class_="play", type="button", aria_label="Play")


def _now() -> Markup:
    return join(element("span", id="now-day"), element("small", id="now-time"))


def _choices(bundle: Bundle) -> Markup | None:
    """Return the choice between the ensemble's median and one run, where the bundle holds both."""
    if len(bundle["paths"]) < 2:
        return None
    choices = [
        element(
            "label",
            element("input", type="radio", name="path", value=name, checked=index == 0),
            element("span", path["label"]),
        )
        for index, (name, path) in enumerate(bundle["paths"].items())
    ]
    return element("fieldset", element("legend", "Show"), choices, class_="choose")


def _spark(bundle: Bundle) -> Markup:
    """Return the flow of each hour above the slider, so that the eye finds the busy days."""
    flow = np.array(bundle["series"]["flow"]["q50"], dtype=np.float64)
    heights = 40 - 38 * flow / max(float(flow.max()), 1.0)
    points = " ".join(f"{k + 1},{y:.1f}" for k, y in enumerate(heights))
    shape = element("polygon", points=f"1,40 {points} {len(flow)},40", class_="flow")
    box = f"0 0 {len(flow)} 40"
    return element("svg", shape, viewBox=box, preserveAspectRatio="none", aria_hidden="true")


def _map_key(per_dot: int) -> Markup:
    steps = [element("rect", x=k * 9, y=4, width=9, height=6, class_=f"q{k}") for k in range(5)]
    places = ((5, 6), (11, 8.5), (17, 5.5), (23, 8))
    dots = swatch(*(element("circle", cx=x, cy=y, r=2, class_="people") for x, y in places))
    circle = swatch(element("circle", cx=7, cy=7, r=6, class_="shelter"), width=14)
    entries = (
        (swatch(*steps, width=45), "road: free … standing over its whole length"),
        (dots, f"each dot: {per_dot} vehicles with their people"),
        (circle, "people in state shelter (area of the circle)"),
    )
    return key(entries, "key mapkey")
