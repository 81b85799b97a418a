"""Goals, ways and marches: what an axis follows, by which way, and how fast a formation goes."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaign_scenarios import load_ground, write_ground
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_ground_inputs import cell_areas_km2, parts_of_line
from staffride.model.campaign_inputs import CampaignInputs, compile_campaign
from staffride.model.campaign_marches import arrive, come_out, march, other_end, set_out
from staffride.model.campaign_operations import (
    LINE,
    choose_goals,
    count_persons,
    find_rear,
    find_ways,
    gather_strength,
    look_at_map,
    new_operations_room,
    time_ways,
    way_km_h,
)
from staffride.model.campaign_state import PLACE, records
from staffride.model.control import dares_to_attack, march_km_h
from staffride.model.ground_state import FOOT_PATH, NOWHERE, ROAD, SPECIAL, War, new_war

NUMBER = {
    "control.staff_cycle": 6.0, "control.march_road": 10.0, "control.march_track": 5.0, "control.march_foot": 2.0,
    "control.detour": 24.0, "control.least_ratio": 1.0, "control.least_cohesion": 0.3, "supply.short": 1.0,
    "supply.pace": 0.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> CampaignInputs:
    folder = tmp_path_factory.mktemp("ground") / "front"
    write_ground(folder)
    return compile_campaign(load_ground(folder))


def numbers(**changes: float) -> Any:
    row = np.zeros(len(NUMBERS))
    for name, value in {**NUMBER, **changes}.items():
        row[number(name)] = value
    return row


def war_of(inputs: CampaignInputs) -> War:
    """Return a war at its first hour, every formation whole and in good heart."""
    theatre = inputs.afoot.theatre
    war = new_war(theatre.formations.size, theatre.sites.size, theatre.ways.size)
    war.control.holder = theatre.sites.holder
    troops = war.troops
    troops.on, troops.present, troops.cohesion, troops.fuel = True, 1000, 1.0, 10.0
    troops.place, troops.way, troops.attacks, troops.goal = (
        theatre.formations.place,
        NOWHERE,
        NOWHERE,
        NOWHERE,
    )
    troops.behind = NOWHERE
    return war


def place_at(inputs: CampaignInputs, name: str) -> int:
    return inputs.places.index(name)


def levels(inputs: CampaignInputs) -> Any:
    return np.ones(len(inputs.afoot.levels) + len(inputs.afoot.shares))


def test_a_march_on_the_level_takes_its_speed_and_a_climb_costs_eight_times_its_height() -> None:
    assert march_km_h(10.0, 20.0, 0.0, 1.0) == 10.0
    assert march_km_h(10.0, 20.0, -500.0, 1.0) == 10.0
    assert march_km_h(10.0, 20.0, 500.0, 1.0) == pytest.approx(10.0 * 20.0 / (20.0 + 3.96))
    assert march_km_h(10.0, 20.0, 500.0, 0.5) == pytest.approx(5.0 * 20.0 / 23.96)


@given(some.floats(0.1, 50), some.floats(0.1, 100), some.floats(-3000, 3000), some.floats(0, 1))
def test_no_climb_and_no_want_of_fuel_makes_a_march_faster(
    v: float, km: float, climb: float, fuel: float
) -> None:
    assert 0.0 <= march_km_h(v, km, climb, fuel) <= v * (1.0 + 1e-12)
    assert march_km_h(v, km, abs(climb) + 1.0, fuel) <= march_km_h(v, km, abs(climb), fuel)


def test_a_formation_attacks_where_it_is_strong_enough_and_in_heart() -> None:
    assert dares_to_attack(150.0, 100.0, 1.5, 0.5, 0.5)
    assert not dares_to_attack(149.0, 100.0, 1.5, 0.5, 0.5)
    assert not dares_to_attack(1e9, 100.0, 1.5, 0.49, 0.5)
    assert dares_to_attack(0.0, 0.0, 1.5, 1.0, 0.5)


def test_an_axis_follows_the_first_goal_that_stands(inputs: CampaignInputs) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    room, on = new_operations_room(theatre), np.ones(theatre.goals.size, np.bool_)
    gather_strength(theatre, war.troops, levels(inputs), room)
    room.axis_power[:] = 1e9
    choose_goals(0, theatre, on, war.control, room)
    main = theatre.goals.axis[0]
    crossroads, ridge = place_at(inputs, "crossroads"), place_at(inputs, "ridge")
    assert theatre.goals.place[room.goal[main, LINE]] == crossroads
    war.control.holder[crossroads] = 0
    choose_goals(0, theatre, on, war.control, room)
    assert theatre.goals.place[room.goal[main, LINE]] == ridge
    war.control.holder[ridge] = 0
    choose_goals(0, theatre, on, war.control, room)
    assert room.goal[main, LINE] == NOWHERE


def test_a_goal_waits_for_its_hour_its_places_and_its_power(inputs: CampaignInputs) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    room, on = new_operations_room(theatre), np.ones(theatre.goals.size, np.bool_)
    gather_strength(theatre, war.troops, levels(inputs), room)
    retake = int(np.flatnonzero(theatre.goals.side == 1)[0])
    axis, crossroads = theatre.goals.axis[retake], place_at(inputs, "crossroads")
    choose_goals(0, theatre, on, war.control, room)
    assert room.goal[axis, LINE] == NOWHERE, "what one holds need not be taken back"
    war.control.holder[crossroads] = 0
    choose_goals(0, theatre, on, war.control, room)
    assert room.goal[axis, LINE] == retake
    room.strength[0, crossroads] = room.axis_power[axis] * 1.01
    choose_goals(0, theatre, on, war.control, room)
    assert room.goal[axis, LINE] == NOWHERE, "its ratio is 1"
    room.strength[0, crossroads] = 0.0
    war.control.holder[place_at(inputs, "ridge")] = 0
    choose_goals(0, theatre, on, war.control, room)
    assert room.goal[axis, LINE] == NOWHERE, "it needs the ridge"
    groups = int(np.flatnonzero(theatre.goals.after_h == 6.0)[0])
    war.control.holder[place_at(inputs, "ridge")] = 1
    for hour, stands in ((5, False), (6, True)):
        choose_goals(hour, theatre, on, war.control, room)
        assert (room.goal[theatre.goals.axis[groups], 1] == groups) == stands
    choose_goals(6, theatre, np.zeros_like(on), war.control, room)
    assert (room.goal == NOWHERE).all()


def test_ways_are_the_quickest(inputs: CampaignInputs) -> None:
    theatre, war, row = inputs.afoot.theatre, war_of(inputs), numbers()
    room = new_operations_room(theatre)
    time_ways(theatre, row, room)
    goal = 1
    aim = int(theatre.goals.place[goal])
    for on_foot, holder in itertools.product((False, True), range(2)):
        war.control.holder[place_at(inputs, "crossroads")] = holder
        find_ways(goal, on_foot, theatre, war.control, row, room, 0)
        for start in range(theatre.sites.size):
            assert room.cost[start] == pytest.approx(
                _least(start, aim, on_foot, theatre, war.control.holder, row)
            )
            if start != aim and math.isfinite(room.cost[start]):
                ahead = other_end(room.next_way[0, start], start, theatre.ways)
                assert room.cost[ahead] < room.cost[start]


def _least(
    start: int, aim: int, on_foot: bool, theatre: Any, holder: Any, row: Any, seen: tuple[int, ...] = ()
) -> float:
    """Return the least time from a place to an aim, by going through all paths."""
    if start == aim:
        return 0.0
    best = math.inf
    for at in range(theatre.first[start], theatre.first[start + 1]):
        way, far = theatre.by[at], int(theatre.ends[at])
        if far in (*seen, start) or (theatre.ways.kind[way] == FOOT_PATH and not on_foot):
            continue
        climb = theatre.ways.climb_m[way] * (1.0 if theatre.ways.a[way] == start else -1.0)
        length = theatre.ways.length_km[way]
        hours = length / march_km_h(way_km_h(theatre.ways.kind[way], row), length, climb, 1.0)
        stays = 24.0 if holder[far] != 0 and far != aim else 0.0
        best = min(best, hours + stays + _least(far, aim, on_foot, theatre, holder, row, (*seen, start)))
    return best


def test_who_is_cut_off_from_every_source_is_encircled(inputs: CampaignInputs) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    room, on = new_operations_room(theatre), np.ones(theatre.goals.size, np.bool_)
    room.known[:] = NOWHERE
    time_ways(theatre, numbers(), room)
    look_at_map(0, theatre, on, war.troops, war.control, numbers(), levels(inputs), room)
    march(theatre, war.troops, war.control, numbers(), room.rear)
    assert not war.troops.encircled.any()
    war.control.holder[place_at(inputs, "ridge")] = 0
    look_at_map(1, theatre, on, war.troops, war.control, numbers(), levels(inputs), room)
    march(theatre, war.troops, war.control, numbers(), room.rear)
    at_crossroads = war.troops.place == place_at(inputs, "crossroads")
    theirs = theatre.formations.side == 1
    assert war.troops.encircled[at_crossroads & theirs].all()
    assert not war.troops.encircled[theatre.formations.side == 0].any()
    find_rear(theatre, war.control, room)
    assert room.rear[1, place_at(inputs, "depot")] == 0.0
    assert room.rear[0, place_at(inputs, "crossroads")] == math.inf


def test_a_march_arrives_after_length_over_speed(inputs: CampaignInputs) -> None:
    theatre, war, row = inputs.afoot.theatre, war_of(inputs), numbers()
    reserve = next(i for i in range(theatre.formations.size) if theatre.formations.place[i] == 0)
    way, rear = 0, np.zeros((2, theatre.sites.size))
    assert theatre.ways.kind[way] == ROAD
    war.troops.way[reserve] = way
    climb, length = theatre.ways.climb_m[way], theatre.ways.length_km[way]
    hours = math.ceil(length / march_km_h(10.0, length, climb, 1.0))
    for _ in range(hours - 1):
        march(theatre, war.troops, war.control, row, rear)
        assert war.troops.place[reserve] == 0
    march(theatre, war.troops, war.control, row, rear)
    assert war.troops.place[reserve] == theatre.ways.b[way]
    assert war.troops.way[reserve] == NOWHERE


def test_who_meets_the_enemy_on_a_march_turns_back(inputs: CampaignInputs) -> None:
    theatre, war, row = inputs.afoot.theatre, war_of(inputs), numbers()
    reserve = next(i for i in range(theatre.formations.size) if theatre.formations.place[i] == 0)
    war.troops.way[reserve], rear = 0, np.zeros((2, theatre.sites.size))
    war.control.holder[theatre.ways.b[0]] = 1
    march(theatre, war.troops, war.control, row, rear)
    assert war.troops.way[reserve] == NOWHERE
    assert war.troops.place[reserve] == 0


@pytest.mark.parametrize(("ratio", "attacks"), [(1.0, True), (50.0, False)])
def test_an_attack_asks_for_its_ratio(inputs: CampaignInputs, ratio: float, attacks: bool) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    room, on = new_operations_room(theatre), np.ones(theatre.goals.size, np.bool_)
    room.known[:] = NOWHERE
    time_ways(theatre, numbers(), room)
    row = numbers(**{"control.least_ratio": ratio})
    look_at_map(0, theatre, on, war.troops, war.control, row, levels(inputs), room)
    room.goal[theatre.goals.axis[0], LINE] = 0
    time_ways(theatre, row, room)
    find_ways(0, False, theatre, war.control, row, room, 2 * int(theatre.goals.axis[0]))
    room.strength[:] = 100.0
    room.strength[0] = 160.0
    set_out(1.0, theatre, war.troops, war.control, war.battles, row, room)
    brigade = next(
        i for i in range(theatre.formations.size)
        if theatre.formations.place[i] == place_at(inputs, "ford") and theatre.formations.kind[i] != SPECIAL
    )  # fmt: skip
    assert (war.troops.attacks[brigade] == place_at(inputs, "crossroads")) == attacks
    set_out(0.0, theatre, war.troops, war.control, war.battles, row, room)
    assert war.troops.attacks[brigade] == NOWHERE, "nobody attacks when there is no fighting"


def test_a_group_behind_a_place_steps_back_by_the_shortest_way(inputs: CampaignInputs) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    group = int(np.flatnonzero(theatre.formations.kind == SPECIAL)[0])
    ridge = place_at(inputs, "ridge")
    arrive(group, ridge, war.troops)
    war.troops.behind[group] = ridge
    way = come_out(group, theatre, war.troops)
    assert theatre.ways.length_km[way] == min(
        theatre.ways.length_km[one] for one in theatre.by[theatre.first[ridge] : theatre.first[ridge + 1]]
    )
    assert war.troops.place[group] == other_end(way, ridge, theatre.ways)
    assert war.troops.behind[group] == NOWHERE


def test_persons_are_counted_where_they_are(inputs: CampaignInputs) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    room = new_operations_room(theatre)
    count_persons(theatre, war.troops, room)
    assert room.persons.sum() == 1000 * theatre.formations.size
    war.troops.way[0] = 0
    count_persons(theatre, war.troops, room)
    assert room.persons.sum() == 1000 * (theatre.formations.size - 1)
    war.troops.attacks[0] = 2
    count_persons(theatre, war.troops, room)
    assert room.persons.sum() == 1000 * theatre.formations.size


def test_areas_are_those_of_the_nearest_place() -> None:
    places = records(2, PLACE, x_km=np.array([0.0, 100.0]), y_km=np.zeros(2), elevation_m=np.zeros(2))
    areas = cell_areas_km2(places)
    assert areas[0] == pytest.approx(math.pi * 144.0, rel=0.03)
    close = records(2, PLACE, x_km=np.array([0.0, 2.5]), y_km=np.zeros(2), elevation_m=np.zeros(2))
    both = cell_areas_km2(close)
    assert both.sum() == pytest.approx(math.pi * 144.0 + 60.0, rel=0.03)
    assert both[0] == pytest.approx(both[1], rel=0.05)


def test_parts_of_a_total_share_it_without_a_gap() -> None:
    start, end = parts_of_line([("a", 2.0), ("b", 1.0), ("a", 6.0)])
    assert start.tolist() == [0.0, 0.0, 0.25]
    assert end.tolist() == [0.25, 1.0, 1.0]


def test_levels_of_places_are_parts_of_what_a_parameter_gives(tmp_path: Path) -> None:
    scenario = load_ground(write_ground(tmp_path / "front"))
    inputs = compile_campaign(scenario)
    draws = draw_campaign(scenario, 3, 1, inputs)
    whole = draws.levels[:, inputs.afoot.levels.index("civilians.hills")]
    *_, rows = draws.of_variant(inputs, 0, slice(0, 3))
    sites = inputs.afoot.theatre.sites
    crossroads, ridge = place_at(inputs, "crossroads"), place_at(inputs, "ridge")
    np.testing.assert_allclose(rows[:, sites.civilians_1[crossroads]], whole * 2 / 3)
    np.testing.assert_allclose(rows[:, sites.civilians_1[ridge]], whole / 3)
    assert sites.civilians_0[crossroads] == NOWHERE
