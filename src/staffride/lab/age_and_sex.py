"""Arrivals by age, sex or another attribute of a case, where it says how people of its places are made up."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.results.bands import bands
from staffride.scenario.region import Region

Floats = NDArray[np.float64]
Table = Mapping[str, Mapping[str, float]]

EVERYWHERE = "Default"
AGE_GROUPS = ((0, "0 to 4"), (5, "5 to 11"), (12, "12 to 17"), (18, "18 to 59"), (60, "60 and over"))
"""First year of each age group of UNHCR's population statistics."""

_STEPS = 9
_EVEN = np.array([NormalDist().inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS)])
DEVIATIONS = _EVEN / _EVEN.std()
"""Equally likely standard deviations with mean 0 and variance 1."""


class Split(NamedTuple):
    """Arrivals of the whole period by one attribute.

    Attributes
    ----------
    attribute
        Its name, such as ``age``.
    values
        Its values, or groups of them.
    shares
        (destinations, values) expected shares; rows add up to 1.
    figures
        (6, destinations, values) persons: mean and quantiles.
    all_figures
        (6, values) persons at all destinations together.
    """

    attribute: str
    values: tuple[str, ...]
    shares: Floats
    figures: Floats
    all_figures: Floats


def by_age_and_sex(region: Region, arrivals: Floats, origins: Floats) -> tuple[Split, ...]:
    """Return the arrivals of the period by every attribute that the case describes; nothing where it describes none.

    Each attribute is taken by itself: a case says nothing of age and sex together. Whom the paths hold is a chance
    draw from the shares, so that a group of a path of N persons has variance N p (1 - p) beside that of N.

    Parameters
    ----------
    region
        The region, with its demographics.
    arrivals
        (paths, days, destinations) persons who arrive on each day.
    origins
        (destinations, places) share of the arrivals at each destination who come from each place.
    """
    period = arrivals.sum(axis=1)
    return tuple(
        _split(region, name, _grouped(name, table), period, origins)
        for name, table in region.demographics.items()
        if table
    )


def _split(region: Region, name: str, table: Table, period: Floats, origins: Floats) -> Split:
    at_places = np.array([[_weight(own, place.name) for own in table.values()] for place in region.places])
    sums = at_places.sum(axis=1, keepdims=True)
    at_places = at_places / np.where(sums > 0.0, sums, 1.0)
    unknown = origins.sum(axis=1, keepdims=True) == 0.0  # where no way leads from, everybody counts alike
    share = np.where(unknown, at_places.mean(axis=0), origins @ at_places)
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
    expected = period[:, :, None] * share
    variance = expected * (1.0 - share)
    return Split(
        name,
        tuple(table),
        share,
        bands(spread_out(expected, variance)),
        bands(spread_out(expected.sum(axis=1), variance.sum(axis=1))),
    )


def spread_out(expected: Floats, variance: Floats) -> Floats:
    """Return for each path nine equally likely counts with its mean and variance, (9 x paths, ...), never below 0."""
    steps = DEVIATIONS.reshape(-1, *([1] * expected.ndim))
    counts = expected[None] + steps * np.sqrt(variance)[None]
    found: Floats = np.maximum(counts.reshape(-1, *expected.shape[1:]), 0.0)
    return found


def _weight(own: Mapping[str, float], place: str) -> float:
    return own.get(place, own.get(EVERYWHERE, 0.0))


def _grouped(name: str, table: Table) -> Table:
    """Return ages in years summed up to age groups; any other table as it is."""
    if not name.lower().startswith("age"):
        return table
    try:
        years = {value: float(value) for value in table}
    except ValueError:
        return table
    columns = {column for own in table.values() for column in own}
    found: dict[str, dict[str, float]] = {}
    for value, own in table.items():
        group = [label for first, label in AGE_GROUPS if years[value] >= first]
        into = found.setdefault(group[-1] if group else AGE_GROUPS[0][1], dict.fromkeys(columns, 0.0))
        for column in columns:
            into[column] += _weight(own, column)
    return {label: found[label] for _, label in AGE_GROUPS if label in found}
