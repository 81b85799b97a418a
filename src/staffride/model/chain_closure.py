"""The closure and the talks of some replications of a chain: arrays around the rules of `closure` and `talks`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import TALKS, exponential_ppf, uniforms
from staffride.model.chain_inputs import DAY_H, Road, Rows, opened
from staffride.model.chain_parameters import NUMBERS
from staffride.model.closure import Goods, hunger_path, stock_path
from staffride.model.talks import agreement_hour
from staffride.scenario.chain_schema import GOODS

Floats = NDArray[np.float64]
Series = dict[str, NDArray[np.float32]]

FOOD, FUEL = GOODS.index("food"), GOODS.index("fuel")
_MEMORY, _OPEN = NUMBERS["closure.memory"], NUMBERS["closure.open"]
_STOCK, _OWN = NUMBERS["closure.food.stock"], NUMBERS["closure.food.own"]
_RELIEF, _LEAST = NUMBERS["closure.food.relief"], NUMBERS["closure.food.least"]
_PER_GOOD = NUMBERS["closure.fuel.need"] - NUMBERS["closure.food.need"]


class Closed(NamedTuple):
    """What a closure leaves: stocks and needs not met (R, goods, D), hunger (R, D), what came in (R, goods); days."""

    stock: Floats
    unmet: Floats
    hunger: Floats
    brought: Floats


class Evening(NamedTuple):
    """How things stand on the evening before an hour, (R,): food and fuel as shares of full stocks, and hunger."""

    food: Floats
    fuel: Floats
    hunger: Floats


@compiled
def goods_of(numbers: Floats, good: int) -> Goods:
    """Return the goods of one kind from the row of numbers of a replication."""
    at = good * _PER_GOOD
    return Goods(
        numbers[_STOCK + at], numbers[_LEAST + at], numbers[_OWN + at], numbers[_RELIEF + at], numbers[_OPEN]
    )


@compiled
def close(before: Floats, after: Floats, change_day: int, road: Road, row: int, closed: Closed) -> None:
    """Fill one row of what a closure leaves; from a day on the numbers may be others."""
    for good in range(closed.stock.shape[1]):
        closed.brought[row, good] = stock_path(
            goods_of(before, good), goods_of(after, good), change_day, road.open, road.relief,
            closed.stock[row, good], closed.unmet[row, good],
        )  # fmt: skip
    hunger_path(closed.unmet[row, FOOD], after[_MEMORY], closed.hunger[row])


def close_road(run: Rows, open_h: Floats) -> Closed:
    """Return what the closure leaves where the road opens to all at given hours, (R,); infinite: never."""
    rows, goods, days = run.count, len(GOODS), run.inputs.days
    closed = Closed(
        np.empty((rows, goods, days)),
        np.empty((rows, goods, days)),
        np.empty((rows, days)),
        np.empty((rows, goods)),
    )
    road, early, late = run.road, run.early_numbers, run.numbers
    for row in range(rows):
        close(early[row], late[row], run.fork_day, opened(road, float(open_h[row])), row, closed)
    return closed


def agree(run: Rows, closed: Closed) -> Floats:
    """Return the hour of an agreement in each replication, (R,); infinite where the operation comes first."""
    early, late, days = run.early_numbers, run.numbers, np.arange(run.inputs.days)
    found = np.empty(run.count)
    for row in range(run.count):
        u, _ = uniforms(run.seed, run.rows.start + row, TALKS, 0, 0, 0)
        rates, effects = (
            np.where(days < run.fork_day, early[row, NUMBERS[name]], late[row, NUMBERS[name]])
            for name in ("talks.rate", "talks.hunger_effect")
        )
        found[row] = agreement_hour(
            closed.hunger[row],
            run.inputs.closed_h,
            run.inputs.operation_h,
            rates,
            effects,
            exponential_ppf(u),
        )
    return found


def evening_before(run: Rows, closed: Closed, hours: Floats) -> Evening:
    """Return how things stand on the evening before given hours, (R,); before the first evening nothing is used."""
    day = np.clip(hours // DAY_H, 0, run.inputs.days).astype(np.int64) - 1
    rows, known = np.arange(run.count), day >= 0
    hunger = np.where(known, closed.hunger[rows, day], 0.0)
    left = []
    for good in (FOOD, FUEL):
        full = run.numbers[:, _STOCK + good * _PER_GOOD]
        share = np.divide(closed.stock[rows, good, day], full, out=np.ones(run.count), where=full > 0.0)
        left.append(np.where(known, np.minimum(share, 1.0), 1.0))
    return Evening(left[0], left[1], hunger)


def closure_series(closed: Closed) -> Series:
    """Return what is kept of a closure by day."""
    stocks = {f"closure.{good}_days": closed.stock[:, at] for at, good in enumerate(GOODS)}
    return {name: np.asarray(rows, np.float32) for name, rows in (stocks | {"hunger": closed.hunger}).items()}


def closure_totals(run: Rows, closed: Closed, open_h: Floats) -> dict[str, Floats]:
    """Return the totals of the closure: lowest stocks, needs not met, tonnes brought in, and hunger."""
    totals: dict[str, Floats] = {}
    for at, good in enumerate(GOODS):
        totals[f"closure.{good}.lowest_days"] = closed.stock[:, at].min(axis=1)
        totals[f"closure.{good}.short_days"] = closed.unmet[:, at].sum(axis=1)
        totals[f"closure.{good}.brought_t"] = closed.brought[:, at] * run.of(f"closure.{good}.need")
    evening = evening_before(run, closed, open_h)
    return totals | {
        "closure.opened_h": np.where(open_h < run.inputs.days * DAY_H, open_h, math.nan),
        "closure.fuel.left_share": evening.fuel,
        "hunger.highest": closed.hunger.max(axis=1),
        "hunger.at_opening": evening.hunger,
        "hunger.mean": closed.hunger.mean(axis=1),
    }
