"""A quantity: one value, a range or a distribution, with its unit, its role and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from staffride.scenario.breach import BreachError
from staffride.scenario.distributions import Base, Distribution, Uniform
from staffride.scenario.special import Array
from staffride.units import UNITS, UnitError, factor, suggest_unit

Role = Literal["input", "calibration", "held_out", "claim"]
"""What a quantity is for: exactly one of these in a scenario."""


def _one_role(value: object) -> object:
    """Refuse a list of roles with a message that says the rule."""
    if isinstance(value, list | tuple):
        text = f"a quantity has exactly one role, not {len(value)}: {', '.join(map(str, value))}"
        raise BreachError(text, "one of input, calibration, held_out, claim", "keep one of them")
    return value


def _no_truth_value(value: object) -> object:
    """Refuse true and false, which would pass as 1 and 0."""
    if isinstance(value, bool):
        raise BreachError(f"`value` is {str(value).lower()}", "a number", "write 1 for yes and 0 for no")
    return value


def require_ground(evidence: tuple[str, ...], assumed: str | None) -> None:
    """Raise a breach unless something rests on evidence or on an assumption with its reason."""
    if not evidence and not (assumed or "").strip():
        expected = "`evidence` (ids of facts) or `assumed` (a reason)"
        raise BreachError("nothing says what it rests on", expected, "add `assumed` and say why")


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """What a model says about one of its parameters.

    Parameters
    ----------
    name
        Its dotted name in a scenario.
    unit
        The unit in which the model reads it.
    meaning
        One line in plain words.
    low, high
        The least and greatest value for which the model makes sense; ``None`` for no limit.
    required
        Whether a scenario must give it.
    needed_by
        Table of the scenario without whose rows it is not needed; empty if it is always needed.
    """

    name: str
    unit: str
    meaning: str
    low: float | None = None
    high: float | None = None
    required: bool = True
    needed_by: str = ""


class Quantity(BaseModel):
    """A number that a scenario states, with how sure it is and why.

    Exactly one of ``value``, ``range`` (uniform between its ends) and ``distribution`` is given, and at least
    one of ``evidence`` (ids of facts or claims) and ``assumed`` (a reason).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    value: Annotated[float | None, BeforeValidator(_no_truth_value)] = Field(
        None, description="a known number"
    )
    range: tuple[float, float] | None = Field(None, description="[low, high]: uniform between the two")
    distribution: Distribution | None = Field(None, description="any of the known kinds")
    unit: str = Field(description="the unit, for example vehicles/h; 1 for a share or a pure number")
    role: Annotated[Role, BeforeValidator(_one_role)] = "input"
    evidence: tuple[str, ...] = Field((), description="ids of the facts or claims that it rests on")
    assumed: str | None = Field(None, description="the reason, where the record gives no figure")
    inventory: bool = Field(
        False, description="may rest on a fact known after the cut-off; nothing is scored on it"
    )
    note: str = ""

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in UNITS:
            known = "one of " + ", ".join(UNITS)
            raise BreachError(f"unknown unit {unit!r}", known, suggest_unit(unit))
        return unit

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("value", "range", "distribution") if getattr(self, name) is not None]
        if len(given) != 1:
            text = f"{' and '.join(given)} are given" if given else "no number is given"
            hint = "drop all but one" if given else "add `value: ...`"
            raise BreachError(text, "exactly one of value, range and distribution", hint)
        if self.range is not None and not self.range[0] < self.range[1]:
            text = f"`range` is {list(self.range)}"
            raise BreachError(text, "[low, high] with low less than high", "swap the two, or give `value`")
        require_ground(self.evidence, self.assumed)
        return self

    @property
    def spread(self) -> Base | None:
        """The distribution of the quantity, or ``None`` where it is one value."""
        return Uniform(low=self.range[0], high=self.range[1]) if self.range is not None else self.distribution

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value, in the quantity's unit."""
        spread = self.spread
        return (self._fixed, self._fixed) if spread is None else spread.support

    @property
    def _fixed(self) -> float:
        return self.value if self.value is not None else float("nan")

    def ppf(self, u: Array) -> Array:
        """Return the quantiles at ``u`` (any shape, in [0, 1]), in the quantity's unit."""
        u = np.asarray(u, dtype=np.float64)
        spread = self.spread
        return np.full(u.shape, self._fixed) if spread is None else spread.ppf(u)

    def density(self, x: Array) -> Array:
        """Return the probability density at ``x``, per unit of the quantity.

        Raises
        ------
        UnitError
            If the quantity is one value, which has no density.
        """
        spread = self.spread
        if spread is None:
            raise UnitError("a single value has no density")
        return spread.density(np.asarray(x, dtype=np.float64))

    @property
    def mean(self) -> float:
        """The mean, in the quantity's unit."""
        spread = self.spread
        return self._fixed if spread is None else spread.mean_value

    @property
    def sd(self) -> float:
        """The standard deviation, in the quantity's unit; 0 for a value."""
        spread = self.spread
        return 0.0 if spread is None else spread.variance**0.5

    def quantiles(self, *probabilities: float) -> tuple[float, ...]:
        """Return the quantiles at the given probabilities, in the quantity's unit."""
        return tuple(float(q) for q in self.ppf(np.asarray(probabilities)))

    def in_unit(self, unit: str) -> Self:
        """Return the same quantity written in another unit of the same kind.

        Raises
        ------
        UnitError
            If the units measure different things.
        """
        by = factor(self.unit, unit)
        if by == 1.0:
            return self.model_copy(update={"unit": unit})
        scaled = {
            "value": None if self.value is None else self.value * by,
            "range": None if self.range is None else (self.range[0] * by, self.range[1] * by),
            "distribution": None if self.distribution is None else self.distribution.scaled(by),
        }
        return self.model_copy(update={"unit": unit, **scaled})
