"""The effect of one policy on one measure: how large, how sure, in how many futures, and how many runs it would need.

A future is a replication: one draw of everything that is not known, met once with the policy and once without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from staffride.lab.comparison_words import magnitude, told
from staffride.lab.measures import Floats, Measure
from staffride.lab.proportions import Proportion, Risk, newcombe, risk, rule_of_three, wilson
from staffride.lab.student import student_quantile, two_sided_p
from staffride.results.paired import NORMAL_975, Paired, pair, student_975

PRECISION = 0.1
"""The half width of an interval that is asked for by default, as a part of the baseline's mean."""

LAPLACE_TAILS = 1.0 + math.log(10.0)
"""Tail weight of the double exponential law, 3.30; the normal law has 2.58."""

TAIL_PAIRS = 40
"""Pairs from which on tails are judged: the outer twentieth then holds two at least."""


class Median(NamedTuple):
    """The median of the paired differences, its 95 % interval, and whether their tails call for it."""

    median: float
    low: float
    high: float
    heavy_tails: bool


class Interval(NamedTuple):
    """Both ends of an interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Effect:
    """What a policy changes of a measure, under the same luck as the baseline.

    Attributes
    ----------
    measure, policy
        Which.
    replications
        All that were run; `paired` says in how many of them both values exist.
    paired
        Mean paired difference, policy minus baseline, with its 95 % interval by Student's t.
    lower, same, higher
        Share of futures in which the policy is lower, the same or higher, each with Wilson's 95 % interval.
    median
        Median of the paired differences.
    risk
        Of a probability: the paired difference by Newcombe's method; ``None`` for other measures.
    standardised
        Mean difference over the standard deviation of the baseline (Glass 1976); of a probability Cohen's h, the
        difference of 2 arcsin(sqrt(p)). Infinite where the baseline does not vary and the policy changes it.
    p
        Two-sided p of no mean difference: of the paired t test, of a probability McNemar's exact one.
    simultaneous
        Bonferroni's interval, with which those of all ``family`` measures of people hold together with 95 %
        confidence; ``None`` for other measures.
    holm_p
        ``p`` after Holm's correction over the same measures (Holm 1979, Scandinavian Journal of Statistics 6, 65-70).
    family
        How many measures of people this policy is judged by.
    """

    measure: Measure
    policy: str
    replications: int
    paired: Paired
    lower: Proportion
    same: Proportion
    higher: Proportion
    median: Median
    risk: Risk | None
    standardised: float
    p: float
    simultaneous: Interval | None = None
    holm_p: float = math.nan
    family: int = 0

    @property
    def baseline_mean(self) -> float:
        """Return the mean of the baseline over the pairs."""
        return self.paired.baseline

    @property
    def policy_mean(self) -> float:
        """Return the mean under the policy over the pairs."""
        return self.paired.baseline + self.paired.mean

    @property
    def difference(self) -> float:
        """Return the mean paired difference; of a probability the difference of probabilities."""
        return self.paired.mean

    @property
    def interval(self) -> Interval:
        """Return the 95 % interval of the difference: Newcombe's for a probability, otherwise Student's."""
        if self.risk is not None:
            return Interval(self.risk.low, self.risk.high)
        return Interval(self.paired.low, self.paired.high)

    @property
    def found(self) -> bool:
        """Return whether the interval is clear of zero."""
        return self.interval.low > 0.0 or self.interval.high < 0.0

    @property
    def changes_nothing(self) -> bool:
        """Return whether the policy leaves the measure as it is in every pair."""
        return self.paired.n > 0 and self.same.cases == self.paired.n

    @property
    def probability_better(self) -> Proportion | None:
        """Return the share of futures in which the policy is better; ``None`` without a judgement."""
        return {"lower": self.lower, "higher": self.higher}.get(self.measure.better)

    @property
    def probability_worse(self) -> Proportion | None:
        """Return the share of futures in which the policy is worse; ``None`` without a judgement."""
        return {"lower": self.higher, "higher": self.lower}.get(self.measure.better)

    @property
    def verdict(self) -> str:
        """Return ``nothing``, ``none found``, ``better`` or ``worse``; without a judgement ``lower`` or ``higher``."""
        if self.changes_nothing:
            return "nothing"
        if not self.found:
            return "none found"
        way = "higher" if self.difference > 0.0 else "lower"
        if self.measure.better == "none":
            return way
        return "better" if way == self.measure.better else "worse"

    @property
    def size(self) -> str:
        """Return the size of the effect in words; empty where none is found."""
        return magnitude(self.standardised) if self.found else ""

    @property
    def words(self) -> str:
        """Return the effect as one phrase, which calls nothing an effect whose interval holds zero."""
        return told(self)

    @property
    def any_change_below(self) -> float:
        """Return what the share of futures with any change is below, with 95 % confidence, where none was seen."""
        return rule_of_three(self.paired.n) if self.changes_nothing else math.nan

    @property
    def variance_reduction(self) -> float:
        """Return what the same luck saves: 1 - var(difference) / (var(baseline) + var(policy)); NaN without any."""
        return self.paired.variance_reduction

    @property
    def as_many_as(self) -> float:
        """Return how many independent runs of each would tell the difference as well as the pairs do.

        With the same luck the mean difference has the variance var(d) / n, with independent runs
        (var(a) + var(b)) / m; they are equal at m = n / (1 - variance reduction).
        """
        left = 1.0 - self.variance_reduction
        return self.paired.n / left if left > 0.0 else math.inf if left == 0.0 else math.nan

    def replications_needed(self, half_width: float) -> int | None:
        """Return the replications with which the 95 % interval reaches no more than ``half_width`` either way.

        The smallest n with t(n - 1) s / sqrt(n) <= half_width, s the standard deviation of the paired differences
        found here: (1.96 s / half_width)^2 for large n. For a probability the interval of the mean difference stands
        for Newcombe's. ``None`` where no number would do, or no spread is known.
        """
        spread = self.paired.standard_error * math.sqrt(self.paired.n)
        if not (math.isfinite(spread) and half_width > 0.0):
            return None
        return smallest_sample(spread / half_width)

    @property
    def needed_for_precision(self) -> int | None:
        """Return the replications for an interval of a tenth of the baseline's mean either way."""
        return self.replications_needed(PRECISION * abs(self.paired.baseline))

    @property
    def needed_for_sign(self) -> int | None:
        """Return the replications for an interval clear of zero, if difference and spread stay as found here."""
        return self.replications_needed(abs(self.paired.mean))


def smallest_sample(ratio: float) -> int:
    """Return the smallest n of 2 or more with t(n - 1) x ratio <= sqrt(n), ratio the spread over the half width.

    >>> smallest_sample(0.0), smallest_sample(1.0), smallest_sample(10.0)
    (2, 7, 387)
    """
    n = max(2, math.ceil((NORMAL_975 * ratio) ** 2))
    while student_975(n - 1) * ratio > math.sqrt(n):
        n += 1
    return n


def effect_of(measure: Measure, policy: str, baseline: Floats, changed: Floats) -> Effect:
    """Return the effect of a policy on a measure from both columns (replications,), in the same order."""
    both = np.isfinite(baseline) & np.isfinite(changed)
    before, after = baseline[both], changed[both]
    paired, difference, n = pair(before, after), after - before, int(both.sum())
    ways = [int(np.count_nonzero(way)) for way in (difference < 0.0, difference == 0.0, difference > 0.0)]
    lower, same, higher = (wilson(cases, n) for cases in ways)
    chance = _risk(before, after) if measure.reading == "probability" else None
    return Effect(
        measure=measure,
        policy=policy,
        replications=int(baseline.size),
        paired=paired,
        lower=lower,
        same=same,
        higher=higher,
        median=median_of(difference),
        risk=chance,
        standardised=_standardised(before, paired, chance),
        p=chance.p if chance is not None else _p_of(paired),
    )


def median_of(difference: Floats) -> Median:
    """Return the median of differences (n,) with an interval that holds for any law, and whether tails are heavy.

    The ends are order statistics: as many differences lie beyond each as a fair coin exceeds with 2.5 % at most
    (Conover 1999, "Practical Nonparametric Statistics", section 3.2); below six pairs there are none. Tails are heavy
    where Hogg's ratio is above that of the double exponential law: mean of the upper minus mean of the lower twentieth,
    over the same of the halves (Hogg 1974, Journal of the American Statistical Association 69, 909-923).
    """
    n = difference.size
    if n == 0:
        return Median(math.nan, math.nan, math.nan, heavy_tails=False)
    inner, beyond = np.sort(difference), coin_tail(n)
    ends = (float(inner[beyond]), float(inner[n - 1 - beyond])) if beyond >= 0 else (math.nan, math.nan)
    return Median(float(np.median(inner)), *ends, heavy_tails=tail_weight(inner) > LAPLACE_TAILS)


def coin_tail(n: int) -> int:
    """Return the largest k for which a fair coin shows at most k heads in ``n`` throws with 2.5 % or less; -1 if none.

    >>> coin_tail(5), coin_tail(6), coin_tail(100)
    (-1, 0, 39)
    """
    heads = np.arange(n + 1)
    ways = np.cumsum(np.log(np.maximum(heads, 1.0)))
    log_chance = ways[n] - ways - ways[::-1] - n * math.log(2.0)
    return int(np.searchsorted(np.cumsum(np.exp(log_chance)), 0.025, side="right")) - 1


def tail_weight(ordered: Floats) -> float:
    """Return Hogg's ratio of differences in rising order; NaN where there are too few, or no spread in the halves."""
    n = ordered.size
    if n < TAIL_PAIRS:
        return math.nan
    few, half = n // 20, n // 2
    tails = float(ordered[-few:].mean() - ordered[:few].mean())
    halves = float(ordered[-half:].mean() - ordered[:half].mean())
    return tails / halves if halves > 0.0 else math.nan


def simultaneous(effect: Effect, family: int) -> Interval:
    """Return the interval of an effect at the level at which ``family`` of them hold together with 95 %."""
    tail = 0.025 / family
    if effect.risk is not None:
        counts = effect.risk.both, effect.risk.only_baseline, effect.risk.only_policy, effect.risk.neither
        return Interval(*newcombe(*counts, tail)) if sum(counts) else Interval(math.nan, math.nan)
    margin = student_quantile(1.0 - tail, effect.paired.n - 1) * effect.paired.standard_error
    return Interval(effect.paired.mean - margin, effect.paired.mean + margin)


def holm(p: Floats) -> Floats:
    """Return p values (k,) after Holm's correction; those that are missing stay so and do not count.

    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    adjusted = np.full(p.size, math.nan)
    order = [at for at in np.argsort(p, kind="stable") if not math.isnan(p[at])]
    largest = 0.0
    for done, at in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - done) * float(p[at])))
        adjusted[at] = largest
    return adjusted


def _risk(before: Floats, after: Floats) -> Risk:
    was, is_now = before > 0.0, after > 0.0
    counts = (was & is_now, was & ~is_now, ~was & is_now, ~was & ~is_now)
    return risk(*(int(np.count_nonzero(one)) for one in counts))


def _p_of(paired: Paired) -> float:
    """Return the p of the paired t test; 1 where nothing changes, 0 where the change is the same in every pair."""
    if not paired.standard_error > 0.0:
        return math.nan if math.isnan(paired.standard_error) else float(paired.mean == 0.0)
    return two_sided_p(paired.mean / paired.standard_error, paired.n - 1)


def _standardised(before: Floats, paired: Paired, chance: Risk | None) -> float:
    if paired.mean == 0.0 or math.isnan(paired.mean):
        return paired.mean
    if chance is not None:
        first, second = paired.baseline, paired.baseline + paired.mean
        return _angle(second) - _angle(first)
    spread = float(before.std(ddof=1)) if before.size > 1 else math.nan
    return paired.mean / spread if spread != 0.0 else math.copysign(math.inf, paired.mean)


def _angle(probability: float) -> float:
    return 2.0 * math.asin(math.sqrt(min(1.0, max(0.0, probability))))
