"""Who the people of a run are: attributes such as age and sex, drawn for every member of every household.

An attribute changes no movement. It is drawn when somebody asks for it, from the table of the place where the household
comes from, and keyed by the household, so that asking changes nothing.

Limits: attributes are drawn one by one, without regard to each other or to other members of the household.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import REGION_TRAVEL, uniforms
from staffride.model.region_agents import Households
from staffride.scenario.region import Region

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]

DEFAULT = "Default"
_FIRST_DRAW = 2**28


class Attribute(NamedTuple):
    """One attribute of every person.

    Attributes
    ----------
    values
        Its possible values, as the table names them.
    household, value
        (P,) household of each person, and the position of the person's value in ``values``.
    """

    values: tuple[str, ...]
    household: Integers
    value: Integers


def shares_at(region: Region, attribute: str, places: Integers) -> tuple[tuple[str, ...], Floats]:
    """Return the values of an attribute, and (O, values) their shares among the people of each origin.

    Equation: the weight of a value at the place, or its default weight, over their sum; all equal where that is 0.
    Units: dimensionless.
    Source: the demographics of the region.
    Limits: the same all the time.
    """
    table = region.demographics[attribute]
    values = tuple(table)
    names = [region.places[place].name for place in places]
    weight = np.array(
        [[table[value].get(name, table[value].get(DEFAULT, 0.0)) for value in values] for name in names],
        np.float64,
    ).reshape(len(names), len(values))
    total = weight.sum(axis=1, keepdims=True)
    return values, np.where(
        total > 0.0, weight / np.where(total > 0.0, total, 1.0), 1.0 / max(1, len(values))
    )


def attribute_of(
    region: Region, households: Households, places: Integers, attribute: str, seed: int, replication: int
) -> Attribute:
    """Return an attribute of every person of a replication, by household.

    Equation: each person's value has the shares of the origin, inverted at a uniform of household and member.
    Units: none.
    Source: `shares_at`.
    Limits: members of a household are independent.
    """
    values, shares = shares_at(region, attribute, places)
    household = np.repeat(np.arange(households.size.size, dtype=np.int32), households.size)
    value = np.zeros(household.size, np.int32)
    order = sorted(region.demographics).index(attribute)
    draw_values(households.origin, household, np.cumsum(shares, axis=1), seed, replication, order, value)
    return Attribute(values, household, value)


@compiled
def draw_values(
    origin: NDArray[np.int16],
    household: Integers,
    cumulative: Floats,
    seed: int,
    replication: int,
    attribute: int,
    value: Integers,
) -> None:
    """Fill the value of every person: a kernel.

    Equation: the first value whose cumulative share at the origin is above the person's uniform.
    Units: none. ``household`` and ``value`` are (P,), ``cumulative`` is (O, values).
    Source: inversion of the distribution function.
    Limits: those of `attribute_of`.
    """
    member = 0
    for person in range(household.size):
        member = member + 1 if person > 0 and household[person] == household[person - 1] else 0
        draw = _FIRST_DRAW + attribute * 256 + member
        u = uniforms(seed, replication, REGION_TRAVEL, 0, household[person], draw)[0]
        row = cumulative[origin[household[person]]]
        chosen = 0
        while chosen < row.size - 1 and row[chosen] <= u:
            chosen += 1
        value[person] = chosen
