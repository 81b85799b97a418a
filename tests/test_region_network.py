"""Ways through a region: worked values, closures of every kind, and a search checked against another."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staffride.model.region_network import (
    NO_LINK,
    dangerous_km,
    days_on_link,
    find_ways,
    graph_of,
    open_destinations,
    open_links,
    regimes,
)
from staffride.scenario.region import Closure, Link, Place, Region, make_region

ROADS = (Link("A", "B", 100.0), Link("B", "C", 50.0), Link("A", "C", 200.0), Link("C", "D", 80.0))


def region(
    closures: tuple[Closure, ...] = (), roads: tuple[Link, ...] = ROADS, fighting: str = "A", days: int = 6
) -> Region:
    """A and B at home, the camps C and D abroad."""
    places = [
        Place("A", "", "Home", 0.0, 0.0, "conflict_zone", 1000, conflict_from=0),
        Place("B", "", "Home", 1.0, 0.0, "town", 500),
        Place("C", "", "Host", 2.0, 0.0, "camp"),
        Place("D", "", "Host", 3.0, 0.0, "camp"),
    ]
    return make_region(
        name="four",
        start=date(2030, 1, 1),
        days=days,
        places=places,
        links=roads,
        conflict={fighting: np.ones(days)},
        closures=closures,
    )


def closed_links(of: Region, day: int) -> set[str]:
    pairs = zip(of.links, open_links(of)[day], strict=True)
    return {link.first + link.second for link, is_open in pairs if not is_open}


def test_the_shortest_way_its_days_and_its_links() -> None:
    one = region()
    graph = graph_of(one, 100.0, 35.0)
    ways = find_ways(one, graph, open_links(one), 0.0)
    assert ways.cost_km[0, :, 0].tolist() == [150.0, 50.0, 0.0, 80.0]
    assert ways.cost_km[0, :, 1].tolist() == [230.0, 130.0, 80.0, 0.0]
    assert ways.days[0, 0, 1] == pytest.approx(2.3)
    start, taken = 0, []
    while ways.next_link[0, start, 1] != NO_LINK:
        link = one.links[ways.next_link[0, start, 1]]
        taken.append({link.first, link.second})
        start = one.index[link.second if one.index[link.first] == start else link.first]
    assert taken == [{"A", "B"}, {"B", "C"}, {"C", "D"}]


def test_danger_makes_a_way_longer_and_people_go_round() -> None:
    assert dangerous_km(100.0, 0.5, 3.0) == 250.0
    one = region(fighting="B")
    ways = find_ways(one, graph_of(one, 100.0, 35.0), open_links(one), 3.0)
    # Over B 100 km and 50 km each count two and a half times: 375 km; the 200 km round it count as they are.
    assert ways.cost_km[0, 0, 0] == 200.0
    assert ways.km[0, 0, 0] == 200.0
    assert ways.km[0, 1, 0] == 50.0
    assert ways.cost_km[0, 1, 0] == 125.0


def test_days_on_a_link_are_the_mean_of_those_who_ride_and_those_who_walk() -> None:
    assert days_on_link(Link("A", "B", 70.0, walking_share=0.5), 140.0, 35.0) == pytest.approx(1.25)
    assert days_on_link(Link("A", "B", 70.0, speed_km_per_day=70.0), 140.0, 35.0) == pytest.approx(1.0)
    assert days_on_link(Link("A", "B", 70.0), math.inf, math.inf) == 0.0


@pytest.mark.parametrize(
    ("closure", "closed"),
    [
        (Closure("country", "Home", "Host", 2, 4), {"BC", "AC"}),
        (Closure("country", "Host", "Home", 2, 4), {"BC", "AC"}),
        (Closure("location", "C", "", 2, 4), {"BC", "AC", "CD"}),
        (Closure("location", "C", "B", 2, 4), {"BC"}),
        (Closure("link", "A", "C", 2, 4), {"AC"}),
        (Closure("camp", "C", "", 2, 4), set()),
    ],
)
def test_what_a_closure_closes_and_when(closure: Closure, closed: set[str]) -> None:
    one = region((closure,))
    assert [closed_links(one, day) for day in range(6)] == [set(), set(), closed, closed, set(), set()]


def test_a_closed_camp_takes_nobody_and_its_roads_stay_open() -> None:
    one = region((Closure("camp", "C", "", 2, 4), Closure("idp_camp", "D", "", 4)))
    assert open_destinations(one)[:, 0].tolist() == [True, True, False, False, True, True]
    assert open_destinations(one)[:, 1].tolist() == [True, True, True, True, False, False]


def test_a_redirection_between_destinations_takes_people_on_until_it_ends() -> None:
    roads = (*ROADS[:3], Link("C", "D", 80.0, forced_redirection=2))
    one = region((Closure("forced_redirection", "C", "D", 3, 0),), roads)
    assert open_destinations(one)[:, 0].tolist() == [False, False, False, True, True, True]
    assert open_destinations(one)[:, 1].all()
    hub = (*ROADS[:3], Link("B", "C", 50.0, forced_redirection=2))
    assert open_destinations(region((), hub)).all()


def test_days_with_the_same_state_are_one_regime() -> None:
    one = region((Closure("link", "A", "B", 2, 4),))
    regime, first = regimes(open_links(one).astype(float))
    assert regime.tolist() == [0, 0, 1, 1, 0, 0]
    assert first.tolist() == [0, 2]
    ways = find_ways(one, graph_of(one, 100.0, 35.0), open_links(one), 0.0)
    assert ways.cost_km[ways.regime[2], 0, 0] == 200.0
    assert ways.cost_km[ways.regime[4], 0, 0] == 150.0


def test_without_any_way_the_distance_is_infinite() -> None:
    one = region((Closure("country", "Home", "Host", 0),))
    ways = find_ways(one, graph_of(one, 100.0, 35.0), open_links(one), 0.0)
    assert np.isinf(ways.cost_km[0, :2]).all()
    assert (ways.next_link[0, :2] == NO_LINK).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 400)), min_size=1, max_size=16)
)
def test_the_search_finds_what_relaxing_every_link_finds(edges: list[tuple[int, int, int]]) -> None:
    """Bellman and Ford's method, which needs no order of places, gives the same lengths."""
    places = [Place(f"p{at}", "", "Home", float(at), 0.0, "town") for at in range(7)]
    places += [Place("p7", "", "Host", 7.0, 0.0, "camp")]
    roads = [Link(f"p{one}", f"p{other}", float(km)) for one, other, km in edges if one != other]
    one = make_region(name="any", start=date(2030, 1, 1), days=1, places=places, links=roads, conflict={})
    ways = find_ways(one, graph_of(one, 100.0, 35.0), open_links(one), 0.0)
    length = [math.inf] * 7 + [0.0]
    for _ in range(8):
        for link in roads:
            for start, end in ((link.first, link.second), (link.second, link.first)):
                length[one.index[start]] = min(
                    length[one.index[start]], length[one.index[end]] + link.length_km
                )
    assert ways.cost_km[0, :, 0].tolist() == length
