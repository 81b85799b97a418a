"""The report of a campaign: both sides alike, every source of every figure, one safe file, and numbers that hold."""

from __future__ import annotations

import copy
import html
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

import staffride as sr
from campaign_scenarios import load_campaign, write_campaign
from staffride.cli.main import app
from staffride.evidence import ledger
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.campaign_setup import elements_of
from staffride.model.kinds import parameters_of
from staffride.present.campaign import build_campaign_bundle, render_campaign, summarise_campaign
from staffride.present.campaign_layers import layers_of
from staffride.present.campaign_record import counted, ends
from staffride.present.campaign_strengths import Strengths
from staffride.present.campaign_variants import measures
from staffride.present.campaign_words import (
    Measure,
    difference,
    interval,
    number,
    share_range,
    side_name,
    signed,
)
from staffride.present.summary_views import to_rich, to_text
from staffride.scenario import Scenario, load
from test_report import HOSTILE, Page, everywhere
from test_report_browser import CONTRAST, Reader

REPLICATIONS = 60
OBSERVATIONS = """\
id,series,time,time_uncertainty_h,value,low,high,fact,role,known_from,note
half,share_lost.air_defence.arm,2020-06-01T12:00Z,2,0.5,,,losses_2020.L081,record,2023-01-01T00:00Z,Half of 22.
bound,share_lost.air_defence.arm,2020-06-01T20:00Z,0,,0,0.6,losses_2020.L083,record,2023-01-01T00:00Z,A bound.
count,lost.air_defence.arm,2020-06-01T20:00Z,0,5,,,losses_2020.L095,record,2023-01-01T00:00Z,Of the opponent.
guns,lost.artillery.arm,2020-06-01T20:00Z,0,2,,,losses_2020.L097,record,2023-01-01T00:00Z,
drones,lost.armed_drone.az,2020-06-01T20:00Z,0,,0,27,losses_2020.L123,record,2023-01-01T00:00Z,Of all kinds.
many,lost.armour.az,2020-06-01T20:00Z,0,36,,,losses_2020.L126,record,2023-01-01T00:00Z,No armour is in this run.
"""
CLOSE = (
    "  - {id: close, label: the short layer alone, off: [long], question: What does the long layer add?}\n"
)
SECTIONS = (
    "summary",
    "record",
    "losses",
    "defence",
    "state",
    "layers",
    "variants",
    "inputs",
    "reproduce",
    "sources",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    changes = {"units": {"silent,yes,,0.8,,": "silent,yes,,0.8,long,"}, "observations": OBSERVATIONS}
    files = write_campaign(tmp_path_factory.mktemp("campaign") / "hills", **changes)
    with (files / "scenario.yaml").open("a", encoding="utf-8") as settings:
        settings.write(CLOSE)
    return files


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    place = tmp_path_factory.mktemp("run") / "run"
    return sr.run(folder, REPLICATIONS, 1, workers=1, folder=place, report=False)


@pytest.fixture(scope="module")
def scenario(run: sr.Run) -> Scenario:
    return load(run.scenario_folder, parameters_of)


@pytest.fixture(scope="module")
def bundle(run: sr.Run, scenario: Scenario) -> dict[str, Any]:
    return build_campaign_bundle(run, scenario)


@pytest.fixture(scope="module")
def text(bundle: dict[str, Any]) -> str:
    return render_campaign(bundle)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def words_of(text: str) -> str:
    """Return what a reader sees, as one line."""
    body = re.sub(r"<(script|style).*?</\1>", " ", text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def section_of(text: str, name: str) -> str:
    found = re.search(rf'<section id="{name}".*?</section>', text, flags=re.S)
    assert found is not None, name
    return found[0]


def by_id(bundle: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in bundle["record"]}


class TestPage:
    def test_it_has_every_section_and_a_link_to_each(self, page: Page) -> None:
        anchors = {attributes.get("id") for _, attributes in page.elements}
        assert set(SECTIONS) <= anchors
        assert [a["href"] for a in page.all("a") if a["href"] != "#main"] == [f"#{name}" for name in SECTIONS]

    def test_nothing_is_loaded_from_anywhere(self, page: Page, text: str) -> None:
        for tag, attributes in page.elements:
            assert tag not in ("link", "iframe", "object", "embed", "base", "form", "img")
            assert not {"src", "srcset", "data", "action", "style"} & attributes.keys()
            assert attributes.get("href", "#").startswith("#")
        assert not re.search(r"@import|url\(|https?://", text)
        assert "default-src 'none'" in page.all("meta")[1]["content"]

    def test_every_drawn_number_is_finite(self, text: str) -> None:
        assert not re.search(
            r"\b(nan|inf|undefined|None)\b", re.sub(r"<script.*?</script>", "", text, flags=re.S)
        )

    def test_ids_are_unique_and_headings_name_their_sections(self, page: Page) -> None:
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert all(attributes["aria-labelledby"] in ids for attributes in page.all("section"))

    def test_every_drawing_says_what_it_shows(self, page: Page) -> None:
        drawn = [a for a in page.all("svg") if a.get("aria-hidden") != "true"]
        assert len(drawn) > 20
        assert all(a["role"] == "img" and a["aria-label"] for a in drawn)

    def test_hostile_names_stay_text(self, bundle: dict[str, Any], page: Page) -> None:
        spoiled = Page(render_campaign(everywhere(bundle, HOSTILE)))
        assert len(spoiled.all("script")) == len(page.all("script"))
        assert not spoiled.all("img")
        assert "alert(1)" not in "".join(body for (_, a), body in spoiled.texts if not a.get("id"))
        assert any(HOSTILE in words for words in spoiled.words)

    def test_sections_without_content_are_left_out(self, bundle: dict[str, Any]) -> None:
        bare = {**copy.deepcopy(bundle), "record": [], "observations": [], "variants": [], "layers": []}
        anchors = {attributes.get("id") for _, attributes in Page(render_campaign(bare)).elements}
        assert not {"record", "variants", "layers", "claims"} & anchors
        assert {"summary", "losses", "defence", "state", "inputs"} <= anchors


class TestBothSidesAlike:
    def test_sides_in_another_order_swap_their_sections_and_nothing_else(
        self, bundle: dict[str, Any]
    ) -> None:
        turned = copy.deepcopy(bundle)
        turned["sides"].reverse()
        one, other = render_campaign(bundle), render_campaign(turned)
        assert one != other
        for name in ("losses", "defence", "state", "variants"):
            parts = [_parts_by_side(section_of(page, name)) for page in (one, other)]
            assert list(parts[0]) == list(reversed(parts[1]))
            assert parts[0] == parts[1]
        for name in ("inputs", "reproduce"):
            assert section_of(one, name) == section_of(other, name)

    def test_both_sides_have_the_same_measures(self) -> None:
        told = [
            [(m.name.removesuffix(f".{m.side}"), m.text, m.share) for m in measures(s)] for s in ("az", "arm")
        ]
        assert told[0] == told[1]

    def test_the_summary_says_the_same_of_both(self, bundle: dict[str, Any]) -> None:
        turned = copy.deepcopy(bundle)
        turned["sides"].reverse()
        for heading in ("What was lost", "What air defence did"):
            told = [_passage(bundle, heading), _passage(turned, heading)]
            assert told[0] == told[1][::-1]

    def test_sides_are_named_by_people_and_else_by_their_id(self) -> None:
        assert [side_name(side) for side in ("az", "arm", "the_defender")] == [
            "Azerbaijani side",
            "Armenian side",
            "the defender",
        ]


def _parts_by_side(section: str) -> dict[str, str]:
    pieces = re.split(r'(?=<div class="side")', section)[1:]
    named = {re.search(r'data-side="(\w+)"', piece): piece for piece in pieces}
    return {found[1]: piece.removesuffix("</section>") for found, piece in named.items() if found is not None}


def _passage(bundle: dict[str, Any], heading: str) -> tuple[str, ...]:
    return next(p.sentences for p in summarise_campaign(bundle).passages if p.heading == heading)


class TestRecord:
    def test_every_figure_is_shown_with_its_source_date_and_denominator(
        self, bundle: dict[str, Any], text: str
    ) -> None:
        shown = words_of(section_of(text, "record"))
        assert len(bundle["record"]) == OBSERVATIONS.count("\n") - 1
        for row in bundle["record"]:
            fact = ledger().facts[row["fact"]]
            said = fact.said_by or ledger().sources[fact.sources[0]].title
            assert row["source"] == said
            assert all(part in shown for part in (said, str(fact.published), fact.label, row["note"]))

    def test_a_count_becomes_the_share_of_what_stood_there(
        self, run: sr.Run, scenario: Scenario, bundle: dict[str, Any]
    ) -> None:
        stood = Strengths(run, scenario).of("arm", ["air_defence"])
        row = by_id(bundle)["count"]
        assert row["implied"][1] == pytest.approx(5 * np.median(1 / stood))
        assert row["implied"][0] == pytest.approx(5 * np.quantile(1 / stood, 0.05))
        assert row["denominator"][2] == np.median(stood)
        assert by_id(bundle)["half"]["implied"] == [0.5, 0.5, 0.5]
        assert by_id(bundle)["bound"]["implied"] == [0.6, 0.6, 0.6]

    def test_the_table_says_of_how_many_a_count_would_be_the_shares_that_others_state(
        self, text: str
    ) -> None:
        assert "5 would be 50 % of 10 and up to 60 % of 8." in words_of(section_of(text, "record"))

    def test_runs_at_or_beyond_a_figure_are_counted(self, run: sr.Run, bundle: dict[str, Any]) -> None:
        share, lost = run["share_lost.air_defence.arm"].values, run["lost.air_defence.arm"].values
        rows = by_id(bundle)
        assert rows["half"]["reach"] == pytest.approx((share[:, 11] >= 0.5).mean())
        assert rows["count"]["reach"] == pytest.approx((lost[:, 19] >= 5).mean())
        assert rows["bound"]["within"] == pytest.approx((share[:, 19] <= np.float32(0.6)).mean())

    def test_where_a_figure_lies_is_said(self, run: sr.Run, bundle: dict[str, Any], text: str) -> None:
        rows, shown = by_id(bundle), words_of(text)
        low, high = np.quantile(run["share_lost.air_defence.arm"].values[:, 11], (0.05, 0.95))
        assert (rows["half"]["standing"] in ("50", "90")) == (low <= 0.5 <= high)
        assert rows["many"]["standing"] == "none"
        assert "Outside all runs: 36 (armour), Azerbaijani side (ministry of defence of Armenia)" in shown
        assert "Upper bounds that no run comes up to: up to 27 (armed drones), Azerbaijani side" in shown
        assert "Nothing is tuned to them" in shown

    def test_a_figure_without_a_chart_of_shares_stands_on_its_own(
        self, bundle: dict[str, Any], page: Page
    ) -> None:
        assert [row["id"] for row in bundle["observations"]] == ["drones", "many"]
        assert [row["low"] for row in bundle["observations"]] == [None, None]
        numbers = [a for a in page.all("text") if a.get("class") == "mark"]
        assert (
            len(numbers) == 2 * 4 + 4
        )  # two widths with four figures each, and the numbers of the wide labels

    def test_guns_and_rocket_launchers_are_counted_together(self) -> None:
        assert counted("lost.rocket_artillery.az").classes == ("artillery", "rocket_artillery")
        assert counted("share_lost.artillery.az") == counted("lost.artillery.az")._replace(as_count=False)
        assert counted("lost.armour.az").share == ""

    @pytest.mark.parametrize(
        ("value", "low", "high", "expected"),
        [
            (5, None, None, (5, 5)),
            (None, 0, 13, (None, 13)),
            (None, 2, None, (2, None)),
            (None, 2, 4, (2, 4)),
            (0, None, None, (0, 0)),
        ],
    )
    def test_a_range_from_nothing_up_is_a_bound(
        self,
        value: float | None,
        low: float | None,
        high: float | None,
        expected: tuple[float | None, float | None],
    ) -> None:
        assert ends({"value": value, "low": low, "high": high}) == expected


class TestVariants:
    def test_every_variant_is_shown_with_its_question_and_its_difference(
        self, run: sr.Run, bundle: dict[str, Any], text: str
    ) -> None:
        shown = words_of(section_of(text, "variants"))
        for variant in run.variants:
            assert variant.question in shown
            assert variant.label in shown
        name = "share_lost.air_defence.arm"
        (row,) = [row for row in bundle["measures"] if row["name"] == name]
        for variant in run.variants:
            pairs = run.paired(name, variant.id)
            found = row["variants"][variant.id]["pairs"]
            assert (found["mean"], found["low"], found["lower"]) == (pairs.mean, pairs.low, pairs.lower)
            assert signed(100 * pairs.mean) in shown

    def test_what_survives_is_what_stood_there_less_what_was_lost(
        self, run: sr.Run, scenario: Scenario, bundle: dict[str, Any]
    ) -> None:
        classes = ("air_defence", "artillery", "jammer")
        stood = Strengths(run, scenario).of("arm", classes, "close")
        lost = sum(run.totals[f"lost.{one}.arm@close"] for one in classes)
        (row,) = [row for row in bundle["measures"] if row["name"] == "surviving.arm"]
        assert row["variants"]["close"]["own"]["mean"] == pytest.approx(np.mean(1 - lost / stood))

    def test_the_share_of_the_spread_is_told_with_its_interval(self, bundle: dict[str, Any]) -> None:
        (told,) = _passage(bundle, "What the spread rests on")
        assert told.startswith("If every figure of the catalogue of systems were known to be at its median")
        assert re.search(
            r"share of air defence lost, Armenian side: (under )?\d+\u202f% (smaller|larger) \(95\u202f%: ",
            told,
        )

    def test_layers_are_shown_where_variants_differ_in_them(self, bundle: dict[str, Any], text: str) -> None:
        (one,) = bundle["layers"]
        assert (one["side"], one["raid_fixed"]) == ("arm", False)  # a variant takes the decoys away
        assert next((row["variant"], row["layers"]) for row in one["rows"]) == ("close", ["short"])
        shown = words_of(section_of(text, "layers"))
        assert "Short range and long range" in shown
        assert "The raid is fixed" not in shown

    def test_a_raid_that_no_variant_touches_is_called_fixed(self, tmp_path: Path) -> None:
        only = {
            "settings": {
                "- {id: no-decoys, label: without decoys, off: [decoys]": "- {id: no-long, label: x, off: [long]"
            }
        }
        units = {"units": {"silent,yes,,0.8,,": "silent,yes,,0.8,long,"}}
        scenario = load_campaign(tmp_path / "hills", **only, **units)
        keep = tuple(one for one in scenario.variants if one.id in ("no-long", "reserve"))
        fixed = scenario.model_copy(update={"variants": keep})
        assert [one["raid_fixed"] for one in layers_of(fixed, compile_campaign(fixed))] == [True]


class TestNumbers:
    def test_strengths_are_those_of_the_model(self, run: sr.Run, scenario: Scenario) -> None:
        inputs = compile_campaign(scenario)
        draws = draw_campaign(scenario, REPLICATIONS, 1, inputs)
        names = [unit.id for unit in scenario.units]
        unit = names.index("arm-guns")
        at = inputs.strengths.index("strength.arm.gun")
        expected = [elements_of(total, 0.0, 1.0) for total in draws.strengths[:, at]]
        assert inputs.units.share_to[unit] == 1.0
        np.testing.assert_array_equal(Strengths(run, scenario).of("arm", ["artillery"]), expected)

    def test_air_defence_that_men_carry_is_left_out_of_shares(self, run: sr.Run, scenario: Scenario) -> None:
        carried = scenario.systems["short_battery"].model_copy(update={"layer": "portable"})
        changed = scenario.model_copy(update={"systems": {**scenario.systems, "short_battery": carried}})
        strengths = Strengths(run, changed)
        assert set(strengths.of_share("share_lost.air_defence", "arm")) == {2.0}  # the long-range batteries
        assert strengths.of("arm", ["air_defence"]).min() > 2.0

    def test_the_table_of_losses_adds_up(self, bundle: dict[str, Any]) -> None:
        assert bundle["losses"]
        for row in bundle["losses"]:
            causes = sum(cause["mean"] for cause in row["causes"].values())
            other = row["other"]["mean"] if row["other"] else 0.0
            assert causes + other == pytest.approx(row["lost"]["mean"])
            assert 0 <= row["lost"]["q95"] <= row["stood"]["q95"]

    def test_read_outs_hold_shares_as_per_cent(self, bundle: dict[str, Any], page: Page) -> None:
        name = "share_lost.air_defence.arm"
        read = page.data("charts")["series"][name]
        assert read["unit"] == "% lost"
        assert read["q95"] == [round(100 * value, 1) for value in bundle["series"][name]["q95"]]

    def test_all_systems_and_inputs_are_listed_with_what_they_rest_on(
        self, scenario: Scenario, bundle: dict[str, Any], text: str
    ) -> None:
        shown = words_of(section_of(text, "inputs"))
        assert all(system.name in shown for system in scenario.systems.values())
        assert all(name in shown for name in scenario.quantities)
        count = sum(len(system.figures) for system in scenario.systems.values())
        assert bundle["figures_rest_on"]["all"] == count
        assert f"Of the figures of systems 0 of {count} rest on evidence alone" in shown

    def test_differences_are_written_with_their_sign(self) -> None:
        share, count = Measure("", "", "", share=True), Measure("", "", "", share=False)
        assert [difference(share, v) for v in (-0.1234, 0.0004, -0.0004, 0.05)] == [
            "−12.3",
            "0.0",
            "0.0",
            "+5.0",
        ]
        assert difference(count, 1234.5) == "+1,234.5"
        assert interval(share, {"low": 0.0, "high": 0.0}) == "no change"
        assert interval(share, {"low": -0.02, "high": 0.01}) == "−2.0 to +1.0"
        assert interval(share, {"low": None, "high": None}) == "one pair only"
        assert share_range(0.201, 0.199) == "20\u202f%"


class TestSummary:
    def test_it_reads_in_a_terminal_and_as_text(self, bundle: dict[str, Any]) -> None:
        summary = summarise_campaign(bundle)
        console = Console(file=io.StringIO(), width=100)
        console.print(to_rich(summary))
        told = console.file.getvalue()  # type: ignore[attr-defined]
        for one in (told, to_text(summary)):
            assert "Beside the record" in one
            assert "nan" not in one

    def test_it_says_what_the_run_is_not(self, bundle: dict[str, Any], text: str) -> None:
        for words in (
            "nothing is fitted to what happened",
            "not verdicts",
            "No command searches for a better attack",
        ):
            assert words in words_of(text)

    def test_an_invented_case_is_called_so(self, bundle: dict[str, Any]) -> None:
        text = words_of(render_campaign({**bundle, "facts": [], "claims": [], "record": []}))
        assert "An invented case" in text
        assert "look back" not in text
        assert "An invented case" not in words_of(render_campaign(bundle))

    def test_variants_that_change_nothing_clearly_are_told(self, bundle: dict[str, Any]) -> None:
        still = copy.deepcopy(bundle)
        for row in still["measures"]:
            for one in row["variants"].values():
                one["pairs"] = one["pairs"] and {**one["pairs"], "mean": 0.0, "low": 0.0, "high": 0.0}
        assert "No variant clearly changes" in to_text(summarise_campaign(still))
        assert "No variant clearly changes" not in to_text(summarise_campaign({**still, "variants": []}))

    def test_what_only_holds_inputs_is_no_defence(self) -> None:
        layers = load("layers", parameters_of)
        (defender,) = layers_of(layers, compile_campaign(layers))
        assert len(defender["rows"]) == 10
        assert "known-systems" not in {row["variant"] for row in defender["rows"]}

    def test_a_small_mean_is_not_told_as_nothing(self) -> None:
        assert [number(value) for value in (0.0, 0.02, 0.05, 3.14, 1234.0)] == [
            "0.0",
            "under 0.1",
            "0.1",
            "3.1",
            "1,234",
        ]

    def test_one_replication_is_enough_for_a_page(self, folder: Path, tmp_path: Path) -> None:
        run = sr.run(folder, 1, 1, workers=1, folder=tmp_path / "one", report=False)
        made = build_campaign_bundle(run, load(run.scenario_folder, parameters_of))
        shown = words_of(render_campaign(made))
        assert "one pair only" in shown
        assert "nan" not in shown

    def test_a_notebook_shows_the_greatest_loss(self, run: sr.Run) -> None:
        ends = {
            name: run[name].values[:, -1].mean()
            for name in run.series_names
            if name.startswith("share_lost.")
        }
        assert f"<strong>{max(ends, key=lambda name: ends[name])}</strong>" in run._repr_html_()

    def test_a_run_without_a_report_prints_its_summary(self, run: sr.Run) -> None:
        result = CliRunner().invoke(app, ["show", str(run.folder)], env={"COLUMNS": "200", "NO_COLOR": "1"})
        assert result.exit_code == 0, result.output
        assert "Beside the record" in result.output


@pytest.mark.browser
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # the browser's own pipes are closed by another process
class TestBrowser:
    @pytest.fixture(scope="class")
    @classmethod
    def address(cls, text: str, tmp_path_factory: pytest.TempPathFactory) -> str:
        path = tmp_path_factory.mktemp("report") / "report.html"
        path.write_text(text, encoding="utf-8")
        return path.as_uri()

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("width", [1200, 390])
    def test_it_is_quiet_and_fits_the_page(self, browser: Any, address: str, width: int, theme: str) -> None:
        with Reader(browser, address, width, theme) as reader:
            assert reader.said == []
            assert reader.asked == [address]
            reader.page.evaluate(
                "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
            )
            assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_every_text_has_a_contrast_of_at_least_four_and_a_half(
        self, browser: Any, address: str, theme: str
    ) -> None:
        with Reader(browser, address, theme=theme) as reader:
            worst = reader.page.evaluate(CONTRAST)
            assert {key: ratio for key, ratio in worst.items() if ratio < 4.5} == {}

    def test_names_in_drawings_stay_inside_them(self, browser: Any, address: str) -> None:
        with Reader(browser, address, 1200) as reader:
            assert reader.page.evaluate(OVERHANGING) == []

    def test_a_share_reads_out_with_the_arrow_keys(self, browser: Any, address: str) -> None:
        with Reader(browser, address) as reader:
            read = reader.page.locator("#record .wide .read").first
            read.focus()
            reader.page.keyboard.press("End")
            assert "% lost" in read.get_attribute("aria-valuetext")


OVERHANGING = """() => [...document.querySelectorAll("svg[role=img]")].filter((svg) => svg.getClientRects().length)
  .flatMap((svg) => [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect(),
    svg.getBoundingClientRect()])).filter(([, text, svg]) => text.left < svg.left - 14 || text.right > svg.right + 14)
  .map(([words]) => words)"""
