"""Fire across the line where nobody attacks: who faces an enemy's place, and what that costs in a day.

The losses of formations that stand next to an enemy and are in no battle are drawn every six hours, at an hour of
the formation's own.
"""

from __future__ import annotations

from staffride.engine.compile import compiled
from staffride.engine.random import GROUND, binomial, four_uniforms
from staffride.model.campaign_codes import number
from staffride.model.campaign_control import stands
from staffride.model.campaign_state import Flags, Floats
from staffride.model.ground import lost_across_line
from staffride.model.ground_state import FOOT_PATH, NOWHERE, Theatre, War

_RATE, _ACROSS = number("ground.rate"), number("ground.across_line")
_DEAD = number("ground.dead_share")
_EVERY_H, _LINE = 6, 4


@compiled
def exchange_fire(
    seed: int,
    replication: int,
    hour: int,
    intensity: float,
    theatre: Theatre,
    war: War,
    persons: Floats,
    numbers: Floats,
    levels: Floats,
    facing: Flags,
) -> None:
    """Let formations in no battle, next to a place where the enemy stands, lose some of those in contact: a kernel.

    Parameters
    ----------
    persons
        (2, P) persons of each side who are present at a place.
    facing
        Room, (P,): whether a place has an enemy next to it.
    """
    chance = lost_across_line(numbers[_RATE], numbers[_ACROSS], intensity, float(_EVERY_H))
    if chance <= 0.0:
        return
    find_facing(theatre, war, persons, facing)
    formations, troops = theatre.formations, war.troops
    for one in range(formations.size):
        place = troops.place[one]
        if (hour + one) % _EVERY_H != 0 or not facing[place] or not stands(one, theatre, war):
            continue
        if war.battles.active[place]:
            continue
        contact = formations.contact[one]
        people = int(troops.present[one] * (levels[contact] if contact != NOWHERE else 1.0))
        luck = four_uniforms(seed, replication, GROUND, hour, one, _LINE)
        lost = binomial(people, chance, luck[0])
        dead = binomial(lost, numbers[_DEAD], luck[1])
        troops.shock[one] += lost / troops.present[one]
        troops.present[one] -= lost
        troops.dead[one] += dead
        troops.wounded[one] += lost - dead


@compiled
def find_facing(theatre: Theatre, war: War, persons: Floats, facing: Flags) -> None:
    """Mark the places from which a road or track leads to one that the other side holds, and stands at."""
    holder = war.control.holder
    for place in range(facing.size):
        facing[place] = False
        for at in range(theatre.first[place], theatre.first[place + 1]):
            far = theatre.ends[at]
            other = holder[far] != holder[place] and persons[holder[far], far] > 0.0
            if other and theatre.ways.kind[theatre.by[at]] != FOOT_PATH:
                facing[place] = True
