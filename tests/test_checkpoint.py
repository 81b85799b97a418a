"""The checkpoint's rate: its stationary law, its changes of procedure, its opening, and its keyed luck."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from displacement_cases import FALSE_ALARM, prior_draws, shipped_inputs
from staffride.lab.law import rate_processes
from staffride.model.checkpoint import RateProcess, continue_rate, hourly_rate, open_share, rate_process

LONG = 60_000
UNBOUNDED = 1e12


def path(process, hours=LONG, first_hour=0, level=None, deviation=0.0, seed=1, replication=0):
    """The rate in each hour from a state; the state's level is the median unless told otherwise."""
    rate = np.full(hours, np.nan)
    start = process.log_level_mean if level is None else level
    continue_rate(seed, replication, first_hour, float(start), deviation, as_numbers(process), rate)
    return rate


def as_numbers(process):
    return RateProcess(*(float(field) for field in process))


def law(level=100.0, spread=0.8, duration=36.0, variability=0.2, memory=8.0, highest=UNBOUNDED, opening=0.0):
    return rate_process(level, spread, duration, variability, memory, highest, opening)


# --- The law ---


def test_law_at_worked_values():
    process = law(highest=600.0, opening=14.5)
    assert process.log_level_mean == pytest.approx(math.log(100.0))
    assert process.change_probability == pytest.approx(1.0 - math.exp(-1.0 / 36.0))
    assert process.persistence == pytest.approx(0.8824969025845955)  # exp(-1/8)
    assert process.shock_sd == pytest.approx(0.2 * math.sqrt(1.0 - math.exp(-0.25)))
    assert (process.log_level_sd, process.highest_rate, process.open_hour) == (0.8, 600.0, 14.5)


def test_times_and_rates_of_zero_are_limits():
    process = law(level=0.0, duration=0.0, memory=0.0)
    assert (process.change_probability, process.persistence) == (1.0, 0.0)
    assert process.shock_sd == pytest.approx(0.2)
    assert path(process, 5).tolist() == [0.0] * 5


def test_columns_give_the_same_law_as_numbers_and_as_the_filter():
    inputs, columns = shipped_inputs(), prior_draws(4).parameters
    names = ("rate_level", "rate_spread", "regime_duration", "variability", "memory")
    rows = [columns[f"checkpoint.{name}"] for name in names]
    together = rate_process(*rows, inputs.highest_rate, columns["checkpoint.open_hour"])
    for one, filtered in zip(together, rate_processes(columns, inputs), strict=True):
        assert np.array_equal(one, filtered)
    for row in range(4):
        alone = rate_process(
            *(column[row] for column in rows), inputs.highest_rate, columns["checkpoint.open_hour"][row]
        )
        assert [field[row] for field in together] == pytest.approx(list(alone), rel=1e-15)


# --- Stationary law ---


def test_within_a_procedure_the_log_rate_is_an_autoregression():
    """Mean, variance and memory over a long time, within five standard errors of an AR(1) process."""
    process = law(spread=0.0, variability=0.2, memory=8.0)
    deviation = np.log(path(process)[200:]) - math.log(100.0)
    count, persistence = deviation.size, float(process.persistence)
    slow = (1.0 + persistence) / (1.0 - persistence)
    assert abs(deviation.mean()) < 5.0 * 0.2 * math.sqrt(slow / count)
    slow_square = (1.0 + persistence**2) / (1.0 - persistence**2)
    assert abs(deviation.var() / 0.04 - 1.0) < 5.0 * math.sqrt(2.0 * slow_square / count)
    remembered = np.corrcoef(deviation[:-1], deviation[1:])[0, 1]
    assert abs(remembered - persistence) < 5.0 * math.sqrt((1.0 - persistence**2) / count)
    assert stats.kstest(deviation[::100] / 0.2, "norm").pvalue > FALSE_ALARM


def test_procedures_change_as_often_as_asked_and_their_levels_are_lognormal():
    process = law(variability=1e-12, duration=20.0)
    log_rate = np.log(path(process))
    changes = np.flatnonzero(np.abs(np.diff(log_rate)) > 1e-9) + 1
    low, high = stats.binom.ppf(
        [FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], LONG - 1, float(process.change_probability)
    )
    assert low <= changes.size <= high
    levels = (log_rate[changes] - math.log(100.0)) / 0.8
    assert stats.kstest(levels, "norm").pvalue > FALSE_ALARM
    lengths = np.diff(changes)
    error = lengths.std() / math.sqrt(lengths.size)
    assert abs(lengths.mean() - 1.0 / float(process.change_probability)) < 5.0 * error


def test_the_median_rate_is_the_level():
    """Half the hours, within five standard errors of hours that remember some two hours."""
    rate = path(law(duration=2.0, memory=1.0))
    assert abs((rate > 100.0).mean() - 0.5) < 5.0 * 0.5 * math.sqrt(5.0 / LONG)


# --- Opening and bounds ---


def test_open_share_at_worked_values():
    assert [open_share(hour, 14.25) for hour in (0, 13, 14, 15, 200)] == [0.0, 0.0, 0.75, 1.0, 1.0]


@given(st.floats(-5.0, 300.0))
def test_open_shares_sum_to_the_open_hours(opening):
    total = sum(open_share(hour, opening) for hour in range(264))
    assert total == pytest.approx(min(264.0, max(0.0, 264.0 - opening)))


def test_hourly_rate_at_worked_values():
    process = as_numbers(law(highest=300.0, opening=14.25))
    assert hourly_rate(13, math.log(80.0), process) == 0.0
    assert hourly_rate(14, math.log(80.0), process) == pytest.approx(60.0)
    assert hourly_rate(15, math.log(80.0), process) == pytest.approx(80.0)
    assert hourly_rate(15, math.log(800.0), process) == 300.0
    assert hourly_rate(14, math.log(800.0), process) == pytest.approx(225.0)


def test_nobody_passes_before_the_opening_or_faster_than_the_road():
    rate = path(law(level=500.0, highest=600.0, opening=30.5), 5_000)
    assert (rate[:30] == 0.0).all()
    assert 0.0 < rate[30] <= 300.0
    assert rate.max() == 600.0
    assert (rate[31:] > 0.0).all()


def test_an_opening_beyond_the_period_lets_nobody_pass():
    assert not path(law(opening=264.0), 264).any()


# --- Keyed luck ---


def test_a_path_continues_from_its_state_as_if_never_cut():
    process = law(spread=0.0)
    whole = path(process, 264)
    state = math.log(whole[99]) - math.log(100.0)
    rest = path(process, 264, first_hour=100, deviation=state)
    assert np.isnan(rest[:100]).all()
    assert rest[100:] == pytest.approx(whole[100:], rel=1e-12)


def test_the_past_does_not_depend_on_how_long_the_period_is():
    assert np.array_equal(path(law(), 264)[:100], path(law(), 100))


def test_replications_and_seeds_have_luck_of_their_own():
    base = path(law(), 264)
    for other in (path(law(), 264, replication=1), path(law(), 264, seed=2)):
        assert (np.abs(np.log(other / base)) > 1e-9).mean() > 0.99


def test_a_change_of_one_parameter_keeps_the_hours_of_change():
    """More variability moves the rate about its level; procedures still change at the same hours."""
    calm, nervous = (np.log(path(law(variability=v, memory=0.0), 2_000)) for v in (1e-12, 0.01))
    assert (np.abs(nervous - calm) < 0.01 * 6.0).all()
