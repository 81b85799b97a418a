"""The simplex search of Nelder and Mead: the least value of a function of a few numbers, without its slope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


def least(
    function: Callable[[Floats], float],
    start: Sequence[float],
    *,
    step: float = 0.7,
    steps: int = 300,
    near: float = 1e-6,
) -> Floats:
    """Return where a function is least, near ``start``.

    Parameters
    ----------
    function
        Of (n,) numbers.
    start
        Where the search begins.
    step
        Length of the sides of the first simplex.
    steps
        Most moves for each number.
    near
        The search ends when the values at the corners differ by less.

    References
    ----------
    Nelder and Mead (1965), "A simplex method for function minimization", The Computer Journal 7, 308-313.
    """
    first = np.asarray(start, np.float64)
    corners = np.vstack([first, first + step * np.eye(first.size)])
    values = np.array([function(corner) for corner in corners])
    for _ in range(steps * first.size):
        order = np.argsort(values, kind="stable")
        corners, values = corners[order], values[order]
        if values[-1] - values[0] < near:
            break
        _move(function, corners, values)
    best: Floats = corners[int(np.argmin(values))]
    return best


def _move(function: Callable[[Floats], float], corners: Floats, values: Floats) -> None:
    """Replace the worst corner by a better one, or draw all corners towards the best; in place."""
    middle = corners[:-1].mean(axis=0)
    away = middle - corners[-1]
    reflected = middle + away
    value = function(reflected)
    if value < values[0]:
        further = middle + 2.0 * away
        beyond = function(further)
        corners[-1], values[-1] = (further, beyond) if beyond < value else (reflected, value)
        return
    if value < values[-2]:
        corners[-1], values[-1] = reflected, value
        return
    closer = middle + (0.5 if value < values[-1] else -0.5) * away
    between = function(closer)
    if between < min(value, values[-1]):
        corners[-1], values[-1] = closer, between
        return
    corners[1:] = 0.5 * (corners[1:] + corners[0])
    values[1:] = [function(corner) for corner in corners[1:]]
