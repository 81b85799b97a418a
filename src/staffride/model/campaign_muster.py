"""Who takes part in a raid: flights, groups of flights that fly alike, batteries on watch, and early warning."""

from __future__ import annotations

from staffride.engine.compile import compiled
from staffride.engine.random import AIR_DEFENCE as AIR_DEFENCE_LUCK
from staffride.engine.random import uniforms
from staffride.model.campaign_codes import AIR_DEFENCE, EARLY_WARNING, figure
from staffride.model.campaign_state import Codes, Conditions, Flags, Floats, Ground, Orders, Records
from staffride.model.information import shared

_WARNING_RANGE = figure("warning_range")
_ON_NETWORK = 0


@compiled
def batteries_of(
    seed: int,
    replication: int,
    hour: int,
    side: int,
    units: Records,
    ground: Ground,
    state: Records,
    conditions: Conditions,
    chosen: Codes,
    linked: Flags,
) -> int:
    """Write a side's batteries on watch into ``chosen``, and whether each has the network now; return their number."""
    count = 0
    for unit in ground.special:
        if units.target_class[unit] != AIR_DEFENCE or units.side[unit] != side:
            continue
        if state.elements[unit] > 0 and state.rounds[unit] > 0 and state.ready[unit]:
            chosen[count] = unit
            link, _ = uniforms(seed, replication, AIR_DEFENCE_LUCK, hour, unit, _ON_NETWORK)
            linked[count] = units.networked[unit] and shared(link, conditions.quality[side])
            count += 1
    return count


@compiled
def early_warning_km(side: int, units: Records, ground: Ground, figures: Floats, state: Records) -> float:
    """Return how far before their targets a side's early warning sees raids, zero where it has none.

    Equation: the largest warning range among its early-warning units that stand.
    Units: km.
    Source: definition.
    Limits: one range for the whole area, whatever the height of the raid.
    """
    farthest = 0.0
    for unit in ground.special:
        is_own = units.target_class[unit] == EARLY_WARNING and units.side[unit] == side
        if is_own and state.elements[unit] > 0:
            farthest = max(farthest, figures[units.system[unit], _WARNING_RANGE])
    return farthest


@compiled
def flights_at(
    side: int, count: int, orders: Orders, units: Records, missions: Records, flights: Codes
) -> int:
    """Write the missions that fly at a side and hold their link into ``flights``, one a flight; return their number."""
    found = 0
    for mission in range(count):
        shooter = orders.rows.unit[missions.order[mission]]
        flies = units.threat[shooter] >= 0 and units.side[shooter] != side
        if flies and missions.arrives[mission] and not missions.aboard[mission]:
            flights[found] = mission
            found += 1
    return found


@compiled
def group_flights(count: int, flights: Codes, missions: Records, group: Codes, example: Codes) -> int:
    """Put flights of one order at one unit, which fly alike, into groups; return the number of groups.

    Parameters
    ----------
    group
        Filled with the group of each flight.
    example
        Filled with a mission of each group.
    """
    groups = 0
    for flight in range(count):
        mission = flights[flight]
        order, target = missions.order[mission], missions.target[mission]
        found = groups - 1
        while found >= 0:
            same = example[found]
            if missions.order[same] != order:
                found = -1
            elif missions.target[same] == target:
                break
            else:
                found -= 1
        if found < 0:
            found = groups
            example[groups] = mission
            groups += 1
        group[flight] = found
    return groups
