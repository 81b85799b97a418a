"""What was known at a forecast origin, what was not, and what an ensemble says a bulletin would have read.

One rule decides the standing of an observation at an origin, for the fit and for the scores alike:

- ``record``: shown beside a run, never fitted and never scored;
- ``calibration``: published by the origin, so the fit may use it;
- ``held_out``: published after the origin; or declared held out although it was published before the
  scenario's own information cut-off, and then kept out of every fit.

The time at which a figure was published decides, not the time that it describes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from staffride.errors import StaffrideError
from staffride.lab.baselines import Record
from staffride.lab.score import FloatArray

if TYPE_CHECKING:
    from staffride.scenario.schema import Observation

Standing: TypeAlias = Literal["calibration", "held_out", "record"]

HOURLY_MEANS = frozenset({"delay_hours", "flow"})
"""Series whose value belongs to a whole hour; all others are states at the end of an hour."""

CUMULATIVE = frozenset({"arrivals", "vehicles_crossed", "registered", "departed", "own_address"})
"""Series that count from zero at the start of the period and never fall."""


def central_figure(observation: Observation) -> float | None:
    """Return the published figure, the middle of a published range, or ``None`` for a single bound."""
    if observation.value is not None:
        return observation.value
    if observation.low is None or observation.high is None:
        return None
    return 0.5 * (observation.low + observation.high)


def scorable(observations: Iterable[Observation], hours: int, start: datetime) -> tuple[Observation, ...]:
    """Return the observations inside the period that give a figure and not only a bound."""
    return tuple(
        row
        for row in observations
        if central_figure(row) is not None and 0.0 <= hours_after(start, [row.time])[0] <= hours
    )


def figures(observations: Iterable[Observation]) -> FloatArray:
    """Return the central figures of scorable observations, in the unit of their series."""
    return np.array([central_figure(row) for row in observations], dtype=float)


def standing(observation: Observation, origin: datetime, cutoff: datetime) -> Standing:
    """Return whether an observation may be fitted, must be scored, or is only shown, at ``origin``.

    Parameters
    ----------
    observation
        A row of the scenario.
    origin
        The forecast origin: nothing published after it is known.
    cutoff
        The scenario's own information cut-off, for which its roles were declared.
    """
    if observation.role == "record":
        return "record"
    kept_out = observation.role == "held_out" and observation.known_from <= cutoff
    return "held_out" if kept_out or observation.known_from > origin else "calibration"


def with_standing(
    observations: Iterable[Observation], wanted: Standing, origin: datetime, cutoff: datetime
) -> tuple[Observation, ...]:
    """Return the observations of one standing at ``origin``, in the order of time."""
    chosen = (row for row in observations if standing(row, origin, cutoff) == wanted)
    return tuple(sorted(chosen, key=lambda row: (row.time, row.id)))


def refuse_known(observations: Iterable[Observation], origin: datetime, cutoff: datetime) -> None:
    """Raise when an observation that is to be scored as held out was not held out at ``origin``."""
    known = [row.id for row in observations if standing(row, origin, cutoff) != "held_out"]
    if known:
        raise StaffrideError(
            f"{', '.join(known)}: not held out at the origin {origin.isoformat()}, so no test of a forecast"
        )


def refuse_later_fit(fitted_until: datetime | None, origin: datetime) -> None:
    """Raise when an ensemble was fitted on more than was known at the origin at which it is to be scored."""
    if fitted_until is not None and fitted_until > origin:
        raise StaffrideError(
            f"this ensemble was conditioned on what was known until {fitted_until.isoformat()}; it cannot be "
            f"scored as a forecast from {origin.isoformat()}, because it has seen what came later"
        )


def hours_after(start: datetime, moments: Iterable[datetime]) -> FloatArray:
    """Return hours since ``start``, one a moment."""
    return np.array([(moment - start).total_seconds() / 3600.0 for moment in moments])


def known_record(
    observations: Iterable[Observation], series: str, origin: datetime, cutoff: datetime, start: datetime
) -> Record | None:
    """Return what was known of one series at ``origin``, or ``None`` if nothing was.

    Figures for the same moment are averaged. Figures for a moment after the origin cannot be known there and
    are left out.
    """
    rows = [row for row in with_standing(observations, "calibration", origin, cutoff) if row.series == series]
    rows = [row for row in rows if row.time <= origin and row.duration_h is None]
    rows = [row for row in rows if central_figure(row) is not None]
    if not rows:
        return None
    hours, place = np.unique(hours_after(start, (row.time for row in rows)), return_inverse=True)
    total = np.bincount(place, weights=figures(rows))
    return Record(hours, total / np.bincount(place))


def sample_at(
    series: str,
    hourly: FloatArray,
    observations: Sequence[Observation],
    start: datetime,
    *,
    seed: int = 1,
    hours_as_stated: bool = False,
) -> FloatArray:
    """Return what each member says that each observation would have read.

    A state is read on the straight line between the ends of two hours, from zero at the start of the period;
    a mean over an hour is that of the hour which holds the moment. A flow that covers several hours is their
    sum. A figure whose hour is only inferred is read at a moment drawn from a normal distribution with its
    stated deviation, and a figure with a range or an error of its own gets a draw of that error, so that a
    band is a band for what would be published. Draws are keyed by seed and observation: another observation
    changes nothing.

    Parameters
    ----------
    hourly
        ``[members, hours]``; column k - 1 is the end of hour k.
    hours_as_stated
        Read at the stated moment and without error.

    Returns
    -------
    ndarray
        ``[members, observations]``, in the unit of the series.
    """
    members = hourly.shape[0]
    columns = []
    for row, hour in zip(observations, hours_after(start, (row.time for row in observations)), strict=True):
        shift, place, normal = _draws(row, seed, members)
        moment = np.full(members, hour) if hours_as_stated else hour + shift
        read = _read_one(series, hourly, moment, row.duration_h)
        columns.append(read if hours_as_stated else _with_error(read, row, place, normal))
    return np.column_stack(columns) if columns else np.zeros((members, 0))


def _read_one(series: str, hourly: FloatArray, moment: FloatArray, duration_h: float | None) -> FloatArray:
    """Read each member at its own moment; a flow over a duration is the sum of its hours."""
    if duration_h is None:
        return read_hourly(series, hourly, moment[:, None])[:, 0]
    passed = np.cumsum(np.nan_to_num(hourly), axis=1)
    ends = np.column_stack([moment - duration_h, moment])
    return np.asarray(np.diff(read_hourly("passed", passed, ends), axis=1)[:, 0])


def read_hourly(series: str, hourly: FloatArray, hours: FloatArray) -> FloatArray:
    """Read each member of ``hourly`` ``[members, hours]`` at its own moments ``[members, times]``.

    Moments outside the period are read at its ends. An hour without a mean (nobody crossed) takes that of the
    hour before, zero at first.
    """
    rows = np.arange(hourly.shape[0])[:, None]
    inside = np.clip(hours, 0.0, hourly.shape[1])
    if series in HOURLY_MEANS:
        column = np.maximum(np.ceil(inside).astype(int) - 1, 0)
        return np.asarray(_filled_forward(hourly)[rows, column], dtype=float)
    hour = np.minimum(np.floor(inside).astype(int), hourly.shape[1] - 1)
    at_start = np.where(hour > 0, hourly[rows, np.maximum(hour - 1, 0)], 0.0)
    part = inside - hour
    return np.asarray((1.0 - part) * at_start + part * hourly[rows, hour])


def _filled_forward(hourly: FloatArray) -> FloatArray:
    """Replace a missing hour by the last one before it that has a value, or zero."""
    column = np.where(np.isnan(hourly), -1, np.arange(hourly.shape[1]))
    last = np.maximum.accumulate(column, axis=1)
    filled = np.take_along_axis(hourly, np.maximum(last, 0), axis=1)
    return np.asarray(np.where(last < 0, 0.0, filled))


def _draws(row: Observation, seed: int, members: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return a shift of the moment (hours), a draw of the range in [0, 1) and a standard normal draw."""
    generator = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(row.id.encode())]))
    shift = row.time_uncertainty_h * generator.standard_normal(members)
    return shift, generator.random(members), generator.standard_normal(members)


def _with_error(truth: FloatArray, row: Observation, place: FloatArray, normal: FloatArray) -> FloatArray:
    """Add the error of the published figure: anywhere in its range, and its relative error."""
    value = central_figure(row) or 0.0
    low = value if row.low is None else row.low
    high = value if row.high is None else row.high
    published = truth + (value - (low + place * (high - low)))
    return np.asarray(np.maximum(published * (1.0 + (row.relative_error or 0.0) * normal), 0.0))
