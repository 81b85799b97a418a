"""Salvoes of Hughes and Armstrong on the code of the campaign: raid against defence, then damage by what came through.

A force is one unit that defends itself with one battery: every element gives it so many rounds, which it fires one at a
time at what comes, looking at the result each time, with time and channels enough for all. What comes through fills its
elements one after another. Both forces fire at the same moment. The closed forms are those of Hughes (1995), of Johns,
Pilnick and Hughes (2001), and of Armstrong (2005).
"""

from __future__ import annotations

from math import comb
from types import SimpleNamespace

import numpy as np
import pytest

from salvo_cases import KERNELS, SEED, Force, assert_close, assert_mean, with_rule
from staffride.engine.random import FIRES, binomial, uniforms
from staffride.model import fires, raid
from staffride.model.raid import EMITS_WHILE_ENGAGING, LEAKED, Batteries, Groups, Threats, raid_workspace

SALVO_KERNELS = SimpleNamespace(**vars(KERNELS), resolve_raid=raid.resolve_raid)
AIMED = 99  # number of the raid that keys how many munitions are well aimed


class Defence:
    """One battery with rounds, and threats that all start at once and strike after an hour."""

    def __init__(self, most_threats, round_kill):
        self.groups = Groups(
            np.zeros((1, 1)), np.full((1, 1), 3000.0), np.full(1, 3600.0), np.full((1, 1), round_kill),
            np.ones((1, 1)),
        )  # fmt: skip
        self.threats = [self.wave(number) for number in range(most_threats + 1)]
        self.outcome, self.end_s = np.zeros(most_threats, np.int8), np.zeros(most_threats)
        self.battery = Batteries(
            key=np.array([5]), channels=np.array([most_threats]), engagement_s=np.ones(1), salvo=np.array([1]),
            looks=np.array([10**6]), networked=np.zeros(1, np.bool_),
            emission=np.full(1, EMITS_WHILE_ENGAGING, np.int8), elements=np.array([1]), rounds=np.array([0]),
            shots=np.array([0]), rounds_lost=np.array([0]),
        )  # fmt: skip
        self.work = raid_workspace(most_threats, 1, most_threats)

    @staticmethod
    def wave(number):
        """Return threats of one group."""
        return Threats(
            np.arange(number), np.zeros(number, np.int32), np.zeros(number), np.full(number, -1, np.int32),
            np.zeros(number, np.bool_), np.zeros(number, np.bool_),
        )  # fmt: skip

    def leakers(self, kernels, replication, threats, rounds, number=0):
        """Fight a wave with so many rounds; return which of its threats came through."""
        self.battery.rounds[0] = rounds
        kernels.resolve_raid(
            SEED, replication, 0, number, self.threats[threats], self.groups, self.battery, 0.0, 0.0, self.work,
            self.outcome[:threats], self.end_s[:threats],
        )  # fmt: skip
        return self.outcome[:threats] == LEAKED


def strike(kernels, replication, force, arrives):
    """Let what came through hit the force with certainty, and return its loss so far in elements."""
    force.shots = arrives.size
    force.arrives[: arrives.size] = arrives
    force.assign(kernels, replication)
    force.strike(kernels, replication, 1.0)
    return force.loss()[0]


# --- Hughes: all is certain ---


def exchange(kernels, first, second, shots, rounds, staying_power):
    """Return what two forces have left after one salvo each, all alike; ``shots``, ``rounds`` are an element's."""
    defence = Defence(shots * max(first, second), 1.0)
    left = []
    for shooter, target in ((second, first), (first, second)):
        force = Force(target, staying_power=staying_power, shots=shots * shooter)
        arrives = defence.leakers(kernels, 0, shots * shooter, rounds * target)
        strike(kernels, 0, force, arrives)
        left.append(int(force.elements[0]))
    return tuple(left)


def check_hughes(kernels):
    """Certain; 10 v 8 with two shots, one round and two hits an element; 3 v 2 with four, three and two."""
    assert exchange(kernels, 10, 8, shots=2, rounds=1, staying_power=2.0) == (7, 2), "10 v 8 is not (7, 2)"
    assert exchange(kernels, 7, 2, shots=2, rounds=1, staying_power=2.0) == (7, 0), "7 v 2 is not (7, 0)"
    assert exchange(kernels, 3, 2, shots=4, rounds=3, staying_power=2.0) == (3, 0), "3 v 2 is not (3, 0)"


def check_coronel(kernels):
    """n = 2,000,000 minutes: two ships fire at two; 2.16 shells, half of them aimed well, hit with 0.028; 1.605 a ship.

    A ship's mean number of hits in a minute is far below one and is drawn as one shot; nothing can stop a shell.
    """
    units = 4000
    force = Force(2, staying_power=1.605, shots=2 * units, units=units)
    force.unit[:] = np.repeat(np.arange(units), 2)
    losses = np.empty((500, units))
    for replication in range(500):
        force.renew()
        force.strike(kernels, replication, 0.028 * 2.16 * 0.5)
        losses[replication] = force.loss()
    assert_mean(losses.ravel(), 2 * (0.028 * 2.16 * 0.5) / 1.605)


# --- Armstrong: all is by chance ---


def armstrong(kernels, n):
    """Leakers and loss in each of ``n`` salvoes: 8 shots of 0.5 against 6 rounds of 0.6; 3 elements of two hits."""
    defence, force = Defence(8, 0.6), Force(3, staying_power=2.0, shots=8)
    leakers, losses = np.empty(n), np.empty(n)
    for replication in range(n):
        force.renew()
        well_aimed = binomial(8, 0.5, uniforms(SEED, replication, FIRES, 0, AIMED, 0)[0])
        arrives = defence.leakers(kernels, replication, well_aimed, 6)
        leakers[replication] = arrives.sum()
        losses[replication] = strike(kernels, replication, force, arrives)
    return leakers, losses


def exact_armstrong():
    """Distribution of max(0, Bin(8, 0.5) - Bin(6, 0.6)), by numbers of leakers from 0 to 8."""
    aimed = np.array([binomial_share(8, 0.5, k) for k in range(9)])
    stopped = np.array([binomial_share(6, 0.6, k) for k in range(7)])
    leak = np.zeros(9)
    for k in range(9):
        for j in range(7):
            leak[max(0, k - j)] += aimed[k] * stopped[j]
    return leak


def binomial_share(n, p, k):
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def check_armstrong(kernels):
    """n = 200,000: chance of no leaker, mean leakers, mean and standard deviation of the loss."""
    leakers, losses = armstrong(kernels, 200_000)
    leak = exact_armstrong()
    number = np.arange(9)
    loss = np.minimum(3.0, number / 2.0)
    mean = leak @ loss
    deviation = np.sqrt(leak @ (loss - mean) ** 2)
    assert_mean((leakers == 0).astype(float), leak[0])
    assert_mean(leakers, leak @ number)
    assert_mean(losses, mean)
    fourth = leak @ (loss - mean) ** 4
    error = np.sqrt((fourth - deviation**4) / losses.size) / (2.0 * deviation)
    assert_close(losses.std(), deviation, error)


def test_worked_values_of_armstrong():
    leak, loss = exact_armstrong(), np.minimum(3.0, np.arange(9) / 2.0)
    mean = leak @ loss
    assert round(leak[0], 6) == 0.524444
    assert round(leak @ np.arange(9), 6) == 0.942426
    assert round(mean, 6) == 0.471061
    assert round(np.sqrt(leak @ (loss - mean) ** 2), 6) == 0.618247


CHECKS = {"hughes": check_hughes, "coronel": check_coronel, "armstrong": check_armstrong}


@pytest.mark.parametrize("name", CHECKS)
def test_salvo(name):
    CHECKS[name](SALVO_KERNELS)


def test_the_mean_value_form_is_far_off_near_saturation():
    """Hughes' form of Armstrong's case: (8 x 0.5 - 6 x 0.6) / 2 = 0.2, less than half of what chance makes of it."""
    _, losses = armstrong(SALVO_KERNELS, 20_000)
    assert losses.mean() > 2.2 * (8 * 0.5 - 6 * 0.6) / 2


@pytest.mark.parametrize(
    ("name", "module", "right", "wrong"),
    [
        ("hughes", fires, "total >= staying_power", "total > staying_power"),
        ("hughes", fires, "if unit == NOBODY or not (arrives[shot] and hits[shot])", "if not hits[shot]"),
        ("hughes", raid, "rounds[b] -= fired", "rounds[b] -= 2 * fired"),
        ("coronel", fires, "total = damage + 1.0", "total = 1.0"),
        ("coronel", fires, "hits[shot] = u < chance[unit]", "hits[shot] = u < 1.02 * chance[unit]"),
        ("hughes", fires, "total -= staying_power", "total -= 1.0"),
        ("armstrong", raid, "hit < salvo_kill(", "hit < 1.05 * salvo_kill("),
    ],
)
def test_a_broken_rule_is_noticed(name, module, right, wrong):
    with pytest.raises(AssertionError, match="is not"):
        CHECKS[name](with_rule(SALVO_KERNELS, module, right, wrong))
