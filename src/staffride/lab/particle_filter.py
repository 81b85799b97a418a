"""Condition a displacement on what was published until an origin: a particle filter on the fluid twin.

Static parameters are drawn once from the prior and kept, so the posterior is a weighted part of the prior ensemble and
each particle is named by the number of its prior draw. Source: Gordon, Salmond & Smith (1993), IEE Proceedings F 140;
``particle_kernel`` explains the guidance.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import CONDITIONING
from staffride.lab import particle_kernel as kernel
from staffride.lab.fluid import FluidState
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.reports import Report, ReportErrors, Seen, log_likelihood

Floats = NDArray[np.float64]
RESAMPLE_BELOW = 0.5
CROSSED = FluidState._fields.index("crossed")


@dataclass(slots=True)
class Cloud:
    """The particles under way.

    ``law`` (n, LAW_COLUMNS) and ``state`` (n, STATE_COLUMNS) as in ``particle_kernel``; ``index`` (n,) the prior draw of
    each; ``path`` (T, n) the checkpoint's rate by hour, vehicles per hour; ``reached`` (T', n) persons at the queue.
    """

    law: Floats
    state: Floats
    log_weight: Floats
    index: NDArray[np.int64]
    path: NDArray[np.float32]
    reached: NDArray[np.float32]
    log_evidence: float = 0.0
    smallest_effective: float = 1.0

    @property
    def weight(self) -> Floats:
        """The particles' weights; they sum to one."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return weight / weight.sum()


def start_cloud(law: Floats, hours: int, reached_hours: int, seed: int) -> Cloud:
    """Return the particles before anyone has left, with the first level of the rate drawn from its law."""
    count = law.shape[0]
    state = np.zeros((count, kernel.STATE_COLUMNS))
    first = normal_column(keyed_uniforms(seed, count, CONDITIONING, 0, 2))
    state[:, kernel.LEVEL] = law[:, kernel.PLAN_FIELDS] + law[:, kernel.PLAN_FIELDS + 1] * first
    return Cloud(
        law,
        state,
        np.zeros(count),
        np.arange(count),
        np.zeros((hours, count), np.float32),
        np.zeros((reached_hours, count), np.float32),
    )


def effective_share(weight: Floats) -> float:
    """Return the effective number of particles as a share of all (Kong, Liu & Wong 1994)."""
    return float(1.0 / (weight.size * np.square(weight).sum()))


def systematic_choice(weight: Floats, count: int, offset: float) -> NDArray[np.int64]:
    """Return ``count`` indices by systematic resampling (Kitagawa 1996); ``offset`` in (0, 1)."""
    positions = (np.arange(count) + offset) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), positions), weight.size - 1)


def resample(cloud: Cloud, until: int, seed: int) -> None:
    """Replace the particles by equally weighted copies of the likely ones, with their past."""
    offset = float(keyed_uniforms(seed, 1, CONDITIONING, until, 3)[0])
    chosen = systematic_choice(cloud.weight, cloud.index.size, offset)
    cloud.law, cloud.state, cloud.index = cloud.law[chosen], cloud.state[chosen], cloud.index[chosen]
    cloud.path[:until] = cloud.path[:until, chosen]
    cloud.reached[:until] = cloud.reached[:until, chosen]
    cloud.log_weight = np.zeros(chosen.size)


def carry(cloud: Cloud, hours: tuple[int, int], target: float, places: Floats, seed: int) -> None:
    """Advance all particles over hours ``[from, until)``, on all cores; the result does not depend on how many."""
    count, workers = cloud.index.size, os.cpu_count() or 1
    edges = np.linspace(0, count, workers + 1).astype(int)

    def advance(first: int, last: int) -> None:
        kernel.advance(
            (first, last), hours, seed, target, cloud.law, cloud.state, cloud.log_weight, cloud.path, cloud.reached,
            places,
        )  # fmt: skip

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(advance, edges[:-1].tolist(), edges[1:].tolist()))


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


def look(cloud: Cloud, hour: int) -> Seen:
    """Return what the particles say of the end of hour ``hour - 1``."""
    crossed, load = cloud.state[:, CROSSED], cloud.law[:, kernel.LOAD]
    flow = np.minimum(cloud.path[max(hour - 1, 0)] * load, crossed)
    known = min(hour, cloud.reached.shape[0])
    delay = delay_of_crossing(cloud.reached[:known], crossed) if known == hour else np.zeros(crossed.size)
    return Seen(crossed, flow, load, delay)


def weigh(cloud: Cloud, reports: Sequence[Report], errors: ReportErrors) -> None:
    """Weigh the particles by the reports of one hour; resample when few carry the weight."""
    before = np.log(cloud.weight)
    seen = look(cloud, reports[0].hour)
    gained = sum((log_likelihood(report, seen, errors) for report in reports), np.zeros(before.size))
    total = before + gained
    highest = total.max()
    cloud.log_evidence += float(highest + np.log(np.exp(total - highest).sum()))
    cloud.log_weight = total
    effective = effective_share(cloud.weight)
    cloud.smallest_effective = min(cloud.smallest_effective, effective)


def stretches(reports: Sequence[Report], until: int) -> Iterator[tuple[int, int, list[Report]]]:
    """Yield (from hour, until hour, the reports at its end), the last one without reports where hours are left."""
    hour = 0
    for end, group in groupby(reports, key=lambda report: report.hour):
        yield hour, end, list(group)
        hour = end
    if hour < until:
        yield hour, until, []


def run_filter(
    law: Floats, places: Floats, reports: Sequence[Report], errors: ReportErrors, until: int, seed: int
) -> Cloud:
    """Carry a cloud from the start to hour ``until`` through all reports.

    Parameters
    ----------
    law
        (n, LAW_COLUMNS): one prior draw a particle.
    places
        (4, P) as in ``particle_kernel.advance``.
    reports
        Sorted by hour; none after ``until``.
    """
    delays = [report.hour for report in reports if report.series == "delay_hours"]
    cloud = start_cloud(law, until, max(delays, default=0), seed)
    for start, end, found in stretches(reports, until):
        targets = [report.value for report in found if report.series == "arrivals"]
        if end > start:
            carry(cloud, (start, end), targets[0] if targets else kernel.NO_TARGET, places, seed)
        if found:
            weigh(cloud, found, errors)
            if effective_share(cloud.weight) < RESAMPLE_BELOW:
                resample(cloud, end, seed)
    return cloud
