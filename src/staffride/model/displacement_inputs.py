"""A displacement scenario as the model reads it: plain arrays in hours, persons and vehicles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError
from staffride.model.departure import Behaviour, hazard_ratio, share_who_stay, share_with_vehicle
from staffride.model.reception import ReceptionRules, opening_hour
from staffride.model.road_network import Network, build_network
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
NO_EXPLOSION = math.inf
LATENTS = CAPACITY_Z, OPENING_Z = "reception.capacity_z", "reception.opening_z"
EVENT_KINDS = ("explosion", "convoy", "first_crossing", "last_crossing", "longest_queue")
SERIES = (
    "arrivals", "arrivals.children", "arrivals.women", "arrivals.older", "flow", "vehicles_crossed", "departed",
    "on_road", "at_home", "waiting_for_fuel", "waiting_for_bus", "casualties", "queue_vehicles", "delay_hours",
    "registered", "registration_queue", "own_address", "shelter.not_yet_asked", "shelter.unmet", "shelter.total",
    "patients",
)  # fmt: skip
TOTALS = (
    "residents", "leavers", "stayed", "arrivals", "casualties", "vehicles", "buses", "queue_vehicles.longest",
    "delay_hours.mean", "delay_hours.longest", "travel_hours", "road_hours", "waited_for_fuel_days",
    "waited_for_bus_days", "without_seat", "shelter.unmet_days", "shelter.unmet_longest",
    "fuel.in_tanks", "fuel.handed_out", "fuel.burned", "fuel.left",
)  # fmt: skip


class Event(NamedTuple):
    """One line of the log: hours since the start, kind, index of the place (-1 for none), persons, vehicles."""

    time_h: float
    kind: str
    place: int
    persons: float
    vehicles: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """Arrays of a scenario; P inhabited places, L links, M provinces.

    ``place_share`` (P,) sums to one; ``place_word_delay`` and ``place_free_flow`` (to the checkpoint) in hours;
    ``place_distance`` (to the exit) in km; ``place_storage`` vehicles that fit on the way to the checkpoint;
    ``place_node`` is the node of each place in ``network``.
    """

    hours: int
    place_ids: tuple[str, ...]
    place_share: Floats
    place_word_delay: Floats
    place_danger: Floats
    place_node: NDArray[np.int32]
    place_free_flow: Floats
    place_distance: Floats
    place_storage: Floats
    network: Network
    link_count: int
    highest_rate: float
    explosion_hour: float
    province_ids: tuple[str, ...]
    province_residents: Floats
    province_distance: Floats

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the hourly series that a replication gives."""
        return (*SERIES, *(f"shelter.{province}" for province in self.province_ids))

    @property
    def latents(self) -> tuple[str, ...]:
        """Names of the standard normal numbers that a draw adds to the parameters: two a province."""
        return tuple(f"{kind}.{province}" for kind in LATENTS for province in self.province_ids)

    def capacity(self, numbers: Mapping[str, float]) -> Floats:
        """Return the places that each province can open, lognormal about a share of its residents (M,)."""
        z = np.array([numbers[f"{CAPACITY_Z}.{province}"] for province in self.province_ids])
        return (
            numbers["reception.capacity_share"]
            * self.province_residents
            * np.exp(numbers["reception.capacity_spread"] * z)
        )

    def openings(self, numbers: Mapping[str, float]) -> Floats:
        """Return how long after the first arrival each province opens its places, hours (M,)."""
        scale = numbers["reception.opening_scale"]
        z = [numbers[f"{OPENING_Z}.{province}"] for province in self.province_ids]
        return np.array([opening_hour(value, scale) for value in z])


@dataclass(slots=True)
class Draws:
    """Parameters and checkpoint rates of replications 0 .. R - 1.

    ``parameters`` maps each name to a column (R,); ``rate_path`` is (R, T), vehicles per hour.
    """

    parameters: dict[str, Floats]
    rate_path: Floats

    def numbers(self, replication: int) -> dict[str, float]:
        """Return the parameters of one replication."""
        return {name: float(column[replication]) for name, column in self.parameters.items()}


@dataclass(slots=True)
class Block:
    """What replications ``first .. first + count - 1`` leave.

    ``series`` (count, T) and ``links`` (count, T, L) are 32-bit; ``totals`` and ``parameters`` are (count,);
    ``events`` holds columns of equal length: replication, time_h, kind (index into ``EVENT_KINDS``), place (index into
    the scenario's places, -1 for none), persons, vehicles.
    """

    first: int
    count: int
    series: dict[str, NDArray[np.float32]]
    totals: dict[str, Floats]
    parameters: dict[str, Floats]
    links: dict[str, NDArray[np.float32]]
    events: dict[str, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def empty(cls, first: int, count: int, inputs: Inputs) -> Block:
        """Return a block of the right shapes to be filled with ``put``."""
        shape = (count, inputs.hours)
        return cls(
            first,
            count,
            {name: np.zeros(shape, np.float32) for name in inputs.series},
            {name: np.zeros(count) for name in TOTALS},
            {},
            {name: np.zeros((*shape, inputs.link_count), np.float32) for name in ("vehicles", "queue")},
            event_columns([]),
        )

    def put(
        self,
        row: int,
        series: Mapping[str, NDArray[Any]],
        totals: Mapping[str, float],
        on_link: NDArray[np.int32],
        waiting: NDArray[np.int32],
    ) -> None:
        """Fill row ``row`` with the series, totals and links of one replication."""
        for name, values in series.items():
            self.series[name][row] = values
        for name, value in totals.items():
            self.totals[name][row] = value
        self.links["vehicles"][row], self.links["queue"][row] = on_link, waiting


def event_columns(log: Sequence[tuple[int, Event]]) -> dict[str, NDArray[Any]]:
    """Return a log of (replication, event) as columns of equal length; see ``Block.events``."""
    return {
        "replication": np.array([replication for replication, _ in log], np.int32),
        "time_h": np.array([event.time_h for _, event in log], np.float64),
        "kind": np.array([EVENT_KINDS.index(event.kind) for _, event in log], np.int16),
        "place": np.array([event.place for _, event in log], np.int16),
        "persons": np.array([event.persons for _, event in log], np.float64),
        "vehicles": np.array([event.vehicles for _, event in log], np.float64),
    }


def behaviour_of(numbers: Mapping[str, float]) -> Behaviour:
    """Return how households decide under the parameters of one replication."""
    hunger = hazard_ratio(numbers["departure.hunger_effect"], numbers["departure.hunger"])
    size, without_seat = numbers["household.mean_size"], numbers["vehicles.without_seat_share"]
    return Behaviour(
        word_spread_h=numbers["departure.word_spread"],
        first_rate_per_h=numbers["departure.first_rate"] * hunger,
        neighbour_rate_per_h=numbers["departure.neighbour_rate"],
        stay_share=share_who_stay(
            numbers["departure.stay_share"], numbers["departure.trust"], numbers["departure.trust_effect"]
        ),
        straggler_share=min(1.0, numbers["departure.straggler_share"]),
        straggler_delay_h=numbers["departure.straggler_delay"],
        mean_size=size,
        vehicle_share=share_with_vehicle(size, numbers["vehicles.persons_per_vehicle"], without_seat),
        without_seat_share=without_seat,
        without_fuel_share=numbers["fuel.share_without"],
        children_share=numbers["household.children_share"],
        women_share=numbers["household.women_share"],
        older_share=numbers["household.older_share"],
    )


def reception_rules(numbers: Mapping[str, float]) -> ReceptionRules:
    """Return how arrivals are received under the parameters of one replication."""
    return ReceptionRules(
        numbers["reception.registration_rate"],
        numbers["reception.shelter_share"],
        numbers["reception.ask_delay"],
        numbers["reception.placement_rate"],
        numbers["reception.placement_growth"],
        numbers["reception.patient_share"],
        numbers["reception.registration_delay"],
    )


def _ends_of_the_way(scenario: Scenario) -> tuple[str, str]:
    """Return the exit and the checkpoint of a scenario in which people live somewhere."""
    if scenario.exit_place is None or scenario.checkpoint_place is None:
        raise InputError("a displacement scenario names `exit_place` and `checkpoint_place` in scenario.yaml")
    if not any(row.share > 0.0 for row in scenario.people):
        raise InputError("a displacement scenario says in people.csv where people live: no place has a share")
    return scenario.exit_place, scenario.checkpoint_place


def _explosion_hour(scenario: Scenario) -> float:
    """Return the hour of the first incident that killed, or that of none."""
    incidents = [event for event in scenario.events if event.kind == "incident" and event.killed_low]
    return min((scenario.period.hour_of(event.time) for event in incidents), default=NO_EXPLOSION)


def compile_inputs(scenario: Scenario) -> Inputs:
    """Put a checked scenario into arrays.

    Raises
    ------
    InputError
        An inhabited place has no way to the exit, or the scenario names no exit, no checkpoint or no people.
    """
    network = build_network(scenario, *_ends_of_the_way(scenario))
    index = {place.id: number for number, place in enumerate(scenario.places)}
    nodes = np.array([index[row.place] for row in scenario.people], np.int32)
    lengths = np.array([link.length_km for link in scenario.links])
    shares = np.array([row.share for row in scenario.people])
    return Inputs(
        hours=scenario.period.hours,
        place_ids=tuple(row.place for row in scenario.people),
        place_share=shares / shares.sum(),
        place_word_delay=np.array([row.word_delay_h for row in scenario.people]),
        place_danger=np.array([row.danger for row in scenario.people]),
        place_node=nodes,
        place_free_flow=np.array(
            [_along(network, n, network.free_flow_h, network.checkpoint_node) for n in nodes]
        ),
        place_distance=np.array([_along(network, n, lengths, network.exit_node) for n in nodes]),
        place_storage=np.array(
            [_along(network, n, network.storage.astype(float), network.checkpoint_node) for n in nodes]
        ),
        network=network,
        link_count=len(scenario.links),
        highest_rate=_narrowest(network, nodes),
        explosion_hour=_explosion_hour(scenario),
        province_ids=tuple(province.id for province in scenario.provinces),
        province_residents=np.array([float(province.population_persons) for province in scenario.provinces]),
        province_distance=np.array([province.distance_h for province in scenario.provinces]),
    )


def _way(network: Network, node: int, until: int) -> list[int]:
    """Return the links from a node to ``until`` (or to the exit where the way does not pass there)."""
    links = []
    while node not in (until, network.exit_node):
        link = int(network.next_link[node])
        links.append(link)
        node = int(network.link_to[link])
    return links


def _along(network: Network, node: int, amount: Floats, until: int) -> float:
    """Return the sum of a quantity of links on the way from a node."""
    return float(sum(amount[link] for link in _way(network, node, until)))


def _narrowest(network: Network, nodes: NDArray[np.int32]) -> float:
    """Return the capacity (vehicles per hour) of the narrowest link that every inhabited place uses."""
    shared = set.intersection(*(set(_way(network, int(node), network.exit_node)) for node in nodes))
    return float(min((1.0 / network.headway_h[link] for link in shared), default=math.inf))
