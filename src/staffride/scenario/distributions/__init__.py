"""The distributions that a quantity may have: density, cumulative distribution, quantile, moments.

Every class is a frozen pydantic model, written in a scenario as ``{kind: lognormal, median: 5, sigma: 0.4}``.
``ppf`` is the inverse of ``cdf`` and is monotone, so that one keyed uniform number gives one draw, and a draw
moves smoothly when a parameter of its distribution is changed. ``phi`` and ``Phi`` are the standard normal
density and cumulative distribution.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from staffride.scenario.distributions.base import Base
from staffride.scenario.distributions.bounded import Beta, LogUniform, Triangular, Uniform
from staffride.scenario.distributions.mixed import Discrete, Mixture
from staffride.scenario.distributions.truncated import TruncatedNormal
from staffride.scenario.distributions.unbounded import Exponential, LogNormal, Normal

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

__all__ = [
    "KINDS",
    "Base",
    "Beta",
    "Discrete",
    "Distribution",
    "Exponential",
    "LogNormal",
    "LogUniform",
    "Mixture",
    "Normal",
    "Triangular",
    "TruncatedNormal",
    "Uniform",
]
