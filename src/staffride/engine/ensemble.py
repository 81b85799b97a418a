"""Run an ensemble in blocks of replications on several processor cores, with the same result for any number.

A worker is a process that receives the task once, then blocks.  Processes are started by ``forkserver`` on
Linux and ``spawn`` elsewhere: a plain fork would copy locks that threads of the caller hold.  The start
method of the caller's own program is never changed.

The start of a worker and its imports cost most of a second of one core.  `prepare_workers` does that while
the program still reads its scenario, which takes longer.  Blocks of 25 to 50 replications keep all cores
busy to the end and lose little when a run is interrupted.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from staffride.errors import StaffrideError

Result = TypeVar("Result")
StartMethod = Literal["forkserver", "spawn"]

BLOCK_SIZE = 25
"""Replications in a block unless told otherwise."""

_ATTEMPTS = 2
_WARM = "staffride.engine.warm"


class BlockRange(NamedTuple):
    """Replications ``first`` to ``first + replications - 1``."""

    first: int
    replications: int

    def __str__(self) -> str:
        """Return the range for a message, counted as in the results."""
        return f"{self.first} to {self.first + self.replications - 1}"


class BlockResult(NamedTuple, Generic[Result]):
    """What the task returned for one block."""

    block: BlockRange
    value: Result


Results = Generator[BlockResult[Result], None, None]


class WorkerLostError(StaffrideError):
    """A worker process died twice on the same block of replications."""


def blocks_of(
    replications: int, size: int = BLOCK_SIZE, finished: Iterable[int] = ()
) -> tuple[BlockRange, ...]:
    """Cut replications 0 to ``replications - 1`` into blocks that start at multiples of ``size``.

    Parameters
    ----------
    replications
        How many in all.
    size
        Replications in a block; the last may be shorter.
    finished
        First replications of blocks that are already done and are left out.

    Raises
    ------
    ValueError
        ``replications`` is negative or ``size`` is not positive.
    """
    if replications < 0 or size < 1:
        raise ValueError("replications must be zero or more and the size of a block one or more")
    done = set(finished)
    starts = (first for first in range(0, replications, size) if first not in done)
    return tuple(BlockRange(first, min(size, replications - first)) for first in starts)


def available_cores() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_start_method() -> StartMethod:
    """Return how workers start on this platform: ``forkserver`` on Linux, ``spawn`` elsewhere."""
    return "forkserver" if sys.platform == "linux" else "spawn"


def prepare_workers(modules: Sequence[str]) -> None:
    """Begin to import modules in the background, in a process from which workers are forked later.

    Returns at once; `run_blocks` does the same if nobody did, but then there is nothing to do meanwhile.  Has
    no effect where workers do not start by ``forkserver``, or when the program has a fork server already.

    Parameters
    ----------
    modules
        Names of modules that the task needs; one that cannot be imported is left to the workers.
    """
    if default_start_method() != "forkserver":
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload([*modules, _WARM])
    with _main_module_hidden(), _interrupts_kept_back():
        forkserver.ensure_running()


def run_blocks(
    task: Callable[[int, int], Result],
    blocks: Sequence[tuple[int, int]],
    workers: int | None = None,
    start_method: StartMethod | None = None,
    on_done: Callable[[BlockResult[Result]], None] | None = None,
    on_retry: Callable[[str], None] | None = None,
) -> Results[Result]:
    """Call ``task(first, count)`` for every block and yield results as they are ready.

    With one worker everything happens in this process, in order.  Otherwise the order may vary; what is
    computed does not, as long as the task depends on the replications' numbers only.

    When the caller is interrupted or stops to iterate, no new block starts, those in work are finished, and
    the workers end.  Workers also end when this process dies.

    Parameters
    ----------
    task
        Sent to each worker once: a function or object that can be pickled, best one defined in a module; a
        script that defines its own needs the guard ``if __name__ == "__main__"``.  It should write large
        arrays to a file itself, or return arrays of modest size.
    blocks
        First replication and number of replications of each block.
    workers
        Number of processes; all available cores if ``None``.
    start_method
        ``forkserver`` or ``spawn``; see `default_start_method`.
    on_done
        Called in this process with each result before it is yielded, for example to move a progress bar.
    on_retry
        Called with a message when a worker has died and its block is given to another.

    Yields
    ------
    BlockResult
        The block and what the task returned for it.

    Raises
    ------
    WorkerLostError
        A worker died on a block, and on it again.
    Exception
        Whatever the task raises, at once.
    """
    ranges = [BlockRange(*block) for block in blocks]
    processes = min(available_cores() if workers is None else workers, max(1, len(ranges)))
    if processes < 1:
        raise ValueError("the number of workers must be one or more")
    if processes == 1:
        results: Results[Result] = _run_here(task, ranges)
    else:
        pool = _Pool(task, processes, start_method or default_start_method(), on_retry or (lambda _: None))
        results = pool.run(ranges)
    with contextlib.closing(results):
        for result in results:
            if on_done is not None:
                on_done(result)
            yield result


def _run_here(task: Callable[[int, int], Result], ranges: Sequence[BlockRange]) -> Results[Result]:
    """Run the blocks one after another in this process."""
    for block in ranges:
        yield BlockResult(block, task(*block))


class _Pool(Generic[Result]):
    """Workers that are started anew when one of them dies.

    A broken pool does not tell which of the blocks in work killed it.  So these are suspects, and each is
    tried again alone: the innocent ones are finished, the guilty one is found.
    """

    def __init__(
        self,
        task: Callable[[int, int], Result],
        processes: int,
        start_method: StartMethod,
        on_retry: Callable[[str], None],
    ) -> None:
        self._pickled_task = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
        in_script = b"__main__" in self._pickled_task
        self._around_start: Callable[[], contextlib.AbstractContextManager[None]]
        self._around_start = contextlib.nullcontext if in_script else _main_module_hidden
        self._processes = processes
        self._context = multiprocessing.get_context(start_method)
        if start_method == "forkserver":
            prepare_workers(() if in_script else (task.__module__,))
        self._on_retry = on_retry
        self._executor = self._new_executor()

    def _new_executor(self) -> ProcessPoolExecutor:
        """Return an executor whose processes will start when the first blocks are given to them."""
        return ProcessPoolExecutor(
            self._processes, self._context, initializer=_start_worker, initargs=(self._pickled_task,)
        )

    def run(self, ranges: Sequence[BlockRange]) -> Results[Result]:
        """Yield the results of all blocks."""
        untried, suspects = deque(ranges), deque[BlockRange]()
        try:
            while untried or suspects:
                if suspects:
                    yield self._run_suspect(suspects.popleft())
                else:
                    yield from self._run_until_broken(untried, suspects)
        finally:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def _run_until_broken(self, untried: deque[BlockRange], suspects: deque[BlockRange]) -> Results[Result]:
        """Yield results until all is done or a worker dies; then leave the blocks in work as suspects."""
        running: dict[Future[Result], BlockRange] = {}
        while (untried or running) and not suspects:
            # One more than there are workers, so that none waits for this process.
            while untried and len(running) <= self._processes and not suspects:
                self._submit(untried.popleft(), running, suspects)
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                block = running.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    suspects.append(block)
                else:
                    yield BlockResult(block, future.result())
        if suspects:
            suspects.extend(running.values())
            self._replace_workers(suspects)

    def _submit(
        self,
        block: BlockRange,
        running: dict[Future[Result], BlockRange],
        suspects: deque[BlockRange],
    ) -> None:
        """Give a block to the workers; if one has just died, the block waits with the suspects."""
        try:
            running[self._start(block)] = block
        except BrokenProcessPool:
            suspects.append(block)

    def _start(self, block: BlockRange) -> Future[Result]:
        """Put a block into the queue of the workers; this is also where new processes start."""
        with self._around_start(), _interrupts_kept_back():
            return self._executor.submit(_run_block, block)

    def _run_suspect(self, block: BlockRange) -> BlockResult[Result]:
        """Run one block alone; a worker that dies now died of this block."""
        try:
            return BlockResult(block, self._start(block).result())
        except BrokenProcessPool:
            raise WorkerLostError(
                f"a worker process died {_ATTEMPTS} times while it ran replications {block}; "
                "often the machine has run out of memory: try fewer workers"
            ) from None

    def _replace_workers(self, suspects: Iterable[BlockRange]) -> None:
        """Start new workers in place of the broken pool, and say so."""
        names = ", ".join(str(block) for block in sorted(suspects))
        self._on_retry(f"a worker process died; trying again replications {names}")
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._new_executor()


@contextlib.contextmanager
def _main_module_hidden() -> Iterator[None]:
    """Start workers without running the user's script again in each.

    Python would import the script in every new process, so a script that starts a run without the guard
    ``if __name__ == "__main__"`` would start itself again.  A task that lives in a module can do without.
    """
    main = sys.modules["__main__"]
    hidden = {name: getattr(main, name) for name in ("__spec__", "__file__") if hasattr(main, name)}
    try:
        for name in hidden:
            setattr(main, name, None)
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)


@contextlib.contextmanager
def _interrupts_kept_back() -> Iterator[None]:
    """Start workers that never see Ctrl-C, not even while they import: a new process inherits the mask."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _NoTask:
    """Stands for a task that could not be received: raises the reason when a block is given."""

    def __init__(self, reason: BaseException) -> None:
        self._reason = reason

    def __call__(self, *_block: int) -> None:
        raise self._reason


_task: Callable[[int, int], Any] = _NoTask(RuntimeError("a block came before the task"))


def _start_worker(pickled_task: bytes) -> None:
    """Receive the task; leave Ctrl-C to the parent; end when the parent ends."""
    global _task
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _task = pickle.loads(pickled_task)
    except Exception as reason:
        _task = _NoTask(reason)


def _end_with_parent() -> None:
    """Wait until the parent process has ended, then end at once, even in the middle of a block."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _run_block(block: BlockRange) -> Any:  # noqa: ANN401  whatever the task returns
    """Run one block in a worker."""
    return _task(*block)
