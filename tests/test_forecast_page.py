"""The page of a forecast says what its figures say, holds nothing from outside, and fits every page and theme."""

import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from rich.console import Console

from fake_forecast import renamed
from flee_cases import small_region
from region_documents import DEMOGRAPHICS, told_forecast
from staffride.present.forecast_page import render_forecast
from staffride.present.forecast_sections import naive_lines
from staffride.present.forecast_terminal import forecast_to_rich
from staffride.present.forecast_words import command, summarise_forecast, table_rows
from staffride.present.region_charts import date_marks
from staffride.present.region_figures import forecast_figures
from staffride.present.region_words import figure, run_out, signed, signed_band
from test_report import HOSTILE, LOADS, Page
from test_report_browser import Reader

SECTIONS = (
    "summary", "total", "destinations", "weeks", "shelter", "crossings", "changes", "map", "limits", "responsibility",
    "reproduce", "sources",
)  # fmt: skip


@pytest.fixture(scope="module")
def document() -> dict:
    return told_forecast()


@pytest.fixture(scope="module")
def text(document: dict) -> str:
    return render_forecast(small_region(), document)


def test_the_page_has_every_section_and_a_link_to_each(text: str) -> None:
    page = Page(text)
    assert set(SECTIONS) <= {attributes.get("id") for _, attributes in page.elements}
    links = [one["href"] for one in page.all("a") if one["href"] != "#main"]
    assert links == [f"#{name}" for name in SECTIONS]


def test_the_page_loads_nothing(text: str) -> None:
    assert not [name for _, attributes in Page(text).elements for name in attributes if name in LOADS]
    assert "http://" not in text
    assert "https://" not in text


def test_every_drawn_number_is_finite(text: str) -> None:
    assert not re.search(
        r"\b(nan|inf|undefined|None)\b", re.sub(r"<script.*?</script>", "", text, flags=re.S)
    )


def test_names_of_places_are_escaped() -> None:
    names = {name: f"{HOSTILE} {name}" for name in ("Farhold", "Ardel", "Dorim")}
    region = renamed(small_region(), names)
    spoiled, clean = (
        Page(render_forecast(region, told_forecast(region))),
        Page(render_forecast(small_region(), told_forecast())),
    )
    assert len(spoiled.all("script")) == len(clean.all("script"))
    assert not spoiled.all("img")


def test_a_case_without_capacities_says_so_and_names_no_date(document: dict) -> None:
    bare = told_forecast(capacity=False, changed=False)
    text = render_forecast(small_region(), bare)
    assert "No capacity is known as of the origin" in text
    assert 'id="changes"' not in text
    assert table_rows(bare)[0][-1] == "unknown"


def test_age_and_sex_are_shown_where_the_case_gives_them() -> None:
    region = replace(small_region(), demographics=DEMOGRAPHICS)
    assert 'id="groups"' in render_forecast(region, told_forecast(region))
    assert "60 and over" in render_forecast(region, told_forecast(region))
    assert 'id="groups"' not in render_forecast(small_region(), told_forecast())


def test_places_without_coordinates_make_a_page_without_a_map(document: dict) -> None:
    region = small_region()
    lost = tuple(replace(one, latitude=float("nan"), longitude=float("nan")) for one in region.places)
    assert 'id="map"' not in render_forecast(replace(region, places=lost), document)


def test_the_headline_is_what_the_figures_say(document: dict) -> None:
    summary = summarise_forecast(document)
    assert summary.title == "small2030: forecast from 5 February 2030"
    said = " ".join(sentence for passage in summary.passages for sentence in passage.sentences)
    # 6,500 in Farhold, 2,600 in Gantry, 400 and 50 by the two sources of Hovel
    assert "add up to 9,550 people" in said
    assert "No link or border has a stated capacity" in said
    assert "The border closes: on the last day Farhold −7,600" in said


def test_figures_keep_the_digits_that_their_bands_support() -> None:
    assert figure(84_678.0) == "85,000"
    assert figure(0.2) == "0"
    down = {"q50": -150.0, "q05": -1_800.0, "q95": 0.0}
    assert (signed(down), signed_band(down)) == ("−150", "−1,800 to 0")


def test_shelter_is_dated_as_far_as_paths_date_it() -> None:
    row = {"capacity": 100.0, "probability": 0.4, "earliest": "2030-02-09", "median": None, "latest": None}
    assert run_out(row, "2030-04-30").startswith("in most futures not before 30 April 2030, in one of")
    assert run_out(row | {"probability": 0.0}, "2030-04-30") == "in no future drawn"
    assert run_out(row | {"capacity": None}, "2030-04-30") == "capacity unknown"
    whole = row | {"median": "2030-03-01", "probability": 0.8}
    assert run_out(whole, "2030-04-30") == "about 1 March 2030 (90\u202f%: 9 February 2030 to later)"


def test_naive_lines_of_all_destinations_add_up(document: dict) -> None:
    total = naive_lines(document, "displaced")["level"]
    parts = [lines[0] for lines in document["naive"]["level"].values()]
    assert total[0] == pytest.approx(sum(parts))
    own = document["naive"]["level"]["destination.Hovel"]
    assert naive_lines(document, "destination.Hovel")["level"] == own


def test_the_command_repeats_the_forecast(document: dict) -> None:
    assert command(document) == (
        "staffride forecast FOLDER --from 2030-02-05 --days 84 --paths 200 --seed 1 --capacity-as-of 2030-02-05"
    )


@pytest.mark.parametrize("days", [5, 20, 84, 200, 800, 4000])
def test_an_axis_has_a_few_marks_whatever_its_length(days: int) -> None:
    from datetime import date, timedelta

    marks = date_marks(date(2030, 1, 15), date(2030, 1, 15) + timedelta(days=days), 6)
    assert 1 <= len(marks) <= 8
    assert len({name for _, name in marks}) == len(marks)


def test_the_terminal_shows_a_row_a_destination(document: dict) -> None:
    console = Console(file=io.StringIO(), width=140)
    console.print(forecast_to_rich(document))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "small2030: forecast from 5 February 2030" in shown
    assert re.search(r"Farhold +6,500 ", shown)
    assert "1 thing is wrong with the folder" in shown


def test_figures_stand_alone(document: dict) -> None:
    found = forecast_figures(small_region(), document)
    assert set(found) == {"displaced.svg", "farhold.svg", "gantry.svg", "hovel.svg", "map.svg"}
    for drawing in found.values():
        root = ElementTree.fromstring(drawing.encode())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in drawing


@pytest.mark.browser
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning"
)  # the browser's own pipes are closed by another process
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 400])
def test_it_is_quiet_asks_for_nothing_and_fits(browser, text, width, theme, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "forecast.html"
    path.write_text(text, encoding="utf-8")
    with Reader(browser, path.as_uri(), width, theme) as reader:
        assert reader.said == []
        assert [url for url in reader.asked if not url.startswith("data:")] == [path.as_uri()]
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        read = reader.page.locator("#destinations .read").first
        read.scroll_into_view_if_needed()
        read.hover()
        assert "median" in reader.page.locator("#destinations .tip").first.inner_text()
