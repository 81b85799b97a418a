"""The fit as it is stored with a scenario: draws from the posterior at each forecast origin, and how they were made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
FOLDER, DRAWS, RECORD, ORIGINS = "fit", "draws.npz", "fit.json", "origins.json"


class FitMissingError(StaffrideError):
    """The scenario holds no fit for the wanted origin."""


@dataclass(frozen=True, slots=True)
class PosteriorDraws:
    """Equally weighted draws at one origin.

    ``parameters`` holds a column (n,) for each fitted parameter in the model's unit; ``rate`` (n, hours) the
    checkpoint's rate until the origin, vehicles per hour; ``log_level`` and ``deviation`` (n,) its state there.
    """

    parameters: Mapping[str, Floats]
    rate: Floats
    log_level: Floats
    deviation: Floats


def digest(scenario: Scenario) -> str:
    """Return a hash of all in a scenario that a fit rests on: period, cut-off, parameters and tables."""
    content = scenario.model_dump_json(exclude={"folder", "locations", "title", "description", "claims"})
    return hashlib.sha256(content.encode()).hexdigest()


def key_of(origin: datetime, scenario: Scenario) -> str:
    """Return the name of an origin: its hours since the start of the period."""
    return f"h{round(scenario.period.hour_of(origin))}"


def save_fit(
    scenario: Scenario,
    draws: Mapping[datetime, PosteriorDraws],
    record: Mapping[str, Any],
    origins: Mapping[str, Any],
) -> Path:
    """Write a fit into the scenario's folder, whole or not at all; return the folder.

    Raises
    ------
    StaffrideError
        The folder cannot be written.
    """
    folder = scenario.folder / FOLDER
    arrays = {
        f"{key_of(origin, scenario)}/{name}": column
        for origin, found in draws.items()
        for name, column in _columns(found).items()
    }
    try:
        folder.mkdir(exist_ok=True)
        _replace(
            folder / DRAWS, lambda path: np.savez_compressed(path.open("wb"), allow_pickle=False, **arrays)
        )
        _replace(folder / ORIGINS, lambda path: path.write_text(json.dumps(origins, indent=1) + "\n"))
        _replace(folder / RECORD, lambda path: path.write_text(json.dumps(record, indent=1) + "\n"))
    except OSError as error:
        raise StaffrideError(
            f"the fit cannot be written to {folder}: {error.strerror}; copy the scenario with `staffride new`"
        ) from error
    return folder


def _columns(found: PosteriorDraws) -> dict[str, NDArray[np.float32]]:
    parameters = {f"parameter/{name}": column for name, column in found.parameters.items()}
    rest = {"rate": found.rate, "log_level": found.log_level, "deviation": found.deviation}
    return {name: np.asarray(column, np.float32) for name, column in (parameters | rest).items()}


def _replace(path: Path, write: Any) -> None:
    """Write a file beside its place and move it there."""
    beside = path.with_name(path.name + ".new")
    write(beside)
    beside.replace(path)


def load_fit(scenario: Scenario, origin: datetime) -> PosteriorDraws:
    """Read the draws at an origin.

    Raises
    ------
    FitMissingError
        There is no fit, none for this origin, or it was made for another version of the scenario.
    """
    record = read_record(scenario)
    if record["scenario_digest"] != digest(scenario):
        raise FitMissingError(
            f"the fit of {scenario.name} was made for another version of its parameters or tables; repeat it with "
            f"`staffride calibrate {scenario.name}`, or run with --prior"
        )
    key = key_of(origin, scenario) + "/"
    with np.load(scenario.folder / FOLDER / DRAWS, allow_pickle=False) as file:
        found = {
            name.removeprefix(key): file[name].astype(float) for name in file.files if name.startswith(key)
        }
    if not found:
        known = ", ".join(record["origins"])
        raise FitMissingError(
            f"{scenario.name} holds no fit for {origin.isoformat()}; it has {known}; make one with "
            f"`staffride calibrate {scenario.name} --origin {origin.isoformat()}`"
        )
    parameters = {
        name.removeprefix("parameter/"): column
        for name, column in found.items()
        if name.startswith("parameter/")
    }
    return PosteriorDraws(parameters, found["rate"], found["log_level"], found["deviation"])


def read_record(scenario: Scenario) -> dict[str, Any]:
    """Return how the scenario's fit was made.

    Raises
    ------
    FitMissingError
        There is no fit.
    """
    path = scenario.folder / FOLDER / RECORD
    if not path.exists():
        raise FitMissingError(
            f"{scenario.name} holds no fit; make one with `staffride calibrate {scenario.name}`, or run with --prior"
        )
    record: dict[str, Any] = json.loads(path.read_text())
    return record
