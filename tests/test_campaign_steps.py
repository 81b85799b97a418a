"""The list of steps is what the program follows: the kernels stamp them in this order, and each has its file."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import staffride.model
from campaign_scenarios import load_campaign
from ground_cases import SEED, Case, valley
from staffride.lab.campaign_draws import draw_campaign
from staffride.model import campaign, campaign_ground, campaign_steps
from staffride.model.campaign_block import simulate_variant
from staffride.model.campaign_inputs import compile_campaign
from staffride.model.campaign_steps import STEPS, stamp

MODEL = Path(staffride.model.__path__[0])
FILES = {"change of control": "control", "record": "campaign_tally"}
"""Steps that are not called as their file is: the second use of a file, and what is no phenomenon."""
PARTS = {"prepare": campaign_ground, "conclude": campaign_ground}
"""Kernels that stamp for the one of the replication, each where it is called."""


def stamped(function: str, module: object) -> list[str]:
    """Return the names that a kernel stamps, in the order of its source, those of `PARTS` where they are called."""
    (kernel,) = (
        node
        for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body  # type: ignore[attr-defined]
        if isinstance(node, ast.FunctionDef) and node.name == function
    )
    calls = [
        node for node in ast.walk(kernel) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    names = list[str]()
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        assert isinstance(call.func, ast.Name)
        if call.func.id == "stamp":
            assert isinstance(call.args[0], ast.Name)
            names.append(call.args[0].id)
        elif call.func.id in PARTS:
            names += stamped(call.func.id, PARTS[call.func.id])
    return names


def test_the_kernels_stamp_every_step_once_and_in_order() -> None:
    names = stamped("run_replication", campaign)
    assert [getattr(campaign_steps, name) for name in names] == list(range(len(STEPS)))


def test_the_steps_of_the_ground_are_those_that_its_kernels_stamp() -> None:
    names = [*stamped("prepare", campaign_ground), *stamped("conclude", campaign_ground)]
    assert [getattr(campaign_steps, name) for name in names] == [
        at for at, one in enumerate(STEPS) if one.afoot
    ]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.phenomenon)
def test_each_step_has_its_file_and_its_words(step: campaign_steps.Step) -> None:
    assert (MODEL / f"{FILES.get(step.phenomenon, step.phenomenon)}.py").is_file()
    assert step.does
    assert not step.does.endswith(".")


def test_the_module_lists_the_same_hour() -> None:
    """By number: the phenomena of `STEPS`, after the weather, under the names of their files."""
    items = re.split(r"(?m)^\d+\. ", campaign.__doc__ or "")[1:]
    assert len(items) == len(STEPS) + 1
    assert items[0].startswith("``weather``")
    shown = {"targeting": "fires", "change of control": "control"}
    for item, step in zip(items[1:-1], STEPS[:-1], strict=True):
        assert item.startswith(f"``{shown.get(step.phenomenon, step.phenomenon)}``"), item
    assert "the hour is recorded" in items[-1]
    assert "the hour is recorded" in STEPS[-1].does
    assert f"Steps {_numbers()} are those of a campaign with formations." in (campaign.__doc__ or "")


def _numbers() -> str:
    """Return the numbers of the steps on the ground, runs of them as ``5 to 8``, as the module counts: weather is 1."""
    numbers = [at + 2 for at, one in enumerate(STEPS) if one.afoot]
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number for number in numbers if number + 1 not in numbers]
    return " and ".join(f"{start} to {end}" for start, end in zip(starts, ends, strict=True))


def test_a_stamp_adds_what_has_passed_since_the_one_before() -> None:
    spent = np.zeros(len(STEPS), np.int64)
    first = stamp(0, 0, spent)
    second = stamp(3, first, spent)
    assert second >= first
    assert spent[0] == first
    assert spent[3] == second - first
    assert spent.sum() == second


class TestTime:
    """Cycles of the processor: some for every step that ran, none for the others, each counted once."""

    @pytest.fixture(scope="class")
    @staticmethod
    def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
        return valley(tmp_path_factory.mktemp("steps") / "valley", count=4)

    def test_every_step_of_a_campaign_on_the_ground_takes_time(self, case: Case) -> None:
        assert (simulate_variant(*case, 0, SEED, slice(0, 4)).spent > 0).all()

    def test_a_campaign_in_the_air_spends_none_on_the_ground(self, tmp_path: Path) -> None:
        scenario = load_campaign(tmp_path / "hills")
        inputs = compile_campaign(scenario)
        spent = simulate_variant(inputs, draw_campaign(scenario, 2, SEED, inputs), 0, SEED, slice(0, 2)).spent
        for cycles, step in zip(spent, STEPS, strict=True):
            assert (cycles == 0) == step.afoot, step.phenomenon

    def test_more_replications_take_more_time(self, case: Case) -> None:
        one = simulate_variant(*case, 0, SEED, slice(0, 1)).spent.sum()
        inputs = replace(case[0], hours=2)
        assert 0 < simulate_variant(inputs, case[1], 0, SEED, slice(0, 1)).spent.sum() < one
