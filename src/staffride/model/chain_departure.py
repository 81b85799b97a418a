"""The open road of some replications of a chain: the displacement as it runs alone, and who returns afterwards."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.random import RETURNS, uniforms
from staffride.model.chain_closure import Evening
from staffride.model.chain_inputs import DAY_H, Rows
from staffride.model.chain_links import danger_factor, displaced_numbers, share_without_fuel
from staffride.model.displacement import Later, Outcome, replicate
from staffride.model.displacement_inputs import TOTALS
from staffride.model.returns import persons_returned, return_rate_per_day, share_returned
from staffride.scenario.policy import changed

Floats = NDArray[np.float64]
Series = dict[str, NDArray[np.float32]]

KEPT = ("arrivals", "departed", "shelter.total", "shelter.unmet")
"""Series of the displacement that a chain keeps, at the end of each day."""

CONDITIONS = ("safety", "property", "guarantee", "mandate")


class Left(NamedTuple):
    """What the operation leaves to the families, (R,) each.

    ``begun``: whether there was one. ``fled``: share of the people behind the road who fled or were killed in it.
    ``held``: part of the ground that their side held before and still holds; none where it accepted terms.
    """

    begun: NDArray[np.bool_]
    fled: Floats
    held: Floats


def displace(run: Rows, evening: Evening, left: Left, open_h: Floats) -> tuple[Series, dict[str, Floats]]:
    """Let people leave where and when the road opens.

    Parameters
    ----------
    run
        The replications.
    evening
        How things stand on the evening before the road opens.
    left
        What the operation left.
    open_h
        When the road opens to all, (R,).
    """
    series: Series = {name: np.zeros((run.count, run.inputs.days), np.float32) for name in KEPT}
    totals = {name: np.empty(run.count) for name in TOTALS}
    for row in range(run.count):
        found, start_h = _leave(run, row, float(open_h[row]), evening, left)
        days = _days(run, start_h, found.series["arrivals"].size)
        for name, by_day in series.items():
            by_day[row, days >= 0] = found.series[name][days[days >= 0]]
        for name, value in found.totals.items():
            totals[name][row] = value
    return series, totals


def _numbers(run: Rows, row: int, evening: Evening, left: Left) -> dict[str, float]:
    """Return the parameters of the displacement of one replication, after the stages before it and a policy."""
    begun = bool(left.begun[row])
    own = run.draws.displacement.numbers(run.rows.start + row)
    stay = None if begun else float(run.of("link.stay_without_operation")[row])
    numbers = displaced_numbers(
        own,
        float(evening.hunger[row]),
        share_without_fuel(float(run.of("link.without_fuel")[row]), float(evening.fuel[row])),
        danger_factor(float(run.of("link.danger_effect")[row]), float(left.fled[row]) if begun else 0.0),
        float(run.of("link.held_effect")[row]),
        float(left.held[row]),
        stay,
    )
    for change in run.changes:
        number = changed(np.array([numbers[change.name]]), change.rule, change.value)
        low, high = min(change.low, numbers[change.name]), max(change.high, numbers[change.name])
        numbers[change.name] = float(np.clip(number, low, high)[0])
    return numbers


def _leave(run: Rows, row: int, open_h: float, evening: Evening, left: Left) -> tuple[Outcome, float]:
    """Run the displacement on its own clock; return what it leaves, and the hour of the chain at which it starts.

    A policy that begins after the road is open changes what can still be changed: the checkpoint's rate and the buses.
    """
    replication, who = run.rows.start + row, run.at(open_h)
    numbers = _numbers(who, row, evening, left)
    start_h, later = open_h - numbers["departure.open_hour"], None
    rate = who.draws.displacement.rate_path[replication]
    if who is not run:
        own, from_h = run.draws.displacement.rate_path[replication], run.fork_h - start_h
        later = Later(from_h, _numbers(run, row, evening, left))
        rate = np.where(np.arange(rate.size) < np.ceil(from_h), rate, own)
    inputs = who.inputs.displacement
    return replicate(inputs, numbers, rate, run.seed, replication, later), start_h


def _days(run: Rows, start_h: float, hours: int) -> NDArray[np.int64]:
    """Return which hour of the displacement ends last before each day of the chain does, (D,); below zero: none yet."""
    since = (np.arange(run.inputs.days) + 1) * DAY_H - start_h
    ended: NDArray[np.int64] = np.clip(np.floor(since), 0, hours).astype(np.int64) - 1
    return ended


def returned(run: Rows, arrivals: Floats, displaced: Floats) -> dict[str, Floats]:
    """Return how many people of each side are back after the horizon, by name, (R,).

    Parameters
    ----------
    run
        The replications.
    arrivals
        People who left over the road, (R,).
    displaced
        People of the other side who fled in the operation, to homes that their own side still holds, (R,).
    """
    own, other = run.inputs.sides[run.inputs.side], run.inputs.sides[1 - run.inputs.side]
    names = (f"returned.{own}", f"returned_with_guarantee.{own}", f"returned_without_guarantee.{own}")
    totals = {name: np.empty(run.count) for name in (*names, f"returned.{other}")}
    rate, days = run.of("returns.rate"), run.of("returns.horizon")
    for row in range(run.count):
        u, v = uniforms(run.seed, run.rows.start + row, RETURNS, 0, 0, 0)
        for name, guarantee in zip(names, (None, 1.0, 0.0), strict=True):
            share = share_returned(_rate(run, row, guarantee), days[row])
            totals[name][row] = persons_returned(int(arrivals[row]), share, u)
        share = share_returned(rate[row], days[row])
        totals[f"returned.{other}"][row] = persons_returned(int(displaced[row]), share, v)
    return totals


def _rate(run: Rows, row: int, guarantee: float | None) -> float:
    """Return the hazard of return in one replication, under its own guarantee or a given one."""
    pairs = [(run.of(f"returns.{name}")[row], run.of(f"returns.{name}_effect")[row]) for name in CONDITIONS]
    if guarantee is not None:
        at = CONDITIONS.index("guarantee")
        pairs[at] = (guarantee, pairs[at][1])
    numbers = [float(number) for pair in pairs for number in pair]
    return float(return_rate_per_day(float(run.of("returns.rate")[row]), *numbers))
