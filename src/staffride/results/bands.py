"""Mean and quantiles over replications, for values that are all there; light, so that a quick command stays quick."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
FIGURES = ("mean", *LEVELS)


def bands(values: NDArray[np.generic]) -> Floats:
    """Return mean and quantiles over the first axis, (6, ...) in the order of `FIGURES`.

    Quantiles interpolate linearly between order statistics (type 7 of Hyndman and Fan 1996), as all tables of a run
    do. A value that is missing in one replication makes that entry NaN.
    """
    sample = np.moveaxis(np.asarray(values, dtype=np.float64), 0, -1)
    ordered = np.sort(sample, axis=-1)
    last = ordered.shape[-1] - 1
    found = np.empty((len(FIGURES), *ordered.shape[:-1]))
    found[0] = ordered.mean(axis=-1)
    for row, level in enumerate(LEVELS.values(), start=1):
        below = int(level * last)
        low, high = ordered[..., below], ordered[..., min(below + 1, last)]
        found[row] = low + (level * last - below) * (high - low)
    return found
