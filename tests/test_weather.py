"""Weather: shares and spells of a Markov chain, what is given, and that worse weather never lets more fly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from closed_forms import broken, meets, share_meets
from staffride.model import weather
from staffride.model.weather import (
    CLEAR,
    FOG,
    LOW_CLOUD,
    NOT_GIVEN,
    air_mass_hours,
    bad_weather_log_odds,
    can_fly,
    flyable_share,
    sky,
    weather_path,
    weather_shares,
)

SEED = 1
SHARES = st.floats(0.0, 0.45)
EFFECTS = st.floats(0.0, 2.0)
OPEN_UNIT = st.floats(1e-12, 1.0 - 1e-12)


def path(
    rules=weather,
    replication=0,
    zones=1,
    hours=24,
    low_cloud=0.2,
    fog=0.05,
    persistence=6.0,
    elevation=1000.0,
    month=10,
    dark=False,
    effects=(0.0, 0.0, 0.0),
    given_sky=None,
    seed=SEED,
):
    """Return the sky over each zone and hour, shape (zones, hours)."""
    shape = (zones, hours)
    known = np.full(shape, NOT_GIVEN, np.int8) if given_sky is None else given_sky
    out = np.empty(shape, np.int8)
    rules.weather_path(
        seed,
        replication,
        np.broadcast_to(np.asarray(elevation, float), zones).copy(),
        np.broadcast_to(np.asarray(month, np.int64), hours).copy(),
        np.broadcast_to(np.asarray(dark, np.bool_), shape).copy(),
        low_cloud,
        fog,
        persistence,
        *effects,
        known,
        out,
    )
    return out


@njit
def spells(states):
    """Return for each sky how many spells begin in a row of hours, and how many hours it holds."""
    begun, hours = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for hour in range(1, states.size):
        hours[states[hour]] += 1
        begun[states[hour]] += states[hour] != states[hour - 1]
    return begun, hours


# --- Closed forms: independent zones at 1,000 m in October by day, 20 % low cloud, 5 % fog, nothing given ---

ZONES = 2_200_000


def stationary_shares(rules):
    """At the first hour and at the twelfth; n = 2,200,000 zones."""
    states = path(rules, zones=ZONES, hours=12)
    for hour in (0, 11):
        share_meets(states[:, hour] == CLEAR, 0.75)
        share_meets(states[:, hour] == LOW_CLOUD, 0.20)
        share_meets(states[:, hour] == FOG, 0.05)


def shares_at_2000_m_in_november(rules):
    """Odds against a clear sky are exp(0.8 + 0.4) = 3.32 times as high; n = 2,200,000 zones."""
    states = path(rules, zones=ZONES, hours=2, elevation=2000.0, month=11, effects=(0.8, 0.4, 0.0))
    share_meets(states[:, 1] == CLEAR, 0.474675)
    share_meets(states[:, 1] == LOW_CLOUD, 0.420260)
    share_meets(states[:, 1] == FOG, 0.105065)


def fog_lifts_at_sunrise(rules):
    """Log-odds of fog are higher by one in the dark; n = 2,200,000 zones."""
    dark = np.array([True, True, False, False])
    states = path(rules, zones=ZONES, hours=4, dark=dark, effects=(0.0, 0.0, 1.0))
    for hour, fog in ((1, 0.125159), (2, 0.05), (3, 0.05)):
        share_meets(states[:, hour] == FOG, fog)


def spell_lengths(rules):
    """Mean length persistence / (1 - share); 15 zones of 1,000,000 hours, 119,000 spells of fog."""
    counts = [spells(row) for row in path(rules, zones=15, hours=1_000_000)]
    begun, hours = sum(begun for begun, _ in counts), sum(hours for _, hours in counts)
    for state, share in ((CLEAR, 0.75), (LOW_CLOUD, 0.20), (FOG, 0.05)):
        mean = 6.0 / (1.0 - share)
        deviation = mean * math.sqrt(1.0 - 1.0 / mean)
        meets(hours[state] / begun[state], mean, deviation / math.sqrt(begun[state]))


def steps_of_the_chain(rules):
    """From one hour to the next: stay with 1 - 1/6, else a sky by its share; n = 2,200,000 zones."""
    before, after = path(rules, zones=ZONES, hours=9)[:, 7:].T
    share_meets(after[before == CLEAR] == CLEAR, 5 / 6 + 0.75 / 6)
    share_meets(after[before == LOW_CLOUD] == LOW_CLOUD, 5 / 6 + 0.20 / 6)
    share_meets(after[before == FOG] == FOG, 5 / 6 + 0.05 / 6)


CLOSED_FORMS = [
    stationary_shares,
    shares_at_2000_m_in_november,
    fog_lifts_at_sunrise,
    spell_lengths,
    steps_of_the_chain,
]
BREAKS = [
    (stationary_shares, ("rank >= 1.0 - fog_share", "rank >= 1.0 - 1.1 * fog_share")),
    (shares_at_2000_m_in_november, ("+ november_effect * (month - REFERENCE_MONTH)", "+ 0.0 * month")),
    (shares_at_2000_m_in_november, ("(elevation_m - REFERENCE_ELEVATION_M)", "elevation_m")),
    (fog_lifts_at_sunrise, ("or dark[zone, hour] != last_dark", "")),
    (
        fog_lifts_at_sunrise,
        ("fog_share * math.exp(log_odds + fog_log_odds)", "fog_share * math.exp(log_odds)"),
    ),
    (spell_lengths, ("return 1 + int(min(", "return 2 + int(min(")),
    (spell_lengths, ("hour == until", "hour == until or rank > 0.99")),
    (steps_of_the_chain, ("-math.log1p(-1.0 / persistence_h)", "(0.9 / persistence_h)")),
]


@pytest.mark.parametrize("closed_form", CLOSED_FORMS, ids=lambda check: check.__name__)
def test_closed_form(closed_form):
    closed_form(weather)


@pytest.mark.parametrize(("closed_form", "change"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_closed_form_fails_when_its_rule_is_broken(closed_form, change):
    with pytest.raises(AssertionError):
        closed_form(broken(weather, *change))


# --- Single rules ---


def test_log_odds_at_worked_values():
    assert bad_weather_log_odds(1000.0, 10, 0.8, 0.4) == 0.0
    assert bad_weather_log_odds(2000.0, 11, 0.8, 0.4) == pytest.approx(1.2)
    assert bad_weather_log_odds(500.0, 9, 0.8, 0.4) == pytest.approx(-0.8)


@given(SHARES, SHARES, st.floats(-5.0, 5.0), st.floats(-5.0, 5.0))
def test_shares_are_a_law(low_cloud, fog, log_odds, fog_log_odds):
    shares = weather_shares(low_cloud, fog, log_odds, fog_log_odds)
    assert sum(shares) == pytest.approx(1.0)
    assert min(shares) >= 0.0
    assert weather_shares(low_cloud, fog, 0.0, 0.0) == pytest.approx((1.0 - low_cloud - fog, low_cloud, fog))


def test_sky_at_the_limits():
    assert [sky(rank, 0.7, 0.1) for rank in (0.0, 0.69, 0.71, 0.89, 0.91)] == [0, 0, 1, 1, 2]
    assert {sky(rank, 1.0, 0.0) for rank in (1e-16, 0.5, 1.0 - 1e-16)} == {CLEAR}
    assert {sky(rank, 0.0, 1.0) for rank in (1e-16, 0.5, 1.0 - 1e-16)} == {FOG}


@given(OPEN_UNIT, OPEN_UNIT, st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_an_air_mass_stays_an_hour_or_more_and_longer_with_more_persistence(u, v, persistence, more):
    low, high = sorted((u, v))
    assert 1 <= air_mass_hours(low, persistence) <= air_mass_hours(high, persistence + more)
    assert air_mass_hours(u, 1.0) == 1


def test_no_sortie_in_fog():
    """Limit 0 flies in any weather, 1 not in fog, 2 under a clear sky only."""
    table = [[can_fly(state, limit) for state in (CLEAR, LOW_CLOUD, FOG)] for limit in (0.0, 1.0, 2.0)]
    assert table == [[True, True, True], [True, True, False], [True, False, False]]
    assert flyable_share(np.array([FOG, FOG], np.int8), 1.0) == 0.0
    assert flyable_share(np.array([FOG, CLEAR, LOW_CLOUD, CLEAR], np.int8), 2.0) == 0.5


@given(st.floats(0.0, 2.0))
def test_worse_skies_never_let_more_fly(limit):
    flies = [can_fly(state, limit) for state in (CLEAR, LOW_CLOUD, FOG)]
    assert flies == sorted(flies, reverse=True)
    assert flies[CLEAR]


# --- The path ---


@given(st.integers(0, 1000), SHARES, SHARES, st.floats(0.0, 0.1), EFFECTS, st.floats(0.0, 1.0))
def test_a_worse_prior_never_makes_an_hour_fairer(replication, low_cloud, fog, more, effect, added):
    """The same luck: more fog, or a stronger effect of height and night, never lets more systems fly."""
    base = {"replication": replication, "zones": 3, "elevation": 1800.0, "month": 11, "dark": True}
    fair = path(low_cloud=low_cloud, fog=fog, effects=(effect, effect, effect), **base)
    foggy = path(low_cloud=low_cloud, fog=fog + more, effects=(effect, effect, effect), **base)
    steep = path(low_cloud=low_cloud, fog=fog, effects=(effect + added, effect, effect + added), **base)
    assert (foggy >= fair).all()
    assert (steep >= fair).all()
    for limit in (0.0, 1.0, 2.0):
        assert flyable_share(foggy.ravel(), limit) <= flyable_share(fair.ravel(), limit)


def test_without_cloud_and_fog_it_is_always_clear():
    assert not path(zones=4, hours=500, low_cloud=0.0, fog=0.0).any()


def test_what_is_given_changes_no_other_hour():
    known = np.full((2, 100), NOT_GIVEN, np.int8)
    known[0, 40:60] = FOG
    known[1, 10] = CLEAR
    free, replayed = path(zones=2, hours=100), path(zones=2, hours=100, given_sky=known)
    assert (replayed[0, 40:60] == FOG).all()
    assert replayed[1, 10] == CLEAR
    assert np.array_equal(replayed[known == NOT_GIVEN], free[known == NOT_GIVEN])


def test_the_past_does_not_depend_on_how_long_the_period_is_or_how_many_zones_there_are():
    assert np.array_equal(path(zones=5, hours=300)[:2, :100], path(zones=2, hours=100))


def test_zones_replications_and_seeds_have_luck_of_their_own():
    base = path(hours=5_000)
    for other in (
        path(hours=5_000, replication=1),
        path(hours=5_000, seed=2),
        path(zones=2, hours=5_000)[1:],
    ):
        assert 0.2 < (other != base).mean() < 0.6


def test_compiled_and_uncompiled_paths_agree():
    plain = getattr(weather_path, "py_func", weather_path)
    out = [np.empty((3, 48), np.int8) for _ in range(2)]
    known, dark = np.full((3, 48), NOT_GIVEN, np.int8), np.tile(np.arange(48) % 24 < 6, (3, 1))
    fixed = (
        np.array([300.0, 1000.0, 2400.0]),
        np.repeat([10, 11], 24),
        dark,
        0.2,
        0.1,
        9.0,
        0.7,
        0.3,
        0.5,
        known,
    )
    for kernel, filled in zip((weather_path, plain), out, strict=True):
        kernel(SEED, 4, *fixed, filled)
    assert np.array_equal(*out)
