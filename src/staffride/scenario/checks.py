"""What can be wrong with a scenario although each of its parts is well formed."""

from __future__ import annotations

from collections.abc import Mapping

from staffride.scenario.draft import Draft
from staffride.scenario.quantity import ParameterSpec


def check_draft(parts: Draft, specs: Mapping[str, ParameterSpec] | None) -> None:
    """Add every problem that a draft has to its list."""
