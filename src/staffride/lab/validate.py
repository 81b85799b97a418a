"""Validation of a finished run: its scoreboard at the forecast origin for which it was conditioned."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from staffride.lab.constant_hazard import load_rival
from staffride.lab.rivals import Rivals
from staffride.lab.score import FloatArray
from staffride.lab.scoreboard import scoreboard
from staffride.lab.scorecard import Scoreboard

if TYPE_CHECKING:
    from staffride.results.run import Run
    from staffride.scenario.schema import Scenario


def validate_run(run: Run, scenario: Scenario, *, rivals: Rivals | None = None) -> Scoreboard:
    """Score a run against the observations of its scenario.

    Parameters
    ----------
    run
        A finished run; its settings tell the origin and whether it was conditioned at all.
    scenario
        The scenario that was run.
    rivals
        More ensembles to score beside it, by name and series; the model with a constant hazard, kept with the fit,
        where left out.

    Returns
    -------
    Scoreboard
        At the run's own origin.
    """
    settings = run.manifest.settings
    origin = datetime.fromisoformat(settings.origin)
    return scoreboard(
        observed_series(run, scenario),
        scenario,
        origin,
        fitted_until=origin if settings.mode == "posterior" else None,
        rivals=load_rival(scenario, origin) if rivals is None else rivals,
        seed=run.seed,
    )


def observed_series(run: Run, scenario: Scenario) -> dict[str, FloatArray]:
    """Return the run's series that the scenario observes, ``[replications, hours]``."""
    wanted = {row.series for row in scenario.observations} & set(run.series_names)
    return {name: np.asarray(run[name].values, dtype=np.float64) for name in sorted(wanted)}
