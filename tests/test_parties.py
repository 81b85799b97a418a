"""Parties: everybody who leaves is in one party, riders keep the driver's hour, vehicles carry the load asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from displacement_cases import households
from staffride.model.departure import Households, share_with_vehicle
from staffride.model.parties import PERSONS, Parties, form_parties, line_up

SHARES = st.floats(0.0, 1.0)
MEMBERS = ("persons", "children", "women", "older")


def families(rows):
    """Households of two persons from rows of (place, decision hour, has a vehicle, finds a seat)."""
    place, decision_h, vehicle, seat = zip(*rows, strict=True)
    count = len(rows)
    return Households(
        np.array(place, np.int32),
        np.full(count, 2, np.int32),
        np.arange(count, dtype=np.int32) % 2,
        np.ones(count, np.int32),
        np.zeros(count, np.int32),
        np.array(decision_h, np.float64),
        np.array(vehicle, np.bool_),
        np.zeros(count, np.bool_),
        np.array(seat, np.bool_),
    )


def test_a_rider_joins_the_last_driver_before_it_at_its_place():
    street = families(
        [
            (0, 5.0, False, True),  # nobody drives yet: waits for a bus
            (0, 9.0, True, True),
            (0, 3.0, False, True),  # rides, at nine
            (0, math.inf, True, True),  # stays
            (0, 7.0, False, False),  # finds no seat
            (1, 4.0, False, True),  # the driver before it lives elsewhere
            (1, 8.0, True, True),
        ]
    )
    driving, waiting = form_parties(street)
    assert driving.people[:, PERSONS].tolist() == [4, 2]
    assert driving.decision_h.tolist() == [9.0, 8.0]
    assert driving.place.tolist() == [0, 1]
    assert waiting.decision_h.tolist() == [5.0, 7.0, 4.0]
    assert street.decision_h.tolist() == [5.0, 9.0, 9.0, math.inf, 7.0, 4.0, 8.0]


@given(st.integers(0, 800), SHARES, SHARES, SHARES, st.integers(0, 2**32 - 1))
def test_everybody_who_leaves_is_in_one_party(residents, vehicles, without_seat, stay, seed):
    formed = households(
        residents,
        (0.6, 0.4),
        seed=seed,
        vehicle_share=vehicles,
        without_seat_share=without_seat,
        stay_share=stay,
    )
    leaves = np.isfinite(formed.decision_h)
    driving, waiting = form_parties(formed)
    together = driving.people.sum(axis=0) + waiting.people.sum(axis=0)
    assert together.tolist() == [getattr(formed, name)[leaves].sum() for name in MEMBERS]
    assert driving.place.size == (leaves & formed.has_vehicle).sum()
    assert (leaves & ~formed.finds_seat).sum() <= waiting.place.size
    assert np.isfinite(driving.decision_h).all()
    assert np.isfinite(waiting.decision_h).all()
    for group in (driving, waiting):
        assert (group.people[:, 0] >= group.people[:, 1] + group.people[:, 3]).all()


def test_without_vehicles_everybody_waits_for_a_bus():
    driving, waiting = form_parties(households(1_000, vehicle_share=0.0, stay_share=0.0))
    assert driving.place.size == 0
    assert waiting.people[:, PERSONS].sum() == 1_000


@pytest.mark.parametrize(("load", "without_seat"), [(4.0, 0.0), (5.0, 0.2), (7.0, 0.3)])
def test_vehicles_carry_the_mean_load_asked_for(load, without_seat):
    """The number of drivers is binomial, which bounds the error of the mean load; five standard errors."""
    owners = share_with_vehicle(3.4, load, without_seat)
    formed = households(
        100_000, stay_share=0.0, vehicle_share=owners, without_seat_share=without_seat, mean_size=3.4
    )
    driving, _ = form_parties(formed)
    count = formed.place.size
    error = load * math.sqrt((1.0 - owners) / (owners * count)) + 0.01
    assert abs(driving.people[:, PERSONS].mean() - load) < 5.0 * error


def test_more_vehicles_leave_nobody_else_waiting():
    """With a vehicle each nobody waits, whatever the seats."""
    _, waiting = form_parties(households(2_000, vehicle_share=1.0, without_seat_share=1.0, stay_share=0.0))
    assert waiting.place.size == 0


def group_of(place, decision_h):
    size = len(decision_h)
    people = np.arange(4 * size, dtype=np.int32).reshape(size, 4)
    return Parties(
        np.full(size, place, np.int32), people, np.array(decision_h, np.float64), np.zeros(size, np.bool_)
    )


@given(st.lists(st.integers(0, 5), max_size=20), st.lists(st.integers(0, 5), max_size=20))
def test_line_up_is_in_order_and_vehicles_go_before_buses(ready, bus):
    driving, buses = group_of(0, ready), group_of(1, bus)
    place, people, ready_h = line_up(driving, np.array(ready, np.float64), buses)
    expected = sorted(
        [(hour, 0, *people) for hour, people in zip(ready, driving.people.tolist(), strict=True)]
        + [(hour, 1, *people) for hour, people in zip(bus, buses.people.tolist(), strict=True)]
    )
    assert [(h, p, *row) for h, p, row in zip(ready_h, place, people.tolist(), strict=True)] == expected
