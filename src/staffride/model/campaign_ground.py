"""The ground half of an hour: what happens before anything is fired, and what comes of it afterwards."""

from __future__ import annotations

from typing import Any

from staffride.engine.compile import compiled
from staffride.model.campaign_battles import fight
from staffride.model.campaign_belongings import bleed, book_armour, count_vehicles, follow
from staffride.model.campaign_civilians import harm_civilians
from staffride.model.campaign_codes import number
from staffride.model.campaign_cohesion import hold_together
from staffride.model.campaign_control import end_battles, take_places
from staffride.model.campaign_diplomacy import negotiate
from staffride.model.campaign_ground_room import GroundRoom, set_overhead, weigh_losses
from staffride.model.campaign_groups import infiltrate
from staffride.model.campaign_line import exchange_fire
from staffride.model.campaign_marches import march, set_out
from staffride.model.campaign_operations import count_persons, look_at_map
from staffride.model.campaign_state import Conditions, Flags, Floats, Ground, Records
from staffride.model.campaign_steps import (
    CHANGES,
    CIVILIANS,
    COHESION,
    DIPLOMACY,
    GROUND,
    INFILTRATION,
    OPERATIONS,
    SUPPLY,
    Stamps,
    stamp,
)
from staffride.model.campaign_supply import consume, deliver, network_changed, repair
from staffride.model.campaign_tally import Counts
from staffride.model.ground_state import Theatre, War

_DEAD = number("ground.dead_share")
_DAY_H = 24


@compiled
def prepare(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    goal_on: Flags,
    source_on: Flags,
    ground: Ground,
    conditions: Conditions,
    numbers: Floats,
    levels: Floats,
    units: Records,
    state: Records,
    war: War,
    room: GroundRoom,
    calls: Floats,
    area_rate: Floats,
    protection: Floats,
    since: int,
    spent: Stamps,
) -> tuple[bool, int]:
    """Let politics, operations, groups and supply of an hour run; return if units moved, and the time: a kernel."""
    troops, control, politics = war.troops, war.control, war.politics
    weigh_losses(theatre, war)
    negotiate(
        seed, replication, hour, theatre.sites, control, politics, theatre.truce_hour, theatre.handed_day, numbers
    )  # fmt: skip
    since = stamp(DIPLOMACY, since, spent)
    intensity = politics.intensity[0]
    look_at_map(hour, theatre, goal_on, troops, control, numbers, levels, room.operations)
    set_out(intensity, theatre, troops, control, war.battles, numbers, room.operations)
    march(theatre, troops, control, numbers, room.operations.rear)
    count_persons(theatre, troops, room.operations)
    moved = follow(theatre, war, units, state, protection, numbers)
    since = stamp(OPERATIONS, since, spent)
    infiltrate(
        seed, replication, hour, intensity, room.groups, theatre.formations, troops, theatre.sites, control,
        theatre.ways, war.roads, theatre.goals, theatre.first, theatre.ends, theatre.by, room.operations.towards,
        room.operations.persons, ground.dark, conditions.weather, numbers, numbers[_DEAD], calls, room.press,
    )  # fmt: skip
    since = stamp(INFILTRATION, since, spent)
    count_vehicles(theatre, war, units, state)
    set_overhead(area_rate, room.overhead)
    repair(seed, replication, hour, numbers, state, room.supply)
    if hour % _DAY_H == 0 or network_changed(control, war.roads, state, room.supply):
        deliver(
            seed, replication, hour, theatre, source_on, troops, control, war.roads, politics, state, room.overhead,
            numbers, levels, room.supply,
        )  # fmt: skip
    consume(troops, numbers)
    return moved, stamp(SUPPLY, since, spent)


@compiled
def conclude(
    seed: int,
    replication: int,
    hour: int,
    theatre: Theatre,
    ground: Ground,
    conditions: Conditions,
    numbers: Floats,
    levels: Floats,
    units: Records,
    state: Records,
    war: War,
    room: GroundRoom,
    counts: Counts,
    since: int,
    spent: Stamps,
) -> int:
    """Let battles, cohesion, changes of control and the fate of civilians of an hour run; return the time: a kernel."""
    troops, control, intensity = war.troops, war.control, war.politics.intensity[0]
    dark: Any = ground.dark[:, hour]
    sky: Any = conditions.weather[:, hour]
    bleed(seed, replication, hour, theatre, war, units, state, numbers, room.by_fires, room.struck)
    fight(
        seed, replication, hour, intensity, theatre.formations, troops, theatre.sites, control, theatre.ways,
        war.roads, war.battles, theatre.goals, dark, sky, numbers, levels,
        room.battles,
    )  # fmt: skip
    exchange_fire(
        seed, replication, hour, intensity, theatre, war, room.operations.persons, numbers, levels, room.defended
    )  # fmt: skip
    since = stamp(GROUND, since, spent)
    hold_together(
        seed, replication, hour, theatre.formations, troops, theatre.sites, control, conditions.quality,
        room.overhead, room.press, room.struck, numbers, levels,
    )  # fmt: skip
    since = stamp(COHESION, since, spent)
    book_armour(theatre, war, units, state, counts, room.passed)
    clear_hour(troops, control)
    end_battles(seed, replication, hour, theatre, war, units, state, numbers, counts, room.operations)
    take_places(
        seed, replication, hour, theatre, war, units, state, numbers, counts, room.operations, room.defended
    )  # fmt: skip
    since = stamp(CHANGES, since, spent)
    harm_civilians(
        seed, replication, hour, theatre.sites, control, war.battles, war.politics, theatre.first, theatre.ends,
        theatre.strike_hour, theatre.strike_place, theatre.strike_side, theatre.strike_munitions, numbers,
    )  # fmt: skip
    return stamp(CIVILIANS, since, spent)


@compiled
def keep_peace(seed: int, replication: int, hour: int, theatre: Theatre, war: War, numbers: Floats) -> None:
    """Let an hour after the war pass: terms hand places over, and people leave for it."""
    control = war.control
    war.politics.intensity[0] = 0.0
    for place in range(control.size):
        war.battles.active[place] = False
        if control.handed_h[place] <= hour and control.holder[place] == theatre.sites.holder[place]:
            control.holder[place] = 1 - control.holder[place]
    harm_civilians(
        seed, replication, hour, theatre.sites, control, war.battles, war.politics, theatre.first, theatre.ends,
        theatre.strike_hour, theatre.strike_place, theatre.strike_side, theatre.strike_munitions, numbers,
    )  # fmt: skip


@compiled
def clear_hour(troops: Records, control: Records) -> None:
    """Forget the shocks and successes that cohesion has felt; what changes hands now is felt in the next hour."""
    for one in range(troops.size):
        troops.shock[one], troops.success[one] = 0.0, 0.0
    for place in range(control.size):
        control.dug_h[place] += 1.0
