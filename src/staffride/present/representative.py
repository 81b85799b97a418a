"""One run of the ensemble from end to end: the one whose arrivals stay nearest to the median.

A run folder keeps every replication's series but only the quantiles of its links. Any replication can be run
again by its number, so the vehicles on each link are computed anew, and only if every digest says that the
result is the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import numpy as np

from staffride.lab.conditioning import draw
from staffride.model.displacement import compile_inputs, replicate
from staffride.results.identity import code_digest, draws_digest
from staffride.results.run import Run
from staffride.scenario.schema import Scenario


def nearest_to_median(run: Run) -> int:
    """Return the number of the replication with the least mean square distance from the median arrivals."""
    arrivals = run["arrivals"].values.astype(np.float64)
    distance = ((arrivals - np.median(arrivals, axis=0)) ** 2).mean(axis=1)
    return int(run.totals["replication"][int(np.argmin(distance))])


def one_run(run: Run, scenario: Scenario) -> dict[str, Any] | None:
    """Return label, series and links of the nearest run, or ``None`` if this version would compute another.

    Parameters
    ----------
    run
        A run with its tables.
    scenario
        The scenario that it ran.
    """
    settings = run.manifest.settings
    if settings.code_digest != code_digest():
        return None
    inputs = compile_inputs(scenario)
    mode: Literal["prior", "posterior"] = "prior" if settings.mode == "prior" else "posterior"
    origin = datetime.fromisoformat(settings.origin)
    draws = draw(scenario, settings.replications, settings.seed, mode, origin, inputs)
    if settings.draws_digest != draws_digest(draws):
        return None
    number = nearest_to_median(run)
    outcome = replicate(inputs, draws.numbers(number), draws.rate_path[number], settings.seed, number)
    links = {
        link.id: {"vehicles": outcome.on_link[:, k].tolist(), "queue": outcome.waiting[:, k].tolist()}
        for k, link in enumerate(scenario.links)
        if outcome.on_link[:, k].any()
    }
    series = {name: np.asarray(values, dtype=np.float64).tolist() for name, values in outcome.series.items()}
    label = f"One run, the nearest to the median (number {number})"
    return {"label": label, "series": series, "links": links}
