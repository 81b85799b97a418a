"""Which parameters a scenario of each kind gives."""

from __future__ import annotations

from collections.abc import Mapping

from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS
from staffride.model.parameters import PARAMETERS
from staffride.scenario.quantity import ParameterSpec


def parameters_of(kind: str) -> Mapping[str, ParameterSpec]:
    """Return what a model says of its parameters, by name; ``kind`` is ``displacement`` or ``campaign``."""
    return CAMPAIGN_PARAMETERS if kind == "campaign" else PARAMETERS
