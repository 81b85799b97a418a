"""Paired differences: what a variant changes, replication by replication, under the same random numbers.

Two runs that share their random numbers move together, so their difference is known far better than either:
its variance is var(a) + var(b) - 2 cov(a, b) (common random numbers; Law, "Simulation Modeling and Analysis",
chapter 11).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffride.results.vocabulary import VARIANT

Floats = NDArray[np.float64]
NORMAL_975 = 1.959963984540054


def variant_column(name: str, variant: str) -> str:
    """Return the name of the column that holds the total ``name`` under ``variant``.

    >>> variant_column("leakage.arm", "no_decoys")
    'leakage.arm@no_decoys'
    """
    return f"{name}{VARIANT}{variant}"


def paired_totals(names: Sequence[str], variant: str) -> list[str]:
    """Return the totals among ``names`` that stand there both for the baseline and for ``variant``.

    >>> paired_totals(["leakage.arm", "leakage.arm@no_decoys", "seed"], "no_decoys")
    ['leakage.arm']
    """
    known = set(names)
    return [name for name in names if VARIANT not in name and variant_column(name, variant) in known]


@dataclass(frozen=True)
class Paired:
    """The difference between a variant and the baseline over the replications that have both values.

    Attributes
    ----------
    n
        Replications that have both.
    baseline
        Mean of the baseline.
    mean
        Mean of variant minus baseline.
    standard_error
        Of that mean.
    low, high
        Its 95 % interval, by Student's t.
    lower, higher
        Share of replications in which the variant is lower, or higher; in the others it changes nothing.
    variance_reduction
        1 - var(difference) / (var(baseline) + var(variant)): what pairing saves; 0 where the two are
        independent, NaN where neither varies.
    """

    n: int
    baseline: float
    mean: float
    standard_error: float
    low: float
    high: float
    lower: float
    higher: float
    variance_reduction: float


def pair(baseline: Floats, variant: Floats) -> Paired:
    """Return what changes from ``baseline`` to ``variant``, both (replications,) and in the same order.

    A missing value (NaN) drops its pair. A figure that needs more pairs than there are is NaN.
    """
    both = np.isfinite(baseline) & np.isfinite(variant)
    before, after = baseline[both].astype(np.float64), variant[both].astype(np.float64)
    change = after - before
    n = int(both.sum())
    if n == 0:
        return Paired(0, *[math.nan] * 8)
    mean = float(change.mean())
    error = math.sqrt(_variance(change) / n)
    margin = student_975(n - 1) * error
    apart = _variance(before) + _variance(after)
    return Paired(
        n=n,
        baseline=float(before.mean()),
        mean=mean,
        standard_error=error,
        low=mean - margin,
        high=mean + margin,
        lower=float((change < 0.0).mean()),
        higher=float((change > 0.0).mean()),
        variance_reduction=1.0 - _variance(change) / apart if apart > 0.0 else math.nan,
    )


def student_975(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t; NaN without a degree of freedom.

    Expansion in 1 / freedom (Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5), within 1 %
    from two degrees of freedom on and within 0.01 % from eight.
    """
    if freedom < 1:
        return math.nan
    z = NORMAL_975
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, start=1))


def _variance(sample: Floats) -> float:
    return float(sample.var(ddof=1)) if sample.size > 1 else math.nan
