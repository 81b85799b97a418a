"""Levers of relief: what each does to people, that none does nothing, and that more of it never does harm."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from displacement_cases import SEED, prior_draws, shipped_inputs, shipped_scenario
from staffride.errors import InputError
from staffride.evidence import ledger
from staffride.model.chain_parameters import CHAIN_PARAMETERS
from staffride.model.displacement import Draws
from staffride.model.displacement_arms import RATE, arms_of, simulate_arms
from staffride.model.displacement_inputs import TOTALS
from staffride.model.parameters import MODEL_PARAMETERS
from staffride.scenario.levers.lever import Lever
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.levers.relief import CHAIN, RELIEF_LEVERS
from staffride.scenario.policy import Policy
from staffride.scenario.schema import Event, Scenario

RUNS = 5
BY_ID = {lever.id: lever for lever in RELIEF_LEVERS}
STAGES = {"displacement": shipped_scenario()}


@functools.cache
def town_draws() -> Draws:
    """Prior draws with 12,000 people, and a checkpoint that is slow enough for a queue."""
    draws = prior_draws(RUNS)
    people = np.full(RUNS, 12_000.0)
    return Draws(draws.parameters | {"population.residents": people}, 0.2 * draws.rate_path)


def policies(*texts: str) -> tuple[Policy, ...]:
    return parse_policies(texts, STAGES)


def run(*texts: str, draws: Draws | None = None):
    """The block of some policies; with each, its totals by plain name, in order."""
    arms = arms_of(shipped_scenario(), shipped_inputs(), draws or town_draws(), policies(*texts))
    block = simulate_arms(arms, SEED, 0, RUNS)
    return block, [{name: block.totals[f"{name}@{arm.id}"] for name in TOTALS} for arm in arms.arms]


def chain_stages() -> dict[str, Scenario]:
    """A displacement as the stage of a chain with a closure and a stop of all traffic."""
    moment = shipped_scenario().period.start
    events = tuple(
        Event(id=kind, kind=kind, time=moment, known_from=moment, assumed="Invented.")
        for kind in ("closure", "stop", "operation")
    )
    chain = shipped_scenario().model_copy(update={"kind": "chain", "events": events})
    return {**STAGES, CHAIN: chain}


# --- what a lever is ---


@pytest.mark.parametrize("lever", RELIEF_LEVERS, ids=lambda lever: lever.id)
def test_a_lever_says_what_it_rests_on_and_what_it_leaves_out(lever: Lever):
    record = ledger()
    known = {**record.facts, **record.claims}
    assert lever.evidence
    assert [name for name in lever.evidence if name not in known] == []
    assert lever.assumed
    assert lever.limits
    assert lever.summary.endswith(".")
    assert (lever.group, set(lever.kinds)) == ("relief", {"displacement", "chain"})
    for dose in lever.doses:
        assert dose.low <= dose.default <= dose.high
        assert dose.low <= dose.null <= dose.high


@pytest.mark.parametrize("name", BY_ID)
def test_every_change_has_a_parameter_to_act_on(name: str):
    lever = BY_ID[name]
    values = {dose.name: dose.low if dose.null != dose.low else dose.high for dose in lever.doses}
    alone = lever.build(STAGES, values)
    assert {change.name for change in alone.changes} <= {*MODEL_PARAMETERS, RATE}
    assert alone.changes or alone.scenarios
    in_chain = lever.build(chain_stages(), values)
    plain = {change.name for change in in_chain.changes if "*" not in change.name}
    assert plain <= {*CHAIN_PARAMETERS, RATE}


@pytest.mark.parametrize("name", BY_ID)
def test_a_lever_at_its_null_changes_nothing_at_all(name: str):
    text = ",".join(f"{dose.name}={dose.null}" for dose in BY_ID[name].doses)
    (policy,) = policies(f"{name}:{BY_ID[name].doses[0].null},{text.partition(',')[2]}".rstrip(","))
    assert not policy.patch.changes
    assert not policy.patch.scenarios
    block, (found,) = run(policy.id)
    assert all(np.array_equal(found[total], block.totals[total]) for total in TOTALS)


@pytest.mark.parametrize("name", BY_ID)
def test_every_dose_of_a_lever_has_an_effect(name: str):
    texts = []
    for dose in BY_ID[name].doses:
        others = [f"{one.name}={one.null}" for one in BY_ID[name].doses if one is not dose]
        value = dose.low if dose.null != dose.low else dose.high
        texts.append(",".join([name, f"{dose.name}={value}", *others]))
    draws = town_draws()
    if name == "road-repair":
        # Where the checkpoint is as fast as the road, the road is what is narrow.
        draws = Draws(prior_draws(RUNS).parameters, np.full_like(draws.rate_path, 540.0))
    block, found = run(*texts, draws=draws)
    for text, totals in zip(texts, found, strict=True):
        assert any((totals[total] != block.totals[total]).any() for total in TOTALS), text


# --- what each does to people ---


def test_more_lanes_never_cost_more_hours_and_change_nobody_s_mind():
    block, doses = run(*(f"checkpoint-lanes:{factor}" for factor in (1.5, 2, 4)))
    lost = np.array([block.totals["road_hours"], *(one["road_hours"] for one in doses)])
    assert (np.diff(lost, axis=0) <= 0.0).all()
    assert (lost[-1] < 0.5 * lost[0]).all()
    for one in doses:
        for same in ("stayed", "without_seat", "waited_for_fuel_days", "casualties"):
            assert np.array_equal(one[same], block.totals[same])


def test_more_seats_never_leave_more_people_without_one():
    block, doses = run(*(f"buses:{seats}" for seats in (50, 200, 1000)))
    left = np.array([block.totals["without_seat"], *(one["without_seat"] for one in doses)])
    waited = np.array([block.totals["waited_for_bus_days"], *(one["waited_for_bus_days"] for one in doses)])
    assert (np.diff(left, axis=0) <= 0.0).all()
    assert (np.diff(waited, axis=0) <= 0.0).all()
    assert waited[-1].sum() < waited[0].sum()


def test_an_earlier_convoy_shortens_the_wait_where_seats_are_enough():
    """Where every convoy takes all who wait, each waits at most twelve hours once convoys run."""
    plain, earlier = run("buses:20000", "buses:20000,earlier=48")[1]
    assert (earlier["waited_for_bus_days"] < plain["waited_for_bus_days"]).all()


def test_more_reception_never_leaves_more_people_unplaced():
    block, doses = run(*(f"reception-surge:{factor},places={factor}" for factor in (2, 10)))
    for name in ("shelter.unmet_days", "shelter.unmet_longest"):
        unmet = np.array([block.totals[name], *(one[name] for one in doses)])
        assert (np.diff(unmet.sum(axis=1)) <= 0.0).all(), name
    assert np.array_equal(doses[-1]["arrivals"], block.totals["arrivals"])
    assert np.array_equal(doses[-1]["road_hours"], block.totals["road_hours"])


def test_trust_lets_people_stay_and_touches_no_one_else():
    block, doses = run("credible-guarantee:0.5", "credible-guarantee:1")
    stayed = np.array([block.totals["stayed"], *(one["stayed"] for one in doses)])
    assert (np.diff(stayed, axis=0) >= 0.0).all()
    assert stayed[-1].sum() > stayed[0].sum()
    numbers = town_draws().parameters
    without = Draws(numbers | {"departure.trust_effect": np.zeros(RUNS)}, town_draws().rate_path)
    block, (found,) = run("credible-guarantee:1", draws=without)
    assert all(np.array_equal(found[name], block.totals[name]) for name in TOTALS)


def test_an_open_road_leaves_nobody_waiting_for_fuel():
    block, (whole, half) = run("open-road:1", "open-road:0.5")
    assert block.totals["waited_for_fuel_days"].sum() > half["waited_for_fuel_days"].sum() > 0.0
    assert not whole["waited_for_fuel_days"].any()
    assert not whole["casualties"].any()


def test_fuel_beforehand_ends_the_wait_for_it_and_hands_it_to_the_road():
    block, doses = run("fuel-distribution:2", "fuel-distribution:5", "fuel-distribution:1,stock=1")
    waited = np.array([block.totals["waited_for_fuel_days"], *(one["waited_for_fuel_days"] for one in doses)])
    assert (np.diff(waited, axis=0) <= 0.0).all()
    assert not waited[-1].any()
    assert doses[-1]["road_hours"].sum() > block.totals["road_hours"].sum()


def test_a_warning_brings_people_to_the_queue_earlier_not_through_it():
    block, (warned,) = run("early-warning:6")
    waited = sum(block.totals[name] for name in ("road_hours",)) + 24.0 * block.totals["waited_for_fuel_days"]
    later = warned["road_hours"] + 24.0 * warned["waited_for_fuel_days"]
    assert later.sum() > waited.sum()


def test_a_wider_road_is_of_use_where_the_road_is_narrow():
    """With the checkpoint as fast as the road, hours are lost on the road; with a slow one, before the checkpoint."""
    parameters = prior_draws(RUNS).parameters
    fast = Draws(parameters, np.full((RUNS, 264), 540.0))
    slow = Draws(parameters, np.full((RUNS, 264), 60.0))
    text = "road-repair:3+checkpoint-lanes:3", "road-repair:3"
    block, (both, road) = run(*text, draws=fast)
    assert both["road_hours"].sum() < 0.7 * block.totals["road_hours"].sum()
    assert both["road_hours"].sum() < road["road_hours"].sum()
    block, (_, road) = run(*text, draws=slow)
    assert road["road_hours"].sum() == pytest.approx(block.totals["road_hours"].sum(), rel=0.01)
    # The rates stay within what the wider road carries.
    (policy,) = policies(text[0])
    arm = arms_of(shipped_scenario(), shipped_inputs(), fast, [policy]).arms[0]
    assert arm.inputs.highest_rate == pytest.approx(3.0 * shipped_inputs().highest_rate)
    assert np.array_equal(arm.inputs.network.next_link, shipped_inputs().network.next_link)


def test_a_late_lever_leaves_what_came_before():
    day = "2023-09-28"
    block, _ = run(
        f"checkpoint-lanes:3,from={day}",
        f"buses:2000,from={day}",
        f"buses:2000,from={day}+checkpoint-lanes:3,from={day}",
    )
    names = [name for name in block.series if "@" in name]
    assert len(names) == 3
    for name in names:
        assert np.array_equal(block.series[name][:, :96], block.series["arrivals"][:, :96])
        assert (block.series[name][:, 96:] != block.series["arrivals"][:, 96:]).any()


# --- in a chain ---


def test_in_a_chain_an_open_road_acts_on_the_closure():
    patch = BY_ID["open-road"].build(chain_stages(), {"share": 0.4})
    assert [event.kind for event in patch.scenarios[CHAIN].events] == ["closure", "operation"]
    assert [tuple(change) for change in patch.changes] == [("closure.*.relief", "at_least", 0.4)]
    nothing = BY_ID["open-road"].build(chain_stages(), {"share": 0.0})
    assert (nothing.scenarios, nothing.changes) == ({}, ())


def test_in_a_chain_fuel_and_guarantees_act_where_the_chain_draws_them():
    fuel = BY_ID["fuel-distribution"].build(chain_stages(), {"factor": 1.0, "stock": 0.25, "outage": 1.0})
    assert [tuple(change) for change in fuel.changes] == [("link.without_fuel", "times", 0.75)]
    trust = BY_ID["credible-guarantee"].build(chain_stages(), {"trust": 0.6})
    assert {change.name for change in trust.changes} == {"departure.trust", "returns.guarantee"}


# --- cost and errors ---


def test_costs_are_those_of_the_record_and_none_where_nothing_is_done():
    record = ledger()
    assert record.facts["diplomacy.D29.last"].value == 20 * 35
    assert record.facts["diplomacy.D34"].value == 100_000
    costs = [
        policy.cost for policy in policies("buses:1000", "buses:0", "reception-surge", "reception-surge:1")
    ]
    assert costs[0].startswith("up to 29 more bus journeys a day")
    assert "100,000 AMD" in costs[2]
    assert (costs[1], costs[3]) == ("", "")


def test_what_cannot_be_is_refused_with_its_reason():
    with pytest.raises(InputError) as error:
        policies("road-repair:9", "buses:-1", "road-repair:2,from=2023-09-27", "buses:500,from=2024-01-01")
    text = str(error.value)
    assert len(error.value.problems) == 4
    for part in ("capacity is 9", "seats is -1", "cannot begin at a date", "outside of the scenario"):
        assert part in text


def test_a_road_that_would_flow_as_full_as_it_jams_is_refused():
    scenario = shipped_scenario()
    links = tuple(link.model_copy(update={"jam_density_vehicles_per_km": 40.0}) for link in scenario.links)
    crowded = {"displacement": scenario.model_copy(update={"links": links})}
    with pytest.raises(InputError, match="as full when it flows as when jammed"):
        BY_ID["road-repair"].build(crowded, {"capacity": 4.0, "time": 1.0})


def test_a_displacement_that_nobody_receives_has_no_reception_to_strengthen():
    alone = {"displacement": shipped_scenario().model_copy(update={"provinces": ()})}
    with pytest.raises(InputError, match="no provinces"):
        BY_ID["reception-surge"].build(alone, {"factor": 2.0, "places": 1.0})
