"""Runs of a campaign without a model: numbers that a test chooses, stored as those of real ones are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from staffride.results.block import StoredBlock, write_block
from staffride.results.folder import RunFolder
from staffride.results.manifest import Settings, VariantRecord
from staffride.results.run import Run
from staffride.results.tables import Labels

START = datetime(2020, 9, 27, tzinfo=timezone(timedelta(hours=4)))
Columns = Mapping[str, NDArray[np.float64]]


def fake_campaign(
    path: Path,
    series: Columns,
    totals: Columns,
    *,
    hours: int = 72,
    every_h: int = 6,
    variants: tuple[str, ...] = (),
) -> Run:
    """Store series (replications, hours / every_h) and totals (replications,) as a finished run of a campaign."""
    count = len(next(iter(series.values())))
    settings = Settings(
        scenario="fake",
        scenario_digest="s",
        evidence_digest="e",
        code_digest="c",
        draws_digest="d",
        seed=1,
        replications=count,
        mode="prior",
        origin=START.isoformat(),
        cutoff=START.isoformat(),
        start=START.isoformat(),
        hours=hours,
        time_zone="Asia/Baku",
        block=count,
        every_h=every_h,
    )
    path.mkdir(parents=True)
    records = tuple(VariantRecord(name, name) for name in variants)
    store = RunFolder.begin(path, settings, "fake", (), "campaign", records)
    kept = {name: np.asarray(values, np.float32) for name, values in series.items()}
    columns = {name: np.asarray(values, np.float64) for name, values in totals.items()}
    write_block(store.blocks, store.key, StoredBlock(0, count, kept, columns))
    store.assemble(Labels(START, every_h=every_h), seconds=1.0)
    return Run(path)
