"""What diplomacy does in an hour of a campaign; the rules are in ``diplomacy``."""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import DIPLOMACY, exponential_ppf, uniforms
from staffride.model.campaign_codes import number
from staffride.model.campaign_state import Floats, Records
from staffride.model.diplomacy import (
    handed_over_h,
    intensity_of_fighting,
    moment_of_end,
    moment_of_event,
    pressure_after,
    readiness_to_stop,
    readiness_under_ultimatum,
    will_to_accept_per_h,
    withheld_share,
)

_TRUCE, _BREAK = number("diplomacy.truce_rate"), number("diplomacy.break_rate")
_DURING, _BASE = number("diplomacy.truce_intensity"), number("diplomacy.acceptance_rate")
_VALUE, _LOSS = number("diplomacy.value_effect"), number("diplomacy.loss_effect")
_SUPPLY, _PRESSURE = number("diplomacy.supply_effect"), number("diplomacy.pressure_effect")
_GROWTH, _TRANSPARENCY = number("diplomacy.pressure_growth"), number("diplomacy.transparency")
_EMBARGO = number("diplomacy.{side}.embargo")
_ULTIMATUM = number("diplomacy.{side}.ultimatum")
_END, _NEXT_TRUCE, _BREAKS = 0, 1, 2
_NEVER = math.inf


@compiled
def begin_diplomacy(
    seed: int, replication: int, numbers: Floats, control: Records, politics: Records
) -> None:
    """Set politics at the start of the war: fighting, no loss, full supply, and the luck of its end."""
    now = politics[0]
    now.truce, now.over = False, False
    now.truces, now.broken = 0, 0
    now.truce_h, now.over_h = _NEVER, _NEVER
    now.intensity, now.pressure, now.hazard = 1.0, 0.0, 0.0
    now.threshold = exponential_ppf(uniforms(seed, replication, DIPLOMACY, 0, 0, _END)[0])
    for side in range(2):
        now.lost_value[side], now.lost_share[side], now.supply_share[side] = 0.0, 0.0, 1.0
        now.accepts[side] = 0.0
    withhold(numbers, politics)
    for place in range(control.size):
        control.handed_h[place] = _NEVER


@compiled
def withhold(numbers: Floats, politics: Records) -> None:
    """Set the share of each side's deliveries from outside that an embargo keeps away."""
    for side in range(2):
        politics.embargo[0, side] = withheld_share(numbers[_EMBARGO + side], numbers[_TRANSPARENCY])


@compiled
def negotiate(
    seed: int,
    replication: int,
    hour: int,
    sites: Records,
    control: Records,
    politics: Records,
    truce_hour: Floats,
    handed_day: Floats,
    numbers: Floats,
) -> None:
    """Let an hour of politics pass: truces and their breaking, the end of the war and its terms, the fighting left.

    ``politics.lost_value``, ``lost_share`` and ``supply_share`` are those of the start of the hour. During the hour in
    which the war ends ``over`` is already set, and ``intensity`` is that of the part before.
    """
    now = politics[0]
    if now.over:
        now.intensity = 0.0
        return
    rate = _weigh(hour, numbers, politics)
    over_h = moment_of_end(hour, now.hazard, now.threshold, rate)
    now.hazard += rate
    until = min(hour + 1.0, over_h)
    held = _hold_truces(seed, replication, hour, until, truce_hour, numbers, politics)
    now.intensity = intensity_of_fighting(held, hour + 1.0 - until, numbers[_DURING])
    if over_h <= hour + 1.0:
        now.over, now.over_h, now.truce = True, over_h, False
        for place in range(control.size):
            if control.holder[place] == sites.holder[place]:
                control.handed_h[place] = handed_over_h(over_h, handed_day[place])


@compiled
def _weigh(hour: int, numbers: Floats, politics: Records) -> float:
    """Set the pressure of the hour and the rate at which either side accepts; return the sum of both."""
    now = politics[0]
    now.pressure = pressure_after(hour, numbers[_GROWTH])
    for side in range(2):
        other = 1 - side
        will = will_to_accept_per_h(
            numbers[_BASE],
            now.lost_value[side],
            numbers[_VALUE],
            now.lost_share[side],
            numbers[_LOSS],
            now.supply_share[side],
            numbers[_SUPPLY],
            now.pressure,
            numbers[_PRESSURE],
        )
        ready = readiness_to_stop(
            now.lost_value[side], now.lost_share[other], now.supply_share[other], now.pressure
        )
        now.accepts[side] = will * readiness_under_ultimatum(ready, numbers[_ULTIMATUM + other])
    return float(now.accepts[0] + now.accepts[1])


@compiled
def _hold_truces(
    seed: int,
    replication: int,
    hour: int,
    until: float,
    truce_hour: Floats,
    numbers: Floats,
    politics: Records,
) -> float:
    """Begin and break truces up to ``until``; return the hours of truce since ``hour``.

    The moment of each change is drawn once, keyed by the number of truces so far, and found anew in every hour.
    """
    now = politics[0]
    moment, held = float(hour), 0.0
    while moment < until:
        if now.truce:
            change_h = _breaks_h(seed, replication, numbers, politics)
            held += min(change_h, until) - moment
            if change_h < until:
                now.truce = False
                now.broken += 1
        else:
            change_h = max(moment, _next_truce_h(seed, replication, moment, truce_hour, numbers, politics))
            if change_h < until:
                now.truce, now.truce_h = True, change_h
                now.truces += 1
        moment = change_h
    return held


@compiled
def _breaks_h(seed: int, replication: int, numbers: Floats, politics: Records) -> float:
    """Return when the last truce breaks."""
    draw = uniforms(seed, replication, DIPLOMACY, politics[0].truces, 0, _BREAKS)[0]
    return moment_of_event(politics[0].truce_h, numbers[_BREAK], exponential_ppf(draw))


@compiled
def _next_truce_h(
    seed: int, replication: int, moment: float, truce_hour: Floats, numbers: Floats, politics: Records
) -> float:
    """Return when the next truce begins: the next given one, or one agreed after the last given and the last broken."""
    given, last = _NEVER, 0.0
    for truce in range(truce_hour.size):
        last = max(last, truce_hour[truce])
        if truce_hour[truce] >= moment:
            given = min(given, truce_hour[truce])
    if given < _NEVER:
        return given
    if politics[0].truces > 0:
        last = max(last, _breaks_h(seed, replication, numbers, politics))
    draw = uniforms(seed, replication, DIPLOMACY, politics[0].truces, 0, _NEXT_TRUCE)[0]
    return moment_of_event(last, numbers[_TRUCE], exponential_ppf(draw))
