"""The Python interface: run a scenario, open a run, list runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staffride.lazy import loader

if TYPE_CHECKING:
    from staffride.api.request import Request
    from staffride.api.running import Quiet, resume_run, run
    from staffride.api.steps import RunInterruptedError, execute
    from staffride.results.run import list_runs, open_run

_HOMES = {
    "Quiet": "staffride.api.running",
    "Request": "staffride.api.request",
    "RunInterruptedError": "staffride.api.steps",
    "execute": "staffride.api.steps",
    "list_runs": "staffride.results.run",
    "open_run": "staffride.results.run",
    "resume_run": "staffride.api.running",
    "run": "staffride.api.running",
}

__all__ = [
    "Quiet",
    "Request",
    "RunInterruptedError",
    "execute",
    "list_runs",
    "open_run",
    "resume_run",
    "run",
]

__getattr__, __dir__ = loader(__name__, _HOMES)
