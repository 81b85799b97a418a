"""Arrivals are laid on the shortest open ways; the crossing to watch is the one that the definition names."""

from dataclasses import replace

import numpy as np
import pytest

from fake_forecast import fake_forecast, renamed
from flee_cases import small_region
from staffride.lab.age_and_sex import by_age_and_sex, spread_out
from staffride.lab.crossings import binding, closed_links, crossings, sources, ways
from staffride.scenario.region import Closure, Link, Place, Region, make_region


def line(**others: object) -> Region:
    """A zone of conflict, a hub, and a camp behind each of two borders: 100 km, then 100 or 300 km."""
    places = [
        Place("zone", "", "home", 0.0, 0.0, "conflict_zone", 1000.0, conflict_from=0),
        Place("hub", "", "home", 0.0, 1.0, "town"),
        Place("near", "", "west", 0.0, 2.0, "camp", capacity=100.0),
        Place("far", "", "east", 0.0, 3.0, "camp"),
    ]
    links = [Link("zone", "hub", 100.0), Link("hub", "near", 100.0), Link("hub", "far", 300.0)]
    given = {"places": places, "links": links, "conflict": {"zone": np.ones(10)}} | others
    return make_region(name="line", start=fake_forecast(1, 1).origin, days=10, **given)  # type: ignore[arg-type]


def arrivals_of(region: Region, **persons: float) -> np.ndarray:
    """Four paths of five days with so many persons a day, the last path with twice as many."""
    daily = np.array([persons.get(name, 0.0) for name in region.destination_names])
    return np.ones((4, 5, 1)) * daily * np.array([1.0, 1.0, 1.0, 2.0])[:, None, None]


def test_everybody_passes_the_only_way() -> None:
    region = line()
    arrivals = arrivals_of(region, near=30.0, far=10.0)
    found = {one[:3]: one for one in crossings(region, arrivals, ways(region, 0))}
    assert found["link", "zone", "hub"].share == pytest.approx(1.0)
    assert found["border", "home", "west"].share == pytest.approx(0.75)
    assert found["border", "east", "home"].share == pytest.approx(0.25)
    np.testing.assert_allclose(found["link", "zone", "hub"].per_day[[0, 3]], [50.0, 40.0])


def test_without_a_stated_capacity_the_border_on_which_most_depend_is_named() -> None:
    region = line()
    found = binding(crossings(region, arrivals_of(region, near=30.0, far=10.0), ways(region, 0)))
    assert not found.by_capacity
    assert found.crossing is not None
    assert found.crossing[:3] == ("border", "home", "west")
    assert np.isnan(found.crossing.probability)


def test_a_stated_capacity_binds_with_the_probability_that_the_need_passes_it() -> None:
    links = [
        Link("zone", "hub", 100.0, persons_per_hour=3.0),
        Link("hub", "near", 100.0),
        Link("hub", "far", 300.0),
    ]
    region = line(links=links)
    found = binding(crossings(region, arrivals_of(region, near=30.0, far=10.0), ways(region, 0)))
    assert found.by_capacity
    assert found.crossing is not None
    assert found.crossing.capacity == 72.0
    assert found.crossing.probability == 0.25  # 80 a day in one path of four, 40 in the others


def test_a_closed_link_carries_nobody() -> None:
    region = line(closures=(Closure("country", "home", "west", 2, 4),))
    assert closed_links(region, 1).sum() == 0
    assert closed_links(region, 2).sum() == 1
    laid = ways(region, 2)
    near = region.destination_names.index("near")
    assert not laid.links[near].any()
    assert ways(region, 4).links[near].any()


@pytest.mark.parametrize(
    ("closure", "closed"),
    [
        (Closure("location", "hub"), 3),
        (Closure("location", "hub", "near"), 1),
        (Closure("link", "near", "hub"), 1),
        (Closure("country", "west", "home"), 1),
        (Closure("camp", "near"), 0),
        (Closure("link", "zone", "far"), 0),
    ],
)
def test_a_closure_closes_what_it_names(closure: Closure, closed: int) -> None:
    assert closed_links(line(closures=(closure,)), 0).sum() == closed


def test_conflict_after_the_day_is_not_seen() -> None:
    region = small_region()
    early = sources(region, 4)
    later = region.conflict.copy()
    later[5:] = 0.5
    np.testing.assert_array_equal(sources(replace(region, conflict=later), 4), early)
    assert sources(region, 30).sum() > early.sum()


def test_near_places_send_more_in_proportion_to_weight_over_distance() -> None:
    places = [
        Place("a", "", "home", 0.0, 0.0, "conflict_zone", 100.0),
        Place("b", "", "home", 0.0, 1.0, "conflict_zone", 300.0),
        Place("camp", "", "west", 0.0, 2.0, "camp"),
    ]
    links = [Link("a", "camp", 50.0), Link("b", "camp", 200.0)]
    region = line(places=places, links=links, conflict={"a": np.ones(10), "b": np.ones(10)})
    laid = ways(region, 0)
    # 100/50 against 300/200: 2 to 1.5
    np.testing.assert_allclose(laid.origins[0, [region.index["a"], region.index["b"]]], [4 / 7, 3 / 7])
    np.testing.assert_allclose(laid.links.sum(axis=1), 1.0)


def test_names_of_places_move_nothing() -> None:
    region = small_region()
    other = renamed(region, {"Elsa": "Aaa", "Ardel": "Zzz"})
    np.testing.assert_array_equal(ways(region, 30).links, ways(other, 30).links)


def test_a_case_without_demographics_says_nothing_of_age() -> None:
    region = line()
    assert by_age_and_sex(region, arrivals_of(region, near=5.0), ways(region, 0).origins) == ()


def test_groups_add_up_to_the_arrivals() -> None:
    demographics = {
        "gender": {"f": {"Default": 0.6}, "m": {"Default": 0.4, "zone": 0.2}},
        "age": {str(year): {"Default": 1.0} for year in range(100)},
    }
    region = line(demographics=demographics)
    arrivals = arrivals_of(region, near=30.0, far=10.0)
    gender, age = by_age_and_sex(region, arrivals, ways(region, 0).origins)
    np.testing.assert_allclose(gender.shares, 0.25 * np.array([[3.0, 1.0]] * 2))  # 0.6 to 0.2, all from zone
    np.testing.assert_allclose(gender.figures[0].sum(axis=1), arrivals.sum(axis=1).mean(axis=0), rtol=1e-12)
    assert age.values == ("0 to 4", "5 to 11", "12 to 17", "18 to 59", "60 and over")
    np.testing.assert_allclose(age.shares[0], [0.05, 0.07, 0.06, 0.42, 0.40])


def test_the_spread_of_a_group_is_that_of_a_binomial_in_every_path() -> None:
    expected, variance = np.full((7, 1), 400.0 * 0.25), np.full((7, 1), 400.0 * 0.25 * 0.75)
    counts = spread_out(expected, variance)
    assert counts.mean() == pytest.approx(100.0)
    assert counts.var() == pytest.approx(75.0)
