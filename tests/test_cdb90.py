"""Battles of CDB90: read with judged columns apart, fought on the campaign's kernels, laid beside the record."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cdb90_cases import BATTLES, dates, read, row, some_battles, spoiled, write
from staffride.errors import InputError
from staffride.lab.battle_figures import (
    advantage,
    advantage_names_winner,
    bounds,
    brier_of_halves,
    figures,
    interval,
    resampled,
    slope,
)
from staffride.lab.battle_records import Fought, Setting, read_battles
from staffride.lab.battles import BEGINS_H, PLANS, Result, fight_battles, ground_numbers, planned
from staffride.model.campaign_codes import number
from staffride.model.ground_state import DELAY, FORTIFIED, HASTY, RUGGED
from staffride.scenario.loader import load

SEED, REPLICATIONS = 1, 100


@pytest.fixture(scope="module")
def battles(shared_dir: Path) -> Path:
    path = shared_dir / BATTLES
    if not path.is_file():
        pytest.skip(f"no battles at {path}: give the folder above reference/cdb90 with --shared FOLDER")
    return path


@cache
def drawn(replications: int) -> np.ndarray:
    return ground_numbers(load("karabakh-2020").parameters, replications, SEED)


@cache
def fought_by_model(path: Path) -> tuple[list[Setting], Fought, Result]:
    settings, record = read_battles(path)
    return settings, record, fight_battles(settings, drawn(REPLICATIONS), SEED)


def table(strength: object, casualties: object, result: object = 1, days: object = 1.0) -> Fought:
    pairs = np.array(strength, float)
    count = len(pairs)
    return Fought(
        pairs,
        np.array(casualties, float),
        np.broadcast_to(np.array(days, float), count),
        np.full(count, 2.0),
        np.broadcast_to(np.array(result, np.int64), count),
        np.full(count, RUGGED, np.int64),
    )


def same(one: Result, other: Result) -> bool:
    columns = zip(one.fought, other.fought, strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for x, y in columns for a, b in zip(x, y, strict=True))


# --- reading --------------------------------------------------------------------------------------------


def test_a_battle_is_read_with_its_signed_codes(tmp_path: Path) -> None:
    rows = [row(7, WINA=-1, KMDA=-4, POST1="HD", POST2="FD", CASD=-1, TANKD=-1, WOFD1=-1, WOFA1=9)]
    (setting,), record = read_battles(write(tmp_path / "battles.csv", rows))
    assert (setting.number, setting.year, setting.strength) == (7, 1944, (12_000.0, 6_000.0))
    assert (setting.postures, setting.ground, setting.front_km) == ((HASTY, FORTIFIED), 1, 9.0)
    assert setting.armour == (0.0, 0.0), "tanks of one side alone would say who had more"
    assert setting.guns == (90.0, 40.0)
    assert (record.result[0], record.km[0], record.days[0]) == (-1, -4.0, 2.0)
    assert record.casualties[0, 0] == 400.0
    assert np.isnan(record.casualties[0, 1])


def test_battles_before_1900_or_of_unknown_strength_are_left_out(tmp_path: Path) -> None:
    rows = [row(1, ATPBYR1=1899), row(2, STRD=-1), row(3, STRA=""), row(4, POST1="WD", POST2="OO")]
    (setting,), _ = read_battles(write(tmp_path / "battles.csv", rows))
    assert setting.number == 4
    assert setting.postures == (DELAY,)


def test_a_day_that_phases_share_counts_once(tmp_path: Path) -> None:
    phases = dates(2, date(1944, 5, 12), date(1944, 5, 14)) | dates(3, date(1944, 5, 20), date(1944, 5, 20))
    _, record = read_battles(write(tmp_path / "battles.csv", [row(1, NOATP=3, **phases)]))
    assert record.days[0] == 5.0


def test_every_defect_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    backwards = dates(1, date(1944, 5, 12), date(1944, 5, 11))
    path = write(tmp_path / "battles.csv", [row(1, STRA="many"), row(2), row(3, **backwards)])
    with pytest.raises(InputError) as caught:
        read_battles(path)
    assert [(problem.line, problem.message) for problem in caught.value.problems] == [
        (2, "column STRA holds 'many', which is no number"),
        (4, "phase 1 ends before it begins"),
    ]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"lacks the columns .*STRA"):
        read_battles(tmp_path / "other.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_battles(tmp_path / "none.csv")


# --- figures of a table ---------------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [-1.0, 0.0, 0.3])
def test_the_slope_of_a_power_law_is_its_exponent(exponent: float) -> None:
    ratio = np.array([0.5, 1.0, 2.0, 3.0, 8.0])
    losses = np.column_stack((100.0 * ratio**exponent, np.full(5, 100.0)))
    fought = table(np.column_stack((1e4 * ratio, np.full(5, 1e4))), losses)
    assert slope(fought) == pytest.approx(exponent)


def test_helmbolds_advantage_at_a_worked_value() -> None:
    fought = table([(1000, 1000), (1000, 1000)], [(100, 200), (200, 100)], [1, 1])
    # half the logarithm of 0.19 / 0.36
    assert advantage(fought) == pytest.approx([-0.319540, 0.319540], abs=1e-6)
    assert advantage_names_winner(fought) == 0.5


def test_medians_and_quartiles_of_a_table() -> None:
    fought = table([(4000, 30_000)] * 3, [(40, 300), (80, 600), (200, 900)], 1, 2.0)
    values = figures(fought)
    assert values["daily loss, attacker, under 5,000, %"] == pytest.approx(1.0)
    assert values["daily loss, defender, from 20,000, %"] == pytest.approx(1.0)
    assert values["advance, rugged, 50 %, km/day"] == pytest.approx(1.0)
    assert np.isnan(values["advance, flat, 50 %, km/day"])


def test_resampling_is_keyed_and_covers_the_figure() -> None:
    fought = table(
        [(1000 * n, 1000) for n in range(1, 40)], [(10 * n**0.7 + n % 3, 10) for n in range(1, 40)]
    )
    once, again = (resampled(fought, 50, 3)["slope"] for _ in range(2))
    assert np.array_equal(once, again)
    low, high = interval(once)
    assert low < slope(fought) < high


def test_brier_of_a_perfect_and_of_a_constant_forecast() -> None:
    won = np.arange(60) % 3 > 0
    scores = brier_of_halves(won.astype(float), np.full(60, 2.0), won, 1)
    assert scores["model"].size == 200
    assert np.all(scores["model"] == 0.0)
    assert np.allclose(scores["force ratio"], scores["constant"], atol=1e-3), "the ratio says nothing here"


# --- battles fought -------------------------------------------------------------------------------------


def test_what_was_judged_afterwards_changes_nothing(tmp_path: Path) -> None:
    rows = some_battles()
    before, record = read_battles(write(tmp_path / "one.csv", rows))
    after, other = read_battles(write(tmp_path / "two.csv", spoiled(rows, 5)))
    assert before == after
    assert not np.array_equal(record.casualties, other.casualties)
    assert not np.array_equal(record.days, other.days)
    assert same(fight_battles(before, drawn(4), SEED), fight_battles(after, drawn(4), SEED))


def test_what_was_judged_afterwards_changes_nothing_in_the_record(battles: Path, tmp_path: Path) -> None:
    settings, _, result = fought_by_model(battles)
    path = write(tmp_path / "spoiled.csv", spoiled(read(battles), 5))
    again, _ = read_battles(path)
    assert again == settings
    assert same(fight_battles(again, drawn(REPLICATIONS), SEED), result)


def test_a_battle_does_not_depend_on_the_others(tmp_path: Path) -> None:
    settings, _ = read_battles(write(tmp_path / "battles.csv", some_battles()))
    every, some = (fight_battles(chosen, drawn(3), SEED) for chosen in (settings, settings[::-3]))
    kept = Result(tuple(one.rows(np.arange(len(settings))[::-3]) for one in every.fought), every.chance[::-3])
    assert same(kept, some)


def test_persons_days_and_ground_stay_within_what_there_was(tmp_path: Path) -> None:
    settings, _ = read_battles(write(tmp_path / "battles.csv", some_battles()))
    result = fight_battles(settings, drawn(20), SEED)
    plans = np.array([planned(setting, 20, SEED, PLANS) for setting in settings])
    for replication, now in enumerate(result.fought):
        assert np.all((now.casualties >= 0.0) & (now.casualties <= now.strength))
        assert np.all(now.days <= plans[:, 1, replication])
        assert np.all(now.km <= plans[:, 0, replication])
    assert set(np.unique(result.pooled.result)) == {-1, 0, 1}
    assert BEGINS_H == 6


def test_a_stronger_attack_wins_more_often_and_loses_a_smaller_share(tmp_path: Path) -> None:
    rows = [row(1, STRA=3_000), row(1, STRA=12_000), row(1, STRA=48_000)]
    settings, _ = read_battles(write(tmp_path / "battles.csv", rows))
    numbers = drawn(200).copy()
    numbers[:, number("ground.size_exponent")] = 0.0
    result = fight_battles(settings, numbers, SEED)
    share = np.mean([now.casualties[:, 0] / now.strength[:, 0] / now.days for now in result.fought], axis=0)
    assert result.chance[0] < result.chance[1] <= result.chance[2]
    assert share[0] > share[1] > share[2]


def test_later_years_lose_less(tmp_path: Path) -> None:
    rows = [row(1), row(1, **dates(1, date(1916, 7, 1), date(1916, 7, 2)))]
    settings, _ = read_battles(write(tmp_path / "battles.csv", rows))
    late, early = np.mean([t.casualties / t.strength / t.days[:, None] for t in
                           fight_battles(settings, drawn(100), SEED).fought], axis=0)  # fmt: skip
    assert np.all(late < early)


# --- the record -----------------------------------------------------------------------------------------


def test_the_slope_of_casualties_is_far_from_the_square_law(battles: Path) -> None:
    assert 0.1 <= slope(fought_by_model(battles)[2].pooled) <= 0.5


def test_the_advantage_names_the_winner_about_as_often_as_in_history(battles: Path) -> None:
    assert 0.7 <= advantage_names_winner(fought_by_model(battles)[2].pooled) <= 0.9


def test_daily_losses_and_advances_are_those_of_history(battles: Path) -> None:
    _, record, result = fought_by_model(battles)
    model, demanded = figures(result.pooled), bounds(figures(record))
    assert len(demanded) == 19
    outside = {n: (model[n], low, high) for n, (low, high) in demanded.items() if not low <= model[n] <= high}
    assert outside == {}
