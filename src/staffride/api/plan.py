"""A run that is ready to be simulated: the scenario read, every replication's parameters drawn."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from staffride.api.kinds import Kind, Prepared, kind_of
from staffride.api.request import DEFAULT_REPLICATIONS, DEFAULT_SCENARIO, DEFAULT_SEED, Request
from staffride.api.variants import NONE, with_variants
from staffride.model.kinds import parameters_of
from staffride.results import identity
from staffride.results.folder import RunFolder
from staffride.results.manifest import Settings, VariantRecord
from staffride.results.resolved import scenario_digest, write_resolved
from staffride.results.task import Simulate
from staffride.scenario import load
from staffride.scenario.levers.parse import parse_policies
from staffride.scenario.policy import Policy
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
    policies
        What runs beside the baseline; then the inputs are those of all of them.
    """

    scenario: Scenario
    prepared: Prepared
    settings: Settings
    source: str
    policies: tuple[Policy, ...] = ()

    @property
    def kind(self) -> Kind:
        """Return what runs scenarios of this kind."""
        return kind_of(self.scenario.kind)

    @property
    def variants(self) -> tuple[VariantRecord, ...]:
        """Return the variants or policies that run beside the baseline, as the manifest names them."""
        if self.policies:
            return tuple(VariantRecord(one.id, one.label, one.question) for one in self.policies)
        return tuple(VariantRecord(one.id, one.label, one.question) for one in self.scenario.variants)

    @property
    def simulate(self) -> Simulate:
        """Return the function that runs a block of replications."""
        return self.kind.simulate_arms if self.policies else self.kind.simulate

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
    asked = NONE if request.policies else request.variants
    scenario, variants = with_variants(load(source, parameters_of), asked)
    replications = request.replications or DEFAULT_REPLICATIONS
    seed = DEFAULT_SEED if request.seed is None else request.seed
    kind = kind_of(scenario.kind)
    policies = parse_policies(request.policies, kind.stages(scenario)) if request.policies else ()
    prepared = kind.prepare(scenario, request, replications, seed)
    settings = _settings(scenario, prepared, replications, seed, variants, policies, request.also)
    if policies:
        prepared = prepared._replace(
            inputs=kind.arms(scenario, prepared, policies, seed, request.also), draws=None
        )
    return Plan(scenario, prepared, settings, str(source), policies)


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
    scenario: Scenario,
    prepared: Prepared,
    replications: int,
    seed: int,
    variants: str,
    policies: tuple[Policy, ...],
    also: tuple[str, ...],
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
        policies=tuple(policy.id for policy in policies),
        also=also,
    )


def _heading(plan: Plan) -> str:
    settings = plan.settings
    what = "".join(f" --policy {shlex.quote(policy)}" for policy in settings.policies)
    command = f"staffride {'compare' if what else 'run'} ./scenario{what}"
    command += f" --replications {settings.replications} --seed {settings.seed} "
    return (
        f"The scenario of a run of staffride {settings.version}, complete with all that it inherited.\n"
        "From the folder of the run, this repeats it:\n"
        f"  {command}{plan.kind.repeat_options(settings)}"
    ).rstrip()
