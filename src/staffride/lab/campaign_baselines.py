"""Simple forecasts of a campaign that carry bands: days like those before the cut-off, and a pace that stays.

A baseline sees what happened before the cut-off, also where it was published later, while the model of a campaign sees
none of it: the comparison favours the baselines. It never sees a held-out figure. Where two ways to dress a pace are
plain, both are there, and the better of them is the one to beat: one as sharp as the record itself, and one that
wanders as every persistence of `staffride.lab.baselines` does.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from staffride.lab.baselines import Record, persistence
from staffride.lab.observed import central_figure
from staffride.lab.score import FloatArray
from staffride.results.daily import DAY_H, DEATHS, DEATHS_OF_DAY
from staffride.results.vocabulary import CHANGED, is_cumulative
from staffride.scenario.roads import great_circle_km

if TYPE_CHECKING:
    from staffride.scenario.schema import Observation, Place, Scenario

LABELS = {
    "resampled_days": "days like those before the cut-off",
    "pace_so_far": "the mean pace before the cut-off, wandering",
    "other_side_alike": "as on the other side, within a factor of two",
    "constant_pace": "the pace of the first leg on straight lines",
    "wandering_pace": "the pace of the first leg, wandering",
}
"""What each baseline says, in plain words."""

ALIKE = math.log(2.0)
"""Standard deviation of the log ratio of two sides' losses where the days of one are known: a factor of two."""

FEWEST_DAYS = 3
MEMBERS = 1000


def cumulative_rivals(scenario: Scenario, name: str, seed: int) -> dict[str, FloatArray]:
    """Return the baselines of a cumulative series, hourly (members, hours); none where nothing is known of it.

    Deaths rest on their days before the cut-off, or on those of the other side; another series on its figures that
    were known by the cut-off.
    """
    if name.startswith(DEATHS):
        side = name.removeprefix(DEATHS)
        own = known_days(scenario, side)
        if own.size >= FEWEST_DAYS:
            return _of_days(scenario, own, seed)
        others = [
            known_days(scenario, one) for one in scenario.sides if one != side and side in scenario.sides
        ]
        return _alike(scenario, others[0], seed) if others and others[0].size >= FEWEST_DAYS else {}
    record = known_figures(scenario, name)
    return {} if record is None else {"pace_so_far": _pace(scenario, record, seed)}


def known_days(scenario: Scenario, side: str) -> FloatArray:
    """Return the deaths of each whole day before the cut-off that is told and not held out, from the first day on."""
    period, days = scenario.period, dict[float, float]()
    for row in _seen(scenario, f"{DEATHS_OF_DAY}{side}"):
        if row.duration_h in (None, float(DAY_H)):
            days.setdefault(period.hour_of(row.time), float(central_figure(row) or 0.0))
    found: list[float] = []
    while (end := float(DAY_H * (len(found) + 1))) in days:
        found.append(days[end])
    return np.array(found)


def known_figures(scenario: Scenario, name: str) -> Record | None:
    """Return the figures of a cumulative series known by the cut-off, or ``None``; a figure never falls."""
    rows = [row for row in _seen(scenario, name) if row.role == "calibration" and row.duration_h is None]
    rows = sorted((row for row in rows if central_figure(row) is not None), key=lambda row: row.time)
    if not rows or not is_cumulative(name):
        return None
    hours = np.array([scenario.period.hour_of(row.time) for row in rows])
    values = np.array([float(central_figure(row) or 0.0) for row in rows])
    return Record(hours, np.maximum.accumulate(values))


def resampled_days(days: FloatArray, count: int, seed: int) -> FloatArray:
    """Return deaths of ``count`` later days, (members, count): each member draws from its own resample of the days.

    The resample (a bootstrap of the days) carries what so few days leave open of their mean, the draws from it how
    much days differ (Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 6 and 8).
    """
    generator = _generator(seed, "resampled_days")
    own = days[generator.integers(0, days.size, (MEMBERS, days.size))]
    return np.asarray(np.take_along_axis(own, generator.integers(0, days.size, (MEMBERS, count)), axis=1))


def _of_days(scenario: Scenario, days: FloatArray, seed: int) -> dict[str, FloatArray]:
    """Return both baselines that rest on the days of a side."""
    ends = DAY_H * np.arange(1.0, days.size + 1.0)
    record = Record(ends, np.cumsum(days, dtype=np.float64))
    return {
        "resampled_days": _cumulative(scenario, days, resampled_days(days, _later(scenario, days), seed)),
        "pace_so_far": _pace(scenario, record, seed),
    }


def _alike(scenario: Scenario, days: FloatArray, seed: int) -> dict[str, FloatArray]:
    """Return the baseline of a side of which no day is known: the other side's, times a factor that is not known."""
    ratio = np.exp(ALIKE * _generator(seed, "other_side_alike").standard_normal((MEMBERS, 1)))
    others = _cumulative(scenario, days, resampled_days(days, _later(scenario, days), seed))
    return {"other_side_alike": others * ratio}


def _later(scenario: Scenario, days: FloatArray) -> int:
    """Return how many days of the period come after the known ones."""
    return max(0, math.ceil(scenario.period.hours / DAY_H) - days.size)


def _cumulative(scenario: Scenario, known: FloatArray, later: FloatArray) -> FloatArray:
    """Return deaths by then, hourly (members, hours), straight within a day."""
    days = np.hstack([np.broadcast_to(known, (len(later), known.size)), later])
    ends = np.hstack([np.zeros((len(days), 1)), np.cumsum(days, axis=1)])
    position = np.arange(1, scenario.period.hours + 1) / DAY_H
    below = np.minimum(position.astype(int), days.shape[1] - 1)
    return np.asarray(ends[:, below] + (position - below) * days[:, below])


def _pace(scenario: Scenario, record: Record, seed: int) -> FloatArray:
    """Return the mean pace of a whole record carried on with the wandering of all persistences, (members, hours)."""
    hours = np.arange(1.0, scenario.period.hours + 1.0)
    return persistence(record, hours, window_h=record.last_h, members=MEMBERS, seed=seed)


class Leg(NamedTuple):
    """The first leg of an advance: where it ended, its length on a straight line, and when it can have ended."""

    place: Place
    length_km: float
    earliest_h: float
    latest_h: float


def first_legs(scenario: Scenario) -> tuple[Leg, ...]:
    """Return the changes of control that were announced and known by the cut-off, each as a leg.

    A leg begins at the nearest town that the other side held. An announcement is a party's, so the leg ended between
    it and the cut-off.
    """
    return tuple(_legs(scenario))


def _legs(scenario: Scenario) -> Iterator[Leg]:
    places = {place.id: place for place in scenario.places}
    for row in scenario.observations:
        place = places.get(row.series.removeprefix(CHANGED))
        if not row.series.startswith(CHANGED) or place is None or row.role != "calibration" or not row.value:
            continue
        towns = [
            one for one in scenario.places if one.kind == "town" and one.held_by not in (None, place.held_by)
        ]
        if row.time <= scenario.cutoff and towns:
            length = min(great_circle_km(one, place) for one in towns)
            earliest = scenario.period.hour_of(row.time) - row.time_uncertainty_h
            yield Leg(place, length, max(1.0, earliest), scenario.period.hour_of(scenario.cutoff))


def date_rivals(scenario: Scenario, name: str, seed: int) -> dict[str, FloatArray]:
    """Return the baselines of the date of a change of control, in hours (members,), at most the end of the period.

    The advance goes on from the nearest first leg, at its pace, on a straight line.
    """
    target = next((one for one in scenario.places if one.id == name.removeprefix(CHANGED)), None)
    legs = [leg for leg in first_legs(scenario) if target and leg.place.held_by == target.held_by]
    legs = [leg for leg in legs if leg.place != target and leg.length_km > 0.0]
    if target is None or not legs:
        return {}
    leg = min(legs, key=lambda one: great_circle_km(one.place, target))
    spread = _generator(seed, "constant_pace").random(MEMBERS)
    reached = leg.earliest_h + spread * (leg.latest_h - leg.earliest_h)
    needed = reached * great_circle_km(leg.place, target) / leg.length_km
    end = float(scenario.period.hours)
    later = {"constant_pace": needed, "wandering_pace": wandering(needed, scenario.period.hours, seed)}
    return {rival: np.minimum(reached + hours, end) for rival, hours in later.items()}


def wandering(needed: FloatArray, hours: int, seed: int) -> FloatArray:
    """Return after how many hours a wandering pace has done the work of ``needed`` hours; infinite if never in time."""
    walk = persistence(
        Record(np.ones(1), np.ones(1)),
        np.arange(1.0, hours + 1.0),
        window_h=1.0,
        members=needed.size,
        seed=seed,
    )  # one unit of work an hour, with the walk of all persistences
    done = walk - 1.0
    after = np.argmax(done >= needed[:, np.newaxis], axis=1)
    rows = np.arange(needed.size)
    before = np.maximum(after - 1, 0)
    gained = done[rows, after] - done[rows, before]
    part = np.where(gained > 0.0, (needed - done[rows, before]) / np.where(gained > 0.0, gained, 1.0), 0.0)
    return np.where(done[:, -1] >= needed, before + part, np.inf)


def _seen(scenario: Scenario, name: str) -> Iterator[Observation]:
    """Yield what is told of a series up to the cut-off and not held out."""
    for row in scenario.observations:
        if row.series == name and row.role != "held_out" and row.time <= scenario.cutoff:
            yield row


def _generator(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one baseline under one seed."""
    return np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(name.encode())]))
