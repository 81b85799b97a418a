"""Policies of a chain: each acts on its stage and on what follows, and on nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from chain_scenarios import COUNT, SEED, same, the_block, the_chain
from staffride.errors import InputError
from staffride.lab.chain_arms import arms_of
from staffride.model.chain import ChainBlock
from staffride.model.chain_arms import simulate_arms
from staffride.scenario.policy import Change, Patch, Policy

FROM = datetime(2020, 5, 25, tzinfo=UTC)
"""24 days after the chain begins, while the road is closed."""


def policy(name: str, *changes: Change, starts: datetime | None = None, **scenarios) -> Policy:
    return Policy(name, name, "", Patch(scenarios, changes), starts)


def open_road() -> Policy:
    """The chain without its closures."""
    scenario, _, _ = the_chain()
    return policy("open-road", chain=scenario.model_copy(update={"events": ()}))


NOTHING = policy("nothing", Change("closure.food.relief", "times", 1.0), Change("ground.rate", "plus", 0.0))
RELIEF = policy("relief", Change("closure.*.relief", "at_least", 0.8))
LATE_RELIEF = policy("late-relief", Change("closure.*.relief", "at_least", 0.8), starts=FROM)
BUSES = policy("buses", Change("buses.seats_per_day", "times", 3.0))
LANES = policy("lanes", Change("checkpoint.rate", "times", 2.0))
GUARANTEE = policy(
    "guarantee", Change("returns.guarantee", "set", 1.0), Change("departure.trust", "at_least", 0.9)
)
CALM = policy("calm", Change("ground.rate", "times", 0.2))
LATE_CALM = policy("late-calm", Change("ground.rate", "times", 0.2), starts=datetime(2020, 6, 2, tzinfo=UTC))


def ran(*policies: Policy) -> ChainBlock:
    scenario, inputs, draws = the_chain()
    return simulate_arms(arms_of(scenario, inputs, draws, policies, SEED), SEED, 0, COUNT)


@cache
def together() -> ChainBlock:
    return ran(NOTHING, RELIEF, LATE_RELIEF, BUSES, LANES, GUARANTEE, CALM, LATE_CALM, open_road())


def difference(total: str, arm: str) -> np.ndarray:
    totals = together().totals
    return totals[f"{total}@{arm}"] - totals[total]


def base_names() -> list[str]:
    return [name for name in the_block().totals if "@" not in name]


def test_the_baseline_is_the_one_without_policies() -> None:
    totals = together().totals
    assert all(
        np.array_equal(totals[name], the_block().totals[name], equal_nan=True) for name in base_names()
    )


def test_a_policy_that_changes_nothing_changes_nothing() -> None:
    totals = together().totals
    for name in base_names():
        assert np.array_equal(totals[f"{name}@nothing"], totals[name], equal_nan=True), name


def test_a_policy_is_the_same_alone_and_among_others() -> None:
    for one in (RELIEF, LATE_CALM):
        alone, company = ran(one).totals, together().totals
        mine = [name for name in alone if name.endswith(f"@{one.id}")]
        assert len(mine) == len(base_names())
        assert all(np.array_equal(alone[name], company[name], equal_nan=True) for name in mine)


def test_relief_never_makes_anybody_hungrier_and_leaves_the_luck_of_the_rest() -> None:
    assert (difference("hunger.highest", "relief") <= 1e-12).all()
    assert (difference("closure.food.short_days", "relief") < 0.0).any()
    assert (difference("residents", "relief") == 0.0).all()


def test_an_open_road_keeps_stocks_full_and_nobody_talks() -> None:
    totals = together().totals
    assert (totals["hunger.highest@open-road"] == 0.0).all()
    assert (totals["closure.food.short_days@open-road"] == 0.0).all()
    assert (totals["talks.agreed@open-road"] == 0.0).all()


def test_a_change_of_a_later_stage_leaves_the_stages_before() -> None:
    for arm in ("buses", "lanes", "guarantee"):
        for total in (
            "hunger.highest",
            "talks.agreed",
            "deaths.az",
            "deaths.arm",
            "end_h",
            "closure.opened_h",
        ):
            found = difference(total, arm)
            assert (np.isnan(found) | (found == 0.0)).all(), (total, arm)
    assert (difference("leavers", "buses") == 0.0).all()
    assert (difference("leavers", "guarantee") <= 0.0).all()
    assert (difference("leavers", "guarantee") < 0.0).any()
    assert (difference("road_hours", "lanes") <= 1e-9).all()


def test_less_fighting_reaches_those_who_leave_only_through_the_operation() -> None:
    fought = the_block().totals["operation.begun"] == 1.0
    assert (difference("deaths.arm", "calm")[fought] != 0.0).any()
    for total in ("deaths.arm", "arrivals", "displaced.arm"):
        assert (difference(total, "calm")[~fought] == 0.0).all(), (
            "where there is no operation it changes nothing"
        )


def test_a_policy_from_a_date_leaves_all_before_as_it_was() -> None:
    series, day = together().series, 24
    assert (series["hunger@late-relief"][:, :day] == series["hunger"][:, :day]).all()
    agreed = together().totals["talks.agreed_h"]
    early = agreed < 24.0 * day
    assert early.any()
    assert (difference("talks.agreed_h", "late-relief")[early] == 0.0).all()
    late = ~early & (together().totals["closure.opened_h"] > 24.0 * (day + 2))
    assert (series["hunger@late-relief"][late, -1] <= series["hunger"][late, -1]).all()
    assert (series["hunger@late-relief"] != series["hunger"]).any()


def test_a_policy_from_a_date_within_the_operation_forks_it_there() -> None:
    """The operation begins on 1 June: until the 2nd the arm is the baseline itself."""
    series = together().series
    for name in ("deaths.arm", "deaths.az", "displaced.arm"):
        assert (series[f"{name}@late-calm"][:, :32] == series[name][:, :32]).all()
    assert (series["deaths.arm@late-calm"][:, -1] != series["deaths.arm"][:, -1]).any()


def test_a_change_that_no_stage_knows_is_refused_with_all_others() -> None:
    scenario, inputs, draws = the_chain()
    names = {"one": "closure.wine.relief", "two": "nothing.at.all"}
    wrong = [policy(name, Change(what, "set", 1.0)) for name, what in names.items()]
    with pytest.raises(InputError) as caught:
        arms_of(scenario, inputs, draws, wrong, SEED)
    assert [problem.message for problem in caught.value.problems] == [
        "one changes 'closure.wine.relief', which no stage of pass has",
        "two changes 'nothing.at.all', which no stage of pass has",
    ]


def test_blocks_do_not_matter() -> None:
    scenario, inputs, draws = the_chain()
    arms = arms_of(scenario, inputs, draws, [RELIEF, LATE_CALM], SEED)
    part = simulate_arms(arms, SEED, 4, 3)
    assert same(part, ran(RELIEF, LATE_CALM), slice(4, 7))
