"""Buses: seats are never exceeded, households stay together, and who decided first boards first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.engine.sorting import order_by_time
from staffride.model.buses import CONVOYS_PER_DAY, SEATS_PER_BUS, board_convoys
from staffride.model.parties import PERSONS, Parties

BETWEEN_CONVOYS = 24.0 / CONVOYS_PER_DAY


def waiting_for(persons, decision_h):
    """Households that wait, each at its own place, with one child each where there are two persons or more."""
    persons = np.asarray(persons, np.int32)
    people = np.stack((persons, persons // 2, persons // 3, persons // 4), axis=1).astype(np.int32)
    return Parties(
        np.arange(persons.size, dtype=np.int32),
        people,
        np.asarray(decision_h, np.float64),
        np.zeros(persons.size, np.bool_),
    )


def board(waiting, first_hour=48.0, seats_per_day=800.0, last_hour=264.0):
    return board_convoys(waiting, order_by_time(waiting.decision_h), first_hour, seats_per_day, last_hour)


CROWDS = st.lists(st.tuples(st.integers(1, 9), st.floats(0.0, 250.0)), max_size=80).map(
    lambda rows: waiting_for([row[0] for row in rows], [row[1] for row in rows])
)


@given(CROWDS, st.floats(0.0, 300.0), st.floats(0.0, 400.0))
def test_laws_of_boarding(waiting, first_hour, seats_per_day):
    buses, bus_of = board(waiting, first_hour, seats_per_day)
    boarded = bus_of >= 0
    # A household sits together in one bus, and a bus carries nobody else.
    for column in range(4):
        carried = np.bincount(bus_of[boarded], waiting.people[boarded, column], buses.place.size)
        assert carried.tolist() == buses.people[:, column].tolist()
    # Seats of a bus, and of a convoy.
    assert (buses.people[:, PERSONS] <= SEATS_PER_BUS).all()
    assert (buses.people[:, PERSONS] > 0).all()
    for hour in np.unique(buses.decision_h):
        assert buses.people[buses.decision_h == hour, PERSONS].sum() <= seats_per_day / CONVOYS_PER_DAY
    # Convoys leave on time, within the period, and take on those who have decided.
    convoy = (buses.decision_h - first_hour) / BETWEEN_CONVOYS
    assert convoy == pytest.approx(np.rint(convoy), abs=1e-9)
    assert ((buses.decision_h >= first_hour) & (buses.decision_h < 264.0)).all()
    assert (waiting.decision_h[boarded] <= buses.decision_h[bus_of[boarded]]).all()
    # First decided, first seated: nobody boards past one who is left, nor in an earlier bus.
    in_order = bus_of[order_by_time(waiting.decision_h)]
    seated = in_order[in_order >= 0]
    assert (in_order[: seated.size] >= 0).all()
    assert (np.diff(seated) >= 0).all()


def test_a_hundred_families_leave_ten_a_convoy():
    """Families of four, eighty seats a day: forty seats every twelve hours."""
    buses, bus_of = board(waiting_for([4] * 100, np.zeros(100)), first_hour=50.0, seats_per_day=80.0)
    assert buses.decision_h.tolist() == [50.0 + 12.0 * k for k in range(10)]
    assert buses.people[:, PERSONS].tolist() == [40] * 10
    assert bus_of.tolist() == [k // 10 for k in range(100)]


def test_a_full_bus_is_followed_by_another():
    """Forty-five seats hold eleven families of four; the twelfth opens the next bus of the convoy."""
    buses, _ = board(waiting_for([4] * 12, np.zeros(12)), seats_per_day=1_000.0)
    assert buses.people[:, PERSONS].tolist() == [44, 4]
    assert buses.decision_h.tolist() == [48.0, 48.0]
    assert buses.place.tolist() == [0, 11]


def test_the_last_seat_of_a_bus_is_taken_and_no_more():
    buses, _ = board(waiting_for([9] * 5 + [1], np.zeros(6)), seats_per_day=1_000.0)
    assert buses.people[:, PERSONS].tolist() == [SEATS_PER_BUS, 1]


def test_who_decides_after_a_convoy_takes_the_next():
    buses, bus_of = board(waiting_for([2, 2, 2], [47.0, 48.0, 48.1]))
    assert buses.decision_h.tolist() == [48.0, 60.0]
    assert bus_of.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("first_hour", "seats"), [(48.0, 0.0), (48.0, 1.0), (264.0, 800.0), (1_000.0, 800.0)]
)
def test_without_seats_or_in_time_nobody_leaves(first_hour, seats):
    buses, bus_of = board(waiting_for([2] * 5, np.zeros(5)), first_hour, seats)
    assert buses.place.size == 0
    assert (bus_of == -1).all()


def test_a_household_larger_than_a_convoy_keeps_those_behind_it_waiting():
    _, bus_of = board(waiting_for([3, 9, 2], [1.0, 2.0, 3.0]), seats_per_day=16.0)
    assert bus_of.tolist() == [0, -1, -1]


def test_nobody_waits_and_nobody_comes():
    buses, bus_of = board(waiting_for([], []))
    assert buses.place.size == bus_of.size == 0


@given(CROWDS, st.floats(18.0, 400.0), st.floats(1.0, 3.0))
def test_more_seats_never_leave_more_behind(waiting, seats_per_day, factor):
    """From the first convoy on, those who have boarded are the first ones in line, so counts can be compared."""
    _, fewer = board(waiting, 24.0, seats_per_day)
    _, more = board(waiting, 24.0, seats_per_day * factor)
    assert (more >= 0).sum() >= (fewer >= 0).sum()
