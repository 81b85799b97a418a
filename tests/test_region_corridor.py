"""Links that bind: worked values of a queue, both engines against its closed form, nobody passes a closed crossing."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.model.region import RegionRun, RegionSetup, run_region
from staffride.model.region_choice import Choice
from staffride.model.region_corridor import (
    HOURS,
    capacity_of_hour,
    corridors_of,
    hours_share,
    hypergeometric,
)
from staffride.scenario.region import Closure, Link, Place, Region, make_region

ENGINES = ("cohorts", "agents")


def most_passed(arrived: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """How many have passed by the end of each hour: ``D(h) = min over s <= h of (A(s) + C(h) - C(s))``.

    A and C are running sums of arrivals and capacity, 0 before the first hour (Newell 1982): the closed form of a
    first-in-first-out point queue, which the engines must meet.
    """
    could = np.cumsum(capacity)
    least = np.minimum.accumulate(np.minimum(np.cumsum(arrived) - could, 0))
    return least + could


def crossing(per_hour: float, closures: tuple[Closure, ...] = (), days: int = 12) -> Region:
    """Two camps behind one crossing: Zone - Gate = Bridge - Near and Bridge - Far."""
    places = [
        Place("Zone", "", "Home", 0.0, 0.0, "conflict_zone", 10_000, conflict_from=0),
        Place("Gate", "", "Home", 1.0, 0.0, "town"),
        Place("Bridge", "", "Host", 2.0, 0.0, "town"),
        Place("Near", "", "Host", 3.0, 0.0, "camp"),
        Place("Far", "", "Host", 4.0, 0.0, "camp"),
    ]
    links = [
        Link("Zone", "Gate", 50.0),
        Link("Gate", "Bridge", 1.0, persons_per_hour=per_hour),
        Link("Bridge", "Near", 50.0),
        Link("Bridge", "Far", 100.0),
    ]
    return make_region(
        name="crossing",
        start=date(2030, 1, 1),
        days=days,
        places=places,
        links=links,
        conflict={"Zone": np.ones(days)},
        closures=closures,
    )


def surge(region: Region, engine: str, speed: float = math.inf, size: float = 1.0) -> RegionRun:
    """2,400 people on day 0 and nobody after."""
    people = np.zeros(region.days)
    people[0] = 2400.0
    setup = RegionSetup(volume=people, speed_km_per_day=speed, household_size=size)
    return run_region(region, rules=Choice(), engine=engine, replications=4, setup=setup)


def test_worked_values_of_a_queue() -> None:
    passed = most_passed(np.array([5, 0, 0, 1]), np.array([2, 2, 2, 2]))
    assert passed.tolist() == [2, 4, 5, 6]
    assert most_passed(np.array([1, 9, 0]), np.array([3, 3, 3])).tolist() == [1, 4, 7]
    assert [capacity_of_hour(2.5, hour) for hour in range(4)] == [2, 3, 2, 3]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)), min_size=1, max_size=30))
def test_the_closed_form_is_the_queue_hour_by_hour(hours: list[tuple[int, int]]) -> None:
    arrived, capacity = np.array(hours, np.int64).T.copy()
    waiting, total, passed = 0, 0, []
    for came, room in hours:
        waiting += came
        total += min(waiting, room)
        waiting -= min(waiting, room)
        passed.append(total)
    assert most_passed(arrived, capacity).tolist() == passed


@given(st.floats(0.0, 100.0))
def test_the_hours_of_a_day_sum_to_one(start: float) -> None:
    assert math.fsum(hours_share(start, later) for later in range(HOURS + 1)) == pytest.approx(1.0)


def test_a_part_of_a_crowd_has_the_hypergeometric_distribution() -> None:
    """The quantiles of a fine grid of uniforms give the exact chances C(4, k) C(6, 3 - k) / C(10, 3)."""
    grid = (np.arange(12_000) + 0.5) / 12_000
    drawn = np.bincount([hypergeometric(4, 6, 3, u) for u in grid], minlength=4) / grid.size
    exact = [math.comb(4, k) * math.comb(6, 3 - k) / math.comb(10, 3) for k in range(4)]
    assert drawn.tolist() == pytest.approx(exact, abs=1.0e-4)
    assert hypergeometric(5, 0, 3, 0.5) == 3
    assert hypergeometric(0, 5, 3, 0.5) == 0
    large = [hypergeometric(30_000, 70_000, 50_000, u) for u in (0.001, 0.5, 0.999)]
    # Mean 15,000, standard deviation 72.5.
    assert large == pytest.approx([14_776, 15_000, 15_224], abs=2)


def test_each_direction_of_a_link_has_its_own_queue() -> None:
    corridors = corridors_of(crossing(10.0))
    assert corridors.per_hour.tolist() == [10.0, 10.0]
    assert sorted(zip(corridors.start.tolist(), corridors.end.tolist(), strict=True)) == [(1, 2), (2, 1)]


@pytest.mark.parametrize("engine", ENGINES)
def test_arrivals_are_the_smaller_of_what_came_and_what_could_pass(engine: str) -> None:
    """100 people an hour come and 20 can pass: 480 on each day for five days, then the queue is gone."""
    region = crossing(20.0)
    run = surge(region, engine)
    arrived = run.arrivals.sum(axis=2)
    assert np.abs(arrived[:, :4] - 480).max() <= 0
    assert arrived[:, :5].sum(axis=1).tolist() == [2400] * 4
    waiting = run.queued[:, :, run.queues.index((_link(region), 1))]
    assert waiting[0, :5].tolist() == [1920, 1440, 960, 480, 0]
    assert run.flows[:6, _link(region)].tolist() == [480.0] * 5 + [0.0]


def _link(region: Region) -> int:
    return next(at for at, link in enumerate(region.links) if math.isfinite(link.persons_per_hour))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_link_that_does_not_bind_changes_no_day(engine: str) -> None:
    wide = surge(crossing(1.0e6), engine, speed=60.0)
    ever = wide.stock.sum() + np.cumsum(wide.displaced, axis=1)
    assert np.array_equal(wide.present.sum(axis=2) + wide.on_the_way, ever)
    free = surge(crossing(math.inf), engine, speed=60.0)
    assert free.queued.shape[2] == 0
    # The queue is served at the end of an hour, half of it after the moment of leaving on average.
    assert np.abs(wide.arrivals.sum(axis=2).mean(axis=0) - free.arrivals.sum(axis=2).mean(axis=0)).max() < 130


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_passes_a_crossing_while_it_is_closed(engine: str) -> None:
    region = crossing(20.0, (Closure("link", "Gate", "Bridge", 2, 6),))
    run = surge(region, engine)
    assert not run.flows[2:6, _link(region)].any()
    assert run.queued[0, 2:6, run.queues.index((_link(region), 1))].tolist() == [1440] * 4
    assert run.present[:, -1].sum(axis=1).tolist() == [2400] * 4


def test_both_engines_share_a_queue_alike_and_large_households_pass_too() -> None:
    region = crossing(20.0)
    cohorts, agents = (surge(region, engine, speed=75.0) for engine in ENGINES)
    mean = [run.arrivals[:, :6].mean(axis=(0, 2)) for run in (cohorts, agents)]
    assert np.abs(mean[0] - mean[1]).max() < 40.0
    families = surge(crossing(0.5, days=60), "agents", size=4.0)
    assert families.arrivals.sum(axis=(1, 2)).min() > 60 * 12 - 60
