"""What an hour of a campaign is like before anything flies: who is jammed, how networks stand, who is found.

Each function applies one phenomenon's rules to the arrays of both sides; the rules are in the phenomenon's own file.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import (
    AIR_DEFENCE,
    ALWAYS,
    BLINKING,
    COMMAND,
    EARLY_WARNING,
    JAMMER,
    figure,
    number,
)
from staffride.model.campaign_state import Conditions, Floats, Ground, Records
from staffride.model.detection import (
    effective_sweep_width,
    emission_rate_per_h,
    night_factor,
    search_hour,
    search_rate_per_h,
    weather_factor,
)
from staffride.model.fires import revealed_rate_per_h
from staffride.model.information import cyber_loss_at, mean_delay_h, network_quality, nodes_alive_share
from staffride.model.jamming import combined_link_loss, combined_noise_rise_db, combined_position_error_m

_RANGE, _NOISE, _LINK = figure("jamming_range"), figure("noise_rise"), figure("link_loss")
_ERROR, _FALSE = figure("position_error"), figure("false_targets")
_SWEEP, _SPEED, _ENDURANCE = figure("sweep_width"), figure("speed"), figure("endurance")
_NIGHT, _DEPENDENCE = figure("night_ability"), figure("link_dependence")
_SIGNATURE, _EMITTER_SEARCH = figure("signature"), figure("emitter_search_rate")
_HARDENING = number("jamming.{side}.link_hardening")
_QUALITY, _CYBER = number("information.{side}.quality"), number("information.{side}.cyber_loss")
_FAST, _SLOW = number("information.{side}.fast_delay"), number("information.{side}.slow_delay")
_POSTURE = number("detection.posture.hidden")
_LOW_CLOUD, _IN_FOG = number("detection.low_cloud_factor"), number("detection.fog_factor")
_FIRING, _DUTY = number("detection.firing_rate"), number("air_defence.blinking_duty")
_DAY_H = 24.0
_NUMBER, _REACH, _RISE, _LOSS, _DRIFT, _DECEPTION, _EAST, _NORTH, _DISTANCE = range(9)


@compiled
def jam(
    before: int,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    jammers: Floats,
) -> int:
    """Set what the jammers that are left do to the other side; return their number, which was ``before``.

    Nothing moves as long as the number is the same, so nothing is done. ``jammers`` is room, (9, U).
    """
    left = 0
    for unit in ground.special:
        if units.target_class[unit] == JAMMER:
            left += state.elements[unit]
    if left != before:
        for victim in range(2):
            count = _jammers_against(victim, units, figures, state, jammers)
            at = jammers[:, :count]
            conditions.false_targets[victim] = 0.0
            for one in range(count):
                conditions.false_targets[victim] += at[_NUMBER, one] * at[_DECEPTION, one]
            _jam_radars(victim, at, units, ground, state)
            _jam_zones(victim, at, 1.0 - numbers[_HARDENING + victim], ground, conditions)
    return left


@compiled
def _jam_radars(victim: int, jammers: Floats, units: Records, ground: Ground, state: Records) -> None:
    """Set the rise of the noise of each radar of a side."""
    for unit in ground.special:
        if units.target_class[unit] == AIR_DEFENCE and units.side[unit] == victim:
            _set_distances(jammers, state.x_km[unit], state.y_km[unit])
            state.noise_db[unit] = combined_noise_rise_db(
                jammers[_NUMBER], jammers[_DISTANCE], jammers[_REACH], jammers[_RISE]
            )


@compiled
def _jam_zones(victim: int, jammers: Floats, bears: float, ground: Ground, conditions: Conditions) -> None:
    """Set the chance that a side's links are lost over each zone, and the error of its satellite navigation."""
    for zone in range(ground.zones.area_km2.size):
        _set_distances(jammers, ground.zones.x_km[zone], ground.zones.y_km[zone])
        loss = combined_link_loss(jammers[_NUMBER], jammers[_DISTANCE], jammers[_REACH], jammers[_LOSS])
        conditions.link_loss[victim, zone] = loss * bears
        conditions.position_error_m[victim, zone] = combined_position_error_m(
            jammers[_NUMBER], jammers[_DISTANCE], jammers[_REACH], jammers[_DRIFT]
        )


@compiled
def _jammers_against(victim: int, units: Records, figures: Floats, state: Records, jammers: Floats) -> int:
    """Write the jammers that work against a side into the columns of ``jammers`` (9, U); return how many."""
    count = 0
    for unit in range(units.side.size):
        if units.target_class[unit] == JAMMER and state.elements[unit] > 0 and units.side[unit] != victim:
            row = figures[units.system[unit]]
            jammers[_NUMBER, count] = state.elements[unit]
            jammers[_REACH, count], jammers[_RISE, count] = row[_RANGE], row[_NOISE]
            jammers[_LOSS, count], jammers[_DRIFT, count] = row[_LINK], row[_ERROR]
            jammers[_DECEPTION, count] = row[_FALSE]
            jammers[_EAST, count], jammers[_NORTH, count] = state.x_km[unit], state.y_km[unit]
            count += 1
    return count


@compiled
def _set_distances(jammers: Floats, x_km: float, y_km: float) -> None:
    """Set the distance from a point to each jammer, in kilometres."""
    for one in range(jammers.shape[1]):
        east, north = jammers[_EAST, one] - x_km, jammers[_NORTH, one] - y_km
        jammers[_DISTANCE, one] = math.sqrt(east**2 + north**2)


@compiled
def connect(
    hour: int, units: Records, ground: Ground, numbers: Floats, state: Records, conditions: Conditions
) -> None:
    """Set each side's network quality and delay from what is left of its nodes, jamming and the cyber attack."""
    for side in range(2):
        alive, initial = 0, 0
        for unit in ground.special:
            is_node = units.target_class[unit] == COMMAND or units.target_class[unit] == EARLY_WARNING
            if is_node and units.side[unit] == side:
                alive += state.elements[unit]
                initial += state.initial[unit]
        share = nodes_alive_share(alive, initial)
        loss = conditions.link_loss[side].mean()
        cyber = cyber_loss_at(hour, numbers[_CYBER + side])
        conditions.quality[side] = network_quality(numbers[_QUALITY + side], share, loss, cyber)
        conditions.delay_h[side] = mean_delay_h(
            conditions.quality[side], numbers[_FAST + side], numbers[_SLOW + side]
        )


@compiled
def search(
    seed: int,
    replication: int,
    hour: int,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    calls: Floats,
    area_rate: Floats,
    rate: Floats,
) -> None:
    """Let both sides look for each other for an hour: a kernel.

    Parameters
    ----------
    calls
        (P,) rate at which small groups behind a place find each unit there, per hour.
    area_rate, rate
        Room for the rates (2, Z) at which a side sweeps a zone, and (U,) at which a unit is found, per hour.
    """
    listening_0, listening_1 = _sweep(hour, units, ground, numbers, figures, state, conditions, area_rate)
    for unit in range(units.side.size):
        rate[unit] = 0.0
        if state.elements[unit] == 0:
            continue
        searcher = 1 - units.side[unit]
        listening = listening_1 if searcher == 1 else listening_0
        signature = figures[units.system[unit], _SIGNATURE]
        posture = numbers[_POSTURE + state.posture[unit]]
        rate[unit] = area_rate[searcher, state.zone[unit]] * effective_sweep_width(
            1.0, signature, posture, 1.0, 1.0
        )
        rate[unit] += emission_rate_per_h(listening, _duty(unit, units, numbers[_DUTY]))
        rate[unit] += calls[state.place[unit]]
        rate[unit] += revealed_rate_per_h(numbers[_FIRING], state.fired[unit])
    search_hour(
        seed,
        replication,
        hour,
        rate,
        state.hazard,
        state.threshold,
        state.contacts,
        state.seen_at,
    )


@compiled
def remember_fire(state: Records) -> None:
    """Let what fired in the hour before be hot in this one, in which nothing has fired yet."""
    for unit in range(state.size):
        state.hot[unit], state.fired[unit] = state.fired[unit], False


@compiled
def _duty(unit: int, units: Records, blinking: float) -> float:
    """Return the share of time in which a unit's radar or jammer is on."""
    if units.emission[unit] == ALWAYS:
        return 1.0
    if units.emission[unit] == BLINKING:
        return blinking
    return 0.0


@compiled
def _sweep(
    hour: int,
    units: Records,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    state: Records,
    conditions: Conditions,
    area_rate: Floats,
) -> tuple[float, float]:
    """Fill ``area_rate``; return the hourly rates at which each side finds an emitter that is always on: a kernel."""
    area_rate[:] = 0.0
    listening_0, listening_1 = 0.0, 0.0
    for unit in ground.searchers:
        row, count, side = figures[units.system[unit]], state.elements[unit], units.side[unit]
        if count == 0 or ground.search_h[unit, 0] >= hour + 1 or ground.search_h[unit, 1] <= hour:
            continue
        if side == 0:
            listening_0 += count * row[_EMITTER_SEARCH]
        else:
            listening_1 += count * row[_EMITTER_SEARCH]
        if row[_SWEEP] <= 0.0:
            continue
        on_station = count * min(1.0, row[_ENDURANCE] / _DAY_H) if row[_ENDURANCE] > 0.0 else float(count)
        for zone in range(ground.zones.area_km2.size):
            if ground.search[unit, zone] > 0.0:
                sky = weather_factor(conditions.weather[zone, hour], numbers[_LOW_CLOUD], numbers[_IN_FOG])
                light = night_factor(ground.dark[zone, hour], row[_NIGHT])
                linked = 1.0 - conditions.link_loss[side, zone] * row[_DEPENDENCE]
                width = effective_sweep_width(row[_SWEEP], 1.0, 1.0, sky, light)
                swept = search_rate_per_h(width, row[_SPEED], ground.zones.area_km2[zone])
                area_rate[side, zone] += swept * on_station * ground.search[unit, zone] * linked
    return listening_0, listening_1
