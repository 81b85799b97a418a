"""A run as one JSON object: what ``--json`` prints, with the same names as the tables and the Python API."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.results.daily import daily_figures, dates, ends_of_days, is_daily
from staffride.results.paired import Paired, pair, paired_totals, variant_column
from staffride.results.run import Run
from staffride.results.series import Times, aware
from staffride.results.tables import STATISTICS, statistics

Numbers = list[float | None]


def as_document(run: Run) -> dict[str, Any]:
    """Return ``run`` as plain objects: run, series, dates, totals, scores, and variants where it has a baseline.

    A number that does not exist, such as the delay in an hour in which nobody crosses, is ``None``.
    """
    totals = run.totals.read(*run.total_names) if run.total_names else {}
    document = {
        "run": about_run(run),
        "series": _series(run),
        "dates": dates(run),
        "totals": _totals(totals),
        "scores": run.scores,
    }
    return (
        document if run.manifest.kind == "displacement" else document | {"variants": _variants(run, totals)}
    )


def about_run(run: Run) -> dict[str, Any]:
    """Return which run it is: folder, scenario, seed, size, version, cut-off and time taken."""
    settings = run.manifest.settings
    return {
        "folder": str(run.folder),
        "scenario": settings.scenario,
        "seed": settings.seed,
        "replications": run.replications,
        "version": settings.version,
        "cut-off": settings.origin,
        "wall_seconds": run.wall_seconds,
    }


def _series(run: Run) -> dict[str, list[dict[str, Any]]]:
    """Return every series: by day for a campaign of several days, and otherwise as it was kept."""
    settings, steps = run.manifest.settings, len(run.times)
    if is_daily(run):
        ends = ends_of_days(settings.hours, settings.every_h)
        return _entries(run, run.times[ends], daily_figures(run))
    table = run.summary.read()
    figures = np.stack([table[name] for name in STATISTICS])
    names = enumerate(table["series"][::steps])
    return _entries(
        run, run.times, {str(name): figures[:, at * steps : (at + 1) * steps] for at, name in names}
    )


def _entries(run: Run, times: Times, figures: dict[str, NDArray[Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return each series (statistics, T) as a list of entries."""
    zone = run.manifest.settings.time_zone
    moments = [aware(moment, zone).isoformat() for moment in times]
    rows = {name: zip(*map(_plain, found), strict=True) for name, found in figures.items()}
    return {
        name: [
            {"time": time, **dict(zip(STATISTICS, row, strict=True))}
            for time, row in zip(moments, found, strict=True)
        ]
        for name, found in rows.items()
    }


def _totals(totals: Mapping[str, NDArray[Any]]) -> dict[str, dict[str, float | None]]:
    """Return mean and quantiles of every total."""
    if not totals:
        return {}
    figures = statistics(np.column_stack([column.astype(np.float64) for column in totals.values()]))
    return {
        name: dict(zip(STATISTICS, _plain(figure), strict=True))
        for name, figure in zip(totals, figures.T, strict=True)
    }


def _variants(run: Run, totals: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Return each variant with what it changes in every total: mean paired difference and 95 % interval."""
    names = tuple(totals)
    return [
        {
            **asdict(variant),
            "differences": {
                name: _difference(pair(totals[name], totals[variant_column(name, variant.id)]))
                for name in paired_totals(names, variant.id)
            },
        }
        for variant in run.variants
    ]


def _difference(found: Paired) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in vars(found).items()}


def _plain(values: NDArray[Any]) -> Numbers:
    return [value if math.isfinite(value) else None for value in values.tolist()]
