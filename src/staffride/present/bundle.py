"""The bundle: all that a report shows of a run, as plain JSON values under fixed names.

===============  =============================================================================================
``run``          title, seed, version, replications, cut-off, what it is conditioned on, command, digests
``period``       start, end, hours, time zone
``times``        ends of the hours, ISO 8601 with offset
``series``       name -> mean, q05, q25, q50, q75, q95, one number an hour; ``null`` where there is none
``totals``       name -> the same statistics of the whole period
``observations`` figures of the record with hour, value, role and who said it
``scores``       rows of the scoreboard; ``score_sentences`` says the same in words
``places`` ``links`` ``provinces``  what the map draws
``paths``        ``median`` and ``one``: series and vehicles on each link, hour by hour
``origins``      how each day's bulletins narrow the final total; ``null`` where no such fit is stored
``parameters``   value or prior, posterior, unit, what it rests on
``apart``        what the bulletins could not tell apart, ``null`` for a prior ensemble
``facts`` ``claims`` ``sources``    the record behind it
===============  =============================================================================================
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError
from staffride.evidence import attributions
from staffride.lab.observed import standing
from staffride.model.parameters import PARAMETERS
from staffride.present import grounds
from staffride.present.representative import one_run
from staffride.present.way_out import Ways, ways_of
from staffride.results.identity import evidence_of
from staffride.results.run import Run
from staffride.results.tables import STATISTICS
from staffride.scenario.schema import Observation, Scenario

Json = dict[str, Any]

ORIGINS = ("fit", "origins.json")


def build_bundle(run: Run, scenario: Scenario, name_order: str = "az_hy") -> Json:
    """Return everything that a report of ``run`` shows.

    Parameters
    ----------
    run
        A run with its tables, complete or partial.
    scenario
        The scenario that it ran, for example the resolved one in its folder.
    name_order
        Order of the two names of a place in the disputed area: ``az_hy`` or ``hy_az``.

    Raises
    ------
    StaffrideError
        A table of the run is missing or damaged, or the order of names is unknown.
    """
    if name_order not in ("az_hy", "hy_az"):
        raise StaffrideError(f"unknown order of names {name_order!r}: expected 'az_hy' or 'hy_az'")
    ways = ways_of(scenario)
    series = series_of(run, lambda name: 2 if name.endswith("_hours") else 0)
    evidence = [*evidence_of(scenario), *scenario.claims]
    return {
        "name_order": name_order,
        **about(run, scenario, command(run, scenario)),
        "series": series,
        "totals": {name: described(values) for name, values in run.totals.read(*run.total_names).items()},
        "observations": _observations(run, scenario),
        "scores": _scores(run),
        "score_sentences": list(run.scoreboard.get("says", ())),
        **_geography(scenario, ways),
        "paths": _paths(run, scenario, series, ways),
        "origins": _origins(scenario),
        "parameters": grounds.parameters(scenario.parameters, PARAMETERS.get, _posterior(run)),
        "rests_on": grounds.shares(scenario.parameters.values()),
        "apart": grounds.not_told_apart(scenario, run.manifest.settings.origin, run.manifest.settings.mode),
        "facts": grounds.facts(scenario),
        "claims": grounds.claims(scenario),
        "sources": [{"id": s.source, "text": s.text, "terms": s.terms} for s in attributions(evidence)],
    }


def plain(values: NDArray[Any], digits: int = 2) -> list[float | None]:
    """Return numbers rounded for a page, ``None`` for what is not a number."""
    rounded = np.round(np.asarray(values, dtype=np.float64), digits).tolist()
    return [v if math.isfinite(v) else None for v in rounded]


def about(run: Run, scenario: Scenario, repeat: str) -> Json:
    """Return what a report says of the run itself, its period and the ends of its hours.

    Parameters
    ----------
    repeat
        The command that repeats the run.
    """
    return {
        "run": _run(run, scenario, repeat),
        "period": _period(scenario),
        "times": [scenario.period.time_of(k).isoformat() for k in range(1, scenario.period.hours + 1)],
    }


def _run(run: Run, scenario: Scenario, repeat: str) -> Json:
    settings = run.manifest.settings
    conditioned = settings.mode != "prior"
    return {
        "folder": run.name,
        "scenario": settings.scenario,
        "title": scenario.title,
        "description": scenario.description.strip(),
        "seed": settings.seed,
        "replications": run.replications,
        "version": settings.version,
        "cutoff": scenario.cutoff.isoformat(),
        "conditioned_until": settings.origin if conditioned else None,
        "prior": not conditioned,
        "wall_seconds": run.wall_seconds,
        "complete": run.status != "partial",
        "command": repeat,
        "finished": run.manifest.ended,
        "digests": {
            "scenario": settings.scenario_digest,
            "evidence": settings.evidence_digest,
            "model's source": settings.code_digest,
            "draws": settings.draws_digest,
        },
    }


def command(run: Run, scenario: Scenario) -> str:
    """Return the command that repeats the run from an installation of the same version."""
    settings = run.manifest.settings
    parts = [f"staffride run {settings.scenario}", f"--replications {settings.replications}"]
    parts.append(f"--seed {settings.seed}")
    if settings.mode == "prior":
        parts.append("--prior")
    elif datetime.fromisoformat(settings.origin) != scenario.cutoff:
        parts.append(f"--origin {settings.origin}")
    return " ".join(parts)


def _period(scenario: Scenario) -> Json:
    period = scenario.period
    start, end = period.time_of(0), period.time_of(period.hours)
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "hours": period.hours,
        "time_zone": period.time_zone,
    }


def series_of(run: Run, digits_of: Callable[[str], int]) -> Json:
    """Return mean and quantiles of every series by hour, with as many decimals as ``digits_of`` its name says."""
    table = run.summary.read()
    hours = len(run.times)
    names = [str(name) for name in table["series"][::hours]]
    return {
        name: {
            level: plain(table[level][k * hours : (k + 1) * hours], digits_of(name)) for level in STATISTICS
        }
        for k, name in enumerate(names)
    }


def described(values: NDArray[Any]) -> Json:
    """Return mean and quantiles of one total over the replications; NaN where no replication has it."""
    levels = dict(zip(STATISTICS[1:], np.nanquantile(values, (0.05, 0.25, 0.5, 0.75, 0.95)), strict=True))
    return {"mean": float(np.nanmean(values)), **{name: float(v) for name, v in levels.items()}}


def _observations(run: Run, scenario: Scenario) -> list[Json]:
    """Return the figures of the record that are compared, each with whether the ensemble knew it."""
    settings, period = run.manifest.settings, scenario.period
    origin = datetime.fromisoformat(settings.origin)
    rows = []
    for row in scenario.observations:
        role = standing(row, origin, scenario.cutoff)
        if role != "record" and period.start <= row.time <= period.end:
            rows.append(_observation(row, scenario, "held_out" if settings.mode == "prior" else role))
    return rows


def _observation(observation: Observation, scenario: Scenario, role: str) -> Json:
    when = scenario.period.time_of(scenario.period.hour_of(observation.time))
    return {
        "id": observation.id,
        "series": observation.series,
        "time": when.isoformat(),
        "hour": scenario.period.hour_of(observation.time),
        "time_uncertainty_h": observation.time_uncertainty_h,
        "value": observation.value,
        "low": observation.low,
        "high": observation.high,
        "role": role,
        "known_from": observation.known_from.isoformat(),
        "fact": observation.fact,
        "source": grounds.said_by(observation.fact),
        "note": observation.note,
    }


def _scores(run: Run) -> list[Json]:
    """Return the rows of the scoreboard, held-out ones first."""
    rows = [{"name": name, **row} for name, row in run.scores.items()]
    return sorted(rows, key=lambda row: row["role"] != "held_out")


def _geography(scenario: Scenario, ways: Ways) -> Json:
    share = {row.place: row.share for row in scenario.people}
    ends = {end for link in ways.links for end in (link["from"], link["to"])}
    wanted = ends | share.keys() | {province.centre_place for province in scenario.provinces}
    places = [
        {
            **place.model_dump(include={"id", "name_az", "name_hy", "official_name", "kind"}),
            "latitude": place.latitude,
            "longitude": place.longitude,
            "share": share.get(place.id),
        }
        for place in scenario.places
        if place.id in wanted
    ]
    provinces = [
        {"slug": p.id, "name": p.name, "place": p.centre_place, "population": p.population_persons}
        for p in scenario.provinces
    ]
    return {
        "places": places,
        "links": list(ways.links),
        "provinces": provinces,
        "checkpoint": ways.checkpoint,
    }


def _paths(run: Run, scenario: Scenario, series: Json, ways: Ways) -> Json:
    """Return the median of the ensemble and one run near it; links without a vehicle are left out."""
    table = run.links.read("link", "vehicles_q50", "queue_q50")
    known = {link["id"] for link in ways.links}
    links = {}
    for link in dict.fromkeys(str(name) for name in table["link"]):
        rows = table["link"] == link
        if link in known and table["vehicles_q50"][rows].any():
            vehicles, queue = (plain(table[f"{m}_q50"][rows], 1) for m in ("vehicles", "queue"))
            links[link] = {"vehicles": vehicles, "queue": queue}
    middle = {name: levels["q50"] for name, levels in series.items()}
    paths = {"median": {"label": "Median of the ensemble", "series": middle, "links": links}}
    one = one_run(run, scenario)
    return paths if one is None else {**paths, "one": one}


def _posterior(run: Run) -> Mapping[str, NDArray[np.float64]]:
    """Return the sample of each parameter over the replications; empty for a prior ensemble."""
    if run.manifest.settings.mode == "prior" or not run.parameter_names:
        return {}
    return run.totals.read(*run.parameter_names)


def _origins(scenario: Scenario) -> Json | None:
    """Return the stored figure of forecast origins, or ``None`` where the scenario has none."""
    path = scenario.folder.joinpath(*ORIGINS)
    if not path.is_file():
        return None
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found
