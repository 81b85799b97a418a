"""Figures of the record on people, vehicles and truces beside the runs: every source, whoever says it.

These are counts with no denominator. A figure is read at its moment; one that tells of some hours, as deaths of a day
or a week, is what the series gained in them; one that a run knows at its end alone is compared at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.present.campaign_record import at_hour, origin, standing
from staffride.results.daily import DAY_H, DEATHS, DEATHS_OF_DAY
from staffride.results.run import Run
from staffride.scenario.schema import Observation, Scenario

Json = dict[str, Any]
Numbers = NDArray[np.float64]
Columns = Mapping[str, Numbers]

ROLES = {"held_out": "held out", "calibration": "known by the cut-off, not fitted", "record": "shown only"}
"""What the roles of figures are called: nothing of a campaign is fitted."""


def told(run: Run, scenario: Scenario, columns: Columns, wanted: Callable[[str], bool]) -> list[Json]:
    """Return the figures of the series that are ``wanted``, in the order of the record.

    Parameters
    ----------
    columns
        Totals of the run that observations may tell of, by the name of the observation's series.
    wanted
        Which series.
    """
    hours = scenario.period.hours
    rows = [row for row in scenario.observations if wanted(row.series)]
    found = [(row, min(scenario.period.hour_of(row.time), hours)) for row in rows]
    return [
        _row(scenario, row, hour, values)
        for row, hour in found
        if hour >= 0.0 and (values := _values(run, columns, row, hour)) is not None
    ]


def _values(run: Run, columns: Columns, row: Observation, hour: float) -> Numbers | None:
    """Return (replications,) what each run says that the figure would have read; ``None`` where it knows no such."""
    if row.series.startswith(DEATHS_OF_DAY):
        series = DEATHS + row.series.removeprefix(DEATHS_OF_DAY)
        if series not in run.series_names:
            return None
        since = max(0.0, hour - (row.duration_h or float(DAY_H)))
        return at_hour(run, series, hour) - at_hour(run, series, since)
    if row.series in run.series_names:
        return at_hour(run, row.series, hour)
    return columns.get(row.series)


def _row(scenario: Scenario, row: Observation, hour: float, values: Numbers) -> Json:
    return {
        **row.model_dump(include={"id", "series", "value", "low", "high", "note", "duration_h"}),
        **origin(row),
        "time": scenario.period.time_of(hour).isoformat(),
        "stated_time": scenario.period.time_of(scenario.period.hour_of(row.time)).isoformat(),
        "hour": hour,
        "time_uncertainty_h": row.time_uncertainty_h,
        "role": row.role,
        "standing_role": ROLES[row.role],
        "as_count": not row.series.startswith("drone_share."),
        **standing(row, values),
    }
