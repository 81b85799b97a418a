"""Reception: everybody is somewhere, provinces are never overfull, and room or hands more never mean more need."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from displacement_cases import FALSE_ALARM
from staffride.model.reception import (
    ReceptionRules,
    attraction,
    chance_within_hour,
    opening_hour,
    places_an_hour,
    receive,
    split_by_weight,
)

HOURS = 72
DISTANCE = np.array([4.0, 0.0, 2.0, 7.5])
RULES = ReceptionRules(
    registration_rate=150.0,
    shelter_share=0.5,
    ask_delay_h=6.0,
    placement_rate=40.0,
    placement_growth_per_h=0.02,
    patient_share=0.01,
    registration_delay_h=0.0,
)
AT_ONCE = ReceptionRules(1e12, 1.0, 0.0, 1e12, 0.0, 0.0, 0.0)


def received(
    arrivals,
    capacity,
    distance=DISTANCE,
    scale=3.0,
    rules=RULES,
    seed=1,
    replication=2,
    opening=None,
    **changes,
):
    return receive(
        seed,
        replication,
        np.asarray(arrivals, np.int64),
        np.asarray(capacity, np.float64),
        np.zeros(len(capacity)) if opening is None else np.asarray(opening, np.float64),
        np.asarray(distance, np.float64),
        scale,
        rules._replace(**changes),
    )


@st.composite
def cases(draw):
    """Arrivals by hour, capacities, distances, a scale and rules, from nothing to plenty."""
    arrivals = draw(st.lists(st.integers(0, 400), min_size=1, max_size=40))
    provinces = draw(st.integers(0, 5))
    several = {"min_size": provinces, "max_size": provinces}
    capacity = draw(st.lists(st.floats(0.0, 800.0), **several))
    distance = draw(st.lists(st.floats(0.0, 10.0), **several))
    rules = ReceptionRules(
        draw(st.floats(0.0, 900.0)),
        draw(st.floats(0.0, 1.0)),
        draw(st.floats(0.0, 60.0)),
        draw(st.floats(0.0, 400.0)),
        draw(st.floats(-0.1, 0.3)),
        draw(st.floats(0.0, 1.0)),
        draw(st.floats(0.0, 24.0)),
    )
    return {
        "arrivals": arrivals,
        "capacity": np.array(capacity),
        "distance": np.array(distance),
        "opening": np.array(draw(st.lists(st.floats(0.0, 60.0), **several))),
        "scale": draw(st.floats(1e-6, 20.0)),
        "rules": rules,
        "seed": draw(st.integers(0, 2**32 - 1)),
    }


# --- Conservation ---


@given(cases())
def test_everybody_is_somewhere_every_hour(case):
    counts = received(**case)
    arrived = np.cumsum(case["arrivals"])
    placed = counts.placed.sum(axis=1)
    assert np.array_equal(counts.registered + counts.queue + counts.patients, arrived)
    together = counts.own_address + counts.not_yet_asked + counts.unmet + placed
    assert np.array_equal(together, counts.registered)
    assert all((field >= 0).all() for field in counts)


@given(cases())
def test_what_is_counted_so_far_never_falls(case):
    counts = received(**case)
    for field in (counts.registered, counts.own_address, counts.patients, counts.placed):
        assert (np.diff(field, axis=0) >= 0).all()


@given(cases())
def test_no_province_takes_more_than_it_has(case):
    assert (received(**case).placed <= case["capacity"]).all()


@given(cases())
def test_desks_and_hands_are_never_faster_than_their_rates(case):
    counts, rules = received(**case), case["rules"]
    assert (np.diff(counts.registered, prepend=0) <= math.ceil(rules.registration_rate)).all()
    placed = np.diff(counts.placed.sum(axis=1), prepend=0)
    first = next((hour for hour, persons in enumerate(case["arrivals"]) if persons), 0)
    hands = [places_an_hour(hour - first, rules) for hour in range(placed.size)]
    assert (placed <= np.ceil(hands)).all()


# --- Room and hands ---


@given(cases(), st.lists(st.floats(0.0, 500.0), min_size=5, max_size=5))
def test_more_room_never_means_more_unmet_need_at_any_hour(case, more):
    """Who found a province full was once left waiting for an hour while another had room."""
    roomier = case | {"capacity": case["capacity"] + more[: case["capacity"].size]}
    before, after = received(**case), received(**roomier)
    assert (after.unmet <= before.unmet).all()
    assert np.array_equal(after.registered, before.registered)


@given(cases(), st.floats(0.0, 1.0))
def test_provinces_that_open_earlier_never_mean_more_unmet_need(case, factor):
    earlier = case | {"opening": factor * case["opening"]}
    assert (received(**earlier).unmet <= received(**case).unmet).all()


@given(cases(), st.floats(1.0, 5.0))
def test_more_hands_never_mean_more_unmet_need(case, factor):
    rules = case["rules"]
    faster = case | {"rules": rules._replace(placement_rate=rules.placement_rate * factor)}
    assert (received(**faster).unmet <= received(**case).unmet).all()


@pytest.mark.parametrize("capacity", [np.zeros(4), np.full(4, 0.99), np.zeros(0)])
def test_without_room_all_need_is_unmet(capacity):
    counts = received([100] * HOURS, capacity, DISTANCE[: capacity.size])
    assert not counts.placed.any()
    assert np.array_equal(counts.unmet + counts.not_yet_asked + counts.own_address, counts.registered)
    assert counts.unmet[-1] > 1_000


def test_nobody_arrives():
    counts = received([0] * HOURS, np.full(4, 100.0))
    assert not any(field.any() for field in counts)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40), st.lists(st.floats(0, 500), max_size=5))
def test_where_all_ask_at_once_and_hands_abound_room_is_the_only_limit(arrivals, capacity):
    """Placed so far is ``min(arrived, sum of whole places)``."""
    counts = received(arrivals, capacity, np.arange(len(capacity)), rules=AT_ONCE)
    room = sum(int(places) for places in capacity)
    assert np.array_equal(counts.placed.sum(axis=1), np.minimum(np.cumsum(arrivals), room))


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.integers(0, 300))
def test_registration_is_a_queue_with_a_fixed_rate(arrivals, rate):
    """Without patients the queue is ``max(0, queue + arrivals - rate)`` from hour to hour."""
    queue, expected = 0, []
    for persons in arrivals:
        queue = max(0, queue + persons - rate)
        expected.append(queue)
    counts = received(arrivals, [1e6], [0.0], registration_rate=float(rate), patient_share=0.0)
    assert counts.queue.tolist() == expected


def test_a_rate_of_half_a_person_registers_half_the_hours():
    counts = received([400] + [0] * 399, [1e6], [0.0], registration_rate=0.5, patient_share=0.0)
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 400, 0.5)
    assert low <= counts.registered[-1] <= high


@pytest.mark.parametrize(("share", "patients"), [(0.0, 0), (1.0, 3_000)])
def test_limits_of_the_share_of_patients(share, patients):
    counts = received([100] * 30, np.full(4, 1e6), patient_share=share)
    assert counts.patients[-1] == patients


@pytest.mark.parametrize(("share", "own"), [(0.0, 3_000), (1.0, 0)])
def test_limits_of_the_share_who_need_shelter(share, own):
    counts = received([100] * 30, np.full(4, 1e6), shelter_share=share, patient_share=0.0)
    assert counts.own_address[-1] == own


def test_asking_is_an_exponential_wait():
    """Ten thousand persons at once: after k hours a binomial count has not yet asked."""
    counts = received([10_000] + [0] * 47, np.zeros(4), rules=AT_ONCE, ask_delay_h=12.0)
    for hour in (0, 5, 23, 47):
        share = math.exp(-(hour + 1) / 12.0)
        low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 10_000, share)
        assert low <= counts.not_yet_asked[hour] <= high


def test_papers_take_an_exponential_time():
    """Ten thousand persons at once, and desks for all: after k hours a binomial count still waits for papers."""
    counts = received([10_000] + [0] * 47, np.zeros(4), rules=AT_ONCE, registration_delay_h=12.0)
    for hour in (0, 5, 23, 47):
        share = math.exp(-(hour + 1) / 12.0)
        low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 10_000, share)
        assert low <= counts.queue[hour] <= high


# --- The rules one by one ---


def test_chance_within_hour_at_worked_values():
    assert chance_within_hour(0.0) == 1.0
    assert chance_within_hour(1.0) == pytest.approx(0.6321205588285577)
    assert chance_within_hour(1e-300) == 1.0
    assert chance_within_hour(1e9) == pytest.approx(1e-9, rel=1e-6)


def test_places_an_hour_grows_as_asked_and_stays_a_number():
    rules = RULES._replace(placement_rate=60.0, placement_growth_per_h=math.log(2.0) / 24.0)
    assert [places_an_hour(hours, rules) for hours in (-3.0, 0.0, 24.0, 72.0)] == pytest.approx(
        [60.0, 60.0, 120.0, 480.0]
    )
    assert places_an_hour(264.0, rules._replace(placement_growth_per_h=100.0)) == 1e9
    assert places_an_hour(264.0, rules._replace(placement_rate=0.0, placement_growth_per_h=100.0)) == 0.0


def test_attraction_falls_by_e_over_the_scale_and_with_room():
    assert attraction(10.0, 0.0, 3.0) == 10.0
    assert attraction(10.0, 3.0, 3.0) == pytest.approx(10.0 / math.e)
    assert attraction(-5.0, 3.0, 3.0) == 0.0


@given(
    st.lists(st.tuples(st.floats(0.0, 10.0), st.integers(0, 60)), min_size=1, max_size=8),
    st.integers(0, 200),
    st.integers(0, 2**32 - 1),
)
def test_split_places_all_for_whom_there_is_room(provinces, persons, seed):
    weight = np.array([row[0] for row in provinces])
    free = np.array([row[1] for row in provinces], np.int64)
    room, placed = free.copy(), np.zeros_like(free)
    count = split_by_weight(seed, 0, 0, persons, weight, free, np.arange(free.size), placed)
    assert count == placed.sum() == min(persons, room.sum())
    assert np.array_equal(placed + free, room)
    assert (free >= 0).all()


def test_split_follows_the_weights():
    """A hundred persons in each of 400 hours: counts are binomial about their shares."""
    weight = np.array([1.0, 0.0, 5.0, 2.0])
    total = np.zeros(4, np.int64)
    for hour in range(400):
        split_by_weight(7, 0, hour, 100, weight, np.full(4, 10**9), np.arange(4), total)
    for count, share in zip(total, weight / weight.sum(), strict=True):
        low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 40_000, share)
        assert low <= count <= high


def test_who_finds_a_province_full_goes_to_the_nearest_with_room():
    free, placed = np.array([5, 20, 100]), np.zeros(3, np.int64)
    split_by_weight(1, 0, 0, 60, np.array([1.0, 0.0, 0.0]), free, np.array([0, 1, 2]), placed)
    assert placed.tolist() == [5, 20, 35]


def test_where_distance_means_everything_the_nearest_fill_first():
    counts = received([50] * 20, np.full(4, 300.0), scale=1e-6, rules=AT_ONCE)
    assert counts.placed[5].tolist() == [0, 300, 0, 0]
    assert counts.placed[11].tolist() == [0, 300, 300, 0]
    assert counts.placed[-1].tolist() == [300, 300, 300, 100]


def test_a_province_without_room_moves_nobody_else_after_it():
    """Its luck is its own: with no weight it takes no draw that others would have had."""
    with_it = received([50] * HOURS, [200.0, 300.0, 400.0, 0.0])
    without_it = received([50] * HOURS, [200.0, 300.0, 400.0], DISTANCE[:3])
    assert np.array_equal(with_it.placed[:, :3], without_it.placed)
    assert np.array_equal(with_it.unmet, without_it.unmet)


# --- Opening of provinces ---


def test_a_province_takes_nobody_before_it_opens():
    counts = received(np.full(HOURS, 100), [5000.0, 5000.0, 5000.0, 5000.0], opening=[0.0, 24.0, 1e9, 48.0])
    assert (counts.placed[:24, 1] == 0).all()
    assert counts.placed[-1, 1] > 0
    assert (counts.placed[:, 2] == 0).all()
    assert (counts.placed[:48, 3] == 0).all()


def test_the_opening_hour_is_exponential():
    quantiles = [opening_hour(NormalDist().inv_cdf(p), 48.0) for p in (0.5, 0.9)]
    np.testing.assert_allclose(quantiles, [-48.0 * np.log(0.5), -48.0 * np.log(0.1)], rtol=1e-9)
