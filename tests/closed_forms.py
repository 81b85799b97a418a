"""Closed forms: how near a simulated figure must come, and rules that are broken on purpose."""

from __future__ import annotations

import inspect
from types import ModuleType

import numpy as np

LARGEST_RELATIVE_ERROR = 0.003
COMPILED = "from staffride.engine.compile import compiled"
NOT_KEPT = 'from numba import njit\ncompiled = njit(nogil=True, error_model="numpy")'


def meets(estimate, exact, standard_error):
    """Assert that the figure is sharp (error below 0.3 % of the value) and within four errors of the value."""
    assert standard_error < LARGEST_RELATIVE_ERROR * exact, "too few draws to tell"
    assert abs(estimate - exact) <= 4.0 * standard_error


def share_meets(happened, exact):
    """Assert that a share of independent draws meets its probability."""
    meets(np.mean(happened), exact, np.sqrt(exact * (1.0 - exact) / np.size(happened)))


def mean_meets(values, exact, deviation):
    """Assert that the mean of independent draws meets its expectation; ``deviation`` is that of one draw."""
    meets(np.mean(values), exact, deviation / np.sqrt(np.size(values)))


def broken(module, right, wrong):
    """Return the module with one piece of its source replaced, compiled afresh and never kept on disk."""
    source = inspect.getsource(module)
    assert source.count(right) == 1, f"{right!r} stands {source.count(right)} times in {module.__name__}"
    changed = ModuleType(f"broken_{module.__name__.rpartition('.')[2]}")
    text = source.replace(right, wrong).replace(COMPILED, NOT_KEPT)
    exec(compile(text, changed.__name__, "exec"), vars(changed))
    return changed
