"""Levers: each is documented, builds on its scenarios, and changes no more than it says; sides are alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from staffride.errors import InputError
from staffride.evidence import ledger
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.kinds import parameters_of
from staffride.scenario import Scenario, load
from staffride.scenario.levers.catalogue import LEVERS, lever
from staffride.scenario.levers.doses import BOTH
from staffride.scenario.levers.lever import Lever, Value
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.levers.rows import evenly
from staffride.scenario.levers.setting import is_day, is_number, text_of
from staffride.scenario.policy import Policy, Stages
from staffride.scenario.specs import for_sides, spec_of
from staffride.scenario.tables import TABLES

CAMPAIGN_LEVERS = [one for one in LEVERS.values() if "campaign" in one.kinds]
WITH_NULL = [one for one in CAMPAIGN_LEVERS if one.doses and one.doses[0].null is not None]
NOT_OF_THE_AIR = {
    "mobile-reserve", "city-warning", "night-vision", "embargo", "early-truce", "no-mobile-groups",
    "groups-without-effect", "square-law", "linear-law",
}  # fmt: skip
ONE_SIDED = [one for one in CAMPAIGN_LEVERS if any(dose.name == "side" for dose in one.doses)]


@pytest.fixture(scope="module")
def war() -> Scenario:
    return load("karabakh-2020", parameters_of)


@pytest.fixture(scope="module")
def day() -> Scenario:
    return load("opening-day", parameters_of)


def text(one: Lever, value: Value | None = None, **doses: Value) -> str:
    """A lever with its first dose (a date where it needs one) and others by name."""
    if value is None and one.doses and is_day(one.doses[0]):
        value = "2020-10-12"
    head = one.id if value is None else f"{one.id}:{text_of(value)}"
    return ",".join([head, *(f"{name}={text_of(dose)}" for name, dose in doses.items())])


def policy(written: str, scenario: Scenario) -> Policy:
    return parse_policies([written], {"campaign": scenario})[0]


def after(made: Policy, scenario: Scenario) -> Scenario:
    return made.scenario({"campaign": scenario}, "campaign")


class TestCatalogue:
    @pytest.mark.parametrize("one", LEVERS.values(), ids=LEVERS)
    def test_every_lever_says_all_that_a_reader_needs(self, one: Lever) -> None:
        assert LEVERS[one.id] is one
        assert one.summary.endswith(".")
        assert one.limits.endswith(".")
        assert one.assumed.endswith(".")
        assert one.label[0].isupper()
        assert set(one.kinds) <= {"campaign", "displacement", "chain"}

    @pytest.mark.parametrize("one", LEVERS.values(), ids=LEVERS)
    def test_what_it_rests_on_is_in_the_ledger(self, one: Lever) -> None:
        for name in one.evidence:
            ledger().find(name)

    @pytest.mark.parametrize("one", LEVERS.values(), ids=LEVERS)
    def test_defaults_and_nulls_are_within_what_a_dose_can_be(self, one: Lever) -> None:
        for dose in one.doses:
            assert dose.meaning
            for value in (dose.default, dose.null):
                if is_number(dose) and not isinstance(value, str | None):
                    assert dose.low <= value <= dose.high  # type: ignore[operator]
                elif dose.choices and value is not None:
                    assert value in dose.choices

    def test_all_that_was_asked_for_is_there(self) -> None:
        asked = (
            "layered-air-defence modern-air-defence networked-cueing emission-discipline hardened-links own-jamming "
            "dispersal dummies mobile-reserve night-vision shared-information embargo fewer-drones early-truce "
            "city-warning no-drones no-decoys no-mobile-groups no-jamming fog raids-adapt groups-without-effect "
            "square-law linear-law"
        )
        assert set(asked.split()) <= set(LEVERS)

    def test_one_that_is_not_there_is_an_error_with_the_nearest(self) -> None:
        with pytest.raises(
            InputError, match=r"no lever 'layred-air-defence'.*did you mean 'layered-air-defence'"
        ):
            lever("layred-air-defence")


class TestBuild:
    @pytest.mark.parametrize("one", CAMPAIGN_LEVERS, ids=lambda one: one.id)
    def test_every_lever_of_a_campaign_builds_and_changes_something(self, one: Lever, war: Scenario) -> None:
        made = policy(text(one), war)
        assert made.patch.changes or made.patch.scenarios
        if one.group not in ("what-if", "assumption") and made.patch.scenarios:
            compile_campaign(after(made, war).model_copy(update={"variants": ()}))

    @pytest.mark.parametrize("one", CAMPAIGN_LEVERS, ids=lambda one: one.id)
    def test_in_the_air_alone_the_others_say_what_is_missing(self, one: Lever, day: Scenario) -> None:
        written = text(one).replace("2020-10-12", "2020-09-27")
        if one.id in NOT_OF_THE_AIR:
            with pytest.raises(InputError, match=f"{one.id}.*opening-day has no"):
                policy(written, day)
        else:
            made = policy(written, day)
            assert made.patch.changes or made.patch.scenarios

    @pytest.mark.parametrize("one", CAMPAIGN_LEVERS, ids=lambda one: one.id)
    def test_every_number_that_it_changes_is_one_of_the_model(self, one: Lever, war: Scenario) -> None:
        made = policy(text(one), war)
        specs = for_sides(parameters_of("campaign"), war.sides)
        quantities = after(made, war).quantities
        for change in made.patch.changes:
            assert change.name in quantities
            assert change.name.startswith("system.") or spec_of(specs, change.name) is not None

    @pytest.mark.parametrize("one", WITH_NULL, ids=lambda one: one.id)
    def test_at_its_null_it_changes_nothing(self, one: Lever, war: Scenario) -> None:
        made = policy(text(one, one.doses[0].null), war)
        neutral = {"times": 1.0, "plus": 0.0, "at_least": 0.0}
        # What is left may hold a number above its least, or multiply by one.
        assert all(change.value == neutral[change.rule] for change in made.patch.changes)
        assert after(made, war) == war

    @pytest.mark.parametrize("one", CAMPAIGN_LEVERS, ids=lambda one: one.id)
    def test_one_that_may_begin_later_leaves_every_row_that_is_no_truce_nor_strike(
        self, one: Lever, war: Scenario
    ) -> None:
        if one.starts_later:
            other = after(policy(text(one), war), war)
            for table in set(TABLES) - {"truces", "city_strikes"}:
                assert getattr(other, table) == getattr(war, table)
            assert other.parameters == war.parameters


class TestLeftAlone:
    @pytest.mark.parametrize("one", CAMPAIGN_LEVERS, ids=lambda one: one.id)
    def test_no_lever_touches_an_observation_or_an_event(self, one: Lever, war: Scenario) -> None:
        other = after(policy(text(one), war), war)
        assert (other.observations, other.events) == (war.observations, war.events)
        assert (other.period, other.cutoff, other.sides) == (war.period, war.cutoff, war.sides)

    @pytest.mark.parametrize("side", ["az", "arm"])
    @pytest.mark.parametrize("one", ONE_SIDED, ids=lambda one: one.id)
    def test_no_lever_touches_rows_or_numbers_of_the_other_side(
        self, one: Lever, side: str, war: Scenario
    ) -> None:
        made = _held_by(one, side, war)
        if made is None:
            return
        other, foe = after(made, war), next(name for name in war.sides if name != side)
        for table in ("units", "orders", "formations", "goals", "supplies"):
            mine = [row for row in getattr(other, table) if row.side == foe]
            assert mine == [row for row in getattr(war, table) if row.side == foe]
        assert not any(f".{foe}." in change.name for change in made.patch.changes)
        used = {unit.system for unit in war.units if unit.side == foe}
        assert (
            not {change.name.split(".")[1] for change in made.patch.changes if change.name[:7] == "system."}
            & used
        )

    @pytest.mark.parametrize("one", CAMPAIGN_LEVERS, ids=lambda one: one.id)
    def test_every_row_keeps_its_place_in_its_table(self, one: Lever, war: Scenario) -> None:
        other = after(policy(text(one), war), war)
        for table in ("places", "zones", "units", "orders", "formations", "ways", "supplies", "civilians"):
            before = [_name(row) for row in getattr(war, table)]
            assert [_name(row) for row in getattr(other, table)][: len(before)] == before


def _name(row: Any) -> str:
    return getattr(row, "id", None) or f"{row.place}-{row.side}"


def _held_by(one: Lever, side: str, scenario: Scenario) -> Policy | None:
    """A lever in the hands of a side, ``None`` where the side lacks what it acts on."""
    try:
        return policy(text(one, side=side), scenario)
    except InputError as error:
        assert "has no" in str(error)  # noqa: PT017
        return None


class TestSides:
    @pytest.mark.parametrize("one", ONE_SIDED, ids=lambda one: one.id)
    def test_both_hands_get_the_same_when_the_sides_change_places(self, one: Lever, war: Scenario) -> None:
        swapped = _swapped(war)
        for side, other in (("az", "arm"), ("arm", "az")):
            made, mirrored = _held_by(one, side, war), _held_by(one, other, swapped)
            assert (made is None) == (mirrored is None)
            if made is not None and mirrored is not None:
                named = {(change.name, change.rule, change.value) for change in made.patch.changes}
                assert named == {
                    (_swap_name(change.name), change.rule, change.value) for change in mirrored.patch.changes
                }
                assert _rows(_swapped(after(made, war))) == _rows(after(mirrored, swapped))

    def test_both_is_one_and_the_other(self, war: Scenario) -> None:
        for one in ONE_SIDED:
            if any(BOTH in dose.choices for dose in one.doses):
                both = policy(text(one, side=BOTH), war).patch.changes
                each = [
                    change
                    for side in war.sides
                    if (made := _held_by(one, side, war)) is not None
                    for change in made.patch.changes
                ]
                assert set(each) <= set(both)


def _swap_name(name: str) -> str:
    """A name of a parameter with the sides exchanged; strengths are named in the data, and stay."""
    if name.startswith(("strength.", "system.")):
        return name
    return name.replace(".az.", ".?.").replace(".arm.", ".az.").replace(".?.", ".arm.")


def _swapped(scenario: Scenario) -> Scenario:
    """The same scenario in which each row belongs to the other side."""
    other = {"az": "arm", "arm": "az"}
    tables = ("units", "orders", "formations", "goals", "supplies", "civilians")
    changed: dict[str, Any] = {
        table: tuple(row.model_copy(update={"side": other[row.side]}) for row in getattr(scenario, table))
        for table in tables
    }
    changed["places"] = tuple(
        place.model_copy(update={"held_by": other.get(str(place.held_by))}) for place in scenario.places
    )
    return scenario.model_copy(update=changed)


def _rows(scenario: Scenario) -> list[list[Any]]:
    """The rows that a side can have, without what a lever has named after the side."""

    def plain(row: Any) -> Any:
        told = {
            key: value for key, value in row.model_dump().items() if key not in ("id", "strength", "axis")
        }
        return told | ({"mine": row.strength} if "modern" not in getattr(row, "strength", "modern") else {})

    return [
        [plain(row) for row in getattr(scenario, table)]
        for table in ("units", "orders", "formations", "goals")
    ]


class TestTogether:
    PAIRS = (
        ("layered-air-defence:2", "own-jamming:3"),
        ("dispersal", "city-warning"),
        ("networked-cueing", "mobile-reserve"),
        ("fewer-drones", "raids-adapt"),
        ("dummies:2", "fog:0.5"),
        ("modern-air-defence", "embargo"),
        ("no-decoys", "no-jamming"),
    )

    @pytest.mark.parametrize(("first", "second"), PAIRS)
    def test_where_they_touch_different_things_their_order_does_not_matter(
        self, first: str, second: str, war: Scenario
    ) -> None:
        one, other = policy(f"{first}+{second}", war), policy(f"{second}+{first}", war)
        assert set(one.patch.changes) == set(other.patch.changes)
        left, right = after(one, war), after(other, war)
        assert left.model_copy(update={"off": ()}) == right.model_copy(update={"off": ()})
        assert set(left.off) == set(right.off)

    @pytest.mark.parametrize(("first", "second"), PAIRS)
    def test_a_policy_of_two_holds_what_each_changes(self, first: str, second: str, war: Scenario) -> None:
        both = policy(f"{first}+{second}", war)
        for part in (first, second):
            assert set(policy(part, war).patch.changes) <= set(both.patch.changes)
        assert both.levers == (*policy(first, war).levers, *policy(second, war).levers)


class TestVariants:
    """What-ifs do what the variants of karabakh-2020 do, row by row."""

    @pytest.mark.parametrize("name", ["no-drones", "no-decoys", "no-jamming"])
    def test_the_same_units_take_part(self, name: str, war: Scenario) -> None:
        at = 1 + [variant.id for variant in war.variants].index(name)
        expected = compile_campaign(war).unit_on[at]
        other = after(policy(name, war), war).model_copy(update={"variants": ()})
        np.testing.assert_array_equal(compile_campaign(other).unit_on[0], expected)

    @pytest.mark.parametrize(
        ("name", "variant"), [("no-mobile-groups", "no-mobile-groups"), ("fog", "fog-all-month")]
    )
    def test_the_same_numbers_are_set(self, name: str, variant: str, war: Scenario) -> None:
        found = next(one for one in war.variants if one.id == variant)
        made = {change.name: change.value for change in policy(name, war).patch.changes}
        assert made == pytest.approx(dict(found.set))


def _of(scenario: Scenario, side: str, wanted: Callable[[Any], bool]) -> list[Any]:
    return [unit for unit in scenario.units if unit.side == side and wanted(scenario.systems[unit.system])]


class TestAirDefence:
    def test_a_layer_can_have_a_factor_of_its_own(self, war: Scenario) -> None:
        made = policy("layered-air-defence:1,short=2,long=0", war)
        factors = {change.name: change.value for change in made.patch.changes}
        assert factors == {
            "strength.arm.osa": 2.0, "strength.arm.tor_m2km": 2.0, "strength.arm.strela_10": 2.0,
            "strength.arm.s_300": 0.0,
        }  # fmt: skip

    def test_what_cannot_fire_is_not_multiplied(self, war: Scenario) -> None:
        names = {change.name for change in policy("layered-air-defence", war).patch.changes}
        assert "strength.arm.buk_out_of_order" not in names

    def test_a_parameter_that_also_counts_something_else_is_refused(self, war: Scenario) -> None:
        mixed = tuple(
            unit.model_copy(update={"strength": "strength.arm.osa"}) if unit.id == "arm-scud" else unit
            for unit in war.units
        )
        with pytest.raises(InputError, match=r"strength\.arm\.osa also counts other units"):
            policy("layered-air-defence", war.model_copy(update={"units": mixed}))

    def test_new_launchers_are_counted_by_their_own_parameters(self, war: Scenario) -> None:
        other = after(policy("modern-air-defence:7,medium=2", war), war)
        assert other.parameters["strength.arm.modern_short"].mean == 7.0
        assert other.parameters["strength.arm.modern_medium"].mean == 2.0
        new = other.units[len(war.units) :]
        assert {unit.place for unit in new} <= {unit.place for unit in war.units if unit.side == "arm"}
        assert all(unit.networked and unit.emission == "blinking" for unit in new)

    def test_a_modern_layer_of_one_launcher_stands_once(self, war: Scenario) -> None:
        inputs = compile_campaign(
            after(policy("modern-air-defence:1", war), war).model_copy(update={"variants": ()})
        )
        new = inputs.units[len(war.units) :]
        counts = np.floor(new.share_to + 0.5) - np.floor(new.share_from + 0.5)
        assert counts.sum() == 1.0

    def test_networked_is_every_battery_and_nobody_else(self, war: Scenario) -> None:
        other = after(policy("networked-cueing", war), war)
        batteries = {unit.id for unit in _of(war, "arm", lambda system: system.kind == "air_defence")}
        for before, now in zip(war.units, other.units, strict=True):
            assert now.networked == (before.networked or (before.id in batteries and "idle" not in before.id))

    def test_discipline_makes_no_battery_louder(self, war: Scenario) -> None:
        loudness = {"none": 0, "silent": 0, "blinking": 1, "always": 2}
        for radars in ("silent", "blinking"):
            other = after(policy(f"emission-discipline:1,radars={radars}", war), war)
            for before, now in zip(war.units, other.units, strict=True):
                assert loudness[now.emission] <= loudness[before.emission]
                if before.side == "arm" and war.systems[before.system].kind == "air_defence":
                    assert loudness[now.emission] <= (0 if radars == "silent" else 1)


class TestRaidsAdapt:
    def test_the_same_means_turn_to_what_threatens_them_and_then_to_their_targets(
        self, war: Scenario
    ) -> None:
        other = after(policy("raids-adapt", war), war)
        for before, now in zip(war.orders, other.orders, strict=True):
            assert now.model_copy(update={"targets": before.targets}) == before
            if now != before:
                assert now.targets[:3] == ("air_defence", "early_warning", "jammer")
                rest = [one for one in before.targets if one not in now.targets[:3]]
                assert list(now.targets[3:]) == rest

    def test_guns_and_ballistic_missiles_keep_their_orders(self, war: Scenario) -> None:
        other = after(policy("raids-adapt", war), war)
        kinds = {
            war.systems[next(unit.system for unit in war.units if unit.id == order.unit)].kind
            for order, now in zip(war.orders, other.orders, strict=True)
            if order != now
        }
        assert kinds == {
            "armed_drone",
            "loitering_munition",
            "decoy_aircraft",
            "helicopter",
            "strike_aircraft",
        }


class TestReserve:
    def test_one_formation_stays_at_every_place(self, war: Scenario) -> None:
        other = after(policy("mobile-reserve:1", war), war)
        moved = [
            (before, now)
            for before, now in zip(war.formations, other.formations, strict=True)
            if before != now
        ]
        assert moved
        for before, now in moved:
            assert now.model_copy(update={"axis": before.axis}) == before
            staying = [
                row
                for row in other.formations
                if row.place == before.place and row.axis is None and row.side == "arm"
            ]
            assert staying

    def test_it_waits_at_a_place_that_its_side_holds_and_comes_back_to_its_own(self, war: Scenario) -> None:
        other = after(policy("mobile-reserve", war), war)
        holders = {place.id: place.held_by for place in war.places}
        new = other.goals[len(war.goals) :]
        assert {goal.task for goal in new} == {"counter_attack", "reserve"}
        assert all(holders[goal.place] == "arm" for goal in new)
        for axis in {goal.axis for goal in new}:
            last = max((goal for goal in new if goal.axis == axis), key=lambda goal: goal.rank)
            first = min((goal for goal in new if goal.axis == axis), key=lambda goal: goal.rank)
            assert (last.task, first.place) == ("reserve", axis.removeprefix("arm-mobile-reserve-"))

    def test_a_larger_share_holds_back_all_that_a_smaller_one_does(self, war: Scenario) -> None:
        few, many = (
            {
                row.id
                for row in after(policy(f"mobile-reserve:{share}", war), war).formations
                if "reserve-" in str(row.axis)
            }
            for share in (0.5, 1)
        )
        assert few < many


class TestTruce:
    def test_a_run_is_told_of_it_though_it_lies_after_the_cut_off(self, war: Scenario) -> None:
        other = after(policy("early-truce:2020-10-20", war), war)
        told = [row.time for row in other.given(other.truces)]
        assert [time.isoformat() for time in told] == ["2020-10-20T00:00:00+04:00"]
        assert compile_campaign(other).afoot.theatre.truce_hour.tolist() == [23 * 24.0]

    def test_nothing_else_is_told_that_was_not_before(self, war: Scenario) -> None:
        other = after(policy("early-truce:2020-10-20", war), war)
        assert other.given(other.events) == war.given(war.events)
        assert other.given(other.city_strikes) == war.given(war.city_strikes)

    def test_strikes_after_it_are_left_out(self, war: Scenario) -> None:
        made = policy("early-truce:2020-10-02", war)
        assert made.starts is not None
        strikes = after(made, war).city_strikes
        assert strikes == tuple(row for row in war.city_strikes if row.time < made.starts)
        assert len(strikes) < len(war.given(war.city_strikes))


class TestEvenly:
    @pytest.mark.parametrize("count", [1, 2, 7, 16])
    def test_a_larger_share_holds_every_smaller_one(self, count: int) -> None:
        shares = [evenly(range(count), share / 20) for share in range(21)]
        assert all(set(few) <= set(many) for few, many in pairwise(shares))
        assert (shares[0], shares[-1]) == ((), tuple(range(count)))

    def test_it_is_a_whole_number_of_rows_spread_over_all(self) -> None:
        assert evenly(range(8), 0.5) == (0, 2, 4, 6)


def test_stages_without_a_campaign_are_refused_by_kind(war: Scenario) -> None:
    stages: Stages = {"displacement": load("karabakh-2023", parameters_of)}
    with pytest.raises(InputError, match="layered-air-defence does not act on a displacement"):
        parse_policies(["layered-air-defence"], stages)
