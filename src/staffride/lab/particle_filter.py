"""Condition a displacement on what was published until an origin: a particle filter on the fluid twin.

Reports enter at the hour that they describe. When few particles carry the weight they are resampled, and each is then
moved by Metropolis steps that leave the posterior as it is (``move``), so that static parameters stay diverse. Sources:
Gordon, Salmond & Smith (1993), IEE Proceedings F 140; resample-move, Gilks & Berzuini (2001), JRSS B 63.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import CONDITIONING
from staffride.lab import particle_kernel as kernel
from staffride.lab.fluid import FluidState
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.reports import Offset, Report, ReportErrors, Seen, log_likelihood, read_bulletin

Floats = NDArray[np.float64]
LawOf = Callable[[Floats], Floats]
Compensation = Callable[[Floats, Floats], tuple[Floats, Floats]]
RESAMPLE_BELOW = 0.5
SMALLEST_STEP = 0.02
FIRST_LAST_MOVE, LAST_MOVES = 30_000, 4
CROSSED = FluidState._fields.index("crossed")
LEVELS, DEVIATIONS, REACHED, PASSED = range(4)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the filter conditions.

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
    moves: int = 2


@dataclass(slots=True)
class Cloud:
    """The particles under way.

    ``score`` (n, D), ``law`` (n, LAW_COLUMNS), ``state`` (n, STATE_COLUMNS), ``first_level`` (n,) and ``history``
    (4, T, n) as in ``particle_kernel``; ``log_likelihood`` (n,) of all that was admitted and ``gained`` (n,) of the
    present hour; ``offset`` of the bulletins' running count.
    """

    score: Floats
    law: Floats
    state: Floats
    first_level: Floats
    log_weight: Floats
    log_likelihood: Floats
    offset: Offset
    history: NDArray[np.float32]
    gained: Floats
    log_evidence: float = 0.0
    smallest_effective: float = 1.0
    acceptance: tuple[float, ...] = ()

    @property
    def weight(self) -> Floats:
        """The particles' weights; they sum to one."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return weight / weight.sum()

    @property
    def crossed(self) -> Floats:
        """Persons who have crossed, (n,)."""
        return self.state[:, CROSSED]

    def take(self, chosen: NDArray[np.int64], hours: int) -> Cloud:
        """Return the chosen particles with equal weights, with room for ``hours`` of history."""
        kept = min(hours, self.history.shape[1])
        history = np.zeros((4, hours, chosen.size), np.float32)
        history[:, :kept] = self.history[:, :kept, chosen]
        return Cloud(
            self.score[chosen],
            self.law[chosen],
            self.state[chosen],
            self.first_level[chosen],
            np.zeros(chosen.size),
            self.log_likelihood[chosen],
            Offset(self.offset.mean[chosen], self.offset.variance[chosen], self.offset.last_count),
            history,
            self.gained[chosen],
            self.log_evidence,
            self.smallest_effective,
            self.acceptance,
        )

    def copy(self) -> Cloud:
        """Return the same particles with their weights, apart from this cloud."""
        return self.until(self.history.shape[1])

    def until(self, hour: int) -> Cloud:
        """Return the same particles with their weights and their past up to ``hour``, apart from this cloud."""
        offset = Offset(self.offset.mean.copy(), self.offset.variance.copy(), self.offset.last_count)
        columns = (self.score, self.law, self.state, self.first_level, self.log_weight, self.log_likelihood)
        history = self.history[:, :hour].copy()
        return replace(
            Cloud(*(column.copy() for column in columns), offset, history, self.gained.copy()),
            log_evidence=self.log_evidence,
            smallest_effective=self.smallest_effective,
            acceptance=self.acceptance,
        )

    def accept(self, tried: Cloud, accepted: NDArray[np.bool_], hour: int) -> None:
        """Take over the accepted particles of ``tried``, with their past up to ``hour``."""
        for name in ("score", "law", "state"):
            np.copyto(getattr(self, name), getattr(tried, name), where=accepted[:, None])
        for name in ("first_level", "log_likelihood", "gained"):
            np.copyto(getattr(self, name), getattr(tried, name), where=accepted)
        np.copyto(self.offset.mean, tried.offset.mean, where=accepted)
        np.copyto(self.offset.variance, tried.offset.variance, where=accepted)
        np.copyto(self.history[:, :hour], tried.history, where=accepted)


def start_cloud(problem: Problem, count: int, hours: int) -> Cloud:
    """Return ``count`` draws from the prior before anyone has left."""
    score = np.column_stack(
        [
            normal_column(keyed_uniforms(problem.seed, count, CONDITIONING, 0, 100 + d))
            for d in range(problem.scores)
        ]
    )
    law = problem.law_of(score)
    state = np.zeros((count, kernel.STATE_COLUMNS))
    first = normal_column(keyed_uniforms(problem.seed, count, CONDITIONING, 0, 2))
    first_level = law[:, kernel.PLAN_FIELDS] + law[:, kernel.PLAN_FIELDS + 1] * first
    state[:, kernel.LEVEL] = first_level
    history = np.zeros((4, hours, count), np.float32)
    return Cloud(
        score,
        law,
        state,
        first_level,
        np.zeros(count),
        np.zeros(count),
        Offset.none(count),
        history,
        np.zeros(count),
    )


def effective_share(weight: Floats) -> float:
    """Return the effective number of particles as a share of all (Kong, Liu & Wong 1994)."""
    return float(1.0 / (weight.size * np.square(weight).sum()))


def systematic_choice(weight: Floats, count: int, offset: float) -> NDArray[np.int64]:
    """Return ``count`` indices by systematic resampling (Kitagawa 1996); ``offset`` in (0, 1)."""
    positions = (np.arange(count) + offset) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), positions), weight.size - 1)


def _in_parts(count: int, work: Callable[[tuple[int, int]], None]) -> None:
    """Do work on ranges of particles on all cores; the result does not depend on how many there are."""
    workers = os.cpu_count() or 1
    edges = np.linspace(0, count, workers + 1).astype(int).tolist()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, zip(edges[:-1], edges[1:], strict=True)))


def carry(problem: Problem, cloud: Cloud, hours: tuple[int, int], target: float = kernel.NO_TARGET) -> None:
    """Advance all particles over hours ``[from, until)``, towards the next report where there is one."""

    def advance(part: tuple[int, int]) -> None:
        kernel.advance(
            part, hours, problem.seed, target, cloud.law, cloud.state, cloud.log_weight, cloud.history, problem.places
        )  # fmt: skip

    _in_parts(cloud.law.shape[0], advance)


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
    return np.maximum(hours - joined, 0.0)


def look(cloud: Cloud, hour: int, with_delay: bool) -> Seen:
    """Return what the particles say of the end of hour ``hour - 1``."""
    crossed = cloud.history[PASSED, hour - 1].astype(float)
    before = cloud.history[PASSED, hour - 2] if hour > 1 else 0.0
    queue = cloud.history[REACHED, hour - 1] - crossed
    load = cloud.law[:, kernel.LOAD]
    delay = (
        delay_of_crossing(cloud.history[REACHED, :hour], crossed) if with_delay else np.zeros(crossed.size)
    )
    return Seen(crossed, crossed - before, queue, load, delay)


def likelihood_of(
    cloud: Cloud, reports: Iterable[Report], errors: ReportErrors, offset: Offset
) -> tuple[Floats, Offset]:
    """Return the log-likelihood of reports for each particle, (n,), and the bulletins' offset after them."""
    total = np.zeros(cloud.law.shape[0])
    for hour, group in groupby(reports, key=lambda report: report.hour):
        found = list(group)
        seen = look(cloud, hour, any(report.series == "delay_hours" for report in found))
        for report in found:
            if report.series == "arrivals":
                gained, offset = read_bulletin(report, seen, errors, offset)
                total += gained
            else:
                total += log_likelihood(report, seen, errors)
    return total, offset


def propose(problem: Problem, cloud: Cloud, hour: int, number: int) -> tuple[Floats, Floats]:
    """Return moved scores (n, D), and the log of the prior density ratio that the move leaves to be corrected (n,).

    Chosen scores become ``sqrt(1 - b^2) z + b xi``, which keeps the prior (preconditioned Crank-Nicolson, Cotter,
    Roberts, Stuart & White 2013, Statist. Sci. 28); the step b of a particle is log-uniform from 0.01 (0.2 for the last kind) to 1. In turn
    the move is of the number of leavers alone, with the first hazard following so that the first flow stays as it
    was; of a random third of all scores; or of one or two of them.
    """
    count = cloud.score.shape[0]
    key = 1000 * (number + 1)

    def column(entity: int) -> Floats:
        return keyed_uniforms(problem.seed, count, CONDITIONING, hour, key + entity)

    step = (0.01 if number % 3 < 2 else 0.2) ** column(900)
    of_leavers = number % 3 == 0
    part = 0.3 if number % 3 == 1 else 1.5 / problem.scores
    score = cloud.score.copy()
    for d in problem.leaver_scores if of_leavers else range(problem.scores):
        moved = np.sqrt(1.0 - step**2) * score[:, d] + step * normal_column(column(d))
        score[:, d] = moved if of_leavers else np.where(column(d + 500) < part, moved, score[:, d])
    return problem.keep_first_flow(cloud.score, score) if of_leavers else (score, np.zeros(count))


def move(problem: Problem, cloud: Cloud, stretch: tuple[int, int], number: int, evidence: Evidence) -> float:
    """Move every particle once by a Metropolis step; return the share accepted.

    Scores move by ``propose``, rates in the hours of the last stretch by ``shake_rates``; levels shift so that the persons
    who cross stay the same when the load of a vehicle moves. What is kept is the posterior of ``evidence``.
    """
    count, hour = cloud.law.shape[0], stretch[1]
    score, correction = propose(problem, cloud, hour, number)
    law = problem.law_of(score)
    shift = np.log(cloud.law[:, kernel.LOAD] / law[:, kernel.LOAD])
    tried = cloud.until(hour)
    tried.score, tried.law, tried.first_level = score, law, cloud.first_level + shift

    def try_part(part: tuple[int, int]) -> None:
        kernel.shake_rates(part, stretch, problem.seed, number, law, tried.state, tried.history)
        kernel.replay(part, hour, law, shift, tried.state, tried.history, problem.places)

    _in_parts(count, try_part)
    evidence.read(problem, tried)
    gain = correction + tried.log_likelihood - cloud.log_likelihood
    gain += kernel.log_density_of_rates(law, tried.history, hour, tried.first_level)
    gain -= kernel.log_density_of_rates(cloud.law, cloud.history, hour, cloud.first_level)
    draw = keyed_uniforms(problem.seed, count, CONDITIONING, hour, 10 + number)
    accepted = np.log(draw) < gain
    cloud.accept(tried, accepted, hour)
    return float(accepted.mean())


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reports that the particles answer to: all ``before``, and those of the hour ``now`` to a power from 0 to 1."""

    before: tuple[Report, ...]
    now: tuple[Report, ...]
    power: float

    def read(self, problem: Problem, cloud: Cloud) -> None:
        """Set the cloud's log-likelihood, that of the present hour alone, and the offset of the bulletins."""
        start = Offset.none(cloud.law.shape[0])
        before, offset = likelihood_of(cloud, self.before, problem.errors, start)
        cloud.gained, cloud.offset = likelihood_of(cloud, self.now, problem.errors, offset)
        cloud.log_likelihood = before + self.power * cloud.gained


def next_power(cloud: Cloud, power: float) -> float:
    """Return how far the present reports can be admitted before the effective share falls to a half (bisection).

    Source: adaptive tempering, Del Moral, Doucet & Jasra (2006), JRSS B 68.
    """

    def share(candidate: float) -> float:
        log_weight = cloud.log_weight + (candidate - power) * cloud.gained
        weight = np.exp(log_weight - log_weight.max())
        return effective_share(weight / weight.sum())

    if share(1.0) >= RESAMPLE_BELOW:
        return 1.0
    low, high = power, 1.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if share(middle) >= RESAMPLE_BELOW else (low, middle)
    return max(low, power + SMALLEST_STEP * (1.0 - power))


def admit(
    problem: Problem, cloud: Cloud, stretch: tuple[int, int], before: Sequence[Report], now: Sequence[Report]
) -> Cloud:
    """Admit the reports of one hour, in as many tempered steps as they need; resample and move between the steps."""
    power, number = 0.0, 0
    cloud.gained, offset = likelihood_of(cloud, now, problem.errors, cloud.offset)
    while power < 1.0:
        step = next_power(cloud, power)
        gain = (step - power) * cloud.gained
        total = np.log(np.maximum(cloud.weight, 1e-300)) + gain
        cloud.log_evidence += float(total.max() + np.log(np.exp(total - total.max()).sum()))
        cloud.log_weight = total
        cloud.log_likelihood = cloud.log_likelihood + gain
        power = step
        cloud.smallest_effective = min(cloud.smallest_effective, effective_share(cloud.weight))
        if effective_share(cloud.weight) < RESAMPLE_BELOW * 1.001:
            evidence = Evidence(tuple(before), tuple(now), power)
            cloud, offset = renew(problem, cloud, stretch, evidence, number, problem.moves), None
            number += problem.moves
    if offset is not None:
        cloud.offset = offset
    return cloud


def renew(
    problem: Problem, cloud: Cloud, stretch: tuple[int, int], evidence: Evidence, number: int, moves: int
) -> Cloud:
    """Return equally weighted copies of the likely particles, moved apart."""
    offset = float(keyed_uniforms(problem.seed, 1, CONDITIONING, stretch[1], 3 + 10_000 * number)[0])
    chosen = systematic_choice(cloud.weight, cloud.law.shape[0], offset)
    cloud = cloud.take(chosen, cloud.history.shape[1])
    evidence.read(problem, cloud)
    rates = [move(problem, cloud, stretch, number + step, evidence) for step in range(moves)]
    cloud.acceptance = (*cloud.acceptance, float(np.mean(rates)))
    return cloud


def refresh(problem: Problem, cloud: Cloud, stretch: tuple[int, int], read: Sequence[Report]) -> Cloud:
    """Return the cloud as it stands at an origin: equally weighted, and moved once more to make it diverse."""
    if not read or stretch[0] == stretch[1]:
        return cloud.copy()
    evidence = Evidence(tuple(read), (), 1.0)
    return renew(problem, cloud, stretch, evidence, FIRST_LAST_MOVE, LAST_MOVES * problem.moves)


def stretches(reports: Sequence[Report], origins: Sequence[int]) -> Iterator[tuple[int, list[Report], bool]]:
    """Yield (end hour, reports of that hour, whether it is an origin) in order of time, up to the last origin."""
    by_hour = {hour: list(group) for hour, group in groupby(reports, key=lambda report: report.hour)}
    for hour in sorted({*by_hour, *origins}):
        if hour <= max(origins):
            yield hour, by_hour.get(hour, []), hour in origins


def run_filter(
    problem: Problem,
    reports: Sequence[Report],
    origins: Sequence[int],
    count: int,
    on_hour: Callable[[int, int], None] = lambda hour, last: None,
) -> dict[int, Cloud]:
    """Carry a cloud through all reports; return it as it stands at each origin (hours since the start).

    What stands at an origin depends on reports up to that hour only. Reports are sorted by hour; ``on_hour`` is told
    the hour reached and the last one.
    """
    cloud = start_cloud(problem, count, max(origins))
    found: dict[int, Cloud] = {}
    read: list[Report] = []
    before = 0
    for hour, here, is_origin in stretches(reports, origins):
        targets = [report.value for report in here if report.series == "arrivals"]
        carry(problem, cloud, (before, hour), targets[0] if targets else kernel.NO_TARGET)
        if here:
            cloud = admit(problem, cloud, (before, hour), read, here)
            read.extend(here)
        if is_origin:
            found[hour] = refresh(problem, cloud, (before, hour), read)
        before = hour
        on_hour(hour, max(origins))
    return found
