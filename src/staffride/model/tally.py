"""The tally of one replication: times of households and vehicles become hourly series, totals and a log of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.counting import count_by_hour, mean_delay_by_hour
from staffride.model.departure import Households
from staffride.model.displacement_inputs import Inputs
from staffride.model.fuel import fuel_account
from staffride.model.parties import CHILDREN, OLDER, PERSONS, WOMEN, Parties
from staffride.model.reception import ReceptionCounts

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Event = tuple[float, str, int, float, float]


class Journey(NamedTuple):
    """Vehicles in the order in which they are ready; arrays of length V, links (T, L)."""

    parties: Parties
    ready_h: Floats
    free_flow_h: Floats
    enter_h: Floats
    checkpoint_h: Floats
    exit_h: Floats
    link_in: NDArray[np.int32]
    link_out: NDArray[np.int32]
    link_reached: NDArray[np.int32]


class Preparation(NamedTuple):
    """What happened before anybody drove: ``people_before`` (V,) counts persons before the explosion."""

    households: Households
    driving: Parties
    ready_h: Floats
    people_before: NDArray[np.int32]
    waiting: Parties
    bus_of: NDArray[np.int64]
    buses: Parties


def people_series(inputs: Inputs, ready: Preparation, journey: Journey, residents: int) -> dict[str, Counts]:
    """Return where people are by the end of each hour; each series is counted from its own events.

    ``at_home + waiting_for_fuel + waiting_for_bus + on_road + arrivals + casualties = residents`` is then a check of
    the model, not a definition.
    """
    hours = inputs.hours
    persons = journey.parties.people[:, PERSONS]
    decided = count_by_hour(ready.households.decision_h, ready.households.persons, hours)
    departed = count_by_hour(journey.ready_h, persons, hours)
    arrivals = count_by_hour(journey.checkpoint_h, persons, hours)
    dead = int((ready.people_before - ready.driving.people[:, PERSONS]).sum())
    casualties = np.where(np.arange(1, hours + 1) >= inputs.explosion_hour, dead, 0)
    lacking = ready.driving.lacks_fuel
    wanting_fuel = count_by_hour(ready.driving.decision_h[lacking], ready.people_before[lacking], hours)
    fuelled = count_by_hour(ready.ready_h[lacking], ready.driving.people[lacking, PERSONS], hours)
    wanting_bus = count_by_hour(ready.waiting.decision_h, ready.waiting.people[:, PERSONS].copy(), hours)
    boarded = count_by_hour(ready.buses.decision_h, ready.buses.people[:, PERSONS].copy(), hours)
    return {
        "arrivals": arrivals,
        "flow": np.diff(arrivals, prepend=0),
        "departed": departed,
        "on_road": departed - arrivals,
        "at_home": residents - decided,
        "waiting_for_fuel": wanting_fuel - fuelled - casualties,
        "waiting_for_bus": wanting_bus - boarded,
        "casualties": casualties,
    }


def road_series(inputs: Inputs, journey: Journey) -> dict[str, NDArray[np.float64] | Counts]:
    """Return the series of the road: who has crossed, the queue behind the checkpoint, and hours lost."""
    hours, people = inputs.hours, journey.parties.people
    one = np.ones(people.shape[0], np.int32)
    crossed = count_by_hour(journey.checkpoint_h, one, hours)
    unhindered = count_by_hour(journey.ready_h + journey.free_flow_h, one, hours)
    delay = mean_delay_by_hour(
        journey.ready_h, journey.free_flow_h, journey.checkpoint_h, people[:, PERSONS].copy(), hours
    )
    members = {"children": CHILDREN, "women": WOMEN, "older": OLDER}
    return {
        "vehicles_crossed": crossed,
        "queue_vehicles": unhindered - crossed,
        "delay_hours": delay,
        **{
            f"arrivals.{name}": count_by_hour(journey.checkpoint_h, people[:, column].copy(), hours)
            for name, column in members.items()
        },
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


def totals_of(
    inputs: Inputs,
    numbers: Mapping[str, float],
    ready: Preparation,
    journey: Journey,
    series: Mapping[str, NDArray[np.float64] | Counts],
) -> dict[str, float]:
    """Return the totals of one replication at the end of the period."""
    leavers = float(ready.households.persons[np.isfinite(ready.households.decision_h)].sum())
    flow, delay = np.asarray(series["flow"], float), np.asarray(series["delay_hours"], float)
    driven = inputs.place_distance[ready.driving.place] * (ready.ready_h < inputs.hours)
    account = fuel_account(
        ready.driving.lacks_fuel,
        driven,
        numbers["fuel.tank"],
        numbers["fuel.ration"],
        ready.ready_h < inputs.hours,
        numbers["fuel.consumption"],
    )
    return {
        "residents": float(int(numbers["population.residents"])),
        "leavers": leavers,
        "stayed": float(series["at_home"][-1]),
        "arrivals": float(series["arrivals"][-1]),
        "casualties": float(series["casualties"][-1]),
        "vehicles": float(journey.ready_h.size),
        "buses": float(ready.buses.place.size),
        "queue_vehicles.longest": float(series["queue_vehicles"].max()),
        "delay_hours.mean": float((flow * delay).sum() / max(flow.sum(), 1.0)),
        "delay_hours.longest": float(delay.max()),
        **dict(zip(("fuel.in_tanks", "fuel.handed_out", "fuel.burned", "fuel.left"), account, strict=True)),
    }


def events_of(
    inputs: Inputs, ready: Preparation, journey: Journey, series: Mapping[str, NDArray[np.float64] | Counts]
) -> list[Event]:
    """Return the log of events: (hour, kind, node or -1, persons, vehicles)."""
    checkpoint = int(inputs.network.checkpoint_node)
    events: list[Event] = []
    dead = float(series["casualties"][-1])
    if dead:
        events.append((inputs.explosion_hour, "explosion", -1, dead, 0.0))
    for hour in np.unique(ready.buses.decision_h):
        on_board = ready.buses.decision_h == hour
        people = float(ready.buses.people[on_board, PERSONS].sum())
        events.append((float(hour), "convoy", -1, people, float(on_board.sum())))
    crossed = journey.checkpoint_h[np.isfinite(journey.checkpoint_h)]
    if crossed.size:
        events.append((float(crossed.min()), "first_crossing", checkpoint, 0.0, 1.0))
        events.append((float(crossed.max()), "last_crossing", checkpoint, 0.0, 1.0))
    longest = int(np.argmax(series["queue_vehicles"]))
    waiting = float(series["queue_vehicles"][longest])
    events.append((longest + 1.0, "longest_queue", checkpoint, 0.0, waiting))
    return sorted(events)
