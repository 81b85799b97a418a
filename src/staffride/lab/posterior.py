"""The fit as it is stored with a scenario: draws from the posterior at each forecast origin, and how they were made."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError
from staffride.results.atomic import remove_leftovers, replacing, write_text
from staffride.scenario.schema import Scenario
from staffride.scenario.tables import columns_of, settings_of, tables_of

Floats = NDArray[np.float64]
FOLDER, DRAWS, RECORD, ORIGINS = "fit", "draws.npz", "fit.json", "origins.json"
NO_MATTER = ("title", "description", "claims", "illustrative")
"""Settings on which no fit rests."""


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
    """Return a hash of all in a scenario that a fit rests on: period, cut-off, parameters and tables.

    Only what a scenario of its kind may have counts, so that a field of another kind makes no fit stale.
    """
    said: dict[str, Any] = {name: True for name in settings_of(scenario.kind) if name not in NO_MATTER}
    for table in tables_of(scenario.kind):
        said[table] = {"__all__": set(columns_of(scenario.kind, table))}
    return hashlib.sha256(scenario.model_dump_json(include=said).encode()).hexdigest()


def key_of(origin: datetime, scenario: Scenario) -> str:
    """Return the name of an origin: its hours since the start of the period."""
    return f"h{round(scenario.period.hour_of(origin), 4):g}"


def save_fit(
    scenario: Scenario,
    draws: Mapping[datetime, PosteriorDraws],
    record: Mapping[str, Any],
    origins: Mapping[str, Any],
) -> Path:
    """Write a fit into the scenario's folder, each file whole or not at all; return the folder.

    The record comes last: until then the fit of a changed scenario is still refused.

    Raises
    ------
    StaffrideError
        The folder cannot be written.
    """
    folder = open_folder(scenario)
    arrays = {
        f"{key_of(origin, scenario)}/{name}": column
        for origin, found in draws.items()
        for name, column in _columns(found).items()
    }
    with replacing(folder / DRAWS) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    write_text(folder / ORIGINS, json.dumps(origins, indent=1) + "\n")
    write_text(folder / RECORD, json.dumps(record, indent=1) + "\n")
    return folder


def open_folder(scenario: Scenario) -> Path:
    """Return the folder of the scenario's fit, made if need be; it can be written.

    Raises
    ------
    StaffrideError
        It cannot be written.
    """
    folder = scenario.folder / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise StaffrideError(
            f"the fit cannot be written to {folder}: {error.strerror}; make a scenario of your own with "
            f"`staffride new NAME --from {scenario.name}`"
        ) from error
    remove_leftovers(folder)
    return folder


def _columns(found: PosteriorDraws) -> dict[str, NDArray[np.float32]]:
    parameters = {f"parameter/{name}": column for name, column in found.parameters.items()}
    rest = {"rate": found.rate, "log_level": found.log_level, "deviation": found.deviation}
    return {name: np.asarray(column, np.float32) for name, column in (parameters | rest).items()}


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
