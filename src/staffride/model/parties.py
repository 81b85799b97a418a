"""Parties: households without a vehicle ride with neighbours or wait for a bus.

A household that leaves without a vehicle and finds a seat rides with the household next door that drives, at that
household's time. Others wait for a bus (see ``buses``).

Limits: a vehicle takes whoever asks, so a few are very full, as the reports say of cars and lorries; who rides with
whom is decided by the order of houses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.sorting import order_by_time
from staffride.model.departure import Households

PERSONS, CHILDREN, WOMEN, OLDER = 0, 1, 2, 3


class Parties(NamedTuple):
    """Groups that travel together: one entry a vehicle, or a household that waits for a bus.

    ``people`` has one row a party: persons, children, women and girls, older persons.
    """

    place: NDArray[np.int32]
    people: NDArray[np.int32]
    decision_h: NDArray[np.float64]
    lacks_fuel: NDArray[np.bool_]


@compiled
def _add(people: NDArray[np.int32], row: int, households: Households, household: int) -> None:
    """Add a household's people to a party's row."""
    people[row, PERSONS] += households.persons[household]
    people[row, CHILDREN] += households.children[household]
    people[row, WOMEN] += households.women[household]
    people[row, OLDER] += households.older[household]


@compiled
def form_parties(households: Households) -> tuple[Parties, Parties]:
    """Seat the households that leave; return (those with a vehicle, those who wait for a bus).

    A rider's ``households.decision_h`` is set to that of the household that drives.

    Equation: a rider joins the last driving household before it at its place, at that household's hour, or waits
    for a bus where there is none; every person of a household that leaves is in exactly one party.
    Units: persons; hours since the start of the period.
    Source: conservation; who rides with whom is assumed.
    Limits: a rider leaves with the driver, however early or late; no vehicle is ever too full.
    """
    size = households.place.size
    ride_place, bus_place = np.empty(size, np.int32), np.empty(size, np.int32)
    ride_people, bus_people = np.zeros((size, 4), np.int32), np.zeros((size, 4), np.int32)
    ride_time, bus_time = np.empty(size, np.float64), np.empty(size, np.float64)
    ride_fuel, bus_fuel = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    rides, waits = 0, 0
    for household in range(size):
        if not np.isfinite(households.decision_h[household]):
            continue
        place = households.place[household]
        if households.has_vehicle[household]:
            ride_place[rides] = place
            ride_time[rides] = households.decision_h[household]
            ride_fuel[rides] = households.lacks_fuel[household]
            _add(ride_people, rides, households, household)
            rides += 1
        elif households.finds_seat[household] and rides > 0 and ride_place[rides - 1] == place:
            _add(ride_people, rides - 1, households, household)
            households.decision_h[household] = ride_time[rides - 1]
        else:
            bus_place[waits] = place
            bus_time[waits] = households.decision_h[household]
            _add(bus_people, waits, households, household)
            waits += 1
    driving = Parties(ride_place[:rides], ride_people[:rides], ride_time[:rides], ride_fuel[:rides])
    waiting = Parties(bus_place[:waits], bus_people[:waits], bus_time[:waits], bus_fuel[:waits])
    return driving, waiting


@compiled
def line_up(
    driving: Parties, ready_h: NDArray[np.float64], buses: Parties
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return place (V,), people (V, 4) and ready hour (V,) of vehicles and buses in the order in which they are ready.

    Equation: ascending ``ready_h``, which for a bus is its ``decision_h``; at equal hours vehicles before buses.
    Units: hours since the start of the period; persons.
    Source: definition.
    Limits: none.
    """
    unordered = np.concatenate((ready_h, buses.decision_h))
    order = order_by_time(unordered)
    place = np.concatenate((driving.place, buses.place))
    people = np.concatenate((driving.people, buses.people))
    return place[order], people[order], unordered[order]
