"""Whether a quantity fits what the model says of it: the kind of unit, and the limits."""

from __future__ import annotations

from staffride.scenario.draft import Draft
from staffride.scenario.quantity import ParameterSpec, Quantity
from staffride.units import same_kind, unit, units_of_kind

PRACTICAL_RANGE = (0.0001, 0.9999)
"""Quantiles between which a quantity must make sense; a tail beyond them may leave the model's limits."""


def check_fit(parts: Draft, where: str, what: str, quantity: Quantity, spec: ParameterSpec) -> None:
    """Report a quantity of the wrong kind, or outside the limits.

    Parameters
    ----------
    parts
        The draft to report to.
    where
        The key of the quantity in the draft's locations.
    what
        How to name it in a message.
    quantity, spec
        The quantity and what the model says of it.
    """
    if not same_kind(quantity.unit, spec.unit):
        kind = unit(spec.unit).kind
        parts.complain(
            where,
            f"{what} is in {quantity.unit}, a {unit(quantity.unit).kind}",
            f"a {kind}: one of " + ", ".join(units_of_kind(kind)),
            f"the model reads it in {spec.unit}",
        )
        return
    low, high = quantity.in_unit(spec.unit).quantiles(*PRACTICAL_RANGE)
    if low == high:
        check_value(parts, where, what, low, spec)
    elif outside(spec, low, high):
        text = f"{what} runs from {low:.4g} to {high:.4g}{_unit_words(spec)}"
        parts.complain(where, text, limits_of(spec), "truncate it")


def check_value(parts: Draft, where: str, what: str, value: float, spec: ParameterSpec) -> None:
    """Report one value, in the model's unit, that is outside the limits."""
    if outside(spec, value, value):
        text = f"{what} is {value:.4g}{_unit_words(spec)}"
        parts.complain(where, text, limits_of(spec), "check the number, its sign and its unit")


def _unit_words(spec: ParameterSpec) -> str:
    return "" if spec.unit == "1" else f" {spec.unit}"


def outside(spec: ParameterSpec, low: float, high: float) -> bool:
    """Return whether a span leaves the limits."""
    return (spec.low is not None and low < spec.low) or (spec.high is not None and high > spec.high)


def limits_of(spec: ParameterSpec) -> str:
    """Return the limits in words."""
    ends = ["" if end is None else f"{end:g}" for end in (spec.low, spec.high)]
    return f"{ends[0] or 'no limit'} to {ends[1] or 'no limit'}"
