"""All levers by id."""

from __future__ import annotations

from collections.abc import Mapping

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.levers.air_defence import AIR_DEFENCE_LEVERS
from staffride.scenario.levers.lever import Lever

LEVERS: Mapping[str, Lever] = {one.id: one for one in (*AIR_DEFENCE_LEVERS,)}
"""Every lever by its id, family by family."""


def lever(name: str) -> Lever:
    """Return the lever with an id.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in LEVERS:
        raise InputError([unknown(name)])
    return LEVERS[name]


def unknown(name: str) -> Problem:
    """Return what to say of a lever that is not there."""
    expected = f"one of the {len(LEVERS)} that `staffride levers` lists"
    return Problem(f"there is no lever {name!r}", None, None, expected, nearest(name, LEVERS))
