"""Tasks that the workers of tests/test_ensemble.py import."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from staffride.engine.random import PRIORS, uniforms


def draw_numbers(first: int, replications: int) -> np.ndarray:
    """Return one row of numbers a replication."""
    rows = range(first, first + replications)
    return np.array([[uniforms(1, row, PRIORS, 0, entity, 0)[0] for entity in range(50)] for row in rows])


@dataclass(frozen=True)
class WriteFile:
    """A task that leaves its numbers in a file and returns the path."""

    folder: Path

    def __call__(self, first: int, replications: int) -> Path:
        path = self.folder / f"{first}.npy"
        np.save(path, draw_numbers(first, replications))
        return path


@dataclass(frozen=True)
class DieAt:
    """A task whose process dies at one block: the first time only, or always."""

    block: int
    folder: Path
    always: bool = False

    def __call__(self, first: int, replications: int) -> int:
        mark = self.folder / "died"
        if first == self.block and (self.always or not mark.exists()):
            mark.touch()
            os._exit(9)
        time.sleep(0.01)
        return first


@dataclass(frozen=True)
class Sleep:
    """A task that marks its start and takes its time."""

    folder: Path
    seconds: float

    def __call__(self, first: int, replications: int) -> int:
        (self.folder / f"started-{first}").write_text(str(os.getpid()))
        time.sleep(self.seconds)
        (self.folder / f"finished-{first}").touch()
        return first


def fail(first: int, replications: int) -> None:
    """Raise an error that says which block it is."""
    raise ValueError(f"cannot run {first}")


def process_number(first: int, replications: int) -> int:
    """Return the number of the process that runs the block."""
    return os.getpid()


def has_module(first: int, replications: int) -> bool:
    """Say whether a module that nothing here imports is loaded."""
    return "wave" in sys.modules


class CannotArrive:
    """A task that can be sent but not received."""

    def __reduce__(self) -> tuple[object, ...]:
        return _import_what_is_missing, ()

    def __call__(self, first: int, replications: int) -> None:
        """Do nothing."""


def _import_what_is_missing() -> None:
    raise ModuleNotFoundError("no such module")
