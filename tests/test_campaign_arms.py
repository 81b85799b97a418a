"""Policies beside a campaign: nothing changed changes nothing, forks are exact, company does not matter."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_scenarios import load_ground
from ground_cases import MISSIONS, SEED, valley_files
from staffride.errors import InputError
from staffride.lab.campaign_arms import arms_of
from staffride.lab.campaign_draws import draw_campaign
from staffride.model.campaign_arms import (
    FOLLOWED,
    LEFT_OUT,
    CampaignArm,
    CampaignArms,
    copy_state,
    simulate_arms,
)
from staffride.model.campaign_block import (
    CampaignBlock,
    Working,
    force_of,
    forces_of,
    go_on,
    new_found,
    new_working,
    simulate_campaign_block,
)
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, compile_campaign
from staffride.results.identity import RULES
from staffride.scenario.policy import Change, Patch, Policy
from staffride.scenario.schema import Scenario

COUNT, HOURS = 6, 96
Case = tuple[Scenario, CampaignInputs, CampaignDraws]
HARDER = Change("ground.rate", "times", 2.0)
CALM = (Change("diplomacy.truce_rate", "set", 0.0), Change("ground.rate", "set", 0.0))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    scenario = load_ground(tmp_path_factory.mktemp("arms") / "valley", **valley_files())
    inputs = compile_campaign(scenario)
    return scenario, inputs, draw_campaign(scenario, COUNT, SEED, inputs)


def policy(
    case: Case, name: str, *changes: Change, hour: int = 0, scenario: Scenario | None = None
) -> Policy:
    """Return a policy from an hour on, of changes or of a scenario with other rows."""
    starts = case[0].period.start + timedelta(hours=hour) if hour else None
    patched = {} if scenario is None else {"campaign": scenario}
    return Policy(name, name, "", Patch(patched, changes), starts)


def run(case: Case, *policies: Policy, first: int = 0, count: int = COUNT) -> CampaignBlock:
    return simulate_arms(arms(case, *policies), SEED, first, count)


def arms(case: Case, *policies: Policy) -> CampaignArms:
    scenario, inputs, draws = case
    return arms_of(scenario, inputs, draws, policies, SEED)


def arm(block: CampaignBlock, name: str) -> dict[str, np.ndarray]:
    """Return totals and series of an arm by their plain names."""
    both = {**block.totals, **block.series}
    return {key.removesuffix(f"@{name}"): values for key, values in both.items() if key.endswith(f"@{name}")}


def assert_equal(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def base(block: CampaignBlock) -> dict[str, np.ndarray]:
    """Return the totals of the baseline, and those of its series that are kept of an arm."""
    followed = {name: rows for name, rows in block.series.items() if name.startswith(FOLLOWED)}
    kept = {
        name: column
        for name, column in block.totals.items()
        if not name.startswith(LEFT_OUT) and ".by." not in name
    }
    return {name: rows for name, rows in {**kept, **followed}.items() if "@" not in name}


def test_the_baseline_of_a_comparison_is_the_run_itself(case: Case) -> None:
    _, inputs, draws = case
    plain = simulate_campaign_block(inputs, draws, SEED, 0, COUNT)
    beside = run(case, policy(case, "harder", HARDER), policy(case, "later", HARDER, hour=30))
    for name, values in plain.totals.items():
        if "@" not in name:
            np.testing.assert_array_equal(values, beside.totals[name], err_msg=name)
    for name, rows in plain.series.items():
        np.testing.assert_array_equal(rows, beside.series[name], err_msg=name)


def test_a_policy_that_changes_nothing_changes_nothing(case: Case) -> None:
    same_rows = case[0].model_copy(update={"units": tuple(case[0].units)})
    empty = policy(case, "empty"), policy(case, "rows", scenario=same_rows)
    once = (
        policy(case, "once", Change("ground.rate", "times", 1.0)),
        policy(case, "plus", Change("weather.*", "plus", 0.0)),
    )
    block = run(case, *empty, *once)
    for one in (*empty, *once):
        assert_equal(arm(block, one.id), base(block))


@given(st.integers(1, HOURS - 1))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_a_fork_that_changes_nothing_is_the_baseline_whatever_its_hour(case: Case, hour: int) -> None:
    block = run(case, policy(case, "fork", hour=hour), count=2)
    assert_equal(arm(block, "fork"), base(block))


@pytest.mark.parametrize("hour", [1, 25, 40, 70])
def test_a_fork_is_the_baseline_up_to_its_hour_and_another_war_after_it(case: Case, hour: int) -> None:
    block = run(case, policy(case, "calm", *CALM, hour=hour))
    changed = False
    for side in ("az", "arm"):
        before, after = block.series[f"deaths.{side}"], block.series[f"deaths.{side}@calm"]
        np.testing.assert_array_equal(before[:, :hour], after[:, :hour])
        changed |= bool((before[:, hour:] != after[:, hour:]).any())
    assert changed


def test_a_policy_from_the_first_hour_is_one_from_the_start(case: Case) -> None:
    early = policy(case, "early", HARDER)
    stamped = Policy("early", "", "", early.patch, case[0].period.start)
    assert_equal(arm(run(case, early), "early"), arm(run(case, stamped), "early"))


def test_the_effect_of_a_policy_does_not_depend_on_its_company(case: Case) -> None:
    chosen = [
        policy(case, "harder", HARDER),
        policy(case, "calm-30", *CALM, hour=30),
        policy(case, "calm-60", *CALM, hour=60),
        policy(case, "harder-30", HARDER, hour=30),
    ]
    together, reverse = run(case, *chosen), run(case, *reversed(chosen))
    for one in chosen:
        alone = arm(run(case, one), one.id)
        assert_equal(alone, arm(together, one.id))
        assert_equal(alone, arm(reverse, one.id))


def test_a_replication_alone_is_the_same_as_among_others(case: Case) -> None:
    chosen = policy(case, "harder", HARDER), policy(case, "calm", *CALM, hour=50)
    whole, alone = run(case, *chosen), run(case, *chosen, first=4, count=1)
    for name, values in alone.totals.items():
        np.testing.assert_array_equal(values, whole.totals[name][4:5], err_msg=name)


def test_arms_share_what_their_policies_leave_alone(case: Case) -> None:
    many = [policy(case, f"p{number}", Change("ground.rate", "times", 1.0 + number)) for number in range(20)]
    rows = [policy(case, f"rows{number}", scenario=case[0].model_copy()) for number in range(5)]
    one, all_of_them = arms(case, many[0]), arms(case, *many, *rows)
    for found in all_of_them.arms:
        assert found.inputs.ground.visible_km is all_of_them.inputs.ground.visible_km
        assert all(
            getattr(found.draws, name) is getattr(all_of_them.draws, name) for name in ("numbers", "figures")
        )
    assert len(pickle.dumps(all_of_them)) < 1.6 * len(pickle.dumps(one))


def test_changes_stay_within_the_limits_of_the_quantity(case: Case) -> None:
    beyond = policy(case, "p", Change("flight.stay_share", "plus", 5.0))
    full = policy(case, "p", Change("flight.stay_share", "set", 1.0))
    assert_equal(arm(run(case, beyond), "p"), arm(run(case, full), "p"))


def test_a_change_of_what_the_scenario_does_not_have_is_refused_with_all_others(case: Case) -> None:
    wrong = (
        policy(case, "one", Change("no.such", "set", 1.0)),
        policy(case, "two", Change("nor.this", "set", 1.0)),
    )
    with pytest.raises(InputError) as error:
        arms(case, *wrong)
    assert [problem.message for problem in error.value.problems] == [
        "one changes 'no.such', which front does not have",
        "two changes 'nor.this', which front does not have",
    ]


def test_what_is_settled_before_the_war_cannot_change_at_a_date(case: Case) -> None:
    late = policy(case, "late", Change("strength.az.brigade", "times", 2.0), hour=20)
    with pytest.raises(InputError, match="changes what is settled before the war"):
        arms(case, late)


def test_rows_added_at_the_end_leave_the_luck_of_all_others_alone(case: Case) -> None:
    scenario = case[0]
    extra = scenario.units[-1].model_copy(update={"id": "arm-more", "strength": "strength.arm.more"})
    nobody = scenario.parameters["strength.az.shadow"]
    more = scenario.model_copy(
        update={
            "units": (*scenario.units, extra),
            "parameters": {**scenario.parameters, "strength.arm.more": nobody},
        }
    )
    block = run(case, policy(case, "more", scenario=more))
    assert_equal(arm(block, "more"), base(block))


def test_a_fork_just_after_a_place_changed_hands_is_the_baseline(case: Case) -> None:
    whole = run(case)
    first = [name for name in whole.totals if name.startswith("changed.")]
    hours = {int(hour) + 1 for name in first for hour in whole.totals[name][np.isfinite(whole.totals[name])]}
    assert len(hours) > 3
    forks = [policy(case, f"fork-{hour}", hour=hour) for hour in sorted(hours) if hour < HOURS]
    block = run(case, *forks)
    for fork in forks:
        assert_equal(arm(block, fork.id), base(block))


def test_totals_by_cause_are_kept_of_an_arm_where_they_are_asked_for(case: Case) -> None:
    scenario, inputs, draws = case
    one = policy(case, "harder", HARDER)
    asked = "lost.armour.az.by.ground"
    plain = simulate_arms(arms_of(scenario, inputs, draws, [one], SEED), SEED, 0, 2)
    more = simulate_arms(arms_of(scenario, inputs, draws, [one], SEED, [asked]), SEED, 0, 2)
    assert set(more.totals) - set(plain.totals) == {f"{asked}@harder"}
    assert not any(name.startswith("changes.") and "@" in name for name in plain.totals)


def test_what_moves_with_a_lost_place_is_jammed_where_it_stands_in_the_next_hour(case: Case) -> None:
    """Going on from the hour after is the whole run: noise at a battery is that of its new place at once."""
    _, inputs, draws = case
    alone = CampaignArm("", inputs, draws)
    lost_h = run(case).totals["changed.crossroads"]
    moved = 0
    for replication in np.flatnonzero(np.isfinite(lost_h)):
        after = int(lost_h[replication]) + 1
        before = state_after(alone, replication, (0, after - 1))
        whole = state_after(alone, replication, (0, after + 1))
        parts = state_after(alone, replication, (0, after), (after, after + 1))
        moved += int(((before.place != whole.place) & (whole.elements > 0) & (whole.noise_db > 0.0)).sum())
        np.testing.assert_array_equal(parts.noise_db, whole.noise_db)
    assert moved > 0, "no jammed battery got away, so that nothing was tested"


def state_after(one: CampaignArm, replication: int, *stretches: tuple[int, int]) -> Any:
    """Return the state of the units of a replication after some stretches of hours, one after another."""
    forces = forces_of(one.inputs, one.draws, 0, slice(replication, replication + 1))
    working, found = new_working(one.inputs, MISSIONS), new_found(one.inputs, 1)
    for hours in stretches:
        assert go_on(one.inputs, force_of(forces, 0), SEED, int(replication), hours, working, found, 0)
    return working.state


def test_a_fork_takes_over_every_array_but_the_missions_of_the_hour(case: Case) -> None:
    inputs = pickle.loads(pickle.dumps(case[1]))
    source, target = new_working(inputs, 10), new_working(inputs, 10)
    for number, (_, array) in enumerate(handed_on(source), start=1):
        array.view(np.uint8).reshape(-1)[:] = number % 100
    copy_state(source, target)
    pairs = zip(handed_on(source), handed_on(target), strict=True)
    apart = [name for (name, one), (_, other) in pairs if not np.array_equal(one, other)]
    assert apart == ["room.missions"]


def handed_on(working: Working) -> Iterator[tuple[str, Any]]:
    """Yield the arrays of a replication, but for what its scenario fixes and for raids, which are made anew."""
    assert working.afoot is not None
    parts = {
        "state": working.state,
        "room": working.room,
        "war": working.afoot.war,
        "ground": working.afoot.room,
    }
    for name, part in parts.items():
        yield from arrays_of(part, name)


def arrays_of(holder: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every array in nested tuples with its dotted name."""
    if isinstance(holder, np.ndarray):
        yield name, holder
    elif isinstance(holder, tuple):
        for field, value in zip(getattr(holder, "_fields", range(len(holder))), holder, strict=True):
            yield from arrays_of(value, f"{name}.{field}")


def test_what_makes_an_arm_of_a_policy_is_part_of_the_code_that_a_run_is_known_by() -> None:
    """Else a killed comparison could be completed, and a kept one used again, under other levers."""
    package = Path(str(files("staffride")))
    rules = [package / name for name in RULES]
    assert all(rule.exists() for rule in rules)
    makers = [
        *(package / "scenario" / "levers").glob("*.py"),
        *package.glob("*/*_arms.py"),
        package / "scenario/policy.py",
    ]
    assert len(makers) > 12
    assert [one.name for one in makers if not any(one.is_relative_to(rule) for rule in rules)] == []
