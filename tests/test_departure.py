"""Departure: Bass's curve and its inverse, shares of people, and luck that belongs to one household alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from displacement_cases import BEHAVIOUR, FALSE_ALARM, households
from staffride.model.departure import (
    LARGEST_HOUSEHOLD,
    allocate_persons,
    count_members,
    exposure_at_share,
    hazard_ratio,
    hours_until_exposure,
    household_size,
    household_sizes,
    member_class,
    share_decided,
    share_who_stay,
    share_with_vehicle,
    word_exposure,
)

RATES = st.floats(1e-4, 2.0)
SHARES = st.floats(0.0, 1.0)


def within_binomial(successes, trials, probability):
    """Whether a count lies where a binomial count lies but for one time in a million."""
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], trials, probability)
    return low <= successes <= high


# --- Bass's curve ---


@pytest.mark.parametrize(
    ("exposure", "share"),
    [
        (0.0, 0.0),
        (1.0, 0.0357581642564416261),
        (5.0, 0.3311986424913734805),
        (10.0, 0.8128032212213461683),
        (20.0, 0.9962594145024162220),
    ],
)
def test_bass_curve_at_worked_values(exposure, share):
    """The rates 0.03 and 0.38 are Bass's typical ones; values by arithmetic of thirty digits."""
    assert share_decided(exposure, 0.03, 0.38) == pytest.approx(share, rel=1e-14)


def test_bass_curve_is_steepest_where_its_closed_form_says():
    """At ``ln(b / a) / (a + b)`` the share is ``1/2 - a / (2 b)`` and the slope ``(a + b)^2 / (4 b)``."""
    first, neighbour = 0.03, 0.38
    peak = math.log(neighbour / first) / (first + neighbour)
    assert share_decided(peak, first, neighbour) == pytest.approx(0.5 - first / (2 * neighbour), rel=1e-13)
    slope = share_decided(peak + 1e-4, first, neighbour) - share_decided(peak - 1e-4, first, neighbour)
    assert slope / 2e-4 == pytest.approx((first + neighbour) ** 2 / (4 * neighbour), rel=1e-7)


@given(RATES, RATES, st.floats(0.01, 5.0))
def test_bass_curve_solves_its_equation(first, neighbour, times):
    exposure, step = times / (first + neighbour), 1e-4 / (first + neighbour)
    before, here, after = (
        share_decided(exposure + k * step, first, neighbour) for k in (-1, 0, 1)
    )  # fmt: skip
    slope = (first + neighbour * here) * (1.0 - here)
    assert (after - before) / (2 * step) == pytest.approx(slope, rel=1e-5)


@given(RATES, st.floats(0.0, 2.0), st.floats(0.0, 0.999999))
def test_inverse_gives_back_the_share(first, neighbour, share):
    exposure = exposure_at_share(share, first, neighbour)
    assert share_decided(exposure, first, neighbour) == pytest.approx(share, rel=1e-9, abs=1e-13)


@given(RATES, st.floats(0.0, 500.0))
def test_without_neighbours_the_hazard_is_constant(rate, exposure):
    assert share_decided(exposure, rate, 0.0) == pytest.approx(-math.expm1(-rate * exposure), abs=1e-15)
    half = exposure_at_share(0.5, rate, 0.0)
    assert half == pytest.approx(math.log(2.0) / rate, rel=1e-14)


@given(st.floats(0.0, 1.0), st.floats(0.0, 100.0))
def test_nobody_begins_without_a_first_rate(neighbour, exposure):
    assert share_decided(exposure, 0.0, neighbour) == 0.0
    assert exposure_at_share(0.3, 0.0, neighbour) == math.inf


@given(RATES, RATES, st.floats(0.0, 100.0), st.floats(1.01, 3.0))
def test_more_of_either_hazard_never_slows_departure(first, neighbour, exposure, factor):
    base = share_decided(exposure, first, neighbour)
    assert share_decided(exposure, first * factor, neighbour) >= base - 1e-15
    assert share_decided(exposure, first, neighbour * factor) >= base - 1e-15


# --- Word, danger, trust, vehicles ---


def test_word_exposure_at_worked_values():
    """With twelve hours until all have heard: a quarter of six hours at six, half at twelve, full pace after."""
    assert [word_exposure(t, 12.0) for t in (-1.0, 0.0, 6.0, 12.0, 20.0)] == [0.0, 0.0, 1.5, 6.0, 14.0]


@given(st.floats(0.0, 1000.0), st.floats(0.0, 100.0))
def test_hours_until_exposure_is_the_inverse(hours, spread):
    assert hours_until_exposure(word_exposure(hours, spread), spread) == pytest.approx(
        hours, rel=1e-9, abs=1e-100
    )


@pytest.mark.parametrize("spread", [0.0, 1e-300, 1e-9])
def test_word_that_spreads_at_once_exposes_from_the_opening(spread):
    assert word_exposure(7.0, spread) == pytest.approx(7.0, rel=1e-9)
    assert hours_until_exposure(7.0, spread) == pytest.approx(7.0, rel=1e-9)


@given(st.floats(-3.0, 3.0), SHARES, SHARES)
def test_hazard_ratio_is_one_without_effect_and_multiplies(effect, one, other):
    assert hazard_ratio(0.0, one) == 1.0
    assert hazard_ratio(effect, one) * hazard_ratio(effect, other) == pytest.approx(
        hazard_ratio(effect, one + other)
    )


def test_trust_moves_the_log_odds_of_staying():
    """Odds of one to four, times four, are even odds."""
    assert share_who_stay(0.2, 1.0, math.log(4.0)) == pytest.approx(0.5, rel=1e-15)
    assert share_who_stay(0.2, 0.5, 0.0) == pytest.approx(0.2, rel=1e-15)


@given(st.floats(-30.0, 30.0), SHARES)
def test_none_and_all_stay_whatever_the_trust(effect, trust):
    assert share_who_stay(0.0, trust, effect) == 0.0
    assert share_who_stay(1.0, trust, effect) == 1.0


@given(st.floats(0.001, 0.999), SHARES, SHARES, st.floats(0.0, 5.0))
def test_more_trust_never_makes_fewer_stay(share, less, more, effect):
    low, high = sorted((less, more))
    assert 0.0 <= share_who_stay(share, low, effect) <= share_who_stay(share, high, effect) <= 1.0


@given(st.floats(1.0, 9.0), st.floats(0.0, 30.0), SHARES)
def test_share_with_vehicle_reproduces_the_load(size, spare_seats, without_seat):
    load = size + spare_seats
    owners = share_with_vehicle(size, load, without_seat)
    assert 0.0 <= owners <= 1.0
    riders = (1.0 - owners) * (1.0 - without_seat)
    if owners > 0.0:
        assert size * (owners + riders) / owners == pytest.approx(load, rel=1e-9)


@pytest.mark.parametrize("load", [1.0, 2.0, 3.4])
def test_where_loads_are_below_a_household_every_household_drives(load):
    assert share_with_vehicle(3.4, load, 0.3) == 1.0


# --- Sizes and members ---


@given(st.floats(1.0, 9.0))
def test_sizes_are_poisson_cut_at_nine(mean):
    expected = stats.poisson.cdf(np.arange(LARGEST_HOUSEHOLD - 1), mean - 1.0)
    assert household_sizes(mean) == pytest.approx(expected, rel=1e-12)


@given(st.floats(1.0, 9.0), st.floats(1e-10, 1.0 - 1e-10))
def test_size_is_the_quantile(mean, uniform):
    cumulative = household_sizes(mean)
    size = household_size(uniform, cumulative)
    assert 1 <= size <= LARGEST_HOUSEHOLD
    assert size == 1 or uniform > cumulative[size - 2]
    assert size == LARGEST_HOUSEHOLD or uniform <= cumulative[size - 1]


def test_mean_size_is_as_asked():
    persons = households(60_000, stay_share=0.0).persons[:-1]
    error = persons.std() / math.sqrt(persons.size)
    assert abs(persons.mean() - 3.4) < 5.0 * error


@pytest.mark.parametrize(
    ("children", "women", "older"), [(0.31, 0.52, 0.18), (0.0, 0.5, 0.0), (0.4, 0.0, 0.1), (0.4, 1.0, 0.6)]
)
def test_classes_have_their_shares_and_age_does_not_depend_on_sex(children, women, older):
    """Over an even grid of the unit interval, shares are areas."""
    behaviour = BEHAVIOUR._replace(children_share=children, women_share=women, older_share=older)
    grid = (np.arange(20_000) + 0.5) / 20_000
    child, female, old = np.array([member_class(u, behaviour) for u in grid]).T
    assert [child.mean(), female.mean(), old.mean()] == pytest.approx([children, women, older], abs=2e-4)
    for sex in (female, ~female):
        if sex.any():
            assert [child[sex].mean(), old[sex].mean()] == pytest.approx([children, older], abs=4e-4)


@given(st.floats(1e-9, 1 - 1e-9), SHARES, SHARES, SHARES)
def test_nobody_is_a_child_and_old(uniform, children, women, older):
    behaviour = BEHAVIOUR._replace(children_share=children, women_share=women, older_share=older)
    child, _, old = member_class(uniform, behaviour)
    assert not (child and old)


@given(st.integers(0, 2**32 - 1), st.integers(1, LARGEST_HOUSEHOLD - 1))
def test_one_more_member_leaves_the_others_as_they_were(household, persons):
    counts = np.array([count_members(1, 2, 3, household, n, BEHAVIOUR) for n in (persons, persons + 1)])
    assert ((np.diff(counts, axis=0) >= 0) & (np.diff(counts, axis=0) <= 1)).all()
    assert (counts[:, 0] + counts[:, 2] <= [persons, persons + 1]).all()


@given(st.integers(0, 10**7), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12).filter(any))
def test_residents_are_split_whole_and_by_share(residents, weights):
    share = np.array(weights) / sum(weights)
    parts = allocate_persons(residents, share)
    assert parts.sum() == residents
    assert (parts >= 0).all()
    assert np.abs(parts - residents * share).max() <= 1.0 + 1e-6


# --- Decisions ---


@given(
    st.integers(0, 900),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5).filter(any),
    st.floats(1.0, 9.0),
    SHARES,
    st.integers(0, 2**32 - 1),
)
def test_people_are_conserved_in_households(residents, weights, size, stay, seed):
    share = np.array(weights) / sum(weights)
    formed = households(residents, share, mean_size=size, stay_share=stay, seed=seed)
    by_place = np.bincount(formed.place, formed.persons, len(share))
    assert by_place.tolist() == allocate_persons(residents, share).tolist()
    assert (np.diff(formed.place) >= 0).all()
    assert ((formed.persons >= 1) & (formed.persons <= LARGEST_HOUSEHOLD)).all()
    assert (formed.children + formed.older <= formed.persons).all()
    assert (formed.women <= formed.persons).all()
    assert (formed.decision_h >= 10.0).all()
    assert formed.finds_seat[formed.has_vehicle].all()


def test_an_empty_area_has_no_households():
    assert households(0, (0.5, 0.5)).place.size == 0


def test_fewer_residents_than_a_household_are_one_household():
    formed = households(2, mean_size=9.0)
    assert formed.persons.tolist() == [2]


@pytest.mark.parametrize(("stay", "leaving"), [(0.0, 1.0), (1.0, 0.0)])
def test_all_leave_or_all_stay_at_the_limits(stay, leaving):
    assert np.isfinite(households(3_000, stay_share=stay).decision_h).mean() == leaving


def test_share_who_stay_is_as_asked():
    stays = np.isinf(households(60_000).decision_h)
    assert within_binomial(stays.sum(), stays.size, BEHAVIOUR.stay_share)


@pytest.mark.parametrize("neighbour_rate", [0.0, 0.06, 0.5])
@pytest.mark.parametrize(("place", "open_hour", "ratio"), [(0, 10.0, 1.0), (1, 14.0, 2.5)])
def test_decided_shares_follow_the_closed_form(neighbour_rate, place, open_hour, ratio):
    """At each hour the count of decided households is binomial about ``share_decided``."""
    formed = households(
        60_000, (0.5, 0.5), (10.0, 14.0), (1.0, 2.5), neighbour_rate_per_h=neighbour_rate, stay_share=0.0
    )
    decided_h = formed.decision_h[formed.place == place]
    for hour in (open_hour, 16.0, 20.0, 24.0, 36.0, 60.0, 120.0):
        exposure = word_exposure(hour - open_hour, BEHAVIOUR.word_spread_h)
        share = share_decided(exposure, BEHAVIOUR.first_rate_per_h * ratio, neighbour_rate)
        assert within_binomial((decided_h <= hour).sum(), decided_h.size, share)


def test_stragglers_decide_after_an_exponential_delay():
    waited = households(40_000, stay_share=0.0, straggler_share=1.0).decision_h - 10.0
    for hours in (5.0, 24.0, 96.0, 300.0):
        assert within_binomial((waited <= hours).sum(), waited.size, -math.expm1(-hours / 96.0))


def test_some_stragglers_are_as_many_as_asked():
    """Without any hazard only stragglers decide at all."""
    formed = households(60_000, stay_share=0.0, straggler_share=0.05, first_rate_per_h=0.0)
    assert within_binomial(np.isfinite(formed.decision_h).sum(), formed.place.size, 0.05)


def test_children_women_and_older_persons_have_their_shares():
    formed = households(60_000, stay_share=0.0)
    for counted, share in ((formed.children, 0.31), (formed.women, 0.52), (formed.older, 0.18)):
        assert within_binomial(counted.sum(), 60_000, share)


def test_vehicles_fuel_and_seats_have_their_shares():
    formed = households(60_000, stay_share=0.0)
    count, walking = formed.place.size, ~formed.has_vehicle
    assert within_binomial(formed.has_vehicle.sum(), count, 0.6)
    assert within_binomial(formed.lacks_fuel.sum(), count, 0.5)
    assert within_binomial((~formed.finds_seat).sum(), walking.sum(), 0.2)


# --- Keyed luck ---


def test_one_family_more_leaves_every_other_family_as_it_was():
    """A family that comes as the last of its place adds one row and changes no other."""
    with_all = households(20_000)
    without_last = households(int(with_all.persons[:-1].sum()))
    assert without_last.place.size == with_all.place.size - 1
    for before, after in zip(without_last, with_all, strict=True):
        assert np.array_equal(before, after[:-1])


def test_one_place_more_leaves_every_other_place_as_it_was():
    parts = np.array([4_000, 1_000, 700])
    with_all = households(5_700, parts / 5_700, (10.0, 11.0, 12.0), (1.0, 2.0, 3.0))
    without = households(5_000, parts[:2] / 5_000, (10.0, 11.0), (1.0, 2.0))
    for before, after in zip(without, with_all, strict=True):
        assert np.array_equal(before, after[: before.size])


def test_one_family_more_leaves_the_next_place_as_it_was():
    parts = np.array([4_000, 1_000])
    with_all = households(5_000, parts / 5_000)
    last = with_all.persons[with_all.place == 0][-1]
    without_last = households(5_000 - last, (parts - [last, 0]) / (5_000 - last))
    for before, after in zip(without_last, with_all, strict=True):
        next_place = (without_last.place == 1, with_all.place == 1)
        assert np.array_equal(before[next_place[0]], after[next_place[1]])


def test_places_have_luck_of_their_own():
    formed = households(2_000, (0.5, 0.5), stay_share=0.0)
    here, there = (formed.decision_h[formed.place == place][:250] for place in (0, 1))
    assert not np.isin(here, there).any()


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"first_rate_per_h": 0.05}, {"decision_h"}),
        ({"straggler_delay_h": 10.0, "straggler_share": 0.3}, {"decision_h"}),
        ({"vehicle_share": 0.9}, {"has_vehicle", "finds_seat"}),
        ({"without_fuel_share": 0.1}, {"lacks_fuel"}),
        ({"without_seat_share": 0.9}, {"finds_seat"}),
        ({"children_share": 0.5}, {"children"}),
    ],
)
def test_a_change_moves_only_what_it_is_about(change, moved):
    before, after = households(5_000), households(5_000, **change)
    assert {
        name for name in before._fields if not np.array_equal(getattr(before, name), getattr(after, name))
    } == moved


def test_who_leaves_anyway_leaves_at_the_same_hour_when_fewer_stay():
    before, after = households(5_000, stay_share=0.4), households(5_000, stay_share=0.1)
    leaves = np.isfinite(before.decision_h)
    assert np.array_equal(before.decision_h[leaves], after.decision_h[leaves])
    assert np.isfinite(after.decision_h).sum() > leaves.sum()


def test_a_place_of_a_million_households_shares_no_luck_with_the_next():
    """Households were once numbered through, a million a place."""
    parts = np.array([1_000_500, 500])
    formed = households(1_001_000, parts / 1_001_000, (10.0, 10.0), mean_size=1.0, stay_share=0.0)
    next_place = formed.decision_h[formed.place == 1]
    beyond_a_million = formed.decision_h[1_000_000:][:500]
    assert not np.isin(next_place, beyond_a_million).any()
