"""Order by time: the same order as a stable general sort, whatever the times."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.engine.sorting import order_by_time

ANY_TIME = st.floats(allow_nan=False)
CLOSE_TOGETHER = st.sampled_from([0.0, 5e-324, 1e-310, 1.0, 1.0 + 2**-52, 1.0 + 2**-51])


def stable_order(times):
    """Finite times in order, then the others as they came."""
    finite = np.isfinite(times)
    return np.concatenate(
        (np.flatnonzero(finite)[np.argsort(times[finite], kind="stable")], np.flatnonzero(~finite))
    )


@given(
    st.one_of(
        st.lists(ANY_TIME, max_size=60),
        st.lists(CLOSE_TOGETHER, max_size=60),
        st.lists(st.integers(0, 5).map(float), max_size=60),
        st.lists(st.sampled_from([math.inf, -math.inf, math.nan, 3.0, 2.0]), max_size=30),
    )
)
def test_order_is_that_of_a_stable_sort(times):
    array = np.array(times, np.float64)
    assert np.array_equal(order_by_time(array), stable_order(array))


@pytest.mark.parametrize(
    "shape", ["uniform", "gamma", "one far away", "all equal", "ascending", "descending"]
)
def test_order_of_many(shape):
    generator = np.random.default_rng(1)
    times = {
        "uniform": generator.uniform(0, 264, 20_000),
        "gamma": generator.gamma(3, 14, 20_000),
        "one far away": np.append(generator.uniform(0, 264, 19_999), 1e5),
        "all equal": np.full(20_000, 7.0),
        "ascending": np.linspace(0, 264, 20_000),
        "descending": np.linspace(264, 0, 20_000),
    }[shape]
    assert np.array_equal(order_by_time(times), stable_order(times))
