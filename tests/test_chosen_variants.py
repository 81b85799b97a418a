"""``--variants``: the baseline alone or beside some variants, with the same luck, resumed and repeated as begun."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import staffride as sr
from campaign_scenarios import write_campaign
from staffride.api.variants import choice_of, with_variants
from staffride.cli.main import app
from staffride.errors import InputError, StaffrideError
from staffride.results.manifest import read_manifest
from staffride.scenario import load

REPLICATIONS = 6


@pytest.fixture(scope="module")
def hills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_campaign(tmp_path_factory.mktemp("campaign") / "hills")


def small(scenario: Path, folder: Path, **choices: object) -> sr.Run:
    usual = {"replications": REPLICATIONS, "seed": 1, "workers": 1, "report": False}
    return sr.run(scenario, folder=folder, **(usual | choices))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(hills: Path, tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    return small(hills, tmp_path_factory.mktemp("whole") / "run")


@pytest.fixture(scope="module")
def alone(hills: Path, tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    return small(hills, tmp_path_factory.mktemp("alone") / "run", variants="none")


class TestChoice:
    @pytest.mark.parametrize(
        ("asked", "choice"),
        [
            ("all", "all"),
            ("none", "none"),
            (" a , b,", "a,b"),
            (["a", "b"], "a,b"),
            ((), "none"),
            ("", "none"),
        ],
    )
    def test_it_has_one_form(self, asked: object, choice: str) -> None:
        assert choice_of(asked) == choice  # type: ignore[arg-type]

    def test_the_order_is_that_of_the_scenario(self, hills: Path) -> None:
        chosen, choice = with_variants(load(hills), "reserve,no-decoys,reserve")
        assert choice == "no-decoys,reserve"
        assert [one.id for one in chosen.variants] == ["no-decoys", "reserve"]

    def test_what_is_not_there_is_told_at_once_with_the_nearest(self, hills: Path) -> None:
        with pytest.raises(InputError) as caught:
            with_variants(load(hills), "no-decoy,reserve,fog")
        assert [problem.message for problem in caught.value.problems] == [
            "hills has no variant 'no-decoy'",
            "hills has no variant 'fog'",
        ]
        assert "no-decoys" in (caught.value.problems[0].suggestion or "")

    def test_a_displacement_has_none_to_choose(self) -> None:
        scenario = load("karabakh-2023")
        assert with_variants(scenario, "none") == (scenario, "none")
        with pytest.raises(InputError, match="has no variants"):
            with_variants(scenario, "no-buses")


class TestRuns:
    def test_the_baseline_alone_is_the_same_baseline(self, whole: sr.Run, alone: sr.Run) -> None:
        assert (alone.variants, alone.manifest.settings.variants) == ((), "none")
        assert not any("@" in name for name in alone.total_names)
        assert (whole.folder / "series.parquet").read_bytes() == (
            alone.folder / "series.parquet"
        ).read_bytes()
        for name in alone.total_names:
            np.testing.assert_array_equal(alone.totals[name], whole.totals[name])

    def test_some_are_as_they_are_among_all(self, hills: Path, whole: sr.Run, tmp_path: Path) -> None:
        some = small(hills, tmp_path / "r", variants=["reserve", "no-jamming"])
        assert [one.id for one in some.variants] == ["no-jamming", "reserve"]
        for name in some.total_names:
            np.testing.assert_array_equal(some.totals[name], whole.totals[name])

    def test_the_kept_scenario_says_how_to_repeat_it(self, alone: sr.Run, tmp_path: Path) -> None:
        text = (alone.scenario_folder / "scenario.yaml").read_text(encoding="utf-8")
        assert f"staffride run ./scenario --replications {REPLICATIONS} --seed 1 --variants none\n" in text
        again = small(alone.scenario_folder, tmp_path / "r", variants="none")
        assert again.manifest.settings.key() == alone.manifest.settings.key()

    def test_it_is_resumed_as_begun(self, hills: Path, tmp_path: Path) -> None:
        def stop(finished: int, total: int) -> None:
            if finished == 2:
                raise KeyboardInterrupt

        for variants in ("none", "no-decoys"):
            folder = tmp_path / variants
            with pytest.raises(sr.RunInterruptedError):
                small(hills, folder, variants=variants, progress=stop)
            with pytest.raises(StaffrideError, match="the choice of variants"):
                small(hills, folder, variants="all", resume=True)
            run = sr.resume_run(folder, workers=1)
            assert (run.status, run.manifest.settings.variants) == ("complete", variants)
            assert [one.id for one in run.variants] == [one for one in ("no-decoys",) if one == variants]

    def test_an_older_manifest_ran_them_all(self, whole: sr.Run, tmp_path: Path) -> None:
        content = json.loads((whole.folder / "manifest.json").read_text())
        del content["settings"]["variants"]
        (tmp_path / "manifest.json").write_text(json.dumps(content))
        assert read_manifest(tmp_path).settings.variants == "all"

    def test_a_wrong_name_leaves_no_folder(self, hills: Path, tmp_path: Path) -> None:
        result = CliRunner().invoke(
            app, ["run", str(hills), "--variants", "no-decoy", "-o", str(tmp_path / "r")]
        )
        assert result.exit_code == 2
        assert "no-decoys" in result.output
        assert not (tmp_path / "r").exists()
