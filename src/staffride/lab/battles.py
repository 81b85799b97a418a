"""Fight the battles of CDB90 with the kernels of a campaign's ground half, from what was there before each.

Each battle is a theatre of two places and one way: an attacker at one end, a defender at the other. They fight hour
by hour until a side breaks, the attack has gained the depth that it set out for, or its days are over. Depth and days
are drawn from laws of the size of the battle alone (`PLANS`), so nothing of how a battle went is used. Whoever gains
the depth or breaks the defence has won; an attack that ends for want of days is drawn if it gained half its depth, and
lost if not.

The strengths of the database are those of the formations that fought, with their guns and trains; a third of them
counts as in contact (`CONTACT`), as in a campaign.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import PRIORS
from staffride.lab.battle_records import UNKNOWN_GROUND, Floats, Fought, Setting
from staffride.lab.campaign_draws import prior_column
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.model.campaign_battles import BattleRoom, fight, new_battle_room
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_state import Records, records
from staffride.model.ground_parameters import GROUND_SPECS
from staffride.model.ground_state import (
    ATTACK,
    ATTACK_BROKE,
    DEFENCE_BROKE,
    FLAT,
    FORMATION,
    FORTIFIED,
    GOAL,
    MECHANISED,
    NOWHERE,
    PERSONS,
    ROAD,
    ROLLING,
    RUGGED,
    SITE,
    WAY,
    War,
    new_war,
)
from staffride.scenario.quantity import Quantity

BEGINS_H = 6
"""Hour of the day at which every battle begins; it is light for the next twelve hours, and dark for twelve more."""

DUG_IN_H = 1000.0
"""Hours for which a defence has had its works."""

CONTACT = 1.0 / 3.0
"""Share of a formation's soldiers who are in contact: the middle of a campaign's priors `contact.*`."""

DISPERSED_YEAR = 1940
"""Year from which `ground.rate` holds without a factor: no clear trend of losses is left in the battles after it."""


class Plans(NamedTuple):
    """The laws of what an attack sets out for: medians for 20,000 persons on both sides together, and exponents.

    Attributes
    ----------
    depth_km, depth_exponent, depth_spread
        Depth on rolling ground, its exponent of the number of persons, and the spread of its logarithm.
    flat, rugged
        Factors on the depth on other ground.
    days, days_exponent, days_spread
        Days that an attack lasts at most, likewise.
    massed
        Factor on the losses of armies before 1940, which stood closer.
    """

    depth_km: float
    depth_exponent: float
    depth_spread: float
    flat: float
    rugged: float
    days: float
    days_exponent: float
    days_spread: float
    massed: float


PLANS = Plans(14.0, 0.53, 0.7, 1.8, 0.9, 2.3, 0.43, 0.7, 4.0)
"""Found with the medians of `ground.*` on the half of the battles with even numbers; no battle shows in them."""


class Theatre(NamedTuple):
    """A battle in the arrays of the ground half: what does not change, and how it stands at the start."""

    formations: Records
    sites: Records
    ways: Records
    goals: Records
    war: War


class Result(NamedTuple):
    """Battles as the model fought them, replication by replication.

    Attributes
    ----------
    fought
        For each replication a table of the battles.
    chance
        (n,) share of the replications in which the attacker won.
    """

    fought: tuple[Fought, ...]
    chance: Floats

    @property
    def pooled(self) -> Fought:
        """All replications in one table."""
        strength, casualties, days, km, result, ground = (
            np.concatenate(column) for column in zip(*self.fought, strict=True)
        )
        return Fought(strength, casualties, days, km, result, ground)

    def rows(self, chosen: NDArray[np.bool_]) -> Result:
        """Return the battles chosen by flag."""
        return Result(tuple(one.rows(chosen) for one in self.fought), self.chance[chosen])


def ground_numbers(quantities: Mapping[str, Quantity], replications: int, seed: int) -> Floats:
    """Return rows of the model's numbers with the parameters of ground combat drawn from their priors, (R, K).

    Parameters
    ----------
    quantities
        By full name, such as ``ground.rate``; a scenario's parameters.
    replications, seed
        How many rows, and what keys them. Zero stands for one row of medians.
    """
    rows = np.zeros((max(replications, 1), len(NUMBERS)))
    for spec in GROUND_SPECS:
        uniform = (
            keyed_uniforms(seed, replications, PRIORS, 0, entity_of(spec.name))
            if replications
            else np.full(1, 0.5)
        )
        rows[:, number(spec.name)] = prior_column(quantities[spec.name], spec, uniform)
    return rows


def fight_battles(settings: Sequence[Setting], numbers: Floats, seed: int, plans: Plans = PLANS) -> Result:
    """Fight each battle once for each row of the model's numbers.

    The luck of a battle is keyed by its own number, so a battle more or less changes no other.
    """
    results = np.array([_fight_one(setting, numbers, seed, plans) for setting in settings])
    strength = np.array([setting.strength for setting in settings])
    ground = np.array([setting.ground for setting in settings], np.int64)
    tables = tuple(
        Fought(strength, now[:, :2], now[:, 2], now[:, 3], now[:, 4].astype(np.int64), ground)
        for now in results.transpose(1, 0, 2)
    )
    return Result(tables, (results[:, :, 4] == 1).mean(axis=1))


def _fight_one(setting: Setting, numbers: Floats, seed: int, plans: Plans) -> Floats:
    """Return casualties of both sides, days, kilometres and result for each replication, (R, 5)."""
    theatre = theatre_of(setting)
    depth, days = planned(setting, numbers.shape[0], seed, plans)
    room = new_battle_room(2, 2, 1)
    rows = numbers.copy()
    rows[:, number("ground.rate")] *= plans.massed if setting.year < DISPERSED_YEAR else 1.0
    results = np.empty((numbers.shape[0], 5))
    for replication, row in enumerate(rows):
        war = War(*(records.copy() for records in theatre.war))
        key = (setting.number << 16) + replication
        last = (24.0 * days[replication] - BEGINS_H, depth[replication])
        hours, km, result = _play(seed, key, *last, theatre[:4], war, row, room)
        lost = [setting.strength[side] - war.troops.present[side] for side in (0, 1)]
        results[replication] = (*lost, 1 + (hours + BEGINS_H - 1) // 24, km, result)
    return results


def planned(setting: Setting, replications: int, seed: int, plans: Plans) -> tuple[Floats, Floats]:
    """Return the depth in kilometres that an attack sets out for, and its days, for each replication."""
    size = math.log(sum(setting.strength) / 20_000.0)
    factor = {FLAT: plans.flat, RUGGED: plans.rugged}.get(setting.ground, 1.0)
    depth, days = (
        normal_column(keyed_uniforms(seed, replications, PRIORS, step, setting.number)) for step in (1, 2)
    )
    km = factor * plans.depth_km * np.exp(plans.depth_exponent * size + plans.depth_spread * depth)
    return km, np.ceil(plans.days * np.exp(plans.days_exponent * size + plans.days_spread * days))


def theatre_of(setting: Setting) -> Theatre:
    """Return the arrays of a battle: the attacker at place 0, the defender at place 1, a way between."""
    formations, sites, ways = records(2, FORMATION), records(2, SITE), records(1, WAY)
    ground = ROLLING if setting.ground == UNKNOWN_GROUND else setting.ground
    formations.side, formations.kind, formations.place = (0, 1), MECHANISED, (0, 1)
    for name in ("axis", "quality", "turnout", "arrival"):
        formations[name] = NOWHERE
    formations.contact = 0
    sites.holder, sites.ground, sites.zone = (0, 1), ground, 0
    sites.fortification[1] = np.mean([posture == FORTIFIED for posture in setting.postures])
    ways.a, ways.b, ways.kind, ways.ground, ways.bridge = 0, 1, ROAD, ground, NOWHERE
    war = new_war(2, 2, 1)
    _place_troops(setting, war)
    war.control.holder, war.control.dug_h = (0, 1), DUG_IN_H
    war.control.first_h = war.control.handed_h = np.inf
    return Theatre(formations, sites, ways, records(0, GOAL), war)


def _place_troops(setting: Setting, war: War) -> None:
    troops = war.troops
    for name in PERSONS:
        troops[name] = 0
    troops.initial = troops.present = np.round(setting.strength).astype(np.int32)
    troops.on, troops.place, troops.way, troops.attacks = True, (0, 1), (0, NOWHERE), (1, NOWHERE)
    troops.goal, troops.behind = NOWHERE, NOWHERE
    troops.stance = (ATTACK, setting.postures[0])
    troops.armour, troops.guns = (np.round(pair).astype(np.int32) for pair in (setting.armour, setting.guns))
    troops.cohesion, troops.ammunition, troops.fuel, troops.food = 1.0, 10.0, 10.0, 10.0


@compiled
def _play(
    seed: int,
    key: int,
    hours: float,
    depth_km: float,
    theatre: tuple[Records, Records, Records, Records],
    war: War,
    numbers: Floats,
    room: BattleRoom,
) -> tuple[int, float, int]:
    """Fight a battle to its end; return its hours, the kilometres gained, and who won."""
    formations, sites, ways, goals = theatre
    dark, sky, levels = np.zeros(1), np.zeros(1), np.full(1, CONTACT)
    for hour in range(int(hours)):
        dark[0] = 0.0 if hour % 24 < 12 else 1.0
        war.troops.armour_lost[:] = 0
        war.troops.shock[:] = 0.0
        fight(seed, key, hour, 1.0, formations, war.troops, sites, war.control, ways, war.roads, war.battles, goals,
              dark, sky, numbers, levels, room)  # fmt: skip
        war.troops.armour[:] -= war.troops.armour_lost
        war.troops.stand_h[1] += 1.0
        gained = war.roads.gained_a[0]
        result = war.battles.result[1]
        if result == ATTACK_BROKE or war.troops.present[0] <= 0:
            return hour + 1, min(gained, depth_km), -1
        if result == DEFENCE_BROKE or gained >= depth_km or war.troops.present[1] <= 0:
            return hour + 1, min(gained, depth_km), 1
    gained = war.roads.gained_a[0]
    return int(hours), gained, 0 if 2.0 * gained >= depth_km else -1
