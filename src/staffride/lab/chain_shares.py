"""How much of the spread of a chain's results the priors of each stage carry.

Priors are drawn independently of each other, so the squared rank correlations of a result with the parameters of a
stage add up to the share of the spread (of the ranks) that they carry one by one. Chance alone gives each squared
correlation 1 / (n - 1) on average, which is taken off. What is left is luck, and what parameters do only together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.model.parameters import MODEL_PARAMETERS
from staffride.results.run import Run
from staffride.scenario.chain_schema import OWN

Floats = NDArray[np.float64]

STAGES = {
    "closure": "the closed road",
    "talks": "talks",
    "operation": "the operation",
    "link": "what stages hand on",
    "displacement": "the displacement",
    "returns": "returns",
}
"""The stages of a chain whose priors are told apart, and what they are called."""

FEWEST = 30
"""Replications below which nothing is said."""


class StageShare(NamedTuple):
    """The share of a stage with its standard error, and the parameter of it that carries most, with its correlation."""

    share: float
    error: float
    strongest: str
    correlation: float


def stage_of(parameter: str) -> str:
    """Return the stage whose prior a parameter is.

    >>> stage_of("closure.food.stock"), stage_of("departure.trust"), stage_of("ground.rate")
    ('closure', 'displacement', 'operation')
    """
    if parameter.startswith(OWN):
        return parameter.partition(".")[0]
    leaving = parameter in MODEL_PARAMETERS or parameter.startswith("reception.")
    return "displacement" if leaving else "operation"


def stage_shares(run: Run, total: str) -> dict[str, StageShare]:
    """Return the share of each stage in the spread of a total; empty where nothing can be said of it.

    Raises
    ------
    KeyError
        The run has no such total.
    """
    names = run.manifest.parameters
    columns = run.totals.read(*names, total)
    return shares_of({name: columns[name] for name in names}, columns[total])


def shares_of(parameters: Mapping[str, Floats], result: Floats) -> dict[str, StageShare]:
    """Return the share of each stage's parameters (replications,) in the spread of a result (replications,)."""
    known = np.isfinite(result)
    n = int(known.sum())
    if n < FEWEST or np.ptp(result[known]) == 0.0:
        return {}
    ranks = _ranks(result[known])
    found: dict[str, list[tuple[str, float]]] = {stage: [] for stage in STAGES}
    for name, column in parameters.items():
        if np.ptp(column[known]) > 0.0:
            found[stage_of(name)].append((name, float(_ranks(column[known]) @ ranks) / n))
    return {stage: _share(rows, n) for stage, rows in found.items() if rows}


def _share(rows: list[tuple[str, float]], n: int) -> StageShare:
    squares = np.array([correlation**2 for _, correlation in rows])
    noise = 1.0 / (n - 1)
    error = math.sqrt(float((2.0 * noise**2 + 4.0 * squares * (1.0 - squares) ** 2 * noise).sum()))
    strongest, correlation = max(rows, key=lambda row: abs(row[1]))
    share = float(np.clip((squares - noise).sum(), 0.0, 1.0))
    return StageShare(share, error, strongest, correlation)


def _ranks(values: Floats) -> Floats:
    """Return ranks with mean zero and variance one; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - 0.5 * (counts - 1)
    ranks = middle[inverse]
    centred: Floats = (ranks - ranks.mean()) / ranks.std()
    return centred
