"""The rules of infiltration: marches on foot, the watch, the fight when found, and effects that saturate or vanish."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closed_forms import broken
from staffride.model import infiltration
from staffride.model.ground_state import FLAT, ROLLING, RUGGED
from staffride.model.infiltration import (
    advantage_taken,
    cohesion_pressed,
    found_per_h,
    hours_on_foot,
    lost_when_found,
    share_on_the_move,
    sight_factor,
    taken_per_passage,
)

PERSONS = st.floats(0.0, 1e5)
SHARES = st.floats(0.0, 1.0)
INSIDE = st.floats(1e-9, 1.0 - 1e-9)


def tobler_hours(length_km, climb_m):
    """Tobler (1993): 6 exp(-3.5 |slope + 0.05|) km/h."""
    return length_km / (6.0 * math.exp(-3.5 * abs(climb_m / 1000.0 / length_km + 0.05)))


# --- On foot ---


def naismith(rules):
    """5 km in an hour, and an hour more for each 600 m of climb; the way down is not counted."""
    assert rules.hours_on_foot(5.0, 0.0, 5.0) == pytest.approx(1.0)
    assert rules.hours_on_foot(20.0, 1_000.0, 5.0) == pytest.approx(4.0 + 1.0 / 0.6)
    assert rules.hours_on_foot(5.0, -900.0, 5.0) == pytest.approx(1.0)
    assert rules.hours_on_foot(5.0, 600.0, 2.5) == pytest.approx(4.0), "half the speed, twice the time"


def test_a_climb_is_longer_uphill_and_agrees_with_walkers_on_slopes_that_can_be_walked():
    """Naismith and Tobler are within two fifths of each other up to a slope of one in four."""
    assert tobler_hours(5.0, 0.0) == pytest.approx(0.99271, abs=1e-5), "5.04 km/h on level ground"
    for slope in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25):
        ratio = hours_on_foot(1.0, 1_000.0 * slope, 5.0) / tobler_hours(1.0, 1_000.0 * slope)
        assert 1.0 <= ratio < 1.4


def test_the_cliff_of_shusha_takes_hours_not_minutes_and_not_days():
    """3 km with 300 m of climb: 1.1 h for a walker without a load, 2 to 8 h for a group in the dark."""
    assert hours_on_foot(3.0, 300.0, 5.0) == pytest.approx(1.1)
    assert hours_on_foot(3.0, 300.0, 2.5) == pytest.approx(2.2)
    assert hours_on_foot(3.0, 300.0, 0.7) == pytest.approx(7.857143)


@given(st.floats(0.1, 50.0), st.floats(-2e3, 2e3), st.floats(0.1, 8.0), st.floats(0.0, 500.0))
def test_length_and_climb_never_save_time(length, climb, speed, more):
    assert hours_on_foot(length + more, climb, speed) >= hours_on_foot(length, climb, speed)
    assert hours_on_foot(length, climb + more, speed) >= hours_on_foot(length, climb, speed)


def cautious_groups_walk_unseen(rules):
    assert rules.share_on_the_move(True, 1.0) == 1.0
    assert rules.share_on_the_move(False, 1.0) == 0.0
    assert rules.share_on_the_move(False, 0.25) == 0.75
    assert share_on_the_move(False, 0.0) == share_on_the_move(False, -1.0) == 1.0
    assert share_on_the_move(False, 3.0) == 0.0


# --- Found or not ---


def koopman(rules):
    """One watcher of 2 km, 100 km walked an hour, 4,400 km2: Koopman's worked values."""
    one = rules.found_per_h(2.0, 1.0, 100.0, 1.0, 4_400.0)
    assert one == pytest.approx(1.0 / 22.0)
    assert -math.expm1(-5.0 * one) == pytest.approx(0.203297, abs=5e-7)
    two = rules.found_per_h(2.0, 1.0, 100.0, 2.0, 4_400.0)
    assert -math.expm1(-10.0 * two) == pytest.approx(0.597110, abs=5e-7)


def sight_at_worked_values(rules):
    factors = (0.4, 0.1, 0.25)
    assert rules.sight_factor(False, False, FLAT, *factors) == 1.0
    assert rules.sight_factor(True, False, FLAT, *factors) == 0.4
    assert rules.sight_factor(False, True, FLAT, *factors) == 0.1
    assert rules.sight_factor(True, True, FLAT, *factors) == pytest.approx(0.04)
    assert rules.sight_factor(False, False, ROLLING, *factors) == 0.5
    assert rules.sight_factor(True, False, RUGGED, *factors) == 0.1


@given(SHARES, SHARES, SHARES)
def test_darkness_fog_and_ground_only_hide(dark, fog, rugged):
    for ground in (FLAT, ROLLING, RUGGED):
        clear = sight_factor(False, False, ground, dark, fog, rugged)
        for darkness, foggy in ((True, False), (False, True), (True, True)):
            assert 0.0 <= sight_factor(darkness, foggy, ground, dark, fog, rugged) <= clear <= 1.0
    by_ground = [sight_factor(True, True, ground, dark, fog, rugged) for ground in (FLAT, ROLLING, RUGGED)]
    assert by_ground == sorted(by_ground, reverse=True)


@given(PERSONS, PERSONS, st.floats(1e-3, 1e5), SHARES)
def test_more_watchers_never_find_less_and_nobody_finds_nothing(watchers, more, area, sight):
    few = found_per_h(0.01, sight, 1.5, watchers, area)
    assert 0.0 <= few <= found_per_h(0.01, sight, 1.5, watchers + more, area)
    assert found_per_h(0.01, sight, 1.5, 0.0, area) == found_per_h(0.01, sight, 0.0, watchers, area) == 0.0


@given(st.integers(0, 5_000), SHARES, SHARES, INSIDE, INSIDE)
def test_a_fight_loses_no_more_than_are_there(present, loss, dead_share, u_lost, u_dead):
    dead, wounded = lost_when_found(present, loss, dead_share, u_lost, u_dead)
    assert min(dead, wounded) >= 0
    assert dead + wounded <= present


def fates(rules):
    """Binomial quantiles at the middle; nobody, or everybody, at the ends."""
    assert rules.lost_when_found(100, 0.1, 0.3, 0.5, 0.5) == (3, 7)
    assert rules.lost_when_found(100, 0.0, 0.3, 0.5, 0.5) == (0, 0)
    assert rules.lost_when_found(100, 1.0, 1.0, 0.5, 0.5) == (100, 0)
    assert rules.lost_when_found(100, 1.0, 0.0, 0.5, 0.5) == (0, 100)


# --- Behind a place ---


def effects_at_worked_values(rules):
    """400 behind 2,000, of whom each keeps two busy, take 2 / 7 of the advantage."""
    assert rules.advantage_taken(400.0, 2_000.0, 2.0) == pytest.approx(2.0 / 7.0)
    assert rules.advantage_taken(400.0, 2_000.0, 5.0) == 0.5
    assert rules.cohesion_pressed(400.0, 2_000.0, 0.06) == pytest.approx(0.01)
    assert rules.taken_per_passage(400.0, 2, 0.001) == pytest.approx(0.2)


@given(PERSONS, st.integers(1, 100_000), st.floats(0.0, 100.0))
def test_the_advantage_taken_stays_below_one_and_saturates(behind, defenders, effect):
    taken = [advantage_taken(groups * behind, defenders, effect) for groups in range(4)]
    assert taken == sorted(taken)
    assert taken[0] == 0.0
    assert all(0.0 <= share < 1.0 for share in taken)
    steps = [b - a for a, b in pairwise(taken)]
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(steps))


@given(PERSONS, PERSONS, st.integers(0, 9))
def test_an_effect_of_zero_is_exactly_none(behind, defenders, ways):
    assert advantage_taken(behind, defenders, 0.0) == 0.0
    assert cohesion_pressed(behind, defenders, 0.0) == 0.0
    assert taken_per_passage(behind, ways, 0.0) == 0.0
    assert found_per_h(0.0, 1.0, 1.5, behind, 100.0) == 0.0


@given(PERSONS, PERSONS, st.floats(0.0, 1.0))
def test_pressure_grows_with_those_behind_and_never_beyond_its_limit(behind, defenders, shock):
    pressed = cohesion_pressed(behind, defenders, shock)
    assert 0.0 <= pressed <= shock
    assert pressed <= cohesion_pressed(2.0 * behind, defenders, shock) + 1e-15


def test_where_nobody_defends_or_no_way_leads_nothing_is_taken():
    assert advantage_taken(100.0, 0.0, 2.0) == cohesion_pressed(100.0, 0.0, 0.1) == 0.0
    assert taken_per_passage(100.0, 0, 0.1) == 0.0


# --- The checks see what they claim to see ---

CHECKS = [
    naismith,
    cautious_groups_walk_unseen,
    koopman,
    sight_at_worked_values,
    fates,
    effects_at_worked_values,
]
BREAKS = [
    (naismith, ("25.0 / 3.0", "8.0")),
    (naismith, ("max(0.0, climb_m)", "abs(climb_m)")),
    (cautious_groups_walk_unseen, ("return 1.0 if hidden else", "return")),
    (koopman, ("return watchers * search_rate_per_h", "return search_rate_per_h")),
    (sight_at_worked_values, ("factor * math.sqrt(on_rugged_ground)", "factor * on_rugged_ground")),
    (sight_at_worked_values, ("factor *= in_fog", "factor = in_fog")),
    (fates, ("return dead, lost - dead", "return dead, lost")),
    (effects_at_worked_values, ("busy / (busy + defenders)", "busy / defenders")),
    (effects_at_worked_values, ("behind / (behind + defenders)", "behind / defenders")),
    (effects_at_worked_values, ("one_person * behind / ways", "one_person * behind")),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_worked_values(check):
    check(infiltration)


@pytest.mark.parametrize(("check", "change"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_worked_values_fail_when_a_rule_is_broken(check, change):
    with pytest.raises(AssertionError):
        check(broken(infiltration, *change))
