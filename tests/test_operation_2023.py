"""The operation of September 2023 as a scenario, and the numbers of the chain: what they hold, and must not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from typer.testing import CliRunner

from staffride.cli.main import app
from staffride.evidence import Fact, ledger
from staffride.model.kinds import parameters_of
from staffride.scenario import Scenario, load
from staffride.scenario.quantity import Quantity

OPERATION, CHAIN, WAR = "operation-2023", "karabakh-2022-2023", "karabakh-2020"
CHANGED_RULES = {"diplomacy.acceptance_rate", "information.arm.cyber_loss"}
"""Parameters that are not about rows and differ from those of the war of 2020, each with a reason of its own."""

OF_ROWS = ("strength.", "tempo.", "contact.", "quality.", "turnout.", "arrival.", "delivery.", "civilians.")
ABOUT_ROWS = (*OF_ROWS, "supply.arm.start")
MAY_BE_NOTHING = (
    "link.supply_effect", "link.turnout_effect", "link.quality_effect", "link.danger_effect",
    "link.held_effect", "talks.hunger_effect", "returns.safety_effect", "returns.property_effect",
    "returns.guarantee_effect", "returns.mandate_effect",
)  # fmt: skip
"""Effects of one stage on the next, and of conditions on returns: none at all must be possible."""


@cache
def scenario(name: str = OPERATION) -> Scenario:
    """Return a shipped scenario; it is loaded once."""
    return load(name, parameters_of)


def cited(of: Scenario) -> Iterator[Fact]:
    """Yield the facts that something of a scenario rests on, where it is not marked as inventory."""
    facts = ledger().facts
    tables = (
        of.places, of.zones, of.ways, of.units, of.orders, of.formations, of.goals, of.supplies, of.civilians,
        of.terms,
    )  # fmt: skip
    rows = [*of.quantities.values(), *(row for table in tables for row in table)]
    for row in rows:
        if not getattr(row, "inventory", False):
            yield from (facts[name] for name in row.evidence if name in facts)


def sides_of(rows: Iterable[object]) -> set[str]:
    """Return the sides that some rows name."""
    return {row.side for row in rows}  # type: ignore[attr-defined]


def ends(quantity: Quantity) -> tuple[float, float]:
    """Return the least and the greatest value of a quantity, but for a thousandth at either end."""
    return quantity.quantiles(0.001)[0], quantity.quantiles(0.999)[0]


# --- the operation --------------------------------------------------------------------------------------


def test_it_loads_and_all_that_is_left_to_warn_of_is_what_it_inherits_and_does_not_use() -> None:
    result = CliRunner().invoke(app, ["check", OPERATION])
    assert result.exit_code == 0, result.output
    used = {
        getattr(row, column)
        for rows, columns in (
            (scenario().units, ("strength",)),
            (scenario().orders, ("missions",)),
            (scenario().formations, ("strength", "contact", "quality", "turnout", "arrival")),
            (scenario().supplies, ("delivery",)),
            (scenario().civilians, ("civilians",)),
        )
        for row in rows
        for column in columns
    }
    own = {name for name in scenario().parameters if name not in scenario(WAR).parameters}
    assert {name for name in own if name.startswith(OF_ROWS)} <= used


def test_it_is_two_days_by_the_hour_and_small_enough_for_a_stage_of_a_chain() -> None:
    operation = scenario()
    assert operation.period.hours == 48
    assert operation.cutoff == operation.period.start
    assert 25 <= len(operation.places) <= 40
    assert 40 <= len(operation.formations) <= 80
    assert 40 <= len(operation.units) <= 80


def test_both_sides_have_every_kind_of_row() -> None:
    operation = scenario()
    tables = (operation.formations, operation.units, operation.orders, operation.goals, operation.civilians)
    for rows in (*tables, operation.supplies):
        assert sides_of(rows) == set(operation.sides)
    for side in operation.sides:
        kinds = {one.kind for one in operation.formations if one.side == side}
        assert {"mechanised", "rifle", "mountain", "special", "garrison", "artillery", "support"} <= kinds


def test_nothing_of_it_was_known_later_and_no_outcome_is_a_prior() -> None:
    for name in (OPERATION, CHAIN):
        for fact in cited(scenario(name)):
            assert fact.known_from <= scenario(name).cutoff, fact.id
            assert fact.kind == "input", fact.id


def test_no_date_and_no_given_item_is_in_it() -> None:
    operation = scenario()
    assert operation.events == operation.truces == operation.city_strikes == ()
    assert {goal.after_h for goal in operation.goals} == {0.0}
    assert {order.end for order in operation.orders} <= {
        operation.period.end,
        *(o.start for o in operation.orders),
    }


def test_terms_hand_nothing_over_within_the_period() -> None:
    assert all(24 * term.days > scenario().period.hours for term in scenario().terms)


def test_places_are_held_as_the_table_of_the_day_before_has_it() -> None:
    facts = ledger().facts
    told = 0
    for place in scenario().places:
        fact = facts.get(f"control_2023.{place.id}")
        if fact is not None:
            told += 1
            assert (place.held_by == "az") == fact.label.startswith("held by Azerbaijan"), place.id
    assert told >= 25


def test_its_rules_are_those_of_the_war_of_2020() -> None:
    """All else that it says of its own is about its rows, and what differs is named here."""
    now, then = scenario().parameters, scenario(WAR).parameters
    differing = {
        name for name in now if not name.startswith(ABOUT_ROWS) and name in then and now[name] != then[name]
    }
    assert differing == CHANGED_RULES
    left_out = {name for name in then if name not in now}
    assert all(name.startswith(ABOUT_ROWS) for name in left_out), left_out


def test_the_ranges_of_strength_hold_the_guesses_of_the_press() -> None:
    """5,000 to 10,000 and 10,000 to 60,000, which are no evidence: they were not found again."""
    drawn = scenario().parameters
    for side, low, high in (("arm", 5_000, 10_000), ("az", 10_000, 60_000)):
        names = {one.strength for one in scenario().formations if one.side == side}
        assert sum(ends(drawn[name])[0] for name in names) <= low
        assert sum(ends(drawn[name])[1] for name in names) >= high
    facts = {fact.id for fact in cited(scenario())}
    assert facts.isdisjoint({"forces_2023.F01", "forces_2023.F11"})


def test_the_armenian_side_has_no_more_of_anything_than_in_2020() -> None:
    """What was lost was lost, and the road was closed: at most what there was."""
    now, then = scenario().parameters, scenario(WAR).parameters
    for unit in (unit for unit in scenario().units if unit.side == "arm"):
        assert ends(now[unit.strength])[1] <= ends(then[unit.strength])[1] + 1e-9, unit.strength


def test_levels_of_people_are_not_shared_between_the_sides() -> None:
    """So that the closure can change those of one side alone."""
    for column in ("quality", "turnout"):
        of = {
            side: {
                getattr(one, column)
                for one in scenario().formations
                if one.side == side and getattr(one, column)
            }
            for side in scenario().sides
        }
        assert of["az"].isdisjoint(of["arm"])


# --- the chain's own numbers ----------------------------------------------------------------------------


def test_the_chain_says_that_it_is_illustrative() -> None:
    chain = scenario(CHAIN)
    assert chain.title.startswith("Illustrative")
    assert chain.description.startswith("ILLUSTRATIVE")


def test_a_run_of_the_chain_is_told_of_nothing_after_the_operation_began() -> None:
    chain = scenario(CHAIN)
    assert chain.cutoff == scenario(OPERATION).period.start
    told = [row.id for row in chain.given(chain.events)]
    assert "lachin_road_closed" in told
    assert "lachin_road_stopped" in told
    assert {"operation", "ceasefire", "lachin_road_open"}.isdisjoint(told)
    assert {row.role for row in chain.observations} == {"record"}


@pytest.mark.parametrize("name", MAY_BE_NOTHING)
def test_each_link_of_the_chain_may_be_nothing(name: str) -> None:
    low, high = ends(scenario(CHAIN).parameters[name])
    assert low <= 0.01
    assert high >= -0.01


def test_nearly_every_number_of_the_chain_is_uncertain() -> None:
    own = scenario(CHAIN).parameters
    certain = {name for name, quantity in own.items() if quantity.value is not None}
    assert certain == {"returns.horizon", "incident.fatalities"}


def test_in_the_chain_stores_are_those_of_before_the_closure() -> None:
    """Otherwise the closure would count twice: in what is left, and in what it takes away."""
    chain, war = scenario(CHAIN).parameters["supply.arm.start"], scenario(WAR).parameters["supply.arm.start"]
    assert chain.spread == war.spread


def test_displacement_and_returns_are_told_of_both_sides() -> None:
    """By the label, or by the column of the side; where no figure was found an empty row says so."""
    facts = ledger().facts.values()
    returned = {fact.label.partition(":")[0] for fact in facts if fact.subject == "returned_people"}
    assert returned == {"Azerbaijani side", "Armenian side"}
    in_war = {str(fact.details["side"]) for fact in facts if fact.subject == "displaced_2020"}
    assert in_war == {"az", "arm"}
    gaps = [fact for fact in facts if fact.id.startswith("displacement.") and fact.value is fact.low is None]
    assert all("no " in fact.label for fact in gaps)
    assert {fact.id.split(".")[1] for fact in gaps} == {"az", "arm"}
