"""The distributions that a quantity may have: density, cumulative distribution, quantile, moments.

Every class is a frozen pydantic model, written in a scenario as ``{kind: lognormal, median: 5, sigma: 0.4}``.
``ppf`` is the inverse of ``cdf`` and is monotone, so that one keyed uniform number gives one draw, and a draw
moves smoothly when a parameter of its distribution is changed.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

from staffride.scenario.special import (
    Array,
    beta_cdf,
    beta_ppf,
    bisect,
    log_beta,
    normal_cdf,
    normal_density,
    normal_ppf,
)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


class Base(BaseModel, ABC):
    """What every distribution offers; ``x`` and ``u`` are arrays of any shape, ``u`` in [0, 1]."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @abstractmethod
    def density(self, x: Array) -> Array:
        """Return the probability density at ``x`` (the probability mass for a discrete distribution)."""

    @abstractmethod
    def cdf(self, x: Array) -> Array:
        """Return the probability of a value of at most ``x``."""

    @abstractmethod
    def ppf(self, u: Array) -> Array:
        """Return the quantile of ``u``: the inverse of ``cdf``."""

    @property
    @abstractmethod
    def mean_value(self) -> float:
        """The mean."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The least and the greatest possible value."""

    @abstractmethod
    def scaled(self, factor: float) -> Self:
        """Return the distribution of ``factor`` (positive) times the value: the same in another unit."""

    def quantile(self, probability: float) -> float:
        """Return one quantile as a plain number."""
        return float(self.ppf(np.asarray([probability]))[0])


class Normal(Base):
    """A normal distribution."""

    kind: Literal["normal"] = "normal"
    mean: float
    sd: PositiveFloat

    def density(self, x: Array) -> Array:  # noqa: D102
        return normal_density((x - self.mean) / self.sd) / self.sd

    def cdf(self, x: Array) -> Array:  # noqa: D102
        return normal_cdf((x - self.mean) / self.sd)

    def ppf(self, u: Array) -> Array:  # noqa: D102
        return self.mean + self.sd * normal_ppf(u)

    @property
    def mean_value(self) -> float:  # noqa: D102
        return self.mean

    @property
    def variance(self) -> float:  # noqa: D102
        return self.sd**2

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return -math.inf, math.inf

    def scaled(self, factor: float) -> Self:  # noqa: D102
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

    def density(self, x: Array) -> Array:  # noqa: D102
        positive = np.where(x > 0.0, x, self.median)
        return np.where(x > 0.0, normal_density(self._z(positive)) / (self.sigma * positive), 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        return normal_cdf(self._z(x))

    def ppf(self, u: Array) -> Array:  # noqa: D102
        value: Array = self.median * np.exp(self.sigma * normal_ppf(u))
        return value

    @property
    def mean_value(self) -> float:  # noqa: D102
        return self.median * math.exp(0.5 * self.sigma**2)

    @property
    def variance(self) -> float:  # noqa: D102
        return self.mean_value**2 * math.expm1(self.sigma**2)

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:  # noqa: D102
        return self.model_copy(update={"median": self.median * factor})


class Uniform(Base):
    """A uniform distribution from ``low`` to ``high``."""

    kind: Literal["uniform"] = "uniform"
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require(self.low < self.high, "low must be less than high")
        return self

    def density(self, x: Array) -> Array:  # noqa: D102
        return np.where((x >= self.low) & (x <= self.high), 1.0 / (self.high - self.low), 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    def ppf(self, u: Array) -> Array:  # noqa: D102
        return np.clip(self.low + u * (self.high - self.low), self.low, self.high)

    @property
    def mean_value(self) -> float:  # noqa: D102
        return 0.5 * (self.low + self.high)

    @property
    def variance(self) -> float:  # noqa: D102
        return (self.high - self.low) ** 2 / 12.0

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return self.low, self.high

    def scaled(self, factor: float) -> Self:  # noqa: D102
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})


class LogUniform(Base):
    """A distribution whose logarithm is uniform: every doubling from ``low`` to ``high`` is as likely."""

    kind: Literal["loguniform"] = "loguniform"
    low: PositiveFloat
    high: PositiveFloat

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require(self.low < self.high, "low must be less than high")
        return self

    @property
    def _width(self) -> float:
        return math.log(self.high / self.low)

    def density(self, x: Array) -> Array:  # noqa: D102
        inside = (x >= self.low) & (x <= self.high)
        return np.where(inside, 1.0 / (np.where(inside, x, 1.0) * self._width), 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        value: Array = np.log(np.clip(x, self.low, self.high) / self.low) / self._width
        return value

    def ppf(self, u: Array) -> Array:  # noqa: D102
        return np.clip(self.low * np.exp(u * self._width), self.low, self.high)

    @property
    def mean_value(self) -> float:  # noqa: D102
        return (self.high - self.low) / self._width

    @property
    def variance(self) -> float:  # noqa: D102
        return (self.high**2 - self.low**2) / (2.0 * self._width) - self.mean_value**2

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return self.low, self.high

    def scaled(self, factor: float) -> Self:  # noqa: D102
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})


class Triangular(Base):
    """A triangular distribution with its peak at ``mode``."""

    kind: Literal["triangular"] = "triangular"
    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _require(self.low < self.high, "low must be less than high")
        _require(self.low <= self.mode <= self.high, "mode must lie between low and high")
        return self

    @property
    def _left(self) -> float:
        return (self.high - self.low) * (self.mode - self.low)

    @property
    def _right(self) -> float:
        return (self.high - self.low) * (self.high - self.mode)

    def density(self, x: Array) -> Array:  # noqa: D102
        peak = 2.0 / (self.high - self.low)
        rise = (x - self.low) / (self.mode - self.low) if self.mode > self.low else np.ones_like(x)
        fall = (self.high - x) / (self.high - self.mode) if self.mode < self.high else np.ones_like(x)
        slope = np.where(x < self.mode, rise, fall)
        return np.where((x >= self.low) & (x <= self.high), peak * slope, 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        x = np.clip(x, self.low, self.high)
        rise = (x - self.low) ** 2 / (self._left or 1.0)
        fall = 1.0 - (self.high - x) ** 2 / (self._right or 1.0)
        return np.where(x < self.mode, rise, fall)

    def ppf(self, u: Array) -> Array:  # noqa: D102
        at_mode = (self.mode - self.low) / (self.high - self.low)
        rise = self.low + np.sqrt(u * self._left)
        fall = self.high - np.sqrt((1.0 - u) * self._right)
        return np.where(u < at_mode, np.minimum(rise, self.mode), np.maximum(fall, self.mode))

    @property
    def mean_value(self) -> float:  # noqa: D102
        return (self.low + self.mode + self.high) / 3.0

    @property
    def variance(self) -> float:  # noqa: D102
        a, b, c = self.high - self.low, self.mode - self.low, self.high - self.mode
        return (a * a + b * b + c * c) / 36.0

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return self.low, self.high

    def scaled(self, factor: float) -> Self:  # noqa: D102
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
        _require(self.low < self.high, "low must be less than high")
        return self

    def _unit(self, x: Array) -> Array:
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)

    def density(self, x: Array) -> Array:  # noqa: D102
        y = self._unit(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (self.alpha - 1.0) * np.log(y) if self.alpha != 1.0 else 0.0
            right = (self.beta - 1.0) * np.log1p(-y) if self.beta != 1.0 else 0.0
            value = np.exp(left + right - log_beta(self.alpha, self.beta)) / (self.high - self.low)
        return np.where((x >= self.low) & (x <= self.high), value, 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        return beta_cdf(self.alpha, self.beta, self._unit(x))

    def ppf(self, u: Array) -> Array:  # noqa: D102
        return self.low + (self.high - self.low) * beta_ppf(self.alpha, self.beta, u)

    @property
    def mean_value(self) -> float:  # noqa: D102
        return self.low + (self.high - self.low) * self.alpha / (self.alpha + self.beta)

    @property
    def variance(self) -> float:  # noqa: D102
        total = self.alpha + self.beta
        return (self.high - self.low) ** 2 * self.alpha * self.beta / (total**2 * (total + 1.0))

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return self.low, self.high

    def scaled(self, factor: float) -> Self:  # noqa: D102
        return self.model_copy(update={"low": self.low * factor, "high": self.high * factor})


class TruncatedNormal(Base):
    """A normal distribution cut to [low, high]; either end may be left out."""

    kind: Literal["truncated_normal"] = "truncated_normal"
    mean: float
    sd: PositiveFloat
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.support
        _require(low < high, "low must be less than high")
        _require(self._mass > 1e-290, "low and high leave no probability: they lie too far from the mean")
        return self

    @property
    def _flipped(self) -> bool:
        """Whether to work in the mirror image, where the lower tail is exact."""
        return self.support[0] > self.mean

    @property
    def _z_ends(self) -> tuple[float, float]:
        low, high = ((end - self.mean) / self.sd for end in self.support)
        return (-high, -low) if self._flipped else (low, high)

    @property
    def _cdf_ends(self) -> tuple[float, float]:
        low, high = normal_cdf(np.asarray(self._z_ends))
        return float(low), float(high)

    @property
    def _mass(self) -> float:
        low, high = self._cdf_ends
        return high - low

    def density(self, x: Array) -> Array:  # noqa: D102
        low, high = self.support
        inside = (x >= low) & (x <= high)
        return np.where(inside, normal_density((x - self.mean) / self.sd) / (self.sd * self._mass), 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        z = (np.clip(x, *self.support) - self.mean) / self.sd
        below = (normal_cdf(-z if self._flipped else z) - self._cdf_ends[0]) / self._mass
        return np.clip(1.0 - below if self._flipped else below, 0.0, 1.0)

    def ppf(self, u: Array) -> Array:  # noqa: D102
        low, high = self._cdf_ends
        share = 1.0 - u if self._flipped else u
        z = normal_ppf(low + share * (high - low))
        return np.clip(self.mean + self.sd * (-z if self._flipped else z), *self.support)

    @property
    def _hazards(self) -> tuple[float, float]:
        """The density of the standard normal at both ends over the mass kept."""
        low, high = normal_density(np.asarray(self._z_ends)) / self._mass
        return float(low), float(high)

    @property
    def mean_value(self) -> float:  # noqa: D102
        low, high = self._hazards
        return self.mean + self.sd * (high - low if self._flipped else low - high)

    @property
    def variance(self) -> float:  # noqa: D102
        (a, b), (at_a, at_b) = self._z_ends, self._hazards
        edge = (a * at_a if math.isfinite(a) else 0.0) - (b * at_b if math.isfinite(b) else 0.0)
        return self.sd**2 * (1.0 + edge - (at_a - at_b) ** 2)

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return low, high

    def scaled(self, factor: float) -> Self:  # noqa: D102
        ends = {"low": self.low, "high": self.high}
        update = {name: end if end is None else end * factor for name, end in ends.items()}
        return self.model_copy(update={"mean": self.mean * factor, "sd": self.sd * factor, **update})


class Exponential(Base):
    """An exponential distribution."""

    kind: Literal["exponential"] = "exponential"
    mean: PositiveFloat

    def density(self, x: Array) -> Array:  # noqa: D102
        return np.where(x >= 0.0, np.exp(-np.maximum(x, 0.0) / self.mean) / self.mean, 0.0)

    def cdf(self, x: Array) -> Array:  # noqa: D102
        value: Array = -np.expm1(-np.maximum(x, 0.0) / self.mean)
        return value

    def ppf(self, u: Array) -> Array:  # noqa: D102
        with np.errstate(divide="ignore"):
            value: Array = -self.mean * np.log1p(-np.asarray(u))
        return value

    @property
    def mean_value(self) -> float:  # noqa: D102
        return self.mean

    @property
    def variance(self) -> float:  # noqa: D102
        return self.mean**2

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return 0.0, math.inf

    def scaled(self, factor: float) -> Self:  # noqa: D102
        return self.model_copy(update={"mean": self.mean * factor})


def _normalised(weights: tuple[float, ...], count: int, noun: str) -> Array:
    """Return relative weights as shares that sum to 1."""
    _require(len(weights) == count, f"weights and {noun} must be equally many")
    return np.asarray(weights) / math.fsum(weights)


class Discrete(Base):
    """A distribution over a few values, each with a relative weight."""

    kind: Literal["discrete"] = "discrete"
    values: tuple[float, ...] = Field(min_length=1)
    weights: tuple[PositiveFloat, ...]

    @model_validator(mode="after")
    def _checked(self) -> Self:
        _normalised(self.weights, len(self.values), "values")
        _require(len(set(self.values)) == len(self.values), "values must differ")
        return self

    @property
    def _sorted(self) -> tuple[Array, Array]:
        order = np.argsort(self.values)
        return np.asarray(self.values)[order], _normalised(self.weights, len(self.values), "values")[order]

    def density(self, x: Array) -> Array:  # noqa: D102
        values, weights = self._sorted
        mass: Array = np.sum(np.where(np.asarray(x)[..., None] == values, weights, 0.0), axis=-1)
        return mass

    def cdf(self, x: Array) -> Array:  # noqa: D102
        values, weights = self._sorted
        return np.concatenate([[0.0], np.cumsum(weights)])[np.searchsorted(values, x, side="right")]

    def ppf(self, u: Array) -> Array:  # noqa: D102
        values, weights = self._sorted
        found = np.searchsorted(np.cumsum(weights), u, side="left")
        return values[np.minimum(found, len(values) - 1)]

    @property
    def mean_value(self) -> float:  # noqa: D102
        values, weights = self._sorted
        return float(values @ weights)

    @property
    def variance(self) -> float:  # noqa: D102
        values, weights = self._sorted
        return float((values - self.mean_value) ** 2 @ weights)

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        return min(self.values), max(self.values)

    def scaled(self, factor: float) -> Self:  # noqa: D102
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
        _normalised(self.weights, len(self.components), "components")
        return self

    def _average(self, numbers: list[Array]) -> Array:
        weights = _normalised(self.weights, len(self.components), "components")
        total: Array = np.tensordot(weights, np.asarray(numbers), axes=1)
        return total

    def density(self, x: Array) -> Array:  # noqa: D102
        return self._average([part.density(x) for part in self.components])

    def cdf(self, x: Array) -> Array:  # noqa: D102
        return self._average([part.cdf(x) for part in self.components])

    def ppf(self, u: Array) -> Array:  # noqa: D102
        u = np.asarray(u, dtype=np.float64)
        inside = u[(u > 0.0) & (u < 1.0)]
        low, high = self.support
        if inside.size:
            ends = np.asarray([inside.min(), inside.max()])
            quantiles = np.asarray([part.ppf(ends) for part in self.components])
            found = bisect(self.cdf, inside, float(quantiles.min()), float(quantiles.max()))
        value = np.where(u <= 0.0, low, high)
        if inside.size:
            value[(u > 0.0) & (u < 1.0)] = found
        return value

    @property
    def mean_value(self) -> float:  # noqa: D102
        return float(self._average([np.asarray(part.mean_value) for part in self.components]))

    @property
    def variance(self) -> float:  # noqa: D102
        mean = self.mean_value
        spread = [np.asarray(part.variance + (part.mean_value - mean) ** 2) for part in self.components]
        return float(self._average(spread))

    @property
    def support(self) -> tuple[float, float]:  # noqa: D102
        ends = [part.support for part in self.components]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def scaled(self, factor: float) -> Self:  # noqa: D102
        return self.model_copy(update={"components": tuple(part.scaled(factor) for part in self.components)})


Distribution = Annotated[
    Normal
    | LogNormal
    | Uniform
    | LogUniform
    | Triangular
    | Beta
    | TruncatedNormal
    | Exponential
    | Discrete
    | Mixture,
    Field(discriminator="kind"),
]
"""Any distribution, told apart by its ``kind``."""

KINDS: tuple[type[Base], ...] = (
    Normal,
    LogNormal,
    Uniform,
    LogUniform,
    Triangular,
    Beta,
    TruncatedNormal,
    Exponential,
    Discrete,
    Mixture,
)
"""Every class of distribution."""
