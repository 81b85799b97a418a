"""How near a run of a region comes to the counts: the averaged relative difference, plain and rescaled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def relative_difference(simulated: Floats, counted: Floats) -> Floats:
    """Return (days,) sum over destinations of ``|simulated - counted|`` over the sum counted.

    Parameters
    ----------
    simulated, counted
        (days, destinations) persons present. A day on which nobody is counted gives 0.
    """
    total = counted.sum(axis=1)
    off = np.abs(simulated - counted).sum(axis=1)
    return np.where(total > 0.0, off / np.where(total > 0.0, total, 1.0), 0.0)


def averaged_relative_difference(simulated: Floats, counted: Floats) -> float:
    """Return the mean over days of `relative_difference`: 0 is perfect, 2 the worst of two equal totals.

    References
    ----------
    Suleimenova, Bell, Groen (2017), "A generalized simulation development approach for predicting refugee
    destinations", Scientific Reports 7:13377.
    """
    return float(relative_difference(simulated, counted).mean())


def rescaled(simulated: Floats, counted: Floats) -> Floats:
    """Return (days, destinations) ``simulated`` scaled on every day to the total counted; zeros where it has nobody."""
    own = simulated.sum(axis=1, keepdims=True)
    return simulated * np.where(
        own > 0.0, counted.sum(axis=1, keepdims=True) / np.where(own > 0.0, own, 1.0), 0.0
    )


def rescaled_difference(simulated: Floats, counted: Floats) -> float:
    """Return the averaged relative difference of shares: after scaling each day to the total counted."""
    return averaged_relative_difference(rescaled(simulated, counted), counted)
