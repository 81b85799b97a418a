"""``staffride explain``: the steps that the program follows; rules and parameters in the words of the model itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import staffride.model
from campaign_scenarios import write_campaign
from staffride.api.explain import contents
from staffride.cli.main import app
from staffride.model.campaign_steps import STEPS

MODEL = Path(staffride.model.__path__[0])


def told(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["explain", *arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})
    return result.exit_code, result.output


def explained(*arguments: str) -> Any:
    code, output = told(*arguments, "--json")
    assert code == 0, output
    return json.loads(output)


@pytest.fixture(scope="module")
def hills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_campaign(tmp_path_factory.mktemp("campaign") / "hills")


class TestSteps:
    def test_a_campaign_with_formations_has_all_steps_in_their_order(self) -> None:
        steps = explained("karabakh-2020")["steps"]
        assert [step["number"] for step in steps] == list(range(1, len(STEPS) + 1))
        assert [(step["phenomenon"], step["does"]) for step in steps] == [
            (one.phenomenon, one.does) for one in STEPS
        ]

    def test_one_in_the_air_alone_has_those_of_the_air(self, hills: Path) -> None:
        steps = explained(str(hills))["steps"]
        assert [step["does"] for step in steps] == [one.does for one in STEPS if not one.afoot]
        assert [step["number"] for step in steps] == list(range(1, len(steps) + 1))

    def test_a_displacement_has_those_of_its_own_model(self) -> None:
        found = explained("karabakh-2023")
        names = [step["phenomenon"] for step in found["steps"]]
        assert (names[0], names[-1], len(names)) == ("departure", "reception", 6)

    @pytest.mark.parametrize("name", ["karabakh-2020", "opening-day", "karabakh-2023"])
    def test_every_step_names_a_file_that_is_there(self, name: str) -> None:
        for step in explained(name)["steps"]:
            assert (MODEL.parent / step["file"]).is_file(), step

    def test_people_get_a_numbered_list(self, hills: Path) -> None:
        code, output = told(str(hills))
        lines = [line.split() for line in output.splitlines()]
        assert code == 0
        assert ["1", "jamming", "model/jamming.py"] in [line[:3] for line in lines]
        assert "The weather of the whole period is drawn before the first hour" in output


class TestTime:
    def test_shares_add_up_and_rest_on_the_wall(self, hills: Path) -> None:
        found = explained(str(hills), "--time", "--replications", "3")
        assert (found["replications"], found["hours"]) == (3, 24)
        assert sum(step["share"] for step in found["steps"]) == pytest.approx(1.0)
        spent = sum(step["microseconds_an_hour"] for step in found["steps"]) * 3 * 24 / 1e6
        assert spent == pytest.approx(found["wall_seconds"])

    def test_people_get_a_table(self, hills: Path) -> None:
        code, output = told(str(hills), "--time", "-n", "2")
        assert code == 0
        assert "2 replications of 24 hours, the baseline alone, in" in output
        assert "%" in output

    @pytest.mark.parametrize("arguments", [["--time"], ["karabakh-2023", "--time"]])
    def test_only_a_campaign_is_timed(self, arguments: list[str]) -> None:
        code, output = told(*arguments)
        assert code == 2
        assert "campaign" in output


class TestRules:
    def test_a_rule_speaks_with_its_docstring(self) -> None:
        (rule,) = explained("radar_horizon_km")["rules"]
        assert {"name", "statement", "equation", "units", "source", "code"} <= set(rule)
        code, output = told("radar_horizon_km")
        assert code == 0
        assert "equation:" in output
        assert "staffride.model.air_defence.radar_horizon_km(" in output

    def test_a_file_has_all_its_rules(self) -> None:
        found = explained("infiltration")
        assert [rule["name"] for rule in found["rules"]] == contents()["rules"]["infiltration"]
        assert found["text"].startswith("Infiltration:")

    def test_every_rule_can_be_explained(self) -> None:
        for names in contents()["rules"].values():
            for name in names[:1]:
                assert explained(name)["rules"]


class TestParameters:
    def test_it_has_meaning_unit_limits_prior_and_grounds(self) -> None:
        found = explained("weather.fog_share")
        assert (found["unit"], found["low"], found["high"]) == ("1", 0, 0.98)
        prior = next(one for one in found["priors"] if one["scenario"] == "opening-day")
        assert prior["q05"] < prior["q50"] < prior["q95"]
        assert prior["evidence"] or prior["assumed"]

    def test_one_of_each_side_is_both_or_one(self) -> None:
        both = explained("information.{side}.quality")
        one = explained("information.az.quality")
        assert {prior["parameter"] for prior in one["priors"]} == {"information.az.quality"}
        assert {prior["parameter"] for prior in both["priors"]} >= {
            "information.az.quality",
            "information.arm.quality",
        }
        assert one["meaning"] == both["meaning"]

    def test_a_figure_of_a_system_is_one(self) -> None:
        assert explained("system.osa.reaction_time")["meaning"]

    def test_one_that_no_scenario_gives_has_its_meaning(self) -> None:
        assert explained("strength.*")["unit"] == "1"

    def test_people_get_it_in_words(self) -> None:
        code, output = told("weather.fog_share")
        assert code == 0
        assert "unit: 1; from 0 to 0.98" in output
        assert "(90 %)" in output


class TestErrors:
    @pytest.mark.parametrize(
        ("wrong", "near"),
        [
            ("karabakh-2220", "karabakh-2020"),
            ("radar_horison_km", "radar_horizon_km"),
            ("weather.fog_shar", "weather.fog_share"),
            ("infiltratoin", "infiltration"),
        ],
    )
    def test_the_nearest_name_is_told(self, wrong: str, near: str) -> None:
        code, output = told(wrong)
        assert code == 2
        assert f"there is nothing called '{wrong}' to explain" in output
        assert near in output

    def test_without_a_name_all_is_listed(self) -> None:
        code, output = told()
        assert code == 0
        for word in (
            "Scenarios",
            "karabakh-2020",
            "Rules",
            "radar_horizon_km",
            "Parameters",
            "weather.fog_share",
        ):
            assert word in output
        assert set(explained()) == {"scenarios", "rules", "parameters", "levers"}
