"""Running a region from Python: our rules or Flee's, as cohorts or by agents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from staffride.api.region import (
    DEFAULT_BY_AGENTS,
    DEFAULT_REPLICATIONS,
    DEFAULT_WITH_SPREAD,
    ENGINES,
    RULES,
    Engine,
    Rules,
    open_region,
)
from staffride.api.region_result import Outcome, RegionResult
from staffride.api.region_setup import parse_setup, told, with_settings
from staffride.engine.threads import in_threads
from staffride.errors import InputError, Problem, nearest
from staffride.scenario.region import Region

if TYPE_CHECKING:
    from staffride.model.flee_settings import Quirks
    from staffride.model.region import RegionSetup

LIMITS = {"replications": (1, 100_000), "seed": (0, 2**32 - 1)}


def run_region(
    named: str | Path | Region,
    *,
    rules: Rules = "staffride",
    engine: Engine | None = None,
    replications: int | None = None,
    seed: int = 1,
    quirks: Iterable[str] = (),
    setup: RegionSetup | Iterable[str] | None = None,
    strict: bool = False,
    progress: Callable[[int, int], None] | None = None,
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
        How many times; each is one possible course. Where it is left out 20 as cohorts, with a spread of appeal 100,
        and 5 by agents.
    seed
        Root of all random numbers, 0 to 2**32 - 1. The same seed gives the same values.
    quirks
        With Flee's rules: names of what to do as Flee does against its description; ``all`` for every one.
    setup
        What else is taken as given: a `RegionSetup`, or texts such as ``volume=conflict``, ``household_size=4`` and
        ``appeal_spread=fitted``, which widens bands by what the rule does not know of a destination; with Flee's rules
        texts with its settings, such as ``move_rules.awareness_level=2``.
    strict
        Whether a warning about the folder stops the run.
    progress
        By agents, called with the number of finished replications and of all.

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
    opened, given = open_region(named, strict=strict), tuple(setup) if isinstance(setup, Iterable) else setup
    our_setup: RegionSetup | None = None
    if rules == "flee" and isinstance(given, tuple):
        opened = opened._replace(region=with_settings(opened.region, given))
    elif rules != "flee":
        our_setup = parse_setup(given, opened.region) if isinstance(given, tuple) else given
    spread = our_setup.appeal_spread if our_setup is not None else 0.0
    size = _enough(chosen, spread) if replications is None else replications
    asked = _Asked(chosen, size, seed, quirks, progress)
    began = time.perf_counter()
    found = (
        _by_flee(opened.region, asked) if rules == "flee" else _by_our_rules(opened.region, asked, our_setup)
    )
    seconds = time.perf_counter() - began
    return RegionResult(opened, found, rules, chosen, seed, seconds, told(given), quirks, spread)


def _enough(engine: Engine, spread: float) -> int:
    """Return how many replications are run where nobody says: more where bands are wide, as far as they cost little."""
    if engine == "agents":
        return DEFAULT_BY_AGENTS
    return DEFAULT_WITH_SPREAD if spread > 0.0 else DEFAULT_REPLICATIONS


class _Asked(NamedTuple):
    engine: Engine
    replications: int
    seed: int
    quirks: tuple[str, ...]
    progress: Callable[[int, int], None] | None


def _by_our_rules(region: Region, asked: _Asked, setup: RegionSetup | None) -> Outcome:
    from staffride.model.region import run_region as run

    def some(first: int, count: int) -> Outcome:
        found = run(
            region, engine=asked.engine, replications=count, first=first, seed=asked.seed, setup=setup
        )
        counts = found.present, found.arrivals, found.on_the_way
        return Outcome(*counts, found.flows, found.queued, found.queues)

    if asked.engine == "cohorts":
        return some(0, asked.replications)
    return _one_by_one(some, asked)


def _by_flee(region: Region, asked: _Asked) -> Outcome:
    from staffride.model.flee_mode import run_flee
    from staffride.model.flee_settings import settings_of

    settings, quirks = settings_of(region.settings).settings, quirks_of(asked.quirks)

    def some(first: int, count: int) -> Outcome:
        found = run_flee(region, settings, seed=asked.seed, replications=count, first=first, quirks=quirks)
        before = np.concatenate([np.zeros_like(found.counts[:, :1]), found.counts[:, :-1]], axis=1)
        arrivals = np.maximum(found.counts - before, 0)
        return Outcome(found.counts, arrivals, found.totals - found.counts.sum(axis=2))

    return _one_by_one(some, asked)


def _one_by_one(some: Callable[[int, int], Outcome], asked: _Asked) -> Outcome:
    """Return all replications, run one by one on all processors."""
    found = in_threads(lambda number: some(number, 1), asked.replications, asked.progress)
    return Outcome.joined(found)


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


def _checked(
    rules: str, engine: str | None, replications: int | None, seed: int, quirks: tuple[str, ...]
) -> Engine:
    """Return the engine, or refuse what no run can have."""
    problems = [
        Problem(f"{name} is {value!r}", expected=f"a whole number from {low:,} to {high:,}")
        for (name, (low, high)), value in zip(
            LIMITS.items(), (1 if replications is None else replications, seed), strict=True
        )
        if value is not None and not (isinstance(value, int) and low <= value <= high)
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
