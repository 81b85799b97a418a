"""Choice of targets: decoys on the ground with and without coordination, and laws of the choice."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvo_cases import KERNELS, Force, assert_mean, assert_variance, uncompiled, with_rule
from staffride.model import fires, targeting
from staffride.model.targeting import (
    NOBODY,
    NOT_A_TARGET,
    aimpoint,
    assign_targets,
    choose_targets,
    dummy_weight,
)

PLAIN = uncompiled(targeting)

# --- Decoys on the ground: S = 20 shots, T = 10 true, D = 30 dummies, p = 0.8, one hit an element ---


def kills(kernels, n, dummies=30, coordinated=True):
    """Elements lost in each of ``n`` salvoes of 20 shots at 10 elements among dummies."""
    force = Force(10, dummies, shots=20, coordinated=coordinated)
    lost = np.empty(n)
    for replication in range(n):
        force.renew()
        force.assign(kernels, replication)
        force.strike(kernels, replication, 0.8)
        lost[replication] = force.lost[0]
    return lost


def check_one_shot_an_aimpoint(kernels):
    """n = 250,000; coordinated, 20 shots on 40 aimpoints, so that no aimpoint has two."""
    lost = kills(kernels, 250_000)
    assert_mean(lost, 4.0)
    assert_variance(lost, 0.8**2 * 20 * 0.25 * 0.75 * 20 / 39 + 0.8 * 0.2 * 5)


def check_shots_without_coordination(kernels):
    """n = 40,000; uncoordinated, so that shots meet on one aimpoint."""
    assert_mean(kills(kernels, 40_000, coordinated=False), 10 * (1 - (1 - 0.8 / 40) ** 20))


def check_no_dummies(kernels):
    """n = 20,000; uncoordinated, no dummies."""
    assert_mean(kills(kernels, 20_000, dummies=0, coordinated=False), 10 * (1 - (1 - 0.8 / 10) ** 20))


def check_share_spent_on_true_targets(kernels, coordinated=False):
    """n = 500,000 shots; P(shoot | true) = 0.9, P(shoot | dummy) = 0.4: one dummy in 9/5 is recognised."""
    shots = 500 if not coordinated else 1
    force = Force(10, 30, shots=shots, coordinated=coordinated)
    true = np.empty(500_000 // shots if not coordinated else 200_000)
    for replication in range(true.size):
        force.assign(kernels, replication, discrimination=1.0 - 0.4 / 0.9)
        true[replication] = 1.0 - force.is_dummy.mean()
    assert_mean(true, 9.0 / (9.0 + 12.0))


CHECKS = {
    "one an aimpoint": check_one_shot_an_aimpoint,
    "without coordination": check_shots_without_coordination,
    "no dummies": check_no_dummies,
    "discrimination": check_share_spent_on_true_targets,
}


@pytest.mark.parametrize("name", CHECKS)
def test_decoys_on_the_ground(name):
    CHECKS[name](KERNELS)


def test_worked_values_of_decoys():
    assert round(10 * (1 - (1 - 0.8 / 40) ** 20), 5) == 3.32392
    assert round(10 * (1 - (1 - 0.8 / 10) ** 20), 5) == 8.11307
    assert round(0.64 * 20 * 0.25 * 0.75 * 20 / 39 + 0.8, 5) == 2.03077


def test_the_first_coordinated_shot_has_the_same_share():
    check_share_spent_on_true_targets(KERNELS, coordinated=True)


@pytest.mark.parametrize(
    ("name", "module", "old", "new"),
    [
        ("one an aimpoint", targeting, "together = coordinated[shot]", "together = False"),
        ("one an aimpoint", targeting, "return max(0.0, 1.0 - discrimination)", "return 0.9"),
        ("one an aimpoint", fires, "hits[shot] = u < chance[unit]", "hits[shot] = u < 0.99 * chance[unit]"),
        ("without coordination", fires, "if coordinated else point < standing", ""),
        ("without coordination", targeting, "together = coordinated[shot]", "together = True"),
        ("no dummies", fires, "else point < standing", "else point <= standing"),
        ("discrimination", targeting, "return max(0.0, 1.0 - discrimination)", "return discrimination"),
        ("discrimination", targeting, "if x < true_points or", "if x < true_points - 0.2 or"),
    ],
)
def test_a_broken_rule_is_noticed(name, module, old, new):
    with pytest.raises(AssertionError, match="is not"):
        CHECKS[name](with_rule(KERNELS, module, old, new))


# --- Single rules ---


def test_a_recognised_dummy_has_no_weight():
    assert [dummy_weight(share) for share in (0.0, 0.25, 1.0)] == [1.0, 0.75, 0.0]


def test_aimpoints_at_worked_values():
    assert aimpoint(0.0, 2, 2, 0.5) == (False, 0)
    assert aimpoint(0.5, 2, 2, 0.5) == (False, 1)
    assert aimpoint(0.7, 2, 2, 0.5) == (True, 0)
    assert aimpoint(0.9, 2, 2, 0.5) == (True, 1)
    assert aimpoint(1.0 - 2.0**-33, 0, 3, 1.0) == (True, 2)
    assert aimpoint(1.0 - 2.0**-33, 3, 5, 0.0) == (False, 2)
    assert aimpoint(0.5, 0, 0, 1.0)[1] < 0
    assert aimpoint(0.5, 0, 4, 0.0)[1] < 0


# --- Choice of units ---


@st.composite
def fields(draw):
    """A few units in the ranks of an order, some located, some out."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units = draw(st.integers(1, 12))
    return SimpleNamespace(
        rank=random.choice([0, 1, 2, NOT_A_TARGET], units).astype(np.int8),
        located=random.permutation(units)[: draw(st.integers(0, units))],
        elements=random.integers(0, 4, units),
        dummies=random.integers(0, 4, units),
    )


def chosen(field, located=None, function=choose_targets):
    located = field.located if located is None else located
    out = np.full(max(1, located.size), -7)
    count = function(field.rank, located, located.size, field.elements, out)
    return out[:count].tolist()


@given(fields())
def test_the_choice_is_the_first_class_with_a_located_element(field):
    allowed = [u for u in field.located if field.elements[u] > 0 and field.rank[u] != NOT_A_TARGET]
    best = min((field.rank[unit] for unit in allowed), default=None)
    assert chosen(field) == sorted(unit for unit in allowed if field.rank[unit] == best)


@given(fields(), st.data())
def test_the_order_of_the_candidates_does_not_matter(field, data):
    assert chosen(field) == chosen(field, np.array(data.draw(st.permutations(list(field.located))), np.int64))


# --- Aimpoints ---


def aims(field, shots, coordinated, replication=0, discrimination=0.0, function=assign_targets):
    candidates = np.array(sorted(field.located), np.int64)
    unit, point = np.full(shots, -7), np.full(shots, -7)
    is_dummy = np.zeros(shots, np.bool_)
    left = np.zeros((2, max(1, candidates.size)), np.int64)
    function(
        1, replication, 3, 5, shots, np.broadcast_to(coordinated, shots).copy(), candidates, candidates.size,
        field.elements, field.dummies, discrimination, left, unit, is_dummy, point,
    )  # fmt: skip
    return list(zip(unit.tolist(), is_dummy.tolist(), point.tolist(), strict=True))


def points(field):
    """Every aimpoint of the located units, as (unit, is dummy) with repetition."""
    return sorted(
        (int(unit), is_dummy)
        for unit in field.located
        for is_dummy, number in ((False, field.elements[unit]), (True, field.dummies[unit]))
        for _ in range(number)
    )


@given(fields(), st.integers(0, 3))
def test_coordinated_shots_take_every_aimpoint_once_a_round(field, replication):
    full = points(field)
    aimed = [aim[:2] for aim in aims(field, 2 * len(full), True, replication)]
    assert sorted(aimed[: len(full)]) == full
    assert sorted(aimed[len(full) :]) == full


@given(fields(), st.lists(st.booleans(), min_size=1, max_size=30), st.floats(0.0, 1.0))
def test_every_shot_has_an_aimpoint_that_exists(field, coordinated, discrimination):
    worth = {aim for aim in points(field) if not aim[1] or discrimination < 1.0}
    for unit, is_dummy, point in aims(
        field, len(coordinated), np.array(coordinated), discrimination=discrimination
    ):
        if not worth:
            assert unit == NOBODY
        else:
            assert (unit, is_dummy) in worth
            assert 0 <= point < (field.dummies if is_dummy else field.elements)[unit]


@given(fields(), st.lists(st.booleans(), min_size=2, max_size=30), st.data())
def test_a_further_shot_leaves_the_earlier_ones_alone(field, coordinated, data):
    fewer = data.draw(st.integers(1, len(coordinated) - 1))
    all_shots = aims(field, len(coordinated), np.array(coordinated))
    assert aims(field, fewer, np.array(coordinated[:fewer])) == all_shots[:fewer]


@given(fields(), st.lists(st.booleans(), min_size=1, max_size=30), st.sampled_from((0.0, 0.3, 1.0)))
def test_the_same_choice_without_compilation(field, coordinated, discrimination):
    arguments = (field, len(coordinated), np.array(coordinated), 0, discrimination)
    assert aims(*arguments) == aims(*arguments, function=PLAIN.assign_targets)
    assert chosen(field) == chosen(field, function=PLAIN.choose_targets)
