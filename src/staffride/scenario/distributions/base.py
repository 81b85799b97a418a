"""What every distribution offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from staffride.scenario.special import Array


def require(condition: bool, message: str) -> None:
    """Raise `ValueError` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise ValueError(message)


class Base(BaseModel, ABC):
    """What every distribution offers; ``x`` and ``u`` are arrays of any shape, ``u`` in [0, 1]."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_serializer(mode="wrap")
    def _with_kind(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Write the kind first, and even where defaults are left out: without it nothing can be read back."""
        return {"kind": type(self).model_fields["kind"].default, **write(self)}

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
