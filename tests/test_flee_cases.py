"""The shared cases of Flee are read without a fatal problem, and their counts are those that Flee itself wrote."""

import csv
from pathlib import Path

import numpy as np
import pytest

from staffride.interop.flee import load_flee, read_flee
from staffride.scenario.region_folder import read_region, write_region
from staffride.scenario.region_reports import daily_counts

CASES = ("burundi2015", "car2013", "mali2012", "nigeria2016", "syria2013", "tigray2020")
OUT_OF_ORDER = {("nigeria2016", "Chad"), ("nigeria2016", "Niger")}
"""Where a date stands out of order and twice: Flee draws its line through it, the reader keeps the first."""


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, shared_dir: Path) -> Path:
    folder = shared_dir / "flee" / str(request.param)
    if not folder.is_dir():
        pytest.skip(f"no Flee case at {folder}")
    return folder


def test_a_real_case_is_read(case: Path) -> None:
    reading = read_flee(case)
    region = reading.region
    assert region is not None
    assert not any(one.fatal for one in reading.problems)
    assert region.total is not None
    assert len(region.destinations) >= 3
    assert region.conflict.shape == (region.days, len(region.places))
    assert region.home == region.places[region.index[next(iter(_names(case)))]].country
    assert {link.first for link in region.links} <= set(region.index)


def _names(case: Path) -> list[str]:
    with (case / "input_csv" / "locations.csv").open(encoding="utf-8-sig") as lines:
        return [row[0] for row in csv.reader(lines) if row and not row[0].startswith("#")]


def test_counts_are_those_of_flee(case: Path) -> None:
    """Flee's output gives them divided by the number of people whom one agent stands for, and cut to whole ones."""
    (first, *_) = sorted((case / "reference").glob("*_run1.csv"))
    people = int(first.stem.split("_h")[1].split("_")[0])
    with first.open() as lines:
        header, *rows = list(csv.reader(lines))
    table = np.array([row[2:] for row in rows], dtype=float) * people
    region = load_flee(case)
    counts = daily_counts(region, next_report=True)
    for at, name in enumerate(region.destination_names):
        if (case.name, name) not in OUT_OF_ORDER:
            wanted = table[:, [cell.strip() for cell in header].index(f"{name} data") - 2]
            assert np.abs(counts[: len(wanted), at] - wanted).max() <= people, name


def test_a_real_case_comes_back_from_a_folder_of_our_own(case: Path, tmp_path: Path) -> None:
    region = load_flee(case)
    write_region(region, tmp_path / "own")
    read = read_region(tmp_path / "own").region
    assert read is not None
    assert (read.places, read.links) == (region.places, region.links)
    assert (read.closures, read.corrections) == (region.closures, region.corrections)
    np.testing.assert_array_equal(read.conflict, region.conflict)
    np.testing.assert_array_equal(daily_counts(read), daily_counts(region))
