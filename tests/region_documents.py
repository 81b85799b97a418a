"""Documents of a forecast and of a run of the small region, as pages and figures take them."""

from typing import Any

import numpy as np

from fake_forecast import ORIGIN, fake_forecast, fake_run
from flee_cases import small_region
from staffride.errors import Problem
from staffride.lab.plan import make_plan, plan_rows
from staffride.results.region_document import forecast_document, run_document
from staffride.scenario.region import Region

DEMOGRAPHICS = {
    "gender": {"f": {"Default": 0.55}, "m": {"Default": 0.45}},
    "age": {str(year): {"Default": 1.0} for year in range(90)},
}


def told_forecast(
    region: Region | None = None, *, capacity: bool = True, changed: bool = True
) -> dict[str, Any]:
    """Return the document of a forecast with everything that a page can show."""
    region, forecast = region or small_region(), fake_forecast()
    names = dict(zip(forecast.destinations, region.destination_names, strict=True))
    forecast = type(forecast)(**{**vars(forecast), "destinations": tuple(names.values())})
    less = fake_forecast(factor=0.5)
    less = type(less)(**{**vars(less), "destinations": tuple(names.values())})
    as_of = ORIGIN if capacity else None
    plan = make_plan(
        region, forecast, capacity_as_of=as_of, changes={"the border closes": less} if changed else None
    )
    return forecast_document(
        region,
        forecast,
        plan_rows(plan),
        seed=1,
        capacity_as_of=as_of,
        wall_seconds=0.4,
        naive={"level": np.tile(forecast.paths[0, 0], (84, 1)), "trend": forecast.paths[100]},
        fitted_on=("case-one", "case-two"),
        problems=[Problem("a name is twice", "locations.csv", 4, fatal=False)],
        unmapped=["a column 'hdi'"],
    )


def told_run(region: Region | None = None) -> dict[str, Any]:
    """Return the document of a run with scores, warnings and what was not mapped."""
    region = region or small_region()
    return run_document(
        region,
        fake_run(region),
        seed=1,
        wall_seconds=0.25,
        ard={"plain": np.linspace(0.2, 0.3, 20), "rescaled": np.linspace(0.1, 0.2, 20)},
        baselines={
            "capacity_share": {"plain": 0.4, "rescaled": 0.3},
            "free_capacity": {"plain": 0.1, "rescaled": 0.12},
        },
        problems=[Problem("a name is twice", "locations.csv", 4, fatal=False)],
        unmapped=["a column 'hdi'"],
    )
