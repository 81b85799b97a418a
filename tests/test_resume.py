"""Kill the run at any moment: it is completed with the same values in every cell; a block is lost at most."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fake_run import LABELS, FakeTask, begin, fill, finished_run, settings
from staffride.engine.ensemble import run_blocks
from staffride.results.folder import ChangedError, RunFolder, find_unfinished
from staffride.results.lock import LockedError, is_locked, locked
from staffride.results.manifest import NotARunError, read_manifest
from staffride.results.run import Run

TESTS = Path(__file__).parent
TABLES = ("series", "totals", "summary", "links", "events")

VICTIM = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fake_run import LABELS, begin, fill
from staffride.results import atomic

folder, calls, last = Path(sys.argv[2]), 0, int(sys.argv[3])

def deadly(name):
    real = getattr(os, name)
    def call(*arguments, **options):
        global calls
        calls += 1
        if calls == last:
            if name == "write":  # half of the content reaches the disk
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    return call

for name in ("write", "fsync", "replace"):
    setattr(atomic.os, name, deadly(name))
store = begin(folder)
for _ in range(4):
    fill(store, 1)
    print("block", flush=True)
store.assemble(LABELS)
print(calls)
"""


def run_victim(folder: Path, last: int) -> subprocess.CompletedProcess[str]:
    """Make a run in a process that kills itself at its ``last`` call of write, fsync or rename."""
    command = [sys.executable, "-c", VICTIM, str(TESTS), str(folder), str(last)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return finished_run(tmp_path_factory.mktemp("resume") / "whole")


def assert_equal_tables(one: Path, other: Path) -> None:
    for name in TABLES:
        assert (one / f"{name}.parquet").read_bytes() == (other / f"{name}.parquet").read_bytes(), name


def complete(folder: Path) -> None:
    store = RunFolder.resume(folder, settings())
    fill(store)
    store.assemble(LABELS)


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Points of death, drawn once over all writes of a run: the first and last ones and some between."""
    alive = run_victim(tmp_path_factory.mktemp("count") / "run", 0)
    calls = int(alive.stdout.split()[-1])
    return sorted({1, 2, 3, calls - 1, calls, *random.Random(20230924).sample(range(4, calls - 1), 11)})


def test_a_run_killed_at_any_moment_is_completed_and_loses_at_most_a_block(
    moments: list[int], tmp_path: Path, whole: Run
) -> None:
    survivors = 0
    for last in moments:
        folder = tmp_path / f"killed-at-{last}"
        killed = run_victim(folder, last)
        assert killed.returncode == -signal.SIGKILL
        if not (folder / "manifest.json").exists():
            assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == []
            continue
        survivors += 1
        store = RunFolder.resume(folder, settings())
        assert len(store.missing()) <= 4 - killed.stdout.count("block")
        complete(folder)
        assert_equal_tables(folder, whole.folder)
        assert Run(folder).status == "complete"
        assert Run(folder).verify() == []
        assert [path.name for path in folder.rglob("*.tmp")] == []
        assert not (folder / "blocks").exists()
    assert survivors >= len(moments) - 4


class TestResume:
    def test_only_the_missing_blocks_are_run_again(self, tmp_path: Path, whole: Run) -> None:
        store = begin(tmp_path / "r")
        fill(store, 2)
        again = RunFolder.resume(tmp_path / "r", settings())
        assert again.missing() == [(6, 3), (9, 1)]
        fill(again)
        again.assemble(LABELS)
        assert_equal_tables(tmp_path / "r", whole.folder)

    @pytest.mark.parametrize("damage", ["flip", "cut", "empty", "foreign"])
    def test_a_damaged_block_is_run_again(self, tmp_path: Path, whole: Run, damage: str) -> None:
        store = begin(tmp_path / "r")
        fill(store)
        victim = sorted(store.blocks.iterdir())[1]
        content = bytearray(victim.read_bytes())
        if damage == "flip":
            content[len(content) // 2] ^= 255
        elif damage == "cut":
            del content[-100:]
        elif damage == "empty":
            content.clear()
        else:
            other = begin(tmp_path / "other", seed=2)
            fill(other)
            content = bytearray((other.blocks / victim.name).read_bytes())
        victim.write_bytes(content)
        again = RunFolder.resume(tmp_path / "r", settings())
        assert again.missing() == [(3, 3)]
        fill(again)
        again.assemble(LABELS)
        assert_equal_tables(tmp_path / "r", whole.folder)

    def test_a_partial_run_can_be_used_and_completed(self, tmp_path: Path, whole: Run) -> None:
        store = begin(tmp_path / "r")
        fill(store, 2)
        assert store.assemble(LABELS, seconds=2.0) == 6
        partial = Run(tmp_path / "r")
        assert (partial.status, partial.replications) == ("partial", 6)
        np.testing.assert_array_equal(partial.arrivals.values, whole.arrivals.values[:6])
        assert "6 of 10 replications" in repr(partial)
        complete(tmp_path / "r")
        assert_equal_tables(tmp_path / "r", whole.folder)
        assert Run(tmp_path / "r").wall_seconds == 2.0

    def test_blocks_out_of_order_leave_no_trace(self, tmp_path: Path) -> None:
        store = begin(tmp_path / "r")
        task = FakeTask(1, store.blocks, store.key)
        for first, count in [(9, 1), (3, 3)]:
            task(first, count)
        store.assemble(LABELS)
        assert Run(tmp_path / "r").arrivals.replications.tolist() == [3, 4, 5, 9]

    def test_a_complete_run_has_nothing_to_do(self, tmp_path: Path) -> None:
        finished_run(tmp_path / "r")
        before = (tmp_path / "r" / "series.parquet").stat().st_mtime_ns
        assert RunFolder.resume(tmp_path / "r", settings()).missing() == []
        assert (tmp_path / "r" / "series.parquet").stat().st_mtime_ns == before

    def test_two_workers_make_the_same_bytes(self, tmp_path: Path, whole: Run) -> None:
        store = begin(tmp_path / "r")
        task = FakeTask(1, store.blocks, store.key)
        done = [result.value for result in run_blocks(task, store.missing(), workers=2)]
        assert sum(done) == 10
        store.assemble(LABELS)
        assert_equal_tables(tmp_path / "r", whole.folder)

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"seed": 2}, "the seed"),
            ({"replications": 11}, "the number of replications"),
            ({"scenario_digest": "x"}, "the scenario"),
            ({"evidence_digest": "x"}, "the facts and claims"),
            ({"code_digest": "x"}, "code"),
            ({"version": "9.9"}, "the version"),
            ({"draws_digest": "x"}, "the fit"),
            ({"origin": "x"}, "the forecast origin"),
        ],
    )
    def test_a_run_that_began_otherwise_is_refused(
        self, tmp_path: Path, change: dict[str, str], word: str
    ) -> None:
        store = begin(tmp_path / "r")
        fill(store, 1)
        with pytest.raises(ChangedError, match=word) as caught:
            RunFolder.resume(tmp_path / "r", settings(**change))
        assert caught.value.exit_code == 2
        assert len(list(store.blocks.iterdir())) == 1
        assert read_manifest(tmp_path / "r").status == "running"

    def test_the_youngest_unfinished_run_is_found(self, tmp_path: Path) -> None:
        finished_run(tmp_path / "done")
        begin(tmp_path / "fake-1")
        assert find_unfinished(tmp_path).name == "fake-1"
        assert find_unfinished(tmp_path, "fake").name == "fake-1"
        with pytest.raises(Exception, match="no unfinished run of other"):
            find_unfinished(tmp_path, "other")

    def test_a_folder_that_is_no_run_cannot_be_resumed(self, tmp_path: Path) -> None:
        with pytest.raises(NotARunError):
            RunFolder.resume(tmp_path, settings())


HOLDER = """
import sys, time
from pathlib import Path
from staffride.results.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


class TestLock:
    def test_a_second_process_is_refused_until_the_first_dies(self, tmp_path: Path) -> None:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            assert is_locked(tmp_path)
            with pytest.raises(LockedError, match="another process"), locked(tmp_path):
                pass
            os.kill(holder.pid, signal.SIGKILL)
            holder.wait()
            with locked(tmp_path):
                assert is_locked(tmp_path)
            assert not is_locked(tmp_path)
        finally:
            holder.kill()
            holder.communicate()

    def test_the_same_process_is_refused_too(self, tmp_path: Path) -> None:
        with locked(tmp_path), pytest.raises(LockedError), locked(tmp_path):
            pass
        with locked(tmp_path):
            pass

    def test_asking_leaves_no_trace(self, tmp_path: Path) -> None:
        assert not is_locked(tmp_path)
        assert list(tmp_path.iterdir()) == []
