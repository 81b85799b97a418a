"""Distributions without an upper end: normal, lognormal, exponential."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from pydantic import PositiveFloat

from staffride.scenario.distributions.base import Base
from staffride.scenario.special import Array, normal_cdf, normal_density, normal_ppf


class Normal(Base):
    """A normal distribution."""

    kind: Literal["normal"] = "normal"
    mean: float
    sd: PositiveFloat

    def density(self, x: Array) -> Array:
        """Return ``phi((x - mean) / sd) / sd``."""
        return normal_density((x - self.mean) / self.sd) / self.sd

    def cdf(self, x: Array) -> Array:
        """Return ``Phi((x - mean) / sd)``."""
        return normal_cdf((x - self.mean) / self.sd)

    def ppf(self, u: Array) -> Array:
        """Return ``mean + sd Phi^-1(u)``."""
        return self.mean + self.sd * normal_ppf(u)

    @property
    def mean_value(self) -> float:
        """The mean: ``mean``."""
        return self.mean

    @property
    def variance(self) -> float:
        """The variance: ``sd^2``."""
        return self.sd**2

    @property
    def support(self) -> tuple[float, float]:
        """The whole line."""
        return -math.inf, math.inf

    def scaled(self, factor: float) -> Self:
        """Return the normal with mean and deviation times ``factor``."""
        return self.model_copy(update={"mean": self.mean * factor, "sd": self.sd * factor})


class LogNormal(Base):
    """A lognormal distribution: the logarithm is normal with mean ``log(median)`` and deviation ``sigma``."""

    kind: Literal["lognormal"] = "lognormal"
    median: PositiveFloat
    sigma: PositiveFloat

    def _z(self, x: Array) -> Array:
        with np.errstate(divide="ignore"):
            z: Array = np.log(np.maximum(x, 0.0) / self.median) / self.sigma
        return z

    def density(self, x: Array) -> Array:
        """Return ``phi(z) / (sigma x)`` with ``z = log(x / median) / sigma``; 0 below 0."""
        positive = np.where(x > 0.0, x, self.median)
        return np.where(x > 0.0, normal_density(self._z(positive)) / (self.sigma * positive), 0.0)

    def cdf(self, x: Array) -> Array:
        """Return ``Phi(log(x / median) / sigma)``."""
        return normal_cdf(self._z(x))

    def ppf(self, u: Array) -> Array:
        """Return ``median exp(sigma Phi^-1(u))``."""
        value: Array = self.median * np.exp(self.sigma * normal_ppf(u))
        return value

    @property
    def mean_value(self) -> float:
        """The mean: ``median exp(sigma^2 / 2)``."""
        return self.median * math.exp(0.5 * self.sigma**2)

    @property
    def variance(self) -> float:
        """The variance: ``mean^2 (exp(sigma^2) - 1)``."""
        return self.mean_value**2 * math.expm1(self.sigma**2)

    @property
    def support(self) -> tuple[float, float]:
        """The positive numbers."""
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:
        """Return the lognormal with the median times ``factor``."""
        return self.model_copy(update={"median": self.median * factor})


class Exponential(Base):
    """An exponential distribution."""

    kind: Literal["exponential"] = "exponential"
    mean: PositiveFloat

    def density(self, x: Array) -> Array:
        """Return ``exp(-x / mean) / mean``; 0 below 0."""
        return np.where(x >= 0.0, np.exp(-np.maximum(x, 0.0) / self.mean) / self.mean, 0.0)

    def cdf(self, x: Array) -> Array:
        """Return ``1 - exp(-x / mean)``."""
        value: Array = -np.expm1(-np.maximum(x, 0.0) / self.mean)
        return value

    def ppf(self, u: Array) -> Array:
        """Return ``-mean log(1 - u)``."""
        with np.errstate(divide="ignore"):
            value: Array = -self.mean * np.log1p(-np.asarray(u))
        return value

    @property
    def mean_value(self) -> float:
        """The mean: ``mean``."""
        return self.mean

    @property
    def variance(self) -> float:
        """The variance: ``mean^2``."""
        return self.mean**2

    @property
    def support(self) -> tuple[float, float]:
        """The positive numbers."""
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:
        """Return the exponential with the mean times ``factor``."""
        return self.model_copy(update={"mean": self.mean * factor})
