"""Choice of a destination: free places, those who came before, and the length and danger of the way.

A destination draws people by the share of its places that is free. Three terms are added to that, each with a value at
which it changes nothing: people prefer near destinations, they feel a dangerous way as a longer one, and they follow
those who came before. With all of them neutral this is the free-capacity rule, which knows no distance and no conflict.

What the rule does not know of a destination can be told as a spread: one factor on its appeal for a whole course, drawn
anew for each replication. Without it courses differ by chance alone.

Limits: all people of a place choose alike; nobody knows more of a destination than how full it is and how many came.
Capacities that were read off the counts of a destination know the answer in part: a look back, never a forecast.

References
----------
McFadden (1974), "Conditional logit analysis of qualitative choice behavior", in Frontiers in Econometrics, 105-142;
Wilson (1971), "A family of spatial interaction models, and associated developments", Environment and Planning A 3,
1-32; Munshi (2003), "Networks in the modern economy: Mexican migrants in the U.S. labor market", Quarterly Journal of
Economics 118, 549-599.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import REGION_CHOICE, normal_ppf, uniforms

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]

MOST_PLACES = 1.0e15
"""What an unlimited capacity counts as where places are shared in proportion to capacities."""

APPEAL_STEP = 2**32 - 1
"""Step of the keyed numbers of appeal; other numbers of choice are keyed by the day, and no day has this number."""


class Choice(NamedTuple):
    """The parameters of the rule, shared by all regions; see ``staffride.model.region_parameters``.

    Attributes
    ----------
    distance_decay
        Exponent by which destinations lose with the length of the way that is felt; 0 neutral.
    danger
        Kilometres that one in full conflict is felt as, beyond itself; 0 neutral.
    networks
        Pull of an even share of those who came before, beside that of the destination itself; 0 neutral.
    onward
        Hazard per day of moving on inside a country of asylum to where everything is free; 0 neutral.
    near_km
        Length below which differences are hardly felt.
    population
        Exponent of the population of a place among the places that people leave; 1 neutral.
    """

    distance_decay: float = 0.0
    danger: float = 0.0
    networks: float = 0.0
    onward: float = 0.0
    near_km: float = 35.0
    population: float = 1.0


@compiled
def free_share(stock: float, capacity: float) -> float:
    """Return the share of the places of a destination that is free.

    Equation: ``max(0, 1 - stock / capacity)``. Worked value: 300 persons in 400 places leave 0.25.
    Units: persons; dimensionless.
    Source: the free-capacity rule; a logistic approach to the capacity.
    Limits: 1 where the capacity is infinite, 0 where there is none; nobody is turned away.
    """
    return max(0.0, 1.0 - stock / capacity) if capacity > 0.0 else 0.0


@compiled
def pull_of_networks(stock: float, total: float, destinations: int, networks: float) -> float:
    """Return by how much those who came before make a destination more attractive.

    Equation: ``1 + networks x destinations x stock / total``. Worked value: with networks 1 and half of all in one of
    four destinations, 3.
    Units: persons; dimensionless.
    Source: migrants follow those whom they know (Munshi 2003); the linear form is assumed.
    Limits: 1 as long as nobody is there; it does not matter who came, or when.
    """
    return 1.0 + networks * destinations * stock / total if total > 0.0 else 1.0


@compiled
def distance_weight(km: float, exponent: float, near_km: float) -> float:
    """Return the weight of a destination by the length of the way that is felt.

    Equation: ``(1 + km / near)^-exponent``. Worked value: with 35 km and exponent 0.5, 105 km give 0.5.
    Units: kilometres; dimensionless.
    Source: gravity models of migration; the length that is hardly felt, a day on foot, is assumed.
    Limits: 0 where there is no way, whatever the exponent.
    """
    return float((1.0 + km / near_km) ** -exponent) if math.isfinite(km) else 0.0


@compiled
def appeal_factor(spread: float, score: float) -> float:
    """Return by how much a destination is more attractive than the rule knows, at a standard normal score.

    Equation: ``exp(spread x score)``. Worked value: with spread 0.5 and score 2, e = 2.72.
    Units: dimensionless.
    Source: the random utility of an alternative that all choosers share (McFadden 1974; Berry 1994, "Estimating
    discrete-choice models of product differentiation", RAND Journal of Economics 25, 242-262); the normal form is
    assumed.
    Limits: the same for all people and all days of a course; destinations are independent; median 1, mean above it.
    """
    return math.exp(spread * score)


@compiled
def appeal_factors(spread: float, seed: int, replication: int, place: Integers, factor: Floats) -> None:
    """Fill the factor on the appeal of each destination in a replication.

    Equation: `appeal_factor` at the normal quantile of a keyed uniform number; 1 and no draw where the spread is 0.
    Units: dimensionless. Arrays are (D,); ``place`` are numbers of places in the order of a region.
    Source: inversion, keyed by seed, replication and place: the same under both engines.
    Limits: another place in the region changes the order of places, and so the numbers of some.
    """
    for destination in range(place.size):
        factor[destination] = 1.0
        if spread > 0.0:
            u = uniforms(seed, replication, REGION_CHOICE, APPEAL_STEP, place[destination], 0)[0]
            factor[destination] = appeal_factor(spread, normal_ppf(u))


@compiled
def appeal_of_day(
    stock: Floats,
    capacity: Floats,
    is_open: Flags,
    networks: float,
    factor: Floats,
    appeal: Floats,
    by_capacity: Floats,
) -> None:
    """Fill what draws people to each destination on a day, the way left aside; and what does when all are full.

    Equation: ``free share x pull of networks`` where it is open, else 0; when all are full its capacity where open;
    both times ``factor``, that of `appeal_factors`.
    Units: dimensionless; persons. All arrays are (D,), stocks those at the start of the day.
    Source: the rules of this file.
    Limits: both are relative: only their ratios matter.
    """
    total = stock.sum()
    for destination in range(stock.size):
        pull = pull_of_networks(stock[destination], total, stock.size, networks)
        free = free_share(stock[destination], capacity[destination])
        places = min(capacity[destination], MOST_PLACES)
        appeal[destination] = free * pull * factor[destination] if is_open[destination] else 0.0
        by_capacity[destination] = places * factor[destination] if is_open[destination] else 0.0


@compiled
def destination_chances(appeal: Floats, by_capacity: Floats, near: Floats, chances: Floats) -> bool:
    """Fill the chances of the destinations for those who leave one place; return whether there is any.

    Equation: ``P(d) = appeal(d) near(d) / sum of the same``; where that sum is 0, with the capacity for the appeal.
    Units: dimensionless. All arrays are (D,); ``near`` is `distance_weight`, 0 where there is no way.
    Source: multinomial logit in the logarithms of its terms (McFadden 1974).
    Limits: independence of irrelevant alternatives; people wait only where no way leads to an open destination.
    """
    for full in range(2):
        pull = by_capacity if full else appeal
        total = 0.0
        for destination in range(near.size):
            chances[destination] = pull[destination] * near[destination]
            total += chances[destination]
        if total > 0.0:
            for destination in range(near.size):
                chances[destination] /= total
            return True
    return False


@compiled
def places_ahead(stock: float, capacity: float, stock_behind: float) -> float:
    """Return how much room a destination offers to those who would move on to it.

    Equation: its free share; where its capacity is unlimited or unknown, ``max(0, 1 - stock / stock behind)``, so that
    moves end when both hold the same number. Worked value: 100 persons ahead and 400 behind give 0.75.
    Units: persons; dimensionless.
    Source: assumed; whoever moves people on for want of places looks at places.
    Limits: nobody moves on from an empty destination, nor to one that holds more.
    """
    if math.isfinite(capacity):
        return free_share(stock, capacity)
    return max(0.0, 1.0 - stock / stock_behind) if stock_behind > 0.0 else 0.0


@compiled
def onward_chance(onward: float, most_free: float) -> float:
    """Return the chance that a person moves on within a day.

    Equation: ``1 - exp(-onward x most free)`` with the largest free share among the places ahead.
    Units: per day; dimensionless.
    Source: people are settled away from the frontier (OAU Convention Governing the Specific Aspects of Refugee
    Problems in Africa, 1969, article II, paragraph 6); the constant hazard is assumed.
    Limits: no regard for when a person came or for families.
    """
    return -math.expm1(-onward * most_free)


def weigh_origins(shares: Floats, people: Floats, population: float) -> Floats:
    """Return shares of the places that people leave, with another exponent of their population.

    Equation: ``share x people^(population - 1)``, scaled to the same sum. Worked value: shares 0.8 and 0.2 of places
    with 400 and 100 people and exponent 0.5 give 2/3 and 1/3.
    Units: persons; dimensionless.
    Source: assumed; people of a large town can more often stay in it or near it.
    Limits: places where nobody lives keep none.
    """
    if population == 1.0:
        return shares
    factor = np.where(people > 0.0, np.where(people > 0.0, people, 1.0) ** (population - 1.0), 0.0)
    weight = shares * factor
    total = weight.sum(axis=-1, keepdims=True)
    kept = weight / np.where(total > 0.0, total, 1.0) * shares.sum(axis=-1, keepdims=True)
    return np.asarray(np.where(total > 0.0, kept, shares), np.float64)
