"""The particle kernel: replay, threads, guidance without bias, and the densities of paths of rates."""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from conditioning_cases import SEED, shipped_task
from staffride.engine.random import CONDITIONING, normal_ppf, uniforms
from staffride.lab import particle_kernel as kernel
from staffride.lab import swarm as swarm_module
from staffride.lab.swarm import CROSSED_NOW, Stretch, advance, start_swarm
from staffride.model.checkpoint import hourly_rate, rate_process

FALSE_ALARM = 1e-6


def carried(count, *stretches):
    """A fresh swarm carried over stretches; its start, corrections and whole history."""
    task, _ = shipped_task()
    swarm = start_swarm(task, count)
    told = [advance(task, stretch, swarm.laws, swarm.index, swarm.state) for stretch in stretches]
    history = np.concatenate([np.empty((4, 0, count), np.float32), *(h for _, h in told)], axis=1)
    return swarm, np.sum([c for c, _ in told], axis=0), history


# --- Replay and threads ---


@pytest.mark.parametrize("target", [kernel.NO_TARGET, 15_000.0])
def test_replay_gives_the_same_bits_as_the_run(target):
    swarm, _, history = carried(400, Stretch(0, 30), Stretch(30, 70, target))
    again, state = history.copy(), np.zeros_like(swarm.state)
    again[2:] = np.nan
    kernel.replay((0, 400), swarm.laws, state, again, shipped_task()[0].places)
    assert np.array_equal(again, history)
    assert np.array_equal(state[:, : kernel.STATE_FIELDS], swarm.state[:, : kernel.STATE_FIELDS])


def test_the_result_does_not_depend_on_the_number_of_threads(monkeypatch):
    results = []
    for workers in (1, 2, 3):
        monkeypatch.setattr(swarm_module.os, "cpu_count", lambda workers=workers: workers)
        swarm, correction, history = carried(101, Stretch(0, 40, 5_000.0))
        results.append((swarm.state, correction, history))
    for state, correction, history in results[1:]:
        assert np.array_equal(state, results[0][0])
        assert np.array_equal(correction, results[0][1])
        assert np.array_equal(history, results[0][2])


def test_rates_are_those_that_were_followed():
    swarm, _, history = carried(50, Stretch(0, 40))
    rate = kernel.rates_of(swarm.laws, history)
    law = kernel.process_of(swarm.laws[7])
    followed = [hourly_rate(h, float(history[0, h, 7]) + float(history[1, h, 7]), law) for h in range(40)]
    assert rate[:, 7] == pytest.approx(np.array(followed), rel=1e-7)
    crossed = np.diff(history[3], axis=0, prepend=0.0)
    assert (crossed <= rate * swarm.laws[:, kernel.LOAD] * (1 + 1e-5) + 0.01).all()


# --- Guidance ---


def test_without_a_target_paths_come_from_the_prior_and_weigh_the_same():
    _, correction, history = carried(3_000, Stretch(0, 24))
    assert not correction.any()
    swarm, _, _ = carried(3_000)
    sd = swarm.laws[:, kernel.PLAN_FIELDS + 4] * np.sqrt(
        (1 - swarm.laws[:, kernel.PLAN_FIELDS + 3] ** 48) / (1 - swarm.laws[:, kernel.PLAN_FIELDS + 3] ** 2)
    )
    assert stats.kstest(history[1, -1] / sd, "norm").pvalue > FALSE_ALARM


@pytest.mark.parametrize(("stretch", "target"), [((0, 20), 1_000.0), ((24, 44), 9_000.0)])
def test_guidance_is_unbiased(stretch, target):
    """The mean weight is one, and weighted means are those of the prior, within five standard errors."""
    lead = [Stretch(0, stretch[0])] if stretch[0] else []
    guided, correction, history = carried(20_000, *lead, Stretch(*stretch, target))
    weight = np.exp(correction)
    assert weight.max() <= 1.0 / (1.0 - kernel.GUIDED_SHARE) * (1 + 1e-9)
    assert abs(weight.mean() - 1.0) < 5.0 * weight.std() / math.sqrt(weight.size)
    free, _, _ = carried(20_000, *lead, Stretch(*stretch))
    for of in (lambda s: np.log1p(s.state[:, CROSSED_NOW]), lambda s: s.state[:, kernel.LEVEL]):
        led, unled = weight * of(guided), of(free)
        error = math.hypot(led.std(), unled.std()) / math.sqrt(weight.size)
        assert abs(led.mean() - unled.mean()) < 5.0 * error
    assert np.isfinite(history).all()


def test_guidance_brings_paths_near_the_target():
    guided, _, _ = carried(4_000, Stretch(0, 24), Stretch(24, 44, 9_000.0))
    free, _, _ = carried(4_000, Stretch(0, 24), Stretch(24, 44))
    near = [np.mean(np.abs(s.state[:, CROSSED_NOW] - 9_000.0) < 900.0) for s in (guided, free)]
    assert near[0] > 2.0 * near[1]


@pytest.mark.parametrize(
    ("wanted", "level", "deviation"), [(5.0, 4.0, 0.3), (3.0, 5.0, -0.2), (4.6, 4.6, 0.0)]
)
def test_densities_of_a_guided_step_integrate_to_one(wanted, level, deviation):
    """Integrate prior x ratio over the deviation without a change, and over level and deviation with one."""
    process = kernel.process_of(np.r_[np.zeros(kernel.PLAN_FIELDS), list(law())])
    shock = np.linspace(-1.5, 1.5, 3001) + process.persistence * deviation
    prior = stats.norm.pdf(shock, process.persistence * deviation, process.shock_sd)

    def mass(next_level):
        ratio = [
            kernel.log_guided_over_prior(wanted, level, deviation, next_level, e, process) for e in shock
        ]
        return np.trapezoid(prior * np.exp(ratio), shock)

    stays = (1.0 - process.change_probability) * mass(level)
    change_to = kernel.change_probability(wanted, level, deviation, process)
    assert stays == pytest.approx(1.0 - change_to, rel=1e-6)
    levels = np.linspace(wanted - 3.0, wanted + 3.0, 200)
    of_level = stats.norm.pdf(levels, process.log_level_mean, process.log_level_sd)
    masses = np.array([mass(next_level) for next_level in levels])
    changes = process.change_probability * np.trapezoid(of_level * masses, levels)
    assert changes == pytest.approx(change_to, rel=1e-5)


def law():
    return rate_process(100.0, 0.8, 36.0, 0.2, 8.0, 600.0, 14.0)


def test_wanted_rate_at_worked_values():
    assert kernel.wanted_log_rate(5_000.0, 1_000.0, 10.0, 4.0) == pytest.approx(math.log(100.0))
    assert kernel.wanted_log_rate(5_000.0, 6_000.0, 10.0, 4.0) == pytest.approx(math.log(0.5))
    assert kernel.wanted_log_rate(kernel.NO_TARGET, 0.0, 1.0, 4.0) == math.inf


# --- Density of a path ---


def test_density_of_rates_is_that_of_the_prior():
    """By hand over three hours: no change, a change, no change."""
    process = law()
    row = np.r_[np.zeros(kernel.PLAN_FIELDS), list(process), 5.0, 1.0, 0.0][None]
    level, deviation = np.array([4.5, 4.0, 4.0]), np.array([0.1, -0.05, 0.0])
    history = np.zeros((4, 3, 1), np.float32)
    history[0, :, 0], history[1, :, 0] = level, deviation
    found = kernel.log_density_of_rates(row, history, np.array([4.5]))[0]
    stays = math.log(1.0 - process.change_probability)
    expected = 2 * stays + math.log(process.change_probability)
    expected += stats.norm.logpdf([4.5, 4.0], process.log_level_mean, 0.8).sum()
    shocks = deviation - process.persistence * np.r_[0.0, deviation[:2]]
    expected += stats.norm.logpdf(shocks, 0.0, process.shock_sd).sum()
    constant = -0.5 * math.log(2 * math.pi) * 5 - math.log(0.8)
    assert found == pytest.approx(expected - constant, abs=1e-4)


def test_the_level_shaken_is_that_of_the_procedure_in_force():
    level, state = np.array([4.0, 4.0, 5.0, 5.0], np.float32), np.zeros(kernel.STATE_COLUMNS)
    state[kernel.LEVEL] = 5.0
    kernel.shake_level(level, state, np.float32(0.25))
    assert level.tolist() == [4.0, 4.0, 5.25, 5.25]
    assert state[kernel.LEVEL] == 5.25
    whole = np.full(4, 4.0, np.float32)
    kernel.shake_level(whole, state, np.float32(0.25))
    assert whole.tolist() == [4.0] * 4


def test_draws_are_keyed_by_particle_and_hour():
    process = law()
    level, deviation = kernel.draw_rate(SEED, 3, 9, False, math.inf, 4.0, 0.1, process)
    change, level_draw = uniforms(SEED, 3, CONDITIONING, 9, 0, 0)
    shock, _ = uniforms(SEED, 3, CONDITIONING, 9, 0, 1)
    expected = process.log_level_mean + process.log_level_sd * normal_ppf(level_draw)
    assert level == (expected if change < process.change_probability else 4.0)
    assert deviation == process.persistence * 0.1 + process.shock_sd * normal_ppf(shock)


# --- Compiled and not ---

UNCOMPILED = """
import sys
sys.path.insert(0, {tests!r})
from test_particle_kernel import fingerprint
print(fingerprint())
"""


def fingerprint() -> str:
    """A hash of what a few guided particles, their replay and a shake leave."""
    swarm, correction, history = carried(12, Stretch(0, 18), Stretch(18, 26, 1_500.0))
    shaken, state = history.copy(), swarm.state.copy()
    kernel.shake_rates((0, 12), SEED, 1, state, shaken)
    kernel.replay((0, 12), swarm.laws, state, shaken, shipped_task()[0].places)
    density = kernel.log_density_of_rates(swarm.laws, shaken, swarm.first_levels)
    parts = (swarm.state, correction, history, shaken, state, density)
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def test_uncompiled_kernels_give_the_same_bits():
    program = UNCOMPILED.format(tests=str(Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == fingerprint()
