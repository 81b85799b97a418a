"""The map of control in a browser: it moves with slider, keys and play, says its numbers, and fits every page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import ground_report_cases as cases
from test_campaign_report import OVERHANGING
from test_report_browser import CONTRAST, Reader

pytestmark = [
    pytest.mark.browser,
    # the browser's own pipes are closed by another process
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

MOVE = """(step) => { const s = document.getElementById('step'); s.value = step;
  s.dispatchEvent(new Event('input')); }"""
CELL = """(size) => { const c = document.querySelector(`.${size} [data-cell=ridge]`);
  return [c.getAttribute('class'), Number(c.getAttribute('fill-opacity')),
    document.querySelector(`.${size} [data-hatch=ridge]`).getAttribute('fill')]; }"""
LISTED = "[...document.querySelectorAll('#likeliest li')].map((row) => row.innerText.split('\\n'))"
FRONTS = (
    "[...document.querySelectorAll('.wide .front[data-pair]:not(.off)')].map((line) => line.dataset.pair)"
)
STATE = f"[document.getElementById('now').textContent, {LISTED}, {FRONTS}]"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(cases.page(), encoding="utf-8")
    return path.as_uri()


def shown(share: float) -> str:
    """Return a share as the page writes it."""
    return f"{round(100 * share)}\u202f%"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_it_is_quiet_asks_for_nothing_and_fits_the_page(
    browser: Any, address: str, width: int, theme: str
) -> None:
    with Reader(browser, address, width, theme) as reader:
        for step in (0, 3, cases.DAYS):
            reader.page.evaluate(MOVE, step)
        assert reader.said == []
        assert [url for url in reader.asked if not url.startswith("data:")] == [address]
        reader.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_slider_moves_the_map_and_the_probabilities_are_right(browser: Any, address: str) -> None:
    other = cases.bundle()["ground"]["control"]["ridge"]["other"]  # type: ignore[index]
    with Reader(browser, address, 1200) as reader:
        for step in range(1, cases.DAYS + 1):
            reader.page.evaluate(MOVE, step)
            now, listed, _ = reader.page.evaluate(STATE)
            assert now == f"{step} June, 24:00"
            found = dict(reader.page.evaluate(LISTED))
            expected = {"Ridge": shown(other[step - 1])} if other[step - 1] else {}
            assert {name: value for name, value in found.items() if name == "Ridge"} == expected
            assert len(listed) == len(found)
        reader.page.evaluate(MOVE, 0)
        assert reader.page.evaluate(STATE)[:2] == ["1 June, 00:00", []]
        assert reader.page.locator("#none").is_visible()


def test_a_cell_changes_colour_and_hatching_with_its_probability(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200) as reader:
        for size in ("wide", "narrow"):
            reader.page.evaluate(MOVE, 0)
            assert reader.page.evaluate(CELL, size) == ["cell side1", 0.62, "none"]
            reader.page.evaluate(MOVE, 4)  # 75 in 100, held by the other side
            class_, opacity, hatch = reader.page.evaluate(CELL, size)
            assert (class_, hatch) == ("cell side0", "url(#hatch-1-2)")
            assert opacity == pytest.approx(0.1 + 0.52 * 0.5)


def test_the_thick_line_runs_where_the_likelier_holder_changes(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200) as reader:
        reader.page.evaluate(MOVE, 0)
        before = reader.page.evaluate(FRONTS)
        reader.page.evaluate(MOVE, 4)
        after = reader.page.evaluate(FRONTS)
    assert "crossroads ridge" not in before
    assert {"crossroads ridge", "ridge depot"} <= set(after)


def test_the_script_draws_what_the_page_drew_without_it(browser: Any, address: str) -> None:
    with (
        Reader(browser, address, 1200, java_script_enabled=False) as still,
        Reader(browser, address, 1200) as moving,
    ):
        found = []
        for reader in (still, moving):
            cell = reader.page.locator(".wide [data-cell=ridge]")
            found.append((cell.get_attribute("class"), float(cell.get_attribute("fill-opacity") or 0)))
            found.append(reader.page.locator("#likeliest").inner_text())
            found.append(reader.page.locator(".sheet .wide svg[role=img]").first.get_attribute("aria-label"))
        assert found[:3] == found[3:]
        assert not still.page.locator("#clock").is_visible()
        assert still.page.locator(".wide .formations").is_visible()


def test_the_slider_moves_with_the_keyboard_and_tells_what_the_map_shows(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200, timezone_id="America/Los_Angeles") as reader:
        reader.page.focus("#step")
        reader.page.keyboard.press("Home")
        for _ in range(2):
            reader.page.keyboard.press("ArrowRight")
        assert reader.page.input_value("#step") == "2"
        said = reader.page.get_attribute("#step", "aria-valuetext")
        other = cases.bundle()["ground"]["control"]["ridge"]["other"]  # type: ignore[index]
        assert said.startswith(f"2 June, 24:00. Held by other than at the start: Ridge {shown(other[1])}")
        label = reader.page.locator(".sheet .wide svg[role=img]").first.get_attribute("aria-label")
        assert said in label


def test_play_runs_to_the_end_and_stops(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200) as reader:
        reader.page.click("#play")
        reader.page.locator("#play[aria-label=Pause]").wait_for()
        reader.page.locator("#play[aria-label=Play]").wait_for()
        assert reader.page.input_value("#step") == str(cases.DAYS)
        assert reader.said == []


def test_formations_are_shown_when_asked_for_and_on_paper(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200) as reader:
        symbols = reader.page.locator(".wide .formations")
        assert not symbols.is_visible()
        reader.page.check("#show-formations")
        assert symbols.is_visible()
        title = reader.page.locator(".wide .formations title").first.text_content()
        assert "side: " in title
        reader.page.uncheck("#show-formations")
        reader.page.emulate_media(media="print")
        assert symbols.is_visible()
        assert not reader.page.locator("#clock").is_visible()


def test_the_page_holds_the_numbers_of_the_run(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200) as reader:
        data = json.loads(reader.page.locator("#control-data").text_content() or "{}")
    places = {place["id"]: place for place in data["places"]}
    for name, found in cases.bundle()["ground"]["control"].items():  # type: ignore[index]
        assert places[name]["other"] == [0.0, *found["other"]]


def test_a_chart_by_day_reads_out_its_days(browser: Any, address: str) -> None:
    with Reader(browser, address, 1200) as reader:
        read = reader.page.locator("#soldiers .read").first
        read.focus()
        reader.page.keyboard.press("Home")
        assert read.get_attribute("aria-valuetext").startswith("1 June, 24:00; median")
        reader.page.keyboard.press("PageUp")
        assert read.get_attribute("aria-valuetext").startswith("2 June, 24:00")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_has_a_contrast_of_at_least_four_and_a_half(
    browser: Any, address: str, theme: str
) -> None:
    with Reader(browser, address, theme=theme) as reader:
        worst = reader.page.evaluate(CONTRAST)
        assert {key: ratio for key, ratio in worst.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("width", [1200, 390])
def test_names_in_drawings_stay_inside_them(browser: Any, address: str, width: int) -> None:
    with Reader(browser, address, width) as reader:
        reader.page.check("#show-formations")  # what is not shown has no place that could be asked for
        assert reader.page.evaluate(OVERHANGING) == []
