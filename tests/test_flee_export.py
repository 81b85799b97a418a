"""A region written as a Flee folder: the round trip, the list of losses, and a folder that is whole or absent."""

import csv
import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flee_cases import small_region, write_flee
from staffride.errors import InputError
from staffride.interop.flee import load_flee
from staffride.interop.flee_export import export_flee, summed
from staffride.scenario.region import Closure, Correction, Link, Place, Region, Reports, make_region

CASES = ("mali2012", "car2013", "burundi2015", "tigray2020", "syria2013", "nigeria2016")
DAYS = 9
TEXT = st.text("abcXYZéğ ,'\"-_()", min_size=1, max_size=8).map(str.strip)
NAMES = TEXT.filter(bool)
COUNTS = st.floats(0, 1e6, allow_nan=False).map(lambda count: round(count, 2))


def assert_same(read: Region, wanted: Region) -> None:
    """Assert that two regions agree in all that a Flee folder holds."""
    assert (read.start, read.days, read.home) == (wanted.start, wanted.days, wanted.home)
    assert read.places == wanted.places
    assert read.links == wanted.links
    np.testing.assert_array_equal(read.conflict, wanted.conflict)
    assert read.closures == wanted.closures
    assert set(read.corrections) == set(wanted.corrections)
    assert read.settings == wanted.settings
    assert read.demographics == wanted.demographics
    assert read.kind_changes == wanted.kind_changes
    for table in ("flood", "food_crisis"):
        np.testing.assert_array_equal(getattr(read, table), getattr(wanted, table))
    for one, other in zip(
        (read.total, *read.reports), (wanted.total or summed(wanted), *wanted.reports), strict=True
    ):
        assert one is not None
        assert one.name == other.name
        for mine, theirs in zip(one.days + one.counts, other.days + other.counts, strict=True):
            np.testing.assert_array_equal(mine, theirs)


@st.composite
def places(draw: st.DrawFn) -> list[Place]:
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique=True))
    made = [Place(names[0], "R0", "Home", 0.5, 0.25, "conflict_zone", 1000.0, conflict_from=0)]
    for at, name in enumerate(names[1:], 1):
        kind = draw(
            st.sampled_from(("conflict_zone", "town", "camp", "idp_camp", "forwarding_hub", "marker"))
        )
        camp, people = kind in ("camp", "idp_camp"), float(draw(st.integers(1, 10**6)))
        made.append(
            Place(
                name,
                f"R{at}",
                draw(st.sampled_from(("Home", "Away, far"))),
                draw(st.integers(-80, 80)) + 0.125,
                float(at),
                kind,
                population=0.0 if camp else people,
                capacity=people if camp else np.inf,
                conflict_from=draw(st.integers(0, DAYS)) if kind == "conflict_zone" else None,
            )
        )
    return made


@st.composite
def reports(draw: st.DrawFn, name: str) -> Reports:
    sources = draw(st.integers(1, 2))
    days = [sorted(draw(st.sets(st.integers(-5, 30), min_size=1, max_size=4))) for _ in range(sources)]
    counts = [[draw(COUNTS) for _ in own] for own in days]
    files = tuple(draw(st.sampled_from(("a.csv", "b.csv", "../b.csv", "data_layout.csv"))) for _ in days)
    return Reports(name, tuple(map(np.array, days)), tuple(map(np.array, counts)), files)


@st.composite
def regions(draw: st.DrawFn) -> Region:
    made = draw(places())
    names = [place.name for place in made]
    share = st.sampled_from((0.0, 1.0, 0.1, 1 / 3))
    closure_days = [
        (day, draw(st.none() | st.integers(day, 30))) for day in sorted(draw(st.sets(st.integers(0, 9))))
    ]
    camps = [place.name for place in made if place.kind in ("camp", "idp_camp")]
    return make_region(
        name="drawn",
        start=date(2031, 2, 27),
        days=DAYS,
        places=made,
        links=[
            Link(first, second, draw(st.floats(1, 900)), draw(st.integers(0, 2)))
            for first, second in itertools.pairwise(names)
        ],
        conflict={
            name: np.array([float(name == names[0]), *(draw(share) for _ in range(DAYS - 1))])
            for name in names
            if name == names[0] or draw(st.booleans())
        },
        reports=[draw(reports(name)) for name in camps],
        total=draw(st.none() | reports("total")),
        closures=tuple(
            Closure(draw(st.sampled_from(("location", "link"))), names[0], names[1], first, last)
            for first, last in closure_days
        ),
        corrections=tuple(Correction(name, draw(st.integers(0, 9))) for name in camps),
        settings={"move_rules": {"awareness_level": draw(st.integers(1, 4))}},
    )


@given(regions())
@settings(max_examples=60)
def test_what_flee_can_hold_comes_back(tmp_path_factory: pytest.TempPathFactory, region: Region) -> None:
    folder = tmp_path_factory.mktemp("flee") / "drawn"
    export_flee(region, folder)
    assert_same(load_flee(folder), region)


@pytest.mark.parametrize("case", CASES)
def test_shared_cases_come_back(shared_dir: Path, tmp_path: Path, case: str) -> None:
    if not (shared_dir / "flee" / case).is_dir():
        pytest.skip(f"no Flee case {case} in {shared_dir}")
    region = load_flee(shared_dir / "flee" / case)
    export_flee(region, tmp_path / case)
    assert_same(load_flee(tmp_path / case), region)


def test_the_small_case_comes_back_from_its_folder_and_from_python(tmp_path: Path) -> None:
    export_flee(small_region(), tmp_path / "small2030")
    assert_same(load_flee(tmp_path / "small2030"), small_region())
    assert_same(load_flee(tmp_path / "small2030"), load_flee(write_flee(tmp_path / "given")))


def test_the_rarer_tables_come_back(tmp_path: Path) -> None:
    """Floods, food crises, ages by place, places that change their kind, speeds, further columns of places."""
    region = small_region()
    at = region.index["Elsa"]
    marked = replace(region.places[at], attributes={"hdi": "0.5", "note": "a, b"})
    days = np.arange(region.days)
    changed = replace(
        region,
        places=(*region.places[:at], marked, *region.places[at + 1 :]),
        links=tuple(replace(link, speed_km_per_day=90.5, walking_share=1 / 3) for link in region.links),
        flood=np.outer(days % 3, np.eye(8)[at]),
        food_crisis=np.outer(days / 7, [place.region == "East" for place in region.places]),
        kind_changes=(("Elsa", "camp", 3), ("Dorim", "conflict_zone", 9)),
        demographics={
            "age": {"child": {"Default": 0.5, "Elsa": 0.25}, "adult": {"Default": 0.5, "Elsa": 0.75}}
        },
        settings={
            "conflict_input_file": "elsewhere.csv",
            "move_rules": {"softening": 10.0, "harvest_months": [1, 2]},
        },
    )
    said = export_flee(changed, tmp_path / "out")
    assert "setting conflict_input_file: left out; the table is written as input_csv/conflicts.csv" in said
    assert_same(
        load_flee(tmp_path / "out"), replace(changed, settings={"move_rules": changed.settings["move_rules"]})
    )


def test_the_home_country_comes_first(tmp_path: Path) -> None:
    region = small_region()
    abroad = replace(region.places[0], name="Aaa", country="Neighbour", latitude=-30.0)
    first = replace(
        region, places=(abroad, *region.places), conflict=np.pad(region.conflict, ((0, 0), (1, 0)))
    )
    export_flee(first, tmp_path / "out")
    assert load_flee(tmp_path / "out").home == "Homeland"


def test_speeds_walking_and_persons_per_hour(tmp_path: Path) -> None:
    region = small_region()
    first, *others = region.links
    changed = replace(first, speed_km_per_day=90.0, walking_share=0.25, persons_per_hour=400.0)
    said = export_flee(replace(region, links=(changed, *others)), tmp_path / "out")
    with (tmp_path / "out" / "input_csv" / "routes.csv").open() as lines:
        header, *rows = csv.reader(lines)
    assert header[-2:] == ["max_move_speed", "walk_probability"]
    assert [row[-2:] for row in rows] == [["90", "0.25"]] + [["360", "0"]] * len(others)
    assert "persons per hour of 1 link: no road fills up in Flee" in said
    assert "10 links without a speed: written with the general speed of the settings" in said


def test_losses_are_said_in_words(tmp_path: Path) -> None:
    region = small_region()
    camp = region.index["Farhold"]
    kept = replace(region.places[camp], population=50.0, capacity=0.0)
    changed = replace(
        region,
        places=(*region.places[:camp], kept, *region.places[camp + 1 :]),
        closures=(Closure("location", "Elsa", "", -9, -2), Closure("camp", "Gantry", "", -3, 4)),
        total=None,
    )
    said = export_flee(changed, tmp_path / "out")
    assert said == (
        "population of Farhold: the column of a camp holds its capacity",
        "capacity of Farhold, below one person: Flee reads it as no limit",
        "closure of location Elsa: it was over before the first day, so it is left out",
        "closure of camp Gantry: it began before the first day and is written from day 0",
        "total: the region has none; the sum of the destinations' reports stands for it, as Flee needs one",
    )
    assert load_flee(tmp_path / "out").closures == (Closure("camp", "Gantry", "", 0, 4),)


def test_a_case_without_losses_says_only_that_flee_ignores_closed_links(tmp_path: Path) -> None:
    region = small_region()
    assert export_flee(replace(region, closures=region.closures[:1]), tmp_path / "one") == ()
    (said,) = export_flee(region, tmp_path / "two")
    assert said.startswith("closure of link Dorim Gantry: written, but Flee itself lets people pass")


def test_a_sum_stands_for_a_missing_total() -> None:
    """At each date of a report, the sum of the straight lines between the reports of the others."""
    total = summed(small_region())
    day = int(np.flatnonzero(total.days[0] == 14)[0])
    farhold, gantry = 2000 + (6500 - 2000) * (14 - 7) / 21, 900
    hovel = 400 * 14 / 19 + 50 + (700 - 50) * (14 - 2) / 38
    assert total.counts[0][day] == pytest.approx(farhold + gantry + hovel, rel=1e-12)


def test_a_folder_with_content_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="the folder is not empty; nothing was written; name a new folder"):
        export_flee(small_region(), tmp_path)
    with pytest.raises(InputError, match="there is a file of that name; nothing was written"):
        export_flee(small_region(), tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export_flee(small_region(), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("staffride.interop.flee_export._write_settings", full)
    with pytest.raises(InputError, match="could not write the folder: No space left on device"):
        export_flee(small_region(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("#Ardel", "Flee reads a line that starts with # as a remark"),
        ("Ar\ndel", "a name with blanks at an end or a line break cannot be written"),
        ("Ardel ", "a name with blanks at an end or a line break cannot be written"),
        ("total", "Flee keeps this name for the count of all; rename it"),
    ],
)
def test_names_that_flee_would_misread_are_refused(tmp_path: Path, name: str, message: str) -> None:
    region = make_region(
        name="x",
        start=date(2030, 1, 1),
        days=1,
        places=[Place(name, "", "A", 1, 2, "town")],
        links=[],
        conflict={},
    )
    with pytest.raises(InputError, match=message):
        export_flee(region, tmp_path / "out")
    assert not (tmp_path / "out").exists()
