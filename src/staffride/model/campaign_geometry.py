"""How the flights of an hour meet the batteries of the side at which they fly: ways, sight, and times to shoot.

A mission flies straight from its shooter to its target, or to a stand-off before it, at one speed and height; the rules
are those of ``air_defence``, ``jamming`` and ``terrain_mask``.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import AIR_DEFENCE as AIR_DEFENCE_LUCK
from staffride.engine.random import uniforms
from staffride.model.air_defence import (
    blink_wait_s,
    detection_range_km,
    engagement_ring_km,
    envelope_window_s,
    height_above_battery_m,
    launch_window_s,
    radar_horizon_km,
    radar_range_km,
    track_s,
)
from staffride.model.campaign_codes import BLINKING, SILENT, class_code, figure, number
from staffride.model.campaign_state import Codes, Conditions, Flags, Floats, Ground, Orders, Records
from staffride.model.jamming import self_screening_factor, stand_off_factor
from staffride.model.raid import Groups
from staffride.model.terrain_mask import masked_range_km
from staffride.model.weather import can_fly

_SPEED, _ALTITUDE, _CROSS_SECTION = figure("speed"), figure("altitude"), figure("radar_cross_section")
_STAND_OFF, _NOISE = figure("stand_off"), figure("noise_rise")
_RANGE_MIN, _RANGE_MAX = figure("range_min"), figure("range_max")
_LOW, _HIGH = figure("altitude_min"), figure("altitude_max")
_ENGAGEMENT, _REACTION = figure("engagement_time"), figure("reaction_time")
_DETECTION, _ANTENNA = figure("detection_range"), figure("antenna_height")
_KILL = figure("kill_probability_aircraft")
_COUNTER = number("jamming.{side}.counter_jamming")
_SHOOT_TRUE, _SHOOT_DECOY = number("air_defence.shoot_true"), number("air_defence.shoot_decoy")
_CUED, _CUE_DELAY = number("air_defence.cued_reaction"), number("air_defence.cue_delay")
_DUTY, _PERIOD = number("air_defence.blinking_duty"), number("air_defence.blinking_period")
_CREST = number("terrain.crest_height")
_DECOY = class_code("decoy_aircraft")
_SIGHT_BEYOND_REACH, _CLEAR_SKY, _BLINK = 2.0, 2.0, 1
GEOMETRY = 5
"""Columns of a way: where it ends (km east, km north), bearing it comes from, length, elevation of the ground there."""
_EAST, _NORTH, _BEARING, _LENGTH, _GROUND = range(GEOMETRY)


@compiled
def way_of(
    mission: int,
    orders: Orders,
    units: Records,
    ground: Ground,
    figures: Floats,
    missions: Records,
    state: Records,
    way: Floats,
) -> float:
    """Write the geometry of a mission's way; return the seconds that it takes.

    ``way`` holds where it ends (km east and north: over the target, or a stand-off before it), the bearing that it
    comes from, its length, and the elevation of the ground at its end.
    """
    shooter, target = orders.rows.unit[missions.order[mission]], missions.target[mission]
    row = figures[units.system[shooter]]
    east, north = state.x_km[shooter] - state.x_km[target], state.y_km[shooter] - state.y_km[target]
    apart = math.sqrt(east * east + north * north)
    before = min(row[_STAND_OFF], 0.95 * apart)
    part = before / apart if apart > 0.0 else 0.0
    way[_EAST], way[_NORTH] = state.x_km[target] + part * east, state.y_km[target] + part * north
    way[_BEARING] = math.atan2(east, north)
    way[_LENGTH] = max(0.1, apart - before)
    way[_GROUND] = ground.places.elevation_m[units.place[target]]
    return float(way[_LENGTH] / max(1.0, row[_SPEED]) * 3600.0)


@compiled
def sees_at_km(
    battery: int,
    shooter: int,
    way: Floats,
    height_m: float,
    hour: int,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
) -> float:
    """Return the range along the ground at which a battery sees a flyer, by radar or, without one, by eye."""
    own, flyer = figures[units.system[battery]], figures[units.system[shooter]]
    mask = masked_range_km(
        ground.visible_km, ground.crests_m, ground.heights_m, units.place[battery], way[_BEARING],
        flyer[_ALTITUDE], numbers[_CREST],
    )  # fmt: skip
    if own[_DETECTION] <= 0.0:
        clear = can_fly(conditions.weather[units.zone[battery], hour], _CLEAR_SKY)
        return min(mask, _SIGHT_BEYOND_REACH * own[_RANGE_MAX]) if clear else 0.0
    noise = max(0.0, state.noise_db[battery] - numbers[_COUNTER + units.side[battery]])
    jammed = stand_off_factor(noise) * self_screening_factor(flyer[_NOISE])
    radar = radar_range_km(own[_DETECTION], flyer[_CROSS_SECTION], jammed)
    return detection_range_km(radar, radar_horizon_km(own[_ANTENNA], max(0.0, height_m)), mask)


@compiled
def detected_and_ring(
    battery: int,
    shooter: int,
    way: Floats,
    hour: int,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
) -> tuple[float, float, float]:
    """Return when a battery sees a flyer, and when it enters and leaves its ring of fire, in seconds from its start."""
    own, speed = figures[units.system[battery]], figures[units.system[shooter], _SPEED]
    east, north = state.x_km[battery] - way[_EAST], state.y_km[battery] - way[_NORTH]
    altitude = figures[units.system[shooter], _ALTITUDE]
    height = height_above_battery_m(altitude, way[_GROUND], ground.places.elevation_m[units.place[battery]])
    inner, outer = engagement_ring_km(own[_RANGE_MIN], own[_RANGE_MAX], own[_LOW], own[_HIGH], height)
    seen_km = sees_at_km(
        battery, shooter, way, height, hour, units, ground, numbers, figures, state, conditions
    )
    outer = min(outer, seen_km)
    detected, _ = envelope_window_s(0.0, seen_km, east, north, way[_BEARING], way[_LENGTH], speed)
    if outer <= inner:
        return detected, math.inf, -math.inf
    enter, leave = envelope_window_s(inner, outer, east, north, way[_BEARING], way[_LENGTH], speed)
    return detected, enter, leave


@compiled
def out_of_sight(battery: int, way: Floats, range_km: float, state: Records) -> bool:
    """Return whether a battery is farther from a way than a range, so that nothing else need be asked."""
    east, north = state.x_km[battery] - way[_EAST], state.y_km[battery] - way[_NORTH]
    along = east * math.sin(way[_BEARING]) + north * math.cos(way[_BEARING])
    along = min(way[_LENGTH], max(0.0, along))
    east -= along * math.sin(way[_BEARING])
    north -= along * math.cos(way[_BEARING])
    return bool(east * east + north * north > range_km * range_km)


@compiled
def meet(
    seed: int,
    replication: int,
    hour: int,
    warned: bool,
    groups: int,
    example: Codes,
    batteries: int,
    chosen: Codes,
    linked: Flags,
    orders: Orders,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    missions: Records,
    state: Records,
    conditions: Conditions,
    ways: Floats,
    detected_s: Floats,
    met: Groups,
) -> None:
    """Fill ``met``, when and how well each battery can engage each group: a kernel.

    A battery of the network is cued by the first radar of the network that sees the group, and at once where the raid
    is announced from outside; a cue shortens its reaction and lets a silent radar wait. What flies home is in the
    envelope on its way back as well.
    """
    for one in range(groups):
        mission = example[one]
        shooter = orders.rows.unit[missions.order[mission]]
        way = ways[one]
        flight_s = way_of(mission, orders, units, ground, figures, missions, state, way)
        met.impact_s[one] = flight_s
        threat, decoy = units.threat[shooter], units.target_class[shooter] == _DECOY
        cue_s = 0.0 if warned else math.inf
        for b in range(batteries):
            battery = chosen[b]
            own = figures[units.system[battery]]
            met.in_s[one, b], met.out_s[one, b] = math.inf, -math.inf
            met.kill[one, b] = own[_KILL + threat]
            met.shoot[one, b] = numbers[_SHOOT_DECOY] if decoy else numbers[_SHOOT_TRUE]
            if out_of_sight(battery, way, max(own[_RANGE_MAX], own[_DETECTION]), state):
                continue
            detected, enter, leave = detected_and_ring(
                battery, shooter, way, hour, units, ground, numbers, figures, state, conditions
            )
            if linked[b] and units.emission[battery] != SILENT:
                cue_s = min(cue_s, detected + numbers[_CUE_DELAY])
            # Held until every battery has had a look: the second pass turns it into a window of launches.
            met.in_s[one, b], met.out_s[one, b] = enter, leave
            detected_s[one, b] = detected
        for b in range(batteries):
            if met.in_s[one, b] < math.inf:
                _set_window(
                    seed, replication, hour, one, b, chosen[b], linked[b], cue_s, detected_s[one, b],
                    flight_s, units.expendable[shooter], units, numbers, figures, met,
                )  # fmt: skip


@compiled
def _set_window(
    seed: int,
    replication: int,
    hour: int,
    one: int,
    b: int,
    battery: int,
    linked: bool,
    cue_s: float,
    detected_s: float,
    flight_s: float,
    expendable: bool,
    units: Records,
    numbers: Floats,
    figures: Floats,
    met: Groups,
) -> None:
    """Turn the time in a battery's ring into the time in which it can begin an engagement."""
    own, emission = figures[units.system[battery]], units.emission[battery]
    wait_s = 0.0
    if emission == BLINKING:
        phase, _ = uniforms(seed, replication, AIR_DEFENCE_LUCK, hour, battery, _BLINK)
        wait_s = blink_wait_s(phase, numbers[_PERIOD], numbers[_DUTY])
    tracked = track_s(emission != SILENT, detected_s, wait_s, linked, cue_s)
    cued = linked and cue_s <= detected_s
    reaction = own[_REACTION] * (numbers[_CUED] if cued else 1.0)
    leave = met.out_s[one, b]
    if not expendable and leave >= flight_s:
        leave = 2.0 * flight_s - met.in_s[one, b]
    first, last = launch_window_s(met.in_s[one, b], leave, tracked, reaction, own[_ENGAGEMENT])
    met.in_s[one, b], met.out_s[one, b] = first, last
