"""The constant hazard on the scoreboard, and people who strayed from the smooth law of departure."""

from datetime import timedelta

import numpy as np
import pytest

from staffride.lab.calibrate import straying
from staffride.lab.constant_hazard import NAME, SWITCHED_OFF, load_rival, with_constant_hazard
from staffride.lab.moves import Sample
from staffride.model.departure import share_decided, word_exposure
from staffride.model.displacement import PARAMETERS
from staffride.scenario import load


@pytest.fixture(scope="module")
def scenario():
    return load("karabakh-2023", PARAMETERS)


def test_the_variant_fixes_what_makes_the_hazard_vary_and_nothing_else(scenario):
    variant = with_constant_hazard(scenario)
    changed = {name for name in scenario.parameters if variant.parameters[name] != scenario.parameters[name]}
    assert changed == set(SWITCHED_OFF)
    assert all(variant.parameters[name].value == value for name, value in SWITCHED_OFF.items())


def test_without_neighbours_and_word_the_hazard_is_constant():
    hours = np.array([1.0, 10.0, 100.0])
    decided = [share_decided(word_exposure(hour, 1e-9), 0.02, 0.0) for hour in hours]
    np.testing.assert_allclose(decided, 1.0 - np.exp(-0.02 * hours), rtol=1e-9)


def test_the_kept_rival_counts_people_who_never_come_back(scenario):
    arrivals = load_rival(scenario, scenario.cutoff)[NAME]["arrivals"]
    assert arrivals.shape[1] == scenario.period.hours
    assert (np.diff(arrivals, axis=1) >= 0.0).all()
    assert (arrivals >= 0.0).all()


def test_the_rival_serves_its_own_origin_and_its_own_scenario_only(scenario):
    assert load_rival(scenario, scenario.cutoff + timedelta(hours=24)) == {}
    other = scenario.model_copy(update={"cutoff": scenario.cutoff - timedelta(hours=1)})
    assert load_rival(other, other.cutoff) == {}


def sample_with(reached, crossed, offset):
    count, hours = len(offset), 2
    history = np.zeros((4, hours, count), np.float32)
    history[2] = reached
    history[3] = crossed
    zeros = [np.zeros(count) for _ in range(2)]
    return Sample(
        np.zeros((count, 1)),
        np.zeros((count, 1)),
        np.zeros((count, 1)),
        *zeros,
        np.asarray(offset, float),
        np.zeros(count),
        history,
    )


def test_only_people_without_a_queue_stray_from_the_law():
    """Of two draws that count 500 of 10,000 too few, the one without a queue carries them on as 5 %."""
    crossed = np.array([[9_900.0, 9_900.0], [10_000.0, 10_000.0]])
    reached = crossed + np.array([0.0, 5_000.0])
    factor = straying(sample_with(reached, crossed, [500.0, 500.0]))
    np.testing.assert_allclose(factor, [1.05, 1.0], rtol=1e-6)


def test_straying_is_bounded():
    crossed = np.full((2, 2), 100.0)
    factor = straying(sample_with(crossed, crossed, [1e6, -1e6]))
    np.testing.assert_allclose(factor, [2.0, 0.5])
