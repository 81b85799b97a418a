"""On which drawn parameters an effect rests: rank correlations of the paired difference, beside what chance would give.

With the same luck in both runs most noise is gone from the difference, so what is left of its spread is mostly what the
parameters make of the policy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from staffride.lab.measures import BASELINE, Floats
from staffride.lab.student import student_quantile

if TYPE_CHECKING:
    from staffride.lab.comparison import Comparison
    from staffride.lab.comparison_effect import Effect

STRONGEST = 5


class Driver(NamedTuple):
    """A parameter, its rank correlation with the difference, and whether that is beyond chance."""

    parameter: str
    correlation: float
    beyond_chance: bool


@dataclass(frozen=True)
class Drivers:
    """The parameters with which a paired difference goes most.

    Attributes
    ----------
    policy, measure
        Whose difference.
    n, parameters
        Pairs, and parameters that vary over them.
    strongest
        Up to five, the strongest first. A positive correlation: the higher the parameter, the higher the difference.
    bound
        What the strongest of so many correlations stays below by pure chance with 95 %.
    """

    policy: str
    measure: str
    n: int
    parameters: int
    strongest: tuple[Driver, ...]
    bound: float


def drivers(comparison: Comparison, effect: Effect) -> Drivers:
    """Return the strongest rank correlations (Spearman) of a paired difference with the drawn parameters."""
    measure = effect.measure.id
    before, after = comparison.values(BASELINE, measure), comparison.values(effect.policy, measure)
    both = np.isfinite(before) & np.isfinite(after)
    difference = (after - before)[both]
    drawn = {name: column[both] for name, column in comparison.parameters.items()}
    drawn = {name: column for name, column in drawn.items() if varies(column)}
    bound = chance_bound(difference.size, len(drawn))
    found = (
        {name: spearman(difference, column) for name, column in drawn.items()} if varies(difference) else {}
    )
    order = sorted(found, key=lambda name: -abs(found[name]))[:STRONGEST]
    rows = tuple(Driver(name, found[name], abs(found[name]) > bound) for name in order)
    return Drivers(effect.policy, measure, difference.size, len(drawn), rows, bound)


def spearman(first: Floats, second: Floats) -> float:
    """Return the rank correlation of two columns (n,) that both vary; ties get their mean rank.

    >>> round(spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 8.0, 27.0])), 12)
    1.0
    """
    one, other = (ranks(column) - 0.5 * (column.size + 1) for column in (first, second))
    return float((one @ other) / math.sqrt((one @ one) * (other @ other)))


def ranks(column: Floats) -> Floats:
    """Return the ranks of a column (n,) from 1 on; equal values share the mean of theirs.

    >>> ranks(np.array([5.0, 1.0, 5.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, where, counts = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Floats = (last - 0.5 * (counts - 1.0))[where]
    return found


def chance_bound(n: int, parameters: int) -> float:
    """Return what no rank correlation of independent columns exceeds, of so many, with 95 % confidence.

    r = t / sqrt(n - 2 + t^2) with Student's t at the level 0.05 / (2 x parameters) of Bonferroni (Kendall and Gibbons
    1990, "Rank Correlation Methods", chapter 4). 1 with fewer than three pairs, NaN without a parameter.
    """
    if parameters == 0:
        return math.nan
    if n < 3:
        return 1.0
    t = student_quantile(1.0 - 0.025 / parameters, n - 2)
    return t / math.sqrt(n - 2 + t * t)


def varies(column: Floats) -> bool:
    """Return whether a column has two different values."""
    return column.size > 1 and bool((column != column[0]).any())
