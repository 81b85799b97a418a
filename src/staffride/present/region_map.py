"""A small map of a region: places, links, closed ways and how many people are where; made of its coordinates alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from staffride.present import words
from staffride.present.labels import Box, Spot, place_labels
from staffride.present.markup import Markup, element, join
from staffride.present.region_words import place as told
from staffride.present.svg import drawing
from staffride.scenario.region import Place, Region

LARGEST = 30.0
"""Radius of the circle of the destination with most people, in drawing units."""
THICKEST = 9.0
NAMES = 34
"""Places that are named at most: destinations first."""
SHIFTS = (0.0, -26.0, 30.0, -46.0, 50.0)
"""How far from the middle of its places the name of a country may stand, nearest first."""
MARGIN = 46.0
LOWEST, HIGHEST = 300.0, 620.0
KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Scene:
    """What the map shows.

    Attributes
    ----------
    region
        Places and links.
    now, later
        Persons at destinations by name: filled circles, and open rings around them.
    flow
        Persons per day on links by the names of their ends.
    closed
        Which links are closed, by position.
    conflict
        Names of the places in conflict.
    """

    region: Region
    now: Mapping[str, float]
    later: Mapping[str, float] = field(default_factory=dict)
    flow: Mapping[tuple[str, str], float] = field(default_factory=dict)
    closed: Sequence[bool] = ()
    conflict: frozenset[str] = frozenset()


@dataclass(frozen=True)
class View:
    """How degrees become drawing units: plain, with the length of a degree east at the middle latitude."""

    west: float
    north: float
    scale: float
    narrowing: float
    left: float
    top: float
    width: float
    height: float

    def at(self, place: Place) -> tuple[float, float]:
        """Return where a place stands."""
        x = self.left + (place.longitude - self.west) * self.narrowing * self.scale
        return x, self.top + (self.north - place.latitude) * self.scale


def region_map(scene: Scene, width: float, title: str) -> Markup | None:
    """Return the map, or ``None`` where fewer than two places have coordinates."""
    shown = [one for one in scene.region.places if _has_coordinates(one)]
    if len(shown) < 2:
        return None
    view = view_of(shown, width)
    names = {one.name: one for one in shown}
    parts = join(
        element("rect", width=width, height=view.height, class_="land", rx=3),
        _countries(scene, shown, view),
        [_link(scene, at, names, view) for at in range(len(scene.region.links))],
        _places(scene, shown, view),
        _scale_bar(view),
    )
    return drawing(width, view.height, title, parts)


def _has_coordinates(place: Place) -> bool:
    return math.isfinite(place.latitude) and math.isfinite(place.longitude)


def view_of(places: Sequence[Place], width: float) -> View:
    """Return the view that holds all places: as wide as the drawing, or as high as a page bears."""
    latitudes, longitudes = ([getattr(one, axis) for one in places] for axis in ("latitude", "longitude"))
    west, east, south, north = min(longitudes), max(longitudes), min(latitudes), max(latitudes)
    narrowing = max(math.cos(math.radians((south + north) / 2)), 0.05)
    across, down = max((east - west) * narrowing, 0.1), max(north - south, 0.1)
    scale = min((width - 2 * MARGIN) / across, (HIGHEST - 2 * MARGIN) / down)
    height = max(down * scale + 2 * MARGIN, LOWEST)
    left, top = (width - across * scale) / 2, (height - down * scale) / 2
    return View(west, north, scale, narrowing, left, top, width, height)


def _countries(scene: Scene, places: Sequence[Place], view: View) -> Markup:
    """Return the name of each country in the middle of its places: borders are in no folder, so none is drawn.

    A name stands clear of the circles, above or below the middle where it must.
    """
    groups: dict[str, list[tuple[float, float]]] = {}
    for one in places:
        groups.setdefault(one.country, []).append(view.at(one))
    most = max([*scene.now.values(), *scene.later.values(), 1.0])
    taken = [_around(*view.at(one), _radius(scene, one.name, most), told(one.name)) for one in places]
    parts = []
    for name, points in groups.items():
        x, y = (float(middle) for middle in np.mean(points, axis=0))
        half = 5.0 * len(name)
        boxes = [Box(x - half, y + shift - 12, x + half, y + shift + 4) for shift in SHIFTS]
        best = min(boxes, key=lambda box: sum(box.overlap(other) for other in taken))
        taken.append(best)
        parts.append(
            element(
                "text", told(name).upper(), x=x, y=best.bottom - 4, class_="country", text_anchor="middle"
            )
        )
    return join(parts)


def _around(x: float, y: float, radius: float, name: str) -> Box:
    """Return the mark of a place with its name at the right, where most names stand."""
    return Box(x - radius, y - max(radius, 9.0), x + radius + 6.5 * len(name), y + max(radius, 9.0))


def _link(scene: Scene, at: int, places: Mapping[str, Place], view: View) -> Markup:
    link = scene.region.links[at]
    if link.first not in places or link.second not in places:
        return Markup("")
    (x1, y1), (x2, y2) = view.at(places[link.first]), view.at(places[link.second])
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    if at < len(scene.closed) and scene.closed[at]:
        return element("line", _said(link.first, link.second, "closed"), **ends, class_="shut")
    people = scene.flow.get((link.first, link.second), 0.0)
    if people <= 0.0:
        return element("line", **ends, class_="way")
    width = 1.5 + (THICKEST - 1.5) * math.sqrt(people / max(scene.flow.values()))
    said = _said(link.first, link.second, f"about {words.count(people)} persons a day")
    return element("line", said, **ends, class_="flow", stroke_width=width)


def _said(first: str, second: str, what: str) -> Markup:
    return element("title", f"{told(first)} – {told(second)}: {what}")


def _places(scene: Scene, places: Sequence[Place], view: View) -> Markup:
    """Return circles at destinations, marks at other places, and names where there is room."""
    most = max([*scene.now.values(), *scene.later.values(), 1.0])
    ordered = sorted(places, key=lambda one: _rank(scene, one))
    radius = {one.name: _radius(scene, one.name, most) for one in places}
    spots = [Spot(*view.at(one), radius[one.name], told(one.name)) for one in ordered[:NAMES]]
    marks = [_mark(scene, one, view, most) for one in reversed(ordered)]
    named = zip(ordered, spots, place_labels(spots, view.width, view.height), strict=False)
    texts = [
        element(
            "text",
            spot.text,
            x=spot.x + label.dx,
            y=spot.y + label.dy,
            text_anchor=label.anchor,
            class_="name strong" if one.name in scene.now else "name",
        )
        for one, spot, label in named
        if label is not None
    ]
    return join(marks, texts)


def _rank(scene: Scene, place: Place) -> tuple[int, float, str]:
    """Return what is named first: destinations by people, places in conflict, then others by population."""
    if place.name in scene.now:
        return 0, -scene.now[place.name], place.name
    return (1 if place.name in scene.conflict else 2), -place.population, place.name


def _radius(scene: Scene, name: str, most: float) -> float:
    if name not in scene.now:
        return 4.0
    return max(4.0, LARGEST * math.sqrt(max(scene.now[name], scene.later.get(name, 0.0)) / most))


def _mark(scene: Scene, place: Place, view: View, most: float) -> Markup:
    x, y = view.at(place)
    title = element("title", told(place.name))
    if place.name not in scene.now:
        if place.name in scene.conflict:
            corners = f"{x:.1f},{y - 6:.1f} {x + 6:.1f},{y:.1f} {x:.1f},{y + 6:.1f} {x - 6:.1f},{y:.1f}"
            return element("polygon", title, points=corners, class_="fighting")
        return element("circle", title, cx=x, cy=y, r=2.6, class_="town")
    now, later = scene.now[place.name], scene.later.get(place.name)
    said = f"{told(place.name)}: {words.count(now)}"
    said += "" if later is None else f", later {words.count(later)}"
    parts = [element("circle", element("title", said), cx=x, cy=y, r=_size(now, most), class_="shelter")]
    if later is not None:
        parts.append(element("circle", cx=x, cy=y, r=_size(later, most), class_="later"))
    return join(parts)


def _size(people: float, most: float) -> float:
    return max(2.5, LARGEST * math.sqrt(max(people, 0.0) / most))


def _scale_bar(view: View) -> Markup:
    """Return a bar of round length, right where there is most room for it: at the lower left."""
    per_km = view.scale / KM_PER_DEGREE
    length = max(km for km in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if km * per_km <= 160 or km == 1)
    x, y = 18.0, view.height - 18.0
    bar = element("line", x1=x, x2=x + length * per_km, y1=y, y2=y, class_="scale")
    return join(bar, element("text", f"{length} km", x=x, y=y - 7, class_="tick"))
