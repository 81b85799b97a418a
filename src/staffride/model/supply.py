"""Supply: what a damaged road carries, which convoys get through, what is used, and what shortage does.

A formation holds ammunition, fuel and food, counted in days of full use. What its place receives over the network
(``max_flow``) is shared by need. Bridges that are struck leave a ford and are repaired; convoys are lost on the way.

Limits: supply moves in one commodity by weight; stocks are with the formations, so the loss of a depot is not a rule of
its own; water, mail and spares are part of what a person needs.

References
----------
Wood (1993), "Deterministic network interdiction", Mathematical and Computer Modelling 17(2), 1-18; Van Creveld (1977),
"Supplying War", Cambridge University Press.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import SUPPLY, binomial, uniforms

REPAIR, CONVOYS = 0, 1
"""What a draw is for; convoys of the n-th route to a place draw `CONVOYS` + n."""

DAY_H = 24.0


@compiled
def capacity_t_per_day(whole_t: float, standing: float, ford: float) -> float:
    """Return what a way carries in a day when a share of its bridge stands.

    Equation: ``whole x (ford + (1 - ford) x standing)``.
    Units: tonnes a day; shares.
    Source: assumed form, exact at both ends: a whole bridge carries all, a destroyed one leaves what a ford carries.
    Limits: one bridge a way; the ford is the same in all weather.
    """
    return whole_t * (ford + (1.0 - ford) * min(1.0, max(0.0, standing)))


@compiled
def repaired(seed: int, replication: int, hour: int, bridge: int, mean_h: float) -> bool:
    """Say whether a destroyed bridge carries again at the end of this hour.

    Equation: true with probability ``1 - exp(-1 / mean)``: an exponential time of repair.
    Units: hours.
    Source: assumed without memory, Kleinrock (1975), "Queueing Systems", volume 1.
    Limits: repair neither waits for quiet nor competes for engineers; it is the same whoever holds the bridge.
    """
    draw, _ = uniforms(seed, replication, SUPPLY, hour, bridge, REPAIR)
    return draw < -math.expm1(-1.0 / mean_h)


@compiled
def convoys_for(amount_t: float, load_t: float) -> int:
    """Return how many convoys carry an amount.

    Equation: ``ceil(amount / load)``. Units: tonnes. Source: definition. Limits: all but the last are full.
    """
    return math.ceil(amount_t / load_t) if amount_t > 0.0 else 0


@compiled
def loss_rate(ambush: float, hunted_per_km: float, overhead: float, length_km: float) -> float:
    """Return the rate at which a convoy is lost on one passage of a way.

    Equation: ``ambush + hunted x overhead x length``: independent causes, their rates add.
    Units: ``ambush`` a rate a passage; ``hunted`` 1/km under drones always overhead; share of the time; km.
    Source: events without memory along a way; that drones turned to convoys is told of October 2020, and its
    effect is a prior that holds zero.
    Limits: no convoy takes another way because of the danger; 0 for effects of zero.
    """
    return ambush + hunted_per_km * overhead * length_km


@compiled
def loss_chance(rate: float) -> float:
    """Return the chance that a convoy is lost on a route.

    Equation: ``1 - exp(-rate)`` for the sum of the rates of the route's ways.
    Units: rate a passage.
    Source: Poisson process along the route.
    Limits: a convoy is lost whole or not at all.
    """
    return -math.expm1(-rate)


@compiled
def convoys_lost(
    seed: int, replication: int, hour: int, place: int, route: int, convoys: int, chance: float
) -> int:
    """Return how many convoys of a route to a place are lost.

    Equation: binomial (convoys, chance). Ten convoys and a chance of 0.3: 7 get through on average, 8 or more with
    probability 0.382783.
    Units: convoys.
    Source: independent trials.
    Limits: convoys do not wait for each other, and no escort learns from a loss.
    """
    draw, _ = uniforms(seed, replication, SUPPLY, hour, place, CONVOYS + route)
    return binomial(convoys, chance, draw)


@compiled
def daily_use_t(persons: int, vehicles: int, per_thousand_t: float, per_vehicle_t: float) -> float:
    """Return what persons and vehicles (guns among them) use of one commodity on a full day.

    Equation: ``persons / 1000 x a + vehicles x b``.
    Units: tonnes a day.
    Source: planning by persons and vehicles, Van Creveld (1977); the factors are parameters.
    Limits: all persons, and all vehicles, are alike.
    """
    return persons * per_thousand_t / 1000.0 + vehicles * per_vehicle_t


@compiled
def stock_after(days: float, activity: float, hours: float) -> float:
    """Return the days of supply left after some hours.

    Equation: ``max(0, days - activity x hours / 24)``; ``activity`` 1 is the full use that days are counted by.
    Units: days; hours.
    Source: definition.
    Limits: an empty stock asks for nothing more.
    """
    return max(0.0, days - activity * hours / DAY_H)


@compiled
def ammunition_activity(fights: bool, attacks: bool, defence: float, rest: float) -> float:
    """Return the use of ammunition, relative to a day of attack.

    Equation: 1 in contact and in attack, ``defence`` in contact otherwise, ``rest`` out of contact.
    Units: shares.
    Source: consumption by posture as planners do it, Van Creveld (1977); sizes are parameters.
    Limits: fire of guns out of contact counts as rest.
    """
    if not fights:
        return rest
    return 1.0 if attacks else defence


@compiled
def stock_with(days: float, most: float, met: float) -> float:
    """Return the days of supply after a delivery that meets a share of what was asked for.

    Equation: ``days + met x max(0, most - days)``: all formations at a place get the same share of their need.
    Units: days; share.
    Source: sharing in proportion to need.
    Limits: no formation is favoured, whatever it is about to do.
    """
    return days + met * max(0.0, most - days)


@compiled
def sufficiency(days: float, short: float) -> float:
    """Return how far a stock meets the needs of a formation.

    Equation: ``min(1, days / short)``: a formation begins to save when less than ``short`` days are left.
    Units: days; share.
    Source: assumed form, linear between nothing and enough.
    Limits: savings follow the stock at once.
    """
    return min(1.0, max(0.0, days) / short)


@compiled
def effect_of_shortage(days: float, short: float, effect: float) -> float:
    """Return the factor on the pace of a formation that runs short of fuel.

    Equation: ``1 - effect x (1 - sufficiency)``.
    Units: days; ``effect`` is the share lost with an empty stock.
    Source: assumed form; exact at both ends.
    Limits: 1 for an effect of zero or a stock of ``short`` days or more.
    """
    return 1.0 - effect * (1.0 - sufficiency(days, short))
