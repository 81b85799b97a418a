"""The drawing module: every text escaped, every number finite, axes that cover the data."""

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.present.markup import Markup, element, join, number
from staffride.present.svg import Plot, Scale, area, drawing, path, spread, ticks

HOSTILE = '<script>alert("1")</script>&\'"'


def test_text_children_and_attributes_are_escaped_and_markup_is_kept():
    made = element("g", HOSTILE, element("b", "x"), title=HOSTILE)
    root = ET.fromstring(made)
    assert root.attrib["title"] == HOSTILE
    assert root.text == HOSTILE
    assert [child.tag for child in root] == ["b"]


@given(st.text(st.characters(min_codepoint=32, blacklist_categories=("Cs",)), max_size=40))
def test_any_text_survives_a_round_trip_through_an_xml_parser(text):
    root = ET.fromstring(element("p", text, data_name=text))
    assert (root.text or "") == text
    assert root.attrib["data-name"] == text


def test_void_elements_have_no_end_and_absent_attributes_vanish():
    assert element("meta", charset="utf-8", content=None, hidden=False) == '<meta charset="utf-8">'
    assert element("input", disabled=True) == "<input disabled>"
    assert join("a<", Markup("<b>")) == "a&lt;<b>"


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (1234.5, "1234.5")])
def test_numbers_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_cannot_be_drawn_is_refused(value):
    with pytest.raises(ValueError, match="cannot draw"):
        number(value)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_cover_the_range_evenly_with_round_steps(low, span, about):
    values = ticks(low, low + span, about)
    steps = np.diff(values)
    tolerance = 1e-9 * max(1.0, abs(low) + span)
    assert values[0] <= low + tolerance
    assert values[-1] >= low + span - tolerance
    assert np.allclose(steps, steps[0], rtol=1e-6, atol=1e-9)
    mantissa = steps[0] / 10 ** math.floor(math.log10(steps[0]) + 1e-6)
    assert min(abs(mantissa - m) for m in (1, 2, 2.5, 5, 10)) < 1e-3


def test_ticks_of_a_known_range():
    assert ticks(0, 104_000) == [0, 25_000, 50_000, 75_000, 100_000, 125_000]
    assert ticks(0, 40, 4) == [0, 10, 20, 30, 40]
    assert ticks(0, 0, 2) == [0, 0.5, 1]
    assert ticks(7, 7, 2) == [7, 7.5, 8]


def test_a_scale_is_linear_and_can_run_downwards():
    scale = Scale(0, 10, 100, 0)
    assert scale.at(2.5) == 75
    assert scale([0, 10]).tolist() == [100, 0]


def test_a_gap_in_a_series_is_a_gap_in_its_line_and_band():
    x, y = [0, 1, 2, 3, 4], [0, 1, math.nan, 3, 4]
    assert path(x, y) == "M0 0L1 1M3 3L4 4"
    assert area(x, y, [v + 1 for v in y]) == "M0 1L1 2L1 1L0 0ZM3 4L4 5L4 4L3 3Z"
    assert path([1, 2], [math.nan, math.nan]) == ""


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_labels_are_spread_without_overlap_and_keep_their_order(wanted):
    placed = spread(wanted, 15, 0, 100)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    gaps = np.diff([placed[i] for i in order])
    assert (gaps >= 15 - 1e-9).all()
    assert max(placed) <= 100


def test_a_plot_is_valid_xml_with_its_marks_in_drawing_units():
    plot = Plot(Scale(0, 10, 50, 150), Scale(0, 100, 80, 0))
    plot.axis_y([0, 50], ["0", "50"])
    plot.axis_x([0, 10], ["start", HOSTILE])
    plot.band([0, 10], [0, 10], [50, 60], "band")
    plot.dot(5, 50, "seen", "a bulletin")
    plot.diamond(10, 100, "held", HOSTILE)
    root = ET.fromstring(drawing(200, 100, HOSTILE, plot.marks))
    circle = root.find("circle")
    assert (circle.attrib["cx"], circle.attrib["cy"]) == ("100", "40")
    assert root.find("polygon").attrib["points"].split()[0] == "150,-4.6"
    assert root.attrib["aria-label"] == HOSTILE
