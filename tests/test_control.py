"""Changes of control: who falls back and where to, who gives up, when a place changes hands, and what is overrun."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from campaign_scenarios import load_ground, write_ground
from staffride.engine.random import binomial
from staffride.model.campaign_belongings import (
    bleed,
    book_armour,
    count_vehicles,
    follow,
    lose_formation,
    part_of,
    relocate,
)
from staffride.model.campaign_codes import ABANDONED, IN_BATTLE, KINDS, MOVING, NUMBERS, OVERRUN, number
from staffride.model.campaign_control import end_battles, take_places, way_back
from staffride.model.campaign_inputs import CampaignInputs, compile_campaign
from staffride.model.campaign_operations import OperationsRoom, find_rear, new_operations_room
from staffride.model.campaign_state import STATE, records
from staffride.model.campaign_tally import Counts, new_counts
from staffride.model.control import share_of_crew
from staffride.model.ground_state import ATTACK_BROKE, DEFENCE_BROKE, NOWHERE, War, new_war

AIRFIELD, FORD, CROSSROADS, RIDGE, DEPOT = range(5)
AIR_TO_FORD, FORD_TO_CROSSROADS, CROSSROADS_TO_RIDGE, FORD_TO_RIDGE, RIDGE_TO_DEPOT = range(5)
BRIGADE, RESERVE, GROUPS, REGIMENT, BATTALION, MILITIA = range(6)
NUMBER = {
    "control.escape": 0.25, "control.regroup": 12.0, "ground.pause": 24.0, "control.overrun": 0.5,
    "control.crew": 3.0, "control.crew_killed": 0.3, "control.crew_wounded": 0.4,
}  # fmt: skip


class Case(NamedTuple):
    inputs: CampaignInputs
    war: War
    state: Any
    counts: Counts
    room: OperationsRoom
    numbers: Any

    def end(self, hour: int = 5) -> None:
        theatre, units = self.inputs.afoot.theatre, self.inputs.units
        end_battles(1, 0, hour, theatre, self.war, units, self.state, self.numbers, self.counts, self.room)

    def take(self, hour: int = 5) -> None:
        theatre, units = self.inputs.afoot.theatre, self.inputs.units
        defended = np.zeros(theatre.sites.size, np.bool_)
        take_places(
            1, 0, hour, theatre, self.war, units, self.state, self.numbers, self.counts, self.room, defended
        )

    def attack(self, one: int, place: int, way: int) -> None:
        self.war.troops.attacks[one], self.war.troops.way[one] = place, way


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> CampaignInputs:
    return compile_campaign(load_ground(write_ground(tmp_path_factory.mktemp("ground") / "front")))


@pytest.fixture
def case(inputs: CampaignInputs) -> Case:
    theatre, units = inputs.afoot.theatre, inputs.units
    war = new_war(theatre.formations.size, theatre.sites.size, theatre.ways.size)
    war.control.holder, war.control.first_h = theatre.sites.holder, np.inf
    troops = war.troops
    troops.on, troops.present, troops.cohesion = True, 1000, 1.0
    troops.place, troops.way, troops.attacks, troops.goal = (
        theatre.formations.place,
        NOWHERE,
        NOWHERE,
        NOWHERE,
    )
    troops.behind = NOWHERE
    row = np.zeros(len(NUMBERS))
    for name, value in NUMBER.items():
        row[number(name)] = value
    room = new_operations_room(theatre)
    find_rear(theatre, war.control, room)
    state = records(units.size, STATE, elements=np.full(units.size, 8), initial=np.full(units.size, 8))
    state.place, state.zone, state.posture = units.place, units.zone, units.posture
    return Case(inputs, war, state, new_counts(), room, row)


def test_broken_defenders_leave_towards_their_rear_and_the_place_is_then_taken(case: Case) -> None:
    case.attack(BRIGADE, CROSSROADS, FORD_TO_CROSSROADS)
    case.war.roads.gained_a[FORD_TO_CROSSROADS] = 12.0
    case.take()
    assert case.war.control.holder[CROSSROADS] == 1, "a place with defenders does not change hands"
    case.war.battles.result[CROSSROADS] = DEFENCE_BROKE
    case.end()
    assert case.war.troops.way[REGIMENT] == CROSSROADS_TO_RIDGE
    case.take(hour=7)
    assert case.war.control.holder[CROSSROADS] == 0
    assert case.war.control.first_h[CROSSROADS] == 7.0
    assert case.war.control.changes[CROSSROADS] == 1
    assert case.war.troops.place[BRIGADE] == CROSSROADS
    assert case.war.troops.attacks[BRIGADE] == NOWHERE
    assert case.war.troops.rest_h[BRIGADE] == 12.0
    assert not case.war.roads.gained_a.any()


def test_an_empty_place_is_taken_when_the_whole_way_is_gained(case: Case) -> None:
    case.war.troops.present[REGIMENT] = 0
    case.attack(BRIGADE, CROSSROADS, FORD_TO_CROSSROADS)
    case.war.roads.gained_a[FORD_TO_CROSSROADS] = 11.9
    case.take()
    assert case.war.control.holder[CROSSROADS] == 1
    case.war.roads.gained_a[FORD_TO_CROSSROADS] = 12.0
    case.take()
    assert case.war.control.holder[CROSSROADS] == 0


def test_a_broken_attack_stops_and_rests(case: Case) -> None:
    case.attack(BRIGADE, CROSSROADS, FORD_TO_CROSSROADS)
    case.war.battles.result[CROSSROADS] = ATTACK_BROKE
    case.end()
    assert case.war.troops.attacks[BRIGADE] == NOWHERE
    assert case.war.troops.place[BRIGADE] == FORD
    assert case.war.troops.rest_h[BRIGADE] == 24.0
    assert case.war.control.holder[CROSSROADS] == 1


def test_who_cannot_leave_gives_up_and_every_person_is_accounted_for(case: Case) -> None:
    for place in (RIDGE, FORD, DEPOT):
        case.war.control.holder[place] = 0
    find_rear(case.inputs.afoot.theatre, case.war.control, case.room)
    case.war.battles.result[CROSSROADS] = DEFENCE_BROKE
    case.end()
    troops = case.war.troops
    assert troops.present[REGIMENT] == 0
    assert troops.captured[REGIMENT] + troops.withdrawn[REGIMENT] == 1000
    assert abs(troops.captured[REGIMENT] - 750) < 4 * np.sqrt(1000 * 0.25 * 0.75)
    guns = case.inputs.afoot.theatre.attached == REGIMENT
    assert (case.state.elements[guns] == 0).all()
    assert case.counts.captured.sum() == case.counts.lost.sum() == 8 * guns.sum()
    assert case.counts.cause[:, :, OVERRUN].sum() == 8 * guns.sum()


def test_vehicles_do_not_go_over_a_foot_path_but_people_do(case: Case) -> None:
    case.war.control.holder[CROSSROADS], case.war.control.holder[AIRFIELD] = 1, 1
    case.war.control.holder[RIDGE] = 0
    find_rear(case.inputs.afoot.theatre, case.war.control, case.room)
    case.war.battles.result[FORD] = DEFENCE_BROKE
    case.end()
    assert case.war.troops.way[BRIGADE] == FORD_TO_RIDGE
    assert case.war.troops.present[BRIGADE] == 1000
    guns = case.inputs.afoot.theatre.attached == BRIGADE
    assert guns.any()
    assert (case.state.elements[guns] == 0).all()


def test_falling_back_goes_to_the_nearest_rear(case: Case) -> None:
    theatre = case.inputs.afoot.theatre
    case.war.troops.place[BATTALION] = RIDGE
    assert way_back(BATTALION, theatre, case.war, case.room) == RIDGE_TO_DEPOT
    case.war.control.holder[DEPOT] = 0
    find_rear(theatre, case.war.control, case.room)
    assert way_back(BATTALION, theatre, case.war, case.room) == CROSSROADS_TO_RIDGE


def test_units_without_a_formation_are_overrun_or_get_away(case: Case) -> None:
    alone = (case.inputs.afoot.theatre.attached == NOWHERE) & (case.inputs.units.place == CROSSROADS)
    case.war.troops.present[REGIMENT] = 0
    case.attack(BRIGADE, CROSSROADS, FORD_TO_CROSSROADS)
    case.war.roads.gained_a[FORD_TO_CROSSROADS] = 12.0
    case.take()
    left, lost = case.state.elements[alone], case.counts.cause[1, :, OVERRUN]
    assert left.sum() + lost.sum() == 8 * alone.sum()
    assert 0 < lost.sum() < 8 * alone.sum()
    assert (case.state.place[alone] == RIDGE).all()
    assert (case.state.zone[alone] == case.inputs.afoot.theatre.sites.zone[RIDGE]).all()


def test_units_follow_their_formation_and_are_lost_from_sight(case: Case) -> None:
    theatre, units = case.inputs.afoot.theatre, case.inputs.units
    guns = int(np.flatnonzero(theatre.attached == BRIGADE)[0])
    case.state.x_km[guns], case.state.seen_at[guns] = theatre.sites.x_km[FORD] + 0.5, 3.0
    case.state.place[guns] = FORD
    case.war.troops.place[BRIGADE], case.war.troops.way[BRIGADE] = CROSSROADS, CROSSROADS_TO_RIDGE
    protection = np.zeros(units.size)
    assert follow(theatre, case.war, units, case.state, protection, case.numbers)
    assert case.state.place[guns] == CROSSROADS
    assert case.state.x_km[guns] == pytest.approx(theatre.sites.x_km[CROSSROADS] + 0.5)
    assert case.state.seen_at[guns] == -np.inf
    assert case.state.posture[guns] == MOVING
    assert not follow(theatre, case.war, units, case.state, protection, case.numbers)
    before = case.state.x_km[guns]
    relocate(guns, FORD, theatre, case.state)
    relocate(guns, CROSSROADS, theatre, case.state)
    assert case.state.x_km[guns] == pytest.approx(before)


@given(some.integers(0, 200), some.lists(some.integers(0, 40), min_size=1, max_size=8))
def test_parts_of_a_loss_sum_to_it_and_nobody_loses_more_than_there_is(lost: int, sizes: list[int]) -> None:
    whole = sum(sizes)
    if whole == 0:
        return
    lost = min(lost, whole)
    ends = np.cumsum([0, *sizes])
    parts = [part_of(lost, int(a), int(b), whole) for a, b in pairwise(ends)]
    assert sum(parts) == lost
    assert all(0 <= part <= size for part, size in zip(parts, sizes, strict=True))


def test_armour_lost_and_left_is_taken_from_the_units_once(case: Case) -> None:
    theatre, units = case.inputs.afoot.theatre, case.inputs.units.copy()
    guns = theatre.attached == BRIGADE
    units.kind[guns] = KINDS.index("armour")
    count_vehicles(theatre, case.war, units, case.state)
    assert case.war.troops.armour[BRIGADE] == 8 * guns.sum()
    case.war.troops.armour_lost[BRIGADE], case.war.troops.armour_left[BRIGADE] = 3, 2
    book_armour(
        theatre, case.war, units, case.state, case.counts, np.zeros(theatre.formations.size, np.int32)
    )
    assert case.state.elements[guns].sum() == 8 * guns.sum() - 5
    assert case.counts.cause[0, :, IN_BATTLE].sum() == 3
    assert case.counts.cause[0, :, ABANDONED].sum() == 2
    assert case.counts.captured.sum() == 2
    lose_formation(BRIGADE, theatre, units, case.state, case.counts)
    assert case.counts.lost.sum() == 8 * guns.sum()


def test_crews_come_to_harm_with_what_is_destroyed(case: Case) -> None:
    theatre, units = case.inputs.afoot.theatre, case.inputs.units
    guns = int(np.flatnonzero(theatre.attached == BRIGADE)[0])
    dead, by_fires = 0, np.zeros(2, np.int32)
    vehicles = np.zeros(theatre.formations.size, np.int32)
    for replication in range(400):
        case.war.troops.present[BRIGADE] = 1000
        case.war.troops.dead[BRIGADE], case.war.troops.wounded[BRIGADE] = 0, 0
        case.state.struck[guns] = 4
        bleed(1, replication, 0, theatre, case.war, units, case.state, case.numbers, by_fires, vehicles)
        troops = case.war.troops
        assert troops.present[BRIGADE] + troops.dead[BRIGADE] + troops.wounded[BRIGADE] == 1000
        assert case.state.struck[guns] == 0
        dead += int(troops.dead[BRIGADE])
    assert share_of_crew(4, 3.0) == 12.0
    error = np.sqrt(400 * 12 * 0.3 * 0.7)
    assert abs(dead - 400 * 12 * 0.3) < 4 * error
    assert by_fires.tolist() == [dead, 0]
    assert binomial(12, 0.3, 0.5) in (3, 4)


def test_the_side_that_is_called_first_is_no_other_than_the_second(case: Case) -> None:
    """Both sides' formations fall back by one rule: exchange the sides, and the same ways are taken."""
    theatre = case.inputs.afoot.theatre
    swapped = theatre._replace(formations=theatre.formations.copy(), source_side=1 - theatre.source_side)
    swapped.formations.side = 1 - theatre.formations.side
    ways = [way_back(one, theatre, case.war, case.room) for one in range(6)]
    case.war.control.holder = 1 - case.war.control.holder
    find_rear(swapped, case.war.control, case.room)
    assert [way_back(one, swapped, case.war, case.room) for one in range(6)] == ways
