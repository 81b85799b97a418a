"""Student's t at any level, for simultaneous intervals and p values."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from staffride.scenario.special import beta_cdf, normal_ppf

HALVINGS = 60


def normal_quantile(probability: float) -> float:
    """Return the standard normal quantile.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(normal_ppf(np.array([probability]))[0])


def two_sided_p(t: float, freedom: int) -> float:
    """Return the probability that Student's t lies at least as far from zero as ``t``.

    It is I(freedom / (freedom + t^2); freedom / 2, 1 / 2) with the regularised incomplete beta function (Abramowitz and
    Stegun, "Handbook of Mathematical Functions", 26.7.1). NaN without a degree of freedom.
    """
    if freedom < 1 or math.isnan(t):
        return math.nan
    if math.isinf(t):
        return 0.0
    whole = freedom + t * t
    return float(
        beta_cdf(0.5 * freedom, 0.5, np.array([freedom / whole]), complement=np.array([t * t / whole]))[0]
    )


@lru_cache(maxsize=4096)
def student_quantile(probability: float, freedom: int) -> float:
    """Return the quantile of Student's t above its median, by bisection of `two_sided_p`; NaN without freedom.

    >>> round(student_quantile(0.975, 10), 3), round(student_quantile(0.995, 4), 3)
    (2.228, 4.604)
    """
    if freedom < 1:
        return math.nan
    low, high, tails = 0.0, 1.0, 2.0 * (1.0 - probability)
    while two_sided_p(high, freedom) > tails:
        low, high = high, 2.0 * high
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if two_sided_p(middle, freedom) > tails else (low, middle)
    return 0.5 * (low + high)
