"""The written record of a conflict as a cited, runnable model.

>>> import staffride as sr                                    # doctest: +SKIP
>>> run = sr.run("karabakh-2023", replications=200, seed=1)   # doctest: +SKIP
>>> run.arrivals.quantile(0.5)                                # doctest: +SKIP

Names are loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from staffride._version import __version__
from staffride.lazy import loader

if TYPE_CHECKING:
    from staffride.api import RunInterruptedError, resume_run, run
    from staffride.api.compare import compare
    from staffride.api.region import open_region
    from staffride.api.region_forecast import forecast
    from staffride.api.region_run import run_region
    from staffride.errors import InputError, StaffrideError
    from staffride.results.run import Run, list_runs, open_run
    from staffride.scenario.region import make_region

_HOMES = {
    "__version__": "staffride._version",
    "run": "staffride.api",
    "resume_run": "staffride.api",
    "compare": "staffride.api.compare",
    "forecast": "staffride.api.region_forecast",
    "make_region": "staffride.scenario.region",
    "open_region": "staffride.api.region",
    "run_region": "staffride.api.region_run",
    "RunInterruptedError": "staffride.api",
    "open_run": "staffride.results.run",
    "list_runs": "staffride.results.run",
    "Run": "staffride.results.run",
    "StaffrideError": "staffride.errors",
    "InputError": "staffride.errors",
}

__all__ = [
    "InputError",
    "Run",
    "RunInterruptedError",
    "StaffrideError",
    "__version__",
    "compare",
    "forecast",
    "list_runs",
    "make_region",
    "open_region",
    "open_run",
    "resume_run",
    "run",
    "run_region",
]


__getattr__, __dir__ = loader(__name__, _HOMES)
