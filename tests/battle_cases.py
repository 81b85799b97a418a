"""Battles for tests: places in a row, formations in few words, and hours that are fought one after another."""

from __future__ import annotations

import inspect
from types import ModuleType, SimpleNamespace

import numpy as np

from closed_forms import COMPILED
from staffride.model import campaign_battles
from staffride.model.campaign_battles import new_battle_room
from staffride.model.campaign_codes import NUMBERS, number
from staffride.model.campaign_state import records
from staffride.model.ground_state import (
    BATTLE,
    CONTROL,
    FLAT,
    FORMATION,
    GOAL,
    HASTY,
    NOWHERE,
    PERSONS,
    ROAD,
    SITE,
    TROOPS,
    WAY,
    WAY_STATE,
)

SEED = 7
NEVER = 1e9
PLAIN = {
    "rate": 1.0, "exponent": 1.0, "size_exponent": 0.0, "intensity_spread": 0.0, "across_line": 0.0, "night": 1.0,
    "fog": 1.0,
    "posture.hasty": 1.0, "posture.prepared": 1.0, "posture.fortified": 1.0, "posture.delay": 1.0, "dig_in": 12.0,
    "terrain.rolling": 1.0, "terrain.rugged": 1.0, "armour_weight": 0.0, "gun_weight": 0.0, "cohesion_effect": 0.0,
    "ammunition_effect": 0.0, "dead_share": 0.25, "missing_share": 0.05, "armour_loss": 0.0, "break.attack": NEVER,
    "break.defence": NEVER, "break.spread": 0.0, "pursuit": 0.0, "pause": 6.0, "caution_effect": 0.0,
    "advance.flat": 7.0, "advance.rolling": 3.45, "advance.rugged": 2.5, "advance.spread": 0.0,
    "advance.exponent": 0.0, "advance.unopposed": 1.0, "mine_delay": 0.0, "ditch_delay": 0.0, "event_size": 0.0,
}  # fmt: skip
"""Every factor one and every effect none: the square law, without break points."""


def numbers_of(**changes):
    """Return the row of numbers, `PLAIN` but for the changes; a dot in a name is written ``__``."""
    row = np.zeros(len(NUMBERS))
    for name, value in (PLAIN | {key.replace("__", "."): value for key, value in changes.items()}).items():
        row[number(f"ground.{name}")] = value
    return row


def formation(side, place, present, attacks=NOWHERE, way=NOWHERE, **columns):
    """Return what a formation is; more columns of `FORMATION` or `TROOPS` as keywords, levels as numbers."""
    return SimpleNamespace(side=side, place=place, present=present, attacks=attacks, way=way, columns=columns)


def field(rows, places=2, numbers=None, sites=None, ways=None, goals=(), holders=None):
    """Return a war: places 0, 1, ... in a row, way w from place w to w + 1 of 10 km; place 0 of side 0, others of 1."""
    count = len(rows)
    formations, troops = records(count, FORMATION), records(count, TROOPS)
    levels = np.ones((count, 2))
    formations.side = [row.side for row in rows]
    for name in ("place", "present", "attacks", "way"):
        troops[name] = [getattr(row, name) for row in rows]
    troops.initial, troops.on, troops.goal, troops.behind = troops.present, True, NOWHERE, NOWHERE
    troops.stance, troops.cohesion, troops.ammunition, troops.stand_h = HASTY, 1.0, 10.0, 0.0
    formations.contact, formations.quality = np.arange(count) * 2, np.arange(count) * 2 + 1
    for one, row in enumerate(rows):
        for name, value in row.columns.items():
            if name in ("contact", "quality"):
                levels[one, int(name == "quality")] = value
            else:
                troops[name][one] = value
    site = records(places, SITE, ground=FLAT)
    control = records(places, CONTROL, dug_h=np.inf)
    control.holder = [0] + [1] * (places - 1) if holders is None else holders
    starts = np.arange(places - 1)
    way = records(places - 1, WAY, a=starts, b=starts + 1, kind=ROAD, length_km=10.0, ground=FLAT)
    for table, changes in ((site, sites), (way, ways)):
        for name, value in (changes or {}).items():
            table[name] = value
    goal = records(max(1, len(goals)), GOAL)
    if len(goals):
        goal.caution = goals
    return SimpleNamespace(
        formations=formations, troops=troops, sites=site, control=control, ways=way,
        roads=records(places - 1, WAY_STATE), battles=records(places, BATTLE), goals=goal,
        dark=np.zeros(1, np.bool_), sky=np.zeros(1, np.int8),
        numbers=numbers_of() if numbers is None else numbers, levels=levels.ravel(),
        room=new_battle_room(count, places, places - 1),
    )  # fmt: skip


def arguments_of(war):
    """Return what `fight` takes after the intensity."""
    return (
        war.formations, war.troops, war.sites, war.control, war.ways, war.roads, war.battles, war.goals, war.dark,
        war.sky, war.numbers, war.levels, war.room,
    )  # fmt: skip


def hour_of(war, hour, replication=0, intensity=1.0, kernel=None):
    """Fight one hour of a war; return at how many places."""
    war.troops.shock, war.troops.armour_lost = 0.0, 0
    return (kernel or campaign_battles.fight)(SEED, replication, hour, intensity, *arguments_of(war))


def persons(war):
    """Return how many persons each formation has, wherever they are."""
    return sum(war.troops[name].astype(int) for name in PERSONS)


def plain_fight(right="", wrong=""):
    """Return `fight` as plain Python, with one piece of the source of its file replaced."""
    source = inspect.getsource(campaign_battles)
    assert not right or source.count(right) == 1, f"{right!r} stands {source.count(right)} times"
    text = source.replace(COMPILED, "compiled = lambda function: function")
    module = ModuleType("plain_battles")
    exec(compile(text.replace(right, wrong) if right else text, module.__name__, "exec"), vars(module))
    return module.fight
