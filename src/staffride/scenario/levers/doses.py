"""Doses in short form: a number, a choice, a date, and the side that holds the lever."""

from __future__ import annotations

from datetime import date

from staffride.scenario.levers.lever import Dose, Values

FIRST, SECOND, BOTH = "az", "arm", "both"
"""The sides of the shipped scenarios; where a scenario has others, those are the choices."""

CAMPAIGN = ("campaign", "chain")
"""Kinds of a lever that acts on a war: alone, or as a stage of a chain."""

UNSET = ""
"""A default that is no value: what a date that must be given has, and a number that follows another one."""

NO_SIDE = "The same rule for both sides; which side holds it by default is the question that the record asks."


def number(
    name: str,
    meaning: str,
    unit: str,
    default: float | str,
    low: float,
    high: float,
    null: float | str | None = None,
) -> Dose:
    """Return a dose that is a number from ``low`` to ``high``."""
    return Dose(name, meaning, unit, default, low, high, (), null)


def choice(name: str, meaning: str, default: str, choices: tuple[str, ...], null: str | None = None) -> Dose:
    """Return a dose that is one of several words."""
    return Dose(name, meaning, "", default, choices=choices, null=null)


def day(name: str, meaning: str) -> Dose:
    """Return a dose that is a date; it has no default, so that it must be given."""
    return Dose(name, meaning, "", UNSET)


def side_of(default: str, meaning: str = "the side that holds the lever") -> Dose:
    """Return the dose that names a side, or both where that is the default."""
    both = (BOTH,) if default == BOTH else ()
    return choice("side", meaning, default, (*both, FIRST, SECOND))


def amount(values: Values, name: str) -> float:
    """Return a dose that is a number."""
    value = values[name]
    assert isinstance(value, int | float)
    return float(value)


def word(values: Values, name: str) -> str:
    """Return a dose that is a word."""
    return str(values[name])


def moment(values: Values, name: str) -> date:
    """Return a dose that is a date."""
    value = values[name]
    assert isinstance(value, date)
    return value


def chosen_sides(values: Values, sides: tuple[str, str]) -> tuple[str, ...]:
    """Return the sides that a lever is held by.

    >>> chosen_sides({"side": "both"}, ("az", "arm")), chosen_sides({"side": "arm"}, ("az", "arm"))
    (('az', 'arm'), ('arm',))
    """
    side = word(values, "side")
    return sides if side == BOTH else (side,)
