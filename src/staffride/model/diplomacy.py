"""Diplomacy: truces that are agreed and broken, terms that are accepted, and the end of the war as a result.

Truces begin at given hours, and afterwards at a constant rate; each breaks at a constant rate. All the while each side
may accept terms, by a hazard that grows with what it has lost, with want of supply and with pressure from outside,
times how ready the other side is to stop. The first acceptance ends the war, during a truce or not. Terms hand over
places and bring peacekeepers.

Limits: a side is one will; nobody looks ahead, bluffs or bargains over the content of the terms; pressure only grows
and weighs on both sides alike. With peacekeepers the ceasefire holds to the end of the period. Three truces and one
ceasefire are too few to tell the effects apart, so that their priors stay wide.

References
----------
Cox (1972), "Regression models and life-tables", Journal of the Royal Statistical Society B 34, 187-220.
Goemans (2000), "War and Punishment", Princeton University Press. Fortna (2004), "Does peacekeeping keep peace?",
International Studies Quarterly 48, 269-292.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled

NEVER = math.inf
_DAY_H = 24.0


@compiled
def pressure_after(hours: float, growth_per_h: float) -> float:
    """Return the pressure from outside on both sides to stop, after so many hours of war.

    Equation: ``1 - exp(-growth x hours)``.
    Units: hours, per hour; 0 none to 1 full.
    Source: assumed: mediators' effort grows and levels off.
    Limits: it does not fall again and does not depend on events; zero growth is no pressure.
    """
    return -math.expm1(-growth_per_h * max(0.0, hours))


@compiled
def will_to_accept_per_h(
    base_per_h: float,
    value_lost: float,
    value_effect: float,
    soldiers_lost: float,
    loss_effect: float,
    supply_share: float,
    supply_effect: float,
    pressure: float,
    pressure_effect: float,
) -> float:
    """Return the rate at which a side would accept terms if the other side were wholly ready to stop.

    Equation: ``base x exp(value effect x value lost + loss effect x soldiers lost + supply effect x (1 - supply)
    + pressure effect x pressure)``.
    Units: per hour; value, soldiers, supply and pressure are shares from 0 to 1.
    Source: proportional hazards, Cox (1972); that losses, want and pressure matter: Goemans (2000).
    Limits: effects multiply each other; a negative effect hardens a side.
    """
    return base_per_h * math.exp(
        value_effect * value_lost
        + loss_effect * soldiers_lost
        + supply_effect * (1.0 - supply_share)
        + pressure_effect * pressure
    )


@compiled
def readiness_to_stop(
    aims_reached: float, soldiers_lost: float, supply_share: float, pressure: float
) -> float:
    """Return how ready a side is to let the other accept terms.

    Equation: ``1 - (1 - aims reached) (1 - soldiers lost) supply (1 - pressure)``: each is a reason of its own.
    Units: shares from 0 to 1; aims reached are the value that the other side has lost.
    Source: assumed; reasons that act alone combine as independent causes (Pearl 1988, noisy-or).
    Limits: a side that has gained and lost nothing, under no pressure, does not stop.
    """
    return 1.0 - (1.0 - aims_reached) * (1.0 - soldiers_lost) * supply_share * (1.0 - pressure)


@compiled
def readiness_under_ultimatum(readiness: float, ultimatum: float) -> float:
    """Return how ready a side is to stop that has told the other on which terms it would.

    Equation: ``1 - (1 - readiness) (1 - ultimatum)``: an ultimatum is one more reason of its own.
    Units: shares from 0 to 1; an ultimatum of 0 is none, and one of 1 is kept at once when its terms are accepted.
    Source: assumed; reasons that act alone combine as independent causes (Pearl 1988, noisy-or).
    Limits: it stands from the first hour and is not withdrawn; what it asks for does not change the will to accept.
    """
    return 1.0 - (1.0 - readiness) * (1.0 - ultimatum)


@compiled
def moment_of_event(from_h: float, rate_per_h: float, unit_exponential: float) -> float:
    """Return when an event of constant rate happens.

    Equation: ``from + E / rate`` with E exponential of mean 1, so that the time to it is exponential; never at rate 0.
    Units: hours, per hour.
    Source: inversion of ``1 - exp(-rate t)``.
    Limits: no memory: a truce that has held for long is as brittle as a new one.
    """
    if rate_per_h <= 0.0:
        return NEVER
    return from_h + unit_exponential / rate_per_h


@compiled
def moment_of_end(hour: float, hazard: float, threshold: float, rate_per_h: float) -> float:
    """Return when within the hour the summed hazard reaches its threshold, or never.

    Equation: ``hour + (threshold - hazard) / rate`` if that is at most one hour on; the threshold is exponential, so
    that the war's length has the survival ``exp(-integral of the rate)``, and of two sides with rates a and b the
    first ends it with probability ``a / (a + b)``.
    Units: hours, per hour; hazard before the hour and threshold without unit.
    Source: inversion of the survival function; competing exponential hazards.
    Limits: the rate is constant within the hour.
    """
    if rate_per_h <= 0.0 or hazard + rate_per_h < threshold:
        return NEVER
    return hour + max(0.0, threshold - hazard) / rate_per_h


@compiled
def intensity_of_fighting(truce_share: float, over_share: float, truce_intensity: float) -> float:
    """Return the factor on the fighting of an hour of which a truce or peace took a share.

    Equation: ``1 - truce - over + truce x intensity of a truce``.
    Units: shares of the hour; the intensity of a truce is a share of the full fighting.
    Source: mean over the hour; that truces lowered but did not stop the fighting: reports of October 2020.
    Limits: both sides hold back alike; what comes first within the hour does not matter.
    """
    return max(0.0, 1.0 - truce_share - over_share) + truce_share * truce_intensity


@compiled
def handed_over_h(over_h: float, days: float) -> float:
    """Return the hour at which terms hand a place over.

    Equation: ``end of the war + 24 x days``; never where the terms name no day (below zero).
    Units: hours since the start; days after the ceasefire.
    Source: definition; the statement of 10 November 2020 names 5, 10 and 21 days.
    Limits: terms are kept to the day.
    """
    return over_h + _DAY_H * days if days >= 0.0 else NEVER


@compiled
def withheld_share(embargo: float, transparency: float) -> float:
    """Return the share of a side's deliveries from outside that an embargo keeps away.

    Equation: ``embargo x transparency``: of the suppliers who join, what checks after the sale do not catch still comes
    through others.
    Units: shares from 0 to 1.
    Source: assumed.
    Limits: no stocking up beforehand, no other supplier steps in; transparency alone withholds nothing.
    """
    return embargo * transparency
