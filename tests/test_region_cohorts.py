"""Cohort counts: the law of a multinomial count, journeys over days, and the rule against its closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.model.region import RegionSetup, run_region
from staffride.model.region_choice import Choice
from staffride.model.region_cohorts import days_ahead, longest_days, next_share
from staffride.model.region_onward import onward_from
from staffride.model.region_returns import chance_of_return, home_rates
from staffride.model.region_travel import chance_of_next_day
from test_region_run import line


@given(st.integers(0, 500), st.floats(1e-6, 1.0), st.floats(0.0, 3.0), st.floats(1e-9, 1.0, exclude_max=True))
def test_a_cell_takes_at_most_those_who_are_left(left: int, chance: float, others: float, u: float) -> None:
    number = next_share(left, chance, chance + others, u)
    assert 0 <= number <= left
    assert next_share(left, chance, chance, u) == left


def test_counts_of_a_day_have_the_variance_of_a_multinomial_count() -> None:
    """1,000 people and two camps alike: mean 500, variance 250."""
    setup = RegionSetup(volume=np.eye(1, 4)[0] * 1000.0, speed_km_per_day=math.inf)
    run = run_region(line(4), rules=Choice(), replications=4000, setup=setup)
    near = run.present[:, 0, 0].astype(float)
    assert near.mean() == pytest.approx(500.0, abs=4.0 * math.sqrt(250.0 / 4000))
    assert near.var() == pytest.approx(250.0, rel=4.0 * math.sqrt(2.0 / 4000))


def test_shares_follow_the_distance() -> None:
    """(1 + 150 / 35)^-1 to (1 + 300 / 35)^-1 is 335 / 185."""
    setup = RegionSetup(volume=np.eye(1, 4)[0] * 1e6, speed_km_per_day=math.inf)
    run = run_region(line(4), rules=Choice(distance_decay=1.0), replications=20, setup=setup)
    share = run.present[:, 0].mean(axis=0) / 1e6
    assert share.tolist() == pytest.approx([335 / 520, 185 / 520], abs=0.0005)


def test_a_journey_lasts_its_days_on_average() -> None:
    """150 km at 60 km a day: half arrive on the second day after, half on the third; 300 km: all on the fifth."""
    assert chance_of_next_day(2.25) == 0.25
    assert days_ahead(np.array([[[2.25, np.inf]]]), np.zeros(1), 0) == 4
    assert longest_days(np.array([[[np.inf]]])) == 0.0
    setup = RegionSetup(volume=np.eye(1, 9)[0] * 1e6, speed_km_per_day=60.0)
    run = run_region(line(9), rules=Choice(), replications=20, setup=setup)
    arrived = run.arrivals.mean(axis=0) / 5e5
    assert arrived[:, 0].tolist() == pytest.approx([0, 0, 0.5, 0.5, 0, 0, 0, 0, 0], abs=0.001)
    assert arrived[:, 1].tolist() == pytest.approx([0, 0, 0, 0, 0, 1, 0, 0, 0], abs=0.001)
    on_links = run.flows.sum(axis=0) / 5e5
    assert on_links.tolist() == pytest.approx([2.0, 1.0, 1.0])


def test_the_number_of_people_does_not_change_the_shape_of_a_run() -> None:
    """A thousand times more people: the same shares, less noise."""
    rules = Choice(networks=0.5)
    few, many = (
        run_region(
            line(10, capacity=100.0 * size),
            rules=rules,
            replications=50,
            setup=RegionSetup(volume=np.full(10, 10.0 * size), speed_km_per_day=math.inf),
        )
        for size in (10.0, 10_000.0)
    )
    shares = [run.present[:, -1, 0] / run.present[:, -1].sum(axis=1) for run in (few, many)]
    assert abs(shares[0].mean() - shares[1].mean()) < 0.03
    assert shares[1].std() < shares[0].std() / 10


def test_people_move_on_inside_a_country_away_from_the_fighting() -> None:
    chances = np.empty(3)
    stock, capacity, host = np.array([100.0, 50.0, 0.0]), np.full(3, 200.0), np.array([0, 0, 1], np.int32)
    open_to, depth = np.ones(3, np.bool_), np.array([10.0, 20.0, 30.0])
    share = onward_from(0, stock, capacity, host, open_to, depth, 0.1, chances)
    assert share == pytest.approx(1.0 - math.exp(-0.1 * 0.75))
    assert chances.tolist() == [0.0, 1.0, 0.0]
    assert onward_from(1, stock, capacity, host, open_to, depth, 0.1, chances) == 0.0
    closed = np.array([True, False, True])
    assert onward_from(0, stock, capacity, host, closed, depth, 0.1, chances) == 0.0


def test_returns_by_falls_and_by_quiet_at_home() -> None:
    assert chance_of_return(50.0, 1000.0, 0.0) == pytest.approx(0.05)
    assert chance_of_return(0.0, 1000.0, 0.1) == pytest.approx(1.0 - math.exp(-0.1))
    assert chance_of_return(2000.0, 1000.0, 0.0) == 1.0
    assert chance_of_return(5.0, 0.0, 0.0) == 0.0
    region = line(6)
    conflict = region.conflict
    conflict[2:] = 0.0
    assert home_rates(region, 0.1, 3)[:, 0].tolist() == [0.0, 0.0, 0.0, 0.0, 0.1, 0.1]
