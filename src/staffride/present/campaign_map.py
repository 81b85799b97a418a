"""The map of control: cells around places, paler where it is less sure who holds them, on shaded relief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from staffride.present import campaign_symbols, words
from staffride.present.campaign_words import side_name
from staffride.present.labels import Label, Spot, place_labels
from staffride.present.markup import Markup, element, join, number
from staffride.present.relief import Picture, crop, elevation, shade
from staffride.present.summary import Bundle
from staffride.present.svg import drawing

Row = Mapping[str, Any]

WIDE, NARROW = "wide", "narrow"
SIZES = {WIDE: 600.0, NARROW: 360.0}
"""Width of each drawing, in drawing units."""
MARGIN_KM = 14.0
LONGEST_NAME = 34
"""Characters of the longest name that is written on the map."""
FINER = 2
NAMED = {"city", "town"}
"""Kinds of places that the map names first."""
BELOW = 10.0
"""How far below its place a symbol stands, in its own units, so that dot and name stay free."""
STEPS = (0.05, 0.2, 0.35)
"""From which probabilities on that the less likely side holds a place its hatching gets denser."""
PALE, FULL = 0.1, 0.62
"""Opacity of a cell where both sides are as likely, and where there is no doubt."""


@dataclass(frozen=True, slots=True)
class View:
    """What part of the plane is shown, in kilometres, and where it lies on the globe, in degrees."""

    west: float
    south: float
    east: float
    north: float
    degrees: tuple[float, float, float, float]

    def height(self, width: float) -> float:
        """Return the height of a drawing that is so wide."""
        return width * (self.north - self.south) / (self.east - self.west)

    def at(self, x: float, y: float, width: float) -> tuple[float, float]:
        """Return where a point of the plane stands in a drawing that is ``width`` wide."""
        scale = width / (self.east - self.west)
        return (x - self.west) * scale, (self.north - y) * scale

    def holds(self, place: Row) -> bool:
        """Whether a place lies inside."""
        return bool(self.west < place["x"] < self.east and self.south < place["y"] < self.north)


def view_of(places: Sequence[Row]) -> View:
    """Return the view that holds every place with two names, the area in dispute; without any, every place."""
    near = [place for place in places if place["disputed"]] or list(places)
    across, up = ([place[axis] for place in near] for axis in ("x", "y"))
    box = min(across) - MARGIN_KM, min(up) - MARGIN_KM, max(across) + MARGIN_KM, max(up) + MARGIN_KM
    to_longitude, to_latitude = (_straight(places, *pair) for pair in (("x", "longitude"), ("y", "latitude")))
    degrees = to_longitude(box[0]), to_latitude(box[1]), to_longitude(box[2]), to_latitude(box[3])
    return View(*box, degrees)


def _straight(places: Sequence[Row], plane: str, globe: str) -> Any:  # noqa: ANN401 (a function)
    """Return the straight line between an axis of the plane and degrees: the plane is equirectangular."""
    low, high = (choose(places, key=lambda place: place[plane]) for choose in (min, max))
    slope = (high[globe] - low[globe]) / (high[plane] - low[plane] or 1.0)
    return lambda value: low[globe] + slope * (value - low[plane])


def relief_defs(view: View) -> Markup:
    """Return the shaded relief and the hatchings, to which the drawings refer."""
    picture = relief(view)
    image = element(
        "image", id="relief-control", href=picture.data_url, width=1, height=1, preserveAspectRatio="none"
    )
    hatchings = [_hatching(side, step) for side in (0, 1) for step in range(1, len(STEPS) + 1)]
    return element(
        "svg", element("defs", image, hatchings), width=0, height=0, aria_hidden="true", class_="store"
    )


def relief(view: View) -> Picture:
    """Return the shaded relief of the view."""
    return shade(crop(elevation(), *view.degrees), view.degrees, FINER)


def _hatching(side: int, step: int) -> Markup:
    """Return the lines that show how likely the less likely side is: the more likely, the denser."""
    apart = (0, 9, 6, 4)[step]
    line = element("line", x1=0, y1=0, x2=0, y2=apart, class_=f"hatching side{side}")
    return element(
        "pattern",
        line,
        id=f"hatch-{side}-{step}",
        width=apart,
        height=apart,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({45 if side else -45})",
    )


def tone(holder: int, other: float) -> tuple[int, float, int]:
    """Return the likelier side, the opacity of the cell, and the step of hatching with the other side's colour.

    Parameters
    ----------
    holder
        Side that holds the place at the start.
    other
        Probability that another one holds it now.
    """
    likely = 1 - holder if other > 0.5 else holder
    doubt = min(other, 1 - other)
    return likely, PALE + (FULL - PALE) * (1 - 2 * doubt), sum(doubt >= least for least in STEPS)


def control_map(bundle: Bundle, view: View, size: str, step: int) -> Markup:
    """Return the map at the end of a step (from 0), with all that the script moves."""
    ground, width = bundle["ground"], SIZES[size]
    now = {place["id"]: _other(bundle, place["id"], step) for place in ground["places"]}
    parts = (
        element("rect", width=width, height=view.height(width), class_="land"),
        [_cell(place, now[place["id"]], view, width) for place in ground["places"]],
        _relief(view, width),
        _ways(ground, view, width),
        _fronts(ground, now, view, width),
        _places(ground, view, size),
        _formations(bundle, view, size),
    )
    clip = element("svg", parts, class_="clip", width=width, height=view.height(width))
    return drawing(width, view.height(width), told(bundle, step), clip)


def told(bundle: Bundle, step: int, most: int = 5) -> str:
    """Return the map in words: when, and the places that are likeliest to be held by other than at the start."""
    changed = likeliest(bundle, step)[:most]
    named = [f"{place['name']} {words.percent(other)}" for place, other in changed]
    listed = ", ".join(named) if named else "none in any run"
    return f"Map of control, {when(bundle, step)}. Held by other than at the start: {listed}."


def when(bundle: Bundle, step: int) -> str:
    """Return the end of a step in words."""
    return words.moment(datetime.fromisoformat(bundle["times"][step]))


def likeliest(bundle: Bundle, step: int) -> list[tuple[Row, float]]:
    """Return the places that are held by other than at the start in any run, the likeliest first."""
    found = [(place, _other(bundle, place["id"], step)) for place in bundle["ground"]["places"]]
    return sorted((one for one in found if one[1] > 0), key=lambda one: (-one[1], one[0]["id"]))


def _other(bundle: Bundle, place: str, step: int) -> float:
    found = bundle["ground"]["control"].get(place)
    return float(found["other"][step]) if found else 0.0


def outline(points: Sequence[Sequence[float]], view: View, width: float) -> str:
    """Return path data of a closed shape."""
    at = (view.at(x, y, width) for x, y in points)
    return "M" + "L".join(f"{number(x, 1)} {number(y, 1)}" for x, y in at) + "Z"


def _cell(place: Row, other: float, view: View, width: float) -> Markup | None:
    if place["holder"] is None:
        return None
    likely, opacity, step = tone(place["holder"], other)
    shape = outline(place["cell"], view, width)
    fill = element("path", d=shape, class_=f"cell side{likely}", fill_opacity=opacity, data_cell=place["id"])
    hatch = f"url(#hatch-{1 - likely}-{step})" if step else "none"
    return join(fill, element("path", d=shape, fill=hatch, class_="hatch", data_hatch=place["id"]))


def _relief(view: View, width: float) -> Markup:
    picture = relief(view)
    west, south, east, north = view.degrees
    across, up = width / (east - west), view.height(width) / (north - south)
    left, top = (picture.west - west) * across, (north - picture.north) * up
    size = (picture.east - picture.west) * across, (picture.north - picture.south) * up
    move = f"translate({left:.2f} {top:.2f}) scale({size[0]:.3f} {size[1]:.3f})"
    return element("use", href="#relief-control", transform=move)


def _ways(ground: Row, view: View, width: float) -> Markup:
    """Return roads as straight lines between places."""
    known = {place["id"]: view.at(place["x"], place["y"], width) for place in ground["places"]}
    roads = [way for way in ground["ways"] if way["kind"] == "road"]
    data = "".join(_line(known[way["from"]], known[way["to"]]) for way in roads)
    return element("path", d=data, class_="way")


def _line(start: Sequence[float], end: Sequence[float]) -> str:
    return f"M{number(start[0], 1)} {number(start[1], 1)}L{number(end[0], 1)} {number(end[1], 1)}"


def _fronts(ground: Row, now: Mapping[str, float], view: View, width: float) -> Markup:
    """Return the edges between cells: dashed where holders differ at the start, thick where they likely do now."""
    places, start, drawn = ground["places"], [], []
    for border in ground["borders"]:
        one, other = (places[at] for at in border["between"])
        if None in (one["holder"], other["holder"]):
            continue
        ends = [[view.at(x, y, width) for x, y in edge] for edge in border["edges"]]
        data = "".join(_line(*edge) for edge in ends)
        start += [data] if one["holder"] != other["holder"] else []
        apart = tone(one["holder"], now[one["id"]])[0] != tone(other["holder"], now[other["id"]])[0]
        pair = f"{one['id']} {other['id']}"
        drawn.append(element("path", d=data, class_="front" if apart else "front off", data_pair=pair))
    return join(element("path", d="".join(start), class_="front-start"), drawn)


def _places(ground: Row, view: View, size: str) -> Markup:
    """Return a dot for every place, and the names for which there is room."""
    width, shown = SIZES[size], [place for place in ground["places"] if view.holds(place)]
    ranked = sorted(shown, key=lambda place: (place["kind"] not in NAMED, -place["value"], place["id"]))
    labels = names_of(ground, ranked, view, size)
    parts = []
    for place in ranked:
        x, y = view.at(place["x"], place["y"], width)
        radius = (3.0 if place["kind"] in NAMED else 1.6) * (1.0 if size == WIDE else 0.8)
        parts.append(element("circle", element("title", place["name"]), cx=x, cy=y, r=radius, class_="place"))
    for place, label in zip(ranked, labels, strict=True):
        if label is not None:
            x, y = view.at(place["x"], place["y"], width)
            parts.append(_name(place, x, y, label))
    return join(parts)


def _name(place: Row, x: float, y: float, label: Label) -> Markup:
    class_ = "name strong" if place["value"] >= 1 else "name"
    at = x + label.dx, y + label.dy
    return element("text", place["name"], x=at[0], y=at[1], text_anchor=label.anchor, class_=class_)


def names_of(ground: Row, ranked: Sequence[Row], view: View, size: str) -> list[Label | None]:
    """Return where the name of each place goes; towns come first, and what has no room has no name."""
    width = SIZES[size]
    named = [
        place
        for place in ranked
        if len(place["name"]) <= LONGEST_NAME
        and (place["kind"] in NAMED or (size == WIDE and _matters(ground, place)))
    ]
    spots = [Spot(*view.at(place["x"], place["y"], width), 3, place["name"]) for place in named]
    found = place_labels(spots, width, view.height(width))
    by_id = {place["id"]: label for place, label in zip(named, found, strict=True)}
    return [by_id.get(place["id"]) for place in ranked]


def _matters(ground: Row, place: Row) -> bool:
    """Return whether a village is named: it counts in what the war is about, or changes hands in some runs."""
    found = ground["control"].get(place["id"])
    return bool(place["value"] > 0 or (found and found["ever"] >= STEPS[0]))


def _formations(bundle: Bundle, view: View, size: str) -> Markup:
    """Return the formations at their starting places, one symbol a place."""
    ground, width = bundle["ground"], SIZES[size]
    known = {place["id"]: place for place in ground["places"]}
    scale, symbols = (0.92 if size == WIDE else 0.62), []
    for row in ground["formations"]:
        place = known[row["place"]]
        if view.holds(place):
            x, y = view.at(place["x"], place["y"], width)
            title = campaign_symbols.told(row, place["name"], side_name(bundle["sides"][row["side"]]["id"]))
            symbols.append(campaign_symbols.symbol(row, x, y + BELOW * scale, scale, title))
    return element("g", symbols, class_="formations off")
