"""Ranking, dominance, regret and what an effect rests on, by tables that can be done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fake_comparison import Columns, FakeRun, keyed_normal
from staffride.lab.comparison import Comparison, compare_run
from staffride.lab.comparison_drivers import chance_bound, spearman
from staffride.lab.measures import Measure

FIRST = Measure("first", "killed", "", "persons", "first", "lower", "people")
SECOND = Measure("second", "returned", "", "persons", "second", "higher", "people")
GROUND = Measure("ground", "ground", "", "1", "ground", "none", "course")


def table(baseline: Columns, drawn: Columns | None = None, **policies: Columns) -> Comparison:
    return compare_run(FakeRun(baseline, policies, drawn or {}), (FIRST, SECOND, GROUND))


def columns(first: list[float], second: list[float]) -> Columns:
    return {"first": np.array(first), "second": np.array(second), "ground": np.array(first)}


class TestRanking:
    found = table(
        columns([4.0, 6.0], [1.0, 1.0]),
        worse=columns([9.0, 9.0], [3.0, 3.0]),
        same=columns([6.0, 4.0], [1.0, 1.0]),
        never=columns([np.nan, np.nan], [2.0, 2.0]),
    )

    def test_lower_is_better_and_equal_means_share_a_place(self) -> None:
        rows = [(row.place, row.arm) for row in self.found.ranking("first")]
        assert rows == [(1, "baseline"), (1, "same"), (3, "worse"), (4, "never")]
        assert math.isnan(self.found.ranking("first")[-1].mean)

    def test_higher_is_better(self) -> None:
        rows = [(row.place, row.arm) for row in self.found.ranking("second")]
        assert rows == [(1, "worse"), (2, "never"), (3, "baseline"), (3, "same")]


class TestRegret:
    """Three futures: the baseline is best in the first, `a` in the last, and both share the second."""

    found = table(
        columns([1.0, 5.0, 9.0], [0.0, 0.0, 0.0]),
        a=columns([4.0, 5.0, 2.0], [0.0, 0.0, 0.0]),
        b=columns([3.0, 6.0, 4.0], [0.0, 0.0, 0.0]),
    ).regret("first")

    def test_by_hand(self) -> None:
        """Regrets: baseline 0, 0, 7; a 3, 0, 0; b 2, 1, 2."""
        rows = {row.arm: row for row in self.found.rows}
        assert rows["baseline"][1:] == pytest.approx((7 / 3, 0.8 * 7, 7.0, 0.5))
        assert rows["a"][1:] == pytest.approx((1.0, 0.8 * 3, 3.0, 0.5))
        assert rows["b"][1:] == pytest.approx((5 / 3, 2.0, 2.0, 0.0))
        assert [row.arm for row in self.found.rows] == ["a", "b", "baseline"]

    def test_who_fears_the_worst_future_chooses_otherwise(self) -> None:
        assert self.found.minimax == ("b",)

    def test_futures_that_a_policy_lacks_are_left_out(self) -> None:
        found = table(columns([1.0, np.nan], [0.0, 0.0]), a=columns([3.0, 1.0], [0.0, 0.0])).regret("first")
        assert found.futures == 1
        assert found.rows[0][:2] == ("baseline", 0.0)
        none = table(columns([np.nan], [0.0]), a=columns([np.nan], [0.0])).regret("first")
        assert none.futures == 0
        assert math.isnan(none.rows[0].expected)

    def test_without_a_judgement_there_is_no_regret(self) -> None:
        with pytest.raises(ValueError, match="does not say what is better"):
            table(columns([1.0], [1.0]), a=columns([1.0], [1.0])).regret("ground")

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=5))
    def test_laws_of_regret(self, rows: list[list[int]]) -> None:
        """Regret is never negative, somebody has none in every future, and shares of being best add to 1."""
        policies = {f"p{at}": columns([float(x) for x in row], [0.0] * 3) for at, row in enumerate(rows)}
        found = table(columns([5.0] * 3, [0.0] * 3), **policies).regret("first")
        assert sum(row.share_best for row in found.rows) == pytest.approx(1.0)
        assert min(row.expected for row in found.rows) >= 0.0
        assert all(row.expected <= row.largest and row.high <= row.largest for row in found.rows)
        assert {row.largest for row in found.rows if row.arm in found.minimax} == {
            min(row.largest for row in found.rows)
        }


class TestDominance:
    luck = keyed_normal(200, 1)

    @property
    def base(self) -> Columns:
        return {"first": 100 + 10 * self.luck, "second": 50 + 5 * self.luck, "ground": self.luck}

    def against(self, first: float, second: float, noise: float = 0.1) -> Columns:
        small = noise * keyed_normal(200, 2)
        return {"first": self.base["first"] + first + small, "second": self.base["second"] + second - small}

    def test_better_on_one_and_not_worse_on_another(self) -> None:
        found = table(self.base, good=self.against(-5.0, 0.0), mixed=self.against(-9.0, -3.0)).dominance()
        assert found.measures == ("first", "second")
        assert found.dominated == {"baseline": ("good",), "good": (), "mixed": ()}
        assert found.undominated == ("good", "mixed")

    def test_what_changes_nothing_neither_dominates_nor_is_dominated(self) -> None:
        found = table(self.base, idle={}).dominance()
        assert found.undominated == ("baseline", "idle")

    def test_noise_alone_does_not_dominate(self) -> None:
        found = table(self.base, noisy=self.against(0.0, 0.0, noise=1.0)).dominance()
        assert found.undominated == ("baseline", "noisy")

    def test_a_chain(self) -> None:
        found = table(self.base, good=self.against(-5.0, 1.0), best=self.against(-9.0, 2.0)).dominance()
        assert found.dominated["baseline"] == ("good", "best")
        assert found.undominated == ("best",)

    def test_ground_is_no_reason(self) -> None:
        found = table(self.base, taken={"ground": self.base["ground"] + 1.0}).dominance()
        assert found.undominated == ("baseline", "taken")


class TestDrivers:
    n = 300

    def comparison(self, count: int = 12) -> Comparison:
        drawn = {f"p{at}": keyed_normal(self.n, 10 + at) for at in range(count)}
        before = 100 + 10 * keyed_normal(self.n, 1)
        after = before - np.exp(drawn["p3"]) + 0.1 * drawn["p7"]
        return table(
            {"first": before, "second": before, "ground": before},
            drawn,
            cut={"first": after, "second": before},
        )

    def test_the_parameter_that_carries_it_comes_first(self) -> None:
        found = self.comparison().drivers("cut", "first")
        assert found.strongest[0].parameter == "p3"
        assert found.strongest[0].correlation < -0.95
        assert len(found.strongest) == 5
        assert (found.n, found.parameters) == (self.n, 12)
        assert found.strongest[0].beyond_chance
        assert not found.strongest[-1].beyond_chance

    def test_what_does_not_change_rests_on_nothing(self) -> None:
        found = self.comparison().drivers("cut", "second")
        assert found.strongest == ()

    @given(st.lists(st.integers(0, 5), min_size=4, max_size=30), st.randoms(use_true_random=False))
    def test_ranks_with_ties_as_elsewhere(self, values: list[int], random) -> None:
        one, other = np.array(values, float), np.array(random.sample(values, len(values)), float)
        if np.unique(one).size > 1:
            assert spearman(one, other) == pytest.approx(stats.spearmanr(one, other).statistic)

    def test_chance_exceeds_its_bound_as_often_as_it_says(self) -> None:
        """Twenty independent columns, many times over: the strongest correlation passes in at most one of twenty."""
        draws = np.random.default_rng(20200927)
        passed, trials, bound = 0, 300, chance_bound(50, 20)
        for _ in range(trials):
            order = np.argsort(draws.random((21, 50)), axis=1).astype(float)
            passed += max(abs(spearman(order[0], row)) for row in order[1:]) > bound
        assert passed / trials < 0.05 + 4 * math.sqrt(0.05 * 0.95 / trials)
        assert passed > 0
        assert math.isnan(chance_bound(50, 0))
