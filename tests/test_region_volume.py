"""How many are displaced and where they start: worked values, totals that are kept, days without conflict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import small_region
from staffride.model.region_origins import ages_of_conflict, decay_by_age, origin_shares, people_at
from staffride.model.region_volume import (
    BINOMIAL,
    GIVEN,
    POISSON,
    falls,
    from_conflict,
    from_flood,
    from_reports,
    from_series,
    rises,
    rises_less_debt,
    whole_steps,
)

TOTAL = np.array([10.0, 14.0, 12.0, 13.0, 17.0])


def test_rises_and_falls_of_a_total() -> None:
    assert rises_less_debt(TOTAL).tolist() == [0.0, 4.0, 0.0, 0.0, 3.0]
    assert rises(TOTAL).tolist() == [0.0, 4.0, 0.0, 1.0, 4.0]
    assert falls(TOTAL).tolist() == [0.0, 0.0, 2.0, 0.0, 0.0]


@given(st.lists(st.floats(0.0, 1.0e6), min_size=1, max_size=50))
def test_whole_persons_never_stray_from_the_total(values: list[float]) -> None:
    total = np.array(values)
    assert np.abs(np.cumsum(whole_steps(total)) - total).max() <= 0.5
    back = total[0] + np.cumsum(rises(total) - falls(total))
    assert np.allclose(back, total, atol=1e-6)
    assert np.allclose(total[0] + np.cumsum(rises_less_debt(total)), np.maximum.accumulate(total), atol=1e-6)


def test_reports_give_the_stock_of_day_0_and_the_rises_after() -> None:
    region = small_region()
    volume = from_reports(region)
    assert volume.kind == GIVEN
    assert volume.amount.shape == (region.days, 1)
    assert volume.amount[0, 0] == 0.0
    assert not volume.falls.any()
    assert volume.stock.sum() + volume.amount.sum() > 15_000
    assert not from_reports(region, returns=True).falls.any()


def test_a_series_may_be_of_all_or_by_place() -> None:
    region = small_region()
    assert from_series(region, np.full(region.days, 2.5)).amount.sum() == 2.5 * region.days
    by_place = from_series(region, np.full((region.days, len(region.places)), 0.5))
    assert by_place.amount.shape == (region.days, len(region.places))


def test_conflict_displaces_by_rate_intensity_and_age() -> None:
    region = small_region()
    zone, town, camp = (region.index[name] for name in ("Ardel", "Dorim", "Farhold"))
    volume = from_conflict(region, 0.01, decay=(1.0, 0.5), interval_days=30)
    assert volume.kind == BINOMIAL
    assert volume.amount[0, zone] == pytest.approx(-np.expm1(-0.01))
    assert volume.amount[30, zone] == pytest.approx(-np.expm1(-0.005))
    assert not volume.amount[:, [town, camp]].any()
    mean = from_conflict(region, 0.01, depletes=False)
    assert mean.kind == POISSON
    assert mean.amount[0, zone] == pytest.approx(1000.0)


def test_flood_displaces_by_its_level() -> None:
    region = small_region()
    zone = region.index["Dorim"]
    flood = np.zeros((region.days, len(region.places)))
    flood[5, zone], flood[6, zone] = 1.0, 7.0
    volume = from_flood(replace(region, flood=flood), (0.0, 0.1, 0.5), depletes=False)
    assert volume.amount[[4, 5, 6], zone].tolist() == pytest.approx([0.0, 3000.0, 15_000.0])
    assert not from_flood(region, (0.0, 0.1)).amount.any()


def test_the_age_of_a_conflict_and_its_decay() -> None:
    age = ages_of_conflict(np.array([[0.0], [1.0], [0.5], [0.0], [1.0]]))
    assert age[:, 0].tolist() == [-1, 0, 1, -1, 0]
    factor = decay_by_age(np.array([-1, 0, 45, 200], np.int32), (1.0, 0.5, 0.1), 30)
    assert factor.tolist() == [0.0, 1.0, 0.5, 0.1]


def test_people_start_in_conflict_by_population() -> None:
    region = small_region()
    shares = origin_shares(region)
    assert np.allclose(shares.sum(axis=1), 1.0)
    zones = [region.index[name] for name in ("Ardel", "Borun", "Cevat")]
    assert shares[0, zones].tolist() == [1.0, 0.0, 0.0]
    assert shares[10, zones].tolist() == pytest.approx([100 / 140, 40 / 140, 0.0])
    assert shares[30, zones].tolist() == pytest.approx([0.5, 0.2, 0.3])


def test_a_zone_without_population_counts_as_the_median() -> None:
    region = small_region()
    at = region.index["Borun"]
    places = tuple(replace(one, population=0.0) if n == at else one for n, one in enumerate(region.places))
    assert people_at(replace(region, places=places))[at] == 80_000.0


def test_on_days_without_conflict_the_last_shares_hold_and_before_it_the_first() -> None:
    region = small_region()
    conflict = region.conflict.copy()
    conflict[:3] = 0.0
    conflict[40:] = 0.0
    shares = origin_shares(replace(region, conflict=conflict))
    assert np.array_equal(shares[0], shares[3])
    assert np.array_equal(shares[59], shares[39])
    none = origin_shares(replace(region, conflict=np.zeros_like(conflict)))
    assert none[0].sum() == pytest.approx(1.0)
    assert none[0, region.index["Ardel"]] == pytest.approx(0.5)
