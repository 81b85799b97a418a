"""The shipped campaigns: the opening day of 2020, and one raid against one, two and three layers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pytest
from typer.testing import CliRunner

from staffride.cli.main import app
from staffride.evidence import Fact, ledger
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.campaign_tally import series_names
from staffride.model.kinds import parameters_of
from staffride.scenario import Scenario, load

NAMES = ("opening-day", "layers")
CAUSES = {
    "no-decoys": "decoy_aircraft",
    "no-jamming": "jammer",
    "no-loitering-munitions": "loitering_munition",
}
"""What each of these variants leaves out: one side's systems of one kind, and nothing else."""

ELSEWHERE = {"losses_2020.L096", "losses_2020.L031"}
"""Figures of the day for which a run has no series: drones of the Armenian side, and people."""


@cache
def scenario(name: str) -> Scenario:
    """Return a shipped campaign; it is loaded once."""
    return load(name, parameters_of)


def ids(rows: Iterable[object], on: np.ndarray) -> set[str]:
    """Return the ids of the rows that take part."""
    return {row.id for row, flag in zip(rows, on, strict=True) if flag}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_checks_clean(name: str) -> None:
    result = CliRunner().invoke(app, ["check", name, "--strict"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", NAMES)
def test_no_order_crosses_the_sides(name: str) -> None:
    day = scenario(name)
    side_of = {unit.id: unit.side for unit in day.units}
    assert [order.id for order in day.orders if side_of[order.unit] != order.side] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_asks_one_question(name: str) -> None:
    for variant in scenario(name).variants:
        assert variant.question.endswith("?"), variant.id
        assert "\n" not in variant.question


def test_opening_day_is_one_day_of_some_200_units() -> None:
    day = scenario("opening-day")
    assert day.period.hours == 24
    assert 120 <= len(day.units) <= 200
    assert {unit.side for unit in day.units} == {"az", "arm"}
    assert min(sum(unit.side == side for unit in day.units) for side in day.sides) >= 50


def test_expected_aimpoints_are_about_five_hundred() -> None:
    """The reconnoitred shares add up to what document 001 says, by the means of the priors."""
    day = scenario("opening-day")
    weights: dict[str, float] = {}
    for unit in day.units:
        weights[unit.strength] = weights.get(unit.strength, 0.0) + unit.weight
    known = sum(
        day.parameters[unit.strength].mean * unit.weight / weights[unit.strength]
        * unit.reconnoitred * (1.0 + unit.dummies_per_element)
        for unit in day.units
        if unit.side == "arm"
    )  # fmt: skip
    assert 400 <= known <= 600


def test_six_buk_of_which_one_works() -> None:
    numbers = scenario("opening-day").parameters
    assert numbers["strength.arm.buk_working"].value == 1
    assert numbers["strength.arm.buk_out_of_order"].value == 5


def test_no_prior_rests_on_a_loss_of_the_day() -> None:
    """What was lost is never evidence of a prior."""
    day = scenario("opening-day")
    cited = {name for quantity in day.quantities.values() for name in quantity.evidence}
    cited |= {name for row in (*day.units, *day.orders) for name in row.evidence}
    assert not {name for name in cited if name.startswith("losses_")}


@pytest.mark.parametrize(("variant", "kind"), CAUSES.items())
def test_a_cause_is_switched_off_and_nothing_else(variant: str, kind: str) -> None:
    day = scenario("opening-day")
    inputs = compile_campaign(day)
    at = inputs.variants.index(variant)
    gone = ids(day.units, inputs.unit_on[0]) - ids(day.units, inputs.unit_on[at])
    assert gone == {
        unit.id for unit in day.units if unit.side == "az" and day.systems[unit.system].kind == kind
    }
    lost_orders = ids(day.orders, inputs.order_on[0]) - ids(day.orders, inputs.order_on[at])
    assert lost_orders == {order.id for order in day.orders if order.unit in gone}
    change = day.variants[at - 1]
    assert not change.on
    assert not change.set
    assert not change.median


def test_other_variants_leave_units_and_orders_alone() -> None:
    day = scenario("opening-day")
    inputs = compile_campaign(day)
    for at, name in enumerate(inputs.variants):
        if name not in CAUSES:
            assert inputs.unit_on[at].all(), name
            assert inputs.order_on[at].all(), name


def test_what_the_settings_of_variants_touch() -> None:
    changed = {variant.id: set(variant.set) for variant in scenario("opening-day").variants if variant.set}
    assert changed == {
        "slow-information": {"information.az.fast_delay", "information.az.slow_delay"},
        "low-altitude": {"system.bayraktar_tb2.altitude"},
        "fog": {"weather.fog_share", "weather.low_cloud_share"},
        "networked-air-defence": {"information.arm.quality", "information.arm.cyber_loss"},
    }


def of_the_day(fact: Fact) -> bool:
    """Return whether a fact is a loss in equipment of the first day alone."""
    return (
        fact.subject.startswith(("losses_", "share_lost_")) and fact.as_of.date().isoformat() == "2020-09-27"
    )


def test_every_recorded_figure_of_the_day_is_shown_and_never_scored() -> None:
    day = scenario("opening-day")
    recorded = {
        fact.id for fact in ledger().facts.values() if of_the_day(fact) and fact.subject != "losses_people"
    }
    shown = {row.fact for row in day.observations}
    assert len(recorded) > 10
    assert recorded - shown <= ELSEWHERE
    assert {row.role for row in day.observations} == {"record"}
    assert {row.series for row in day.observations} <= set(series_names(day.sides))


def test_upper_bounds_are_shown_as_bounds() -> None:
    rows = {row.id: row for row in scenario("opening-day").observations}
    assert (rows["L083"].value, rows["L083"].low, rows["L083"].high) == (None, 0.0, 0.6)
    assert (rows["L084"].value, rows["L084"].low, rows["L084"].high) == (None, 0.0, 0.3)
    for name in ("L081", "L083", "L084", "L085", "L095", "L097"):
        assert "denominator" in rows[name].note or "Of " in rows[name].note


def test_layers_is_nowhere_and_rests_on_nothing() -> None:
    day = scenario("layers")
    assert all(place.official_name and place.region == "Invented" for place in day.places)
    assert not any(quantity.evidence for quantity in day.parameters.values())
    assert not day.observations


def test_the_raid_is_the_same_in_every_variant() -> None:
    day = scenario("layers")
    inputs = compile_campaign(day)
    raid = np.array([unit.side == "attacker" for unit in day.units])
    assert inputs.unit_on[:, raid].all()
    assert inputs.order_on.all()
    strength = {
        unit.system: day.parameters[unit.strength].value for unit in day.units if unit.side == "attacker"
    }
    missions = {
        order.unit: (day.parameters[order.missions].value or 0.0)
        * (strength[next(unit.system for unit in day.units if unit.id == order.unit)] or 0.0)
        for order in day.orders
    }
    assert missions == {"raid-loitering": 30.0, "raid-drones": 12.0, "raid-aircraft": 8.0}


def test_no_variant_sets_anything_of_the_attacker() -> None:
    day = scenario("layers")
    attacking = {unit.system for unit in day.units if unit.side == "attacker"}
    for variant in day.variants:
        assert not variant.median or variant.id == "known-systems", "which draws no figure of either side"
        for name in variant.set:
            assert ".attacker." not in name
            assert not name.startswith(("tempo.", "strength.", "weather.", "fires."))
            assert not any(name.startswith(f"system.{system}.") for system in attacking)


def test_the_same_batteries_stand_on_and_off_the_network() -> None:
    day = scenario("layers")
    inputs = compile_campaign(day)

    def batteries(variant: str) -> dict[tuple[str, str], float]:
        on = inputs.unit_on[inputs.variants.index(variant)]
        found: dict[tuple[str, str], float] = {}
        for unit, flag in zip(day.units, on, strict=True):
            if flag and day.systems[unit.system].kind == "air_defence":
                key = (unit.system, unit.place)
                found[key] = found.get(key, 0.0) + (day.parameters[unit.strength].value or 0.0)
        return found

    for apart, joined in (
        ("baseline", "one-layer-networked"),
        ("two-layers", "two-layers-networked"),
        ("three-layers", "three-layers-networked"),
    ):
        assert batteries(apart) == batteries(joined)
    assert batteries("baseline") == batteries("dummies") == batteries("silent-radars")
    assert batteries("three-layers") == batteries("three-layers-all")


@pytest.mark.parametrize(("variant", "layers"), [("baseline", 1), ("two-layers", 3), ("three-layers", 5)])
def test_layers_add_up(variant: str, layers: int) -> None:
    """The second layer is of portable missiles and guns, the third of medium and long range."""
    day = scenario("layers")
    inputs = compile_campaign(day)
    on = inputs.unit_on[inputs.variants.index(variant)]
    present = {day.systems[unit.system].layer for unit, flag in zip(day.units, on, strict=True) if flag} - {
        None
    }
    assert len(present) == layers
    assert 12 <= on.sum() <= 25
