"""The page on Flee's cases states the stored figures, shows the simple rules everywhere, and hides no aim it misses."""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from staffride.model.region_parameters import stored

ROOT = Path(__file__).resolve().parents[1]
Keys = tuple[Any, ...]


@pytest.fixture(scope="module", autouse=True)
def extensions() -> None:
    for folder in ("docs/extensions", "benchmarks"):
        if str(ROOT / folder) not in sys.path:
            sys.path.insert(0, str(ROOT / folder))


@pytest.fixture(scope="module")
def page() -> Any:
    import flee_cases_page

    return flee_cases_page


@pytest.fixture(scope="module")
def words() -> Any:
    import flee_cases_words

    return flee_cases_words


@pytest.fixture(scope="module")
def data(page: Any) -> Any:
    return page.read()


def leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value of nested figures with the keys that lead to it."""
    parts = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if parts is None:
        yield keys, value
    else:
        for key, one in parts:
            yield from leaves(one, (*keys, key))


def changed(data: Any, keys: Keys, value: Any) -> Any:
    """The figures with one value in another's place."""
    new = copy.deepcopy(data)
    place = new
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return new


def row_of(text: str, start: str) -> list[str]:
    """The cells of the first row of a table that starts so."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def aim(words: Any, data: Any, start: str) -> Any:
    return next(one for one in words.aims(data) if one.what.startswith(start))


# --- the figures ----------------------------------------------------------------------------------------------


def test_every_part_is_about_the_same_cases(data: Any) -> None:
    from flee_runs import CASES

    cases = list(CASES)
    assert data["made"]["cases"] == cases == list(data["cases"])
    assert all([*cases, "mean"] == list(one["scores"]) for one in data["shares"].values())
    assert list(data["flee_mode"]["cases"]) == list(data["forecasts"]["verifications"]) == cases
    assert list(data["speed"]["cases"]) == cases


def test_a_mean_is_that_of_its_cases(data: Any) -> None:
    for one in data["shares"].values():
        rows = [row for name, row in one["scores"].items() if name != "mean"]
        for column, mean in one["scores"]["mean"].items():
            assert sum(row[column] for row in rows) / len(rows) == pytest.approx(mean, abs=1e-4)


def test_forecasts_are_those_of_the_scoreboard(data: Any) -> None:
    board = json.loads((ROOT / "docs" / "model" / "flee_forecasts.json").read_text(encoding="utf-8"))
    found = data["forecasts"]
    assert found["leads"] == board["leads"]
    assert found["scores"] == {name: ways["pooled"] for name, ways in board["scores"].items()}
    assert found["coverage"] == board["coverage"]


def test_fitted_shares_are_those_that_the_program_uses(data: Any) -> None:
    for name, one in data["shares"].items():
        known, mean = stored()["sets"][name], one["scores"]["mean"]
        assert one["penalty"] == known["penalty"]
        assert mean["ours_in_sample"] == pytest.approx(known["in_sample"], abs=1e-4)
        assert mean["ours_left_out"] == pytest.approx(known["left_out"], abs=1e-4)


def test_published_times_of_flee_are_stored_as_published(data: Any) -> None:
    from flee_runs import FLEE_SECONDS

    assert (
        data["speed"]["flee"]
        == FLEE_SECONDS
        == {"mali2012": 62.12, "burundi2015": 195.63, "tigray2020": 292.14}
    )


def test_the_file_is_written_as_the_command_writes_it(page: Any, data: Any) -> None:
    from flee_comparison import text_of

    text = page.FIGURES.read_text(encoding="utf-8")
    assert text == text_of(data) + "\n"
    assert len(text.splitlines()) < 450


# --- the page -------------------------------------------------------------------------------------------------


def test_no_mark_is_left(page: Any, data: Any) -> None:
    assert "{{" not in page.page(data)


def test_every_stored_number_moves_the_page(page: Any, data: Any) -> None:
    text = page.page(data)
    for keys, value in leaves(data):
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        moved = 3 * value + 1 if isinstance(value, int) else 1.7 * value + 0.1
        assert page.page(changed(data, keys, moved)) != text, keys


def test_the_drawings_follow_the_figures(page: Any, data: Any) -> None:
    import flee_cases_charts as charts

    case = data["made"]["cases"][0]
    for column in ("flee", "naive", "neutral", "ours_left_out"):
        keys = ("shares", "with_capacities", "scores", case, column)
        assert charts.shares(changed(data, keys, 0.5)) != charts.shares(data)
    for name in ("forecast", "level", "shares x damped total", "undamped trend"):
        keys = ("forecasts", "scores", name, "crps", "by_lead", 2)
        assert charts.forecasts(changed(data, keys, 0.5)) != charts.forecasts(data)
    for drawing, marks in ((charts.shares(data), 7 * 4 + 4), (charts.forecasts(data), 2 * 5 * 4 + 4)):
        assert drawing.startswith("<svg")
        assert drawing.count("<title>") == marks


def test_simple_rules_stand_in_every_table(page: Any, data: Any) -> None:
    for situation, names in page.LINES.items():
        head = page.scores(data, situation).splitlines()[0]
        assert all(name in head for name in names.values())
        assert head.endswith("| ours, in sample | ours, left out |")
    tables = [page.by_lead(data, "mae"), page.by_lead(data, "crps"), page.weighed(data), page.by_case(data)]
    tables += [page.coverage(data), page.coverage_by_lead(data), page.totals(data), page.totals_by_case(data)]
    for table in tables:
        assert all(name in table for name in ("level", "shares x damped total", "undamped trend"))


def test_a_row_states_its_figures(page: Any, data: Any) -> None:
    case = data["made"]["cases"][-1]
    known = data["shares"]["with_capacities"]["scores"][case]
    cells = row_of(page.scores(data, "with_capacities"), case)
    assert cells == [case, *(f"{known[column]:.3f}" for column in known)]
    ratios = row_of(page.by_lead(data, "mae"), "ours over level")
    against = data["forecasts"]["against"]["level"]["pooled mae"]
    assert ratios[1:6] == [f"{one:.3f}" for one in against["by_lead"]]
    assert ratios[6].startswith(f"{against['over_leads']:.3f} (")


def test_what_was_not_measured_is_said(page: Any, data: Any) -> None:
    text = page.page(data | {"speed": None})
    assert "No times were taken yet." in text
    assert "The large region was not run." in text
    assert text.count("| not measured |") == 7
    alone = changed(data, ("flee_mode", "cases", "mali2012", "outside"), None)
    assert "not measured" in page.aims(alone)


def test_a_busy_machine_is_named(words: Any, data: Any) -> None:
    assert "**idle**" in words.told_of_times(changed(data, ("speed", "before", "state"), "idle"))
    assert "wall times are too long" in words.told_of_times(
        changed(data, ("speed", "before", "state"), "busy")
    )


# --- the aims -------------------------------------------------------------------------------------------------

BOUNDS = {
    "shares: mean over cases, in sample": (0.21, 0.19),
    "shares: mean over cases, each left out": (0.228, 0.215),
    "shares: worst case": (0.35, None),
    "shares: cases in which": (0.0, None),
    "shares without capacities": (0.36, None),
    "shares after day 30": (0.42, None),
    "Flee mode": (0.0, None),
    "forecast: MAE over that of the best simple one": (1.0, None),
    "forecast: CRPS over that of the best simple one": (1.0, None),
    "forecast: MAE over that of level": (0.95, 0.90),
    "forecast: MAE over that of shares x damped total": (0.98, 0.95),
    "forecast: cover of 90 % bands, worst case": (0.70, None),
    "speed: Flee's processor time over one run's as cohorts": (1000.0, None),
    "speed: Flee's processor time over one run's as agents": (50.0, None),
    "speed: the whole command": (0.8, None),
    "size: ten million people as cohorts": (1.0, None),
    "size: ten million people as agents": (60.0, None),
    "size: ten million people, peak memory": (1.0, None),
}


@pytest.mark.parametrize("start", BOUNDS)
def test_bounds_are_those_set_beforehand(page: Any, words: Any, data: Any, start: str) -> None:
    one = aim(words, data, start)
    assert (one.bound, one.further) == BOUNDS[start]
    cells = row_of(page.aims(data), one.what)
    assert cells[1].endswith(page.shown(one, one.bound))
    assert cells[4] == one.verdict()


def test_cover_has_a_bound_on_both_sides(words: Any, data: Any) -> None:
    for cover, verdicts in ((0.84, ["**no**", "yes"]), (0.9, ["yes", "yes"]), (0.96, ["yes", "**no**"])):
        moved = changed(data, ("forecasts", "coverage", "forecast", "90", "all"), cover)
        found = [one for one in words.aims(moved) if one.what.endswith("bands, all cases")]
        assert [one.verdict() for one in found] == verdicts


@pytest.mark.parametrize(
    ("found", "least", "verdict"),
    [
        (0.18, False, "yes, the further one too"),
        (0.2, False, "yes, not the further one"),
        (0.22, False, "**no**"),
        (None, False, "not measured"),
    ],
)
def test_a_verdict_follows_what_was_found(words: Any, found: float | None, least: bool, verdict: str) -> None:
    assert words.Aim("what", "", found, 0.21, 0.19, least).verdict() == verdict


def test_a_worse_case_misses_its_aim(words: Any, data: Any) -> None:
    case = data["made"]["cases"][0]
    worse = changed(data, ("shares", "with_capacities", "scores", case, "ours_left_out"), 0.5)
    assert aim(words, worse, "shares: worst case").verdict() == "**no**"
    assert aim(words, worse, "shares: cases in which").found >= 1
    strays = changed(data, ("flee_mode", "cases", case, "outside"), 0.001)
    assert aim(words, strays, "Flee mode").verdict() == "**no**"


# --- the sentences --------------------------------------------------------------------------------------------


def test_every_case_behind_a_simple_rule_is_named(words: Any, data: Any) -> None:
    for situation in ("with_capacities", "without_capacities", "after_first_reports"):
        told = words.told_of_shares(data, situation)
        for case, row in words.cases_of(data, situation).items():
            for column in words.LINES[situation]:
                named = f"{case}: {row['ours_left_out']:.3f} against {row[column]:.3f}" in told
                assert named == (row["ours_left_out"] >= row[column])


def test_a_forecast_that_falls_behind_is_named(words: Any, data: Any) -> None:
    for lead in range(5):
        worse = changed(data, ("forecasts", "totals", "forecast", "pooled", "crps", lead), 9.0)
        days = data["forecasts"]["leads"][lead]
        assert re.search(
            rf"CRPS at {days} days is \d+ % above that of \*level\*", words.told_of_totals(worse)
        )
    few = changed(data, ("forecasts", "totals", "forecast", "covered_90", "by_case", "mali2012"), 0.123)
    assert "mali2012 (12.3 %)" in words.told_of_totals(few)
    lost = changed(data, ("forecasts", "scores", "forecast", "mae", "by_case", "car2013"), [9.0] * 5)
    assert re.search(r"The gain is least in car2013 \(-[\d.]+ %\)", words.told_of_forecasts(lost))


def test_a_case_is_the_ratio_of_its_sums(words: Any, data: Any) -> None:
    scores = {"forecast": [1.0, None, 2.0], "level": [2.0, None, 4.0]}
    given = {name: {"mae": {"by_case": {"one": values}}} for name, values in scores.items()}
    assert words.by_case({"forecasts": {"scores": given}}, "level", "mae") == {"one": 0.5}


# --- the command ----------------------------------------------------------------------------------------------


def test_figures_are_rounded_and_what_is_no_number_is_null() -> None:
    from flee_comparison import rounded

    given = {"a": 0.123456, "b": [float("nan"), 12345.678, 7], "c": {"d": float("-inf"), "e": "text"}}
    assert rounded(given) == {"a": 0.1235, "b": [None, 12350.0, 7], "c": {"d": None, "e": "text"}}


def test_entries_stand_on_lines_of_their_own_where_they_do_not_fit() -> None:
    from flee_comparison import WIDTH, text_of

    given = {"short": {"a": 1}, "long": {"b": "x" * WIDTH, "c": [1, 2]}}
    text = text_of(given)
    assert json.loads(text) == given
    assert text.splitlines()[1] == ' "short": {"a": 1},'
    assert '  "c": [1, 2]' in text.splitlines()


def test_runs_stray_where_they_leave_the_widened_spread() -> None:
    import numpy as np

    from flee_mode import agreement

    others = np.array([[[10.0], [20.0]], [[14.0], [30.0]]])
    runs = np.array([[[16.0], [32.5]], [[15.9], [19.0]]])
    found = agreement(runs, others, np.array([100.0, 100.0]))
    assert found.outside == pytest.approx(0.25)  # 32.5 is above 30 and 2 % of 100; 16 lies on its bound
    assert found.excess == pytest.approx(0.005)
    assert found.later_excess == -np.inf


def test_cases_that_are_absent_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import Namespace

    from flee_runs import flee_score, folders_of, read_runs

    (tmp_path / "flee" / "here").mkdir(parents=True)
    found = folders_of(Namespace(shared=tmp_path, cases=("here", "gone")))
    assert list(found) == ["here"]
    assert "gone: there is no folder" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no case found"):
        folders_of(Namespace(shared=tmp_path, cases=("gone",)))
    assert read_runs(found["here"]) is None
    assert flee_score(found["here"]) != flee_score(found["here"])
