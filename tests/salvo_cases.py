"""Salvoes on small forces, run on the kernels of the campaign, and kernels with a rule broken on purpose."""

from __future__ import annotations

import inspect
from types import ModuleType, SimpleNamespace

import numpy as np

from closed_forms import COMPILED, LARGEST_RELATIVE_ERROR, broken
from staffride.model import fires, targeting

KERNELS = SimpleNamespace(
    assign_targets=targeting.assign_targets, draw_hits=fires.draw_hits, apply_hits=fires.apply_hits
)
SEED = 1


def uncompiled(module):
    """Return the module built from its source without compilation."""
    source = inspect.getsource(module)
    assert source.count(COMPILED) == 1
    plain = ModuleType(f"plain_{module.__name__}")
    exec(source.replace(COMPILED, "def compiled(function):\n    return function"), vars(plain))
    return plain


def with_rule(kernels, module, right, wrong):
    """Return the kernels with one rule of their module broken."""
    changed = broken(module, right, wrong)
    return SimpleNamespace(**{name: getattr(changed, name, kernel) for name, kernel in vars(kernels).items()})


class Force:
    """Units of like elements, and the shots of one raid on them."""

    def __init__(self, elements, dummies=0, staying_power=1.0, shots=0, coordinated=True, units=1):
        self.start = elements, dummies
        self.elements = np.full(units, elements)
        self.dummies = np.full(units, dummies)
        self.damage = np.zeros(units)
        self.staying_power = np.full(units, float(staying_power))
        self.lost, self.dummies_lost = np.zeros(units, np.int64), np.zeros(units, np.int64)
        self.candidate = np.arange(units)
        self.left = np.zeros((2, units), np.int64)
        self.shots = shots
        self.coordinated = np.full(shots, coordinated)
        self.unit, self.point = np.zeros(shots, np.int64), np.zeros(shots, np.int64)
        self.is_dummy, self.hits = np.zeros(shots, np.bool_), np.zeros(shots, np.bool_)
        self.arrives = np.ones(shots, np.bool_)

    def renew(self):
        """Put the force back to its start."""
        self.elements[:], self.dummies[:] = self.start
        self.damage[:] = 0.0

    def assign(self, kernels, replication, discrimination=0.0, step=0, raid=0):
        """Give every shot an aimpoint."""
        kernels.assign_targets(
            SEED, replication, step, raid, self.shots, self.coordinated, self.candidate, self.candidate.size,
            self.elements, self.dummies, discrimination, self.left, self.unit, self.is_dummy, self.point,
        )  # fmt: skip

    def strike(self, kernels, replication, chance, step=0, raid=0):
        """Draw the hits of all shots and apply those that arrive."""
        chances = np.full(self.elements.size, chance)
        kernels.draw_hits(SEED, replication, step, raid, self.shots, self.unit, chances, self.hits)
        kernels.apply_hits(
            self.shots, self.unit, self.is_dummy, self.point, self.coordinated, self.arrives, self.hits,
            self.staying_power, self.damage, self.elements, self.dummies, self.lost, self.dummies_lost,
        )  # fmt: skip

    def loss(self):
        """Elements lost so far in each unit, part damage counted as a part."""
        return self.start[0] - self.elements + self.damage / self.staying_power


def assert_close(value, exact, standard_error):
    """Four standard errors, and these below 0.3 % of the value."""
    assert abs(value - exact) < 4.0 * standard_error, (
        f"{value} is not {exact} (standard error {standard_error})"
    )
    assert standard_error < LARGEST_RELATIVE_ERROR * abs(exact), (
        f"standard error {standard_error} is too large for {exact}"
    )


def assert_mean(draws, exact):
    """Compare a mean with its exact value."""
    assert_close(draws.mean(), exact, draws.std(ddof=1) / np.sqrt(draws.size))


def assert_variance(draws, exact):
    """Compare a variance with its exact value."""
    squares = (draws - draws.mean()) ** 2
    assert_close(draws.var(ddof=1), exact, squares.std(ddof=1) / np.sqrt(draws.size))
