"""The fluid twin: people are conserved, its rules are those of the household model, and it stays close to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conditioning_cases import plan, run_fluid
from displacement_cases import prior_draws, shipped_inputs
from staffride.lab import particle_kernel as kernel
from staffride.lab.fluid import FluidState, convoys_in, fluid_hour, hours_served, share_reaching
from staffride.lab.law import fluid_plans, law_table, place_table
from staffride.model.displacement import replicate
from staffride.model.displacement_inputs import behaviour_of

START = FluidState(*[0.0] * 6)
ONE_PLACE = (np.array([1.0]), np.array([0.0]), np.array([1.0]))


# --- Conservation ---


@given(
    rates=st.lists(st.floats(0.0, 5000.0), min_size=10, max_size=80),
    without_fuel=st.floats(0.0, 1.0),
    bus=st.floats(0.0, 1.0),
    first_bus=st.floats(0.0, 60.0),
    outage=st.floats(0.0, 30.0),
)
def test_people_are_conserved_every_hour(rates, without_fuel, bus, first_bus, outage):
    follow = plan(
        without_fuel_share=without_fuel,
        bus_share=bus,
        bus_first_hour=first_bus,
        outage_from_h=9,
        outage_h=outage,
    )
    now = START
    for hour, rate in enumerate(rates):
        before = now
        now = fluid_hour(hour, share_reaching(hour + 1.0, follow, *ONE_PLACE), rate, follow, before)
        decided = follow.leavers * now.decided
        assert now.fuel_pool + now.bus_pool + now.reached == pytest.approx(decided, abs=1e-6)
        assert now.queue + now.crossed == pytest.approx(now.reached, abs=1e-6)
        assert -1e-9 <= now.crossed - before.crossed <= rate + 1e-6
        assert min(now.fuel_pool, now.bus_pool, now.queue) >= -1e-9


# --- Single rules ---


def test_all_reach_in_the_end_and_nobody_before_word_and_way():
    places = (np.array([0.5, 0.5]), np.array([3.0, 8.0]), np.array([1.0, 2.0]))
    follow = plan(open_hour=10, straggler_share=0.2)
    assert share_reaching(13.0, follow, *places) == 0.0
    assert share_reaching(2_000.0, follow, *places) == pytest.approx(1.0)
    early = [share_reaching(hour, follow, *places) for hour in np.arange(10.0, 60.0, 0.5)]
    assert (np.diff(early) >= 0.0).all()


def test_stragglers_are_one_exponential():
    follow = plan(open_hour=4, straggler_share=1, straggler_delay_h=20)
    assert share_reaching(24.0, follow, *ONE_PLACE) == pytest.approx(1.0 - math.exp(-1.0))


def test_hours_served_leave_out_the_outage():
    follow = plan(fuel_open_hour=5.25, outage_from_h=7.5, outage_h=2.0)
    assert [hours_served(hour, follow) for hour in range(4, 11)] == [0.0, 0.75, 1.0, 0.5, 0.0, 0.5, 1.0]


def test_two_convoys_come_in_a_day_from_the_first_hour():
    assert [hour for hour in range(60) if convoys_in(hour, 20.5)] == [20, 32, 44, 56]
    assert sum(convoys_in(hour, 20.0) for hour in range(44)) == 2.0


# --- The same rules as the household model ---


def test_columns_of_plans_follow_the_rules_of_one_household_model():
    draws, inputs = prior_draws(5), shipped_inputs()
    plans = fluid_plans(draws.parameters, inputs)
    for row in range(5):
        numbers = draws.numbers(row)
        rules = behaviour_of(numbers)
        assert plans.leavers[row] == numbers["population.residents"] * (1.0 - rules.stay_share)
        assert plans.first_rate_per_h[row] == rules.first_rate_per_h
        assert plans.neighbour_rate_per_h[row] == rules.neighbour_rate_per_h
        assert plans.bus_share[row] == (1.0 - rules.vehicle_share) * rules.without_seat_share


def test_laws_are_read_back_as_they_were_put():
    draws, inputs = prior_draws(3), shipped_inputs()
    laws, plans = law_table(draws.parameters, inputs), fluid_plans(draws.parameters, inputs)
    assert laws.shape == (3, kernel.LAW_COLUMNS)
    for row in range(3):
        assert list(kernel.plan_of(laws[row])) == [column[row] for column in plans]
        assert laws[row, kernel.LOAD] >= draws.numbers(row)["household.mean_size"]


def test_groups_of_places_keep_the_people_and_their_mean_times():
    inputs = shipped_inputs()
    groups = place_table(inputs)
    assert groups.shape[1] <= 4
    assert groups[0].sum() == pytest.approx(1.0)
    for row, column in ((1, inputs.place_word_delay), (2, inputs.place_free_flow), (3, inputs.place_danger)):
        assert groups[0] @ groups[row] == pytest.approx(inputs.place_share @ column)


def twins(row, replications, **changes):
    """Arrivals by hour of the mean household run and of its fluid twin."""
    inputs, draws = shipped_inputs(), prior_draws(12)
    for name, value in changes.items():
        draws.parameters[name.replace("__", ".")][:] = value
    runs = [
        replicate(inputs, draws.numbers(row), draws.rate_path[row], 1, 100 * row + k).series["arrivals"]
        for k in range(replications)
    ]
    law = law_table(draws.parameters, inputs)[row]
    fluid = run_fluid(law, place_table(inputs), draws.rate_path[row])
    return np.mean(runs, axis=0), np.array([state.crossed for state in fluid])


@pytest.mark.parametrize("row", [1, 2, 3, 4, 5])
def test_without_convoys_and_fuel_lines_the_twins_differ_by_less_than_three_per_cent(row):
    """At every hour with more than 5,000 crossed: the luck of 1,000 vehicles' loads is 2 % in one run."""
    households, fluid = twins(row, 6, vehicles__without_seat_share=0.0, fuel__share_without=0.0)
    counted = households > 5_000.0
    assert counted.any()
    assert np.abs(fluid[counted] / households[counted] - 1.0).max() < 0.03


@pytest.mark.parametrize("row", [0, 3, 9])
def test_with_convoys_the_twins_differ_by_about_a_hundredth_of_all(row):
    """Rows with many bus riders: the fluid lags while convoys stand in the queue, and catches up."""
    households, fluid = twins(row, 4)
    miss = (fluid - households) / households[-1]
    assert np.sqrt(np.square(miss).mean()) < 0.012
    assert np.abs(miss).max() < 0.07
    assert abs(miss[-1]) < 0.01
