"""What was known on a day: a forecast, what it keeps and what it says of a folder depend on nothing later."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from flee_cases import DAYS, START, flee_files, small_region, write_flee
from staffride.api.region_forecast import forecast
from staffride.api.region_keep import keep_forecast
from staffride.scenario.region import Closure
from staffride.scenario.region_known import known_region

DAY = 35
ORIGIN = START + timedelta(days=DAY)
FILES = flee_files()
LATER = {
    "as it is": {},
    "other later counts": {
        "source_data/farhold.csv": FILES["source_data/farhold.csv"].replace("9000", "70000")
    },
    "a later count in words": {
        "source_data/farhold.csv": FILES["source_data/farhold.csv"] + "2030-03-09,many\n"
    },
    "later counts removed": {"source_data/gantry.csv": "2030-01-01,100\n2030-01-15,900\n2030-02-05,2600\n"},
    "a later registration": {"input_csv/registration_corrections.csv": "Gantry,2030-03-01,normalize\n"},
    "no registration": {"input_csv/registration_corrections.csv": ""},
    "a later closure": {
        "input_csv/closures.csv": FILES["input_csv/closures.csv"] + "location,Gantrie,,36,40\n"
    },
    "later conflict": {
        "input_csv/conflicts.csv": "\n".join(
            row if at <= DAY + 1 else f"{at - 1},0,0,1,1,1,1,1,1"
            for at, row in enumerate(FILES["input_csv/conflicts.csv"].splitlines())
        )
    },
    "a shorter period": {"input_csv/sim_period.csv": f"StartDate,{START}\nLength,{DAY + 2}\n"},
}


@pytest.mark.parametrize("name", LATER)
def test_a_whole_document_depends_on_nothing_later(tmp_path: Path, name: str) -> None:
    def document(changes: dict[str, str]) -> dict[str, object]:
        folder = write_flee(tmp_path / "case", changes)
        found = forecast(folder, ORIGIN, days=14, paths=20)
        target = tmp_path / f"kept{len(list(tmp_path.iterdir()))}"
        _, kept = keep_forecast(found, target, report=False)
        kept["run"] = {key: kept["run"][key] for key in ("origin", "seed", "scenario") if key in kept["run"]}
        return kept

    assert document(LATER[name]) == document({})


def test_only_what_was_dated_by_then_is_known() -> None:
    known = known_region(small_region(), DAY)
    assert known.days == DAY + 1
    assert known.conflict.shape == (DAY + 1, len(known.places))
    assert max(days.max() for one in known.reports for days in one.days) <= DAY
    assert known.corrections == ()
    assert [one.kind for one in known.closures] == ["country"]
    assert known.destinations == small_region().destinations


def test_the_end_of_a_closure_in_force_is_not_known() -> None:
    closures = Closure("country", "Homeland", "Neighbour", 10, 20), Closure("camp", "Gantry", "", 36, 38)
    region = replace(small_region(), closures=closures)
    assert known_region(region, 15).closures == (Closure("country", "Homeland", "Neighbour", 10, None),)
    assert known_region(region, 20).closures == closures[:1]


@pytest.mark.parametrize("day", [-400, -1, DAYS - 1, DAYS + 400])
def test_days_outside_the_period(day: int) -> None:
    region = small_region()
    known = known_region(region, day)
    assert 1 <= known.days <= region.days
    assert known.conflict.any() == (day >= 0)
    if day >= DAYS:
        np.testing.assert_array_equal(known.conflict, region.conflict)
