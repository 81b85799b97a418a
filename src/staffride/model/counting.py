"""Counting: what has happened to people and vehicles by the end of each hour.

The phenomena give each party its times; this file turns times into hourly series. People are conserved: at every hour
``at home + waiting for fuel + waiting for a bus + on the road + arrived + casualties = residents``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.parties import PERSONS

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class RoadCounts(NamedTuple):
    """Vehicles and their people by the end of each hour, counted from the start of the period; arrays of length T.

    ``departed`` persons have set out; ``unhindered`` vehicles would have passed the checkpoint without any queue;
    ``crossed`` vehicles have; ``arrived`` (T, 4) are the people in these by the columns of ``Parties.people``;
    ``flow`` persons pass within the hour, and ``delay_h`` is their mean delay, zero where nobody does.
    """

    departed: Counts
    unhindered: Counts
    crossed: Counts
    arrived: Counts
    flow: Counts
    delay_h: Floats


@compiled
def first_hour_after(time_h: float, hours: int) -> int:
    """Return the index of the hourly column that first counts an event, or ``hours`` if none does.

    Equation: ``ceil(t) - 1``, since column k holds the end of hour k: an event in (k, k + 1] counts from k on.
    Units: hours since the start of the period.
    Source: definition.
    Limits: what happened before the period counts from its first hour on.
    """
    if not time_h <= hours:
        return hours
    return max(0, math.ceil(time_h) - 1)


@compiled
def count_by_hour(time_h: Floats, amount: NDArray[np.int32], hours: int) -> Counts:
    """Return the cumulative amount of events by the end of each hour; times (E,), amounts (E,), result (T,).

    Equation: the sum of the amounts of all events up to the end of the hour.
    Units: hours since the start of the period; amounts in any unit.
    Source: definition.
    Limits: exact.
    """
    counts = np.zeros(hours + 1, np.int64)
    for event in range(time_h.size):
        counts[first_hour_after(time_h[event], hours)] += amount[event]
    return np.cumsum(counts[:hours])


@compiled
def count_waiting(
    from_h: Floats,
    amount_before: NDArray[np.int32],
    until_h: Floats,
    amount_after: NDArray[np.int32],
    waits: NDArray[np.bool_],
    hours: int,
) -> Counts:
    """Return how many have begun to wait and not yet ended, at the end of each hour.

    Equation: persons of the parties that began, less persons of those that ended; who died in between is in the first
    sum only.
    Units: hours since the start of the period; persons. All arrays are of length V, the result of length T.
    Source: definition.
    Limits: exact.
    """
    counts = np.zeros(hours + 1, np.int64)
    # Zeros are added too, because branches on luck cost more than the work.
    for party in range(from_h.size):
        counts[first_hour_after(from_h[party], hours)] += waits[party] * amount_before[party]
        counts[first_hour_after(until_h[party], hours)] -= waits[party] * amount_after[party]
    return np.cumsum(counts[:hours])


@compiled
def count_on_road(
    people: NDArray[np.int32], ready_h: Floats, free_flow_h: Floats, passed_h: Floats, hours: int
) -> RoadCounts:
    """Count vehicles and their people as they set out and as they pass the checkpoint (compiled kernel; one pass).

    Equation: cumulative sums over vehicles; delay is ``mean(passed - ready - free-flow time)`` over persons.
    Units: hours since the start of the period; persons and vehicles. ``people`` is (V, 4), the others (V,).
    Source: definitions of a count and of a delay.
    Limits: exact; a delay is never below zero.
    """
    departed, unhindered = np.zeros(hours + 1, np.int64), np.zeros(hours + 1, np.int64)
    crossed, arrived = np.zeros(hours + 1, np.int64), np.zeros((hours + 1, people.shape[1]), np.int64)
    lost = np.zeros(hours + 1)
    for vehicle in range(ready_h.size):
        persons = people[vehicle, PERSONS]
        free_h = ready_h[vehicle] + free_flow_h[vehicle]
        departed[first_hour_after(ready_h[vehicle], hours)] += persons
        unhindered[first_hour_after(free_h, hours)] += 1
        hour = first_hour_after(passed_h[vehicle], hours)
        if hour < hours:
            crossed[hour] += 1
            for column in range(people.shape[1]):
                arrived[hour, column] += people[vehicle, column]
            lost[hour] += persons * max(0.0, passed_h[vehicle] - free_h)
    flow = arrived[:hours, PERSONS].copy()
    for hour in range(1, hours):
        arrived[hour] += arrived[hour - 1]
    return RoadCounts(
        np.cumsum(departed[:hours]),
        np.cumsum(unhindered[:hours]),
        np.cumsum(crossed[:hours]),
        arrived[:hours],
        flow,
        lost[:hours] / np.maximum(flow, 1),
    )
