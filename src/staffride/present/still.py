"""The map at one hour as a drawing, for a page without script and for the printer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.labels import Label
from staffride.present.markup import Markup, element, join
from staffride.present.relief import crop, elevation
from staffride.present.summary import Bundle, place_name
from staffride.present.svg import drawing
from staffride.present.views import (
    CIRCLE,
    REGION,
    SIZES,
    WIDE,
    Stage,
    View,
    by_need,
    countries,
    ends,
    need,
)

STEPS = 4
"""Colours of a queue, from none to the whole link."""


def still(scene: Stage, view: View, size: str, hour: int) -> Markup:
    """Return the map at the end of hour ``hour`` (from 1), from the median of the ensemble."""
    width = SIZES[view.name][size]
    height = view.height(width)
    when = words.moment(datetime.fromisoformat(scene.bundle["times"][hour - 1]))
    links = sorted(scene.bundle["links"], key=lambda link: link["way_out"])
    parts = (
        element("rect", width=width, height=height, class_="land"),
        _relief(view, width),
        _countries(view, width) if view.name == REGION and size == WIDE else None,
        [_link(scene.bundle, link, view, width, hour) for link in links],
        _provinces(scene, view, size, hour) if view.name == REGION else None,
        _places(scene, view, size),
        element("text", when, x=10, y=height - 12, class_="name strong"),
    )
    return drawing(width, height, f"Map, {when}", *parts)


def _relief(view: View, width: float) -> Markup:
    grid = crop(elevation(), *view.box)
    left, top = view.at({"longitude": grid.west, "latitude": grid.north}, width)
    right, bottom = view.at({"longitude": grid.east, "latitude": grid.south}, width)
    move = f"translate({left:.2f} {top:.2f}) scale({right - left:.3f} {bottom - top:.3f})"
    clip = element("svg", element("use", href=f"#relief-{view.name}", transform=move), class_="clip")
    return element("g", clip)


def _countries(view: View, width: float) -> Markup:
    names = []
    for country in countries():
        if view.holds(country):
            x, y = view.at(country, width)
            names.append(element("text", country["name"], x=x, y=y, class_="country", text_anchor="middle"))
    return join(names)


def queue_step(queue: float, room: float) -> int:
    """Return the colour of a link, 0 (free) to 4 (standing over its whole length)."""
    return math.ceil(min(1.0, queue / room) * STEPS - 0.02)


def _link(bundle: Bundle, link: Mapping[str, Any], view: View, width: float, hour: int) -> Markup:
    """Return a road; the standing part of its queue lies at its downstream end."""
    x1, y1, x2, y2 = ends(bundle, link, view, width)
    if not link["way_out"]:
        return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="road other")
    series = bundle["paths"]["median"]["links"].get(link["id"])
    queue = (series["queue"][hour - 1] or 0.0) if series else 0.0
    room = link["length_km"] * link["jam_density_vehicles_per_km"]
    full = min(1.0, queue / room)
    back = (x2 + (x1 - x2) * full, y2 + (y1 - y2) * full)
    casing = element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="casing")
    free = element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="road queue0")
    standing = f"road queue{queue_step(queue, room)}"
    line = element("line", x1=back[0], y1=back[1], x2=x2, y2=y2, class_=standing) if full > 0.01 else None
    return join(casing, free, line)


def _provinces(scene: Stage, view: View, size: str, hour: int) -> Markup:
    labels = scene.labels[view.name, size]
    parts = []
    for province in by_need(scene.bundle):
        x, y = view.at(scene.places[province["place"]], SIZES[view.name][size])
        people = need(scene.bundle, province, hour - 1)
        radius = max(CIRCLE[size] * math.sqrt(people), 1.5)
        parts.append(element("circle", cx=x, cy=y, r=radius, class_="shelter"))
        figure = element("tspan", f" {words.count(words.rounded(people, 10))}", class_="strong")
        parts.append(_name(x, y, labels.get(f"province:{province['slug']}"), province["name"], figure))
    return join(parts)


def _places(scene: Stage, view: View, size: str) -> Markup:
    parts = []
    for key, label in scene.labels[view.name, size].items():
        if key in scene.places:
            x, y = view.at(scene.places[key], SIZES[view.name][size])
            parts.append(element("circle", cx=x, cy=y, r=3, class_="place"))
            parts.append(_name(x, y, label, place_name(scene.bundle, key)))
    return join(parts)


def _name(x: float, y: float, label: Label | None, *text: str) -> Markup:
    if label is None:
        return Markup("")
    anchor = label.anchor
    return element("text", *text, x=x + label.dx, y=y + label.dy, text_anchor=anchor, class_="name")
