"""Ensembles: the same numbers however they are run, and an honest end when something dies or stops."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble_tasks import CannotArrive, DieAt, Sleep, WriteFile, draw_numbers, fail, process_number
from staffride.engine.ensemble import (
    WorkerLostError,
    available_cores,
    blocks_of,
    default_start_method,
    run_blocks,
)

TESTS = Path(__file__).parent


@given(st.integers(0, 500), st.integers(1, 80), st.sets(st.integers(0, 500)))
def test_blocks_hold_every_replication_once(replications, size, finished):
    blocks = blocks_of(replications, size, finished)
    held = [first + index for first, count in blocks for index in range(count)]
    left_out = {row for start in finished if start % size == 0 for row in range(start, start + size)}
    assert held == [row for row in range(replications) if row not in left_out]


def test_blocks_of_impossible_sizes_are_refused():
    for replications, size in ((-1, 5), (5, 0)):
        with pytest.raises(ValueError, match="size of a block"):
            blocks_of(replications, size)
    with pytest.raises(ValueError, match="number of workers"):
        next(run_blocks(draw_numbers, blocks_of(4, 2), workers=0))


@pytest.fixture(scope="module")
def one_by_one():
    return np.concatenate([draw_numbers(row, 1) for row in range(40)])


@pytest.mark.parametrize(("workers", "method"), [(1, None), (2, None), (2, "spawn"), (3, "forkserver")])
def test_any_number_of_workers_gives_the_same_numbers(workers, method, one_by_one):
    results = sorted(
        run_blocks(draw_numbers, blocks_of(40, 7), workers, start_method=method), key=lambda r: r.block
    )
    assert [result.block for result in results] == list(blocks_of(40, 7))
    assert np.array_equal(np.concatenate([result.value for result in results]), one_by_one)


def test_workers_can_leave_large_results_in_files(tmp_path, one_by_one):
    results = sorted(run_blocks(WriteFile(tmp_path), blocks_of(40, 20), workers=2))
    assert np.array_equal(np.concatenate([np.load(result.value) for result in results]), one_by_one)


def test_one_worker_stays_in_this_process_and_two_do_not():
    here = {result.value for result in run_blocks(process_number, blocks_of(4, 1), workers=1)}
    elsewhere = {result.value for result in run_blocks(process_number, blocks_of(40, 1), workers=2)}
    assert here == {os.getpid()}
    assert os.getpid() not in elsewhere
    assert 1 <= len(elsewhere) <= 2


def test_each_result_is_reported_before_it_is_yielded():
    seen = []
    for result in run_blocks(process_number, blocks_of(6, 2), workers=2, on_done=seen.append):
        assert seen[-1] is result
    assert len(seen) == 3


def test_no_blocks_no_results_no_processes():
    assert list(run_blocks(fail, [], workers=2)) == []
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_the_task_reaches_the_caller(workers):
    with pytest.raises(ValueError, match="cannot run 0"):
        list(run_blocks(fail, [(0, 5)] * workers, workers=workers))
    assert multiprocessing.active_children() == []


def test_a_worker_that_dies_is_reported_and_its_block_run_again(tmp_path):
    messages = []
    results = run_blocks(DieAt(6, tmp_path), blocks_of(20, 2), workers=2, on_retry=messages.append)
    assert sorted(result.value for result in results) == list(range(0, 20, 2))
    assert len(messages) == 1
    assert "6 to 7" in messages[0]


def test_a_block_that_always_kills_its_worker_is_named(tmp_path):
    done = []
    with pytest.raises(WorkerLostError, match="died 2 times while it ran replications 6 to 7"):
        done.extend(r.value for r in run_blocks(DieAt(6, tmp_path, always=True), blocks_of(20, 2), workers=2))
    assert multiprocessing.active_children() == []


def test_a_task_that_workers_cannot_receive_is_told():
    with pytest.raises(ModuleNotFoundError, match="no such module"):
        list(run_blocks(CannotArrive(), [(0, 1), (1, 1)], workers=2))


def test_a_script_with_the_guard_can_bring_its_own_task(tmp_path):
    program = (
        "from staffride.engine.ensemble import run_blocks\n"
        "def task(first, replications): return first\n"
        "if __name__ == '__main__':\n"
        "    print(sorted(result.value for result in run_blocks(task, [(3, 1), (4, 1)], workers=2)))\n"
    )
    assert run_script(tmp_path, program) == "[3, 4]\n"


def run_script(folder: Path, program: str) -> str:
    path = folder / "script.py"
    path.write_text(program)
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    done = subprocess.run([sys.executable, path], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_a_script_without_the_main_guard_runs_once(method, tmp_path):
    program = (
        "print('script')\n"
        "from staffride.engine.ensemble import run_blocks\n"
        "from ensemble_tasks import process_number\n"
        f"print(len(list(run_blocks(process_number, [(0, 1)] * 4, workers=2, start_method='{method}'))))\n"
        "print(__file__[-9:], __spec__)\n"
    )
    assert run_script(tmp_path, program).split() == ["script", "4", "script.py", "None"]


@pytest.mark.skipif(default_start_method() != "forkserver", reason="no fork server on this platform")
def test_prepared_workers_have_their_modules_before_the_task(tmp_path):
    program = (
        "from staffride.engine.ensemble import prepare_workers, run_blocks\n"
        "prepare_workers(['wave', 'no_such_module'])\n"
        "from ensemble_tasks import has_module\n"
        "print({result.value for result in run_blocks(has_module, [(0, 1)] * 4, workers=2)})\n"
    )
    assert run_script(tmp_path, program).split() == ["{True}"]


def test_the_start_method_of_the_program_stays(tmp_path):
    program = (
        "import multiprocessing\n"
        "multiprocessing.set_start_method('fork')\n"
        "from staffride.engine.ensemble import run_blocks\n"
        "from ensemble_tasks import process_number\n"
        "list(run_blocks(process_number, [(0, 1)] * 4, workers=2))\n"
        "print(multiprocessing.get_start_method())\n"
    )
    assert run_script(tmp_path, program).split() == ["fork"]


def test_the_default_never_forks_a_process_with_threads():
    assert default_start_method() in ("forkserver", "spawn")
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


@contextlib.contextmanager
def long_run(folder: Path):
    """Start a program of two workers in its own group of processes and wait until both are at work."""
    program = (
        "from pathlib import Path\n"
        "from staffride.engine.ensemble import run_blocks\n"
        "from ensemble_tasks import Sleep\n"
        f"task = Sleep(Path({str(folder)!r}), 1.0)\n"
        "try:\n"
        "    for result in run_blocks(task, [(i, 1) for i in range(50)], workers=2): pass\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_until(lambda: len(list(folder.glob("started-*"))) >= 2)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_until(condition, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def worker_processes(folder: Path) -> set[int]:
    return {int(path.read_text()) for path in folder.glob("started-*") if path.read_text()}


def is_running(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_an_interrupt_finishes_the_blocks_in_work_and_nothing_else(tmp_path):
    with long_run(tmp_path) as process:
        os.killpg(process.pid, signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    started = {path.name.partition("-")[2] for path in tmp_path.glob("started-*")}
    finished = {path.name.partition("-")[2] for path in tmp_path.glob("finished-*")}
    assert output.split() == ["interrupted"]
    assert errors == ""
    assert started == finished
    assert 2 <= len(started) <= 4


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_workers_end_when_the_program_is_killed(tmp_path):
    with long_run(tmp_path) as process:
        workers = worker_processes(tmp_path)
        process.kill()
        process.wait()
        wait_until(lambda: not any(map(is_running, workers)), seconds=5.0)
    assert len(workers) == 2


def test_stopping_to_iterate_ends_the_workers(tmp_path):
    results = run_blocks(Sleep(tmp_path, 0.01), [(i, 1) for i in range(500)], workers=2)
    next(results)
    results.close()
    assert multiprocessing.active_children() == []
    assert len(list(tmp_path.glob("started-*"))) < 100
