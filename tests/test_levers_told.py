"""``staffride levers`` and ``staffride explain LEVER``: lists, words, JSON, and errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from staffride.api.levers import GROUPS, KINDS, changes_of, example_policy, levers_of
from staffride.cli.main import app
from staffride.model.kinds import parameters_of
from staffride.scenario import load
from staffride.scenario.levers.catalogue import LEVERS


def told(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200", "NO_COLOR": "1"})
    return result.exit_code, result.output


def explained(name: str) -> Any:
    code, output = told("explain", name, "--json")
    assert code == 0, output
    return json.loads(output)


class TestList:
    def test_every_lever_stands_in_the_table_with_its_doses(self) -> None:
        code, output = told("levers")
        assert code == 0
        for lever in LEVERS.values():
            assert lever.id in output
            assert all(f"{dose.name}: " in output for dose in lever.doses)

    def test_a_kind_and_a_group_choose(self) -> None:
        found = levers_of("campaign", "defence")
        assert {one["group"] for one in found} == {"defence"}
        assert all("campaign" in one["kinds"] for one in found)
        by_group = [one["id"] for group in GROUPS for one in levers_of(group=group)]
        assert sorted(by_group) == sorted(LEVERS)
        assert {one["id"] for kind in KINDS for one in levers_of(kind)} == set(LEVERS)

    def test_programs_get_json(self) -> None:
        code, output = told("levers", "--kind", "campaign", "--json")
        assert code == 0
        assert json.loads(output) == levers_of("campaign")

    def test_wrong_choices_are_told_together(self) -> None:
        code, output = told("levers", "--kind", "campain", "--group", "defense")
        assert code == 2
        assert "did you mean 'campaign'?" in output
        assert "did you mean 'defence'?" in output


class TestExplain:
    @pytest.mark.parametrize("name", [one.id for one in LEVERS.values() if "campaign" in one.kinds])
    def test_every_lever_of_a_campaign_tells_what_it_changes(self, name: str) -> None:
        scenario = load("karabakh-2020", parameters_of)
        changes = changes_of(example_policy(LEVERS[name], scenario), scenario)
        assert changes["numbers"] or changes["rows"] or changes["left_out"]

    def test_it_names_numbers_rows_evidence_and_a_command(self) -> None:
        found = explained("networked-cueing")
        assert (found["what"], found["changes"]["scenario"]) == ("lever", "karabakh-2020")
        assert found["changes"]["rows"]["units"]["columns"] == ["networked"]
        assert found["changes"]["numbers"] == [
            {"name": "information.arm.quality", "rule": "at_least", "value": 0.9}
        ]
        assert (
            found["example"] == "staffride compare karabakh-2020 --policy networked-cueing --replications 200"
        )
        assert found["words"]["claim.Q301"]

    def test_people_get_it_in_words(self) -> None:
        code, output = told("explain", "early-truce")
        assert code == 0
        for text in (
            "Early truce that holds",
            "its first dose is the date",
            "truces: 1 added",
            "the record has no figure",
        ):
            assert text.lower() in output.lower()

    def test_a_lever_that_bears_the_name_of_a_file_of_rules_brings_them_along(self) -> None:
        found = explained("buses")
        assert found["what"] == "lever"
        assert found["rules"]

    def test_new_parameters_and_rows_are_told(self) -> None:
        _, output = told("explain", "modern-air-defence")
        assert "strength.arm.modern_short: a new parameter" in output
        assert "units: 22 added" in output
