"""Our choice of destinations: closed forms, conservation, neutral values, and its score on real cases."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flee_cases import small_region
from staffride.lab.region_fit import Case, Situation, fit_choice, leave_out, penalty, scores_left_out
from staffride.model.region_choice import (
    Choice,
    appeal_of_day,
    destination_chances,
    distance_weight,
    free_share,
    onward_chance,
    places_ahead,
    pull_of_networks,
    weigh_origins,
)
from staffride.model.region_expected import Ground, expected_counts, expected_course
from staffride.model.region_parameters import SETS, TERMS, choice_for, fitted, neutral, stored
from staffride.model.region_volume import from_series
from staffride.scenario.region import Closure, Link, Place, Region, make_region

amounts = arrays(np.float64, 4, elements=st.floats(0.0, 1e6))


def ground(days: int, stock: list[float], capacity: list[float], newly: float, **others: object) -> Ground:
    """One origin, destinations 70 km away in one country of asylum, each deeper than the one before."""
    size = len(stock)
    made = Ground(
        regime=np.zeros(days, np.int32),
        cost_km=np.full((1, 1, size), 70.0),
        newly=np.full((days, 1), newly),
        is_open=np.ones((days, size), np.bool_),
        can_be_entered=np.ones((days, size), np.bool_),
        depth_km=np.tile(np.arange(size, dtype=np.float64), (days, 1)),
        capacity=np.array(capacity),
        host=np.zeros(size, np.int32),
        stock=np.array(stock),
    )
    return made._replace(**others)


def test_rules_give_their_worked_values() -> None:
    assert free_share(300.0, 400.0) == 0.25
    assert free_share(500.0, 400.0) == free_share(0.0, 0.0) == 0.0
    assert free_share(500.0, math.inf) == 1.0
    assert pull_of_networks(50.0, 100.0, 4, 1.0) == 3.0
    assert pull_of_networks(0.0, 0.0, 4, 1.0) == 1.0
    assert distance_weight(105.0, 0.5, 35.0) == 0.5
    assert distance_weight(math.inf, 0.0, 35.0) == 0.0
    assert places_ahead(100.0, math.inf, 400.0) == 0.75
    assert places_ahead(400.0, math.inf, 100.0) == places_ahead(0.0, math.inf, 0.0) == 0.0
    assert places_ahead(300.0, 400.0, 1.0) == 0.25
    assert onward_chance(0.01, 0.0) == 0.0
    assert onward_chance(0.1, 0.5) == pytest.approx(1.0 - math.exp(-0.05))
    np.testing.assert_allclose(
        weigh_origins(np.array([0.8, 0.2]), np.array([400.0, 100.0]), 0.5), [2 / 3, 1 / 3]
    )


@given(stock=amounts, capacity=amounts, near=arrays(np.float64, 4, elements=st.floats(0.0, 1.0)))
def test_chances_sum_to_one_wherever_there_is_a_way(
    stock: np.ndarray, capacity: np.ndarray, near: np.ndarray
) -> None:
    appeal, by_capacity, chances = (np.empty(4) for _ in range(3))
    is_open = np.array([True, True, False, True])
    appeal_of_day(stock, capacity, is_open, 0.7, np.ones(4), appeal, by_capacity)
    if destination_chances(appeal, by_capacity, near, chances):
        assert chances.sum() == pytest.approx(1.0)
        assert chances[2] == 0.0
        assert (chances[near == 0.0] == 0.0).all()
    else:
        assert not (by_capacity * near).any()


@given(stock=amounts, capacity=amounts, extra=st.floats(0.0, 1e5))
def test_a_larger_camp_never_draws_less(stock: np.ndarray, capacity: np.ndarray, extra: float) -> None:
    found = []
    for more in (0.0, extra):
        appeal, by_capacity = np.empty(4), np.empty(4)
        larger = capacity + np.array([more, 0.0, 0.0, 0.0])
        appeal_of_day(stock, larger, np.ones(4, np.bool_), 0.7, np.ones(4), appeal, by_capacity)
        found.append((appeal[0], by_capacity[0]))
    assert found[1] >= found[0]


def test_neutral_is_the_free_capacity_rule() -> None:
    course = expected_course(ground(3, [0.0, 50.0], [100.0, 100.0], 30.0), neutral())
    first = np.array([30.0 / 1.5, 50.0 + 30.0 * 0.5 / 1.5])
    np.testing.assert_allclose(course[0], [0.0, 50.0])
    np.testing.assert_allclose(course[1], first)
    free = 1.0 - first / 100.0
    np.testing.assert_allclose(course[2], first + 30.0 * free / free.sum())


def test_without_capacities_and_terms_all_share_alike() -> None:
    course = expected_course(ground(11, [0.0, 0.0, 0.0], [math.inf] * 3, 30.0), neutral())
    np.testing.assert_allclose(course[-1], 100.0)


def test_when_all_are_full_people_go_by_capacity() -> None:
    course = expected_course(ground(2, [100.0, 300.0], [100.0, 300.0], 40.0), fitted())
    np.testing.assert_allclose(course[1].sum(), 440.0)
    np.testing.assert_allclose(course[1], [110.0, 330.0], rtol=0.01)


def test_who_move_on_follow_the_closed_form() -> None:
    """With one unlimited camp behind and ahead: dx/dt = -h (1 - y / x) x = -h (x - y), so x - y decays at 2 h."""
    days, hazard = 200, 0.001
    course = expected_course(ground(days, [1000.0, 0.0], [math.inf] * 2, 0.0), Choice(onward=hazard))
    gap = course[:, 0] - course[:, 1]
    np.testing.assert_allclose(gap[-1], 1000.0 * math.exp(-2.0 * hazard * (days - 1)), rtol=2e-3)
    np.testing.assert_allclose(course.sum(axis=1), 1000.0)


@pytest.mark.parametrize(
    "change",
    [
        {"host": np.array([-1, -1], np.int32)},
        {"host": np.array([0, 1], np.int32)},
        {"can_be_entered": np.tile([True, False], (50, 1))},
        {"depth_km": np.zeros((50, 2))},
        {"depth_km": np.tile([0.0, math.inf], (50, 1))},
    ],
    ids=["at home", "across a border", "closed", "no deeper", "no way"],
)
def test_nobody_is_moved_on(change: dict[str, object]) -> None:
    course = expected_course(ground(50, [1000.0, 0.0], [math.inf, 500.0], 0.0, **change), Choice(onward=0.01))
    np.testing.assert_array_equal(course[-1], [1000.0, 0.0])


def test_people_wait_for_a_way() -> None:
    closed = np.full((2, 1, 2), math.inf)
    closed[1] = 70.0
    regime = np.array([0, 0, 0, 1], np.int32)
    course = expected_course(
        ground(4, [0.0, 0.0], [math.inf] * 2, 10.0, cost_km=closed, regime=regime), neutral()
    )
    np.testing.assert_allclose(course.sum(axis=1), [0.0, 0.0, 0.0, 30.0])


def crossing(**others: object) -> Region:
    """One town between two camps abroad, one of them beyond a second town that is in conflict too."""
    days = 40
    places = [
        Place("Ottum", "", "Home", 0.0, 0.0, "conflict_zone", 1000.0),
        Place("Brink", "", "Home", 0.0, 1.0, "conflict_zone", 1.0),
        Place("Calm", "", "Near", 1.0, 0.0, "camp", capacity=1e9),
        Place("Past", "", "Far", 0.0, 2.0, "camp", capacity=1e9),
    ]
    links = [Link("Ottum", "Calm", 100.0), Link("Ottum", "Brink", 50.0), Link("Brink", "Past", 50.0)]
    conflict = {"Ottum": np.ones(days), "Brink": np.ones(days)}
    return make_region(
        name="crossing", start=small_region().start, days=days, places=places, links=links, conflict=conflict,
        **others,
    )  # fmt: skip


def share_at(region: Region, name: str, choice: Choice) -> float:
    persons = np.full(region.days, 100.0)
    counts = expected_counts(region, choice, from_series(region, persons))[-1]
    return float(counts[region.destination_names.index(name)] / counts.sum())


def test_danger_on_the_way_turns_people_to_the_safer_of_two_equal_ways() -> None:
    region = crossing()
    assert share_at(region, "Past", Choice(distance_decay=1.0)) == pytest.approx(0.5, abs=0.01)
    shares = [
        share_at(region, "Past", Choice(distance_decay=1.0, danger=level)) for level in (0.0, 1.0, 10.0)
    ]
    assert shares[0] > shares[1] > shares[2]


def test_a_closed_border_is_closed() -> None:
    region = crossing(closures=(Closure("country", "Home", "Far", 0, None),))
    for choice in (neutral(), fitted()):
        assert share_at(region, "Past", choice) == 0.0


def test_a_region_in_another_order_gives_the_same_counts() -> None:
    region = small_region()
    other = make_region(
        name=region.name, start=region.start, days=region.days, home=region.home,
        places=region.places[::-1], links=[Link(*(one.second, one.first), one.length_km) for one in region.links[::-1]],
        conflict={place.name: region.conflict[:, at] for at, place in enumerate(region.places)},
        reports=region.reports[::-1], closures=region.closures, corrections=region.corrections,
    )  # fmt: skip
    np.testing.assert_array_equal(expected_counts(region, fitted()), expected_counts(other, fitted()))


def test_parameters_are_within_bounds_and_say_where_they_were_fitted() -> None:
    for name in SETS:
        assert all(term.lowest <= getattr(fitted(name), term.name) <= term.highest for term in TERMS)
        assert stored()["sets"][name]["fitted_on"]
    assert neutral() == Choice()
    assert penalty(neutral()) == 0.0
    assert choice_for(small_region()) == fitted()


def test_a_strong_penalty_leaves_the_free_capacity_rule() -> None:
    case = Case(small_region(), Situation("any"))
    assert fit_choice([case], 1e3, [neutral()]).choice == neutral()
    loose = fit_choice([case], 0.001, [neutral()])
    assert case.score(loose.choice) <= case.score(neutral())


@pytest.mark.parametrize("first_day", [0, 20])
def test_what_a_left_out_case_counts_does_not_change_the_fit_on_the_others(first_day: int) -> None:
    situation, fits = Situation("any", capacities=False, first_day=first_day), []
    for days in (60, 40):
        other = replace(small_region(), name="other", days=days, conflict=small_region().conflict[:days])
        cases = [Case(small_region(), situation), Case(other, situation)]
        fits.append(leave_out(cases, 0.01))
        assert set(scores_left_out(cases, fits[-1])) == {"small2030", "other"}
    assert fits[0][("other",)] == fits[1][("other",)]
    assert fits[0][("small2030",)] != fits[1][("small2030",)]


FLEE = {
    "mali2012": 0.3147,
    "car2013": 0.3669,
    "burundi2015": 0.4674,
    "tigray2020": 0.3663,
    "syria2013": 0.3392,
    "nigeria2016": 0.2045,
}
"""Measured scores of Flee itself on the published cases, with its own validation settings."""


def test_it_beats_flee_on_every_case_it_was_fitted_on(shared_dir: Path) -> None:
    from staffride.interop.flee import load_flee

    folder = shared_dir / "flee"
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder}")
    found = {name: Case(load_flee(folder / name), Situation("any")).score(fitted()) for name in FLEE}
    assert np.mean(list(found.values())) == pytest.approx(stored()["sets"][SETS[0]]["in_sample"], abs=1e-3)
    assert {name: score for name, score in found.items() if score >= min(FLEE[name], 0.35)} == {}
