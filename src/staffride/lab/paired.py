"""What each variant of a campaign changes: paired differences, and the share of the spread that it removes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from staffride.results.paired import Floats, Paired, pair, student_975, variant_column

if TYPE_CHECKING:
    from staffride.results.run import Run

__all__ = ["Paired", "Share", "effects", "pair", "share_of_variance", "variance_removed", "variant_column"]


class Share(NamedTuple):
    """A share with its 95 % interval; below zero where the variant spreads more than the baseline."""

    share: float
    low: float
    high: float


def effects(run: Run, name: str) -> dict[str, Paired]:
    """Return the paired difference of total ``name`` for every variant of ``run``, the largest change first.

    Raises
    ------
    KeyError
        The run has no such total.
    """
    found = {variant.id: run.paired(name, variant.id) for variant in run.variants}
    return dict(sorted(found.items(), key=lambda item: -abs(np.nan_to_num(item[1].mean))))


def share_of_variance(run: Run, name: str, variant: str) -> Share:
    """Return how much of the variance of total ``name`` goes away under ``variant``.

    With a variant that holds inputs at their medians, this is the share of the spread that rests on them.

    Raises
    ------
    KeyError
        The run has no such total or variant.
    """
    before, after = run.pair_of(name, variant)
    return variance_removed(before, after)


def variance_removed(baseline: Floats, variant: Floats) -> Share:
    """Return 1 - var(variant) / var(baseline) for two (replications,) columns under common random numbers.

    The interval is that of the log ratio of the variances by its influence values, (x - mean)^2 / var of the one
    minus that of the other, which holds for any distribution with a fourth moment. NaN where the baseline does
    not vary; exact (no interval) where the variant does not.
    """
    both = np.isfinite(baseline) & np.isfinite(variant)
    before, after = baseline[both].astype(np.float64), variant[both].astype(np.float64)
    n = before.size
    if n < 2 or before.var() == 0.0:
        return Share(math.nan, math.nan, math.nan)
    if after.var() == 0.0:
        return Share(1.0, 1.0, 1.0)
    ratio = float(after.var() / before.var())
    influence = (after - after.mean()) ** 2 / after.var() - (before - before.mean()) ** 2 / before.var()
    margin = student_975(n - 1) * float(influence.std(ddof=1)) / math.sqrt(n)
    return Share(1.0 - ratio, 1.0 - ratio * math.exp(margin), 1.0 - ratio * math.exp(-margin))
