"""A whole displacement: people, vehicles and fuel are conserved, and luck is keyed, on the shipped scenario."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from displacement_cases import SEED, prior_draws, shipped_block, shipped_inputs, shipped_scenario
from staffride.errors import InputError
from staffride.lab.law import fluid_plans
from staffride.lab.priors import prior_columns
from staffride.model import displacement
from staffride.model.displacement import Draws, compile_inputs, replicate, simulate_block
from staffride.model.displacement_inputs import EVENT_KINDS, SERIES, TOTALS, behaviour_of
from staffride.model.parameters import MODEL_PARAMETERS, PARAMETERS

RUNS = 6


def run(replication=0, rate=None, inputs=None, **changes):
    """One replication of the shipped scenario; changes are parameters with ``__`` for the dot."""
    draws = prior_draws(RUNS)
    numbers = draws.numbers(replication) | {
        name.replace("__", "."): float(value) for name, value in changes.items()
    }
    rates = draws.rate_path[replication] if rate is None else rate
    return replicate(shipped_inputs() if inputs is None else inputs, numbers, rates, SEED, replication)


def parts(replication=0, rate=None, inputs=None, **changes):
    """The same, as what happened before anybody drove, and the journey."""
    draws, inputs = prior_draws(RUNS), inputs or shipped_inputs()
    numbers = draws.numbers(replication) | {
        name.replace("__", "."): float(value) for name, value in changes.items()
    }
    ready = displacement._prepare(inputs, numbers, SEED, replication)
    rates = draws.rate_path[replication] if rate is None else rate
    return ready, displacement._travel(inputs, numbers, rates, ready)


def by_hour(time_h):
    """How many of the times lie within each hour or before, for every hour of the period."""
    return np.searchsorted(np.sort(time_h), np.arange(1, shipped_inputs().hours + 1), side="right")


def same(one, other, names=None):
    """Names of the series of two outcomes that differ."""
    return {name for name in names or one.series if not np.array_equal(one.series[name], other.series[name])}


# --- Conservation, every hour of several replications ---


def test_people_are_conserved_every_hour():
    block = shipped_block(RUNS)
    somewhere = sum(
        block.series[name].astype(np.int64)
        for name in ("at_home", "waiting_for_fuel", "waiting_for_bus", "on_road", "arrivals", "casualties")
    )
    residents = np.array([int(value) for value in block.parameters["population.residents"]])
    assert np.array_equal(somewhere, np.broadcast_to(residents[:, None], somewhere.shape))
    assert all((values >= 0).all() for values in block.series.values())


def test_series_that_only_grow_only_grow():
    growing = ("arrivals", "departed", "vehicles_crossed", "registered", "own_address", "casualties")
    for name in (*growing, "arrivals.children", "arrivals.women", "arrivals.older", "patients"):
        assert (np.diff(shipped_block(RUNS).series[name], axis=1) >= 0).all(), name


def test_reception_holds_everybody_who_arrived():
    series = {name: values.astype(np.int64) for name, values in shipped_block(RUNS).series.items()}
    received = series["registered"] + series["registration_queue"] + series["patients"]
    assert np.array_equal(received, series["arrivals"])
    asked = series["own_address"] + series["shelter.not_yet_asked"] + series["shelter.unmet"]
    assert np.array_equal(asked + series["shelter.total"], series["registered"])
    provinces = [series[f"shelter.{name}"] for name in shipped_inputs().province_ids]
    assert np.array_equal(sum(provinces), series["shelter.total"])


def test_arrivals_are_the_sum_of_flows_and_hold_their_parts():
    series = {name: values.astype(np.int64) for name, values in shipped_block(RUNS).series.items()}
    assert np.array_equal(np.cumsum(series["flow"], axis=1), series["arrivals"])
    assert (series["arrivals.women"] <= series["arrivals"]).all()
    assert (series["arrivals.children"] + series["arrivals.older"] <= series["arrivals"]).all()
    assert (series["vehicles_crossed"] <= series["arrivals"]).all()


@pytest.mark.parametrize("replication", range(RUNS))
def test_vehicles_are_conserved_every_hour(replication):
    """Ready = entered + waiting at home; entered = on a link + at the exit; counted three independent ways."""
    _, journey = parts(replication)
    ready, entered, at_exit = (by_hour(t) for t in (journey.ready_h, journey.enter_h, journey.exit_h))
    on_links = (journey.link_in - journey.link_out).sum(axis=1)
    assert np.array_equal(entered, on_links + at_exit)
    assert (ready >= entered).all()
    waiting_at_ends = journey.link_reached - journey.link_out
    assert ((waiting_at_ends >= 0) & (waiting_at_ends <= journey.link_in - journey.link_out)).all()
    assert (np.diff(journey.ready_h) >= 0.0).all()
    passed = np.isfinite(journey.checkpoint_h)
    assert (journey.ready_h[passed] <= journey.enter_h[passed]).all()
    slack = journey.checkpoint_h[passed] - journey.enter_h[passed] - journey.free_flow_h[passed]
    assert slack.min() > -1e-9


@pytest.mark.parametrize("replication", range(RUNS))
def test_people_of_households_are_the_people_of_vehicles(replication):
    ready, journey = parts(replication)
    households = ready.households
    leaves = np.isfinite(households.decision_h)
    boarded = ready.buses.people.sum()
    for column, name in enumerate(("persons", "children", "women", "older")):
        leavers = getattr(households, name)[leaves].sum()
        in_parties = ready.driving.people[:, column].sum() + ready.waiting.people[:, column].sum()
        dead = leavers - in_parties
        assert 0 <= dead <= ready.casualties
        assert journey.people[:, column].sum() == (
            ready.driving.people[:, column].sum() + ready.buses.people[:, column].sum()
        )
    assert leavers >= 0
    assert boarded <= ready.waiting.people.sum()
    assert (ready.people_before - ready.driving.people[:, 0]).sum() == ready.casualties


def test_fuel_is_conserved():
    totals = shipped_block(RUNS).totals
    supplied = totals["fuel.in_tanks"] + totals["fuel.handed_out"]
    assert supplied == pytest.approx(totals["fuel.burned"] + totals["fuel.left"], rel=1e-12)
    assert all((totals[f"fuel.{name}"] >= 0.0).all() for name in ("in_tanks", "handed_out", "burned", "left"))


def test_totals_agree_with_series():
    block = shipped_block(RUNS)
    last = {name: values[:, -1] for name, values in block.series.items()}
    assert np.array_equal(block.totals["arrivals"], last["arrivals"])
    assert np.array_equal(block.totals["stayed"], last["at_home"])
    assert np.array_equal(block.totals["casualties"], last["casualties"])
    longest = block.series["queue_vehicles"].max(axis=1)
    assert np.array_equal(block.totals["queue_vehicles.longest"], longest)
    assert (block.totals["residents"] - block.totals["leavers"] <= block.totals["stayed"]).all()


def test_the_checkpoint_is_never_faster_than_its_rate():
    block, draws = shipped_block(RUNS), prior_draws(RUNS)
    crossed = np.diff(block.series["vehicles_crossed"].astype(np.int64), axis=1, prepend=0)
    assert (crossed <= np.ceil(draws.rate_path) + 1).all()
    assert (crossed.cumsum(axis=1) <= draws.rate_path.cumsum(axis=1) + 1e-6).all()


def test_a_block_has_the_series_totals_and_events_that_it_announces():
    block, inputs = shipped_block(RUNS), shipped_inputs()
    assert set(block.series) == set(inputs.series)
    assert set(inputs.series) == {*SERIES, *(f"shelter.{name}" for name in inputs.province_ids)}
    assert set(block.totals) == set(TOTALS)
    assert {values.shape for values in block.series.values()} == {(RUNS, inputs.hours)}
    assert {values.dtype for values in block.series.values()} == {np.dtype(np.float32)}
    assert {values.shape for values in block.links.values()} == {(RUNS, inputs.hours, inputs.link_count)}
    assert set(MODEL_PARAMETERS) | set(inputs.latents) == set(block.parameters)


def test_the_log_of_events_agrees_with_the_series():
    block, inputs = shipped_block(RUNS), shipped_inputs()
    events = block.events
    assert len({column.size for column in events.values()}) == 1
    for replication in range(RUNS):
        mine = events["replication"] == replication
        assert (np.diff(events["time_h"][mine]) >= 0.0).all()
        kinds = [EVENT_KINDS[kind] for kind in events["kind"][mine]]
        column = {name: values[mine] for name, values in events.items()}
        if "explosion" in kinds:
            assert column["time_h"][kinds.index("explosion")] == inputs.explosion_hour
            assert column["persons"][kinds.index("explosion")] == block.totals["casualties"][replication]
        longest = kinds.index("longest_queue")
        queue = block.series["queue_vehicles"][replication]
        assert queue[int(column["time_h"][longest]) - 1] == column["vehicles"][longest] == queue.max()
        assert column["place"][longest] == inputs.network.checkpoint_node
        first = math.ceil(column["time_h"][kinds.index("first_crossing")])
        assert np.flatnonzero(block.series["vehicles_crossed"][replication])[0] + 1 == first
        convoys = np.array([kind == "convoy" for kind in kinds])
        assert column["vehicles"][convoys].sum() == block.totals["buses"][replication]


# --- Limits ---


def test_nobody_lives_there():
    outcome = run(population__residents=0.4)
    assert not any(values.any() for values in outcome.series.values())
    assert outcome.events == []


def test_everybody_stays():
    outcome = run(departure__stay_share=1.0)
    residents = int(prior_draws(RUNS).numbers(0)["population.residents"])
    assert (outcome.series["at_home"] == residents).all()
    assert not outcome.series["arrivals"].any()
    assert outcome.totals["leavers"] == 0.0


def test_everybody_leaves_in_the_end():
    """A fast road, fuel and buses for all: no one is left at home after the last of them has decided."""
    outcome = run(
        rate=np.full(264, 600.0),
        departure__stay_share=0.0,
        departure__straggler_share=0.0,
        departure__first_rate=0.5,
        fuel__vehicles_per_hour=1e6,
        buses__seats_per_day=1e6,
        traffic__free_flow_factor=0.8,
    )
    last = {name: values[-1] for name, values in outcome.series.items()}
    assert last["at_home"] == last["waiting_for_fuel"] == last["waiting_for_bus"] == last["on_road"] == 0
    assert last["arrivals"] + last["casualties"] == outcome.totals["residents"]


@pytest.mark.parametrize("hour", [264.0, 5_000.0])
def test_word_after_the_period_moves_nobody(hour):
    outcome = run(departure__open_hour=hour)
    assert not outcome.series["departed"].any()
    assert (outcome.series["at_home"] == outcome.totals["residents"]).all()
    assert outcome.totals["fuel.handed_out"] == outcome.totals["fuel.burned"] == 0.0


def test_a_closed_checkpoint_lets_nobody_arrive():
    outcome = run(rate=np.zeros(264))
    assert not outcome.series["arrivals"].any()
    assert outcome.series["on_road"][-1] > 0
    assert outcome.series["queue_vehicles"][-1] > 0


def test_without_distribution_of_fuel_only_those_who_have_it_leave():
    outcome = run(fuel__vehicles_per_hour=0.0)
    waiting = outcome.series["waiting_for_fuel"]
    assert waiting[-1] == waiting.max() > 0
    assert outcome.totals["fuel.handed_out"] == 0.0
    assert outcome.series["arrivals"][-1] > 0


def test_without_seats_on_buses_those_who_wait_go_on_waiting():
    outcome = run(buses__seats_per_day=0.0)
    assert outcome.totals["buses"] == 0.0
    assert (np.diff(outcome.series["waiting_for_bus"]) >= 0).all()


def test_without_room_in_the_provinces_nobody_is_placed():
    outcome = run(reception__capacity_share=0.0)
    assert not outcome.series["shelter.total"].any()
    assert outcome.series["shelter.unmet"][-1] > 0


def test_a_scenario_without_provinces_runs():
    inputs = replace(
        shipped_inputs(), province_ids=(), province_residents=np.zeros(0), province_distance=np.zeros(0)
    )
    outcome = run(inputs=inputs)
    assert not outcome.series["shelter.total"].any()
    assert same(outcome, run(), ("arrivals", "registered", "own_address")) == set()


def test_without_an_explosion_nobody_dies():
    outcome = run(inputs=replace(shipped_inputs(), explosion_hour=math.inf))
    assert not outcome.series["casualties"].any()
    assert outcome.totals["casualties"] == 0.0


def test_a_scenario_without_people_exit_or_checkpoint_is_refused():
    scenario = shipped_scenario()
    for change in ({"people": ()}, {"exit_place": None}, {"checkpoint_place": None}):
        with pytest.raises(InputError, match="a displacement scenario"):
            compile_inputs(scenario.model_copy(update=change))


def test_without_limits_on_the_road_arrivals_follow_departures_plus_free_flow():
    """No checkpoint, no capacity, no spill-back, no closure: everybody takes the free-flow time, to the second."""
    network = shipped_inputs().network
    open_road = network._replace(
        headway_h=np.zeros_like(network.headway_h),
        storage=np.full_like(network.storage, 2**30),
        closure_first=np.zeros_like(network.closure_first),
    )
    inputs = replace(shipped_inputs(), network=open_road)
    _, journey = parts(rate=np.full(264, 1e12), inputs=inputs)
    arrived = np.isfinite(journey.checkpoint_h)
    expected = journey.ready_h + journey.free_flow_h
    assert (expected[~arrived] > 264.0 - 1e-6).all()
    assert journey.checkpoint_h[arrived] == pytest.approx(expected[arrived], abs=1e-6)
    outcome = run(rate=np.full(264, 1e12), inputs=inputs)
    assert np.abs(outcome.series["queue_vehicles"]).max() <= 1


# --- Monotone ---


def test_a_faster_checkpoint_never_lets_fewer_vehicles_pass():
    rate = prior_draws(RUNS).rate_path[0]
    slow, fast = run(rate=rate), run(rate=1.5 * rate)
    assert (fast.series["vehicles_crossed"] >= slow.series["vehicles_crossed"]).all()
    assert same(slow, fast, ("departed", "at_home", "waiting_for_fuel", "waiting_for_bus")) == set()


def test_more_room_never_means_more_unmet_need():
    share = prior_draws(RUNS).numbers(0)["reception.capacity_share"]
    before, after = run(reception__capacity_share=0.01 * share), run(reception__capacity_share=0.02 * share)
    assert (after.series["shelter.unmet"] <= before.series["shelter.unmet"]).all()
    assert after.series["shelter.unmet"][-1] < before.series["shelter.unmet"][-1]


# --- Keyed luck ---


def test_a_family_that_touches_nobody_changes_nobody():
    """A family in a place of its own, that never hears of the road, adds itself to those at home and nothing else."""
    inputs, family = shipped_inputs(), 3
    numbers = prior_draws(RUNS).numbers(0)
    residents = int(numbers["population.residents"])
    share = np.append(inputs.place_share * residents, family) / (residents + family)
    larger = replace(
        inputs,
        place_ids=(*inputs.place_ids, "elsewhere"),
        place_share=share,
        place_word_delay=np.append(inputs.place_word_delay, 1e9),
        **{
            name: np.append(getattr(inputs, name), getattr(inputs, name)[:1])
            for name in ("place_danger", "place_node", "place_free_flow", "place_distance", "place_storage")
        },
    )
    before, _ = parts()
    after, _ = parts(inputs=larger, population__residents=residents + family)
    count = before.households.place.size
    assert (after.households.persons[count:]).sum() == family
    for one, other in zip(before.households, after.households, strict=True):
        assert np.array_equal(one, other[:count])
    alone, with_family = run(), run(inputs=larger, population__residents=residents + family)
    assert same(alone, with_family) == {"at_home"}
    assert (with_family.series["at_home"] - alone.series["at_home"] == family).all()
    assert np.array_equal(alone.on_link, with_family.on_link)


def test_replications_are_the_same_alone_in_another_order_and_in_blocks_of_any_size():
    whole, inputs, draws = shipped_block(RUNS), shipped_inputs(), prior_draws(RUNS)
    for first, count in ((5, 1), (3, 2), (0, 3), (2, 1)):
        block = simulate_block(inputs, draws, SEED, first, count)
        rows = slice(first, first + count)
        for kind in ("series", "totals", "links", "parameters"):
            for name, values in getattr(block, kind).items():
                assert np.array_equal(values, getattr(whole, kind)[name][rows]), name
        mine = (whole.events["replication"] >= first) & (whole.events["replication"] < first + count)
        for name, values in block.events.items():
            assert np.array_equal(values, whole.events[name][mine]), name


def test_draws_of_a_replication_do_not_depend_on_how_many_there_are():
    few, many = prior_draws(2), prior_draws(RUNS)
    assert few.numbers(1) == many.numbers(1)
    assert np.array_equal(few.rate_path, many.rate_path[:2])


def test_another_seed_gives_other_luck():
    draws = prior_draws(1)
    one, other = (simulate_block(shipped_inputs(), draws, seed, 0, 1) for seed in (SEED, SEED + 1))
    assert not np.array_equal(one.series["departed"], other.series["departed"])


def test_a_parameter_more_moves_no_other_draw(monkeypatch):
    scenario, inputs = shipped_scenario(), shipped_inputs()
    before = prior_columns(scenario, inputs, 8, SEED)
    fewer = {name: spec for name, spec in MODEL_PARAMETERS.items() if name != "household.mean_size"}
    monkeypatch.setattr("staffride.lab.priors.MODEL_PARAMETERS", fewer)
    after = prior_columns(scenario, inputs, 8, SEED)
    assert set(before) - set(after) == {"household.mean_size"}
    assert all(np.array_equal(before[name], column) for name, column in after.items())


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"fuel__tank": 33.0, "fuel__consumption": 12.5}, set()),
        ({"checkpoint__rate_level": 7.0, "checkpoint__memory": 99.0}, set()),
        ({"household__children_share": 0.5}, {"arrivals.children", "arrivals.older"}),
        (
            {"reception__patient_share": 0.5},
            {name for name in SERIES if name.startswith(("shelter", "regist", "own", "patients"))},
        ),
    ],
)
def test_a_change_that_must_not_matter_leaves_everything_as_it_was(change, moved):
    """What only the account of fuel or the law of the rate reads does not touch anybody's way."""
    provinces = {f"shelter.{name}" for name in shipped_inputs().province_ids}
    assert same(run(), run(**change)) - provinces <= moved


def test_without_trust_and_hunger_their_effects_do_not_matter():
    plain = run(departure__trust=0.0, departure__hunger=0.0)
    changed = run(
        departure__trust=0.0,
        departure__hunger=0.0,
        departure__trust_effect=2.5,
        departure__hunger_effect=1.5,
    )
    assert same(plain, changed) == set()


def test_the_fluid_twin_reads_parameters_as_the_households_do():
    """Both must mean the same by a share who stay, a share with a vehicle and a first rate."""
    draws, inputs = prior_draws(RUNS), shipped_inputs()
    plan = fluid_plans(draws.parameters, inputs)
    for replication in range(RUNS):
        numbers = draws.numbers(replication)
        behaviour = behaviour_of(numbers)
        leavers = numbers["population.residents"] * (1.0 - behaviour.stay_share)
        assert plan.leavers[replication] == pytest.approx(leavers, rel=1e-9)
        assert plan.first_rate_per_h[replication] == pytest.approx(behaviour.first_rate_per_h)
        waiting = (1.0 - behaviour.vehicle_share) * behaviour.without_seat_share
        assert plan.bus_share[replication] == pytest.approx(waiting, abs=1e-12)


# --- Compiled and uncompiled ---

SMALL = {"population.residents": 240.0, "departure.stay_share": 0.1, "buses.first_hour": 30.0}
PROGRAM = f"""
import json, sys
from displacement_cases import SEED, prior_draws, shipped_inputs
from staffride.model.displacement import replicate
draws = prior_draws(2)
outcome = replicate(shipped_inputs(), draws.numbers(1) | {SMALL}, draws.rate_path[1], SEED, 1)
series = {{name: [float(value).hex() for value in values] for name, values in outcome.series.items()}}
totals = {{name: float(value).hex() for name, value in outcome.totals.items()}}
rate = [float(value).hex() for value in draws.rate_path[1]]
links = [outcome.on_link.tolist(), outcome.waiting.tolist()]
json.dump([series, totals, rate, links, outcome.events], sys.stdout)
"""


def test_compiled_and_uncompiled_rules_give_the_same_bits(root):
    def results(disable):
        environment = os.environ | {"NUMBA_DISABLE_JIT": disable, "PYTHONPATH": str(root / "tests")}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
        )
        return json.loads(done.stdout)

    compiled, plain = results("0"), results("1")
    assert compiled == plain
    assert float.fromhex(compiled[0]["arrivals"][-1]) > 0.0
    assert float.fromhex(compiled[1]["buses"]) > 0.0


def test_a_block_tells_of_each_replication():
    told = []
    simulate_block(shipped_inputs(), prior_draws(2), SEED, 0, 2, on_replication=lambda: told.append(1))
    assert len(told) == 2


def test_draws_hand_out_one_row():
    draws = Draws({"a": np.array([1.0, 2.0])}, np.zeros((2, 3)))
    assert draws.numbers(1) == {"a": 2.0}


def test_every_parameter_says_its_unit_and_meaning():
    assert all(spec.unit and spec.meaning for spec in PARAMETERS.values())
    assert all(spec.required for spec in MODEL_PARAMETERS.values())
    assert not any(spec.required for name, spec in PARAMETERS.items() if name not in MODEL_PARAMETERS)
