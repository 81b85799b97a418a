"""Random numbers: published known answers, statistical quality, and inverse distributions."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from staffride.engine import random as streams
from staffride.engine.random import (
    EXACT_UP_TO,
    binomial,
    exponential_ppf,
    normal_ppf,
    philox4x32,
    poisson,
    uniforms,
)

WORDS = st.integers(0, 2**32 - 1)
OPEN_UNIT = st.integers(0, 2**52 - 1).map(lambda k: (k + 0.5) / 2**52)
FALSE_ALARM = 1e-6
ALL_ONES = 0xFFFFFFFF

# Random123 (D. E. Shaw Research), tests/kat_vectors, lines "philox4x32 10": counter, key, output.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def original(kernel):
    """Return the uncompiled function of a kernel."""
    return getattr(kernel, "py_func", kernel)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_meets_the_known_answer_vectors(counter, key, expected):
    assert philox4x32(*counter, *key) == expected
    assert original(philox4x32)(*counter, *key) == expected


@given(WORDS, WORDS, WORDS, WORDS, WORDS, WORDS)
def test_philox_compiled_and_uncompiled_agree_and_stay_in_32_bits(a, b, c, d, e, f):
    block = philox4x32(a, b, c, d, e, f)
    assert block == original(philox4x32)(a, b, c, d, e, f)
    assert all(0 <= word < 2**32 for word in block)


def test_key_and_counter_stand_where_the_documentation_says():
    words = philox4x32(5, 4, 3, 6, 1, 2)
    expected = tuple((((high << 20) | (low >> 12)) + 0.5) / 2**52 for high, low in (words[:2], words[2:]))
    assert uniforms(1, 2, 3, 4, 5, 6) == expected


def test_numbers_exclude_both_ends_even_for_extreme_words():
    extremes = [original(streams._open_unit_interval)(word, word) for word in (0, ALL_ONES)]
    assert extremes == [2.0**-53, 1.0 - 2.0**-53]


@pytest.mark.parametrize("kind", [np.int32, np.uint32, np.int64, np.uint64])
def test_every_integer_type_gives_the_same_numbers(kind):
    arguments = [kind(value) for value in (7, 1, 3, 200, 2_000_000_000, 4)]
    expected = uniforms(7, 1, 3, 200, 2_000_000_000, 4)
    assert uniforms(*arguments) == expected
    assert original(uniforms)(*arguments) == expected


NAMES = ("seed", "replication", "phenomenon", "step", "entity", "draw")


def sample(varied: str, count: int, first: int = 0) -> np.ndarray:
    """Draw along one argument, the others fixed; shape (count, 2)."""
    base = dict(zip(NAMES, (20230924, 3, streams.HOUSEHOLD, 17, 5, 1), strict=True))
    return np.array([uniforms(*(base | {varied: first + index}).values()) for index in range(count)])


@pytest.mark.parametrize("varied", NAMES)
class TestQualityAlongEachArgument:
    """Neighbours in any argument must be independent: that is how the model uses the generator."""

    count = 40_000

    def test_uniform(self, varied):
        numbers = sample(varied, self.count)
        for column in numbers.T:
            assert stats.kstest(column, "uniform").pvalue > FALSE_ALARM

    def test_pairs_fill_the_square_evenly(self, varied):
        numbers = sample(varied, self.count)
        first, second = numbers.T
        for x, y in ((first, second), (first[:-1], first[1:]), (second[:-1], first[1:])):
            cells = np.histogram2d(x, y, bins=16, range=[[0, 1], [0, 1]])[0]
            assert stats.chisquare(cells.ravel()).pvalue > FALSE_ALARM

    def test_successive_numbers_are_uncorrelated(self, varied):
        numbers = sample(varied, self.count)[:, 0] - 0.5
        limit = stats.norm.isf(FALSE_ALARM / 2) / math.sqrt(self.count)
        for lag in (1, 2, 3, 7, 64):
            assert abs(12 * np.mean(numbers[lag:] * numbers[:-lag])) < limit * 1.01

    def test_every_bit_is_fair(self, varied):
        numbers = (sample(varied, self.count)[:, 0] * 2**52).astype(np.int64)
        limit = stats.norm.isf(FALSE_ALARM / 104) * math.sqrt(self.count) / 2
        for bit in range(52):
            ones = int(((numbers >> bit) & 1).sum())
            assert abs(ones - self.count / 2) < limit


def test_no_number_repeats_across_streams():
    numbers = np.concatenate([sample(name, 5_000, first=100).ravel() for name in NAMES])
    assert len(np.unique(numbers)) == len(numbers)


def test_normal_quantile_agrees_with_scipy_to_the_last_digits():
    tails = 10.0 ** -np.arange(1.0, 16.0)
    probabilities = np.concatenate([[2.0**-53], tails, np.linspace(0.001, 0.999, 999), 1.0 - tails])
    ours = np.array([normal_ppf(u) for u in probabilities])
    np.testing.assert_allclose(ours, stats.norm.ppf(probabilities), rtol=5e-15, atol=1e-16)


def test_normal_quantile_meets_the_worked_values_of_the_paper():
    # Wichura (1988), table of test values.
    assert normal_ppf(0.25) == pytest.approx(-0.6744897501960817, rel=1e-15)
    assert normal_ppf(0.001) == pytest.approx(-3.090232306167814, rel=1e-15)
    assert normal_ppf(1e-20) == pytest.approx(-9.262340089798408, rel=1e-15)


@given(OPEN_UNIT)
def test_normal_quantile_is_antisymmetric(u):
    assert normal_ppf(1.0 - u) == pytest.approx(-normal_ppf(u), rel=1e-12, abs=1e-15)


@given(OPEN_UNIT, OPEN_UNIT)
def test_quantiles_never_decrease(u, v):
    low, high = sorted((u, v))
    assert normal_ppf(low) <= normal_ppf(high)
    assert exponential_ppf(low) <= exponential_ppf(high)


@given(OPEN_UNIT)
def test_exponential_quantile_inverts_its_distribution(u):
    assert -math.expm1(-exponential_ppf(u)) == pytest.approx(u, rel=1e-14)


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.3), (7, 0.5), (100, 0.9), (1000, 0.05), (100_000, 0.0004), (90, 0.66)]
)
def test_binomial_is_the_exact_quantile_when_few_are_expected(n, p):
    grid = (np.arange(4_000) + 0.5) / 4_000
    assert [binomial(n, p, u) for u in grid] == list(stats.binom.ppf(grid, n, p))


@pytest.mark.parametrize(("n", "p"), [(130, 0.49), (200, 0.6), (5_000, 0.5), (20_000, 0.004), (25_000, 0.97)])
def test_binomial_is_within_the_documented_error_when_many_are_expected(n, p):
    assert n * min(p, 1 - p) > EXACT_UP_TO
    grid = (np.arange(20_000) + 0.5) / 20_000
    counts = np.arange(n + 1)
    drawn = np.searchsorted([binomial(n, p, u) for u in grid], counts, side="right") / len(grid)
    assert np.abs(drawn - stats.binom.cdf(counts, n, p)).max() < 5e-4


@pytest.mark.parametrize("mean", [0.01, 1.0, 12.5, 60.0])
def test_poisson_is_the_exact_quantile_when_few_are_expected(mean):
    grid = (np.arange(4_000) + 0.5) / 4_000
    assert [poisson(mean, u) for u in grid] == list(stats.poisson.ppf(grid, mean))


@pytest.mark.parametrize("mean", [60.5, 200.0, 30_000.0])
def test_poisson_is_within_the_documented_error_when_many_are_expected(mean):
    grid = (np.arange(20_000) + 0.5) / 20_000
    counts = np.arange(int(mean + 9 * math.sqrt(mean)))
    drawn = np.searchsorted([poisson(mean, u) for u in grid], counts, side="right") / len(grid)
    assert np.abs(drawn - stats.poisson.cdf(counts, mean)).max() < 5e-4


@given(st.integers(0, 50_000), st.floats(0.0, 1.0), OPEN_UNIT, OPEN_UNIT)
def test_binomial_stays_in_range_and_never_decreases_in_u(n, p, u, v):
    low, high = sorted((u, v))
    assert 0 <= binomial(n, p, low) <= binomial(n, p, high) <= n


@given(st.floats(0.0, 10_000.0), OPEN_UNIT, OPEN_UNIT)
def test_poisson_never_decreases_in_u(mean, u, v):
    low, high = sorted((u, v))
    assert 0 <= poisson(mean, low) <= poisson(mean, high)


@pytest.mark.parametrize(
    ("n", "p", "expected"), [(0, 0.5, 0), (-3, 0.5, 0), (9, 0.0, 0), (9, 1.0, 9), (9, 1.5, 9)]
)
def test_binomial_at_the_limits(n, p, expected):
    assert binomial(n, p, 0.4) == expected


def test_poisson_at_the_limits():
    assert poisson(0.0, 0.9) == 0
    assert poisson(-1.0, 0.9) == 0


PROBE = """
import json
from staffride.engine.random import *
us = [uniforms(1, 2, DEPARTURE, step, entity, 0)[0] for step in range(5) for entity in range(200)]
print(json.dumps({
    "uniform": [u.hex() for u in us],
    "normal": [normal_ppf(u).hex() for u in us],
    "exponential": [exponential_ppf(u).hex() for u in us],
    "binomial": [binomial(300, p, u) for u in us for p in (0.02, 0.4, 0.97)],
    "poisson": [poisson(mean, u) for u in us for mean in (0.3, 20.0, 400.0)],
}))
"""


def test_the_same_bits_without_compilation():
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROBE],
            env=os.environ | {"NUMBA_DISABLE_JIT": switch},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for switch in ("0", "1")
    ]
    assert json.loads(outputs[0]) == json.loads(outputs[1])
