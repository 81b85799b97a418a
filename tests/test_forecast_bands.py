"""Closed forms of the median and the bands, and what holds of every forecast."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import START
from staffride.lab.forecast import forecast, normal_paths
from staffride.lab.forecast_centre import LEVEL, Centre, credit, days_of_trend, median
from staffride.lab.forecast_parameters import Parameters, read_parameters, stored_parameters, write_parameters
from staffride.lab.forecast_reports import Standing, standing
from staffride.lab.forecast_spread import OUTERMOST, Spread, at_quantiles, scale, tailed
from test_forecast_known import ORIGIN, ORIGIN_DAY, region_with

SPREAD = Spread(0.01, 0.1, 0.2, 0.05, 10.0, 0.3, 0.5)


def one_destination(count: float = 1_000.0, **others: float) -> Standing:
    values = {"staleness": 0.0, "record": 90.0, "rate": 10.0, "movement": 10.0, "total": count}
    values |= {"total_rate": 10.0, "average": count} | others
    return Standing(count=np.array([count]), **{name: np.array([value]) for name, value in values.items()})


def leads(*days: float) -> np.ndarray:
    return np.array(days)[:, None]


def test_a_constant_series_stays_level() -> None:
    found = forecast(region_with(Farhold=dict.fromkeys(range(0, 36, 7), 5_000.0)), ORIGIN)
    assert found.median == pytest.approx(np.full((84, 1), 5_000.0))
    assert (found.paths[:, -1] > 5_000.0).mean() == pytest.approx(0.5, abs=0.04)


def test_level_is_the_last_report() -> None:
    assert median(one_destination(), leads(1.0, 84.0), LEVEL).ravel().tolist() == [1_000.0, 1_000.0]


def test_an_undamped_trend_goes_on() -> None:
    assert median(one_destination(), leads(28.0), Centre(28.0)).item() == pytest.approx(1_280.0)


def test_a_stale_trend_counts_from_its_report() -> None:
    at = one_destination(staleness=14.0)
    assert median(at, leads(28.0), Centre(28.0)).item() == pytest.approx(1_420.0)


def test_a_damped_trend_comes_to_an_end() -> None:
    centre = Centre(28.0, damping_days=28.0)
    found = median(one_destination(), leads(28.0, 10_000.0), centre).ravel()
    assert found == pytest.approx([1_000.0 + 280.0 * (1.0 - np.exp(-1.0)), 1_280.0])


def test_credit_falls_with_staleness_and_rises_with_the_record() -> None:
    centre = Centre(28.0, 45.0, fading_days=28.0, settling_days=10.0)
    assert credit(one_destination(record=10.0), centre).item() == pytest.approx(0.5)
    assert credit(one_destination(record=10.0, staleness=28.0), centre).item() == pytest.approx(
        0.5 * np.exp(-1)
    )


def test_shares_of_a_total_grow_alike() -> None:
    at = standing(region_with(Farhold={0: 600.0, 35: 950.0}, Gantry={0: 50.0, 35: 50.0}), ORIGIN_DAY, 28.0)
    found = median(at, leads(10.0), Centre(28.0, pooling=1.0)).ravel()
    assert found / at.count == pytest.approx(np.full(2, 1.0 + 10.0 * 10.0 / 1_000.0))


@given(st.floats(0.0, 200.0), st.floats(1.0, 200.0))
def test_a_trend_never_goes_on_longer_than_the_lead_or_the_damping(days: float, damping: float) -> None:
    assert -1e-9 <= days_of_trend(np.array(days), damping) <= min(days, damping) + 1e-9


def test_the_scale_is_a_sum_of_parts() -> None:
    found = scale(one_destination(record=10.0), leads(28.0), SPREAD).item()
    assert found == pytest.approx(0.01 * 1_000 + 0.1 * 28 * 10 + 0.5 * 1_000 * (0.2 + 0.05))


def test_tails_have_median_zero_keep_order_and_end() -> None:
    z = np.linspace(-2.3, 2.3, 200)
    assert tailed(np.zeros(1), 0.3, 0.5).item() == 0.0
    assert (np.diff(tailed(z, 0.3, 0.5)) > 0.0).all()
    assert tailed(z, 0.0, 0.0) == pytest.approx(z)
    assert tailed(np.array([1.0]), 0.5, 0.2).item() == pytest.approx((np.exp(0.5) - 1) / 0.5 * np.exp(0.1))
    assert np.array_equal(tailed(np.array([OUTERMOST]), 0.3, 0.5), tailed(np.array([9.0]), 0.3, 0.5))


def test_bands_widen_with_lead_and_quantiles_keep_order() -> None:
    region = region_with(Farhold={0: 900.0, 14: 950.0, 35: 1_000.0}, Gantry={20: 40.0}, Hovel={})
    found = forecast(region, ORIGIN)
    fan = np.array([found.quantile(q) for q in (0.05, 0.25, 0.5, 0.75, 0.95)])
    assert (np.diff(fan, axis=0) >= 0.0).all()
    width = fan[-1] - fan[0]
    assert (np.diff(width, axis=0) >= -1e-9).all()
    assert (found.paths >= 0.0).all()
    assert (found.arrivals >= 0.0).all()


def test_paths_have_the_quantiles_of_the_formula() -> None:
    region = region_with(Farhold={0: 900.0, 14: 950.0, 35: 1_000.0})
    used = stored_parameters()
    at = standing(region, ORIGIN_DAY, used.centre.memory_days)
    ahead = np.array([[28.0]])
    middle = median(at, ahead, used.centre)
    exact = at_quantiles(middle, scale(at, ahead, used.spread), np.array([0.25, 0.75]), used.spread).ravel()
    found = forecast(region, ORIGIN, paths=20_000, days=28)
    inside = [(found.paths[:, -1, 0] <= level).mean() for level in exact]
    assert inside == pytest.approx([0.25, 0.75], abs=0.01)


def test_the_total_is_the_sum_of_each_path() -> None:
    found = forecast(region_with(Farhold={0: 900.0, 35: 1_000.0}, Gantry={20: 400.0}), ORIGIN, paths=100)
    assert np.array_equal(found.total, found.paths[:, :, 0] + found.paths[:, :, 1])
    assert np.array_equal(found.total_quantile(0.9), np.quantile(found.total, 0.9, axis=0))


def test_persons_present_change_by_arrivals_and_departures_only() -> None:
    found = forecast(region_with(Farhold={0: 900.0, 35: 1_000.0}), ORIGIN, paths=100)
    change = np.diff(found.paths, axis=1)
    assert (change <= found.arrivals[:, 1:] + 1e-9).all()


def test_numbers_of_two_destinations_share_a_common_part() -> None:
    region = region_with(Farhold={0: 1.0}, Gantry={0: 1.0})
    for common in (0.0, 0.6):
        z = normal_paths(region, Spread(0, 0, 0, 0, 1, 0, 0, common), 20_000, 1)
        assert z.std(axis=0) == pytest.approx([1.0, 1.0], abs=0.02)
        assert np.corrcoef(z.T)[0, 1] == pytest.approx(common, abs=0.02)


def test_a_destination_without_reports_may_hold_people() -> None:
    found = forecast(region_with(Farhold={0: 900.0, 35: 1_000.0}, Hovel={}), ORIGIN)
    silent = found.destinations.index("Hovel")
    assert found.median[:, silent].max() == 0.0
    assert found.quantile(0.95)[-1, silent] > 0.0
    assert found.last_date[silent] is None


def test_dates_follow_the_origin() -> None:
    found = forecast(region_with(Farhold={0: 900.0, 30: 1_000.0}), ORIGIN, days=7, paths=5)
    assert found.dates == tuple(ORIGIN + timedelta(days=1 + ahead) for ahead in range(7))
    assert found.last_date == (START + timedelta(days=30),)


def test_stored_figures_say_what_they_were_fitted_on() -> None:
    assert len(stored_parameters().fitted_on) >= 6


def test_figures_survive_writing(tmp_path) -> None:
    figures = Parameters(Centre(28.0, 30.0, 30.0, 9.0, 0.1), SPREAD, ("a", "b"))
    write_parameters(tmp_path / "new" / "figures.json", figures, {"what": "a test"})
    assert read_parameters(tmp_path / "new" / "figures.json") == figures
