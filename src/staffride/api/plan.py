"""A run that is ready to be simulated: the scenario read, every replication's parameters drawn."""

from __future__ import annotations

from typing import NamedTuple

from staffride.api.kinds import Kind, Prepared, kind_of
from staffride.api.request import DEFAULT_REPLICATIONS, DEFAULT_SCENARIO, DEFAULT_SEED, Request
from staffride.api.variants import with_variants
from staffride.model.kinds import parameters_of
from staffride.results import identity
from staffride.results.folder import RunFolder
from staffride.results.manifest import Settings, VariantRecord
from staffride.results.resolved import scenario_digest, write_resolved
from staffride.scenario import load
from staffride.scenario.schema import Scenario

LARGEST_BLOCK, FEWEST_BLOCKS = 50, 20


class Plan(NamedTuple):
    """What a run needs before its first replication.

    Attributes
    ----------
    scenario
        The scenario as loaded and checked, with the variants that were asked for.
    prepared
        The same in arrays, and the parameters of all replications.
    settings
        What determines every number.
    source
        The scenario as the user named it.
    """

    scenario: Scenario
    prepared: Prepared
    settings: Settings
    source: str

    @property
    def kind(self) -> Kind:
        """Return what runs scenarios of this kind."""
        return kind_of(self.scenario.kind)

    @property
    def variants(self) -> tuple[VariantRecord, ...]:
        """Return the variants that run beside the baseline, as the manifest names them."""
        return tuple(VariantRecord(one.id, one.label, one.question) for one in self.scenario.variants)

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
    scenario, variants = with_variants(load(source, parameters_of), request.variants)
    replications = request.replications or DEFAULT_REPLICATIONS
    seed = DEFAULT_SEED if request.seed is None else request.seed
    prepared = kind_of(scenario.kind).prepare(scenario, request, replications, seed)
    settings = _settings(scenario, prepared, replications, seed, variants)
    return Plan(scenario, prepared, settings, str(source))


def keep_scenario(store: RunFolder, plan: Plan) -> None:
    """Write the resolved scenario into the run folder.

    Raises
    ------
    StorageError
        The disk is full or refuses to write.
    """
    subjects = identity.subjects_of(identity.evidence_of(plan.scenario))
    write_resolved(plan.scenario, store.scenario, _heading(plan), subjects)


def block_size(replications: int) -> int:
    """Return how many replications a block holds: small enough that all workers stay busy to the end.

    >>> block_size(1000), block_size(60), block_size(5)
    (50, 3, 1)
    """
    return max(1, min(LARGEST_BLOCK, replications // FEWEST_BLOCKS))


def _settings(
    scenario: Scenario, prepared: Prepared, replications: int, seed: int, variants: str
) -> Settings:
    return Settings(
        scenario=scenario.name,
        scenario_digest=scenario_digest(scenario),
        evidence_digest=identity.evidence_digest(),
        code_digest=identity.code_digest(),
        draws_digest=identity.draws_digest(prepared.draws),
        seed=seed,
        replications=replications,
        mode=prepared.mode,
        origin=prepared.origin.isoformat(),
        cutoff=scenario.cutoff.isoformat(),
        start=scenario.period.start.isoformat(),
        hours=scenario.period.hours,
        time_zone=scenario.period.time_zone,
        block=block_size(replications),
        every_h=scenario.record_every_h,
        variants=variants,
    )


def _heading(plan: Plan) -> str:
    settings = plan.settings
    command = f"staffride run ./scenario --replications {settings.replications} --seed {settings.seed} "
    return (
        f"The scenario of a run of staffride {settings.version}, complete with all that it inherited.\n"
        "From the folder of the run, this repeats it:\n"
        f"  {command}{plan.kind.repeat_options(settings)}"
    ).rstrip()
