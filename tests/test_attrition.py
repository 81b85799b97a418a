"""The law of attrition: what holds for all strengths, not only at worked values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closed_forms import broken
from staffride.model import attrition
from staffride.model.attrition import by_event, helmbold, integrate, size_factor

strengths = st.floats(1.0, 1e5)
rates = st.floats(1e-6, 0.1)
exponents = st.sampled_from([0.0, 1e-6, 0.1, 0.35, 0.5, 0.75, 1.0])
sizes = st.sampled_from([-1.0, 0.0, 0.2, 0.7])
hours = st.floats(0.01, 48.0)
SETTINGS = settings(max_examples=150, deadline=None)


def law(x, y, a, b, exponent, size, time):
    return integrate(x, y, a, b, exponent, size, 1000.0, time)


@SETTINGS
@given(strengths, strengths, rates, rates, exponents, sizes, hours)
def test_nobody_comes_back_and_nobody_is_below_zero(x, y, a, b, exponent, size, time):
    left = law(x, y, a, b, exponent, max(size, 0.0), time)
    assert 0.0 <= left[0] <= x
    assert 0.0 <= left[1] <= y


@SETTINGS
@given(strengths, strengths, rates, rates, exponents, st.sampled_from([0.0, 0.2]), hours)
def test_sides_are_alike(x, y, a, b, exponent, size, time):
    left, mirrored = law(x, y, a, b, exponent, size, time), law(y, x, b, a, exponent, size, time)
    assert np.allclose(left, mirrored[::-1], rtol=1e-9, atol=1e-9 * (x + y))


@SETTINGS
@given(
    strengths, strengths, rates, rates, st.sampled_from([0.1, 0.35, 0.5, 1.0]), sizes, st.floats(0.01, 3.0)
)
def test_the_constant_of_the_law_stays(x, y, a, b, exponent, size, time):
    """b x^(2 W) - a y^(2 W), whatever the size effect does to the pace."""
    left = law(x, y, a, b, exponent, size, time)
    before = b * x ** (2 * exponent) - a * y ** (2 * exponent)
    after = b * left[0] ** (2 * exponent) - a * left[1] ** (2 * exponent)
    scale = b * x ** (2 * exponent) + a * y ** (2 * exponent)
    assert abs(after - before) <= 1e-7 * scale


@SETTINGS
@given(strengths, strengths, rates, rates, exponents, st.sampled_from([0.0, 0.2, 0.7]), st.floats(0.1, 3.0))
def test_two_steps_are_one(x, y, a, b, exponent, size, time):
    whole = np.array(law(x, y, a, b, exponent, size, time))
    halves = np.array(law(*law(x, y, a, b, exponent, size, time / 2), a, b, exponent, size, time / 2))
    lost = np.array([x, y]) - whole
    assert np.all(np.abs(whole - halves) <= 2e-6 * lost.max() + 1e-9 * (x + y))


@SETTINGS
@given(strengths, strengths, rates, rates, exponents, st.floats(0.1, 3.0), st.floats(1.01, 3.0))
def test_a_stronger_enemy_takes_more_and_suffers_less(x, y, a, b, exponent, time, factor):
    """More of the enemy: no fewer own losses; a smaller share of the enemy lost. More fire: the same."""
    own, other = law(x, y, a, b, exponent, 0.0, time)
    more, larger = law(x, y * factor, a, b, exponent, 0.0, time)
    assert more <= own + 1e-9 * x
    assert larger / (y * factor) >= other / y - 1e-9
    assert law(x, y, a * factor, b, exponent, 0.0, time)[0] <= own + 1e-9 * x


@pytest.mark.parametrize("exponent", [0.0, 0.35, 1.0])
def test_without_fire_nobody_is_lost(exponent):
    assert law(100.0, 50.0, 0.0, 0.0, exponent, 0.2, 10.0) == (100.0, 50.0)
    one_sided = law(100.0, 50.0, 0.0, 0.01, exponent, 0.0, 5.0)
    assert one_sided[0] == 100.0
    assert one_sided[1] == pytest.approx(
        50.0 * math.exp(-0.05)
        if exponent == 0.0
        else (50.0**exponent - 0.01 * exponent * 100.0**exponent * 5.0) ** (1.0 / exponent)
    )


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0])
def test_without_an_enemy_nobody_is_lost(exponent):
    assert helmbold(100.0, 0.0, 1.0, 1.0, exponent, 10.0) == (100.0, 0.0)
    assert law(0.0, 100.0, 1.0, 1.0, exponent, 0.3, 10.0) == (0.0, 100.0)


def test_equal_sides_wear_each_other_down_alike():
    """At equal strength and fire every exponent gives the exponential law, to the very end."""
    for exponent in (0.0, 0.35, 1.0):
        assert law(500.0, 500.0, 0.02, 0.02, exponent, 0.0, 50.0) == pytest.approx((500.0 / math.e,) * 2)
        assert law(500.0, 500.0, 0.02, 0.02, exponent, 0.0, 1e9) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_reinforcements_between_steps_go_on_from_there():
    """x' = -a y with y kept at its strength from outside: the square law loses a y t."""
    x = 1000.0
    for _ in range(1000):
        x, _enemy = law(x, 100.0, 0.1, 1e-4, 1.0, 0.0, 0.01)
    assert x == pytest.approx(1000.0 - 0.1 * 100.0 * 10.0, rel=1e-4)


@pytest.mark.parametrize(("exponent", "factor"), [(0.0, 1.0), (0.5, 0.5), (0.2, 4.0**-0.2), (-1.0, 4.0)])
def test_size_factor(exponent, factor):
    """At 2,000 and 8,000, geometric mean 4,000, against a reference of 1,000."""
    assert size_factor(2000.0, 8000.0, exponent, 1000.0) == pytest.approx(factor)


def test_size_lowers_the_share_lost():
    """Ten times both sides with a size exponent of 0.3: the share lost in an hour falls by 10^-0.3."""
    small, large = (1.0 - law(size, size, 1e-4, 1e-4, 0.35, 0.3, 1.0)[0] / size for size in (100.0, 1000.0))
    assert large / small == pytest.approx(10.0**-0.3, rel=1e-3)


@SETTINGS
@given(st.integers(0, 30), st.integers(0, 30), exponents, st.floats(0.1, 20.0), st.integers(0, 1000))
def test_events_are_whole_losses(x, y, exponent, time, replication):
    left = by_event(1, replication, 0, 0, x, y, 0.1, 0.1, exponent, 0.2, 10.0, time)
    assert 0 <= left[0] <= x
    assert 0 <= left[1] <= y
    assert left == by_event(1, replication, 0, 0, x, y, 0.1, 0.1, exponent, 0.2, 10.0, time)
    if x == 0 or y == 0:
        assert left == (x, y)


@pytest.mark.parametrize(("exponent", "size"), [(1.0, 0.0), (0.5, 0.0), (0.35, 0.3)])
def test_many_events_follow_the_integral(exponent, size):
    """Mean of n = 300 chains of 2,000 v 1,500 over 10 h at 0.02: within 4 standard errors and 0.1 % of the integral."""
    chains = np.array(
        [by_event(1, n, 0, 0, 2000, 1500, 0.02, 0.02, exponent, size, 1000.0, 10.0) for n in range(300)]
    )
    exact = np.array(integrate(2000.0, 1500.0, 0.02, 0.02, exponent, size, 1000.0, 10.0))
    error = chains.std(axis=0, ddof=1) / math.sqrt(300)
    assert np.all(error < 1e-3 * exact)
    assert np.all(np.abs(chains.mean(axis=0) - exact) <= 4.0 * error)


def test_the_chain_has_no_memory():
    """One step of 6 h and six of 1 h: the same mean loss of 40 v 30, n = 4,000, within 4 standard errors."""
    whole = np.array(
        [40 - by_event(1, n, 0, 0, 40, 30, 0.05, 0.05, 1.0, 0.0, 1.0, 6.0)[0] for n in range(4000)]
    )
    parts = np.empty(4000)
    for n in range(4000):
        left = (40, 30)
        for step in range(1, 7):
            left = by_event(1, n, step, 0, *left, 0.05, 0.05, 1.0, 0.0, 1.0, 1.0)
        parts[n] = 40 - left[0]
    error = math.hypot(whole.std(), parts.std()) / math.sqrt(4000)
    assert abs(whole.mean() - parts.mean()) <= 4.0 * error


@pytest.mark.parametrize(
    ("right", "wrong", "check"),
    [
        ("grown - b * worn / balance", "grown - b * worn * balance", "test_the_constant_of_the_law_stays"),
        ("x, y = helmbold(x, y, a, b, exponent, step *", "x, y = helmbold(x, y, b, a, exponent, step *",
         "test_the_constant_of_the_law_stays"),
        ("time += exponential_ppf(wait) / (loss_x + loss_y)", "time += 1.0 / (loss_x + loss_y)",
         "test_the_chain_has_no_memory"),
        ("return math.exp(-size_exponent", "return 1.0 + 0.0 * math.exp(-size_exponent",
         "test_size_lowers_the_share_lost"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_noticed(right, wrong, check, monkeypatch):
    module = broken(attrition, right, wrong)
    for name in ("helmbold", "integrate", "by_event", "size_factor"):
        monkeypatch.setitem(globals(), name, getattr(module, name))
    with pytest.raises(BaseException):  # noqa: B017, PT011 (Hypothesis may raise a group)
        globals()[check]()
