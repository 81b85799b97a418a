"""Levers of relief: the road, the checkpoint, what carries people, who receives them, and what they are told.

Each acts on a displacement, alone or as a stage of a chain.
"""

from __future__ import annotations

import math

from staffride.scenario.levers.lever import Dose, Lever, Value, Values
from staffride.scenario.policy import Change, Patch, Stages

KIND = "displacement"
KINDS = (KIND, "chain")
PERSONS_PER_BUS = 35
"""700 people in 20 buses on 30 September 2023 (diplomacy.D29.last)."""


def _number(value: Value) -> float:
    """Return the value of a dose that is a number."""
    if not isinstance(value, int | float):
        raise TypeError(f"a dose that is a number is {value!r}")
    return float(value)


def _checkpoint_lanes(_: Stages, values: Values) -> Patch:
    return Patch(changes=(Change("checkpoint.rate", "times", _number(values["factor"])),))


def _buses(_: Stages, values: Values) -> Patch:
    return Patch(
        changes=(
            Change("buses.seats_per_day", "plus", _number(values["seats"])),
            Change("buses.first_hour", "plus", -_number(values["earlier"])),
        )
    )


def _cost_of_buses(values: Values) -> str:
    seats = _number(values["seats"])
    if not seats:
        return ""
    return f"about {math.ceil(seats / PERSONS_PER_BUS):,} more bus journeys a day, at {PERSONS_PER_BUS} people a bus"


CHECKPOINT_LANES = Lever(
    id="checkpoint-lanes",
    label="More lanes at the checkpoint",
    group="relief",
    summary="The checkpoint passes more vehicles in an hour, up to what the road beyond it carries.",
    kinds=KINDS,
    doses=(Dose("factor", "times as many vehicles in an hour", "times", 2.0, 0.25, 6.0, null=1.0),),
    build=_checkpoint_lanes,
    starts_later=True,
    evidence=("diplomacy.D17", "diplomacy.D26.inspection"),
    assumed="Lanes serve alike and side by side, so the rate grows with their number: no source counts them.",
    limits="What moves those who decide over the checkpoint is left out, and so is any answer of theirs to the queue; "
    "households do not leave earlier because the queue is short.",
)

BUSES = Lever(
    id="buses",
    label="More buses",
    group="relief",
    summary="Convoys offer more seats a day, and may start earlier, for those without a vehicle or a seat.",
    kinds=KINDS,
    doses=(
        Dose("seats", "more seats in a day", "persons/day", 1000.0, 0.0, 20_000.0, null=0.0),
        Dose("earlier", "how much earlier the first convoy leaves", "h", 0.0, 0.0, 144.0, null=0.0),
    ),
    build=_buses,
    starts_later=True,
    evidence=("diplomacy.D29", "diplomacy.D29.waiting", "diplomacy.D29.total", "diplomacy.D29.last"),
    assumed="Seats are added to what convoys offered: how many were offered each day is a prior, for no source says.",
    limits="Buses come from outside the road's queue and gather people at once wherever they wait; drivers, permission "
    "and the way in are left out, and nobody with a vehicle leaves it for a bus.",
    cost=_cost_of_buses,
)

RELIEF_LEVERS: tuple[Lever, ...] = (CHECKPOINT_LANES, BUSES)
"""The levers of relief, in the order in which they are listed."""
