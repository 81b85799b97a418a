"""The spread of appeal: how it is scored and fitted, how it is asked for, and what is said of bands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flee_cases import small_region
from staffride.api.region_run import run_region
from staffride.api.region_setup import parse_setup
from staffride.errors import InputError
from staffride.lab.region_fit import Case, Fit, Situation
from staffride.lab.region_spread import (
    Judged,
    best_spread,
    cost,
    courses,
    crps_of,
    fit_spread,
    judge,
)
from staffride.model import region as model
from staffride.model.region_choice import Choice
from staffride.model.region_parameters import fitted_spread
from staffride.present.region_bands import bands_told
from staffride.present.region_page import command_of, render_region
from staffride.present.region_summary import scored, summarise_run
from staffride.scenario.region import Reports

TRUE_SPREAD = 1.0


def as_counted(number: int) -> Case:
    """The small region with the counts of one course of the rule, with a spread."""
    region = small_region()
    setup = model.RegionSetup(appeal_spread=TRUE_SPREAD)
    run = model.run_region(region, rules=Choice(), replications=1, first=1000 + number, setup=setup)
    days = np.arange(region.days, dtype=np.int32)
    reports = tuple(
        Reports(name, (days,), (run.present[0, :, at].astype(float),))
        for at, name in enumerate(region.destination_names)
    )
    return Case(replace(region, name=f"course {number}", reports=reports, corrections=()), Situation("any"))


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=20), st.integers(0, 1000))
def test_the_score_is_that_of_all_pairs(values: list[int], count: int) -> None:
    runs = np.array(values, dtype=float)
    size = len(runs)
    pairs = np.abs(runs[:, None] - runs).sum() / (2.0 * size * (size - 1))
    found = crps_of(runs.reshape(-1, 1), np.array([float(count)]))
    assert found[0] == pytest.approx(np.abs(runs - count).mean() - pairs)


def test_bands_hold_what_they_say_of_counts_that_are_courses() -> None:
    draws = np.random.default_rng(5).normal(1000.0, 100.0, (61, 2000, 1))
    found = judge(draws[1:], draws[0])
    assert found.held_50 == pytest.approx(0.5, abs=4.0 * 0.5 / np.sqrt(2000))
    assert found.held_90 == pytest.approx(0.9, abs=4.0 * 0.3 / np.sqrt(2000))
    narrow = judge(1000.0 + 0.1 * (draws[1:] - 1000.0), draws[0])
    assert narrow.held_90 < 0.2
    assert narrow.crps > found.crps


def test_what_was_given_and_what_is_empty_is_not_scored() -> None:
    runs = np.zeros((10, 3, 2))
    counts = np.array([[5.0, 5.0], [0.0, 0.0], [4.0, 0.0]])
    runs[:, 2, 0] = 4.0
    assert judge(runs, counts) == Judged(0.0, 1.0, 1.0)
    assert judge(runs, counts + np.array([[0.0], [0.0], [4.0]])).held_90 == 0.0


def test_the_cost_has_its_worked_value_and_the_least_is_chosen() -> None:
    assert cost([Judged(0.1, 0.5, 0.8)]) == pytest.approx(0.11)
    assert best_spread({0.0: [Judged(0.2, 0.0, 0.0)], 1.0: [Judged(0.1, 0.5, 0.9)]}) == 1.0


def test_a_spread_that_made_the_counts_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fits of the parameters, which are known here: what is left is the choice of the spread."""
    from itertools import combinations

    from staffride.lab import region_spread

    def known(cases: list[Case], strength: float, left_out: int) -> dict[tuple[str, ...], Fit]:
        names = [case.name for case in cases]
        return {group: Fit(Choice(), strength, 0.0) for group in combinations(names, left_out)}

    monkeypatch.setattr(region_spread, "leave_out", known)
    cases = [as_counted(number) for number in range(4)]
    found = fit_spread(cases, 0.004, (0.0, 1.0, 4.0))
    assert found.spread == TRUE_SPREAD
    assert set(found.left_out) == {case.name for case in cases}
    assert found.mean().held_90 > 0.7
    assert all(one.held_90 < found.mean().held_90 for one in found.chance_alone.values())


def test_courses_have_the_total_of_each_day() -> None:
    case = as_counted(1)
    found = courses(case, Choice(), 0.5, replications=3)
    assert found.sum(axis=2) == pytest.approx(np.tile(case.counts.sum(axis=1), (3, 1)))


def test_fitted_stands_for_the_stored_value() -> None:
    region = small_region()
    setup = parse_setup(["appeal_spread=fitted"], region)
    assert setup is not None
    assert setup.appeal_spread == fitted_spread(region).value > 0.0
    given_number = parse_setup(["appeal_spread=0.25"], region)
    assert given_number is not None
    assert given_number.appeal_spread == 0.25
    with pytest.raises(InputError, match="a number or fitted"):
        parse_setup(["appeal_spread=fited"], region)


def test_a_report_says_what_its_bands_show() -> None:
    region = small_region()
    plain, wide, given_number = (
        run_region(region, setup=setup).document()
        for setup in ((), ("appeal_spread=fitted",), ("appeal_spread=0.25",))
    )
    assert [one["run"]["replications"] for one in (plain, wide, given_number)] == [20, 100, 100]
    held = f"{100 * fitted_spread(region).held_90:.0f}"
    alone = summarise_run(plain).basis
    assert "chance alone, not how far the rule may be from the counts" in alone
    assert "--set appeal_spread=fitted" in alone
    told = summarise_run(wide).basis
    assert "what the rule does not know of each destination" in told
    assert f"held {held}" in told
    assert "chance alone" not in told
    assert "to score the rule itself, run without it" in scored(wide)[-1]
    assert not any("spread" in one for one in scored(plain))
    assert "was not measured" in summarise_run(given_number).basis
    assert "--set appeal_spread=fitted" in command_of(wide["run"])
    for document, words in ((plain, "band of chance alone"), (wide, "what the rule does not know")):
        assert words in render_region(region, document)


def test_few_replications_and_other_rules_are_told_of() -> None:
    wide = run_region(small_region(), setup=("appeal_spread=fitted",), engine="agents", replications=2)
    assert "fewer than 100 replications" in bands_told(wide.document()["run"])
    flee = run_region(small_region(), rules="flee", replications=1).document()["run"]
    assert "under Flee's rules" in bands_told(flee)
    assert "appeal_spread=fitted" not in bands_told(flee)
    assert bands_told({"mode": "staffride", "replications": 20}).startswith("Bands show chance alone")
