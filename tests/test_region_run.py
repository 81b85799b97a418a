"""A region run by both engines: conservation, closed roads, waiting, and what must not matter."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from flee_cases import small_region
from staffride.errors import InputError
from staffride.model.region import RegionRun, RegionSetup, run_region
from staffride.model.region_choice import Choice
from staffride.scenario.region import Closure, Link, Place, Region, make_region

ENGINES = ("cohorts", "agents")
RULES = Choice(distance_decay=0.5, danger=10.0, networks=0.9, onward=0.01)
NEUTRAL = Choice()
TRAVEL = RegionSetup(speed_km_per_day=60.0)


def line(
    days: int = 20,
    *,
    capacity: float = math.inf,
    closures: Iterable[Closure] = (),
    links: Iterable[Link] | None = None,
    more: Iterable[Place] = (),
) -> Region:
    """A zone, a town and two camps: Zone - Town - Near and Town - Far."""
    places = [
        Place("Zone", "", "Home", 0.0, 0.0, "conflict_zone", 10_000, conflict_from=0),
        Place("Town", "", "Home", 1.0, 0.0, "town", 5_000),
        Place("Near", "", "Host", 2.0, 0.0, "camp", capacity=capacity),
        Place("Far", "", "Host", 3.0, 0.0, "camp", capacity=capacity),
        *more,
    ]
    roads = [Link("Zone", "Town", 100.0), Link("Town", "Near", 50.0), Link("Town", "Far", 200.0)]
    return make_region(
        name="line",
        start=date(2030, 1, 1),
        days=days,
        places=places,
        links=roads if links is None else links,
        conflict={"Zone": np.ones(days)},
        closures=tuple(closures),
    )


def unaccounted(run: RegionRun) -> np.ndarray:
    """Persons of each replication and day who are nowhere."""
    ever = run.stock.sum() + np.cumsum(run.displaced - run.returned, axis=1)
    return ever - run.present.sum(axis=2) - run.on_the_way


def same(run: RegionRun, other: RegionRun, days: int | None = None) -> bool:
    names = ("present", "arrivals", "displaced", "returned", "on_the_way", "waiting")
    return all(np.array_equal(getattr(run, name)[:, :days], getattr(other, name)[:, :days]) for name in names)


SETUPS = {
    "reports": RegionSetup(),
    "reports that fall": RegionSetup(returns=True),
    "travel": TRAVEL,
    "conflict": RegionSetup(volume="conflict", rate_per_day=0.001),
    "conflict without end": RegionSetup(volume="conflict", rate_per_day=0.001, depletes=False),
    "home": RegionSetup(volume="conflict", rate_per_day=0.001, home_rate_per_day=0.05, quiet_days=1),
    "households": RegionSetup(household_size=4.5, speed_km_per_day=100.0, move_ratio=0.5),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", SETUPS)
def test_nobody_appears_or_vanishes(engine: str, name: str) -> None:
    run = run_region(small_region(), rules=RULES, engine=engine, replications=3, setup=SETUPS[name])
    assert not unaccounted(run).any()
    assert (run.present >= 0).all()
    assert (run.on_the_way >= run.waiting).all()
    assert (run.displaced.sum(axis=1) > 0).all()


@pytest.mark.parametrize("name", ["reports", "travel", "conflict", "home"])
def test_both_engines_have_the_same_distribution(name: str) -> None:
    """Means and spreads of many replications agree within four standard errors."""
    many, region = 150, small_region()
    cohorts, agents = (
        run_region(region, rules=RULES, engine=engine, replications=many, setup=SETUPS[name])
        for engine in ENGINES
    )
    for days in (12, 30, 59):
        for key in ("present", "arrivals"):
            first, second = (getattr(run, key)[:, days].astype(float) for run in (cohorts, agents))
            error = np.sqrt((first.var(axis=0) + second.var(axis=0)) / many)
            assert np.all(np.abs(first.mean(axis=0) - second.mean(axis=0)) <= 4.0 * error + 0.5)
            spread = np.maximum(first.std(axis=0), second.std(axis=0))
            close = np.abs(first.std(axis=0) - second.std(axis=0)) <= 4.0 * spread / math.sqrt(2 * many) + 0.5
            assert close.all()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_seed_gives_the_same_values(engine: str) -> None:
    first, again, other = (
        run_region(small_region(), rules=RULES, engine=engine, replications=2, seed=seed, setup=TRAVEL)
        for seed in (5, 5, 6)
    )
    assert same(first, again)
    assert not same(first, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_replication_depends_on_its_own_number_only(engine: str) -> None:
    together = run_region(small_region(), rules=RULES, engine=engine, replications=3)
    alone = run_region(small_region(), rules=RULES, engine=engine, replications=1, first=2)
    assert np.array_equal(together.present[2], alone.present[0])


@pytest.mark.parametrize("engine", ENGINES)
def test_order_and_names_change_nothing(engine: str) -> None:
    region = small_region()
    names = {place.name: f"place {len(region.places) - at}" for at, place in enumerate(region.places)}
    renamed = make_region(
        name="other",
        start=region.start,
        days=region.days,
        home=region.home,
        places=[replace(place, name=names[place.name]) for place in reversed(region.places)],
        links=[
            replace(link, first=names[link.second], second=names[link.first])
            for link in reversed(region.links)
        ],
        conflict={names[place.name]: region.conflict[:, at] for at, place in enumerate(region.places)},
        reports=[replace(one, name=names[one.name]) for one in reversed(region.reports)],
        closures=tuple(
            replace(one, first=names.get(one.first, one.first), second=names.get(one.second, one.second))
            for one in region.closures
        ),
        corrections=tuple(replace(one, destination=names[one.destination]) for one in region.corrections),
    )
    runs = [run_region(one, rules=RULES, engine=engine, setup=TRAVEL) for one in (region, renamed)]
    assert same(*runs)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_marker_far_away_and_a_later_closure_leave_earlier_days_alone(engine: str) -> None:
    far = line(more=[Place("Mark", "", "Else", -9.0, 0.0, "marker")])
    later = line(closures=[Closure("link", "Town", "Near", 12)])
    setup = RegionSetup(volume=np.full(20, 500.0), speed_km_per_day=60.0)
    runs = [run_region(one, rules=RULES, engine=engine, setup=setup) for one in (line(), far, later)]
    assert same(runs[0], runs[1])
    assert same(runs[0], runs[2], 12)
    assert not same(runs[0], runs[2])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_closed_road_is_closed(engine: str) -> None:
    """Who is before a link when it closes goes elsewhere; nobody enters the link while it is closed."""
    region = line(closures=[Closure("link", "Town", "Near", 5, 12)])
    setup = RegionSetup(volume=np.full(20, 500.0), speed_km_per_day=100.0)
    run = run_region(region, rules=NEUTRAL, engine=engine, replications=5, setup=setup)
    link = next(at for at, one in enumerate(region.links) if "Near" in (one.first, one.second))
    assert not run.flows[5:12, link].any()
    assert run.flows[4, link] > 0.0
    assert run.flows[13, link] > 0.0
    near = region.destination_names.index("Near")
    assert not run.arrivals[:, 6:12, near].any()
    assert not unaccounted(run).any()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("source", ["series", "conflict"])
def test_without_any_way_people_wait_and_leave_when_one_opens(engine: str, source: str) -> None:
    region = line(closures=[Closure("country", "Home", "Host", 0, 10)])
    volume = np.full(20, 100.0) if source == "series" else "conflict"
    setup = RegionSetup(volume=volume, speed_km_per_day=math.inf, rate_per_day=0.01)
    run = run_region(region, rules=NEUTRAL, engine=engine, replications=3, setup=setup)
    assert not run.present[:, :10].any()
    assert np.array_equal(run.waiting[:, 9], run.displaced[:, :10].sum(axis=1))
    assert not run.waiting[:, 10:].any()
    assert np.array_equal(run.present[:, 10].sum(axis=1), run.displaced[:, :11].sum(axis=1))


@pytest.mark.parametrize("engine", ENGINES)
def test_full_destinations_are_filled_on_by_capacity(engine: str) -> None:
    """Nobody is turned away and nobody vanishes; two equal camps far above their capacity hold the same."""
    setup = RegionSetup(volume=np.full(20, 1000.0), speed_km_per_day=math.inf)
    run = run_region(line(capacity=50.0), rules=NEUTRAL, engine=engine, replications=20, setup=setup)
    last = run.present[:, -1].astype(float)
    assert (last.sum(axis=1) == 20_000).all()
    # Binomial with 20,000 trials: 71 persons of standard deviation, 16 for a mean of twenty.
    assert np.all(np.abs(last.mean(axis=0) - 10_000.0) < 64.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_destinations_without_any_place_let_people_wait(engine: str) -> None:
    setup = RegionSetup(volume=np.full(20, 10.0))
    run = run_region(line(capacity=0.0), rules=NEUTRAL, engine=engine, replications=1, setup=setup)
    assert not run.present.any()
    assert run.waiting[0, -1] == 200


@pytest.mark.parametrize("engine", ENGINES)
def test_a_setting_that_restricts_knowledge_strands_nobody(engine: str) -> None:
    region = replace(small_region(), settings={"move_rules": {"awareness_level": 0}})
    run = run_region(region, rules=RULES, engine=engine, replications=2)
    assert not run.waiting.any()
    assert not run.on_the_way.any()


def test_reports_fill_the_destinations_by_their_total() -> None:
    """Without travel all who were ever counted are there: the running greatest value of the total."""
    from staffride.scenario.region_reports import daily_counts

    region = small_region()
    run = run_region(region, rules=RULES, replications=2)
    total = np.maximum.accumulate(daily_counts(region).sum(axis=1))
    assert np.abs(run.present.sum(axis=2) - total).max() <= 2.0


@pytest.mark.parametrize("engine", ENGINES)
def test_people_go_home_when_home_is_quiet(engine: str) -> None:
    region = line(40)
    conflict = region.conflict.copy()
    conflict[10:] = 0.0
    quiet = replace(region, conflict=conflict)
    setup = RegionSetup(volume=np.where(np.arange(40) < 10, 1000.0, 0.0), home_rate_per_day=0.1, quiet_days=5)
    run = run_region(quiet, rules=NEUTRAL, engine=engine, replications=20, setup=setup)
    assert not run.returned[:, :14].any()
    stay = run.present[:, -1].sum(axis=1).mean() / 10_000.0
    # Days 14 to 39 are 26 days at a hazard of 0.1; the standard error of twenty runs is below 0.001.
    assert stay == pytest.approx(math.exp(-2.6), abs=0.003)


def test_households_travel_together() -> None:
    """Sizes differ from day to day, but what has left never strays from the series by a household."""
    setup = RegionSetup(volume=np.full(20, 7.0), household_size=5.0)
    run = run_region(line(), rules=NEUTRAL, engine="agents", replications=50, setup=setup)
    behind = np.cumsum(np.full(20, 7)) - np.cumsum(run.displaced, axis=1)
    assert behind.min() >= 0
    assert behind.max() <= 20
    assert run.present[:, -1, 0].std() > 1.5 * math.sqrt(140 / 4)


def test_a_wrong_series_is_refused() -> None:
    with pytest.raises(InputError, match="the series of the displaced is"):
        run_region(line(), rules=NEUTRAL, setup=RegionSetup(volume=np.ones(3)))
    with pytest.raises(InputError, match="the volume is 'luck'"):
        run_region(line(), rules=NEUTRAL, setup=RegionSetup(volume="luck"))  # type: ignore[arg-type]
