"""Fuel: vehicles that lack it wait at the points of distribution, which the depot explosion interrupts.

Limits: one queue for the whole area, first come first served; stocks never run out; the record gives neither.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.parties import CHILDREN, OLDER, PERSONS, WOMEN


@compiled
def next_service(
    previous_h: float,
    arrival_h: float,
    headway_h: float,
    open_h: float,
    outage_from_h: float,
    outage_h: float,
) -> float:
    """Return the hour at which the next vehicle has its fuel.

    Equation: ``s = max(arrival, previous + headway, open)``, moved past the outage where it falls into it.
    Units: hours since the start of the period.
    Source: first-in-first-out queue with one server (Lindley 1952), Proceedings of the Cambridge Philosophical
    Society 48, 277-289.
    Limits: the same time for every vehicle; the interruption does not undo what was begun.
    """
    service = max(arrival_h, max(previous_h + headway_h, open_h))
    if outage_from_h <= service < outage_from_h + outage_h:
        service = outage_from_h + outage_h
    return service


@compiled
def hand_out_fuel(
    decision_h: NDArray[np.float64],
    lacks_fuel: NDArray[np.bool_],
    order: NDArray[np.int64],
    vehicles_per_hour: float,
    open_h: float,
    outage_from_h: float,
    outage_h: float,
) -> NDArray[np.float64]:
    """Return the hour at which each vehicle is ready to leave; infinite where it never gets its fuel.

    Equation: ``next_service`` from one vehicle that lacks fuel to the next; the others are ready when they decide.
    Units: hours since the start of the period, vehicles per hour.
    Source: first-in-first-out queue with one server (Lindley 1952).
    Limits: one queue for all places; what is handed out always suffices.

    Parameters
    ----------
    decision_h, lacks_fuel
        Arrays of length V: when the party decided (hours), and whether it must wait for fuel.
    order
        Indices of the vehicles by time of decision.
    vehicles_per_hour, open_h, outage_from_h, outage_h
        Rate of distribution, its first hour, start and length of the interruption.
    """
    ready = decision_h.copy()
    headway_h = 1.0 / vehicles_per_hour if vehicles_per_hour > 0.0 else math.inf
    previous = -math.inf if vehicles_per_hour > 0.0 else math.inf
    for position in range(order.size):
        vehicle = order[position]
        if lacks_fuel[vehicle]:
            previous = next_service(previous, decision_h[vehicle], headway_h, open_h, outage_from_h, outage_h)
            ready[vehicle] = previous
    return ready


@compiled
def take_casualties(
    people: NDArray[np.int32],
    decision_h: NDArray[np.float64],
    ready_h: NDArray[np.float64],
    lacks_fuel: NDArray[np.bool_],
    explosion_h: float,
    fatalities: int,
) -> int:
    """Take the explosion's dead from the parties that wait for fuel at that hour; return how many were taken.

    ``people`` (V, 4) is changed in place.

    Equation: one adult of each party with two adults or more, in order of the parties, so that somebody is left to
    drive; fewer where fewer wait.
    Units: persons.
    Source: the record of 25 September 2023.
    Limits: who dies is no draw; where a party's figures allow it, the dead is neither an older person nor a woman;
    the wounded are among the patients of ``reception``.
    """
    taken = 0
    for vehicle in range(decision_h.size):
        if taken == fatalities:
            break
        waits = lacks_fuel[vehicle] and decision_h[vehicle] <= explosion_h < ready_h[vehicle]
        if waits and people[vehicle, PERSONS] - people[vehicle, CHILDREN] >= 2:
            people[vehicle, PERSONS] -= 1
            adults = people[vehicle, PERSONS] - people[vehicle, CHILDREN]
            people[vehicle, OLDER] = min(people[vehicle, OLDER], adults)
            people[vehicle, WOMEN] = min(people[vehicle, WOMEN], people[vehicle, PERSONS])
            taken += 1
    return taken


@compiled
def fuel_account(
    lacks_fuel: NDArray[np.bool_],
    ready_h: NDArray[np.float64],
    way_km: NDArray[np.float64],
    last_hour: float,
    tank_litre: float,
    ration_litre: float,
    litres_per_100km: float,
) -> tuple[float, float, float, float]:
    """Return litres (in tanks at first, handed out, burned, left in tanks) over all vehicles.

    Equation: ``tanks + handed out = burned + left``; a vehicle that is ready before ``last_hour`` burns
    ``litres_per_100km / 100`` a kilometre of its way and never more than it has.
    Units: litres, kilometres, hours.
    Source: conservation.
    Limits: who has left is counted as having driven the whole way; what is bought on the way is not modelled, so
    burning stops at empty.
    """
    at_first, handed, burned, left = 0.0, 0.0, 0.0, 0.0
    for vehicle in range(lacks_fuel.size):
        leaves = ready_h[vehicle] < last_hour
        own = tank_litre * (not lacks_fuel[vehicle])
        given = ration_litre * (lacks_fuel[vehicle] and leaves)
        used = leaves * min(own + given, litres_per_100km / 100.0 * way_km[vehicle])
        at_first += own
        handed += given
        burned += used
        left += own + given - used
    return at_first, handed, burned, left
