"""Combat on the ground against the closed forms of the literature, on the code that the campaign runs.

Each check names its configuration. Those of `fight` use the limiting case `PLAIN`: every factor one, no size effect, no
break points, cohesion and supply without effect; what a check changes it says. `TestBroken` shows that the checks fail
when a rule is broken.

References: Lanchester (1916); Engel (1954); Helmbold (1965); Peterson (1967); Kress and Talmor (1999).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

from battle_cases import SEED, arguments_of, field, formation, hour_of, numbers_of, plain_fight
from closed_forms import broken, mean_meets, share_meets
from staffride.model import attrition, campaign_battles
from staffride.model.campaign_kernel import in_place
from staffride.model.ground_state import DEFENCE_BROKE, GOES_ON

FOREVER = 1e6


def near(found, exact, tolerance=1e-6):
    assert np.allclose(found, exact, rtol=tolerance, atol=tolerance), (found, exact)


# --- Deterministic laws: integrate(x, y, a, b, exponent, size exponent, reference, hours) ---


def check_square(integrate=attrition.integrate):
    """100 v 60 at 0.01: 80 left at t = 69.3147; 1000 v 800, 0.02 and 0.01: 374.166 of the second left at 98.5175."""
    near(integrate(100.0, 60.0, 0.01, 0.01, 1.0, 0.0, 1.0, FOREVER), (80.0, 0.0))
    end = math.atanh(0.6) / 0.01
    near(end, 69.3147, 1e-6)
    before, after = (integrate(100.0, 60.0, 0.01, 0.01, 1.0, 0.0, 1.0, end * f) for f in (1 - 1e-6, 1 + 1e-6))
    assert before[1] > 0.0 == after[1]
    near(integrate(1000.0, 800.0, 0.02, 0.01, 1.0, 0.0, 1.0, FOREVER), (0.0, math.sqrt(140_000.0)))
    near(integrate(1000.0, 800.0, 0.02, 0.01, 1.0, 0.0, 1.0, 98.5176)[1], 374.166, 2e-6)
    assert integrate(1000.0, 800.0, 0.02, 0.01, 1.0, 0.0, 1.0, 98.5174)[0] > 0.0


def check_square_on_the_way(integrate=attrition.integrate):
    """At t = 30: x = x0 cosh(rt) - y0 sqrt(a/b) sinh(rt), whether in one step or in thirty."""
    root = math.sqrt(0.02 * 0.01)
    exact = (
        1000.0 * math.cosh(root * 30.0) - 800.0 * math.sqrt(2.0) * math.sinh(root * 30.0),
        800.0 * math.cosh(root * 30.0) - 1000.0 / math.sqrt(2.0) * math.sinh(root * 30.0),
    )
    near(integrate(1000.0, 800.0, 0.02, 0.01, 1.0, 0.0, 1.0, 30.0), exact)
    left = (1000.0, 800.0)
    for _ in range(30):
        left = integrate(*left, 0.02, 0.01, 1.0, 0.0, 1.0, 1.0)
    near(left, exact)


def check_linear(integrate=attrition.integrate):
    """x' = -a x y: exponent 0.5, size exponent -1, reference 1. 100 v 60 at 0.001: (66.9111, 26.9111) at 10; end 40."""
    grown = math.exp(0.04 * 10.0)  # x / y grows as exp(a (x - y) t)
    y = 40.0 / (100.0 / 60.0 * grown - 1.0)
    near((40.0 + y, y), (66.9111, 26.9111), 1e-6)
    near(integrate(100.0, 60.0, 0.001, 0.001, 0.5, -1.0, 1.0, 10.0), (40.0 + y, y))
    near(integrate(100.0, 60.0, 0.001, 0.001, 0.5, -1.0, 1.0, FOREVER), (40.0, 0.0))


def check_helmbold(integrate=attrition.integrate):
    """100 v 60 to the end at equal coefficients: exponent 1: 80, 0.75: 65.9225, 0.5: 40; a size effect changes none."""
    for exponent, left in ((1.0, 80.0), (0.75, 65.9225), (0.5, 40.0)):
        for size in (0.0, 0.4):
            near(integrate(100.0, 60.0, 0.01, 0.01, exponent, size, 50.0, FOREVER), (left, 0.0), 1e-6)


def check_logarithmic(integrate=attrition.integrate):
    """Exponent 0: each side loses its own share whatever it faces; exponent 1e-8 gives the same."""
    exact = (100.0 * math.exp(-0.1), 60.0 * math.exp(-0.2))
    near(integrate(100.0, 60.0, 0.01, 0.02, 0.0, 0.0, 1.0, 10.0), exact)
    near(integrate(100.0, 60.0, 0.01, 0.02, 1e-8, 0.0, 1.0, 10.0), exact)


DETERMINISTIC = (check_square, check_square_on_the_way, check_linear, check_helmbold, check_logarithmic)


@pytest.mark.parametrize("check", DETERMINISTIC)
def test_law(check):
    check()


# --- The stopping rule: whoever has lost 10 % (first side) or 30 % (second) breaks ---


def stopping(kernel=None, **changes):
    """100 v 60 at 0.01/h in units of 1,000,000 persons, fought by `fight` until somebody breaks."""
    numbers = numbers_of(rate=0.24, break__attack=0.1, break__defence=0.3, **changes)
    war = field([formation(0, 0, 100_000_000, 1, 0), formation(1, 1, 60_000_000)], numbers=numbers)
    for step in range(100_000):
        hour_of(war, step, intensity=1.0 / 60.0, kernel=kernel)
        if war.battles.result[1] != GOES_ON:
            break
    return war.battles.result[1], war.troops.present / 1e6


def check_stopping(kernel=None):
    """The second side reaches 42 while the first has 90.355 left; at 90 it would have had 41.231."""
    near(math.sqrt(100.0**2 - 60.0**2 + 42.0**2), 90.355, 1e-5)
    near(math.sqrt(60.0**2 - 100.0**2 + 90.0**2), 41.231, 1e-5)
    result, left = stopping(kernel)
    assert result == DEFENCE_BROKE
    near(left, (90.355, 42.0), 1e-3)


def test_stopping_rule():
    check_stopping()


# --- Iwo Jima (Engel 1954): landings by day, 36 days ---

LANDED = {0: 54_000, 2: 6_000, 5: 13_000}
COMMITTED = np.array([73_000.0, 21_500.0])
MODEL = {1: (52_835.5, 21_220.0), 6: (66_453.7, 18_274.3), 28: (53_042.4, 4_656.4), 36: (51_985.2, 216.8)}
COUNTED = 10_000


def landings(fight):
    """Return a loop over steps: land who is due, fight; it writes both sides' strength after each day."""

    def run(replication, steps_a_day, landed, arguments, days):
        troops, due, ashore = arguments[1], 0.0, 0
        for step in range(36 * steps_a_day):
            due += landed[step // steps_a_day] / steps_a_day
            troops.present[0] += int(due + 0.5) - ashore
            ashore = int(due + 0.5)
            fight(SEED, replication, step, 24.0 / steps_a_day, *arguments)
            for side in range(2):
                days[step // steps_a_day, side] = troops.present[side]

    return in_place(njit(nogil=True)(run)) if hasattr(fight, "py_func") else run


def iwo_jima(steps_a_day, replications=1, fight=None):
    """Return both sides' strength after each day, fought by `fight`: x' = -0.0544 y + P(t), y' = -0.0106 x a day.

    Limiting case: `PLAIN` with the rate 0.0544 a day; the quality of the attackers is 0.0106 / 0.0544. Each person
    counts ten thousand times, so that whole persons and chance hardly matter (the square law does not mind). Those
    who land do so at the start of each step.
    """
    landed, run = np.zeros(36), landings(fight or campaign_battles.fight)
    landed[list(LANDED)] = np.array(list(LANDED.values())) * COUNTED
    days = np.zeros((replications, 36, 2))
    rows = [formation(0, 0, 0, 1, 0, quality=0.0106 / 0.0544), formation(1, 1, 21_500 * COUNTED)]
    for replication in range(replications):
        war = field(rows, numbers=numbers_of(rate=0.0544))
        run(replication, steps_a_day, landed, arguments_of(war), days[replication])
    return days.mean(axis=0) / COUNTED


def check_iwo_jima(steps_a_day, tolerance, replications=1, fight=None):
    days = iwo_jima(steps_a_day, replications, fight)
    for day, exact in MODEL.items():
        assert np.all(np.abs(days[day - 1] - exact) <= tolerance * COMMITTED), (day, days[day - 1], exact)
    return days


def test_iwo_jima_hour_by_hour_and_history():
    days = check_iwo_jima(24, 0.002)
    published = np.array([52_735.0, 0.0])  # effective on the last day, of both sides
    assert np.all(np.abs(days[-1] - published) <= 0.02 * COMMITTED)
    assert abs((COMMITTED - days[-1])[0] - 20_265.0) <= 0.02 * COMMITTED[0]


def test_iwo_jima_minute_by_minute():
    """Mean of n = 16 replications, whose standard error is 2e-5 of the strengths committed."""
    check_iwo_jima(1440, 1e-4, replications=16)


def test_the_integrator_alone_gives_iwo_jima():
    """`integrate` with half of a minute's landing before and half after each step."""
    x, y = 0.0, 21_500.0
    for step in range(36 * 1440):
        landing = LANDED.get(step // 1440, 0) / 1440.0
        x, y = attrition.integrate(
            x + landing / 2.0, y, 0.0544 / 24.0, 0.0106 / 24.0, 1.0, 0.0, 1.0, 1.0 / 60.0
        )
        x += landing / 2.0
        if (step + 1) % 1440 == 0 and (step + 1) // 1440 in MODEL:
            assert np.all(np.abs(np.array([x, y]) - MODEL[(step + 1) // 1440]) <= 1e-5 * COMMITTED)


# --- The stochastic square law: the next loss is of the second side with the chance b x / (b x + a y) ---

STOCHASTIC = {
    (2, 1): (5 / 6, 1.5),
    (3, 2): (0.775, 1.90833),
    (5, 4): (0.715209, 2.59726),
    (10, 8): (0.791358, 5.21657),
    (100, 80): (0.995126, 58.4115),
}
"""Chance that the first side wins, and its mean strength left (0 where it loses), at equal coefficients."""


def moments(x, y):
    """Return the chance that the first side wins, and mean and deviation of what it has left, by the chain itself."""
    chance = np.zeros((x + 1, y + 1))
    chance[x, y] = 1.0
    for i in range(x, 0, -1):
        for j in range(y, 0, -1):
            chance[i, j - 1] += chance[i, j] * i / (i + j)
            chance[i - 1, j] += chance[i, j] * j / (i + j)
    left = np.arange(x + 1)
    mean = chance[:, 0] @ left
    return chance[1:, 0].sum(), mean, math.sqrt(chance[:, 0] @ (left - mean) ** 2)


@pytest.mark.parametrize("sides", STOCHASTIC)
def test_worked_values_of_the_chain(sides):
    near(moments(*sides)[:2], STOCHASTIC[sides], 5e-6)


def repeater(kernel):
    """Return a compiled loop over battles to the end, step by step: the chain has no memory."""

    @njit(nogil=True)
    def repeat(n, x, y, hours):
        left = np.empty(n)
        for one in range(n):
            mine, theirs, step = x, y, 0
            while mine > 0 and theirs > 0:
                mine, theirs = kernel(SEED, one, step, 0, mine, theirs, 0.1, 0.1, 1.0, 0.0, 1.0, hours)
                step += 1
            left[one] = mine
        return left

    return repeat


def check_stochastic(repeat, cases=tuple(STOCHASTIC), hours=3.0):
    """n = 200,000 battles a case (20,000 of 100 v 80), in steps of 3 h at 0.1/h."""
    for x, y in cases:
        won, mean, deviation = moments(x, y)
        left = repeat(20_000 if x == 100 else 200_000, x, y, hours)
        share_meets(left > 0, won)
        mean_meets(left, mean, deviation)


def test_stochastic_square_law():
    check_stochastic(repeater(attrition.by_event))


def test_stochastic_square_law_by_fight():
    """The same by `fight` with losses drawn one by one (event size 1,000); n = 200,000; (3, 2) and (5, 4).

    The attackers are two formations, so that losses are shared out too.
    """
    fight = campaign_battles.fight

    @in_place
    @njit(nogil=True)
    def repeat(first, left, arguments, present):
        troops, battles = arguments[1], arguments[6]
        for one in range(left.size):
            for row in range(3):
                troops.present[row] = present[row]
            battles.active[1] = False
            battles.number[1] = 0
            hour = 0
            while troops.present[0] + troops.present[1] > 0 and troops.present[2] > 0:
                fight(SEED, first + one, hour, 1.0, *arguments)
                hour += 1
            left[one] = troops.present[0] + troops.present[1]

    for x, y in ((3, 2), (5, 4)):
        present = np.array([x - 2, 2, y])
        rows = [formation(0, 0, x - 2, 1, 0), formation(0, 0, 2, 1, 0), formation(1, 1, y)]
        war = field(rows, numbers=numbers_of(rate=7.2, event_size=1000.0))
        left = np.empty(200_000)
        repeat(0, left, arguments_of(war), present)
        won, mean, deviation = moments(x, y)
        share_meets(left > 0, won)
        mean_meets(left, mean, deviation)


# --- Rules broken on purpose ---


class TestBroken:
    """Each closed form fails when its rule is broken."""

    @pytest.mark.parametrize(
        ("right", "wrong", "checks"),
        [
            ("half = math.sinh(0.5 * angle)", "half = 0.5 * angle", [check_square_on_the_way]),
            ("balance = (y / x) ** exponent\n    root", "balance = y / x\n    root", [check_helmbold]),
            ("(0.5 / exponent)\n    return x", "(1.0 / exponent)\n    return x", [check_square]),
            ("return x * math.exp(-a * hours)", "return x * math.exp(-b * hours)", [check_logarithmic]),
            ("math.exp(-size_exponent *", "math.exp(size_exponent *", [check_linear]),
            ("math.exp(0.5 * size_exponent * pace * step)", "1.0", [check_linear]),
        ],
    )
    def test_of_the_law(self, right, wrong, checks):
        module = broken(attrition, right, wrong)
        for check in checks:
            with pytest.raises(AssertionError):
                check(module.integrate)

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("if which * (loss_x + loss_y) < loss_x:", "if which < 0.5:"),
            ("a * x * balance * factor", "a * x * factor"),
        ],
    )
    def test_of_the_chain(self, right, wrong):
        repeat = repeater(broken(attrition, right, wrong).by_event)
        with pytest.raises(AssertionError) as failure:
            check_stochastic(repeat, cases=((5, 4),))
        assert "too few draws" not in str(failure.value)

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("a = intensity * sums[_TEMPO] * loss", "a = 1.05 * intensity * sums[_TEMPO] * loss"),
            ("sums[_POWER] / attack / advantage, exponent", "sums[_POWER] / advantage, exponent"),
        ],
    )
    def test_of_the_battle(self, right, wrong):
        kernel = plain_fight(right, wrong)
        with pytest.raises(AssertionError):
            check_iwo_jima(24, 0.002, fight=kernel)
        with pytest.raises(AssertionError):
            check_stopping(kernel)
