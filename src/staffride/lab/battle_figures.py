"""What history says of battles, as figures of a table of battles: of the record, or of a model's battles alike.

Helmbold's advantage of the defence is ``V = ln(sqrt((1 - (1 - a)^2) / (1 - (1 - d)^2)))`` with the shares lost ``a``
of the attacker and ``d`` of the defender; a positive one names the defence. Helmbold, R. L. (1990), Rates of Advance in
Historical Land Combat Operations, and the studies of CHASE before it, found that its sign names the winner in about
four battles of five.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import OBSERVATION
from staffride.evidence import ledger
from staffride.lab.battle_records import Floats, Fought
from staffride.lab.keyed import keyed_uniforms
from staffride.model.ground_state import FLAT, GROUNDS

SIZES = (0.0, 5_000.0, 20_000.0, 60_000.0, np.inf)
"""Bounds of the classes of size, about brigade, division, corps and army: persons of the side whose losses count."""

SIDES = ("attacker", "defender")
QUARTILES = (0.25, 0.5, 0.75)
HALVES = 200
FACTOR = 1.5
"""How far a figure of a model may be from the record's, either way."""

REQUIRED = {"slope": (0.1, 0.5), "advantage names the winner": (0.7, 0.9)}
WHOLE_DATABASE = {"flat": "combat_anchor.B06", "rolling": "combat_anchor.B05", "rugged": "combat_anchor.B04"}
_BOOTSTRAP, _HALVES = 1, 2

Figures = Callable[[Fought], dict[str, float]]


def figures(fought: Fought) -> dict[str, float]:
    """Return all figures by name; one that no battle tells of is not-a-number."""
    return (
        {"slope": slope(fought), "advantage names the winner": advantage_names_winner(fought)}
        | daily_casualties(fought)
        | advance(fought)
    )


def slope(fought: Fought) -> float:
    """Return the slope of ln(casualty ratio) on ln(force ratio), attacker over defender, by least squares."""
    known = np.nan_to_num(fought.casualties).min(axis=1) > 0.0
    force, loss = (np.log(side[known, 0] / side[known, 1]) for side in (fought.strength, fought.casualties))
    if np.unique(force).size < 2:
        return np.nan
    centred = force - force.mean()
    return float(centred @ loss / (centred @ centred))


def advantage(fought: Fought) -> Floats:
    """Return Helmbold's advantage of the defence, (n,)."""
    share = np.clip(fought.casualties / fought.strength, 0.0, 1.0)
    worn = 1.0 - (1.0 - share) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        value: Floats = 0.5 * np.log(worn[:, 0] / worn[:, 1])
    return value


def advantage_names_winner(fought: Fought) -> float:
    """Return the share of the decided battles whose winner the sign of the advantage names."""
    value = advantage(fought)
    decided = (fought.result != 0) & ~np.isnan(value)
    named = np.where(value[decided] > 0.0, -1, 1) == fought.result[decided]
    return float(named.mean()) if named.size else np.nan


def daily_casualties(fought: Fought) -> dict[str, float]:
    """Return the median share lost in a day, in per cent, by side and size of that side."""
    medians = {}
    for column, side in enumerate(SIDES):
        strength = fought.strength[:, column]
        share = 100.0 * fought.casualties[:, column] / strength / fought.days
        for low, high in pairwise(SIZES):
            chosen = share[(strength >= low) & (strength < high) & ~np.isnan(share)]
            name = f"under {high:,.0f}" if low == 0.0 else f"from {low:,.0f}"
            medians[f"daily loss, {side}, {name}, %"] = _quantile(chosen, 0.5)
    return medians


def advance(fought: Fought) -> dict[str, float]:
    """Return the quartiles of the kilometres a day that attackers gained who won, by ground."""
    pace = fought.km / fought.days
    won = (fought.result == 1) & ~np.isnan(pace)
    return {
        f"advance, {name}, {100 * part:.0f} %, km/day": _quantile(pace[won & (fought.ground == code)], part)
        for code, name in enumerate(GROUNDS)
        for part in QUARTILES
    }


def bounds(record: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Return between what a model's figure has to be, by name, for those of a record.

    Slope and advantage have bounds of their own; the rest a factor of 1.5 either way. Advances are held against the
    whole database's quartiles too, and on flat ground, where a part of it has few battles, against those alone.
    """
    within = {name: (value / FACTOR, value * FACTOR) for name, value in record.items()}
    for ground, fact in WHOLE_DATABASE.items():
        known = ledger().facts[fact]
        for part, value in zip(QUARTILES, (known.low, known.value, known.high), strict=True):
            name, known_value = f"advance, {ground}, {100 * part:.0f} %, km/day", value or math.nan
            low, high = known_value / FACTOR, known_value * FACTOR
            if ground != GROUNDS[FLAT]:
                low, high = max(low, within[name][0]), min(high, within[name][1])
            within[name] = low, high
    return within | REQUIRED


def _quantile(values: Floats, part: float) -> float:
    return float(np.quantile(values, part)) if values.size else np.nan


def resampled(fought: Fought, times: int, seed: int, of: Figures = figures) -> dict[str, Floats]:
    """Return each figure of tables of battles drawn with replacement, (times,) by name (the bootstrap)."""
    count = fought.days.size
    tables = [of(fought.rows(_drawn(seed, count, time))) for time in range(times)]
    return {name: np.array([table[name] for table in tables]) for name in tables[0]}


def _drawn(seed: int, count: int, time: int) -> NDArray[np.intp]:
    drawn: NDArray[np.intp] = (count * keyed_uniforms(seed, count, OBSERVATION, _BOOTSTRAP, time)).astype(
        np.intp
    )
    return drawn


def interval(values: Floats, level: float = 0.9) -> tuple[float, float]:
    """Return the central interval of values; those that are not a number are left out."""
    known = values[~np.isnan(values)]
    tail = 0.5 * (1.0 - level)
    return (_quantile(known, tail), _quantile(known, 1.0 - tail))


def brier_of_halves(
    chance: Floats, force_ratio: Floats, won: NDArray[np.bool_], seed: int
) -> dict[str, Floats]:
    """Return the Brier score of "the attacker wins" on 200 random halves of the battles.

    Parameters
    ----------
    chance
        (n,) the model's probability; it has learned from none of the halves.
    force_ratio
        (n,) persons of the attacker for each of the defender.
    won
        (n,) whether he won; a draw is none.
    seed
        Keys the halves.

    Returns
    -------
    dict
        By forecast, (200,): ``model``, ``constant`` (the share of the other half), ``force ratio`` (a logit fitted on
        the other half).
    """
    scores: dict[str, list[float]] = {"model": [], "constant": [], "force ratio": []}
    log_ratio = np.log(force_ratio)
    for half in range(HALVES):
        key = keyed_uniforms(seed, won.size, OBSERVATION, _HALVES, half)
        judged = np.argsort(key) < won.size // 2
        forecasts = {
            "model": chance[judged],
            "constant": np.full(judged.sum(), won[~judged].mean()),
            "force ratio": _chance(_logit(log_ratio[~judged], won[~judged]), log_ratio[judged]),
        }
        for name, forecast in forecasts.items():
            scores[name].append(float(np.mean((forecast - won[judged]) ** 2)))
    return {name: np.array(values) for name, values in scores.items()}


def _chance(line: Floats, x: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-(line[0] + line[1] * x)))
    return result


def _logit(x: Floats, y: NDArray[np.bool_]) -> Floats:
    """Return intercept and slope of a logistic regression (Newton's method; a small ridge keeps it finite)."""
    design = np.column_stack((np.ones_like(x), x))
    line = np.zeros(2)
    for _ in range(25):
        chance = _chance(line, x)
        gradient = design.T @ (y - chance) - 1e-3 * line
        curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + 1e-3 * np.eye(2)
        line = line + np.linalg.solve(curvature, gradient)
    return line
