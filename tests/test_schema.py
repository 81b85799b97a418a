"""The published JSON Schema: current, valid, and of one mind with the loader."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenario_folders import write_valley
from staffride.cli.main import app
from staffride.errors import InputError
from staffride.scenario import load
from staffride.scenario.json_schema import schema_text
from staffride.scenario.locate import SHIPPED, shipped_names
from staffride.scenario.schema import Header

runner = CliRunner()


def complaints(schema: Path, *files: Path) -> str:
    """Return what check-jsonschema says of files, empty when all is well."""
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.schema.json"
    path.write_text(schema_text())
    return path


def test_the_published_schema_is_current(root: Path) -> None:
    published = root / "docs" / "schema" / "scenario.schema.json"
    remedy = "write it again: staffride schema -o docs/schema/scenario.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text(), remedy


def test_the_schema_is_a_schema(schema: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--check-metaschema", schema]
    assert subprocess.run(command, check=False).returncode == 0


def test_shipped_and_new_scenarios_meet_the_schema(schema: Path, tmp_path: Path) -> None:
    valley = write_valley(tmp_path / "valley")
    files = [SHIPPED / name / "scenario.yaml" for name in shipped_names()]
    assert complaints(schema, valley / "scenario.yaml", *files) == ""


def test_parameters_meet_the_schema_too(schema: Path, tmp_path: Path) -> None:
    from ruamel.yaml import YAML

    own = [name for name in shipped_names() if (SHIPPED / name / "parameters.yaml").exists()]
    assert own
    for name in own:
        settings = YAML(typ="safe", pure=True).load((SHIPPED / name / "scenario.yaml").read_text())
        parameters = YAML(typ="safe", pure=True).load((SHIPPED / name / "parameters.yaml").read_text())
        whole = tmp_path / f"{name}.json"
        whole.write_text(json.dumps({**settings, "parameters": parameters}, default=str))
        text = complaints(schema, whole)
        assert "$.parameters" not in text


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "Upper Case", "extends": "karabakh-2023"},
        {"extends": "karabakh-2023"},
        {"name": "x"},
        {"name": "x", "extends": "karabakh-2023", "titel": "x"},
        {"name": "x", "extends": "karabakh-2023", "cutoff": "yesterday"},
        {"name": "x", "extends": "karabakh-2023", "change": {"roads": {}}},
        {"name": "x", "extends": "karabakh-2023", "parameters": {"a.b": {"value": 1, "assumed": "x"}}},
        {"name": "x", "extends": "karabakh-2023", "parameters": {"a.b": {"value": 1, "unit": "h"}}},
        {
            "name": "x",
            "extends": "karabakh-2023",
            "parameters": {"a.b": {"value": 1, "range": [0, 1], "unit": "h", "assumed": "x"}},
        },
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(
    schema: Path, tmp_path: Path, settings: dict[str, object]
) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    path = folder / "scenario.yaml"
    path.write_text(json.dumps(settings))
    assert complaints(schema, path) != ""
    with pytest.raises(InputError, match=r"scenario\.yaml"):
        load(folder)


def test_every_setting_is_in_the_schema() -> None:
    properties = json.loads(schema_text())["properties"]
    assert set(properties) == {*Header.model_fields, "extends", "tables", "change", "catalogue"}


def test_the_command_prints_it_or_writes_it(tmp_path: Path) -> None:
    assert runner.invoke(app, ["schema"]).stdout == schema_text()
    path = tmp_path / "out.json"
    assert runner.invoke(app, ["schema", "-o", str(path)]).exit_code == 0
    assert path.read_text() == schema_text()
    refused = runner.invoke(app, ["schema", "-o", str(tmp_path / "none" / "out.json")])
    assert refused.exit_code == 1
    assert "could not write" in refused.stderr
