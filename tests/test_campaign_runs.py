"""A campaign from the command to the results: the same path as a displacement, with variants beside a baseline."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import staffride as sr
from campaign_scenarios import write_campaign
from fake_run import finished_run
from staffride.api.kinds import HOMES, kind_of
from staffride.api.plan import make_plan
from staffride.api.request import Request
from staffride.cli.main import app
from staffride.engine.ensemble import run_blocks
from staffride.errors import InputError, StaffrideError
from staffride.lab.paired import effects, pair, share_of_variance
from staffride.model.kinds import parameters_of
from staffride.results.identity import draws_digest
from staffride.results.manifest import VariantRecord, read_manifest
from staffride.results.resolved import scenario_digest
from staffride.results.run import Run
from staffride.results.tables import STATISTICS
from staffride.results.task import BlockTask
from staffride.results.vocabulary import meaning
from staffride.scenario import load

PROGRAM = [sys.executable, "-c", "from staffride.cli.main import main; main()"]
TABLES = ("series", "totals", "summary", "links", "events")
VARIANTS = ("no-decoys", "no-jamming", "reserve", "low-flight", "known-systems")
REPLICATIONS, MANY = 12, 400
LOST = "share_lost.air_defence.arm"
posix = pytest.mark.skipif(os.name != "posix", reason="signals work otherwise on this system")


@pytest.fixture(scope="module")
def hills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_campaign(tmp_path_factory.mktemp("campaign") / "hills")


def small(scenario: Path, folder: Path, **choices: object) -> sr.Run:
    usual = {"replications": REPLICATIONS, "seed": 1, "workers": 1, "report": False}
    return sr.run(scenario, folder=folder, **(usual | choices))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(hills: Path, tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    return small(hills, tmp_path_factory.mktemp("run") / "run")


def told(*arguments: object) -> tuple[int, str]:
    """Return exit code and output of a command in this process."""
    result = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "200", "NO_COLOR": "1"})
    return result.exit_code, result.output


def staffride(*arguments: object, folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program in ``folder`` and return what it said."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]


def assert_equal_tables(one: Path, other: Path) -> None:
    for name in TABLES:
        assert (one / f"{name}.parquet").read_bytes() == (other / f"{name}.parquet").read_bytes(), name


class TestSameNumbers:
    def test_two_workers(self, hills: Path, run: sr.Run, tmp_path: Path) -> None:
        assert_equal_tables(run.folder, small(hills, tmp_path / "two", workers=2).folder)

    @pytest.mark.parametrize("method", ["forkserver", "spawn"])
    def test_the_task_reaches_workers_however_they_start(
        self, hills: Path, run: sr.Run, tmp_path: Path, method: str
    ) -> None:
        if method == "forkserver" and sys.platform == "win32":
            pytest.skip("the system has no fork")
        plan = make_plan(Request(hills, REPLICATIONS, 1))
        inputs, draws, key = plan.prepared.inputs, plan.prepared.draws, plan.settings.key()
        task = BlockTask(plan.kind.simulate, inputs, draws, 1, tmp_path, key)
        list(run_blocks(task, [(0, 6), (6, 6)], workers=2, start_method=method))  # type: ignore[arg-type]
        assert len(list(tmp_path.glob("*.block"))) == 2
        assert key == run.manifest.settings.key()

    def test_the_choice_of_the_prior_changes_nothing(self, hills: Path, run: sr.Run, tmp_path: Path) -> None:
        chosen = small(hills, tmp_path / "prior", prior=True, origin="2020-06-01T00:00+00:00")
        assert_equal_tables(run.folder, chosen.folder)
        assert chosen.manifest.settings == run.manifest.settings

    def test_the_scenario_that_the_run_kept(self, run: sr.Run, tmp_path: Path) -> None:
        again = small(run.scenario_folder, tmp_path / "kept")
        assert_equal_tables(run.folder, again.folder)
        assert again.manifest.settings.key() == run.manifest.settings.key()

    def test_any_replication_in_a_smaller_run(self, hills: Path, run: sr.Run, tmp_path: Path) -> None:
        fewer = small(hills, tmp_path / "fewer", replications=7)
        for series in run:
            np.testing.assert_array_equal(fewer[series.name].values, series.values[:7])

    def test_another_seed_gives_other_numbers(self, hills: Path, run: sr.Run, tmp_path: Path) -> None:
        other = small(hills, tmp_path / "other", seed=2)
        assert any(not np.array_equal(other[series.name].values, series.values) for series in run)


class TestResults:
    def test_it_is_a_prior_ensemble_at_the_cut_off(self, run: sr.Run) -> None:
        settings = run.manifest.settings
        assert (run.manifest.kind, settings.mode) == ("campaign", "prior")
        assert settings.origin == settings.cutoff == "2020-06-01T00:00:00+00:00"
        assert (run.status, run.replications, run.verify()) == ("complete", REPLICATIONS, [])

    def test_the_scenario_is_kept_with_the_command_that_repeats_it(self, hills: Path, run: sr.Run) -> None:
        text = (run.scenario_folder / "scenario.yaml").read_text(encoding="utf-8")
        assert f"staffride run ./scenario --replications {REPLICATIONS} --seed 1\n" in text
        given, kept = load(hills, parameters_of), load(run.scenario_folder, parameters_of)
        assert scenario_digest(kept) == scenario_digest(given) == run.manifest.settings.scenario_digest

    def test_series_are_hourly_and_end_in_the_totals(self, run: sr.Run) -> None:
        for series in run:
            assert series.values.shape == (REPLICATIONS, 24)
            np.testing.assert_array_equal(series.values[:, -1], run.totals[series.name].astype(np.float32))

    def test_shares_are_shares(self, run: sr.Run) -> None:
        for series in run:
            if series.unit == "1":
                assert series.values.min() >= 0.0
                assert series.values.max() <= 1.0

    def test_roads_and_events_have_tables_without_rows(self, run: sr.Run) -> None:
        assert run.links.columns == ("link", "time")
        assert run.events.columns[:4] == ("replication", "time", "kind", "place")
        assert (len(run.links), len(run.events)) == (0, 0)
        assert run.sql("SELECT count(*) FROM links JOIN events USING (time)").fetchall() == [(0,)]

    def test_every_series_has_a_meaning(self, run: sr.Run) -> None:
        for name in (*run.series_names, *run.total_names):
            assert meaning(name).unit, name
        assert re.search(r"median 0\.\d\d, 90 % 0\.\d\d to \d\.\d\d", repr(run[LOST]))
        assert ": share of air defence of side arm lost by then;" in repr(run[LOST])
        assert "<svg" in run._repr_html_()

    def test_nothing_is_scored(self, run: sr.Run) -> None:
        assert run.scores == {}
        assert run.scoreboard["unscored"] == []


class TestVariants:
    def test_they_are_those_of_the_scenario(self, run: sr.Run) -> None:
        assert tuple(variant.id for variant in run.variants) == VARIANTS
        first = VariantRecord("no-decoys", "without decoys", "What did the decoys draw off?")
        assert run.variants[0] == first

    def test_every_total_stands_beside_that_of_each_variant(self, run: sr.Run) -> None:
        names = run.total_names
        plain = {name for name in names if "@" not in name}
        assert {f"{name}@{variant}" for name in plain for variant in VARIANTS} == set(names) - plain

    def test_the_difference_is_that_of_the_columns(self, run: sr.Run) -> None:
        before, after = run.totals[LOST], run.totals[f"{LOST}@reserve"]
        assert run.paired(LOST, "reserve") == pair(before, after)
        assert run.paired(LOST, "reserve").mean == pytest.approx(np.mean(after - before))

    def test_causes_come_with_the_largest_first(self, run: sr.Run) -> None:
        found = effects(run, LOST)
        assert set(found) == set(VARIANTS)
        changes = [abs(one.mean) for one in found.values()]
        assert changes == sorted(changes, reverse=True)

    def test_the_spread_that_rests_on_figures_of_systems(self, run: sr.Run) -> None:
        found = share_of_variance(run, LOST, "known-systems")
        ratio = np.var(run.totals[f"{LOST}@known-systems"]) / np.var(run.totals[LOST])
        assert found.share == pytest.approx(1.0 - ratio)
        assert found.low <= found.share <= found.high

    def test_a_wrong_name_is_told_with_the_nearest(self, run: sr.Run) -> None:
        with pytest.raises(KeyError, match=r"no variant 'no-decoy'.*no-decoys"):
            run.paired(LOST, "no-decoy")
        with pytest.raises(
            KeyError, match=r"no total 'share_lost.air_defence.am'.*share_lost.air_defence.arm"
        ):
            run.paired("share_lost.air_defence.am", "no-decoys")

    def test_a_displacement_has_none(self, tmp_path: Path) -> None:
        displacement = finished_run(tmp_path / "r")
        assert displacement.variants == ()
        with pytest.raises(KeyError, match="it has none"):
            displacement.paired("leavers", "no-decoys")


class TestCommand:
    def test_it_ends_with_a_summary_and_the_place_of_the_report(self, hills: Path, tmp_path: Path) -> None:
        done = staffride("run", hills, "-n", "6", "-w", "1", "-o", "r", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip().splitlines()[-2:] == ["Report: r/report.html", "Tables: r"]
        assert "6/6" in done.stderr
        assert "warning" not in done.stderr
        again = staffride("show", "r", folder=tmp_path)
        assert (again.returncode, again.stdout) == (0, done.stdout)

    def test_json_is_one_object_with_the_variants(self, run: sr.Run) -> None:
        code, output = told("show", run.folder, "--json")
        document = json.loads(output)
        assert code == 0
        assert list(document) == ["run", "series", "dates", "totals", "scores", "variants"]
        assert not document["scores"]
        hours = document["series"][LOST]
        assert len(hours) == 24
        assert list(hours[0]) == ["time", *STATISTICS]
        assert hours[-1]["time"] == "2020-06-02T00:00:00+00:00"
        assert document["totals"][LOST]["q50"] == pytest.approx(np.median(run.totals[LOST]))
        assert [variant["id"] for variant in document["variants"]] == list(VARIANTS)
        first = document["variants"][0]
        assert (first["label"], first["question"]) == ("without decoys", "What did the decoys draw off?")
        found, expected = first["differences"][LOST], run.paired(LOST, "no-decoys")
        assert (found["mean"], found["low"], found["high"]) == (expected.mean, expected.low, expected.high)
        assert "@" not in "".join(first["differences"])

    def test_it_is_listed_and_checked(self, run: sr.Run) -> None:
        code, output = told("runs", run.folder.parent, "--json")
        (found,) = json.loads(output)
        assert (code, found["kind"], found["mode"], found["status"]) == (0, "campaign", "prior", "complete")
        assert told("runs", run.folder.parent)[0] == 0
        assert told("show", run.folder, "--check")[0] == 0

    @pytest.mark.parametrize(
        ("command", "words"),
        [
            (["run", "--origin", "2020-06-01T12:00"], ["no forecast origin", "2020-06-01T00:00:00+00:00"]),
            (["run", "--origin", "2021-01-01"], ["lies outside the scenario"]),
            (["validate"], ["hills is a campaign: there is nothing to score yet", "kind displacement"]),
            (["calibrate"], ["hills is a campaign: there is nothing to fit yet", "staffride run"]),
        ],
    )
    def test_what_a_campaign_cannot_do_is_told(
        self,
        hills: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        command: list[str],
        words: list[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        code, output = told(command[0], hills, *command[1:])
        assert code == 2, output
        assert all(word in output for word in words), output
        assert list(tmp_path.iterdir()) == []


LOADED = """
import sys
import staffride as sr
sr.run(sys.argv[1], 3, prior=True, workers=1, folder=sys.argv[2], report=False)
print(*(name for name in sys.modules if name.startswith("staffride.")))
"""


class TestKinds:
    def test_every_kind_offers_all_that_a_run_asks_for(self) -> None:
        offered = ("prepare", "repeat_options", "labels", "simulate", "scores", "bundle", "page", "summary")
        for name in HOMES:
            assert all(callable(getattr(kind_of(name), one)) for one in offered)

    def test_a_run_imports_the_model_of_its_kind_only(self, hills: Path, tmp_path: Path) -> None:
        loaded = {}
        for scenario in ("karabakh-2023", str(hills)):
            command = [sys.executable, "-c", LOADED, scenario, str(tmp_path / scenario.replace("/", "-"))]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            loaded[scenario] = set(done.stdout.split())
        displacement, campaign = loaded.values()
        assert "staffride.model.displacement" in displacement - campaign
        assert "staffride.model.campaign" in campaign - displacement
        assert "staffride.lab.campaign_draws" not in displacement
        assert not {"staffride.lab.scoreboard", "staffride.model.traffic"} & campaign

    def test_draws_have_a_digest_of_all_that_they_hold(self) -> None:
        @dataclass
        class Drawn:
            parameters: dict[str, np.ndarray]
            figures: object

        one = Drawn({"a": np.ones(3)}, (np.zeros(2), {"x": np.ones(2)}))
        assert draws_digest(one) == draws_digest(Drawn({"a": np.ones(3)}, (np.zeros(2), {"x": np.ones(2)})))
        changed = [
            Drawn({"b": np.ones(3)}, one.figures),
            Drawn({"a": np.zeros(3)}, one.figures),
            Drawn(one.parameters, (np.zeros(2), {"x": np.zeros(2)})),
            Drawn(one.parameters, (np.zeros(2), {"y": np.ones(2)})),
            Drawn(one.parameters, (np.zeros(3), {"x": np.ones(2)})),
        ]
        assert len({draws_digest(other) for other in (one, *changed)}) == 6
        with pytest.raises(TypeError, match="hold a object"):
            draws_digest(Drawn({}, object()))

    def test_the_manifest_of_an_older_run_is_read(self, tmp_path: Path) -> None:
        path = finished_run(tmp_path / "r").folder / "manifest.json"
        content = json.loads(path.read_text())
        del content["kind"], content["variants"]
        path.write_text(json.dumps(content))
        assert (read_manifest(tmp_path / "r").kind, Run(tmp_path / "r").variants) == ("displacement", ())


class TestMeaning:
    @pytest.mark.parametrize(
        ("name", "unit", "text"),
        [
            ("lost.rocket_artillery.az", "elements", "of rocket artillery of side az lost by then, cumulative"),
            ("lost.air_defence.arm.by.armed_drone", "elements", "by armed drone"),
            ("leakage.arm@no-decoys", "1", "that got through, under variant no-decoys"),
            ("network.az", "1", "quality of the network of side az"),
            ("flyable", "1", "share of zones"),
            ("flyable@no-jamming", "1", "under variant no-jamming"),
        ],
    )  # fmt: skip
    def test_names_are_read_by_their_parts(self, name: str, unit: str, text: str) -> None:
        found = meaning(name)
        assert found.unit == unit
        assert text in found.text

    def test_what_nobody_named_is_its_own_name(self) -> None:
        assert meaning("some_count") == ("", "some count")


class TestInterrupted:
    def test_ctrl_c_keeps_what_is_finished(self, hills: Path, run: sr.Run, tmp_path: Path) -> None:
        def stop(finished: int, total: int) -> None:
            if finished == 5:
                raise KeyboardInterrupt

        with pytest.raises(sr.RunInterruptedError, match=f"5 of {REPLICATIONS} replications") as caught:
            small(hills, tmp_path / "r", progress=stop)
        partial = sr.open_run(caught.value.folder)
        assert (partial.status, partial.replications) == ("partial", 5)
        assert partial.paired(LOST, "reserve").n == 5
        whole = sr.resume_run(partial.folder, workers=1)
        assert_equal_tables(run.folder, whole.folder)
        assert whole.variants == run.variants

    def test_what_changed_since_it_began_is_told(self, hills: Path, tmp_path: Path) -> None:
        def stop(finished: int, total: int) -> None:
            if finished == 2:
                raise KeyboardInterrupt

        with pytest.raises(sr.RunInterruptedError):
            small(hills, tmp_path / "r", progress=stop)
        with pytest.raises(StaffrideError, match="the seed"):
            small(hills, tmp_path / "r", seed=2, resume=True)
        with pytest.raises(InputError, match="no forecast origin"):
            small(hills, tmp_path / "r", origin="2020-06-01T12:00", resume=True)
        kept = tmp_path / "r" / "scenario" / "units.csv"
        kept.write_text(kept.read_text().replace("hidden", "open", 1))
        with pytest.raises(StaffrideError, match="the scenario"):
            sr.resume_run(tmp_path / "r")
        assert sr.open_run(tmp_path / "r").replications == 2


def start(scenario: Path, *arguments: str, folder: Path) -> subprocess.Popen[str]:
    """Start a run that lasts long enough to be stopped, in a process group of its own."""
    command = [*PROGRAM, "run", str(scenario), "-n", str(MANY), "--no-report", *arguments]
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
    def whole(cls, hills: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return small(hills, tmp_path_factory.mktemp("stopped") / "whole", replications=MANY).folder

    def test_ctrl_c_leaves_a_usable_run_and_says_so(self, hills: Path, whole: Path, tmp_path: Path) -> None:
        process = start(hills, "-o", "r", folder=tmp_path)
        wait_for_blocks(process, tmp_path / "r", 2)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the program and its workers
        output, errors = process.communicate()
        assert (process.returncode, output) == (130, "")
        assert "Traceback" not in errors
        assert re.search(rf"Stopped\. [\d,]+ of {MANY:,} replications are in r", " ".join(errors.split()))
        assert 40 <= Run(tmp_path / "r").replications < MANY
        again = staffride("run", "--resume", "r", "-q", "--no-report", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert_equal_tables(tmp_path / "r", whole)

    @pytest.mark.parametrize(("blocks", "workers"), [(1, 1), (4, 2)])
    def test_a_killed_run_is_completed_with_the_same_bytes(
        self, hills: Path, whole: Path, tmp_path: Path, blocks: int, workers: int
    ) -> None:
        process = start(hills, "-o", "r", "-w", str(workers), folder=tmp_path)
        wait_for_blocks(process, tmp_path / "r", blocks)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert len(list((tmp_path / "r" / "blocks").glob("*.block"))) >= blocks
        again = staffride("run", "--resume", "r", "--no-report", "-q", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert_equal_tables(tmp_path / "r", whole)
        assert Run(tmp_path / "r").verify() == []

    def test_a_full_disk_is_told_and_the_run_goes_on_later(
        self, hills: Path, whole: Path, tmp_path: Path
    ) -> None:
        import resource

        def small_disk() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))

        arguments = ["run", hills, "-n", MANY, "--no-report", "-w", "1", "-o", "r"]
        full = staffride(*arguments, folder=tmp_path, preexec_fn=small_disk)
        assert full.returncode == 1
        assert "could not write" in full.stderr
        assert "staffride run --resume r" in full.stderr
        assert "Traceback" not in full.stderr
        again = staffride("run", "--resume", "r", "-q", "--no-report", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        assert_equal_tables(tmp_path / "r", whole)
