"""A scenario of one's own, elsewhere and without bulletins, gets a report too, and no word of another case."""

from __future__ import annotations

import numpy as np
import pytest

import staffride as sr
from staffride.cli.new import new
from staffride.present.relief import crop, elevation, shade


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> sr.Run:
    folder = tmp_path_factory.mktemp("elsewhere")
    new(folder / "my-valley")
    return sr.run(folder / "my-valley", replications=8, seed=1, prior=True, workers=1, folder=folder / "run")


def test_the_run_has_a_report(run: sr.Run) -> None:
    assert (run.folder / "report.html").stat().st_size > 10_000


def test_the_report_does_not_speak_of_another_case(run: sr.Run) -> None:
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    body = page.partition("<body")[2].partition('id="sources"')[0].replace("karabakh-2023", "")
    assert [word for word in ("2023", "Armenia", "Karabakh", "Lachin") if word in body] == []


def test_a_scenario_without_bulletins_says_so_and_shows_no_empty_table(run: sr.Run) -> None:
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "holds no bulletin" in page
    assert "used to fit" not in page.partition('id="arrivals"')[0].partition("<body")[2]


def test_beyond_the_shipped_grid_the_ground_is_level_and_the_relief_transparent() -> None:
    box = (10.0, 50.0, 11.0, 50.5)
    ground = crop(elevation(), *box)
    assert not ground.metres.any()
    np.testing.assert_allclose([ground.west, ground.north, ground.east], [10.0, 50.5, 11.0])
    assert len(shade(ground, box).png) < 500
