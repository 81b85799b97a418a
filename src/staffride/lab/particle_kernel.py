"""The particle filter's compiled step: fluid runs carried from one report to the next (kernel; longer for speed).

Each particle keeps its own law and its own path of the checkpoint's rate. On the way to a report most particles are
guided: the rate is drawn near what the report requires, and the weight is corrected by the ratio of the prior's
density to that of the mixture of guided and unguided paths, so that the result stays that of the prior.

Source: guided (auxiliary) particle filters, Doucet & Johansen (2011); defensive mixture, Hesterberg (1995).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import CONDITIONING, normal_ppf, uniforms
from staffride.lab.fluid import FluidPlan, FluidState, fluid_hour, share_reaching
from staffride.model.checkpoint import RateProcess, hourly_rate
from staffride.model.departure import hazard_ratio

PLAN_FIELDS = len(FluidPlan._fields)
RATE_FIELDS = len(RateProcess._fields)
LOAD, FREE_FLOW_FACTOR, DANGER_EFFECT = (PLAN_FIELDS + RATE_FIELDS + i for i in range(3))
LAW_COLUMNS = DANGER_EFFECT + 1
STATE_FIELDS = len(FluidState._fields)
LEVEL, DEVIATION = STATE_FIELDS, STATE_FIELDS + 1
STATE_COLUMNS = DEVIATION + 1

GUIDED_SHARE = 0.8
GUIDED_LEVEL_SD = 0.35
GUIDED_PULL = 0.3
GUIDED_WIDENING = 1.3
NO_TARGET = -1.0
SAME_LEVEL = 1e-4
SHAKE_SD = 0.15


@compiled
def plan_of(law: NDArray[np.float64]) -> FluidPlan:
    """Return the fluid plan in a particle's row of laws."""
    return FluidPlan(
        law[0], law[1], law[2], law[3], law[4], law[5], law[6], law[7], law[8], law[9], law[10], law[11], law[12],
        law[13], law[14],
    )  # fmt: skip


@compiled
def process_of(law: NDArray[np.float64]) -> RateProcess:
    """Return the rate process in a particle's row of laws."""
    return RateProcess(law[15], law[16], law[17], law[18], law[19], law[20], law[21])


@compiled
def log_density_ratio(z_to: float, sd_to: float, z_from: float, sd_from: float) -> float:
    """Return the log of one normal density over another at the same point, given both standardised distances."""
    return 0.5 * (z_from * z_from - z_to * z_to) + math.log(sd_from / sd_to)


@compiled
def guided_change_probability(mismatch: float, prior_probability: float) -> float:
    """Return the chance of proposing a change of procedure; grows to one half with the mismatch of the rate."""
    return prior_probability + (0.5 - prior_probability) * (1.0 - math.exp(-0.125 * mismatch * mismatch))


@compiled
def stationary_sd(process: RateProcess) -> float:
    """Return the standard deviation of the log rate within one procedure."""
    return float(process.shock_sd / math.sqrt(1.0 - process.persistence * process.persistence))


@compiled
def change_probability(wanted: float, level: float, deviation: float, process: RateProcess) -> float:
    """Return the guided chance of a change of procedure, from the mismatch between the rate and the wanted one."""
    mismatch = (wanted - level - process.persistence * deviation) / max(stationary_sd(process), 0.1)
    return guided_change_probability(mismatch, process.change_probability)


@compiled
def guided_mean(wanted: float, level: float, deviation: float, process: RateProcess) -> float:
    """Return the guided mean of the next deviation: the prior's, pulled some way towards the wanted rate."""
    kept, limit = process.persistence * deviation, 3.0 * stationary_sd(process)
    return float(kept + GUIDED_PULL * min(limit, max(-limit, wanted - level - kept)))


@compiled
def log_guided_over_prior(
    wanted: float,
    level: float,
    deviation: float,
    next_level: float,
    next_deviation: float,
    process: RateProcess,
) -> float:
    """Return the log of the guided over the prior density of one hour's step of the rate."""
    change_to, change_from = change_probability(wanted, level, deviation, process), process.change_probability
    if abs(next_level - level) > SAME_LEVEL:
        result = math.log(change_to / change_from) + log_density_ratio(
            (next_level - wanted) / GUIDED_LEVEL_SD,
            GUIDED_LEVEL_SD,
            (next_level - process.log_level_mean) / process.log_level_sd,
            process.log_level_sd,
        )
    else:
        result = math.log((1.0 - change_to) / (1.0 - change_from))
    sd_to = GUIDED_WIDENING * process.shock_sd
    return result + log_density_ratio(
        (next_deviation - guided_mean(wanted, next_level, deviation, process)) / sd_to,
        sd_to,
        (next_deviation - process.persistence * deviation) / process.shock_sd,
        process.shock_sd,
    )


@compiled
def draw_rate(
    seed: int,
    particle: int,
    hour: int,
    guided: bool,
    wanted: float,
    level: float,
    deviation: float,
    process: RateProcess,
) -> tuple[float, float]:
    """Draw the next level and deviation of the log rate, from the guided law or from the prior.

    ``wanted`` is the log rate that would meet the next report.
    """
    change_draw, level_draw = uniforms(seed, particle, CONDITIONING, hour, 0, 0)
    shock_draw, _ = uniforms(seed, particle, CONDITIONING, hour, 0, 1)
    z_level, z_shock = normal_ppf(level_draw), normal_ppf(shock_draw)
    if guided:
        if change_draw < change_probability(wanted, level, deviation, process):
            level = wanted + GUIDED_LEVEL_SD * z_level
        mean = guided_mean(wanted, level, deviation, process)
        return level, mean + GUIDED_WIDENING * process.shock_sd * z_shock
    if change_draw < process.change_probability:
        level = process.log_level_mean + process.log_level_sd * z_level
    return level, process.persistence * deviation + process.shock_sd * z_shock


@compiled
def correction_of(log_ratio: float) -> float:
    """Return the log of the prior over the proposed density of a path, given that of guided over prior."""
    return -math.log(GUIDED_SHARE * math.exp(min(700.0, log_ratio)) + (1.0 - GUIDED_SHARE))


@compiled
def wanted_log_rate(target: float, crossed: float, hours_left: float, load: float) -> float:
    """Return the log rate (vehicles per hour) that would bring ``crossed`` to ``target`` persons in time."""
    if target < 0.0:
        return math.inf
    return math.log(max((target - crossed) / (load * hours_left), 0.5))


@compiled
def place_columns(
    law: NDArray[np.float64],
    places: NDArray[np.float64],
    lag: NDArray[np.float64],
    ratio: NDArray[np.float64],
) -> None:
    """Fill a particle's lag (delay of word plus free-flow time, h) and factor on the first rate, by place."""
    for place in range(places.shape[1]):
        lag[place] = places[1, place] + law[FREE_FLOW_FACTOR] * places[2, place]
        ratio[place] = hazard_ratio(law[DANGER_EFFECT], places[3, place])


@compiled
def state_of(row: NDArray[np.float64]) -> FluidState:
    """Return the fluid state in a particle's row."""
    return FluidState(row[0], row[1], row[2], row[3], row[4], row[5])


@compiled
def keep_state(row: NDArray[np.float64], state: FluidState) -> None:
    """Write a fluid state into a particle's row."""
    row[0], row[1], row[2] = state.decided, state.fuel_pool, state.bus_pool
    row[3], row[4], row[5] = state.queue, state.reached, state.crossed


@compiled
def advance(
    particles: tuple[int, int],
    hours: tuple[int, int],
    seed: int,
    target: float,
    laws: NDArray[np.float64],
    index: NDArray[np.int64],
    state: NDArray[np.float64],
    correction: NDArray[np.float64],
    history: NDArray[np.float32],
    places: NDArray[np.float64],
) -> None:
    """Carry particles ``[first, last)`` over hours ``[from, until)``, in place (kernel; one loop for speed).

    Parameters
    ----------
    particles, hours
        Half-open ranges.
    target
        Persons of the next report at the end of these hours, or ``NO_TARGET``.
    laws, index
        (m, LAW_COLUMNS), and the row of each particle (n,).
    state
        (n, STATE_COLUMNS), advanced.
    correction
        Length n; filled with the log of the prior over the proposed density of the path in these hours.
    history
        (4, hours, n): level and deviation of the log rate, persons who have reached and who have crossed the
        checkpoint, by the end of each of these hours; filled.
    places
        (4, P): share of people, delay of word (h), free-flow time to the checkpoint (h), danger.
    """
    lag, ratio = np.empty(places.shape[1]), np.empty(places.shape[1])
    for particle in range(particles[0], particles[1]):
        law = laws[index[particle]]
        plan, process, load = plan_of(law), process_of(law), law[LOAD]
        place_columns(law, places, lag, ratio)
        now = state_of(state[particle])
        level, deviation = state[particle, LEVEL], state[particle, DEVIATION]
        mode_draw, _ = uniforms(seed, particle, CONDITIONING, hours[0], 1, 0)
        guided = target >= 0.0 and mode_draw < GUIDED_SHARE
        log_ratio = 0.0
        for hour in range(hours[0], hours[1]):
            wanted = wanted_log_rate(target, now.crossed, float(hours[1] - hour), load)
            before, deviation_before = level, deviation
            level, deviation = draw_rate(seed, particle, hour, guided, wanted, level, deviation, process)
            column = hour - hours[0]
            history[0, column, particle], history[1, column, particle] = level, deviation
            # What is kept is what is followed, so that a replay gives the same bits.
            level, deviation = (
                np.float64(history[0, column, particle]),
                np.float64(history[1, column, particle]),
            )
            if target >= 0.0:
                log_ratio += log_guided_over_prior(
                    wanted, before, deviation_before, level, deviation, process
                )
            rate = hourly_rate(hour, level + deviation, process)
            decided = share_reaching(hour + 1.0, plan, places[0], lag, ratio)
            now = fluid_hour(hour, decided, rate * load, plan, now)
            history[2, column, particle], history[3, column, particle] = now.reached, now.crossed
        correction[particle] = correction_of(log_ratio) if target >= 0.0 else 0.0
        keep_state(state[particle], now)
        state[particle, LEVEL], state[particle, DEVIATION] = level, deviation


@compiled
def replay(
    particles: tuple[int, int],
    law: NDArray[np.float64],
    state: NDArray[np.float64],
    history: NDArray[np.float32],
    places: NDArray[np.float64],
) -> None:
    """Run particles ``[first, last)`` again from the start with the rates in ``history``, in place.

    ``law`` (n, LAW_COLUMNS) has a row a particle; ``state`` but for the rate's, and the last two rows of
    ``history`` (4, hours, n), are filled.
    """
    lag, ratio = np.empty(places.shape[1]), np.empty(places.shape[1])
    for particle in range(particles[0], particles[1]):
        plan, process, load = plan_of(law[particle]), process_of(law[particle]), law[particle, LOAD]
        place_columns(law[particle], places, lag, ratio)
        now = FluidState(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for hour in range(history.shape[1]):
            log_rate = np.float64(history[0, hour, particle]) + np.float64(history[1, hour, particle])
            decided = share_reaching(hour + 1.0, plan, places[0], lag, ratio)
            now = fluid_hour(hour, decided, hourly_rate(hour, log_rate, process) * load, plan, now)
            history[2, hour, particle], history[3, hour, particle] = now.reached, now.crossed
        keep_state(state[particle], now)


@compiled
def shake_rates(
    particles: tuple[int, int],
    seed: int,
    number: int,
    state: NDArray[np.float64],
    history: NDArray[np.float32],
) -> None:
    """Shake the rates of particles ``[first, last)``, in place; a symmetric proposal.

    A part of the particles moves its deviations over the last day, another the level of the procedure in force.
    """
    until = history.shape[1]
    for particle in range(particles[0], particles[1]):
        which, size_draw = uniforms(seed, particle, CONDITIONING, number, 4, 0)
        step_draw, _ = uniforms(seed, particle, CONDITIONING, number, 5, 0)
        size = math.exp(-4.0 * size_draw)
        if which < 0.3:
            for hour in range(max(0, until - 24), until):
                draw, _ = uniforms(seed, particle, CONDITIONING, number, 6, hour)
                moved = np.float64(history[1, hour, particle]) + SHAKE_SD * size * normal_ppf(draw)
                history[1, hour, particle] = moved
            state[particle, DEVIATION] = history[1, until - 1, particle]
        elif which < 0.5:
            shake_level(
                history[0, :, particle], state[particle], np.float32(0.3 * size * normal_ppf(step_draw))
            )


@compiled
def shake_level(level: NDArray[np.float32], state: NDArray[np.float64], step: np.float32) -> None:
    """Move the level of the procedure in force by ``step``, in place, unless it has been in force from the start."""
    hour, now = level.size - 1, level[level.size - 1]
    while hour >= 0 and abs(level[hour] - now) <= SAME_LEVEL:
        hour -= 1
    if hour >= 0:
        level[hour + 1 :] += step
        state[LEVEL] += step


@compiled
def log_density_of_rates(
    law: NDArray[np.float64], history: NDArray[np.float32], first_level: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the log-density of each particle's path of rates under its law, up to a constant; (n,).

    ``first_level`` (n,) is the level before the first hour. A level other than the one before is a change of
    procedure.
    """
    result = np.empty(law.shape[0])
    for particle in range(law.shape[0]):
        process = process_of(law[particle])
        z = (first_level[particle] - process.log_level_mean) / process.log_level_sd
        total, before, deviation = -0.5 * z * z, first_level[particle], 0.0
        stays, changes = math.log(1.0 - process.change_probability), math.log(process.change_probability)
        for hour in range(history.shape[1]):
            level = np.float64(history[0, hour, particle])
            if abs(level - before) > SAME_LEVEL:
                z = (level - process.log_level_mean) / process.log_level_sd
                total += changes - 0.5 * z * z - math.log(process.log_level_sd)
            else:
                total += stays
            shock = (history[1, hour, particle] - process.persistence * deviation) / process.shock_sd
            total += -0.5 * shock * shock - math.log(process.shock_sd)
            before, deviation = level, np.float64(history[1, hour, particle])
        result[particle] = total
    return result


@compiled
def rates_of(law: NDArray[np.float64], history: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the checkpoint's rate in each hour, vehicles per hour, (hours, n), from the levels and deviations."""
    rate = np.empty((history.shape[1], history.shape[2]), np.float32)
    for particle in range(law.shape[0]):
        process = process_of(law[particle])
        for hour in range(rate.shape[0]):
            log_rate = np.float64(history[0, hour, particle]) + np.float64(history[1, hour, particle])
            rate[hour, particle] = hourly_rate(hour, log_rate, process)
    return rate
