"""The report: one file, everything escaped, nothing fetched, all sections, valid numbers."""

import base64
import copy
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import numpy as np
import pytest

from fake_bundle import fake_bundle
from staffride.present.labels import Box, Spot, place_labels
from staffride.present.map import map_data, per_dot, weights
from staffride.present.png import png
from staffride.present.relief import Elevation, crop, elevation, hillshade, lakes, refine, shade
from staffride.present.report import render, write_report
from staffride.present.still import queue_step
from staffride.present.views import ASPECT, framed, stage

HOSTILE = '</script><script>alert(1)</script><img src="http://evil.example/x" onerror=alert(1)>&"\''
SECTIONS = ("summary", "map", "arrivals", "narrowing", "queue", "shelter", "scores", "parameters", "claims",
            "reproduce", "sources")  # fmt: skip
LOADS = {"src", "srcset", "poster", "data", "background", "action", "formaction"}


class Page(HTMLParser):
    """Every element with its attributes, and the text of scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.words = [], [], []
        self._inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = (tag, dict(attrs)) if tag in ("script", "style") else None

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        (self.texts if self._inside else self.words).append((self._inside, data) if self._inside else data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def data(self, name):
        return json.loads("".join(t for (tag, a), t in self.texts if a.get("id") == name))


@pytest.fixture(scope="module")
def bundle():
    return fake_bundle()


@pytest.fixture(scope="module")
def text(bundle):
    return render(bundle)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def everywhere(value, hostile):
    """Return the bundle with every name, title and note replaced by a hostile text."""
    spoiled = (
        "name official_name name_az name_hy title description note source text assumed label meaning reason "
        "elsewhere command terms unit side"
    )
    if isinstance(value, dict):
        return {
            key: hostile if key in spoiled.split() and isinstance(item, str) else everywhere(item, hostile)
            for key, item in value.items()
        }
    return [everywhere(item, hostile) for item in value] if isinstance(value, list) else value


def test_the_page_has_every_section_and_a_link_to_each(page):
    anchors = {attributes.get("id") for _, attributes in page.elements}
    assert set(SECTIONS) <= anchors
    assert [a["href"] for a in page.all("a") if a["href"] != "#main"] == [f"#{name}" for name in SECTIONS]


def test_sections_without_content_are_left_out(bundle):
    bare = {**copy.deepcopy(bundle), "origins": None, "claims": [], "scores": [], "score_sentences": []}
    anchors = {attributes.get("id") for _, attributes in Page(render(bare)).elements}
    assert not {"narrowing", "claims", "scores"} & anchors
    assert {"summary", "map", "arrivals"} <= anchors


def test_nothing_is_loaded_from_anywhere(page, text):
    for tag, attributes in page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        assert not LOADS & attributes.keys()
        for name in ("href", "xlink:href"):
            if name in attributes:
                assert attributes[name].startswith(("#", "data:image/png;base64,"))
    assert not re.search(r"@import|url\(", text)
    assert "http://" not in text
    assert "https://" not in text


def test_the_policy_allows_exactly_the_scripts_and_the_style_of_the_page(page):
    policy = page.all("meta")[1]["content"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for (tag, attributes), body in page.texts:
        if attributes.get("type") == "application/json":
            continue
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy.split(f"{tag}-src", 1)[1].split(";")[0]
    assert "unsafe" not in policy


def test_no_element_carries_a_style_or_a_handler(page):
    for _, attributes in page.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_hostile_names_stay_text(bundle, text):
    spoiled = Page(render(everywhere(bundle, HOSTILE)))
    clean = Page(text)
    assert len(spoiled.all("script")) == len(clean.all("script"))
    assert not spoiled.all("img")
    assert "alert(1)" not in "".join(body for (_, a), body in spoiled.texts if not a.get("id"))
    assert spoiled.data("map-data")["places"]["goris"]["name"].startswith("</script><script>")
    assert any(HOSTILE in words for words in spoiled.words)


def test_every_drawn_number_is_finite(text):
    assert not re.search(
        r"\b(nan|inf|undefined|None)\b", re.sub(r"<script.*?</script>", "", text, flags=re.S)
    )


def test_an_hour_without_a_value_is_a_gap(bundle):
    gappy = copy.deepcopy(bundle)
    for values in gappy["series"]["delay_hours"].values():
        values[:20] = [None] * 20
    data = Page(render(gappy)).data("charts")
    assert data["series"]["delay_hours"]["q50"][:20] == [None] * 20


def test_the_data_of_the_read_outs_are_the_series(bundle, page):
    data = page.data("charts")
    assert data["hours"] == 264
    assert data["start"] == bundle["period"]["start"]
    assert data["series"]["arrivals"]["q95"] == [round(v) for v in bundle["series"]["arrivals"]["q95"]]


def test_calibration_and_held_out_bulletins_differ_in_shape(bundle, page):
    counted = [o for o in bundle["observations"] if o["hour"] <= 264]
    used = sum(o["role"] == "calibration" for o in counted)
    dots = [a for a in page.all("circle") if a.get("class") == "used"]
    diamonds = [a for a in page.all("polygon") if a.get("class") == "held"]
    shelter = sum(o["series"].startswith("shelter") and o["role"] == "calibration" for o in counted)
    held_shelter = sum(o["series"].startswith("shelter") and o["role"] == "held_out" for o in counted)
    # the charts are drawn for two widths, the small ones once; one mark of each kind is in each of three keys
    assert len(dots) == 2 * (used - shelter) + shelter + 3
    assert len(diamonds) == 2 * (len(counted) - used - held_shelter) + held_shelter + 3


def test_names_stand_in_the_order_that_is_set(bundle):
    turned = Page(render({**bundle, "name_order": "hy_az"})).data("map-data")
    assert turned["places"]["khankendi_stepanakert"]["name"] == "Stepanakert / Xankəndi"


def test_a_partial_run_says_so(bundle):
    stopped = copy.deepcopy(bundle)
    stopped["run"]["complete"] = False
    assert "stopped early" in render(stopped)


def test_the_file_is_small_and_written_as_utf_8(bundle, tmp_path):
    path = tmp_path / "report.html"
    write_report(bundle, path)
    assert path.stat().st_size < 2_500_000
    assert "Xankəndi" in path.read_bytes().decode("utf-8")


# --- the map ------------------------------------------------------------------------------------------------------


def test_every_dot_share_is_the_people_behind_its_link(bundle):
    share = weights(bundle)
    assert share["aghdere_martakert-khankendi_stepanakert"] == pytest.approx(0.18)
    assert share["khankendi_stepanakert-shusha_shushi"] == pytest.approx(1.0)
    assert share["tegh-goris"] == pytest.approx(1.0)
    assert "goris-sisian" not in share


def test_a_dot_stands_for_enough_vehicles_to_be_seen(bundle):
    busiest = max(
        sum(series["vehicles"][k] for series in path["links"].values())
        for path in bundle["paths"].values()
        for k in range(264)
    )
    assert busiest / per_dot(bundle) <= 170
    assert busiest / per_dot(bundle) > 30


def test_views_hold_what_they_show_in_the_aspect_of_their_panel(bundle):
    scene = stage(bundle)
    for name, view in scene.views.items():
        keys = [key for key in scene.labels[name, "wide"] if key in scene.places]
        assert all(view.holds(scene.places[key]) for key in keys)
        middle = np.cos(np.radians((view.south + view.north) / 2))
        aspect = (view.east - view.west) * middle / (view.north - view.south)
        assert aspect == pytest.approx(ASPECT[name], rel=1e-3)


def test_a_single_place_still_gives_a_view():
    view = framed("road", [{"longitude": 46.0, "latitude": 40.0}], 0.1)
    assert view.north - view.south == pytest.approx(0.05)


def test_names_never_cover_one_another():
    spots = [Spot(100 + 12 * k, 100 + 9 * k, 4, f"Place number {k}") for k in range(8)]
    width, height = 400, 300
    labels = place_labels(spots, width, height, [Box(0, 0, 400, 20)])
    assert labels[0] is not None
    boxes = []
    for spot, label in zip(spots, labels, strict=True):
        if label is not None:
            long = 6.3 * len(spot.text)
            left = spot.x + label.dx - {"start": 0, "middle": long / 2, "end": long}[label.anchor]
            boxes.append(Box(left, spot.y + label.dy - 11, left + long, spot.y + label.dy + 3))
    overlaps = [a.overlap(b) / a.area for i, a in enumerate(boxes) for b in boxes[:i]]
    assert max(overlaps) <= 0.12


@pytest.mark.parametrize(
    ("queue", "step"), [(0, 0), (0.5, 0), (1, 1), (20, 1), (50, 2), (75, 3), (100, 4), (900, 4)]
)
def test_the_colour_of_a_road_follows_its_queue(queue, step):
    assert queue_step(queue, 100) == step


def test_map_data_hold_whole_numbers_for_every_hour(bundle):
    data = map_data(stage(bundle))
    for path in data["paths"].values():
        assert all(len(values) == 264 for values in path["series"].values())
        assert all(isinstance(v, int) for values in path["series"].values() for v in values)
    assert {p["slug"] for p in data["provinces"]} == {p["slug"] for p in bundle["provinces"]}


# --- relief -------------------------------------------------------------------------------------------------------


def _slope(rise_east, rise_north):
    """Return a plane that rises so many metres a metre."""
    step = 111_195.0 / 120
    column = np.arange(40) * step * np.cos(np.radians(40 - 20 / 120))
    row = np.arange(40)[::-1] * step
    return Elevation(rise_east * column + rise_north * row[:, np.newaxis], 40.0, 45.0, 1 / 120)


def test_level_ground_gets_the_sine_of_the_suns_altitude():
    assert hillshade(_slope(0, 0)) == pytest.approx(np.full((40, 40), np.sin(np.radians(45))))


@pytest.mark.parametrize(("east", "north", "lit"), [(-0.3, 0.3, False), (0.3, -0.3, True), (0.3, 0.3, None)])
def test_slopes_that_face_the_north_west_are_bright(east, north, lit):
    # a plane that rises to the east and falls to the north faces the sun in the north-west
    light = hillshade(_slope(east, north))[20, 20]
    level = np.sin(np.radians(45))
    steep = np.hypot(east, north) * 1.7
    expected = (level + steep * np.cos(np.radians(45)) * {True: 1, False: -1, None: 0}[lit]) / np.hypot(
        1, steep
    )
    assert light == pytest.approx(max(expected, 0), abs=2e-3)


def test_the_relief_falls_where_the_record_says():
    grid = elevation()
    assert grid.metres.shape == (360, 540)
    goris = crop(grid, 46.34, 39.50, 46.35, 39.52).metres.mean()
    barda = crop(grid, 47.12, 40.37, 47.13, 40.38).metres.mean()
    assert goris == pytest.approx(1_400, abs=150)
    assert barda == pytest.approx(80, abs=30)


def test_the_two_high_lakes_are_found_and_nothing_else():
    grid = elevation()
    found = lakes(grid)
    heights, cells = np.unique(grid.metres[found], return_counts=True)
    assert dict(zip(heights.tolist(), cells.tolist(), strict=True)) == {1257: 282, 1875: 1901}
    north = grid.north - (np.flatnonzero((found & (grid.metres == 1875)).any(axis=1)) + 0.5) / 120
    assert 40.1 < north.min() < north.max() < 40.7


def test_refining_keeps_heights_and_planes():
    plane = _slope(0.1, 0.2)
    fine = refine(plane, 3)
    assert fine.metres.shape == (120, 120)
    assert fine.metres[1::3, 1::3] == pytest.approx(plane.metres)
    assert np.diff(fine.metres[30:90, 30:90], n=2, axis=0) == pytest.approx(np.zeros((58, 60)), abs=1e-6)


def test_the_relief_fades_where_the_data_end_inside_the_view():
    part = crop(elevation(), 44.0, 39.5, 45.5, 40.5)
    assert part.west == pytest.approx(44.3)
    whole = _alpha(shade(part, (44.4, 39.5, 45.5, 40.5)).png)
    faded = _alpha(shade(part, (44.0, 39.5, 45.5, 40.5)).png)
    assert faded[:, 0].max() < 20
    assert (faded[:, 40:] == whole[:, 40:]).all()


def _alpha(data):
    """Return the transparency of a PNG that this project wrote."""
    columns, rows = (int.from_bytes(data[i : i + 4], "big") for i in (16, 20))
    body = data[data.index(b"IDAT") + 4 : data.index(b"IEND") - 8]
    lines = np.frombuffer(zlib.decompress(body), np.uint8).reshape(rows, 1 + 4 * columns)
    return np.cumsum(lines[:, 1:].reshape(rows, columns, 4), axis=1, dtype=np.uint8)[..., 3]


def test_a_png_holds_the_pixels_that_were_given():
    pixels = np.random.default_rng(3).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    assert (_alpha(png(pixels)) == pixels[..., 3]).all()
    assert png(pixels)[:8] == b"\x89PNG\r\n\x1a\n"
