"""The rows of a campaign's scoreboard: points, mean scores, skill with its interval, and what they say in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from staffride.lab.campaign_baselines import LABELS
from staffride.lab.score import FloatArray
from staffride.lab.scorecard import Point, Score, Scoreboard
from staffride.results.vocabulary import CHANGED, meaning

POOLED, POOLED_DATES, POOLED_KEPT = "pooled", "pooled.dates", "pooled.kept"
RESAMPLES, FEWEST = 2000, 3
"""Resamples behind the interval of a skill, and the least number of figures that one is told of."""


@dataclass(frozen=True)
class CampaignPoint(Point):
    """One held-out figure in the ensemble; a date is in hours after the start, with the chance that it comes."""

    series: str = ""
    duration_h: float | None = None
    happened: bool | None = None
    probability: float | None = None
    brier: float | None = None
    brier_baselines: Mapping[str, float] = field(default_factory=dict)

    @property
    def width_share(self) -> float | None:
        """Width of the 90 % band as a share of the record; ``None`` for a record of nothing."""
        return (self.high_90 - self.low_90) / self.observed if self.observed else None


class Skill(NamedTuple):
    """Skill 1 - CRPS / CRPS of a rival, with its 95 % interval over the figures."""

    rival: str
    skill: float
    low: float
    high: float


@dataclass(frozen=True)
class CampaignScore(Score):
    """Mean scores over the figures of one row; a pool of several units has coverage alone."""

    points: tuple[CampaignPoint, ...]

    @property
    def best_simple(self) -> str | None:
        """The baseline with the lowest mean CRPS."""
        return min(self.baselines, key=self.baselines.__getitem__, default=None)

    @property
    def baselines(self) -> dict[str, float]:
        """Mean CRPS of each baseline that forecasts every figure of the row."""
        return super().baselines if self.unit else {}

    @property
    def brier(self) -> float | None:
        """Mean Brier score of "comes by the end", for dates."""
        found = [point.brier for point in self.points if point.brier is not None]
        return float(np.mean(found)) if found else None

    @property
    def brier_baselines(self) -> dict[str, float]:
        """Mean Brier score of each baseline."""
        names = self.baselines if self.brier is not None else {}
        return {
            name: float(np.mean([point.brier_baselines[name] for point in self.points])) for name in names
        }

    @property
    def width_share(self) -> float | None:
        """Mean width of the 90 % band as a share of the record."""
        found = [point.width_share for point in self.points if point.width_share is not None]
        return float(np.mean(found)) if found else None

    @property
    def skill(self) -> Skill | None:
        """Skill over the best baseline, by resampling runs of neighbouring figures; ``None`` with too few."""
        best = self.best_simple
        if best is None or self.n < FEWEST:
            return None
        own = np.array([point.crps for point in self.points])
        rival = np.array([point.baselines[best] for point in self.points])
        return skill_interval(best, own, rival)

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, in the shape that ``--json`` documents."""
        best, skill = self.best_simple, self.skill
        return {
            "role": self.role,
            "n": self.n,
            "covered_50": self.covered_50,
            "covered_90": self.covered_90,
            "crps": self.crps if self.unit else None,
            "baselines": self.baselines,
            "unit": self.unit,
            "rank": self.rank,
            "width_share": self.width_share,
            "brier": self.brier,
            "brier_baselines": self.brier_baselines,
            "best_baseline": best,
            "ratio_best": _finite(self.ratio(best)) if best else None,
            "skill": {name: _finite(value) for name, value in skill._asdict().items() if name != "rival"}
            if skill
            else None,
        }


def skill_interval(rival: str, own: FloatArray, other: FloatArray, seed: int = 1) -> Skill:
    """Return the skill of mean scores ``own`` over ``other``, (n,) each in the order of time.

    The interval is that of a moving-block bootstrap with blocks of n^(1/3) figures, because neighbouring days are alike
    (Kuensch 1989, The jackknife and the bootstrap for general stationary observations, Annals of Statistics 17(3)).
    """
    n = own.size
    block = max(1, round(n ** (1.0 / 3.0)))
    first = np.random.Generator(np.random.Philox(key=[seed, n])).integers(
        0, n - block + 1, (RESAMPLES, -(-n // block))
    )
    rows = (first[:, :, np.newaxis] + np.arange(block)).reshape(RESAMPLES, -1)[:, :n]
    below = other[rows].mean(axis=1)
    skills = 1.0 - own[rows].mean(axis=1) / np.where(below > 0.0, below, np.nan)
    low, high = np.nanquantile(skills, (0.025, 0.975)) if np.isfinite(skills).any() else (math.nan, math.nan)
    mean = float(other.mean())
    return Skill(rival, 1.0 - float(own.mean()) / mean if mean else math.nan, float(low), float(high))


@dataclass(frozen=True)
class CampaignBoard(Scoreboard):
    """Every score of a campaign, the names of its places, and what is only shown beside it."""

    held_out: tuple[CampaignScore, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[dict[str, Any], ...] = ()

    @property
    def says(self) -> tuple[str, ...]:
        """The findings in plain sentences; a loss is stated as plainly as a win."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        for row in self.held_out:
            if row.name == POOLED:
                yield f"Held-out figures: {_held(row)}; days in a week count as the week."
            elif row.name == POOLED_DATES:
                yield f"Held-out dates: {_held(row)}.{_against(row)}{_brier(row)}"
            elif row.name == POOLED_KEPT:
                yield f"Of {row.n} places that kept their holder: {_brier(row).strip()}"
            elif row.name.startswith(CHANGED):
                yield self._of_place(row)
            else:
                yield f"{_title(row)}: {_held(row)}.{_against(row)}"
        bounds = [one for one in self.shown if one["kept"] is not None and one["role"] == "held_out"]
        for one in bounds:
            yield f"The record only bounds {one['series']}: {one['kept']:.0%} of the runs keep to {one['id']}."
        if self.unscored:
            yield f"Not in the run, or outside of it: {', '.join(self.unscored)}."

    def _of_place(self, row: CampaignScore) -> str:
        """Return what is said of one place."""
        (point, *_), (name, *_) = row.points, row.name.removeprefix(CHANGED).split(".")
        place = self.labels.get(name, name)
        where = "inside" if point.in_90 else "outside"
        chance = (
            "" if point.probability is None else f"changes control in {point.probability:.0%} of the runs; "
        )
        return f"{place}: {chance}the record lies {where} the 90 % band.{_against(row)}{_brier(row)}"


def _title(row: CampaignScore) -> str:
    """Return what a row counts, in words."""
    name, *rest = row.name.replace(".before_cutoff", "|b").replace(".by_week", "|w").split("|")
    words = {"w": "by week", "b": "in part before the cut-off"}
    return ", ".join([f"{name} ({meaning(name).unit or row.unit})", *(words[one] for one in rest)])


def _brier(row: CampaignScore) -> str:
    """Return the Brier score of a change by the end, beside that of the best baseline of the dates."""
    best = row.best_simple
    beside = "" if best is None else f" against {row.brier_baselines[best]:.2f}"
    return "" if row.brier is None else f" Brier score of a change by the end: {row.brier:.2f}{beside}."


def _held(row: CampaignScore) -> str:
    """Return how many figures the bands hold."""
    if row.n == 1:
        return f"the record lies {'inside' if row.covered_90 else 'outside'} the 90 % band"
    inside = [round(share * row.n) for share in (row.covered_50, row.covered_90)]
    return f"the 50 % band holds {inside[0]} of {row.n} and the 90 % band {inside[1]}"


def _against(row: CampaignScore) -> str:
    """Return the comparison with the best baseline, empty without one."""
    best, skill = row.best_simple, row.skill
    if best is None:
        return "" if not row.unit else " No baseline."
    verb = "loses to" if row.crps > row.baselines[best] else "is better than"
    interval = f", skill {skill.skill:.2f} ({skill.low:.2f} to {skill.high:.2f})" if skill else ""
    return f" The model {verb} '{LABELS[best]}': CRPS {row.crps:,.1f} against {row.baselines[best]:,.1f}{interval}."


def _finite(value: float) -> float | None:
    """Return the value, or ``None`` where JSON has no word for it."""
    return value if math.isfinite(value) else None
