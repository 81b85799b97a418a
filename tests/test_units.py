"""Units: one kind each, exact conversion within a kind, helpful names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffride.units import (
    UNITS,
    UnitError,
    convert,
    factor,
    same_kind,
    suggest_unit,
    unit,
    units_of_kind,
)

names = st.sampled_from(sorted(UNITS))


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        (90, "min", "h", 1.5),
        (2, "day", "h", 48),
        (48, "1/day", "1/h", 2),
        (25, "%", "1", 0.25),
        (10, "litre/100km", "litre/km", 0.1),
        (36, "km/h", "m/s", 10),
        (1, "vehicles/min", "vehicles/h", 60),
        (1200, "persons/day", "persons/h", 50),
        (140, "vehicles/km", "vehicles/m", 0.14),
        (2.5, "km2", "m2", 2_500_000),
    ],
)
def test_worked_conversions(value: float, source: str, target: str, result: float) -> None:
    assert convert(value, source, target) == pytest.approx(result, rel=1e-15)


@given(names, names, st.floats(-1e9, 1e9))
def test_conversion_inverts_or_is_refused(source: str, target: str, value: float) -> None:
    if same_kind(source, target):
        assert convert(convert(value, source, target), target, source) == pytest.approx(value, rel=1e-12)
    else:
        with pytest.raises(UnitError, match="do not convert"):
            convert(value, source, target)


@given(names)
def test_every_kind_has_its_base_unit_first(name: str) -> None:
    kind = unit(name).kind
    base = units_of_kind(kind)[0]
    assert unit(base).factor == 1.0
    assert name in units_of_kind(kind)
    assert factor(name, base) == unit(name).factor


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("hours", "h"),
        ("people", "persons"),
        ("vehicle/h", "vehicles/h"),
        ("liters", "litre"),
        ("Km", "km"),
        ("m²", "m2"),
        ("db", "dB"),
        ("decibel", "dB"),
    ],
)
def test_the_nearest_unit_is_suggested(wrong: str, right: str) -> None:
    assert suggest_unit(wrong) == f"did you mean {right!r}?"
    with pytest.raises(UnitError, match=rf"unknown unit '{wrong}'; did you mean '{right}'\?"):
        unit(wrong)


def test_persons_are_not_vehicles() -> None:
    with pytest.raises(UnitError, match=r"number of persons .* number of vehicles"):
        factor("persons", "vehicles")
