"""The campaign of one replication, hour by hour.

The hour, in the order in which it runs:

1. ``weather``: the sky over each zone, and whether it is dark.
2. ``jamming``: what jammers do to radars, links and satellite navigation.
3. ``information``: how good each side's network is, and how long a track takes to a shooter.
4. ``detection``: both sides search; those who emit or fired are found more easily.
5. ``fires``: orders become missions; targets, hits and links are settled from the state at the start of the hour.
6. ``air_defence``: all that flies at a side meets its batteries, event by event in seconds.
7. ``fires``: what arrives does its damage; shooters account for munitions, airframes and crews.
8. Batteries reload, drones and aircraft load anew, and the hour is recorded.

Both sides go through the same rules; nothing in a step asks which side a side is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import CLASSES, KINDS, figure, number
from staffride.model.campaign_effects import account, land, load_anew, set_staying_power
from staffride.model.campaign_hour import connect, jam, remember_fire, search
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, most_missions
from staffride.model.campaign_kernel import in_place
from staffride.model.campaign_missions import plan, set_protection, start_carries
from staffride.model.campaign_muster import flights_at
from staffride.model.campaign_raids import fly, share_fate
from staffride.model.campaign_room import RaidRoom, Room, larger, new_raid_room, new_room
from staffride.model.campaign_setup import set_up
from staffride.model.campaign_state import STATE, Flags, Floats, Ground, Orders, Records, records
from staffride.model.campaign_tally import is_possible, record, series_names, start_counts, total, total_names
from staffride.model.weather import weather_path

_STAYING = figure("staying_power")
_LOW_CLOUD, _FOG = number("weather.low_cloud_share"), number("weather.fog_share")
_PERSISTENCE, _ELEVATION = number("weather.persistence"), number("weather.elevation_effect")
_NOVEMBER, _NIGHT = number("weather.november_effect"), number("weather.night_effect")


class Force(NamedTuple):
    """The numbers of one replication and variant: parameters (K,), figures (S, F), strengths (Q,), tempos (M,)."""

    numbers: Floats
    figures: Floats
    strengths: Floats
    tempos: Floats
    unit_on: Flags
    order_on: Flags


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


@in_place
@compiled
def run_replication(
    seed: int,
    replication: int,
    units: Records,
    orders: Orders,
    ground: Ground,
    force: Force,
    state: Records,
    room: Room,
    raids: RaidRoom,
    series: NDArray[np.float32],
) -> bool:
    """Run one replication: a kernel that only calls the phenomena in their order.

    Parameters
    ----------
    state
        (U,) records `STATE`; what they hold before does not matter, afterwards they are those of the end.
    room, raids
        Room to work in; in ``room.counts`` the counts of the end.
    series
        (names, T) filled with the hourly series, in the order of `series_names`.

    Returns
    -------
    bool
        Whether the room for raids was large enough; else the replication is to be run again, with more.
    """
    numbers, figures, missions = force.numbers, force.figures, room.missions
    conditions, counts, jammers = room.conditions, room.counts, -1
    set_up(seed, replication, units, force.unit_on, ground, numbers, figures, force.strengths, state)
    set_protection(state, numbers, room.chances[1])
    set_staying_power(units, figures, _STAYING, room.staying)
    start_carries(seed, replication, room.carry)
    start_counts(counts)
    make_weather(seed, replication, ground, numbers, conditions.weather)
    for hour in range(series.shape[1]):
        jammers = jam(jammers, units, ground, numbers, figures, state, conditions, room.jammers)
        connect(hour, units, ground, numbers, state, conditions)
        search(
            seed,
            replication,
            hour,
            units,
            ground,
            numbers,
            figures,
            state,
            conditions,
            room.area_rate,
            room.rate,
        )
        remember_fire(state)
        due = plan(
            seed, replication, hour, orders, force.order_on, units, ground, numbers, figures, force.tempos,
            1.0, state, conditions, room.carry, room.chances, room.left, room.located, room.located_count, room.rank,
            room.eligible, room.chosen, missions,
        )  # fmt: skip
        for side in range(2):
            flights = flights_at(side, due, orders, units, missions, raids.flight)
            if flights > 0 and not fly(
                seed, replication, hour, side, flights, orders, units, ground, numbers, figures, missions, state,
                conditions, room.chosen, room.linked, room.place, counts, raids,
            ):  # fmt: skip
                return False
        share_fate(due, missions)
        land(due, orders, units, missions, room.staying, room.lost, room.dummies_lost, figures, state, counts)
        account(due, orders, units, numbers, figures, missions, state, counts)
        load_anew(units, numbers, figures, state, counts)
        record(hour, units, state, conditions, counts, series)
    return True


@in_place
@compiled
def run_variant(
    seed: int,
    first: int,
    units: Records,
    orders: Orders,
    ground: Ground,
    numbers: Floats,
    figures: Floats,
    strengths: Floats,
    tempos: Floats,
    unit_on: Flags,
    order_on: Flags,
    state: Records,
    room: Room,
    raids: RaidRoom,
    series: NDArray[np.float32],
    totals: Floats,
) -> int:
    """Run replications ``first ..`` of one variant, and return how many: fewer where a raid finds no room: a kernel.

    Parameters
    ----------
    numbers, figures, strengths, tempos
        One row a replication: (R, K), (R, S, F), (R, Q), (R, M).
    series, totals
        (R, names, T) and (R, names), filled.
    """
    for row in range(numbers.shape[0]):
        force = Force(numbers[row], figures[row], strengths[row], tempos[row], unit_on, order_on)
        if not run_replication(
            seed, first + row, units, orders, ground, force, state, room, raids, series[row]
        ):
            return row
        total(series[row], room.counts, totals[row])
    return int(numbers.shape[0])


@dataclass(slots=True)
class CampaignBlock:
    """What replications ``first .. first + count - 1`` of a campaign leave; as `results.block.BlockLike` asks."""

    first: int
    count: int
    series: dict[str, NDArray[np.float32]]
    totals: dict[str, Floats]
    parameters: dict[str, Floats]
    links: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    events: dict[str, NDArray[Any]] = field(default_factory=dict)


def simulate_campaign_block(
    inputs: CampaignInputs, draws: CampaignDraws, seed: int, first: int, count: int
) -> CampaignBlock:
    """Run replications ``first .. first + count - 1``, the baseline and every variant with the same luck.

    Parameters
    ----------
    inputs, draws
        The scenario in arrays; the parameters of all replications.
    """
    rows, kept = slice(first, first + count), kept_names(inputs)
    columns = {name: column[rows] for name, column in draws.columns.items()}
    block = CampaignBlock(first, count, {}, {}, columns)
    for index, variant in enumerate(inputs.variants):
        series, totals = simulate_variant(inputs, draws, index, seed, rows)
        suffix = f"@{variant}" if index else ""
        names = total_names(inputs.sides)
        block.totals |= {f"{name}{suffix}": totals[:, at] for at, name in enumerate(names) if name in kept}
        if index == 0:
            names = series_names(inputs.sides)
            block.series = {
                name: np.ascontiguousarray(series[:, at]) for at, name in enumerate(names) if name in kept
            }
    return block


def kept_names(inputs: CampaignInputs) -> frozenset[str]:
    """Return the names of series and totals that can be other than zero in this campaign."""
    units = inputs.units
    classes = {
        side: frozenset(CLASSES[one] for one in np.unique(units.target_class[units.side == at]))
        for at, side in enumerate(inputs.sides)
    }
    kinds = frozenset(KINDS[one] for one in np.unique(units.kind))
    return frozenset(name for name in total_names(inputs.sides) if is_possible(name, classes, kinds))


def simulate_variant(
    inputs: CampaignInputs, draws: CampaignDraws, variant: int, seed: int, rows: slice
) -> tuple[NDArray[np.float32], Floats]:
    """Return series (R, names, T) and totals (R, names) of some replications of a variant."""
    count = rows.stop - rows.start
    series = np.empty((count, len(series_names(inputs.sides)), inputs.hours), np.float32)
    totals = np.empty((count, len(total_names(inputs.sides))))
    *by_row, unit_on, order_on = draws.of_variant(inputs, variant, rows)
    state, missions = records(inputs.units.size, STATE), most_missions(inputs, by_row[2], by_row[3])
    room, raids, done = new_room(inputs, missions), new_raid_room(inputs.units.size, missions), 0
    while done < count:
        scenario = (inputs.units, inputs.orders, inputs.ground)
        luck, force = (seed, rows.start + done), (*(array[done:] for array in by_row), unit_on, order_on)
        arguments: Any = (*luck, *scenario, *force, state, room, raids, series[done:], totals[done:])
        done += run_variant(*arguments)
        raids = raids if done == count else larger(raids)
    return series, totals
