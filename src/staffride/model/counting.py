"""Counting: what has happened to people and vehicles by the end of each hour.

The phenomena give each party its times; this file turns times into hourly series. People are conserved: at every hour
``at home + waiting for fuel + waiting for a bus + on the road + arrived + casualties = residents``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled


@compiled
def first_hour_after(time_h: float, hours: int) -> int:
    """Return the index of the hourly column that first counts an event, or ``hours`` if none does.

    Column k holds the end of hour k, so an event at time t counts from column ``ceil(t) - 1`` on.
    """
    if not time_h < hours:
        return hours
    return max(0, int(np.ceil(time_h)) - 1)


@compiled
def count_by_hour(time_h: NDArray[np.float64], amount: NDArray[np.int32], hours: int) -> NDArray[np.int64]:
    """Return the cumulative amount of events by the end of each hour; times (E,), amounts (E,), result (T,)."""
    counts = np.zeros(hours + 1, np.int64)
    for event in range(time_h.size):
        counts[first_hour_after(time_h[event], hours)] += amount[event]
    return np.cumsum(counts[:hours])


@compiled
def mean_delay_by_hour(
    ready_h: NDArray[np.float64],
    free_flow_h: NDArray[np.float64],
    passed_h: NDArray[np.float64],
    persons: NDArray[np.int32],
    hours: int,
) -> NDArray[np.float64]:
    """Return the mean hours lost by the persons who pass the checkpoint in each hour; zero where nobody does.

    Equation: ``mean(passed - ready - free-flow time)`` over persons.
    Units: hours; arrays of length V (vehicles), result of length T (hours).
    Source: definition of delay.
    """
    lost, people = np.zeros(hours + 1), np.zeros(hours + 1)
    for vehicle in range(ready_h.size):
        hour = first_hour_after(passed_h[vehicle], hours)
        if hour < hours:
            delay = passed_h[vehicle] - ready_h[vehicle] - free_flow_h[vehicle]
            lost[hour] += persons[vehicle] * max(0.0, delay)
            people[hour] += persons[vehicle]
    return lost[:hours] / np.maximum(people[:hours], 1.0)
