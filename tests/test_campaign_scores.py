"""Scores of a campaign: dates cut at the end, errors of the record, baselines that see no more than they may, pools."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import staffride as sr
from campaign_scenarios import load_campaign
from fake_campaign import START, fake_campaign
from staffride.api import campaign as api
from staffride.api.kinds import require_scored
from staffride.cli.validate import print_scoreboard
from staffride.errors import InputError
from staffride.lab import score
from staffride.lab.campaign_baselines import (
    MEMBERS,
    cumulative_rivals,
    date_rivals,
    first_legs,
    known_days,
    resampled_days,
    wandering,
)
from staffride.lab.campaign_board import skill_interval
from staffride.lab.campaign_reading import capped, hourly, is_bound, told_date
from staffride.lab.campaign_scores import as_content, campaign_board, is_scored
from staffride.scenario.roads import great_circle_km
from staffride.scenario.schema import Observation, Period, Place, Scenario

DAYS, EVERY_H, REPLICATIONS, CUTOFF = 21, 6, 101, 5
HOURS = 24 * DAYS
PLACES = (("town_b", "town", "az", 47.0), ("near", "village", "arm", 46.9), ("far", "town", "arm", 46.7))


def seen(name: str, series: str, day: float, role: str = "held_out", **fields: Any) -> Observation:
    """An observation at the end of so many days."""
    usual = {"time_uncertainty_h": 0.0, "fact": name, "known_from": START + timedelta(days=400)}
    if role == "calibration":
        usual["known_from"] = START
    return Observation(
        id=name, series=series, time=START + timedelta(days=day), role=role, **(usual | fields)
    )


DEATHS = (60.0, 90.0, 30.0, 120.0, 50.0)
ROWS = (
    *(seen(f"day-{i}", "deaths_daily.arm", i, "record", value=DEATHS[i - 1], duration_h=24.0) for i in range(1, 6)),
    *(seen(f"day-{i}", "deaths_daily.arm", i, value=70.0, duration_h=24.0) for i in range(6, 22)),
    *(seen(f"week-{i}", "deaths_daily.arm", 7 * i, value=490.0, duration_h=168.0) for i in (1, 2, 3)),
    seen("total", "deaths.arm", DAYS, value=1500.0, low=1400.0, high=1500.0),
    seen("total-az", "deaths.az", DAYS, value=900.0),
    seen("claim", "deaths.arm", DAYS, "record", value=5000.0),
    seen("first", "changed.near", 3, "calibration", value=1.0, time_uncertainty_h=12.0),
    seen("town", "changed.far", 15, value=1.0, time_uncertainty_h=24.0),
    seen("kept", "changed.town_b", DAYS, value=0.0),
    seen("share", "drone_share.arm", DAYS, low=0.0, high=0.8),
    seen("nowhere", "changed.lost_city", 9, value=1.0),
    seen("never", "lost.air_defence.az", 60, value=1.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    base = load_campaign(tmp_path_factory.mktemp("hills") / "hills")
    places = tuple(
        Place(id=one, official_name=one.title(), kind=kind, region="Hills", zone="hills", held_by=side, latitude=40.0,
              longitude=east, assumed="Invented.")
        for one, kind, side, east in PLACES
    )  # fmt: skip
    period = Period(start=START, end=START + timedelta(days=DAYS), time_zone="Asia/Baku")
    changes = {
        "period": period,
        "cutoff": START + timedelta(days=CUTOFF),
        "places": places,
        "observations": ROWS,
    }
    return base.model_copy(update=changes | {"record_every_h": EVERY_H})


def numbers() -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    pace = np.linspace(40.0, 100.0, REPLICATIONS)[:, np.newaxis]
    days = np.arange(1, HOURS // EVERY_H + 1) * EVERY_H / 24.0
    series = {"deaths.arm": pace * days, "deaths.az": 0.6 * pace * days}
    taken = np.where(np.arange(REPLICATIONS) % 4 == 0, np.nan, np.linspace(200.0, 480.0, REPLICATIONS))
    totals = {
        "changed.near": np.full(REPLICATIONS, 80.0),
        "changed.far": taken,
        "changed.town_b": np.full(REPLICATIONS, np.nan),
        "lost.armour.arm": np.full(REPLICATIONS, 10.0),
        "lost.armour.arm.by.armed_drone": np.linspace(0.0, 10.0, REPLICATIONS),
        "lost.armed_drone.arm": np.full(REPLICATIONS, 5.0),
    }
    return series, totals


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    return fake_campaign(tmp_path_factory.mktemp("fake") / "r", *numbers(), hours=HOURS, every_h=EVERY_H)


@pytest.fixture(scope="module")
def content(run: sr.Run, scenario: Scenario) -> dict[str, Any]:
    return as_content(campaign_board(run, scenario))


class TestDates:
    @pytest.mark.parametrize("truth", [30.0, 50.0, 72.0])
    def test_the_score_of_cut_dates_is_the_integral_up_to_the_end(self, truth: float) -> None:
        """CRPS of capped dates = integral over [0, T] of (F(t) - 1{truth <= t})^2: what comes after T never counts."""
        members, end = np.array([10.0, 40.0, 60.0, 90.0, np.nan]), 72.0
        edges = np.unique([0.0, 10.0, 40.0, 60.0, truth, end])
        middle = 0.5 * (edges[1:] + edges[:-1])
        distribution = (np.nan_to_num(members, nan=np.inf)[:, np.newaxis] <= middle).mean(axis=0)
        integral = np.sum(np.diff(edges) * (distribution - (truth <= middle)) ** 2)
        found = score.crps_ensemble(capped(members, end), truth)[0]
        assert found == pytest.approx(integral, rel=1e-12)

    def test_two_members_by_hand(self) -> None:
        sample = capped(np.array([24.0, np.nan]), 72.0)
        assert sample.tolist() == [24.0, 72.0]
        assert score.crps_ensemble(sample, 72.0)[0] == pytest.approx(0.5 * 48.0 - 0.5 * 0.5 * 48.0)

    def test_a_certain_no_change_is_perfect_where_there_was_none(self) -> None:
        assert score.crps_ensemble(capped(np.full(5, np.nan), 72.0), 72.0)[0] == 0.0

    def test_when_it_would_come_after_the_end_does_not_matter(self) -> None:
        one, other = np.array([10.0, 80.0, 500.0]), np.array([10.0, np.nan, 73.0])
        row = seen("x", "changed.far", 2, value=1.0, time_uncertainty_h=5.0)
        np.testing.assert_array_equal(told_date(row, one, 72.0, 1), told_date(row, other, 72.0, 1))

    def test_the_interval_of_the_record_shifts_what_happens_and_nothing_else(self) -> None:
        row = seen("x", "changed.far", 2, value=1.0, time_uncertainty_h=10.0)
        hours = np.concatenate([np.full(4000, 40.0), np.full(10, np.nan)])
        told = told_date(row, hours, 72.0, 1)
        assert np.all(told[4000:] == 72.0)
        assert (told[:4000].min(), told[:4000].max()) == pytest.approx((30.0, 50.0), abs=0.05)
        assert told[:4000].std() == pytest.approx(10.0 / math.sqrt(3.0), rel=0.03)

    def test_a_place_that_kept_its_holder(self, content: dict[str, Any]) -> None:
        row = content["scores"]["changed.town_b"]
        assert (row["crps"], row["brier"], row["covered_90"]) == (0.0, 0.0, 1.0)

    def test_the_chance_and_its_brier_score(self, content: dict[str, Any]) -> None:
        (point,) = [point for point in content["points"] if point["id"] == "town"]
        missing = len(range(0, REPLICATIONS, 4)) / REPLICATIONS
        assert point["probability"] == pytest.approx(1.0 - missing)
        assert point["brier"] == pytest.approx(missing**2)
        assert content["scores"]["changed.far"]["brier"] == point["brier"]
        assert set(point["brier_baselines"]) == {"constant_pace", "wandering_pace"}
        assert point["observed"] == 15 * 24.0
        assert point["width_share"] == pytest.approx((point["high_90"] - point["low_90"]) / 360.0)


class TestCounts:
    def test_a_figure_without_error_is_scored_by_the_closed_form(
        self, run: sr.Run, content: dict[str, Any]
    ) -> None:
        expected = score.crps_ensemble(run["deaths.az"].values[:, -1].astype(float), 900.0)[0]
        assert content["scores"]["deaths.az"]["crps"] == pytest.approx(expected, rel=1e-9)

    def test_a_day_and_a_week_are_differences(self, run: sr.Run, content: dict[str, Any]) -> None:
        whole = run["deaths.arm"].values.astype(float)
        of_day, of_week = whole[:, 23] - whole[:, 19], whole[:, 83] - whole[:, 55]
        by_id = {point["id"]: point for point in content["points"]}
        assert by_id["day-6"]["crps"] == pytest.approx(score.crps_ensemble(of_day, 70.0)[0], rel=1e-5)
        assert by_id["week-3"]["crps"] == pytest.approx(score.crps_ensemble(of_week, 490.0)[0], rel=1e-5)

    def test_the_error_of_a_figure_widens_the_band(self, run: sr.Run, scenario: Scenario) -> None:
        def width(**fields: float) -> float:
            rows = (seen("total", "deaths.arm", DAYS, value=1500.0, **fields),)
            board = campaign_board(run, scenario.model_copy(update={"observations": rows}))
            return board.held_out[0].width_share or 0.0

        assert width(low=900.0, high=2100.0) > width(low=1400.0, high=1600.0) > width()

    @pytest.mark.parametrize("every_h", [1, 2, 6, 24])
    def test_values_are_straight_between_those_kept(self, every_h: int) -> None:
        kept = np.arange(every_h, 49, every_h, dtype=float)[np.newaxis]
        np.testing.assert_allclose(hourly(kept, every_h, from_zero=True), np.arange(1.0, 49.0)[np.newaxis])

    def test_a_state_has_its_first_value_before_it(self) -> None:
        np.testing.assert_allclose(hourly(np.array([[4.0, 8.0]]), 2, from_zero=False), [[4.0, 4.0, 6.0, 8.0]])

    def test_a_range_from_nothing_is_a_bound_and_never_scored(self, content: dict[str, Any]) -> None:
        assert is_bound(seen("b", "x", 1, low=0.0, high=3.0))
        assert not is_bound(seen("b", "x", 1, low=1.0, high=3.0))
        (bound,) = [one for one in content["shown"] if one["id"] == "share"]
        assert bound["kept"] == pytest.approx(81 / 101)
        assert "drone_share.arm" not in content["scores"]
        assert any("only bounds drone_share.arm" in text for text in content["says"])


class TestRoles:
    def test_only_what_is_held_out_is_scored(self, content: dict[str, Any]) -> None:
        assert {row["role"] for row in content["scores"].values()} == {"held_out"}
        scored = {point["id"] for point in content["points"]}
        assert not scored & {row.id for row in ROWS if row.role != "held_out"}
        assert {"claim", "first", "day-1"} <= {one["id"] for one in content["shown"]}
        assert content["unscored"] == ["nowhere", "never"]

    def test_what_tells_of_days_before_the_cut_off_counts_apart(self, content: dict[str, Any]) -> None:
        early = content["scores"]["deaths_daily.arm.by_week.before_cutoff"]
        assert (early["n"], early["baselines"], early["skill"]) == (1, {}, None)
        assert content["scores"]["deaths_daily.arm.by_week"]["n"] == 2

    def test_a_pool_counts_days_in_their_weeks_and_leaves_out_what_counts_apart(
        self, content: dict[str, Any]
    ) -> None:
        names = {row["row"]: 0 for row in content["points"]}
        assert content["scores"]["deaths_daily.arm"]["n"] == 16
        assert "deaths_daily.arm.by_week" in names
        # two days of the first week after the cut-off, two weeks, two totals, a date
        assert content["scores"]["pooled"]["n"] == 2 + 2 + 2 + 1
        assert (content["scores"]["pooled"]["crps"], content["scores"]["pooled"]["baselines"]) == (None, {})
        assert content["scores"]["pooled.dates"]["n"] == content["scores"]["pooled.kept"]["n"] == 1

    def test_the_contract_of_the_json(self, content: dict[str, Any]) -> None:
        json.dumps(content, allow_nan=False)
        for row in content["scores"].values():
            assert list(row)[:6] == ["role", "n", "covered_50", "covered_90", "crps", "baselines"]

    def test_a_replay_and_a_mere_record_are_not_scored(self, run: sr.Run, scenario: Scenario) -> None:
        replay = scenario.model_copy(update={"replay": True})
        mere = scenario.model_copy(
            update={"observations": tuple(row for row in ROWS if row.role != "held_out")}
        )
        assert is_scored(scenario)
        for other in (replay, mere):
            assert not is_scored(other)
            assert api.scores(run, other)["scores"] == {}
            with pytest.raises(InputError):
                require_scored(other, "hills")
        assert campaign_board(run, replay).held_out == ()
        require_scored(scenario, "hills")

    def test_it_is_told_in_words_and_as_a_table(self, run: sr.Run, scenario: Scenario) -> None:
        console = Console(file=io.StringIO(), width=200, highlight=False)
        print_scoreboard(campaign_board(run, scenario), console)
        printed = console.file.getvalue()
        assert "Held-out figures: the 50 % band holds" in printed
        assert "Far: changes control in 74% of the runs" in printed
        assert "Brier score of a change by the end: 0.07 against" in printed
        assert "deaths_daily.arm.by_week" in printed


class TestBaselines:
    def test_days_are_those_before_the_cut_off_and_not_held_out(self, scenario: Scenario) -> None:
        assert known_days(scenario, "arm").tolist() == list(DEATHS)
        assert known_days(scenario, "az").size == 0

    def test_held_out_figures_change_no_baseline(self, scenario: Scenario) -> None:
        changed = tuple(
            row.model_copy(update={"value": 9.0, "low": None, "high": None})
            if row.role == "held_out"
            else row
            for row in ROWS
        )
        other = scenario.model_copy(update={"observations": changed})
        for name in ("deaths.arm", "deaths.az"):
            for rival, values in cumulative_rivals(scenario, name, 1).items():
                np.testing.assert_array_equal(values, cumulative_rivals(other, name, 1)[rival])
        for rival, values in date_rivals(scenario, "changed.far", 1).items():
            np.testing.assert_array_equal(values, date_rivals(other, "changed.far", 1)[rival])

    def test_resampled_days_have_the_mean_and_twice_the_variance_of_the_days(self) -> None:
        days = np.array(DEATHS)
        drawn = resampled_days(days, 40, 1)
        assert drawn.shape == (MEMBERS, 40)
        assert set(np.unique(drawn)) == set(DEATHS)
        assert drawn.mean() == pytest.approx(days.mean(), rel=0.03)
        # of a mean over m days: var / n from the resample, var (n - 1) / n / m from the draws
        expected = days.var() * (1 / days.size + (1 - 1 / days.size) / 40)
        assert drawn.mean(axis=1).var() == pytest.approx(expected, rel=0.15)

    def test_both_carry_the_mean_pace_on_from_the_record(self, scenario: Scenario) -> None:
        for values in cumulative_rivals(scenario, "deaths.arm", 1).values():
            assert values.shape == (MEMBERS, HOURS)
            np.testing.assert_allclose(values[:, 24 * CUTOFF - 1], sum(DEATHS))
            assert values[:, -1].mean() == pytest.approx(sum(DEATHS) / CUTOFF * DAYS, rel=0.1)
            assert np.all(np.diff(values, axis=1) >= 0.0)

    def test_the_other_side_is_alike_within_a_factor_of_two(self, scenario: Scenario) -> None:
        (found,) = cumulative_rivals(scenario, "deaths.az", 1).values()
        ratio = np.log(found[:, -1] / (sum(DEATHS) / CUTOFF * DAYS))
        assert ratio.mean() == pytest.approx(0.0, abs=0.1)
        assert ratio.std() == pytest.approx(math.log(2.0), rel=0.1)

    def test_the_first_leg_is_from_the_nearest_town_of_the_other_side(self, scenario: Scenario) -> None:
        (leg,) = first_legs(scenario)
        town, near = scenario.place("town_b"), scenario.place("near")
        assert (leg.place, leg.length_km) == (near, great_circle_km(town, near))
        assert (leg.earliest_h, leg.latest_h) == (60.0, 120.0)

    def test_a_constant_pace_needs_time_in_proportion_to_the_distance(self, scenario: Scenario) -> None:
        """Twice the leg lies ahead, so the date is three times that of the leg: 180 to 360 h."""
        found = date_rivals(scenario, "changed.far", 1)["constant_pace"]
        assert (found.min(), found.max()) == pytest.approx((180.0, 360.0), rel=0.01)
        assert date_rivals(scenario, "changed.near", 1) == {}

    def test_a_pace_that_wanders_does_so_around_the_same_work(self) -> None:
        needed = np.full(MEMBERS, 100.0)
        found = np.minimum(wandering(needed, 2000, 1), 2000.0)
        assert np.median(found) == pytest.approx(100.0, rel=0.08)
        assert found.std() > 10.0
        assert np.all(wandering(0.0 * needed, 50, 1) == 0.0)
        assert np.all(np.isinf(wandering(100.0 * needed, 50, 1)))

    def test_skill_has_the_sign_of_the_difference_and_an_interval_that_holds_it(self) -> None:
        other = np.linspace(1.0, 3.0, 30)
        found = skill_interval("x", 0.5 * other, other)
        assert (found.skill, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))
        noisy = skill_interval("x", other[::-1].copy(), other)
        assert noisy.low < noisy.skill < noisy.high


def test_a_run_of_a_campaign_stores_its_scores(scenario: Scenario, run: sr.Run) -> None:
    found = api.scores(run, scenario)
    assert set(found) == {"origin", "scores", "final", "says", "unscored", "points", "shown"}
    assert found["origin"] == scenario.cutoff.isoformat()
