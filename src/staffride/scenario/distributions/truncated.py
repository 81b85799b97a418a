"""The truncated normal distribution, exact in either tail."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from pydantic import PositiveFloat, model_validator

from staffride.scenario.distributions.base import Base, require
from staffride.scenario.special import Array, normal_cdf, normal_density, normal_ppf


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
        require(low < high, "low must be less than high")
        require(self._mass > 1e-290, "low and high leave no probability: they lie too far from the mean")
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

    def density(self, x: Array) -> Array:
        """Return the normal density over the mass kept; 0 outside the ends."""
        low, high = self.support
        inside = (x >= low) & (x <= high)
        return np.where(inside, normal_density((x - self.mean) / self.sd) / (self.sd * self._mass), 0.0)

    def cdf(self, x: Array) -> Array:
        """Return the normal mass between ``low`` and ``x`` over the mass kept."""
        z = (np.clip(x, *self.support) - self.mean) / self.sd
        below = (normal_cdf(-z if self._flipped else z) - self._cdf_ends[0]) / self._mass
        return np.clip(1.0 - below if self._flipped else below, 0.0, 1.0)

    def ppf(self, u: Array) -> Array:
        """Return the normal quantile of the mass below ``low`` plus ``u`` times the mass kept."""
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
    def mean_value(self) -> float:
        """The mean: ``mean + sd (phi(a) - phi(b)) / mass`` with the ends at ``a`` and ``b`` deviations."""
        low, high = self._hazards
        return self.mean + self.sd * (high - low if self._flipped else low - high)

    @property
    def variance(self) -> float:
        """The variance (Johnson, Kotz and Balakrishnan 1994, section 13.10.1)."""
        (a, b), (at_a, at_b) = self._z_ends, self._hazards
        edge = (a * at_a if math.isfinite(a) else 0.0) - (b * at_b if math.isfinite(b) else 0.0)
        return self.sd**2 * (1.0 + edge - (at_a - at_b) ** 2)

    @property
    def support(self) -> tuple[float, float]:
        """The two ends, infinite where they are left out."""
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return low, high

    def scaled(self, factor: float) -> Self:
        """Return the truncated normal with mean, deviation and ends times ``factor``."""
        ends = {"low": self.low, "high": self.high}
        update = {name: end if end is None else end * factor for name, end in ends.items()}
        return self.model_copy(update={"mean": self.mean * factor, "sd": self.sd * factor, **update})
