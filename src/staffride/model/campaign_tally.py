"""What a campaign counts: losses by class and cause, sorties, threats and leakers, rounds; by hour and in the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import AIR_DEFENCE, CAUSES, CLASSES, class_code
from staffride.model.campaign_state import Conditions, Floats, Integers, Records
from staffride.model.weather import flyable_share

_CLEAR_SKY = 2.0
_TUBE, _ROCKET = class_code("artillery"), class_code("rocket_artillery")
_SHARES = ("share_lost.air_defence", "share_lost.artillery")
_COUNTS = ("sorties", "threats", "leakers", "rounds_fired", "rounds_left", "located", "network")
RELEASED, LOST, FAILED, LOADED = range(4)
"""Columns of `Counts.munitions`."""

_CLASS_COUNT, _CAUSE_COUNT, _COUNT_COUNT = len(CLASSES), len(CAUSES), len(_COUNTS)
_PER_SIDE = _CLASS_COUNT + len(_SHARES) + _COUNT_COUNT


class Counts(NamedTuple):
    """Cumulative counts of a replication.

    Attributes
    ----------
    lost
        (2, C) elements lost, by side and class.
    cause
        (2, C, K) the same, by cause: the kind of system that destroyed them, or what else took them.
    captured
        (2, C) of those, elements that fell to the other side.
    sorties
        (2,) missions flown or fired by a side.
    threats, leakers
        (2,) armed threats that flew at a side's targets, and those that arrived.
    rounds_fired, rounds_lost
        (2,) interceptors that a side fired, and those that went up with their launchers.
    munitions
        (2, 4) munitions of a side: released, lost with their carriers, failed with their link, loaded anew.
    """

    lost: Integers
    cause: Integers
    captured: Integers
    sorties: Integers
    threats: Integers
    leakers: Integers
    rounds_fired: Integers
    rounds_lost: Integers
    munitions: Integers


def new_counts() -> Counts:
    """Return room for counts."""
    return Counts(
        np.zeros((2, _CLASS_COUNT), np.int32),
        np.zeros((2, _CLASS_COUNT, _CAUSE_COUNT), np.int32),
        np.zeros((2, _CLASS_COUNT), np.int32),
        np.zeros(2, np.int32),
        np.zeros(2, np.int32),
        np.zeros(2, np.int32),
        np.zeros(2, np.int32),
        np.zeros(2, np.int32),
        np.zeros((2, 4), np.int32),
    )


@compiled
def start_counts(counts: Counts) -> None:
    """Let all counts start at nothing."""
    counts.lost[:], counts.cause[:], counts.captured[:], counts.munitions[:] = 0, 0, 0, 0
    counts.sorties[:], counts.threats[:], counts.leakers[:] = 0, 0, 0
    counts.rounds_fired[:], counts.rounds_lost[:] = 0, 0


def series_names(sides: tuple[str, str]) -> tuple[str, ...]:
    """Return the names of the hourly series, in the order in which `record` writes them."""
    names = [
        f"{name}.{side}"
        for side in sides
        for name in (*(f"lost.{one}" for one in CLASSES), *_SHARES, *_COUNTS)
    ]
    return (*names, "flyable")


def total_names(sides: tuple[str, str]) -> tuple[str, ...]:
    """Return the names of the totals: last values of the series, leakage, and losses by cause."""
    causes = [f"lost.{one}.{side}.by.{kind}" for side in sides for one in CLASSES for kind in CAUSES]
    return (*series_names(sides), *(f"leakage.{side}" for side in sides), *causes)


def is_possible(name: str, classes: Mapping[str, frozenset[str]], kinds: frozenset[str]) -> bool:
    """Return whether a loss by one cause can ever be other than zero: there is the class, and what destroys it.

    Losses without a cause, and what is no loss, are always kept.

    Parameters
    ----------
    name
        Of a series or total.
    classes
        Classes of which each side has units.
    kinds
        Kinds of systems that either side has.
    """
    if not name.startswith("lost.") or ".by." not in name:
        return True
    _, one, side, _, kind = name.split(".")
    return one in classes[side] and kind in kinds


@compiled
def record(
    hour: int,
    every: int,
    units: Records,
    state: Records,
    conditions: Conditions,
    counts: Counts,
    series: NDArray[np.float32],
) -> None:
    """Write the state at the end of every so many hours into ``series`` (names, T); the sky is their mean."""
    slot, sky = hour // every, 2 * _PER_SIDE
    if hour % every == 0:
        series[sky, slot] = 0.0
    series[sky, slot] += flyable_share(conditions.weather[:, hour], _CLEAR_SKY) / every
    if (hour + 1) % every != 0:
        return
    for side in range(2):
        at = side * _PER_SIDE
        for one in range(_CLASS_COUNT):
            series[at + one, slot] = counts.lost[side, one]
        at += _CLASS_COUNT
        series[at, slot], series[at + 1, slot] = _shares_lost(side, units, state, counts)
        series[at + 2, slot] = counts.sorties[side]
        series[at + 3, slot] = counts.threats[side]
        series[at + 4, slot] = counts.leakers[side]
        series[at + 5, slot] = counts.rounds_fired[side]
        series[at + 6, slot], series[at + 7, slot] = _rounds_and_located(side, units, state)
        series[at + 8, slot] = conditions.quality[side]


@compiled
def _shares_lost(side: int, units: Records, state: Records, counts: Counts) -> tuple[float, float]:
    """Return the share lost of a side's air defence, without what men carry, and of its tube and rocket artillery."""
    batteries, gone, guns = 0, 0, 0
    for unit in range(units.side.size):
        if units.side[unit] == side:
            if units.target_class[unit] == AIR_DEFENCE and not units.portable[unit]:
                batteries += state.initial[unit]
                gone += state.initial[unit] - state.elements[unit]
            elif units.target_class[unit] == _TUBE or units.target_class[unit] == _ROCKET:
                guns += state.initial[unit]
    lost_guns = counts.lost[side, _TUBE] + counts.lost[side, _ROCKET]
    of_batteries = gone / batteries if batteries > 0 else 0.0
    return of_batteries, lost_guns / guns if guns > 0 else 0.0


@compiled
def _rounds_and_located(side: int, units: Records, state: Records) -> tuple[int, int]:
    """Return a side's interceptors ready or in store, and how many of its units the other side has seen."""
    rounds, located = 0, 0
    for unit in range(units.side.size):
        if units.side[unit] == side:
            rounds += state.rounds[unit] + state.reserve[unit]
            located += state.elements[unit] > 0 and state.seen_at[unit] > -np.inf
    return rounds, located


@compiled
def total(series: NDArray[np.float32], counts: Counts, totals: Floats) -> None:
    """Write the totals of a replication from its series (names, T) and counts, in the order of `total_names`."""
    names, last = series.shape[0], series.shape[1] - 1
    for name in range(names):
        totals[name] = series[name, last]
    at = names
    for side in range(2):
        totals[at] = counts.leakers[side] / counts.threats[side] if counts.threats[side] > 0 else np.nan
        at += 1
    for side in range(2):
        for one in range(_CLASS_COUNT):
            for kind in range(_CAUSE_COUNT):
                totals[at] = counts.cause[side, one, kind]
                at += 1
