"""What reports cannot tell apart: found in made-up samples whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from conditioning_cases import SEED
from staffride.lab.equifinality import equifinality
from staffride.lab.keyed import keyed_uniforms
from staffride.lab.normal import normal_column

SIZE = 40_000
NAMES = ("alone", "narrow", "partner", "opposite", "fixed")


@pytest.fixture(scope="module")
def found():
    """One score as in the prior, one narrowed to a fifth, two tied to the first two, one that never moves."""
    a, b, c, d = (normal_column(keyed_uniforms(SEED, SIZE, 1, 5, entity)) for entity in range(4))
    partner, opposite = 0.8 * a + 0.6 * c, -0.5 * a + np.sqrt(0.75) * d
    return equifinality(NAMES, np.column_stack((a, 0.2 * b, partner, opposite, np.zeros(SIZE))))


def test_widths_are_ratios_to_the_prior(found):
    assert found.width_left == pytest.approx(
        {"alone": 1.0, "narrow": 0.2, "partner": 1.0, "opposite": 1.0, "fixed": 0.0}, abs=0.011
    )
    assert found.uninformed == ["alone", "partner", "opposite"]


def test_pairs_are_those_that_are_correlated_strongest_first(found):
    assert [pair[:2] for pair in found.together] == [
        ("alone", "partner"),
        ("alone", "opposite"),
        ("partner", "opposite"),
    ]
    assert [pair[2] for pair in found.together] == pytest.approx([0.8, -0.5, -0.4], abs=0.02)
