"""Runs with policies that need neither a model nor a folder: columns that a test chooses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import normal_ppf, uniforms
from staffride.results.manifest import VariantRecord
from staffride.results.paired import variant_column

Columns = Mapping[str, NDArray[np.float64]]
END_H = 240.0


def keyed_normal(n: int, stream: int) -> NDArray[np.float64]:
    """Standard normal numbers by inversion of uniform ones that their keys alone give."""
    return np.array([normal_ppf(uniforms(20200927, r, 1, stream, 0, 0)[0]) for r in range(n)])


class FakeTable:
    def __init__(self, columns: Columns) -> None:
        self.kept = {name: np.asarray(column, np.float64) for name, column in columns.items()}

    def read(self, *names: str) -> dict[str, NDArray[np.float64]]:
        return {name: self.kept[name] for name in names or self.kept}

    def __iter__(self) -> Iterator[str]:
        return iter(self.kept)


@dataclass
class FakeRun:
    """What a comparison reads of a run: totals of the baseline, those of policies, and drawn parameters."""

    baseline: Columns
    policies: Mapping[str, Columns]
    drawn: Columns = field(default_factory=dict)
    kind: str = "campaign"
    scenario: str = "fake"
    seed: int = 1
    scenario_folder: Path = Path("there-is-none")

    @property
    def totals(self) -> FakeTable:
        columns = dict(self.baseline) | dict(self.drawn)
        for policy, changed in self.policies.items():
            columns |= {
                variant_column(name, policy): changed.get(name, column)
                for name, column in self.baseline.items()
            }
        return FakeTable(columns)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.drawn)

    @property
    def total_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.totals if name not in self.drawn)

    @property
    def variants(self) -> tuple[VariantRecord, ...]:
        return tuple(VariantRecord(policy, policy) for policy in self.policies)

    @property
    def replications(self) -> int:
        return len(next(iter(self.baseline.values())))

    @property
    def manifest(self) -> SimpleNamespace:
        return SimpleNamespace(kind=self.kind, settings=SimpleNamespace(hours=END_H))
