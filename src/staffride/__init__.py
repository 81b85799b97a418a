"""The written record of a conflict as a cited, runnable model.

>>> import staffride as sr                                    # doctest: +SKIP
>>> run = sr.run("karabakh-2023", replications=200, seed=1)   # doctest: +SKIP
>>> run.arrivals.quantile(0.5)                                # doctest: +SKIP

Names are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from staffride._version import __version__

if TYPE_CHECKING:
    from staffride.api import list_runs, open_run, run
    from staffride.errors import InputError, StaffrideError
    from staffride.results.run import Run

_HOMES = {
    "run": "staffride.api",
    "open_run": "staffride.api",
    "list_runs": "staffride.api",
    "Run": "staffride.results.run",
    "StaffrideError": "staffride.errors",
    "InputError": "staffride.errors",
}

__all__ = ["InputError", "Run", "StaffrideError", "__version__", "list_runs", "open_run", "run"]


def __getattr__(name: str) -> object:
    """Load a public name from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'staffride' has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
