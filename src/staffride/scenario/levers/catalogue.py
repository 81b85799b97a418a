"""All levers by id."""

from __future__ import annotations

from collections.abc import Mapping

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.levers.air_defence import AIR_DEFENCE_LEVERS
from staffride.scenario.levers.assumptions import ASSUMPTIONS
from staffride.scenario.levers.diplomacy import DIPLOMACY_LEVERS
from staffride.scenario.levers.ground import GROUND_LEVERS
from staffride.scenario.levers.information import INFORMATION_LEVERS
from staffride.scenario.levers.lever import Lever
from staffride.scenario.levers.protection import PROTECTION_LEVERS
from staffride.scenario.levers.relief import RELIEF_LEVERS
from staffride.scenario.levers.what_ifs import WHAT_IFS

_FAMILIES = (
    AIR_DEFENCE_LEVERS,
    GROUND_LEVERS,
    PROTECTION_LEVERS,
    INFORMATION_LEVERS,
    DIPLOMACY_LEVERS,
    RELIEF_LEVERS,
    WHAT_IFS,
    ASSUMPTIONS,
)

LEVERS: Mapping[str, Lever] = {one.id: one for family in _FAMILIES for one in family}
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
