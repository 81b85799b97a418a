"""On the way through a region: on which day people arrive, where a closed road stops them, who uses which link.

People leave at any moment of a day alike. Whoever meets a road that has closed since stops before it and looks for a
destination anew from there.

Limits: one mean speed; nobody who has set out turns round before meeting the closed road itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.region_network import NO_LINK

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]

NOWHERE = -1


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
def stop_before_closed(
    day: int,
    place: int,
    destination: int,
    next_link: Integers,
    tail: Integers,
    head: Integers,
    link_days: Floats,
    is_open: Flags,
) -> tuple[int, int]:
    """Return the place before a closed link on a way, and the day of reaching it; `NOWHERE` if none stops people.

    Equation: a link is reached on day ``floor(day + 1/2 + days of the links before it)``; the first that is closed on
    that day stops them.
    Units: days of the period.
    Source: definition of a closed link.
    Limits: all who left on a day reach a link as those who left at its middle; who is on a link may finish it.
    """
    elapsed = 0.5
    while next_link[place, destination] != NO_LINK:
        link = next_link[place, destination]
        at = day + int(elapsed)
        if at >= len(is_open):
            break
        if not is_open[at, link]:
            return place, at
        elapsed += link_days[link]
        place = head[link] if tail[link] == place else tail[link]
    return NOWHERE, 0


@compiled
def add_flows(
    sent: Floats,
    regime: Integers,
    next_link: Integers,
    tail: Integers,
    head: Integers,
    link_days: Floats,
    is_open: Flags,
    flows: Floats,
) -> None:
    """Add to each link's persons of each day those sent over it: a kernel.

    Equation: the persons sent from a place to a destination count on every link of their way, on the day on which they
    enter it, up to a closed one.
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
                    if at >= days or not is_open[at, link]:
                        break
                    flows[at, link] += persons
                    elapsed += link_days[link]
                    place = head[link] if tail[link] == place else tail[link]
