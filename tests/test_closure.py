"""The closed road: stocks against rations, conservation, hunger, and when an agreement comes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from staffride.model.closure import (
    Goods,
    days_until,
    hunger_after,
    hunger_path,
    inflow_of,
    ration,
    stock_after,
    stock_path,
    use,
)
from staffride.model.talks import agreement_hour, agreement_rate_per_day

SHARES = some.floats(0.0, 1.0)
STOCKS = some.floats(0.5, 200.0)
DAYS = some.floats(0.01, 100.0)
FEW = settings(max_examples=100, deadline=None)


def path(goods: Goods, open_share, relief_share) -> tuple[float, np.ndarray, np.ndarray]:
    """Return what came in, the stocks and the needs not met of some days."""
    days = len(open_share)
    stock, unmet = np.empty(days), np.empty(days)
    shares = np.asarray(open_share, float), np.asarray(relief_share, float)
    return stock_path(goods, goods, days, *shares, stock, unmet), stock, unmet


def test_without_saving_stocks_last_stock_over_what_is_missing() -> None:
    """30 days of full need and an inflow of 0.4 last 30 / 0.6 = 50 days."""
    assert stock_after(30.0, 30.0, 1.0, 0.4, 20.0) == pytest.approx(18.0)
    assert days_until(30.0, 30.0, 1.0, 0.4, 0.0) == pytest.approx(50.0)
    assert use(30.0, 30.0, 1.0, 0.4, 50.0) == pytest.approx((0.0, 50.0, 20.0))


def test_rations_slow_the_fall_to_where_inflow_meets_them() -> None:
    """With a least ration of 0.4 and an inflow of 0.7, stocks settle at half: 0.4 + 0.6 / 2 = 0.7."""
    assert ration(15.0, 30.0, 0.4) == pytest.approx(0.7)
    assert stock_after(30.0, 30.0, 0.4, 0.7, 1e6) == pytest.approx(15.0)
    half = 15.0 * math.exp(-0.6 / 30.0 * 10.0)
    assert stock_after(30.0, 30.0, 0.4, 0.7, 10.0) == pytest.approx(15.0 + half)
    assert days_until(30.0, 30.0, 0.4, 0.7, 14.9) == math.inf
    assert days_until(30.0, 30.0, 0.4, 0.4, 0.0) == math.inf, "the least ration never empties a stock"


@FEW
@given(STOCKS, SHARES, SHARES, SHARES, DAYS)
def test_the_time_to_a_level_is_the_inverse_of_the_fall(
    full: float, part: float, least: float, inflow: float, days: float
) -> None:
    level = stock_after(part * full, full, least, inflow, days)
    if abs(level - part * full) > 1e-6 * full:
        found = days_until(part * full, full, least, inflow, level)
        assert stock_after(part * full, full, least, inflow, found) == pytest.approx(level, abs=1e-6 * full)


@FEW
@given(STOCKS, SHARES, SHARES, some.floats(0.0, 3.0), DAYS)
def test_nothing_is_lost_and_nothing_comes_from_nowhere(
    full: float, part: float, least: float, inflow: float, days: float
) -> None:
    before = part * full
    after, used, came = use(before, full, least, inflow, days)
    assert before + came == pytest.approx(after + used, abs=1e-9 * (full + days))
    assert -1e-9 <= after <= full * (1 + 1e-12)
    assert used <= days * (1 + 1e-9)
    assert came <= inflow * days * (1 + 1e-9)


@FEW
@given(STOCKS, SHARES, SHARES, some.floats(0.0, 2.0), some.floats(0.1, 10.0))
def test_the_length_of_a_step_does_not_matter(
    full: float, part: float, least: float, inflow: float, days: float
) -> None:
    whole = use(part * full, full, least, inflow, 2.0 * days)
    first = use(part * full, full, least, inflow, days)
    second = use(first[0], full, least, inflow, days)
    assert second[0] == pytest.approx(whole[0], abs=1e-7 * full)
    assert first[1] + second[1] == pytest.approx(whole[1], abs=1e-7 * (full + days))


def test_an_open_road_keeps_stocks_full_and_nobody_hungry_exactly() -> None:
    goods = Goods(20.0, 0.3, 0.2, 0.1, 1.0)
    came, stock, unmet = path(goods, np.ones(300), np.zeros(300))
    assert (stock == 20.0).all()
    assert (unmet == 0.0).all()
    assert came == 300.0
    hunger = np.empty(300)
    hunger_path(unmet, 14.0, hunger)
    assert (hunger == 0.0).all()


def test_a_road_that_opens_again_fills_stocks_and_ends_want() -> None:
    goods = Goods(20.0, 0.5, 0.0, 0.0, 1.5)
    closed = np.concatenate([np.zeros(60), np.ones(60)])
    _, stock, unmet = path(goods, closed, np.zeros(120))
    assert stock[59] < 1.0
    assert stock[119] == 20.0
    assert unmet[119] == 0.0
    assert (np.diff(stock[60:]) >= 0.0).all()


@FEW
@given(STOCKS, SHARES, some.floats(0.0, 0.9), some.floats(0.0, 0.1))
def test_more_relief_never_leaves_less_in_stock_or_more_want(
    full: float, least: float, relief: float, more: float
) -> None:
    _, stock, unmet = path(Goods(full, least, 0.0, relief, 1.0), np.zeros(80), np.ones(80))
    _, stock_more, unmet_more = path(Goods(full, least, 0.0, relief + more, 1.0), np.zeros(80), np.ones(80))
    assert (stock_more >= stock - 1e-9).all()
    assert (unmet_more <= unmet + 1e-9).all()


def test_goods_that_change_on_a_day_leave_the_days_before_as_they_were() -> None:
    before, after = Goods(20.0, 0.5, 0.1, 0.3, 1.0), Goods(20.0, 0.5, 0.1, 0.6, 1.0)
    days = np.zeros(40), np.ones(40)
    plain, changed, unmet = np.empty(40), np.empty(40), np.empty(40)
    stock_path(before, before, 40, *days, plain, unmet)
    stock_path(before, after, 25, *days, changed, unmet)
    assert (changed[:25] == plain[:25]).all()
    assert (changed[25:] > plain[25:]).all()


def test_what_comes_in_follows_the_road() -> None:
    goods = Goods(20.0, 0.5, 0.2, 0.3, 1.0)
    assert inflow_of(goods, 1.0, 0.0) == 1.2
    assert inflow_of(goods, 0.0, 1.0) == 0.5
    assert inflow_of(goods, 0.0, 0.0) == 0.2
    assert inflow_of(goods, 0.25, 0.5) == pytest.approx(0.2 + 0.25 + 0.15)


def test_hunger_forgets_at_its_rate_and_stays_within_its_bounds() -> None:
    assert hunger_after(0.0, 1.0, 10.0, 10.0) == pytest.approx(1.0 - math.exp(-1.0))
    assert hunger_after(0.8, 0.0, 10.0, 20.0) == pytest.approx(0.8 * math.exp(-2.0))
    assert hunger_after(0.3, 0.3, 10.0, 5.0) == 0.3
    assert hunger_after(0.9, 0.2, 0.0, 1.0) == 0.2, "without memory it is what is missing now"


def test_a_stock_that_nobody_keeps_is_used_as_it_comes() -> None:
    assert ration(0.0, 0.0, 0.3) == 1.0
    assert use(0.0, 0.0, 0.3, 0.6, 2.0) == pytest.approx((0.0, 1.2, 1.2))
    assert use(0.0, 0.0, 0.3, 1.6, 2.0) == (0.0, 2.0, 2.0)


def test_a_constant_hazard_brings_agreements_at_its_rate() -> None:
    """The chance of an agreement within 100 days at 0.01 a day is 1 - exp(-1): the threshold at its edge is 1."""
    none, rates, effects = np.zeros(200), np.full(200, 0.01), np.full(200, 0.7)
    assert agreement_hour(none, 0.0, 2400.0, rates, effects, 0.999) == pytest.approx(0.999 * 2400.0)
    assert agreement_hour(none, 0.0, 2400.0, rates, effects, 1.001) == math.inf
    assert agreement_hour(none, 240.0, 4800.0, rates, effects, 0.5) == pytest.approx(240.0 + 1200.0)
    assert agreement_hour(none, 0.0, 4800.0, np.zeros(200), effects, 0.1) == math.inf


def test_hunger_hastens_or_delays_an_agreement_by_its_effect() -> None:
    assert agreement_rate_per_day(0.02, 0.0, 0.9) == 0.02
    assert agreement_rate_per_day(0.02, math.log(3.0), 1.0) == pytest.approx(0.06)
    hungry, rates = np.full(100, 0.5), np.full(100, 0.01)
    hours = [agreement_hour(hungry, 0.0, 2400.0, rates, np.full(100, effect), 0.3) for effect in (-1, 0, 1)]
    assert hours[0] > hours[1] > hours[2]
    assert hours[1] == pytest.approx(30.0 * 24.0)
