"""The fitted figures of the forecasts, and which cases they were fitted on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from staffride.lab.forecast_centre import Centre
from staffride.lab.forecast_spread import Spread

STORED = Path(__file__).resolve().parent.parent / "data" / "region" / "forecast.json"
"""Written by ``benchmarks/flee_forecasts.py``; nothing in it is set by hand."""


@dataclass(frozen=True)
class Parameters:
    """What a forecast needs to know.

    Attributes
    ----------
    centre
        Of the median.
    spread
        Of the bands.
    fitted_on
        Names of the cases whose reports were used; a forecast of one of them is not out of sample.
    """

    centre: Centre
    spread: Spread
    fitted_on: tuple[str, ...] = ()


@cache
def stored_parameters() -> Parameters:
    """Return the figures that come with the program."""
    return read_parameters(STORED)


def read_parameters(path: Path) -> Parameters:
    """Return the figures of a file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Parameters(Centre(**found["centre"]), Spread(**found["spread"]), tuple(found["fitted_on"]))


def write_parameters(path: Path, parameters: Parameters, notes: dict[str, str]) -> None:
    """Write the figures, to six digits, with notes on what they are."""
    rounded = {
        name: {key: float(f"{value:.6g}") for key, value in asdict(part).items()}
        for name, part in (("centre", parameters.centre), ("spread", parameters.spread))
    }
    found = {**notes, "fitted_on": list(parameters.fitted_on), **rounded}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
