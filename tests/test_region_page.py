"""The page of a run shows bands against counts, the simple rules beside it, and the defects of its folder."""

import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from rich.console import Console

from fake_forecast import renamed
from flee_cases import small_region
from region_documents import told_run
from staffride.present.region_figures import run_figures
from staffride.present.region_page import command_of, render_region
from staffride.present.region_summary import region_to_rich, score_rows, scored
from test_report import HOSTILE, LOADS, Page
from test_report_browser import Reader

SECTIONS = ("summary", "scores", "total", "destinations", "map", "folder", "reproduce", "sources")


@pytest.fixture(scope="module")
def text() -> str:
    return render_region(small_region(), told_run())


def test_the_page_has_every_section_and_a_link_to_each(text: str) -> None:
    page = Page(text)
    assert set(SECTIONS) <= {attributes.get("id") for _, attributes in page.elements}
    links = [one["href"] for one in page.all("a") if one["href"] != "#main"]
    assert links == [f"#{name}" for name in SECTIONS]
    assert not [name for _, attributes in page.elements for name in attributes if name in LOADS]


def test_every_drawn_number_is_finite(text: str) -> None:
    assert not re.search(
        r"\b(nan|inf|undefined|None)\b", re.sub(r"<script.*?</script>", "", text, flags=re.S)
    )


def test_the_simple_rules_stand_beside_the_run_whoever_is_nearer() -> None:
    document = told_run()
    rows = score_rows(document)
    assert [row[0] for row in rows] == [
        "this run",
        "each day's total by capacity",
        "arrivals to open camps by free capacity",
    ]
    assert rows[0][2] == "0.150 (0.105 to 0.195)"
    first, second = scored(document)[1:]
    assert first.endswith("is 0.300: this run is nearer.")
    assert second.endswith("is 0.120: the simple rule is nearer.")


def test_defects_are_named_with_their_place(text: str) -> None:
    words = " ".join(str(said) for said in Page(text).words)
    assert "locations.csv:4: a name is twice" in words
    assert "a column 'hdi'" in words


def test_a_clean_folder_without_scores_leaves_both_sections_out() -> None:
    document = told_run() | {"problems": [], "unmapped": [], "scores": {"ard": {}}}
    anchors = {
        attributes.get("id") for _, attributes in Page(render_region(small_region(), document)).elements
    }
    assert not {"scores", "folder"} & anchors


def test_a_region_without_reports_has_a_page() -> None:
    region = replace(small_region(), reports=(), total=None)
    assert "where people went" in render_region(region, told_run(region))


def test_names_of_places_are_escaped(text: str) -> None:
    region = renamed(small_region(), {"Farhold": HOSTILE, "Ardel": HOSTILE + "2"})
    spoiled = Page(render_region(region, told_run(region)))
    assert len(spoiled.all("script")) == len(Page(text).all("script"))
    assert not spoiled.all("img")


def test_the_command_names_the_rules() -> None:
    run = told_run()["run"]
    assert command_of(run) == "staffride run FOLDER --seed 1 --replications 20"
    assert command_of(run | {"mode": "flee"}).endswith("--rules flee")
    assert command_of(run | {"engine": "agents"}).endswith("--engine agents")


def test_the_terminal_shows_scores_and_warnings() -> None:
    console = Console(file=io.StringIO(), width=140)
    console.print(region_to_rich(told_run()))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "0.150 (0.105 to 0.195)" in shown
    assert "locations.csv:4: a name is twice" in shown
    assert "not mapped: a column 'hdi'" in shown


def test_figures_stand_alone() -> None:
    found = run_figures(small_region(), told_run())
    assert set(found) == {"displaced.svg", "farhold.svg", "gantry.svg", "hovel.svg"}
    for drawing in found.values():
        ElementTree.fromstring(drawing.encode())


@pytest.mark.browser
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # the browser's own pipes are closed by another process
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_it_is_quiet_asks_for_nothing_and_fits(browser, text, width, theme, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "run.html"
    path.write_text(text, encoding="utf-8")
    with Reader(browser, path.as_uri(), width, theme) as reader:
        assert reader.said == []
        assert [url for url in reader.asked if not url.startswith("data:")] == [path.as_uri()]
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
