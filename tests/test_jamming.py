"""Jamming: root laws of radar range, noise that adds in power, links, satellite navigation, false targets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from closed_forms import broken, mean_meets, share_meets
from staffride.engine.random import JAMMING, normal_ppf, uniforms
from staffride.model import jamming
from staffride.model.jamming import (
    LINK_ABORTS,
    LINK_CRASHES,
    LINK_HOLDS,
    combined_link_loss,
    combined_noise_rise_db,
    combined_position_error_m,
    hit_factor_under_position_error,
    hit_under_position_error,
    link_is_lost,
    link_outcome,
    noise_at,
    self_screening_factor,
    stand_off_factor,
)

SEED = 1
DRAWS = 400_000
SHARES = st.floats(0.0, 1.0)
DECIBELS = st.floats(0.0, 60.0)
KILOMETRES = st.floats(0.0, 300.0)
METRES = st.floats(0.1, 1e4)
OPEN_UNIT = st.floats(1e-12, 1.0 - 1e-12)


def groups(*columns):
    return [np.array(column, float) for column in columns]


# --- Radars: closed forms ---


def burn_through_factors(rules):
    """One jammer, no terrain: the fourth root at stand-off, the square root for the target's own jammer."""
    assert rules.stand_off_factor(10.0) == pytest.approx(0.562341, abs=5e-7)
    assert rules.stand_off_factor(40.0) == pytest.approx(0.1)
    assert rules.self_screening_factor(10.0) == pytest.approx(0.316228, abs=5e-7)
    assert rules.self_screening_factor(40.0) == pytest.approx(0.01)
    assert rules.self_screening_factor(10.0) == pytest.approx(rules.stand_off_factor(10.0) ** 2)


def powers_add(rules):
    """Two equal jammers of 10 dB on the spot: 1 + 9 + 9 times the noise, 12.788 dB, not 20."""
    far = 1e-6
    assert rules.combined_noise_rise_db(*groups([1.0], [far], [50.0], [10.0])) == pytest.approx(10.0)
    both = 12.787536
    assert rules.combined_noise_rise_db(*groups([2.0], [far], [50.0], [10.0])) == pytest.approx(both)
    apart = groups([1.0, 1.0], [far, far], [50.0, 20.0], [10.0, 10.0])
    assert rules.combined_noise_rise_db(*apart) == pytest.approx(both)


def noise_falls_with_the_square_of_distance(rules):
    """A jammer with a range of 50 km that raises noise by at most 20 dB."""
    assert [rules.noise_at(20.0, km, 50.0) for km in (50.0, 25.0, 10.0)] == pytest.approx([1.0, 4.0, 25.0])
    assert rules.noise_at(20.0, 1.0, 50.0) == pytest.approx(99.0), "no more than the largest rise"
    assert rules.noise_at(20.0, 50.1, 50.0) == 0.0


# --- Satellite navigation: circular normal scatter about a round target, n = 400,000 munitions ---


@njit
def strikes(radius_m, scatter_m, error_scatter_m):
    """Return the share of munitions that fall within the radius, with two independent scatters."""
    hits = np.empty(DRAWS, np.bool_)
    for munition in range(DRAWS):
        own_x, own_y = uniforms(SEED, 0, JAMMING, 0, munition, 0)
        added_x, added_y = uniforms(SEED, 0, JAMMING, 0, munition, 1)
        x = scatter_m * normal_ppf(own_x) + error_scatter_m * normal_ppf(added_x)
        y = scatter_m * normal_ppf(own_y) + error_scatter_m * normal_ppf(added_y)
        hits[munition] = x * x + y * y <= radius_m * radius_m
    return hits


def hits_under_position_error(rules):
    """Accuracy 10 m, error 15 m, all of it felt, target of 12 m: simulated impacts against the rule."""
    to_scatter = 1.0 / math.sqrt(2.0 * math.log(2.0))
    undisturbed = 1.0 - math.exp(-(12.0**2) / (2.0 * (10.0 * to_scatter) ** 2))
    share_meets(strikes(12.0, 10.0 * to_scatter, 0.0), undisturbed)
    disturbed = rules.hit_under_position_error(undisturbed, 10.0, 15.0, 1.0)
    share_meets(strikes(12.0, 10.0 * to_scatter, 15.0 * to_scatter), disturbed)


# --- False targets, n = 400,000 raids ---


@njit
def screens(rule, mean):
    seen = np.empty(DRAWS)
    for raid in range(DRAWS):
        draw, _ = uniforms(SEED, 0, JAMMING, 1, raid, 0)
        seen[raid] = rule(draw, mean)
    return seen


def false_targets_are_poisson(rules):
    seen = screens(rules.false_targets, 3.0)
    mean_meets(seen, 3.0, math.sqrt(3.0))
    share_meets(seen <= 3, 0.647232)


CLOSED_FORMS = [
    burn_through_factors,
    powers_add,
    noise_falls_with_the_square_of_distance,
    hits_under_position_error,
    false_targets_are_poisson,
]
BREAKS = [
    (burn_through_factors, ("noise_rise_db) / 40.0", "noise_rise_db) / 30.0")),
    (burn_through_factors, ("noise_rise_db) / 20.0", "noise_rise_db) / 40.0")),
    (powers_add, ("noise += jammers[group] * noise_at(", "noise += noise_at(")),
    (powers_add, ("10.0 * math.log10(1.0 + noise)", "10.0 * math.log10(max(1.0, noise))")),
    (noise_falls_with_the_square_of_distance, ("/ distance_km) ** 2", "/ distance_km) ** 4")),
    (noise_falls_with_the_square_of_distance, ("min(most, (", "max(most, (")),
    (hits_under_position_error, ("own / (own + added)", "math.sqrt(own / (own + added))")),
    (false_targets_are_poisson, ("return poisson(mean, u)", "return round(2.0 * mean * u)")),
]


@pytest.mark.parametrize("closed_form", CLOSED_FORMS, ids=lambda check: check.__name__)
def test_closed_form(closed_form):
    closed_form(jamming)


@pytest.mark.parametrize(("closed_form", "change"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_closed_form_fails_when_its_rule_is_broken(closed_form, change):
    with pytest.raises(AssertionError):
        closed_form(broken(jamming, *change))


# --- Radars: laws ---


@given(DECIBELS)
def test_the_echo_at_the_reduced_range_stands_to_the_noise_as_before(rise):
    """Signal to noise, with echo as R^-4 and the jammer's noise constant or, on the target itself, as R^-2."""
    noise = 10.0 ** (rise / 10.0)
    assert stand_off_factor(rise) ** -4 / noise == pytest.approx(1.0)
    at = self_screening_factor(rise)
    assert at**-4 / (noise * at**-2) == pytest.approx(1.0)


@given(st.floats(-20.0, 80.0), st.floats(0.0, 20.0))
def test_jamming_never_raises_a_radars_range(rise, more):
    for factor in (stand_off_factor, self_screening_factor):
        assert 0.0 < factor(rise + more) <= factor(rise) <= 1.0


JAMMERS = st.lists(st.tuples(st.floats(0.0, 9.0), KILOMETRES, KILOMETRES, st.floats(-3.0, 60.0)), max_size=5)


@given(JAMMERS, st.tuples(st.floats(0.0, 9.0), KILOMETRES, KILOMETRES, st.floats(-3.0, 60.0)))
def test_one_more_jammer_never_raises_a_radars_range(jammers, another):
    few = np.array(jammers, float).reshape(-1, 4).T.copy()
    many = np.array([*jammers, another], float).T.copy()
    rises = [combined_noise_rise_db(*columns) for columns in (few, many)]
    assert 0.0 <= rises[0] <= rises[1] + 1e-9
    assert stand_off_factor(rises[1]) <= stand_off_factor(rises[0]) + 1e-12
    assert stand_off_factor(rises[0]) <= 1.0


@given(DECIBELS, KILOMETRES, KILOMETRES, KILOMETRES)
def test_a_nearer_jammer_is_never_weaker(rise, distance, further, reach):
    assert noise_at(rise, distance + further, reach) <= noise_at(rise, distance, reach)


def test_no_jammer_no_noise():
    empty = groups([], [], [], [])
    assert combined_noise_rise_db(*empty) == 0.0
    assert combined_link_loss(*empty) == 0.0
    assert combined_position_error_m(*empty) == 0.0
    switched_off = groups([0.0], [1.0], [50.0], [30.0])
    assert combined_noise_rise_db(*switched_off) == 0.0
    assert stand_off_factor(0.0) == self_screening_factor(0.0) == 1.0


# --- Links ---


def test_links_must_survive_every_jammer_within_range():
    loss = combined_link_loss(*groups([2.0, 1.0, 1.0], [10.0, 10.0, 60.0], [50.0] * 3, [0.5, 0.2, 0.9]))
    assert loss == pytest.approx(1.0 - 0.25 * 0.8)
    assert combined_link_loss(*groups([1.0], [50.0], [50.0], [1.5])) == 1.0


@given(OPEN_UNIT, SHARES, SHARES, SHARES)
def test_what_becomes_of_a_mission(u, loss, dependence, crash_share):
    outcome = link_outcome(u, loss, dependence, crash_share)
    assert (outcome != LINK_HOLDS) == link_is_lost(u, loss, dependence) == (u < loss * dependence)
    assert (outcome == LINK_CRASHES) == (u < loss * dependence * crash_share)
    assert link_outcome(u, loss, 0.0, crash_share) == LINK_HOLDS, "autonomous"
    assert link_outcome(u, loss, dependence, 0.0) in (LINK_HOLDS, LINK_ABORTS)


@given(OPEN_UNIT, SHARES, SHARES, SHARES)
def test_more_jamming_never_saves_a_mission(u, loss, more, dependence):
    worse = max(loss, more)
    assert link_outcome(u, worse, dependence, 0.5) >= link_outcome(u, loss, dependence, 0.5)


# --- Satellite navigation ---


def test_errors_add_in_squares():
    error = combined_position_error_m(
        *groups([1.0, 1.0, 1.0], [5.0, 5.0, 40.0], [30.0] * 3, [30.0, 40.0, 99.0])
    )
    assert error == pytest.approx(50.0)
    assert combined_position_error_m(*groups([4.0], [5.0], [30.0], [30.0])) == pytest.approx(60.0)


def test_factor_at_worked_values():
    assert hit_factor_under_position_error(10.0, 10.0, 1.0) == pytest.approx(0.5)
    assert hit_factor_under_position_error(10.0, 60.0, 0.5) == pytest.approx(0.1)
    assert hit_factor_under_position_error(10.0, 500.0, 0.0) == 1.0
    assert hit_factor_under_position_error(0.0, 0.0, 1.0) == 1.0
    assert hit_factor_under_position_error(0.0, 5.0, 1.0) == 0.0


@given(SHARES, METRES, METRES, METRES, SHARES)
def test_an_error_of_position_never_helps(hit, accuracy, error, more, dependence):
    undisturbed = hit_under_position_error(hit, accuracy, 0.0, dependence)
    disturbed = hit_under_position_error(hit, accuracy, error, dependence)
    worse = hit_under_position_error(hit, accuracy, error + more, dependence)
    assert undisturbed == pytest.approx(hit)
    assert 0.0 <= worse <= disturbed + 1e-12 <= undisturbed + 2e-12
    factor = hit_factor_under_position_error(accuracy, error, dependence)
    assert hit * factor <= disturbed + 1e-12, "the factor alone is a lower bound"


def test_the_factor_is_exact_for_small_targets():
    exact = hit_under_position_error(1e-6, 10.0, 20.0, 1.0)
    assert exact == pytest.approx(1e-6 * hit_factor_under_position_error(10.0, 20.0, 1.0), rel=1e-5)
