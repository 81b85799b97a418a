"""The simple forecasts that stand beside every forecast: level, shares of a damped total, undamped trend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from staffride.lab.forecast_centre import LEVEL, Centre, median
from staffride.lab.forecast_parameters import Parameters, stored_parameters
from staffride.lab.forecast_reports import Floats, standing
from staffride.scenario.region import Region


def naive_centres(centre: Centre) -> Mapping[str, Centre]:
    """Return the simple forecasts by name, with the memory and the damping of ``centre``.

    Where they are scored against a forecast each is fitted by itself; these stand beside it on a page.
    """
    return {
        "level": LEVEL,
        "shares x damped total": replace(
            LEVEL, memory_days=centre.memory_days, damping_days=centre.damping_days, pooling=1.0, strength=1.0
        ),
        "undamped trend": Centre(centre.memory_days),
    }


def naive_medians(
    region: Region, origin: date, days: int, parameters: Parameters | None = None
) -> dict[str, Floats]:
    """Return (days, destinations) persons present by each simple forecast, from what was reported up to ``origin``.

    Parameters
    ----------
    region, origin, days
        As for `staffride.lab.forecast.forecast`.
    parameters
        Whose memory and damping are used; those that come with the program by default.
    """
    centre = (parameters or stored_parameters()).centre
    leads = np.arange(1, days + 1, dtype=np.float64)[:, None]
    found = {}
    for name, one in naive_centres(centre).items():
        at = standing(region, region.day_of(origin), one.memory_days)
        found[name] = median(at, leads, one)
    return found
