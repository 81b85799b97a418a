"""Talks: whether an agreement opens the road before an operation begins.

From the first day of the closure an agreement may be reached at any hour, by a hazard that may grow or fall with
hunger. If there is none until the given date, the operation begins then.

Limits: one hazard stands for all that may be agreed; nobody bargains over content, and an agreement is kept. That no
agreement came in 281 days is an outcome and enters no prior.

References
----------
Cox (1972), "Regression models and life-tables", Journal of the Royal Statistical Society B 34, 187-220.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled

Floats = NDArray[np.float64]
DAY_H = 24.0


@compiled
def agreement_rate_per_day(rate_per_day: float, hunger_effect: float, hunger: float) -> float:
    """Return the rate at which an agreement is reached, given hunger behind the road.

    Equation: ``rate exp(hunger effect x hunger)``.
    Units: per day; hunger 0 to 1.
    Source: proportional hazards (Cox 1972).
    Limits: an effect of zero gives the rate itself; hunger of the other side does not exist here.
    """
    return rate_per_day * math.exp(hunger_effect * hunger)


@compiled
def agreement_hour(
    hunger: Floats, from_h: float, until_h: float, rates: Floats, effects: Floats, threshold: float
) -> float:
    """Return the hour of an agreement, infinite where there is none before ``until_h``.

    Equation: the hour at which the summed hazard reaches an exponential threshold of mean one, so that the chance of
    an agreement before T is ``1 - exp(-integral of the rate)``; with a constant rate ``1 - exp(-rate T)``.
    Units: hours since the start; rates per day; hunger at the end of each day, (D,).
    Source: inversion of the survival function.
    Limits: the rate is constant within a day, with the hunger of the evening before.

    Parameters
    ----------
    hunger
        Hunger index at the end of each day, (D,).
    from_h, until_h
        When talks begin, and when it is too late.
    rates, effects
        Rate and effect of hunger on each day, (D,).
    threshold
        An exponential number of mean one.
    """
    spent, before = 0.0, 0.0
    for day in range(hunger.size):
        start, end = max(from_h, day * DAY_H), min(until_h, (day + 1) * DAY_H)
        if end > start:
            per_h = agreement_rate_per_day(rates[day], effects[day], before) / DAY_H
            if per_h > 0.0 and spent + per_h * (end - start) > threshold:
                return start + (threshold - spent) / per_h
            spent += per_h * (end - start)
        before = hunger[day]
    return math.inf
