"""Closure: what people behind a closed road have left to eat, burn and heal with, day by day.

Of each kind of goods there is a stock, told in days of full need. What people produce and what comes in over the road
fills it; what they use empties it. They use less the smaller the stock is: rations fall on a straight line from the
full need to a least ration just before nothing is left; then they use what comes in. A day is solved exactly, so that
the length of a step does not matter. Hunger is a running mean of the share of the need for food that was not met.

Limits: one stock for all, shared evenly: no household has more than another, nothing spoils, no price and no theft.
Stocks and rations are not measured anywhere in the record: every number of this file is a prior.

References
----------
Coddington and Levinson (1955), "Theory of Ordinary Differential Equations", McGraw-Hill (linear equations).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled

Floats = NDArray[np.float64]


class Goods(NamedTuple):
    """Goods of one kind: days of full stock, least ration, own production, and what relief and open road bring.

    All but the stock are shares of the need.
    """

    stock_days: float
    least: float
    own: float
    relief: float
    open: float


class Used(NamedTuple):
    """A stretch of time of one kind of goods, in days of full need: stock at its end, used, and brought in."""

    stock_days: float
    used_days: float
    inflow_days: float


@compiled
def ration(stock_days: float, full_days: float, least: float) -> float:
    """Return the ration that people allow themselves, as a share of the need.

    Equation: ``least + (1 - least) stock / full``; the whole need with full stocks, or where no stock is ever kept.
    Units: days of full need; shares of the need.
    Source: assumed: the longer a stock must last, the less of it is used in a day.
    Limits: nobody knows when the road will open; a least ration of one is use without any saving.
    """
    if full_days <= 0.0:
        return 1.0
    return least + (1.0 - least) * stock_days / full_days


@compiled
def stock_after(stock_days: float, full_days: float, least: float, inflow: float, days: float) -> float:
    """Return a stock after some days of rations and constant inflow, as long as it is neither empty nor full.

    Equation: ``dS/dt = inflow - ration(S)``, so ``S(t) = S + (inflow - ration(S)) (1 - exp(-k t)) / k`` with
    ``k = (1 - least) / full``; without saving (k = 0) ``S(t) = S + (inflow - 1) t``. Worked values: 30 days of stock,
    no saving and an inflow of 0.4 last 50 days; with a least ration of 0.4 it never runs out.
    Units: days of full need; inflow a share of the need; days.
    Source: linear differential equation (Coddington and Levinson 1955).
    Limits: the inflow is constant within the stretch.
    """
    fall = (1.0 - least) / full_days if full_days > 0.0 else 0.0
    change = inflow - ration(stock_days, full_days, least)
    return stock_days + change * (-math.expm1(-fall * days) / fall if fall > 0.0 else days)


@compiled
def days_until(stock_days: float, full_days: float, least: float, inflow: float, level_days: float) -> float:
    """Return after how many days a stock reaches a level; the exact inverse of `stock_after`.

    Equation: ``t = -ln(1 - k (level - S) / (inflow - ration(S))) / k``; without saving ``(level - S) / (inflow - 1)``.
    Units: days of full need; days; infinite where it never does.
    Source: inverse of `stock_after`.
    Limits: as for `stock_after`.
    """
    gap = level_days - stock_days
    change = inflow - ration(stock_days, full_days, least)
    if gap == 0.0:
        return 0.0
    if change == 0.0 or gap / change < 0.0:
        return math.inf
    fall = (1.0 - least) / full_days if full_days > 0.0 else 0.0
    if fall == 0.0:
        return gap / change
    left = 1.0 - fall * gap / change
    return -math.log(left) / fall if left > 0.0 else math.inf


@compiled
def use(stock_days: float, full_days: float, least: float, inflow: float, days: float) -> Used:
    """Return what a stretch of days leaves of a stock, what was used, and what came in.

    Equation: between empty and full `stock_after`; once empty, use is the inflow; once full, it is the need and no
    more is taken in than is used. Always ``stock before + inflow = stock after + used``, and stocks that are full
    stay full exactly while the inflow is at least the need.
    Units: days of full need; inflow a share of the need; days.
    Source: conservation.
    Limits: what cannot be stored does not come, and what is produced comes first.
    """
    if inflow >= 1.0 and stock_days >= full_days:
        return Used(stock_days, days, days)
    after = stock_after(stock_days, full_days, least, inflow, days)
    if after > full_days:
        filled = days_until(stock_days, full_days, least, inflow, full_days)
        used = inflow * filled - (full_days - stock_days) + (days - filled)
        return Used(full_days, used, used + full_days - stock_days)
    if after < 0.0 or full_days <= 0.0:
        return Used(0.0, stock_days + inflow * days, inflow * days)
    return Used(after, stock_days + inflow * days - after, inflow * days)


@compiled
def inflow_of(goods: Goods, open_share: float, relief_share: float) -> float:
    """Return what comes in on a day, from own production and over the road.

    Equation: ``own + open share x open + relief share x relief``; the rest of the day nothing passes.
    Units: shares of the need and of the day.
    Source: definition.
    Limits: the hour within the day does not matter.
    """
    return goods.own + open_share * goods.open + relief_share * goods.relief


@compiled
def hunger_after(hunger: float, unmet: float, memory_days: float, days: float) -> float:
    """Return the hunger index after some days in which a share of the need was not met.

    Equation: ``unmet + (hunger - unmet) exp(-days / memory)``: a running mean that forgets at a constant rate; without
    memory it is what is unmet now.
    Units: 0 all needs met to 1 nothing eaten; days.
    Source: assumed; an exponential moving average (Brown 1959, Statistical Forecasting for Inventory Control).
    Limits: an index, no measure of nutrition: two people with the same index may fare very differently.
    """
    if memory_days <= 0.0:
        return unmet
    return unmet + (hunger - unmet) * math.exp(-days / memory_days)


@compiled
def stock_path(
    before: Goods,
    after: Goods,
    change_day: int,
    open_share: Floats,
    relief_share: Floats,
    stock: Floats,
    unmet: Floats,
) -> float:
    """Fill a stock and the share of the need that was not met by the end of each day, (D,); return what came in.

    Equation: `use` day by day from full stocks, with `inflow_of` the day; from a day on the goods may be others.
    Units: days of full need; shares of the day and of the need.
    Source: conservation.
    Limits: as for `use`; what a store that has become smaller cannot hold is lost.
    """
    left, brought, goods = before.stock_days, 0.0, before
    for day in range(open_share.size):
        if day == change_day:
            goods, left = after, min(left if day > 0 else after.stock_days, after.stock_days)
        inflow = inflow_of(goods, open_share[day], relief_share[day])
        left, used, came = use(left, goods.stock_days, goods.least, inflow, 1.0)
        stock[day], unmet[day] = left, max(0.0, 1.0 - used)
        brought += came
    return brought


@compiled
def hunger_path(unmet: Floats, memory_days: float, hunger: Floats) -> None:
    """Fill the hunger index at the end of each day, (D,), from nobody hungry at the start.

    Equation: `hunger_after` day by day.
    Units: shares of the need; days.
    Source: as for `hunger_after`.
    Limits: as for `hunger_after`.
    """
    index = 0.0
    for day in range(unmet.size):
        index = hunger_after(index, unmet[day], memory_days, 1.0)
        hunger[day] = index
