"""Fire across the line: who faces an enemy, how many are lost in a day, and that both sides lose by one rule."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray

from campaign_scenarios import load_ground, write_ground
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_inputs import CampaignInputs, compile_campaign
from staffride.model.campaign_line import exchange_fire, find_facing
from staffride.model.ground import lost_across_line
from staffride.model.ground_state import NOWHERE, War, new_war

AIRFIELD, FORD, CROSSROADS, RIDGE, DEPOT = range(5)
BRIGADE, RESERVE, GROUPS, REGIMENT, BATTALION, MILITIA = range(6)
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> CampaignInputs:
    return compile_campaign(load_ground(write_ground(tmp_path_factory.mktemp("line") / "front")))


def war_of(inputs: CampaignInputs, persons: int = 100_000) -> War:
    theatre = inputs.afoot.theatre
    war = new_war(theatre.formations.size, theatre.sites.size, theatre.ways.size)
    war.control.holder = theatre.sites.holder
    war.troops.on, war.troops.present, war.troops.place = True, persons, theatre.formations.place
    war.troops.way, war.troops.attacks = NOWHERE, NOWHERE
    return war


def a_day(
    inputs: CampaignInputs, war: War, across: float = 0.2, intensity: float = 1.0, replication: int = 0
) -> None:
    theatre, row = inputs.afoot.theatre, np.zeros(len(NUMBERS))
    row[number("ground.rate")], row[number("ground.across_line")] = 0.1, across
    row[number("ground.dead_share")] = 0.25
    levels = np.full(len(inputs.afoot.levels) + len(inputs.afoot.shares), 0.5)
    for hour in range(24):
        persons = np.zeros((2, theatre.sites.size))
        np.add.at(persons, (theatre.formations.side, war.troops.place), war.troops.present)
        facing = np.zeros(theatre.sites.size, np.bool_)
        exchange_fire(1, replication, hour, intensity, theatre, war, persons, row, levels, facing)


def test_the_chance_is_that_of_a_constant_hazard() -> None:
    assert lost_across_line(0.1, 0.2, 1.0, 24.0) == pytest.approx(-math.expm1(-0.02))
    assert lost_across_line(0.1, 0.2, 0.5, 6.0) == pytest.approx(-math.expm1(-0.0025))
    assert lost_across_line(0.1, 0.0, 1.0, 24.0) == 0.0
    assert lost_across_line(0.1, 0.2, 0.0, 24.0) == 0.0


@given(some.floats(0, 1), some.floats(0, 1), some.floats(0, 1), some.floats(0, 48), some.floats(0, 48))
def test_hours_add_and_no_factor_lowers_it(
    rate: float, share: float, intensity: float, h: float, k: float
) -> None:
    both = lost_across_line(rate, share, intensity, h + k)
    kept = (1.0 - lost_across_line(rate, share, intensity, h)) * (
        1.0 - lost_across_line(rate, share, intensity, k)
    )
    assert both == pytest.approx(1.0 - kept, abs=1e-12)
    assert 0.0 <= lost_across_line(rate, share, intensity, h) <= both <= 1.0


def test_only_those_who_face_an_enemy_lose_and_all_are_accounted_for(inputs: CampaignInputs) -> None:
    war = war_of(inputs)
    a_day(inputs, war)
    troops, places = war.troops, inputs.afoot.theatre.formations.place
    assert (troops.present + troops.dead + troops.wounded == 100_000).all()
    front = np.isin(places, (FORD, CROSSROADS))
    assert (troops.dead[front] > 0).all()
    assert (troops.dead[~front] == 0).all()
    expected = 50_000 * -math.expm1(-0.02)
    lost = 100_000 - troops.present[front]
    assert np.abs(lost - expected).max() < 5 * math.sqrt(expected)
    dead = troops.dead.sum() / (troops.dead.sum() + troops.wounded.sum())
    assert dead == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / lost.sum()))


def test_those_in_a_battle_on_the_march_or_in_a_truce_do_not(inputs: CampaignInputs) -> None:
    war = war_of(inputs)
    war.battles.active[CROSSROADS] = True
    war.troops.way[BRIGADE] = 0
    a_day(inputs, war)
    assert war.troops.dead[REGIMENT] == 0
    assert war.troops.dead[BRIGADE] == 0
    assert war.troops.dead[GROUPS] > 0
    quiet, off = war_of(inputs), war_of(inputs)
    a_day(inputs, quiet, intensity=0.0)
    a_day(inputs, off, across=0.0)
    assert quiet.troops.dead.sum() == off.troops.dead.sum() == 0


def test_a_place_faces_an_enemy_who_stands_there_and_not_over_a_foot_path(inputs: CampaignInputs) -> None:
    theatre, war = inputs.afoot.theatre, war_of(inputs)
    facing, persons = np.zeros(theatre.sites.size, np.bool_), np.ones((2, theatre.sites.size))
    find_facing(theatre, war, persons, facing)
    assert np.flatnonzero(facing).tolist() == [FORD, CROSSROADS], (
        "a foot path alone leads from the ford to the ridge"
    )
    persons[1, CROSSROADS] = 0.0
    find_facing(theatre, war, persons, facing)
    assert np.flatnonzero(facing).tolist() == [CROSSROADS]


def test_both_sides_lose_alike(inputs: CampaignInputs) -> None:
    one, other = war_of(inputs), war_of(inputs)
    a_day(inputs, one)
    theatre = inputs.afoot.theatre
    swapped = theatre._replace(formations=theatre.formations.copy())
    swapped.formations.side = 1 - theatre.formations.side
    other.control.holder = 1 - theatre.sites.holder
    a_day(replace(inputs, afoot=inputs.afoot._replace(theatre=swapped)), other)
    assert (one.troops.dead == other.troops.dead).all()
