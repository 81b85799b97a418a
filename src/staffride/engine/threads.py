"""Replications side by side in threads, for kernels that release Python's lock and share what they only read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

from staffride.engine.ensemble import available_cores

Result = TypeVar("Result")


def in_threads(
    work: Callable[[int], Result], count: int, advance: Callable[[int, int], None] | None = None
) -> list[Result]:
    """Return ``work(0)`` to ``work(count - 1)`` in order, several of them at a time.

    The first is done alone, so that its kernels are compiled once.

    Parameters
    ----------
    work
        Must depend on its argument only, and change nothing that another call reads.
    count
        How many calls.
    advance
        Called with the number of finished calls and of all.
    """
    told = advance or (lambda _done, _all: None)
    results = {0: work(0)} if count else {}
    told(len(results), count)
    with ThreadPoolExecutor(available_cores()) as pool:
        waiting = {pool.submit(work, number): number for number in range(1, count)}
        try:
            for finished in as_completed(waiting):
                results[waiting[finished]] = finished.result()
                told(len(results), count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [results[number] for number in range(count)]
