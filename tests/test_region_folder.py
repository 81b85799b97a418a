"""Scenario folders of kind `region`: what is written is read back equal, and every defect is named."""

import itertools
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flee_cases import small_region, write_flee
from staffride.errors import InputError
from staffride.interop.flee import is_flee, load_flee
from staffride.scenario import read, shipped_names
from staffride.scenario.locate import shipped_regions
from staffride.scenario.region import Closure, Correction, Link, Place, Region, Reports, make_region
from staffride.scenario.region_folder import load_region, read_region, write_region


def assert_same(region: Region, other: Region) -> None:
    for part in (
        "name",
        "start",
        "days",
        "home",
        "places",
        "links",
        "closures",
        "corrections",
        "kind_changes",
    ):
        assert getattr(region, part) == getattr(other, part), part
    assert region.settings == other.settings
    assert region.demographics == other.demographics
    assert region.sources == other.sources
    for table in ("conflict", "flood", "food_crisis"):
        mine, theirs = getattr(region, table), getattr(other, table)
        assert (mine is None) == (theirs is None), table
        if mine is not None:
            np.testing.assert_array_equal(mine, theirs)
    for one, wanted in itertools.zip_longest((region.total, *region.reports), (other.total, *other.reports)):
        assert (one is None) == (wanted is None)
        if one is not None and wanted is not None:
            assert (one.name, one.files) == (wanted.name, wanted.files)
            for mine, theirs in zip(one.days + one.counts, wanted.days + wanted.counts, strict=True):
                np.testing.assert_array_equal(mine, theirs)


def full_region() -> Region:
    """Return the small case with everything that a region can hold."""
    region = small_region()
    levels = np.zeros((60, 8))
    levels[5:9, 2], levels[9:, 2], levels[59, 0] = 1.0, 2.0, 1.0
    road = replace(region.links[0], speed_km_per_day=100.5, walking_share=1 / 3, persons_per_hour=250.0)
    return replace(
        region,
        title="A small case",
        links=(road, *region.links[1:]),
        places=(replace(region.places[0], attributes={"capacity_as_of": "2029-12-01"}), *region.places[1:]),
        flood=levels,
        food_crisis=levels * 10.0 + 0.1,
        kind_changes=(("Elsa", "camp", 20),),
        demographics={"age": {"0": {"Default": 0.1, "Ardel": 1 / 3}, "30": {"Default": 0.9, "Ardel": 2 / 3}}},
        sources={"places": "invented"},
        settings={"move_rules": {"a": [1, 0.1, "yes", None, True], "b": {"c": "0123", "d": 1e-7}}},
    )


@pytest.mark.parametrize("make", [small_region, full_region])
def test_a_region_comes_back_equal(tmp_path: Path, make: type[Region]) -> None:
    region = make()
    write_region(region, tmp_path / "one")
    first = load_region(tmp_path / "one", strict=True)
    write_region(first, tmp_path / "two")
    assert_same(first, region)
    assert_same(load_region(tmp_path / "two", strict=True), region)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_flee_folder_becomes_a_scenario_that_says_where_its_figures_come_from(tmp_path: Path) -> None:
    region = load_flee(write_flee(tmp_path))
    write_region(region, tmp_path / "own")
    assert_same(load_region(tmp_path / "own", strict=True), region)
    assert (
        "places: Flee folder small2030, input_csv/locations.csv"
        in (tmp_path / "own/scenario.yaml").read_text()
    )
    assert "Hovel,2030-01-03,50,hovel-south.csv" in (tmp_path / "own/reports.csv").read_text()
    assert not is_flee(tmp_path / "own")


COUNTS = st.floats(0.0, 1e7)
NAMES = st.lists(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=9).filter(
        lambda name: name == name.strip() and not name.startswith("#") and name != "total"
    ),
    min_size=3,
    max_size=6,
    unique=True,
)


@given(NAMES, st.lists(COUNTS, min_size=3, max_size=3), st.floats(0.001, 1e5), st.data())
@settings(max_examples=60)
def test_any_region_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    names: list[str],
    people: list[float],
    length: float,
    data: st.DataObject,
) -> None:
    days = data.draw(st.integers(1, 30))
    share = st.sampled_from((0.0, 1.0, 0.1, 1 / 3))
    places = [
        Place(names[0], "", "A, b", people[0] % 90.0, math.nan, "conflict_zone", people[0], conflict_from=3),
        Place(names[1], "r", "A, b", -1.5, 0.1, "camp", people[1], capacity=people[2]),
        *(Place(name, "", 'C"', 1.0, float(at), "town") for at, name in enumerate(names[2:])),
    ]
    moments = data.draw(st.sets(st.integers(-400, 400), min_size=1, max_size=5))
    reports = Reports(
        names[1],
        (np.array(sorted(moments)),),
        (np.array([data.draw(COUNTS) for _ in moments]),),
        data.draw(st.sampled_from(((), ("a, b.csv",)))),
    )
    region = make_region(
        name="drawn",
        start=date(2030, 2, 27),
        days=days,
        places=places,
        links=[Link(first, second, length) for first, second in itertools.pairwise(names)],
        conflict={names[0]: np.array([data.draw(share) for _ in range(days)])},
        reports=[reports],
        closures=(Closure("location", names[1], "", 0, data.draw(st.none() | st.integers(0, 50))),),
        corrections=(Correction(names[1], data.draw(st.integers(-10, 10))),),
    )
    folder = tmp_path_factory.mktemp("region") / "drawn"
    write_region(region, folder)
    found = load_region(folder)
    assert [repr(place) for place in found.places] == [repr(place) for place in region.places]  # NaN is NaN
    assert_same(replace(found, places=()), replace(region, places=()))


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "own"
    target.mkdir()
    write_region(small_region(), target)
    before = sorted((path.name, path.read_bytes()) for path in target.iterdir())
    with pytest.raises(InputError, match="there is something of that name already; nothing was written"):
        write_region(full_region(), target)
    assert sorted((path.name, path.read_bytes()) for path in target.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("staffride.scenario.region_writing._write_settings", full)
    with pytest.raises(InputError, match="could not write the folder: No space left on device"):
        write_region(small_region(), tmp_path / "own")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", " Elsa", "Elsa\n", "#Elsa", "total", "El\x07sa"])
def test_names_that_a_table_cannot_hold(tmp_path: Path, name: str) -> None:
    region = small_region()
    places = tuple(replace(place, name=name) if place.name == "Elsa" else place for place in region.places)
    with pytest.raises(InputError):
        write_region(replace(region, places=places), tmp_path / "own")
    assert list(tmp_path.iterdir()) == []


DEFECTS = [
    ("scenario.yaml", "home: Homeland", "home: Homelant", 7, None,
     "no place is in the home country 'Homelant'; expected the country that people flee from; did you mean"
     " 'Homeland'?"),
    ("scenario.yaml", "days: 60", "days: sixty", 6, None,
     "the days of the period are 'sixty'; expected a whole number from 1 to 40000"),
    ("scenario.yaml", "home: Homeland", "hom: Homeland", 7, None,
     "unknown setting 'hom'; expected among kind, name, title, period, home, sources, settings; did you mean 'home'?"),
    ("places.csv", "population", "populace", 1, 7,
     "unknown column 'populace'; expected among name, region, country, latitude, longitude, kind, population, capacity,"
     " conflict_from; did you mean 'population'?"),
    ("places.csv", "town,30000", "twon,30000", 5, 6,
     "unknown kind of place 'twon'; expected one of conflict_zone, town, camp, idp_camp, forwarding_hub, marker,"
     " flood_zone; did you mean 'town'?"),
    ("places.csv", "9.6,21,town", "96,21,town", 5, 4, "latitude is 96; expected a number from -90 to 90"),
    ("places.csv", "town,30000", "town,-3", 5, 7, "population is -3; expected at least 0"),
    ("places.csv", "Elsa,East", "Dorim,East", 7, 1, "the place 'Dorim' is given twice; expected once; first on line 5"),
    ("links.csv", "Dorim,Elsa,95", "Dorim,Elza,95", None, 2,
     "there is no place 'Elza'; expected a place of places.csv; did you mean 'Elsa'?"),
    ("links.csv", "Dorim,Elsa,95", "Dorim,Dorim,95", None, 2, "a link joins 'Dorim' with itself; expected two places"),
    ("links.csv", "Dorim,Elsa,95", "Dorim,Elsa,", None, 3, "the link has no length; expected kilometres, above 0"),
    ("links.csv", "Dorim,Elsa,95", "Gantry,Dorim,95", None, 1, "is given twice; expected once; first on line"),
    ("conflict.csv", "Borun,5,59,1", "Borun,5,59,1.5", None, 4, "intensity is 1.5; expected a number from 0 to 1"),
    ("conflict.csv", "Borun,5,59,1", "Borun,5,4,1", None, 3, "last_day 4 is before first_day 5; expected a later day"),
    ("conflict.csv", "Borun,5,59,1", "Ardel,5,9,1", None, 2, "days 5 to 9 of 'Ardel' are given twice; expected once"),
    ("closures.csv", "Neighbour", "Neighbor", 2, 3,
     "there is no country 'Neighbor'; expected a country of places.csv; did you mean 'Neighbour'?"),
    ("closures.csv", "link,Dorim", "lnk,Dorim", 3, 1,
     "unknown kind of closure 'lnk'; expected one of country, location, link, camp, idp_camp, forced_redirection; did"
     " you mean 'link'?"),
    ("closures.csv", "10,20", "20,10", 2, 5, "it opens on day 10, before it closes on 20; expected a later day"),
    ("reports.csv", "Farhold,2030-01-08", "Farhold,soon", None, 2, "'soon' is not a date; expected YYYY-MM-DD"),
    ("reports.csv", "Farhold,2030-01-08", "Farhold,2029-12-25", None, 2,
     "2029-12-25 is reported twice by one source; expected once; first on line"),
    ("reports.csv", "2030-01-08,2000", "2030-01-08,many", None, 3, "count: 'many' is not a number; expected a number"),
    ("reports.csv", "2030-01-08,2000", "2030-01-08,", None, 3, "there is no count; expected a number of persons"),
    ("corrections.csv", "Farhold", "Farhald", 2, 1,
     "there is no place 'Farhald'; expected a place of places.csv; did you mean 'Farhold'?"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "column", "message"), DEFECTS)
def test_a_defect_is_named_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, line: int | None, column: int | None, message: str
) -> None:
    write_region(small_region(), tmp_path / "own")
    path = tmp_path / "own" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    reading = read_region(tmp_path / "own")
    assert reading.region is None
    told = next(one for one in reading.problems if message in str(one))
    wanted = line or text[: text.index(old)].count("\n") + 1
    assert (told.file, told.line, told.column, told.fatal) == (path, wanted, column, True)


def test_warnings_stop_nothing_unless_strict(tmp_path: Path) -> None:
    write_region(small_region(), tmp_path / "own")
    path = tmp_path / "own" / "reports.csv"
    path.write_text(path.read_text().replace("2030-01-08,2000", '2030-01-08,"2,000"'))
    reading = read_region(tmp_path / "own")
    assert reading.region is not None
    assert [one.fatal for one in reading.problems] == [False]
    assert read_region(tmp_path / "own", strict=True).region is None


def test_tables_that_are_missing(tmp_path: Path) -> None:
    write_region(small_region(), tmp_path / "own")
    for name in ("conflict", "closures", "reports", "corrections"):
        (tmp_path / "own" / f"{name}.csv").unlink()
    region = read_region(tmp_path / "own").region
    assert region is not None
    assert not region.conflict.any()
    (tmp_path / "own" / "links.csv").unlink()
    messages = [one.message for one in read_region(tmp_path / "own").problems if one.fatal]
    assert messages == ["there is no links.csv"]


def test_the_shipped_region_is_without_defect_and_calls_itself_invented() -> None:
    assert shipped_regions() == ("border-region",)
    assert "border-region" not in shipped_names()
    region = load_region("border-region", strict=True)
    assert "invented" in region.title
    assert len(region.closures) == 1
    assert (len(region.places), region.days) == (8, 90)


def test_the_loader_of_other_kinds_says_what_opens_a_region() -> None:
    reading = read("border-region")
    assert reading.scenario is None
    (problem,) = reading.problems
    assert "kind `region`" in problem.message
