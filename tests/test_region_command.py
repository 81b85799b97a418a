"""Commands on a Flee folder refuse at once what they cannot keep."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flee_cases import write_flee
from staffride.cli.main import app


@pytest.mark.parametrize(
    "command",
    [["run", "--replications", "100000"], ["forecast", "--from", "2030-02-05", "--paths", "100000000"]],
)
def test_a_used_folder_is_refused_before_the_work(tmp_path: Path, command: list[str]) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "notes.txt").write_text("mine")
    name, *options = command
    asked = [name, str(write_flee(tmp_path)), *options, "--folder", str(used)]
    result = CliRunner().invoke(app, asked, env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert result.exit_code == 2
    assert "holds other files" in result.output
    assert [one.name for one in used.iterdir()] == ["notes.txt"]
