"""The fluid twin of a displacement: the same rules with shares of people instead of households, hour by hour.

A particle filter needs hundreds of thousands of runs, so it follows persons as a fluid through the same departure,
fuel, bus and checkpoint rules. The road before the checkpoint is free-flow time only, which leaves the checkpoint's
crossings unchanged (Newell 1993: spill-back moves the queue, not the departures of a bottleneck).

Limits: the luck of single households is left out; those in a bus take up as much of the checkpoint's rate as those in
cars, so the fluid lags while a convoy's people wait in the queue; fuel and buses set out from the mean place. A test
bounds what comes of it: about a hundredth of the final count (root mean square over the hours), more for some hours.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.buses import CONVOYS_PER_DAY
from staffride.model.departure import share_decided, word_exposure


class FluidPlan(NamedTuple):
    """What one fluid run follows; persons, hours, persons per hour.

    Each field is a number; ``law.fluid_plans`` puts a column in it, with one number a prior draw.
    """

    leavers: Any
    open_hour: Any
    word_spread_h: Any
    first_rate_per_h: Any
    neighbour_rate_per_h: Any
    straggler_share: Any
    straggler_delay_h: Any
    bus_share: Any
    bus_first_hour: Any
    bus_persons_per_convoy: Any
    without_fuel_share: Any
    fuel_persons_per_h: Any
    fuel_open_hour: Any
    outage_from_h: Any
    outage_h: Any


class FluidState(NamedTuple):
    """Where the people of one fluid run are; persons."""

    decided: float
    fuel_pool: float
    bus_pool: float
    queue: float
    reached: float
    crossed: float


@compiled
def share_reaching(
    hour: float,
    plan: FluidPlan,
    share: NDArray[np.float64],
    lag_h: NDArray[np.float64],
    ratio: NDArray[np.float64],
) -> float:
    """Return the share of leavers who have decided early enough to be at the checkpoint by ``hour``.

    Sums the places (arrays of length P: share of people, delay of word plus free-flow time, factor on the first
    rate); stragglers are one exponential at the mean delay. Equation: see ``model.departure.share_decided``.
    """
    early, mean_lag = 0.0, 0.0
    for place in range(share.size):
        mean_lag += share[place] * lag_h[place]
        hours_open = hour - plan.open_hour - lag_h[place]
        if hours_open > 0.0:
            exposure = word_exposure(hours_open, plan.word_spread_h)
            early += share[place] * share_decided(
                exposure, plan.first_rate_per_h * ratio[place], plan.neighbour_rate_per_h
            )
    hours_open = max(0.0, hour - plan.open_hour - mean_lag)
    slow = 1.0 - math.exp(-hours_open / plan.straggler_delay_h)
    return float((1.0 - plan.straggler_share) * early + plan.straggler_share * slow)


@compiled
def hours_served(hour: int, plan: FluidPlan) -> float:
    """Return the part of the hour ``[hour, hour + 1)`` in which fuel is handed out."""
    served = min(1.0, max(0.0, hour + 1.0 - plan.fuel_open_hour))
    outage_from = max(float(hour), plan.outage_from_h)
    outage_until = min(hour + 1.0, plan.outage_from_h + plan.outage_h)
    return float(max(0.0, served - max(0.0, outage_until - outage_from)))


@compiled
def convoys_in(hour: int, first_hour: float) -> float:
    """Return how many convoys of buses come in the hour ``[hour, hour + 1)``; see ``model.buses``."""
    interval = 24.0 / CONVOYS_PER_DAY
    until, since = math.ceil((hour + 1.0 - first_hour) / interval), math.ceil((hour - first_hour) / interval)
    return float(max(0, until) - max(0, since))


@compiled
def fluid_hour(
    hour: int, decided: float, rate_persons: float, plan: FluidPlan, state: FluidState
) -> FluidState:
    """Advance one fluid run by the hour ``[hour, hour + 1)``.

    Parameters
    ----------
    decided
        Share of leavers who could be at the checkpoint by the end of the hour (``share_reaching``).
    rate_persons
        What the checkpoint can pass in this hour, persons.

    Equation: ``crossed' = crossed + min(queue + reaching, rate)``; people are conserved:
    ``leavers decided = fuel pool + bus pool + reached`` and ``reached = queue + crossed``.
    """
    fresh = plan.leavers * (decided - state.decided)
    by_bus = plan.bus_share * fresh
    without_fuel = plan.without_fuel_share * (fresh - by_bus)
    fuel_pool = state.fuel_pool + without_fuel
    fuelled = min(fuel_pool, plan.fuel_persons_per_h * hours_served(hour, plan))
    bus_pool = state.bus_pool + by_bus
    bussed = min(bus_pool, plan.bus_persons_per_convoy * convoys_in(hour, plan.bus_first_hour))
    reaching = fresh - by_bus - without_fuel + fuelled + bussed
    crossing = min(state.queue + reaching, rate_persons)
    return FluidState(
        decided,
        fuel_pool - fuelled,
        bus_pool - bussed,
        state.queue + reaching - crossing,
        state.reached + reaching,
        state.crossed + crossing,
    )
