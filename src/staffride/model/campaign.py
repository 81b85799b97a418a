"""The campaign of one replication, hour by hour.

The hour, in the order in which it runs:

1. ``weather``: the sky over each zone, and whether it is dark.
2. ``jamming``: what jammers do to radars, links and satellite navigation.
3. ``information``: how good each side's network is, and how long a track takes to a shooter.
4. ``detection``: both sides search; those who emit or fired are found more easily.
5. ``diplomacy``: truces are made and broken, the war ends; what fighting is left.
6. ``control``: axes look at their goals; formations wait, march, or set out to attack.
7. ``infiltration``: small groups walk, are found or not, and act behind places that the other side holds.
8. ``supply``: once a day, and when the network has changed, supply flows; stocks are used; bridges are repaired.
9. ``fires``: orders become missions; targets, hits and links are settled from the state at the start of the hour.
10. ``air_defence``: all that flies at a side meets its batteries, event by event in seconds.
11. ``fires``: what arrives does its damage; shooters account for munitions, airframes and crews.
12. ``ground``: the battles for places.
13. ``cohesion``: who holds together, deserts, runs, gives up, or comes.
14. ``control``: places change hands; formations fall back or give up; vehicles are lost, left or overrun.
15. ``city_strikes`` and ``flight``: strikes on towns, civilians killed, civilians who flee.
16. Batteries reload, drones and aircraft load anew, and the hour is recorded.

Steps 5 to 8 and 12 to 15 are those of a campaign with formations. Both sides go through the same rules; nothing in a
step asks which side a side is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.clock import ticks
from staffride.engine.compile import compiled
from staffride.model.campaign_codes import figure, number
from staffride.model.campaign_control import any_taken
from staffride.model.campaign_diplomacy import withhold
from staffride.model.campaign_effects import account, land, load_anew, set_staying_power
from staffride.model.campaign_ground import conclude, keep_peace, prepare
from staffride.model.campaign_ground_room import GroundRoom, begin_war
from staffride.model.campaign_ground_tally import (
    record_ground,
)
from staffride.model.campaign_hour import connect, jam, remember_fire, search
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_missions import plan, set_protection, start_carries
from staffride.model.campaign_muster import flights_at
from staffride.model.campaign_operations import time_ways
from staffride.model.campaign_raids import fly, share_fate
from staffride.model.campaign_room import RaidRoom, Room
from staffride.model.campaign_setup import set_up
from staffride.model.campaign_state import Flags, Floats, Ground, Orders, Records
from staffride.model.campaign_steps import (
    AIR_DEFENCE,
    DAMAGE,
    DETECTION,
    FIRES,
    INFORMATION,
    JAMMING,
    RECORD,
    Stamps,
    stamp,
)
from staffride.model.campaign_tally import record, start_counts
from staffride.model.ground_state import Theatre, War
from staffride.model.weather import weather_path

_STAYING = figure("staying_power")
_LOW_CLOUD, _FOG = number("weather.low_cloud_share"), number("weather.fog_share")
_PERSISTENCE, _ELEVATION = number("weather.persistence"), number("weather.elevation_effect")
_NOVEMBER, _NIGHT = number("weather.november_effect"), number("weather.night_effect")


class Force(NamedTuple):
    """The numbers of one replication and variant: parameters (K,), figures (S, F), strengths (Q,), tempos (M,), levels.

    And who takes part: units, orders, formations, goals and sources of supply.
    """

    numbers: Floats
    figures: Floats
    strengths: Floats
    tempos: Floats
    levels: Floats
    unit_on: Flags
    order_on: Flags
    formation_on: Flags
    goal_on: Flags
    source_on: Flags


class Afoot(NamedTuple):
    """The ground half of a replication: what the scenario fixes, what changes, and room."""

    theatre: Theatre
    war: War
    room: GroundRoom


@compiled
def make_weather(
    seed: int, replication: int, ground: Ground, numbers: Floats, weather: NDArray[np.int8]
) -> None:
    """Fill the sky over each zone in each hour (Z, T)."""
    weather_path(
        seed,
        replication,
        ground.zones.elevation_m,
        ground.month,
        ground.dark,
        numbers[_LOW_CLOUD],
        numbers[_FOG],
        numbers[_PERSISTENCE],
        numbers[_ELEVATION],
        numbers[_NOVEMBER],
        numbers[_NIGHT],
        ground.given_weather,
        weather,
    )


@compiled
def begin(
    seed: int,
    replication: int,
    units: Records,
    ground: Ground,
    force: Force,
    state: Records,
    room: Room,
    afoot: Afoot | None,
) -> None:
    """Set everything to its state at the start of a replication."""
    numbers, figures = force.numbers, force.figures
    set_up(seed, replication, units, force.unit_on, ground, numbers, figures, force.strengths, state)
    start_carries(seed, replication, room.carry)
    start_counts(room.counts)
    room.calls[:] = 0.0
    if afoot is not None:
        begin_war(
            seed, replication, afoot.theatre, force.formation_on, numbers, force.strengths, force.levels, afoot.war,
            afoot.room,
        )  # fmt: skip


@compiled
def take_over(
    seed: int,
    replication: int,
    units: Records,
    ground: Ground,
    force: Force,
    state: Records,
    room: Room,
    afoot: Afoot | None,
) -> None:
    """Let what follows from the numbers alone be that of ``force``, in whatever state the replication is."""
    numbers, figures = force.numbers, force.figures
    set_protection(state, numbers, room.chances[1])
    set_staying_power(units, figures, _STAYING, room.staying)
    make_weather(seed, replication, ground, numbers, room.conditions.weather)
    if afoot is not None:
        time_ways(afoot.theatre, numbers, afoot.room.operations)
        withhold(numbers, afoot.war.politics)


@in_place
@compiled
def run_replication(
    seed: int,
    replication: int,
    every: int,
    first: int,
    last: int,
    units: Records,
    orders: Orders,
    ground: Ground,
    force: Force,
    state: Records,
    room: Room,
    raids: RaidRoom,
    afoot: Afoot | None,
    series: NDArray[np.float32],
    ground_series: NDArray[np.float32],
    spent: Stamps,
) -> bool:
    """Run some hours of one replication: a kernel that only calls the phenomena in their order.

    Parameters
    ----------
    every
        Hours from one value of a series to the next.
    first, last
        The hours: ``first`` to ``last - 1``. From hour 0 the replication begins; from a later one it goes on from the
        state that stands in the arrays, under the numbers of ``force``, which may be others than those before.
    state
        (U,) records `STATE`; what they hold before does not matter, afterwards they are those of the end.
    room, raids, afoot
        Room to work in; in ``room.counts`` and ``afoot.war`` what stands at the end. Without formations ``afoot`` is
        ``None``: the steps on the ground are then not even compiled.
    series, ground_series
        (names, T) filled with the series, in the order of `series_names` and `ground_series_names`.
    spent
        Cycles that each of `STEPS` has taken, added to.

    Returns
    -------
    bool
        Whether the room for raids was large enough; else the replication is to be run again, with more.
    """
    numbers, figures, missions, levels = force.numbers, force.figures, room.missions, force.levels
    conditions, counts, jammers, intensity = room.conditions, room.counts, -1, 1.0
    if first == 0:
        begin(seed, replication, units, ground, force, state, room, afoot)
    take_over(seed, replication, units, ground, force, state, room, afoot)
    for hour in range(first, last):
        since = ticks()
        if afoot is not None and afoot.war.politics.over[0] and afoot.war.politics.over_h[0] < hour:
            keep_peace(seed, replication, hour, afoot.theatre, afoot.war, numbers)
            record(hour, every, units, state, conditions, counts, series)
            record_ground(hour, every, afoot.theatre, afoot.war, afoot.room.by_fires, ground_series)
            continue
        jammers = jam(jammers, units, ground, numbers, figures, state, conditions, room.jammers)
        since = stamp(JAMMING, since, spent)
        connect(hour, units, ground, numbers, state, conditions)
        since = stamp(INFORMATION, since, spent)
        search(
            seed, replication, hour, units, ground, numbers, figures, state, conditions, room.calls,
            room.area_rate, room.rate,
        )  # fmt: skip
        remember_fire(state)
        since = stamp(DETECTION, since, spent)
        if afoot is not None:
            moved, since = prepare(
                seed, replication, hour, afoot.theatre, force.goal_on, force.source_on, ground, conditions, numbers,
                levels, units, state, afoot.war, afoot.room, room.calls, room.area_rate, room.chances[1], since, spent,
            )  # fmt: skip
            jammers, intensity = -1 if moved else jammers, afoot.war.politics.intensity[0]
        due = plan(
            seed, replication, hour, orders, force.order_on, units, ground, numbers, figures, force.tempos,
            intensity, state, conditions, room.carry, room.chances, room.left, room.located, room.located_count,
            room.rank, room.eligible, room.chosen, missions,
        )  # fmt: skip
        since = stamp(FIRES, since, spent)
        for side in range(2):
            flights = flights_at(side, due, orders, units, missions, raids.flight)
            if flights > 0 and not fly(
                seed, replication, hour, side, flights, orders, units, ground, numbers, figures, missions, state,
                conditions, room.chosen, room.linked, room.place, counts, raids,
            ):  # fmt: skip
                return False
        since = stamp(AIR_DEFENCE, since, spent)
        share_fate(due, missions)
        land(due, orders, units, missions, room.staying, room.lost, room.dummies_lost, figures, state, counts)
        account(due, orders, units, numbers, figures, missions, state, counts)
        since = stamp(DAMAGE, since, spent)
        if afoot is not None:
            since = conclude(
                seed, replication, hour, afoot.theatre, ground, conditions, numbers, levels, units, state, afoot.war,
                afoot.room, counts, since, spent,
            )  # fmt: skip
            jammers = -1 if any_taken(hour, afoot.war.control) else jammers
            record_ground(hour, every, afoot.theatre, afoot.war, afoot.room.by_fires, ground_series)
        load_anew(units, numbers, figures, state, counts)
        record(hour, every, units, state, conditions, counts, series)
        stamp(RECORD, since, spent)
    return True
