"""Synthetic displacements: reports made of a run, ranks, coverage, and one case from end to end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from conditioning_cases import count, errors
from displacement_cases import shipped_inputs, shipped_scenario
from staffride.lab.calibrate import Settings
from staffride.lab.reports import Report
from staffride.lab.synthetic import Verdict, coverage, judge, rank_in, reported, targets_of

HOURS = 60
NO_ERRORS = errors(floor_persons=0.0, vehicles_relative=0.0, delay_log=0.0)


def run_series():
    """A run with 100 persons an hour in 20 vehicles; nobody crosses in the first ten hours."""
    hour = np.arange(1, HOURS + 1)
    arrivals = 100.0 * np.maximum(hour - 10, 0)
    delay = np.where(hour > 10, 6.0, np.nan)
    return {"arrivals": arrivals, "vehicles_crossed": arrivals / 5.0, "delay_hours": delay}


ASKED = [
    count(30, 1.0),
    Report(30, "vehicles_crossed", 1.0, 0.0),
    Report(40, "delay_hours", 1.0, 6.0),
    count(50, 1.0, 1.5),
]


def test_without_errors_reports_are_the_run():
    found = reported(run_series(), [replace(r, time_sd_h=0.0) for r in ASKED], NO_ERRORS, 1, 0)
    assert [(report.hour, report.series) for report in found] == [(r.hour, r.series) for r in ASKED]
    assert [report.value for report in found] == pytest.approx([2_000.0, 400.0, 8.0, 4_000.0])


def test_bounds_and_the_reach_of_the_queue_are_not_made_up():
    asked = [Report(30, "delay_hours", 12.0, 6.0, True), Report(30, "queue_reach.town", 1.0, 6.0)]
    assert reported(run_series(), asked, NO_ERRORS, 1, 0) == []


def test_nobody_reports_delays_or_vehicles_when_nobody_has_crossed():
    asked = [Report(8, "delay_hours", 1.0, 6.0), Report(8, "vehicles_crossed", 1.0, 0.0)]
    assert reported(run_series(), asked, NO_ERRORS, 1, 0) == []


def test_errors_are_those_that_the_filter_assumes():
    """The error of a running count: variances of the increments add up; within one in a million."""
    reading, asked = errors(relative=0.1, floor_persons=30.0), [count(20, 1.0), count(40, 1.0)]
    off = np.array(
        [
            [
                r.value - run_series()["arrivals"][r.hour - 1]
                for r in reported(run_series(), asked, reading, 1, n)
            ]
            for n in range(400)
        ]
    )
    first, second = np.hypot(100.0, 30.0), np.hypot(200.0, 30.0)
    assert stats.kstest(off[:, 0] / first, "norm").pvalue > 1e-6
    assert stats.kstest((off[:, 1] - off[:, 0]) / second, "norm").pvalue > 1e-6


def test_a_case_is_keyed_by_its_number():
    first, again, other = (reported(run_series(), ASKED, errors(), 1, number) for number in (3, 3, 4))
    assert first == again
    assert first != other


def test_targets_at_worked_values_and_at_the_end_of_the_period():
    assert targets_of(run_series(), 10) == {
        "arrivals +24 h": 2_400.0,
        "arrivals +48 h": 4_800.0,
        "final": 5_000.0,
    }
    assert targets_of(run_series(), 36) == {"arrivals +24 h": 5_000.0, "final": 5_000.0}
    assert targets_of(run_series(), 50) == {"final": 5_000.0}


def test_ranks_count_half_of_what_is_equal():
    sample = np.array([1.0, 2.0, 2.0, 3.0])
    assert [rank_in(sample, value) for value in (0.0, 2.0, 2.5, 9.0)] == [0.0, 0.5, 0.75, 1.0]


def test_coverage_is_the_share_of_ranks_in_the_central_band():
    verdicts = [Verdict(n, {}, {"final": (n + 0.5) / 200}, {}) for n in range(200)]
    assert coverage(verdicts, "final", 0.9) == pytest.approx(0.9)
    assert coverage(verdicts, "final", 0.5) == pytest.approx(0.5)
    assert coverage([replace(v, rank={"final": 0.99}) for v in verdicts], "final", 0.9) == 0.0


def test_one_case_runs_from_end_to_end():
    verdict = judge(
        shipped_scenario(),
        shipped_inputs(),
        2,
        shipped_scenario().cutoff,
        Settings(2_000, 40, 3, 9),
        members=20,
    )
    assert set(verdict.truth) == set(verdict.rank) == {"arrivals +24 h", "arrivals +48 h", "final"}
    assert verdict.truth["arrivals +24 h"] <= verdict.truth["arrivals +48 h"] <= verdict.truth["final"]
    assert all(0.0 <= rank <= 1.0 for rank in verdict.rank.values())
    assert verdict.width["final"] > 0.0
