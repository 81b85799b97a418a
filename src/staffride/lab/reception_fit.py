"""Fit reception to what was known of registration and shelter: an ensemble smoother with multiple data assimilation.

Each member keeps its own arrivals; its rates and capacities are pulled towards the snapshots by the ensemble's own
covariances, in four equal steps with inflated errors. Source: Emerick & Reynolds (2013), Computers & Geosciences 55,
3-15.
Limits: exact for linear models and normal priors only; the scores that judge it are of later snapshots.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import CONDITIONING
from staffride.lab.keyed import entity_of, keyed_uniforms
from staffride.lab.normal import normal_column
from staffride.lab.observed import central_figure, standing
from staffride.lab.scores import ScoreTable
from staffride.model.displacement_inputs import Inputs, reception_rules
from staffride.model.reception import ReceptionCounts, receive
from staffride.scenario.schema import Observation, Scenario

Floats = NDArray[np.float64]
STEPS = 4
SMALL = 30.0
RATES = (
    "reception.registration_rate",
    "reception.registration_delay",
    "reception.opening_scale",
    "reception.shelter_share",
    "reception.ask_delay",
    "reception.placement_rate",
    "reception.placement_growth",
    "reception.capacity_share",
    "reception.capacity_spread",
    "reception.distance_scale",
)


def known_snapshots(scenario: Scenario, origin: datetime) -> list[Observation]:
    """Return the rows on registration and shelter that may be fitted at ``origin``, and have a figure."""
    return [
        row
        for row in scenario.observations
        if (row.series == "registered" or row.series.startswith("shelter."))
        and central_figure(row) is not None
        and row.time <= origin
        and standing(row, origin, scenario.cutoff) == "calibration"
    ]


def predicted(
    inputs: Inputs,
    columns: Mapping[str, Floats],
    arrivals: NDArray[np.int64],
    rows: list[tuple[int, str]],
    seed: int,
) -> Floats:
    """Return what each member says of each snapshot, (n, rows), as ``log(persons + 30)``.

    ``arrivals`` is (n, hours), persons in each hour; ``rows`` names the hour (end) and series of each snapshot.
    """
    result = np.empty((arrivals.shape[0], len(rows)))
    for member in range(arrivals.shape[0]):
        numbers = {name: float(column[member]) for name, column in columns.items()}
        counts = receive(
            seed,
            member,
            arrivals[member],
            inputs.capacity(numbers),
            inputs.openings(numbers),
            inputs.province_distance,
            numbers["reception.distance_scale"],
            reception_rules(numbers),
        )
        for position, (hour, series) in enumerate(rows):
            persons = _persons(counts, max(hour - 1, 0), series, inputs.province_ids)
            result[member, position] = np.log(persons + SMALL)
    return result


def _persons(counts: ReceptionCounts, column: int, series: str, province_ids: tuple[str, ...]) -> int:
    """Return how many persons a series counts at the end of an hour."""
    if series == "registered":
        return int(counts.registered[column])
    placed, province = counts.placed[column], series.removeprefix("shelter.")
    return int(placed.sum() if province == "total" else placed[province_ids.index(province)])


def smooth(score: Floats, said: Floats, figure: Floats, error_sd: float, noise: Floats) -> Floats:
    """Return scores after one step of assimilation.

    Equation: ``z + C_zd (C_dd + a R)^-1 (d + sqrt(a) e - y)`` with a = 4 steps and R = error_sd^2.

    Parameters
    ----------
    score, said, figure
        Scores (n, D), predictions (n, rows) and observed figures (rows,), both on the log scale.
    noise
        Standard normal numbers (n, rows) that perturb the figures.
    """
    z, y = score - score.mean(axis=0), said - said.mean(axis=0)
    members = score.shape[0] - 1
    inner = y.T @ y / members + STEPS * error_sd**2 * np.eye(y.shape[1])
    surprise = figure + np.sqrt(STEPS) * error_sd * noise - said
    moved: Floats = score + np.linalg.solve(inner, surprise.T).T @ (z.T @ y / members).T
    return moved


def _normal_scores(names: tuple[str, ...], count: int, seed: int) -> Floats:
    columns = [normal_column(keyed_uniforms(seed, count, CONDITIONING, 1, entity_of(name))) for name in names]
    return np.column_stack(columns)


def fit_reception(
    scenario: Scenario, inputs: Inputs, arrivals: NDArray[np.int64], origin: datetime, seed: int
) -> dict[str, Floats]:
    """Return the parameters of reception conditioned on the snapshots known at ``origin``, a column (n,) each.

    Parameters
    ----------
    arrivals
        Persons in each hour up to the origin, (n, hours): one row a member of the posterior.
    """
    names = (*RATES, *inputs.latents)
    table = ScoreTable(scenario, inputs, RATES)
    patients = {"reception.patient_share": scenario.parameters["reception.patient_share"].mean}

    def columns_of(score: Floats) -> dict[str, Floats]:
        latent = {name: score[:, len(RATES) + m] for m, name in enumerate(inputs.latents)}
        fixed = {name: np.full(score.shape[0], value) for name, value in patients.items()}
        return table.columns(score[:, : len(RATES)]) | latent | fixed

    known = known_snapshots(scenario, origin)
    score = _normal_scores(names, arrivals.shape[0], seed)
    if known:
        rows = [(round(scenario.period.hour_of(row.time)), row.series) for row in known]
        figure = np.log(np.array([central_figure(row) or 0.0 for row in known]) + SMALL)
        error = scenario.parameters["shelter_report.log_error"].mean
        for step in range(STEPS):
            said = predicted(inputs, columns_of(score), arrivals, rows, seed)
            noise = _normal_scores(tuple(f"step {step} row {n}" for n in range(len(rows))), len(score), seed)
            score = smooth(score, said, figure, error, noise)
    columns = columns_of(score)
    del columns["reception.patient_share"]
    return columns
