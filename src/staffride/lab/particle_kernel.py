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
from staffride.model.checkpoint import RateProcess, open_share

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
SHOCK_SD = PLAN_FIELDS + RateProcess._fields.index("shock_sd")


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
def draw_rate(
    seed: int,
    particle: int,
    hour: int,
    guided: bool,
    wanted: float,
    level: float,
    deviation: float,
    process: RateProcess,
) -> tuple[float, float, float]:
    """Draw the next level and deviation of the log rate.

    Parameters
    ----------
    guided
        Whether to draw from the guided law (else from the prior).
    wanted
        Log rate that would meet the next report; not finite where there is none.

    Returns
    -------
    tuple
        Level, deviation, and log of the guided over the prior density of what was drawn (0 without a target).
    """
    change_draw, level_draw = uniforms(seed, particle, CONDITIONING, hour, 0, 0)
    shock_draw, _ = uniforms(seed, particle, CONDITIONING, hour, 0, 1)
    z_level, z_shock = normal_ppf(level_draw), normal_ppf(shock_draw)
    prior_change, kept = process.change_probability, process.persistence * deviation
    if not math.isfinite(wanted):
        if change_draw < prior_change:
            level = process.log_level_mean + process.log_level_sd * z_level
        return level, kept + process.shock_sd * z_shock, 0.0
    spread = process.shock_sd / math.sqrt(1.0 - process.persistence * process.persistence)
    change_to = guided_change_probability((wanted - level - kept) / max(spread, 0.1), prior_change)
    change = change_draw < (change_to if guided else prior_change)
    log_ratio = math.log((1.0 - change_to) / (1.0 - prior_change))
    if change:
        level = (
            wanted + GUIDED_LEVEL_SD * z_level
            if guided
            else process.log_level_mean + process.log_level_sd * z_level
        )
        log_ratio = math.log(change_to / prior_change) + log_density_ratio(
            (level - wanted) / GUIDED_LEVEL_SD,
            GUIDED_LEVEL_SD,
            (level - process.log_level_mean) / process.log_level_sd,
            process.log_level_sd,
        )
    limit = 3.0 * spread
    pull = GUIDED_PULL * min(limit, max(-limit, wanted - level - kept))
    sd_to = GUIDED_WIDENING * process.shock_sd
    deviation = kept + pull + sd_to * z_shock if guided else kept + process.shock_sd * z_shock
    log_ratio += log_density_ratio(
        (deviation - kept - pull) / sd_to, sd_to, (deviation - kept) / process.shock_sd, process.shock_sd
    )
    return level, deviation, log_ratio


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
        ratio[place] = math.exp(law[DANGER_EFFECT] * places[3, place])


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
def rate_in_hour(hour: int, log_rate: float, process: RateProcess) -> float:
    """Return the checkpoint's rate in an hour, vehicles per hour."""
    return open_share(hour, process.open_hour) * min(process.highest_rate, math.exp(log_rate))


@compiled
def advance(
    particles: tuple[int, int],
    hours: tuple[int, int],
    seed: int,
    target: float,
    law: NDArray[np.float64],
    state: NDArray[np.float64],
    log_weight: NDArray[np.float64],
    history: NDArray[np.float32],
    places: NDArray[np.float64],
) -> None:
    """Carry particles ``[first, last)`` over hours ``[from, until)``, in place.

    Parameters
    ----------
    particles, hours
        Half-open ranges.
    target
        Persons of the next report at the end of these hours, or ``NO_TARGET``.
    law, state
        (n, LAW_COLUMNS) and (n, STATE_COLUMNS); ``state`` is advanced.
    log_weight
        Length n; corrected for the guidance.
    history
        (4, T, n): level and deviation of the log rate, persons who have reached and who have crossed the
        checkpoint, by the end of each hour; the rows of these hours are filled.
    places
        (4, P): share of people, delay of word (h), free-flow time to the checkpoint (h), danger.
    """
    lag, ratio = np.empty(places.shape[1]), np.empty(places.shape[1])
    for particle in range(particles[0], particles[1]):
        plan, process = plan_of(law[particle]), process_of(law[particle])
        load = law[particle, LOAD]
        place_columns(law[particle], places, lag, ratio)
        now = state_of(state[particle])
        level, deviation = state[particle, LEVEL], state[particle, DEVIATION]
        mode_draw, _ = uniforms(seed, particle, CONDITIONING, hours[0], 1, 0)
        guided = target >= 0.0 and mode_draw < GUIDED_SHARE
        log_ratio = 0.0
        for hour in range(hours[0], hours[1]):
            wanted = wanted_log_rate(target, now.crossed, float(hours[1] - hour), load)
            level, deviation, change = draw_rate(
                seed, particle, hour, guided, wanted, level, deviation, process
            )
            log_ratio += change
            rate = rate_in_hour(hour, level + deviation, process)
            decided = share_reaching(hour + 1.0, plan, places[0], lag, ratio)
            now = fluid_hour(hour, decided, rate * load, plan, now)
            history[0, hour, particle], history[1, hour, particle] = level, deviation
            history[2, hour, particle], history[3, hour, particle] = now.reached, now.crossed
        if target >= 0.0:
            log_weight[particle] -= math.log(
                GUIDED_SHARE * math.exp(min(700.0, log_ratio)) + (1.0 - GUIDED_SHARE)
            )
        keep_state(state[particle], now)
        state[particle, LEVEL], state[particle, DEVIATION] = level, deviation


@compiled
def shake_rates(
    particles: tuple[int, int],
    stretch: tuple[int, int],
    seed: int,
    number: int,
    law: NDArray[np.float64],
    state: NDArray[np.float64],
    history: NDArray[np.float32],
) -> None:
    """Shake the rates of particles ``[first, last)`` in the hours of the last stretch, in place; a symmetric proposal.

    Half of the particles move their deviations in those hours, a third the level of the procedure now in force.
    """
    since, until = stretch
    for particle in range(particles[0], particles[1]):
        which, size_draw = uniforms(seed, particle, CONDITIONING, until, 4, number)
        step_draw, _ = uniforms(seed, particle, CONDITIONING, until, 5, number)
        size = math.exp(-3.0 * size_draw)
        if which < 0.5:
            for hour in range(since, until):
                draw, _ = uniforms(seed, particle, CONDITIONING, hour, 6, number)
                history[1, hour, particle] += size * law[particle, SHOCK_SD] * normal_ppf(draw)
            state[particle, DEVIATION] = history[1, until - 1, particle]
        if which > 0.33 and which < 0.67:
            hour, now = until - 1, history[0, until - 1, particle]
            step = np.float32(0.3 * size * normal_ppf(step_draw))
            while hour >= 0 and abs(history[0, hour, particle] - now) <= SAME_LEVEL:
                history[0, hour, particle] += step
                hour -= 1
            if hour >= 0:
                state[particle, LEVEL] += step
            else:
                history[0, :until, particle] -= step


@compiled
def replay(
    particles: tuple[int, int],
    until: int,
    law: NDArray[np.float64],
    shift: NDArray[np.float64],
    state: NDArray[np.float64],
    history: NDArray[np.float32],
    places: NDArray[np.float64],
) -> None:
    """Run particles ``[first, last)`` again from the start under other laws but the rates that they have, in place.

    ``shift`` (n,) is added to every level first. ``state`` and the last two rows of ``history`` are filled.
    """
    lag, ratio = np.empty(places.shape[1]), np.empty(places.shape[1])
    for particle in range(particles[0], particles[1]):
        plan, process = plan_of(law[particle]), process_of(law[particle])
        place_columns(law[particle], places, lag, ratio)
        now = FluidState(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        state[particle, LEVEL] += shift[particle]
        for hour in range(until):
            history[0, hour, particle] += shift[particle]
            log_rate = history[0, hour, particle] + history[1, hour, particle]
            rate = rate_in_hour(hour, log_rate, process)
            decided = share_reaching(hour + 1.0, plan, places[0], lag, ratio)
            now = fluid_hour(hour, decided, rate * law[particle, LOAD], plan, now)
            history[2, hour, particle], history[3, hour, particle] = now.reached, now.crossed
        keep_state(state[particle], now)


@compiled
def log_density_of_rates(
    law: NDArray[np.float64], history: NDArray[np.float32], until: int, first_level: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the log-density of each particle's path of rates under its law, up to a constant; (n,).

    ``first_level`` (n,) is the level before the first hour. A level that is not the one before it is a change of procedure.
    """
    result = np.empty(law.shape[0])
    for particle in range(law.shape[0]):
        process = process_of(law[particle])
        z = (first_level[particle] - process.log_level_mean) / process.log_level_sd
        total, before, deviation = -0.5 * z * z, first_level[particle], 0.0
        stays, changes = math.log(1.0 - process.change_probability), math.log(process.change_probability)
        for hour in range(until):
            level = float(history[0, hour, particle])
            if abs(level - before) > SAME_LEVEL:
                z = (level - process.log_level_mean) / process.log_level_sd
                total += changes - 0.5 * z * z - math.log(process.log_level_sd)
            else:
                total += stays
            shock = (history[1, hour, particle] - process.persistence * deviation) / process.shock_sd
            total += -0.5 * shock * shock - math.log(process.shock_sd)
            before, deviation = level, float(history[1, hour, particle])
        result[particle] = total
    return result


@compiled
def rates_of(law: NDArray[np.float64], history: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the checkpoint's rate in each hour, vehicles per hour, (T, n), from the levels and deviations."""
    rate = np.empty(history.shape[1:], np.float32)
    for particle in range(law.shape[0]):
        process = process_of(law[particle])
        for hour in range(rate.shape[0]):
            rate[hour, particle] = rate_in_hour(
                hour, float(history[0, hour, particle]) + float(history[1, hour, particle]), process
            )
    return rate
