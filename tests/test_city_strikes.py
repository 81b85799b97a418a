"""Strikes on towns: deaths as a negative binomial, warning and shelter, and one rule for the towns of both sides."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from closed_forms import broken, mean_meets, meets, share_meets
from staffride.engine.random import CITY_STRIKES, uniforms
from staffride.model import city_strikes
from staffride.model.city_strikes import (
    chance_of_town,
    deaths_of_strike,
    expected_deaths,
    exposed_share,
)

SEED = 1
DRAWS = 600_000
SHARES = st.floats(0.0, 1.0)
MEANS = st.floats(0.0, 200.0)
SHAPES = st.floats(0.0, 10.0)
OPEN_UNIT = st.floats(1e-12, 1.0 - 1e-12)


@njit
def strikes(rule, mean, shape, people):
    deaths = np.empty(DRAWS)
    for strike in range(DRAWS):
        draw, _ = uniforms(SEED, 0, CITY_STRIKES, 0, strike, 0)
        deaths[strike] = rule(mean, shape, people, draw)
    return deaths


# --- Closed forms, n = 600,000 strikes ---


def deaths_are_negative_binomial(rules):
    """Mean 4, shape 0.5: variance 4 + 32, and nobody is killed in a third (1 / sqrt(9)) of all strikes."""
    deaths = strikes(rules.deaths_of_strike, 4.0, 0.5, 10_000)
    mean_meets(deaths, 4.0, 6.0)
    share_meets(deaths == 0, 1.0 / 3.0)
    fourth = stats.nbinom.stats(0.5, 0.5 / 4.5, moments="k").item() * 36.0**2 + 3.0 * 36.0**2
    assert abs(deaths.var() - 36.0) <= 4.0 * math.sqrt((fourth - 36.0**2) / DRAWS)


def deaths_without_shape_are_poisson(rules):
    deaths = strikes(rules.deaths_of_strike, 3.0, 0.0, 10_000)
    mean_meets(deaths, 3.0, math.sqrt(3.0))
    share_meets(deaths <= 3, 0.647232)
    meets(deaths.var(), 3.0, math.sqrt((3.0 + 2.0 * 9.0) / DRAWS))


def worked_values(rules):
    assert rules.exposed_share(0.5, 0.6) == pytest.approx(0.7)
    assert rules.expected_deaths(4.0, 0.5, 0.25, 0.7) == pytest.approx(0.35)
    assert rules.chance_of_town(2.0, 250, 1_000) == 0.5
    assert rules.chance_of_town(2.0, 0, 0) == 0.0


CLOSED_FORMS = [deaths_are_negative_binomial, deaths_without_shape_are_poisson, worked_values]
BREAKS = [
    (deaths_are_negative_binomial, ("factor = mean / (mean + shape)", "factor = mean / (1.0 + shape)")),
    (deaths_are_negative_binomial, ("** -shape if clustered", "** -1.0 if clustered")),
    (deaths_without_shape_are_poisson, ("else 1.0) / (deaths + 1)", "else 1.0) / (deaths + 2)")),
    (worked_values, ("return 1.0 - warned_share * shelter", "return 1.0 - warned_share")),
    (worked_values, ("deaths_per_munition * present_share * exposure", "deaths_per_munition * exposure")),
    (worked_values, ("rate_per_h * people / people_of_side", "rate_per_h")),
]


@pytest.mark.parametrize("law", CLOSED_FORMS, ids=lambda law: law.__name__)
def test_closed_form(law) -> None:
    law(city_strikes)


@pytest.mark.parametrize(("law", "change"), BREAKS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_broken_rule_misses_its_closed_form(law, change) -> None:
    with pytest.raises(AssertionError):
        law(broken(city_strikes, *change))


@pytest.mark.parametrize(("mean", "shape"), [(0.05, 0.2), (2.0, 1.0), (30.0, 0.5), (80.0, 10.0)])
def test_deaths_are_the_quantiles_of_the_distribution(mean, shape) -> None:
    law = stats.nbinom(shape, shape / (mean + shape))
    for uniform in (0.001, 0.1, 0.5, 0.9, 0.999):
        assert deaths_of_strike(mean, shape, 10**6, uniform) == law.ppf(uniform)


# --- Laws ---


@given(MEANS, SHAPES, st.integers(0, 50), OPEN_UNIT)
def test_deaths_never_exceed_the_people_there(mean, shape, people, uniform) -> None:
    assert 0 <= deaths_of_strike(mean, shape, people, uniform) <= people


@given(MEANS, MEANS, SHAPES, st.integers(0, 500), OPEN_UNIT, OPEN_UNIT)
def test_deaths_grow_with_their_mean_and_with_luck(mean, other, shape, people, uniform, luck) -> None:
    low, high = sorted((mean, other))
    bad, worse = sorted((uniform, luck))
    assert deaths_of_strike(low, shape, people, bad) <= deaths_of_strike(high, shape, people, bad)
    assert deaths_of_strike(low, shape, people, bad) <= deaths_of_strike(low, shape, people, worse)


@given(SHARES, SHARES, SHARES, SHAPES, st.floats(0.0, 100.0), SHARES, OPEN_UNIT)
def test_warning_and_shelter_never_raise_deaths(
    warned, more, shelter, shape, munitions, present, uniform
) -> None:
    low, high = sorted((warned, more))
    few = expected_deaths(munitions, 0.5, present, exposed_share(high, shelter))
    many = expected_deaths(munitions, 0.5, present, exposed_share(low, shelter))
    assert 0.0 <= few <= many
    assert deaths_of_strike(few, shape, 1_000, uniform) <= deaths_of_strike(many, shape, 1_000, uniform)
    assert exposed_share(warned, 0.0) == exposed_share(0.0, shelter) == 1.0


def test_no_munition_and_no_people_means_no_deaths() -> None:
    assert expected_deaths(0.0, 2.0, 1.0, 1.0) == 0.0
    assert expected_deaths(3.0, 2.0, 0.0, 1.0) == 0.0
    assert deaths_of_strike(0.0, 0.5, 100, 0.999) == 0
    assert deaths_of_strike(50.0, 0.5, 0, 0.999) == 0


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=20), st.floats(0.0, 50.0))
def test_all_that_is_fired_falls_on_some_town(people, rate) -> None:
    total = sum(people)
    fallen = sum(chance_of_town(rate, one, total) for one in people)
    assert fallen == pytest.approx(rate if total else 0.0)
