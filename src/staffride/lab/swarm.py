"""The swarm: many fluid runs that are carried from report to report, with what is needed to tell their past.

Every particle is named by the number of its prior draw; the rates of each stretch are kept once, and resampling
only notes who descends from whom, so that the past of any particle can be told later.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import CONDITIONING
from staffride.lab import particle_kernel as kernel
from staffride.lab.fluid import FluidState
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.reports import Offset, ReportErrors, Seen

Floats = NDArray[np.float64]
LawOf = Callable[[Floats], Floats]
Compensation = Callable[[Floats, Floats], tuple[Floats, Floats]]
REACHED_NOW, CROSSED_NOW = (FluidState._fields.index(name) for name in ("reached", "crossed"))
LEVELS, DEVIATIONS, REACHED, PASSED = range(4)


@dataclass(frozen=True, slots=True)
class Task:
    """What a filter conditions.

    ``law_of`` turns standard normal scores (n, D) into laws (n, LAW_COLUMNS); ``places`` is (4, P) as in
    ``particle_kernel.advance``; ``scores`` is D; ``leaver_scores`` are those that set the number of leavers, and
    ``keep_first_flow`` lets the first hazard follow them (see ``law.ScoreTable``).
    """

    law_of: LawOf
    places: Floats
    scores: int
    leaver_scores: tuple[int, ...]
    keep_first_flow: Compensation
    errors: ReportErrors
    seed: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours ``[since, until)`` between two reports, and the persons that the one at the end states."""

    since: int
    until: int
    target: float = kernel.NO_TARGET


@dataclass(frozen=True, slots=True)
class Passed:
    """What is kept of a stretch: rates (2, hours, n), persons who had reached the queue (hours, n), and the parents.

    ``parents`` (n,) says from whom each particle descends that lived after the stretch; ``None`` where it is itself.
    """

    rates: NDArray[np.float32]
    reached: NDArray[np.float32]
    parents: NDArray[np.int64] | None


@dataclass(slots=True)
class Swarm:
    """Particles under way.

    ``scores`` (n, D) and ``laws`` (n, LAW_COLUMNS) are of the prior draws; ``index`` (n,) the draw of each
    particle, ``state`` (n, STATE_COLUMNS) and ``flow`` (n,) persons in the last hour where it stands; ``offset`` that
    of the bulletins' count.
    """

    scores: Floats
    laws: Floats
    first_levels: Floats
    index: NDArray[np.int64]
    state: Floats
    flow: Floats
    log_weight: Floats
    offset: Offset
    past: list[Passed] = field(default_factory=list)
    smallest_effective: float = 1.0

    @property
    def size(self) -> int:
        """The number of particles."""
        return self.index.size

    @property
    def weight(self) -> Floats:
        """The particles' weights; they sum to one."""
        weight: Floats = np.exp(self.log_weight - self.log_weight.max())
        weight /= weight.sum()
        return weight


def start_swarm(task: Task, count: int) -> Swarm:
    """Return ``count`` draws from the prior before anyone has left."""
    keys = range(100, 100 + task.scores)
    scores = np.column_stack(
        [normal_column(keyed_uniforms(task.seed, count, CONDITIONING, 0, key)) for key in keys]
    )
    laws = task.law_of(scores)
    first = normal_column(keyed_uniforms(task.seed, count, CONDITIONING, 0, 2))
    levels = laws[:, kernel.PLAN_FIELDS] + laws[:, kernel.PLAN_FIELDS + 1] * first
    state = np.zeros((count, kernel.STATE_COLUMNS))
    state[:, kernel.LEVEL] = levels
    flow, log_weight = np.zeros(count), np.zeros(count)
    return Swarm(scores, laws, levels, np.arange(count), state, flow, log_weight, Offset.none(count))


def effective_share(weight: Floats) -> float:
    """Return the effective number of particles as a share of all (Kong, Liu & Wong 1994)."""
    return float(1.0 / (weight.size * np.square(weight).sum()))


def systematic_choice(weight: Floats, count: int, offset: float) -> NDArray[np.int64]:
    """Return ``count`` indices by systematic resampling (Kitagawa 1996); ``offset`` in (0, 1)."""
    positions = (np.arange(count) + offset) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), positions), weight.size - 1)


def in_parts(count: int, work: Callable[[tuple[int, int]], None]) -> None:
    """Do work on ranges of particles on all cores; the result does not depend on how many there are."""
    workers = os.cpu_count() or 1
    edges = np.linspace(0, count, workers + 1).astype(int).tolist()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, pairwise(edges)))


def advance(
    task: Task, stretch: Stretch, laws: Floats, index: NDArray[np.int64], state: Floats
) -> tuple[Floats, NDArray[np.float32]]:
    """Carry particles over a stretch, in place; return the correction (n,) and the history (4, hours, n) of it.

    ``laws`` has a row a prior draw and ``index`` (n,) names each particle's; rows of the history are as in
    ``particle_kernel.advance``.
    """
    correction = np.zeros(index.size)
    history = np.empty((4, stretch.until - stretch.since, index.size), np.float32)
    hours = (stretch.since, stretch.until)

    def carry(part: tuple[int, int]) -> None:
        kernel.advance(
            part, hours, task.seed, stretch.target, laws, index, state, correction, history, task.places
        )

    in_parts(index.size, carry)
    return correction, history


def carry_swarm(task: Task, swarm: Swarm, stretch: Stretch, keep_reached: bool) -> None:
    """Carry the swarm over a stretch and keep what tells its past."""
    before = swarm.state[:, CROSSED_NOW].copy()
    correction, history = advance(task, stretch, swarm.laws, swarm.index, swarm.state)
    swarm.log_weight = swarm.log_weight + correction
    if stretch.until - stretch.since > 1:
        before = history[PASSED, -2].astype(float)
    swarm.flow = swarm.state[:, CROSSED_NOW] - before
    reached = history[REACHED].copy() if keep_reached else np.empty((0, swarm.size), np.float32)
    swarm.past.append(Passed(history[:2].copy(), reached, None))


def resample(task: Task, swarm: Swarm, hour: int) -> None:
    """Replace the particles by equally weighted copies of the likely ones, in place."""
    offset = float(keyed_uniforms(task.seed, 1, CONDITIONING, hour, 3)[0])
    chosen = systematic_choice(swarm.weight, swarm.size, offset)
    last = swarm.past[-1]
    swarm.past[-1] = Passed(last.rates, last.reached, chosen)
    swarm.index, swarm.state, swarm.flow = swarm.index[chosen], swarm.state[chosen], swarm.flow[chosen]
    swarm.offset = Offset(swarm.offset.mean[chosen], swarm.offset.variance[chosen], swarm.offset.last_count)
    swarm.log_weight = np.zeros(chosen.size)


def past_of(swarm: Swarm, chosen: NDArray[np.int64], reached: bool = False) -> NDArray[np.float32]:
    """Return the past of chosen particles: rates (2, hours, k), or persons who had reached the queue (1, hours, k)."""
    parts = []
    for passed in reversed(swarm.past):
        if passed.parents is not None:
            chosen = passed.parents[chosen]
        parts.append(passed.reached[None, :, chosen] if reached else passed.rates[:, :, chosen])
    return np.concatenate(parts[::-1], axis=1)


def delay_of_crossing(reached: NDArray[np.float32], crossed: Floats) -> Floats:
    """Return the hours since reaching the queue for those who cross at the end of the last hour.

    ``reached`` is (hours, n), persons at the queue by the end of each hour; ``crossed`` (n,) persons by the last one.
    """
    hours, columns = reached.shape[0], np.arange(reached.shape[1])
    upper = np.minimum((reached < crossed).sum(axis=0), hours - 1)
    lower = np.maximum(upper - 1, 0)
    low, high = reached[lower, columns], reached[upper, columns]
    part = np.clip((crossed - low) / np.maximum(high - low, 1.0), 0.0, 1.0)
    joined = np.where(upper > lower, lower + 1.0 + part, part)
    delay: Floats = np.maximum(hours - joined, 0.0)
    return delay


def look(swarm: Swarm, with_delay: bool) -> Seen:
    """Return what the particles say of the hour at which they stand."""
    crossed, load = swarm.state[:, CROSSED_NOW], swarm.laws[swarm.index, kernel.LOAD]
    queue = swarm.state[:, REACHED_NOW] - crossed
    delay = np.zeros(swarm.size)
    if with_delay:
        delay = delay_of_crossing(past_of(swarm, np.arange(swarm.size), reached=True)[0], crossed)
    return Seen(crossed, swarm.flow, queue, load, delay)
