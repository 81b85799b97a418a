"""The page and the summary of a comparison: its numbers, its words, figures that are told, and one safe file."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from campaign_scenarios import load_campaign
from fake_comparison import END_H, Columns, FakeRun, keyed_normal
from staffride.lab.comparison import Comparison, compare_run
from staffride.present import words
from staffride.present.comparison import render_comparison, summarise_comparison
from staffride.present.comparison_bundle import bundle_of
from staffride.present.comparison_effects import closer, tick_of
from staffride.present.comparison_summary import answer
from staffride.present.comparison_terminal import gathered, to_rich
from staffride.present.comparison_words import interval, level, signed
from staffride.scenario import Scenario
from test_report import HOSTILE, Page, everywhere
from test_report_browser import CONTRAST, Reader

N = 80
SECTIONS = (
    "answers", "people", "others", "doses", "choice", "rests", "pairing", "policies", "method", "reproduce", "sources",
)  # fmt: skip
NULL, HARM, HELP = "layered-air-defence:1", "dispersal:0", "early-truce:2020-06-01"
SOME, MORE = "layered-air-defence:2", "layered-air-defence"


@dataclass
class PageRun(FakeRun):
    """A fake run with all that a page says of its run."""

    folder: Path = Path("no-folder")
    name: str = "fake"
    status: str = "complete"
    wall_seconds: float = 1.5

    @property
    def manifest(self) -> SimpleNamespace:
        digests = {f"{part}_digest": part for part in ("scenario", "evidence", "code", "draws")}
        settings = SimpleNamespace(
            hours=END_H, every_h=1, seed=self.seed, scenario="hills", mode="prior", version="1", replications=N,
            origin="2020-06-01T00:00:00+00:00", policies=tuple(self.policies), **digests,
        )  # fmt: skip
        return SimpleNamespace(kind=self.kind, settings=settings, ended="2026-01-01T00:00:00+00:00")


def war() -> Columns:
    luck, other = keyed_normal(N, 3), keyed_normal(N, 4)
    return {
        "civilian_deaths.az": np.round(100 + 10 * luck),
        "civilian_deaths.arm": np.round(80 + 8 * other),
        "displaced.az": np.round(4000 + 300 * other),
        "displaced.arm": np.round(9000 + 900 * luck),
        "deaths.az": np.round(3000 + 200 * luck),
        "deaths.arm": np.round(3500 + 300 * other),
        "lost.jammer.az": np.round(5 + luck),
        "held_share.az": 0.5 + 0.05 * luck,
        "held_share.arm": 0.5 - 0.05 * luck,
        "changed.crossroads": np.where(luck > 0.5, np.nan, 12 + luck),
        "end_h": np.where(other > 1.0, np.nan, 150 + 20 * other),
        "truces": np.zeros(N),
    }


def policies() -> dict[str, Columns]:
    base, noise = war(), keyed_normal(N, 9)
    return {
        NULL: {},
        HARM: {"civilian_deaths.arm": base["civilian_deaths.arm"] + 3 + noise},
        SOME: {
            "deaths.arm": base["deaths.arm"] - 20 + 5 * noise,
            "held_share.az": base["held_share.az"] - 0.02,
        },
        MORE: {
            "deaths.arm": base["deaths.arm"] - 60 + 5 * noise,
            "civilian_deaths.az": base["civilian_deaths.az"] + noise,
        },
        HELP: {
            "civilian_deaths.az": 0.5 * base["civilian_deaths.az"],
            "displaced.arm": 0.1 * base["displaced.arm"],
            "changed.crossroads": np.full(N, np.nan),
        },
    }


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_campaign(tmp_path_factory.mktemp("page") / "hills")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    drawn = {"ground.rate": 1 + 0.1 * keyed_normal(N, 3), "flight.felt_by": keyed_normal(N, 11)}
    return compare_run(PageRun(war(), policies(), drawn))


@pytest.fixture(scope="module")
def bundle(comparison: Comparison, scenario: Scenario) -> dict[str, Any]:
    return bundle_of(comparison, scenario)


@pytest.fixture(scope="module")
def text(bundle: dict[str, Any]) -> str:
    return render_comparison(bundle)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def told(bundle: dict[str, Any], *measures: str) -> str:
    """What stands in a wide terminal."""
    out = io.StringIO()
    Console(file=out, width=220, no_color=True).print(to_rich(bundle, measures, 220))
    return out.getvalue()


def test_the_bundle_is_plain_json(bundle: dict[str, Any]) -> None:
    assert json.loads(json.dumps(bundle, allow_nan=False))["kind"] == "comparison"


def test_the_page_has_every_section_and_a_link_to_each(page: Page) -> None:
    anchors = {attributes.get("id") for _, attributes in page.elements}
    assert set(SECTIONS) <= anchors
    assert [a["href"] for a in page.all("a") if a["href"] != "#main"] == [f"#{name}" for name in SECTIONS]


def test_policies_keep_their_order_everywhere(bundle: dict[str, Any], text: str) -> None:
    names = [f"{one['number']}  {one['label']}" for one in bundle["policies"]]
    assert [one["id"] for one in bundle["policies"]] == [NULL, HARM, SOME, MORE, HELP]
    assert [one["number"] for one in bundle["policies"]] == [1, 2, 3, 4, 5]
    answers = re.findall(r"<li[^>]*><h3>(.*?)</h3>", text)
    assert [html.unescape(name) for name in answers] == names


class TestWords:
    def test_a_policy_that_changes_nothing_says_so(self, bundle: dict[str, Any], text: str) -> None:
        null = bundle["policies"][0]
        assert null["changes_nothing"]
        assert answer(bundle, null) == (
            "It changes nothing: every value of every measure is the same in every replication.",
        )
        assert text.count("It changes nothing: every value") == 1
        assert "nothing: these doses are the baseline's own" in text
        assert "It changes nothing" in told(bundle)

    def test_an_answer_names_what_is_found_and_bounds_what_is_not(
        self, bundle: dict[str, Any], comparison: Comparison
    ) -> None:
        said = " ".join(answer(bundle, bundle["policies"][4]))
        effect = comparison.effect(HELP, "civilian_deaths.both")
        assert said.startswith("Better in 2 of 3 measures of people: ")
        assert f"{abs(effect.difference):.3g} persons fewer (95 %: {abs(effect.interval.high):.3g} to" in said
        harm = " ".join(answer(bundle, bundle["policies"][1]))
        assert harm.startswith("Worse in 1 of 3 measures of people: civilians killed, ")
        assert "persons more" in harm

    def test_the_sides_are_called_by_their_names(self, text: str) -> None:
        assert "Azerbaijani side" in text
        assert "Armenian side" in text
        assert not re.search(r"side (az|arm)\b", re.sub(r"<code>.*?</code>", "", text))

    def test_the_many_intervals_are_spoken_of(self, bundle: dict[str, Any], comparison: Comparison) -> None:
        unknown = summarise_comparison(bundle).passages[-1].sentences
        assert any(f"{comparison.intervals} intervals of 95 % are shown" in sentence for sentence in unknown)

    def test_measures_without_an_effect_are_gathered_by_what_they_count(self, bundle: dict[str, Any]) -> None:
        deaths = [one for one in bundle["measures"] if one["topic"] == "deaths" and one["side"] != "both"]
        assert gathered(deaths) == "soldiers killed (Azerbaijani side, Armenian side)"

    def test_what_is_never_other_than_zero_is_left_out(self, bundle: dict[str, Any], text: str) -> None:
        assert "truces" not in {one["id"] for one in bundle["measures"]}
        assert "truces made" not in text

    @pytest.mark.parametrize(
        ("value", "unit", "mean", "difference"),
        [
            (-1234.5, "persons", "−1,234", "−1,234"),
            (0.0423, "1", "4.23 %", "+4.23"),
            (0.0, "h", "0", "0"),
            (-5.3e-5, "h", "−0.001 or less", "just under 0"),
        ],
    )
    def test_figures(self, value: float, unit: str, mean: str, difference: str) -> None:
        measure = {"unit": unit}
        assert (level(value, measure), signed(value, measure)) == (mean, difference)

    def test_ticks_are_short_and_signed(self) -> None:
        assert [tick_of(value) for value in (-2500.0, 0.0, 75.0, 2e6)] == ["−2.5k", "0", "+75", "+2M"]


class TestNumbers:
    def test_those_on_the_page_are_those_of_the_comparison(
        self, bundle: dict[str, Any], comparison: Comparison, text: str
    ) -> None:
        shown = html.unescape(re.sub(r"<[^>]+>", "|", text))
        for (policy, name), effect in comparison.effects.items():
            if name not in {one["id"] for one in bundle["measures"]} or effect.paired.n == 0:
                continue
            measure = next(one for one in bundle["measures"] if one["id"] == name)
            row = bundle["effects"][policy][name]
            assert row["difference"] == effect.difference
            assert (row["low"], row["high"]) == tuple(effect.interval)
            for figure in (signed(effect.difference, measure), interval(row, measure)):
                assert f"|{figure}|" in shown, (policy, name, figure)

    def test_those_of_the_terminal_are_too(self, bundle: dict[str, Any], comparison: Comparison) -> None:
        out = told(bundle, "deaths.arm", "held_share.az")
        for policy, name in ((SOME, "deaths.arm"), (MORE, "deaths.arm"), (SOME, "held_share.az")):
            measure = next(one for one in bundle["measures"] if one["id"] == name)
            assert signed(comparison.effect(policy, name).difference, measure) in out
        assert "Civilians who fled" not in out.partition("Beside each other")[0].replace("civilians", "")

    @pytest.mark.parametrize("width", [80, 120])
    def test_a_terminal_shows_whole_names_of_sides(self, bundle: dict[str, Any], width: int) -> None:
        out = io.StringIO()
        Console(file=out, width=width, no_color=True).print(to_rich(bundle, width=width))
        lines = out.getvalue().splitlines()
        assert max(map(len, lines)) <= width
        assert any(line.startswith(" Azerbaijani side ") for line in lines)

    def test_a_share_that_is_not_all_is_never_called_so(self, bundle: dict[str, Any]) -> None:
        assert words.percent(0.999) == f"over 99{words.THIN}%"
        regrets = bundle["regrets"]["civilian_deaths.both"]["rows"]
        assert sum(row["share_best"] for row in regrets) == pytest.approx(1.0)

    def test_curves_of_regret_end_at_the_largest(self, bundle: dict[str, Any]) -> None:
        regret = bundle["regrets"]["displaced.both"]
        for row in regret["rows"]:
            curve = regret["curves"][row["arm"]]
            assert curve == sorted(curve)
            assert curve[-1] == pytest.approx(row["largest"], abs=1e-3)

    def test_a_closer_look_leaves_out_what_dwarfs_the_rest(self, bundle: dict[str, Any]) -> None:
        fled = [one for one in bundle["measures"] if one["topic"] == "civilian_deaths"]
        near = closer(bundle, fled)
        assert near is not None
        assert HELP not in [one["id"] for one in near["policies"]]
        held = [one for one in bundle["measures"] if one["topic"] == "held_share"]
        assert closer(bundle, held) is None

    def test_a_dose_curve_has_the_lever_by_name_and_its_doses(
        self, bundle: dict[str, Any], text: str
    ) -> None:
        curves = {one["measure"]: one for one in bundle["dose_curves"]}
        assert [point["text"] for point in curves["deaths.arm"]["points"]] == ["1", "2", "3"]
        assert curves["deaths.arm"]["null"] == 1.0
        assert f"{curves['deaths.arm']['label']}<span" in text


class TestPolicies:
    def test_each_is_told_with_what_it_changes_and_rests_on(self, bundle: dict[str, Any], text: str) -> None:
        known = {one["id"]: one for one in bundle["policies"]}
        assert known[NULL]["changes"] == []
        assert known[SOME]["levers"][0]["id"] == "layered-air-defence"
        for lever in (lever for one in bundle["policies"] for lever in one["levers"]):
            for sentence in (lever["summary"], lever["assumed"], lever["limits"]):
                assert html.escape(sentence, quote=False) in text

    def test_a_lever_that_is_no_more_costs_nothing_but_its_description(self, scenario: Scenario) -> None:
        gone = bundle_of(compare_run(PageRun(war(), {"no-such-lever:2": {}})), scenario)
        assert gone["policies"][0]["levers"] == []
        assert "no-such-lever:2" in render_comparison(gone)

    def test_the_command_repeats_it(self, bundle: dict[str, Any], text: str) -> None:
        command = bundle["run"]["command"]
        assert command.startswith(f"staffride compare hills --policy {NULL} --policy {HARM}")
        assert command.endswith(f"--replications {N} --seed 1")
        assert html.escape(command, quote=False) in text


class TestFile:
    def test_every_figure_is_told_in_words(self, page: Page) -> None:
        drawn = [attributes for attributes in page.all("svg") if attributes.get("role") == "img"]
        assert len(drawn) > 20
        assert all(len(attributes["aria-label"]) > 20 for attributes in drawn)
        others = [attributes for attributes in page.all("svg") if attributes.get("role") != "img"]
        assert all(attributes.get("aria-hidden") == "true" for attributes in others)

    def test_every_table_has_headings_for_columns_and_rows(self, text: str) -> None:
        tables = re.findall(r"<table.*?</table>", text, flags=re.S)
        assert tables
        for one in tables:
            assert '<th scope="col"' in one
            assert one.count('<th scope="row"') == one.count("<tr>") - 1

    def test_headings_come_in_order(self, page: Page) -> None:
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_it_loads_nothing_and_needs_no_script(self, page: Page, text: str) -> None:
        assert not [a for a in page.all("script") if a.get("src")]
        assert not page.all("link")
        assert not page.all("img")
        assert len([a for a in page.all("script") if a.get("type") == "module"]) == 1

    def test_a_hostile_name_stays_text(self, comparison: Comparison, scenario: Scenario, text: str) -> None:
        named = bundle_of(compare_run(PageRun(war(), {**policies(), HOSTILE: {}})), scenario)
        for spoiled in (named, everywhere(named, HOSTILE)):
            made = Page(render_comparison(spoiled))
            assert len(made.all("script")) == len(Page(text).all("script"))
            assert not made.all("img")
            assert any("<script>alert(1)" in part for part in made.words)

    def test_every_drawn_number_is_finite(self, text: str) -> None:
        drawings = " ".join(re.findall(r"<svg.*?</svg>", text, flags=re.S))
        assert not re.search(r'="[^"]*\b(nan|inf|None)\b', re.sub(r'aria-label="[^"]*"', "", drawings))

    def test_one_replication_has_no_interval_and_breaks_nothing(self, scenario: Scenario) -> None:
        single = {name: column[:1] for name, column in war().items()}
        changed = {SOME: {"deaths.arm": single["deaths.arm"] - 5}}
        made = bundle_of(compare_run(PageRun(single, changed)), scenario)
        assert "deaths.arm" in made["effects"][SOME]
        assert "none" in render_comparison(made)
        assert told(made)


@pytest.fixture(scope="module")
def address(text: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::ResourceWarning")
class TestBrowser:
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
