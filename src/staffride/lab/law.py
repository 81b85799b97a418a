"""From columns of parameters to the laws of the particle filter: one row a prior draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.lab.fluid import FluidPlan
from staffride.model.buses import CONVOYS_PER_DAY
from staffride.model.checkpoint import RateProcess, rate_process
from staffride.model.departure import hazard_ratio, share_who_stay, share_with_vehicle
from staffride.model.displacement_inputs import Inputs
from staffride.model.parameters import MODEL_PARAMETERS

Floats = NDArray[np.float64]
Columns = Mapping[str, Floats]


LAW_PARAMETERS = tuple(
    name
    for name in MODEL_PARAMETERS
    if name.partition(".")[0] in {"population", "departure", "vehicles", "buses", "traffic", "checkpoint"}
    or name
    in {
        "household.mean_size",
        "fuel.share_without",
        "fuel.vehicles_per_hour",
        "fuel.open_hour",
        "fuel.outage",
    }
)
"""The parameters that the fluid twin reads, in the order of the filter's scores."""

PLACE_GROUPS = 3


def fluid_plans(columns: Columns, inputs: Inputs) -> FluidPlan:
    """Return the fluid plan with a column (n,) in each field; the same rules as ``behaviour_of`` for one draw."""
    staying, first_rate, owners = behaviour_columns(*(columns[name] for name in _OF_BEHAVIOUR))
    unseated = columns["vehicles.without_seat_share"]
    lag = inputs.place_share @ inputs.place_free_flow * columns["traffic.free_flow_factor"]
    return FluidPlan(
        leavers=columns["population.residents"] * (1.0 - staying),
        open_hour=columns["departure.open_hour"],
        word_spread_h=columns["departure.word_spread"],
        first_rate_per_h=first_rate,
        neighbour_rate_per_h=columns["departure.neighbour_rate"],
        straggler_share=np.minimum(1.0, columns["departure.straggler_share"]),
        straggler_delay_h=columns["departure.straggler_delay"],
        bus_share=(1.0 - owners) * unseated,
        bus_first_hour=columns["buses.first_hour"] + lag,
        bus_persons_per_convoy=columns["buses.seats_per_day"] / CONVOYS_PER_DAY,
        without_fuel_share=columns["fuel.share_without"],
        fuel_persons_per_h=columns["fuel.vehicles_per_hour"] * effective_load(columns),
        fuel_open_hour=columns["fuel.open_hour"] + lag,
        outage_from_h=inputs.explosion_hour + lag,
        outage_h=columns["fuel.outage"],
    )


_OF_BEHAVIOUR = (
    "departure.stay_share",
    "departure.trust",
    "departure.trust_effect",
    "departure.first_rate",
    "departure.hunger_effect",
    "departure.hunger",
    "household.mean_size",
    "vehicles.persons_per_vehicle",
    "vehicles.without_seat_share",
)


@compiled
def behaviour_columns(
    stay: Floats,
    trust: Floats,
    trust_effect: Floats,
    first_rate: Floats,
    hunger_effect: Floats,
    hunger: Floats,
    size: Floats,
    load: Floats,
    without_seat: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Return the share who stay, the first rate with hunger, and the share who own a vehicle, (n,) each."""
    staying, rate, owners = np.empty(stay.size), np.empty(stay.size), np.empty(stay.size)
    for row in range(stay.size):
        staying[row] = share_who_stay(stay[row], trust[row], trust_effect[row])
        rate[row] = first_rate[row] * hazard_ratio(hunger_effect[row], hunger[row])
        owners[row] = share_with_vehicle(size[row], load[row], without_seat[row])
    return staying, rate, owners


def effective_load(columns: Columns) -> Floats:
    """Return persons per vehicle: as given, and never below a household's size, since each owner drives."""
    return np.maximum(columns["vehicles.persons_per_vehicle"], columns["household.mean_size"])


def rate_processes(columns: Columns, inputs: Inputs) -> RateProcess:
    """Return the law of the checkpoint's rate with a column (n,) in each field; see ``checkpoint.rate_process``."""
    return rate_process(
        columns["checkpoint.rate_level"],
        columns["checkpoint.rate_spread"],
        columns["checkpoint.regime_duration"],
        columns["checkpoint.variability"],
        columns["checkpoint.memory"],
        inputs.highest_rate,
        columns["checkpoint.open_hour"],
    )


def law_table(columns: Columns, inputs: Inputs) -> Floats:
    """Return the laws of the particle filter, (n, LAW_COLUMNS)."""
    return np.column_stack(
        [
            *fluid_plans(columns, inputs),
            *rate_processes(columns, inputs),
            effective_load(columns),
            columns["traffic.free_flow_factor"],
            columns["departure.danger_effect"],
        ]
    )


def place_table(inputs: Inputs) -> Floats:
    """Return the places as the filter reads them, (4, groups): share, delay of word, free-flow time, danger.

    Places are put into groups of about equal share in the order of their distance in time, which makes the filter
    several times faster; within a group the times differ by little more than the hour in which the filter steps.
    """
    table = np.stack(
        (inputs.place_share, inputs.place_word_delay, inputs.place_free_flow, inputs.place_danger)
    )
    order = np.argsort(table[1] + table[2], kind="stable")
    group = np.minimum((np.cumsum(table[0, order]) - 1e-9) * PLACE_GROUPS, PLACE_GROUPS - 1).astype(int)
    columns = []
    for number in np.unique(group):
        members = table[:, order[group == number]]
        share = members[0].sum()
        columns.append(np.array([share, *(members[1:] @ members[0] / max(share, 1e-12))]))
    return np.column_stack(columns)
