"""Metropolis moves that spread a sample over the posterior without changing it.

Static parameters and the rates of the last hours are proposed anew, the fluid run is repeated from the start, and the
proposal is taken or left by its posterior density. Source: resample-move, Gilks & Berzuini (2001), JRSS B 63, 127-146.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import CONDITIONING
from staffride.lab import particle_kernel as kernel
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.reports import Offset, Report, Seen, read_reports
from staffride.lab.swarm import LEVELS, PASSED, REACHED, Swarm, Task, delay_of_crossing, in_parts, past_of

Floats = NDArray[np.float64]
KINDS = 3
OF_LEAVERS, OF_MANY, OF_FEW = range(KINDS)


@dataclass(slots=True)
class Sample:
    """Equally weighted particles with their whole past, a row each (a column in ``history``).

    ``score`` (n, D), ``law`` (n, LAW_COLUMNS), ``state`` (n, STATE_COLUMNS), ``first_level`` (n,), ``log_posterior``
    (n,) up to a constant, ``offset_mean`` and ``offset_variance`` (n,) of the bulletins' running count, ``history``
    (4, hours, n) as in ``particle_kernel.advance``.
    """

    score: Floats
    law: Floats
    state: Floats
    first_level: Floats
    log_posterior: Floats
    offset_mean: Floats
    offset_variance: Floats
    history: NDArray[np.float32]

    @classmethod
    def unjudged(
        cls, score: Floats, law: Floats, state: Floats, first_level: Floats, history: NDArray[np.float32]
    ) -> Sample:
        """Return particles that have not met the reports yet."""
        posterior, mean, variance = (np.zeros(first_level.size) for _ in range(3))
        return cls(score, law, state, first_level, posterior, mean, variance, history)

    @property
    def size(self) -> int:
        """The number of particles."""
        return int(self.law.shape[0])

    def accept(self, tried: Sample, accepted: NDArray[np.bool_]) -> None:
        """Take over the accepted particles of ``tried``."""
        for column in fields(self):
            mine, theirs = getattr(self, column.name), getattr(tried, column.name)
            by_row = mine.ndim > 1 and column.name != "history"
            np.copyto(mine, theirs, where=accepted[:, None] if by_row else accepted)


def sample_of(task: Task, swarm: Swarm, chosen: NDArray[np.int64], reports: Sequence[Report]) -> Sample:
    """Return chosen particles of a swarm with their whole past, told again from the start."""
    rates = past_of(swarm, chosen)
    history = np.zeros((4, *rates.shape[1:]), np.float32)
    history[:2] = rates
    draw = swarm.index[chosen]
    sample = Sample.unjudged(
        swarm.scores[draw], swarm.laws[draw], swarm.state[chosen], swarm.first_levels[draw], history
    )
    run_again(task, sample)
    judge(task, sample, reports)
    return sample


def run_again(task: Task, sample: Sample) -> None:
    """Repeat the fluid runs of a sample under their laws and rates, in place."""
    in_parts(
        sample.size,
        lambda part: kernel.replay(part, sample.law, sample.state, sample.history, task.places),
    )


def look_back(sample: Sample, hour: int, with_delay: bool) -> Seen:
    """Return what the particles say of the end of hour ``hour - 1``."""
    crossed = sample.history[PASSED, hour - 1].astype(float)
    before = sample.history[PASSED, hour - 2] if hour > 1 else 0.0
    queue = sample.history[REACHED, hour - 1] - crossed
    reached = sample.history[REACHED, :hour]
    delay = delay_of_crossing(reached, crossed) if with_delay else np.zeros(crossed.size)
    return Seen(crossed, crossed - before, queue, sample.law[:, kernel.LOAD], delay)


def judge(task: Task, sample: Sample, reports: Sequence[Report]) -> None:
    """Set the log-posterior of each particle given all reports, and its offset of the bulletins' count."""
    offset = Offset.none(sample.size)
    total = kernel.log_density_of_rates(sample.law, sample.history, sample.first_level)
    for hour, group in groupby(reports, key=lambda report: report.hour):
        found = list(group)
        seen = look_back(sample, hour, any(report.series == "delay_hours" for report in found))
        gained, offset = read_reports(found, seen, task.errors, offset)
        total += gained
    sample.log_posterior, sample.offset_mean, sample.offset_variance = total, offset.mean, offset.variance


def propose(task: Task, sample: Sample, number: int) -> tuple[Floats, Floats]:
    """Return moved scores (n, D), and the log of what the move leaves to be corrected in the acceptance (n,).

    Chosen scores become ``sqrt(1 - b^2) z + b xi``, which keeps the prior (preconditioned Crank-Nicolson, Cotter,
    Roberts, Stuart & White 2013, Statist. Sci. 28); the step b of a particle is log-uniform up to 1. In turn the
    move is of the number of leavers, with the first hazard following so that the first flow stays as it was; of a
    random third of all scores; or of one or two of them.
    """
    kind = number % KINDS

    def column(entity: int) -> Floats:
        return keyed_uniforms(task.seed, sample.size, CONDITIONING, number, 1000 + entity)

    step = (0.2 if kind == OF_FEW else 0.01) ** column(900)
    part = 0.3 if kind == OF_MANY else 1.5 / task.scores
    score = sample.score.copy()
    for d in task.leaver_scores if kind == OF_LEAVERS else range(task.scores):
        moved = np.sqrt(1.0 - step**2) * score[:, d] + step * normal_column(column(d))
        score[:, d] = moved if kind == OF_LEAVERS else np.where(column(d + 500) < part, moved, score[:, d])
    if kind == OF_LEAVERS:
        return task.keep_first_flow(sample.score, score)
    return score, np.zeros(sample.size)


def attempt(task: Task, sample: Sample, number: int, score: Floats) -> Sample:
    """Return the particles under moved scores and shaken rates, run again from the start.

    Levels of the rate shift so that the persons who cross stay the same when the load of a vehicle moves.
    """
    law = task.law_of(score)
    shift = np.log(sample.law[:, kernel.LOAD] / law[:, kernel.LOAD])
    state, history = sample.state.copy(), sample.history.copy()
    state[:, kernel.LEVEL] += shift
    history[LEVELS] += shift.astype(np.float32)
    tried = Sample.unjudged(score, law, state, sample.first_level + shift, history)
    in_parts(sample.size, lambda part: kernel.shake_rates(part, task.seed, number, state, history))
    run_again(task, tried)
    return tried


def move(task: Task, sample: Sample, number: int, reports: Sequence[Report]) -> float:
    """Move every particle once, in place; return the share of proposals accepted."""
    score, correction = propose(task, sample, number)
    tried = attempt(task, sample, number, score)
    judge(task, tried, reports)
    gain = correction + tried.log_posterior - sample.log_posterior
    accepted = np.log(keyed_uniforms(task.seed, sample.size, CONDITIONING, number, 999)) < gain
    sample.accept(tried, accepted)
    return float(accepted.mean())
