"""Regional displacement as a person meets it: Flee folders in, runs, forecasts, imports and exports out."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import staffride as sr
from flee_cases import replaced, small_region, write_flee
from staffride.cli.main import app
from staffride.errors import InputError
from staffride.present.forecast_words import changes
from staffride.results import region_store
from staffride.results.region_store import read_document
from staffride.scenario.region_reports import daily_counts

CAMPS = ("Farhold", "Gantry", "Hovel")
ENVIRONMENT = {"COLUMNS": "200", "NO_COLOR": "1"}


def told(*arguments: object) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of a command."""
    result = CliRunner().invoke(app, list(map(str, arguments)), env=ENVIRONMENT)
    return result.exit_code, result.stdout, result.stderr


def printed(*arguments: object) -> dict[str, Any]:
    """Return the one JSON object that a command prints."""
    code, output, errors = told(*arguments)
    assert code == 0, errors
    found: dict[str, Any] = json.loads(output)
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def flee(here: Path) -> Path:
    return write_flee(here / "case")


class TestRun:
    def test_a_flee_folder_runs_as_it_is(self, flee: Path) -> None:
        found = printed("run", flee, "--json", "-n", 4)
        assert {f"destination.{name}" for name in CAMPS} <= set(found["series"])
        entry = found["series"]["destination.Farhold"][-1]
        assert set(entry) == {"time", "mean", "q05", "q25", "q50", "q75", "q95", "counted"}
        counted = daily_counts(small_region())
        for at, name in enumerate(
            small_region().destination_names
        ):  # one of them has a registration, which counts
            shown = [row["counted"] for row in found["series"][f"destination.{name}"]]
            np.testing.assert_allclose(shown, counted[:, at], atol=0.001)
        assert np.abs(counted - daily_counts(small_region(), corrected=False)).max() > 1.0
        assert set(found["scores"]["ard"]) == {"plain", "rescaled"}
        assert {"capacity_share", "free_capacity"} <= set(found["scores"])
        assert found["run"]["wall_seconds"] > 0.0
        assert found["run"]["replications"] == 4

    def test_the_same_seed_gives_the_same_series_and_another_does_not(self, flee: Path) -> None:
        one, two, other = (printed("run", flee, "--json", "-n", 3, "-s", seed) for seed in (5, 5, 6))
        assert one["series"] == two["series"]
        assert one["series"] != other["series"]

    @pytest.mark.parametrize(
        "options", [("--engine", "agents"), ("--rules", "flee"), ("--rules", "flee", "--quirk", "all")]
    )
    def test_agents_and_flees_rules_run_too(self, flee: Path, options: tuple[str, ...]) -> None:
        found = printed("run", flee, "--json", "-n", 2, *options)
        assert found["run"]["engine"] == "agents"
        displaced = [entry["mean"] for entry in found["series"]["displaced"]]
        assert displaced == sorted(displaced)

    def test_what_is_kept_is_what_is_shown(self, flee: Path, here: Path) -> None:
        code, output, _ = told("run", flee, "-n", 3, "-o", "kept")
        assert code == 0
        assert output.rstrip().splitlines()[-2:] == ["Report: kept/report.html", "Tables: kept"]
        assert (here / "kept" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
        assert {path.name for path in (here / "kept" / "figures").iterdir()} >= {
            "farhold.svg",
            "displaced.svg",
        }
        weeks = (here / "kept" / "arrivals-by-week.csv").read_text(encoding="utf-8").splitlines()
        assert weeks[1].startswith("#")
        assert printed("show", "kept", "--json") == read_document("kept")
        assert "Farhold" in told("show", "kept")[1]
        with (here / "kept" / "series.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert {row["series"] for row in rows} == set(read_document("kept")["series"])  # type: ignore[index]
        assert told("show", "kept", "--check")[1].startswith("All ")
        (here / "kept" / "series.csv").write_text("changed", encoding="utf-8")
        code, output, _ = told("show", "kept", "--check")
        assert (code, output.strip()) == (1, "kept/series.csv: missing or changed")

    def test_the_kept_scenario_gives_the_same_run(self, flee: Path) -> None:
        first = printed("run", flee, "--json", "-n", 3, "-o", "first")
        again = printed("run", "first/scenario", "--json", "-n", 3)
        assert again["series"] == first["series"]
        assert again["scores"] == first["scores"]

    def test_runs_lists_runs_and_forecasts_and_latest_is_the_youngest(self, flee: Path) -> None:
        told("run", flee, "-n", 2, "-q")
        told("forecast", flee, "--from", "2030-01-20", "-q", "--paths", 50)
        listed = json.loads(told("runs", "--json")[1])
        assert sorted(one["kind"] for one in listed) == ["forecast", "region"]
        assert "a look back" in told("runs")[1]
        assert told("show", "latest")[0] == 0

    def test_a_used_folder_is_refused_and_nothing_is_lost(self, flee: Path, here: Path) -> None:
        (here / "used").mkdir()
        (here / "used" / "mine.txt").write_text("mine", encoding="utf-8")
        code, _, errors = told("run", flee, "-n", 2, "-o", "used")
        assert code == 2
        assert "holds other files" in errors
        assert (here / "used" / "mine.txt").read_text(encoding="utf-8") == "mine"

    def test_a_full_disk_leaves_nothing_behind(
        self, flee: Path, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(path: Path, text: str) -> None:
            raise OSError(28, "No space left on device", str(path))

        monkeypatch.setattr(region_store, "write_text", full)
        code, _, errors = told("run", flee, "-n", 2, "-o", "full")
        assert code == 1
        assert "the disk is full" in errors
        assert sorted(path.name for path in here.iterdir()) == ["case"]

    def test_the_setup_can_be_set(self, flee: Path) -> None:
        found = printed(
            "run", flee, "--json", "-n", 2, "--set", "volume=conflict", "--set", "rate_per_day=0.002"
        )
        assert found["run"]["given"] == {"volume": "conflict", "rate_per_day": "0.002"}
        text = told("run", flee, "-n", 2, "--set", "volume=conflict")[1]
        assert "comes from conflict at an assumed rate" in " ".join(text.split())

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--set", "volum=conflict"), "did you mean 'volume'?"),
            (("--set", "household_size=many"), "household_size is 'many'"),
            (("--set", "volume"), "--set 'volume'"),
            (("--rules", "fleee"), "the rules are 'fleee'"),
            (("--engine", "agent"), "the engine is 'agent'"),
            (("--rules", "flee", "--engine", "cohorts"), "Flee's rules run by agents only"),
            (("--quirk", "all"), "quirks belong to Flee's rules"),
            (("--rules", "flee", "--quirk", "daily_budget_restart"), "did you mean 'daily_budget_restarts'?"),
            (
                ("--rules", "flee", "--set", "move_rules.awarenes_level=2"),
                "did you mean 'move_rules.awareness_level'?",
            ),
            (("--replications", "0"), "replications is 0"),
            (("--prior",), "--prior has no meaning for regional displacement"),
        ],
    )
    def test_a_wrong_option_is_named(self, flee: Path, options: tuple[str, ...], said: str) -> None:
        code, output, errors = told("run", flee, *options)
        assert (code, output) == (2, "")
        assert said in errors

    def test_options_of_a_region_are_refused_elsewhere(self, here: Path) -> None:
        code, _, errors = told("run", "karabakh-2023", "--rules", "flee")
        assert code == 2
        assert "--rules is for regional displacement only" in errors
        assert "there is no scenario 'nosuch'" in told("run", "nosuch", "--rules", "flee")[2]

    def test_zero_awareness_still_flees(self, flee: Path) -> None:
        found = printed(
            "run", flee, "--json", "-n", 1, "--rules", "flee", "--set", "move_rules.awareness_level=0"
        )
        assert sum(found["series"][f"destination.{name}"][-1]["mean"] for name in CAMPS) > 1_000


class TestDefects:
    def test_a_fatal_defect_exits_with_2_and_says_where(self, here: Path) -> None:
        case = write_flee(here / "case", {"source_data/gantry.csv": None})
        for command in (
            ("run", case),
            ("check", case),
            ("import", "flee", case),
            ("forecast", case, "--from", "2030-01-20"),
        ):
            code, output, errors = told(*command)
            assert (code, output) == (2, "")
            assert "gantry.csv" in errors

    def test_a_warning_does_not_stop_a_run_unless_strict(self, here: Path) -> None:
        case = write_flee(here / "case", replaced("source_data/gantry.csv", "2600", '"2,600"'))
        assert printed("run", case, "--json", "-n", 1)["problems"][0]["line"] == 3
        assert told("check", case)[0] == 0
        for command in (
            ("run", case, "--strict"),
            ("check", case, "--strict"),
            ("import", "flee", case, "--strict"),
        ):
            code, _, errors = told(*command)
            assert code == 2
            assert "error: " in errors
            assert "2,600" in errors
        found = json.loads(told("check", case, "--json")[1])
        assert (found["valid"], found["warnings"][0]["column"]) == (True, 2)

    def test_an_unknown_setting_warns_with_its_line(self, here: Path) -> None:
        case = write_flee(here / "case")
        settings = case / "simsetting.yml"
        settings.write_text("move_rules:\n  awarenes_level: 2\n", encoding="utf-8")
        code, _, errors = told("check", case)
        assert code == 0
        assert "simsetting.yml:2: the setting move_rules.awarenes_level is unknown" in errors
        assert "did you mean 'move_rules.awareness_level'?" in errors
        settings.write_text("move_rules:\n  awareness_level: much\n", encoding="utf-8")
        code, _, errors = told("run", case)
        assert code == 2
        assert "simsetting.yml:2: move_rules.awareness_level is 'much'" in errors


class TestForecast:
    def test_it_says_when_shelter_runs_out_and_what_a_change_makes(self, flee: Path, here: Path) -> None:
        options = (
            "--from",
            "2030-01-25",
            "--capacity-as-of",
            "2030-01-01",
            "--close",
            "border:Homeland:Neighbour",
        )
        code, output, _ = told("forecast", flee, *options, "-o", "ahead", "--paths", 200)
        assert code == 0
        assert "Shelter" in output
        assert "The border between Homeland and Neighbour closes" in output
        found = read_document("ahead")
        assert found is not None
        assert found["run"]["cut-off"] == "2030-01-25"
        assert {row["destination"] for row in found["weekly"]} >= set(CAMPS)
        assert set(found["naive"]) == {"level", "shares x damped total", "undamped trend"}
        weeks = (here / "ahead" / "arrivals-by-week.csv").read_text(encoding="utf-8").splitlines()
        assert weeks[1].startswith("#")
        assert (here / "ahead" / "figures" / "map.svg").read_text(encoding="utf-8").startswith("<?xml")
        report = (here / "ahead" / "report.html").read_text(encoding="utf-8")
        assert "--close border:Homeland:Neighbour" in report

    def test_people_whom_a_change_cuts_off_from_every_destination_are_told_of(self, flee: Path) -> None:
        options = ("--from", "2030-01-25", "--paths", 100, "--no-report")
        text = " ".join(told("forecast", flee, *options, "--close", "place:Dorim")[1].split())
        assert "reach no destination" not in text
        closes = [part for camp in CAMPS for part in ("--close", f"camp:{camp}")]
        assert "reach no destination" not in " ".join(told("forecast", flee, *options, *closes)[1].split())
        alone = sr.forecast(small_region(), "2030-01-25", paths=100).region
        one_camp = dataclasses.replace(alone, reports=alone.reports[:1])
        found = sr.forecast(
            one_camp, "2030-01-25", paths=100, close=[f"camp:{one_camp.destination_names[0]}"]
        )
        assert "reach no destination of this forecast" in " ".join(changes(found.document()))

    def test_the_future_changes_nothing(self, here: Path) -> None:
        """Later reports, corrections, closures and conflict of any kind leave every number as it is."""
        changes: dict[str, str | bytes | None] = {}
        for text in (
            replaced(
                "source_data/farhold.csv", "2030-01-29,6500\n2030-02-12,9000", "2030-01-28,99\n2030-02-12,1"
            ),
            replaced("input_csv/closures.csv", "link,Dorim,Gantry,40,-1", "country,Homeland,Neighbour,25,-1"),
            replaced("input_csv/registration_corrections.csv", "2030-02-12", "2030-03-04"),
        ):
            changes |= text
        plain = printed("forecast", write_flee(here / "case"), "--from", "2030-01-25", "--json", "-o", "a")
        false = printed(
            "forecast",
            write_flee(here / "false" / "case", changes),
            "--from",
            "2030-01-25",
            "--json",
            "-o",
            "b",
        )
        for key in ("series", "totals", "reports", "naive", "weekly", "shelter", "crossings", "what_if"):
            assert plain[key] == false[key], key

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--from", "soon"), "'soon' is no date"),
            (("--from", "2030-01-25", "--capacity-as-of", "2030-02-01"), "2030-02-01"),
            (("--from", "2030-01-25", "--close", "border:Homeland:Neighbor"), "did you mean 'Neighbour'?"),
            (("--from", "2030-01-25", "--close", "wall:Homeland:Neighbour"), "is no change"),
            (("--from", "2030-01-25", "--close", "road:Ardel:Gantry"), "no road leads from Ardel to Gantry"),
            (("--from", "2030-01-25", "--open", "road:Ardel:Gantry:far"), "'far' is no length"),
            (("--from", "2020-01-25"), "2020-01-25"),
        ],
    )
    def test_a_wrong_request_is_named(self, flee: Path, options: tuple[str, ...], said: str) -> None:
        code, output, errors = told("forecast", flee, *options)
        assert (code, output) == (2, "")
        assert said in errors


class TestImportAndExport:
    def test_there_and_back_gives_the_same_run(self, flee: Path) -> None:
        assert told("import", "flee", flee, "-o", "mine")[0] == 0
        assert told("export", "flee", "mine", "-o", "back")[0] == 0
        first, second, third = (printed("run", one, "--json", "-n", 2) for one in (flee, "mine", "back"))
        assert first["series"] == second["series"] == third["series"]

    def test_an_existing_scenario_is_not_overwritten(self, flee: Path) -> None:
        told("import", "flee", flee, "-o", "mine")
        code, _, errors = told("import", "flee", flee, "-o", "mine")
        assert code == 2
        assert "mine" in errors

    def test_what_cannot_be_mapped_is_listed(self, flee: Path) -> None:
        (flee / "input_csv" / "major_routes.csv").write_text("Ardel,Borun,Elsa\n", encoding="utf-8")
        assert "major_routes.csv" in told("import", "flee", flee, "-o", "mine")[1]
        assert any("major_routes.csv" in line for line in printed("run", flee, "--json", "-n", 1)["unmapped"])

    def test_the_shipped_region_runs_by_its_name(self, here: Path) -> None:
        found = printed("run", "border-region", "--json", "-n", 2)
        assert found["run"]["folder"] == "border-region"
        assert told("check", "border-region")[0] == 0


class TestPython:
    def test_a_region_needs_no_files(self) -> None:
        found = sr.run_region(small_region(), replications=3)
        assert found.present.shape == (3, 60, 3)
        assert set(found.destinations) == set(CAMPS)
        assert set(found.averaged_relative_difference()) == {"plain", "rescaled"}
        assert "3 replications" in repr(found)

    def test_agents_are_the_same_however_many_run_at_once(self) -> None:
        steps: list[tuple[int, int]] = []
        many = sr.run_region(
            small_region(), engine="agents", replications=4, progress=lambda *step: steps.append(step)
        )
        assert steps[-1] == (4, 4)
        few = sr.run_region(small_region(), engine="agents", replications=2)
        np.testing.assert_array_equal(many.present[:2], few.present)

    def test_a_forecast_from_python(self) -> None:
        found = sr.forecast(small_region(), "2030-01-25", days=28, paths=100)
        assert found.quantile(0.5).shape == (28, 3)
        assert "100 paths, 28 days, 3 destinations" in repr(found)

    def test_several_wrong_arguments_are_told_at_once(self) -> None:
        with pytest.raises(InputError) as caught:
            sr.run_region(small_region(), rules="fle", engine="agent", replications=0)  # type: ignore[arg-type]
        assert len(caught.value.problems) == 3

    def test_no_folder_and_no_region_is_said(self, tmp_path: Path) -> None:
        shutil.rmtree(tmp_path)
        with pytest.raises(InputError):
            sr.open_region(tmp_path)
