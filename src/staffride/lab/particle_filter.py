"""Condition a displacement on what was published until an origin: a particle filter on the fluid twin.

Reports enter at the hour that they describe. Static parameters are drawn once from the prior and kept, so the posterior
is a weighted part of the prior ensemble; at an origin a sample is moved by Metropolis steps (``moves``) that make it
diverse again without changing what it stands for. Source: Gordon, Salmond & Smith (1993), IEE Proceedings F 140.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from staffride.lab import particle_kernel as kernel
from staffride.lab.reports import Report, read_reports
from staffride.lab.swarm import (
    Stretch,
    Swarm,
    Task,
    carry_swarm,
    effective_share,
    look,
    resample,
    start_swarm,
)

RESAMPLE_BELOW = 0.5
OnHour = Callable[[int, int], None]
"""Called with the hour that a filter has reached, and the last one."""


def tell_nobody(hour: int, last: int) -> None:
    """Take note of the hour that a filter has reached, and tell nobody."""


def weigh(task: Task, swarm: Swarm, reports: Sequence[Report]) -> None:
    """Weigh the particles by the reports of the hour at which they stand."""
    seen = look(swarm, any(report.series == "delay_hours" for report in reports))
    gained, swarm.offset = read_reports(reports, seen, task.errors, swarm.offset)
    swarm.log_weight = swarm.log_weight + gained
    swarm.smallest_effective = min(swarm.smallest_effective, effective_share(swarm.weight))


def stretches(
    reports: Sequence[Report], origins: Sequence[int]
) -> Iterator[tuple[Stretch, list[Report], bool]]:
    """Yield (stretch, reports at its end, whether its end is an origin) in order of time, up to the last origin.

    A stretch ends at every origin, so that what stands there was not carried towards a report of the future.
    """
    by_hour = {hour: list(group) for hour, group in groupby(reports, key=lambda report: report.hour)}
    since = 0
    for hour in sorted({*by_hour, *origins}):
        if hour <= max(origins):
            here = by_hour.get(hour, [])
            targets = [report.value for report in here if report.series == "arrivals"]
            yield Stretch(since, hour, targets[0] if targets else kernel.NO_TARGET), here, hour in origins
            since = hour


def run_filter(
    task: Task,
    reports: Sequence[Report],
    origins: Sequence[int],
    count: int,
    on_hour: OnHour = tell_nobody,
) -> Iterator[tuple[int, Swarm]]:
    """Carry a swarm of ``count`` particles through all reports; yield it as it stands at each origin (hours).

    What stands at an origin depends on reports up to that hour only. Reports are sorted by hour; ``on_hour`` is told
    the hour reached and the last one.
    """
    swarm = start_swarm(task, count)
    last_delay = max((report.hour for report in reports if report.series == "delay_hours"), default=0)
    for stretch, here, is_origin in stretches(reports, origins):
        carry_swarm(task, swarm, stretch, keep_reached=stretch.until <= last_delay)
        if here:
            weigh(task, swarm, here)
        if is_origin:
            yield stretch.until, replace(swarm, past=list(swarm.past), state=swarm.state.copy())
        if here and effective_share(swarm.weight) < RESAMPLE_BELOW:
            resample(task, swarm, stretch.until)
        on_hour(stretch.until, max(origins))


def diversity(swarm: Swarm) -> int:
    """Return from how many prior draws the particles descend."""
    return int(np.unique(swarm.index).size)
