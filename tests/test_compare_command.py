"""``compare`` as a person meets it: output, JSON, errors with what to do, kill and resume, ``show`` and ``runs``."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from campaign_scenarios import write_ground
from ground_cases import valley_files
from staffride.cli.main import load_command
from staffride.results.run import Run
from test_cli_run import PROGRAM, assert_equal_tables, posix, staffride, told

DOCS = Path(__file__).resolve().parents[1] / "docs"
PEOPLE = ["compare", "karabakh-2023", "--prior", "-n", "6", "-w", "1"]
BUSES = ["--policy", "buses:0|500", "-p", "checkpoint-lanes:2+buses:500"]
IDS = ["buses:0", "buses:500", "checkpoint-lanes+buses:500"]
KEYS = (
    "run",
    "intervals",
    "measures",
    "policies",
    "effects",
    "ranking",
    "dominance",
    "regret",
    "drivers",
    "dose_curves",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compare")


@pytest.fixture(scope="module")
def done(place: Path) -> subprocess.CompletedProcess[str]:
    """One comparison on a displacement with everything that the user sees."""
    return staffride(*PEOPLE, *BUSES, "--folder", "first", folder=place)


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ground(tmp_path_factory.mktemp("valley") / "valley", **valley_files())


@pytest.fixture(scope="module")
def document(done: subprocess.CompletedProcess[str], place: Path) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    code, output = told("show", str(place / "first"), "--json")
    assert code == 0
    found: dict[str, Any] = json.loads(output)
    return found


class TestOutput:
    def test_it_ends_with_where_the_report_and_the_tables_are(
        self, done: subprocess.CompletedProcess[str], place: Path
    ) -> None:
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip().splitlines()[-2:] == ["Report: first/report.html", "Tables: first"]
        assert "6/6" in done.stderr
        page = (place / "first" / "report.html").read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert all(f"<code>{one}</code>" in page for one in IDS)

    def test_it_says_for_each_policy_what_changes(self, done: subprocess.CompletedProcess[str]) -> None:
        said = " ".join(done.stdout.split())
        assert "What would 3 policies have changed" in said
        assert re.search(r"buses:0 It changes nothing: every value of every measure", said)
        for heading in ("Beside each other", "What the same luck saved", "What is not known"):
            assert heading in said
        assert "intervals of 95 % are shown" in said

    def test_show_and_runs_know_it(self, done: subprocess.CompletedProcess[str], place: Path) -> None:
        assert done.returncode == 0
        code, output = told("show", str(place / "first"))
        assert (code, "Policies compared: Displacement of September 2023" in output) == (0, True)
        code, output = told("runs", str(place))
        assert re.search(r"first +karabakh-2023 +3 +complete +6 ", output)
        listed = json.loads(told("runs", str(place), "--json")[1])
        assert listed[0]["policies"] == IDS

    def test_a_measure_may_be_chosen(self, done: subprocess.CompletedProcess[str], place: Path) -> None:
        assert done.returncode == 0
        arguments = [
            "compare",
            "--resume",
            str(place / "first"),
            "--no-report",
            "-q",
            "-m",
            "stayed",
            "--json",
        ]
        code, output = told(*arguments)
        assert code == 0, output
        found = json.loads(output)
        assert {row["measure"] for row in found["effects"]} == {"stayed"}
        code, output = told(*arguments[:-2], "staid", "--json")
        assert code == 2
        assert "has no measure 'staid'" in output
        assert "stayed" in output

    def test_the_help_has_an_example_of_each_form(self) -> None:
        command = load_command("compare")
        for form in (
            "-p no-drones",
            "from=2020-10-05",
            "0|250|500|1000",
            "checkpoint-lanes:2+buses:500",
            "--resume",
        ):
            assert form in (command.epilog or "").replace("--policy", "-p")


class TestJson:
    def test_it_is_one_object_and_nothing_else(self, place: Path, document: dict[str, Any]) -> None:
        again = staffride(*PEOPLE, *BUSES, "-o", "second", "--json", "--no-report", folder=place)
        assert (again.returncode, again.stderr) == (0, "")
        other = json.loads(again.stdout)
        assert not (place / "second" / "report.html").exists()
        assert_equal_tables(place / "first", place / "second")
        for key in KEYS[1:]:
            assert other[key] == document[key], key

    def test_it_has_what_the_reference_says(self, document: dict[str, Any]) -> None:
        text = (DOCS / "reference" / "json_frame.md").read_text(encoding="utf-8")
        part = text.partition("## A comparison")[2].partition("\n## ")[0]
        assert tuple(document) == KEYS == tuple(re.findall(r"^\| `(\w+)` \|", part, flags=re.M))

    def test_policies_have_levers_doses_start_and_cost(self, document: dict[str, Any]) -> None:
        assert [one["id"] for one in document["policies"]] == IDS
        assert [one["changes_nothing"] for one in document["policies"]] == [True, False, False]
        both = document["policies"][2]
        assert [lever["id"] for lever in both["levers"]] == ["checkpoint-lanes", "buses"]
        assert both["levers"][1]["doses"][0]["value"] == 500.0
        assert both["starts"] is None

    def test_a_policy_that_changes_nothing_has_zero_everywhere(self, document: dict[str, Any]) -> None:
        rows = [row for row in document["effects"] if row["policy"] == "buses:0"]
        assert rows
        assert {(row["difference"], row["low"], row["high"]) for row in rows} == {(0.0, 0.0, 0.0)}

    def test_effects_are_those_of_the_tables(self, place: Path, document: dict[str, Any]) -> None:
        run = Run(place / "first")
        for row in document["effects"]:
            pair = run.paired(row["measure"], row["policy"])
            assert row["difference"] == pytest.approx(pair.mean)
            assert (row["low"], row["high"]) == pytest.approx((pair.low, pair.high))

    def test_doses_are_lined_up(self, document: dict[str, Any]) -> None:
        curves = [one for one in document["dose_curves"] if one["measure"] == "without_seat"]
        assert [[point["text"] for point in one["points"]] for one in curves] == [["0", "500"]]


class TestCampaign:
    def test_both_sides_and_a_fork(self, valley: Path, tmp_path: Path) -> None:
        policies = ["-p", "early-truce:2020-06-03", "-p", "layered-air-defence:1"]
        out = staffride("compare", valley, *policies, "-n", "6", "-w", "1", "-o", "r", folder=tmp_path)
        assert out.returncode == 0, out.stderr
        assert " Azerbaijani side " in out.stdout
        assert " Armenian side " in out.stdout
        page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
        assert "from 3 Jun" in page
        command = re.search(r"staffride compare \S+ --policy.*?(?=<)", page)
        assert command is not None
        assert (
            "--policy early-truce:2020-06-03 --policy layered-air-defence:1 --replications 6"
            in command.group()
        )


class TestWrongInput:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["karabakh-2020"], ["no policy is named", "staffride levers"]),
            (["karabakh-2020", "-p", "layred-air-defence"], ["layred-air-defence", "layered-air-defence"]),
            (["karabakh-2020", "-p", "layered-air-defence:7"], ["factor is 7", "factor from 0 to 3"]),
            (["karabakh-2020", "-p", "early-truce:2021-10-10"], ["outside of the scenario", "2020-09-27"]),
            (["karabakh-2020", "-p", "buses:500"], ["does not act on a campaign"]),
            (
                ["karabakh-2020", "-p", "early-truce", "-p", "no-dron"],
                ["needs a date", "no-dron", "2 problems"],
            ),
            (["karabakh-2032", "-p", "no-drones"], ["there is no scenario 'karabakh-2032'", "karabakh-2023"]),
            (["karabakh-2020", "-p", "no-drones", "-n", "0"], ["replications is 0"]),
        ],
    )
    def test_it_is_told_with_what_to_do_before_anything_runs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        code, output = told("compare", *arguments)
        assert code == 2, output
        assert all(word in output for word in words), output
        assert "Traceback" not in output
        assert list(tmp_path.iterdir()) == []


@posix
class TestStopped:
    def test_a_killed_comparison_is_completed_with_the_same_bytes(self, tmp_path: Path) -> None:
        command = [*PEOPLE[:3], "-n", "20", "-w", "1", "-p", "buses:500", "--no-report"]
        whole = staffride(*command, "-o", "whole", "-q", folder=tmp_path)
        assert whole.returncode == 0, whole.stderr
        process = subprocess.Popen(
            [*PROGRAM, *command, "-o", "r"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while process.poll() is None and len(list((tmp_path / "r" / "blocks").glob("*.block"))) < 3:
            time.sleep(0.005)
        process.kill()
        process.communicate()
        listed = staffride("runs", ".", folder=tmp_path)
        assert "staffride compare --resume FOLDER" in listed.stdout
        again = staffride("compare", "--resume", "r", "--no-report", "--json", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert [one["id"] for one in json.loads(again.stdout)["policies"]] == ["buses:500"]
        assert_equal_tables(tmp_path / "r", tmp_path / "whole")

    def test_a_plain_run_is_no_comparison(self, tmp_path: Path) -> None:
        assert staffride("run", *PEOPLE[1:], "--no-report", "-q", "-o", "r", folder=tmp_path).returncode == 0
        resumed = staffride("compare", "--resume", "r", folder=tmp_path)
        assert resumed.returncode == 2
        assert "is a plain run" in resumed.stderr


class TestRepeat:
    """The command in a kept scenario repeats its comparison, whatever kind of scenario it is."""

    def test_a_displacement(self, done: subprocess.CompletedProcess[str], place: Path) -> None:
        assert done.returncode == 0, done.stderr
        assert_repeats(place / "first")

    def test_a_campaign(self, valley: Path, place: Path) -> None:
        asked = ["compare", str(valley), "-p", "fog", "-n", "3", "-w", "1", "-q", "--no-report", "-o", "fog"]
        begun = staffride(*asked, folder=place)
        assert begun.returncode == 0, begun.stderr
        assert_repeats(place / "fog")


def assert_repeats(folder: Path) -> None:
    text = (folder / "scenario" / "scenario.yaml").read_text(encoding="utf-8")
    command = next(line for line in text.splitlines() if line.startswith("#   staffride "))
    words = shlex.split(command.removeprefix("#   staffride "))
    again = staffride(*words, "-q", "--no-report", "-w", "1", "-o", "again", folder=folder)
    assert again.returncode == 0, again.stderr
    assert_equal_tables(folder, folder / "again")
