"""The tally of one replication: times of households and vehicles become hourly series, totals and a log of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.counting import RoadCounts, count_by_hour, count_waiting, first_hour_after
from staffride.model.departure import Households
from staffride.model.displacement_inputs import Event, Inputs
from staffride.model.fuel import fuel_account
from staffride.model.parties import CHILDREN, OLDER, PERSONS, WOMEN, Parties
from staffride.model.reception import ReceptionCounts

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Series = dict[str, NDArray[Any]]
HOURS_A_DAY = 24.0


class Preparation(NamedTuple):
    """What happened before anybody drove.

    ``people_before`` (V,) counts the persons of each vehicle before the explosion took ``casualties``; ``ready_h`` (V,)
    is when each is ready to leave. ``boards_h`` (W,) is when each household of ``waiting`` boards a bus, or infinite.
    """

    households: Households
    driving: Parties
    ready_h: Floats
    people_before: NDArray[np.int32]
    casualties: int
    waiting: Parties
    boards_h: Floats
    buses: Parties


class Journey(NamedTuple):
    """Vehicles in the order in which they are ready: their people (V, 4), times (V,), and counts on links (T, L)."""

    people: NDArray[np.int32]
    ready_h: Floats
    free_flow_h: Floats
    enter_h: Floats
    checkpoint_h: Floats
    exit_h: Floats
    link_in: NDArray[np.int32]
    link_out: NDArray[np.int32]
    link_reached: NDArray[np.int32]


def people_series(inputs: Inputs, ready: Preparation, road: RoadCounts, residents: int) -> dict[str, Counts]:
    """Return where people are by the end of each hour; each series is counted from its own events.

    ``at_home + waiting_for_fuel + waiting_for_bus + on_road + arrivals + casualties = residents`` is then a check of
    the model, not a definition.
    """
    hours, driving, buses = inputs.hours, ready.driving, ready.buses
    decided = count_by_hour(ready.households.decision_h, ready.households.persons, hours)
    casualties = np.zeros(hours, np.int64)
    casualties[first_hour_after(inputs.explosion_hour, hours) :] = ready.casualties
    begun_and_not_fuelled = count_waiting(
        driving.decision_h,
        ready.people_before,
        ready.ready_h,
        driving.people[:, PERSONS],
        driving.lacks_fuel,
        hours,
    )
    wanting_bus = count_by_hour(ready.waiting.decision_h, ready.waiting.people[:, PERSONS], hours)
    arrivals = road.arrived[:, PERSONS]
    return {
        "arrivals": arrivals,
        "flow": road.flow,
        "departed": road.departed,
        "on_road": road.departed - arrivals,
        "at_home": residents - decided,
        "waiting_for_fuel": begun_and_not_fuelled - casualties,
        "waiting_for_bus": wanting_bus - count_by_hour(buses.decision_h, buses.people[:, PERSONS], hours),
        "casualties": casualties,
    }


def road_series(road: RoadCounts) -> Series:
    """Return the series of the road: who has crossed, the queue behind the checkpoint, and hours lost."""
    return {
        "vehicles_crossed": road.crossed,
        "queue_vehicles": road.unhindered - road.crossed,
        "delay_hours": road.delay_h,
        "arrivals.children": road.arrived[:, CHILDREN],
        "arrivals.women": road.arrived[:, WOMEN],
        "arrivals.older": road.arrived[:, OLDER],
    }


def reception_series(inputs: Inputs, reception: ReceptionCounts) -> dict[str, Counts]:
    """Return the series of reception, with one a province."""
    return {
        "registered": reception.registered,
        "registration_queue": reception.queue,
        "own_address": reception.own_address,
        "shelter.not_yet_asked": reception.not_yet_asked,
        "shelter.unmet": reception.unmet,
        "shelter.total": reception.placed.sum(axis=1),
        "patients": reception.patients,
        **{f"shelter.{name}": reception.placed[:, m] for m, name in enumerate(inputs.province_ids)},
    }


def person_hours(persons: NDArray[Any], from_h: Floats, until_h: Floats, last_h: float) -> float:
    """Return the hours that persons spend from one moment to another, up to ``last_h``, summed over all of them.

    Equation: ``sum n (min(until, last) - min(from, last))``, which is the integral of how many are there at a time
    (Little's law without a steady state).
    Units: persons, hours since the start of the period; person-hours.
    Source: Little (1961), Operations Research 9, 383-387.
    Limits: exact; what lies after ``last_h`` does not count, so who is still there then is counted up to then.
    """
    return float((persons * (np.minimum(until_h, last_h) - np.minimum(from_h, last_h))).sum())


def totals_of(
    inputs: Inputs, numbers: Mapping[str, float], ready: Preparation, journey: Journey, series: Series
) -> dict[str, float]:
    """Return the totals of one replication at the end of the period."""
    flow, delay = series["flow"], series["delay_hours"]
    fuel = fuel_account(
        ready.driving.lacks_fuel,
        ready.ready_h,
        inputs.place_distance[ready.driving.place],
        float(inputs.hours),
        numbers["fuel.tank"],
        numbers["fuel.ration"],
        numbers["fuel.consumption"],
    )
    return {
        "residents": float(int(numbers["population.residents"])),
        "leavers": float(ready.people_before.sum() + ready.waiting.people[:, PERSONS].sum()),
        "stayed": float(series["at_home"][-1]),
        "arrivals": float(series["arrivals"][-1]),
        "casualties": float(series["casualties"][-1]),
        "vehicles": float(ready.ready_h.size + ready.buses.place.size),
        "buses": float(ready.buses.place.size),
        "queue_vehicles.longest": float(series["queue_vehicles"].max()),
        "delay_hours.mean": float((flow * delay).sum() / max(flow.sum(), 1)),
        "delay_hours.longest": float(delay.max()),
        **_on_the_road(journey, float(inputs.hours)),
        **_waited(inputs, ready),
        "without_seat": float(series["waiting_for_bus"][-1]),
        **_unmet(series["shelter.unmet"]),
        **dict(zip(("fuel.in_tanks", "fuel.handed_out", "fuel.burned", "fuel.left"), fuel, strict=True)),
    }


def _unmet(persons: Counts) -> dict[str, float]:
    """Return the person-days for which people asked for shelter in vain, and the most of them at once."""
    return {
        "shelter.unmet_days": float(persons.sum()) / HOURS_A_DAY,
        "shelter.unmet_longest": float(persons.max()),
    }


def _on_the_road(journey: Journey, last_h: float) -> dict[str, float]:
    """Return the person-hours on the way to the checkpoint, and those of them that queues took."""
    persons = journey.people[:, PERSONS]
    unhindered_h = journey.ready_h + journey.free_flow_h
    # Nobody is early: a hair below zero is the rounding of a sum along the way.
    passed_h = np.maximum(journey.checkpoint_h, unhindered_h)
    return {
        "travel_hours": person_hours(persons, journey.ready_h, passed_h, last_h),
        "road_hours": person_hours(persons, unhindered_h, passed_h, last_h),
    }


def _waited(inputs: Inputs, ready: Preparation) -> dict[str, float]:
    """Return the person-days of those who wait for fuel and for a bus; the dead of the explosion wait until it."""
    last_h, driving = float(inputs.hours), ready.driving
    survivors = driving.people[:, PERSONS]
    dead = (ready.people_before - survivors)[ready.people_before > survivors]
    at_explosion = np.full(dead.size, inputs.explosion_hour)
    begun_h = driving.decision_h[ready.people_before > survivors]
    fuel = person_hours(survivors, driving.decision_h, ready.ready_h, last_h)
    fuel += person_hours(dead, begun_h, at_explosion, last_h)
    waiting = ready.waiting
    bus = person_hours(waiting.people[:, PERSONS], waiting.decision_h, ready.boards_h, last_h)
    return {"waited_for_fuel_days": fuel / HOURS_A_DAY, "waited_for_bus_days": bus / HOURS_A_DAY}


def events_of(inputs: Inputs, ready: Preparation, journey: Journey, queue: Counts) -> list[Event]:
    """Return the log of events, in order; ``queue`` (T,) counts the vehicles that wait behind the checkpoint."""
    checkpoint = int(inputs.network.checkpoint_node)
    events: list[Event] = []
    if ready.casualties and inputs.explosion_hour <= inputs.hours:
        events.append(Event(inputs.explosion_hour, "explosion", -1, float(ready.casualties), 0.0))
    events += convoys_of(ready.buses)
    crossed = journey.checkpoint_h[np.isfinite(journey.checkpoint_h)]
    if crossed.size:
        events.append(Event(float(crossed.min()), "first_crossing", checkpoint, 0.0, 1.0))
        events.append(Event(float(crossed.max()), "last_crossing", checkpoint, 0.0, 1.0))
    if queue.any():
        longest = int(np.argmax(queue))
        events.append(Event(longest + 1.0, "longest_queue", checkpoint, 0.0, float(queue[longest])))
    return sorted(events)


def convoys_of(buses: Parties) -> list[Event]:
    """Return one event a convoy: the buses that leave at the same hour."""
    hours, first = np.unique(buses.decision_h, return_index=True)
    if not hours.size:
        return []
    persons = np.add.reduceat(buses.people[:, PERSONS], first)
    sizes = np.diff(first, append=buses.place.size)
    return [
        Event(float(hour), "convoy", -1, float(people), float(size))
        for hour, people, size in zip(hours, persons, sizes, strict=True)
    ]
