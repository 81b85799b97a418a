"""The rows of a scoreboard: points, mean scores, the final total, and their plain numbers for ``--json``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from staffride.lab.observed import Standing
from staffride.lab.rivals import CAPPED, LABELS, SIMPLE
from staffride.lab.verdict import NAMES, sentences


@dataclass(frozen=True)
class Point:
    """One observation in the ensemble; quantities in the unit of its series, ``rank`` in [0, 1]."""

    id: str
    time: datetime
    day: int
    observed: float
    low_90: float
    low_50: float
    high_50: float
    high_90: float
    rank: float
    crps: float
    baselines: Mapping[str, float]

    @property
    def in_50(self) -> bool:
        """Whether the central 50 % band holds it."""
        return self.low_50 <= self.observed <= self.high_50

    @property
    def in_90(self) -> bool:
        """Whether the central 90 % band holds it."""
        return self.low_90 <= self.observed <= self.high_90


@dataclass(frozen=True)
class Score:
    """Mean scores over the points of one series and standing; ``n`` is their number.

    ``covered_50`` and ``covered_90`` are shares of the points, ``crps`` and ``baselines`` means in ``unit``.
    """

    name: str
    role: Standing
    unit: str
    points: tuple[Point, ...]

    @property
    def n(self) -> int:
        """Number of observations."""
        return len(self.points)

    @property
    def covered_50(self) -> float:
        """Share of the observations inside the central 50 % band."""
        return sum(point.in_50 for point in self.points) / self.n

    @property
    def covered_90(self) -> float:
        """Share of the observations inside the central 90 % band."""
        return sum(point.in_90 for point in self.points) / self.n

    @property
    def crps(self) -> float:
        """Mean CRPS of the model."""
        return _mean([point.crps for point in self.points])

    @property
    def rank(self) -> float:
        """Mean rank of history in the ensemble: 0.5 has no bias, above it the model is too low."""
        return _mean([point.rank for point in self.points])

    @property
    def baselines(self) -> dict[str, float]:
        """Mean CRPS of each rival that forecasts every point."""
        names = [n for n in self.points[0].baselines if all(n in point.baselines for point in self.points)]
        return {name: _mean([point.baselines[name] for point in self.points]) for name in names}

    @property
    def best_simple(self) -> str | None:
        """The rival with the lowest mean CRPS among those that know nothing of the model."""
        simple = {name: value for name, value in self.baselines.items() if name in SIMPLE}
        return min(simple, key=simple.__getitem__) if simple else None

    def ratio(self, rival: str) -> float:
        """Return the model's mean CRPS over the rival's: under one the model is better."""
        value = self.baselines[rival]
        return self.crps / value if value else (1.0 if self.crps == 0.0 else math.inf)

    def days(self) -> dict[int, Score]:
        """Return the same scores for each day of horizon: day 1 is the first 24 hours after the origin."""
        days = sorted({point.day for point in self.points})
        return {
            day: Score(self.name, self.role, self.unit, tuple(p for p in self.points if p.day == day))
            for day in days
        }

    def to_json(self) -> dict[str, Any]:
        """Return plain numbers, in the shape that ``--json`` documents."""
        best = self.best_simple
        return {
            "role": self.role,
            "n": self.n,
            "covered_50": self.covered_50,
            "covered_90": self.covered_90,
            "crps": self.crps,
            "baselines": self.baselines,
            "unit": self.unit,
            "rank": self.rank,
            "best_baseline": best,
            "ratio_best": _finite(self.ratio(best)) if best else None,
            "ratio_capped": _finite(self.ratio(CAPPED)) if CAPPED in self.baselines else None,
            "days": {
                str(day): {"n": part.n, "crps": part.crps, "baselines": part.baselines}
                for day, part in self.days().items()
            },
        }


@dataclass(frozen=True)
class FinalTotal:
    """The band of the total at the end of the period, beside the last figure of the record (persons)."""

    low_90: float
    median: float
    high_90: float
    record: float
    rank: float

    @property
    def width_share(self) -> float:
        """Width of the 90 % band as a share of the record."""
        return (self.high_90 - self.low_90) / self.record

    @property
    def missed_by(self) -> float:
        """Distance of the record from the 90 % band as a share of the record; zero inside it."""
        outside = max(self.low_90 - self.record, self.record - self.high_90, 0.0)
        return outside / self.record

    def to_json(self) -> dict[str, float]:
        """Return plain numbers."""
        return {
            "q05": self.low_90,
            "q50": self.median,
            "q95": self.high_90,
            "record": self.record,
            "rank": self.rank,
            "width_share": self.width_share,
            "missed_by": self.missed_by,
        }


@dataclass(frozen=True)
class Scoreboard:
    """Every score of one ensemble at one origin, held-out observations and fitted ones apart."""

    scenario: str
    origin: datetime
    held_out: tuple[Score, ...]
    calibration: tuple[Score, ...]
    final: FinalTotal | None
    unscored: tuple[str, ...] = ()

    def score(self, name: str, role: Standing = "held_out") -> Score | None:
        """Return the scores of one series and standing, or ``None`` if it has none."""
        group = self.held_out if role == "held_out" else self.calibration
        return next((row for row in group if row.name == name), None)

    @property
    def says(self) -> tuple[str, ...]:
        """The findings in plain sentences, made from the numbers; a loss is stated as one."""
        return sentences(self)

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat row a series for a table, held-out ones first, beside its best simple rival."""
        return [_table_row(row) for row in (*self.held_out, *self.calibration)]

    def to_json(self) -> dict[str, Any]:
        """Return ``scores``: held-out rows by the name of the series, fitted ones with ``.calibration``."""
        rows = {row.name: row.to_json() for row in self.held_out}
        rows |= {f"{row.name}.calibration": row.to_json() for row in self.calibration}
        return rows


def _table_row(row: Score) -> dict[str, Any]:
    """Return label, role, number, coverage, CRPS, and the best simple rival with its CRPS and ratio."""
    best = row.best_simple
    return {
        "label": NAMES.get(row.name, row.name.replace("_", " ")),
        "role": row.role,
        "unit": row.unit,
        "n": row.n,
        "covered_50": row.covered_50,
        "covered_90": row.covered_90,
        "crps": row.crps,
        "baseline": LABELS[best] if best else None,
        "baseline_crps": row.baselines[best] if best else None,
        "ratio": _finite(row.ratio(best)) if best else None,
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _finite(value: float) -> float | None:
    """Return the value, or ``None`` where JSON has no word for it."""
    return value if math.isfinite(value) else None
