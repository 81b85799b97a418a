"""Combat on the ground: power, the defence's advantage, losses, break points, and advance.

How a battle goes for an hour, from these rules and `attrition`:

1. each formation's `combat_power`; the sum of a side over its persons in contact is its power a person;
2. `defence_advantage` from `posture_factor`, terrain, and the gap that groups behind the defence make;
3. ``a = loss_coefficient(rate, advantage x defence's power a person, exponent)`` for the attack, and
   ``b = loss_coefficient(rate, attack's power a person / advantage, exponent)`` for the defence, times intensity;
4. `attrition.integrate` from the persons in contact; the share that it takes away is each person's chance;
5. a side breaks when it has lost its `break_share` of all its soldiers in the battle;
6. the attack gains ground at `advance_km_day` once it is through mines and ditch (`obstacle_h`).

All of it is the same for either side. With every factor one, no size effect and an exponent of one it is the square
law. Powers are in trained soldiers (quality 1).
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import normal_ppf
from staffride.model.ground_state import ATTACK, DELAY, HASTY

REFERENCE_SIZE = 1000.0
"""Persons in contact on either side of a battle at which `ground.rate` holds."""

DAY_H = 24.0


@compiled
def combat_power(
    persons: float,
    quality: float,
    armour: float,
    armour_weight: float,
    guns: float,
    gun_weight: float,
    cohesion: float,
    cohesion_effect: float,
    ammunition_days: float,
    ammunition_effect: float,
) -> float:
    """Return the combat power of a formation, before posture and ground.

    Equation: ``(persons x quality + armour x weight + guns x weight) x (1 - e (1 - cohesion))
    x (1 - e' (1 - min(1, days of ammunition)))``.
    Units: persons in contact, vehicles, guns, days; the result in trained soldiers.
    Source: sum of weighted strengths: Dupuy (1979), "Numbers, predictions and war".
    Limits: arms add up; no arm needs another. With less than a day of ammunition fire falls in proportion.
    """
    shaken = 1.0 - cohesion_effect * (1.0 - cohesion)
    short = 1.0 - ammunition_effect * (1.0 - min(1.0, ammunition_days))
    return (persons * quality + armour * armour_weight + guns * gun_weight) * shaken * short


@compiled
def dug_in_share(hours: float, dig_in_h: float) -> float:
    """Return how far a position is dug in after a time.

    Equation: ``1 - exp(-t / T)``. Units: hours.
    Source: definition; field positions take hours to a day, Dupuy (1979), hasty and prepared defence.
    Limits: the same by day and night, in any ground.
    """
    return 1.0 - math.exp(-hours / dig_in_h)


@compiled
def posture_factor(
    stance: int, dug: float, works: float, hasty: float, prepared: float, fortified: float, delay: float
) -> float:
    """Return the factor of a stance on the power of a defence.

    Equation: prepared in works: ``p = prepared + works (fortified - prepared)``; hasty: ``hasty + dug (p - hasty)``;
    delay: its own; a formation that is attacking itself has 1.
    Units: factors; ``dug`` and ``works`` from 0 to 1.
    Source: posture factors of Dupuy (1979), "Numbers, predictions and war", table of factors.
    Limits: works belong to the place and serve whoever stands in them.
    """
    if stance == ATTACK:
        return 1.0
    if stance == DELAY:
        return delay
    best = prepared + works * (fortified - prepared)
    return hasty + dug * (best - hasty) if stance == HASTY else best


@compiled
def defence_advantage(posture: float, terrain: float, gap: float) -> float:
    """Return the factor on the power of a defence from posture and terrain, less what a gap takes away.

    Equation: ``1 + (posture x terrain - 1)(1 - gap)``.
    Units: factors; ``gap`` from 0 to 1.
    Source: factors multiply: Dupuy (1979); a gap: assumed, its effect is a prior that includes zero.
    Limits: a gap takes away the advantage of the position and not the soldiers.
    """
    return 1.0 + (posture * terrain - 1.0) * (1.0 - gap)


@compiled
def power_ratio(attack: float, defence: float, advantage: float) -> float:
    """Return the ratio of effective powers, attack over defence; infinite without a defence.

    Equation: ``attack / (defence x advantage)``. Units: trained soldiers.
    Source: Dupuy (1979), ratio of combat powers.
    Limits: says nothing of surprise or leadership.
    """
    opposed = defence * advantage
    return attack / opposed if opposed > 0.0 else math.inf


@compiled
def loss_coefficient(rate_per_day: float, enemy_power_a_person: float, exponent: float) -> float:
    """Return the coefficient of `attrition.helmbold` that wears a side down.

    Equation: ``(rate / 24) k^W``, ``k`` the enemy's effective power for each of its persons in contact. So a side loses
    the share ``(rate / 24) (enemy's effective power / own persons in contact)^W`` in an hour.
    Units: 1/day; trained soldiers a person; 1/h.
    Source: Helmbold (1965); Hartley (1995), "A mathematical model of attrition data", Naval Research Logistics 42,
    585-607: exponents well below that of the square law.
    Limits: only persons in contact fight and are lost.
    """
    return float(rate_per_day / DAY_H * enemy_power_a_person**exponent)


@compiled
def tempo(caution: float, effect: float) -> float:
    """Return the tempo of an attack that is told to spare soldiers, 1 for one that presses on.

    Equation: ``t = 1 - effect x caution``. The advance and the defence's losses go with ``t``, the attack's with
    ``t^2``: less time under fire and more cover; so losses for a given advance go with ``t``.
    Units: shares.
    Source: slower advance by cover and concealment saves attackers: Biddle (2004), "Military power", chapter 3.
    Limits: the defence does not use the time that it is given, except that it digs in and its reserves come.
    """
    return 1.0 - effect * caution


@compiled
def day_factor(spread: float, u: float) -> float:
    """Return how much harder or easier than its mean a battle is fought on a day.

    Equation: lognormal with mean 1: ``exp(s z - s^2 / 2)``. Units: ``u`` in (0, 1).
    Source: daily losses vary far more than chance alone: Dupuy (1995), "Attrition".
    Limits: the same for both sides; days are independent.
    """
    return math.exp(spread * normal_ppf(u) - 0.5 * spread * spread) if spread > 0.0 else 1.0


@compiled
def break_share(
    median: float, spread: float, u: float, cohesion: float, cohesion_effect: float, tempo_of_side: float
) -> float:
    """Return the share of a side's soldiers, in contact or not, lost at which it gives up the battle.

    Equation: ``median x exp(s z) x (1 - e (1 - cohesion)) x tempo``.
    Units: shares; ``u`` in (0, 1).
    Source: breakpoints vary widely and are no constant: Clark (1954), ORO-T-289; Helmbold (1971), Decision in battle.
    Limits: losses only; being outflanked or cut off is no part of it. Reserves that join raise what the share is of.
    The defence's tempo is 1.
    """
    steadfast = 1.0 - cohesion_effect * (1.0 - cohesion)
    return median * math.exp(spread * normal_ppf(u)) * steadfast * tempo_of_side


@compiled
def advance_km_day(
    median: float, spread: float, u: float, ratio: float, exponent: float, unopposed: float
) -> float:
    """Return the rate of advance of an attack.

    Equation: ``median x exp(s z) x min(unopposed, ratio^e)``.
    Units: km/day; ``u`` in (0, 1), one for a battle; ratio of effective powers.
    Source: quartiles of advance by ground in CDB90; Helmbold (1990), "Rates of advance in historical land combat
    operations", CAA-RP-90-1: a wide scatter, and little effect of the ratio.
    Limits: an advance on foot or with vehicles alike; marches behind the front have their own rule.
    """
    opposed = unopposed if ratio == math.inf else min(unopposed, ratio**exponent)
    return median * math.exp(spread * normal_ppf(u)) * opposed


@compiled
def obstacle_h(mines: float, ditch: bool, mine_delay_h: float, ditch_delay_h: float) -> float:
    """Return the time that an attack needs to get through the obstacles of a way.

    Equation: ``mines x T_mines + T_ditch if there is a ditch``. Units: hours; ``mines`` from 0 to 1.
    Source: breaching under fire takes hours, US Army ATP 3-90.4 (2016), "Combined arms mobility".
    Limits: what is cleared stays cleared, for both sides; losses while it lasts are those of the battle.
    """
    return mines * mine_delay_h + (ditch_delay_h if ditch else 0.0)


@compiled
def armour_lost_share(persons_lost_share: float, armour_loss: float) -> float:
    """Return the chance that an armoured vehicle of a formation is lost in combat on the ground.

    Equation: ``min(1, factor x share of persons in contact lost)``. Units: shares.
    Source: loss rates of tanks and of their formation's persons go together: Dupuy (1995), "Attrition".
    Limits: fires from the air and from afar, and vehicles that crews leave, are counted elsewhere.
    """
    return min(1.0, armour_loss * persons_lost_share)


@compiled
def lost_across_line(rate_per_day: float, share: float, intensity: float, hours: float) -> float:
    """Return the chance that one in contact is lost to fire across the line in some hours without a battle.

    Equation: ``1 - exp(-rate x share x intensity x h / 24)``.
    Units: rate a day of a battle at even power; share of it from 0; intensity 0 to 1; hours.
    Source: planning tables have a rate for inactive situations as well: FM 101-10-1/2 (1987), table 4-18. The share is
    assumed, and may be zero.
    Limits: neither works, ground, strength nor ammunition count; both sides lose alike.
    """
    return -math.expm1(-rate_per_day * share * intensity * hours / DAY_H)
