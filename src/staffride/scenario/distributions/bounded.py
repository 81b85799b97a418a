"""Distributions between two ends: uniform, loguniform, triangular, beta."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from pydantic import PositiveFloat, model_validator

from staffride.scenario.distributions.base import Base, require
from staffride.scenario.special import Array, beta_cdf, beta_ppf, log_beta


class Uniform(Base):
    """A uniform distribution from ``low`` to ``high``."""

    kind: Literal["uniform"] = "uniform"
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require(self.low < self.high, "low must be less than high")
        return self

    def density(self, x: Array) -> Array:
        """Return ``1 / (high - low)`` between the ends."""
        return np.where((x >= self.low) & (x <= self.high), 1.0 / (self.high - self.low), 0.0)

    def cdf(self, x: Array) -> Array:
        """Return the share of the interval below ``x``."""
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    def ppf(self, u: Array) -> Array:
        """Return ``low + u (high - low)``."""
        return np.clip(self.low + u * (self.high - self.low), self.low, self.high)

    @property
    def mean_value(self) -> float:
        """The mean: the middle."""
        return 0.5 * (self.low + self.high)

    @property
    def variance(self) -> float:
        """The variance: ``(high - low)^2 / 12``."""
        return (self.high - self.low) ** 2 / 12.0

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        """Return the uniform with both ends times ``factor``."""
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})


class LogUniform(Base):
    """A distribution whose logarithm is uniform: every doubling from ``low`` to ``high`` is as likely."""

    kind: Literal["loguniform"] = "loguniform"
    low: PositiveFloat
    high: PositiveFloat

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require(self.low < self.high, "low must be less than high")
        return self

    @property
    def _width(self) -> float:
        return math.log(self.high / self.low)

    def density(self, x: Array) -> Array:
        """Return ``1 / (x log(high / low))`` between the ends."""
        inside = (x >= self.low) & (x <= self.high)
        return np.where(inside, 1.0 / (np.where(inside, x, 1.0) * self._width), 0.0)

    def cdf(self, x: Array) -> Array:
        """Return ``log(x / low) / log(high / low)``."""
        value: Array = np.log(np.clip(x, self.low, self.high) / self.low) / self._width
        return value

    def ppf(self, u: Array) -> Array:
        """Return ``low (high / low)^u``."""
        return np.clip(self.low * np.exp(u * self._width), self.low, self.high)

    @property
    def mean_value(self) -> float:
        """The mean: ``(high - low) / log(high / low)``."""
        return (self.high - self.low) / self._width

    @property
    def variance(self) -> float:
        """The variance: ``(high^2 - low^2) / (2 log(high / low)) - mean^2``."""
        return (self.high**2 - self.low**2) / (2.0 * self._width) - self.mean_value**2

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        """Return the loguniform with both ends times ``factor``."""
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})


class Triangular(Base):
    """A triangular distribution with its peak at ``mode``."""

    kind: Literal["triangular"] = "triangular"
    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require(self.low < self.high, "low must be less than high")
        require(self.low <= self.mode <= self.high, "mode must lie between low and high")
        return self

    @property
    def _left(self) -> float:
        return (self.high - self.low) * (self.mode - self.low)

    @property
    def _right(self) -> float:
        return (self.high - self.low) * (self.high - self.mode)

    def density(self, x: Array) -> Array:
        """Return a density that rises in a line to ``2 / (high - low)`` at the mode and falls to 0."""
        peak = 2.0 / (self.high - self.low)
        rise = (x - self.low) / (self.mode - self.low) if self.mode > self.low else np.ones_like(x)
        fall = (self.high - x) / (self.high - self.mode) if self.mode < self.high else np.ones_like(x)
        slope = np.where(x < self.mode, rise, fall)
        return np.where((x >= self.low) & (x <= self.high), peak * slope, 0.0)

    def cdf(self, x: Array) -> Array:
        """Return the area of the triangle below ``x``."""
        x = np.clip(x, self.low, self.high)
        rise = (x - self.low) ** 2 / (self._left or 1.0)
        fall = 1.0 - (self.high - x) ** 2 / (self._right or 1.0)
        return np.where(x < self.mode, rise, fall)

    def ppf(self, u: Array) -> Array:
        """Return ``low + sqrt(u (high - low)(mode - low))`` below the mode, its mirror image above."""
        at_mode = (self.mode - self.low) / (self.high - self.low)
        rise = self.low + np.sqrt(u * self._left)
        fall = self.high - np.sqrt((1.0 - u) * self._right)
        return np.where(u < at_mode, np.minimum(rise, self.mode), np.maximum(fall, self.mode))

    @property
    def mean_value(self) -> float:
        """The mean of the three corners."""
        return (self.low + self.mode + self.high) / 3.0

    @property
    def variance(self) -> float:
        """The variance: a 36th of the sum of the squared sides."""
        a, b, c = self.high - self.low, self.mode - self.low, self.high - self.mode
        return (a * a + b * b + c * c) / 36.0

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        """Return the triangular with all corners times ``factor``."""
        names = ("low", "mode", "high")
        return self.model_copy(update={name: getattr(self, name) * factor for name in names})


class Beta(Base):
    """A beta distribution with shapes ``alpha`` and ``beta``, stretched from [0, 1] to [low, high]."""

    kind: Literal["beta"] = "beta"
    alpha: PositiveFloat
    beta: PositiveFloat
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require(self.low < self.high, "low must be less than high")
        return self

    def _unit(self, x: Array) -> Array:
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    def density(self, x: Array) -> Array:
        """Return ``y^(alpha - 1) (1 - y)^(beta - 1) / B(alpha, beta)`` of ``y`` in [0, 1], stretched."""
        y = self._unit(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (self.alpha - 1.0) * np.log(y) if self.alpha != 1.0 else 0.0
            right = (self.beta - 1.0) * np.log1p(-y) if self.beta != 1.0 else 0.0
            value = np.exp(left + right - log_beta(self.alpha, self.beta)) / (self.high - self.low)
        return np.where((x >= self.low) & (x <= self.high), value, 0.0)

    def cdf(self, x: Array) -> Array:
        """Return the regularised incomplete beta function of the stretched ``x``."""
        return beta_cdf(self.alpha, self.beta, self._unit(x))

    def ppf(self, u: Array) -> Array:
        """Return the inverse of `cdf`, by bisection."""
        return self.low + (self.high - self.low) * beta_ppf(self.alpha, self.beta, u)

    @property
    def mean_value(self) -> float:
        """The mean: ``alpha / (alpha + beta)``, stretched."""
        return self.low + (self.high - self.low) * self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:
        """The variance: ``alpha beta / ((alpha + beta)^2 (alpha + beta + 1))``, stretched."""
        total = self.alpha + self.beta
        return (self.high - self.low) ** 2 * self.alpha * self.beta / (total**2 * (total + 1.0))

    @property
    def support(self) -> tuple[float, float]:
        """The two ends."""
        return self.low, self.high

    def scaled(self, factor: float) -> Self:
        """Return the beta with both ends times ``factor``."""
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})
