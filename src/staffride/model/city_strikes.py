"""Strikes on towns: rockets and missiles that reach the towns of either side, warnings, and the civilians killed.

What fell on which town is history, dated and given; after the last given strike each side fires at a plain rate, and
what it fires falls on towns of the other side in proportion to the people who are there. Deaths are counted, for both
sides by one rule; nothing here chooses, ranks or improves anything.

Limits: no aim point, no building, no weapon's accuracy: a munition is one that came down in the town. Every town is
within reach. Injured persons are not counted. What the warning saves is bounded by the shelters that there are.

References
----------
Reports on strikes of 2020 on both sides' towns, Human Rights Watch (October and December 2020) and Amnesty
International (October 2020 and January 2021), and the official counts of both sides.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled


@compiled
def exposed_share(warned_share: float, shelter: float) -> float:
    """Return the exposure of a town's people, relative to people whom nothing warns.

    Equation: ``1 - warned x shelter``: of those warned in time, shelter takes away its share of the danger.
    Units: shares from 0 to 1.
    Source: definition; messages to telephones and sirens were the warnings of 2020.
    Limits: everybody who is warned goes to a shelter; one share for all strikes, by day and by night.
    """
    return 1.0 - warned_share * shelter


@compiled
def expected_deaths(
    munitions: float, deaths_per_munition: float, present_share: float, exposure: float
) -> float:
    """Return the mean number of civilians killed by a strike on a town.

    Equation: ``munitions x deaths per munition x share of the people who are still there x exposure``.
    Units: persons; a munition's deaths are those in an unwarned town with all its people.
    Source: proportional to the density of people in the open, as casualties of unaimed bombardment are.
    Limits: towns are equally dense; munitions do not overlap.
    """
    return munitions * deaths_per_munition * present_share * exposure


@compiled
def deaths_of_strike(mean: float, shape: float, people: int, uniform: float) -> int:
    """Return the deaths of a strike, as the quantile of a negative binomial distribution, never above the people there.

    Equation: ``P(0) = (1 + m / k)^-k``, ``P(n + 1) = P(n) (n + k) / (n + 1) m / (m + k)``: mean m, variance
    ``m + m^2 / k``; at shape k = 0 (none given) the Poisson distribution.
    Units: persons.
    Source: Poisson deaths whose mean varies by a gamma factor, Greenwood and Yule (1920), Journal of the Royal
    Statistical Society 83, 255-279: most strikes kill nobody, a few kill many.
    Limits: the cut at the people there lowers the mean where that is large against them.
    """
    if mean <= 0.0 or people <= 0:
        return 0
    clustered = shape > 0.0
    factor = mean / (mean + shape) if clustered else mean
    probability = (1.0 + mean / shape) ** -shape if clustered else math.exp(-mean)
    cumulative, deaths = probability, 0
    while cumulative < uniform and deaths < people:
        probability *= factor * ((deaths + shape) if clustered else 1.0) / (deaths + 1)
        cumulative += probability
        deaths += 1
        if probability < 1e-18 and deaths > mean:
            break
    return deaths


@compiled
def chance_of_town(rate_per_h: float, people: int, people_of_side: int) -> float:
    """Return the part of all that both sides fire at towns that falls on one town, as a rate.

    Equation: ``rate of the other side x people in the town / people in all towns of its side``.
    Units: munitions per hour; persons who are there.
    Source: assumed: in proportion to people, by one rule for both sides.
    Limits: a side without people in any town is not struck.
    """
    return rate_per_h * people / people_of_side if people_of_side > 0 else 0.0
