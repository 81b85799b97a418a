"""The JSON objects of a run and of a forecast: names, dates, finite numbers, and nothing from after the origin."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from fake_forecast import ORIGIN, fake_forecast, fake_run
from flee_cases import DAYS, START, small_region
from staffride.errors import Problem
from staffride.lab.plan import make_plan, plan_rows
from staffride.results.region_document import forecast_document, run_document
from staffride.scenario.region import Reports


def document_of_run(**others: object) -> dict:
    region = small_region()
    given = {"seed": 1, "wall_seconds": 0.5} | others
    return run_document(region, fake_run(region), **given)  # type: ignore[arg-type]


def document_of_forecast(region: object = None) -> dict:
    region, forecast = region or small_region(), fake_forecast()
    plan = plan_rows(make_plan(region, forecast))
    return forecast_document(region, forecast, plan, seed=1, naive={"level": forecast.paths[0]})


def test_a_run_has_every_series_on_every_day() -> None:
    found = document_of_run()
    names = ("Farhold", "Gantry", "Hovel")
    expected = {f"{kind}.{name}" for kind in ("destination", "arrivals") for name in names}
    assert set(found["series"]) == expected | {"displaced", "on_the_way"}
    for entries in found["series"].values():
        assert len(entries) == DAYS
        assert list(entries[0]) == ["time", "mean", "q05", "q25", "q50", "q75", "q95", "counted"]
        assert entries[0]["time"] == START.isoformat()


def test_the_displaced_are_those_present_and_those_on_the_way() -> None:
    series = document_of_run()["series"]
    parts = [name for name in series if name.startswith("destination.")]
    last = sum(series[name][-1]["mean"] for name in parts) + series["on_the_way"][-1]["mean"]
    assert series["displaced"][-1]["mean"] == pytest.approx(last, abs=0.01)


def test_counts_stand_beside_the_bands() -> None:
    series = document_of_run()["series"]
    # 900 on day 14 and 2600 on day 35
    assert series["destination.Gantry"][14]["counted"] == 900.0
    assert series["destination.Gantry"][21]["counted"] == pytest.approx(900.0 + 1700.0 / 3.0, abs=0.001)
    assert series["displaced"][14]["counted"] == sum(
        series[f"destination.{name}"][14]["counted"] for name in ("Farhold", "Gantry", "Hovel")
    )
    assert series["on_the_way"][5]["counted"] is None


def test_the_reported_total_stands_beside_all_where_the_settings_take_it() -> None:
    region = replace(small_region(), settings={"spawn_rules": {"sum_from_camps": False}})
    found = run_document(region, fake_run(region), seed=1)
    assert found["series"]["displaced"][35]["counted"] == 11_000.0


def test_a_region_without_reports_has_no_counts() -> None:
    region = replace(small_region(), reports=(), total=None)
    found = run_document(region, fake_run(region), seed=1)
    assert all(row["counted"] is None for entries in found["series"].values() for row in entries)


def test_scores_have_bands_and_baselines_stand_beside_them() -> None:
    ard = {"plain": np.linspace(0.2, 0.3, 20), "rescaled": np.linspace(0.1, 0.2, 20)}
    baselines = {"capacity_share": {"plain": 0.4, "rescaled": float("nan")}}
    scores = document_of_run(ard=ard, baselines=baselines)["scores"]
    assert scores["ard"]["plain"]["mean"] == pytest.approx(0.25)
    assert scores["ard"]["rescaled"]["q95"] == pytest.approx(0.195)
    assert scores["capacity_share"] == {"plain": 0.4, "rescaled": None}


def test_problems_keep_their_place() -> None:
    problem = Problem("no such place", "routes.csv", 3, expected="a place", fatal=False, column=2)
    found = document_of_run(problems=[problem], unmapped=["a column"])
    assert found["problems"][0]["line"] == 3
    assert found["problems"][0]["text"].startswith("routes.csv:3:2: no such place")
    assert found["unmapped"] == ["a column"]


def test_every_number_is_finite_or_none() -> None:
    region = small_region()
    broken = replace(fake_run(region), on_the_way=np.full((20, DAYS), np.nan))
    json.dumps(run_document(region, broken, seed=1), allow_nan=False)
    json.dumps(document_of_forecast(), allow_nan=False)


def test_a_forecast_starts_on_the_day_after_its_origin() -> None:
    found = document_of_forecast()
    assert found["run"]["cut-off"] == ORIGIN.isoformat()
    assert found["series"]["destination.Hovel"][0]["time"] == "2030-02-06"
    assert found["naive"]["level"].keys() == {
        f"destination.{name}" for name in ("Farhold", "Gantry", "Hovel")
    }
    assert found["weekly"]


def test_reports_are_raw_and_not_later_than_the_origin() -> None:
    reports = document_of_forecast()["reports"]
    farhold = [(one["time"], one["counted"]) for one in reports["destination.Farhold"]]
    assert farhold == [("2029-12-25", 500.0), ("2030-01-08", 2000.0), ("2030-01-29", 6500.0)]
    # 6,500 in Farhold, 2,600 in Gantry, 400 and 50 by the two sources of Hovel
    assert reports["displaced"][-1] == {"time": "2030-02-05", "counted": 9550.0}
    assert reports["reported_total"][-1] == {"time": "2030-02-05", "counted": 11_000.0}


def test_the_document_of_a_forecast_holds_nothing_of_the_future() -> None:
    region = small_region()
    last = region.day_of(ORIGIN)

    def shuffled(one: Reports) -> Reports:
        counts = tuple(
            np.where(days > last, own[::-1] + 7.0, own)
            for days, own in zip(one.days, one.counts, strict=True)
        )
        return replace(one, counts=counts)

    future = replace(region, reports=tuple(map(shuffled, region.reports)), corrections=())
    assert document_of_forecast(future) == document_of_forecast(region)


def test_it_loads_nothing_heavy() -> None:
    program = "import sys, staffride.results.region_document; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert not {"duckdb", "pydantic", "numba", "ruamel", "rich"} & set(loaded.split())
