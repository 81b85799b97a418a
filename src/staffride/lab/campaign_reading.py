"""What the ensemble of a campaign says that each figure of the record would have read.

A figure is read as those of a displacement are (`staffride.lab.observed`): at its moment, over its hours, with the
error that it tells of itself. A date is that of the first change of control, or of the ceasefire. One that lies after
the end of the period, or never comes, counts as the end of the period: in the ensemble, in a baseline and in the record
alike. The score of dates so cut is the threshold-weighted CRPS up to the end, which is proper (Gneiting and Ranjan
2011, Comparing density forecasts using threshold- and quantile-weighted scoring rules, Journal of Business and
Economic Statistics 29(3), 411-422).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from staffride.lab.observed import sample_at
from staffride.lab.score import FloatArray
from staffride.results.daily import DAY_H, DEATHS, DEATHS_OF_DAY
from staffride.results.vocabulary import CEASEFIRE, CHANGED, is_cumulative

if TYPE_CHECKING:
    from staffride.results.run import Run
    from staffride.scenario.schema import Observation, Scenario

OVER, DRONE_SHARE = "over", "drone_share."
DRONES = ("armed_drone", "loitering_munition")
NOT_ON_THE_GROUND = (
    "armed_drone",
    "loitering_munition",
    "decoy_aircraft",
    "strike_aircraft",
    "helicopter",
    "bridge",
    "troops",
)
"""Classes that do not count where the share of equipment lost to drones is told."""


def is_date(series: str) -> bool:
    """Return whether an observation of a series tells a date: of a change of control, or of the end."""
    return series == OVER or series.startswith(CHANGED)


def is_bound(row: Observation) -> bool:
    """Return whether a figure only bounds what it tells of; a range from nothing up is a bound from above."""
    return row.value is None and (row.low is None or row.high is None or row.low == 0.0)


def capped(hours: FloatArray, end_h: float) -> FloatArray:
    """Return dates with those that never come, or come later, at the end.

    >>> capped(np.array([12.0, np.nan, 90.0]), 72.0)
    array([12., 72., 72.])
    """
    return np.minimum(np.where(np.isfinite(hours), hours, end_h), end_h)


def told_date(row: Observation, hours: FloatArray, end_h: float, seed: int) -> FloatArray:
    """Return what each member says that the record would tell of a date, in hours at most ``end_h``, (members,).

    The record tells an interval: its middle and half its length. So a member that changes gets a shift within that
    half, uniform; one that does not change by the end gets none.
    """
    generator = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(row.id.encode())]))
    shift = row.time_uncertainty_h * (2.0 * generator.random(hours.size) - 1.0)
    happens = np.isfinite(hours) & (hours < end_h)
    return capped(np.where(happens, np.maximum(hours + shift, 0.0), np.nan), end_h)


def hourly(values: npt.ArrayLike, every_h: int, *, from_zero: bool) -> FloatArray:
    """Return a series kept every so many hours by the hour, (replications, hours), straight between values.

    Before its first value a series starts from zero, or has that value.
    """
    whole = np.asarray(values, dtype=np.float64)
    if every_h == 1:
        return whole
    first = np.zeros((len(whole), 1)) if from_zero else whole[:, :1]
    ends = np.hstack([first, whole])
    position = np.arange(1, whole.shape[1] * every_h + 1) / every_h
    below = np.minimum(position.astype(int), whole.shape[1] - 1)
    return np.asarray(ends[:, below] + (position - below) * np.diff(ends, axis=1)[:, below])


def read(
    name: str, values: FloatArray, rows: Sequence[Observation], scenario: Scenario, seed: int
) -> FloatArray:
    """Return what members (n, hours) say that observations of a series would have read, (n, observations).

    Deaths of a day are told in their flow by the hour; a row without a duration is one of a day.
    """
    flows = name.startswith(DEATHS_OF_DAY)
    told = [
        row.model_copy(update={"duration_h": row.duration_h or float(DAY_H)}) if flows else row
        for row in rows
    ]
    by_hour = np.diff(values, axis=1, prepend=0.0) if flows else values
    return sample_at(name, by_hour, told, scenario.period.start, seed=seed)


def _kept(name: str) -> str:
    """Return the series of the run that an observation of ``name`` is read from: of deaths of a day, the deaths."""
    return DEATHS + name.removeprefix(DEATHS_OF_DAY) if name.startswith(DEATHS_OF_DAY) else name


@dataclass(frozen=True)
class Ensemble:
    """The numbers of a run, as figures of the record would count them."""

    run: Run
    scenario: Scenario

    @cached_property
    def totals(self) -> frozenset[str]:
        """Names of the totals."""
        return frozenset(self.run.total_names)

    def knows(self, name: str) -> bool:
        """Return whether `values` has something for ``name``, without reading it."""
        return _kept(name) in self.run.series_names or name.startswith(DRONE_SHARE) or name in self.totals

    def values(self, name: str) -> FloatArray | None:
        """Return what an observation of ``name`` is read from, by the hour (replications, hours), or ``None``.

        For deaths of a day these are the cumulative deaths; a total stands at every hour as it is in the end.
        """
        kept = _kept(name)
        if kept in self.run.series_names:
            every = self.run.manifest.settings.every_h
            return hourly(self.run[kept].values, every, from_zero=is_cumulative(kept))
        if name.startswith(DRONE_SHARE):
            column = self._drone_share(name.removeprefix(DRONE_SHARE))
        elif name in self.totals:
            column = self.run.totals[name]
        else:
            return None
        return np.broadcast_to(
            np.nan_to_num(column)[:, np.newaxis], (column.size, self.scenario.period.hours)
        )

    def ends_only(self, name: str) -> bool:
        """Return whether the run knows ``name`` at its end alone."""
        return name not in self.run.series_names and not name.startswith(DEATHS_OF_DAY)

    def dates(self, name: str) -> FloatArray | None:
        """Return the hours of a date, (replications,), missing where it did not happen; ``None`` without it."""
        total = CEASEFIRE if name == OVER else name
        return self.run.totals[total] if total in self.totals else None

    def _drone_share(self, side: str) -> FloatArray:
        """Return (replications,) the share of a side's equipment on the ground that drones destroyed."""
        names = [name for name in self.totals if name.startswith("lost.") and "@" not in name]
        whole, by_drones = [], []
        for name in names:
            plain, _, cause = name.partition(".by.")
            _, one, whose = plain.split(".")
            if whose == side and one not in NOT_ON_THE_GROUND:
                whole += [name] * (not cause)
                by_drones += [name] * (cause in DRONES)
        columns = self.run.totals.read(*whole, *by_drones) if whole else {}
        lost = sum((columns[name] for name in whole), np.zeros(self.run.replications))
        of_drones = sum((columns[name] for name in by_drones), np.zeros(self.run.replications))
        return np.asarray(np.where(lost > 0.0, of_drones / np.where(lost > 0.0, lost, 1.0), 0.0))
