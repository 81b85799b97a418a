"""An invented campaign of four days in which formations march, fight, take places, desert, surrender and come late."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from campaign_scenarios import (
    FORMATIONS,
    GOALS,
    GROUND_PLACES,
    GROUND_SETTINGS,
    GROUND_SYSTEMS,
    GROUND_UNITS,
    SETTINGS,
    SYSTEMS,
    WAYS,
    ZONES,
    Change,
    changed,
    load_ground,
    parameters_text,
)
from staffride.lab.campaign_draws import draw_campaign, places_of
from staffride.model.campaign import run_replication
from staffride.model.campaign_block import (
    all_series_names,
    all_total_names,
    force_of,
    forces_of,
    new_afoot,
    simulate_variant,
)
from staffride.model.campaign_codes import NUMBERS
from staffride.model.campaign_ground_tally import ground_series_names
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs, Override, compile_campaign
from staffride.model.campaign_room import new_raid_room, new_room
from staffride.model.campaign_state import STATE, records
from staffride.model.campaign_steps import STEPS
from staffride.model.campaign_tally import Counts, series_names
from staffride.model.ground_state import NOWHERE, War

SEED, COUNT = 5, 24
MISSIONS = 50_000

Case = tuple[CampaignInputs, CampaignDraws]
Series = dict[str, NDArray[Any]]

VALLEY_SETTINGS = {
    "2020-06-02T00:00": "2020-06-05T00:00",
    "cutoff: 2020-06-01T12:00": "cutoff: 2020-06-04T12:00",
    "off: [mobile]}\n": (
        "off: [mobile]}\n  - {id: no-shadow, label: without a formation of nobody, off: [shadow]}\n"
    ),
}
VALLEY_PLACES = GROUND_PLACES + (
    "camp,Camp,village,Plain,plain,39.95,47.25,100,az,flat,,,,Invented.\n"
    "barracks,Barracks,village,Plain,plain,40.05,47.25,100,az,flat,,,,Invented.\n"
    "outpost,Outpost,village,Far,far,39.60,47.60,100,az,flat,,,,Invented.\n"
)
VALLEY_WAYS = WAYS + (
    "airfield-camp,airfield,camp,road,9,,flat,,,,50,,,,Invented.\n"
    "airfield-barracks,airfield,barracks,road,9,,flat,,,,50,,,,Invented.\n"
)
VALLEY_ZONES = ZONES + "far,Far,39.60,47.60,100,300,Invented.\n"
VALLEY_SYSTEMS = (
    SYSTEMS
    + GROUND_SYSTEMS
    + """\
tank:
  name: Invented tank
  kind: armour
  assumed: Invented.
  figures:
    staying_power: {value: 1, unit: "1", assumed: Invented.}
    signature: {value: 1, unit: "1", assumed: Invented.}
"""
)
VALLEY_UNITS = GROUND_UNITS + (
    "az-tanks,az,tank,ford,az-brigade,strength.az.tank,,open,none,no,,,,Invented.\n"
    "arm-tanks,arm,tank,crossroads,arm-regiment,strength.arm.tank,2,dug_in,none,no,0.5,0.5,,Invented.\n"
    "arm-tanks-depot,arm,tank,depot,arm-militia,strength.arm.tank,1,hidden,none,no,,,,Invented.\n"
)
VALLEY_ORDERS = """\
id,side,unit,package,start,end,missions,targets,zones,arrival,groups,assumed
az-hunt,az,az-watchers,,2020-06-01T04:00Z,2020-06-05T00:00Z,tempo.az.watcher,armour bridge air_defence,,spread,,I.
az-strike,az,az-seekers,first,2020-06-01T04:00Z,2020-06-01T06:00Z,tempo.az.seeker,air_defence,hills,salvo,loitering,Invented.
az-lure,az,az-decoys,first,2020-06-01T04:00Z,2020-06-01T06:00Z,tempo.az.decoy,air_defence,hills,salvo,decoys,Invented.
az-fire,az,az-guns,,2020-06-01T05:00Z,2020-06-05T00:00Z,tempo.az.gun,artillery air_defence,,spread,,Invented.
arm-fire,arm,arm-guns,,2020-06-01T06:00Z,2020-06-05T00:00Z,tempo.arm.gun,armour artillery,,spread,,Invented.
"""
VALLEY_FORMATIONS = FORMATIONS + (
    "az-shadow,az,Shadow,rifle,camp,,hasty,strength.az.shadow,,contact.line,quality.az,,,shadow,Invented.\n"
)
VALLEY_GOALS = changed(
    GOALS,
    {
        "az-crossroads,az,main,1,take,crossroads,,1.5,,0.3,": "az-crossroads,az,main,1,take,crossroads,,0.5,,0.3,",
        "az-ridge,az,main,2,take,ridge,crossroads,1.5,,0.3,": "az-ridge,az,main,2,take,ridge,crossroads,0.3,,0.1,",
        "crossroads,ridge,1,": "crossroads,ridge,0.2,",
    },
) + (
    "az-depot,az,main,3,take,depot,ridge,,,,,Invented.\n"
    "arm-ford,arm,counter,2,take,ford,ridge crossroads,0.2,,,,Invented.\n"
)
"""Both sides attack: the one along the valley, the other to take back what is lost while it holds the ridge."""

VALLEY_NUMBERS: Mapping[str, float | tuple[float, float]] = {
    "strength.az.tank": 24, "strength.arm.tank": 30, "strength.az.shadow": 0, "tempo.az.watcher": 12,
    "strength.az.brigade": (3000, 5000), "strength.az.reserve": (1000, 2000), "strength.az.groups": (150, 300),
    "strength.arm.men": (2500, 4000), "strength.arm.militia": (400, 900), "arrival.az": 8, "arrival.arm": 12,
    "control.staff_cycle": 3, "control.march_road": 10, "control.march_track": 6, "control.march_foot": 3,
    "control.detour": 24, "control.least_ratio": 0.3, "control.least_cohesion": 0.15, "control.regroup": 3,
    "control.overrun": 0.5, "control.escape": 0.4, "control.crew": 3, "control.crew_killed": 0.3,
    "control.crew_wounded": 0.4,
    "ground.rate": 0.3, "ground.exponent": 0.35, "ground.size_exponent": 0.2, "ground.intensity_spread": 0.4,
    "ground.night": 0.5, "ground.fog": 0.6, "ground.posture.hasty": 1.2, "ground.posture.prepared": 1.4,
    "ground.posture.fortified": 1.8, "ground.posture.delay": 1, "ground.dig_in": 12, "ground.terrain.rolling": 1.1,
    "ground.terrain.rugged": 1.3, "ground.armour_weight": 15, "ground.gun_weight": 8,
    "ground.cohesion_effect": 0.5, "ground.ammunition_effect": 0.5, "ground.dead_share": 0.25,
    "ground.missing_share": 0.05, "ground.armour_loss": 2, "ground.break.attack": 0.2,
    "ground.break.defence": 0.08, "ground.break.spread": 0.6, "ground.pursuit": 0.05, "ground.pause": 6,
    "ground.caution_effect": 0.3, "ground.advance.flat": 30, "ground.advance.rolling": 25,
    "ground.advance.rugged": 25, "ground.advance.spread": 0.5, "ground.advance.exponent": 0.3,
    "ground.advance.unopposed": 3,
    "ground.across_line": 0.1, "ground.mine_delay": 4, "ground.ditch_delay": 2, "ground.event_size": 60,
    "supply.az.start": 3, "supply.arm.start": 2, "supply.most": 5, "supply.persons": 6, "supply.fighters": 15,
    "supply.guns": 1, "supply.fuel": 1, "supply.defence": 0.5, "supply.rest": 0.1, "supply.short": 1,
    "supply.pace": 0.5, "supply.load": 8, "supply.ford": 0.2, "supply.repair": 12, "supply.hunted": 0.01,
    "cohesion.brittleness": 0.5, "cohesion.losses": 5, "cohesion.place": 0.2, "cohesion.encirclement": 1,
    "cohesion.hunger": 0.5, "cohesion.silence": 0.2, "cohesion.drones": 0.3, "cohesion.recovery": 48,
    "cohesion.shaken": 0.9, "cohesion.desertion": 0.8, "cohesion.rout": 1, "cohesion.surrender": 4,
    "cohesion.crews": 0.5, "cohesion.gathering": 6,
    "infiltration.speed": 2.5, "infiltration.watch": 0.002, "infiltration.dark": 0.5, "infiltration.fog": 0.3,
    "infiltration.rugged": 0.5, "infiltration.loss": 0.2, "infiltration.breakthrough": 0.3,
    "infiltration.rest": 6, "infiltration.gap": 4, "infiltration.press": 0.05, "infiltration.calls": 0.1,
    "infiltration.ambush": 0.02,
    "diplomacy.truce_rate": 0.01, "diplomacy.break_rate": 0.2, "diplomacy.truce_intensity": 0.3,
    "diplomacy.acceptance_rate": 0, "diplomacy.pressure_growth": 0.01, "diplomacy.az.embargo": 0.1,
    "diplomacy.arm.embargo": 0.3, "diplomacy.transparency": 0.5,
    "city_strikes.az.rate": 0.3, "city_strikes.arm.rate": 0.2, "city_strikes.deaths_per_munition": 0.5,
    "city_strikes.dispersion": 1, "city_strikes.az.warning": 0.3, "city_strikes.arm.warning": 0.3,
    "city_strikes.shelter": 0.5, "flight.danger_rate": 0.02, "flight.neighbour_rate": 0.05, "flight.nearby": 0.3,
    "flight.felt_by": 500, "flight.memory": 24, "flight.stay_share": 0.1, "flight.ground_deaths": 1e-4,
}  # fmt: skip
"""Numbers with which every rule has something to do; the middle of the limits would end the war in its first hour."""


def with_numbers(text: str, numbers: Mapping[str, float | tuple[float, float]]) -> str:
    """Return the text of a file of parameters with values, or 90 % ranges, put in; new ones are numbers of things."""
    for name, value in numbers.items():
        told = f"range: [{value[0]}, {value[1]}]" if isinstance(value, tuple) else f"value: {value}"
        text, found = re.subn(
            rf"(?m)^({re.escape(name)}: {{)(?:value|range): (?:\[.*?\]|[^,]*), unit",
            rf"\g<1>{told}, unit",
            text,
        )
        if not found:
            assert name.startswith("strength."), f"there is no parameter {name}"
            text += f'{name}: {{{told}, unit: "1", assumed: Invented.}}\n'
    return text


def valley_files(numbers: Mapping[str, float | tuple[float, float]] | None = None) -> dict[str, Change]:
    """Return the changes that make the campaign of the valley out of the one with a ground half."""
    return {
        "settings": changed(changed(SETTINGS, GROUND_SETTINGS), VALLEY_SETTINGS),
        "parameters": with_numbers(parameters_text(ground=True), {**VALLEY_NUMBERS, **(numbers or {})}),
        "systems": VALLEY_SYSTEMS,
        "places": VALLEY_PLACES,
        "zones": VALLEY_ZONES,
        "units": VALLEY_UNITS,
        "orders": VALLEY_ORDERS,
        "ways": VALLEY_WAYS,
        "formations": VALLEY_FORMATIONS,
        "goals": VALLEY_GOALS,
    }


def valley(
    folder: Path,
    numbers: Mapping[str, float | tuple[float, float]] | None = None,
    count: int = COUNT,
    **files: Change,
) -> Case:
    """Return the campaign of the valley with changes, in arrays."""
    scenario = load_ground(folder, **{**valley_files(numbers), **files})
    inputs = compile_campaign(scenario)
    return inputs, draw_campaign(scenario, count, SEED, inputs)


def run(
    inputs: CampaignInputs, draws: CampaignDraws, variant: int = 0, rows: slice | None = None
) -> tuple[Series, Series]:
    """Return the hourly series (R, T) and the totals (R,) of a variant, both by name."""
    rows = rows or slice(0, len(draws.numbers))
    found = simulate_variant(inputs, draws, variant, SEED, rows)
    values = np.concatenate([found.series, found.ground_series], axis=1)
    series = {name: values[:, at] for at, name in enumerate(all_series_names(inputs))}
    return series, {name: found.totals[:, at] for at, name in enumerate(all_total_names(inputs))}


def assert_same(one: tuple[Series, Series], other: tuple[Series, Series], but: tuple[str, ...] = ()) -> None:
    """Assert that series and totals are the same bit for bit, but for those with some beginnings."""
    for before, after in zip(one, other, strict=True):
        assert before.keys() == after.keys()
        for name, values in before.items():
            if not name.startswith(but):
                np.testing.assert_array_equal(values, after[name], err_msg=name)


def with_number(inputs: CampaignInputs, draws: CampaignDraws, **values: float) -> CampaignDraws:
    """Return the draws with parameters fixed; ``__`` in a name stands for a point."""
    for name, value in values.items():
        array, at = places_of(inputs)[name.replace("__", ".")]
        column = getattr(draws, array).copy()
        column[(slice(None), *at)] = value
        draws = replace(draws, **{array: column})
    return draws


def with_theatre(inputs: CampaignInputs, **arrays: Any) -> CampaignInputs:
    """Return the campaign with some arrays of its theatre replaced."""
    return replace(inputs, afoot=inputs.afoot._replace(theatre=inputs.afoot.theatre._replace(**arrays)))


def with_columns(rows: Any, **columns: Any) -> Any:
    """Return a copy of records with some columns set."""
    rows = rows.copy()
    for name, values in columns.items():
        rows[name] = values
    return rows


def swapped(inputs: CampaignInputs, draws: CampaignDraws) -> Case:
    """Return the same campaign with the sides of everything exchanged; ids, rows and places stay."""
    theatre, numbers = inputs.afoot.theatre, draws.numbers.copy()
    for at, name in enumerate(NUMBERS):
        if ".0." in name:
            other = NUMBERS.index(name.replace(".0.", ".1."))
            numbers[:, [at, other]] = draws.numbers[:, [other, at]]
    sites, held = theatre.sites, theatre.sites.holder != NOWHERE
    sites = with_columns(
        sites, holder=np.where(held, 1 - sites.holder, NOWHERE), civilians_0=sites.civilians_1,
        civilians_1=sites.civilians_0,
    )  # fmt: skip
    mirrored = with_theatre(
        inputs, sites=sites, formations=with_columns(theatre.formations, side=1 - theatre.formations.side),
        goals=with_columns(theatre.goals, side=1 - theatre.goals.side),
        source_side=(1 - theatre.source_side).astype(np.int32),
        strike_side=(1 - theatre.strike_side).astype(np.int32),
    )  # fmt: skip
    units = with_columns(inputs.units, side=1 - inputs.units.side)
    overrides = tuple(tuple(map(_of_other_side, changes)) for changes in draws.overrides)
    return replace(mirrored, units=units), replace(draws, numbers=numbers, overrides=overrides)


def _of_other_side(change: Override) -> Override:
    """Return what a variant changes in a number of the other side."""
    if change.array != "numbers":
        return change
    name = NUMBERS[change.at[0]]
    return change._replace(at=(NUMBERS.index(mirror_of(name, ("0", "1"))),))


def mirror_of(name: str, sides: tuple[str, str]) -> str:
    """Return the name of the same series or total of the other side."""
    first, second = sides
    return ".".join({first: second, second: first}.get(part, part) for part in name.split("."))


class Ended:
    """One replication of the baseline, run for some hours: its state at their end."""

    def __init__(self, inputs: CampaignInputs, draws: CampaignDraws, replication: int, hours: int) -> None:
        row = slice(replication, replication + 1)
        self.inputs, self.force = inputs, force_of(forces_of(inputs, draws, 0, row), 0)
        self.state, self.room = records(inputs.units.size, STATE), new_room(inputs, MISSIONS)
        self.afoot, self.spent = new_afoot(inputs), np.zeros(len(STEPS), np.int64)
        series = np.empty((len(series_names(inputs.sides)), hours), np.float32)
        self.ground_series = np.empty((len(ground_series_names(inputs.sides)), hours), np.float32)
        scenario = (1, 0, hours, inputs.units, inputs.orders, inputs.ground)
        assert run_replication(
            SEED, replication, *scenario, self.force, self.state, self.room,
            new_raid_room(inputs.units.size, MISSIONS), self.afoot, series, self.ground_series, self.spent,
        )  # fmt: skip

    @property
    def counts(self) -> Counts:
        return self.room.counts

    @property
    def war(self) -> War:
        assert self.afoot is not None
        return self.afoot.war

    def recorded(self, name: str) -> NDArray[Any]:
        """Return a series of the ground half, (T,)."""
        return self.ground_series[ground_series_names(self.inputs.sides).index(name)]
