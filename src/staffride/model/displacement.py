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
from staffride.model.buses import Convoys, board_as_convoys_change, board_convoys
from staffride.model.counting import count_on_road
from staffride.model.departure import decide, hazard_ratio
from staffride.model.displacement_inputs import (
    Block,
    Draws,
    Event,
    Inputs,
    behaviour_of,
    compile_inputs,
    event_columns,
    reception_rules,
)
from staffride.model.fuel import hand_out_fuel, take_casualties
from staffride.model.parameters import PARAMETERS
from staffride.model.parties import PERSONS, Parties, form_parties, line_up
from staffride.model.reception import ReceptionCounts, receive
from staffride.model.tally import (
    Journey,
    Preparation,
    Series,
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
    "Later",
    "Outcome",
    "compile_inputs",
    "replicate",
    "simulate_block",
]

Numbers = Mapping[str, float]
Floats = NDArray[np.float64]


class Outcome(NamedTuple):
    """What one replication leaves: hourly series (T,), totals, and vehicles on and waiting on each link (T, L)."""

    series: Series
    totals: dict[str, float]
    on_link: NDArray[np.int32]
    waiting: NDArray[np.int32]
    events: list[Event]


class Later(NamedTuple):
    """What the convoys of buses offer from an hour on: parameters of which those of buses alone are read."""

    hour: float
    numbers: Numbers


def replicate(
    inputs: Inputs, numbers: Numbers, rate: Floats, seed: int, replication: int, later: Later | None = None
) -> Outcome:
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
    later
        Where convoys change at an hour: what holds from then on.
    """
    ready = _prepare(inputs, numbers, seed, replication, later)
    journey = _travel(inputs, numbers, rate, ready)
    road = count_on_road(
        journey.people, journey.ready_h, journey.free_flow_h, journey.checkpoint_h, inputs.hours
    )
    reception = _receive(inputs, numbers, road.flow, seed, replication)
    series = {
        **people_series(inputs, ready, road, int(numbers["population.residents"])),
        **road_series(road),
        **reception_series(inputs, reception),
    }
    return Outcome(
        series,
        totals_of(inputs, numbers, ready, journey, series),
        on_link=journey.link_in - journey.link_out,
        waiting=journey.link_reached - journey.link_out,
        events=events_of(inputs, ready, journey, road.unhindered - road.crossed),
    )


def _prepare(
    inputs: Inputs, numbers: Numbers, seed: int, replication: int, later: Later | None = None
) -> Preparation:
    """Let households decide, find seats, fuel and buses."""
    danger_effect = numbers["departure.danger_effect"]
    households = decide(
        seed,
        replication,
        int(numbers["population.residents"]),
        inputs.place_share,
        numbers["departure.open_hour"] + inputs.place_word_delay,
        np.array([hazard_ratio(danger_effect, danger) for danger in inputs.place_danger]),
        behaviour_of(numbers),
    )
    driving, waiting = form_parties(households)
    before = driving.people[:, PERSONS].copy()
    ready_h = _fuel_up(inputs, numbers, driving)
    casualties = take_casualties(
        driving.people,
        driving.decision_h,
        ready_h,
        driving.lacks_fuel,
        inputs.explosion_hour,
        int(numbers["incident.fatalities"]),
    )
    buses, boards_h = _board(inputs, numbers, waiting, later)
    return Preparation(households, driving, ready_h, before, casualties, waiting, boards_h, buses)


def _fuel_up(inputs: Inputs, numbers: Numbers, driving: Parties) -> Floats:
    """Give fuel to those who lack it; return when each party is ready, (V,)."""
    return hand_out_fuel(
        driving.decision_h,
        driving.lacks_fuel,
        order_by_time(driving.decision_h),
        numbers["fuel.vehicles_per_hour"],
        numbers["fuel.open_hour"],
        inputs.explosion_hour,
        numbers["fuel.outage"],
    )


def _board(inputs: Inputs, numbers: Numbers, waiting: Parties, later: Later | None) -> tuple[Parties, Floats]:
    """Take those who wait on buses; return the buses, and when each household boards, (W,)."""
    order, last_hour = order_by_time(waiting.decision_h), float(inputs.hours)
    convoys = _convoys(numbers)
    if later is None:
        buses, bus_of = board_convoys(waiting, order, *convoys, last_hour)
    else:
        after = _convoys(later.numbers)
        buses, bus_of = board_as_convoys_change(waiting, order, convoys, after, later.hour, last_hour)
    # One more entry at the end, which -1 finds: whoever finds no bus never boards.
    return buses, np.append(buses.decision_h, np.inf)[bus_of]


def _convoys(numbers: Numbers) -> Convoys:
    """Return the timetable of the convoys under the parameters of one replication."""
    return Convoys(numbers["buses.first_hour"], numbers["buses.seats_per_day"])


def _travel(inputs: Inputs, numbers: Numbers, rate: Floats, prepared: Preparation) -> Journey:
    """Send vehicles and buses down the road."""
    place, people, ready_h = line_up(prepared.driving, prepared.ready_h, prepared.buses)
    factor = numbers["traffic.free_flow_factor"]
    network = inputs.network._replace(free_flow_h=inputs.network.free_flow_h * factor)
    enter_h, checkpoint_h, exit_h = (np.empty(ready_h.size) for _ in range(3))
    link_in, link_out, link_reached = (
        np.empty((inputs.hours, inputs.link_count), np.int32) for _ in range(3)
    )
    drive(
        network,
        inputs.place_node[place],
        ready_h,
        rate,
        enter_h,
        checkpoint_h,
        exit_h,
        link_in,
        link_out,
        link_reached,
    )
    free_flow_h = factor * inputs.place_free_flow[place]
    return Journey(
        people, ready_h, free_flow_h, enter_h, checkpoint_h, exit_h, link_in, link_out, link_reached
    )


def _receive(
    inputs: Inputs, numbers: Numbers, flow: NDArray[np.int64], seed: int, replication: int
) -> ReceptionCounts:
    """Receive those who arrive in each hour, (T,)."""
    return receive(
        seed,
        replication,
        flow,
        inputs.capacity(numbers),
        inputs.openings(numbers),
        inputs.province_distance,
        numbers["reception.distance_scale"],
        reception_rules(numbers),
    )


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
    log: list[tuple[int, Event]] = []
    for row in range(count):
        replication = first + row
        outcome = replicate(
            inputs, draws.numbers(replication), draws.rate_path[replication], seed, replication
        )
        block.put(row, outcome.series, outcome.totals, outcome.on_link, outcome.waiting)
        log += [(replication, event) for event in outcome.events]
        if on_replication is not None:
            on_replication()
    block.events = event_columns(log)
    rows = slice(first, first + count)
    block.parameters.update({name: column[rows] for name, column in draws.parameters.items()})
    return block
