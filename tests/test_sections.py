"""Sections of soldiers as targets from the air: no more than persons present, whole, and nothing at strength nil."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground_cases import (
    COUNT,
    VALLEY_ORDERS,
    VALLEY_SYSTEMS,
    VALLEY_UNITS,
    Case,
    Ended,
    mirror_of,
    run,
    swapped,
    valley,
    with_number,
)
from staffride.errors import InputError
from staffride.model.campaign_belongings import sections_present
from staffride.model.campaign_codes import class_code
from staffride.model.ground_state import PERSONS

SECTIONS = class_code("troops")
SYSTEM = """\
section:
  name: Invented section
  kind: troops
  assumed: Invented.
  figures:
    staying_power: {value: 1, unit: "1", assumed: Invented.}
    signature: {value: 0.5, unit: "1", assumed: Invented.}
"""
ROWS = (
    "arm-watchers,arm,watcher,depot,,strength.arm.watcher,,hidden,none,yes,,,,Invented.\n"
    "az-sections,az,section,ford,az-brigade,strength.az.section,,open,none,no,,0.5,,Invented.\n"
    "arm-sections,arm,section,crossroads,arm-regiment,strength.arm.section,,dug_in,none,no,,0.5,,Invented.\n"
)
HUNTS = (
    "az-sections,az,az-watchers,,2020-06-01T04:00Z,2020-06-05T00:00Z,tempo.az.watcher,troops,,spread,,Invented.\n"
    "arm-sections,arm,arm-watchers,,2020-06-01T04:00Z,2020-06-05T00:00Z,tempo.az.watcher,troops,,spread,,I.\n"
)
STRENGTHS = {"strength.az.section": 60, "strength.arm.section": 50, "strength.arm.watcher": 5}


def with_sections(folder: Path, numbers: Mapping[str, float], count: int = COUNT, **files: str) -> Case:
    """The valley with sections on both sides, and drones of both sides that look for them."""
    changed = {
        "systems": VALLEY_SYSTEMS + SYSTEM,
        "units": VALLEY_UNITS + ROWS,
        "orders": VALLEY_ORDERS + HUNTS,
    }
    return valley(folder, {**STRENGTHS, **numbers}, count, **{**changed, **files})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return with_sections(tmp_path_factory.mktemp("sections"), {})


@pytest.fixture(scope="module")
def totals(case: Case) -> Any:
    return run(*case)[1]


def test_worked_values() -> None:
    """Of 40 sections of 800 soldiers: all, half when half are left, one of 12 (0.6), none of 9 (0.45) or of nobody."""
    assert [sections_present(40, present, 800) for present in (800, 400, 12, 9, 0)] == [40, 20, 1, 0, 0]
    assert sections_present(40, 0, 0) == 0


@given(st.integers(0, 2000), st.integers(0, 5000), st.integers(0, 5000))
def test_sections_are_never_more_than_at_full_strength_and_fall_with_persons(n: int, a: int, b: int) -> None:
    called = max(a, b)
    fewer, more = sorted((sections_present(n, a, called), sections_present(n, b, called)))
    assert 0 <= fewer <= more <= n
    assert (sections_present(n, min(a, b), called), sections_present(n, called, called)) in (
        (fewer, n),
        (0, 0),
    )


def test_sections_of_both_sides_are_hit_and_soldiers_die_by_it(totals: Any) -> None:
    for side in ("az", "arm"):
        assert totals[f"lost.troops.{side}.by.armed_drone"].sum() > 0, side
        assert totals[f"deaths_by_fires.{side}"].sum() > 0, side
        assert not totals[f"captured_vehicles.troops.{side}"].any()


@pytest.mark.parametrize("replication", [0, 3])
def test_soldiers_are_conserved_and_sections_are_those_of_persons_present(
    case: Case, replication: int
) -> None:
    units, attached = case[0].units, case[0].afoot.theatre.attached
    sections = np.flatnonzero(units.target_class == SECTIONS)
    for hours in range(1, 90, 7):
        before, after = Ended(*case, replication, hours), Ended(*case, replication, hours + 1)
        for ended in (before, after):
            troops = ended.war.troops
            np.testing.assert_array_equal(sum(troops[name].astype(int) for name in PERSONS), troops.initial)
            assert min(troops[name].min() for name in PERSONS) >= 0
        troops, state = before.war.troops, before.state
        for unit in sections:
            of = attached[unit]
            here = sections_present(state.initial[unit], troops.present[of], troops.initial[of])
            assert after.state.elements[unit] <= max(here, state.elements[unit])
            assert after.state.elements[unit] <= state.initial[unit]


def test_without_sections_every_other_figure_is_as_if_there_were_no_such_thing(tmp_path: Path) -> None:
    nobody = {"strength.az.section": 0.0, "strength.arm.section": 0.0}
    drones = ROWS.splitlines(keepends=True)[0]
    kept = {name: value for name, value in STRENGTHS.items() if name.endswith("watcher")}
    before = valley(
        tmp_path / "before", kept, COUNT, units=VALLEY_UNITS + drones, orders=VALLEY_ORDERS + HUNTS
    )
    after = with_sections(tmp_path / "after", nobody)
    for one, other in zip(run(*before), run(*after), strict=True):
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_what_kills_more_of_those_about_a_hit_kills_more(case: Case) -> None:
    inputs, draws = case
    shares = (0.0, 0.2, 0.4, 0.8)
    deaths = [
        run(inputs, with_number(inputs, draws, control__crew_killed=share))[1]["deaths_by_fires.arm"].sum()
        for share in shares
    ]
    assert deaths[0] == 0.0
    assert deaths == sorted(deaths)
    assert deaths[1] < deaths[-1]


def test_swapping_the_sides_swaps_the_results_exactly(case: Case) -> None:
    for before, after in zip(run(*case), run(*swapped(*case)), strict=True):
        for name, values in before.items():
            np.testing.assert_array_equal(values, after[mirror_of(name, case[0].sides)], err_msg=name)


BAD = {
    "guns at soldiers": (
        {
            "orders": VALLEY_ORDERS.replace("tempo.az.gun,artillery air", "tempo.az.gun,artillery troops air")
            + HUNTS
        },
        "order 'az-fire': 'gun' (tube_artillery) has soldiers (troops) as a target",
    ),
    "soldiers of no formation": (
        {"units": VALLEY_UNITS + ROWS.replace("ford,az-brigade", "ford,")},
        "unit 'az-sections': `formation` is empty, and 'section' is soldiers (troops)",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_makes_no_sense_is_refused_with_file_and_line(bad: str, tmp_path: Path) -> None:
    files, message = BAD[bad]
    with pytest.raises(InputError) as caught:
        with_sections(tmp_path, {}, **files)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.file is not None
    assert problem.line is not None
