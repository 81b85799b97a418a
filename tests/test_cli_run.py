"""``run``, ``runs`` and ``show`` as a person meets them: output, exit codes, Ctrl-C, kill, full disk."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fake_run import begin, finished_run
from staffride.cli import main as overview
from staffride.cli.main import COMMANDS, app, load_command
from staffride.results.run import Run, open_run

PROGRAM = [sys.executable, "-c", "from staffride.cli.main import main; main()"]
SMALL = ["run", "karabakh-2023", "--prior", "--replications", "12", "--workers", "1"]
TABLES = ("series", "totals", "summary", "links", "events")
posix = pytest.mark.skipif(os.name != "posix", reason="signals work otherwise on this system")


def staffride(*arguments: str | Path, folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program in ``folder`` and return what it said."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


def told(*arguments: str) -> tuple[int, str]:
    """Return exit code and output of a command in this process."""
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200", "NO_COLOR": "1"})
    return result.exit_code, result.output


def assert_equal_tables(one: Path, other: Path) -> None:
    for name in TABLES:
        assert (one / f"{name}.parquet").read_bytes() == (other / f"{name}.parquet").read_bytes(), name


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("command")


@pytest.fixture(scope="module")
def done(place: Path) -> subprocess.CompletedProcess[str]:
    """One whole run with everything that the user sees."""
    return staffride(*SMALL, "--folder", "first", folder=place)


class TestRun:
    def test_it_ends_with_a_summary_and_the_place_of_the_report(
        self, done: subprocess.CompletedProcess[str], place: Path
    ) -> None:
        assert done.returncode == 0, done.stderr
        assert "100,632" in done.stdout
        assert "Shelter" in done.stdout
        assert done.stdout.rstrip().splitlines()[-2:] == ["Report: first/report.html", "Tables: first"]
        assert (place / "first" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    def test_progress_goes_to_standard_error(self, done: subprocess.CompletedProcess[str]) -> None:
        assert "replications" in done.stderr
        assert "12/12" in done.stderr
        assert "Traceback" not in done.stderr

    def test_json_is_one_object_and_nothing_else(
        self, done: subprocess.CompletedProcess[str], place: Path
    ) -> None:
        again = staffride(*SMALL, "--folder", "second", "--json", "--no-report", folder=place)
        assert (again.returncode, again.stderr) == (0, "")
        document = json.loads(again.stdout)
        assert list(document) == ["run", "series", "dates", "totals", "scores"]
        assert document["run"]["replications"] == 12
        assert document["run"]["cut-off"] == "2023-09-28T00:00:00+04:00"
        assert len(document["series"]["arrivals"]) == 264
        assert document["series"]["arrivals"][-1]["time"] == "2023-10-05T00:00:00+04:00"
        assert document["dates"] == {}
        assert not (place / "second" / "report.html").exists()
        assert_equal_tables(place / "first", place / "second")

    def test_quiet_says_nothing(self, place: Path) -> None:
        silent = staffride(*SMALL, "-o", "third", "--no-report", "--quiet", "--seed", "2", folder=place)
        assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")

    def test_without_a_folder_it_goes_under_runs(self, place: Path) -> None:
        here = place / "elsewhere"
        here.mkdir()
        assert staffride(*SMALL, "-n", "3", "--no-report", "-q", folder=here).returncode == 0
        (made,) = (here / "runs").iterdir()
        assert re.fullmatch(r"karabakh-2023-\d{8}T\d{6}Z", made.name)
        latest = staffride("show", "latest", folder=here)
        assert latest.returncode == 0, latest.stderr
        assert "Tables: runs/karabakh-2023-" in latest.stdout


class TestWrongInput:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["run", "karabakh-2032"], ["there is no scenario 'karabakh-2032'", "karabakh-2023"]),
            (["run", "-n", "0", "-s", "-3", "-w", "0"], ["replications is 0", "seed is -3", "3 problems"]),
            (["run", "--origin", "yesterday"], ["'yesterday' is not a date", "2023-09-27"]),
            (["run", "--origin", "2024-01-01"], ["lies outside the scenario"]),
            (["run", "--resume", "--folder", "nowhere"], ["no run"]),
            (["show", "nowhere"], ["there is no run 'nowhere'", "staffride runs"]),
            (["show", "latest"], ["there is no run in runs/", "staffride run"]),
            (["run", "--replications", "many"], ["--replications", "integer"]),
            (["runn"], ["No such command 'runn'", "'run'"]),
        ],
    )
    def test_it_is_told_with_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        code, output = told(*arguments)
        assert code == 2, output
        assert all(word in output for word in words), output
        assert "Traceback" not in output
        assert list(tmp_path.iterdir()) == []

    def test_a_used_folder_is_refused(self, tmp_path: Path) -> None:
        finished_run(tmp_path / "r")
        before = (tmp_path / "r" / "series.parquet").read_bytes()
        code, output = told(*SMALL, "--folder", str(tmp_path / "r"))
        assert code == 2
        assert "already holds a run" in output
        assert "staffride run --resume" in output
        assert (tmp_path / "r" / "series.parquet").read_bytes() == before

    def test_a_mistake_of_the_program_shows_no_traceback(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(name: str) -> None:
            raise ZeroDivisionError("a bug")

        monkeypatch.setattr(overview, "load_command", broken)
        code, output = told("runs")
        assert code == 1
        assert "ZeroDivisionError: a bug" in output
        assert "STAFFRIDE_DEBUG=1 staffride" in output
        monkeypatch.setenv("STAFFRIDE_DEBUG", "1")
        assert isinstance(CliRunner().invoke(app, ["runs"]).exception, ZeroDivisionError)


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """Start a run that lasts long enough to be stopped, in a process group of its own."""
    command = [*PROGRAM, "run", "karabakh-2023", "--prior", "-n", "120", "--no-report", *arguments]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def wait_for_blocks(process: subprocess.Popen[str], run: Path, count: int) -> None:
    """Wait until ``count`` blocks are finished, or the process ends."""
    while process.poll() is None and len(list((run / "blocks").glob("*.block"))) < count:
        time.sleep(0.005)


@posix
class TestStopped:
    @pytest.fixture(scope="class")
    @classmethod
    def whole(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("stopped")
        process = start("-o", "whole", "-q", folder=folder)
        assert process.wait() == 0
        process.communicate()
        return folder / "whole"

    def test_ctrl_c_leaves_a_usable_run_and_says_so(self, tmp_path: Path, whole: Path) -> None:
        process = start("-o", "r", folder=tmp_path)
        wait_for_blocks(process, tmp_path / "r", 3)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the program and its workers
        output, errors = process.communicate()
        assert (process.returncode, output) == (130, "")
        assert "Traceback" not in errors
        message = " ".join(errors.split())
        assert re.search(r"Stopped\. \d+ of 120 replications are in r and can be used", message)
        assert "staffride run --resume r" in message
        partial = Run(tmp_path / "r")
        assert partial.status == "partial"
        assert 18 <= partial.replications < 120
        assert len(partial.arrivals) == partial.replications
        again = staffride("run", "--resume", "r", "-q", "--no-report", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert_equal_tables(tmp_path / "r", whole)

    @pytest.mark.parametrize(("blocks", "workers"), [(0, 2), (1, 1), (7, 2), (13, 2)])
    def test_a_killed_run_is_completed_with_the_same_bytes(
        self, tmp_path: Path, whole: Path, blocks: int, workers: int
    ) -> None:
        process = start("-o", "r", "-w", str(workers), folder=tmp_path)
        while process.poll() is None and not (tmp_path / "r" / "manifest.json").exists():
            time.sleep(0.005)
        wait_for_blocks(process, tmp_path / "r", blocks)
        process.kill()
        process.communicate()
        kept = len(list((tmp_path / "r" / "blocks").glob("*.block")))
        assert kept >= blocks
        again = staffride("run", "--resume", "r", "--no-report", "--json", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert json.loads(again.stdout)["run"]["replications"] == 120
        assert_equal_tables(tmp_path / "r", whole)
        assert Run(tmp_path / "r").verify() == []

    def test_resume_alone_completes_the_youngest_stopped_run(self, tmp_path: Path, whole: Path) -> None:
        process = start(folder=tmp_path)
        while process.poll() is None and not list(tmp_path.glob("runs/*/blocks/*.block")):
            time.sleep(0.005)
        process.kill()
        process.communicate()
        listed = staffride("runs", folder=tmp_path)
        assert "killed" in listed.stdout
        assert "--resume" in listed.stdout
        assert staffride("run", "--resume", "--no-report", "-q", folder=tmp_path).returncode == 0
        (made,) = (tmp_path / "runs").iterdir()
        assert_equal_tables(made, whole)

    def test_a_full_disk_is_told_and_the_run_goes_on_later(self, tmp_path: Path, whole: Path) -> None:
        import resource

        def small_disk() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))

        arguments = ["run", "karabakh-2023", "--prior", "-n", "120", "--no-report", "-w", "1", "-o", "r"]
        full = staffride(*arguments, folder=tmp_path, preexec_fn=small_disk)
        assert full.returncode == 1
        assert "could not write" in full.stderr
        assert "staffride run --resume r" in full.stderr
        assert "Traceback" not in full.stderr
        again = staffride("run", "--resume", "r", "-q", "--no-report", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert_equal_tables(tmp_path / "r", whole)

    def test_two_processes_cannot_share_a_folder(self, tmp_path: Path) -> None:
        process = start("-o", "r", folder=tmp_path)
        wait_for_blocks(process, tmp_path / "r", 1)
        second = staffride("run", "--resume", "r", folder=tmp_path)
        process.kill()
        process.communicate()
        assert second.returncode == 1
        assert "another process is working in r" in second.stderr


class TestLists:
    @pytest.fixture(scope="class")
    @classmethod
    def runs(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = tmp_path_factory.mktemp("lists")
        finished_run(folder / "one")
        begin(folder / "two")
        return folder

    def test_runs_are_listed(self, runs: Path) -> None:
        code, output = told("runs", str(runs))
        name = open_run(runs / "one").scenario
        assert code == 0
        assert re.search(rf"one +{name} +complete +10 ", output)
        assert re.search(rf"two +{name} +killed +0 of 10 ", output)

    def test_runs_as_json(self, runs: Path) -> None:
        code, output = told("runs", str(runs), "--json")
        found = json.loads(output)
        assert code == 0
        assert [(run["status"], run["replications"]) for run in found] == [("complete", 10), ("killed", 0)]

    def test_an_empty_folder_says_how_to_begin(self, tmp_path: Path) -> None:
        code, output = told("runs", str(tmp_path))
        assert (code, "staffride run karabakh-2023" in output) == (0, True)

    def test_show_json_is_that_of_run(self, runs: Path) -> None:
        code, output = told("show", str(runs / "one"), "--json")
        assert code == 0
        assert json.loads(output)["run"]["scenario"] == "fake"

    def test_a_run_without_tables_says_how_to_complete_it(self, runs: Path) -> None:
        for option in ([], ["--json"]):
            code, output = told("show", str(runs / "two"), *option)
            assert code == 1
            assert f"staffride run --resume {runs / 'two'}" in output.replace("\n", "")

    def test_check_finds_a_changed_file(self, tmp_path: Path) -> None:
        finished_run(tmp_path / "r")
        assert told("show", str(tmp_path / "r"), "--check")[0] == 0
        with (tmp_path / "r" / "totals.parquet").open("ab") as file:
            file.write(b"x")
        code, output = told("show", str(tmp_path / "r"), "--check")
        assert (code, "totals.parquet: missing or changed" in output) == (1, True)


class TestHelp:
    @pytest.mark.parametrize("name", list(COMMANDS))
    def test_every_command_has_help_with_examples(self, name: str) -> None:
        assert told(name, "--help")[0] == 0
        command = load_command(name)
        parts = [command, *getattr(command, "commands", {}).values()]
        shown = " ".join((part.help or "") + (part.epilog or "") for part in parts)
        assert f"staffride {name}" in shown, f"no example in the help of {name}"

    def test_the_overview_names_every_command(self) -> None:
        code, output = told("--help")
        assert code == 0
        assert all(re.search(rf"│ {name} ", output) for name in COMMANDS)

    def test_version_and_citation(self) -> None:
        from staffride import __version__

        assert told("--version") == (0, f"staffride {__version__}\n")
        assert __version__ in told("cite")[1]
        assert told("cite", "--bibtex")[1].startswith("@software{")
