"""What the page's script draws the animated map from: views, roads, places, provinces, and paths in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from staffride.present.markup import Markup, element
from staffride.present.relief import Picture, crop, elevation, shade
from staffride.present.summary import Bundle, place_name
from staffride.present.views import (
    ASPECT,
    CIRCLE,
    REGION,
    ROAD,
    SIZES,
    Stage,
    View,
    by_need,
    countries,
)

FINER = {ROAD: 3, REGION: 1}
SHOWN = ("at_home", "on_road", "arrivals", "vehicles_crossed", "shelter.total")
WAITING = ("waiting_for_fuel", "waiting_for_bus")
DOTS = 170
"""Dots on the map at the busiest hour: enough to see a stream, few enough to see its dots."""


def map_data(scene: Stage) -> dict[str, Any]:
    """Return plain values: longitudes and latitudes in degrees, vehicles and persons as whole numbers."""
    bundle, known = scene.bundle, scene.places
    share = weights(bundle)
    return {
        "start": bundle["period"]["start"],
        "hours": len(bundle["times"]),
        "perDot": per_dot(bundle),
        "views": {name: _view(scene, view) for name, view in scene.views.items()},
        "links": [_link(known, link, share.get(link["id"], 0.0)) for link in bundle["links"]],
        "places": {p["id"]: {"name": place_name(bundle, p["id"]), "at": _point(p)} for p in bundle["places"]},
        "provinces": [
            {"slug": p["slug"], "name": p["name"], "at": _point(known[p["place"]])} for p in by_need(bundle)
        ],
        "paths": {name: _path(bundle, path) for name, path in bundle["paths"].items()},
        "circle": CIRCLE,
    }


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


def per_dot(bundle: Bundle) -> int:
    """Return how many vehicles a dot stands for, a round number."""
    hours = range(len(bundle["times"]))
    most = max(
        (
            sum(s["vehicles"][k] for s in path["links"].values())
            for path in bundle["paths"].values()
            for k in hours
        ),
        default=0.0,
    )
    return next((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if most / n <= DOTS), 5000)


def relief(view: View) -> Picture:
    """Return the shaded relief of a view."""
    return shade(crop(elevation(), *view.box), view.box, FINER[view.name])


def relief_defs(scene: Stage) -> Markup:
    """Return the relief of both views as images to which the drawings and the script refer.

    A drawing cannot resize an image that it refers to, so each image is one unit square and is stretched.
    """
    images = [_image(name, relief(view)) for name, view in scene.views.items()]
    return element("svg", element("defs", images), width=0, height=0, aria_hidden="true", class_="store")


def _image(name: str, picture: Picture) -> Markup:
    return element(
        "image",
        id=f"relief-{name}",
        href=picture.data_url,
        width=1,
        height=1,
        preserveAspectRatio="none",
        data_box=f"{picture.west},{picture.south},{picture.east},{picture.north}",
    )


def _point(place: Mapping[str, Any]) -> tuple[float, float]:
    return place["longitude"], place["latitude"]


def _view(scene: Stage, view: View) -> dict[str, Any]:
    labels = {
        size: {key: [round(v.dx, 1), round(v.dy, 1), v.anchor] for key, v in named.items()}
        for (name, size), named in scene.labels.items()
        if name == view.name
    }
    shown = [{"name": c["name"], "at": _point(c)} for c in countries() if view.holds(c)]
    return {
        "box": view.box,
        "aspect": ASPECT[view.name],
        "labels": labels,
        "sizes": SIZES[view.name],
        "countries": shown if view.name == REGION else [],
    }


def _link(known: Mapping[str, Any], link: Mapping[str, Any], share: float) -> dict[str, Any]:
    return {
        "id": link["id"],
        "ends": [_point(known[link["from"]]), _point(known[link["to"]])],
        "room": link["length_km"] * link["jam_density_vehicles_per_km"],
        "out": link["way_out"],
        "share": round(share, 4),
    }


def _path(bundle: Bundle, path: Mapping[str, Any]) -> dict[str, Any]:
    wanted = [*SHOWN, *(f"shelter.{p['slug']}" for p in bundle["provinces"])]
    series = {name: [round(v or 0.0) for v in path["series"][name]] for name in wanted}
    waiting = zip(*(path["series"][name] for name in WAITING), strict=True)
    series["waiting"] = [round(sum(people)) for people in waiting]
    links = {
        name: {"vehicles": [round(v) for v in s["vehicles"]], "queue": [round(v) for v in s["queue"]]}
        for name, s in path["links"].items()
    }
    return {"label": path["label"], "series": series, "links": links}
