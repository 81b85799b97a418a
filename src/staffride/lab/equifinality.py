"""What the record of arrivals cannot tell apart.

A parameter whose posterior is as wide as its prior was not informed; two parameters whose posteriors are strongly
correlated are known only together. Both are printed with a fit instead of being hidden behind a best value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INFORMED_BELOW = 0.8
TOGETHER_ABOVE = 0.3


@dataclass(frozen=True, slots=True)
class Equifinality:
    """How much the reports taught of each parameter.

    ``width_left`` maps a parameter to the ratio of its posterior to its prior standard deviation, on the scale of
    normal scores; ``together`` lists pairs with their posterior correlation, strongest first.
    """

    width_left: dict[str, float]
    together: list[tuple[str, str, float]]

    @property
    def uninformed(self) -> list[str]:
        """Parameters of which the reports taught little or nothing."""
        return [name for name, ratio in self.width_left.items() if ratio >= INFORMED_BELOW]


def equifinality(names: Sequence[str], score: NDArray[np.float64]) -> Equifinality:
    """Compare scores (n, D) of a posterior sample with the prior, whose scores have a standard deviation of one."""
    centred = score - score.mean(axis=0)
    covariance = centred.T @ centred / score.shape[0]
    spread = np.sqrt(np.diag(covariance))
    moving = spread > 1e-9
    correlation = covariance / np.where(np.outer(moving, moving), np.outer(spread, spread), 1.0)
    pairs = [
        (names[a], names[b], round(float(correlation[a, b]), 2))
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if abs(correlation[a, b]) > TOGETHER_ABOVE
    ]
    return Equifinality(
        {name: round(float(ratio), 2) for name, ratio in zip(names, spread, strict=True)},
        sorted(pairs, key=lambda pair: -abs(pair[2])),
    )
