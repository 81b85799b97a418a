"""The arrays of a campaign: what the scenario fixes, and what changes in a replication.

``U`` units, ``S`` systems, ``F`` figures of a system, ``Z`` zones, ``P`` places, ``O`` orders, ``T`` hours.
Sides are 0 and 1 in the scenario's order; nothing in the model asks which of the two a side is.
Luck is keyed by the number of a row in its table, so a row that is added at the end moves no other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Units(NamedTuple):
    """What the scenario says of its units, one entry a unit.

    Attributes
    ----------
    side, system, place, zone, target_class, kind
        Codes: index into the sides, systems, places, zones, `CLASSES` and system kinds.
    posture, emission
        Codes: index into ``POSTURES`` and ``EMISSIONS``.
    threat
        Index into the classes of threats of what it launches; -1 for shells and rockets, which nothing intercepts.
    networked, expendable, homing
        Whether it is part of the side's network; whether its elements are used up by their mission; whether its
        munitions home on emissions.
    dummies, reconnoitred
        Dummies an element; chance that the other side has its position at the start.
    strength, share_from, share_to
        Column of the number of elements that it shares with others, and its part of them.
    """

    side: Codes
    system: Codes
    place: Codes
    zone: Codes
    target_class: Codes
    kind: Codes
    posture: Codes
    emission: Codes
    threat: Codes
    networked: Flags
    expendable: Flags
    homing: Flags
    dummies: Floats
    reconnoitred: Floats
    strength: Codes
    share_from: Floats
    share_to: Floats


class Orders(NamedTuple):
    """The given orders, one entry an order.

    Attributes
    ----------
    raid
        Number of the raid: orders of one package share it.
    unit
        Index of the unit that carries it out.
    start_h, end_h
        Its window in hours since the start.
    tempo
        Column of the missions an element over the window.
    salvo
        Whether all comes at once at the start of the window.
    rank
        (O, C) how early a class stands in the order's priority, `NOT_A_TARGET` for none.
    zones
        (O, Z) whether it may strike in a zone.
    """

    raid: Codes
    unit: Codes
    start_h: Floats
    end_h: Floats
    tempo: Codes
    salvo: Flags
    rank: NDArray[np.int8]
    zones: Flags


class Ground(NamedTuple):
    """Where things are: places (P,), zones (Z,), months (T,), darkness (Z, T), and how far a flyer is seen.

    ``x_km``, ``y_km`` are on a plane about the middle of the area. ``visible_km`` (K, P, 16, A) is the range at which
    a flyer comes into view from a place, by added crest height, sector and height; ``crests_m`` (K,) and
    ``heights_m`` (A,) say which. ``search`` (U, Z) is the part of a unit's search that goes to a zone.
    """

    x_km: Floats
    y_km: Floats
    elevation_m: Floats
    zone_x_km: Floats
    zone_y_km: Floats
    zone_elevation_m: Floats
    zone_area_km2: Floats
    month: NDArray[np.int64]
    dark: Flags
    given_weather: NDArray[np.int8]
    search: Floats
    visible_km: Floats
    crests_m: Floats
    heights_m: Floats


class State(NamedTuple):
    """What changes in a replication, one entry a unit unless said otherwise.

    Attributes
    ----------
    initial, elements, dummies
        Elements at the start and now; dummies now.
    used
        Elements used up by their missions.
    stock, rounds, reserve
        Munitions on hand; interceptors ready; interceptors in store.
    quiet_h
        Hours since a battery last fired.
    damage
        Hits towards the next loss.
    x_km, y_km
        Position in this replication.
    ready
        Whether a battery is manned and on watch.
    seen_at
        Hour at which the other side last saw the unit, minus infinity for never.
    hazard, threshold, contacts
        Search so far since the last contact, search that the next contact takes, contacts so far.
    fired
        Whether it fired in the hour before.
    noise_db
        Rise of the noise of a battery's radar.
    link_loss, position_error_m
        (2, Z) by the side that suffers: chance that a link is lost; error of satellite navigation.
    false_targets
        (2,) electronic false targets an hour that the side's radars see.
    quality, delay_h
        (2,) quality of the network, and mean delay from sensor to shooter.
    weather
        (Z, T) state of the weather.
    """

    initial: Integers
    elements: Integers
    dummies: Integers
    used: Integers
    stock: Integers
    rounds: Integers
    reserve: Integers
    quiet_h: Floats
    damage: Floats
    x_km: Floats
    y_km: Floats
    ready: Flags
    seen_at: Floats
    hazard: Floats
    threshold: Floats
    contacts: Integers
    fired: Flags
    noise_db: Floats
    link_loss: Floats
    position_error_m: Floats
    false_targets: Floats
    quality: Floats
    delay_h: Floats
    weather: NDArray[np.int8]


@compiled
def new_state(units: int, zones: int, hours: int) -> State:
    """Return an empty state for so many units, zones and hours."""
    return State(
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units, np.int32),
        np.zeros(units),
        np.zeros(units),
        np.zeros(units),
        np.zeros(units),
        np.zeros(units, np.bool_),
        np.full(units, -np.inf),
        np.zeros(units),
        np.zeros(units),
        np.zeros(units, np.int32),
        np.zeros(units, np.bool_),
        np.zeros(units),
        np.zeros((2, zones)),
        np.zeros((2, zones)),
        np.zeros(2),
        np.zeros(2),
        np.zeros(2),
        np.zeros((zones, hours), np.int8),
    )


class Missions(NamedTuple):
    """What is flown or fired in an hour, one entry a mission; those of an order stand together.

    Attributes
    ----------
    order, shot, target
        Index of the order, number of the mission in it, and the unit aimed at (`NOBODY` for none).
    dummy, point
        Whether the aimpoint is a dummy, and its number among its kind in the unit.
    coordinated
        Whether the shooters share one picture.
    hits, homes
        Whether it hits if it arrives, and whether it would if its target were on the air.
    arrives, shot_down, crashes
        Whether it arrives; whether air defence brings it down (before or after); whether it is lost with its link.
    time_s
        When it is due over its target, in seconds since the start of the hour.
    """

    order: Codes
    shot: Codes
    target: Codes
    dummy: Flags
    point: Codes
    coordinated: Flags
    hits: Flags
    homes: Flags
    arrives: Flags
    shot_down: Flags
    crashes: Flags
    time_s: Floats


@compiled
def new_missions(count: int) -> Missions:
    """Return room for so many missions."""
    return Missions(
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.bool_),
        np.empty(count, np.int32),
        np.empty(count, np.bool_),
        np.empty(count, np.bool_),
        np.empty(count, np.bool_),
        np.empty(count, np.bool_),
        np.empty(count, np.bool_),
        np.empty(count, np.bool_),
        np.empty(count),
    )


@compiled
def with_room(missions: Missions, used: int, more: int) -> Missions:
    """Return missions with room for ``more`` after the ``used`` first, which are kept; the new ones start afresh."""
    if used + more > missions.order.size:
        larger = new_missions(2 * (used + more))
        larger.order[:used], larger.shot[:used] = missions.order[:used], missions.shot[:used]
        larger.target[:used], larger.dummy[:used] = missions.target[:used], missions.dummy[:used]
        larger.point[:used], larger.coordinated[:used] = missions.point[:used], missions.coordinated[:used]
        larger.hits[:used], larger.homes[:used] = missions.hits[:used], missions.homes[:used]
        larger.arrives[:used], larger.shot_down[:used] = missions.arrives[:used], missions.shot_down[:used]
        larger.crashes[:used], larger.time_s[:used] = missions.crashes[:used], missions.time_s[:used]
        missions = larger
    last = used + more
    missions.arrives[used:last] = True
    for flag in (missions.dummy, missions.hits, missions.homes, missions.shot_down, missions.crashes):
        flag[used:last] = False
    return missions
