"""Replications side by side: in order, told of, and stopped by the first error."""

from __future__ import annotations

import pytest

from staffride.engine.threads import in_threads


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_stand_in_order_and_progress_ends_at_all(count: int) -> None:
    steps: list[tuple[int, int]] = []
    assert in_threads(lambda number: number * number, count, lambda *step: steps.append(step)) == [
        number * number for number in range(count)
    ]
    assert steps[-1] == (count, count)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


@pytest.mark.parametrize("failing", [0, 3])
def test_an_error_comes_through(failing: int) -> None:
    def work(number: int) -> int:
        if number == failing:
            raise ValueError(f"replication {number}")
        return number

    with pytest.raises(ValueError, match=f"replication {failing}"):
        in_threads(work, 6)
