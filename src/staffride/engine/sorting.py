"""Order by time: an exact, stable order in one pass over buckets, several times faster than a general sort."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled

SPREAD = 4.0
"""The buckets reach this far from the first time, in units of the mean distance; later times share the last one."""


@compiled
def _range_of_most(times: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least finite time and one that nearly all are below, however late the last ones are."""
    lowest, highest, total, count = math.inf, -math.inf, 0.0, 0
    for time in times:
        if math.isfinite(time):
            lowest, highest = min(lowest, time), max(highest, time)
            total += time
            count += 1
    reach = SPREAD * (total / max(1, count) - lowest)
    return lowest, lowest + reach if reach < highest - lowest else highest


@compiled
def _bucket_of(time: float, lowest: float, per_unit: float, buckets: int) -> int:
    """Return the bucket of a time, from 0 to ``buckets - 1``; times that are not finite go into one after these."""
    if not math.isfinite(time):
        return buckets
    position = (time - lowest) * per_unit
    if position >= buckets:
        return buckets - 1
    # Not so where infinity meets zero; all times then share the first bucket.
    return int(position) if position > 0.0 else 0


@compiled
def order_by_time(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the indices that put ``times`` (n,) in ascending order; equal times keep their order.

    Times that are not finite go last, in their order. A counting sort into n buckets followed by insertion; linear
    where most times spread over the buckets, as times of arrival do, quadratic where a few are a million times later.

    References
    ----------
    Cormen, Leiserson, Rivest and Stein, "Introduction to algorithms", section 8.4 (bucket sort).
    """
    count = times.size
    lowest, highest = _range_of_most(times)
    per_unit = count / (highest - lowest) if highest > lowest else 0.0
    first = np.zeros(count + 2, np.int64)
    bucket = np.empty(count, np.int32)
    for index in range(count):
        bucket[index] = _bucket_of(times[index], lowest, per_unit, count)
        first[bucket[index] + 1] += 1
    for number in range(count):
        first[number + 1] += first[number]
    finite = first[count]
    order = np.empty(count, np.int64)
    for index in range(count):
        order[first[bucket[index]]] = index
        first[bucket[index]] += 1
    for place in range(1, finite):
        index = order[place]
        while place > 0 and times[order[place - 1]] > times[index]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = index
    return order
