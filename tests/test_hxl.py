"""Tables with HXL hashtags: the grammar, what tools check of the cells, and the figures themselves."""

import csv
import io
import re
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_forecast import A_DAY, ORIGIN, fake_forecast, fake_run
from flee_cases import DAYS, START, small_region
from staffride.interop.downloads import is_tag_row
from staffride.lab.plan import make_plan, plan_rows
from staffride.present.hxl import PERSONS, PLACE, SHELTER, WEEK, Column, hxl_csv, weekly_hxl, weekly_run_hxl
from staffride.results.region_document import forecast_document

TOKEN = r"[A-Za-z][_0-9A-Za-z]*"
GRAMMAR = re.compile(rf"^\s*#({TOKEN})((?:\s*\+{TOKEN})*)\s*$")
"""A column's hashtag as HXL's tagging conventions and its reference library read it."""

CORE = {"country", "adm1", "loc", "geo", "date", "affected", "capacity", "indicator"}
NUMERIC = {"affected", "capacity", "indicator", "geo"}


def table(text: str) -> tuple[list[str], list[str], list[dict[str, str]]]:
    header, tags, *rows = csv.reader(io.StringIO(text))
    return header, tags, [dict(zip(tags, row, strict=True)) for row in rows]


def forecast_table(
    as_of: date | None = ORIGIN, days: int = 30
) -> tuple[list[str], list[str], list[dict[str, str]]]:
    region, ahead = small_region(), fake_forecast(days)
    plan = plan_rows(make_plan(region, ahead, capacity_as_of=as_of))
    return table(weekly_hxl(region, forecast_document(region, ahead, plan, seed=1)))


def test_every_hashtag_is_of_the_grammar_and_of_the_core() -> None:
    for column in (*PLACE, *WEEK, *PERSONS, *SHELTER):
        found = GRAMMAR.match(column.hashtag)
        assert found, column.hashtag
        assert found[1] in CORE
        assert column.header
    assert is_tag_row([column.hashtag for column in (*PLACE, *WEEK, *PERSONS, *SHELTER)])


def test_cells_are_what_tools_check_them_for() -> None:
    """HXL's own checker wants numbers under #affected and dates under #date."""
    _, tags, rows = forecast_table()
    for row in rows:
        for tag in tags:
            word = tag[1:].split("+")[0]
            if word in NUMERIC and row[tag]:
                float(row[tag])
            if word == "date":
                date.fromisoformat(row[tag])


def test_one_row_for_each_destination_and_week() -> None:
    """30 days are five weeks, the last of two days; the sum of all destinations has no row."""
    _, _, rows = forecast_table()
    assert [(row["#loc+name"], row["#date+week+start"]) for row in rows] == [
        (name, str(ORIGIN + timedelta(days=1 + 7 * week)))
        for name in small_region().destination_names
        for week in range(5)
    ]
    assert {row["#date+week+end"] for row in rows[4::5]} == {str(ORIGIN + timedelta(days=30))}
    assert {row["#date+cutoff"] for row in rows} == {str(ORIGIN)}
    farhold = next(row for row in rows if row["#loc+name"] == "Farhold")
    assert [farhold[column.hashtag] for column in PLACE] == [
        "Neighbour",
        "West",
        "Farhold",
        "camp",
        "10.2",
        "22.4",
    ]


def test_bands_are_those_of_the_paths() -> None:
    """Each path's rate is exp(x), x even from -1 to 1: the median of a week at Farhold is 7 x 180."""
    _, _, rows = forecast_table()
    farhold = next(row for row in rows if row["#loc+name"] == "Farhold")
    week = 7 * A_DAY["Farhold"] * np.exp(np.linspace(-1.0, 1.0, 200))
    assert float(farhold["#affected+displaced+arrivals+mean"]) == pytest.approx(week.mean(), abs=0.051)
    for tag, level in (("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)):
        wanted = np.quantile(week, level)
        assert float(farhold[f"#affected+displaced+arrivals+{tag}"]) == pytest.approx(wanted, abs=0.051)


def test_shelter_is_told_only_where_its_capacity_was_known() -> None:
    _, _, rows = forecast_table()
    gantry = [row for row in rows if row["#loc+name"] == "Gantry"]
    full = [float(row["#indicator+num+shelter_full"]) for row in gantry]
    assert gantry[0]["#capacity+num"] == "8000"
    assert full == sorted(full)
    hovel = next(row for row in rows if row["#loc+name"] == "Hovel")
    assert (hovel["#capacity+num"], hovel["#indicator+num+shelter_full"]) == ("", "")
    _, _, unknown = forecast_table(as_of=None)
    assert {row["#capacity+num"] for row in unknown} == {""}


def test_weeks_of_a_run_hold_all_its_arrivals() -> None:
    region, run = small_region(), fake_run()
    _, _, rows = table(weekly_run_hxl(region, run.arrivals))
    for at, name in enumerate(region.destination_names):
        mean = [float(row["#affected+displaced+arrivals+mean"]) for row in rows if row["#loc+name"] == name]
        assert len(mean) == -(-DAYS // 7)
        assert sum(mean) == pytest.approx(run.arrivals[:, :, at].sum(axis=1).mean(), abs=0.05 * len(mean))
    assert rows[0]["#date+week+start"] == str(START)
    assert rows[-1]["#date+week+end"] == str(START + timedelta(days=DAYS - 1))


def test_cells_keep_commas_quotes_and_lines() -> None:
    text = hxl_csv([Column("A, b", "#loc+name"), Column("N", "#affected")], [('x "y", z', 1.5), ("", None)])
    assert text == '"A, b",N\n#loc+name,#affected\n"x ""y"", z",1.5\n,\n'
    assert hxl_csv([Column("N", "#affected")], [(float("nan"),), (12_345_678.0,)]).splitlines()[2:] == [
        '""',
        "12345678",
    ]


@given(st.text("#+ab1_- é", max_size=8))
def test_what_is_written_is_what_the_grammar_takes(hashtag: str) -> None:
    if re.fullmatch(rf"#{TOKEN}(\+{TOKEN})*", hashtag):
        assert GRAMMAR.match(hxl_csv([Column("x", hashtag)], []).splitlines()[1])
    else:
        with pytest.raises(ValueError, match="is not a hashtag of HXL"):
            hxl_csv([Column("x", hashtag)], [])


def test_columns_that_tools_could_not_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="two columns have the same hashtag"):
        hxl_csv([Column("a", "#date+start+week"), Column("b", "#date+week+start")], [])
    with pytest.raises(ValueError, match="a row has 1 cells for 2 columns"):
        hxl_csv([Column("a", "#date"), Column("b", "#loc")], [("x",)])
