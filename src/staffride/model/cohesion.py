"""Cohesion: what wears a formation down, what restores it, and what soldiers do who have lost it.

Cohesion is a number from 0 (a crowd) to 1 (the same troops, rested).
Losses, encirclement, empty stocks, the silence of command and drones
overhead wear it down, each in its own proportion; a place taken lifts it, one lost lowers it; out of contact it comes
back to 1. Below a level troops are shaken: some desert, a formation in contact may run, one
that is encircled may give up. Crews may leave sound vehicles when another is destroyed. Those who are called up come
in part, and in time.

Every effect is an effect of its own, and at zero the rule does nothing: that drones, hunger or silence broke troops in
2020 is a claim, and their priors hold zero.

References
----------
Rowland (2006), "The Stress of Battle: Quantifying Human Performance in Combat", The Stationery Office; Shils and
Janowitz (1948), "Cohesion and Disintegration in the Wehrmacht in World War II", Public Opinion Quarterly 12, 280-315.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import binomial

DAY_H = 24.0

RESTED = 1.0
"""Cohesion of rested troops, whatever their quality."""

LAST_COME = 10.0
"""Mean times of gathering after which all who come are there."""


@compiled
def wear_factor(quality: float, brittleness: float) -> float:
    """Return how much faster than trained soldiers troops of a quality are worn down.

    Equation: ``q^-b``; 1 for ``b = 0`` and for trained soldiers.
    Units: quality relative to a trained soldier; brittleness is a number.
    Source: assumed form: losses and strain tell more on the less trained, Rowland (2006).
    Limits: rested troops of any quality have all the cohesion that they can have; quality counts in power besides.
    """
    return quality**-brittleness if quality > 0.0 else 1.0


@compiled
def strain_per_day(
    encircled: float, hunger: float, silence: float, overhead: float, rates: tuple[float, float, float, float]
) -> float:
    """Return the rate at which what surrounds a formation wears it down.

    Equation: ``encircled x r1 + hunger x r2 + silence x r3 + overhead x r4``; strains add.
    Units: 0 or 1 and shares from 0 to 1 (hunger: what stocks do not meet; silence: what the network is short of
    perfect; overhead: share of the time with enemy drones above); rates a day.
    Source: assumed form; isolation, want and surrender of primary groups: Shils and Janowitz (1948).
    Limits: no strain makes another worse; 0 for effects of zero.
    """
    return encircled * rates[0] + hunger * rates[1] + silence * rates[2] + overhead * rates[3]


@compiled
def worn_down(cohesion: float, shock: float, loss_effect: float, strain: float, hours: float) -> float:
    """Return cohesion after losses and strain.

    Equation: ``c exp(-k s - r h / 24)``: each share lost takes the same part of what is left.
    Units: ``s`` share of those present lost; ``k`` per unit share; strain ``r`` a day; hours.
    Source: assumed form; that losses, more by their pace than by their sum, break units: Rowland (2006).
    Limits: exactly ``c`` without losses and strain, or for effects of zero.
    """
    wear = loss_effect * shock + strain * hours / DAY_H
    return cohesion * math.exp(-wear) if wear > 0.0 else cohesion


@compiled
def after_places(cohesion: float, success: float, effect: float) -> float:
    """Return cohesion after places were taken or lost.

    Equation: ``1 - (1 - c) exp(-k n)`` for n places taken, ``c exp(-k n)`` for n lost.
    Units: ``success`` is +1 for a place taken and -1 for one lost.
    Source: assumed form, the same for gain and loss seen from either end of the scale.
    Limits: all places count alike; exactly ``c`` for an effect of zero.
    """
    if success > 0.0:
        return 1.0 - (1.0 - cohesion) * math.exp(-effect * success)
    if success < 0.0:
        return cohesion * math.exp(effect * success)
    return cohesion


@compiled
def recovered(cohesion: float, natural: float, share: float) -> float:
    """Return cohesion after a time out of contact.

    Equation: ``c + (n - c) (1 - exp(-h / mean))``; ``share`` is the last factor.
    Units: shares.
    Source: assumed first-order return.
    Limits: what success added beyond ``n`` wears off in the same way.
    """
    return cohesion + (natural - cohesion) * share


@compiled
def weakness(cohesion: float, shaken: float) -> float:
    """Return how weak a formation is, from 0 (not shaken) to 1 (no cohesion).

    Equation: ``max(0, 1 - c / shaken)``.
    Units: shares.
    Source: assumed form with a threshold: steady troops do not desert, run or give up.
    Limits: one threshold for all three.
    """
    return max(0.0, 1.0 - cohesion / shaken) if shaken > 0.0 else 0.0


@compiled
def yields(rate_per_day: float, weak: float, hours: float) -> float:
    """Return the chance that a soldier deserts, or a formation runs or gives up, within some hours.

    Equation: ``1 - exp(-rate x weakness x h / 24)``.
    Units: rate a day at no cohesion; hours.
    Source: hazard without memory.
    Limits: soldiers decide one by one; 0 for a rate of zero.
    """
    return -math.expm1(-rate_per_day * weak * hours / DAY_H)


@compiled
def leaves_vehicle(destroyed: int, effect: float, overhead: float) -> float:
    """Return the chance that a crew leaves its sound vehicle.

    Equation: ``1 - (1 - effect x overhead)^n`` when ``n`` other vehicles of the formation were destroyed.
    Units: vehicles; chance; share of the time with enemy drones above.
    Source: a report that one strike emptied whole columns in 2020; its effect is a prior that holds zero.
    Limits: all vehicles of a formation see each other; 0 without drones, without losses, or for an effect of zero.
    """
    return 1.0 - (1.0 - effect * overhead) ** destroyed


@compiled
def comes_now(since_h: float, mean_h: float) -> float:
    """Return the chance that one who comes, and is not there yet, comes in this hour.

    Equation: ``1 - exp(-1 / mean)``; 1 for a mean of zero, and after ten means.
    Units: hours since the first may come; mean time of gathering, hours.
    Source: gathering without memory.
    Limits: who comes does not depend on the news.
    """
    if since_h < 0.0:
        return 0.0
    if since_h >= LAST_COME * mean_h:
        return 1.0
    return -math.expm1(-1.0 / mean_h)


@compiled
def who_come(called: int, turnout: float, u: float) -> int:
    """Return how many of those called up ever come.

    Equation: binomial (called, turnout). 8,000 called and a turnout of 0.625: 5,000 on average, deviation 43.3.
    Units: persons; ``u`` in (0, 1).
    Source: independent decisions; the range of the turnout is what carries the doubt.
    Limits: those who do not come stay absent for good.
    """
    return binomial(called, turnout, u)


@compiled
def mixed(cohesion: float, present: int, natural: float, newcomers: int) -> float:
    """Return the cohesion of a formation that newcomers join.

    Equation: mean by persons. Units: shares; persons. Source: definition. Limits: strangers hold together at once.
    """
    whole = present + newcomers
    return (cohesion * present + natural * newcomers) / whole if whole > 0 else cohesion
