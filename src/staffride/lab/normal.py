"""Standard normal quantiles of a column."""

from __future__ import annotations

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
