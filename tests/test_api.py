"""The Python interface: one call from the scenario to the results, with the same numbers however it is made."""

from __future__ import annotations

import json
import re
import warnings
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

import staffride as sr
from staffride.api import steps
from staffride.api.plan import block_size
from staffride.api.request import Request, parse_origin
from staffride.errors import InputError, StaffrideError
from staffride.model.displacement import PARAMETERS
from staffride.results.resolved import scenario_digest
from staffride.scenario import load
from staffride.scenario.schema import Period

REPLICATIONS = 12
TABLES = ("series", "totals", "summary", "links", "events")
ZONE = timezone(timedelta(hours=4))
PERIOD = Period(
    start=datetime(2023, 9, 24, tzinfo=ZONE), end=datetime(2023, 10, 5, tzinfo=ZONE), time_zone="Asia/Yerevan"
)


def small(folder: Path, **choices: object) -> sr.Run:
    """A run of a few replications of the prior, without a report."""
    usual = {"replications": REPLICATIONS, "seed": 1, "prior": True, "workers": 1, "report": False}
    return sr.run("karabakh-2023", folder=folder, **(usual | choices))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    return small(tmp_path_factory.mktemp("api") / "run")


def assert_equal_tables(one: Path, other: Path) -> None:
    for name in TABLES:
        assert (one / f"{name}.parquet").read_bytes() == (other / f"{name}.parquet").read_bytes(), name


class TestSameNumbers:
    def test_two_workers(self, run: sr.Run, tmp_path: Path) -> None:
        assert_equal_tables(run.folder, small(tmp_path / "two", workers=2).folder)

    def test_the_scenario_that_the_run_kept(self, run: sr.Run, tmp_path: Path) -> None:
        again = sr.run(
            run.scenario_folder,
            REPLICATIONS,
            1,
            prior=True,
            workers=1,
            folder=tmp_path / "kept",
            report=False,
        )
        assert_equal_tables(run.folder, again.folder)

    def test_any_replication_in_a_smaller_run(self, run: sr.Run, tmp_path: Path) -> None:
        fewer = small(tmp_path / "fewer", replications=5)
        for series in run:
            np.testing.assert_array_equal(fewer[series.name].values, series.values[:5])

    def test_another_seed_gives_other_numbers(self, run: sr.Run, tmp_path: Path) -> None:
        other = small(tmp_path / "other", seed=2)
        assert not np.array_equal(run.arrivals.values, other.arrivals.values)


class TestResults:
    def test_people_are_conserved_in_the_tables(self, run: sr.Run) -> None:
        residents = run.totals["residents"]
        parts = ("at_home", "waiting_for_fuel", "waiting_for_bus", "on_road", "arrivals", "casualties")
        total = sum(run[name].values.astype(np.float64) for name in parts)
        np.testing.assert_array_equal(total, np.broadcast_to(residents[:, np.newaxis], total.shape))

    def test_flow_is_the_difference_of_arrivals(self, run: sr.Run) -> None:
        np.testing.assert_array_equal(np.diff(run.arrivals.values, axis=1, prepend=0), run.flow.values)

    def test_provinces_sum_to_the_total(self, run: sr.Run) -> None:
        provinces = [province.id for province in load("karabakh-2023").provinces]
        total = sum(run[f"shelter.{slug}"].values for slug in provinces)
        np.testing.assert_allclose(total, run["shelter.total"].values, rtol=1e-5, atol=0.5)

    def test_the_scenario_is_kept_with_its_reasons(self, run: sr.Run) -> None:
        text = (run.scenario_folder / "scenario.yaml").read_text(encoding="utf-8")
        assert f"--replications {REPLICATIONS} --seed 1 --prior" in text
        assert re.search(r"# population\.P0\d: .* confidence\)", text)
        shipped, kept = load("karabakh-2023", PARAMETERS), load(run.scenario_folder, PARAMETERS)
        assert scenario_digest(kept) == scenario_digest(shipped) == run.manifest.settings.scenario_digest
        assert kept.parameters == shipped.parameters

    def test_sources_of_the_evidence_are_named(self, run: sr.Run) -> None:
        assert "unhcr" in " ".join(run.manifest.sources)
        assert run.manifest.source == "karabakh-2023"

    def test_it_is_scored(self, run: sr.Run) -> None:
        row = run.scores["arrivals"]
        assert {"role", "n", "covered_50", "covered_90", "crps", "baselines"} <= set(row)
        assert row["role"] == "held_out"
        assert row["n"] > 5
        json.dumps(run.scoreboard, allow_nan=False)

    def test_every_file_matches_its_checksum(self, run: sr.Run) -> None:
        assert run.verify() == []
        assert "scenario/scenario.yaml" in run.manifest.files
        assert "scores.json" in run.manifest.files
        assert run.report is None


class TestRequest:
    @pytest.mark.parametrize(
        ("origin", "expected"),
        [
            ("2023-09-27", "2023-09-28T00:00:00+04:00"),
            (date(2023, 9, 27), "2023-09-28T00:00:00+04:00"),
            ("2023-09-27T12:00", "2023-09-27T12:00:00+04:00"),
            ("2023-09-27T08:00:00+00:00", "2023-09-27T12:00:00+04:00"),
            (datetime(2023, 9, 27, 12, tzinfo=ZONE), "2023-09-27T12:00:00+04:00"),
        ],
    )
    def test_a_day_means_its_end(self, origin: str | date, expected: str) -> None:
        assert parse_origin(origin, PERIOD) == datetime.fromisoformat(expected)

    @pytest.mark.parametrize("origin", ["tomorrow", "2023-13-01", "27.09.2023", "2023-09-27T25:00", ""])
    def test_what_is_no_date_is_refused(self, origin: str) -> None:
        with pytest.raises(InputError, match="is not a date"):
            parse_origin(origin, PERIOD)

    @pytest.mark.parametrize("origin", ["2023-09-22", "2023-10-05", "2024-01-01"])
    def test_a_date_outside_the_scenario_is_refused(self, origin: str) -> None:
        with pytest.raises(InputError, match="outside the scenario"):
            parse_origin(origin, PERIOD)

    def test_all_wrong_counts_are_told_at_once(self) -> None:
        with pytest.raises(InputError) as caught:
            Request(replications=0, seed=-1, workers=0).check()
        assert len(caught.value.problems) == 3

    def test_blocks_keep_workers_busy_to_the_end(self) -> None:
        assert [block_size(n) for n in (1, 19, 60, 200, 1000, 100_000)] == [1, 1, 3, 10, 50, 50]


class TestTrouble:
    def test_a_used_folder_is_refused_before_any_work(self, run: sr.Run) -> None:
        before = (run.folder / "manifest.json").read_bytes()
        with pytest.raises(InputError, match="already holds a run"):
            small(run.folder)
        assert (run.folder / "manifest.json").read_bytes() == before

    def test_a_wrong_scenario_leaves_no_folder(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="there is no scenario 'karabakh-2032'"):
            sr.run("karabakh-2032", folder=tmp_path / "r")
        assert not (tmp_path / "r").exists()

    def test_a_run_that_cannot_be_scored_is_complete(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: sr.Run
    ) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("no observation")

        monkeypatch.setattr(steps, "scores_of", fail)
        with pytest.warns(UserWarning, match="could not be scored: no observation"):
            unscored = small(tmp_path / "r")
        assert (unscored.status, unscored.scores) == ("complete", {})
        assert_equal_tables(run.folder, unscored.folder)
        monkeypatch.undo()
        assert sr.resume_run(unscored.folder).scores == run.scores

    def test_a_run_that_cannot_be_reported_is_complete(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: sr.Run
    ) -> None:
        def fail(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(steps, "render", fail)
        with pytest.warns(UserWarning, match="report could not be written"):
            unreported = small(tmp_path / "r", report=True)
        assert (unreported.status, unreported.report) == ("complete", None)
        assert_equal_tables(run.folder, unreported.folder)

    def test_ctrl_c_keeps_what_is_finished(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: sr.Run
    ) -> None:
        done = []

        def stop(finished: int, total: int) -> None:
            done.append(finished)
            if finished == 5:
                raise KeyboardInterrupt

        with pytest.raises(sr.RunInterruptedError, match=f"5 of {REPLICATIONS} replications") as caught:
            small(tmp_path / "r", progress=stop)
        assert "staffride run --resume" in str(caught.value)
        partial = sr.open_run(caught.value.folder)
        assert (partial.status, partial.replications) == ("partial", 5)
        np.testing.assert_array_equal(partial.arrivals.values, run.arrivals.values[:5])
        again = []
        whole = sr.resume_run(partial.folder, workers=1, progress=lambda finished, _: again.append(finished))
        assert again == list(range(5, REPLICATIONS + 1))
        assert_equal_tables(run.folder, whole.folder)

    def test_what_changed_since_it_began_is_told(self, tmp_path: Path) -> None:
        def stop(finished: int, total: int) -> None:
            if finished == 2:
                raise KeyboardInterrupt

        with pytest.raises(sr.RunInterruptedError):
            small(tmp_path / "r", progress=stop)
        with pytest.raises(StaffrideError, match="the seed"):
            small(tmp_path / "r", seed=2, resume=True)
        kept = tmp_path / "r" / "scenario" / "people.csv"
        kept.write_text(kept.read_text().replace("0.", "0.0", 1))
        with pytest.raises(StaffrideError):
            sr.resume_run(tmp_path / "r")
        assert sr.open_run(tmp_path / "r").replications == 2

    def test_resume_without_a_run_begins_one(self, run: sr.Run, tmp_path: Path) -> None:
        assert_equal_tables(run.folder, small(tmp_path / "new", resume=True).folder)


def test_the_package_offers_what_it_lists() -> None:
    assert set(sr.__all__) <= set(dir(sr))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(getattr(sr, name) is not None for name in sr.__all__)
    with pytest.raises(AttributeError, match="no attribute 'runn'"):
        _ = sr.runn  # type: ignore[attr-defined]
