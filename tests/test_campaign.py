"""The campaign as a whole: both sides alike, nothing lost and nothing made, weather and jamming in their places."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from campaign_scenarios import load_campaign, write_campaign
from staffride.errors import InputError
from staffride.lab.campaign_draws import draw_campaign, places_of
from staffride.model import campaign_block, campaign_room
from staffride.model.campaign import run_replication
from staffride.model.campaign_block import (
    force_of,
    forces_of,
    kept_names,
    new_afoot,
    simulate_campaign_block,
    simulate_variant,
)
from staffride.model.campaign_codes import AIR_DEFENCE, CLASSES, NUMBERS, figure
from staffride.model.campaign_ground_tally import ground_series_names
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, compile_campaign
from staffride.model.campaign_room import new_raid_room, new_room
from staffride.model.campaign_state import STATE, records
from staffride.model.campaign_steps import STEPS
from staffride.model.campaign_tally import FAILED, LOADED, LOST, RELEASED, series_names
from staffride.model.kinds import parameters_of
from staffride.scenario import load

SEED, COUNT = 1, 40


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> tuple[CampaignInputs, CampaignDraws]:
    folder = tmp_path_factory.mktemp("campaign") / "hills"
    write_campaign(folder)
    scenario = load_campaign(folder)
    inputs = compile_campaign(scenario)
    return inputs, draw_campaign(scenario, COUNT, SEED, inputs)


def run(inputs: CampaignInputs, draws: CampaignDraws, variant: int = 0) -> dict[str, NDArray[Any]]:
    """Return the hourly series of a variant by name, (COUNT, T)."""
    series = simulate_variant(inputs, draws, variant, SEED, slice(0, COUNT)).series
    return {name: series[:, at] for at, name in enumerate(series_names(inputs.sides))}


def with_number(inputs: CampaignInputs, draws: CampaignDraws, name: str, value: float) -> CampaignDraws:
    """Return the draws with one parameter or figure fixed."""
    array, at = places_of(inputs)[name]
    changed = getattr(draws, array).copy()
    changed[(slice(None), *at)] = value
    return replace(draws, **{array: changed})


def swapped(inputs: CampaignInputs, draws: CampaignDraws) -> tuple[CampaignInputs, CampaignDraws]:
    """Return the same campaign with the sides of all units and of all numbers exchanged; ids stay."""
    units = inputs.units.copy()
    units.side = 1 - inputs.units.side
    numbers = draws.numbers.copy()
    for at, name in enumerate(NUMBERS):
        if ".0." in name:
            other = NUMBERS.index(name.replace(".0.", ".1."))
            numbers[:, [at, other]] = draws.numbers[:, [other, at]]
    return replace(inputs, units=units), replace(draws, numbers=numbers)


def test_swapping_the_sides_swaps_the_results_exactly(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    inputs, draws = case
    for variant in range(len(inputs.variants)):
        before, after = run(inputs, draws, variant), run(*swapped(inputs, draws), variant)
        first, second = inputs.sides
        for name in series_names(inputs.sides):
            other = {first: second, second: first}.get(name.rpartition(".")[2])
            mirror = name if other is None else f"{name.rpartition('.')[0]}.{other}"
            np.testing.assert_array_equal(before[name], after[mirror])


def test_a_campaign_is_no_smoke(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    """Both sides fly, shoot and lose in the fixture, so that the laws below are not of nothing."""
    series = run(*case)
    for name in ("sorties.az", "sorties.arm", "threats.arm", "rounds_fired.arm", "lost.air_defence.arm"):
        assert series[name][:, -1].mean() > 0.5


def final_state(inputs: CampaignInputs, draws: CampaignDraws, replication: int) -> tuple[Any, Any, Any]:
    """Return state, counts and the elements at the start of one replication of the baseline."""
    force = force_of(forces_of(inputs, draws, 0, slice(0, COUNT)), replication)
    state, room, afoot = records(inputs.units.size, STATE), new_room(inputs, 10_000), new_afoot(inputs)
    raids, spent = new_raid_room(inputs.units.size, 10_000), np.zeros(len(STEPS), np.int64)
    series = np.empty((len(series_names(inputs.sides)), inputs.hours), np.float32)
    ground = np.empty((len(ground_series_names(inputs.sides)), inputs.hours), np.float32)
    scenario = (1, 0, inputs.hours, inputs.units, inputs.orders, inputs.ground)
    assert run_replication(
        SEED, replication, *scenario, force, state, room, raids, afoot, series, ground, spent
    )
    return state, room.counts, force


def test_rounds_munitions_and_elements_are_conserved(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    inputs, draws = case
    units = inputs.units
    for replication in range(COUNT):
        state, counts, force = final_state(inputs, draws, replication)
        magazine = np.floor(force.figures[units.system, figure("magazine")] + 0.5)
        reloads = force.numbers[NUMBERS.index("air_defence.reloads")]
        munitions = np.floor(force.figures[units.system, figure("munitions")] + 0.5)
        munitions[units.expendable] = 1
        for side in range(2):
            mine = units.side == side
            guns = mine & (units.target_class == AIR_DEFENCE)
            ready = state.initial[guns] * magazine[guns]
            begun = ready.sum() + np.floor(ready * reloads + 0.5).sum()
            left = state.rounds[guns].sum() + state.reserve[guns].sum()
            assert begun == left + counts.rounds_fired[side] + counts.rounds_lost[side]
            booked = counts.munitions[side]
            carried = (state.initial[mine] * munitions[mine]).sum() + booked[LOADED]
            spent = booked[RELEASED] + booked[LOST] + booked[FAILED]
            assert carried == state.stock[mine].sum() + spent
            gone = state.initial[mine].sum() - state.elements[mine].sum()
            assert gone == counts.lost[side].sum() + state.used[mine].sum()
        assert (counts.cause.sum(axis=2) <= counts.lost).all()
        for column in ("elements", "stock", "rounds", "reserve", "dummies"):
            assert (state[column] >= 0).all()


def test_counts_never_fall_and_leakers_are_threats(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    inputs, draws = case
    series = run(inputs, draws)
    for side in inputs.sides:
        for name in (*(f"lost.{one}" for one in CLASSES), "sorties", "threats", "leakers", "rounds_fired"):
            assert (np.diff(series[f"{name}.{side}"], axis=1) >= 0).all()
        assert (series[f"leakers.{side}"] <= series[f"threats.{side}"]).all()
        assert (series[f"share_lost.air_defence.{side}"] <= 1).all()


def test_fog_never_raises_what_is_flown(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    inputs, draws = case
    clear = with_number(inputs, draws, "weather.low_cloud_share", 0.0)
    clear = with_number(inputs, clear, "weather.fog_share", 0.0)
    fog = with_number(inputs, clear, "weather.fog_share", 0.97)
    flown_in_clear, flown_in_fog = run(inputs, clear), run(inputs, fog)
    for name in ("threats.arm", "threats.az", "sorties.az"):
        assert flown_in_fog[name][:, -1].mean() <= flown_in_clear[name][:, -1].mean()
    assert flown_in_fog["threats.arm"][:, -1].mean() < flown_in_clear["threats.arm"][:, -1].mean()


def test_in_fog_all_day_nothing_that_needs_sight_flies(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    inputs, draws = case
    ground = inputs.ground._replace(given_weather=np.full_like(inputs.ground.given_weather, 2))
    limits = draws.figures.copy()
    flyers = np.unique(inputs.units.system[inputs.units.threat >= 0])
    limits[:, flyers, figure("weather_limit")] = 1.0
    series = run(replace(inputs, ground=ground), replace(draws, figures=limits))
    assert series["threats.arm"].max() == 0
    assert series["threats.az"].max() == 0
    assert series["flyable"].max() == 0


def test_a_unit_that_takes_no_part_moves_nobody(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    """A row added at the end of units, of a group that is off, leaves every other draw as it was."""
    inputs, draws = case
    units = records(inputs.units.size + 1, inputs.units.dtype)
    units[:-1], units[-1] = inputs.units, inputs.units[0]
    more = replace(
        inputs,
        units=units,
        ground=inputs.ground._replace(search=np.vstack([inputs.ground.search, inputs.ground.search[:1]])),
        unit_on=np.hstack([inputs.unit_on, np.zeros((len(inputs.variants), 1), bool)]),
    )
    before, after = run(inputs, draws), run(more, draws)
    for name, values in before.items():
        np.testing.assert_array_equal(values, after[name])


def test_one_replication_alone_equals_itself_among_many(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    inputs, draws = case
    whole = simulate_campaign_block(inputs, draws, SEED, 0, COUNT)
    alone = simulate_campaign_block(inputs, draws, SEED, 7, 1)
    for name, values in whole.totals.items():
        np.testing.assert_array_equal(values[7:8], alone.totals[name])
    assert kept_names(inputs) <= set(whole.totals)


def test_sides_with_nothing_in_reach_leave_each_other_alone(
    case: tuple[CampaignInputs, CampaignDraws],
) -> None:
    inputs, draws = case
    figures = draws.figures.copy()
    figures[:, :, figure("reach")] = 0.0
    series = run(inputs, replace(draws, figures=figures))
    assert series["sorties.az"].max() == 0
    assert series["sorties.arm"].max() == 0


def test_a_raid_that_finds_no_room_is_run_again_in_more(
    case: tuple[CampaignInputs, CampaignDraws], monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, draws = case
    ample = run(inputs, draws)
    small: list[int] = []

    def one_threat(units: int, missions: int) -> campaign_room.RaidRoom:
        small.append(units)
        return campaign_room.new_raid_room(units, missions, threats=1, channels=1)

    monkeypatch.setattr(campaign_block, "new_raid_room", one_threat)
    tight = run(inputs, draws)
    assert small, "the small room was asked for"
    for name, values in ample.items():
        np.testing.assert_array_equal(values, tight[name])


def test_more_missions_than_fit_are_refused_with_what_to_check(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    write_campaign(folder)
    file = folder / "parameters.yaml"
    many = file.read_text().replace(
        "strength.az.gun: {range: [10, 16]", "strength.az.gun: {range: [1000, 1600]"
    )
    file.write_text(many.replace("tempo.az.gun: {value: 40", "tempo.az.gun: {value: 9000"))
    scenario = load(folder, parameters_of)
    with pytest.raises(InputError) as refused:
        draw_campaign(scenario, 2, SEED, compile_campaign(scenario))
    assert "missions" in str(refused.value)
    assert "`tempo.*`" in str(refused.value)


def test_plain_python_gives_the_same_bits(case: tuple[CampaignInputs, CampaignDraws]) -> None:
    """Uncompiled, every index out of bounds is an error; compiled, none may hide."""
    inputs, draws = case
    found = simulate_variant(inputs, draws, 0, SEED, slice(0, 2))
    series, totals = found.series, found.totals
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.pickle"
        path.write_bytes(pickle.dumps((inputs, draws)))
        plain = subprocess.run(
            [sys.executable, "-c", PLAIN, str(path), str(SEED)],
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
            capture_output=True,
            check=True,
        )
    there = pickle.loads(plain.stdout)
    np.testing.assert_array_equal(series, there[0])
    np.testing.assert_array_equal(totals, there[1])


PLAIN = """
import pathlib, pickle, sys
from staffride.model.campaign_block import simulate_variant
inputs, draws = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
found = simulate_variant(inputs, draws, 0, int(sys.argv[2]), slice(0, 2))
sys.stdout.buffer.write(pickle.dumps((found.series, found.totals)))
"""
