"""What the ground half of a campaign counts: people, ground held, supply, cohesion, truces; by time and in the end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import CLASSES
from staffride.model.campaign_state import Floats, Integers
from staffride.model.campaign_tally import Counts
from staffride.model.ground_state import Theatre, War

_PERSONS = ("deaths", "missing", "wounded", "captured", "deserted", "withdrawn", "present")
_PEOPLE = ("civilian_deaths", "displaced")
_STATE = ("deaths_by_fires", "held_share", "supply_days", "ammunition_days", "cohesion")
_PER_SIDE = len(_PERSONS) + len(_PEOPLE) + len(_STATE)
_OF_ALL = ("truce", "over")
_ENDS = ("end_h", "truces", "truces_broken")
_OF_PLACE = ("changed", "last_changed", "changes")


def ground_series_names(sides: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the series of the ground half, in the order in which `record_ground` writes them."""
    names = (*_PERSONS, *_PEOPLE, *_STATE)
    return (*(f"{name}.{side}" for side in sides for name in names), *_OF_ALL)


def ground_total_names(sides: Sequence[str], places: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the totals of the ground half: last values, end, vehicles captured, and each place's fate."""
    vehicles = [f"captured_vehicles.{one}.{side}" for side in sides for one in CLASSES]
    fates = [f"{name}.{place}" for place in places for name in _OF_PLACE]
    return (*ground_series_names(sides), *_ENDS, *vehicles, *fates)


@compiled
def record_ground(
    hour: int, every: int, theatre: Theatre, war: War, by_fires: Integers, series: NDArray[np.float32]
) -> None:
    """Write the state of the ground half at the end of every so many hours into ``series`` (names, T)."""
    slot = hour // every
    if (hour + 1) % every != 0:
        return
    for side in range(2):
        at = side * _PER_SIDE
        for row in range(at, at + _PER_SIDE):
            series[row, slot] = 0.0
        _count_persons(at, slot, side, theatre, war, series)
        at += len(_PERSONS)
        whole, held = 0.0, 0.0
        for place in range(war.control.size):
            series[at, slot] += war.control.killed[place, side]
            series[at + 1, slot] += war.control.fled[place, side]
            whole += theatre.sites.area_km2[place]
            held += theatre.sites.area_km2[place] if war.control.holder[place] == side else 0.0
        at += len(_PEOPLE)
        series[at, slot] = by_fires[side]
        series[at + 1, slot] = held / whole if whole > 0.0 else 0.0
        _average_state(at + 2, slot, side, theatre, war, series)
    series[2 * _PER_SIDE, slot] = war.politics.truce[0]
    series[2 * _PER_SIDE + 1, slot] = war.politics.over[0]


@compiled
def _count_persons(
    at: int, slot: int, side: int, theatre: Theatre, war: War, series: NDArray[np.float32]
) -> None:
    """Sum where the persons of a side's formations are."""
    troops = war.troops
    for one in range(troops.size):
        if theatre.formations.side[one] == side:
            series[at, slot] += troops.dead[one]
            series[at + 1, slot] += troops.missing[one]
            series[at + 2, slot] += troops.wounded[one]
            series[at + 3, slot] += troops.captured[one]
            series[at + 4, slot] += troops.deserted[one]
            series[at + 5, slot] += troops.withdrawn[one]
            series[at + 6, slot] += troops.present[one]


@compiled
def _average_state(
    at: int, slot: int, side: int, theatre: Theatre, war: War, series: NDArray[np.float32]
) -> None:
    """Average days of supply and cohesion over the persons of a side who are present."""
    troops, people = war.troops, 0.0
    days, rounds, cohesion = 0.0, 0.0, 0.0
    for one in range(troops.size):
        if theatre.formations.side[one] == side and troops.present[one] > 0:
            present = float(troops.present[one])
            people += present
            days += present * min(troops.ammunition[one], troops.fuel[one], troops.food[one])
            rounds += present * troops.ammunition[one]
            cohesion += present * troops.cohesion[one]
    if people > 0.0:
        series[at, slot], series[at + 1, slot] = days / people, rounds / people
        series[at + 2, slot] = cohesion / people


@compiled
def total_ground(war: War, counts: Counts, series: NDArray[np.float32], totals: Floats) -> None:
    """Write the totals of a replication, in the order of `ground_total_names`."""
    names, last = series.shape[0], series.shape[1] - 1
    for name in range(names):
        totals[name] = series[name, last]
    politics, at = war.politics, names
    totals[at] = politics.over_h[0] if politics.over[0] else np.nan
    totals[at + 1], totals[at + 2] = politics.truces[0], politics.broken[0]
    at += 3
    for side in range(2):
        for one in range(counts.captured.shape[1]):
            totals[at] = counts.captured[side, one]
            at += 1
    for place in range(war.control.size):
        changed = war.control.changes[place] > 0
        totals[at] = war.control.first_h[place] if changed else np.nan
        totals[at + 1] = war.control.last_h[place] if changed else np.nan
        totals[at + 2] = war.control.changes[place]
        at += 3
