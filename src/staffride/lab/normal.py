"""The standard normal distribution for columns: quantiles and probabilities."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import normal_ppf


@compiled
def normal_column(uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard normal quantile of each uniform number; same shape."""
    column = np.empty(uniform.size)
    for row in range(uniform.size):
        column[row] = normal_ppf(uniform[row])
    return column


@compiled
def normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard normal probability below each entry; same shape, one dimension."""
    column = np.empty(z.size)
    for row in range(z.size):
        column[row] = 0.5 * math.erfc(-z[row] / math.sqrt(2.0))
    return column
