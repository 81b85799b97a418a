"""Flee's rules on small worlds: closed forms, closures, conservation, quirks, and settings that are named."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from flee_cases import small_region
from staffride.errors import InputError
from staffride.model.flee_mode import empty_room, fill_camps, flee_world, most_agents, run_days, run_flee
from staffride.model.flee_moves import empty_agents, goes_on, recent_travel
from staffride.model.flee_places import (
    capacities,
    conflict_score,
    days_in_conflict,
    kinds_by_day,
    spawn_decay,
)
from staffride.model.flee_routes import known_paths, room, route_weight
from staffride.model.flee_settings import FleeSettings, Quirks, settings_of
from staffride.model.flee_spawn import newly_displaced
from staffride.scenario.region import Closure, Link, Place, Region, Reports, make_region

FALSE_ALARM = 1e-6
FLED = 1000


def toy(**changes: object) -> Region:
    """Three places in a row, 350 km apart: conflict at A, a hub at B, a camp at C; 1,000 flee on day 1."""
    days = int(changes.pop("days", 6))  # type: ignore[call-overload]
    given: dict[str, object] = {
        "name": "toy",
        "start": date(2030, 1, 1),
        "days": days,
        "places": [
            Place("A", "", "Home", 0.0, 0.0, "conflict_zone", 5000, conflict_from=0),
            Place("B", "", "Home", 0.0, 3.0, "forwarding_hub"),
            Place("C", "", "Other", 0.0, 6.0, "camp"),
        ],
        "links": [Link("A", "B", 350.0), Link("B", "C", 350.0)],
        "conflict": {"A": np.ones(days)},
        "reports": [reported("C", [(0, 0), (1, FLED)])],
    }
    return make_region(**(given | changes))  # type: ignore[arg-type]


def reported(name: str, counts: Sequence[tuple[int, int]]) -> Reports:
    days, people = zip(*counts, strict=True)
    return Reports(name, (np.array(days, np.int64),), (np.array(people, np.float64),))


def two_camps(first: float, second: float, stock: int = 0) -> Region:
    """Conflict at A between two camps as far from it, of different capacities."""
    return toy(
        places=[
            Place("A", "", "Home", 0.0, 3.0, "conflict_zone", 5000, conflict_from=0),
            Place("C", "", "Other", 0.0, 0.0, "camp", capacity=first),
            Place("D", "", "Other", 0.0, 6.0, "camp", capacity=second),
        ],
        links=[Link("A", "C", 50.0), Link("A", "D", 50.0)],
        reports=[reported("C", [(0, stock), (50, stock + 500)]), reported("D", [(0, 0), (50, 500)])],
        days=60,
    )


def arrived(region: Region, quirks: Quirks = Quirks(), **settings: object) -> np.ndarray:  # noqa: B008
    return run_flee(region, FleeSettings(**settings), seed=1, quirks=quirks).counts[0]  # type: ignore[arg-type]


# --- Three places in a row ---


def test_with_the_quirk_a_day_leads_over_both_links() -> None:
    """From B a share of 1 / (1 + .316) goes on to C rather than back: both are as far, and A is in conflict."""
    counts = arrived(toy(), Quirks(daily_budget_restarts=True))[:, 0]
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], FLED, 1 / 1.316)
    assert counts[0] == 0
    assert low <= counts[1] <= high


def test_without_the_quirk_the_second_link_takes_the_next_day() -> None:
    counts = arrived(toy())[:, 0]
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], FLED, 1 / 1.316)
    assert counts[:2].tolist() == [0, 0]
    assert low <= counts[2] <= high


@pytest.mark.parametrize(("speed", "first_day"), [(350.0, 2), (349.0, 3), (700.0, 1), (699.0, 2), (100.0, 7)])
def test_the_first_arrive_when_distance_and_speed_say(speed: float, first_day: int) -> None:
    """700 km take 700 / speed days; who sets out on day 1 and reaches a place at its very end is there on that day."""
    counts = arrived(toy(days=9), max_move_speed=speed)[:, 0]
    assert int(np.flatnonzero(counts)[0]) == first_day


def test_zero_awareness_still_flees_unless_the_quirk_is_on() -> None:
    assert arrived(toy(), awareness_level=0)[-1, 0] > FLED / 2
    assert arrived(toy(), Quirks(zero_awareness_stays=True), awareness_level=0).sum() == 0


def test_who_knows_two_links_ahead_goes_through() -> None:
    """With awareness 2 the route A-B-C weighs 1 / 710, A-B 1 / 360; who is under way to C never turns back at B."""
    counts = arrived(toy(), Quirks(daily_budget_restarts=True), awareness_level=2)[:, 0]
    through = (1 / 710) / (1 / 710 + 1 / 360)
    from_b = (1 / 360) / (1 / 360 + 0.316 / 360)
    low, high = stats.binom.ppf(
        [FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], FLED, through + (1 - through) * from_b
    )
    assert low <= counts[1] <= high


def test_the_first_link_can_be_walked() -> None:
    """350 km at 35 km a day take ten days; the second link is driven."""
    counts = arrived(toy(days=14), start_on_foot=True)[:, 0]
    assert np.flatnonzero(counts)[0] == 11


def test_markers_are_passed_free_of_charge() -> None:
    ways = [[0], [1, 2], [3]]
    end = np.array([1, 0, 2, 1])
    marker = np.array([False, True, False])
    assert list(known_paths(ways, end, marker, 0, 1)) == [(0, 2)]
    assert list(known_paths(ways, end, np.zeros(3, np.bool_), 0, 1)) == [(0,)]


# --- Closures ---


@pytest.mark.parametrize(
    "closure",
    [
        Closure("link", "B", "C"),
        Closure("link", "C", "B"),
        Closure("country", "Other", "Home"),
        Closure("location", "C"),
    ],
)
def test_a_closed_link_is_closed(closure: Closure) -> None:
    assert arrived(toy(closures=(closure,))).sum() == 0


def test_with_the_quirk_a_closure_of_a_link_does_nothing() -> None:
    region = toy(closures=(Closure("link", "B", "C"),))
    quirks = Quirks(link_closures_do_nothing=True)
    assert np.array_equal(arrived(region, quirks), arrived(toy()))


def test_a_place_that_is_closed_to_another_keeps_its_other_links_unless_the_quirk_is_on() -> None:
    region = toy(closures=(Closure("location", "B", "A"),), reports=[reported("C", [(0, 0), (1, FLED)])])
    assert arrived(region).sum() == 0
    towards_c = toy(closures=(Closure("location", "A", "C"),))
    assert np.array_equal(arrived(towards_c), arrived(toy()))
    assert arrived(towards_c, Quirks(location_closure_takes_all_links=True)).sum() == 0


def test_those_on_a_link_that_closes_return_to_its_start() -> None:
    """On the evening of day 1 all are on the second link; it is closed on day 2 alone."""
    region = toy(closures=(Closure("link", "B", "C", 2, 3),), days=9)
    world = flee_world(region, FleeSettings(conflict_weight=0.0), Quirks(), 1)
    counts = run_flee(region, FleeSettings(conflict_weight=0.0), seed=1).counts[0, :, 0]
    assert world.routes.closed[world.routes.state[2]].sum() == 2
    assert counts[:3].sum() == 0
    assert counts[3] == 0
    assert counts[-1] > 0


def test_a_camp_that_is_closed_is_a_town_that_people_leave() -> None:
    closed = arrived(toy(closures=(Closure("camp", "C"),), days=30), default_movechance=0.3)
    assert closed[-1, 0] < arrived(toy(days=30))[-1, 0]


def test_a_redirection_takes_all_who_leave_until_it_is_removed() -> None:
    links = [Link("A", "B", 350.0), Link("B", "C", 350.0, forced_redirection=2)]
    everybody = arrived(toy(links=links), camp_movechance=0.0)
    assert everybody[2, 0] == FLED
    without = Closure("forced_redirection", "B", "C", 0)
    assert np.array_equal(arrived(toy(links=links, closures=(without,))), arrived(toy()))
    assert np.array_equal(
        arrived(toy(links=links), Quirks(forced_redirection_does_nothing=True)), arrived(toy())
    )


# --- Capacity ---


def test_people_go_to_the_camp_that_has_room() -> None:
    """From 190 of 200 on, nobody sets out for it; 20 a day flee, so that at most 20 are then on their way."""
    counts = arrived(two_camps(200, math.inf), camp_movechance=0.0)
    assert 180 <= counts[-1, 0] <= 210
    assert counts[-1].sum() == 1000


def test_camps_without_limit_that_are_as_far_share_alike() -> None:
    last = arrived(two_camps(math.inf, math.inf))[-1]
    low, high = stats.binom.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], int(last.sum()), 0.5)
    assert low <= last[0] <= high


def test_people_of_day_0_count_once_against_the_capacity_unless_the_quirk_is_on() -> None:
    region = two_camps(800, math.inf, stock=600)
    assert arrived(region)[0].tolist() == [600, 0]
    assert arrived(region)[-1, 0] > 700
    assert arrived(region, Quirks(stock_counts_twice=True))[-1, 0] <= 600


def test_camps_can_start_empty() -> None:
    assert arrived(two_camps(800, math.inf, stock=600), insert_day0=False)[0].sum() == 0


def test_nobody_leaves_a_sink_unless_the_quirk_is_on() -> None:
    settings = {"camps_are_sinks": True, "camp_movechance": 0.5}
    counts = arrived(two_camps(math.inf, math.inf), **settings)
    assert (np.diff(counts, axis=0) >= 0).all()
    with_quirk = arrived(two_camps(math.inf, math.inf), Quirks(sinks_key_does_nothing=True), **settings)
    assert (np.diff(with_quirk, axis=0) < 0).any()


@given(people=st.integers(0, 2000), buffer=st.floats(0.0, 1.0))
def test_room_falls_from_1_to_0(people: int, buffer: float) -> None:
    here, next_one = room(people, 1000.0, buffer), room(people + 1, 1000.0, buffer)
    assert 0.0 <= next_one <= here <= 1.0
    assert room(people, math.inf, buffer) == 1.0
    assert room(950, 1000.0, 0.9) == pytest.approx(0.5)


# --- Worked values of rules ---


def test_worked_values() -> None:
    assert route_weight(0.25, 100.0, 1.0, (0.0, 50.0, 0.75, 1.0)) == pytest.approx(0.25 / 150**0.75)
    assert route_weight(1.0, 90.0, 0.5, (1.0, 10.0, 1.0, 2.0)) == pytest.approx((2 / 100 * 0.5) ** 2)
    assert conflict_score(0.25, np.array([0.0, 0.5, 1.0])).tolist() == [1.0, 0.5, 0.25]
    assert spawn_decay(np.array([0, 29, 30, 95, 500]), 30, np.array([1.0, 0.8, 0.5, 0.1])).tolist() == [
        1.0, 1.0, 0.8, 0.1, 0.1,
    ]  # fmt: skip
    assert days_in_conflict(np.array([[1.0], [0.5], [0.0], [1.0], [1.0]]))[:, 0].tolist() == [0, 1, 0, 0, 1]
    assert recent_travel(0.8, 1) == 0.8
    assert recent_travel(0.8, 3) == pytest.approx(0.2)
    assert goes_on(0.3, 1, False, 0.1, 0.8, True) == 1.0
    assert goes_on(0.3, 1, False, 0.3, 0.8, True) == 0.3
    assert goes_on(0.3, 1, True, 0.3, 0.8, False) == 1.0


@given(st.lists(st.integers(0, 500), min_size=1, max_size=40))
def test_falls_are_made_good_before_anybody_flees(total: list[int]) -> None:
    new = newly_displaced(np.array(total))
    assert (new >= 0).all()
    assert total[0] + int(new.sum()) == max(total)


# --- How many flee ---


def test_conflict_can_drive_numbers() -> None:
    settings = FleeSettings(conflict_spawn="constant", displaced_per_conflict_day=50.0)
    assert run_flee(toy(), settings, seed=1).totals[0].tolist() == [50, 100, 150, 200, 250, 300]
    by_share = replace(settings, conflict_spawn="pop_ratio", displaced_per_conflict_day=0.01)
    assert run_flee(toy(), by_share, seed=1).totals[0].tolist() == [50, 100, 150, 200, 250, 300]
    drawn = run_flee(toy(), replace(settings, conflict_spawn="poisson"), seed=1, replications=50).totals[
        :, -1
    ]
    low, high = stats.poisson.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], 300 * 50)
    assert low <= drawn.sum() <= high
    assert drawn.std() > 0


def test_flood_can_drive_numbers() -> None:
    region = toy(conflict={}, flood={"B": np.array([0, 1, 2, 0, 0, 3.0])})
    settings = FleeSettings(flood_spawn="constant", displaced_per_flood_day=(0.0, 10.0, 20.0))
    assert run_flee(region, settings, seed=1).totals[0].tolist() == [0, 10, 30, 30, 30, 50]


def test_a_zone_runs_empty_where_those_who_flee_are_taken_from_it() -> None:
    settings = FleeSettings(
        conflict_spawn="constant", displaced_per_conflict_day=2000.0, take_from_population=True
    )
    assert run_flee(toy(), settings, seed=1).totals[0].tolist() == [2000, 4000, 5000, 5000, 5000, 5000]


def test_those_for_whom_there_is_no_zone_wait_for_one() -> None:
    late = np.array([0, 0, 0, 1.0, 1, 1])
    run = run_flee(toy(conflict={"A": late}), FleeSettings(max_move_speed=10_000.0), seed=1)
    assert run.totals[0].tolist() == [0, FLED, FLED, FLED, FLED, FLED]
    assert run.counts[0, :3].sum() == 0
    assert run.counts[0, 3:].min() > 0


def test_a_later_intensity_is_seen_unless_the_quirk_is_on() -> None:
    region = toy(conflict={"A": np.array([0.25, 0.5, 1, 0, 0.75, 1])})
    seen = flee_world(region, FleeSettings(), Quirks(), 1).places.intensity[:, region.index["A"]]
    first = flee_world(region, FleeSettings(), Quirks(first_intensity_stays=True), 1).places.intensity
    assert seen.tolist() == [0.25, 0.5, 1, 0, 0.75, 1]
    assert first[:, region.index["A"]].tolist() == [0.25, 0.25, 0.25, 0, 0.75, 0.75]


# --- Conservation, seeds, order ---


def test_everybody_is_somewhere_every_day() -> None:
    """Agents at places and on links are all who were there or fled, whatever closes."""
    region, settings = small_region(), FleeSettings(avoid_short_stints=True, awareness_level=2)
    for days in (1, 11, 21, 60):
        world = flee_world(replace(region, days=days, conflict=region.conflict[:days]), settings, Quirks(), 1)
        agents, rooms = empty_agents(most_agents(world)), empty_room(world)
        begun = fill_camps(world, agents, rooms)
        counts, totals = np.zeros((days, 3), np.int64), np.zeros(days, np.int64)
        run_days(world, agents, rooms, begun, (1, 0), counts, totals)
        on_links = int((agents.where[: totals[-1]] < 0).sum())
        assert rooms.occupants.sum() + on_links == totals[-1]
        at_places = agents.where[: totals[-1]][agents.where[: totals[-1]] >= 0]
        assert np.bincount(at_places, minlength=len(rooms.occupants)).tolist() == rooms.occupants.tolist()


def test_same_seed_same_values_and_other_luck_elsewhere() -> None:
    region = small_region()
    first = run_flee(region, FleeSettings(), seed=1, replications=3)
    again = run_flee(region, FleeSettings(), seed=1, replications=2)
    assert np.array_equal(first.counts[:2], again.counts)
    assert not np.array_equal(first.counts[0], first.counts[1])
    assert not np.array_equal(
        first.counts[:2], run_flee(region, FleeSettings(), seed=2, replications=2).counts
    )


def test_the_order_of_rows_and_the_names_change_nothing() -> None:
    region = small_region()
    shuffled = make_region(
        name="shuffled",
        start=region.start,
        days=region.days,
        home=region.home,
        places=[replace(place, name=place.name[::-1]) for place in region.places[::-1]],
        links=[Link(link.second[::-1], link.first[::-1], link.length_km) for link in region.links[::-1]],
        conflict={p.name[::-1]: region.conflict[:, at] for at, p in enumerate(region.places)},
        reports=[Reports(one.name[::-1], one.days, one.counts, one.files) for one in region.reports],
        closures=tuple(
            c if c.kind == "country" else replace(c, first=c.second[::-1], second=c.first[::-1])
            for c in region.closures[::-1]
        ),
        corrections=tuple(replace(one, destination=one.destination[::-1]) for one in region.corrections),
    )
    expected = run_flee(region, FleeSettings(), seed=1).counts
    assert np.array_equal(run_flee(shuffled, FleeSettings(), seed=1).counts, expected)


def test_an_agent_can_stand_for_several_people() -> None:
    """Rounding of three camps and of the total loses or gains at most half an agent each."""
    run = run_flee(small_region(), FleeSettings(), seed=1)
    tens = run_flee(small_region(), FleeSettings(), seed=1, people_per_agent=10)
    assert (tens.counts % 10 == 0).all()
    assert np.abs(tens.totals - run.totals).max() <= 10 * 0.5 * 5


def test_uncompiled_kernels_give_the_same_values(root: object) -> None:
    code = """
import numpy as np
from flee_cases import small_region
from staffride.model.flee_mode import run_flee
from staffride.model.flee_settings import FleeSettings, Quirks
settings = FleeSettings(avoid_short_stints=True, awareness_level=2, start_on_foot=True, conflict_spawn="poisson")
for quirks in (Quirks(), Quirks.all_on()):
    print(run_flee(small_region(), settings, seed=3, people_per_agent=200, quirks=quirks).counts.tolist())
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"NUMBA_DISABLE_JIT": switch, "PYTHONPATH": f"{root}/tests"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for switch in ("0", "1")
    ]
    assert outputs[0] == outputs[1] != ""


# --- Settings ---


def test_settings_are_read_and_nothing_is_ignored_in_silence() -> None:
    reading = settings_of(
        {
            "log_levels": {"agent": 0},
            "spawn_rules": {
                "conflict_spawn_decay": [1.0, 0.5],
                "insert_day0": "False",
                "starvation_driven_spawning": True,
                "conflict_driven_spawning": {"spawn_mode": "poisson", "displaced_per_conflict_day": 20},
            },
            "move_rules": {
                "awareness_level": 2,
                "awarness_level": 3,
                "use_v1_rules": False,
                "BoysTakeRisk": True,
            },
            "optimisations": {"hasten": 10},
        }
    )
    assert reading.settings == FleeSettings(
        people_per_agent=10,
        conflict_spawn_decay=(1.0, 0.5),
        insert_day0=False,
        conflict_spawn="poisson",
        displaced_per_conflict_day=20.0,
        awareness_level=2,
    )
    assert reading.unknown == ("move_rules.awarness_level: did you mean 'move_rules.awareness_level'?",)
    assert reading.unsupported == ("spawn_rules.starvation_driven_spawning", "move_rules.BoysTakeRisk")


def test_values_of_a_wrong_type_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        settings_of({"move_rules": {"softening": "far", "awareness_level": 1.5, "fixed_routes": 3}})
    assert len(caught.value.problems) == 3
    assert "awareness_level" in str(caught.value)


def test_the_quirks_of_flee_are_all_of_them() -> None:
    assert all(vars(Quirks.all_on()).values())
    assert not any(vars(Quirks()).values())


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("optimisations", "hasten", 0),
        ("optimisations", "hasten", -3),
        ("move_rules", "max_move_speed", -5),
        ("move_rules", "default_movechance", -0.1),
        ("move_rules", "softening", -1000),
        ("move_rules", "weight_power", float("nan")),
    ],
)
def test_a_setting_without_a_meaning_is_refused(section: str, key: str, value: float) -> None:
    with pytest.raises(InputError, match=rf"{section}\.{key} is {value}"):
        settings_of({section: {key: value}})


def test_a_capacity_that_is_scaled_to_nothing_leaves_other_places_without_limit() -> None:
    region = small_region()
    kind = kinds_by_day(region, region.conflict, np.zeros(region.conflict.shape, np.int64))
    scaled = FleeSettings(capacity_scaling=0.0)
    found = capacities(region, scaled, Quirks(), kind, np.zeros(len(region.places), np.int64))
    assert set(np.unique(found)) == {0.0, np.inf}
    assert found[0, region.index["Farhold"]] == 0.0
    assert found[0, region.index["Hovel"]] == np.inf
