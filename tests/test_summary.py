"""The plain-words summary: rounding as an analyst would, and sentences that follow the figures."""

import copy
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from fake_bundle import fake_bundle
from staffride.present import words
from staffride.present.summary import band_at, crossings, place_name, reach, summarise
from staffride.present.summary_views import crossings_html, to_html, to_rich, to_text


@pytest.fixture(scope="module")
def bundle():
    return fake_bundle()


@pytest.mark.parametrize(
    ("figures", "text"),
    [
        ((64_210, 60_912, 70_480), "about 64,000 (90\u202f%: 61,000 to 70,000)"),
        ((100_417, 100_233, 100_512), "about 100,420 (90\u202f%: 100,240 to 100,520)"),
        ((83_000, 58_000, 112_000), "about 85,000 (90\u202f%: 60,000 to 110,000)"),
        ((230, 0, 3_012), "about 200 (90\u202f%: 0 to 3,000)"),
        ((0, 0, 0), "about 0 (90\u202f%: 0 to 0)"),
        ((53_629, 53_629, 53_629), "about 53,600 (90\u202f%: 53,600 to 53,600)"),
    ],
)
def test_a_figure_is_rounded_as_far_as_its_band_supports(figures, text):
    assert words.about(*figures) == text


@given(st.floats(0, 1e6), st.floats(0, 1e5), st.floats(0, 1e5))
def test_rounding_never_moves_a_figure_by_more_than_a_sixteenth_of_its_band(value, down, up):
    low, high = max(0.0, value - down), value + up
    step = words.rounding_step(value, low, high)
    error = abs(words.rounded(value, step) - value)
    assert error <= max((high - low) / 16, 0.5, value / 200) + 1e-6


def test_hours_shares_moments_and_lists_read_like_english():
    assert words.about_hours(19.6, 11.8, 26.2) == "about 20 hours (90\u202f%: 12 to 26)"
    assert words.about_hours(2.3, 1.1, 4.9) == "about 2.5 hours (90\u202f%: 1 to 5)"
    assert words.percent(0.999) == "over 99\u202f%"
    assert words.percent(0.001) == "under 1\u202f%"
    assert words.moment(datetime(2023, 9, 28, 0, 0, tzinfo=UTC)) == "27 September, 24:00"
    assert words.at(datetime(2023, 9, 28, 10, 0, tzinfo=UTC)) == "10:00 on 28 September"
    assert words.listing(["a", "b", "c"]) == "a, b and c"
    assert words.times(0.5) == "50\u202f% of"
    assert words.times(1.34) == "1.3 times"


def test_the_band_is_read_at_the_end_of_each_hour_and_straight_between(bundle):
    q50 = bundle["series"]["arrivals"]["q50"]
    assert band_at(bundle, "arrivals", 100)[1] == q50[99]
    assert band_at(bundle, "arrivals", 100.5)[1] == pytest.approx((q50[99] + q50[100]) / 2)


def test_one_bulletin_a_day_stands_beside_the_model(bundle):
    rows = crossings(bundle)
    assert [row.when.split(",")[0] for row in rows] == sorted(
        {row.when.split(",")[0] for row in rows}, key=[row.when.split(",")[0] for row in rows].index
    )
    assert rows[3].official == 53_629
    assert all(row.low <= row.middle <= row.high for row in rows)
    assert [row.role for row in rows[:4]] == ["calibration"] * 4


def test_a_bulletin_outside_the_band_is_named_and_marked(bundle):
    changed = copy.deepcopy(bundle)
    changed["observations"][12]["value"] = 200_000.0
    changed["observations"] = changed["observations"][:13]
    summary = summarise(changed)
    record = next(p for p in summary.passages if p.heading == "Beside the record")
    assert "0 lie inside" in record.sentences[1]
    assert summary.crossings[-1].when in record.sentences[1]
    assert 'class="outside"' in crossings_html(summary)


def test_the_summary_says_what_the_ensemble_knows(bundle):
    assert "conditioned on what was published until 27 September, 24:00" in summarise(bundle).basis
    prior = copy.deepcopy(bundle)
    prior["run"] |= {"prior": True, "conditioned_until": None}
    assert "prior ensemble: no bulletin" in summarise(prior).basis


def test_the_queue_reaches_back_over_full_links_only(bundle):
    quiet = copy.deepcopy(bundle)
    links = quiet["paths"]["median"]["links"]
    for series in links.values():
        series["queue"] = [0.0] * 264
    assert reach(quiet, 10) is None
    links["turshsu_lisagor-hakari_bridge"]["queue"][9] = 21 * 130 * 0.5
    assert reach(quiet, 10) == (pytest.approx(10.5), "hakari_bridge")
    links["turshsu_lisagor-hakari_bridge"]["queue"][9] = 21 * 130
    assert reach(quiet, 10) == (pytest.approx(21), "turshsu_lisagor")
    links["shusha_shushi-turshsu_lisagor"]["queue"][9] = 24 * 130
    assert reach(quiet, 10) == (pytest.approx(45), "shusha_shushi")


def test_disputed_places_show_both_names_in_the_order_that_is_set(bundle):
    assert place_name(bundle, "khankendi_stepanakert") == "Xankəndi / Stepanakert"
    assert place_name({**bundle, "name_order": "hy_az"}, "khankendi_stepanakert") == "Stepanakert / Xankəndi"
    assert place_name(bundle, "goris") == "Goris"
    assert place_name(bundle, "nowhere") == "nowhere"


def test_text_html_and_terminal_say_the_same(bundle):
    summary = summarise(bundle)
    out = io.StringIO()
    Console(file=out, width=400, color_system=None).print(to_rich(summary))
    text, terminal = to_text(summary), out.getvalue()
    page = to_html(summary)
    for passage in summary.passages:
        for sentence in passage.sentences:
            assert sentence in terminal
            assert sentence in " ".join(text.split("\n"))
            assert sentence.replace("&", "&amp;") in page


def test_hostile_names_are_escaped(bundle):
    changed = copy.deepcopy(bundle)
    changed["provinces"][0]["name"] = "<img src=x onerror=alert(1)>"
    page = to_html(summarise(changed))
    assert "<img" not in page
    assert "&lt;img src=x" in page
