"""The arrays of the ground half of a campaign: formations, sites, ways, goals, battles, groups, and politics.

``F`` formations, ``P`` places (a site is a place as the ground half sees it), ``W`` ways, ``G`` goals, ``A`` axes,
``D`` sources of deliveries, ``B`` bridges, ``C`` strikes on towns. Sides are 0 and 1 in the scenario's order; nothing
in the model asks which of the two a side is. Luck is keyed by the number of a row in its table.

Persons are whole numbers. Each is in exactly one of the columns `PERSONS` of its formation at every step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from staffride.model.campaign_state import Codes, Flags, Floats, Records, records

NOWHERE = -1
"""No place, way, goal, unit or side."""

KINDS_OF_FORMATION = (
    "mechanised",
    "rifle",
    "mountain",
    "special",
    "garrison",
    "militia",
    "artillery",
    "support",
)
"""Kinds of formations, in the order of their codes."""

MECHANISED, RIFLE, MOUNTAIN, SPECIAL, GARRISON, MILITIA, GUNS, SUPPORT = range(len(KINDS_OF_FORMATION))

STANCES = ("attack", "hasty", "prepared", "fortified", "delay")
"""How a formation stands at the start, in the order of the codes; `fortified` in works built before."""

ATTACK, HASTY, PREPARED, FORTIFIED, DELAY = range(len(STANCES))

WAYS = ("road", "track", "foot_path")
ROAD, TRACK, FOOT_PATH = range(len(WAYS))
GROUNDS = ("flat", "rolling", "rugged")
FLAT, ROLLING, RUGGED = range(len(GROUNDS))

TASKS = ("take", "hold", "threaten", "counter_attack", "infiltrate", "reserve")
TAKE, HOLD, THREATEN, COUNTER_ATTACK, INFILTRATE, RESERVE = range(len(TASKS))

PERSONS = ("present", "dead", "wounded", "missing", "captured", "deserted", "withdrawn", "absent")
"""Where the persons of a formation are. ``absent``: not there yet, or never came; ``withdrawn``: taken out alive."""

FORMATION = np.dtype(
    [
        ("side", "i4"),
        ("kind", "i4"),
        ("place", "i4"),
        ("axis", "i4"),
        ("stance", "i4"),
        ("strength", "i4"),
        ("contact", "i4"),
        ("quality", "i4"),
        ("turnout", "i4"),
        ("arrival", "i4"),
        ("share_from", "f8"),
        ("share_to", "f8"),
    ],
    align=True,
)
"""What the scenario says of a formation. ``place``: where it stands at the start; ``axis``: whose goals it follows,
`NOWHERE` for none (it holds its place). ``strength``: column of `strengths` (persons in the zone of war) of which
``share_from`` to ``share_to`` is its part. ``contact``, ``quality``, ``turnout``, ``arrival``: columns of the levels,
`NOWHERE` for none (1, 1, 1 and 0 h)."""

TROOPS = np.dtype(
    [
        ("initial", "i4"),
        *((name, "i4") for name in PERSONS),
        ("stays_away", "i4"),
        ("on", "?"),
        ("place", "i4"),
        ("way", "i4"),
        ("attacks", "i4"),
        ("goal", "i4"),
        ("stance", "i4"),
        ("armour", "i4"),
        ("guns", "i4"),
        ("armour_lost", "i4"),
        ("armour_left", "i4"),
        ("behind", "i4"),
        ("found", "?"),
        ("encircled", "?"),
        ("routed", "?"),
        ("surrenders", "?"),
        ("progress_km", "f8"),
        ("contact", "f8"),
        ("power", "f8"),
        ("cohesion", "f8"),
        ("shock", "f8"),
        ("success", "f8"),
        ("stand_h", "f8"),
        ("rest_h", "f8"),
        ("threshold", "f8"),
        ("hazard", "f8"),
        ("ammunition", "f8"),
        ("fuel", "f8"),
        ("food", "f8"),
    ],
    align=True,
)
"""What changes of a formation. ``initial`` and the columns `PERSONS`: persons; ``stays_away``: those of the absent who
will never come. ``on``: it takes part. ``place``: where it stands, or the place that it left last; ``way``: the way
on which it marches, attacks or infiltrates, else `NOWHERE`;
``attacks``: place that it attacks; ``goal``: goal that it follows; ``stance``: code of `STANCES` now. ``armour``,
``guns``: elements of its units of armour and artillery. ``armour_lost``, ``armour_left``: of the hour, by combat on
the ground, and left behind by their crews: the program takes them from the units after the step. ``behind``: place
behind whose defence the group stands; ``found``: it has been found. ``encircled``: no way of its side leads out.
``routed``, ``surrenders``: set by cohesion in this hour. ``progress_km``: along ``way`` from ``place``.
``contact``: persons in contact in this hour; ``power``: combat power of those, before posture and ground.
``cohesion``: 0 to 1. ``shock``: share of those present
lost in this hour; ``success``: ground gained or lost in this hour (+1 a place taken, -1 a place lost). ``stand_h``:
hours for which it has stood where it is; ``rest_h``: hours for which it will not attack again. ``threshold``,
``hazard``: state of the search for a group. ``ammunition``, ``fuel``, ``food``: days of supply."""

SITE = np.dtype(
    [
        ("holder", "i4"),
        ("zone", "i4"),
        ("ground", "i4"),
        ("line", "i4"),
        ("value", "f8"),
        ("fortification", "f8"),
        ("area_km2", "f8"),
        ("civilians_0", "i4"),
        ("civilians_1", "i4"),
        ("x_km", "f8"),
        ("y_km", "f8"),
        ("height_m", "f8"),
    ],
    align=True,
)
"""What the scenario says of a place. ``holder``: side at the start. ``ground``: code of `GROUNDS`; ``line``: 1 to 3 for
a place in one of the defended lines, else 0. ``value``: weight in what counts for diplomacy, sum 1 a side's
start. ``fortification``: 0 none to 1 as strong as works get. ``area_km2``: its Voronoi cell. ``civilians_0``,
``civilians_1``: columns of the levels with the civilians of either side who live there.
``x_km``, ``y_km``, ``height_m``: on the plane, and elevation."""

CONTROL = np.dtype(
    [
        ("holder", "i4"),
        ("changes", "i4"),
        ("first_h", "f8"),
        ("last_h", "f8"),
        ("gap", "f8"),
        ("dug_h", "f8"),
        ("handed_h", "f8"),
        ("people", "i4", (2,)),
        ("fled", "i4", (2,)),
        ("killed", "i4", (2,)),
        ("danger", "f8"),
        ("alarm_h", "f8"),
    ],
    align=True,
)
"""What changes of a place. ``holder``: side that holds it; ``changes``: how often control changed; ``first_h``: hour of
the first change to the other side, infinity for never; ``last_h``: of the last. ``gap``: 0 to 1, share of the defence's
advantage that groups behind it take away in this hour. ``dug_h``: hours for which the holder has had it. ``handed_h``:
hour at which terms hand it over. ``people``, ``fled``, ``killed``: civilians of the two sides who are there, who fled
from it, and who were killed there. ``danger``: 0 to 1 of this hour; ``alarm_h``: hour of the first danger."""

WAY = np.dtype(
    [
        ("a", "i4"),
        ("b", "i4"),
        ("kind", "i4"),
        ("ground", "i4"),
        ("line", "i4"),
        ("bridge", "i4"),
        ("ditch", "?"),
        ("length_km", "f8"),
        ("climb_m", "f8"),
        ("mines", "f8"),
        ("capacity_t", "f8"),
    ],
    align=True,
)
"""What the scenario says of a way, usable both ways. ``a``, ``b``: its places; ``climb_m``: from a up to b, negative
for down. ``line``: defended line that it crosses, else 0; ``bridge``: unit (an element that fires can destroy), else
`NOWHERE`; ``mines``: 0 to 1; ``capacity_t``: tonnes of supply a day."""

WAY_STATE = np.dtype(
    [("gained_a", "f8"), ("gained_b", "f8"), ("cleared", "f8"), ("capacity_t", "f8"), ("ambush", "f8")],
    align=True,
)
"""What changes of a way. ``gained_a``, ``gained_b``: kilometres that attackers from ``a`` or from ``b`` have gained
towards the other end. ``cleared``: 0 to 1, how far mines and ditch are crossed. ``capacity_t``: tonnes a day now;
``ambush``: rate at which a convoy on it is lost, per passage."""

BATTLE = np.dtype(
    [
        ("active", "?"),
        ("result", "i4"),
        ("began_h", "f8"),
        ("quiet_h", "f8"),
        ("attack_start", "f8"),
        ("defence_start", "f8"),
        ("attack_lost", "f8"),
        ("defence_lost", "f8"),
        ("attack_break", "f8"),
        ("defence_break", "f8"),
        ("attack_power", "f8"),
        ("defence_power", "f8"),
        ("attack_contact", "f8"),
        ("defence_contact", "f8"),
        ("ratio", "f8"),
        ("advance_km_h", "f8"),
        ("number", "i4"),
    ],
    align=True,
)
"""The battle for a place. ``result``: of this hour: `GOES_ON`, `DEFENCE_BROKE`, `ATTACK_BROKE`. ``attack_start`` to
``defence_lost``: persons in contact at its start, and casualties since; ``attack_break``, ``defence_break``: share lost
at which a side breaks. ``ratio``: effective combat power of the attack over that of the defence, ground and posture
counted. ``number``: battles at this place so far, for its luck."""

GOES_ON, DEFENCE_BROKE, ATTACK_BROKE = 0, 1, 2

GOAL = np.dtype(
    [
        ("side", "i4"),
        ("axis", "i4"),
        ("task", "i4"),
        ("place", "i4"),
        ("rank", "i4"),
        ("ratio", "f8"),
        ("after_h", "f8"),
        ("caution", "f8"),
    ],
    align=True,
)
"""A goal of an axis. ``rank``: lowest first. ``ratio``: power of own over opposition that it asks for, 0 for none.
``after_h``: hours since the start before which it does not stand. ``caution``: 0 presses on, 1 spares soldiers."""

POLITICS = np.dtype(
    [
        ("truce", "?"),
        ("over", "?"),
        ("truces", "i4"),
        ("broken", "i4"),
        ("truce_h", "f8"),
        ("over_h", "f8"),
        ("intensity", "f8"),
        ("pressure", "f8"),
        ("hazard", "f8"),
        ("threshold", "f8"),
        ("lost_value", "f8", (2,)),
        ("lost_share", "f8", (2,)),
        ("supply_share", "f8", (2,)),
        ("embargo", "f8", (2,)),
        ("accepts", "f8", (2,)),
    ],
    align=True,
)
"""One row: how politics stand. ``truce``, ``over``: a truce holds; the war is over. ``truces``, ``broken``: tried, and
broken. ``truce_h``, ``over_h``: hour of the last truce and of the end (infinity for none). ``intensity``: factor on all
fighting of the hour. ``lost_value``, ``lost_share``, ``supply_share``: of each side: value of places lost, share of its
soldiers lost, share of its needs that supply meets. ``embargo``: share of outside deliveries withheld.
``accepts``: rate at which a side accepts terms, per hour."""


class Theatre(NamedTuple):
    """The ground as the scenario gives it.

    Attributes
    ----------
    formations, sites, ways, goals
        Records `FORMATION` (F,), `SITE` (P,), `WAY` (W,), `GOAL` (G,).
    needs
        (G, P) places that the goal's side must hold before the goal stands.
    first, ends, by
        The ways of place p are ``by[first[p]:first[p + 1]]``, and lead to ``ends`` there: (P + 1,), (2 W,), (2 W,).
    attached
        (U,) formation of a unit, `NOWHERE` for none.
    axes, walkers
        Number of axes; (A,) whether an axis has formations that use foot paths.
    source_place, source_side, source_level
        (D,) sources of deliveries: place, side, column of the levels.
    strike_hour, strike_place, strike_side, strike_munitions
        (C,) given strikes on towns: hour, place, side that fires, munitions.
    truce_hour
        Given truces, hours since the start.
    handed_day
        (P,) days after the ceasefire at which terms hand a place to the side that did not hold it at the start, or
        minus one.
    """

    formations: Records
    sites: Records
    ways: Records
    goals: Records
    needs: Flags
    first: Codes
    ends: Codes
    by: Codes
    attached: Codes
    axes: int
    walkers: Flags
    source_place: Codes
    source_side: Codes
    source_level: Codes
    strike_hour: Floats
    strike_place: Codes
    strike_side: Codes
    strike_munitions: Floats
    truce_hour: Floats
    handed_day: Floats


class War(NamedTuple):
    """What changes on the ground in a replication: records `TROOPS`, `CONTROL`, `WAY_STATE`, `BATTLE`, `POLITICS`."""

    troops: Records
    control: Records
    roads: Records
    battles: Records
    politics: Records


def new_war(formations: int, places: int, ways: int) -> War:
    """Return room for the state of a replication."""
    return War(
        records(formations, TROOPS),
        records(places, CONTROL),
        records(ways, WAY_STATE),
        records(places, BATTLE),
        records(1, POLITICS),
    )
