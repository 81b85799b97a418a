"""Choice of targets: the first class that an order names and that is located, then one aimpoint for each shot.

A shooter knows tracks only. Of the located units that an order may strike, those of the class that it names first are
the candidates; each of their elements and each of their dummies is one aimpoint. Shooters who share one picture take
the aimpoints in turn, without repetition until all have had one; the others each take one at random, whatever the
rest do.

Limits: the choice looks neither at the value of a single element nor at the chance of a hit; the loss of a unit's last
element is known at once.

References
----------
Eckler and Burr (1972), "Mathematical models of target coverage and missile allocation", Military Operations Research
Society; Przemieniecki (2000), "Mathematical methods in defense analyses", third edition; Washburn and Kress (2009),
"Combat modeling".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import FIRES, four_uniforms

Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]

NOT_A_TARGET = 127
"""Rank of a unit that an order may not strike."""

NOBODY = -1
"""Unit of a shot that finds no aimpoint."""


@compiled
def choose_targets(
    rank: NDArray[np.int8], located_unit: Integers, located: int, elements: Integers, candidate_unit: Integers
) -> int:
    """Write the units that an order strikes now, ascending, and return their number: a kernel.

    Equation: of the located units with an element left, those of the lowest ``rank``; none where all are
    ``NOT_A_TARGET``.
    Units: none.
    Source: preferential fire by class of target, Przemieniecki (2000); Washburn and Kress (2009).
    Limits: one class an hour and order, however few of it are located.

    Parameters
    ----------
    rank
        How early the class of each unit stands in the order, from 0, or ``NOT_A_TARGET`` where the order does not
        name it, or where the unit is not in an allowed zone and within reach; shape (U,).
    located_unit, located
        The units that the shooter's side has on a track, in any order, and their number.
    elements
        Elements that each unit has left; shape (U,).
    candidate_unit
        Filled with the units chosen; shape (at least located,).
    """
    best, count = NOT_A_TARGET, 0
    for position in range(located):
        unit = located_unit[position]
        if elements[unit] <= 0 or rank[unit] == NOT_A_TARGET or rank[unit] > best:
            continue
        if rank[unit] < best:
            best, count = int(rank[unit]), 0
        place = count
        while place > 0 and candidate_unit[place - 1] > unit:
            candidate_unit[place] = candidate_unit[place - 1]
            place -= 1
        candidate_unit[place] = unit
        count += 1
    return count


@compiled
def dummy_weight(discrimination: float) -> float:
    """Return the weight of a dummy as an aimpoint; an element has the weight 1.

    A shooter looks at the aimpoints in random order and fires at the first that it takes for true.
    Equation: ``P(shoot | dummy) / P(shoot | true) = 1 - discrimination``.
    Units: shares.
    Source: imperfect discrimination of decoys, Przemieniecki (2000); Washburn and Kress (2009).
    Limits: every look is a fresh one; no shooter learns from another which aimpoint is a dummy.
    """
    return max(0.0, 1.0 - discrimination)


@compiled
def aimpoint(u: float, true_points: int, dummy_points: int, weight_of_dummy: float) -> tuple[bool, int]:
    """Return whether an aimpoint is a dummy, and its number among its kind, from 0, or -1 where there is none.

    Equation: with ``x = u (T + w D)``: element ``floor(x)`` where ``x < T``, else dummy ``floor((x - T) / w)``.
    Units: aimpoints; ``u`` uniform in (0, 1).
    Source: inversion of the discrete distribution with weights 1 and w; taken again and again without replacement it
    is the hypergeometric law for w = 1 and that of Wallenius (1963), "Biased sampling: the noncentral hypergeometric
    probability distribution", else.
    Limits: elements of one class are alike.
    """
    x = u * (true_points + weight_of_dummy * dummy_points)
    if x < true_points or weight_of_dummy <= 0.0 or dummy_points == 0:
        return False, min(int(x), true_points - 1)
    return True, min(int((x - true_points) / weight_of_dummy), dummy_points - 1)


@compiled
def assign_targets(
    seed: int,
    replication: int,
    step: int,
    raid: int,
    count: int,
    coordinated: Flags,
    candidate_unit: Integers,
    candidates: int,
    elements: Integers,
    dummies: Integers,
    discrimination: float,
    left: Integers,
    aim_unit: Integers,
    aim_is_dummy: Flags,
    aim_point: Integers,
) -> None:
    """Give each shot of a raid an aimpoint: a kernel that draws one keyed block a shot.

    Equation: a coordinated shot draws by ``aimpoint`` from those that no coordinated shot of this round has; when
    none is left a new round begins. An uncoordinated shot draws from all.
    Units: elements and dummies.
    Source: shots without and with replacement on targets among decoys, Eckler and Burr (1972); Przemieniecki (2000).
    Limits: coordinated shots do not see where the uncoordinated ones go.

    Parameters
    ----------
    seed, replication, step, raid
        Keys of the draws; shot k has its own draw, whatever the number of shots and of candidates.
    count, coordinated
        Number of shots, and which of them share one picture; shape (at least count,).
    candidate_unit, candidates
        Units to strike, ascending, from ``choose_targets``, and their number.
    elements, dummies
        What each unit has left; shape (U,).
    discrimination
        Chance that a dummy is recognised as one.
    left
        Room to work in; shape (2, at least candidates).
    aim_unit, aim_is_dummy, aim_point
        Filled with the unit (``NOBODY`` where there is no aimpoint), whether it is one of its dummies, and the number
        of the aimpoint among those of its kind in the unit, from 0; shape (at least count,).
    """
    weight = dummy_weight(discrimination)
    true_points, dummy_points = 0, 0
    for position in range(candidates):
        true_points += elements[candidate_unit[position]]
        dummy_points += dummies[candidate_unit[position]]
    true_left, dummy_left = 0, 0
    for shot in range(count):
        aim_unit[shot] = NOBODY
        together = coordinated[shot]
        if together and true_left + weight * dummy_left <= 0.0:
            true_left, dummy_left = true_points, dummy_points
            for position in range(candidates):
                left[0, position] = elements[candidate_unit[position]]
                left[1, position] = dummies[candidate_unit[position]]
        u, _, _, _ = four_uniforms(seed, replication, FIRES, step, raid, 2 * shot)
        if together:
            is_dummy, number = aimpoint(u, true_left, dummy_left, weight)
        else:
            is_dummy, number = aimpoint(u, true_points, dummy_points, weight)
        if number < 0:
            continue
        kind = 1 if is_dummy else 0
        position = 0
        while True:
            unit = candidate_unit[position]
            here = dummies[unit] if is_dummy else elements[unit]
            if together:
                here = left[kind, position]
            if number < here:
                break
            number -= here
            position += 1
        if together:
            left[kind, position] -= 1
            if is_dummy:
                dummy_left -= 1
            else:
                true_left -= 1
        aim_unit[shot], aim_is_dummy[shot], aim_point[shot] = unit, is_dummy, number
