"""The map: what is drawn where, once for the page's script and once as a still drawing that needs none.

Two views share one clock: the road out (close) and the provinces that receive (wide). Roads are straight lines
between places; no border and no line of control is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from staffride.present import words
from staffride.present.labels import Box, Label, Spot, place_labels
from staffride.present.markup import Markup, element, join
from staffride.present.relief import Picture, crop, elevation, shade
from staffride.present.summary import Bundle, place_name
from staffride.present.svg import drawing

ROAD, REGION = "road", "region"
ASPECT = {ROAD: 0.78, REGION: 1.5}  # width over height: side by side they are equally high
SIZES = {ROAD: {"wide": 374.0, "narrow": 360.0}, REGION: {"wide": 720.0, "narrow": 360.0}}
FINER = {ROAD: 3, REGION: 1}
CIRCLE = {
    "wide": 0.26,
    "narrow": 0.17,
}  # radius of a province's circle, drawing units for the root of one person


@dataclass(frozen=True, slots=True)
class View:
    """A part of the map, degrees."""

    name: str
    west: float
    south: float
    east: float
    north: float

    def height(self, width: float) -> float:
        """Return the height of a drawing that is ``width`` wide, in the same units."""
        return width / ASPECT[self.name]

    def at(self, longitude: float, latitude: float, width: float) -> tuple[float, float]:
        """Return the position of a point in a drawing ``width`` wide (equirectangular, true at the middle)."""
        x = (longitude - self.west) / (self.east - self.west) * width
        y = (self.north - latitude) / (self.north - self.south) * self.height(width)
        return x, y


def framed(name: str, points: Sequence[tuple[float, float]], margin: float) -> View:
    """Return the view that holds every (longitude, latitude), padded to the aspect of its panel.

    Parameters
    ----------
    name
        ``road`` or ``region``.
    points
        Longitudes and latitudes, degrees.
    margin
        Free share of the box on each side.
    """
    east_west, north_south = zip(*points, strict=True)
    west, east, south, north = min(east_west), max(east_west), min(north_south), max(north_south)
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    height = (north - south) * (1 + 2 * margin)
    width = (east - west) * (1 + 2 * margin)
    height = max(height, width / stretch / ASPECT[name])
    width = height * ASPECT[name] * stretch
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    return View(
        name, middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2
    )


def _places(bundle: Bundle) -> dict[str, Mapping[str, Any]]:
    return {place["id"]: place for place in bundle["places"]}


def _point(place: Mapping[str, Any]) -> tuple[float, float]:
    return place["longitude"], place["latitude"]


def on_the_way(bundle: Bundle) -> list[str]:
    """Return the places on the ways out, in the order in which the links name them."""
    ends = [link[end] for link in bundle["links"] if link["way_out"] for end in ("from", "to")]
    return list(dict.fromkeys(ends))


def views(bundle: Bundle) -> dict[str, View]:
    """Return the close view of the road and the wide view of the provinces."""
    known = _places(bundle)
    road = [_point(known[place]) for place in on_the_way(bundle)]
    region = [_point(known[province["place"]]) for province in bundle["provinces"]]
    return {ROAD: framed(ROAD, road, 0.1), REGION: framed(REGION, [*road, *region], 0.045)}


def relief(view: View) -> Picture:
    """Return the shaded relief of a view."""
    part = crop(elevation(), view.west, view.south, view.east, view.north)
    return shade(part, FINER[view.name])


def _named(bundle: Bundle, view: str) -> list[str]:
    """Return the places that a view names, the most important first."""
    way = on_the_way(bundle)
    peopled = [place["id"] for place in bundle["places"] if place["share"]]
    peopled.sort(key=lambda i: -_places(bundle)[i]["share"])
    if view == ROAD:
        return list(dict.fromkeys([*peopled, *way]))
    return list(dict.fromkeys([*peopled[:1], way[-1]]))


def layout(bundle: Bundle, view: View, size: str) -> dict[str, Label]:
    """Return where each name goes: place ids, and ``province:slug`` in the wide view."""
    width = SIZES[view.name][size]
    known = _places(bundle)
    keys, spots = [], []
    if view.name == REGION:
        for province in _by_need(bundle):
            x, y = view.at(*_point(known[province["place"]]), width)
            radius = CIRCLE[size] * math.sqrt(_need(bundle, province, -1))
            keys.append(f"province:{province['slug']}")
            spots.append(Spot(x, y, radius, f"{province['name']} 00,000", 1))
    for place in _named(bundle, view.name):
        keys.append(place)
        spots.append(Spot(*view.at(*_point(known[place]), width), 4, place_name(bundle, place)))
    roads = _road_boxes(bundle, view, width) if view.name == ROAD else []
    return dict(zip(keys, place_labels(spots, width, view.height(width), roads), strict=True))


def _road_boxes(bundle: Bundle, view: View, width: float) -> list[Box]:
    """Return small boxes along the ways out, so that names keep off the road."""
    boxes = []
    for x1, y1, x2, y2 in (_ends(bundle, link, view, width) for link in bundle["links"] if link["way_out"]):
        steps = max(2, int(math.hypot(x2 - x1, y2 - y1) / 8))
        for share in np.linspace(0, 1, steps):
            x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            boxes.append(Box(x - 4, y - 4, x + 4, y + 4))
    return boxes


def _ends(bundle: Bundle, link: Mapping[str, Any], view: View, width: float) -> tuple[float, ...]:
    known = _places(bundle)
    return (*view.at(*_point(known[link["from"]]), width), *view.at(*_point(known[link["to"]]), width))


def _need(bundle: Bundle, province: Mapping[str, Any], hour: int) -> float:
    return float(bundle["series"][f"shelter.{province['slug']}"]["q50"][hour])


def _by_need(bundle: Bundle) -> list[Mapping[str, Any]]:
    return sorted(bundle["provinces"], key=lambda p: -_need(bundle, p, -1))


def weights(bundle: Bundle) -> dict[str, float]:
    """Return for each way-out link the share of the people whose way out uses it."""
    onward = {link["from"]: link for link in bundle["links"] if link["way_out"]}
    total = {link["id"]: 0.0 for link in onward.values()}
    for place in bundle["places"]:
        at, seen = place["id"], set[str]()
        while place["share"] and at in onward and at not in seen:
            seen.add(at)
            total[onward[at]["id"]] += place["share"]
            at = onward[at]["to"]
    return total


def map_data(bundle: Bundle) -> dict[str, Any]:
    """Return what the page's script draws from: views, links, places, provinces and the paths in time."""
    frames = views(bundle)
    return {
        "views": {name: _view_data(bundle, view) for name, view in frames.items()},
        "links": [_link_data(bundle, link, weights(bundle)) for link in bundle["links"] if link["open"]],
        "places": {p["id"]: {"name": place_name(bundle, p["id"]), "at": _point(p)} for p in bundle["places"]},
        "provinces": [
            {"slug": p["slug"], "name": p["name"], "at": _point(_places(bundle)[p["place"]])}
            for p in _by_need(bundle)
        ],
        "paths": {name: _path_data(bundle, path) for name, path in bundle["paths"].items()},
        "circle": CIRCLE,
    }


def _view_data(bundle: Bundle, view: View) -> dict[str, Any]:
    labels = {
        size: {
            key: [round(v.dx, 1), round(v.dy, 1), v.anchor] for key, v in layout(bundle, view, size).items()
        }
        for size in ("wide", "narrow")
    }
    box = [view.west, view.south, view.east, view.north]
    return {"box": box, "aspect": ASPECT[view.name], "labels": labels, "sizes": SIZES[view.name]}


def _link_data(bundle: Bundle, link: Mapping[str, Any], share: Mapping[str, float]) -> dict[str, Any]:
    known = _places(bundle)
    return {
        "id": link["id"],
        "ends": [_point(known[link["from"]]), _point(known[link["to"]])],
        "room": link["length_km"] * link["jam_density_vehicles_per_km"],
        "out": link["way_out"],
        "share": share.get(link["id"], 0.0),
    }


SHOWN = ("at_home", "on_road", "arrivals", "vehicles_crossed", "queue_vehicles", "flow", "shelter.total")


def _path_data(bundle: Bundle, path: Mapping[str, Any]) -> dict[str, Any]:
    wanted = [*SHOWN, *(f"shelter.{p['slug']}" for p in bundle["provinces"])]
    series = {n: [round(v or 0.0) for v in path["series"][n]] for n in wanted if n in path["series"]}
    links = {
        i: {"vehicles": [round(v) for v in s["vehicles"]], "queue": [round(v) for v in s["queue"]]}
        for i, s in path["links"].items()
        if any(s["vehicles"])
    }
    return {"label": path["label"], "series": series, "links": links}


def relief_defs(bundle: Bundle) -> Markup:
    """Return the relief of both views as images to which the drawings and the script refer."""
    images = []
    for name, view in views(bundle).items():
        picture = relief(view)
        box = f"{picture.west},{picture.south},{picture.east},{picture.north}"
        image = element(
            "image",
            id=f"relief-{name}",
            href=picture.data_url,
            width=1,
            height=1,
            preserveAspectRatio="none",
            data_box=box,
        )
        images.append(image)
    return element("svg", element("defs", images), width=0, height=0, aria_hidden="true", class_="store")


def still(bundle: Bundle, view: View, size: str, hour: int) -> Markup:
    """Return the map at the end of one hour as a drawing for pages without script and for print."""
    width = SIZES[view.name][size]
    height = view.height(width)
    labels = layout(bundle, view, size)
    parts = [
        element("rect", width=width, height=height, class_="land"),
        _still_relief(view, width),
        [_still_link(bundle, link, view, width, hour) for link in bundle["links"] if link["open"]],
        _still_provinces(bundle, view, width, size, hour, labels) if view.name == REGION else None,
        [_still_place(bundle, place, view, width, labels[place]) for place in _named(bundle, view.name)],
    ]
    return drawing(width, height, f"Map, {words.moment(_time(bundle, hour))}", *parts)


def _time(bundle: Bundle, hour: int) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(bundle["times"][hour - 1])


def _still_relief(view: View, width: float) -> Markup:
    grid = crop(elevation(), view.west, view.south, view.east, view.north)
    left, top = view.at(grid.west, grid.north, width)
    right, bottom = view.at(grid.east, grid.south, width)
    # a <use> cannot resize an image, so the image is one unit square and the drawing stretches it
    move = f"translate({left:.2f} {top:.2f}) scale({right - left:.3f} {bottom - top:.3f})"
    return element("use", href=f"#relief-{view.name}", transform=move)


def _still_link(bundle: Bundle, link: Mapping[str, Any], view: View, width: float, hour: int) -> Markup:
    x1, y1, x2, y2 = _ends(bundle, link, view, width)
    series = bundle["paths"]["median"]["links"].get(link["id"])
    queue = series["queue"][hour - 1] if series else 0.0
    full = min(1.0, queue / (link["length_km"] * link["jam_density_vehicles_per_km"]))
    level = math.ceil(full * 4 - 0.02)
    class_ = f"road queue{level}" if link["way_out"] else "road other"
    casing = element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="casing") if link["way_out"] else None
    return join(casing, element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_))


def _still_provinces(
    bundle: Bundle, view: View, width: float, size: str, hour: int, labels: Mapping[str, Label]
) -> Markup:
    parts = []
    for province in _by_need(bundle):
        x, y = view.at(*_point(_places(bundle)[province["place"]]), width)
        people = _need(bundle, province, hour - 1)
        label = labels[f"province:{province['slug']}"]
        circle = element("circle", cx=x, cy=y, r=max(CIRCLE[size] * math.sqrt(people), 1.5), class_="shelter")
        figure = element("tspan", " " + words.count(words.rounded(people, 10)), class_="strong")
        text = element(
            "text",
            province["name"],
            figure,
            x=x + label.dx,
            y=y + label.dy,
            text_anchor=label.anchor,
            class_="name",
        )
        parts.append(join(circle, text))
    return join(parts)


def _still_place(bundle: Bundle, place: str, view: View, width: float, label: Label) -> Markup:
    x, y = view.at(*_point(_places(bundle)[place]), width)
    dot = element("circle", cx=x, cy=y, r=3, class_="place")
    name = place_name(bundle, place)
    return join(
        dot, element("text", name, x=x + label.dx, y=y + label.dy, text_anchor=label.anchor, class_="name")
    )
