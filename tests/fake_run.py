"""Runs without a model: numbers that depend on seed and replication only, stored as real ones are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from staffride.results.block import StoredBlock, write_block
from staffride.results.folder import RunFolder
from staffride.results.manifest import Settings
from staffride.results.run import Run
from staffride.results.tables import Labels

START = datetime(2023, 9, 24, tzinfo=timezone(timedelta(hours=4)))
HOURS = 30
LINKS = ("E01", "E02", "E03")
LABELS = Labels(START, LINKS, ("khankendi_stepanakert", "goris"), ("explosion", "first_crossing"))


def settings(replications: int = 10, seed: int = 1, block: int = 3, **changes: str) -> Settings:
    fields = {
        "scenario": "fake",
        "scenario_digest": "s",
        "evidence_digest": "e",
        "code_digest": "c",
        "draws_digest": "d",
        "mode": "posterior",
        "origin": "2023-09-24T12:00:00+04:00",
        "cutoff": "2023-09-24T12:00:00+04:00",
        "start": START.isoformat(),
        "time_zone": "Asia/Yerevan",
    } | changes
    return Settings(seed=seed, replications=replications, block=block, hours=HOURS, **fields)


def one_replication(seed: int, replication: int) -> dict[str, NDArray[np.float64]]:
    draw = np.random.default_rng((seed, replication))
    flow = draw.poisson(20.0, HOURS).astype(float)
    delay = draw.gamma(4.0, 2.0, HOURS)
    delay[flow < 16] = np.nan
    delay[0] = np.nan
    return {
        "arrivals": flow.cumsum(),
        "flow": flow,
        "delay_hours": delay,
        "shelter.total": 0.4 * flow.cumsum(),
    }


def fake_block(first: int, count: int, seed: int = 1) -> StoredBlock:
    rows = [one_replication(seed, r) for r in range(first, first + count)]
    series = {name: np.stack([row[name] for row in rows]).astype(np.float32) for name in rows[0]}
    vehicles = np.stack(
        [
            np.random.default_rng((seed, 99, r)).poisson(5.0, (HOURS, len(LINKS)))
            for r in range(first, first + count)
        ]
    ).astype(np.float32)
    numbers = np.arange(first, first + count)
    events = {
        "replication": numbers.astype(np.int32),
        "time_h": 1.5 + numbers / 4,
        "kind": (numbers % 2).astype(np.int16),
        "place": np.where(numbers % 3 == 0, -1, numbers % 2).astype(np.int16),
        "persons": numbers.astype(float),
    }
    return StoredBlock(
        first,
        count,
        series,
        {"leavers": series["arrivals"][:, -1].astype(float)},
        {"population.residents": 1000.0 + numbers},
        {"vehicles": vehicles, "queue": vehicles / 2},
        events,
    )


@dataclass(frozen=True)
class FakeTask:
    """The work of one worker, as `staffride.results.task.BlockTask` but without a model."""

    seed: int
    blocks: Path
    key: str

    def __call__(self, first: int, count: int) -> int:
        write_block(self.blocks, self.key, fake_block(first, count, self.seed))
        return count


def begin(path: Path, **choices: int) -> RunFolder:
    path.mkdir(parents=True, exist_ok=True)
    return RunFolder.begin(path, settings(**choices), "fake", ("unhcr",))


def fill(store: RunFolder, parts: int | None = None) -> None:
    """Simulate the missing blocks, or the first ``parts`` of them."""
    task = FakeTask(store.manifest.settings.seed, store.blocks, store.key)
    for first, count in store.missing()[:parts]:
        task(first, count)


def finished_run(path: Path, **choices: int) -> Run:
    store = begin(path, **choices)
    fill(store)
    store.assemble(LABELS, seconds=1.5)
    return Run(path)
