"""The scoreboard of the forecasts: every case forecast with figures that were fitted on the other cases only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

import numpy as np

from staffride.lab.forecast_centre import median
from staffride.lab.forecast_fit import MEMORIES, METHODS, OURS, coverage, fit_all
from staffride.lab.forecast_origins import LEADS, Rows, verification
from staffride.lab.forecast_parameters import Parameters
from staffride.lab.forecast_reports import Floats
from staffride.lab.forecast_scores import (
    BAND_50,
    BAND_90,
    LEVELS,
    NORMALISATIONS,
    bootstrapped,
    by_lead,
    covered,
    crps,
    pooled,
    ratio,
    table,
    weights,
)
from staffride.lab.forecast_spread import at_quantiles, scale
from staffride.lab.forecast_totals import total_paths, verified_totals
from staffride.scenario.region import Region

Table: TypeAlias = dict[str, object]
MEASURES = ("mae", "crps")
DIGITS = 4


@dataclass(eq=False)
class Held:
    """Forecasts of every row by one method, each case with figures fitted on the others.

    Attributes
    ----------
    error, crps
        (rows,) absolute error of the median, and CRPS.
    inside_50, inside_90
        (rows,) 1 where the truth lies in the band.
    total_error, total_crps, total_50, total_90
        The same of each verified total.
    """

    error: Floats
    crps: Floats
    inside_50: Floats
    inside_90: Floats
    total_error: Floats
    total_crps: Floats
    total_50: Floats
    total_90: Floats


@dataclass(frozen=True, eq=False)
class Board:
    """What was found.

    Attributes
    ----------
    names
        Of the cases.
    rows
        All verifications.
    held
        By method, left one case out.
    left_out
        By case left out, the figures of every method.
    stored
        The figures of our forecast fitted on all cases.
    """

    names: tuple[str, ...]
    rows: Rows
    held: dict[str, Held]
    left_out: dict[str, dict[str, Parameters]]
    stored: Parameters


def score_cases(regions: Sequence[Region]) -> Board:
    """Fit and score; a case is never forecast with figures that saw its reports."""
    names = tuple(region.name for region in regions)
    rows = {memory: verification(regions, memory) for memory in sorted(_memories())}
    any_rows = next(iter(rows.values()))
    left_out = {}
    for case, name in enumerate(names):
        training = {memory: one.only(one.case != case) for memory, one in rows.items()}
        left_out[name] = fit_all(training, [other for other in names if other != name])
    held = {method: _held(rows, names, [left_out[name][method] for name in names]) for method in METHODS}
    return Board(names, any_rows, held, left_out, fit_all(rows, names)[OURS])


def _memories() -> set[float]:
    return set(MEMORIES).union(*(method.memories for method in METHODS.values()))


def _held(rows: dict[float, Rows], names: Sequence[str], figures: Sequence[Parameters]) -> Held:
    """Return the forecasts of all cases, in the order of the rows, which are grouped by case."""
    parts = []
    for case in range(len(names)):
        used = rows[figures[case].centre.memory_days]
        parts.append(_scored(used.only(used.case == case), figures[case]))
    return Held(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _scored(rows: Rows, figures: Parameters) -> tuple[Floats, ...]:
    """Return the fields of `Held` for the rows of one case."""
    middle = median(rows.at, rows.ahead, figures.centre)
    quantiles = at_quantiles(middle, scale(rows.at, rows.ahead, figures.spread), LEVELS, figures.spread)
    totals = verified_totals(rows)
    paths = total_paths(rows, totals, figures.centre, figures.spread)
    ends = np.quantile(paths, [*BAND_50, *BAND_90, 0.5], axis=1)
    return (
        np.abs(rows.truth - middle),
        crps(rows.truth, quantiles),
        coverage(rows, middle, figures.spread, BAND_50),
        coverage(rows, middle, figures.spread, BAND_90),
        np.abs(totals.truth - ends[4]),
        crps(totals.truth, np.quantile(paths, LEVELS, axis=1).T),
        covered(totals.truth, ends[0], ends[1]),
        covered(totals.truth, ends[2], ends[3]),
    )


def document(board: Board) -> Table:
    """Return everything as plain numbers: scores by lead, ratios to the simple forecasts, coverage, figures."""
    return {
        "cases": list(board.names),
        "leads": list(LEADS),
        "verifications": _rows_by_case(board),
        "scores": {name: _scores(board, name) for name in METHODS},
        "against": {name: _against(board, name) for name in METHODS if name != OURS},
        "coverage": {name: _coverage(board, one) for name, one in board.held.items()},
        "totals": {name: _totals(board, one) for name, one in board.held.items()},
        "left_out": {
            case: {name: _figures(one) for name, one in methods.items()}
            for case, methods in board.left_out.items()
        },
        "stored": _figures(board.stored),
    }


def _rounded(values: Floats) -> list[float | None]:
    return [round(float(one), DIGITS) if np.isfinite(one) else None for one in values]


def _figures(one: Parameters) -> Table:
    parts = {**asdict(one.centre), **{f"spread_{key}": value for key, value in asdict(one.spread).items()}}
    return {key: float(f"{value:.4g}") if np.isfinite(value) else None for key, value in parts.items()}


def _rows_by_case(board: Board) -> Table:
    """Return for each case the verifications at each lead, and its origins."""
    found: Table = {}
    for case, name in enumerate(board.names):
        mine = board.rows.case == case
        counts = np.bincount(board.rows.lead[mine], minlength=len(LEADS))
        found[name] = {
            "rows": [int(one) for one in counts],
            "origins": len(np.unique(board.rows.origin[mine])),
        }
    return found


def tables_of(board: Board, name: str) -> dict[str, dict[str, Floats]]:
    """Return by normalisation and measure the (cases, leads) scores of one method."""
    held, weight = board.held[name], weights(board.rows)
    values = {"mae": held.error, "crps": held.crps}
    return {
        way: {measure: table(board.rows, values[measure], weight[way]) for measure in MEASURES}
        for way in NORMALISATIONS
    }


def _scores(board: Board, name: str) -> Table:
    found: Table = {}
    for way, measures in tables_of(board, name).items():
        found[way] = {
            measure: {
                "by_lead": _rounded(pooled(one)),
                "by_case": {case: _rounded(row) for case, row in zip(board.names, one, strict=True)},
            }
            for measure, one in measures.items()
        }
    return found


def _against(board: Board, name: str) -> Table:
    """Return our scores over those of one simple forecast, with 90 % intervals by bootstrap over cases."""
    ours, theirs = tables_of(board, OURS), tables_of(board, name)
    found: Table = {}
    for way in NORMALISATIONS:
        for measure in MEASURES:
            mine, other = ours[way][measure], theirs[way][measure]
            found[f"{way} {measure}"] = {
                "by_lead": _rounded(by_lead(mine, other)),
                "over_leads": round(ratio(mine, other), DIGITS),
                "interval_90": _rounded(np.array(bootstrapped(mine, other))),
            }
    return found


def _coverage(board: Board, held: Held) -> Table:
    """Return the share of rows inside the bands: of all, by case, by lead."""
    found: Table = {}
    for band, inside in (("50", held.inside_50), ("90", held.inside_90)):
        found[band] = {
            "all": round(float(inside.mean()), DIGITS),
            "by_case": {
                name: round(float(inside[board.rows.case == case].mean()), DIGITS)
                for case, name in enumerate(board.names)
            },
            "by_lead": [
                round(float(inside[board.rows.lead == lead].mean()), DIGITS) for lead in range(len(LEADS))
            ],
        }
    return found


def _totals(board: Board, held: Held) -> Table:
    """Return the scores of the total and how many are verified; each case counts once."""
    totals = verified_totals(board.rows)
    found: Table = {"verified": len(totals.rows)}
    for way, weight in totals.weights().items():
        mae, crps_ = totals.table(held.total_error, weight), totals.table(held.total_crps, weight)
        found[way] = {"mae": _rounded(pooled(mae)), "crps": _rounded(pooled(crps_))}
    for band, inside in (("50", held.total_50), ("90", held.total_90)):
        by_case = {
            name: round(float(inside[totals.case == case].mean()), DIGITS)
            for case, name in enumerate(board.names)
            if (totals.case == case).any()
        }
        found[f"covered_{band}"] = {"all": round(float(inside.mean()), DIGITS), "by_case": by_case}
    return found
