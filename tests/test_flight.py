"""Flight: Bass's law on the step of the campaign, danger that fades, and nobody who flees without danger."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from closed_forms import broken
from staffride.model import flight
from staffride.model.departure import share_decided
from staffride.model.flight import (
    danger_of_fighting,
    danger_of_munitions,
    people_who_stay,
    share_kept,
    share_killed,
    share_leaving,
)

SHARES = st.floats(0.0, 1.0)
RATES = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 48.0)


def fled_after(rules, exposures, first_rate, neighbour_rate):
    """Return the share that has fled after a list of exposures, step by step."""
    fled = 0.0
    for exposure in exposures:
        fled += (1.0 - fled) * rules.share_leaving(exposure, first_rate, neighbour_rate, fled)
    return fled


# --- Closed forms ---


def flight_follows_bass(rules):
    """Rates 0.01 and 0.05 an hour: the share that the law of departure gives, however the hours are cut."""
    exact = share_decided(60.0, 0.01, 0.05)
    for hours in (1, 6, 20):
        assert fled_after(rules, [hours] * (60 // hours), 0.01, 0.05) == pytest.approx(exact, abs=1e-12)
    ratio = 5.0 * math.exp(-0.06 * 60.0)
    assert exact == pytest.approx((1.0 - math.exp(-3.6)) / (1.0 + ratio))


def constant_hazard_without_neighbours(rules):
    assert rules.share_leaving(6.0, 0.02, 0.0, 0.4) == pytest.approx(1.0 - math.exp(-0.12))
    assert fled_after(rules, [3.0] * 10, 0.02, 0.0) == pytest.approx(1.0 - math.exp(-0.6))


def worked_values(rules):
    assert rules.danger_of_munitions(3.0, 500.0, 3000.0) == pytest.approx(0.3934693)
    assert rules.danger_of_fighting(True, False, 0.2, 0.5) == 0.5
    assert rules.danger_of_fighting(True, True, 0.2, 0.5) == 0.5
    assert rules.danger_of_fighting(False, True, 0.2, 0.5) == pytest.approx(0.1)
    assert rules.danger_of_fighting(False, False, 0.2, 0.5) == 0.0
    assert rules.share_kept(24.0) ** 24 == pytest.approx(math.exp(-1.0))
    assert rules.share_kept(0.0) == 0.0
    assert rules.share_killed(0.01, 6.0) == pytest.approx(1.0 - math.exp(-0.06))
    assert rules.people_who_stay(55_000, 0.125) == 6_875
    assert rules.people_who_stay(3, 0.5) == 2


CLOSED_FORMS = [flight_follows_bass, constant_hazard_without_neighbours, worked_values]
BREAKS = [
    (flight_follows_bass, ("neighbour_rate * share_fled) / (1.0", "neighbour_rate) / (1.0")),
    (flight_follows_bass, ("both / ((grown + neighbour_rate)", "both / (grown")),
    (constant_hazard_without_neighbours, ("math.exp(min(both * exposure_h", "math.exp(min(both * 1.0")),
    (worked_values, ("* felt_by / people)", "/ people)")),
    (worked_values, ("return intensity * nearby", "return nearby")),
    (worked_values, ("-math.expm1(-rate_per_h * exposure_h)", "rate_per_h * exposure_h")),
    (worked_values, ("* stay_share + 0.5", "* stay_share")),
]


@pytest.mark.parametrize("law", CLOSED_FORMS, ids=lambda law: law.__name__)
def test_closed_form(law) -> None:
    law(flight)


@pytest.mark.parametrize(("law", "change"), BREAKS, ids=lambda part: getattr(part, "__name__", ""))
def test_a_broken_rule_misses_its_closed_form(law, change) -> None:
    with pytest.raises(AssertionError):
        law(broken(flight, *change))


# --- Laws ---


@given(RATES, RATES, SHARES)
def test_without_danger_nobody_flees_and_nobody_is_killed(first, neighbours, fled) -> None:
    assert share_leaving(0.0, first, neighbours, fled) == 0.0
    assert share_killed(first, 0.0) == 0.0


@given(HOURS, HOURS, RATES, RATES, SHARES)
def test_chances_are_chances_and_grow_with_danger(hours, more, first, neighbours, fled) -> None:
    low, high = sorted((hours, more))
    chance = share_leaving(low, first, neighbours, fled)
    assert 0.0 <= chance <= share_leaving(high, first, neighbours, fled) + 1e-12 <= 1.0 + 1e-12


@given(HOURS, RATES, RATES, SHARES, SHARES)
def test_word_of_neighbours_never_keeps_people(hours, first, neighbours, fled, more) -> None:
    few, many = sorted((min(fled, 0.999), min(more, 0.999)))
    chance = share_leaving(hours, first, neighbours, few)
    assert share_leaving(hours, first, neighbours, many) >= chance - 1e-9
    assert chance >= share_leaving(hours, first, 0.0, few) - 1e-9


def test_without_a_first_rate_nobody_begins() -> None:
    assert share_leaving(24.0, 0.0, 0.5, 0.0) == 0.0
    assert share_leaving(24.0, 0.0, 0.5, 0.1) > 0.0
    assert share_leaving(24.0, 0.0, 0.0, 0.1) == 0.0


def test_rates_of_any_size_give_chances() -> None:
    for rate in (1e-300, 1e-9, 1e3, 1e6):
        assert 0.0 <= share_leaving(6.0, rate, rate, 0.5) <= 1.0
    assert share_leaving(6.0, 1e3, 0.0, 0.0) == pytest.approx(1.0)


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.0, 1e4), st.floats(1.0, 1e6))
def test_more_munitions_are_more_danger_and_a_larger_town_feels_them_less(
    munitions, more, felt, people
) -> None:
    few, many = sorted((munitions, more))
    assert 0.0 <= danger_of_munitions(few, felt, people) <= danger_of_munitions(many, felt, people) <= 1.0
    assert danger_of_munitions(many, felt, 2.0 * people) <= danger_of_munitions(many, felt, people)
    assert danger_of_munitions(0.0, felt, people) == 0.0


@given(st.booleans(), st.booleans(), SHARES, SHARES)
def test_danger_of_fighting_is_never_more_than_its_intensity(here, beside, nearby, intensity) -> None:
    assert 0.0 <= danger_of_fighting(here, beside, nearby, intensity) <= intensity


@given(st.integers(0, 10**6), SHARES)
def test_who_stays_lives_there(people, share) -> None:
    assert 0 <= people_who_stay(people, share) <= people


def test_danger_fades_faster_with_a_shorter_memory() -> None:
    kept = [share_kept(hours) for hours in (0.0, 1.0, 12.0, 48.0, 1e9)]
    assert np.all(np.diff(kept) > 0.0)
    assert 0.0 <= kept[0] <= kept[-1] <= 1.0
