"""Simple rules that a model of destinations must beat: shares of capacity, and open places with room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.lab.region_scores import averaged_relative_difference, rescaled_difference
from staffride.model.region_expected import expected_counts
from staffride.model.region_parameters import neutral
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

Floats = NDArray[np.float64]


def capacity_share(region: Region) -> Floats:
    """Return (days, destinations) each day's total of the counts, shared by capacity.

    Where a capacity is unlimited or unknown, all count as equal.
    """
    counted = daily_counts(region)
    capacity = np.array([region.places[at].capacity for at in region.destinations])
    weights = capacity if np.isfinite(capacity).all() else np.ones(len(capacity))
    shared: Floats = counted.sum(axis=1, keepdims=True) * weights / max(weights.sum(), 1e-9)
    return shared


def free_capacity(region: Region) -> Floats:
    """Return (days, destinations) expected counts where each day's arrivals go to open destinations by free share.

    Our rules with every parameter at its neutral value: no distance, no conflict, no networks, no onward movement.
    """
    return expected_counts(region, neutral())


def baselines_of(region: Region) -> dict[str, dict[str, float]]:
    """Return ``plain`` and ``rescaled`` averaged relative difference of each simple rule by its name."""
    counted = daily_counts(region)
    lines = {"capacity_share": capacity_share(region), "free_capacity": free_capacity(region)}
    return {
        name: {
            "plain": averaged_relative_difference(line, counted),
            "rescaled": rescaled_difference(line, counted),
        }
        for name, line in lines.items()
    }
