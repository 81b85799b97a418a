"""Replications of a campaign one after another: what they work in, and what a block of them leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.campaign import Afoot, Force, run_replication
from staffride.model.campaign_codes import CAUSES, CLASSES, KINDS
from staffride.model.campaign_ground_room import new_ground_room
from staffride.model.campaign_ground_tally import ground_series_names, ground_total_names, total_ground
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, most_missions
from staffride.model.campaign_room import RaidRoom, Room, larger, new_raid_room, new_room
from staffride.model.campaign_state import STATE, Floats, Records, records
from staffride.model.campaign_steps import STEPS, Stamps
from staffride.model.campaign_tally import is_possible, series_names, total, total_names
from staffride.model.ground_state import new_war


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
    rows = slice(first, first + count)
    block = block_of(inputs, draws, simulate_variant(inputs, draws, 0, seed, rows), first, count)
    for index, variant in enumerate(inputs.variants[1:], start=1):
        totals = totals_of(inputs, simulate_variant(inputs, draws, index, seed, rows))
        block.totals |= {f"{name}@{variant}": column for name, column in totals.items()}
    return block


def block_of(
    inputs: CampaignInputs, draws: CampaignDraws, found: Found, first: int, count: int
) -> CampaignBlock:
    """Return the block of what the baseline leaves in replications ``first .. first + count - 1``."""
    columns = {name: column[first : first + count] for name, column in draws.columns.items()}
    return CampaignBlock(first, count, series_of(inputs, found), totals_of(inputs, found), columns)


def totals_of(inputs: CampaignInputs, found: Found) -> dict[str, Floats]:
    """Return the totals, (R,) each, that can be other than zero."""
    kept = kept_names(inputs)
    return {name: found.totals[:, at] for at, name in enumerate(all_total_names(inputs)) if name in kept}


def series_of(inputs: CampaignInputs, found: Found) -> dict[str, NDArray[np.float32]]:
    """Return the series, (R, T) each, that can be other than zero."""
    kept, values = kept_names(inputs), np.concatenate([found.series, found.ground_series], axis=1)
    names = enumerate(all_series_names(inputs))
    return {name: np.ascontiguousarray(values[:, at]) for at, name in names if name in kept}


def all_series_names(inputs: CampaignInputs) -> tuple[str, ...]:
    """Return the names of the series of a campaign: those of the air half, then those of the ground half."""
    ground = ground_series_names(inputs.sides) if inputs.has_ground else ()
    return (*series_names(inputs.sides), *ground)


def all_total_names(inputs: CampaignInputs) -> tuple[str, ...]:
    """Return the names of the totals of a campaign: those of the air half, then those of the ground half."""
    ground = ground_total_names(inputs.sides, inputs.places) if inputs.has_ground else ()
    return (*total_names(inputs.sides), *ground)


def kept_names(inputs: CampaignInputs) -> frozenset[str]:
    """Return the names of series and totals that can be other than zero in this campaign."""
    units = inputs.units
    classes = {
        side: frozenset(CLASSES[one] for one in np.unique(units.target_class[units.side == at]))
        for at, side in enumerate(inputs.sides)
    }
    causes = frozenset(KINDS[one] for one in np.unique(units.kind))
    if inputs.has_ground:
        causes |= frozenset(CAUSES[len(KINDS) :])
    names = {*all_series_names(inputs), *all_total_names(inputs)}
    return frozenset(name for name in names if is_possible(name, classes, causes))


class Found(NamedTuple):
    """What replications of a variant leave: series (R, names, T) of both halves, totals (R, names), time by step."""

    series: NDArray[np.float32]
    ground_series: NDArray[np.float32]
    totals: Floats
    spent: Stamps


class Working(NamedTuple):
    """What one replication works in: the state of units, room for the air half and for raids, and the ground half."""

    state: Records
    room: Room
    raids: RaidRoom
    afoot: Afoot | None


def new_found(inputs: CampaignInputs, count: int) -> Found:
    """Return room for what some replications leave."""
    slots, names = inputs.hours // inputs.every_h, len(all_series_names(inputs))
    air = len(series_names(inputs.sides))
    return Found(
        np.empty((count, air, slots), np.float32),
        np.empty((count, names - air, slots), np.float32),
        np.empty((count, len(all_total_names(inputs)))),
        np.zeros(len(STEPS), np.int64),
    )


def new_working(inputs: CampaignInputs, missions: int) -> Working:
    """Return what a replication with at most so many missions in an hour works in."""
    units = inputs.units.size
    return Working(
        records(units, STATE), new_room(inputs, missions), new_raid_room(units, missions), new_afoot(inputs)
    )


def go_on(
    inputs: CampaignInputs,
    force: Force,
    seed: int,
    replication: int,
    hours: tuple[int, int],
    working: Working,
    found: Found,
    row: int,
) -> bool:
    """Run some hours of a replication; return whether the room for raids was large enough."""
    scenario = inputs.every_h, *hours, inputs.units, inputs.orders, inputs.ground
    results = found.series[row], found.ground_series[row], found.spent
    return run_replication(seed, replication, *scenario, force, *working, *results)


def add_up(inputs: CampaignInputs, working: Working, found: Found, row: int) -> None:
    """Fill the totals of a replication that has come to its end."""
    air = len(total_names(inputs.sides))
    total(found.series[row], working.room.counts, found.totals[row])
    if working.afoot is not None:
        counts, series = working.room.counts, found.ground_series[row]
        total_ground(working.afoot.war, counts, series, found.totals[row, air:])


def simulate_variant(
    inputs: CampaignInputs, draws: CampaignDraws, variant: int, seed: int, rows: slice
) -> Found:
    """Return what some replications of a variant leave."""
    count, done = rows.stop - rows.start, 0
    found, forces = new_found(inputs, count), forces_of(inputs, draws, variant, rows)
    working = new_working(inputs, most_missions(inputs, forces.strengths, forces.tempos))
    while done < count:
        force, hours = force_of(forces, done), (0, inputs.hours)
        if not go_on(inputs, force, seed, rows.start + done, hours, working, found, done):
            working = working._replace(raids=larger(working.raids))
            continue
        add_up(inputs, working, found, done)
        done += 1
    return found


def forces_of(inputs: CampaignInputs, draws: CampaignDraws, variant: int, rows: slice) -> Force:
    """Return the numbers of some replications of a variant, a row each, and who takes part in it."""
    ground = inputs.afoot
    present = (inputs.unit_on, inputs.order_on, ground.formation_on, ground.goal_on, ground.source_on)
    return Force(*draws.of_variant(inputs, variant, rows), *(array[variant] for array in present))


def new_afoot(inputs: CampaignInputs) -> Afoot | None:
    """Return room for the ground half of a replication, `None` where there are no formations."""
    if not inputs.has_ground:
        return None
    theatre = inputs.afoot.theatre
    war = new_war(theatre.formations.size, theatre.sites.size, theatre.ways.size)
    return Afoot(theatre, war, new_ground_room(theatre, inputs.ground.zones.size))


def force_of(forces: Force, row: int) -> Force:
    """Return the numbers of one replication among those of several."""
    by_row = (array[row] for array in forces[:5])
    return Force(*by_row, *forces[5:])  # type: ignore[call-arg]
