"""Bus convoys: those without a vehicle or a seat wait until buses come.

Two convoys a day take on the households that wait, in the order in which they decided.

Limits: buses come from one direction and always find the road; they gather people at once wherever they wait.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.parties import PERSONS, Parties

SEATS_PER_BUS = 45
CONVOYS_PER_DAY = 2


class Convoys(NamedTuple):
    """When the first convoy leaves (hours since the start of the period), and the seats that a day offers."""

    first_hour: float
    seats_per_day: float


@compiled
def board_convoys(
    waiting: Parties, order: NDArray[np.int64], first_hour: float, seats_per_day: float, last_hour: float
) -> tuple[Parties, NDArray[np.int64]]:
    """Fill convoys with the households that wait.

    Equation: convoy k leaves at ``first_hour + 12 k`` with ``seats_per_day / 2`` seats, in buses of 45; first
    decided, first seated; a household stays together.
    Units: hours since the start of the period; seats and persons.
    Source: the record of bus convoys; seats assumed.
    Limits: seats that stay empty are lost; a household larger than a convoy keeps all behind it waiting.

    Parameters
    ----------
    waiting, order
        Households that wait, and their indices by the hour of their decision.
    first_hour, last_hour
        When the first convoy leaves, and the end of the period: a convoy leaves before it.
    seats_per_day
        Seats offered in a day.

    Returns
    -------
    buses
        One entry a bus; its place is that of its first household.
    bus_of
        For each waiting household its bus, or -1.
    """
    size = waiting.place.size
    bus_of = np.full(size, -1, np.int64)
    place, time = np.empty(size, np.int32), np.empty(size, np.float64)
    people, fuel = np.zeros((size, 4), np.int32), np.zeros(size, np.bool_)
    buses, position = 0, 0
    convoy_hour = first_hour
    while convoy_hour < last_hour and position < size:
        seats = seats_per_day / CONVOYS_PER_DAY
        opened = False
        while position < size and waiting.decision_h[order[position]] <= convoy_hour:
            household = order[position]
            persons = waiting.people[household, PERSONS]
            if persons > seats:
                break
            if not opened or people[buses - 1, PERSONS] + persons > SEATS_PER_BUS:
                place[buses] = waiting.place[household]
                time[buses] = convoy_hour
                buses += 1
                opened = True
            people[buses - 1] += waiting.people[household]
            bus_of[household] = buses - 1
            seats -= persons
            position += 1
        convoy_hour += 24.0 / CONVOYS_PER_DAY
    return Parties(place[:buses], people[:buses], time[:buses], fuel[:buses]), bus_of


def board_as_convoys_change(
    waiting: Parties,
    order: NDArray[np.int64],
    before: Convoys,
    after: Convoys,
    change_hour: float,
    last_hour: float,
) -> tuple[Parties, NDArray[np.int64]]:
    """Fill convoys whose hours and seats change at an hour; arguments and result otherwise as for `board_convoys`.

    Equation: the convoys of ``before`` that leave before ``change_hour``, then those of ``after`` that leave from then
    on; where the two are the same, this is `board_convoys`.
    Units: hours since the start of the period; seats and persons.
    Source: definition.
    Limits: where the first hours differ, the convoys about the change may be closer or farther apart than twelve hours.
    """
    buses, bus_of = board_convoys(waiting, order, *before, min(change_hour, last_hour))
    left = order[bus_of[order] < 0]
    rest = Parties(
        waiting.place[left], waiting.people[left], waiting.decision_h[left], waiting.lacks_fuel[left]
    )
    first_hour = after.first_hour
    # Summed as `board_convoys` does, so that an unchanged timetable is the same to the last digit.
    while first_hour < min(change_hour, last_hour):
        first_hour += 24.0 / CONVOYS_PER_DAY
    later, later_of = board_convoys(rest, np.arange(left.size), first_hour, after.seats_per_day, last_hour)
    bus_of[left] = np.where(later_of >= 0, later_of + buses.place.size, -1)
    joined = Parties(
        np.concatenate((buses.place, later.place)),
        np.concatenate((buses.people, later.people)),
        np.concatenate((buses.decision_h, later.decision_h)),
        np.concatenate((buses.lacks_fuel, later.lacks_fuel)),
    )
    return joined, bus_of
