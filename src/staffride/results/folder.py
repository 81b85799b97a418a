"""The folder of a run while it is being made: blocks come in, tables come out, and a kill loses little.

The order of writing is what makes a run safe: the manifest first, then each block as it is finished, then the
tables, then the manifest again with ``complete`` and all checksums, and only then are the blocks removed.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from staffride.errors import StaffrideError
from staffride.results.atomic import remove_leftovers, storage_errors
from staffride.results.block import SUFFIX, DamagedBlockError, StoredBlock, read_block
from staffride.results.manifest import (
    MANIFEST_NAME,
    Manifest,
    Settings,
    Status,
    VariantRecord,
    new_manifest,
    now,
    read_manifest,
    record_files,
    write_manifest,
)
from staffride.results.new_folder import refusal
from staffride.results.tables import Labels, write_tables

BLOCKS_NAME = "blocks"
SCENARIO_NAME = "scenario"

_MEANINGS = {
    "version": "the version of staffride",
    "code_digest": "the program's own code",
    "scenario": "the scenario",
    "scenario_digest": "the scenario",
    "evidence_digest": "the facts and claims",
    "draws_digest": "the fit that the parameters are drawn from",
    "seed": "the seed",
    "replications": "the number of replications",
    "mode": "the choice of prior or posterior",
    "origin": "the forecast origin",
    "block": "the size of a block",
    "variants": "the choice of variants",
}


class ChangedError(StaffrideError):
    """A run cannot be resumed because what determines its numbers has changed since it began."""

    exit_code = 2


class RunFolder:
    """A run folder that is being written.

    Parameters
    ----------
    path
        The folder; it exists and is locked by this process.
    manifest
        What it holds.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def begin(
        cls,
        path: Path,
        settings: Settings,
        source: str = "",
        sources: tuple[str, ...] = (),
        kind: str = "displacement",
        variants: tuple[VariantRecord, ...] = (),
    ) -> RunFolder:
        """Start a run in ``path``; the other arguments as in `Manifest`.

        Raises
        ------
        StorageError
            The folder cannot be written to.
        """
        folder = cls(path, new_manifest(settings, source, sources, kind, variants))
        write_manifest(path, folder.manifest)
        with storage_errors(folder.blocks):
            folder.blocks.mkdir(exist_ok=True)
        return folder

    @classmethod
    def resume(cls, path: Path, settings: Settings) -> RunFolder:
        """Take up the run in ``path`` again.

        Raises
        ------
        NotARunError
            The folder holds no run.
        ChangedError
            What determines the numbers is not what it was when the run began.
        """
        folder = cls(path, read_manifest(path))
        changes = folder.manifest.settings.changes(settings)
        if changes:
            raise ChangedError(_what_changed(path, changes))
        if folder.manifest.status == "complete":
            folder._remove_blocks()
        else:
            with storage_errors(folder.blocks):
                folder.blocks.mkdir(exist_ok=True)
        for place in (path, folder.blocks, folder.scenario):
            remove_leftovers(place)
        return folder

    @property
    def blocks(self) -> Path:
        """Return the folder of the blocks."""
        return self.path / BLOCKS_NAME

    @property
    def scenario(self) -> Path:
        """Return the folder of the resolved scenario."""
        return self.path / SCENARIO_NAME

    @property
    def key(self) -> str:
        """Return the word that every block of this run carries."""
        return self.manifest.settings.key()

    def finished(self) -> list[StoredBlock]:
        """Return the whole blocks in the order of their replications; damaged ones are removed."""
        blocks = []
        for path in sorted(self.blocks.glob(f"*{SUFFIX}")):
            try:
                blocks.append(read_block(path, self.key))
            except DamagedBlockError:
                path.unlink(missing_ok=True)
        return blocks

    def missing(self) -> list[tuple[int, int]]:
        """Return (first, count) of every block that still has to be run."""
        if self.manifest.status == "complete":
            return []
        settings = self.manifest.settings
        done = {(block.first, block.count) for block in self.finished()}
        return [part for part in partition(settings.replications, settings.block) if part not in done]

    def assemble(self, labels: Labels, seconds: float = 0.0) -> int:
        """Write the tables from the finished blocks and return the number of their replications.

        The status becomes ``complete`` when no block is missing, and ``partial`` otherwise.

        Raises
        ------
        StorageError
            The tables could not be written; the blocks are intact and the run can be resumed.
        """
        if self.manifest.status == "complete":
            return self.manifest.finished
        blocks = self.finished()
        count = sum(block.count for block in blocks)
        if blocks:
            write_tables(self.path, blocks, labels)
            self.manifest = replace(self.manifest, parameters=tuple(blocks[0].parameters))
        complete = count == self.manifest.settings.replications
        self.record("complete" if complete else "partial", finished=count, seconds=seconds)
        if complete:
            self._remove_blocks()
        return count

    def record(self, status: Status | None = None, finished: int | None = None, seconds: float = 0.0) -> None:
        """Write the manifest anew, with the checksums of the files as they are now."""
        self.manifest = replace(
            self.manifest,
            status=status or self.manifest.status,
            finished=self.manifest.finished if finished is None else finished,
            ended=now(),
            wall_seconds=round(self.manifest.wall_seconds + seconds, 3),
            files=record_files(self.path),
        )
        write_manifest(self.path, self.manifest)

    def _remove_blocks(self) -> None:
        with contextlib.suppress(OSError):
            shutil.rmtree(self.blocks)


def partition(replications: int, size: int) -> list[tuple[int, int]]:
    """Return (first, count) of the blocks of ``size`` that make up ``replications``.

    >>> partition(5, 2)
    [(0, 2), (2, 2), (4, 1)]
    """
    return [(first, min(size, replications - first)) for first in range(0, replications, size)]


def find_unfinished(parent: Path, scenario: str | None = None) -> Path:
    """Return the youngest run in ``parent`` that is not complete, of ``scenario`` where one is named.

    Raises
    ------
    InputError
        There is none.
    """
    found = [
        (manifest.started, path)
        for path, manifest in manifests(parent)
        if manifest.status != "complete" and scenario in (None, manifest.settings.scenario)
    ]
    if not found:
        which = f" of {scenario}" if scenario else ""
        raise refusal(
            f"no unfinished run{which} in {parent}", "the folder of a run", "list runs with: staffride runs"
        )
    return max(found)[1]


def manifests(parent: Path) -> Iterable[tuple[Path, Manifest]]:
    """Yield folder and manifest of every readable run in ``parent``, by name."""
    if not parent.is_dir():
        return
    for path in sorted(parent.iterdir()):
        if (path / MANIFEST_NAME).is_file():
            with contextlib.suppress(StaffrideError):
                yield path, read_manifest(path)


def _what_changed(path: Path, names: list[str]) -> str:
    meanings = list(dict.fromkeys(_MEANINGS.get(name, name) for name in names))
    return (
        f"{path} cannot be resumed: {', '.join(meanings)} changed since the run began, and mixed results "
        "would mean nothing. What was finished is intact. Start a new run, or resume with what it began with."
    )
