"""Order by time: an exact, stable order in one pass over buckets, several times faster than a general sort."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled


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

    Times that are not finite go last, in their order. A counting sort into n buckets followed by insertion within
    each; linear where times spread over the buckets, as arrival times do.

    References
    ----------
    Cormen, Leiserson, Rivest and Stein, "Introduction to algorithms", section 8.4 (bucket sort).
    """
    count = times.size
    buckets = max(1, count)
    lowest, highest = math.inf, -math.inf
    for time in times:
        if math.isfinite(time):
            lowest, highest = min(lowest, time), max(highest, time)
    per_unit = buckets / (highest - lowest) if highest > lowest else 0.0
    first = np.zeros(buckets + 2, np.int64)
    bucket = np.empty(count, np.int64)
    for index in range(count):
        bucket[index] = _bucket_of(times[index], lowest, per_unit, buckets)
        first[bucket[index] + 1] += 1
    for number in range(buckets + 1):
        first[number + 1] += first[number]
    order = np.empty(count, np.int64)
    begin = first.copy()
    for index in range(count):
        position = first[bucket[index]]
        first[bucket[index]] += 1
        while position > begin[bucket[index]] and times[order[position - 1]] > times[index]:
            order[position] = order[position - 1]
            position -= 1
        order[position] = index
    return order
