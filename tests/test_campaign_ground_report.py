"""The report of a war: what it shows is what the run holds, both sides alike, in neutral words, in one safe file."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ground_report_cases as cases
from campaign_scenarios import load_campaign, load_ground
from fake_campaign import fake_campaign
from staffride.model.campaign_ground_inputs import FARTHEST_KM, cell_areas_km2
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.campaign_tally import series_names, total_names
from staffride.present.campaign import build_campaign_bundle, render_campaign, summarise_campaign
from staffride.present.campaign_cells import borders, cells
from staffride.present.campaign_control import held_by_other
from staffride.present.campaign_ground import as_scored
from staffride.present.campaign_map import FULL, PALE, tone, view_of
from staffride.present.campaign_symbols import ICONS, NAMES, kind_of, told
from staffride.present.campaign_told import told as told_rows
from staffride.present.campaign_towns import towns_of
from staffride.present.summary_views import to_text
from test_campaign_report import section_of, words_of
from test_report import HOSTILE, Page, everywhere

SECTIONS = (
    "summary",
    "civilians",
    "soldiers",
    "map",
    "towns",
    "end",
    "changes",
    "losses",
    "equipment",
    "forces",
    "state",
)


@pytest.fixture
def bundle() -> dict[str, Any]:
    return copy.deepcopy(dict(cases.bundle()))


class TestControl:
    @pytest.mark.parametrize(
        ("first", "last", "changes", "expected"),
        [
            (np.nan, np.nan, 0, (0, 0, 0, 0)),
            (20.0, 20.0, 1, (0, 1, 1, 1)),
            (20.0, 40.0, 2, (0, 1, 0, 0)),
            (20.0, 40.0, 3, (0, 0.5, 1, 1)),
            (20.0, 40.0, 4, (0, 0.5, 0, 0)),
        ],
    )
    def test_a_place_is_held_by_other_between_its_changes(
        self, first: float, last: float, changes: int, expected: tuple[float, ...]
    ) -> None:
        hours = np.array([19.0, 20.0, 40.0, 99.0])
        one = (np.array([value], dtype=float) for value in (first, last, changes))
        np.testing.assert_array_equal(held_by_other(*one, hours)[0], expected)

    def test_probabilities_are_those_of_the_run_at_the_end_of_each_day(self, bundle: dict[str, Any]) -> None:
        other = bundle["ground"]["control"]["ridge"]["other"]
        totals = cases.run().totals.read("changed.ridge", "last_changed.ridge", "changes.ridge")
        for day, shown in enumerate(other, 1):
            fallen = totals["changed.ridge"] <= 24 * day
            back = (totals["changes.ridge"] == 2) & (totals["last_changed.ridge"] <= 24 * day)
            assert shown == pytest.approx((fallen & ~back).mean())
        assert bundle["ground"]["control"]["ford"]["other"] == [0.0125] * 3 + [0.025] * 3
        assert bundle["ground"]["control"]["ford"]["again"] == 0.025

    def test_the_area_held_follows_from_the_probabilities(self, bundle: dict[str, Any]) -> None:
        shown, other = (
            bundle["series"]["held_share.az"]["mean"],
            bundle["ground"]["control"]["ridge"]["other"],
        )
        np.testing.assert_allclose(shown, 0.4 + 0.2 * np.array(other), atol=1e-4)

    def test_doubt_makes_a_cell_pale_and_its_hatching_dense(self) -> None:
        assert tone(1, 0.0) == (1, FULL, 0)
        assert tone(1, 1.0) == (0, FULL, 0)
        assert tone(0, 0.5) == (0, pytest.approx(PALE), 3)
        assert tone(0, 0.9)[::2] == (1, 1)
        assert tone(0, 0.2)[1] == pytest.approx(tone(1, 0.8)[1])

    def test_all_places_in_dispute_lie_on_the_map_and_degrees_agree_with_the_plane(
        self, bundle: dict[str, Any]
    ) -> None:
        places = bundle["ground"]["places"]
        view = view_of(places)
        assert all(view.holds(place) for place in places)  # none has two names here, so all of them
        west, south, east, north = view.degrees
        for place in places:
            x, y = view.at(place["x"], place["y"], 100.0)
            assert x == pytest.approx(100 * (place["longitude"] - west) / (east - west), abs=0.01)
            assert y == pytest.approx(
                view.height(100.0) * (north - place["latitude"]) / (north - south), abs=0.01
            )


class TestCells:
    def test_areas_are_those_of_the_model(self) -> None:
        inputs = compile_campaign(cases.scenario())
        sites = inputs.afoot.theatre.sites
        found = cells(sites.x_km.astype(float), sites.y_km.astype(float), FARTHEST_KM)
        expected = cell_areas_km2(sites)
        np.testing.assert_allclose([cell.area_km2 for cell in found], expected, rtol=0.03)

    def test_a_place_alone_has_the_area_of_its_circle(self) -> None:
        (cell,) = cells(np.zeros(1), np.zeros(1), 10.0)
        assert cell.area_km2 == pytest.approx(100 * np.pi, rel=1e-3)

    def test_neighbours_share_an_edge_halfway_between_them(self) -> None:
        found = cells(np.array([0.0, 6.0, 80.0]), np.zeros(3), 10.0)
        edges = borders(found)
        assert list(edges) == [(0, 1)]
        assert {point[0] for edge in edges[0, 1] for point in edge} == {3.0}
        assert found[0].area_km2 == pytest.approx(found[1].area_km2)


class TestPeople:
    def test_bands_are_those_of_the_run_at_the_end_of_each_day(self, bundle: dict[str, Any]) -> None:
        for name in ("deaths.az", "deaths.arm", "civilian_deaths.az", "displaced.arm", "present.az"):
            values = cases.run()[name].values[:, 3::4].astype(float)
            for level, q in (("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
                np.testing.assert_allclose(
                    bundle["series"][name][level], np.quantile(values, q, axis=0), atol=0.051
                )
        assert bundle["step_h"] == 24
        assert len(bundle["times"]) == cases.DAYS
        assert bundle["times"][0].startswith("2020-06-02T00:00")

    def test_deaths_of_a_day_are_what_the_day_gained(self, bundle: dict[str, Any]) -> None:
        assert bundle["series"]["deaths_daily.arm"]["q50"] == [4 * 19.5] * cases.DAYS
        (row,) = [row for row in bundle["ground"]["told"] if row["id"] == "day"]
        assert row["runs"][2] == 4 * 19.5
        assert row["reach"] == pytest.approx(np.mean(4 * np.arange(cases.REPLICATIONS) >= 40))

    def test_every_figure_of_the_record_is_shown_with_its_source_and_its_role(
        self, bundle: dict[str, Any]
    ) -> None:
        text = words_of(cases.page())
        shown = {row["id"] for row in bundle["ground"]["told"]}
        assert shown == {"dead", "claim", "day", "killed", "fled", "tanks", "drones", "truces", "end"}
        assert all(row["source"] in text for row in bundle["ground"]["told"])
        assert "A claim of the opponent." in text
        assert "held out" in text

    def test_civilians_come_before_soldiers_and_both_sides_stand_side_by_side(self) -> None:
        page = cases.page()
        assert page.index('id="civilians"') < page.index('id="soldiers"') < page.index('id="map"')
        killed = section_of(page, "soldiers")
        assert killed.index('data-series-of="deaths.az"') < killed.index('data-series-of="deaths.arm"')

    def test_a_figure_outside_all_runs_is_called_so(self, bundle: dict[str, Any]) -> None:
        standing = {row["id"]: row["standing"] for row in bundle["ground"]["told"]}
        assert standing["claim"] == "none"
        assert standing["dead"] in ("50", "90")
        assert "outside all runs" in words_of(section_of(cases.page(), "soldiers"))

    def test_rows_of_series_that_the_run_has_not_are_left_out(self) -> None:
        assert told_rows(cases.run(), cases.scenario(), {}, lambda series: series == "drone_share.arm") == []


class TestTowns:
    def test_probability_and_dates_are_those_of_the_run(self, bundle: dict[str, Any]) -> None:
        first = cases.run().totals["changed.ridge"]
        ridge, depot = bundle["ground"]["towns"]
        assert (ridge["id"], depot["id"]) == ("ridge", "depot")
        assert ridge["probability"] == 0.75
        np.testing.assert_allclose(ridge["hours"], np.nanquantile(first, (0.05, 0.25, 0.5, 0.75, 0.95)))
        assert (ridge["told"][0]["earliest"], ridge["told"][0]["latest"]) == (48.0, 72.0)
        assert [one["taken"] for one in ridge["told"]] == [True, True]
        assert (depot["taken"], depot["standing"], depot["hours"]) == (False, "in", None)

    def test_a_change_that_no_run_has_is_a_miss_however_late_it_was(self, tmp_path: Path) -> None:
        late = cases.OBSERVATIONS.replace(
            "taken,changed.ridge,2020-06-03T12:00Z", "taken,changed.crossroads,2020-06-06T12:00Z"
        )
        told = load_ground(tmp_path / "late", settings=cases.SETTINGS, observations=late)
        found = towns_of(cases.run(), told)
        assert {town["id"]: town["standing"] for town in found}["crossroads"] == "out"

    def test_a_replay_is_labelled_and_nothing_of_it_is_scored(self) -> None:
        made = build_campaign_bundle(cases.run(), cases.scenario(replay=True))
        text = words_of(render_campaign(made))
        assert "replay, not scored" in text
        assert "This run is a replay" in text
        assert "Beside the record: hits" not in text

    def test_figures_stand_where_the_scores_put_them(self) -> None:
        rows = [{"id": "a", "standing": "90"}, {"id": "b", "standing": "in"}, {"id": "c", "standing": "none"}]
        points = [{"id": "a", "in_50": False, "in_90": False}, {"id": "b", "in_50": False, "in_90": False}]
        assert [row["standing"] for row in as_scored(rows, {"points": points}, "id")] == [
            "all",
            "out",
            "none",
        ]


class TestRest:
    def test_the_end_captured_vehicles_and_drones_are_those_of_the_run(self, bundle: dict[str, Any]) -> None:
        ground, totals = bundle["ground"], cases.run().totals
        assert ground["end"]["probability"] == 0.25
        assert ground["end"]["hours"]["q50"] == 100.0
        (captured,) = ground["captured"]
        assert captured["captured"]["mean"] == totals["captured_vehicles.armour.arm"].mean()
        share = {one["side"]: one["share"]["q50"] for one in ground["drone_shares"]}
        lost = totals["lost.armour.arm"]
        expected = np.where(lost > 0, np.floor(lost / 2) / np.maximum(lost, 1), 0)
        assert share == {"az": 0.0, "arm": pytest.approx(np.median(expected))}
        assert "The war ends within the period in 25 % of runs" in words_of(cases.page())

    def test_variants_change_what_the_paired_runs_say(self, bundle: dict[str, Any]) -> None:
        measures = bundle["ground"]["measures"]
        row = next(one for one in measures["sides"] if one["name"] == "deaths.arm")
        pairs = cases.run().paired("deaths.arm", "no-jamming")
        assert row["variants"]["no-jamming"]["pairs"]["mean"] == pairs.mean
        (town,) = measures["towns"]
        assert town["chance"]["variants"]["no-jamming"]["pairs"]["mean"] == -0.75
        days = np.nan_to_num(cases.run().totals["changed.ridge"] / 24, nan=float(cases.DAYS))
        assert town["day"]["variants"]["no-jamming"]["pairs"]["mean"] == pytest.approx(
            cases.DAYS - days.mean()
        )
        assert "−75.0" in words_of(section_of(cases.page(), "changes"))

    def test_formations_are_counted_by_place_and_kind_never_one_by_one(self, bundle: dict[str, Any]) -> None:
        rows = bundle["ground"]["formations"]
        scenario = cases.scenario()
        assert sum(sum(row["kinds"].values()) for row in rows) == len(scenario.formations)
        ford = next(row for row in rows if row["place"] == "ford")
        assert kind_of(ford) == "mechanised"
        assert (
            told(ford, "Ford", "one side")
            == "Ford, one side: 1 mechanised infantry, 1 special forces, mobile groups"
        )
        assert ICONS.keys() == NAMES.keys()
        assert not any(
            one.name in section_of(cases.page(), "map") for one in scenario.formations if " " in one.name
        )

    def test_both_sides_have_the_same_frame(self) -> None:
        page = cases.page()
        sizes = set(re.findall(r'<rect width="(\d+)" height="(\d+)"(?: rx="4")? class="frame side\d"', page))
        assert sizes == {("18", "12")}


class TestPage:
    def test_it_has_every_section_and_loads_nothing(self) -> None:
        page = Page(cases.page())
        anchors = {attributes.get("id") for _, attributes in page.elements}
        assert set(SECTIONS) <= anchors
        assert not re.search(r"@import|https?://(?!www\.w3\.org)|url\((?!#)", cases.page())
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert len(cases.page().encode()) < 2_000_000

    def test_hostile_names_stay_text(self, bundle: dict[str, Any]) -> None:
        page, spoiled = Page(cases.page()), Page(render_campaign(_spoiled(bundle)))
        assert len(spoiled.all("script")) == len(page.all("script"))
        assert not spoiled.all("img")
        assert any(HOSTILE in words for words in spoiled.words)

    def test_words_are_neutral(self) -> None:
        text = words_of(cases.page()).lower()
        for word in ("liberat", "occup", "aggress", "enemy", "terroris", "heroic", "victory", "martyr"):
            assert word not in text, word

    def test_the_summary_starts_with_civilians_of_both_sides(self, bundle: dict[str, Any]) -> None:
        summary = summarise_campaign(bundle)
        assert [figure.meaning.split(";")[0] for figure in summary.figures[:2]] == [
            "civilians killed, Azerbaijani side",
            "civilians killed, Armenian side",
        ]
        headings = [passage.heading for passage in summary.passages]
        assert headings[0] == "Civilians"
        assert headings.index("Beside the record: hits") + 1 == headings.index("Beside the record: misses")
        assert "nan" not in to_text(summary)

    def test_a_campaign_without_formations_has_none_of_it(self, tmp_path: Path) -> None:
        series = {name: np.ones((3, 24)) for name in series_names(cases.SIDES)}
        totals = {name: np.ones(3) for name in total_names(cases.SIDES)}
        hills = load_campaign(tmp_path / "hills")
        variants = tuple(one.id for one in hills.variants)
        totals |= {f"{name}@{one}": values for name, values in totals.items() for one in variants}
        run = fake_campaign(tmp_path / "run", series, totals, hours=24, every_h=1, variants=variants)
        made = build_campaign_bundle(run, hills)
        assert not {"ground", "step_h"} & made.keys()
        page = render_campaign(made)
        assert "control-data" not in page
        assert '"every"' not in page


def _spoiled(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return the bundle with a hostile text wherever a name stands."""
    ground = bundle["ground"]
    for place in ground["places"]:
        place["name"] = place["region"] = HOSTILE
    for town in ground["towns"]:
        town["name"] = HOSTILE
    for row in ground["told"]:
        row["note"] = row["source"] = row["label"] = HOSTILE
    spoiled = everywhere({key: value for key, value in bundle.items() if key != "ground"}, HOSTILE)
    return {**spoiled, "ground": ground}
