"""Which parameters a scenario of each kind gives."""

from __future__ import annotations

from collections.abc import Mapping

from staffride.model.campaign_parameters import CAMPAIGN_PARAMETERS
from staffride.model.chain_parameters import CHAIN_PARAMETERS
from staffride.model.parameters import PARAMETERS
from staffride.scenario.quantity import ParameterSpec

_OF_KIND: Mapping[str, Mapping[str, ParameterSpec]] = {
    "displacement": PARAMETERS,
    "campaign": CAMPAIGN_PARAMETERS,
    "chain": CHAIN_PARAMETERS,
}


def parameters_of(kind: str) -> Mapping[str, ParameterSpec]:
    """Return what a model says of its parameters, by name; ``kind`` is `displacement`, `campaign` or `chain`."""
    return _OF_KIND.get(kind, PARAMETERS)
