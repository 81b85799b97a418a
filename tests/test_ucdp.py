"""UCDP events as intensity of conflict: assignment, the documented rule, and what is said of the rest. All invented."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import DAYS, START, small_region
from staffride.errors import Problem
from staffride.interop.conflict_intensity import ConflictRule, Event, assign, great_circle_km, intensity
from staffride.interop.region_tables import Imported, with_conflict
from staffride.interop.ucdp import COLUMNS, import_ucdp
from staffride.scenario.region import Region

HEADER = "id,type_of_violence,where_prec,latitude,longitude,country,date_start,date_end,best,high,low\n"


def event(
    name: int, latitude: float, longitude: float, first: int, last: int | None = None, best: int = 41,
    precision: int = 1, kind: int = 1,
) -> str:  # fmt: skip
    begin, end = (str(START + timedelta(at)) for at in (first, first if last is None else last))
    return f"{name},{kind},{precision},{latitude},{longitude},Homeland,{begin} 00:00:00.000,{end},{best},{2 * best},0\n"


def read(folder: Path, text: str | bytes, region: Region | None = None, **figures) -> Imported:
    path = folder / "ged.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_ucdp(path, region or small_region(), rule=ConflictRule(**figures))


def column(found: Imported, name: str) -> np.ndarray:
    assert found.region is not None, found.problems
    return found.region.conflict[:, found.region.index[name]]


def said(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem).split("/")[-1] for problem in problems]


def test_the_rule_by_hand(tmp_path: Path) -> None:
    """41 of 82 deaths are intensity one half for 30 days; two such events within the window are 1."""
    found = read(tmp_path, HEADER + event(1, 10.0, 20.0, 4) + event(2, 10.1, 20.1, 20))
    wanted = np.zeros(DAYS)
    wanted[4:34] += 0.5
    wanted[20:50] += 0.5
    np.testing.assert_allclose(column(found, "Ardel"), wanted, rtol=0, atol=1e-15)
    assert found.problems == ()


def test_an_event_of_several_days_is_spread_evenly(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + event(1, 10.0, 20.0, 4, 7, best=40), window_days=2, full=40)
    np.testing.assert_allclose(column(found, "Ardel")[3:10], [0, 0.25, 0.5, 0.5, 0.5, 0.25, 0], atol=1e-15)


def test_what_happened_before_the_period_still_counts(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + event(1, 10.0, 20.0, -3) + event(2, 10.0, 20.0, -40), window_days=5)
    np.testing.assert_allclose(column(found, "Ardel")[:3], [0.5, 0.5, 0.0])
    assert "events outside the period, not used: 1" in found.notes


def test_deaths_never_count_more_than_full(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + event(1, 10.0, 20.0, 4, best=5000))
    assert column(found, "Ardel").max() == 1.0


def test_events_estimates_and_types_can_be_chosen(tmp_path: Path) -> None:
    text = HEADER + event(1, 10.0, 20.0, 4, best=1) + event(2, 10.0, 20.0, 4, best=1, kind=3)
    assert column(read(tmp_path, text, measure="events", full=4.0), "Ardel")[4] == 0.5
    assert column(read(tmp_path, text, estimate="high", full=8.0), "Ardel")[4] == 0.5
    found = read(tmp_path, text, types=(3,), full=4.0)
    assert column(found, "Ardel")[4] == 0.25
    assert "events of other types of violence, not used: 1" in found.notes


def test_a_later_event_changes_no_earlier_day(tmp_path: Path) -> None:
    first = HEADER + event(1, 10.0, 20.0, 4)
    alone, more = read(tmp_path, first), read(tmp_path, first + event(2, 10.0, 20.0, 30, best=900))
    np.testing.assert_array_equal(column(alone, "Ardel")[:30], column(more, "Ardel")[:30])


@given(st.lists(st.tuples(st.integers(-40, DAYS + 5), st.integers(0, 20), st.integers(0, 200)), max_size=8))
def test_within_a_long_window_no_death_is_lost(drawn: list[tuple[int, int, int]]) -> None:
    """With a window over the whole period the last day holds the deaths of all days up to it."""
    region, rule = small_region(), ConflictRule(window_days=200, full=1e9)
    events = [
        Event(str(at), 10.0, 20.0, first, first + more, best, 1)
        for at, (first, more, best) in enumerate(drawn)
    ]
    found = intensity(events, assign(events, region, rule), region, rule)
    inside = [best * min(max(DAYS - first, 0), more + 1) / (more + 1) for first, more, best in drawn]
    assert found.get("Ardel", np.zeros(DAYS))[-1] * 1e9 == pytest.approx(sum(inside), rel=1e-12)


def test_events_go_to_the_nearest_place_where_people_live(tmp_path: Path) -> None:
    """Near the camp Farhold the nearest town is Elsa, 87 km away: too far, unless the user says otherwise."""
    text = HEADER + event(7, 10.2, 22.39, 4) + event(1, 10.0, 20.0, 4)
    found = read(tmp_path, text)
    assert not column(found, "Elsa").any()
    assert not column(found, "Farhold").any()
    assert "events farther than 50 km from every place, not used: 1" in found.notes
    assert "event 7 of 2030-01-05 at 10.2, 22.39 lies 87 km from the nearest place" in found.notes
    assert column(read(tmp_path, text, farthest_km=90.0), "Elsa").any()


def test_rough_locations_are_listed_and_not_used(tmp_path: Path) -> None:
    found = read(
        tmp_path, HEADER + event(7, 10.0, 20.0, 4, precision=4) + event(1, 9.2, 20.3, 4, precision=3)
    )
    assert not column(found, "Ardel").any()
    assert column(found, "Cevat").any()
    assert "events located too roughly, not used: 1" in found.notes
    assert "event 7 of 2030-01-05: located to a province only" in found.notes


def test_a_town_with_events_becomes_a_conflict_zone(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + event(1, 9.6, 21.0, 9))
    assert found.region is not None
    dorim = found.region.places[found.region.index["Dorim"]]
    assert (dorim.kind, dorim.conflict_from) == ("conflict_zone", 9)
    assert "towns that become conflict zones: Dorim" in found.notes
    assert "conflict zones without an event, which now have no conflict: Cevat, Ardel, Borun" in found.notes


def test_conflict_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    region = replace(small_region(), flood=np.arange(DAYS * 8.0).reshape(DAYS, 8))
    changed = with_conflict(region, {"Elsa": np.eye(DAYS)[3]})
    assert changed.conflict.sum() == changed.conflict[3, changed.index["Elsa"]] == 1.0
    assert (changed.links, changed.reports, changed.closures) == (
        region.links,
        region.reports,
        region.closures,
    )
    assert changed.flood is not None
    np.testing.assert_array_equal(changed.flood, region.flood)
    assert [place.name for place in changed.places] == [place.name for place in region.places]


def test_what_was_assumed_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + event(1, 10.0, 20.0, 4))
    assert found.notes[0] == (
        "assumed: intensity is the best estimate of deaths of the last 30 days at a place divided by 82, at most 1; "
        "events within 50 km and of precision 3 or better"
    )
    assert found.region is not None
    assert found.region.sources["conflict"] == f"UCDP GED, ged.csv; {found.notes[0]}"
    assert found.notes[1].startswith("events used: 1, the last of 2030-01-05; UCDP publishes them later")


def test_a_candidate_release_without_a_header(tmp_path: Path) -> None:
    cells = {
        "id": "5",
        "where_prec": "1",
        "latitude": "10",
        "longitude": "20",
        "best": "41",
        "date_start": str(START),
    }
    cells |= {"date_end": str(START), "type_of_violence": "1"}
    row = ",".join(cells.get(name, "") for name in COLUMNS)
    found = read(tmp_path, row + "\n" + row + "\n")
    assert len(COLUMNS) == 49
    assert column(found, "Ardel")[0] == 1.0
    assert said(found.problems) == ["ged.csv: has no header; its 49 columns are read in UCDP's order"]


def test_bad_cells_are_named(tmp_path: Path) -> None:
    good = event(1, 10.0, 20.0, 4)
    rows = [good.replace("10.0", "north"), good.replace("41,82", "-1,82"), event(1, 10.0, 20.0, 4, 2)]
    found = read(tmp_path, HEADER + "".join(rows) + good.replace("1,1,1,", "1,1,9,") + good)
    assert column(found, "Ardel")[4] == 0.5
    assert said(found.problems) == [
        "ged.csv:2:4: latitude: 'north' is not a number; the row is left out",
        "ged.csv:3:9: best: '-1' is not a number of persons; the row is left out",
        "ged.csv:4:8: date_end: lies before date_start; the row is left out",
        "ged.csv:5:3: where_prec: '9' is not a precision from 1 to 7; the row is left out",
    ]


def test_columns_that_are_absent(tmp_path: Path) -> None:
    found = read(tmp_path, "id,latitude,longitude,date_start,best\n1,10,20,2030-01-05,41\n")
    assert column(found, "Ardel")[4] == 0.5
    assert said(found.problems) == ["ged.csv: has no column where_prec: every event is taken as exact"]
    found = read(
        tmp_path,
        "id,latitude,longitude,date_start,best,where_prec\n1,10,20,2030-01-05,41,1\n",
        estimate="low",
    )
    assert said(found.problems) == ["ged.csv: has no column low; use another estimate"]


def test_long_articles_in_a_cell_keep_the_line_numbers(tmp_path: Path) -> None:
    header = HEADER.replace("id,", "source_original,id,")
    article = '"' + "a line of text,\n" * 12_000 + '",'
    found = read(
        tmp_path, header + article + event(1, 10.0, 20.0, 4) + "x," + event(2, 95.0, 20.0, 4, best=-1)
    )
    assert column(found, "Ardel")[4] == 0.5
    assert said(found.problems)[0].startswith("ged.csv:12003:10: best: '-1'")


def test_no_event_near_a_place_is_fatal(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + event(1, -40.0, 20.0, 4))
    assert found.region is None
    assert said(found.problems) == ["ged.csv: no event of the file lies near a place in the period"]
    assert any("lies 5" in note for note in found.notes)


def test_a_rule_that_means_nothing_is_refused(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        HEADER + event(1, 10.0, 20.0, 4),
        window_days=0,
        full=0.0,
        farthest_km=-1.0,
        worst_precision=9,
    )
    assert found.region is None
    assert said(found.problems) == [
        "a window of 0 days; expected 1 day or more",
        "full intensity at 0.0 deaths; expected more than 0",
        "a distance of -1.0 km; expected 0 km or more",
        "a precision of 9; expected 1 (exact) to 7",
    ]


def test_great_circle() -> None:
    """A quarter of a meridian is a quarter of the circumference; a degree of the equator is 111.19 km."""
    quarter, degree, none, antipode = great_circle_km(
        0.0, 0.0, np.array([90.0, 0.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0, 180.0])
    )
    assert quarter == pytest.approx(np.pi * 6371.0 / 2, rel=1e-12)
    assert degree == pytest.approx(np.pi * 6371.0 / 180, rel=1e-12)
    assert none == 0.0
    assert antipode == pytest.approx(np.pi * 6371.0, rel=1e-12)
