"""Flight: civilians who flee from danger, those who are killed by the fighting around them, and those who stay.

Danger at a place comes from fighting there or next door, from munitions on the town and from the news that a place
will change hands; it fades when its cause is gone. In danger people flee by a hazard that grows with the share of their
neighbours who have left (Bass 1969), as in ``departure``. Where the other side takes control, all flee but those who
stay whatever happens. One rule holds for the civilians of both sides.

Limits: the people of a place decide anew every six hours, by the danger of that hour; nobody comes back during the
period; roads, vehicles and where people go are no part of it (``departure`` and
``traffic`` tell that for one road); a town that is cut off lets people leave like any other.

References
----------
Bass (1969), "A new product growth for model consumer durables", Management Science 15, 215-227.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled


@compiled
def danger_of_munitions(munitions: float, felt_by: float, people: float) -> float:
    """Return the danger that munitions on a town bring, relative to fighting in it: a mean over its people.

    Equation: ``1 - exp(-n f / P)``: the share of P people who are among the f that feel one of n munitions.
    Units: persons; 0 none to 1 as fighting in the town.
    Source: random coverage; the number who feel a munition is assumed.
    Limits: rockets and missiles count alike; impacts are spread over the whole town; 0 for a town without people.
    """
    return -math.expm1(-max(0.0, munitions) * felt_by / people) if people > 0.0 else 0.0


@compiled
def danger_of_fighting(here: bool, next_door: bool, nearby: float, intensity: float) -> float:
    """Return the danger that ground combat brings to a place.

    Equation: ``intensity`` where there is a battle, ``intensity x nearby`` next door to one, else 0.
    Units: 0 to 1.
    Source: assumed.
    Limits: next door is one way off, however long.
    """
    if here:
        return intensity
    return intensity * nearby if next_door else 0.0


@compiled
def share_kept(memory_h: float) -> float:
    """Return the share of danger past that is still felt an hour later.

    Equation: ``exp(-1 / memory)``; nothing without memory.
    Units: hours.
    Source: assumed.
    Limits: fear fades at one pace.
    """
    return math.exp(-1.0 / memory_h) if memory_h > 0.0 else 0.0


@compiled
def share_leaving(exposure_h: float, first_rate: float, neighbour_rate: float, share_fled: float) -> float:
    """Return the chance that one who would flee and is still there leaves during some hours of danger.

    Equation: ``dF / dG = (a + b F) (1 - F)`` over the exposure G: with ``z = (a + b F) / (1 - F)``, which grows by
    ``exp((a + b) G)``, those who remain are ``1 - F = (a + b) / (z + b)``. With b = 0 a constant hazard.
    Units: a and b per hour; F, the share of those who would flee that has left; exposure is danger (0 to 1) x hours.
    Source: Bass (1969).
    Limits: neighbours are those of the same place.
    """
    if exposure_h <= 0.0 or share_fled >= 1.0:
        return 0.0
    both = first_rate + neighbour_rate
    grown = (
        (first_rate + neighbour_rate * share_fled)
        / (1.0 - share_fled)
        * math.exp(min(both * exposure_h, 500.0))
    )
    if grown <= 0.0:
        return 0.0
    return max(0.0, 1.0 - both / ((grown + neighbour_rate) * (1.0 - share_fled)))


@compiled
def share_killed(rate_per_h: float, exposure_h: float) -> float:
    """Return the chance that the fighting around kills a civilian during some hours of danger.

    Equation: ``1 - exp(-rate x exposure)``.
    Units: per hour in full danger; exposure is danger (0 to 1) x hours.
    Source: constant hazard.
    Limits: deaths are independent of each other; strikes on towns are counted on their own (``city_strikes``).
    """
    return -math.expm1(-rate_per_h * exposure_h)


@compiled
def people_who_stay(people_at_start: int, stay_share: float) -> int:
    """Return how many of a place's people stay whatever happens.

    Equation: ``round(people at the start x share)``.
    Units: persons.
    Source: definition; the old and the sick, mostly, in reports of towns that changed hands.
    Limits: they are killed at the same rate as others.
    """
    return int(people_at_start * stay_share + 0.5)
