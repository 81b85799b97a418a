"""The checkpoint: a service rate that changes in time.

The rate has a level for each procedure (how many lanes, how thorough the check) and varies about it. A change of
procedure comes at random; each brings a fresh level. Limits: the rate does not answer to the queue, though a
government may well answer to it; the record of one checkpoint cannot tell.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import CHECKPOINT, normal_ppf, uniforms


class RateProcess(NamedTuple):
    """The law of the checkpoint's rate, hourly."""

    log_level_mean: float
    log_level_sd: float
    change_probability: float
    persistence: float
    shock_sd: float
    highest_rate: float
    open_hour: float


@compiled
def rate_process(
    level_median: float,
    level_sigma: float,
    regime_duration_h: float,
    variability: float,
    memory_h: float,
    highest_rate: float,
    open_hour: float,
) -> RateProcess:
    """Return the hourly law of the rate.

    Equation: levels are lognormal (``level_median``, ``level_sigma``) and change with probability
    ``1 - exp(-1 / duration)`` an hour; within a procedure the log rate is an autoregression with persistence
    ``exp(-1 / memory)`` and stationary standard deviation ``variability``.
    Units: rates in vehicles per hour, times in hours.
    Source: regime switching (Hamilton 1989), Econometrica 57, 357-384.
    """
    persistence = math.exp(-1.0 / memory_h)
    return RateProcess(
        math.log(level_median),
        level_sigma,
        1.0 - math.exp(-1.0 / regime_duration_h),
        persistence,
        variability * math.sqrt(1.0 - persistence * persistence),
        highest_rate,
        open_hour,
    )


@compiled
def open_share(hour: int, open_hour: float) -> float:
    """Return the share of the hour ``[hour, hour + 1)`` in which the checkpoint is open."""
    return min(1.0, max(0.0, hour + 1.0 - open_hour))


@compiled
def continue_rate(
    seed: int,
    replication: int,
    first_hour: int,
    log_level: float,
    deviation: float,
    process: RateProcess,
    rate: NDArray[np.float64],
) -> None:
    """Fill ``rate[first_hour:]`` (vehicles per hour) from the state at ``first_hour``; one keyed block an hour.

    Equation: ``rate = min(highest, exp(level + e))``, ``e' = persistence e + shock``; both inverted from keyed
    uniforms.
    Units: vehicles per hour; ``level`` and ``e`` are natural logarithms.
    Source: first-order autoregression about a switching level (Hamilton 1989), Econometrica 57, 357-384.
    """
    for hour in range(first_hour, rate.size):
        change, level_draw = uniforms(seed, replication, CHECKPOINT, hour, 0, 0)
        shock_draw, _ = uniforms(seed, replication, CHECKPOINT, hour, 0, 1)
        if change < process.change_probability:
            log_level = process.log_level_mean + process.log_level_sd * normal_ppf(level_draw)
        deviation = process.persistence * deviation + process.shock_sd * normal_ppf(shock_draw)
        highest = process.highest_rate * open_share(hour, process.open_hour)
        rate[hour] = min(highest, open_share(hour, process.open_hour) * math.exp(log_level + deviation))
