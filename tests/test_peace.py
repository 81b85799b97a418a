"""After a war: what terms hand over changes hands on its day, and nobody is killed any more."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from campaign_scenarios import load_ground, write_ground
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_ground import keep_peace
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.ground_state import new_war

CROSSROADS, RIDGE = 2, 3


def test_terms_hand_a_place_over_on_its_day_and_people_leave_it(tmp_path: Path) -> None:
    theatre = compile_campaign(load_ground(write_ground(tmp_path / "front"))).afoot.theatre
    war, row = new_war(theatre.formations.size, theatre.sites.size, theatre.ways.size), np.zeros(len(NUMBERS))
    row[number("flight.danger_rate")], row[number("city_strikes.{side}.rate")] = 0.05, 9.0
    row[number("flight.ground_deaths")], row[number("city_strikes.deaths_per_munition")] = 0.01, 1.0
    war.control.holder, war.control.handed_h, war.control.alarm_h = theatre.sites.holder, np.inf, np.inf
    war.control.handed_h[CROSSROADS] = 30.0
    war.control.people[CROSSROADS, 1] = war.control.people[RIDGE, 1] = 5000
    war.politics.over, war.politics.over_h = True, 10.0
    war.battles.active[RIDGE] = True
    for hour in range(11, 60):
        keep_peace(1, 0, hour, theatre, war, row)
        assert war.control.holder[CROSSROADS] == (0 if hour >= 30 else 1)
    assert war.control.holder[RIDGE] == 1
    assert war.control.changes.sum() == 0, "what terms hand over was not taken"
    assert war.control.killed.sum() == 0
    assert war.control.fled[RIDGE].sum() == 0
    assert war.control.fled[CROSSROADS, 1] > 3000
