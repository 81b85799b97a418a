"""Room to work in: arrays that a campaign's kernels fill anew, made once for many replications.

What they hold before does not matter. ``U`` units, ``Z`` zones, ``O`` orders, ``C`` classes, ``M`` missions of an
hour, ``N`` threats of a raid, counting false targets.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign_codes import CLASSES
from staffride.model.campaign_geometry import GEOMETRY, WATCH
from staffride.model.campaign_inputs import CampaignInputs
from staffride.model.campaign_state import (
    MISSION,
    Codes,
    Conditions,
    Flags,
    Floats,
    Integers,
    Records,
    new_conditions,
    records,
)
from staffride.model.campaign_tally import Counts, new_counts
from staffride.model.raid import Batteries, Threats, Workspace, raid_workspace

_THREATS, _CHANNELS = 128, 512
"""Threats and channels of a raid for which there is room at first."""


class RaidRoom(NamedTuple):
    """Room for what flies at a side in an hour.

    Attributes
    ----------
    flight, group, example
        Mission and group of each flight (M,), and a mission of each group (M,).
    ways, watches
        (N, GEOMETRY) a way a group, (U, WATCH) a watch a battery.
    start_s, order, end_s, outcome, impact_s
        (N,) start of flights and false targets, their order, end and outcome, and seconds until a group arrives.
    meeting
        (5, N U) how groups meet batteries: the first moment and the last to shoot, chances to kill and to shoot, and
        when they are detected.
    threats, batteries, work
        As `resolve_raid` needs them.
    """

    flight: Codes
    group: Codes
    example: Codes
    ways: Floats
    watches: Floats
    start_s: Floats
    order: Codes
    end_s: Floats
    outcome: NDArray[np.int8]
    impact_s: Floats
    meeting: Floats
    threats: Threats
    batteries: Batteries
    work: Workspace


class Room(NamedTuple):
    """Room for a replication.

    Attributes
    ----------
    conditions, counts, missions
        What an hour is like; what is counted; the missions of an hour, records `MISSION` (M,).
    carry
        (O,) part of a mission that an order carries into its next hour.
    staying, rate, linked, place
        (U,) hits that put an element out of action; rate at which a unit is found; whether a battery has the network;
        its number in a raid.
    lost, dummies_lost
        (U,) what an order has destroyed.
    chances, jammers
        (4, U) and (9, U), as `aim` and `jam` say.
    area_rate, calls
        (2, Z) rate at which a side sweeps a zone; (P,) rate at which groups behind a place find each unit there.
    left, located, located_count, rank, eligible, chosen
        (2, U), (2, C, U), (2, C), (U,), (U,), (U,) for the choice of targets.
    """

    conditions: Conditions
    counts: Counts
    missions: Records
    carry: Floats
    staying: Floats
    rate: Floats
    linked: Flags
    place: Codes
    lost: Integers
    dummies_lost: Integers
    chances: Floats
    jammers: Floats
    area_rate: Floats
    calls: Floats
    left: Integers
    located: Codes
    located_count: Integers
    rank: NDArray[np.int8]
    eligible: Codes
    chosen: Codes


def new_room(inputs: CampaignInputs, missions: int) -> Room:
    """Return room for the replications of a campaign with at most so many missions in an hour."""
    units, zones, classes = inputs.units.size, inputs.ground.zones.size, len(CLASSES)
    return Room(
        new_conditions(zones, inputs.hours),
        new_counts(),
        records(missions, MISSION),
        np.empty(inputs.orders.rows.size),
        np.empty(units),
        np.empty(units),
        np.empty(units, np.bool_),
        np.empty(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros((4, units)),
        np.empty((9, units)),
        np.empty((2, zones)),
        np.zeros(inputs.ground.places.size),
        np.empty((2, units), np.int32),
        np.empty((2, classes, units), np.int32),
        np.zeros((2, classes), np.int32),
        np.empty(units, np.int8),
        np.empty(units, np.int32),
        np.empty(units, np.int32),
    )


def new_raid_room(units: int, missions: int, threats: int = _THREATS, channels: int = _CHANNELS) -> RaidRoom:
    """Return room for raids with so many threats and channels at most."""
    return RaidRoom(
        np.empty(missions, np.int32),
        np.empty(missions, np.int32),
        np.empty(missions, np.int32),
        np.empty((threats, GEOMETRY)),
        np.empty((units, WATCH)),
        np.empty(threats),
        np.empty(threats, np.int32),
        np.empty(threats),
        np.empty(threats, np.int8),
        np.empty(threats),
        np.empty((5, threats * units)),
        Threats(
            np.empty(threats, np.int64),
            np.empty(threats, np.int32),
            np.empty(threats),
            np.empty(threats, np.int32),
            np.empty(threats, np.bool_),
            np.empty(threats, np.bool_),
        ),
        _batteries(units),
        raid_workspace(threats, units, channels),
    )


def _batteries(units: int) -> Batteries:
    """Return room for the batteries of a raid."""
    return Batteries(
        np.empty(units, np.int64),
        np.empty(units, np.int64),
        np.empty(units),
        np.empty(units, np.int64),
        np.empty(units, np.int64),
        np.empty(units, np.bool_),
        np.empty(units, np.int8),
        np.empty(units, np.int64),
        np.empty(units, np.int64),
        np.empty(units, np.int64),
        np.empty(units, np.int64),
    )


def larger(room: RaidRoom) -> RaidRoom:
    """Return room for raids twice as large in every way."""
    units = room.watches.shape[0]
    return new_raid_room(units, room.flight.size, 2 * room.order.size, 2 * room.work.ends.size)
