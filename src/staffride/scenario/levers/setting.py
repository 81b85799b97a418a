"""A lever with its doses set, and the one form in which that is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from staffride.scenario.levers.lever import Dose, Lever, Value, Values

FROM = "from"


class Setting(NamedTuple):
    """A lever with all its doses, and the date from which it acts, if one is given."""

    lever: Lever
    values: Values
    since: date | None = None


def is_number(dose: Dose) -> bool:
    """Return whether a dose is a number."""
    return dose.low is not None


def is_day(dose: Dose) -> bool:
    """Return whether a dose is a date."""
    return dose.low is None and not dose.choices


def begins(setting: Setting) -> date | None:
    """Return the date at which a lever begins: the one that is given, or the one that is its own first dose."""
    first = setting.lever.doses[0] if setting.lever.doses else None
    own = setting.values[first.name] if first is not None and is_day(first) else None
    return setting.since or (own if isinstance(own, date) else None)


def text_of(value: Value) -> str:
    """Return a value as it is written: a date by the calendar, a number by its fewest digits.

    >>> text_of(500.0), text_of(0.95), text_of(date(2020, 10, 10)), text_of("arm")
    ('500', '0.95', '2020-10-10', 'arm')
    """
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else repr(float(value) + 0.0).removesuffix(".0")


def written(setting: Setting) -> str:
    """Return a lever with its doses in canonical form: what is as by default is left out."""
    lever, values, since = setting
    other = {dose.name: values[dose.name] for dose in lever.doses if values[dose.name] != dose.default}
    main = lever.doses[0].name if lever.doses else ""
    head = f"{lever.id}:{text_of(other.pop(main))}" if main in other else lever.id
    named = [f"{name}={text_of(value)}" for name, value in other.items()]
    return ",".join([head, *named, *([] if since is None else [f"{FROM}={since.isoformat()}"])])


def plain(values: Values) -> Mapping[str, float | str]:
    """Return doses as numbers and words alone."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def label_of(setting: Setting) -> str:
    """Return what a lever with its doses is called: its label, its first dose, and what is not as by default."""
    lever, values, since = setting
    said = []
    for at, dose in enumerate(lever.doses):
        value = values[dose.name]
        if (at == 0 or value != dose.default) and value != "":
            name = "" if at == 0 else f"{dose.name} "
            said.append(f"{name}{text_of(value)}{'' if dose.unit in ('', '1') else f' {dose.unit}'}")
    said += [] if since is None else [f"from {since.isoformat()}"]
    return f"{lever.label} ({', '.join(said)})" if said else lever.label
