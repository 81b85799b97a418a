"""The runs that claims are tested on: one a scenario, with every policy that they ask for beside the baseline.

Runs are kept under ``runs/claims``. One that has the same scenario, program, evidence, number of replications and seed,
and at least the policies that are needed, is used again: a policy's effect is the same alone and among others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from staffride.api.kinds import kind_of
from staffride.api.request import Request
from staffride.api.steps import Listener, execute
from staffride.api.variants import NONE, with_variants
from staffride.errors import InputError, Problem
from staffride.lab.observable_names import Names, names_of
from staffride.lab.observables import Results
from staffride.model.kinds import parameters_of
from staffride.results import identity
from staffride.results.folder import manifests
from staffride.results.manifest import Settings
from staffride.results.new_folder import DEFAULT_PARENT
from staffride.results.resolved import scenario_digest
from staffride.results.run import Run
from staffride.scenario import load
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.schema import Scenario

FOLDER = DEFAULT_PARENT / "claims"
LETTERS = 8


@dataclass(frozen=True)
class Size:
    """How many replications with which seed, by how many workers (``None``: all), and in which folder."""

    replications: int
    seed: int
    workers: int | None = None
    folder: Path = FOLDER


@dataclass(frozen=True)
class Scene:
    """A scenario on which claims are tested.

    Attributes
    ----------
    scenario
        The scenario.
    names
        What its runs will have.
    arms
        The policies that were understood so far: the canonical id by the text.
    """

    scenario: Scenario
    names: Names
    arms: dict[str, str] = field(default_factory=dict)

    def learn(self, policies: Sequence[str]) -> list[Problem]:
        """Read policies, and return what is wrong with those that cannot be run."""
        problems: list[Problem] = []
        for text in policies:
            if text in self.arms:
                continue
            try:
                found = parse_policies([text], kind_of(self.scenario.kind).stages(self.scenario))
            except InputError as error:
                problems += error.problems
                continue
            if len(found) == 1:
                self.arms[text] = found[0].id
            else:
                problems.append(Problem(f"policy {text!r} stands for {len(found)} policies", expected="one"))
        return problems

    def results(self, run: Run) -> Results:
        """Return the numbers of a run of this scenario."""
        return Results(run, self.arms, self.names.totals)


def scene_of(name: str) -> Scene:
    """Return a scenario on which claims are tested; its own variants are left out.

    Raises
    ------
    InputError
        It cannot be read; every problem at once.
    """
    scenario, _ = with_variants(load(name, parameters_of), NONE)
    return Scene(scenario, names_of(scenario))


def run_of(
    scene: Scene, policies: Sequence[str], totals: Sequence[str], size: Size, listener: Listener
) -> Run:
    """Return a run of a scenario on its priors with the policies with these ids: a kept one, or a new one.

    ``totals`` are those that its policies must have kept.

    Raises
    ------
    InputError, StaffrideError, RunInterruptedError
        As `staffride.run`.
    """
    name = scene.scenario.name
    for path, manifest in manifests(size.folder):
        settings = manifest.settings
        has_all = set(policies) <= set(settings.policies) and set(totals) <= set(settings.also)
        if manifest.status == "complete" and has_all and _is_same(settings, scene.scenario, size):
            return Run(path)
    text = (
        f"{'|'.join(policies)} {'|'.join(totals)} {scenario_digest(scene.scenario)} {identity.code_digest()} "
    )
    key = hashlib.sha256(f"{text}{identity.evidence_digest()}".encode()).hexdigest()[:LETTERS]
    folder = size.folder / f"{name}-{size.replications}-{size.seed}-{key}"
    request = Request(
        name,
        size.replications,
        size.seed,
        True,
        None,
        size.workers,
        folder,
        True,
        False,
        NONE,
        tuple(policies) or None,
        tuple(totals),
    )
    return execute(request, listener).run


def _is_same(settings: Settings, scenario: Scenario, size: Size) -> bool:
    """Return whether a kept run has the numbers that a new one would have."""
    asked = (
        scenario.name,
        scenario_digest(scenario),
        identity.code_digest(),
        identity.evidence_digest(),
        "prior",
        size.replications,
        size.seed,
    )
    return asked == (
        settings.scenario,
        settings.scenario_digest,
        settings.code_digest,
        settings.evidence_digest,
        settings.mode,
        settings.replications,
        settings.seed,
    )
