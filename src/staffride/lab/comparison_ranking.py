"""Policies against each other: by mean, by dominance over the measures of people, and by regret over the futures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from staffride.lab.measures import Floats, Measure
from staffride.lab.student import student_quantile
from staffride.results.paired import pair

if TYPE_CHECKING:
    from staffride.lab.comparison import Comparison

REGRET_LEVEL = 0.9


class Ranked(NamedTuple):
    """The place of a policy or of the baseline by a measure's mean; equal means share a place."""

    place: int
    arm: str
    mean: float


@dataclass(frozen=True)
class Dominance:
    """Which policy dominates which, over the measures of people.

    Attributes
    ----------
    measures
        Ids of the measures that count.
    dominated
        Policy or ``baseline`` -> those that dominate it; empty where none does.
    undominated
        Those that none dominates.
    """

    measures: tuple[str, ...]
    dominated: Mapping[str, tuple[str, ...]]
    undominated: tuple[str, ...]


class RegretOf(NamedTuple):
    """How far a policy falls short of the best one of each future.

    Attributes
    ----------
    arm
        Policy, or ``baseline``.
    expected, high, largest
        Mean of the regret over the futures, its 90 % quantile, and its largest value.
    share_best
        Share of futures in which it is best; a future with several best ones is shared between them.
    """

    arm: str
    expected: float
    high: float
    largest: float
    share_best: float


@dataclass(frozen=True)
class Regret:
    """Regret in one measure, over the futures in which all policies have it.

    Attributes
    ----------
    measure, futures
        Which, and over how many.
    rows
        Baseline and policies, the smallest expected regret first.
    minimax
        Those whose largest regret is smallest: the choice of who fears the worst future most (Savage 1951, "The theory
        of statistical decision", Journal of the American Statistical Association 46, 55-67). The largest regret is that
        of the futures drawn; more of them can only raise it.
    """

    measure: str
    futures: int
    rows: tuple[RegretOf, ...]
    minimax: tuple[str, ...]


def ranking(comparison: Comparison, measure: Measure) -> tuple[Ranked, ...]:
    """Return baseline and policies by mean, the best first; without a judgement the lowest first.

    A mean over no value comes last, without a place of its own before it. Equal means keep the order of the run.
    """
    arms = _arms(comparison, measure)
    means = {arm: _mean(comparison.values(arm, measure.id)) for arm in arms}
    sign = -1.0 if measure.better == "higher" else 1.0
    order = sorted(arms, key=lambda arm: math.inf if math.isnan(means[arm]) else sign * means[arm])
    before = {arm: sum(sign * means[other] < sign * means[arm] for other in arms) for arm in arms}
    known = sum(not math.isnan(mean) for mean in means.values())
    return tuple(
        Ranked(1 + (known if math.isnan(means[arm]) else before[arm]), arm, means[arm]) for arm in order
    )


def dominance(comparison: Comparison) -> Dominance:
    """Return which policy dominates which.

    A policy dominates another when it is at least as good on every measure of people and better on one. At least as
    good: the 95 % interval of the paired difference of the two does not lie on the worse side. Better: the interval at
    which all measures of people hold together (Bonferroni) lies on the better side. So it takes less to deny dominance
    than to claim it. Among noisy policies the relation need not be transitive.
    """
    arms = comparison.arms
    measures = [one for one in comparison.people if set(_arms(comparison, one)) == set(arms)]
    dominated = {
        other: tuple(arm for arm in arms if arm != other and _dominates(comparison, arm, other, measures))
        for other in arms
    }
    free = tuple(arm for arm in arms if not dominated[arm])
    return Dominance(tuple(one.id for one in measures), dominated, free)


def regret(comparison: Comparison, measure: Measure) -> Regret:
    """Return the regret of baseline and policies, each future against the best of them in that future.

    Raises
    ------
    ValueError
        The measure does not say what is better.
    """
    if not measure.judged:
        raise ValueError(f"measure {measure.id!r} has no regret: it does not say what is better")
    arms = _arms(comparison, measure)
    worth = measure.sign * np.stack([comparison.values(arm, measure.id) for arm in arms])
    worth = worth[:, np.isfinite(worth).all(axis=0)]
    lost = worth.max(axis=0) - worth if worth.size else worth
    best = lost == 0.0
    shares = (best / np.maximum(best.sum(axis=0), 1)).sum(axis=1) / max(lost.shape[1], 1)
    rows = [_regret_of(arm, lost[at], float(shares[at])) for at, arm in enumerate(arms)]
    least = min((row.largest for row in rows), default=math.nan)
    return Regret(
        measure=measure.id,
        futures=lost.shape[1],
        rows=tuple(sorted(rows, key=lambda row: row.expected)),
        minimax=tuple(row.arm for row in rows if row.largest == least),
    )


def _arms(comparison: Comparison, measure: Measure) -> tuple[str, ...]:
    return tuple(arm for arm in comparison.arms if (arm, measure.id) in comparison.columns)


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def _dominates(comparison: Comparison, arm: str, other: str, measures: list[Measure]) -> bool:
    better = False
    for one in measures:
        found = pair(comparison.values(other, one.id), comparison.values(arm, one.id))
        gain, error = one.sign * found.mean, found.standard_error
        if not math.isfinite(error):
            return False
        if gain < -student_quantile(0.975, found.n - 1) * error:
            return False
        better |= gain > student_quantile(1.0 - 0.025 / len(measures), found.n - 1) * error
    return better


def _regret_of(arm: str, lost: Floats, share_best: float) -> RegretOf:
    if lost.size == 0:
        return RegretOf(arm, math.nan, math.nan, math.nan, math.nan)
    return RegretOf(
        arm, float(lost.mean()), float(np.quantile(lost, REGRET_LEVEL)), float(lost.max()), share_best
    )
