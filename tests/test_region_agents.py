"""Household agents: their history adds up to the counts, what only they can do, and who the people are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import small_region
from staffride.errors import InputError
from staffride.model.region import RegionRun, RegionSetup, run_region
from staffride.model.region_agents import (
    AT_HOME,
    MOVING,
    PRESENT,
    WAITING,
    Households,
    hazard_borne,
    level_of,
    pick,
    size_of_household,
)
from staffride.model.region_choice import Choice
from staffride.model.region_people import attribute_of, shares_at
from test_region_run import line

RULES = Choice(distance_decay=0.5, networks=0.9, onward=0.05)


def households(run: RegionRun) -> Households:
    assert run.households is not None
    return run.households


@pytest.mark.parametrize("size", [1.0, 4.5])
@pytest.mark.parametrize("returns", [False, True])
def test_households_add_up_to_the_counts(size: float, returns: bool) -> None:
    setup = RegionSetup(household_size=size, speed_km_per_day=40.0, returns=returns)
    run = run_region(small_region(), rules=RULES, engine="agents", replications=2, setup=setup)
    homes = households(run)
    persons = {state: homes.size[homes.state == state].sum() for state in range(4)}
    assert persons[PRESENT] == run.present[-1, -1].sum()
    assert persons[MOVING] + persons[WAITING] == run.on_the_way[-1, -1]
    assert persons[WAITING] == run.waiting[-1, -1]
    assert persons[AT_HOME] == run.returned[-1].sum()
    here = homes.state == PRESENT
    by_place = np.bincount(homes.place[here], homes.size[here], run.present.shape[2])
    assert np.array_equal(by_place, run.present[-1, -1])
    left = np.bincount(homes.left_day + 1, homes.size, run.region.days + 1)
    assert left[0] == run.stock.sum()
    assert np.array_equal(left[1:], run.displaced[-1])


def test_they_start_where_there_is_conflict() -> None:
    region = small_region()
    run = run_region(region, rules=RULES, engine="agents", replications=1)
    homes = households(run)
    started = region.conflict[np.maximum(homes.left_day, 0), run.origins[homes.origin]]
    assert started.all()


def test_an_earlier_move_makes_the_next_one_rarer_where_it_is_said_to() -> None:
    setups = [RegionSetup(move_ratio=ratio) for ratio in (1.0, 0.2)]
    moved = [
        households(
            run_region(small_region(), rules=RULES, engine="agents", replications=1, setup=setup)
        ).moves
        for setup in setups
    ]
    assert moved[0].sum() >= moved[1].sum()
    assert hazard_borne(0.5, 0.2, 1) == pytest.approx(math.log(2.0) / 0.2)
    assert hazard_borne(0.5, 0.2, 0) == pytest.approx(math.log(2.0))


def test_sizes_of_households() -> None:
    grid = (np.arange(4000) + 0.5) / 4000
    assert np.mean([size_of_household(4.5, u) for u in grid]) == pytest.approx(4.5, abs=0.01)
    assert {size_of_household(1.0, u) for u in grid} == {1}
    assert size_of_household(1e6, 0.5) == 255


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.floats(1e-9, 1.0, exclude_max=True))
def test_a_cell_without_a_chance_is_never_picked(chances: list[float], u: float) -> None:
    cumulative = np.cumsum(chances)
    if cumulative[-1] > 1e-6:
        cell = pick(cumulative, u)
        assert chances[cell] > 0.0
        assert cumulative[cell] > u * cumulative[-1]


def test_levels_are_listed_in_order() -> None:
    assert [level_of(level) for level in (0.0, 0.5, 1.0, 1e9)] == [0, 32, 64, 1023]


def test_the_time_at_a_destination_is_exponential() -> None:
    """Everybody goes home at 0.1 a day: the share left after n days is exp(-0.1 n)."""
    region = line(30)
    region.conflict[1:] = 0.0
    setup = RegionSetup(
        volume=np.eye(1, 30)[0] * 100_000.0, home_rate_per_day=0.1, quiet_days=1, speed_km_per_day=math.inf
    )
    run = run_region(region, rules=Choice(), engine="agents", replications=1, setup=setup)
    left = run.present[0].sum(axis=1) / 100_000.0
    for day in (5, 10, 20):
        assert left[day] == pytest.approx(math.exp(-0.1 * day), abs=0.006)


def test_age_and_sex_follow_the_table_of_the_origin() -> None:
    table = {"girl": {"Default": 1.0, "Ardel": 3.0}, "boy": {"Default": 1.0}}
    region = replace(small_region(), demographics={"sex": table})
    setup = RegionSetup(household_size=4.5)
    run = run_region(region, rules=RULES, engine="agents", replications=1, setup=setup)
    homes = households(run)
    values, shares = shares_at(region, "sex", run.origins)
    ardel = run.origins.tolist().index(region.index["Ardel"])
    assert values == ("girl", "boy")
    assert shares[ardel].tolist() == [0.75, 0.25]
    found = attribute_of(region, homes, run.origins, "sex", run.seed, 0)
    assert found.value.size == homes.size.sum()
    of_ardel = homes.origin[found.household] == ardel
    assert (found.value[of_ardel] == 0).mean() == pytest.approx(0.75, abs=0.02)
    assert (found.value[~of_ardel] == 0).mean() == pytest.approx(0.5, abs=0.03)
    again = run.attribute("sex")
    assert np.array_equal(found.value, again.value)
    with pytest.raises(InputError, match="there is no 'height'"):
        run.attribute("height")
