"""Fuel: Lindley's queue, the interruption, the dead of the explosion, and every litre accounted for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.engine.sorting import order_by_time
from staffride.model.fuel import fuel_account, hand_out_fuel, next_service, take_casualties
from staffride.model.parties import CHILDREN, OLDER, PERSONS, WOMEN

ALWAYS = -math.inf
NO_OUTAGE = (math.inf, 0.0)
HOURS = st.floats(0.0, 300.0)
ARRIVALS = st.lists(HOURS, min_size=1, max_size=60).map(np.array)


def fuelled(arrivals, rate, open_h=ALWAYS, outage=NO_OUTAGE, lacks=None):
    """When each vehicle has its fuel; all lack it unless told otherwise."""
    arrivals = np.asarray(arrivals, np.float64)
    lacks = np.ones(arrivals.size, np.bool_) if lacks is None else lacks
    return hand_out_fuel(arrivals, lacks, order_by_time(arrivals), rate, open_h, *outage)


# --- The queue ---


@given(ARRIVALS, st.floats(0.5, 100.0))
def test_waits_follow_lindleys_recursion(arrivals, rate):
    """``W' = max(0, W + service - gap)`` from an empty queue."""
    arrivals = np.sort(arrivals)
    waits = [0.0]
    for gap in np.diff(arrivals):
        waits.append(max(0.0, waits[-1] + 1.0 / rate - gap))
    assert fuelled(arrivals, rate) - arrivals == pytest.approx(np.array(waits), abs=1e-9)


@given(ARRIVALS, st.floats(0.5, 100.0), HOURS)
def test_service_is_the_longest_way_through_those_before(arrivals, rate, open_h):
    """``s_n = max over j <= n of max(a_j, open) + (n - j) / rate``, Lindley's recursion solved."""
    arrivals = np.sort(arrivals)
    started = np.maximum(arrivals, open_h)
    exact = [max(started[j] + (n - j) / rate for j in range(n + 1)) for n in range(arrivals.size)]
    assert fuelled(arrivals, rate, open_h) == pytest.approx(np.array(exact), abs=1e-9)


def test_a_batch_is_served_one_by_one_around_the_interruption():
    """Four an hour from ten o'clock; nothing from half past ten for two hours."""
    ready = fuelled(np.zeros(6), 4.0, open_h=10.0, outage=(10.5, 2.0))
    assert ready.tolist() == [10.0, 10.25, 12.5, 12.75, 13.0, 13.25]


@given(ARRIVALS, st.floats(0.5, 50.0), HOURS, HOURS, st.floats(0.0, 48.0))
def test_nobody_is_served_during_the_interruption_before_the_opening_or_too_fast(
    arrivals, rate, open_h, outage_from, outage
):
    ready = fuelled(arrivals, rate, open_h, (outage_from, outage))
    assert (ready >= arrivals).all()
    assert (ready >= open_h).all()
    assert not ((outage_from <= ready) & (ready < outage_from + outage)).any()
    served = np.sort(ready)
    assert (np.diff(served) >= 1.0 / rate - 1e-9).all()


@given(ARRIVALS, st.floats(0.5, 50.0))
def test_first_come_first_served(arrivals, rate):
    order = order_by_time(arrivals)
    assert (np.diff(fuelled(arrivals, rate)[order]) > 0.0).all()


@given(ARRIVALS, st.floats(0.5, 50.0), st.floats(1.0, 4.0), HOURS, st.floats(0.0, 48.0))
def test_more_points_of_distribution_never_delay_anybody(arrivals, rate, factor, outage_from, outage):
    slow = fuelled(arrivals, rate, outage=(outage_from, outage))
    fast = fuelled(arrivals, rate * factor, outage=(outage_from, outage))
    assert (fast <= slow + 1e-9).all()


@given(ARRIVALS, st.floats(0.5, 50.0))
def test_an_interruption_of_no_length_is_none(arrivals, rate):
    assert np.array_equal(fuelled(arrivals, rate, outage=(12.0, 0.0)), fuelled(arrivals, rate))


def test_who_has_fuel_is_ready_at_once_and_delays_nobody():
    lacks = np.array([True, False, True, False])
    ready = fuelled([1.0, 1.0, 1.0, 2.0], 0.5, lacks=lacks)
    assert ready.tolist() == [1.0, 1.0, 3.0, 2.0]


def test_without_any_fuel_nobody_who_lacks_it_is_ever_ready():
    ready = fuelled([1.0, 2.0, 3.0], 0.0, lacks=np.array([True, False, True]))
    assert ready.tolist() == [math.inf, 2.0, math.inf]


def test_next_service_waits_for_the_latest_of_arrival_headway_and_opening():
    assert next_service(1.0, 5.0, 2.0, 0.0, *NO_OUTAGE) == 5.0
    assert next_service(4.0, 5.0, 2.0, 0.0, *NO_OUTAGE) == 6.0
    assert next_service(1.0, 5.0, 2.0, 9.0, *NO_OUTAGE) == 9.0
    assert next_service(4.0, 5.0, 2.0, 0.0, 6.0, 3.0) == 9.0
    assert next_service(4.0, 5.0, 2.0, 0.0, 3.0, 3.0) == 6.0


# --- The explosion ---


@st.composite
def parties_at_the_depot(draw):
    """People (V, 4) that can be, when they decided, when they are ready, and whether they lack fuel."""
    count = draw(st.integers(1, 30))
    people = np.zeros((count, 4), np.int32)
    people[:, PERSONS] = draw(st.lists(st.integers(1, 30), min_size=count, max_size=count))
    part = np.array(draw(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=count, max_size=count)))
    people[:, CHILDREN] = np.rint(people[:, PERSONS] * part[:, 0])
    people[:, WOMEN] = np.rint(people[:, PERSONS] * part[:, 1])
    people[:, OLDER] = np.rint((people[:, PERSONS] - people[:, CHILDREN]) * part[:, 2])
    decided = np.array(draw(st.lists(st.floats(0, 50), min_size=count, max_size=count)))
    waited = np.array(draw(st.lists(st.floats(0, 50), min_size=count, max_size=count)))
    lacks = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    return people, decided, decided + waited * lacks, lacks


@given(parties_at_the_depot(), st.integers(0, 20), st.floats(0.0, 60.0))
def test_the_dead_are_adults_who_wait_and_leave_somebody_to_drive(parties, fatalities, explosion_h):
    people, decided, ready, lacks = parties
    before = people.copy()
    taken = take_casualties(people, decided, ready, lacks, explosion_h, fatalities)
    lost = before - people
    can_lose = lacks & (decided <= explosion_h) & (explosion_h < ready)
    can_lose &= before[:, PERSONS] - before[:, CHILDREN] >= 2
    assert lost[:, PERSONS].sum() == taken == min(fatalities, can_lose.sum())
    assert set(lost[:, PERSONS]) <= {0, 1}
    assert not lost[~can_lose].any()
    assert not lost[:, CHILDREN].any()
    adults = people[:, PERSONS] - people[:, CHILDREN]
    assert (adults[can_lose] >= 1).all()
    assert (people[:, OLDER] <= adults).all()
    assert (people[:, WOMEN] <= people[:, PERSONS]).all()
    assert (people >= 0).all()


def test_an_older_person_is_taken_where_all_adults_are_older():
    """Two children and two grandparents were once left with three older persons among three, two of them children."""
    people = np.array([[4, 2, 2, 2]], np.int32)
    assert take_casualties(people, np.zeros(1), np.full(1, 9.0), np.ones(1, np.bool_), 5.0, 3) == 1
    assert people.tolist() == [[3, 2, 2, 1]]


@pytest.mark.parametrize("explosion_h", [math.inf, 1e6])
def test_no_explosion_takes_nobody(explosion_h):
    people = np.full((3, 4), 4, np.int32)
    ready = np.array([4.0, 5.0, math.inf])
    ready[2] = explosion_h
    assert take_casualties(people, np.zeros(3), ready, np.ones(3, np.bool_), explosion_h, 9) == 0


# --- The account ---


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 400), st.floats(0, 300)), max_size=40),
    st.floats(0, 60),
    st.floats(0, 60),
    st.floats(0, 30),
)
def test_every_litre_is_accounted_for(vehicles, tank, ration, consumption):
    lacks = np.array([v[0] for v in vehicles], np.bool_)
    ready, way = (np.array([v[k] for v in vehicles], np.float64) for k in (1, 2))
    in_tanks, handed, burned, left = fuel_account(lacks, ready, way, 264.0, tank, ration, consumption)
    assert in_tanks + handed == pytest.approx(burned + left, abs=1e-6)
    assert in_tanks == pytest.approx(tank * (~lacks).sum())
    assert handed == pytest.approx(ration * (lacks & (ready < 264.0)).sum())
    assert min(burned, left) >= -1e-9
    assert burned <= consumption / 100.0 * way[ready < 264.0].sum() + 1e-6


def test_account_at_worked_values():
    """One with twenty litres over a hundred km at nine; one with a ration of five over the same way; one at home."""
    account = fuel_account(
        np.array([False, True, True]),
        np.array([1.0, 2.0, math.inf]),
        np.full(3, 100.0),
        264.0,
        20.0,
        5.0,
        9.0,
    )
    assert account == pytest.approx((20.0, 5.0, 14.0, 11.0))
