"""Running a region from Python: our rules or Flee's, as cohorts or by agents, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.api.region import DEFAULT_REPLICATIONS, ENGINES, RULES, Engine, Opened, Rules, open_region
from staffride.api.region_setup import parse_setup, told, with_settings
from staffride.errors import InputError, Problem, nearest
from staffride.lab.region_baselines import baselines_of
from staffride.lab.region_scores import averaged_relative_difference, rescaled_difference
from staffride.results.region_document import run_document
from staffride.scenario.region import Region
from staffride.scenario.region_reports import daily_counts

if TYPE_CHECKING:
    from staffride.model.flee_settings import Quirks
    from staffride.model.region import RegionSetup

Floats = NDArray[np.float64]
LIMITS = {"replications": (1, 100_000), "seed": (0, 2**32 - 1)}


class Outcome(NamedTuple):
    """What is kept of every replication, whatever rules ran.

    Attributes
    ----------
    present, arrivals
        (replications, days, destinations) persons at the end of each day, and who came on it.
    on_the_way
        (replications, days) displaced persons who are at no destination.
    """

    present: NDArray[Any]
    arrivals: NDArray[Any]
    on_the_way: NDArray[Any]


@dataclass(frozen=True, eq=False)
class RegionResult:
    """The results of a region run many times.

    Attributes
    ----------
    opened
        The region and what reading it found.
    outcome
        What came of it.
    rules, engine, seed, wall_seconds
        How it was run, and how long the runs took, reading left out.
    given
        What the user gave of the setup or the settings, by name.
    quirks
        Names of Flee's quirks that were on.
    """

    opened: Opened
    outcome: Outcome
    rules: Rules
    engine: Engine
    seed: int
    wall_seconds: float
    given: Mapping[str, str] = field(default_factory=dict)
    quirks: tuple[str, ...] = ()

    @property
    def region(self) -> Region:
        """Return the region."""
        return self.opened.region

    @property
    def present(self) -> NDArray[Any]:
        """Return (replications, days, destinations) persons present at the end of each day."""
        return self.outcome.present

    @property
    def destinations(self) -> tuple[str, ...]:
        """Return the names of the destinations."""
        return self.region.destination_names

    def averaged_relative_difference(self) -> dict[str, Floats]:
        """Return ``plain`` and ``rescaled`` averaged relative difference of each replication, (replications,)."""
        counted = daily_counts(self.region)
        runs = np.asarray(self.present, np.float64)
        return {
            "plain": np.array([averaged_relative_difference(run, counted) for run in runs]),
            "rescaled": np.array([rescaled_difference(run, counted) for run in runs]),
        }

    def document(self) -> dict[str, Any]:
        """Return the run as plain objects: what ``--json`` prints."""
        scored = bool(self.region.reports)
        document = run_document(
            self.region,
            self.outcome,
            seed=self.seed,
            mode=self.rules,
            engine=self.engine,
            wall_seconds=self.wall_seconds,
            ard=self.averaged_relative_difference() if scored else None,
            baselines=baselines_of(self.region) if scored else None,
            problems=self.opened.problems,
            unmapped=self.opened.unmapped,
        )
        return document | {"run": document["run"] | {"given": dict(self.given), "quirks": list(self.quirks)}}

    def __repr__(self) -> str:
        size = f"{self.present.shape[0]} replications, {self.region.days} days, {len(self.destinations)} destinations"
        return f"<RegionResult {self.region.name}: {size}, {self.rules} rules, {self.engine}>"


def run_region(
    named: str | Path | Region,
    *,
    rules: Rules = "staffride",
    engine: Engine | None = None,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = 1,
    quirks: Iterable[str] = (),
    setup: RegionSetup | Iterable[str] | None = None,
    strict: bool = False,
) -> RegionResult:
    """Run a region many times and return the results.

    Parameters
    ----------
    named
        A Flee folder, the folder of a region scenario, or a `Region`.
    rules
        ``staffride``: our rules; ``flee``: Flee's published rules with the settings of the folder.
    engine
        ``cohorts``: exact counts of people who are alike; ``agents``: every household on its own. Cohorts by default;
        Flee's rules run by agents only.
    replications
        How many times; each is one possible course.
    seed
        Root of all random numbers, 0 to 2**32 - 1. The same seed gives the same values.
    quirks
        With Flee's rules: names of what to do as Flee does against its description; ``all`` for every one.
    setup
        What else is taken as given: a `RegionSetup`, or texts such as ``volume=conflict`` and ``household_size=4``;
        with Flee's rules texts with its settings, such as ``move_rules.awareness_level=2``.
    strict
        Whether a warning about the folder stops the run.

    Raises
    ------
    InputError
        The folder or an argument is wrong; every problem at once.

    Examples
    --------
    >>> import staffride as sr                                       # doctest: +SKIP
    >>> sr.run_region("mali2012").averaged_relative_difference()     # doctest: +SKIP
    """
    quirks = tuple(quirks)
    chosen = _checked(rules, engine, replications, seed, quirks)
    opened = open_region(named, strict=strict)
    given = tuple(setup) if isinstance(setup, Iterable) else setup
    if rules == "flee":
        if isinstance(given, tuple):
            opened = opened._replace(region=with_settings(opened.region, given))
        outcome, seconds = _by_flee(opened.region, replications, seed, quirks)
    else:
        chosen_setup = parse_setup(given) if isinstance(given, tuple) else given
        outcome, seconds = _by_our_rules(opened.region, chosen, replications, seed, chosen_setup)
    return RegionResult(opened, outcome, rules, chosen, seed, seconds, told(given), quirks)


def _by_our_rules(
    region: Region, engine: Engine, replications: int, seed: int, setup: RegionSetup | None
) -> tuple[Outcome, float]:
    from staffride.model.region import run_region as run

    began = time.perf_counter()
    found = run(region, engine=engine, replications=replications, seed=seed, setup=setup)
    return Outcome(found.present, found.arrivals, found.on_the_way), time.perf_counter() - began


def _by_flee(region: Region, replications: int, seed: int, quirks: tuple[str, ...]) -> tuple[Outcome, float]:
    from staffride.model.flee_mode import run_flee
    from staffride.model.flee_settings import settings_of

    settings = settings_of(region.settings).settings
    began = time.perf_counter()
    found = run_flee(region, settings, seed=seed, replications=replications, quirks=quirks_of(quirks))
    seconds = time.perf_counter() - began
    before = np.concatenate([np.zeros_like(found.counts[:, :1]), found.counts[:, :-1]], axis=1)
    arrivals = np.maximum(found.counts - before, 0)
    return Outcome(found.counts, arrivals, found.totals - found.counts.sum(axis=2)), seconds


def quirks_of(names: Iterable[str]) -> Quirks:
    """Return Flee's quirks by their names; ``all`` means every one.

    Raises
    ------
    InputError
        With every unknown name and the nearest known one.
    """
    from staffride.model.flee_settings import Quirks

    known, wanted = {field.name for field in fields(Quirks)}, tuple(names)
    if wanted == ("all",):
        return Quirks.all_on()
    problems = [
        Problem(
            f"there is no quirk {name!r}",
            expected=f"all, or of {', '.join(sorted(known))}",
            suggestion=nearest(name, known),
        )
        for name in wanted
        if name not in known
    ]
    if problems:
        raise InputError(problems)
    return Quirks(**dict.fromkeys(wanted, True))


def _checked(rules: str, engine: str | None, replications: int, seed: int, quirks: tuple[str, ...]) -> Engine:
    """Return the engine, or refuse what no run can have."""
    problems = [
        Problem(f"{name} is {value!r}", expected=f"a whole number from {low:,} to {high:,}")
        for (name, (low, high)), value in zip(LIMITS.items(), (replications, seed), strict=True)
        if not isinstance(value, int) or not low <= value <= high
    ]
    if rules not in RULES:
        problems.append(Problem(f"the rules are {rules!r}", expected=" or ".join(RULES)))
    if engine is not None and engine not in ENGINES:
        problems.append(Problem(f"the engine is {engine!r}", expected=" or ".join(ENGINES)))
    if rules == "flee" and engine == "cohorts":
        problems.append(
            Problem("Flee's rules run by agents only", expected="--engine agents, or --rules staffride")
        )
    if quirks and rules != "flee":
        problems.append(Problem("quirks belong to Flee's rules", expected="--rules flee with --quirk"))
    if problems:
        raise InputError(problems)
    return "agents" if rules == "flee" or engine == "agents" else "cohorts"
