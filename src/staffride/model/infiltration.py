"""Infiltration: small groups on foot through an enemy's ground, found or not, and what they do behind a place.

A group walks, and each soldier of the enemy who is near watches a strip of ground. So what finds it is the distance
that it walks through their density, at night and in fog less; a group that lies still is not found. Behind a place it
takes a part of the ground's advantage from the defence, wears down its cohesion, finds targets for fires and lies in
wait for convoys. Each of these effects is a parameter of its own that may be zero, and at zero nothing is left of it.

Limits: the soldiers present are spread evenly over the cell of their place; a formation walks and is found as one.

References
----------
Naismith (1892), Scottish Mountaineering Club Journal 2, 136; Scarf (2007), "Route choice in mountain navigation,
Naismith's rule, and the equivalence of distance and climb", Journal of Sports Sciences 25, 719-726; Koopman (1956),
"The theory of search, II: target detection", Operations Research 4, 503-531; Rustamzade and Valiyev (2022), Baku
Dialogues, on mobile groups and drones in the war of 2020.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import binomial
from staffride.model.detection import search_rate_per_h
from staffride.model.ground_state import FLAT, RUGGED

LEVEL_KM_PER_CLIMBED_KM = 25.0 / 3.0
"""Naismith's hour for 5 km, and one more for 600 m of climb: how much level walking one climbed kilometre costs."""


@compiled
def hours_on_foot(length_km: float, climb_m: float, speed_kmh: float) -> float:
    """Return the time that a group takes for a way.

    Equation: ``(length + 25 / 3 x climb) / v``: Naismith's 5 km/h and 600 m/h at ``v`` = 5.
    Units: kilometres, metres of climb, km/h over level ground; hours.
    Source: Naismith (1892), Scottish Mountaineering Club Journal 2, 136; Scarf (2007), Journal of Sports Sciences 25,
    719-726, who finds the ratio of climb to distance good over mountain races.
    Limits: the way down costs what level ground does; only the climb from end to end counts, not the ups and downs
    between; no other ground under foot, and no tiredness.
    """
    return (length_km + LEVEL_KM_PER_CLIMBED_KM * max(0.0, climb_m) / 1000.0) / speed_kmh


@compiled
def share_on_the_move(hidden: bool, caution: float) -> float:
    """Return the share of an hour in which a group walks.

    Equation: 1 in the dark and in fog, ``1 - caution`` otherwise.
    Units: shares; ``caution`` is that of the group's goal, from 0 to 1.
    Source: definition; the document on 2020 tells of marches through forest and of a climb by night (Rustamzade and
    Valiyev 2022).
    Limits: by daylight a group lies still for a part of the hour instead of choosing its moment.
    """
    return 1.0 if hidden else 1.0 - min(1.0, max(0.0, caution))


@compiled
def sight_factor(
    dark: bool, fog: bool, ground: int, in_the_dark: float, in_fog: float, on_rugged_ground: float
) -> float:
    """Return the factor on the width that a watcher sees on foot.

    Equation: ``dark factor`` in the dark x ``fog factor`` in fog x 1, ``sqrt(rugged)``, ``rugged`` by ground.
    Units: factors from 0 to 1; ``ground`` is flat 0, rolling 1, rugged 2.
    Source: Koopman (1980), "Search and Screening": the sweep width is the area under the lateral range curve;
    that the factors multiply, and the root for rolling ground, are assumed.
    Limits: low cloud does not hinder who watches from the ground; all watchers have the same eyes.
    """
    factor = in_the_dark if dark else 1.0
    if fog:
        factor *= in_fog
    if ground == RUGGED:
        return factor * on_rugged_ground
    return factor if ground == FLAT else factor * math.sqrt(on_rugged_ground)


@compiled
def found_per_h(width_km: float, sight: float, speed_kmh: float, watchers: float, area_km2: float) -> float:
    """Return the rate at which a group on the move is found.

    Equation: ``watchers x W x sight x v / A``: not found over a walk with chance ``exp(-density x W x sight x way)``.
    Units: km, factor, km/h, persons, km2; per hour.
    Source: Koopman (1956), Operations Research 4, 503-531, random search; only the speed of one past the other counts.
    Limits: watchers independent of each other and spread evenly; posts that cover a path alone are not told apart.
    """
    return watchers * search_rate_per_h(width_km * sight, speed_kmh, area_km2)


@compiled
def lost_when_found(
    present: int, loss_share: float, dead_share: float, u_lost: float, u_dead: float
) -> tuple[int, int]:
    """Return how many of a group are killed and wounded in the fight when it is found.

    Equation: lost ~ binomial(present, loss); killed ~ binomial(lost, dead share), the others are wounded.
    Units: persons; shares from 0 to 1; two uniform numbers.
    Source: independent fates, as an assumption.
    Limits: who found the group loses nobody; none of the group is captured.
    """
    lost = binomial(present, loss_share, u_lost)
    dead = binomial(lost, dead_share, u_dead)
    return dead, lost - dead


@compiled
def advantage_taken(behind: float, defenders: float, kept_busy: float) -> float:
    """Return the share of the defence's advantage that groups behind a place take away.

    Equation: ``k g / (k g + d)``: one person behind keeps ``k`` defenders busy, who have no works towards him. Exactly
    0 at ``k`` = 0, half at ``k g = d``, below 1 as long as a single person defends; each further group takes less than
    the one before.
    Units: persons of groups ``g``, persons who defend ``d``; share.
    Source: assumed shape (saturation of Holling 1959, Canadian Entomologist 91, 385-398). That there is such an effect
    is claimed by Rustamzade and Valiyev (2022); its prior includes zero.
    Limits: the same for every strongpoint; 0 where nobody defends.
    """
    busy = kept_busy * behind
    return busy / (busy + defenders) if defenders > 0.0 else 0.0


@compiled
def cohesion_pressed(behind: float, defenders: float, shock_per_h: float) -> float:
    """Return the cohesion that groups behind a place cost its defenders in an hour.

    Equation: ``s g / (g + d)``. Exactly 0 at ``s`` = 0.
    Units: persons of groups ``g``, persons who defend ``d``; cohesion (0 to 1) an hour.
    Source: assumed shape; disorder and panic behind the front are claimed by Rustamzade and Valiyev (2022), and the
    prior of ``s`` includes zero.
    Limits: every defender feels it alike; 0 where nobody defends.
    """
    return shock_per_h * behind / (behind + defenders) if defenders > 0.0 else 0.0


@compiled
def taken_per_passage(behind: float, ways: int, one_person: float) -> float:
    """Return the rate at which a convoy is taken by groups at the ways into a place, for one passage of one way.

    Equation: ``a g / n``; a convoy passes with chance ``exp(-rate)``. Exactly 0 at ``a`` = 0.
    Units: persons of groups ``g``, ways ``n``, ``a`` per person and passage.
    Source: Poisson process along the way; that either side set ambushes on the other's supply in 2020 is told by
    Rustamzade and Valiyev (2022), the prior of ``a`` includes zero.
    Limits: groups spread evenly over the ways; no escort, and no choice of another way because of them.
    """
    return one_person * behind / ways if ways > 0 else 0.0
