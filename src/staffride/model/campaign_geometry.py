"""How the flights of an hour meet the batteries of the side at which they fly: ways, sight, and times to shoot.

A mission flies straight from its shooter to its target, or to a stand-off before it, at one speed and height; the
rules are those of ``air_defence``, ``jamming`` and ``terrain_mask``.  What does not change within an hour is worked out
once a battery (``watch_of``) and once a group of flights (``way_of``).
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
    height_above_ground_m,
    launch_window_s,
    radar_horizon_km,
    radar_range_km,
    track_s,
)
from staffride.model.campaign_codes import BLINKING, SILENT, class_code, figure, number
from staffride.model.campaign_state import Codes, Conditions, Flags, Floats, Ground, Orders, Records
from staffride.model.information import reaction_after_warning_s, warning_h
from staffride.model.jamming import self_screening_factor, stand_off_factor
from staffride.model.raid import Groups
from staffride.model.terrain_mask import masked_range_km
from staffride.model.weather import can_fly

_SPEED, _ALTITUDE, _CROSS_SECTION = figure("speed"), figure("altitude"), figure("radar_cross_section")
_STAND_OFF, _NOISE, _CEILING = figure("stand_off"), figure("noise_rise"), figure("ceiling")
_ABOVE_SEA = figure("height_above_sea")
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

GEOMETRY = 10
"""Columns of a way: where it ends (km), bearing from which it comes with sine and cosine, length (km), elevation of the
ground at its end (m), speed (km/h), height (m), radar cross-section that its own jamming leaves (m2)."""
_EAST, _NORTH, _BEARING, _SINE, _COSINE, _LENGTH, _GROUND, _KMH, _HEIGHT, _ECHO = range(GEOMETRY)

WATCH = 4
"""Columns of a watch: range of its radar on 1 m2 under jamming or of its sight (km), farthest that it matters (km),
wait for its blinking radar (s), whether its radar finds for the network."""
_SEES, _FARTHEST, _WAIT, _FINDS = range(WATCH)


@compiled
def watch_of(
    seed: int,
    replication: int,
    hour: int,
    battery: int,
    linked: bool,
    units: Records,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    watches: Floats,
    b: int,
) -> None:
    """Write what battery ``b`` of a raid sees by in this hour: its jammed radar or, without one, its crew's eyes."""
    system, emission = units.system[battery], units.emission[battery]
    watches[b, _WAIT], watches[b, _FINDS] = 0.0, 0.0
    if figures[system, _DETECTION] <= 0.0:
        clear = can_fly(conditions.weather[state.zone[battery], hour], _CLEAR_SKY)
        watches[b, _SEES] = _SIGHT_BEYOND_REACH * figures[system, _RANGE_MAX] if clear else 0.0
        watches[b, _FARTHEST] = figures[system, _RANGE_MAX]
        return
    noise = max(0.0, state.noise_db[battery] - numbers[_COUNTER + units.side[battery]])
    watches[b, _SEES] = figures[system, _DETECTION] * stand_off_factor(noise)
    watches[b, _FARTHEST] = figures[system, _RANGE_MAX]
    if linked and emission != SILENT:
        watches[b, _FINDS], watches[b, _FARTHEST] = 1.0, max(figures[system, _RANGE_MAX], watches[b, _SEES])
    if emission == BLINKING:
        phase, _ = uniforms(seed, replication, AIR_DEFENCE_LUCK, hour, battery, _BLINK)
        watches[b, _WAIT] = blink_wait_s(phase, numbers[_PERIOD], numbers[_DUTY])


@compiled
def way_of(
    mission: int,
    orders: Orders,
    units: Records,
    ground: Ground,
    figures: Floats,
    missions: Records,
    state: Records,
    ways: Floats,
    one: int,
) -> float:
    """Write the way ``one`` of a mission, to its target or a stand-off before it; return the seconds it takes."""
    shooter, target = orders.rows.unit[missions.order[mission]], missions.target[mission]
    row = figures[units.system[shooter]]
    east, north = state.x_km[shooter] - state.x_km[target], state.y_km[shooter] - state.y_km[target]
    apart = math.sqrt(east * east + north * north)
    before = min(row[_STAND_OFF], 0.95 * apart)
    part = before / apart if apart > 0.0 else 0.0
    ways[one, _EAST], ways[one, _NORTH] = state.x_km[target] + part * east, state.y_km[target] + part * north
    ways[one, _BEARING] = math.atan2(east, north)
    ways[one, _SINE] = east / apart if apart > 0.0 else 0.0
    ways[one, _COSINE] = north / apart if apart > 0.0 else 1.0
    ways[one, _LENGTH] = max(0.1, apart - before)
    ways[one, _GROUND] = ground.places.elevation_m[state.place[target]]
    ways[one, _KMH] = max(1.0, row[_SPEED])
    ways[one, _HEIGHT] = height_above_ground_m(
        row[_ALTITUDE], row[_CEILING], row[_ABOVE_SEA], ways[one, _GROUND]
    )
    screened = self_screening_factor(row[_NOISE]) if row[_NOISE] > 0.0 else 1.0
    ways[one, _ECHO] = row[_CROSS_SECTION] * screened**4
    return float(ways[one, _LENGTH] / ways[one, _KMH] * 3600.0)


@compiled
def is_near(battery: int, ways: Floats, one: int, range_km: float, state: Records) -> bool:
    """Return whether a battery is within a range of any point of a way; if not, nothing else need be asked."""
    east, north = state.x_km[battery] - ways[one, _EAST], state.y_km[battery] - ways[one, _NORTH]
    along = min(ways[one, _LENGTH], max(0.0, east * ways[one, _SINE] + north * ways[one, _COSINE]))
    east -= along * ways[one, _SINE]
    north -= along * ways[one, _COSINE]
    return bool(east * east + north * north <= range_km * range_km)


@compiled
def keep_near(
    groups: int, ways: Floats, batteries: int, chosen: Codes, linked: Flags, watches: Floats, state: Records
) -> int:
    """Drop the batteries that no way comes near, in place; return the number of those that stay."""
    kept = 0
    for b in range(batteries):
        for one in range(groups):
            if is_near(chosen[b], ways, one, watches[b, _FARTHEST], state):
                chosen[kept], linked[kept] = chosen[b], linked[b]
                for column in range(WATCH):
                    watches[kept, column] = watches[b, column]
                kept += 1
                break
    return kept


@compiled
def seen_at_km(
    battery: int,
    ways: Floats,
    one: int,
    watches: Floats,
    b: int,
    height_m: float,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
) -> float:
    """Return the range along the ground at which a battery sees what flies a way."""
    system = units.system[battery]
    mask = masked_range_km(
        ground.visible_km,
        ground.crests_m,
        ground.heights_m,
        state.place[battery],
        ways[one, _BEARING],
        ways[one, _HEIGHT],
        numbers[_CREST],
    )
    if figures[system, _DETECTION] <= 0.0:
        return float(min(mask, watches[b, _SEES]))
    radar = radar_range_km(watches[b, _SEES], ways[one, _ECHO], 1.0)
    return detection_range_km(radar, radar_horizon_km(figures[system, _ANTENNA], max(0.0, height_m)), mask)


@compiled
def detected_and_ring(
    battery: int,
    ways: Floats,
    one: int,
    watches: Floats,
    b: int,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
) -> tuple[float, float, float]:
    """Return when a battery sees a flight, and when that enters and leaves its ring, in seconds: a kernel."""
    system = units.system[battery]
    east, north = state.x_km[battery] - ways[one, _EAST], state.y_km[battery] - ways[one, _NORTH]
    below_m = ground.places.elevation_m[state.place[battery]]
    height = height_above_battery_m(ways[one, _HEIGHT], ways[one, _GROUND], below_m)
    inner, outer = engagement_ring_km(
        figures[system, _RANGE_MIN],
        figures[system, _RANGE_MAX],
        figures[system, _LOW],
        figures[system, _HIGH],
        height,
    )
    if outer <= inner and watches[b, _FINDS] == 0.0:
        return math.inf, math.inf, -math.inf
    seen_km = seen_at_km(battery, ways, one, watches, b, height, units, ground, numbers, figures, state)
    detected, _ = envelope_window_s(
        0.0, seen_km, east, north, ways[one, _BEARING], ways[one, _LENGTH], ways[one, _KMH]
    )
    outer = min(outer, seen_km)
    if outer <= inner:
        return detected, math.inf, -math.inf
    enter, leave = envelope_window_s(
        inner, outer, east, north, ways[one, _BEARING], ways[one, _LENGTH], ways[one, _KMH]
    )
    return detected, enter, leave


@compiled
def meet(
    warned_km: float,
    relay_h: float,
    groups: int,
    example: Codes,
    batteries: int,
    chosen: Codes,
    linked: Flags,
    watches: Floats,
    orders: Orders,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    missions: Records,
    state: Records,
    ways: Floats,
    detected_s: Floats,
    met: Groups,
) -> None:
    """Fill ``met``, when and how well each battery can engage each group: a kernel.

    A battery of the network is cued by early warning (``warned_km`` before the target, ``relay_h`` later) or by the
    first radar of the network that sees the group; a cue shortens its reaction and lets a silent radar wait.
    """
    for one in range(groups):
        shooter = orders.rows.unit[missions.order[example[one]]]
        threat, decoy = units.threat[shooter], units.target_class[shooter] == _DECOY
        shoot = numbers[_SHOOT_DECOY] if decoy else numbers[_SHOOT_TRUE]
        lead_h = warning_h(warned_km, ways[one, _LENGTH], ways[one, _KMH], relay_h)
        cue_s = max(0.0, met.impact_s[one] - 3600.0 * lead_h) if lead_h > 0.0 else math.inf
        for b in range(batteries):
            battery = chosen[b]
            met.in_s[one, b], met.out_s[one, b] = math.inf, -math.inf
            met.kill[one, b] = figures[units.system[battery], _KILL + threat]
            met.shoot[one, b] = shoot
            if is_near(battery, ways, one, watches[b, _FARTHEST], state):
                # Held until every battery has had a look: the second pass turns it into a window of launches.
                detected_s[one, b], met.in_s[one, b], met.out_s[one, b] = detected_and_ring(
                    battery, ways, one, watches, b, units, ground, numbers, figures, state
                )
                if watches[b, _FINDS] > 0.0:
                    cue_s = min(cue_s, detected_s[one, b] + numbers[_CUE_DELAY])
        for b in range(batteries):
            if met.in_s[one, b] < math.inf:
                met.in_s[one, b], met.out_s[one, b] = launches(
                    chosen[b],
                    linked[b],
                    lead_h,
                    cue_s,
                    detected_s[one, b],
                    watches[b, _WAIT],
                    met.in_s[one, b],
                    met.out_s[one, b],
                    met.impact_s[one],
                    units.returns[shooter],
                    units,
                    numbers,
                    figures,
                )


@compiled
def launches(
    battery: int,
    linked: bool,
    lead_h: float,
    cue_s: float,
    detected_s: float,
    wait_s: float,
    enter_s: float,
    leave_s: float,
    flight_s: float,
    returns: bool,
    units: Records,
    numbers: Floats,
    figures: Floats,
) -> tuple[float, float]:
    """Return from when until when a battery can begin to engage; what flies home is in the ring on its way back too.

    Equation: ``launch_window_s`` from the battery's own track or its cue; what returns leaves the ring when it has
    flown the same way back, ``2 x flight - entry``.
    Units: seconds from the start of the flight; hours for the lead of a warning.
    Source: geometry of a straight way there and back; emission policy as in ``track_s``.
    Limits: way and height are the same on the way back; what has been struck shoots no more only from the next hour on,
    where what strikes it flies home.
    """
    system = units.system[battery]
    tracked = track_s(units.emission[battery] != SILENT, detected_s, wait_s, linked, cue_s)
    reaction = figures[system, _REACTION]
    if linked and cue_s <= detected_s:
        reaction = reaction_after_warning_s(reaction * numbers[_CUED], lead_h)
    if returns and leave_s >= flight_s:
        leave_s = 2.0 * flight_s - enter_s
    return launch_window_s(enter_s, leave_s, tracked, reaction, figures[system, _ENGAGEMENT])
