"""The filter: agreement with brute force on a small case, and no look-ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conditioning_cases import count, errors, midnight, shipped_task
from displacement_cases import shipped_scenario
from staffride.lab import particle_kernel as kernel
from staffride.lab.particle_filter import diversity, run_filter
from staffride.lab.reports import known_reports, read_reports
from staffride.lab.swarm import CROSSED_NOW, Stretch, carry_swarm, effective_share, look, start_swarm

BULLETINS = [count(22, 900.0, 1.0), count(32, 4_000.0, 1.0)]
WIDE = errors(relative=0.4, floor_persons=200.0, irregularity=0.3)


def forgetful_task(seed):
    """The shipped case under another seed, with bulletins so uncertain that brute force can solve it."""
    return replace(shipped_task()[0], errors=WIDE, seed=seed)


def filtered(size):
    """The filter's particles, weights and effective number at hour 32."""
    ((_, swarm),) = run_filter(forgetful_task(3), BULLETINS, [32], size)
    return swarm, swarm.weight, effective_share(swarm.weight) * size * swarm.smallest_effective


def brute_force(size):
    """Importance sampling: prior runs without guidance, weighted by the plain likelihood of both bulletins."""
    task = forgetful_task(4)
    swarm, since = start_swarm(task, size), 0
    for report in BULLETINS:
        carry_swarm(task, swarm, Stretch(since, report.hour), keep_reached=False)
        gained, swarm.offset = read_reports([report], look(swarm, False), task.errors, swarm.offset)
        swarm.log_weight, since = swarm.log_weight + gained, report.hour
    return swarm, swarm.weight, effective_share(swarm.weight) * size


def test_the_filter_agrees_with_brute_force():
    """Posterior probabilities below the quantiles of brute force, within five standard errors of both."""
    (led, w, n), (plain, v, m) = filtered(40_000), brute_force(60_000)
    assert m > 300
    residents = shipped_task()[1].names.index("population.residents")
    first_rate = shipped_task()[1].names.index("departure.first_rate")
    for of in (
        lambda s: s.scores[s.index, residents],
        lambda s: s.scores[s.index, first_rate],
        lambda s: s.state[:, CROSSED_NOW],
        lambda s: s.state[:, kernel.LEVEL],
    ):
        mine, theirs = of(led), of(plain)
        order = np.argsort(theirs)
        for p in (0.1, 0.25, 0.5, 0.75, 0.9):
            quantile = theirs[order][np.searchsorted(np.cumsum(v[order]), p)]
            error = np.sqrt(p * (1 - p) * (1 / n + 1 / m))
            assert abs(w[mine <= quantile].sum() - p) < 5.0 * error


def test_bulletins_teach_something_in_that_case():
    swarm, weight, _ = filtered(5_000)
    crossed = swarm.state[:, CROSSED_NOW]
    mean = weight @ crossed
    assert mean == pytest.approx(4_000.0, rel=0.35)
    assert 1 < diversity(swarm) <= 5_000


# --- No look-ahead ---


def everything_published_after(origin, change):
    """The shipped scenario with each observation published after an origin changed, or dropped for ``None``."""
    rows = [row if row.known_from <= origin else change(row) for row in shipped_scenario().observations]
    return shipped_scenario().model_copy(
        update={"observations": tuple(row for row in rows if row is not None)}
    )


def doubled(row):
    figures = {
        name: None if getattr(row, name) is None else 2.0 * getattr(row, name)
        for name in ("value", "low", "high")
    }
    return row.model_copy(update=figures)


def moved_in_time(row):
    """The same figure, said to describe the first day."""
    return row.model_copy(update={"time": midnight(1)})


@pytest.mark.parametrize(
    "change", [doubled, lambda row: None, moved_in_time], ids=["doubled", "gone", "moved"]
)
@pytest.mark.parametrize("day", [2, 4, 6])
def test_what_is_published_after_an_origin_changes_no_bit(day, change):
    origin = midnight(day)
    task, _ = shipped_task()
    told = []
    for scenario in (shipped_scenario(), everything_published_after(origin, change)):
        reports = known_reports(scenario, origin)
        ((hour, swarm),) = run_filter(task, reports, [24 * day], 1_500)
        assert hour == 24 * day
        told.append((reports, swarm))
    assert told[0][0] == told[1][0]
    for name in ("state", "log_weight", "index", "flow"):
        assert np.array_equal(getattr(told[0][1], name), getattr(told[1][1], name))


def test_a_pass_to_later_origins_stands_at_an_earlier_one_as_if_it_ended_there():
    """The filter knows the reports of the days after; at the origin none of them has been used."""
    task, _ = shipped_task()
    late = known_reports(shipped_scenario(), midnight(6))
    early = [report for report in late if report.hour <= 84]
    ((_, short),) = run_filter(task, early, [84], 1_500)
    at_84, at_144 = run_filter(task, late, [84, 144], 1_500)
    assert (at_84[0], at_144[0]) == (84, 144)
    for name in ("state", "log_weight", "index", "flow"):
        assert np.array_equal(getattr(short, name), getattr(at_84[1], name))
    assert np.array_equal(short.offset.mean, at_84[1].offset.mean)


def test_progress_is_told_by_the_hour():
    told = []
    list(run_filter(shipped_task()[0], BULLETINS, [40], 50, lambda hour, last: told.append((hour, last))))
    assert told == [(22, 40), (32, 40), (40, 40)]
