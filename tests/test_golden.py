"""Golden figures: a few replications are what they were, hour by hour.

Only ``tests/golden/refresh.py`` changes them.
"""

from __future__ import annotations

import importlib.util
import json

import pytest


@pytest.fixture(scope="module")
def refresh(root):
    path = root / "tests" / "golden" / "refresh.py"
    spec = importlib.util.spec_from_file_location("golden_refresh", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def golden(refresh):
    return json.loads(refresh.FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("file", "figures"),
    [("FILE", "figures"), ("CAMPAIGN_FILE", "campaign_figures"), ("GROUND_FILE", "ground_figures")],
)
def test_replications_are_what_they_were(refresh, file, figures):
    """Counts exactly, hours and litres to 1e-12; where a change is meant, run the script and tell the changelog."""
    golden = json.loads(getattr(refresh, file).read_text(encoding="utf-8"))
    now = getattr(refresh, figures)()
    assert now.keys() == golden.keys()
    for replication, kinds in golden.items():
        for name, row in kinds["series"].items():
            is_count = all(isinstance(value, int) for value in row)
            expected = row if is_count else pytest.approx(row, rel=1e-12, abs=0.0)
            assert now[replication]["series"][name] == expected, (replication, name)
        assert now[replication]["totals"] == pytest.approx(kinds["totals"], rel=1e-12, abs=0.0)


def test_the_script_tells_what_moves(refresh, golden):
    changed = json.loads(json.dumps(golden))
    changed["0"]["series"]["arrivals"][-1] += 5
    del changed["7"]["totals"]["buses"]
    assert list(refresh.differences(golden, golden)) == []
    assert sorted(refresh.differences(changed, golden)) == [
        "replication 0, series arrivals: moves by up to 5",
        "replication 7, totals buses: new",
    ]


@pytest.mark.parametrize("file", ["FILE", "CAMPAIGN_FILE", "GROUND_FILE"])
def test_the_file_is_as_the_script_writes_it(refresh, file):
    text = getattr(refresh, file).read_text(encoding="utf-8")
    assert refresh.compact(json.dumps(json.loads(text), indent=1)) + "\n" == text
