"""Distributions made of weighted parts: a few values, or a mixture of other distributions."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, PositiveFloat, model_validator

from staffride.scenario.distributions.base import Base, require
from staffride.scenario.distributions.bounded import Beta, LogUniform, Triangular, Uniform
from staffride.scenario.distributions.truncated import TruncatedNormal
from staffride.scenario.distributions.unbounded import Exponential, LogNormal, Normal
from staffride.scenario.special import GREATEST, LEAST, Array, invert

NEARLY_ALL = 1.0 - 1e-15
"""A probability at which every quantile of an unbounded distribution is still finite."""


def normalised(weights: tuple[float, ...], count: int, noun: str) -> Array:
    """Return relative weights as shares that sum to 1."""
    require(len(weights) == count, f"weights and {noun} must be equally many")
    return np.asarray(weights) / math.fsum(weights)


class Discrete(Base):
    """A distribution over a few values, each with a relative weight."""

    kind: Literal["discrete"] = "discrete"
    values: tuple[float, ...] = Field(min_length=1)
    weights: tuple[PositiveFloat, ...]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        normalised(self.weights, len(self.values), "values")
        require(len(set(self.values)) == len(self.values), "values must differ")
        return self

    @property
    def _sorted(self) -> tuple[Array, Array]:
        order = np.argsort(self.values)
        return np.asarray(self.values)[order], normalised(self.weights, len(self.values), "values")[order]

    def density(self, x: Array) -> Array:
        """Return the probability of exactly ``x``."""
        values, weights = self._sorted
        mass: Array = np.sum(np.where(np.asarray(x)[..., None] == values, weights, 0.0), axis=-1)
        return mass

    def cdf(self, x: Array) -> Array:
        """Return the sum of the weights of values up to ``x``."""
        values, weights = self._sorted
        return np.concatenate([[0.0], np.cumsum(weights)])[np.searchsorted(values, x, side="right")]

    def ppf(self, u: Array) -> Array:
        """Return the least value whose cumulative weight reaches ``u``."""
        values, weights = self._sorted
        found = np.searchsorted(np.cumsum(weights), u, side="left")
        return values[np.minimum(found, len(values) - 1)]

    @property
    def mean_value(self) -> float:
        """The weighted mean of the values."""
        values, weights = self._sorted
        return float(values @ weights)

    @property
    def variance(self) -> float:
        """The weighted mean square distance from the mean."""
        values, weights = self._sorted
        return float((values - self.mean_value) ** 2 @ weights)

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return min(self.values), max(self.values)

    def scaled(self, factor: float) -> Self:
        """Return the same weights over values times ``factor``."""
        return self.model_copy(update={"values": tuple(value * factor for value in self.values)})


Simple = Annotated[
    Normal | LogNormal | Uniform | LogUniform | Triangular | Beta | TruncatedNormal | Exponential | Discrete,
    Field(discriminator="kind"),
]


class Mixture(Base):
    """A mixture: with probability in proportion to ``weights[i]`` the value comes from ``components[i]``."""

    kind: Literal["mixture"] = "mixture"
    weights: tuple[PositiveFloat, ...]
    components: tuple[Simple, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _checked(self) -> Self:
        normalised(self.weights, len(self.components), "components")
        return self

    def _average(self, numbers: list[Array]) -> Array:
        """Return the weighted mean, summed one by one so that no element depends on its neighbours."""
        weights = normalised(self.weights, len(self.components), "components")
        total = np.zeros_like(numbers[0])
        for weight, number in zip(weights, numbers, strict=True):
            total = total + weight * number
        return total

    def density(self, x: Array) -> Array:
        """Return the weighted mean of the components' densities."""
        return self._average([part.density(x) for part in self.components])

    def cdf(self, x: Array) -> Array:
        """Return the weighted mean of the components' cumulative distributions."""
        return self._average([part.cdf(x) for part in self.components])

    def ppf(self, u: Array) -> Array:
        """Return the inverse of `cdf`, by bisection between the components' own quantiles."""
        u = np.asarray(u, dtype=np.float64)
        ends = np.asarray([LEAST, NEARLY_ALL, GREATEST])
        quantiles = np.asarray([part.ppf(ends) for part in self.components])
        known = quantiles[np.isfinite(quantiles)]  # in a tail cut at one end the last can be infinite
        found = invert(self.cdf, u, float(known.min()), float(known.max()))
        low, high = self.support
        return np.where(u <= 0.0, low, np.where(u >= 1.0, high, found))

    @property
    def mean_value(self) -> float:
        """The weighted mean of the components' means."""
        return float(self._average([np.asarray(part.mean_value) for part in self.components]))

    @property
    def variance(self) -> float:
        """The weighted mean of variances plus squared distances of the means (law of total variance)."""
        mean = self.mean_value
        spread = [np.asarray(part.variance + (part.mean_value - mean) ** 2) for part in self.components]
        return float(self._average(spread))

    @property
    def support(self) -> tuple[float, float]:
        """The widest ends of the components."""
        ends = [part.support for part in self.components]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def scaled(self, factor: float) -> Self:
        """Return the mixture of scaled components."""
        return self.model_copy(update={"components": tuple(part.scaled(factor) for part in self.components)})
