"""Time of a random number and of a draw from each distribution, compiled.

Run ``python benchmarks/bench_random.py``.
"""

import time

from staffride.engine.compile import compiled
from staffride.engine.random import HOUSEHOLD, binomial, exponential_ppf, normal_ppf, poisson, uniforms

DRAWS = 2_000_000


@compiled
def sum_uniforms(count):
    """Draw pairs of uniform numbers."""
    total = 0.0
    for entity in range(count):
        first, second = uniforms(1, 2, HOUSEHOLD, 3, entity, 0)
        total += first + second
    return total


@compiled
def sum_normal(count):
    """Draw normal numbers, two from a block."""
    total = 0.0
    for entity in range(count // 2):
        first, second = uniforms(1, 2, HOUSEHOLD, 3, entity, 0)
        total += normal_ppf(first) + normal_ppf(second)
    return total


@compiled
def sum_exponential(count):
    """Draw exponential numbers, two from a block."""
    total = 0.0
    for entity in range(count // 2):
        first, second = uniforms(1, 2, HOUSEHOLD, 3, entity, 0)
        total += exponential_ppf(first) + exponential_ppf(second)
    return total


@compiled
def sum_binomial(count):
    """Draw binomial counts with a mean of 10."""
    total = 0
    for entity in range(count):
        total += binomial(100, 0.1, uniforms(1, 2, HOUSEHOLD, 3, entity, 0)[0])
    return total


@compiled
def sum_poisson(count):
    """Draw Poisson counts with a mean of 1,000."""
    total = 0
    for entity in range(count):
        total += poisson(1000.0, uniforms(1, 2, HOUSEHOLD, 3, entity, 0)[0])
    return total


def best_of(kernel, repetitions=5):
    """Return the shortest time of several, in seconds."""
    kernel(10)
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        kernel(DRAWS)
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    """Print nanoseconds per number."""
    rows = [
        ("uniform", sum_uniforms, 2),
        ("normal", sum_normal, 1),
        ("exponential", sum_exponential, 1),
        ("binomial, n p = 10", sum_binomial, 1),
        ("Poisson, mean 1,000", sum_poisson, 1),
    ]
    for name, kernel, numbers in rows:
        print(f"{name:<22} {best_of(kernel) / DRAWS / numbers * 1e9:6.1f} ns")


if __name__ == "__main__":
    main()
