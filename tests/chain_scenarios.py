"""A small invented chain for tests: a road that closes for a month, a war of four days, a valley that people leave."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from campaign_scenarios import write_ground
from ground_cases import valley_files as war_files
from scenario_folders import write_valley
from staffride.lab.chain_draws import draw_chain
from staffride.model.chain import ChainBlock, simulate_chain_block
from staffride.model.chain_inputs import ChainDraws, ChainInputs, compile_chain
from staffride.model.kinds import parameters_of
from staffride.scenario import Scenario, load

SEED, COUNT, DAYS = 3, 12, 46
WAR_FROM_H = 31 * 24
"""The war begins 31 days after the chain, whose days are those of May and the first half of June."""

SETTINGS = """\
name: pass
title: An invented mountain pass
description: A road closes, a war follows, people leave; every figure is made up.
kind: chain
illustrative: true
period: {start: 2020-05-01T00:00+00:00, end: 2020-06-16T00:00+00:00, time_zone: UTC}
cutoff: 2020-06-05T00:00+00:00
record_every_h: 24
sides: [az, arm]
side: arm
operation: front
displacement: valley
"""

VARIANTS = """\
variants:
  - {id: stocks-known, label: stocks at their medians, median: [closure.*]}
  - {id: war-known, label: the war at its medians, median: ["ground.*", "cohesion.*", "system.*", "strength.*"]}
  - {id: leaving-known, label: departure at its medians, median: ["departure.*", "population.*"]}
"""

EVENTS = """\
id,kind,time,duration_h,known_from,given,assumed,note
closed,closure,2020-05-02T12:00+00:00,,2020-05-03T00:00+00:00,yes,Invented.,Ordinary traffic stops.
stopped,stop,2020-05-11T00:00+00:00,240,2020-05-22T00:00+00:00,yes,Invented.,Nothing passes for ten days.
word,statement,2020-05-30T00:00+00:00,,2020-05-30T00:00+00:00,yes,Invented.,Changes nothing.
"""

NUMBERS: Mapping[str, str] = {
    "closure.food.need": "value: 10, unit: t/day",
    "closure.food.stock": "range: [10, 20], unit: day",
    "closure.food.own": "range: [0.2, 0.4], unit: '1'",
    "closure.food.relief": "range: [0.2, 0.5], unit: '1'",
    "closure.food.least": "range: [0.4, 0.8], unit: '1'",
    "closure.fuel.need": "value: 4, unit: t/day",
    "closure.fuel.stock": "range: [5, 15], unit: day",
    "closure.fuel.own": "value: 0, unit: '1'",
    "closure.fuel.relief": "range: [0.1, 0.3], unit: '1'",
    "closure.fuel.least": "value: 0.2, unit: '1'",
    "closure.medicine.need": "value: 1, unit: t/day",
    "closure.medicine.stock": "value: 30, unit: day",
    "closure.medicine.own": "value: 0, unit: '1'",
    "closure.medicine.relief": "range: [0.4, 0.8], unit: '1'",
    "closure.medicine.least": "value: 1, unit: '1'",
    "closure.open": "value: 1.5, unit: '1'",
    "closure.memory": "value: 10, unit: day",
    "talks.rate": "value: 0.01, unit: 1/day",
    "talks.hunger_effect": "distribution: {kind: normal, mean: 0.5, sd: 0.5}, unit: '1'",
    "talks.delay": "range: [1, 3], unit: day",
    "link.supply_effect": "range: [0, 0.8], unit: '1'",
    "link.turnout_effect": "distribution: {kind: normal, mean: -0.3, sd: 0.3}, unit: '1'",
    "link.quality_effect": "distribution: {kind: normal, mean: -0.3, sd: 0.3}, unit: '1'",
    "link.open_delay": "range: [1, 3], unit: day",
    "link.without_fuel": "range: [0.5, 1], unit: '1'",
    "link.danger_effect": "distribution: {kind: normal, mean: 0.5, sd: 0.5}, unit: '1'",
    "link.held_effect": "range: [0, 4], unit: '1'",
    "link.stay_without_operation": "range: [0.6, 1], unit: '1'",
    "returns.rate": "range: [0.004, 0.012], unit: 1/day",
    "returns.horizon": "value: 365, unit: day",
    "returns.safety": "range: [0, 1], unit: '1'",
    "returns.property": "range: [0, 1], unit: '1'",
    "returns.guarantee": "range: [0, 0.5], unit: '1'",
    "returns.mandate": "range: [0, 1], unit: '1'",
    "returns.safety_effect": "range: [0, 3], unit: '1'",
    "returns.property_effect": "range: [0, 2], unit: '1'",
    "returns.guarantee_effect": "range: [0, 2], unit: '1'",
    "returns.mandate_effect": "range: [0, 2], unit: '1'",
    "population.residents": "range: [500, 900], unit: persons",
    "departure.open_hour": "value: 2, unit: h",
    "checkpoint.open_hour": "value: 0, unit: h",
    "buses.first_hour": "value: 12, unit: h",
    "fuel.open_hour": "value: 2, unit: h",
}
"""The chain's own parameters, and a few of the valley's that make sense for a road that opens at any hour."""


def parameters_text(**numbers: str) -> str:
    """Return the chain's parameters, some of them replaced; ``__`` in a name stands for a point."""
    own = {name.replace("__", "."): text for name, text in numbers.items()}
    return "".join(f"{name}: {{{text}, assumed: Invented.}}\n" for name, text in {**NUMBERS, **own}.items())


def write_chain(folder: Path, settings: str = SETTINGS, events: str = EVENTS, **numbers: str) -> Path:
    """Write the invented chain with its two stages beside it, and return its folder."""
    write_ground(folder / "front", **war_files({"diplomacy.acceptance_rate": 0.02}))
    write_valley(folder / "valley")
    chain = folder / "pass"
    chain.mkdir(parents=True)
    (chain / "scenario.yaml").write_text(settings, encoding="utf-8")
    (chain / "parameters.yaml").write_text(parameters_text(**numbers), encoding="utf-8")
    (chain / "events.csv").write_text(events, encoding="utf-8")
    return chain


def load_chain(folder: Path, settings: str = SETTINGS, events: str = EVENTS, **numbers: str) -> Scenario:
    """Write the invented chain with changes, and load it."""
    return load(write_chain(folder, settings, events, **numbers), parameters_of)


def chain(
    folder: Path, settings: str = SETTINGS, events: str = EVENTS, count: int = COUNT, **numbers: str
) -> tuple[ChainInputs, ChainDraws]:
    """Return the invented chain with changes in arrays, and its draws."""
    scenario = load_chain(folder, settings, events, **numbers)
    inputs = compile_chain(scenario)
    return inputs, draw_chain(scenario, count, SEED, inputs)


@cache
def the_chain() -> tuple[Scenario, ChainInputs, ChainDraws]:
    """Return the invented chain with its variants, in arrays too, and its draws."""
    with TemporaryDirectory() as folder:
        scenario = load_chain(Path(folder), SETTINGS + VARIANTS)
        inputs = compile_chain(scenario)
        return scenario, inputs, draw_chain(scenario, COUNT, SEED, inputs)


@cache
def the_block() -> ChainBlock:
    """Return all replications of the invented chain."""
    _, inputs, draws = the_chain()
    return simulate_chain_block(inputs, draws, SEED, 0, COUNT)


def same(one: ChainBlock, other: ChainBlock, rows: slice = slice(None)) -> bool:
    """Return whether a block holds the same numbers as some rows of another."""
    totals = all(
        np.array_equal(one.totals[name], other.totals[name][rows], equal_nan=True) for name in one.totals
    )
    return totals and all(np.array_equal(one.series[name], other.series[name][rows]) for name in one.series)
