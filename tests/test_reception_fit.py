"""The ensemble smoother for reception: exact where everything is linear and normal; nothing from the future."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from conditioning_cases import SEED, midnight
from displacement_cases import shipped_inputs, shipped_scenario
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.reception_fit import RATES, STEPS, fit_reception, known_snapshots, smooth

MEMBERS = 40_000
SLOPES = np.array([[1.0, 0.5], [0.0, 2.0], [-1.0, 1.0]])
FIGURE, ERROR = np.array([0.8, -0.5, 0.3]), 0.7


def normals(*shape, key):
    """Keyed standard normal numbers."""
    return np.column_stack(
        [normal_column(keyed_uniforms(SEED, shape[0], 1, key, column)) for column in range(shape[1])]
    )


def test_four_steps_give_the_exact_normal_posterior():
    """Two scores, three linear figures; mean and covariance within six standard errors of a large ensemble."""
    score = normals(MEMBERS, 2, key=1)
    for step in range(STEPS):
        score = smooth(score, score @ SLOPES.T, FIGURE, ERROR, normals(MEMBERS, 3, key=10 + step))
    covariance = np.linalg.inv(np.eye(2) + SLOPES.T @ SLOPES / ERROR**2)
    mean = covariance @ SLOPES.T @ FIGURE / ERROR**2
    error = 6.0 / math.sqrt(MEMBERS)
    assert np.abs(score.mean(axis=0) - mean).max() < error
    assert np.abs(np.cov(score.T) - covariance).max() < 2.0 * error


def test_a_score_that_no_figure_bears_on_stays_as_it_was():
    score = normals(MEMBERS, 2, key=2)
    moved = smooth(score, score[:, :1], np.array([1.0]), ERROR, normals(MEMBERS, 1, key=20))
    assert np.abs(moved[:, 1] - score[:, 1]).max() < 0.1
    assert moved[:, 0].mean() > 0.2


# --- Snapshots of the scenario ---


@pytest.mark.parametrize("day", [2, 3, 4, 7])
def test_snapshots_are_known_and_have_a_figure(day):
    rows = known_snapshots(shipped_scenario(), midnight(day))
    assert all(row.known_from <= midnight(day) and row.role != "record" for row in rows)
    assert all(row.series == "registered" or row.series.startswith("shelter.") for row in rows)


def test_later_origins_know_more():
    counts = [len(known_snapshots(shipped_scenario(), midnight(day))) for day in range(1, 8)]
    assert all(early <= late for early, late in pairwise(counts))
    assert counts[0] < counts[-1]


def made_up_arrivals(members, hours):
    return np.full((members, hours), 400, np.int64) * (np.arange(hours) > 15)


def test_nothing_known_leaves_the_prior():
    scenario = shipped_scenario().model_copy(update={"observations": ()})
    found = fit_reception(scenario, shipped_inputs(), made_up_arrivals(500, 24), midnight(1), SEED)
    assert set(found) == {*RATES, *shipped_inputs().latents}
    share = found["reception.shelter_share"]
    quantity = scenario.parameters["reception.shelter_share"]
    assert abs(share.mean() - quantity.mean) < 5.0 * quantity.sd / math.sqrt(500)


def test_a_fit_is_the_same_each_time_and_knows_nothing_of_the_future():
    origin, arrivals = midnight(4), made_up_arrivals(40, 96)
    kept = tuple(row for row in shipped_scenario().observations if row.known_from <= origin)
    ignorant = shipped_scenario().model_copy(update={"observations": kept})
    first, again, blind = (
        fit_reception(scenario, shipped_inputs(), arrivals, origin, SEED)
        for scenario in (shipped_scenario(), shipped_scenario(), ignorant)
    )
    for name, column in first.items():
        assert np.array_equal(column, again[name])
        assert np.array_equal(column, blind[name])
        assert np.isfinite(column).all()
