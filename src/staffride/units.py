"""The units that a quantity may have, their kinds, and how to convert within a kind.

Units are plain names such as ``vehicles/h``. Each has a *kind* (what sort of thing it measures) and a factor
to the base unit of that kind; two units convert into each other exactly when they share a kind. Every factor
is a plain multiplication: there are no offsets (no degrees Celsius) and no prefixes to parse.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from staffride.errors import StaffrideError, nearest


class UnitError(StaffrideError):
    """A unit is unknown, or two units measure different things."""

    exit_code = 2


class Unit(NamedTuple):
    """One unit of measurement.

    Parameters
    ----------
    name
        How a scenario writes it.
    kind
        What it measures, in words.
    factor
        How many base units of the kind one of this unit is.
    """

    name: str
    kind: str
    factor: float


# kind -> {unit name: factor}; the first unit of a kind with factor 1 is its base unit.
_KINDS: dict[str, dict[str, float]] = {
    "pure number or share": {"1": 1.0, "%": 0.01},
    "number of persons": {"persons": 1.0},
    "number of households": {"households": 1.0},
    "number of vehicles": {"vehicles": 1.0},
    "number of buses": {"buses": 1.0},
    "number of desks": {"desks": 1.0},
    "number of trips": {"trips": 1.0},
    "time": {"h": 1.0, "min": 1.0 / 60.0, "s": 1.0 / 3600.0, "day": 24.0},
    "rate per time": {"1/h": 1.0, "1/day": 1.0 / 24.0, "%/h": 0.01, "%/day": 0.01 / 24.0},
    "rate per square root of time": {"1/sqrt(h)": 1.0},
    "flow of persons": {"persons/h": 1.0, "persons/day": 1.0 / 24.0},
    "flow of vehicles": {"vehicles/h": 1.0, "vehicles/day": 1.0 / 24.0, "vehicles/min": 60.0},
    "flow of persons per desk": {"persons/h/desk": 1.0, "persons/day/desk": 1.0 / 24.0},
    "persons per vehicle": {"persons/vehicle": 1.0},
    "persons per bus": {"persons/bus": 1.0},
    "persons per household": {"persons/household": 1.0},
    "vehicles per household": {"vehicles/household": 1.0},
    "length": {"km": 1.0, "m": 0.001},
    "speed": {"km/h": 1.0, "km/day": 1.0 / 24.0, "m/s": 3.6},
    "vehicles per length": {"vehicles/km": 1.0, "vehicles/m": 1000.0},
    "rate per length": {"1/km": 1.0},
    "volume": {"litre": 1.0, "m3": 1000.0},
    "flow of supply": {"t/day": 1.0, "t/h": 24.0},
    "flow of volume": {"litre/h": 1.0, "litre/day": 1.0 / 24.0},
    "volume per length": {"litre/km": 1.0, "litre/100km": 0.01},
    "volume per vehicle": {"litre/vehicle": 1.0},
    "flow of volume per vehicle": {"litre/h/vehicle": 1.0},
    "angle": {"degree": 1.0},
    "area": {"m2": 1.0, "km2": 1e6},
    "ratio of powers": {"dB": 1.0},
}

UNITS: MappingProxyType[str, Unit] = MappingProxyType(
    {name: Unit(name, kind, factor) for kind, table in _KINDS.items() for name, factor in table.items()}
)
"""Every unit by name."""

# What people write for a unit that has one name here.
_SYNONYMS: dict[str, str] = {
    "person": "persons",
    "people": "persons",
    "vehicle": "vehicles",
    "cars": "vehicles",
    "hour": "h",
    "hours": "h",
    "hr": "h",
    "minutes": "min",
    "minute": "min",
    "seconds": "s",
    "second": "s",
    "days": "day",
    "d": "day",
    "share": "1",
    "fraction": "1",
    "number": "1",
    "percent": "%",
    "liter": "litre",
    "litres": "litre",
    "l": "litre",
    "kilometre": "km",
    "kilometres": "km",
    "metre": "m",
    "metres": "m",
    "m^2": "m2",
    "m²": "m2",
    "sqm": "m2",
    "square metre": "m2",
    "square metres": "m2",
    "km^2": "km2",
    "km²": "km2",
    "db": "dB",
    "decibel": "dB",
    "per hour": "1/h",
    "per day": "1/day",
    "/h": "1/h",
    "/day": "1/day",
    "vehicles/hour": "vehicles/h",
    "veh/h": "vehicles/h",
    "vph": "vehicles/h",
    "kph": "km/h",
    "kmh": "km/h",
    "l/100km": "litre/100km",
}


def unit(name: str) -> Unit:
    """Return the unit called ``name``.

    Raises
    ------
    UnitError
        If there is no such unit; the message names the nearest one.
    """
    found = UNITS.get(name)
    if found is None:
        raise UnitError(f"unknown unit {name!r}; {suggest_unit(name) or 'see staffride.units.UNITS'}")
    return found


def suggest_unit(name: str) -> str | None:
    """Return a suggestion naming the unit that ``name`` probably means, or ``None``."""
    plain = name.strip().lower()
    synonym = plain if plain in UNITS else _SYNONYMS.get(plain)
    return f"did you mean {synonym!r}?" if synonym else nearest(plain, UNITS)


def same_kind(name: str, other: str) -> bool:
    """Return whether two units measure the same sort of thing."""
    return unit(name).kind == unit(other).kind


def units_of_kind(kind: str) -> tuple[str, ...]:
    """Return the names of all units of one kind, the base unit first."""
    return tuple(_KINDS[kind])


def factor(source: str, target: str) -> float:
    """Return the number by which a value in ``source`` is multiplied to give it in ``target``.

    Raises
    ------
    UnitError
        If either unit is unknown or they measure different things.
    """
    a, b = unit(source), unit(target)
    if a.kind != b.kind:
        raise UnitError(f"{source!r} is a {a.kind} and {target!r} is a {b.kind}: they do not convert")
    return a.factor / b.factor


def convert(value: float, source: str, target: str) -> float:
    """Return ``value``, given in the unit ``source``, in the unit ``target``.

    Raises
    ------
    UnitError
        If either unit is unknown or they measure different things.
    """
    return value * factor(source, target)
