"""Bus convoys: those without a vehicle or a seat wait until buses come.

Two convoys a day take on the households that wait, in the order in which they decided.

Limits: buses come from one direction and always find the road; they gather people at once wherever they wait.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.parties import PERSONS, Parties

SEATS_PER_BUS = 45
CONVOYS_PER_DAY = 2


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
