"""The two views of the map, what each of them names, and where the names go.

The road out is seen close, the provinces that receive people wide. No border and no line of control is drawn.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from staffride.present import words
from staffride.present.labels import Box, Label, Spot, place_labels
from staffride.present.summary import Bundle, place_name

ROAD, REGION = "road", "region"
WIDE, NARROW = "wide", "narrow"
ASPECT = {ROAD: 0.8, REGION: 1.47}
"""Width over height: side by side the two are equally high."""
SIZES = {ROAD: {WIDE: 386.0, NARROW: 360.0}, REGION: {WIDE: 710.0, NARROW: 360.0}}
"""Width of each drawing, in drawing units."""
CIRCLE = {WIDE: 0.26, NARROW: 0.17}
"""Radius of a province's circle in drawing units is this times the square root of its people."""
LARGE_SHARE = 0.04
"""A place with at least this share of the people is named first."""

Place = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """A part of the map, degrees."""

    name: str
    west: float
    south: float
    east: float
    north: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north, degrees."""
        return self.west, self.south, self.east, self.north

    def height(self, width: float) -> float:
        """Return the height of a drawing that is ``width`` wide, in the same units."""
        return width / ASPECT[self.name]

    def at(self, place: Place, width: float) -> tuple[float, float]:
        """Return where a place stands in a drawing ``width`` wide (equirectangular, true at the middle)."""
        x = (place["longitude"] - self.west) / (self.east - self.west) * width
        y = (self.north - place["latitude"]) / (self.north - self.south) * self.height(width)
        return x, y

    def holds(self, place: Place) -> bool:
        """Whether a place lies inside."""
        inside = self.west < place["longitude"] < self.east and self.south < place["latitude"] < self.north
        return bool(inside)


def framed(name: str, places: Sequence[Place], margin: float) -> View:
    """Return the view that holds every place, padded to the aspect of its panel.

    Parameters
    ----------
    name
        ``road`` or ``region``.
    places
        With ``longitude`` and ``latitude``, degrees.
    margin
        Free share of the box on each side.
    """
    across, up = ([place[axis] for place in places] for axis in ("longitude", "latitude"))
    middle_x, middle_y = (min(across) + max(across)) / 2, (min(up) + max(up)) / 2
    stretch = 1 / math.cos(math.radians(middle_y))
    tall, broad = ((max(values) - min(values)) * (1 + 2 * margin) for values in (up, across))
    height = max(tall, broad / stretch / ASPECT[name], 0.05)
    width = height * ASPECT[name] * stretch
    return View(
        name, middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2
    )


def places_of(bundle: Bundle) -> dict[str, Place]:
    """Return the places by id."""
    return {place["id"]: place for place in bundle["places"]}


def on_the_way(bundle: Bundle) -> list[str]:
    """Return the places on the ways out, in the order in which the links name them."""
    ends = [link[end] for link in bundle["links"] if link["way_out"] for end in ("from", "to")]
    return list(dict.fromkeys(ends))


def views(bundle: Bundle) -> dict[str, View]:
    """Return the close view of the road and the wide view of the provinces."""
    known = places_of(bundle)
    road = [known[place] for place in on_the_way(bundle)]
    region = [known[province["place"]] for province in bundle["provinces"]]
    return {ROAD: framed(ROAD, road, 0.07), REGION: framed(REGION, [*road, *region], 0.045)}


@cache
def countries() -> tuple[Place, ...]:
    """Return where the names of countries may stand."""
    text = files("staffride").joinpath("data/geo/countries.csv").read_text("utf-8")
    return tuple(
        {"name": row["name"], "latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
        for row in csv.DictReader(text.splitlines())
    )


def by_need(bundle: Bundle) -> list[Mapping[str, Any]]:
    """Return the provinces, the largest need at the end first."""
    return sorted(bundle["provinces"], key=lambda province: -need(bundle, province, -1))


def need(bundle: Bundle, province: Mapping[str, Any], index: int) -> float:
    """Return the median of people in state shelter in a province at an hour's index."""
    return float(bundle["series"][f"shelter.{province['slug']}"]["q50"][index])


def named(bundle: Bundle, view: str) -> list[str]:
    """Return the places that a view names, the most important first."""
    way, known = on_the_way(bundle), places_of(bundle)
    peopled = sorted((p for p in known if known[p]["share"]), key=lambda p: -known[p]["share"])
    if view == REGION:
        return list(dict.fromkeys([*peopled[:1], *_main_road(bundle, peopled[:1])[-1:]]))
    large = [place for place in peopled if known[place]["share"] >= LARGE_SHARE]
    return list(dict.fromkeys([*large[:1], *_main_road(bundle, large[:1]), *large, *peopled, *way]))


def _main_road(bundle: Bundle, start: Sequence[str]) -> list[str]:
    """Return the places from the largest one to the exit."""
    onward = {link["from"]: link["to"] for link in bundle["links"] if link["way_out"]}
    road = list(start)
    while road and road[-1] in onward and onward[road[-1]] not in road:
        road.append(onward[road[-1]])
    return road


@dataclass(frozen=True, slots=True)
class Stage:
    """The views of one bundle with the places of their names, worked out once."""

    bundle: Bundle
    places: Mapping[str, Place]
    views: Mapping[str, View]
    labels: Mapping[tuple[str, str], Mapping[str, Label]]


def stage(bundle: Bundle) -> Stage:
    """Return views and labels of a bundle, for both sizes."""
    seen = views(bundle)
    labels = {
        (name, size): layout(bundle, view, size) for name, view in seen.items() for size in (WIDE, NARROW)
    }
    return Stage(bundle, places_of(bundle), seen, labels)


def layout(bundle: Bundle, view: View, size: str) -> dict[str, Label]:
    """Return where names go, by place id or ``province:slug``; crowded ones are left out."""
    width = SIZES[view.name][size]
    known = places_of(bundle)
    keys = [f"province:{p['slug']}" for p in by_need(bundle)] if view.name == REGION else []
    spots = [_province_spot(bundle, view, size, p) for p in by_need(bundle)] if keys else []
    for place in named(bundle, view.name):
        keys.append(place)
        spots.append(Spot(*view.at(known[place], width), 4, place_name(bundle, place)))
    roads = _road_boxes(bundle, view, width) if view.name == ROAD else []
    placed = place_labels(spots, width, view.height(width), roads)
    return {key: label for key, label in zip(keys, placed, strict=True) if label is not None}


def _province_spot(bundle: Bundle, view: View, size: str, province: Mapping[str, Any]) -> Spot:
    width = SIZES[view.name][size]
    x, y = view.at(places_of(bundle)[province["place"]], width)
    last = need(bundle, province, -1)
    return Spot(x, y, CIRCLE[size] * math.sqrt(last), f"{province['name']} {words.count(last)}0")


def ends(
    bundle: Bundle, link: Mapping[str, Any], view: View, width: float
) -> tuple[float, float, float, float]:
    """Return the two ends of a link in a drawing: x1, y1, x2, y2."""
    known = places_of(bundle)
    return (*view.at(known[link["from"]], width), *view.at(known[link["to"]], width))


def _road_boxes(bundle: Bundle, view: View, width: float) -> list[Box]:
    """Return small boxes along the ways out, so that names keep off the road."""
    boxes = []
    for x1, y1, x2, y2 in (ends(bundle, link, view, width) for link in bundle["links"] if link["way_out"]):
        for share in np.linspace(0, 1, max(2, int(math.hypot(x2 - x1, y2 - y1) / 8))):
            x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
            boxes.append(Box(x - 4, y - 4, x + 4, y + 4))
    return boxes
