"""Disks fill up, folders cannot be written, files are damaged: a clear error, and earlier results intact."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fake_run import LABELS, FakeTask, begin, fill, finished_run, settings
from staffride.engine.ensemble import run_blocks
from staffride.errors import InputError, StaffrideError
from staffride.results import atomic
from staffride.results.atomic import StorageError, replacing, storage_failure, write_text
from staffride.results.folder import RunFolder
from staffride.results.new_folder import make_folder
from staffride.results.run import Run

TESTS = Path(__file__).parent
Fault = Callable[[str, int, int], None]


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    """Let call number ``when`` of a system call of the store fail with ``code``, and all later ones."""

    def arm(name: str, when: int, code: int) -> None:
        real, calls = getattr(os, name), 0

        def call(*arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls >= when:
                raise OSError(code, os.strerror(code))
            return real(*arguments, **options)

        monkeypatch.setattr(atomic.os, name, call)

    yield arm
    monkeypatch.undo()


def snapshot(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


class TestAtomicWriting:
    @pytest.mark.parametrize("call", ["write", "fsync", "replace"])
    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (errno.ENOSPC, "the disk is full; free some space"),
            (errno.EDQUOT, "quota"),
            (errno.EROFS, "read-only"),
            (errno.EACCES, "no permission"),
            (errno.EIO, "the disk reports an error"),
        ],
    )
    def test_a_failed_write_leaves_the_old_file_and_no_other(
        self, tmp_path: Path, fault: Fault, call: str, code: int, words: str
    ) -> None:
        target = tmp_path / "scores.json"
        write_text(target, "old")
        fault(call, 1, code)
        with pytest.raises(StorageError, match=words) as caught:
            write_text(target, "new")
        assert "scores.json" in str(caught.value)
        assert snapshot(tmp_path) == {"scores.json": b"old"}

    def test_an_error_of_the_program_leaves_no_file_either(self, tmp_path: Path) -> None:
        def write_half() -> None:
            with replacing(tmp_path / "a") as temporary:
                temporary.write_text("half")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_half()
        assert list(tmp_path.iterdir()) == []

    def test_it_reaches_the_user_from_a_worker(self) -> None:
        error = storage_failure(Path("a"), OSError(errno.ENOSPC, "No space left on device"))
        assert str(pickle.loads(pickle.dumps(error))) == str(error)

    def test_short_writes_are_continued(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real = os.write
        monkeypatch.setattr(atomic.os, "write", lambda fd, data: real(fd, bytes(data)[:3]))
        write_text(tmp_path / "a", "a longer text")
        monkeypatch.undo()
        assert (tmp_path / "a").read_text() == "a longer text"


def work(store: RunFolder, stored: list[str]) -> None:
    """Make a run block by block, and note in ``stored`` which blocks are finished."""
    for _ in range(4):
        fill(store, 1)
        stored[:] = [path.name for path in store.blocks.iterdir()]
    store.assemble(LABELS)


class TestFullDisk:
    """A run meets a full disk at each of its writes in turn, then space is freed and it goes on."""

    @pytest.mark.parametrize("when", [1, 2, 3, 4, 6, 8, 9, 10])
    @pytest.mark.parametrize("call", ["write", "fsync", "replace"])
    def test_nothing_finished_is_lost(
        self, tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch, call: str, when: int
    ) -> None:
        store, stored = begin(tmp_path / "r"), list[str]()
        fault(call, when, errno.ENOSPC)
        with pytest.raises(StaffrideError, match="disk is full") as caught:
            work(store, stored)
        assert caught.value.exit_code == 1
        assert list(tmp_path.rglob("*.tmp")) == []
        assert set(stored) <= {path.name for path in store.blocks.iterdir()}
        monkeypatch.undo()
        again = RunFolder.resume(tmp_path / "r", settings())
        fill(again)
        again.assemble(LABELS)
        whole = finished_run(tmp_path / "whole").folder
        for file in whole.glob("*.parquet"):
            assert (tmp_path / "r" / file.name).read_bytes() == file.read_bytes()

    def test_a_full_disk_in_a_worker_process_is_told(self, tmp_path: Path) -> None:
        store = begin(tmp_path / "r")
        store.blocks.rmdir()
        store.blocks.write_text("a file where the folder was")
        with pytest.raises(StorageError, match="not a folder"):
            list(run_blocks(FakeTask(1, store.blocks, store.key), [(0, 3), (3, 3)], workers=2))

    def test_a_table_that_cannot_be_replaced_stays(self, tmp_path: Path, fault: Fault) -> None:
        store = begin(tmp_path / "r")
        fill(store, 2)
        store.assemble(LABELS)
        before = snapshot(tmp_path / "r")
        again = RunFolder.resume(tmp_path / "r", settings())
        fault("replace", 1, errno.ENOSPC)
        with pytest.raises(StorageError):
            again.assemble(LABELS)
        assert snapshot(tmp_path / "r") == before
        assert Run(tmp_path / "r").verify() == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fake_run import LABELS, begin, fill
from staffride.errors import StaffrideError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = begin(Path(sys.argv[2]), replications=60)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    fill(store)
    store.assemble(LABELS)
except StaffrideError as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit on the size of a file")
@pytest.mark.parametrize(("limit", "file"), [(4000, ".block"), (12000, "series.parquet")])
def test_the_system_itself_refuses_to_write(tmp_path: Path, limit: int, file: str) -> None:
    """No mock: the kernel limits how large a file may grow, first under a block, then under a table."""
    command = [sys.executable, "-c", LIMITED, str(TESTS), str(tmp_path / "r"), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert file in done.stdout
    assert "could not write" in done.stdout
    assert [path.name for path in (tmp_path / "r").rglob("*.tmp")] == []
    again = RunFolder.resume(tmp_path / "r", settings(replications=60))
    assert len(again.missing()) == (20 if file == ".block" else 0)


class TestFolder:
    @pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions work otherwise on this system")
    def test_an_unwritable_folder_is_told(self, tmp_path: Path, fault: Fault) -> None:
        target = tmp_path / "locked"
        target.mkdir()
        if os.geteuid() == 0:  # the administrator may write anywhere, so let the system call refuse
            fault("write", 1, errno.EACCES)
            with pytest.raises(StorageError, match="no permission"):
                RunFolder.begin(target, settings())
        else:
            target.chmod(0o500)
            with pytest.raises(StorageError, match="no permission"):
                RunFolder.begin(target, settings())
            target.chmod(0o700)
        assert list(target.iterdir()) == []

    def test_a_file_in_the_path_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("")
        with pytest.raises(StorageError, match="not a folder"):
            make_folder(tmp_path / "a" / "b")
        with pytest.raises(InputError, match="is a file"):
            make_folder(tmp_path / "a")

    def test_a_folder_with_other_files_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.docx").write_text("ten years of work")
        with pytest.raises(InputError, match="holds other files"):
            make_folder(tmp_path)
        assert snapshot(tmp_path) == {"thesis.docx": b"ten years of work"}

    def test_a_folder_with_a_run_is_left_alone(self, tmp_path: Path) -> None:
        finished_run(tmp_path / "r")
        before = snapshot(tmp_path / "r")
        with pytest.raises(InputError, match=r"already holds a run.*--resume"):
            make_folder(tmp_path / "r")
        assert snapshot(tmp_path / "r") == before

    def test_a_folder_of_a_run_that_died_at_once_is_used(self, tmp_path: Path) -> None:
        (tmp_path / ".lock").touch()
        (tmp_path / ".manifest.json.4711.tmp").write_text("{")
        make_folder(tmp_path)

    def test_a_read_only_block_is_read(self, tmp_path: Path) -> None:
        store = begin(tmp_path / "r")
        fill(store)
        for path in store.blocks.iterdir():
            path.chmod(0o400)
        assert store.assemble(LABELS) == 10
        assert Run(tmp_path / "r").status == "complete"
