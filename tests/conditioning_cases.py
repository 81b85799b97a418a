"""What the tests of conditioning share: the shipped scenario as a filter reads it, and small solvable cases."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta

import numpy as np

from displacement_cases import shipped_inputs, shipped_scenario
from staffride.lab import particle_kernel as kernel
from staffride.lab.calibrate import task_of
from staffride.lab.fluid import FluidPlan, FluidState, fluid_hour, share_reaching
from staffride.lab.reports import Report, ReportErrors, Seen

SEED = 7
NO_REACH = {}


@functools.cache
def shipped_task():
    """The shipped scenario as a filter conditions it, and its table of scores."""
    return task_of(shipped_scenario(), shipped_inputs(), SEED)


def midnight(day: int) -> datetime:
    """The start of a day of the shipped period, counted from 0."""
    return shipped_scenario().period.start + timedelta(days=day)


def errors(**changes) -> ReportErrors:
    """Plain errors of reports, unless told otherwise."""
    plain = {
        "reach_vehicles": NO_REACH,
        "relative": 0.0,
        "floor_persons": 20.0,
        "vehicles_relative": 0.05,
        "delay_log": 0.4,
        "typical_to_longest": 0.75,
        "irregularity": 0.0,
    }
    return ReportErrors(**(plain | changes))


def seen(crossed, flow=100.0, queue=1e6, load=5.0, delay_h=1.0) -> Seen:
    """What particles say, each number alike for all but ``crossed``; a standing queue unless told otherwise."""
    crossed = np.atleast_1d(np.asarray(crossed, float))
    return Seen(crossed, *(np.broadcast_to(float(x), crossed.shape) for x in (flow, queue, load, delay_h)))


def count(hour: int, value: float, time_sd_h: float = 0.0) -> Report:
    """A bulletin of persons."""
    return Report(hour, "arrivals", value, time_sd_h)


def plan(**changes) -> FluidPlan:
    """A plain fluid plan: 10,000 leavers, no fuel, no buses, no stragglers."""
    plain = FluidPlan(
        leavers=10_000.0,
        open_hour=2.0,
        word_spread_h=6.0,
        first_rate_per_h=0.05,
        neighbour_rate_per_h=0.1,
        straggler_share=0.0,
        straggler_delay_h=50.0,
        bus_share=0.0,
        bus_first_hour=30.0,
        bus_persons_per_convoy=100.0,
        without_fuel_share=0.0,
        fuel_persons_per_h=500.0,
        fuel_open_hour=0.0,
        outage_from_h=1e9,
        outage_h=0.0,
    )
    return plain._replace(**{name: float(value) for name, value in changes.items()})


def run_fluid(law, places, rate) -> list[FluidState]:
    """The states of one fluid run at the end of each hour; ``rate`` (hours,) is vehicles per hour."""
    lag, ratio = np.empty(places.shape[1]), np.empty(places.shape[1])
    kernel.place_columns(law, places, lag, ratio)
    follow, load = kernel.plan_of(law), law[kernel.LOAD]
    now, states = FluidState(*[0.0] * 6), []
    for hour in range(rate.size):
        decided = share_reaching(hour + 1.0, follow, places[0], lag, ratio)
        now = fluid_hour(hour, decided, rate[hour] * load, follow, now)
        states.append(now)
    return states
