"""The way out of every place: which roads are taken, when they are closed, and what is refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from staffride.errors import InputError
from staffride.model.road_network import build_network
from staffride.scenario import Event, Link, PeopleRow, Period, Place, Scenario

START = datetime(2023, 9, 24, tzinfo=timezone(timedelta(hours=4)))
REASON = {"assumed": "made up for this test"}


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def place(name):
    values = {"kind": "town", "region": "test", "latitude": 39.8, "longitude": 46.7}
    return Place(id=name, official_name=name, **values, **REASON)


def link(name, **values):
    start, end = name.split("-")[:2]
    usual = {
        "length_km": 10.0,
        "free_flow_h": 0.25,
        "capacity_vehicles_per_h": 1200.0,
        "jam_density_vehicles_per_km": 140.0,
        "road_class": "primary",
    }
    return Link(id=name, from_place=start, to_place=end, **(usual | values), **REASON)


def scenario(links, events=(), people=("city",), cutoff=48.0):
    names = dict.fromkeys(end for row in links for end in (row.from_place, row.to_place))
    share = 1.0 / len(people)
    return Scenario(
        name="test",
        title="Test",
        period=Period(start=START, end=at(240), time_zone="Asia/Yerevan"),
        cutoff=at(cutoff),
        folder=".",
        places=tuple(map(place, names)),
        links=tuple(links),
        people=tuple(
            PeopleRow(place=name, share=share, danger=0.5, word_delay_h=0, **REASON) for name in people
        ),
        events=tuple(events),
    )


def event(name, kind, hour, duration, road):
    return Event(
        id=name, kind=kind, time=at(hour), duration_h=duration, link=road, known_from=at(hour), **REASON
    )


def way(built, given, start):
    """Return the ids of the links from a place to the exit."""
    names = [row.id for row in given.places]
    node, ids = names.index(start), []
    while built.next_link[node] >= 0:
        number = int(built.next_link[node])
        ids.append(given.links[number].id)
        node = int(built.link_to[number])
    return ids


def test_the_shortest_open_way_is_taken_in_either_direction():
    given = scenario(
        [link("exit-bridge"), link("city-bridge"), link("city-exit", length_km=25.0, free_flow_h=0.6)]
    )
    assert way(build_network(given, "exit", "bridge"), given, "city") == ["city-bridge", "exit-bridge"]


def test_roads_for_others_and_roads_not_yet_built_are_left_out():
    given = scenario(
        [
            link("city-exit", civilian_use=False),
            link("city-exit-old", open_until=at(-5)),
            link("city-exit-new", open_from=at(500)),
            link("city-exit-long", length_km=80.0, free_flow_h=2.0),
        ]
    )
    assert way(build_network(given, "exit", None), given, "city") == ["city-exit-long"]


def test_a_road_that_is_open_longer_goes_before_a_shorter_one():
    given = scenario(
        [link("city-exit", open_from=at(100)), link("city-exit-long", length_km=80.0, free_flow_h=2.0)]
    )
    assert way(build_network(given, "exit", None), given, "city") == ["city-exit-long"]


def test_openings_and_known_closures_become_windows():
    given = scenario(
        [link("city-exit", open_from=at(12), open_until=at(200))],
        [
            event("a", "incident", 19, 6, "city-exit"),
            event("b", "closure", 22, 8, "city-exit"),
            event("c", "closure", 60, 5, "city-exit"),
            event("d", "truce", 40, 5, "city-exit"),
        ],
    )
    built = build_network(given, "exit", None)
    assert list(built.closure_begin_h) == [-np.inf, 19.0, 200.0]
    assert list(built.closure_end_h) == [12.0, 30.0, np.inf], "c is after the cut-off, d closes nothing"
    later = build_network(given.model_copy(update={"cutoff": at(72)}), "exit", None)
    assert list(later.closure_begin_h) == [-np.inf, 19.0, 60.0, 200.0]


def test_a_link_becomes_a_queue():
    built = build_network(scenario([link("city-exit", length_km=1.3, free_flow_h=0.03)]), "exit", None)
    assert built.free_flow_h[0] == 0.03
    assert built.headway_h[0] == pytest.approx(1 / 1200)
    assert built.storage[0] == 182
    longer = build_network(scenario([link("city-exit", length_km=1.31, free_flow_h=0.03)]), "exit", None)
    assert longer.storage[0] == 184, "a part of a vehicle's place is a place"


def test_only_roads_that_somebody_takes_are_used():
    given = scenario([link("city-exit"), link("village-city"), link("exit-capital")], people=("city",))
    assert list(build_network(given, "exit", None).link_from[:-1]) == [0, -1, -1]


def test_the_order_of_the_tables_does_not_matter():
    links = [link("city-a"), link("city-b"), link("a-exit"), link("b-exit")]
    taken = [
        way(build_network(given, "exit", None), given, "city")
        for given in map(scenario, (links, links[::-1]))
    ]
    assert taken[0] == taken[1]


def test_every_place_without_a_way_is_reported_at_once():
    given = scenario(
        [link("city-exit"), link("village-farm"), link("hamlet-exit", civilian_use=False)],
        people=("city", "village", "hamlet"),
    )
    with pytest.raises(InputError) as raised:
        build_network(given, "exit", "farm")
    messages = [problem.message for problem in raised.value.problems]
    assert messages == [
        "no road leads from 'village' to 'exit' in the period",
        "no road leads from 'hamlet' to 'exit' in the period",
        "the checkpoint 'farm' is on nobody's way out",
    ]


def test_unknown_places_are_reported_with_a_suggestion():
    with pytest.raises(InputError) as raised:
        build_network(scenario([link("city-exit")]), "exitt", "citi")
    assert [problem.suggestion for problem in raised.value.problems] == [
        "did you mean 'exit'?",
        "did you mean 'city'?",
    ]
