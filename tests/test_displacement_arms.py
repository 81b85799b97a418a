"""Arms of a displacement: nothing changes nothing, changes act where they say, and person-hours are exact."""

from __future__ import annotations

import dataclasses
import functools
import pickle
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor import corridor
from displacement_cases import SEED, prior_draws, shipped_inputs, shipped_scenario
from staffride.engine.sorting import order_by_time
from staffride.errors import InputError
from staffride.lab.conditioning import draw
from staffride.model import displacement
from staffride.model.buses import Convoys, board_as_convoys_change, board_convoys
from staffride.model.displacement import Draws, Inputs, replicate, simulate_block
from staffride.model.displacement_arms import Arms, arms_of, simulate_arms
from staffride.model.displacement_inputs import TOTALS
from staffride.model.parties import PERSONS, Parties
from staffride.model.tally import person_hours
from staffride.results.paired import pair, paired_totals
from staffride.scenario.policy import Change, Patch, Policy

RUNS = 4
PEOPLE = 3_000.0


@functools.cache
def small_draws(replications: int = RUNS) -> Draws:
    """Prior draws of the shipped scenario with a few thousand people and a checkpoint that is as much smaller."""
    draws = prior_draws(replications)
    people = draws.parameters["population.residents"]
    share = PEOPLE / people
    scaled = ("buses.seats_per_day", "fuel.vehicles_per_hour", "reception.registration_rate")
    columns = {name: draws.parameters[name] * share for name in (*scaled, "reception.placement_rate")}
    columns |= {"population.residents": np.full(replications, PEOPLE)}
    columns |= {"reception.capacity_share": draws.parameters["reception.capacity_share"] * share}
    return Draws(draws.parameters | columns, draws.rate_path * share[:, None])


def policy(name: str, *changes: tuple, scenario=None, from_h=None) -> Policy:
    """A policy of some changes, with rows of its own or a date where wanted."""
    starts = None if from_h is None else shipped_scenario().period.start + timedelta(hours=from_h)
    scenarios = {} if scenario is None else {"displacement": scenario}
    return Policy(name, name, "", Patch(scenarios, tuple(Change(*one) for one in changes)), starts)


def prepare(*policies: Policy, draws: Draws | None = None) -> Arms:
    return arms_of(shipped_scenario(), shipped_inputs(), draws or small_draws(), policies)


def run(*policies: Policy, draws: Draws | None = None, first: int = 0, count: int = RUNS):
    return simulate_arms(prepare(*policies, draws=draws), SEED, first, count)


def totals(block, name: str) -> dict[str, np.ndarray]:
    """The totals of one arm, by plain name."""
    return {total: block.totals[f"{total}@{name}"] for total in TOTALS}


NOTHING = (
    policy("empty"),
    policy("once", ("checkpoint.rate", "times", 1.0), ("reception.*", "times", 1.0)),
    policy("plus", ("departure.*", "plus", 0.0), ("buses.*", "plus", 0.0)),
    policy("least", ("*_share", "at_least", 0.0), ("checkpoint.rate", "at_most", 1e9)),
    policy("dated", ("checkpoint.rate", "times", 1.0), ("buses.*", "times", 1.0), from_h=70.5),
    policy("rows", scenario=shipped_scenario().model_copy(update={"title": "The same"})),
    policy("elsewhere", ("closure.food.stock", "times", 9.0)),
)

SOMETHING = (
    policy("lanes", ("checkpoint.rate", "times", 2.0)),
    policy("late-lanes", ("checkpoint.rate", "times", 2.0), from_h=60),
    policy("seats", ("buses.seats_per_day", "times", 3.0), from_h=80),
    policy("word", ("departure.word_spread", "times", 0.5), ("reception.placement_rate", "times", 2.0)),
)


# --- nothing changes nothing, and nobody disturbs anybody ---


def test_a_policy_that_changes_nothing_gives_exactly_no_difference():
    block = run(*NOTHING)
    for one in NOTHING:
        assert len(paired_totals(list(block.totals), one.id)) == len(TOTALS)
        for name in TOTALS:
            assert np.array_equal(block.totals[name], block.totals[f"{name}@{one.id}"]), (one.id, name)
        assert pair(block.totals["road_hours"], block.totals[f"road_hours@{one.id}"]).mean == 0.0
        assert np.array_equal(block.series["arrivals"], block.series[f"arrivals@{one.id}"])


def test_nothing_changes_nothing_under_draws_that_were_rounded_over_a_limit():
    """The stored fit is kept in single precision, so that a number may lie a hair over its limit."""
    draws = small_draws()
    over = np.nextafter(np.full(RUNS, 1.0), 2.0)
    draws = Draws(draws.parameters | {"fuel.share_without": over}, np.full_like(draws.rate_path, 541.0))
    block = run(
        policy("n", ("fuel.*", "times", 1.0), ("checkpoint.rate", "times", 1.0)), draws=draws, count=1
    )
    assert all(np.array_equal(block.totals[name], block.totals[f"{name}@n"]) for name in TOTALS)


def test_the_baseline_is_what_it_is_without_arms():
    plain = simulate_block(shipped_inputs(), small_draws(), SEED, 0, RUNS)
    block = run(*SOMETHING)
    for group in ("series", "totals", "parameters", "links", "events"):
        mine, theirs = getattr(block, group), getattr(plain, group)
        assert all(np.array_equal(mine[name], theirs[name]) for name in theirs)
        added = {name.partition("@")[2] for name in mine if name not in theirs}
        assert added == ({one.id for one in SOMETHING} if group in ("series", "totals") else set())
    assert {name for name in block.series if "@" in name} == {f"arrivals@{one.id}" for one in SOMETHING}


def test_a_policy_is_the_same_alone_and_among_others_whatever_the_blocks():
    together = run(*SOMETHING, *NOTHING)
    for one in SOMETHING:
        alone = [run(one, first=first, count=1) for first in range(RUNS)]
        for name in TOTALS:
            column = np.concatenate([block.totals[f"{name}@{one.id}"] for block in alone])
            assert np.array_equal(column, together.totals[f"{name}@{one.id}"]), (one.id, name)
        changes = [name for name in TOTALS if (totals(together, one.id)[name] != together.totals[name]).any()]
        assert "road_hours" in changes or "without_seat" in changes or "waited_for_bus_days" in changes


def test_arms_are_the_same_in_another_process_and_travel_light():
    """What is handed to a worker holds the draws once, and not once for each policy."""
    arms = prepare(*SOMETHING)
    sent = pickle.dumps(arms)
    back = simulate_arms(pickle.loads(sent), SEED, 0, 2)
    here = simulate_arms(arms, SEED, 0, 2)
    assert all(np.array_equal(back.totals[name], here.totals[name]) for name in here.totals)
    many = [
        dataclasses.replace(one, id=f"{one.id}-{number}") for number in range(50) for one in SOMETHING[:2]
    ]
    assert len(pickle.dumps(prepare(*many))) < len(sent) + 100 * 250


def test_inputs_of_other_rows_share_every_array_that_is_the_same():
    scenario = shipped_scenario()
    wider = tuple(
        link.model_copy(update={"capacity_vehicles_per_h": 2.0 * link.capacity_vehicles_per_h})
        for link in scenario.links
    )
    arm = prepare(policy("wide", scenario=scenario.model_copy(update={"links": wider}))).arms[0]
    base = shipped_inputs()
    assert arm.inputs.highest_rate == 2.0 * base.highest_rate
    other = {
        name
        for name in base.network._fields
        if getattr(arm.inputs.network, name) is not getattr(base.network, name)
    }
    assert other == {"headway_h"}
    assert all(
        getattr(arm.inputs, name) is getattr(base, name)
        for name in Inputs.__slots__
        if isinstance(getattr(base, name), np.ndarray)
    )


# --- a change acts on what it names ---


def test_changes_act_on_drawn_numbers_within_their_limits_and_by_pattern():
    changes = (
        Change("departure.trust", "plus", 5.0),
        Change("fuel.open_*", "at_most", 6.0),
        Change("reception.capacity_z.*", "set", 0.0),
        Change("departure.open_hour", "plus", -1e6),
    )
    numbers = {
        (one.name, one.value): one for one in prepare(Policy("p", "", "", Patch({}, changes))).arms[0].numbers
    }
    assert {name for name, _ in numbers} >= {
        "departure.trust",
        "fuel.open_hour",
        "reception.capacity_z.shirak",
    }
    block = run(Policy("p", "", "", Patch({}, changes)), count=1)
    by_hand = small_draws().numbers(0) | {
        "departure.trust": 1.0,
        "fuel.open_hour": min(6.0, small_draws().numbers(0)["fuel.open_hour"]),
        "departure.open_hour": 0.0,
    }
    by_hand |= {name: 0.0 for name in by_hand if name.startswith("reception.capacity_z.")}
    expected = replicate(shipped_inputs(), by_hand, small_draws().rate_path[0], SEED, 0).totals
    assert {name: column[0] for name, column in totals(block, "p").items()} == expected


def test_a_policy_acts_on_a_fit_as_on_a_prior():
    """The bulletins were read before the policy was thought of: it changes numbers, not what they were fitted to."""
    draws = draw(shipped_scenario(), 2, SEED, "posterior", inputs=shipped_inputs())
    block = run(policy("hungry", ("departure.hunger", "set", 0.0)), draws=draws, count=1)
    numbers = draws.numbers(0) | {"departure.hunger": 0.0}
    expected = replicate(shipped_inputs(), numbers, draws.rate_path[0], SEED, 0).totals
    assert {name: column[0] for name, column in totals(block, "hungry").items()} == expected


@pytest.mark.parametrize("from_h", [30.0, 30.5, 100.0, 263.0])
def test_what_begins_at_an_hour_leaves_all_before_as_it_was(from_h):
    changes = ("checkpoint.rate", "times", 3.0), ("buses.seats_per_day", "plus", 500.0)
    block = run(policy("late", *changes, from_h=from_h))
    before = int(np.ceil(from_h))
    assert np.array_equal(block.series["arrivals"][:, :before], block.series["arrivals@late"][:, :before])
    if from_h < 200.0:
        assert (block.series["arrivals"] != block.series["arrivals@late"]).any()


def test_a_rate_stays_within_what_the_road_carries_and_a_closed_checkpoint_stays_closed():
    draws = Draws(small_draws().parameters, np.tile(np.repeat([0.0, 200.0], 132), (RUNS, 1)))
    numbers, seen = draws.numbers(0), []
    for rule, value, rate in (("times", 9.0, 540.0), ("plus", 50.0, 250.0), ("set", 100.0, 100.0)):
        block = run(policy("p", ("checkpoint.rate", rule, value)), draws=draws, count=1)
        path = np.repeat([0.0, rate], 132)
        expected = replicate(shipped_inputs(), numbers, path, SEED, 0).totals
        seen.append(totals(block, "p")["road_hours"][0])
        assert seen[-1] == expected["road_hours"]
    assert shipped_inputs().highest_rate == 540.0


# --- what is refused ---


def test_every_problem_is_told_at_once():
    scenario = shipped_scenario()
    added = scenario.provinces[0].model_copy(update={"id": "elsewhere"})
    shorter = scenario.period.model_copy(update={"end": scenario.period.end - timedelta(hours=24)})
    with pytest.raises(InputError) as error:
        prepare(
            policy("levels", ("checkpoint.rate_*", "times", 2.0)),
            policy("dated", ("departure.trust", "plus", 0.1), from_h=24),
            policy("new", scenario=scenario.model_copy(update={"provinces": (*scenario.provinces, added)})),
            policy("short", scenario=scenario.model_copy(update={"period": shorter})),
        )
    text = str(error.value)
    assert len(error.value.problems) == 5
    for part in (
        "'checkpoint.rate_level'",
        "'checkpoint.rate_spread'",
        "departure.trust",
        "'elsewhere'",
        "period",
    ):
        assert part in text


def test_rows_cannot_change_from_a_date_on():
    with pytest.raises(InputError, match="rows of its tables"):
        prepare(policy("rows", scenario=shipped_scenario(), from_h=24))


# --- convoys that change ---


def waiting_for(persons, decision_h) -> Parties:
    people = np.tile(np.asarray(persons, np.int32)[:, None], (1, 4))
    places, without = np.zeros(len(people), np.int32), np.zeros(len(people), np.bool_)
    return Parties(places, people, np.asarray(decision_h, np.float64), without)


CROWDS = st.lists(st.tuples(st.integers(1, 9), st.floats(0.0, 250.0)), min_size=1, max_size=60)


@given(CROWDS, st.floats(0.0, 200.0), st.floats(0.0, 300.0), st.floats(0.0, 280.0), st.floats(0.0, 300.0))
def test_laws_of_convoys_that_change(crowd, first, seats, change, more):
    waiting = waiting_for([row[0] for row in crowd], [row[1] for row in crowd])
    order = order_by_time(waiting.decision_h)
    plain, plain_of = board_convoys(waiting, order, first, seats, 264.0)
    same, same_of = board_as_convoys_change(
        waiting, order, Convoys(first, seats), Convoys(first, seats), change, 264.0
    )
    assert np.array_equal(same_of, plain_of)
    assert all(np.array_equal(one, other) for one, other in zip(same, plain, strict=True))
    later, later_of = board_as_convoys_change(
        waiting, order, Convoys(first, seats), Convoys(first, seats + more), change, 264.0
    )
    # Before the change all is as it was, and more seats never leave more people behind.
    assert np.array_equal(
        later.decision_h[later.decision_h < change], plain.decision_h[plain.decision_h < change]
    )
    boards, boarded = (
        np.append(one.decision_h, np.inf)[of] for one, of in ((plain, plain_of), (later, later_of))
    )
    assert (boarded <= boards).all()


# --- person-hours ---


def journey_of(replication: int):
    numbers = small_draws().numbers(replication)
    ready = displacement._prepare(shipped_inputs(), numbers, SEED, replication)
    rate = small_draws().rate_path[replication]
    return ready, displacement._travel(shipped_inputs(), numbers, rate, ready)


def integral(persons, from_h, until_h, last_h) -> float:
    """How many are there, integrated over time from event to event: the other side of Little's law."""
    times = np.concatenate((from_h, until_h))
    steps = np.concatenate((persons, -persons)).astype(float)
    times, steps = times[times < last_h], steps[times < last_h]
    order = np.argsort(times, kind="stable")
    times, present = times[order], np.cumsum(steps[order])
    return float((present * np.diff(np.append(times, last_h))).sum())


@given(
    st.lists(st.tuples(st.integers(1, 9), st.floats(0, 300), st.floats(0, 300)), max_size=30),
    st.floats(1.0, 264.0),
)
def test_little_s_law(stays, last_h):
    persons = np.array([row[0] for row in stays], np.int64)
    from_h, spent = (np.array([row[column] for row in stays], float) for column in (1, 2))
    hours = person_hours(persons, from_h, from_h + spent, last_h)
    assert hours == pytest.approx(integral(persons, from_h, from_h + spent, last_h), abs=1e-6)
    assert hours >= 0.0


@pytest.mark.parametrize("replication", range(RUNS))
def test_hours_and_days_are_integrals_of_those_who_are_there(replication):
    ready, journey = journey_of(replication)
    block = run(count=RUNS)
    found = {name: block.totals[name][replication] for name in TOTALS}
    series = {name: values[replication].astype(float) for name, values in block.series.items()}
    persons, last = journey.people[:, PERSONS], 264.0
    on_road = integral(persons, journey.ready_h, journey.checkpoint_h, last)
    assert found["travel_hours"] == pytest.approx(on_road, rel=1e-9)
    boarded = ready.waiting, ready.boards_h
    for_bus = integral(boarded[0].people[:, PERSONS], boarded[0].decision_h, boarded[1], last)
    assert found["waited_for_bus_days"] * 24.0 == pytest.approx(for_bus, rel=1e-9)
    # The hourly series sum to the same within an hour for each person.
    for name, waited in (("on_road", "travel_hours"), ("waiting_for_bus", "waited_for_bus_days")):
        hours = found[waited] * (24.0 if waited.endswith("days") else 1.0)
        assert abs(hours - series[name].sum()) <= found["leavers"]
    fuel = found["waited_for_fuel_days"] * 24.0
    assert abs(fuel - series["waiting_for_fuel"].sum()) <= found["leavers"]
    assert found["shelter.unmet_days"] * 24.0 == pytest.approx(series["shelter.unmet"].sum())
    assert found["shelter.unmet_longest"] == series["shelter.unmet"].max()
    assert found["without_seat"] == series["waiting_for_bus"][-1]


@pytest.mark.parametrize("replication", range(RUNS))
def test_hours_lost_are_hours_on_the_road_less_those_of_an_empty_road(replication):
    _, journey = journey_of(replication)
    block = run(count=RUNS)
    persons, free_h = journey.people[:, PERSONS], journey.ready_h + journey.free_flow_h
    free = person_hours(persons, journey.ready_h, free_h, 264.0)
    travel, lost = block.totals["travel_hours"][replication], block.totals["road_hours"][replication]
    assert travel == pytest.approx(lost + free, rel=1e-9)
    # Of those who crossed it is the mean delay times their number; the others are still losing.
    crossed = block.totals["delay_hours.mean"][replication] * block.totals["arrivals"][replication]
    still = ~np.isfinite(journey.checkpoint_h)
    waiting = (persons[still] * np.maximum(264.0 - free_h[still], 0.0)).sum()
    assert lost == pytest.approx(crossed + waiting, rel=1e-6)


def test_the_dead_of_the_explosion_wait_until_it():
    """Two adults wait for fuel that never comes; one dies at hour 30: 30 hours the one, to the end the other."""
    numbers = small_draws().numbers(0) | {
        "fuel.vehicles_per_hour": 0.0,
        "fuel.share_without": 1.0,
        "incident.fatalities": 40.0,
    }
    inputs = dataclasses.replace(shipped_inputs(), explosion_hour=100.0)
    outcome = replicate(inputs, numbers, small_draws().rate_path[0], SEED, 0)
    ready = displacement._prepare(inputs, numbers, SEED, 0)
    begun = ready.driving.decision_h
    everybody = person_hours(ready.people_before, begun, np.full(begun.size, np.inf), 264.0)
    assert outcome.totals["casualties"] == 40.0
    waited = outcome.totals["waited_for_fuel_days"] * 24.0
    assert waited == pytest.approx(everybody - 40.0 * (264.0 - 100.0), rel=1e-9)


# --- mechanisms ---


def one_road(residents: float, rate: float) -> tuple[Inputs, Draws]:
    """One town, all of whose people are ready at once, before a checkpoint that is never idle until they are gone."""
    base, network = shipped_inputs(), corridor()
    inputs = dataclasses.replace(
        base,
        place_ids=("town",),
        place_share=np.ones(1),
        place_word_delay=np.zeros(1),
        place_danger=np.zeros(1),
        place_node=np.zeros(1, np.int32),
        place_free_flow=network.free_flow_h[:1],
        place_distance=np.full(1, 56.0),
        place_storage=network.storage[:1].astype(float),
        network=network,
        link_count=2,
        highest_rate=1200.0,
        explosion_hour=np.inf,
    )
    numbers = small_draws(1).numbers(0) | {
        "population.residents": residents,
        "departure.stay_share": 0.0,
        "departure.open_hour": 0.0,
        "departure.word_spread": 0.0,
        "departure.first_rate": 1e6,
        "departure.neighbour_rate": 0.0,
        "departure.straggler_share": 0.0,
        "vehicles.without_seat_share": 0.0,
        "fuel.share_without": 0.0,
        "traffic.free_flow_factor": 1.0,
    }
    columns = {name: np.array([value]) for name, value in numbers.items()}
    return inputs, Draws(columns, np.full((1, 264), rate))


def test_twice_the_rate_of_a_saturated_checkpoint_halves_the_time_to_clear_it():
    """V vehicles ready at once pass one by one: the n-th is delayed by (n - 1) / rate, up to the first's own check.

    So the last passes after free flow + V / rate, and all together lose (V + 1) / 2 hours of the rate each on average.
    """
    inputs, draws = one_road(3_000.0, 20.0)
    arms = arms_of(shipped_scenario(), inputs, draws, [policy("x2", ("checkpoint.rate", "times", 2.0))])
    arms = dataclasses.replace(arms, arms=tuple(dataclasses.replace(arm, inputs=inputs) for arm in arms.arms))
    block = simulate_arms(arms, SEED, 0, 1)
    vehicles = block.totals["vehicles"][0]
    free_h = inputs.place_free_flow[0]
    for suffix, rate in (("", 20.0), ("@x2", 40.0)):
        arrivals = block.series[f"arrivals{suffix}"][0]
        cleared = int(np.argmax(arrivals == arrivals[-1])) + 1
        assert arrivals[-1] == 3_000.0
        assert cleared - 1 < free_h + vehicles / rate + 0.01 <= cleared + 0.01
        mean = block.totals[f"road_hours{suffix}"][0] / 3_000.0
        assert mean == pytest.approx((vehicles + 1.0) / 2.0 / rate, rel=0.03)
    assert block.totals["road_hours@x2"][0] == pytest.approx(block.totals["road_hours"][0] / 2.0, rel=1e-3)


@pytest.mark.parametrize("low", [0.5, 1.0])
def test_a_faster_checkpoint_never_costs_more_hours_on_the_road(low):
    rates = [policy(f"x{factor}", ("checkpoint.rate", "times", low * factor)) for factor in (1, 2, 4)]
    block = run(*rates)
    lost = np.array([totals(block, one.id)["road_hours"] for one in rates])
    arrived = np.array([totals(block, one.id)["arrivals"] for one in rates])
    assert (np.diff(lost, axis=0) <= 0.0).all()
    assert (np.diff(arrived, axis=0) >= 0.0).all()
    assert lost[0].sum() > lost[-1].sum()
    for name in ("stayed", "leavers", "without_seat", "waited_for_bus_days", "casualties"):
        assert (np.ptp([totals(block, one.id)[name] for one in rates], axis=0) == 0.0).all()
