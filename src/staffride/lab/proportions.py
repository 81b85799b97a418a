"""Shares of replications with their intervals, and the difference of two shares of the same replications."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from staffride.lab.student import normal_quantile
from staffride.scenario.special import beta_cdf

TAIL = 0.025


class Proportion(NamedTuple):
    """A share of replications with its 95 % interval, and the counts that it is made of."""

    share: float
    low: float
    high: float
    cases: int
    n: int


class Risk(NamedTuple):
    """How the probability of an event differs between a policy and the baseline, over the same replications.

    Attributes
    ----------
    both, only_baseline, only_policy, neither
        Replications by where the event happens.
    difference, low, high
        Probability under the policy minus that of the baseline, with Newcombe's 95 % interval for pairs.
    p
        Exact p of McNemar's test: how often chance alone splits the discordant replications at least as unevenly.
    """

    both: int
    only_baseline: int
    only_policy: int
    neither: int
    difference: float
    low: float
    high: float
    p: float


def wilson(count: int, n: int, tail: float = TAIL) -> Proportion:
    """Return a share with its score interval, which keeps its level for shares near 0 and 1.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22, 209-212. NaN without a replication.

    >>> wilson(0, 10).low, round(wilson(0, 10).high, 4), round(wilson(5, 10).low, 4)
    (0.0, 0.2775, 0.2366)
    """
    if n == 0:
        return Proportion(math.nan, math.nan, math.nan, 0, 0)
    z2, share = normal_quantile(1.0 - tail) ** 2, count / n
    middle = (count + 0.5 * z2) / (n + z2)
    half = math.sqrt(z2 * (n * share * (1.0 - share) + 0.25 * z2)) / (n + z2)
    low = 0.0 if count == 0 else middle - half
    return Proportion(share, low, 1.0 if count == n else middle + half, count, n)


def newcombe(
    both: int, only_first: int, only_second: int, neither: int, tail: float = TAIL
) -> tuple[float, float]:
    """Return the interval of the second share minus the first, over the same units.

    Source: Newcombe (1998), "Improved confidence intervals for the difference between binomial proportions based on
    paired data", Statistics in Medicine 17, 2635-2650, method 10: the score intervals of both shares, joined with
    their correlation, which is corrected for continuity where it is positive. Where no unit is discordant the
    difference is zero and so are both ends; `rule_of_three` then bounds how often a unit could be.
    """
    if only_first == only_second == 0:
        return 0.0, 0.0
    n = both + only_first + only_second + neither
    first, second = wilson(both + only_first, n, tail), wilson(both + only_second, n, tail)
    phi = _correlation(both, only_first, only_second, neither)
    difference = (only_second - only_first) / n
    below = _joined(second.share - second.low, first.high - first.share, phi)
    above = _joined(second.high - second.share, first.share - first.low, phi)
    return difference - below, difference + above


def _joined(one: float, other: float, correlation: float) -> float:
    return math.sqrt(max(0.0, one * one - 2.0 * correlation * one * other + other * other))


def _correlation(both: int, only_first: int, only_second: int, neither: int) -> float:
    """Return the correlation of two events, a positive one lessened by half a unit; 0 where one never varies."""
    n = both + only_first + only_second + neither
    excess: float = both * neither - only_first * only_second
    if excess > 0.0:
        excess = max(0.0, excess - 0.5 * n)
    spread = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    return excess / math.sqrt(spread) if spread > 0 else 0.0


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p of McNemar's test: discordant units fall either way with probability 1/2.

    Source: McNemar (1947), "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12, 153-157, by the binomial distribution itself.

    >>> round(mcnemar(0, 5), 12), mcnemar(0, 0)
    (0.0625, 1.0)
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    if 2 * fewer >= n:
        return 1.0
    return min(1.0, 2.0 * float(beta_cdf(n - fewer, fewer + 1, np.array([0.5]))[0]))


def risk(both: int, only_baseline: int, only_policy: int, neither: int) -> Risk:
    """Return what a policy changes of the probability of an event; NaN without a replication."""
    n = both + only_baseline + only_policy + neither
    counts = (both, only_baseline, only_policy, neither)
    if n == 0:
        return Risk(*counts, math.nan, math.nan, math.nan, math.nan)
    low, high = newcombe(*counts)
    return Risk(*counts, (only_policy - only_baseline) / n, low, high, mcnemar(only_baseline, only_policy))


def rule_of_three(n: int) -> float:
    """Return the probability that an event seen in none of ``n`` stays below, with 95 % confidence.

    Exactly 1 - 0.05^(1/n), near 3 / n (Hanley and Lippman-Hand 1983, "If nothing goes wrong, is everything all
    right?", Journal of the American Medical Association 249, 1743-1745).

    >>> round(rule_of_three(100), 4)
    0.0295
    """
    return 1.0 - 0.05 ** (1.0 / n) if n > 0 else math.nan
