"""The JSON of a campaign of several days: series by day, deaths of the day, dates of changes of control, and names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import staffride as sr
from fake_campaign import fake_campaign
from staffride.cli.main import app
from staffride.results.daily import ends_of_days, of_each_day
from staffride.results.document import as_document
from staffride.results.tables import STATISTICS
from staffride.results.vocabulary import CAMPAIGN, is_cumulative, meaning

DAYS, EVERY_H, REPLICATIONS = 3, 6, 21
STEPS = DAYS * 24 // EVERY_H


def numbers() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Series and totals of a war in which replication r loses r persons in every step, and one town is taken."""
    pace = np.arange(REPLICATIONS, dtype=float)[:, np.newaxis]
    steps = np.arange(1.0, STEPS + 1.0)
    sky = np.tile(np.where(np.arange(STEPS) % 4 == 3, 1.0, 0.0), (REPLICATIONS, 1))
    series = {
        "deaths.arm": pace * steps,
        "deaths.arm.nk": 0.5 * pace * steps,
        "present.az": 1000.0 - pace * steps,
        "flyable": sky,
    }
    taken = np.where(np.arange(REPLICATIONS) < 5, np.nan, 24.0 + np.arange(REPLICATIONS))
    totals = {
        "deaths.arm": series["deaths.arm"][:, -1],
        "changed.hill": taken,
        "changed.valley": np.full(REPLICATIONS, np.nan),
        "changed.hill@none": taken + 1.0,
        "changed.valley@none": np.full(REPLICATIONS, np.nan),
    }
    return series, totals


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    return fake_campaign(tmp_path_factory.mktemp("fake") / "run", *numbers(), variants=("none",))


@pytest.fixture(scope="module")
def document(run: sr.Run) -> dict[str, object]:
    return as_document(run)


class TestSeries:
    def test_there_is_an_entry_a_day_at_its_end(self, document: dict) -> None:
        for entries in document["series"].values():
            assert [entry["time"] for entry in entries] == [
                "2020-09-28T00:00:00+04:00",
                "2020-09-29T00:00:00+04:00",
                "2020-09-30T00:00:00+04:00",
            ]
            assert list(entries[0]) == ["time", *STATISTICS]

    def test_states_are_those_at_the_end_of_the_day(self, run: sr.Run, document: dict) -> None:
        for day, entry in enumerate(document["series"]["present.az"], start=1):
            values = 1000.0 - np.arange(REPLICATIONS) * 4 * day
            assert entry["mean"] == pytest.approx(values.mean())
            assert entry["q05"] == pytest.approx(np.quantile(values, 0.05))
        assert document["series"]["present.az"][-1]["q50"] == run["present.az"].quantile(0.5).values[-1]

    def test_deaths_of_a_day_are_differences_of_the_cumulative_ones(self, document: dict) -> None:
        series = document["series"]
        for entry in series["deaths_daily.arm"]:
            assert (entry["mean"], entry["q50"], entry["q95"]) == (40.0, 40.0, 76.0)
        total = sum(entry["mean"] for entry in series["deaths_daily.arm"])
        assert total == pytest.approx(series["deaths.arm"][-1]["mean"])

    def test_parts_of_a_side_are_there_only_where_the_run_has_them(self, document: dict) -> None:
        deaths = {name for name in document["series"] if name.startswith("deaths_daily.")}
        assert deaths == {"deaths_daily.arm", "deaths_daily.arm.nk"}

    def test_what_is_a_mean_over_a_step_is_one_over_the_day(self, document: dict) -> None:
        assert [entry["mean"] for entry in document["series"]["flyable"]] == [0.25] * DAYS

    @pytest.mark.parametrize("every_h", [1, 2, 3, 4, 6, 8, 12, 24])
    def test_it_does_not_depend_on_how_often_values_were_kept(self, every_h: int) -> None:
        ends = ends_of_days(72, every_h)
        assert ((ends + 1) * every_h).tolist() == [24, 48, 72]
        cumulative = np.cumsum(np.ones((2, 72 // every_h)) * every_h, axis=1)
        np.testing.assert_array_equal(of_each_day(cumulative, ends), np.full((2, 3), 24.0))

    def test_one_day_stays_as_it_was_kept(self, tmp_path: Path) -> None:
        series = {"deaths.arm": np.cumsum(np.ones((2, 24)), axis=1)}
        day = fake_campaign(tmp_path / "r", series, {"leakage.arm": np.ones(2)}, hours=24, every_h=1)
        found = as_document(day)
        assert list(found["series"]) == ["deaths.arm"]
        assert len(found["series"]["deaths.arm"]) == 24
        assert found["dates"] == {}


class TestDates:
    def test_a_date_is_given_that_it_happens(self, document: dict) -> None:
        hill = document["dates"]["hill"]
        assert list(hill) == ["probability", "q05", "q50", "q95"]
        assert hill["probability"] == pytest.approx(16 / 21)
        hours = 24.0 + np.arange(5, REPLICATIONS)
        assert hill["q50"] == "2020-09-28T12:30+04:00"
        assert np.median(hours) == 36.5
        assert hill["q05"] < hill["q50"] < hill["q95"]

    def test_a_place_that_never_changes_has_no_date(self, document: dict) -> None:
        assert document["dates"]["valley"] == {"probability": 0.0, "q05": None, "q50": None, "q95": None}

    def test_variants_have_no_dates_of_their_own_but_differences(self, document: dict) -> None:
        assert set(document["dates"]) == {"hill", "valley"}
        (variant,) = document["variants"]
        assert (
            variant["differences"]["changed.hill"]["n"],
            variant["differences"]["changed.hill"]["mean"],
        ) == (16, 1)
        assert variant["differences"]["changed.valley"]["mean"] is None

    def test_it_is_one_object_without_numbers_that_json_lacks(self, run: sr.Run) -> None:
        result = CliRunner().invoke(app, ["show", str(run.folder), "--json"])
        assert result.exit_code == 0
        found = json.loads(result.output)
        assert list(found) == ["run", "series", "dates", "totals", "scores", "variants"]
        assert "NaN" not in result.output


class TestNames:
    @pytest.mark.parametrize(
        ("name", "unit", "text"),
        [
            ("deaths.arm", "persons", "of the forces of side arm killed by then, cumulative"),
            ("deaths_daily.az", "persons", "killed in the day before"),
            ("captured_vehicles.rocket_artillery.az", "elements", "of rocket artillery of side az that fell"),
            ("changed.shusha_shushi", "h", "first change of control of shusha_shushi"),
            ("changes.shusha_shushi@no-drones", "changes", "under variant no-drones"),
            ("supply_days.az", "day", "of the kind that is shortest"),
            ("truce", "1", "whether a truce holds"),
            ("end_h", "h", "to the ceasefire"),
        ],
    )
    def test_they_have_a_unit_and_a_meaning(self, name: str, unit: str, text: str) -> None:
        assert meaning(name).unit == unit
        assert text in meaning(name).text
        assert "{" not in meaning(name).text

    def test_every_name_of_the_model_has_one(self) -> None:
        campaign_ground_tally = pytest.importorskip("staffride.model.campaign_ground_tally")
        sides, places = ("az", "arm"), ("hill",)
        for name in campaign_ground_tally.ground_total_names(sides, places):
            assert meaning(name).unit, name

    def test_those_that_count_from_zero_are_told(self) -> None:
        cumulative = {name for name in CAMPAIGN if is_cumulative(name)}
        assert {"deaths", "missing", "lost", "displaced", "civilian_deaths"} <= cumulative
        assert not {"present", "cohesion", "truce", "changed", "deaths_daily", "flyable"} & cumulative
