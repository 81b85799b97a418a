"""Returns: constant hazards, the one anchor of the record, and what a guarantee adds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from staffride.engine.random import RETURNS, uniforms
from staffride.model.returns import persons_returned, return_rate_per_day, share_returned

INDEX = some.floats(0.0, 1.0)
EFFECT = some.floats(0.0, 3.0)


def test_the_anchor_is_the_winter_of_2020() -> None:
    """51,408 of 90,000 people within 106 days are a hazard of 0.008 a day."""
    assert -math.log(1.0 - 51_408 / 90_000) / 106 == pytest.approx(0.008, rel=2e-3)
    assert 90_000 * share_returned(0.008, 106.0) == pytest.approx(51_408, rel=2e-3)


def test_a_constant_hazard_returns_one_minus_the_exponential() -> None:
    assert share_returned(0.01, 0.0) == 0.0
    assert share_returned(0.0, 365.0) == 0.0
    assert share_returned(0.01, 100.0) == pytest.approx(1.0 - math.exp(-1.0))
    left = 1.0 - share_returned(0.01, 30.0)
    assert left**2 == pytest.approx(1.0 - share_returned(0.01, 60.0)), "no memory"


def test_full_conditions_give_the_rate_and_each_lack_its_factor() -> None:
    full = (1.0, 2.0) * 4
    assert return_rate_per_day(0.008, *full) == 0.008
    for at in range(4):
        lacking = list(full)
        lacking[2 * at] = 0.0
        assert return_rate_per_day(0.008, *lacking) == pytest.approx(0.008 * math.exp(-2.0))
    assert return_rate_per_day(0.008, *(0.0, 0.0) * 4) == 0.008, "effects of zero change nothing"


@settings(max_examples=100, deadline=None)
@given(some.tuples(INDEX, EFFECT, INDEX, EFFECT, INDEX, EFFECT, INDEX, EFFECT), some.integers(0, 3), INDEX)
def test_no_condition_that_improves_brings_fewer_back(
    numbers: tuple[float, ...], at: int, more: float
) -> None:
    better = list(numbers)
    better[2 * at] = max(better[2 * at], more)
    before, after = return_rate_per_day(0.01, *numbers), return_rate_per_day(0.01, *better)
    assert after >= before
    counts = [persons_returned(5000, share_returned(rate, 365.0), 0.37) for rate in (before, after)]
    assert counts[1] >= counts[0]


def test_people_return_one_by_one_and_never_more_than_left() -> None:
    draws = np.array([uniforms(1, one, RETURNS, 0, 0, 0)[0] for one in range(2000)])
    back = np.array([persons_returned(400, 0.25, u) for u in draws])
    assert back.mean() == pytest.approx(100.0, abs=4 * math.sqrt(75.0 / 2000))
    assert persons_returned(0, 0.5, 0.9) == 0
    assert persons_returned(7, 1.0, 0.1) == 7
    assert persons_returned(7, 0.0, 0.9) == 0
