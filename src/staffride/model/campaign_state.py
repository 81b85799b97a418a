"""The arrays of a campaign: what the scenario fixes, and what changes in a replication.

``U`` units, ``S`` systems, ``F`` figures of a system, ``Z`` zones, ``P`` places, ``O`` orders, ``T`` hours.
Sides are 0 and 1 in the scenario's order; nothing in the model asks which of the two a side is.
Luck is keyed by the number of a row in its table, so a row that is added at the end moves no other.

Rows with many columns are record arrays (``units.side[unit]``): one argument, so that kernels compile in good time.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int32]
Codes: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]
Records: TypeAlias = Any
"""A record array; its columns are those of one of the types below."""

UNIT = np.dtype(
    [
        ("side", "i4"),
        ("system", "i4"),
        ("place", "i4"),
        ("zone", "i4"),
        ("target_class", "i4"),
        ("kind", "i4"),
        ("posture", "i4"),
        ("emission", "i4"),
        ("threat", "i4"),
        ("strength", "i4"),
        ("networked", "?"),
        ("expendable", "?"),
        ("returns", "?"),
        ("homing", "?"),
        ("portable", "?"),
        ("dummies", "f8"),
        ("reconnoitred", "f8"),
        ("share_from", "f8"),
        ("share_to", "f8"),
    ],
    align=True,
)
"""What the scenario says of a unit.

``side`` to ``emission`` are codes: index into the sides, systems, places, zones, `CLASSES`, kinds, postures and
emissions. ``threat``: class of what it launches, or `SHELLS` for what nothing intercepts. ``strength``: column of the
number of elements that it shares with others; ``share_from``, ``share_to``: its part of them. ``networked``: part of
the side's network; ``expendable``: its elements are used up by their mission; ``returns``: its elements fly and come
home; ``homing``: its munitions home on emissions. ``dummies``: dummies an element; ``reconnoitred``: chance that the
other side has its position at the start."""

STATE = np.dtype(
    [
        ("initial", "i4"),
        ("elements", "i4"),
        ("dummies", "i4"),
        ("used", "i4"),
        ("stock", "i4"),
        ("rounds", "i4"),
        ("reserve", "i4"),
        ("contacts", "i4"),
        ("place", "i4"),
        ("zone", "i4"),
        ("posture", "i4"),
        ("struck", "i4"),
        ("ready", "?"),
        ("fired", "?"),
        ("hot", "?"),
        ("quiet_h", "f8"),
        ("damage", "f8"),
        ("x_km", "f8"),
        ("y_km", "f8"),
        ("seen_at", "f8"),
        ("hazard", "f8"),
        ("threshold", "f8"),
        ("noise_db", "f8"),
    ],
    align=True,
)
"""What changes of a unit.

``initial``, ``elements``, ``dummies``, ``used``: elements at the start and now, dummies now, elements used up by
their missions. ``stock``: munitions on hand; ``rounds``, ``reserve``: interceptors ready and in store;
``place``, ``zone``, ``posture``: where and how it stands now; ``struck``: elements that fires destroyed in this hour.
``quiet_h``: hours since a battery fired. ``damage``: hits towards the next loss. ``x_km``, ``y_km``: position.
``ready``: a battery is manned and on watch. ``fired``, ``hot``: it fired in this hour and in the one before.
``seen_at``: hour at which the other side last saw it, minus infinity for never; ``hazard``, ``threshold``,
``contacts``: state of the search for it. ``noise_db``: rise of its radar's noise."""

ORDER = np.dtype(
    [
        ("raid", "i4"),
        ("unit", "i4"),
        ("tempo", "i4"),
        ("salvo", "?"),
        ("start_h", "f8"),
        ("end_h", "f8"),
    ],
    align=True,
)
"""A given order: its raid (orders of one package share it, and so come at the same moment), the unit that carries it
out, the column of its missions an element, whether all comes at once at the start of its window, and the window
in hours since the start."""

MISSION = np.dtype(
    [
        ("order", "i4"),
        ("shot", "i4"),
        ("target", "i4"),
        ("point", "i4"),
        ("dummy", "?"),
        ("coordinated", "?"),
        ("hits", "?"),
        ("homes", "?"),
        ("arrives", "?"),
        ("shot_down", "?"),
        ("crashes", "?"),
        ("aboard", "?"),
        ("time_s", "f8"),
    ],
    align=True,
)
"""A mission of an hour; those of an order stand together.

``order``, ``shot``: the order, and the number of the mission in it. ``target``, ``dummy``, ``point``: the unit aimed
at (`NOBODY` for none), whether the aimpoint is a dummy, and its number among its kind in the unit. ``coordinated``:
the shooters share one picture. ``hits``, ``homes``: it hits if it arrives, and it would if its target were on the
air. ``arrives``, ``shot_down``, ``crashes``: it arrives; air defence brings it down (before or after); it is lost
with its link. ``aboard``: it is a further weapon of the flight of the mission before it, whose way it shares.
``time_s``: when it is due over its target, in seconds since the start of the hour."""

PLACE = np.dtype([("x_km", "f8"), ("y_km", "f8"), ("elevation_m", "f8")])
"""Where a place is, on a plane about the middle of the area."""

ZONE = np.dtype([("x_km", "f8"), ("y_km", "f8"), ("elevation_m", "f8"), ("area_km2", "f8")])
"""Where a zone is, and how large."""


def records(size: int, of: np.dtype[Any], **columns: Any) -> Records:  # noqa: ANN401 (any array)
    """Return a record array of ``size`` rows with the columns given; the others are zero."""
    rows = np.zeros(size, of).view(np.recarray)
    for name, values in columns.items():
        rows[name] = values
    return rows


class Orders(NamedTuple):
    """The given orders.

    Attributes
    ----------
    rows
        (O,) records `ORDER`.
    targets
        (O, C) codes of the classes that it may strike, in order of priority, -1 beyond the last.
    zones
        (O, Z) whether it may strike in a zone.
    """

    rows: Records
    targets: Codes
    zones: Flags


class Ground(NamedTuple):
    """Where things are, when it is dark, and how far a flyer is seen.

    Attributes
    ----------
    places, zones
        Records `PLACE` (P,) and `ZONE` (Z,).
    month, dark, given_weather
        Month of each hour (T,), darkness and given sky of each zone and hour (Z, T).
    search, search_h
        (U, Z) the part of a unit's search that goes to a zone; (U, 2) from when until when it searches, in hours.
    searchers, special
        Units that look or listen for others; units of the classes that an hour asks for by name.
    visible_km, crests_m, heights_m
        (K, P, 16, A) range at which a flyer comes into view from a place by added crest height, sector and height;
        (K,) and (A,) say which.
    """

    places: Records
    zones: Records
    month: NDArray[np.int64]
    dark: Flags
    given_weather: NDArray[np.int8]
    search: Floats
    search_h: Floats
    searchers: Codes
    special: Codes
    visible_km: Floats
    crests_m: Floats
    heights_m: Floats


class Conditions(NamedTuple):
    """What an hour is like for each side.

    Attributes
    ----------
    link_loss, position_error_m
        (2, Z) by the side that suffers: chance that a link is lost; error of satellite navigation.
    false_targets
        (2,) electronic false targets an hour that the side's radars see.
    quality, delay_h
        (2,) quality of the network, and mean delay from sensor to shooter.
    weather
        (Z, T) state of the weather.
    """

    link_loss: Floats
    position_error_m: Floats
    false_targets: Floats
    quality: Floats
    delay_h: Floats
    weather: NDArray[np.int8]


def new_conditions(zones: int, hours: int) -> Conditions:
    """Return room for the conditions of so many zones and hours."""
    return Conditions(
        np.zeros((2, zones)),
        np.zeros((2, zones)),
        np.zeros(2),
        np.zeros(2),
        np.zeros(2),
        np.zeros((zones, hours), np.int8),
    )
