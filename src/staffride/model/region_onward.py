"""Onward movement: from a destination to another of the same country of asylum that lies farther from the fighting.

Limits: nobody moves on across a border of countries of asylum; one hazard for all, whatever their wishes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.region_choice import onward_chance, places_ahead

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]


@compiled
def onward_from(
    start: int,
    stock: Floats,
    capacity: Floats,
    host: Integers,
    can_be_entered: Flags,
    depth_km: Floats,
    onward: float,
    chances: Floats,
) -> float:
    """Fill the chances of each target for those who move on from a destination; return who moves, as a share.

    Equation: targets lie in the same country of asylum, take people, offer ``places_ahead`` and lie farther from the
    fighting; the chance of a target is its offer over the sum of offers, and the share who move in a day is
    ``onward_chance`` of the largest offer.
    Units: kilometres for the depth; shares are dimensionless. All arrays are (D,).
    Source: our rule, fitted on several cases; see ``staffride.model.region_choice``.
    Limits: nobody moves on at home, nor to a place that cannot be reached at all.
    """
    total = most = 0.0
    for target in range(stock.size):
        offer = 0.0
        inside = host[start] >= 0 and host[target] == host[start] and can_be_entered[target]
        if inside and depth_km[start] < depth_km[target] < math.inf:
            offer = places_ahead(stock[target], capacity[target], stock[start])
        chances[target] = offer
        total += offer
        most = max(most, offer)
    if total <= 0.0:
        return 0.0
    for target in range(stock.size):
        chances[target] /= total
    return onward_chance(onward, most)
