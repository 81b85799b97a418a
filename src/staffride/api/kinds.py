"""The kinds of scenario that can be run: one module each, imported only when a scenario of its kind is."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, cast

from staffride.errors import InputError, Problem

if TYPE_CHECKING:
    from staffride.api.request import Request
    from staffride.present.summary import Bundle, Summary
    from staffride.results.block import BlockLike
    from staffride.results.manifest import Settings
    from staffride.results.run import Run
    from staffride.results.tables import Labels
    from staffride.scenario.policy import Policy, Stages
    from staffride.scenario.schema import Scenario

HOMES = {
    "displacement": "staffride.api.displacement",
    "campaign": "staffride.api.campaign",
    "chain": "staffride.api.chain",
}
"""The module that runs scenarios of a kind."""


class Prepared(NamedTuple):
    """A scenario in the form that its model reads, with the parameters of all replications.

    Attributes
    ----------
    inputs, draws
        The scenario in arrays, and what is drawn for each replication; only the model looks inside.
    mode
        Whether the draws are conditioned on bulletins.
    origin
        What was published by then is known.
    """

    inputs: Any
    draws: Any
    mode: Literal["prior", "posterior"]
    origin: datetime


class Kind(Protocol):
    """What the module of a kind of scenario offers to the steps of a run, in their order."""

    def prepare(self, scenario: Scenario, request: Request, replications: int, seed: int) -> Prepared:
        """Return the scenario in arrays and the draws of all replications.

        Raises
        ------
        InputError
            The scenario or the request asks for what this kind cannot do.
        """

    def repeat_options(self, settings: Settings) -> str:
        """Return the options, after number and seed, that repeat a run with these settings."""

    def labels(self, scenario: Scenario) -> Labels:
        """Return the names behind the numbers in a block."""

    def simulate(self, inputs: Any, draws: Any, seed: int, first: int, count: int) -> BlockLike:  # noqa: ANN401
        """Return replications ``first`` to ``first + count - 1``; a function that can be pickled by name."""

    def stages(self, scenario: Scenario) -> Stages:
        """Return the scenarios that a policy can act on, by kind."""

    def arms(
        self,
        scenario: Scenario,
        prepared: Prepared,
        policies: Sequence[Policy],
        seed: int,
        also: Sequence[str],
        /,
    ) -> Any:  # noqa: ANN401
        """Return the baseline and its policies in arrays.

        Raises
        ------
        InputError
            A policy changes what the scenario does not have.
        """

    def simulate_arms(self, arms: Any, draws: Any, seed: int, first: int, count: int, /) -> BlockLike:  # noqa: ANN401
        """Return replications of the baseline and of every policy; ``draws`` are in ``arms`` already."""

    def scores(self, run: Run, scenario: Scenario) -> dict[str, Any]:
        """Return what ``scores.json`` holds."""

    def bundle(self, run: Run, scenario: Scenario) -> Bundle:
        """Return all that a report of the run shows."""

    def page(self, bundle: Bundle) -> str:
        """Return the report as HTML."""

    def summary(self, bundle: Bundle) -> Summary:
        """Return the run in plain words."""


def kind_of(name: str) -> Kind:
    """Return the module that runs scenarios of the kind ``name``."""
    return cast("Kind", importlib.import_module(HOMES[name]))


def require_scored(scenario: Scenario, named: str) -> None:
    """Refuse to score a campaign of whose record nothing is held out, and a replay.

    Raises
    ------
    InputError
        Nothing of the scenario, which the user called ``named``, can be scored.
    """
    if scenario.replay:
        problem = Problem(
            f"{scenario.name} is a replay: it is told what happened, so its dates are no forecast",
            expected="a scenario that is told nothing after its cut-off",
            suggestion=f"see the record beside it with: staffride run {named}",
        )
        raise InputError([problem])
    if not any(row.role == "held_out" for row in scenario.observations):
        require_displacement(scenario, named, "score")


def require_displacement(scenario: Scenario, named: str, purpose: str) -> None:
    """Refuse to score or to fit a campaign.

    Parameters
    ----------
    named
        The scenario as the user named it.
    purpose
        What is refused, such as ``score``.

    Raises
    ------
    InputError
        The scenario is a campaign: the figures of its record are shown beside a run, and never compared.
    """
    if scenario.kind == "displacement":
        return
    problem = Problem(
        f"{scenario.name} is a {scenario.kind}: there is nothing to {purpose} yet, because the figures of its "
        "record are only shown beside a run",
        expected="a scenario of kind displacement, such as karabakh-2023",
        suggestion=f"see them with: staffride run {named}",
    )
    raise InputError([problem])


if TYPE_CHECKING:  # the type checker compares each module with what is promised
    from staffride.api import campaign, chain, displacement

    _CHECKED: tuple[Kind, ...] = (displacement, campaign, chain)
