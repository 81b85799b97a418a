"""The displacement of one replication, from the open road to a place to sleep.

The step, in the order in which it runs:

1. ``departure``: households decide whether and when to leave.
2. ``parties``: those without a vehicle ride with neighbours or wait for a bus.
3. ``fuel``: vehicles without fuel wait for it; the depot explosion takes lives and time.
4. ``buses``: convoys take on those who wait for them.
5. ``traffic``: everybody takes the one road, and queues before the checkpoint.
6. ``reception``: arrivals are registered and find an address or a place, province by province.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.sorting import order_by_time
from staffride.model import departure, fuel
from staffride.model.buses import board_convoys
from staffride.model.counting import count_by_hour
from staffride.model.displacement_inputs import (
    Block,
    Draws,
    Inputs,
    behaviour_of,
    compile_inputs,
    reception_rules,
)
from staffride.model.parameters import PARAMETERS
from staffride.model.parties import PERSONS, Parties, form_parties
from staffride.model.reception import receive
from staffride.model.tally import (
    Event,
    Journey,
    Preparation,
    events_of,
    people_series,
    reception_series,
    road_series,
    totals_of,
)
from staffride.model.traffic import drive

__all__ = [
    "PARAMETERS",
    "Block",
    "Draws",
    "Inputs",
    "Outcome",
    "compile_inputs",
    "replicate",
    "simulate_block",
]

Numbers = Mapping[str, float]
Floats = NDArray[np.float64]


class Outcome(NamedTuple):
    """What one replication leaves: hourly series (T,), totals, and vehicles on and waiting on each link (T, L)."""

    series: dict[str, NDArray[np.float64]]
    totals: dict[str, float]
    on_link: NDArray[np.int32]
    waiting: NDArray[np.int32]
    events: list[Event]


def replicate(inputs: Inputs, numbers: Numbers, rate: Floats, seed: int, replication: int) -> Outcome:
    """Run one replication.

    Parameters
    ----------
    inputs
        The scenario in arrays.
    numbers
        Parameters of this replication in the model's units, by name.
    rate
        The checkpoint's service rate in each hour, vehicles per hour, length T.
    seed, replication
        Key of the random numbers.
    """
    ready = _prepare(inputs, numbers, seed, replication)
    journey = _travel(inputs, numbers, rate, ready)
    arrivals = count_by_hour(journey.checkpoint_h, journey.parties.people[:, PERSONS].copy(), inputs.hours)
    reception = receive(
        seed,
        replication,
        np.diff(arrivals, prepend=0),
        inputs.capacity(numbers),
        inputs.province_distance,
        numbers["reception.distance_scale"],
        reception_rules(numbers),
    )
    residents = int(numbers["population.residents"])
    series = {
        **people_series(inputs, ready, journey, residents),
        **road_series(inputs, journey),
        **reception_series(inputs, reception),
    }
    totals = totals_of(inputs, numbers, ready, journey, series)
    on_link = journey.link_in - journey.link_out
    waiting = journey.link_reached - journey.link_out
    return Outcome(series, totals, on_link, waiting, events_of(inputs, ready, journey, series))


def _prepare(inputs: Inputs, numbers: Numbers, seed: int, replication: int) -> Preparation:
    """Let households decide, find seats, fuel and buses."""
    households = departure.decide(
        seed,
        replication,
        int(numbers["population.residents"]),
        inputs.place_share,
        numbers["departure.open_hour"] + inputs.place_word_delay,
        np.exp(numbers["departure.danger_effect"] * inputs.place_danger),
        behaviour_of(numbers),
    )
    driving, waiting = form_parties(households)
    before = driving.people[:, PERSONS].copy()
    ready_h = _fuel_up(inputs, numbers, driving)
    buses, bus_of = board_convoys(
        waiting,
        order_by_time(waiting.decision_h),
        numbers["buses.first_hour"],
        numbers["buses.seats_per_day"],
        float(inputs.hours),
    )
    return Preparation(households, driving, ready_h, before, waiting, bus_of, buses)


def _fuel_up(inputs: Inputs, numbers: Numbers, driving: Parties) -> Floats:
    """Give fuel to those who lack it, and let the explosion take its dead; return when each party is ready."""
    ready = fuel.hand_out_fuel(
        driving.decision_h,
        driving.lacks_fuel,
        order_by_time(driving.decision_h),
        numbers["fuel.vehicles_per_hour"],
        numbers["fuel.open_hour"],
        inputs.explosion_hour,
        numbers["fuel.outage"],
    )
    fatalities = int(numbers["incident.fatalities"])
    fuel.take_casualties(
        driving.people, driving.decision_h, ready, driving.lacks_fuel, inputs.explosion_hour, fatalities
    )
    return ready


def _travel(inputs: Inputs, numbers: Numbers, rate: Floats, prepared: Preparation) -> Journey:
    """Send vehicles and buses down the road."""
    driving, buses = prepared.driving, prepared.buses
    ready = np.concatenate((prepared.ready_h, buses.decision_h))
    order = order_by_time(ready)
    parties = Parties(*(np.concatenate(pair)[order] for pair in zip(driving, buses, strict=True)))
    ready = ready[order]
    factor = numbers["traffic.free_flow_factor"]
    times = [np.empty(ready.size) for _ in range(3)]
    links = [np.zeros((inputs.hours, inputs.link_count), np.int32) for _ in range(3)]
    network = inputs.network._replace(free_flow_h=inputs.network.free_flow_h * factor)
    drive(network, inputs.place_node[parties.place], ready, rate, *times, *links)
    return Journey(parties, ready, factor * inputs.place_free_flow[parties.place], *times, *links)


def simulate_block(
    inputs: Inputs,
    draws: Draws,
    seed: int,
    first: int,
    count: int,
    on_replication: Callable[[], None] | None = None,
) -> Block:
    """Run replications ``first .. first + count - 1``; each depends on its own number only.

    Parameters
    ----------
    inputs, draws
        The scenario in arrays; parameters and rate paths, row r for replication r.
    on_replication
        Called after each replication, for progress.
    """
    block = Block.empty(first, count, inputs)
    for row in range(count):
        outcome = replicate(
            inputs, draws.numbers(first + row), draws.rate_path[first + row], seed, first + row
        )
        block.put(row, outcome.series, outcome.totals, outcome.on_link, outcome.waiting, outcome.events)
        if on_replication is not None:
            on_replication()
    block.parameters.update(
        {name: column[first : first + count] for name, column in draws.parameters.items()}
    )
    return block
