"""The scoreboard of a campaign: held-out figures of the record beside the ensemble and simple forecasts.

A campaign is drawn from its priors alone, so nothing of its record is fitted. Held-out figures are scored; figures of
the other roles, and bounds, are only shown. What tells in part of days before the cut-off counts apart and has no
baseline, since a baseline has seen those days. A replay is never scored: it was told what happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from staffride.lab import score
from staffride.lab.campaign_baselines import cumulative_rivals, date_rivals
from staffride.lab.campaign_board import (
    POOLED,
    POOLED_DATES,
    POOLED_KEPT,
    CampaignBoard,
    CampaignPoint,
    CampaignScore,
)
from staffride.lab.campaign_reading import Ensemble, capped, is_bound, is_date, read, told_date
from staffride.lab.observed import central_figure
from staffride.lab.score import FloatArray
from staffride.results.daily import DAY_H, DEATHS, DEATHS_OF_DAY
from staffride.results.vocabulary import meaning

if TYPE_CHECKING:
    from staffride.results.run import Run
    from staffride.scenario.schema import Observation, Scenario

BY_WEEK, EARLY = ".by_week", ".before_cutoff"
"""What follows the name of a series: figures over more than a day; those in part of days before the cut-off."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def is_scored(scenario: Scenario) -> bool:
    """Return whether anything of a campaign is scored: it is no replay, and a figure is held out."""
    return scenario.scored and any(row.role == "held_out" for row in scenario.observations)


def campaign_board(run: Run, scenario: Scenario) -> CampaignBoard:
    """Score a run of a campaign against the held-out figures of its scenario."""
    work = _Work(Ensemble(run, scenario), scenario, run.seed)
    held = [row for row in scenario.observations if row.role == "held_out"] if scenario.scored else []
    usable = [row for row in held if work.usable(row)]
    rows = work.rows([row for row in usable if not is_bound(row)])
    scored = {row.id for row in usable if not is_bound(row)}
    shown = [work.shown(row) for row in scenario.observations if row.id not in scored and work.usable(row)]
    unscored = tuple(row.id for row in scenario.observations if not work.usable(row))
    labels = {place.id: place.label for place in scenario.places}
    return CampaignBoard(
        scenario.name, scenario.cutoff, (*pooled(rows), *rows), (), None, unscored, labels, tuple(shown)
    )


def pooled(rows: Iterable[CampaignScore]) -> tuple[CampaignScore, ...]:
    """Return the coverage of all rows together, and the scores of all dates; what counts apart is left out.

    A figure whose hours lie within those of another one of its series, as a day in its week, is left out of the
    pool: it would count twice. Places that kept their holder are a pool of their own, since a town far behind the
    front is no test of a band: what counts there is the Brier score.
    """
    later = [row for row in rows if not row.name.endswith(EARLY)]
    points = [point for row in later for point in row.points if point.happened is not False]
    whole = tuple(one for one in points if not any(_within(one, other) for other in points))
    dates = tuple(point for point in points if point.happened)
    kept = tuple(point for row in later for point in row.points if point.happened is False)
    pools = ((POOLED, "", whole), (POOLED_DATES, "h", dates), (POOLED_KEPT, "h", kept))
    return tuple(CampaignScore(name, "held_out", unit, found) for name, unit, found in pools if found)


def _within(one: CampaignPoint, other: CampaignPoint) -> bool:
    """Return whether a figure tells of hours within the longer ones of another figure of the same series."""
    if one.series != other.series or one.duration_h is None or other.duration_h is None:
        return False
    begins = [point.time - timedelta(hours=point.duration_h or 0.0) for point in (one, other)]
    return one.duration_h < other.duration_h and begins[1] <= begins[0] and one.time <= other.time


@dataclass(frozen=True)
class _Work:
    """What all rows of a board share, with the baselines that were made so far."""

    ensemble: Ensemble
    scenario: Scenario
    seed: int
    made: dict[str, dict[str, FloatArray]] = field(default_factory=dict)

    @property
    def end_h(self) -> float:
        """Hours of the period."""
        return float(self.scenario.period.hours)

    def usable(self, row: Observation) -> bool:
        """Return whether the run knows what a figure tells of, at its moment; up to a day late is the end."""
        hour = self.scenario.period.hour_of(row.time)
        if not 0.0 <= hour <= self.end_h + DAY_H:
            return False
        if is_date(row.series):
            return row.value is not None and self.ensemble.dates(row.series) is not None
        if not self.ensemble.knows(row.series):
            return False
        return hour >= self.end_h - DAY_H or not self.ensemble.ends_only(row.series)

    def rows(self, observations: Sequence[Observation]) -> tuple[CampaignScore, ...]:
        """Return one row a series, durations and what tells of days before the cut-off apart."""
        groups: dict[str, list[Observation]] = {}
        for row in sorted(observations, key=lambda row: (row.time, row.id)):
            groups.setdefault(self.name_of(row), []).append(row)
        return tuple(
            CampaignScore(name, "held_out", _unit(found[0].series), tuple(self.point(row) for row in found))
            for name, found in groups.items()
        )

    def name_of(self, row: Observation) -> str:
        """Return the name of the row of scores that an observation belongs to."""
        longer = BY_WEEK if (row.duration_h or 0.0) > DAY_H else ""
        return f"{row.series}{longer}{EARLY if self.is_early(row) else ''}"

    def is_early(self, row: Observation) -> bool:
        """Return whether a figure tells in part of what was before the cut-off."""
        before = row.duration_h or (row.time_uncertainty_h if is_date(row.series) else 0.0)
        return row.time - timedelta(hours=before) < self.scenario.cutoff

    def point(self, row: Observation) -> CampaignPoint:
        """Return the scores of one figure."""
        return self._of_date(row) if is_date(row.series) else self._of_count(row)

    def _of_count(self, row: Observation) -> CampaignPoint:
        truth, others = float(central_figure(row) or 0.0), self.rivals(row)
        values = self.ensemble.values(row.series)
        sample = read(row.series, np.asarray(values), [row], self.scenario, self.seed)
        said = {name: read(row.series, one, [row], self.scenario, self.seed) for name, one in others.items()}
        return self._scored(row, truth, sample, said)

    def _of_date(self, row: Observation) -> CampaignPoint:
        """Return the scores of a date, and of the probability that it comes by the end."""
        hours = np.asarray(self.ensemble.dates(row.series), dtype=np.float64)
        happened, others = bool(row.value), self.rivals(row)
        truth = min(self.scenario.period.hour_of(row.time), self.end_h) if happened else self.end_h
        errors = row if happened else row.model_copy(update={"time_uncertainty_h": 0.0})
        say = {
            name: told_date(errors, one, self.end_h, self.seed) for name, one in {"": hours, **others}.items()
        }
        by_end = {name: float((capped(one, self.end_h) < self.end_h).mean()) for name, one in others.items()}
        chance = float((capped(hours, self.end_h) < self.end_h).mean())
        return self._scored(
            row, truth, say.pop(""), say,
            happened=happened, probability=chance, brier=float(score.brier(chance, happened)),
            brier_baselines={name: float(score.brier(one, happened)) for name, one in by_end.items()},
        )  # fmt: skip

    def rivals(self, row: Observation) -> dict[str, FloatArray]:
        """Return the baselines of what a figure tells of; none where it tells of days that they have seen."""
        if self.is_early(row):
            return {}
        name = row.series
        if name.startswith(DEATHS_OF_DAY):
            name = DEATHS + name.removeprefix(DEATHS_OF_DAY)
        if name not in self.made:
            make = date_rivals if is_date(name) else cumulative_rivals
            self.made[name] = make(self.scenario, name, self.seed)
        return self.made[name]

    def _scored(
        self,
        row: Observation,
        truth: float,
        sample: FloatArray,
        others: Mapping[str, FloatArray],
        **more: Any,  # noqa: ANN401 (fields of a point)
    ) -> CampaignPoint:
        (low_90, high_90), (low_50, high_50) = (_ends(sample, level) for level in (0.9, 0.5))
        days = (row.time - self.scenario.cutoff) / timedelta(days=1)
        return CampaignPoint(
            id=row.id, time=row.time, day=max(1, int(np.ceil(days))), observed=truth, low_90=low_90, low_50=low_50,
            high_50=high_50, high_90=high_90, rank=float(score.rank_of_history(sample, truth)[0]),
            crps=float(score.crps_ensemble(sample, truth)[0]),
            baselines={name: float(score.crps_ensemble(one, truth)[0]) for name, one in others.items()},
            series=row.series, duration_h=row.duration_h, **more,
        )  # fmt: skip

    def shown(self, row: Observation) -> dict[str, Any]:
        """Return a figure that is not scored beside the ensemble; of a bound, how much of the ensemble keeps it."""
        told = row.model_dump(include={"id", "series", "role", "value", "low", "high", "note"})
        if is_date(row.series):
            sample = told_date(row, np.asarray(self.ensemble.dates(row.series)), self.end_h, self.seed)
        else:
            values = np.asarray(self.ensemble.values(row.series))
            bare = row.model_copy(
                update={"low": None, "high": None, "value": row.value or row.high or row.low}
            )
            sample = read(row.series, values, [bare], self.scenario, self.seed)[:, 0]
        levels = [float(one) for one in np.quantile(sample, LEVELS)]
        least, most = -np.inf if row.low is None else row.low, np.inf if row.high is None else row.high
        kept = float(((least <= sample) & (sample <= most)).mean()) if is_bound(row) else None
        return {**told, "time": row.time.isoformat(), "runs": levels, "kept": kept}


def _ends(sample: FloatArray, level: float) -> tuple[float, float]:
    """Return the ends of the central band of one column."""
    low, high = score.central_band(sample, level)
    return float(low[0]), float(high[0])


def _unit(series: str) -> str:
    """Return the unit of a series; dates are in hours after the start."""
    return "h" if is_date(series) else meaning(series).unit or "1"


def as_content(board: CampaignBoard) -> dict[str, Any]:
    """Return what ``scores.json`` holds of a campaign: scores, findings, every point, and what is only shown."""
    points = [
        {**asdict(point), "time": point.time.isoformat(), "row": row.name, "unit": row.unit,
         "in_50": point.in_50, "in_90": point.in_90, "width_share": point.width_share}
        for row in board.held_out if row.name not in (POOLED, POOLED_DATES, POOLED_KEPT)
        for point in row.points
    ]  # fmt: skip
    return {
        "origin": board.origin.isoformat(),
        "scores": board.to_json(),
        "final": None,
        "says": list(board.says),
        "unscored": list(board.unscored),
        "points": points,
        "shown": list(board.shown),
    }
