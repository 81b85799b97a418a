"""Room to work in for the ground half of a campaign, and its first state in a replication."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from staffride.engine.compile import compiled
from staffride.model.campaign_battles import BattleRoom, new_battle_room
from staffride.model.campaign_civilians import settle
from staffride.model.campaign_cohesion import muster
from staffride.model.campaign_diplomacy import begin_diplomacy
from staffride.model.campaign_groups import group_rows, start_groups
from staffride.model.campaign_operations import OperationsRoom, new_operations_room
from staffride.model.campaign_state import Codes, Flags, Floats, Integers, Records
from staffride.model.campaign_supply import SupplyRoom, begin_supply, new_supply_room
from staffride.model.ground_state import ATTACK, HASTY, NOWHERE, Theatre, War


class GroundRoom(NamedTuple):
    """Room for the ground half of a replication.

    Attributes
    ----------
    operations, supply, battles
        Room of these phenomena.
    groups
        Rows of the formations that can infiltrate.
    press
        (P,) what groups behind a place press on cohesion there.
    overhead
        (2, Z) share of the time for which a side has the other's drones overhead.
    passed, struck, defended, by_fires
        (F,), (F,), (P,) and (2,): elements passed while losses are shared; vehicles that fires destroyed in this hour;
        whether a place is defended; dead by fires.
    """

    operations: OperationsRoom
    supply: SupplyRoom
    battles: BattleRoom
    groups: Codes
    press: Floats
    overhead: Floats
    passed: Integers
    struck: Integers
    defended: Flags
    by_fires: Integers


def new_ground_room(theatre: Theatre, zones: int) -> GroundRoom:
    """Return room for the ground half of a campaign."""
    formations, places, ways = theatre.formations.size, theatre.sites.size, theatre.ways.size
    return GroundRoom(
        new_operations_room(theatre),
        new_supply_room(theatre),
        new_battle_room(formations, places, ways),
        group_rows(theatre.formations),
        np.zeros(places),
        np.zeros((2, zones)),
        np.empty(formations, np.int32),
        np.zeros(formations, np.int32),
        np.empty(places, np.bool_),
        np.zeros(2, np.int32),
    )


@compiled
def begin_places(theatre: Theatre, war: War, room: GroundRoom) -> None:
    """Let every place be held as at the start, and every way be whole."""
    sites, control = theatre.sites, war.control
    for place in range(sites.size):
        control.holder[place], control.changes[place] = sites.holder[place], 0
        control.first_h[place], control.last_h[place] = np.inf, -np.inf
        control.gap[place], control.dug_h[place] = 0.0, 1e6
        war.battles.active[place], war.battles.number[place] = False, 0
        war.battles.quiet_h[place], war.battles.result[place] = 0.0, 0
        room.operations.known[place] = NOWHERE
    room.operations.known[sites.size] = 0
    for way in range(theatre.ways.size):
        war.roads.gained_a[way], war.roads.gained_b[way], war.roads.cleared[way] = 0.0, 0.0, 0.0
        war.roads.capacity_t[way], war.roads.ambush[way] = theatre.ways.capacity_t[way], 0.0


@compiled
def begin_formations(theatre: Theatre, formation_on: Flags, troops: Records) -> None:
    """Let every formation that takes part stand where it does at the start."""
    for one in range(troops.size):
        troops.on[one], troops.place[one] = formation_on[one], theatre.formations.place[one]
        troops.way[one], troops.attacks[one], troops.goal[one] = NOWHERE, NOWHERE, NOWHERE
        stance = theatre.formations.stance[one]
        troops.stance[one], troops.stand_h[one] = stance, 0.0 if stance in (ATTACK, HASTY) else 1e6
        troops.behind[one], troops.found[one], troops.hazard[one] = NOWHERE, False, 0.0
        troops.progress_km[one], troops.rest_h[one] = 0.0, 0.0
        troops.shock[one], troops.success[one], troops.armour[one], troops.guns[one] = 0.0, 0.0, 0, 0
        troops.contact[one], troops.power[one] = 0.0, 0.0
        troops.armour_lost[one], troops.armour_left[one] = 0, 0
        troops.encircled[one], troops.routed[one], troops.surrenders[one] = False, False, False


@compiled
def begin_war(
    seed: int,
    replication: int,
    theatre: Theatre,
    formation_on: Flags,
    numbers: Floats,
    strengths: Floats,
    levels: Floats,
    war: War,
    room: GroundRoom,
) -> None:
    """Set the ground half to its state at the start of a replication."""
    begin_places(theatre, war, room)
    begin_formations(theatre, formation_on, war.troops)
    room.press[:], room.overhead[:], room.by_fires[:] = 0.0, 0.0, 0
    room.battles.sums[:], room.battles.pushes[:] = 0.0, 0.0
    start_groups(seed, replication, room.groups, war.troops)
    begin_diplomacy(seed, replication, numbers, war.control, war.politics)
    settle(theatre.sites, levels, war.control)
    muster(seed, replication, theatre.formations, strengths, levels, war.troops)
    begin_supply(theatre.formations, numbers, war.troops, room.supply)


@compiled
def weigh_losses(theatre: Theatre, war: War) -> None:
    """Set what each side has lost of what it values, and of its soldiers, for diplomacy."""
    politics, troops = war.politics, war.troops
    for side in range(2):
        politics.lost_value[0, side] = 0.0
    for place in range(war.control.size):
        holder = theatre.sites.holder[place]
        if holder != NOWHERE and war.control.holder[place] != holder:
            politics.lost_value[0, holder] += theatre.sites.value[place]
    for side in range(2):
        whole, gone = 0, 0
        for one in range(troops.size):
            if theatre.formations.side[one] == side:
                whole += troops.initial[one] - troops.absent[one]
                gone += troops.dead[one] + troops.wounded[one] + troops.missing[one] + troops.captured[one]
        politics.lost_share[0, side] = gone / whole if whole > 0 else 0.0


@compiled
def set_overhead(area_rate: Floats, overhead: Floats) -> None:
    """Set for each side and zone the share of time with the other side's drones overhead.

    Equation: ``1 - exp(-rate)`` for the hourly rate at which the other side's searchers sweep the whole zone.
    Units: shares of an hour; rate per hour.
    Source: random search, Koopman (1956), Operations Research 4, 503-531.
    Limits: what flies to strike without searching is not heard; the whole zone is alike.
    """
    for side in range(2):
        for zone in range(overhead.shape[1]):
            overhead[side, zone] = 1.0 - np.exp(-area_rate[1 - side, zone])
