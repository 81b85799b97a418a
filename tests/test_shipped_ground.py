"""The war of 2020 as a scenario, and its replay: what it holds, and what it must not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from typer.testing import CliRunner

from staffride.cli.main import app
from staffride.evidence import ledger
from staffride.model.campaign_codes import POSTURES
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.ground_state import Theatre
from staffride.model.kinds import parameters_of
from staffride.model.weather import NOT_GIVEN
from staffride.scenario import Scenario, Way, load
from staffride.scenario.quantity import Quantity

WAR, REPLAY = "karabakh-2020", "karabakh-2020-replay"
BEGIN_AT_ZERO = (
    "infiltration.gap", "infiltration.press", "infiltration.calls", "infiltration.ambush",
    "cohesion.losses", "cohesion.place", "cohesion.encirclement", "cohesion.hunger", "cohesion.silence",
    "cohesion.drones", "cohesion.desertion", "cohesion.crews",
    "supply.pace", "supply.hunted", "ground.cohesion_effect", "ground.ammunition_effect", "ground.caution_effect",
    "diplomacy.value_effect", "diplomacy.loss_effect", "diplomacy.supply_effect", "diplomacy.pressure_effect",
)  # fmt: skip
"""Effects that accounts of the war claim: no effect at all must be possible."""

ONE_RULE = ("supply.{}.start", "diplomacy.{}.embargo", "city_strikes.{}.rate", "city_strikes.{}.warning",
            "contact.{}.attack", "contact.{}.defence", "quality.{}.regular", "quality.{}.special")  # fmt: skip
"""Quantities of both sides for which the record tells no difference: both have the same prior."""


@cache
def scenario(name: str = WAR) -> Scenario:
    """Return a shipped campaign; it is loaded once."""
    return load(name, parameters_of)


def theatre_of(war: Scenario) -> Theatre:
    """Return the ground of a campaign in arrays."""
    return compile_campaign(war).afoot.theatre


def sides_of(rows: Iterable[object]) -> set[str]:
    """Return the sides that some rows name."""
    return {row.side for row in rows}  # type: ignore[attr-defined]


def other(war: Scenario, side: str) -> str:
    """Return the side that is not the one given."""
    return war.sides[1 - war.sides.index(side)]


def reached(start: str, ways: Iterable[Way], inside: set[str]) -> set[str]:
    """Return the places of a set that ways join to one of them."""
    found, ways = {start}, list(ways)
    while True:
        ends = [{way.from_place, way.to_place} for way in ways]
        more = set().union(*(pair for pair in ends if pair & found and pair <= inside)) - found
        if not more:
            return found
        found |= more


def cited(war: Scenario) -> Iterator[tuple[str, str]]:
    """Yield what a prior of the war rests on, where it is not marked as inventory: its name, and the fact."""
    for name, quantity in war.quantities.items():
        if not quantity.inventory:
            yield from ((name, fact) for fact in quantity.evidence)
    tables = (
        war.places, war.zones, war.ways, war.units, war.orders, war.formations, war.goals, war.supplies,
        war.civilians, war.terms,
    )  # fmt: skip
    for rows in tables:
        for row in rows:
            if not getattr(row, "inventory", False):
                yield from ((str(row), fact) for fact in row.evidence)


@pytest.mark.parametrize("name", [WAR, REPLAY])
def test_checks_clean(name: str) -> None:
    result = CliRunner().invoke(app, ["check", name, "--strict"])
    assert result.exit_code == 0, result.output


def test_it_is_44_days_by_the_hour_at_the_scale_of_the_sources() -> None:
    war = scenario()
    assert war.period.hours == 44 * 24
    assert 80 <= len(war.places) <= 110
    assert 150 <= len(war.ways) <= 200
    assert 150 <= len(war.formations) <= 220
    assert len(war.units) <= 280
    assert len(war.orders) <= 130
    for side in war.sides:
        assert sum(one.side == side for one in war.formations) >= 75


@pytest.mark.parametrize("side", ["az", "arm"])
def test_the_places_of_a_side_hang_together(side: str) -> None:
    """Every place on foot, and by road every place at which someone stands."""
    war = scenario()
    own = {place.id for place in war.places if place.held_by == side}
    source = next(one.place for one in war.supplies if one.side == side)
    assert reached(source, war.ways, own) == own
    driven = [way for way in war.ways if way.kind != "foot_path"]
    stood_at = {one.place for one in war.formations if one.side == side}
    assert stood_at <= reached(source, driven, own)


def test_no_two_formations_of_unlike_sides_share_a_place_and_each_has_a_way() -> None:
    war = scenario()
    holder = {place.id: place.held_by for place in war.places}
    joined = {end for way in war.ways for end in (way.from_place, way.to_place)}
    for one in war.formations:
        assert holder[one.place] == one.side, one.id
        assert one.place in joined, one.id


def test_units_stand_with_their_formations() -> None:
    war = scenario()
    formation = {one.id: one for one in war.formations}
    attached = [unit for unit in war.units if unit.formation is not None]
    assert sides_of(attached) == set(war.sides)
    for unit in attached:
        assert unit.place == formation[str(unit.formation)].place, unit.id
    kinds = {"armour", "tube_artillery"}
    loose = [unit.id for unit in war.units if war.systems[unit.system].kind in kinds and not unit.formation]
    assert loose == []


def test_both_sides_have_every_kind_of_table() -> None:
    war = scenario()
    tables = (war.formations, war.goals, war.supplies, war.city_strikes, war.civilians, war.units, war.orders)
    for rows in tables:
        assert sides_of(rows) == set(war.sides)
    for side in war.sides:
        kinds = {one.kind for one in war.formations if one.side == side}
        assert {"mechanised", "rifle", "mountain", "special", "garrison", "artillery", "support"} <= kinds
        assert {"hold", "infiltrate"} <= {goal.task for goal in war.goals if goal.side == side}
        assert any(one.turnout for one in war.formations if one.side == side)


@pytest.mark.parametrize("pattern", ONE_RULE)
def test_where_the_record_tells_no_difference_priors_do_not(pattern: str) -> None:
    war = scenario()
    first, second = (war.parameters[pattern.format(side)] for side in war.sides)
    assert (first.value, first.spread) == (second.value, second.spread)


def test_civilians_of_both_sides() -> None:
    war = scenario()
    for side in war.sides:
        names = {row.civilians for row in war.civilians if row.side == side}
        assert sum(war.parameters[name].support[1] for name in names) > 150_000
    contested = war.parameters["civilians.arm.karabakh"]
    assert contested.support[0] <= 100_000
    assert contested.support[1] >= 150_000
    homes = {(row.place, row.side) for row in war.civilians}
    assert len(homes) == len(war.civilians)
    assert {(strike.place, other(war, strike.side)) for strike in war.city_strikes} <= homes


@pytest.mark.parametrize(("side", "fact"), [("az", "forces_2020.F01"), ("arm", "forces_2020.F02")])
def test_fewer_in_contact_than_in_the_zone_than_under_arms(side: str, fact: str) -> None:
    war = scenario()
    rows = [one for one in war.formations if one.side == side]
    pools = {one.strength: war.parameters[one.strength].support for one in rows}
    least, most = sum(low for low, _ in pools.values()), sum(high for _, high in pools.values())
    under_arms = ledger().facts[fact].low
    assert under_arms is not None
    assert most < under_arms
    assert least > 0.3 * under_arms
    weight = {name: sum(one.weight for one in rows if one.strength == name) for name in pools}
    touched = sum(
        pools[one.strength][1] * one.weight / weight[one.strength] * war.parameters[one.contact].support[1]
        for one in rows
    )
    assert touched < 0.6 * most
    assert all(war.parameters[one.contact].support[0] > 0.0 for one in rows)


def test_climbs_are_those_of_the_grid_but_for_the_cliff() -> None:
    war = scenario()
    told = {way.id: way.climb_m for way in war.ways if way.climb_m is not None}
    assert told == {"dashalti-shusha-on-foot": 300.0}
    cliff = next(way for way in war.ways if way.id == "dashalti-shusha-on-foot")
    assert "way_2020.shusha_cliff" in cliff.evidence
    theatre = theatre_of(war)
    at = [way.id for way in war.ways].index(cliff.id)
    assert theatre.ways.climb_m[at] == 300.0
    assert abs(theatre.ways.climb_m).max() < 2500.0


def test_the_road_of_2022_is_absent() -> None:
    war = scenario()
    assert "hakari_bridge" not in {place.id for place in war.places}
    built_later = {"road.E09", "road.E10"}
    assert not built_later & {fact for way in war.ways for fact in way.evidence}


def test_the_bridge_of_the_lachin_road_can_be_struck_before_the_cut_off() -> None:
    war = scenario()
    bridges = {unit.id for unit in war.units if war.systems[unit.system].kind == "bridge"}
    assert {way.bridge for way in war.ways if way.bridge} == bridges
    strike = next(order for order in war.orders if order.id == "az-bridge-lora")
    assert strike.targets == ("bridge",)
    assert strike.end < war.cutoff


def test_nothing_dated_after_the_cut_off_is_used_when_scored() -> None:
    war, replay = scenario(), scenario(REPLAY)
    assert war.scored
    for rows in (war.city_strikes, war.truces, war.events):
        assert all(row.time < war.cutoff for row in war.given(rows))
    assert war.given(war.truces) == ()
    last = (war.cutoff - war.period.start).total_seconds() / 3600.0
    theatre = theatre_of(war)
    assert theatre.strike_hour.size > 0
    assert theatre.strike_hour.max() < last
    assert theatre.truce_hour.size == 0
    assert (compile_campaign(war).ground.given_weather == NOT_GIVEN).all()
    both = {strike.side for strike in war.given(war.city_strikes)}
    assert both == set(war.sides)
    assert len(replay.given(replay.city_strikes)) == len(war.city_strikes)


def test_the_replay_uses_what_the_record_dates_and_says_so() -> None:
    replay = scenario(REPLAY)
    assert replay.replay
    assert not replay.scored
    assert "replay" in replay.title.lower()
    assert len(replay.given(replay.truces)) == 3
    assert theatre_of(replay).truce_hour.tolist() == [324.0, 504.0, 704.0]
    assert (compile_campaign(replay).ground.given_weather != NOT_GIVEN).any()
    war = scenario()
    assert (replay.parameters, replay.formations, replay.goals) == (war.parameters, war.formations, war.goals)


def test_no_prior_rests_on_an_outcome_or_on_what_was_learned_later() -> None:
    war, facts = scenario(), ledger().facts
    known = [(name, facts[fact]) for name, fact in cited(war) if fact in facts]
    for name, fact in known:
        assert fact.kind != "outcome", (name, fact.id)
        assert fact.known_from <= war.cutoff, (name, fact.id)
    observed = {row.fact for row in war.observations}
    assert not observed & {fact.id for _, fact in known}


def test_what_is_marked_inventory_existed_before_the_war() -> None:
    war, facts = scenario(), ledger().facts
    marked: list[Quantity] = [one for one in war.quantities.values() if one.inventory]
    for quantity in marked:
        assert all(facts[name].kind == "input" for name in quantity.evidence if name in facts)


def test_goals_have_conditions_and_no_dates() -> None:
    war = scenario()
    assert all(goal.after_h == 0.0 for goal in war.goals)
    assert all(goal.when_held or goal.when_ratio or goal.task != "take" or goal.caution for goal in war.goals)
    order = [(goal.axis, goal.task == "infiltrate", goal.rank) for goal in war.goals]
    assert len(set(order)) == len(order)
    threatened = [goal.place for goal in war.goals if goal.task == "threaten" and goal.axis == "az-aghdam"]
    assert threatened == ["novruzlu_aghdam"]
    axes = {goal.axis: goal.side for goal in war.goals}
    assert all(axes[one.axis] == one.side for one in war.formations if one.axis)
    assert {goal.axis for goal in war.goals} == {one.axis for one in war.formations if one.axis}


@pytest.mark.parametrize("name", BEGIN_AT_ZERO)
def test_effects_that_are_claimed_may_be_nothing(name: str) -> None:
    assert scenario().parameters[name].support[0] == 0.0


def test_turnout_of_the_reserve_is_about_half_and_wide() -> None:
    low, middle, high = scenario().parameters["turnout.arm.reserve"].quantiles(0.05, 0.5, 0.95)
    assert low < 0.2
    assert middle == pytest.approx(0.5)
    assert high > 0.8


def test_variants_are_the_ablations_each_with_its_question() -> None:
    variants = {variant.id: variant for variant in scenario().variants}
    names = [
        "no-drones",
        "no-mobile-groups",
        "no-decoys",
        "no-jamming",
        "fog-all-month",
        "shared-information",
    ]
    assert list(variants) == names
    assert all(variant.question.endswith("?") for variant in variants.values())
    assert set(variants["no-mobile-groups"].set) == set(BEGIN_AT_ZERO[:4])
    assert set(variants["no-mobile-groups"].set.values()) == {0.0}
    shared = variants["shared-information"].set
    assert shared["information.az.quality"] == shared["information.arm.quality"] == 0.95


def test_orders_stand_for_the_war_and_start_as_on_the_opening_day() -> None:
    war, day = scenario(), scenario("opening-day")
    first = {
        order.id: order for order in day.orders if order.start.hour < 9 and order.id.startswith("az-first")
    }
    kept = {order.id: order for order in war.orders if order.id in first}
    assert kept.keys() == first.keys()
    for name, order in kept.items():
        assert (order.start, order.end, order.missions) == (
            first[name].start,
            first[name].end,
            first[name].missions,
        )
        assert war.parameters[order.missions] == day.parameters[order.missions]
    to_the_end = [order for order in war.orders if order.end == war.period.end]
    assert sides_of(to_the_end) == set(war.sides)
    assert {unit.posture for unit in war.units} <= set(POSTURES)
