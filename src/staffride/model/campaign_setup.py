"""The first state of a replication: strengths, positions, magazines, watch, and what the other side knows."""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import AIR_DEFENCE as AIR_DEFENCE_LUCK
from staffride.engine.random import FIRES, normal_ppf, uniforms
from staffride.model.campaign_codes import AIR_DEFENCE, figure, number
from staffride.model.campaign_state import Flags, Floats, Ground, Records
from staffride.model.detection import start_search

_MAGAZINE, _MUNITIONS = figure("magazine"), figure("munitions")
_RELOADS, _READINESS = number("air_defence.reloads"), number("air_defence.{side}.readiness")
_SCATTER = number("deployment.scatter")
_FIRST_DRAW = 1_000_000


@compiled
def elements_of(total: float, share_from: float, share_to: float) -> int:
    """Return a unit's whole number of elements, its part of a total.

    Units that stand in line from 0 to 1 get whole numbers whose sum is the rounded total.

    Equation: n = floor(N b + 1/2) - floor(N a + 1/2) for the part from a to b.
    Units: elements. Source: rounding of cumulated shares. Limits: a unit's own share may be off by one element.
    """
    return int(math.floor(total * share_to + 0.5) - math.floor(total * share_from + 0.5))


@compiled
def set_up(
    seed: int,
    replication: int,
    units: Records,
    unit_on: Flags,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    strengths: Floats,
    state: Records,
) -> None:
    """Fill ``state`` for the start of a replication.

    Parameters
    ----------
    unit_on
        (U,) whether the unit takes part.
    numbers, figures, strengths
        Parameters (K,), figures of the systems (S, F) and numbers of elements (Q,) of this replication.
    """
    for unit in range(units.side.size):
        total = strengths[units.strength[unit]]
        count = elements_of(total, units.share_from[unit], units.share_to[unit]) if unit_on[unit] else 0
        state.initial[unit], state.struck[unit] = count, 0
        state.place[unit], state.zone[unit] = units.place[unit], units.zone[unit]
        state.posture[unit] = units.posture[unit]
        state.elements[unit] = count
        state.used[unit], state.damage[unit], state.quiet_h[unit] = 0, 0.0, 0.0
        state.fired[unit], state.hot[unit], state.noise_db[unit] = False, False, 0.0
        _scatter(seed, replication, unit, units, ground, numbers[_SCATTER], state)
        _arm(unit, units, figures, numbers[_RELOADS], state)
        watch, _ = uniforms(seed, replication, AIR_DEFENCE_LUCK, _FIRST_DRAW, unit, 0)
        state.ready[unit] = watch < numbers[_READINESS + units.side[unit]]
    start_search(
        seed, replication, units.reconnoitred, state.hazard, state.threshold, state.contacts, state.seen_at
    )


@compiled
def _scatter(
    seed: int, replication: int, unit: int, units: Records, ground: Ground, scatter_km: float, state: Records
) -> None:
    """Put a unit at a normal distance from its place: the record gives no finer position."""
    east, north = uniforms(seed, replication, FIRES, _FIRST_DRAW, unit, 0)
    place = units.place[unit]
    state.x_km[unit] = ground.places.x_km[place] + scatter_km * normal_ppf(east)
    state.y_km[unit] = ground.places.y_km[place] + scatter_km * normal_ppf(north)


@compiled
def _arm(unit: int, units: Records, figures: Floats, reloads: float, state: Records) -> None:
    """Fill the magazines of a battery, or the munitions of a shooter."""
    system, count = units.system[unit], state.elements[unit]
    state.dummies[unit] = int(count * units.dummies[unit] + 0.5)
    state.rounds[unit], state.reserve[unit] = 0, 0
    if units.target_class[unit] == AIR_DEFENCE:
        state.rounds[unit] = count * int(figures[system, _MAGAZINE] + 0.5)
        state.reserve[unit] = int(state.rounds[unit] * reloads + 0.5)
    carried = 1 if units.expendable[unit] else int(figures[system, _MUNITIONS] + 0.5)
    state.stock[unit] = count * carried
