"""The scoreboard: what was known, what a bulletin would have read, exact cases, no look-ahead."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from staffride.errors import StaffrideError
from staffride.lab import observed, rivals, score
from staffride.lab.baselines import moment_concentration
from staffride.lab.scoreboard import FLOWS, FLOWS_AS_STATED, PROVINCES, apart, score_held_out, scoreboard
from staffride.scenario.schema import Observation, Period, Province, Scenario

START = datetime.fromisoformat("2023-09-24T00:00+04:00")
HOURS = 120
CUTOFF_H = 48.0


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def row(
    name: str, hour: float, value: float | None, series: str = "arrivals", **fields: object
) -> Observation:
    defaults = {"role": "calibration" if hour <= CUTOFF_H else "held_out", "known_from": at(hour)}
    return Observation(
        id=name,
        series=series,
        time=at(hour),
        value=value,
        fact=f"arrivals.{name}",
        **{"time_uncertainty_h": 0.0} | defaults | fields,
    )


def province(slug: str, population: int) -> Province:
    return Province(
        id=slug,
        name=slug,
        centre_place=slug,
        population_persons=population,
        distance_h=1.0,
        assumed="made up",
    )


def scenario(*observations: Observation, provinces: tuple[Province, ...] = ()) -> Scenario:
    return Scenario(
        name="made-up",
        title="Made up",
        period=Period(start=START, end=at(HOURS), time_zone="Asia/Yerevan"),
        cutoff=at(CUTOFF_H),
        folder=Path(),
        places=(),
        links=(),
        people=(),
        provinces=provinces,
        observations=observations,
    )


def line(slopes: np.ndarray) -> np.ndarray:
    """Ensemble whose member r crosses at ``slopes[r]`` persons an hour all the time."""
    return np.asarray(slopes, float)[:, None] * np.arange(1.0, HOURS + 1.0)


BULLETINS = [row(f"b{hour}", hour, 100.0 * hour) for hour in (6, 12, 24, 36, 46, 60, 61, 72, 96, 119)]


# --- what was known ---------------------------------------------------------------------------------------


def test_standing_follows_publication_not_the_moment_described() -> None:
    late = row("late", 40.0, 1.0, known_from=at(50.0))
    kept = row("kept", 40.0, 1.0, role="held_out", known_from=at(41.0))
    shown = row("shown", 40.0, 1.0, role="record")
    later = row("later", 60.0, 1.0)

    def standings(origin_h: float) -> list[str]:
        return [observed.standing(one, at(origin_h), at(CUTOFF_H)) for one in (late, kept, shown, later)]

    assert standings(30.0) == ["held_out", "held_out", "record", "held_out"]
    assert standings(48.0) == ["held_out", "held_out", "record", "held_out"]
    assert standings(60.0) == ["calibration", "held_out", "record", "calibration"]


def test_the_known_record_averages_one_moment_and_leaves_out_bounds_and_flows() -> None:
    rows = [
        row("a", 10.0, 100.0),
        row("b", 10.0, 200.0),
        row("range", 20.0, None, low=300.0, high=500.0),
        row("bound", 25.0, None, low=400.0),
        row("flow", 30.0, 99.0, duration_h=5.0),
        row("ahead", 70.0, 9e9, known_from=at(40.0)),
        row("other", 31.0, 7.0, series="registered"),
    ]
    record = observed.known_record(rows, "arrivals", at(CUTOFF_H), at(CUTOFF_H), START)
    assert record is not None
    np.testing.assert_allclose(record.time_h, [10.0, 20.0])
    np.testing.assert_allclose(record.value, [150.0, 400.0])
    assert observed.known_record(rows, "delay_hours", at(CUTOFF_H), at(CUTOFF_H), START) is None


# --- what an ensemble says of a bulletin ------------------------------------------------------------------


def test_states_are_read_between_the_ends_of_hours_and_means_within_their_hour() -> None:
    hourly = np.array([[10.0, 30.0, 60.0]])
    hours = np.array([[0.0, 0.5, 1.0, 1.5, 3.0, 9.0]])
    np.testing.assert_allclose(observed.read_hourly("arrivals", hourly, hours), [[0, 5, 10, 20, 60, 60]])
    np.testing.assert_allclose(observed.read_hourly("delay_hours", hourly, hours), [[10, 10, 10, 30, 60, 60]])
    gap = np.array([[np.nan, 4.0, np.nan]])
    np.testing.assert_allclose(
        observed.read_hourly("delay_hours", gap, np.array([[0.5, 1.5, 2.5]])), [[0, 4, 4]]
    )


def test_a_flow_over_a_duration_is_the_sum_of_its_hours() -> None:
    flow = np.tile(np.arange(1.0, HOURS + 1.0), (2, 1))
    got = observed.sample_at("flow", flow, [row("f", 10.0, 1.0, series="flow", duration_h=4.0)], START)
    np.testing.assert_allclose(got, np.full((2, 1), 7.0 + 8.0 + 9.0 + 10.0))


def test_an_inferred_hour_widens_by_the_flow_and_other_bulletins_change_nothing() -> None:
    sure, unsure = row("sure", 60.0, 6_000.0), row("unsure", 60.0, 6_000.0, time_uncertainty_h=3.0)
    hourly = line(np.full(4_000, 100.0))
    both = observed.sample_at("arrivals", hourly, [sure, unsure], START)
    assert both[:, 0].std() == pytest.approx(0.0, abs=1e-9)
    assert both[:, 1].std() == pytest.approx(300.0, rel=0.04)
    np.testing.assert_array_equal(both[:, 1:], observed.sample_at("arrivals", hourly, [unsure], START))
    stated = observed.sample_at("arrivals", hourly, [unsure], START, hours_as_stated=True)
    np.testing.assert_allclose(stated, 6_000.0)


def test_errors_of_the_figure_itself() -> None:
    hourly = line(np.full(20_000, 100.0))
    ranged = row("ranged", 60.0, 6_000.0, low=5_800.0, high=6_000.0)
    rough = row("rough", 60.0, 6_000.0, relative_error=0.1)
    got = observed.sample_at("arrivals", hourly, [ranged, rough], START)
    assert got[:, 0].min() >= 6_000.0
    assert got[:, 0].max() <= 6_200.0
    assert got[:, 0].mean() == pytest.approx(6_100.0, abs=3.0)
    assert got[:, 1].std() == pytest.approx(600.0, rel=0.03)


# --- scores on exact cases --------------------------------------------------------------------------------


def test_a_perfect_point_forecast_scores_zero_and_is_covered() -> None:
    board = scoreboard({"arrivals": line(np.full(5, 100.0))}, scenario(*BULLETINS))
    arrivals = board.score("arrivals")
    assert arrivals is not None
    assert (arrivals.n, arrivals.crps, arrivals.covered_50, arrivals.covered_90) == (5, 0.0, 1.0, 1.0)
    assert arrivals.rank == 0.5
    assert board.final is not None
    assert board.final.width_share == 0.0


def test_a_point_forecast_scores_its_absolute_error_by_horizon() -> None:
    board = scoreboard({"arrivals": line(np.full(3, 90.0))}, scenario(*BULLETINS))
    arrivals = board.score("arrivals")
    assert arrivals is not None
    assert arrivals.crps == pytest.approx(10.0 * np.mean([60, 61, 72, 96, 119]))
    assert {day: part.crps for day, part in arrivals.days().items()} == pytest.approx(
        {1: 10.0 * np.mean([60, 61, 72]), 2: 960.0, 3: 1_190.0}
    )
    fitted = board.score("arrivals", "calibration")
    assert fitted is not None
    assert (fitted.n, fitted.baselines) == (5, {})
    assert fitted.crps == pytest.approx(10.0 * np.mean([6, 12, 24, 36, 46]))


def test_bands_and_coverage_of_a_known_ensemble() -> None:
    slopes = np.arange(81.0, 120.0)  # 39 members: quantiles at 5, 25, 75, 95 % are members 2, 10, 30, 38
    rows = [
        *BULLETINS[:5],
        row("in50", 60.0, 6_000.0),
        row("in90", 61.0, 61 * 115.0),
        row("out", 72.0, 72 * 119.0),
    ]
    arrivals = scoreboard({"arrivals": line(slopes)}, scenario(*rows)).score("arrivals")
    assert arrivals is not None
    first = arrivals.points[0]
    assert (first.low_90, first.low_50, first.high_50, first.high_90) == (4_920, 5_400, 6_600, 7_080)
    assert (arrivals.covered_50, arrivals.covered_90) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_flows_are_between_held_out_bulletins_two_hours_apart() -> None:
    chosen = apart([one for one in BULLETINS if one.role == "held_out"], 2.0)
    assert [one.id for one in chosen] == ["b60", "b72", "b96", "b119"]
    board = scoreboard({"arrivals": line(np.array([90.0, 110.0]))}, scenario(*BULLETINS))
    flows, stated = board.score(FLOWS), board.score(FLOWS_AS_STATED)
    assert flows is not None
    assert stated is not None
    assert [point.observed for point in flows.points] == [1_200.0, 2_400.0, 2_300.0]
    # Members at 0.9 and 1.1 of the truth d: mean miss 0.1 d less half the mean distance 0.1 d / 2.
    assert flows.crps == pytest.approx(0.05 * np.mean([1_200, 2_400, 2_300]))
    assert stated.crps == pytest.approx(flows.crps)


def test_final_total_band_and_miss() -> None:
    slopes = np.linspace(50.0, 90.0, 39)
    final = scoreboard({"arrivals": line(slopes)}, scenario(*BULLETINS)).final
    assert final is not None
    low, high = score.central_band(slopes * HOURS, 0.9)
    assert final.width_share == pytest.approx((high[0] - low[0]) / 11_900.0)
    assert final.missed_by == pytest.approx((11_900.0 - high[0]) / 11_900.0)
    assert final.rank == 1.0


# --- no look-ahead, no hidden loss ------------------------------------------------------------------------


def test_changing_the_future_leaves_every_rival_identical() -> None:
    prior = np.linspace(5_000.0, 20_000.0, 50)
    model = {"arrivals": line(np.array([90.0, 110.0]))}
    changed = [one if one.time <= at(CUTOFF_H) else row(one.id, 60.0, 5.0) for one in BULLETINS]
    first, second = (
        rivals.build_rivals(scenario(*rows), at(CUTOFF_H), model, total=prior)
        for rows in (BULLETINS, changed)
    )
    assert set(first) == {"persistence_24h", "persistence_6h", "logistic", "capped_persistence"}
    for name, by_series in first.items():
        np.testing.assert_array_equal(by_series["arrivals"], second[name]["arrivals"])


def test_what_was_known_is_refused_as_a_test() -> None:
    made = scenario(*BULLETINS)
    model = {"arrivals": line(np.array([90.0, 110.0]))}
    (scored,) = score_held_out(model, made, BULLETINS[5:], at(CUTOFF_H))
    assert scored.n == 5
    with pytest.raises(StaffrideError, match="b46: not held out at the origin"):
        score_held_out(model, made, BULLETINS[4:], at(CUTOFF_H))
    with pytest.raises(StaffrideError, match="b60, b61: not held out"):
        score_held_out(model, made, BULLETINS[5:], at(61.0))


def test_an_ensemble_that_saw_later_reports_is_refused() -> None:
    with pytest.raises(StaffrideError, match="it has seen what came later"):
        scoreboard({"arrivals": line(np.ones(2))}, scenario(*BULLETINS), at(40.0), fitted_until=at(48.0))


def test_a_loss_and_a_win_are_both_said() -> None:
    made, prior = scenario(*BULLETINS), np.full(10, 11_950.0)
    bad = scoreboard({"arrivals": line(np.array([10.0, 20.0]))}, made, prior_total=prior)
    assert any(text.startswith("The model loses to the best simple forecast") for text in bad.says)
    assert any("capped by the model's own prior" in text and "loses" in text for text in bad.says)
    good = scoreboard({"arrivals": line(np.array([99.9, 100.1]))}, made, prior_total=prior)
    assert any(text.startswith("The model is better than the best simple forecast") for text in good.says)
    assert not any("loses" in text for text in good.says)


def test_another_version_of_the_model_is_scored_as_a_rival() -> None:
    other = {"constant hazard": {"arrivals": line(np.full(2, 100.0))}}
    board = scoreboard({"arrivals": line(np.array([80.0, 81.0]))}, scenario(*BULLETINS), rivals=other)
    arrivals = board.score("arrivals")
    assert arrivals is not None
    assert arrivals.baselines["constant hazard"] == 0.0
    assert arrivals.best_simple != "constant hazard"
    assert any("loses to the forecast 'constant hazard'" in text for text in board.says)


def test_json_has_the_documented_keys_and_only_plain_numbers() -> None:
    board = scoreboard({"arrivals": line(np.array([90.0, 110.0]))}, scenario(*BULLETINS))
    plain = json.loads(json.dumps(board.to_json(), allow_nan=False))
    assert set(plain) == {"arrivals", FLOWS, FLOWS_AS_STATED, "arrivals.calibration"}
    assert {"role", "n", "covered_50", "covered_90", "crps", "baselines"} <= set(plain["arrivals"])
    assert plain["arrivals"]["role"] == "held_out"
    assert plain["arrivals.calibration"]["role"] == "calibration"


def test_bounds_and_moments_outside_the_run_are_named_not_scored() -> None:
    rows = [*BULLETINS, row("bound", 70.0, None, low=5.0), row("beyond", HOURS + 9.0, 1.0)]
    board = scoreboard({"arrivals": line(np.array([90.0, 110.0]))}, scenario(*rows))
    assert board.unscored == ("bound", "beyond")
    assert any("bound, beyond" in text for text in board.says)


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(StaffrideError, match="120 hours"):
        scoreboard({"arrivals": np.ones((2, 7))}, scenario(*BULLETINS))


# --- shelter by province ----------------------------------------------------------------------------------

PROVINCES_MADE = (province("north", 300_000), province("south", 100_000), province("east", 1))


def snapshot(hour: float, north: float, south: float) -> list[Observation]:
    values = {"total": north + south, "north": north, "south": south}
    return [row(f"{name}{hour:g}", hour, value, f"shelter.{name}") for name, value in values.items()]


def test_full_snapshots_known_at_the_origin() -> None:
    partial = [row("t40", 40.0, 1_000.0, "shelter.total"), row("n40", 40.0, 100.0, "shelter.north")]
    made = scenario(
        *snapshot(20.0, 60.0, 40.0), *partial, *snapshot(90.0, 1.0, 9.0), provinces=PROVINCES_MADE
    )
    (known,) = rivals.snapshots(made, at(CUTOFF_H))
    assert known.hour == 20.0
    np.testing.assert_allclose(known.persons, [60.0, 40.0, 0.0])


def test_concentration_of_kept_shares_shrinks_with_the_time_ahead() -> None:
    known = [rivals.Snapshot(20.0, np.array([60.0, 40.0])), rivals.Snapshot(32.0, np.array([50.0, 50.0]))]
    moved = moment_concentration([60.5, 40.5], [50.5, 50.5])
    # 12 hours between the snapshots, 44 hours to the middle of what is left of 120.
    assert rivals.kept_concentration(known, 120.0) == pytest.approx((moved + 1.0) * 12.0 / 44.0 - 1.0)
    assert rivals.kept_concentration(known[:1], 120.0) == rivals.DEFAULT_CONCENTRATION


def test_worked_case_of_shelter_by_province() -> None:
    """History moves to the south; a model that knows it scores zero, kept and population shares do not."""
    rows = [*snapshot(20.0, 600.0, 400.0), *snapshot(40.0, 600.0, 400.0), *snapshot(60.0, 200.0, 1_800.0)]
    made = scenario(*rows, provinces=PROVINCES_MADE)
    flat = np.ones((4, HOURS))
    model = {
        "shelter.total": 2_000.0 * flat,
        "shelter.north": 200.0 * flat,
        "shelter.south": 1_800.0 * flat,
        "shelter.east": 0.0 * flat,
    }
    board = scoreboard(model, made)
    pooled = board.score(PROVINCES)
    assert pooled is not None
    assert (pooled.n, pooled.crps) == (2, 0.0)
    # The snapshots agree, so kept shares have almost no band: both provinces miss by half of 2,000 persons.
    assert pooled.baselines["kept_shares"] == pytest.approx(1_000.0, rel=0.02)
    assert pooled.baselines["population_shares"] > pooled.baselines["kept_shares"]
    assert pooled.best_simple == "kept_shares"
    fitted = board.score(PROVINCES, "calibration")
    assert fitted is not None
    assert fitted.n == 4


def test_the_record_of_2023_is_scored_at_every_origin() -> None:
    """The figures of the record are held out from each origin on, and fewer remain each day."""
    from staffride.scenario import load

    real = load("karabakh-2023")
    hours = real.period.hours
    curve = 100_632.0 / (1.0 + np.exp(-(np.arange(1.0, hours + 1.0) - 96.0) / 14.0))
    model = {"arrivals": np.tile(curve, (3, 1))}
    prior = np.linspace(25_000.0, 120_000.0, 500)
    counts = []
    for day in range(6):
        board = scoreboard(model, real, real.cutoff + timedelta(days=day - 2), prior_total=prior)
        arrivals = board.score("arrivals")
        assert arrivals is not None
        assert all(point.time > board.origin for point in arrivals.points)
        counts.append(arrivals.n)
    assert counts == sorted(counts, reverse=True)
    assert counts[2:] == [18, 14, 9, 6]


def test_the_last_six_hours_are_hard_to_beat_for_two_days() -> None:
    """From 27 September 24:00 on the bulletins of 28 and 29 September: some 700 and 1,600-2,000 persons."""
    from staffride.scenario import load

    real = load("karabakh-2023")
    flat = {"arrivals": np.zeros((2, real.period.hours))}
    arrivals = scoreboard(flat, real).score("arrivals")
    assert arrivals is not None
    days = [arrivals.days()[day].baselines["persistence_6h"] for day in (1, 2)]
    assert 500.0 < days[0] < 1_000.0
    assert 1_200.0 < days[1] < 2_400.0


def test_the_models_own_prior_of_the_total_is_wide_and_knows_no_answer() -> None:
    from staffride.scenario import load

    real = load("karabakh-2023")
    total = rivals.prior_total(real)
    assert total is not None
    low, high = score.central_band(total, 0.9)
    assert (high[0] - low[0]) / 100_632.0 > 0.40
    assert np.all(total > 0.0)
    again = rivals.prior_total(real, members=100)
    assert again is not None
    np.testing.assert_array_equal(again, total[:100])
    assert rivals.prior_total(scenario(*BULLETINS)) is None
