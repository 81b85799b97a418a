"""The swarm: resampling, effective size, the past of a particle, and how long those who cross have waited."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from conditioning_cases import count, shipped_task
from staffride.lab import particle_kernel as kernel
from staffride.lab.particle_filter import stretches, weigh
from staffride.lab.swarm import (
    Stretch,
    carry_swarm,
    delay_of_crossing,
    effective_share,
    in_parts,
    past_of,
    resample,
    start_swarm,
    systematic_choice,
)

WEIGHTS = arrays.arrays(float, st.integers(1, 60), elements=st.floats(1e-6, 1.0))


@given(WEIGHTS, st.integers(1, 200), st.floats(0.001, 0.999))
def test_systematic_counts_are_within_one_of_their_share(weight, size, offset):
    weight = weight / weight.sum()
    chosen = systematic_choice(weight, size, offset)
    counts = np.bincount(chosen, minlength=weight.size)
    assert counts.sum() == size
    assert (np.diff(chosen) >= 0).all()
    assert (np.abs(counts - size * weight) < 1.0 + 1e-9).all()


@given(WEIGHTS)
def test_effective_share_lies_between_one_and_all(weight):
    share = effective_share(weight / weight.sum())
    assert 1.0 / weight.size - 1e-12 <= share <= 1.0 + 1e-12


def test_effective_share_at_its_limits():
    assert effective_share(np.full(40, 1 / 40)) == pytest.approx(1.0)
    assert effective_share(np.eye(40)[3]) == pytest.approx(1 / 40)
    assert effective_share(np.array([0.5, 0.5, 0.0, 0.0])) == pytest.approx(0.5)


@given(st.integers(0, 50))
def test_parts_cover_every_particle_once(size):
    done = np.zeros(size, int)

    def work(part):
        done[part[0] : part[1]] += 1

    in_parts(size, work)
    assert (done == 1).all()


def test_the_prior_swarm_is_keyed_by_particle():
    task, _ = shipped_task()
    few, many = start_swarm(task, 50), start_swarm(task, 500)
    assert np.array_equal(many.scores[:50], few.scores)
    assert np.array_equal(many.first_levels[:50], few.first_levels)
    assert abs(many.scores.mean()) < 5.0 / np.sqrt(many.scores.size)


def test_the_past_follows_descent_through_resampling():
    """After two resamplings each particle's past is that of the ancestors who lived in each stretch."""
    task, _ = shipped_task()
    swarm = start_swarm(task, 200)
    told = []
    for since, until, value in ((0, 20, 400.0), (20, 26, 1_500.0), (26, 32, None)):
        carry_swarm(task, swarm, Stretch(since, until), keep_reached=True)
        told.append((swarm.past[-1].rates.copy(), swarm.index.copy()))
        if value is not None:
            weigh(task, swarm, [count(until, value, 1.5)])
            resample(task, swarm, until)
    past = past_of(swarm, np.arange(200))
    assert past.shape == (2, 32, 200)
    middle = swarm.past[1].parents
    first = swarm.past[0].parents[middle]
    assert np.array_equal(past[:, :20], told[0][0][:, :, first])
    assert np.array_equal(past[:, 20:26], told[1][0][:, :, middle])
    assert np.array_equal(past[:, 26:], told[2][0])
    assert np.array_equal(swarm.index, first)
    assert past_of(swarm, np.arange(200), reached=True).shape == (1, 32, 200)


def test_resampling_keeps_the_weighted_mean():
    task, _ = shipped_task()
    swarm = start_swarm(task, 5_000)
    carry_swarm(task, swarm, Stretch(0, 24, 1_500.0), keep_reached=False)
    weigh(task, swarm, [count(24, 1_500.0, 2.0)])
    before = swarm.weight @ swarm.state[:, kernel.LEVEL]
    spread = np.sqrt(swarm.weight @ (swarm.state[:, kernel.LEVEL] - before) ** 2)
    resample(task, swarm, 24)
    assert np.array_equal(swarm.weight, np.full(5_000, 1 / 5_000))
    assert abs(swarm.state[:, kernel.LEVEL].mean() - before) < 5.0 * spread / np.sqrt(5_000)


# --- The delay of those who cross ---


def test_delay_at_worked_values():
    """Those who cross last at hour 5 as number 250 joined half-way between 200 (hour 2) and 300 (hour 3)."""
    reached = np.array([[100.0], [200.0], [300.0], [400.0], [500.0]], np.float32)
    assert delay_of_crossing(reached, np.array([250.0]))[0] == pytest.approx(2.5)
    assert delay_of_crossing(reached, np.array([500.0]))[0] == pytest.approx(0.0)


@given(st.floats(0.0, 1_000.0), st.floats(0.0, 1_000.0))
def test_the_further_the_crossing_the_shorter_the_delay(one, other):
    reached = np.linspace(50.0, 1_000.0, 20).astype(np.float32)[:, None].repeat(2, axis=1)
    low, high = delay_of_crossing(reached, np.array(sorted((one, other))))
    assert 0.0 <= high <= low + 1e-9 <= 20.0 + 1e-9


# --- Stretches between reports ---


def test_stretches_end_at_reports_and_origins_and_never_look_past_an_origin():
    reports = [count(6, 100.0), count(10, 300.0), count(30, 900.0)]
    found = list(stretches(reports, [8, 12]))
    assert [(s.since, s.until, s.target, len(here), origin) for s, here, origin in found] == [
        (0, 6, 100.0, 1, False),
        (6, 8, kernel.NO_TARGET, 0, True),
        (8, 10, 300.0, 1, False),
        (10, 12, kernel.NO_TARGET, 0, True),
    ]
