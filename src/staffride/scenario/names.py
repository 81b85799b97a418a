"""Whether what a row of a campaign names is there: rows of other tables, sides, systems, parameters."""

from __future__ import annotations

from collections.abc import Iterable

from staffride.errors import nearest
from staffride.scenario.draft import Draft

LISTED = 12
"""Most names that a message lists; of more it tells only how many."""


def require_known(
    parts: Draft, where: str, what: str, name: str | None, known: Iterable[str], place: str
) -> None:
    """Report a name that is not there; ``None`` is no name.

    Parameters
    ----------
    parts
        The draft to report to.
    where
        Its key in the draft's locations.
    what
        Who names it, for the message.
    name
        The name.
    known
        The names that there are.
    place
        Where they are written, for the message.
    """
    names = [other for other in known if other]
    if name is not None and name not in names:
        text = f"{what} is {name!r}, which is not in {place}"
        expected = "one of " + ", ".join(names) if len(names) <= LISTED else f"one of {len(names)} known"
        parts.complain(where, text, expected, nearest(name, names) or "check the spelling, or add it")


def require_parameter(parts: Draft, where: str, what: str, name: str | None, start: str) -> None:
    """Report the name of a parameter that is not there, or that does not begin with ``start``."""
    known = [other for other in parts.parameter_names if other.startswith(start)]
    if name is None or name in known:
        return
    near = nearest(name, known)
    if not name.startswith(start):
        text, expected = f"{what} is {name!r}", f"the name of a parameter {start}*"
        parts.complain(where, text, expected, near or f"begin with {start!r}")
    else:
        text = f"{what} is {name!r}, and there is no such parameter"
        expected = f"one of the {len(known)} parameters {start}*"
        parts.complain(where, text, expected, near or f"add {name} to parameters.yaml")
