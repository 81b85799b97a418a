"""Effects of policies: closed forms, exact zeros, words that claim no more than their interval, and invariance."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fake_campaign import fake_campaign
from fake_comparison import END_H, Columns, FakeRun, keyed_normal
from staffride.lab.comparison import BASELINE, Comparison, compare_run, named_places
from staffride.lab.comparison_effect import (
    LAPLACE_TAILS,
    Effect,
    coin_tail,
    effect_of,
    holm,
    median_of,
    smallest_sample,
    tail_weight,
)
from staffride.lab.comparison_words import magnitude
from staffride.lab.measures import Measure
from staffride.results.paired import student_975

N = 60
DEATHS = Measure("deaths", "civilians killed", "", "persons", "deaths", "lower", "people")
CHANCE = Measure("c", "probability of a change of control", "", "1", "c", "none", "course", "probability")
DATE = Measure("d", "date of the change of control", "", "h", "c", "none", "course", "date")
NUMBERS = st.lists(st.integers(-50, 50).map(float), min_size=4, max_size=30)


def standard_pair(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Two columns with mean 0, variance 1 and covariance 0 exactly, made of normal numbers."""
    raw = np.column_stack([keyed_normal(n, 1), keyed_normal(n, 2)])
    orthogonal, _ = np.linalg.qr(raw - raw.mean(axis=0))
    orthogonal -= orthogonal.mean(axis=0)
    first, second = (math.sqrt(n - 1) * orthogonal).T
    return first, second


def war(n: int = N) -> Columns:
    luck, other = keyed_normal(n, 3), keyed_normal(n, 4)
    return {
        "civilian_deaths.az": np.round(100 + 10 * luck),
        "civilian_deaths.arm": np.round(80 + 8 * other),
        "displaced.az": np.round(4000 + 300 * other),
        "displaced.arm": np.round(9000 + 900 * luck),
        "deaths.az": np.round(3000 + 200 * luck),
        "deaths.arm": np.round(3500 + 300 * other),
        "held_share.az": 0.5 + 0.05 * luck,
        "held_share.arm": 0.5 - 0.05 * luck,
        "end_h": np.where(other > 1.0, np.nan, 150 + 20 * other),
        "truces": np.zeros(n),
        "changed.hadrut": np.where(luck > 0.3, np.nan, 60 + 12 * luck),
    }


def milder(part: float) -> Columns:
    """What a policy makes of the war that takes a part of some deaths away, and some changes of control."""
    base = war()
    return {
        "civilian_deaths.az": np.round((1.0 - part) * base["civilian_deaths.az"]),
        "deaths.arm": base["deaths.arm"] + np.round(20 * keyed_normal(N, 5)),
        "changed.hadrut": np.where(keyed_normal(N, 3) > 0.3 - 3 * part, np.nan, base["changed.hadrut"] + 6),
    }


POLICIES = {"idle": {}, "mild": milder(0.1), "strong": milder(0.4)}


def compared(policies: dict[str, Columns] | None = None, **changes: Columns) -> Comparison:
    drawn = {"one": keyed_normal(N, 3), "fixed": np.ones(N)}
    return compare_run(FakeRun(war() | changes, POLICIES if policies is None else policies, drawn))


class TestEffect:
    def test_pairing_saves_the_correlation(self) -> None:
        """With equal variances, var(b - a) = 2 (1 - r), so the reduction is r and n pairs are n / (1 - r) apart."""
        first, second = standard_pair(200)
        for r in (-0.5, 0.0, 0.9):
            found = effect_of(DEATHS, "p", first, r * first + math.sqrt(1 - r * r) * second + 0.3)
            assert found.variance_reduction == pytest.approx(r, abs=1e-12)
            assert found.as_many_as == pytest.approx(200 / (1 - r))
            assert found.standardised == pytest.approx(0.3)

    @pytest.mark.parametrize("half_width", [0.1, 0.5, 1.7, 4.0])
    def test_the_replications_asked_for_reach_the_width_and_one_less_does_not(
        self, half_width: float
    ) -> None:
        first, second = standard_pair(400)
        found = effect_of(DEATHS, "p", first, first + 2.0 * second)
        needed = found.replications_needed(half_width)
        assert needed is not None

        def reached(n: int) -> float:
            sample = effect_of(DEATHS, "p", np.zeros(n), 2.0 * standard_pair(n)[1]).paired
            return 0.5 * (sample.high - sample.low)

        assert reached(needed) <= half_width * (1 + 1e-4)
        if needed > 3:
            assert reached(needed - 1) > half_width * (1 - 1e-4)

    def test_for_many_it_is_the_square_of_the_ratio(self) -> None:
        assert smallest_sample(100.0) == pytest.approx((1.959964 * 100) ** 2, rel=1e-4)
        assert smallest_sample(3.0) == next(n for n in range(2, 99) if student_975(n - 1) * 3 <= math.sqrt(n))

    def test_precision_and_sign(self) -> None:
        first, second = standard_pair(50)
        found = effect_of(DEATHS, "p", first + 10.0, first + 10.0 + second - 0.25)
        assert found.needed_for_precision == found.replications_needed(1.0) == smallest_sample(1.0)
        assert found.needed_for_sign == smallest_sample(4.0)
        nothing = effect_of(DEATHS, "p", first, first)
        assert nothing.needed_for_sign is None

    def test_the_interval_of_a_chance_is_that_of_its_discordant_pairs(self) -> None:
        before = np.repeat([1.0, 1.0, 0.0, 0.0], [36, 2, 12, 0])
        after = np.repeat([1.0, 0.0, 1.0, 0.0], [36, 2, 12, 0])
        found = effect_of(CHANCE, "p", before, after)
        assert found.interval == pytest.approx((0.0569, 0.3404), abs=5e-5)
        assert found.difference == pytest.approx(0.2)
        assert found.p == pytest.approx(stats.binomtest(2, 14).pvalue)
        assert found.risk is not None
        assert (found.risk.both, found.risk.only_baseline, found.risk.only_policy) == (36, 2, 12)
        assert found.standardised == pytest.approx(
            2 * math.asin(math.sqrt(0.96)) - 2 * math.asin(math.sqrt(0.76))
        )
        assert found.words.startswith("20 points higher (95 % interval 5.69 to 34 points), a medium effect")

    def test_a_date_tells_of_the_pairs_that_have_it(self) -> None:
        found = effect_of(
            DATE, "p", np.array([10.0, 20.0, 30.0, np.nan]), np.array([13.0, 22.0, np.nan, 1.0])
        )
        assert (found.paired.n, found.difference, found.baseline_mean) == (2, 2.5, 15.0)
        assert "2 of 4 replications" in found.words
        never = effect_of(DATE, "p", np.array([np.nan, 1.0]), np.array([1.0, np.nan]))
        assert never.words.startswith("not known")
        assert not never.found

    def test_better_follows_the_measure(self) -> None:
        before, after = np.full(10, 5.0), np.array([4.0] * 7 + [5.0] * 2 + [6.0])
        lower = effect_of(DEATHS, "p", before, after)
        assert lower.probability_better is not None
        assert lower.probability_worse is not None
        assert (lower.probability_better.cases, lower.same.cases, lower.probability_worse.cases) == (7, 2, 1)
        neutral = effect_of(CHANCE, "p", before, after)
        assert neutral.probability_better is None

    def test_the_size_of_what_never_varied_is_beyond_measure(self) -> None:
        found = effect_of(DEATHS, "p", np.full(5, 3.0), np.full(5, 1.0))
        assert found.standardised == -math.inf
        assert found.size == "huge"
        assert [magnitude(x) for x in (0.19, 0.2, 0.5, 0.8, 1.2, 2.0)] == [
            "very small",
            "small",
            "medium",
            "large",
            "very large",
            "huge",
        ]

    @given(NUMBERS, st.randoms(use_true_random=False))
    def test_no_effect_is_named_whose_interval_holds_zero(self, values: list[float], random) -> None:
        found = effect_of(DEATHS, "p", np.array(values), np.array(random.sample(values, len(values))) - 1.0)
        low, high = found.interval
        if low <= 0.0 <= high and not found.changes_nothing:
            assert found.words.startswith("no effect found; smaller than")
            assert found.verdict == "none found"
            assert found.size == ""
        elif not found.changes_nothing:
            assert f"a {found.size} effect" in found.words


class TestMedian:
    @pytest.mark.parametrize("n", [1, 5, 6, 17, 200])
    def test_the_ends_are_those_of_the_sign_test(self, n: int) -> None:
        beyond = coin_tail(n)
        assert stats.binom.cdf(beyond, n, 0.5) <= 0.025
        assert stats.binom.cdf(beyond + 1, n, 0.5) > 0.025

    def test_by_hand(self) -> None:
        found = median_of(np.array([3.0, -1.0, 2.0, 9.0, 4.0, 5.0]))
        assert found == (3.5, -1.0, 9.0, False)
        assert math.isnan(median_of(np.zeros(5)).low)
        assert math.isnan(median_of(np.zeros(0)).median)

    def test_tails_of_known_laws(self) -> None:
        """Normal 2.585 and double exponential 1 + ln 10; a t law with two degrees of freedom is heavier."""
        grid = (np.arange(200_000) + 0.5) / 200_000
        assert tail_weight(stats.norm.ppf(grid)) == pytest.approx(2.585, abs=1e-3)
        assert tail_weight(stats.laplace.ppf(grid)) == pytest.approx(LAPLACE_TAILS, abs=1e-3)
        assert median_of(stats.t.ppf(grid[::200], 2)).heavy_tails
        assert not median_of(stats.norm.ppf(grid[::200])).heavy_tails


class TestTogether:
    def test_holm_as_by_hand(self) -> None:
        found = holm(np.array([0.04, 0.01, math.nan, 0.02]))
        assert found.tolist() == pytest.approx([0.04, 0.03, math.nan, 0.04], nan_ok=True)

    def test_intervals_that_hold_together_are_wider(self) -> None:
        found = compared()
        for effect in found.effects_of("mild"):
            if not effect.measure.counts_people:
                assert effect.simultaneous is None
                continue
            assert effect.family == len(found.people) == 7
            assert effect.simultaneous is not None
            assert effect.simultaneous.low <= effect.paired.low
            assert effect.simultaneous.high >= effect.paired.high
            assert effect.holm_p >= effect.p

    def test_bonferroni_is_a_plain_interval_at_a_stricter_level(self) -> None:
        effect = compared().effect("mild", "civilian_deaths.az")
        margin = stats.t.ppf(1 - 0.025 / 7, N - 1) * effect.paired.standard_error
        assert effect.simultaneous == pytest.approx((effect.difference - margin, effect.difference + margin))

    def test_every_interval_is_counted(self) -> None:
        found = compared()
        assert len(found.table()) == 3 * len(found.measures)
        assert (
            found.intervals == 3 * len(found.counted) == len(found.table()) - 3
        )  # no truce is made in any of them


class TestNothing:
    def test_a_policy_that_changes_nothing_is_exactly_zero_everywhere(self) -> None:
        found = compared()
        assert found.changes_nothing("idle")
        assert not found.changes_nothing("mild")
        for effect in found.effects_of("idle"):
            assert (effect.difference, *effect.interval, effect.standardised) == (0.0, 0.0, 0.0, 0.0)
            assert effect.median[:3] == (0.0, 0.0, 0.0)
            assert (effect.same.share, effect.lower.cases, effect.higher.cases) == (1.0, 0, 0)
            assert effect.policy_mean == effect.baseline_mean
            assert effect.p == 1.0
            assert effect.words.startswith("changes nothing")
            assert effect.verdict == "nothing"
            assert effect.simultaneous in (None, (0.0, 0.0))

    def test_what_was_never_seen_to_change_is_bounded(self) -> None:
        effect = compared().effect("idle", "civilian_deaths.az")
        assert effect.any_change_below == pytest.approx(1 - 0.05 ** (1 / N))


def numbers(effect: Effect) -> list[object]:
    return [*effect.paired.__dict__.values(), *effect.interval, effect.standardised, effect.p, *effect.median]


class TestInvariance:
    full = compared()

    @settings(max_examples=20, deadline=None)
    @given(st.permutations(tuple(POLICIES)))
    def test_the_order_of_policies_does_not_matter(self, order: list[str]) -> None:
        found = compared({name: POLICIES[name] for name in order})
        assert {key: str(one) for key, one in found.effects.items()} == {
            key: str(one) for key, one in self.full.effects.items()
        }
        assert (
            found.regret("deaths.both").rows[0].expected == self.full.regret("deaths.both").rows[0].expected
        )
        assert set(found.dominance().undominated) == set(self.full.dominance().undominated)

    @settings(max_examples=20, deadline=None)
    @given(st.sets(st.sampled_from(tuple(POLICIES)), min_size=1))
    def test_a_policy_is_the_same_alone_or_among_others(self, chosen: set[str]) -> None:
        found = compared({name: POLICIES[name] for name in chosen})
        for key, effect in found.effects.items():
            assert str(effect) == str(self.full.effects[key])

    @settings(max_examples=20, deadline=None)
    @given(st.permutations(range(N)))
    def test_the_order_of_replications_does_not_matter(self, order: list[int]) -> None:
        moved = {
            policy: {name: column[order] for name, column in changed.items()}
            for policy, changed in POLICIES.items()
        }
        base = {name: column[order] for name, column in war().items()}
        found = compare_run(FakeRun(base, moved))
        for key, effect in found.effects.items():
            assert numbers(effect) == pytest.approx(numbers(self.full.effects[key]), nan_ok=True, abs=1e-9)

    def test_swapping_the_sides_swaps_the_measures(self) -> None:
        def swapped(columns: Columns) -> Columns:
            other = {"az": "arm", "arm": "az"}
            heads = {name: name.rpartition(".") for name in columns}
            return {
                f"{head}.{other[last]}" if last in other else name: columns[name]
                for name, (head, _, last) in heads.items()
            }

        found = compare_run(FakeRun(swapped(war()), {name: swapped(one) for name, one in POLICIES.items()}))
        mirror = {"az": "arm", "arm": "az"}
        for (policy, name), effect in self.full.effects.items():
            head, _, last = name.rpartition(".")
            other = found.effect(policy, f"{head}.{mirror[last]}" if last in mirror else name)
            assert numbers(other) == pytest.approx(numbers(effect), nan_ok=True)
            assert other.measure.better == effect.measure.better


class TestComparison:
    found = compared()

    def test_measures_come_with_their_values(self) -> None:
        assert self.found.arms == (BASELINE, "idle", "mild", "strong")
        end = self.found.values(BASELINE, "end_h")
        assert end.max() == END_H
        assert set(self.found.parameters) == {"one"}
        assert "truces" not in {one.id for one in self.found.counted}

    def test_unknown_names_are_answered_with_near_ones(self) -> None:
        with pytest.raises(KeyError, match="did you mean 'strong'"):
            self.found.effect("strongg", "truces")
        with pytest.raises(KeyError, match=r"did you mean 'deaths\.az'"):
            self.found.effect("strong", "deaths.azz")

    def test_json_holds_finite_numbers_alone(self) -> None:
        text = json.dumps(self.found.to_json(), allow_nan=False)
        loaded = json.loads(text)
        assert loaded["policies"][0]["changes_nothing"] is True
        assert len(loaded["effects"]) == len(self.found.effects)
        assert loaded["regrets"].keys() == {one.id for one in self.found.measures if one.judged}

    def test_the_sheet_names_every_policy_and_every_measure_of_people(self) -> None:
        text = repr(self.found)
        assert all(policy in text for policy in POLICIES)
        assert all(one.phrase in text for one in self.found.people)
        assert "changes nothing" in text

    def test_a_measure_may_be_missing_from_a_policy(self) -> None:
        run = FakeRun(war(), POLICIES)
        names = [name for name in run.total_names if name != "deaths.az@mild"]
        run.__class__ = type("Partial", (FakeRun,), {"total_names": tuple(names)})
        found = compare_run(run)
        assert "deaths.az" not in {effect.measure.id for effect in found.effects_of("mild")}
        assert "deaths.az" in {effect.measure.id for effect in found.effects_of("strong")}
        assert [row.arm for row in found.ranking("deaths.az")].count("mild") == 0

    def test_a_stored_run_reads_as_columns_do(self, tmp_path: Path) -> None:
        columns = dict(war()) | {
            f"{name}@mild": POLICIES["mild"].get(name, column) for name, column in war().items()
        }
        run = fake_campaign(
            tmp_path / "run",
            {"deaths.az": np.ones((N, 40))},
            columns,
            hours=240,
            every_h=6,
            variants=("mild",),
        )
        found = compare_run(run)
        assert {key: str(effect) for key, effect in found.effects.items()} == {
            key: str(effect) for key, effect in self.full_mild().effects.items()
        }

    def full_mild(self) -> Comparison:
        return compared({"mild": POLICIES["mild"]})

    def test_towns_are_read_from_the_tables_of_the_scenario(self, tmp_path: Path) -> None:
        (tmp_path / "stage").mkdir()
        rows = ("h,Hadrut,Hadrut,,town", "v,A,B,,village", "s,Şuşa,Shushi,,city")
        table = "\n".join(("# places", "id,name_az,name_hy,official_name,kind", *rows))
        (tmp_path / "stage" / "places.csv").write_text(table, encoding="utf-8")
        assert named_places(tmp_path) == {"h": "Hadrut", "s": "Şuşa / Shushi"}
        assert named_places(tmp_path / "nowhere") is None
