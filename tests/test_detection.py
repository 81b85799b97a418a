"""Detection: Koopman's random search and emission control on the kernel that a campaign runs, and ageing tracks."""

from __future__ import annotations

import math
import os
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from closed_forms import broken, mean_meets, share_meets
from staffride.model import detection
from staffride.model.detection import (
    NEVER,
    detection_probability,
    effective_sweep_width,
    emission_rate_per_h,
    night_factor,
    search_hour,
    search_rate_per_h,
    start_search,
    still_there,
    weather_factor,
)
from staffride.model.weather import CLEAR, FOG, LOW_CLOUD

SEED = 1
UNITS = 500
FALSE_ALARM = 1e-6
WIDTH_KM, SPEED_KMH, AREA_KM2 = 2.0, 100.0, 4_400.0
FACTORS = st.floats(0.0, 1.0)


@njit
def search_in_replications(start, search, rate, hours, first, seen, counted):
    """Search for UNITS units in each replication; fill first contact, last contact and hours with a contact.

    The first contact is where the hazard passes the threshold that stood before the hour.
    """
    rates, known = np.full(UNITS, rate), np.zeros(UNITS)
    hazard, threshold = np.empty(UNITS), np.empty(UNITS)
    for replication in range(first.shape[0]):
        contacts, seen_at = counted[replication], seen[replication]
        start(SEED, replication, known, hazard, threshold, contacts, seen_at)
        first[replication] = np.inf
        for hour in range(hours):
            missing = threshold - hazard
            search(SEED, replication, hour, rates, hazard, threshold, contacts, seen_at)
            for unit in range(UNITS):
                if contacts[unit] > 0 and first[replication, unit] == np.inf:
                    first[replication, unit] = hour + missing[unit] / rate


def searched(rules, rate, hours, replications):
    """Return first contact, last contact and hours with a contact, shape (replications, UNITS)."""
    shape = (replications, UNITS)
    first, seen, counted = np.empty(shape), np.empty(shape), np.empty(shape, np.int32)
    search_in_replications(rules.start_search, rules.search_hour, rate, hours, first, seen, counted)
    return SimpleNamespace(first=first, seen=seen, counted=counted)


# --- Koopman: constant rate, nothing emits, clear weather, every unit stays; n = 500,000 units ---


def koopman_one_searcher(rules):
    rate = rules.search_rate_per_h(WIDTH_KM, SPEED_KMH, AREA_KM2)
    share_meets(searched(rules, rate, 5, 1_000).counted > 0, 0.203297)
    share_meets(searched(rules, rate, 10, 1_000).counted > 0, 0.365264)


def koopman_two_searchers(rules):
    one = rules.search_rate_per_h(WIDTH_KM, SPEED_KMH, AREA_KM2)
    share_meets(searched(rules, one + one, 10, 1_000).counted > 0, 0.597110)


def koopman_mean_time(rules):
    """Mean time to the first contact; n = 150,000 units, each searched for until it is found."""
    trial = searched(rules, rules.search_rate_per_h(WIDTH_KM, SPEED_KMH, AREA_KM2), 700, 300)
    assert (trial.counted > 0).all()
    mean_meets(trial.first, 22.0, 22.0)


# --- Emission control: only emission is found, k = 0.2 an hour, 24 hours ---


def silence_at_duty_three_tenths(rules):
    """n = 500,000 units."""
    rate = rules.emission_rate_per_h(0.2, 0.3)
    share_meets(searched(rules, rate, 24, 1_000).counted == 0, 0.236928)


def silence_at_full_duty(rules):
    """n = 14,000,000 units, because so few survive."""
    share_meets(searched(rules, rules.emission_rate_per_h(0.2, 1.0), 24, 28_000).counted == 0, 0.00822975)


# --- The last contact, by which a track ages: n = 500,000 units ---


def last_contact_is_as_old_as_chance_makes_it(rules):
    """Contacts at 0.4 an hour for 24 hours: the last is less than ``a`` old with ``1 - exp(-0.4 a)``."""
    age = 24.0 - searched(rules, 0.4, 24, 1_000).seen
    for hours in (1.0, 2.5, 5.0):
        share_meets(age < hours, -math.expm1(-0.4 * hours))


def hours_with_a_contact_are_binomial(rules):
    counted = searched(rules, 0.4, 24, 1_000).counted
    chance = -math.expm1(-0.4)
    mean_meets(counted, 24.0 * chance, math.sqrt(24.0 * chance * (1.0 - chance)))
    share_meets(counted <= 8, stats.binom.cdf(8, 24, chance))


CLOSED_FORMS = [
    koopman_one_searcher,
    koopman_two_searchers,
    koopman_mean_time,
    silence_at_duty_three_tenths,
    silence_at_full_duty,
    last_contact_is_as_old_as_chance_makes_it,
    hours_with_a_contact_are_binomial,
]
SEARCH_RATE = (
    "return sweep_width_km * speed_kmh / area_km2 if",
    "return sweep_width_km * speed_kmh / 4000.0 if",
)
NO_MEMORY = ("hazard[unit] += gained", "hazard[unit] = gained")
FLAT_THRESHOLD = ("threshold[unit] = exponential_ppf(first)", "threshold[unit] = 2.0 * first")
NO_DUTY = (
    "return rate_per_h * min(1.0, max(0.0, duty))",
    "return rate_per_h * min(1.0, max(0.2, 0.9 * duty))",
)
FIRST_FOR_LAST = ("seen_at[unit] = end - before_end / gained", "seen_at[unit] = end - surplus / gained")
SAME_LUCK = ("threshold[unit] = exponential_ppf(following)", "threshold[unit] = exponential_ppf(0.5)")
BREAKS = [
    (koopman_one_searcher, SEARCH_RATE),
    (koopman_one_searcher, FLAT_THRESHOLD),
    (koopman_two_searchers, NO_MEMORY),
    (koopman_mean_time, SEARCH_RATE),
    (koopman_mean_time, NO_MEMORY),
    (silence_at_duty_three_tenths, FLAT_THRESHOLD),
    (silence_at_duty_three_tenths, ("min(1.0, max(0.0, duty))", "1.0")),
    (silence_at_full_duty, NO_DUTY),
    (last_contact_is_as_old_as_chance_makes_it, FIRST_FOR_LAST),
    (hours_with_a_contact_are_binomial, SAME_LUCK),
]


@pytest.mark.parametrize("closed_form", CLOSED_FORMS, ids=lambda check: check.__name__)
def test_closed_form(closed_form):
    closed_form(detection)


@pytest.mark.parametrize(("closed_form", "change"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_closed_form_fails_when_its_rule_is_broken(closed_form, change):
    with pytest.raises(AssertionError):
        closed_form(broken(detection, *change))


# --- Single rules ---


def test_search_rate_at_the_worked_value():
    assert search_rate_per_h(WIDTH_KM, SPEED_KMH, AREA_KM2) == pytest.approx(1.0 / 22.0)
    assert search_rate_per_h(WIDTH_KM, SPEED_KMH, 0.0) == 0.0
    assert detection_probability(1.0 / 22.0, 5.0) == pytest.approx(0.203297, abs=5e-7)
    assert detection_probability(1.0, 1.0) == pytest.approx(0.632121, abs=5e-7), "coverage of one"


@given(FACTORS, FACTORS, FACTORS, FACTORS)
def test_no_factor_widens_the_sweep(signature, posture, weather, night):
    width = effective_sweep_width(WIDTH_KM, signature, posture, weather, night)
    assert 0.0 <= width <= WIDTH_KM
    assert effective_sweep_width(WIDTH_KM, 1.0, 1.0, 1.0, 1.0) == WIDTH_KM


def test_factors_of_sky_and_night():
    assert [weather_factor(sky, 0.4, 0.1) for sky in (CLEAR, LOW_CLOUD, FOG)] == [1.0, 0.4, 0.1]
    assert night_factor(True, 0.3) == 0.3
    assert night_factor(False, 0.3) == 1.0


def test_duty_is_a_share():
    assert emission_rate_per_h(0.2, 0.0) == 0.0
    assert emission_rate_per_h(0.2, -1.0) == 0.0
    assert emission_rate_per_h(0.2, 7.0) == 0.2


def test_tracks_age():
    assert still_there(0.0, 5.0) == 1.0
    assert still_there(5.0, 5.0) == pytest.approx(math.exp(-1.0))
    assert still_there(5.0, math.inf) == 1.0
    assert still_there(math.inf, 5.0) == 0.0, "never seen"
    assert still_there(0.0, 0.0) == 1.0
    assert still_there(1.0, 0.0) == 0.0


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.floats(0.0, 1e3))
def test_an_older_track_is_never_surer(age, more, dwell):
    assert 0.0 <= still_there(age + more, dwell) <= still_there(age, dwell) <= 1.0


# --- The kernel's state ---


def state_of(replication=0, units=200, reconnoitred=0.0):
    state = [np.empty(units), np.empty(units), np.empty(units, np.int32), np.empty(units)]
    start_search(SEED, replication, np.full(units, reconnoitred), *state)
    return state


def test_what_is_reconnoitred_is_seen_at_the_start():
    *_, contacts, seen_at = state_of(units=100_000, reconnoitred=0.3)
    assert set(seen_at) == {0.0, NEVER}
    assert not contacts.any()
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], seen_at.size, 0.3)
    assert low <= (seen_at == 0.0).sum() <= high
    assert (state_of(reconnoitred=1.0)[3] == 0.0).all()
    assert (state_of(reconnoitred=0.0)[3] == NEVER).all()


def test_who_is_not_looked_for_is_not_found_and_keeps_its_luck():
    state = state_of()
    before = [array.copy() for array in state]
    search_hour(SEED, 0, 3, np.zeros(200), *state)
    assert all(np.array_equal(*pair) for pair in zip(before, state, strict=True))


def test_a_contact_lies_within_its_hour():
    state = state_of()
    for hour in range(50):
        counted = state[2].copy()
        search_hour(SEED, 0, hour, np.linspace(0.01, 8.0, 200), *state)
        fresh = state[2] > counted
        assert (state[3][fresh] >= hour).all()
        assert (state[3][fresh] <= hour + 1).all()
        assert (state[0] < state[1]).all()


def test_units_have_luck_of_their_own():
    rates = np.full(200, 0.2)
    for reverse in (False, True):
        alone, together = state_of(), state_of()
        for hour in range(24):
            search_hour(SEED, 0, hour, rates, *together)
            some = np.where(np.arange(200) % 2 == reverse, rates, 0.0)
            search_hour(SEED, 0, hour, some, *alone)
        kept = np.arange(200) % 2 == reverse
        assert np.array_equal(alone[3][kept], together[3][kept])


@given(st.integers(0, 10_000), st.floats(0.01, 2.0), st.floats(1.0, 3.0))
def test_a_higher_rate_never_finds_later(replication, rate, factor):
    """The same luck: the first contact only moves forward in time."""
    slow, fast = state_of(replication, 20), state_of(replication, 20)
    for hour in range(24):
        search_hour(SEED, replication, hour, np.full(20, rate), *slow)
        search_hour(SEED, replication, hour, np.full(20, rate * factor), *fast)
        assert (fast[2][slow[2] > 0] > 0).all()


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"), reason="compilation is off")
def test_compiled_and_uncompiled_search_agree():
    plain, quick = state_of(units=30), state_of(units=30)
    for hour in range(24):
        search_hour(SEED, 0, hour, np.full(30, 0.3), *quick)
        search_hour.py_func(SEED, 0, hour, np.full(30, 0.3), *plain)
    assert all(np.array_equal(*pair) for pair in zip(plain, quick, strict=True))
