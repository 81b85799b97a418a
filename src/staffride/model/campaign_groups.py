"""What small groups do in an hour: they walk, are found or not, and act behind the places that the enemy holds.

A group is a formation of special or mountain troops whose goal is to infiltrate. It walks where it is led; at the end
of its walk it stands behind the place if the enemy holds it, and acts there until it is found and driven off. The
rules are in ``infiltration``; nothing asks which of the two sides a group belongs to.
"""

from __future__ import annotations

import numpy as np

from staffride.engine.compile import compiled
from staffride.engine.random import INFILTRATION, exponential_ppf, four_uniforms, uniforms
from staffride.model.campaign_codes import number
from staffride.model.campaign_kernel import inlined
from staffride.model.campaign_state import Codes, Flags, Floats, Records
from staffride.model.ground_state import FOOT_PATH, INFILTRATE, MOUNTAIN, NOWHERE, SPECIAL
from staffride.model.infiltration import (
    advantage_taken,
    cohesion_pressed,
    found_per_h,
    hours_on_foot,
    lost_when_found,
    share_on_the_move,
    sight_factor,
    taken_per_passage,
)
from staffride.model.weather import FOG

_SPEED, _WATCH = number("infiltration.speed"), number("infiltration.watch")
_DARK, _FOG, _RUGGED = (number(f"infiltration.{name}") for name in ("dark", "fog", "rugged"))
_LOSS, _BREAKTHROUGH = number("infiltration.loss"), number("infiltration.breakthrough")
_REST, _GAP, _PRESS = (number(f"infiltration.{name}") for name in ("rest", "gap", "press"))
_CALLS, _AMBUSH = number("infiltration.calls"), number("infiltration.ambush")
_OF_AN_HOUR, _OF_THE_START = 0, 1


def group_rows(formations: Records) -> Codes:
    """Return the rows of the formations that can infiltrate: special and mountain troops."""
    return np.flatnonzero(np.isin(formations.kind, (SPECIAL, MOUNTAIN))).astype(np.int32)


@compiled
def start_groups(seed: int, replication: int, groups: Codes, troops: Records) -> None:
    """Set the state of the search for each group at the start of the period, with one draw for each."""
    for group in groups:
        troops.behind[group], troops.found[group] = NOWHERE, False
        troops.hazard[group] = 0.0
        first, _ = uniforms(seed, replication, INFILTRATION, 0, group, _OF_THE_START)
        troops.threshold[group] = exponential_ppf(first)


@compiled
def infiltrate(
    seed: int,
    replication: int,
    hour: int,
    intensity: float,
    groups: Codes,
    formations: Records,
    troops: Records,
    sites: Records,
    control: Records,
    ways: Records,
    roads: Records,
    goals: Records,
    first: Codes,
    ends: Codes,
    by: Codes,
    towards: Codes,
    watchers: Floats,
    dark: Flags,
    weather: Records,
    numbers: Floats,
    dead_share: float,
    calls: Floats,
    press: Floats,
) -> None:
    """Let the groups of both sides walk, be found or not, and act behind places for an hour: a kernel.

    Nothing else writes ``control.gap`` and ``roads.ambush``. Hours of rest are counted down by who moves formations.

    Parameters
    ----------
    intensity
        Factor on all fighting of the hour.
    groups
        Rows of the formations that can infiltrate, from `group_rows`.
    first, ends, by
        The ways of each place, as in `ground_state.Theatre`.
    towards
        (F,) the way that a group takes next from the place where it stands, `NOWHERE` once it is where its goal is.
    watchers
        (2, P) persons of each side who are present at a place.
    dark, weather
        (Z, T) darkness and sky of each zone and hour.
    dead_share
        Share of the casualties of a fight who are killed; the others are wounded.
    calls, press
        (P,) overwritten: rate at which groups find each unit of those who hold the place, per hour, and cohesion
        that they cost the defenders in this hour.
    """
    for place in range(calls.size):
        control.gap[place] = 0.0
        calls[place] = 0.0
        press[place] = 0.0
    for way in range(roads.size):
        roads.ambush[way] = 0.0
    for group in groups:
        if _is_out(group, troops, goals) and troops.rest_h[group] <= 0.0:
            _move(
                seed, replication, hour, intensity, group, formations, troops, sites, control, ways, goals,
                towards, watchers, dark, weather, numbers, dead_share,
            )  # fmt: skip
            if troops.behind[group] != NOWHERE:
                calls[troops.behind[group]] += troops.present[group]
        elif troops.behind[group] != NOWHERE:
            troops.behind[group] = NOWHERE
    for place in range(calls.size):
        if calls[place] > 0.0:
            behind, calls[place] = calls[place], 0.0
            defenders = watchers[control.holder[place], place]
            control.gap[place] = advantage_taken(behind, defenders, numbers[_GAP])
            press[place] = intensity * cohesion_pressed(behind, defenders, numbers[_PRESS])
            sight = _sight(place, sites.ground[place], hour, sites, dark, weather, numbers)
            calls[place] = found_per_h(numbers[_CALLS], sight, numbers[_SPEED], behind, sites.area_km2[place])
            _lie_in_wait(place, intensity * behind, control, ways, roads, first, ends, by, numbers[_AMBUSH])


@inlined
@compiled
def _is_out(group: int, troops: Records, goals: Records) -> bool:
    """Say whether a formation infiltrates in this hour; one that attacks does not."""
    if not troops.on[group] or troops.present[group] <= 0 or troops.attacks[group] != NOWHERE:
        return False
    goal = troops.goal[group]
    return bool(goal != NOWHERE and goals.task[goal] == INFILTRATE)


@inlined
@compiled
def _move(
    seed: int,
    replication: int,
    hour: int,
    intensity: float,
    group: int,
    formations: Records,
    troops: Records,
    sites: Records,
    control: Records,
    ways: Records,
    goals: Records,
    towards: Codes,
    watchers: Floats,
    dark: Flags,
    weather: Records,
    numbers: Floats,
    dead_share: float,
) -> None:
    """Let a group walk for an hour, or stay behind the place where it stands; fight when it is found: a kernel."""
    enemy, place = 1 - formations.side[group], troops.place[group]
    troops.found[group], troops.behind[group] = False, NOWHERE
    if troops.way[group] == NOWHERE and towards[group] != NOWHERE:
        troops.way[group], troops.progress_km[group] = towards[group], 0.0
    way = troops.way[group]
    if way == NOWHERE:
        if control.holder[place] != enemy:
            return
        troops.behind[group] = place
        sallied_km = numbers[_SPEED] / numbers[_REST]
        troops.hazard[group] += intensity * _seen(
            place, sites.ground[place], sallied_km, hour, enemy, sites, watchers, dark, weather, numbers
        )
        if troops.hazard[group] >= troops.threshold[group] and not _fight(
            seed, replication, hour, group, troops, numbers, dead_share
        ):
            troops.behind[group] = NOWHERE
        return
    uphill = ways.a[way] == place
    other = ways.b[way] if uphill else ways.a[way]
    length, climb = ways.length_km[way], ways.climb_m[way] if uphill else -ways.climb_m[way]
    zone = sites.zone[place]
    moving = share_on_the_move(
        dark[zone, hour] or weather[zone, hour] == FOG, goals.caution[troops.goal[group]]
    )
    begun = troops.progress_km[group]
    reached = min(length, begun + moving * length / hours_on_foot(length, climb, numbers[_SPEED]))
    here_km = max(0.0, min(reached, 0.5 * length) - begun)
    for near, walked_km in ((place, here_km), (other, reached - begun - here_km)):
        if walked_km > 0.0:
            troops.hazard[group] += intensity * _seen(
                near, ways.ground[way], walked_km, hour, enemy, sites, watchers, dark, weather, numbers
            )
    goes_on = True
    if troops.hazard[group] >= troops.threshold[group]:
        goes_on = _fight(seed, replication, hour, group, troops, numbers, dead_share)
    if goes_on and reached < length:
        troops.progress_km[group] = reached
        return
    troops.way[group], troops.progress_km[group] = NOWHERE, 0.0
    if goes_on:
        troops.place[group] = other


@compiled
def _seen(
    place: int,
    ground: int,
    walked_km: float,
    hour: int,
    enemy: int,
    sites: Records,
    watchers: Floats,
    dark: Flags,
    weather: Records,
    numbers: Floats,
) -> float:
    """Return the hazard of being found that a walk of an hour in the cell of a place adds."""
    if watchers[enemy, place] <= 0.0:
        return 0.0
    sight = _sight(place, ground, hour, sites, dark, weather, numbers)
    return found_per_h(numbers[_WATCH], sight, walked_km, watchers[enemy, place], sites.area_km2[place])


@compiled
def _sight(
    place: int, ground: int, hour: int, sites: Records, dark: Flags, weather: Records, numbers: Floats
) -> float:
    """Return the factor on what is seen on foot near a place in this hour."""
    zone = sites.zone[place]
    return sight_factor(
        dark[zone, hour], weather[zone, hour] == FOG, ground, numbers[_DARK], numbers[_FOG], numbers[_RUGGED]
    )


@compiled
def _fight(
    seed: int,
    replication: int,
    hour: int,
    group: int,
    troops: Records,
    numbers: Floats,
    dead_share: float,
) -> bool:
    """Let a group that is found lose people, and rest if it is driven off; return whether it goes on."""
    following, through, lost, dead = four_uniforms(seed, replication, INFILTRATION, hour, group, _OF_AN_HOUR)
    killed, wounded = lost_when_found(troops.present[group], numbers[_LOSS], dead_share, lost, dead)
    troops.present[group] -= killed + wounded
    troops.dead[group] += killed
    troops.wounded[group] += wounded
    troops.found[group] = True
    troops.hazard[group], troops.threshold[group] = 0.0, exponential_ppf(following)
    if through < numbers[_BREAKTHROUGH]:
        return True
    troops.rest_h[group] = numbers[_REST]
    return False


@inlined
@compiled
def _lie_in_wait(
    place: int,
    behind: float,
    control: Records,
    ways: Records,
    roads: Records,
    first: Codes,
    ends: Codes,
    by: Codes,
    one_person: float,
) -> None:
    """Set the rate at which convoys are taken on the roads and tracks that lead to a place from its holder's side."""
    holder, count = control.holder[place], 0
    for at in range(first[place], first[place + 1]):
        if ways.kind[by[at]] != FOOT_PATH and control.holder[ends[at]] == holder:
            count += 1
    rate = taken_per_passage(behind, count, one_person)
    for at in range(first[place], first[place + 1]):
        if ways.kind[by[at]] != FOOT_PATH and control.holder[ends[at]] == holder:
            roads.ambush[by[at]] += rate
