"""Roads and crossings where only so many can pass in an hour: queues, first come first served, hour by hour.

Each such link has a queue for each direction. Who reaches it joins the end; within an hour all are mixed. A point queue
takes no room: it hinders nobody who does not use the link.

Limits: capacity that is not used in an hour is lost; a queue does not deter those who choose a destination later.

References
----------
Newell (1982), "Applications of queueing theory", second edition; Vickrey (1969), "Congestion theory and transport
investment", American Economic Review 59, 251-260.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import REGION_TRAVEL, uniforms
from staffride.scenario.region import Region

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Counts = NDArray[np.int64]

HOURS = 24
NO_QUEUE = -1


class Corridors(NamedTuple):
    """The queues of a region: Q of them, two for each link with a capacity.

    Attributes
    ----------
    link, start, end
        (Q,) the link, and the places from and to which the queue leads.
    per_hour
        (Q,) persons who can pass in an hour.
    of
        (L, 2) queue of each link from its tail and from its head; `NO_QUEUE` where it does not bind.
    """

    link: Integers
    start: Integers
    end: Integers
    per_hour: Floats
    of: Integers


def corridors_of(region: Region) -> Corridors:
    """Return the queues of the links that have a capacity, in the order of the links."""
    of = np.full((len(region.links), 2), NO_QUEUE, np.int32)
    rows: list[tuple[int, int, int, float]] = []
    for at, link in enumerate(region.links):
        if math.isfinite(link.persons_per_hour):
            ends = region.index[link.first], region.index[link.second]
            for side in (0, 1):
                of[at, side] = len(rows)
                rows.append((at, ends[side], ends[1 - side], link.persons_per_hour))
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return Corridors(
        np.array(columns[0], np.int32),
        np.array(columns[1], np.int32),
        np.array(columns[2], np.int32),
        np.array(columns[3], np.float64),
        of,
    )


@compiled
def capacity_of_hour(per_hour: float, hour: int) -> int:
    """Return how many whole persons can pass within an hour.

    Equation: ``floor(c (hour + 1)) - floor(c hour)``. Worked value: 2.5 an hour lets 2, 3, 2, 3 pass.
    Units: persons per hour; hours since the start of the period.
    Source: definition; the sum never strays from ``c x hours`` by a person.
    Limits: constant but for closures.
    """
    return max(0, int(math.floor(per_hour * (hour + 1.0)) - math.floor(per_hour * hour)))


@compiled
def hours_share(start_hour: float, later: int) -> float:
    """Return the share of those who left at any moment of a day who reach a point in an hour.

    Equation: with ``f`` the fraction of ``start_hour``, hours since the day began at which the first of them reach it:
    ``(1 - f) / 24`` in the first hour, ``1 / 24`` in each of the next 23, ``f / 24`` in the last; 0 otherwise.
    Units: hours; ``later`` counts from the hour of the first.
    Source: identity for a uniform moment of leaving.
    Limits: people leave by night as by day.
    """
    fraction = start_hour - math.floor(start_hour)
    if later == 0:
        return (1.0 - fraction) / HOURS
    if later < HOURS:
        return 1.0 / HOURS
    return fraction / HOURS if later == HOURS else 0.0


@compiled
def hypergeometric(wanted: int, others: int, taken: int, u: float) -> int:
    """Return how many of one kind are among those taken from a mixed crowd: the quantile at ``u``.

    Equation: ``P(k) = C(wanted, k) C(others, taken - k) / C(wanted + others, taken)``, inverted by search from twelve
    standard deviations below the mean.
    Units: persons.
    Source: sampling without replacement; Devroye (1986), chapter III.2.
    Limits: what lies farther out has less chance than 1e-30 and is taken together.
    """
    low, high = max(0, taken - others), min(wanted, taken)
    crowd = wanted + others
    if low >= high or crowd <= 0:
        return low
    mean = taken * (wanted / crowd)
    spread = math.sqrt(max(0.0, mean * (others / crowd) * ((crowd - taken) / max(1, crowd - 1))))
    number = max(low, math.floor(mean - 12.0 * spread) - 1)
    log_chance = _log_choose(wanted, number) + _log_choose(others, taken - number) - _log_choose(crowd, taken)
    chance = math.exp(log_chance)
    below = chance
    while below < u and number < high:
        up = (wanted - number) * (taken - number)
        down = (number + 1.0) * (others - taken + number + 1.0)
        chance *= up / down
        number += 1
        below += chance
        if chance < 1.0e-18 and number > mean:
            break
    return number


@compiled
def _log_choose(of: int, number: int) -> float:
    """Return the logarithm of a binomial coefficient."""
    return math.lgamma(of + 1.0) - math.lgamma(number + 1.0) - math.lgamma(of - number + 1.0)


@compiled
def take_from_queue(
    line: Integers, first: int, hour: int, room: int, seed: int, replication: int, queue: int, passed: Counts
) -> int:
    """Let people pass from a queue, first come first served; return the first hour of joining that is left.

    Equation: all who joined in the earliest hours pass; of the hour in which the room ends, those who pass are a
    random part (`hypergeometric`), kind by kind.
    Units: persons; ``line`` is (H, kinds) by the hour of joining, ``passed`` (kinds,).
    Source: first-in-first-out queue.
    Limits: within an hour nobody is before another.
    """
    passed[:] = 0
    while room > 0 and first <= hour:
        batch = line[first]
        left = 0
        for kind in range(batch.size):
            left += batch[kind]
        taken = min(room, left)
        room -= taken
        if taken == left:
            for kind in range(batch.size):
                passed[kind] += batch[kind]
                batch[kind] = 0
            first += 1
            continue
        for kind in range(batch.size):
            if batch[kind] == 0 or taken == 0:
                continue
            entity = queue * batch.size + kind
            u = uniforms(seed, replication, REGION_TRAVEL, hour, entity, 2**30)[0]
            part = hypergeometric(batch[kind], left - batch[kind], taken, u)
            left -= batch[kind]
            taken -= part
            passed[kind] += part
            batch[kind] -= part
    return first
