"""A run that is ready to be simulated: the scenario read, every replication's parameters drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from staffride.api.request import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SCENARIO,
    DEFAULT_SEED,
    Request,
    parse_origin,
)
from staffride.lab.conditioning import draw
from staffride.model.displacement import PARAMETERS, Draws, Inputs, compile_inputs
from staffride.model.displacement_inputs import EVENT_KINDS
from staffride.results import identity
from staffride.results.folder import RunFolder
from staffride.results.manifest import Settings
from staffride.results.resolved import scenario_digest, write_resolved
from staffride.results.tables import Labels
from staffride.scenario import load
from staffride.scenario.schema import Scenario

LARGEST_BLOCK, FEWEST_BLOCKS = 50, 20


class Plan(NamedTuple):
    """What a run needs before its first replication.

    Attributes
    ----------
    scenario
        The scenario as loaded and checked.
    inputs, draws
        The same in arrays, and the parameters of all replications.
    settings
        What determines every number.
    source
        The scenario as the user named it.
    """

    scenario: Scenario
    inputs: Inputs
    draws: Draws
    settings: Settings
    source: str

    @property
    def labels(self) -> Labels:
        """Return the names behind the numbers in a block."""
        links = tuple(link.id for link in self.scenario.links)
        places = tuple(place.id for place in self.scenario.places)
        return Labels(self.scenario.period.start, links, places, EVENT_KINDS)

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the identifiers of the sources that the scenario's evidence comes from."""
        return identity.sources_of(identity.evidence_of(self.scenario))


def make_plan(request: Request) -> Plan:
    """Load the scenario and draw the parameters of all replications.

    Raises
    ------
    InputError
        The scenario or the request is wrong; every problem at once.
    """
    source = request.scenario or DEFAULT_SCENARIO
    scenario = load(source, PARAMETERS)
    inputs = compile_inputs(scenario)
    replications = request.replications or DEFAULT_REPLICATIONS
    seed = DEFAULT_SEED if request.seed is None else request.seed
    mode: Literal["prior", "posterior"] = "prior" if request.prior else "posterior"
    origin = parse_origin(request.origin, scenario.period) or scenario.cutoff
    draws = draw(scenario, replications, seed, mode, origin, inputs)
    settings = _settings(scenario, draws, (replications, seed), mode, origin)
    return Plan(scenario, inputs, draws, settings, str(source))


def keep_scenario(store: RunFolder, plan: Plan) -> None:
    """Write the resolved scenario into the run folder.

    Raises
    ------
    StorageError
        The disk is full or refuses to write.
    """
    subjects = identity.subjects_of(identity.evidence_of(plan.scenario))
    write_resolved(plan.scenario, store.scenario, _heading(plan.settings), subjects)


def block_size(replications: int) -> int:
    """Return how many replications a block holds: small enough that all workers stay busy to the end.

    >>> block_size(1000), block_size(60), block_size(5)
    (50, 3, 1)
    """
    return max(1, min(LARGEST_BLOCK, replications // FEWEST_BLOCKS))


def _settings(
    scenario: Scenario, draws: Draws, counts: tuple[int, int], mode: str, origin: datetime
) -> Settings:
    replications, seed = counts
    return Settings(
        scenario=scenario.name,
        scenario_digest=scenario_digest(scenario),
        evidence_digest=identity.evidence_digest(),
        code_digest=identity.code_digest(),
        draws_digest=identity.draws_digest(draws),
        seed=seed,
        replications=replications,
        mode=mode,
        origin=origin.isoformat(),
        cutoff=scenario.cutoff.isoformat(),
        start=scenario.period.start.isoformat(),
        hours=scenario.period.hours,
        time_zone=scenario.period.time_zone,
        block=block_size(replications),
    )


def _heading(settings: Settings) -> str:
    prior = " --prior" if settings.mode == "prior" else ""
    return (
        f"The scenario of a run of staffride {settings.version}, complete with all that it inherited.\n"
        "From the folder of the run, this repeats it:\n"
        f"  staffride run ./scenario --replications {settings.replications} --seed {settings.seed}{prior} "
        f"--origin {settings.origin}"
    )
