"""The scoreboard of a run: bands and scores beside history and rivals, misses as plainly as hits.

Held-out observations and those that the fit has used are shown apart. Cumulative bulletins say nearly the
same thing as their neighbours, so the flows between successive held-out bulletins are scored as well, both
with the errors of reporting and with the hours exactly as stated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from staffride.errors import StaffrideError
from staffride.lab import score
from staffride.lab.observed import (
    Standing,
    central_figure,
    figures,
    hours_after,
    refuse_known,
    refuse_later_fit,
    sample_at,
    scorable,
    with_standing,
)
from staffride.lab.rivals import Rivals, build_rivals
from staffride.lab.rivals import prior_total as own_prior_total
from staffride.lab.score import FloatArray
from staffride.lab.scorecard import FinalTotal, Point, Score, Scoreboard

if TYPE_CHECKING:
    from staffride.scenario.schema import Observation, Scenario

FLOW_GAP_H = 2.0
"""Least hours between two bulletins whose difference is scored as a flow."""

FLOWS = "flow_between_bulletins"
FLOWS_AS_STATED = "flow_between_bulletins.hours_as_stated"
PROVINCES = "shelter.by_province"

Series = Mapping[str, FloatArray]


def scoreboard(
    series: Series,
    scenario: Scenario,
    origin: datetime | None = None,
    *,
    fitted_until: datetime | None = None,
    prior_total: FloatArray | None = None,
    rivals: Rivals | None = None,
    seed: int = 1,
) -> Scoreboard:
    """Score an ensemble against the scenario's observations.

    Parameters
    ----------
    series
        Hourly ensembles ``[replications, hours]`` by name; column k - 1 is the end of hour k.
    scenario
        Gives the observations with their roles, the period, the cut-off and the provinces.
    origin
        Forecast origin: what was published until then is known. The scenario's cut-off when left out.
    fitted_until
        Until when the ensemble has seen observations; the origin when left out.
    prior_total
        Prior sample of the final total (persons), for the rival that is capped by it; the scenario's own
        prior when left out.
    rivals
        More rivals by name, for example the same model with a constant hazard; scored beside the baselines.
    seed
        Root of the random numbers of baselines and reporting errors.

    Raises
    ------
    StaffrideError
        The ensemble has seen more than was known at the origin, or a series has the wrong shape.
    """
    start = origin or scenario.cutoff
    refuse_later_fit(fitted_until, start)
    model = _model(series, scenario)
    total = own_prior_total(scenario, seed=seed) if prior_total is None else prior_total
    others = build_rivals(scenario, start, model, total=total, seed=seed) | dict(rivals or {})
    board = _Board(scenario, start, model, others, seed)
    held, fitted = board.rows("held_out"), board.rows("calibration")
    return Scoreboard(scenario.name, start, held, fitted, board.final(), board.unscored())


def score_held_out(
    series: Series,
    scenario: Scenario,
    observations: Sequence[Observation],
    origin: datetime,
    *,
    rivals: Rivals | None = None,
    seed: int = 1,
) -> tuple[Score, ...]:
    """Score chosen observations as held out at ``origin``; refuse those that were known there.

    Raises
    ------
    StaffrideError
        An observation was published by the origin (and not kept out of the fit), or is only a record.
    """
    refuse_known(observations, origin, scenario.cutoff)
    model = _model(series, scenario)
    board = _Board(scenario, origin, model, dict(rivals or {}), seed)
    usable = scorable(observations, scenario.period.hours, scenario.period.start)
    return board.by_series("held_out", usable)


@dataclass(frozen=True)
class _Board:
    """What every row of one scoreboard shares."""

    scenario: Scenario
    origin: datetime
    model: Series
    rivals: Rivals
    seed: int

    def rows(self, role: Standing) -> tuple[Score, ...]:
        """Return the scores of all observations of one standing; flows and pooled provinces when held out."""
        chosen = with_standing(self.scenario.observations, role, self.origin, self.scenario.cutoff)
        usable = [
            row
            for row in scorable(chosen, self.scenario.period.hours, self.scenario.period.start)
            if row.series in self.model
        ]
        rows = self.by_series(role, usable)
        pooled = _pooled_provinces(rows)
        return (*rows, *pooled, *(self.flows(usable) if role == "held_out" else ()))

    def by_series(self, role: Standing, observations: Sequence[Observation]) -> tuple[Score, ...]:
        """Return one score a series."""
        names = dict.fromkeys(row.series for row in observations)
        return tuple(
            self._score(name, role, [row for row in observations if row.series == name]) for name in names
        )

    def flows(self, observations: Sequence[Observation]) -> tuple[Score, ...]:
        """Return the scores of the flows between successive held-out bulletins at least two hours apart."""
        bulletins = apart([row for row in observations if row.series == "arrivals"], FLOW_GAP_H)
        if len(bulletins) < 2:
            return ()
        return tuple(
            self._score_samples(name, "held_out", bulletins[1:], np.diff(figures(bulletins)), samples)
            for name, samples in (
                (FLOWS, self._samples("arrivals", bulletins, flows=True)),
                (FLOWS_AS_STATED, self._samples("arrivals", bulletins, flows=True, as_stated=True)),
            )
        )

    def final(self) -> FinalTotal | None:
        """Return the band of the final total of arrivals beside the last figure of the record."""
        period = self.scenario.period
        seen = [
            row for row in self.scenario.observations if row.series == "arrivals" and row.time <= period.end
        ]
        usable = scorable(seen, period.hours, period.start)
        if "arrivals" not in self.model or not usable:
            return None
        record = float(central_figure(max(usable, key=lambda row: row.time)) or 0.0)
        last = self.model["arrivals"][:, -1]
        low, high = (float(end[0]) for end in score.central_band(last, 0.9))
        rank = float(score.rank_of_history(last, record)[0])
        return FinalTotal(low, float(score.quantile(last, 0.5)[0]), high, record, rank)

    def unscored(self) -> tuple[str, ...]:
        """Return the ids of held-out rows that give only a bound, lie outside the period or lack a series."""
        held = with_standing(self.scenario.observations, "held_out", self.origin, self.scenario.cutoff)
        usable = {row.id for row in scorable(held, self.scenario.period.hours, self.scenario.period.start)}
        return tuple(row.id for row in held if row.id not in usable or row.series not in self.model)

    def _samples(
        self, name: str, observations: Sequence[Observation], *, flows: bool = False, as_stated: bool = False
    ) -> dict[str, FloatArray]:
        """Return what the model (under the empty name) and each rival say of the observations."""
        ensembles = {"": self.model[name]}
        ensembles |= {rival: by_name[name] for rival, by_name in self.rivals.items() if name in by_name}
        start = self.scenario.period.start
        read = {
            who: sample_at(name, hourly, observations, start, seed=self.seed, hours_as_stated=as_stated)
            for who, hourly in ensembles.items()
        }
        if not flows:
            return read
        return {who: np.maximum(np.diff(sample, axis=1), 0.0) for who, sample in read.items()}

    def _score(self, name: str, role: Standing, observations: Sequence[Observation]) -> Score:
        samples = self._samples(name, observations)
        if role == "calibration":
            samples = {"": samples[""]}
        return self._score_samples(name, role, observations, figures(observations), samples)

    def _score_samples(
        self,
        name: str,
        role: Standing,
        observations: Sequence[Observation],
        truth: FloatArray,
        samples: Mapping[str, FloatArray],
    ) -> Score:
        """Return one row from the samples of the model and its rivals, ``[members, observations]`` each."""
        others = {who: score.crps_ensemble(other, truth) for who, other in samples.items() if who}
        ahead = hours_after(self.origin, (row.time for row in observations))
        ensemble = _ensemble_columns(samples[""], truth)
        points = tuple(
            Point(
                id=row.id,
                time=row.time,
                day=max(1, math.ceil(ahead[k] / 24.0)),
                observed=float(truth[k]),
                **{name: float(column[k]) for name, column in ensemble.items()},
                baselines={who: float(values[k]) for who, values in others.items()},
            )
            for k, row in enumerate(observations)
        )
        return Score(name, role, unit_of(name), points)


def _ensemble_columns(sample: FloatArray, truth: FloatArray) -> dict[str, FloatArray]:
    """Return bands, rank and CRPS of one ensemble by the fields of a point, ``[observations]`` each."""
    (low_90, high_90), (low_50, high_50) = score.central_band(sample, 0.9), score.central_band(sample, 0.5)
    return {
        "low_90": low_90,
        "low_50": low_50,
        "high_50": high_50,
        "high_90": high_90,
        "rank": score.rank_of_history(sample, truth),
        "crps": score.crps_ensemble(sample, truth),
    }


def apart(observations: Sequence[Observation], gap_h: float) -> list[Observation]:
    """Return, in the order of time, the first observation and each next one ``gap_h`` hours later or more."""
    chosen: list[Observation] = []
    for row in sorted(observations, key=lambda row: (row.time, row.id)):
        if not chosen or hours_after(chosen[-1].time, [row.time])[0] >= gap_h:
            chosen.append(row)
    return chosen


def unit_of(name: str) -> str:
    """Return the unit of a series."""
    if "vehicles" in name:
        return "vehicles"
    return "h" if name == "delay_hours" else "persons"


def _pooled_provinces(rows: Sequence[Score]) -> tuple[Score, ...]:
    """Return one row over all provinces' shelter, or none."""
    provinces = [row for row in rows if row.name.startswith("shelter.") and row.name != "shelter.total"]
    points = tuple(point for row in provinces for point in row.points)
    return (Score(PROVINCES, provinces[0].role, "persons", points),) if points else ()


def _model(series: Series, scenario: Scenario) -> dict[str, FloatArray]:
    """Return the model's series as they would be reported.

    A press report of hours on the road is of the longest wait, while the model's series is the mean of those
    who cross; the scenario's ``delay_report.typical_to_longest`` (mean over longest) stands between the two.
    """
    model = {name: _checked(name, values, scenario) for name, values in series.items()}
    share = scenario.parameters.get("delay_report.typical_to_longest")
    if "delay_hours" in model and share is not None and share.value:
        model["delay_hours"] = model["delay_hours"] / share.value
    return model


def _checked(name: str, values: FloatArray, scenario: Scenario) -> FloatArray:
    """Return the hourly ensemble as float64, refusing one of another length than the period."""
    hourly = np.asarray(values, dtype=np.float64)
    if hourly.ndim != 2 or hourly.shape[1] != scenario.period.hours or hourly.shape[0] == 0:
        raise StaffrideError(
            f"series {name!r} has shape {hourly.shape}, not [replications, {scenario.period.hours} hours]"
        )
    return hourly
