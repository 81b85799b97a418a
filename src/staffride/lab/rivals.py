"""The rivals of the model: each baseline as an hourly ensemble of the series that it can forecast.

A rival is scored by the same path as the model: same hours, same reporting errors, same bands. It is built
from the scenario's observations that were known at the origin and from nothing else, except that the two
rules for shelter by province share out the model's own total, so that only the division between provinces is
compared.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from staffride.lab import baselines
from staffride.lab.observed import CUMULATIVE, central_figure, hours_after, known_record, with_standing
from staffride.lab.score import FloatArray
from staffride.model.departure import share_who_stay

if TYPE_CHECKING:
    from staffride.scenario.schema import Scenario

SIMPLE = ("persistence_24h", "persistence_6h", "logistic", "last_value", "kept_shares", "population_shares")
"""Rivals that know nothing of the model; the best of them is the one to halve."""

CAPPED = "capped_persistence"
"""The honest rival: persistence that stops at the model's own prior of the final total."""

LABELS = {
    "persistence_24h": "the flow of the last 24 hours goes on",
    "persistence_6h": "the flow of the last 6 hours goes on",
    "logistic": "a logistic curve",
    "last_value": "the last value stays",
    CAPPED: "the flow of the last 6 hours, capped by the model's own prior of the total",
    "kept_shares": "the last known shares of the provinces are kept",
    "population_shares": "provinces share by population",
    "constant_hazard": "the same model with a constant hazard of leaving",
}
"""What each rival says, in plain words."""

DEFAULT_CONCENTRATION = 50.0
"""Concentration of shares where only one snapshot is known: a share of 1/2 then varies by about 7 points."""

Rivals = dict[str, dict[str, FloatArray]]
"""Hourly ensembles ``[members, hours]`` by rival and series."""


@dataclass(frozen=True)
class Snapshot:
    """Shelter by province at one moment: ``persons`` has one number a province of the scenario."""

    hour: float
    persons: FloatArray


def build_rivals(
    scenario: Scenario,
    origin: datetime,
    series: Mapping[str, FloatArray],
    *,
    total: FloatArray | None = None,
    members: int = 1000,
    seed: int = 1,
) -> Rivals:
    """Return every rival that the record known at ``origin`` allows.

    Parameters
    ----------
    scenario
        Gives the observations, the period and the provinces.
    origin
        Forecast origin.
    series
        The model's series by name; their names say what is wanted, and ``shelter.total`` is shared out.
    total
        Prior sample of the final total of ``arrivals``, such as `prior_total` draws; without it the capped
        rival is missing.
    members, seed
        Members of each rival and root of their random numbers.
    """
    rivals: Rivals = {name: {} for name in LABELS}
    wanted = {row.series for row in scenario.observations} & set(series)
    for name in sorted(wanted):
        for rival, ensemble in _of_series(scenario, origin, name, total, members, seed).items():
            rivals[rival][name] = ensemble
    if "shelter.total" in series:
        for rival, provinces in _of_provinces(scenario, origin, series["shelter.total"], seed).items():
            rivals[rival].update(provinces)
    return {name: ensembles for name, ensembles in rivals.items() if ensembles}


def prior_total(
    scenario: Scenario, *, residents: str = "population.residents", members: int = 4000, seed: int = 1
) -> FloatArray | None:
    """Return the model's own prior of the final total in persons, ``[members]``: residents who do not stay.

    Parameters are independent a priori, so each is drawn alone from its own stream. ``residents`` names the
    quantity that is the prior of the population. ``None`` for a scenario that lacks one of the parameters:
    the capped rival is then missing.
    """
    names = (residents, "departure.stay_share", "departure.trust", "departure.trust_effect")
    if any(name not in scenario.parameters for name in names):
        return None
    population, *behaviour = (_draw(scenario, name, members, seed) for name in names)
    stay = np.array([share_who_stay(*numbers) for numbers in zip(*behaviour, strict=True)])
    return np.asarray(population * (1.0 - stay))


def snapshots(scenario: Scenario, origin: datetime) -> list[Snapshot]:
    """Return the full snapshots of shelter by province known at ``origin``, in the order of time.

    A snapshot is full when its provinces add up to at least 90 % of the total published for the same moment;
    a province that it does not name sheltered nobody.
    """
    rows = with_standing(scenario.observations, "calibration", origin, scenario.cutoff)
    found = []
    for moment in sorted({row.time for row in rows if row.series == "shelter.total"}):
        named = {row.series: central_figure(row) or 0.0 for row in rows if row.time == moment}
        persons = np.array([named.get(f"shelter.{province.id}", 0.0) for province in scenario.provinces])
        if persons.sum() > 0.0 and persons.sum() >= 0.9 * named["shelter.total"]:
            found.append(Snapshot(float(hours_after(scenario.period.start, [moment])[0]), persons))
    return found


def kept_concentration(known: Sequence[Snapshot], end_h: float) -> float:
    """Concentration of kept shares, from how far they moved between the last two snapshots.

    The variance of the shares is taken to grow in proportion to time, as in a random walk, and is that at the
    middle of the time from the last snapshot to the end of the period.
    """
    if len(known) < 2:
        return DEFAULT_CONCENTRATION
    before, last = known[-2:]
    moved = baselines.moment_concentration(before.persons + 0.5, last.persons + 0.5)
    ahead = max(0.5 * (end_h - last.hour), 1.0)
    return max(1.0, (moved + 1.0) * (last.hour - before.hour) / ahead - 1.0)


def _draw(scenario: Scenario, name: str, members: int, seed: int) -> FloatArray:
    """Return prior draws of one parameter, keyed by its name."""
    generator = np.random.Generator(np.random.Philox(key=[seed, zlib.crc32(name.encode())]))
    return np.asarray(scenario.parameters[name].ppf(generator.random(members)))


def _of_series(
    scenario: Scenario,
    origin: datetime,
    name: str,
    total: FloatArray | None,
    members: int,
    seed: int,
) -> dict[str, FloatArray]:
    """Return the rivals for one series, from what was known of it alone."""
    record = known_record(scenario.observations, name, origin, scenario.cutoff, scenario.period.start)
    if record is None or (name.startswith("shelter.") and name != "shelter.total"):
        return {}
    hours = np.arange(1.0, scenario.period.hours + 1.0)
    if name not in CUMULATIVE | {"shelter.total"}:
        return {"last_value": baselines.last_value(record, hours, members=members, seed=seed)}
    found = {
        "persistence_24h": baselines.persistence_24h(record, hours, members=members, seed=seed),
        "persistence_6h": baselines.persistence_6h(record, hours, members=members, seed=seed),
    }
    if record.time_h.size >= baselines.LOGISTIC_MINIMUM:
        found["logistic"] = baselines.logistic(record, hours, members=members, seed=seed)
    if name == "arrivals" and total is not None:
        found[CAPPED] = baselines.capped_persistence(record, hours, total, members=members, seed=seed)
    return found


def _of_provinces(
    scenario: Scenario, origin: datetime, total: FloatArray, seed: int
) -> dict[str, dict[str, FloatArray]]:
    """Return the two rules that share out the model's total of people in shelter."""
    known = snapshots(scenario, origin)
    if not known:
        return {}
    last = known[-1].persons
    population = np.array([province.population_persons for province in scenario.provinces], dtype=float)
    kept = baselines.kept_shares(
        last, total, concentration=kept_concentration(known, scenario.period.hours), seed=seed
    )
    by_population = baselines.shares_of_total(
        population, total, concentration=baselines.moment_concentration(population, last), seed=seed
    )
    names = [f"shelter.{province.id}" for province in scenario.provinces]
    return {
        "kept_shares": {name: kept[:, :, k] for k, name in enumerate(names)},
        "population_shares": {name: by_population[:, :, k] for k, name in enumerate(names)},
    }
