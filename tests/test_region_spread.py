"""What the rule does not know of destinations: nothing changes at 0, keyed by place, the same in both engines."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import small_region
from staffride.errors import InputError
from staffride.model.region import Engine, RegionRun, RegionSetup, run_region
from staffride.model.region_choice import Choice, appeal_factor, appeal_factors
from staffride.scenario.region import Closure, Link, Place, make_region
from test_region_run import line, same, unaccounted

ENGINES: tuple[Engine, ...] = ("cohorts", "agents")
RULES = Choice(distance_decay=0.5, networks=0.9, onward=0.05)
BEFORE = {
    "cohorts": [[9907, 1266, 6777], [9946, 1207, 6797], [10018, 1211, 6721]],
    "agents": [[9975, 1226, 6749], [9906, 1282, 6762], [9894, 1222, 6834]],
}
"""Counts of the last day as they were before there was a spread."""


def on_one_day(spread: float, persons: float = 20_000.0) -> RegionSetup:
    """Everybody leaves on day 0 and arrives on it."""
    return RegionSetup(volume=np.eye(1, 4)[0] * persons, speed_km_per_day=math.inf, appeal_spread=spread)


def share_of_near(run: RegionRun) -> np.ndarray:
    """Share of the first camp on the last day, by replication."""
    present = run.present[:, -1].astype(float)
    return np.asarray(present[:, 0] / present.sum(axis=1))


def factors(run: RegionRun, spread: float) -> np.ndarray:
    """The factors of the destinations in every replication."""
    place = np.array(run.region.destinations, np.int32)
    found = np.empty((len(run.present), place.size))
    for number, row in enumerate(found):
        appeal_factors(spread, run.seed, run.first + number, place, row)
    return found


@given(st.floats(0.0, 5.0), st.floats(-8.0, 8.0))
def test_a_factor_and_its_opposite_cancel(spread: float, score: float) -> None:
    assert appeal_factor(spread, score) * appeal_factor(spread, -score) == pytest.approx(1.0)
    assert appeal_factor(0.0, score) == 1.0
    assert appeal_factor(0.5, 2.0) == pytest.approx(math.e)


@pytest.mark.parametrize("engine", ENGINES)
def test_without_a_spread_nothing_has_changed(engine: Engine) -> None:
    run = run_region(small_region(), rules=RULES, engine=engine, replications=3, seed=7)
    assert run.present[:, -1].tolist() == BEFORE[engine]
    none = RegionSetup(appeal_spread=0.0)
    assert same(
        run, run_region(small_region(), rules=RULES, engine=engine, replications=3, seed=7, setup=none)
    )


def test_the_logarithms_of_factors_are_normal_and_independent() -> None:
    run = run_region(line(4), rules=Choice(), replications=4000, setup=on_one_day(0.7, 1.0))
    logs = np.log(factors(run, 0.7))
    assert np.abs(logs.mean(axis=0)).max() < 4.0 * 0.7 / math.sqrt(4000)
    assert logs.std(axis=0) == pytest.approx([0.7, 0.7], rel=4.0 / math.sqrt(8000))
    assert abs(np.corrcoef(logs.T)[0, 1]) < 4.0 / math.sqrt(4000)
    assert np.all(factors(run, 0.0) == 1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_camps_alike_share_by_their_factors(engine: Engine) -> None:
    """Unlimited places, no distance: the share of one is its factor over the sum of both, in each replication."""
    run = run_region(line(4), rules=Choice(), engine=engine, replications=40, setup=on_one_day(0.8))
    found = factors(run, 0.8)
    expected = found[:, 0] / found.sum(axis=1)
    deviation = np.sqrt(expected * (1.0 - expected) / 20_000.0)
    assert np.all(np.abs(share_of_near(run) - expected) < 4.5 * deviation)


def test_both_engines_agree_in_every_replication() -> None:
    """The factors are the same numbers, so only the noise of single choices is left between the engines."""
    setup = RegionSetup(appeal_spread=0.8, speed_km_per_day=200.0)
    runs = [
        run_region(small_region(), rules=RULES, engine=engine, replications=30, setup=setup)
        for engine in ENGINES
    ]
    last = [run.present[:, -1].astype(float) for run in runs]
    spread = last[0].std(axis=0)
    assert np.all(spread > 300.0)
    assert np.all((last[0] - last[1]).std(axis=0) < 0.2 * spread)
    assert np.all(np.abs((last[0] - last[1]).mean(axis=0)) < 0.1 * spread)


def test_bands_grow_with_the_spread_and_lean_to_no_side() -> None:
    runs = [
        run_region(line(4), rules=Choice(), replications=1000, setup=on_one_day(spread))
        for spread in (0.0, 0.3, 0.6, 1.2)
    ]
    shares = [share_of_near(run) for run in runs]
    widths = [float(np.subtract(*np.quantile(share, [0.95, 0.05]))) for share in shares]
    assert all(wider > 1.5 * narrower for narrower, wider in pairwise(widths))
    for share in shares:
        assert share.mean() == pytest.approx(0.5, abs=4.5 * share.std() / math.sqrt(1000))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_spread_is_keyed_by_seed_and_place(engine: Engine) -> None:
    region, setup = small_region(), RegionSetup(appeal_spread=0.8)
    run = run_region(region, rules=RULES, engine=engine, replications=2, setup=setup)
    assert same(run, run_region(region, rules=RULES, engine=engine, replications=2, setup=setup))
    second = run_region(region, rules=RULES, engine=engine, replications=1, first=1, setup=setup)
    assert np.array_equal(run.present[1:], second.present)
    other = run_region(region, rules=RULES, engine=engine, replications=2, seed=2, setup=setup)
    assert not np.array_equal(run.present, other.present)


def test_order_and_names_change_no_factor() -> None:
    region, names = line(4), {"Zone": "B", "Town": "A", "Near": "D", "Far": "C"}
    renamed = make_region(
        name="other",
        start=region.start,
        days=region.days,
        places=[replace(place, name=names[place.name]) for place in reversed(region.places)],
        links=[replace(link, first=names[link.first], second=names[link.second]) for link in region.links],
        conflict={"B": np.ones(4)},
    )
    runs = [
        run_region(one, rules=Choice(), replications=3, setup=on_one_day(0.8)) for one in (region, renamed)
    ]
    assert np.array_equal(runs[0].present, runs[1].present)


@pytest.mark.parametrize("engine", ENGINES)
def test_closed_stays_closed_and_nobody_is_lost(engine: Engine) -> None:
    closed = Closure("location", "Near")
    setup = RegionSetup(volume=np.full(20, 500.0), speed_km_per_day=60.0, appeal_spread=2.0)
    run = run_region(line(closures=[closed]), rules=RULES, engine=engine, replications=5, setup=setup)
    assert not run.present[:, :, 0].any()
    assert not unaccounted(run).any()


@pytest.mark.parametrize("engine", ENGINES)
def test_full_camps_share_by_places_and_factors(engine: Engine) -> None:
    """Of two camps that are full each takes by capacity times factor; one without places takes nobody."""
    none = Place("None", "", "Host", 4.0, 0.0, "camp", capacity=0.0)
    setup = replace(on_one_day(0.8), volume=np.array([2_000.0, 0.0, 20_000.0, 0.0]))
    region = line(4, capacity=1.0, more=[none], links=[*line().links, Link("Town", "None", 10.0)])
    run = run_region(region, rules=Choice(), engine=engine, replications=5, setup=setup)
    expected = factors(run, 0.8)[:, :2]
    assert not run.present[:, :, 2].any()
    assert share_of_near(run) == pytest.approx(expected[:, 0] / expected.sum(axis=1), abs=0.02)


@pytest.mark.parametrize("spread", [-0.1, math.nan, 6.0])
def test_a_spread_that_is_none_is_refused(spread: float) -> None:
    with pytest.raises(InputError, match="appeal_spread is"):
        run_region(line(4), rules=Choice(), setup=RegionSetup(appeal_spread=spread))
