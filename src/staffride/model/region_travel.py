"""On the way through a region: on which day people arrive, where a closed road stops them, who uses which link.

People leave at any moment of a day alike. Whoever meets a road that has closed since stops before it and looks for a
destination anew from there.

Limits: one mean speed; nobody who has set out turns round before meeting the closed road itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.region_corridor import NO_QUEUE
from staffride.model.region_network import NO_LINK

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]

NOWHERE = -1
CLEAR, CLOSED, QUEUE = range(3)


@compiled
def chance_of_next_day(travel_days: float) -> float:
    """Return the chance that a journey ends one day later than its whole days say.

    Equation: with a moment of leaving U uniform in the day, the journey ends on day ``floor(U + travel days)``, which
    is ``floor(travel days)`` or one more, the latter with the fraction of ``travel days`` as its chance. Worked value:
    2.25 days end on the second day after with chance 0.75 and on the third with 0.25.
    Units: days.
    Source: identity; so the mean is exact.
    Limits: people leave by night as by day.
    """
    return travel_days - int(travel_days)


@compiled
def first_obstacle(
    day: int,
    elapsed: float,
    place: int,
    destination: int,
    next_link: Integers,
    tail: Integers,
    head: Integers,
    link_days: Floats,
    is_open: Flags,
    queue_of: Integers,
) -> tuple[int, int, float]:
    """Return what first hinders people on a way, where, and how many days after ``day`` they are there.

    Equation: a link is reached on day ``floor(day + elapsed + days of the links before it)``; the first that is closed
    on that day stops them at its start (`CLOSED`, the place), the first that binds lets them queue (`QUEUE`, the
    queue); else they arrive (`CLEAR`).
    Units: days of the period; ``elapsed`` is 1/2 for those who leave at the middle of the day.
    Source: definition of a closed link.
    Limits: for closures all who left on a day count as those who left at its middle; who is on a link may finish it.
    """
    while next_link[place, destination] != NO_LINK:
        link = next_link[place, destination]
        at = day + int(elapsed)
        if at >= len(is_open):
            break
        if not is_open[at, link]:
            return CLOSED, place, elapsed
        queue = queue_of[link, 0] if tail[link] == place else queue_of[link, 1]
        if queue != NO_QUEUE:
            return QUEUE, queue, elapsed
        elapsed += link_days[link]
        place = head[link] if tail[link] == place else tail[link]
    return CLEAR, NOWHERE, elapsed


@compiled
def add_flows(
    sent: Floats,
    regime: Integers,
    next_link: Integers,
    tail: Integers,
    head: Integers,
    link_days: Floats,
    is_open: Flags,
    queue_of: Integers,
    flows: Floats,
) -> None:
    """Add to each link's persons of each day those sent over it: a kernel.

    Equation: the persons sent from a place to a destination count on every link of their way, on the day on which they
    enter it, up to a closed one or to a queue.
    Units: persons. ``sent`` is (T, V, D), ``flows`` is (T, L).
    Source: definition.
    Limits: an expectation, not a count; those who left on a day enter a link as those who left at its middle.
    """
    days, places, destinations = sent.shape
    for day in range(days):
        way = next_link[regime[day]]
        for start in range(places):
            for destination in range(destinations):
                persons = sent[day, start, destination]
                if persons <= 0.0:
                    continue
                place, elapsed = start, 0.5
                while way[place, destination] != NO_LINK:
                    link = way[place, destination]
                    at = day + int(elapsed)
                    if at >= days or not is_open[at, link] or queue_of[link, 0] != NO_QUEUE:
                        break
                    flows[at, link] += persons
                    elapsed += link_days[link]
                    place = head[link] if tail[link] == place else tail[link]
