"""The checkpoint: a service rate that changes in time.

The rate has a level for each procedure (how many lanes, how thorough the check) and varies about it. A change of
procedure comes at random; each brings a fresh level. Limits: the rate does not answer to the queue, though a
government may well answer to it; the record of one checkpoint cannot tell.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import CHECKPOINT, normal_ppf, uniforms

Numbers = float | NDArray[np.float64]
"""A number, or a column with one a replication."""


class RateProcess(NamedTuple):
    """The law of the checkpoint's rate, hourly: logarithms of vehicles per hour, vehicles per hour, hours.

    Each field is a number; ``rate_process`` may also put a column in it, with one number a replication.
    """

    log_level_mean: Any
    log_level_sd: Any
    change_probability: Any
    persistence: Any
    shock_sd: Any
    highest_rate: Any
    open_hour: Any


def rate_process(
    level_median: Numbers,
    level_sigma: Numbers,
    regime_duration_h: Numbers,
    variability: Numbers,
    memory_h: Numbers,
    highest_rate: float,
    open_hour: Numbers,
) -> RateProcess:
    """Return the hourly law of the rate; with columns (R,) of parameters, a column in each field.

    Equation: levels are lognormal (``level_median``, ``level_sigma``) and change with probability
    ``1 - exp(-1 / duration)`` an hour; within a procedure the log rate is an autoregression with persistence
    ``exp(-1 / memory)`` and stationary standard deviation ``variability``.
    Units: rates in vehicles per hour, times in hours.
    Source: regime switching (Hamilton 1989), Econometrica 57, 357-384.
    Limits: levels are independent of each other and of the queue.
    """
    with np.errstate(divide="ignore"):
        persistence = np.exp(-1.0 / np.asarray(memory_h, np.float64))
        change = 1.0 - np.exp(-1.0 / np.asarray(regime_duration_h, np.float64))
        log_level = np.log(level_median)
    shock_sd = variability * np.sqrt(1.0 - persistence**2)
    highest = np.full(persistence.shape, highest_rate)[()]
    return RateProcess(log_level, level_sigma, change, persistence, shock_sd, highest, open_hour)


@compiled
def open_share(hour: int, open_hour: float) -> float:
    """Return the share of the hour ``[hour, hour + 1)`` in which the checkpoint is open.

    Equation: ``min(1, max(0, hour + 1 - open_hour))``.
    Units: hours; a share.
    Source: definition.
    Limits: once open it stays open.
    """
    return min(1.0, max(0.0, hour + 1.0 - open_hour))


@compiled
def hourly_rate(hour: int, log_rate: float, process: RateProcess) -> float:
    """Return the service rate in the hour ``[hour, hour + 1)``, vehicles per hour.

    Equation: ``open share * min(highest rate, exp(log rate))``.
    Units: vehicles per hour.
    Source: definition; what the narrowest road on the way carries bounds what the checkpoint can serve.
    Limits: within the hour of the opening the rate is spread over the hour.
    """
    return float(open_share(hour, process.open_hour) * min(process.highest_rate, math.exp(log_rate)))


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
    """Fill ``rate[first_hour:]`` (vehicles per hour) from the state at ``first_hour``; two keyed blocks an hour.

    Equation: ``rate = hourly_rate(level + e)``, ``e' = persistence e + shock``; both inverted from keyed uniforms.
    Units: vehicles per hour; ``level`` and ``e`` are natural logarithms.
    Source: first-order autoregression about a switching level (Hamilton 1989), Econometrica 57, 357-384.
    Limits: the rate is constant within an hour, and procedures change on the hour.
    """
    for hour in range(first_hour, rate.size):
        change, level_draw = uniforms(seed, replication, CHECKPOINT, hour, 0, 0)
        shock_draw, _ = uniforms(seed, replication, CHECKPOINT, hour, 0, 1)
        if change < process.change_probability:
            log_level = process.log_level_mean + process.log_level_sd * normal_ppf(level_draw)
        deviation = process.persistence * deviation + process.shock_sd * normal_ppf(shock_draw)
        rate[hour] = hourly_rate(hour, log_level + deviation, process)
