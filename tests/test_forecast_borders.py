"""Where newly displaced people go when a border closes, a road opens or a destination is full."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import small_region
from staffride.lab.forecast import forecast
from staffride.lab.forecast_borders import Change, cut_off, known_closures
from staffride.lab.forecast_flows import Rules, flows, split_of_arrivals
from staffride.lab.forecast_reports import standing
from staffride.scenario.region import Closure, Link
from test_forecast_known import ORIGIN, ORIGIN_DAY, equal, region_with

RISING = {
    "Farhold": {0: 900.0, 17: 1_500.0, 35: 2_000.0},
    "Gantry": {0: 100.0, 17: 300.0, 35: 500.0},
    "Hovel": {0: 400.0, 17: 500.0, 35: 600.0},
}
BORDER = Closure("country", "Homeland", "Neighbour", ORIGIN_DAY + 1, None)


def cut(region, change=None, day: int = 1) -> set[str]:
    flags = cut_off(region, ORIGIN_DAY, [day], change or Change())[0]
    return {name for name, flag in zip(region.destination_names, flags, strict=True) if flag}


def test_nothing_is_cut_off_without_a_closure() -> None:
    assert cut(small_region()) == set()


@pytest.mark.parametrize(
    ("closure", "names"),
    [
        (BORDER, {"Farhold", "Gantry"}),
        (Closure("camp", "Farhold", "", ORIGIN_DAY, None), {"Farhold"}),
        (Closure("idp_camp", "Hovel", "", ORIGIN_DAY, None), {"Hovel"}),
        (Closure("location", "Gantry", "", ORIGIN_DAY, None), {"Gantry"}),
    ],
)
def test_each_kind_of_closure_cuts_off_its_own(closure: Closure, names: set[str]) -> None:
    assert cut(small_region(), Change(closed=(closure,))) == names


def test_a_closure_holds_on_its_own_days() -> None:
    short = Closure("camp", "Farhold", "", ORIGIN_DAY + 5, ORIGIN_DAY + 8)
    flags = cut_off(small_region(), ORIGIN_DAY, range(1, 11), Change(closed=(short,)))
    assert np.flatnonzero(flags.any(axis=1)).tolist() == [4, 5, 6]


def test_a_closure_in_force_is_known_and_its_end_is_not() -> None:
    region = replace(small_region(), closures=(Closure("camp", "Farhold", "", 10, ORIGIN_DAY + 2), BORDER))
    assert known_closures(region, ORIGIN_DAY) == region.closures[:1]
    assert cut(region, day=30) == {"Farhold"}


def test_a_new_road_ends_isolation() -> None:
    region = small_region()
    alone = replace(
        region, links=tuple(one for one in region.links if "Hovel" not in (one.first, one.second))
    )
    assert cut(alone) == {"Hovel"}
    assert cut(alone, Change(opened=(Link("Dorim", "Hovel", 50.0),))) == set()


def test_arrivals_of_a_closed_border_go_elsewhere_and_people_there_stay() -> None:
    region = region_with(**RISING)
    free, shut = (forecast(region, ORIGIN, paths=200, closed=closed) for closed in ((), (BORDER,)))
    inside = free.destinations.index("Hovel")
    outside = [at for at in range(3) if at != inside]
    assert shut.arrivals[:, :, outside].max() == 0.0
    assert shut.arrivals.sum(axis=2) == pytest.approx(free.arrivals.sum(axis=2))
    assert (shut.paths[:, :, inside] >= free.paths[:, :, inside] - 1e-9).all()
    assert (shut.paths <= free.paths + 1e-9)[:, :, outside].all()


def test_a_closure_of_what_is_closed_changes_nothing() -> None:
    region = replace(region_with(**RISING), closures=(Closure("country", "Neighbour", "Homeland", 20, None),))
    assert equal(forecast(region, ORIGIN, paths=20), forecast(region, ORIGIN, paths=20, closed=(BORDER,)))


def test_lifting_a_closure_gives_a_destination_its_share() -> None:
    shut = Closure("camp", "Gantry", "", 0, None)
    region = replace(region_with(**(RISING | {"Gantry": {}})), closures=(shut,))
    free = forecast(region, ORIGIN, paths=200)
    opened = forecast(region, ORIGIN, paths=200, opened=(shut,))
    gantry = free.destinations.index("Gantry")
    assert np.median(opened.arrivals[:, :, gantry].sum(axis=1)) > np.median(
        free.arrivals[:, :, gantry].sum(axis=1)
    )
    assert opened.arrivals.sum(axis=2) == pytest.approx(free.arrivals.sum(axis=2))


def test_people_who_find_a_destination_full_go_on() -> None:
    region = region_with(**RISING)
    small = replace(
        region,
        places=tuple(
            replace(place, capacity=2_100.0 if place.name == "Farhold" else 1e9) for place in region.places
        ),
    )
    found = forecast(small, ORIGIN, paths=200, capacity_as_of=ORIGIN)
    full = found.destinations.index("Farhold")
    assert found.paths[:, :, full].max() <= max(2_100.0, found.paths[:, 0, full].max()) + 1e-6
    free = forecast(small, ORIGIN, paths=200)
    assert found.arrivals.sum(axis=2) == pytest.approx(free.arrivals.sum(axis=2))


def test_the_split_is_one_and_follows_rises() -> None:
    at = standing(region_with(**RISING), ORIGIN_DAY, 28.0)
    split = split_of_arrivals(at, 0.1)
    assert split.sum() == pytest.approx(1.0)
    falling = standing(region_with(Farhold={0: 900.0, 35: 500.0}, Gantry={0: 500.0}), ORIGIN_DAY, 28.0)
    assert split_of_arrivals(falling, 0.1) == pytest.approx([0.5, 0.5])


@given(st.integers(0, 2**32 - 1))
def test_arrivals_are_conserved_whatever_closes_opens_or_fills(seed: int) -> None:
    draw = np.random.default_rng(seed)
    first = draw.uniform(0, 500, (4, 5))
    present = np.maximum(0.0, first[:, None, :] + np.cumsum(draw.normal(5, 30, (4, 10, 5)), axis=1))
    closed = draw.random((10, 5)) < 0.3
    closed[:, 0] = False
    opened = (draw.random((10, 5)) < 0.2) & ~closed
    capacity = np.where(draw.random(5) < 0.5, draw.uniform(100, 900, 5), np.inf)
    split = draw.dirichlet(np.ones(5))
    free = flows(first, present, Rules(closed & False, closed & False, split, np.full(5, np.inf)))
    found = flows(first, present, Rules(closed, opened, split, capacity))
    assert found.arrivals.sum(axis=2) == pytest.approx(free.arrivals.sum(axis=2))
    assert (found.arrivals >= -1e-9).all()
    assert (found.present >= 0.0).all()
    assert found.arrivals[:, closed].max(initial=0.0) <= 1e-9
