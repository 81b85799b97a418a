"""Metropolis moves: they keep what they should keep, and the compensation of a move has the right density."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from conditioning_cases import SEED, count, shipped_task
from displacement_cases import shipped_inputs, shipped_scenario
from staffride.lab import particle_kernel as kernel
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.law import fluid_plans
from staffride.lab.moves import OF_FEW, OF_LEAVERS, OF_MANY, judge, move, propose, run_again, sample_of
from staffride.lab.normal import normal_cdf, normal_column
from staffride.lab.priors import quantile
from staffride.lab.scores import SCORE_GRID, ScoreTable
from staffride.lab.swarm import Stretch, carry_swarm, start_swarm

FALSE_ALARM = 1e-6
HOURS = 30


def prior_sample(size):
    """Particles drawn from the prior, carried over some hours; no report read."""
    task, _ = shipped_task()
    swarm = start_swarm(task, size)
    carry_swarm(task, swarm, Stretch(0, HOURS), keep_reached=False)
    return sample_of(task, swarm, np.arange(size), [])


def standard_scores(size, dimension, seed=SEED):
    """Independent standard normal scores."""
    return np.column_stack(
        [normal_column(keyed_uniforms(seed, size, 1, 77, column)) for column in range(dimension)]
    )


# --- Without reports the prior stays ---


def test_a_sample_is_the_swarm_told_again():
    sample = prior_sample(300)
    task, _ = shipped_task()
    swarm = start_swarm(task, 300)
    carry_swarm(task, swarm, Stretch(0, HOURS), keep_reached=False)
    assert np.array_equal(sample.state, swarm.state)


def test_moves_without_reports_keep_the_prior():
    """After thirty moves scores are standard normal, and rates have their own law, at an error of one in a million."""
    task, table = shipped_task()
    size = 2_000
    sample = prior_sample(size)
    start = sample.score.copy()
    rates = [move(task, sample, number, []) for number in range(30)]
    assert 0.3 < np.mean(rates) <= 1.0
    moved = (sample.score != start).mean(axis=0)
    assert (moved > 0.5).all()
    for d, name in enumerate(table.names):
        column = sample.score[:, d]
        assert abs(column.mean()) < 5.0 / math.sqrt(size), name
        assert abs(column.var() - 1.0) < 5.0 * math.sqrt(2.0 / size), name
        assert stats.kstest(column, "norm").pvalue > FALSE_ALARM, name
    level_mean, level_sd, change, persistence, shock_sd = (
        sample.law[:, kernel.PLAN_FIELDS + field] for field in range(5)
    )
    levels = (sample.history[0, -1] - level_mean) / level_sd
    assert stats.kstest(levels, "norm").pvalue > FALSE_ALARM
    spread = shock_sd * np.sqrt((1 - persistence ** (2 * HOURS)) / (1 - persistence**2))
    assert stats.kstest(sample.history[1, -1] / spread, "norm").pvalue > FALSE_ALARM
    changes = (np.abs(np.diff(sample.history[0], axis=0)) > kernel.SAME_LEVEL).sum(axis=0)
    error = math.sqrt(((HOURS - 1) * change * (1 - change)).mean() / size)
    assert abs(changes.mean() - ((HOURS - 1) * change).mean()) < 5.0 * error


def test_moved_particles_are_told_under_their_own_law():
    """What a sample keeps after moves is what a replay of its rates gives."""
    task, _ = shipped_task()
    sample = prior_sample(200)
    reports = [count(20, 600.0, 1.0), count(30, 3_000.0, 1.0)]
    judge(task, sample, reports)
    for number in range(9):
        move(task, sample, number, reports)
    history, state, posterior = sample.history.copy(), sample.state.copy(), sample.log_posterior.copy()
    run_again(task, sample)
    judge(task, sample, reports)
    assert np.array_equal(sample.history, history)
    assert np.array_equal(sample.state, state)
    assert np.array_equal(sample.log_posterior, posterior)
    assert np.array_equal(sample.law, task.law_of(sample.score))


def test_moves_climb_towards_the_reports_and_never_leave_the_possible():
    task, _ = shipped_task()
    sample = prior_sample(300)
    reports = [count(30, 3_000.0, 0.5)]
    judge(task, sample, reports)
    before = np.median(sample.log_posterior)
    for number in range(12):
        move(task, sample, number, reports)
    assert np.median(sample.log_posterior) > before
    assert np.isfinite(sample.log_posterior).all()


# --- Proposals ---


@pytest.mark.parametrize("number", [OF_LEAVERS, OF_MANY, OF_FEW])
def test_a_kind_of_move_changes_its_own_scores(number):
    task, table = shipped_task()
    sample = prior_sample(400)
    score, correction = propose(task, sample, number)
    changed = score != sample.score
    if number == OF_LEAVERS:
        own = {*task.leaver_scores, table.names.index("departure.first_rate")}
        assert set(np.flatnonzero(changed.any(axis=0))) == own
        assert correction.any()
    else:
        share = 0.3 if number == OF_MANY else 1.5 / task.scores
        assert changed.mean() == pytest.approx(share, abs=5.0 * math.sqrt(share / changed.size))
        assert not correction.any()


# --- Leavers move, the first flow stays ---


def pairs(size):
    """Scores before and after a move of the leavers only."""
    task, table = shipped_task()
    before = standard_scores(size, task.scores)
    after = before.copy()
    for d in table.leaver_scores:
        after[:, d] = (
            0.9 * before[:, d] + math.sqrt(0.19) * standard_scores(size, task.scores, SEED + 1)[:, d]
        )
    return table, before, after


def flow_of(table, score):
    """Leavers times the first hazard."""
    plans = fluid_plans(table.columns(score), table.inputs)
    return plans.leavers * table.columns(score)["departure.first_rate"]


def test_the_first_flow_stays_and_the_way_back_leads_home():
    table, before, after = pairs(300)
    moved, correction = table.keep_first_flow(before, after)
    inside = np.isfinite(correction)
    assert inside.mean() > 0.95
    assert flow_of(table, moved)[inside] == pytest.approx(flow_of(table, before)[inside], rel=1e-6)
    home = moved.copy()
    home[:, table.leaver_scores] = before[:, table.leaver_scores]
    back, returned = table.keep_first_flow(moved, home)
    assert back[inside] == pytest.approx(before[inside], abs=1e-6)
    assert returned[inside] == pytest.approx(-correction[inside], abs=2e-2)


def test_the_correction_is_density_ratio_times_jacobian():
    table, before, after = pairs(200)
    d, step = table.names.index("departure.first_rate"), 1e-3
    moved, correction = table.keep_first_flow(before, after)
    ends = []
    for shift in (-step, step):
        start, end = before.copy(), after.copy()
        start[:, d] += shift
        end[:, d] += shift
        ends.append(table.keep_first_flow(start, end)[0][:, d])
    derivative = (ends[1] - ends[0]) / (2 * step)
    expected = 0.5 * (before[:, d] ** 2 - moved[:, d] ** 2) + np.log(derivative)
    inside = np.isfinite(correction) & (np.abs(moved[:, d]) < 5.0)
    assert correction[inside] == pytest.approx(expected[inside], abs=2e-2)


def test_a_first_flow_beyond_the_prior_is_refused():
    table, before, after = pairs(50)
    d = table.names.index("departure.first_rate")
    before[:, d] = after[:, d] = 5.99
    after[:, table.names.index("population.residents")] = -3.0
    before[:, table.names.index("population.residents")] = 3.0
    _, correction = table.keep_first_flow(before, after)
    assert np.isneginf(correction).all()


# --- Scores ---


def test_scores_stand_for_prior_quantiles():
    table = ScoreTable(shipped_scenario(), shipped_inputs())
    score = standard_scores(200, len(table.names))
    columns = table.columns(score)
    for d, name in enumerate(table.names):
        exact = quantile(shipped_scenario(), name, normal_cdf(score[:, d].copy()))
        spread = (
            shipped_scenario().parameters[name].in_unit("persons").sd if "residents" in name else exact.std()
        )
        assert np.abs(columns[name] - exact).max() < 2e-3 * spread, name
    assert set(table.fixed).isdisjoint(table.names)
    assert {"checkpoint.rate_level", "checkpoint.rate_spread"} <= set(table.fixed)
    assert table.law(score).shape == (200, kernel.LAW_COLUMNS)
    assert SCORE_GRID[0] == -SCORE_GRID[-1]
