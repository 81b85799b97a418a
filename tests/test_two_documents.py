"""The experiment of the two documents: its design, its figures, and sentences that follow the numbers."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from fake_comparison import END_H
from staffride.lab.measures import BASELINE
from staffride.lab.two_documents import (
    ADAPT,
    ADDED,
    ALL,
    CHANGES,
    DATE,
    FACTORS,
    FEW_LOST,
    FEW_LOST_EVIDENCE,
    HELD,
    JAMMING,
    LAYERS,
    PLANS,
    REPLACED,
    SCENARIO,
    arms,
    measures,
    policies,
)
from staffride.lab.two_documents_figures import FIELDS, futures, stock, within, written
from staffride.scenario import load
from staffride.scenario.levers.parse import parse_policies
from two_documents_cases import N, columns, fake_run, figures, nothing

ROOT = Path(__file__).resolve().parents[1]
TOWN = "changed.shusha_shushi"


@pytest.fixture(scope="module")
def scenario():
    return load(SCENARIO)


@pytest.fixture
def page(monkeypatch):
    """The module that writes the page."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "docs" / "extensions"), *sys.path])
    import two_documents_page

    return two_documents_page


@pytest.fixture
def words(page):
    """The module with the rules."""
    import two_documents_words

    return two_documents_words


# --- the design ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", PLANS)
def test_policies_are_written_as_a_run_keeps_them(plan, scenario):
    asked = policies(plan)
    assert tuple(policy.id for policy in parse_policies(asked, {"campaign": scenario})) == asked
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("plan", PLANS)
def test_every_layer_goes_from_none_to_three_times_the_record_with_and_without_cueing(plan):
    doses = {}
    for arm in arms(plan):
        doses.setdefault((arm.family, arm.cueing), []).append(arm.dose)
    assert sorted([*doses[ALL, "record"], 1.0]) == list(FACTORS) == [0.0, 0.5, 1.0, 1.5, 2.0, 3.0]
    assert doses[ALL, "joined"] == doses[ALL, "none"] == [0.5, 1.0, 1.5, 2.0, 3.0]
    for layer in LAYERS:
        assert doses[layer, "record"] == doses[layer, "joined"] == [0.0, 3.0]
    for family in (ADDED, REPLACED, JAMMING):
        assert doses[family, "record"] == doses[family, "joined"]


def test_the_two_kinds_of_raids_have_the_same_policies():
    fixed, adapted = (policies(plan) for plan in PLANS)
    assert adapted == (ADAPT, *(f"{ADAPT}+{policy}" for policy in fixed))


def test_the_newest_takes_the_place_of_all_that_the_record_has(scenario):
    arm = next(arm for arm in arms("fixed") if arm.family == REPLACED)
    (policy,) = parse_policies([arm.policy], {"campaign": scenario})
    changes = {change.name: change.value for change in policy.patch.changes}
    new = policy.scenario({"campaign": scenario}, "campaign")
    fires = [unit for unit in new.units if unit.side == "arm" and unit.id.startswith("arm-modern-")]
    assert set(changes.values()) == {0.0}
    assert {unit.system for unit in fires} == {"tor_m2km", "buk"}
    assert not {unit.strength for unit in fires} & set(changes)
    assert sum(new.parameters[name].value for name in {unit.strength for unit in fires}) == arm.dose == 62.0


def test_the_band_of_drones_lost_is_twice_what_both_sources_say():
    path = ROOT / "src" / "staffride" / "data" / "evidence" / "facts" / "losses_2020.csv"
    with path.open(encoding="utf-8") as table:
        rows = {row["id"]: row for row in csv.DictReader(line for line in table if not line.startswith("#"))}
    assert [float(rows[name]["value"]) for name in FEW_LOST_EVIDENCE] == [FEW_LOST / 2, FEW_LOST / 2]


# --- the figures ---------------------------------------------------------------------------------------------------


def test_a_difference_is_taken_within_its_plan():
    """Adapting adds a hundred deaths, the policy takes ten away: the policy's effect is ten."""
    run = fake_run("adapted", lambda _arm, base: {"deaths.arm": base["deaths.arm"] + 90.0})
    run.policies[ADAPT]["deaths.arm"] = run.baseline["deaths.arm"] + 100.0
    found = within(run, "adapted")
    effect = found.effect(f"{ADAPT}+layered-air-defence:2", "deaths.arm")
    assert effect.difference == pytest.approx(-10.0)
    assert effect.baseline_mean == pytest.approx(run.baseline["deaths.arm"].mean() + 100.0)
    assert ADAPT not in found.ids


def test_a_town_that_is_not_lost_is_held_to_the_end():
    run = fake_run("fixed", nothing)
    held = within(run, "fixed").values(BASELINE, HELD)
    assert held == pytest.approx(np.nan_to_num(run.baseline[TOWN], nan=END_H))
    assert {one.id for one in measures(run.total_names)} >= {CHANGES, HELD, DATE, "end_h", "leakage.arm"}


def test_each_future_is_counted_once():
    nan = np.nan
    before = np.array([nan, nan, 100.0, 100.0, 100.0, 100.0, 100.0])
    after = np.array([nan, 50.0, nan, 124.0, 76.0, 123.9, 76.1])
    assert futures(before, after) == {
        "averted": 1,
        "brought about": 1,
        "later": 1,
        "earlier": 1,
        "same day": 2,
        "never": 1,
    }


def test_policies_that_change_nothing_have_zero_differences():
    found = figures(nothing)
    for plan in found["plans"].values():
        for arm in plan["arms"]:
            for numbers in arm["effects"].values():
                assert set(dict(zip(FIELDS, numbers, strict=True)).values()) >= {0.0}
                assert numbers[1:6] == [0.0] * 5
        assert plan["as_recorded"]["n"] == N // 3


def test_the_stock_counts_each_layer_once(scenario):
    drawn = {name: np.array([2.0, 4.0]) for name in scenario.parameters if name.startswith("strength.")}
    found = stock(scenario, drawn)
    short = {"osa", "tor_m2km", "strela_10"}
    assert found["short"] == {"mean": 3.0 * len(short), "low": 2.0 * len(short), "high": 4.0 * len(short)}
    assert found["all"]["mean"] == sum(found[layer]["mean"] for layer in LAYERS)
    assert found["jammers"]["mean"] == 9.0


def test_figures_are_written_with_a_policy_on_each_line():
    found = figures(nothing)
    text = written(found)
    assert json.loads(text) == found
    lines = [line for line in text.splitlines() if '"policy":' in line and '"effects":' in line]
    assert len(lines) == sum(len(plan["arms"]) for plan in found["plans"].values())


# --- the sentences -------------------------------------------------------------------------------------------------


def from_dose(least, change, **also):
    """A world in which every layer at ``least`` times the record or more does what ``change`` says."""
    plans = also.get("plans", PLANS)

    def effect(arm, base):
        hit = arm.family == ALL and arm.dose >= least and arm.plan in plans and arm.dose > 1.0
        return change(base) if hit else {}

    return effect


def averted(base):
    return {TOWN: np.where(np.arange(N) % 4 == 0, np.nan, base[TOWN])}


def brought_about(base):
    return {TOWN: np.where(np.isnan(base[TOWN]), 110.0, base[TOWN])}


def later(base):
    return {TOWN: base[TOWN] + 60.0}


def sooner(base):
    return {TOWN: base[TOWN] - 60.0}


def fewer_killed(base):
    return {"deaths.arm": base["deaths.arm"] - 50.0 + keyed(base)}


def more_killed(base):
    return {"deaths.arm": base["deaths.arm"] + 50.0 + keyed(base)}


def keyed(base):
    return base["end_h"] - 700.0


def test_no_dose_changes_the_answer(words):
    data = figures(nothing)
    assert words.course(data, "fixed") == "none"
    assert "no dose up to 3 times the launchers changes the answer" in words.headline(data)
    assert "Under raids as given and under raids that adapt alike" in words.headline(data)
    assert "finds no support in these numbers, and no refutation" in words.people_told(data, "fixed")


@pytest.mark.parametrize("dose", [1.5, 2.0, 3.0])
def test_the_answer_changes_at_the_dose_from_which_the_town_is_held(dose, words):
    data = figures(from_dose(dose, averted))
    assert words.course(data, "fixed") == "averts"
    assert f"the answer changes at {dose:g} times the launchers" in words.headline(data)
    assert "is less likely" in words.headline(data)
    assert "against document 001" in words.course_told(data, "fixed")


def test_more_air_defence_that_harms_is_said_to_harm(words):
    data = figures(from_dose(2.0, brought_about))
    assert words.course(data, "adapted") == "hastens"
    assert "is more likely" in words.headline(data)
    assert "neither document expects" in words.course_told(data, "adapted")


def test_plans_that_disagree_are_told_apart(words):
    data = figures(from_dose(2.0, averted, plans=("fixed",)))
    text = words.headline(data)
    assert "Under raids as given, the answer changes at 2 times" in text
    assert "Under raids that adapt, no dose up to 3 times" in text
    assert "depends on whether raids adapt" in text


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        (later, "prolongs", "This is what document 001 says: later, and not averted beyond chance."),
        (sooner, "shortens", "The town is lost sooner"),
    ],
)
def test_a_town_that_is_lost_at_another_time_is_told_by_way(change, kind, told, words):
    data = figures(from_dose(2.0, change))
    assert words.course(data, "fixed") == kind
    assert told in words.course_told(data, "fixed")
    assert "no dose up to 3 times the launchers changes whether" in words.headline(data)
    assert "from 2 times on the town is held" in words.headline(data)


def test_the_wide_interval_decides_at_its_threshold(words):
    data = figures(from_dose(2.0, averted))
    top = words.curve(data, "fixed", ALL)[-1]["effects"][CHANGES]
    at = FIELDS.index("wide_high")
    for high, kind in ((-1e-9, "averts"), (0.0, "prolongs"), (1e-9, "prolongs")):
        top[at] = high
        assert words.course(data, "fixed") == kind
    assert "At 2 times, the probability that Shusha / Shushi changes control differs" in words.course_told(
        data, "fixed"
    )


def test_a_dose_that_larger_ones_do_not_bear_out_is_no_answer(words):
    data = figures(lambda arm, base: averted(base) if arm.family == ALL and arm.dose == 1.5 else {})
    assert words.course(data, "fixed") == "none"
    told = words.course_told(data, "fixed")
    assert "At 1.5 times, the probability that Shusha / Shushi changes control differs" in told
    assert "which larger doses do not bear out" in told


def test_people_are_told_by_way(words):
    def both(base):
        return fewer_killed(base) | {"displaced.az": base["displaced.az"] + 50.0 + keyed(base)}

    told = {"helps": fewer_killed, "harms": more_killed, "mixed": both}
    for kind, change in told.items():
        data = figures(from_dose(2.0, change))
        assert words.people(data, "fixed") == kind
        assert words.PEOPLE_TOLD[kind] in words.people_told(data, "fixed")


def test_few_futures_with_the_recorded_loss_of_drones_tell_nothing(words):
    data = figures(nothing)
    split = data["plans"]["fixed"]["as_recorded"]
    split["n"] = words.FEW_FUTURES - 1
    assert "too few to tell anything" in words.trust_told(data, "fixed")
    split["n"] = words.FEW_FUTURES
    assert "none of the six outcomes changes" in words.trust_told(data, "fixed")


def test_an_effect_that_is_there_only_where_few_drones_were_lost_is_said_so(words):
    few = columns()["lost.armed_drone.az"] <= FEW_LOST

    def change(base):
        return {"deaths.arm": base["deaths.arm"] + np.where(few, -40.0, 20.0) + keyed(base)}

    told = words.trust_told(figures(from_dose(2.0, change)), "fixed")
    assert "soldiers killed, both sides differs only there" in told


def test_a_town_that_is_rarely_lost_is_called_so(words):
    data = figures(nothing)
    assert "the rarer one" not in words.starting_point(data)
    data["plans"]["fixed"]["reference"][CHANGES]["mean"] = 0.49
    assert "the rarer one" in words.starting_point(data)


def test_a_policy_that_moves_no_future_is_not_given_an_interval(words, page):
    data = figures(nothing)
    numbers = words.curve(data, "fixed", ALL)[-1]["effects"][CHANGES]
    assert page.difference(data, numbers, CHANGES) == "same in all"
    assert f"the same in each of {N} futures" in words.course_told(data, "fixed")


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_page_states_the_stored_figures(page):
    data, text = page.read(), page.render()
    assert "{{" not in text
    assert f"{data['made']['replications']:,} replications" in text
    assert data["made"]["command"] in text
    assert data["fields"] == list(FIELDS)
    for plan in PLANS:
        assert [row["policy"] for row in data["plans"][plan]["arms"]] == [arm.policy for arm in arms(plan)]
        for row in data["plans"][plan]["arms"]:
            assert page.difference(data, row["effects"][CHANGES], CHANGES) in text
            shown = "displaced.arm" if row["family"] == ALL else "displaced.both"
            assert page.difference(data, row["effects"][shown], shown) in text


def test_drawings_stand_alone_and_hold_every_dose(page):
    for draw in (page.town, page.harm):
        text = draw()
        assert text.startswith("<svg")
        assert 'xmlns="http://www.w3.org/2000/svg"' in text
        assert "<style>" in text
        assert "nan" not in text
    assert page.town().count("<title>") >= 2 * (len(FACTORS) + 2 * (len(FACTORS) - 1))
