"""A small war of two sides for the tests of supply and cohesion: places in a row, formations, and plain parameters.

Places 0 to 3 are held by side 0, places 4 to 7 by side 1; each joins the next. Sources stand at 0 and 7, so that one
half is the mirror of the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from staffride.model.campaign_codes import NUMBERS
from staffride.model.campaign_cohesion import hold_together, muster
from staffride.model.campaign_state import STATE, records
from staffride.model.campaign_supply import begin_supply, consume, deliver, new_supply_room
from staffride.model.ground_state import (
    FORMATION,
    GOAL,
    NOWHERE,
    SITE,
    WAY,
    Theatre,
    War,
    new_war,
)

SEED, REPLICATION = 11, 3
PLACES = 8
SUPPLY_COLUMNS = ("ammunition", "fuel", "food")
PLAIN = {
    "supply.0.start": 5.0, "supply.1.start": 5.0, "supply.most": 7.0, "supply.persons": 6.0, "supply.fighters": 10.0,
    "supply.guns": 1.0, "supply.fuel": 0.5, "supply.defence": 0.7, "supply.rest": 0.1, "supply.short": 1.0,
    "supply.pace": 0.8, "supply.load": 10.0, "supply.ford": 0.25, "supply.repair": 48.0, "supply.hunted": 0.0,
    "cohesion.brittleness": 0.25, "cohesion.losses": 2.0, "cohesion.place": 0.1, "cohesion.encirclement": 0.3,
    "cohesion.hunger": 0.2, "cohesion.silence": 0.1, "cohesion.drones": 0.1, "cohesion.recovery": 96.0,
    "cohesion.shaken": 0.6, "cohesion.desertion": 0.5, "cohesion.rout": 10.0, "cohesion.surrender": 10.0,
    "cohesion.crews": 0.2, "cohesion.gathering": 0.0,
}  # fmt: skip


class Case(NamedTuple):
    """A war, and what the kernels need beside it."""

    theatre: Theatre
    war: War
    numbers: np.ndarray
    levels: np.ndarray
    strengths: np.ndarray
    state: np.ndarray
    room: object
    overhead: np.ndarray
    quality: np.ndarray
    press: np.ndarray
    struck: np.ndarray


def numbers_with(**changes):
    """Return the row of numbers; a change's name has two underscores for the dot."""
    given = PLAIN | {name.replace("__", "."): value for name, value in changes.items()}
    assert set(given) == set(PLAIN)
    return np.array([given.get(name, 0.0) for name in NUMBERS])


def war_of(stand, capacity_t=100.0, delivery_t=500.0, bridge=NOWHERE, strength=1000.0, ways=None, **changes):
    """Return a war whose formation n stands at ``stand[n]`` and belongs to its holder; ``bridge`` is a way with one."""
    holder = np.repeat([0, 1], PLACES // 2)
    pairs = np.array([(place, place + 1) for place in range(PLACES - 1)] if ways is None else ways)
    count = len(stand)
    theatre = Theatre(
        **{name: np.zeros(0) for name in Theatre._fields}
        | {
            "formations": records(
                count, FORMATION, side=holder[stand], place=stand, arrival=NOWHERE, turnout=NOWHERE,
                quality=NOWHERE, share_to=1.0,
            ),
            "sites": records(PLACES, SITE, holder=holder, zone=np.arange(PLACES)),
            "ways": records(
                len(pairs), WAY, a=pairs[:, 0], b=pairs[:, 1], bridge=NOWHERE, length_km=10.0, capacity_t=capacity_t
            ),
            "goals": records(0, GOAL),
            "source_place": np.array([0, PLACES - 1], np.int32),
            "source_side": np.array([0, 1], np.int32),
            "source_level": np.zeros(2, np.int32),
        }
    )  # fmt: skip
    if bridge != NOWHERE:
        theatre.ways.bridge[bridge] = 0
    war = new_war(count, PLACES, len(pairs))
    war.control.holder[:], war.roads.capacity_t[:] = holder, theatre.ways.capacity_t
    war.troops.on[:], war.troops.place[:] = True, stand
    war.troops.behind[:], war.troops.way[:], war.troops.attacks[:] = NOWHERE, NOWHERE, NOWHERE
    case = Case(
        theatre, war, numbers_with(**changes), np.array([delivery_t, 0.5, 10.0]), np.array([strength]),
        records(1, STATE, initial=1, elements=1), new_supply_room(theatre), np.zeros((2, PLACES)), np.ones(2),
        np.zeros(PLACES), np.zeros(count, np.int32),
    )  # fmt: skip
    begin(case)
    return case


def begin(case, replication=REPLICATION):
    """Set the start of a replication."""
    muster(SEED, replication, case.theatre.formations, case.strengths, case.levels, case.war.troops)
    begin_supply(case.theatre.formations, case.numbers, case.war.troops, case.room)


def empty_stocks(case):
    """Leave no formation any supply."""
    for column in SUPPLY_COLUMNS:
        case.war.troops[column] = 0.0


def deliver_at(case, hour, replication=REPLICATION):
    """Deliver at an hour."""
    war = case.war
    deliver(
        SEED, replication, hour, case.theatre, np.ones(2, np.bool_), war.troops, war.control, war.roads,
        war.politics, case.state, case.overhead, case.numbers, case.levels, case.room,
    )  # fmt: skip


def hold_at(case, hour, replication=REPLICATION):
    """Pass an hour of cohesion; shock and success are of this hour only."""
    war = case.war
    hold_together(
        SEED, replication, hour, case.theatre.formations, war.troops, case.theatre.sites, war.control, case.quality,
        case.overhead, case.press, case.struck, case.numbers, case.levels,
    )  # fmt: skip
    war.troops.shock[:], war.troops.success[:] = 0.0, 0.0


def use(case, hours=1):
    """Let hours of consumption pass."""
    for _ in range(hours):
        consume(case.war.troops, case.numbers)
