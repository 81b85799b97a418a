"""Regional displacement, day by day: people leave where there is conflict and reach a place that takes them.

The day, in the order in which it runs, the same in both engines:

1. ``region_returns``: people at destinations go home.
2. ``region_choice``: every destination draws people by its free places and by those who are there already.
3. ``region_volume``: so many are newly displaced.
4. ``region_origins``: they start at places in conflict.
5. ``region_network``: they know the way to every destination over open roads; without one they wait.
6. ``region_travel``: they arrive on the same day or on a later one; a road that has closed since stops them.
7. ``region_corridor``: before a link that binds they queue, hour by hour.
8. ``region_onward``: people move on inside a country of asylum.

``region_cohorts`` counts people who are exchangeable; ``region_agents`` follows every household.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem
from staffride.model.region_agents import Habits, Households, run_agents
from staffride.model.region_choice import Choice
from staffride.model.region_cohorts import Totals, run_cohorts
from staffride.model.region_inputs import World, world_of
from staffride.model.region_parameters import choice_for
from staffride.model.region_returns import home_rates
from staffride.model.region_volume import Volume, from_conflict, from_flood, from_reports, from_series
from staffride.scenario.region import Region

if TYPE_CHECKING:
    from staffride.model.region_people import Attribute

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Engine: TypeAlias = Literal["cohorts", "agents"]
VolumeSource: TypeAlias = "Literal['reports', 'conflict', 'flood'] | Volume | Floats"

_EXPECTED = "a run with engine='agents' of a region whose demographics name it"

SPEED_KM_PER_DAY = 360.0
"""Speed of travel where the settings of a region state none; the default of Flee."""

MOST_SPREAD = 5.0
"""Largest spread of appeal: of two destinations alike one is then often a thousand times more attractive."""


@dataclass(frozen=True)
class RegionSetup:
    """What a run takes as given besides the region and the rules of choice.

    Attributes
    ----------
    volume
        How many are displaced: by ``reports``, by ``conflict`` or ``flood`` at rates, a `Volume`, or persons of each
        day, (days,) or (days, places).
    returns
        Whether a fall of the reported total counts as returns; else later rises make it up first.
    home_rate_per_day, quiet_days
        Hazard of going home where home has had no conflict for some days; 0: nobody does.
    speed_km_per_day
        Speed of travel. ``None``: reported people arrive on the day of the report, because it is them whom reports
        count; others travel at the speed of the region's settings, or `SPEED_KM_PER_DAY`.
    walking_km_per_day
        Speed of those who walk; a day's walk (assumed).
    rate_per_day
        Hazard of a person in full conflict to leave (assumed: one in a thousand a day); for ``conflict``.
    flood_rates_per_day
        The same for each level of flood, from level 0; for ``flood``.
    depletes
        Whether those who left are fewer to leave later; for ``conflict`` and ``flood``.
    decay, interval_days
        How a conflict displaces fewer as it grows old; by default it does not.
    capacity
        (destinations,) persons, in place of those of the region.
    appeal_spread
        Standard deviation of the logarithm of what a destination is attractive beyond what the rule knows; 0: courses
        differ by chance alone. ``staffride.model.region_parameters.fitted_spread`` gives that found on cases.
    household_size, move_ratio
        Mean persons in a household; factor on the hazard of leaving a destination for each earlier move. For agents.
    """

    volume: VolumeSource = "reports"
    returns: bool = False
    home_rate_per_day: float = 0.0
    quiet_days: int = 30
    speed_km_per_day: float | None = None
    walking_km_per_day: float = 35.0
    rate_per_day: float = 0.001
    flood_rates_per_day: Sequence[float] = ()
    depletes: bool = True
    decay: Sequence[float] = (1.0,)
    interval_days: int = 30
    capacity: Floats | None = None
    appeal_spread: float = 0.0
    household_size: float = 1.0
    move_ratio: float = 1.0


@dataclass(frozen=True, eq=False)
class RegionRun:
    """What a run leaves: R replications, T days, D destinations, L links.

    On every day ``stock + sum of displaced = present + on the way + sum of returned``.

    Attributes
    ----------
    region, choice, engine, seed, first
        What was run, and the number of its first replication.
    stock
        (D,) persons at the destinations before day 0.
    present, arrivals
        (R, T, D) persons at each destination at the end of the day, and who came within it.
    displaced, returned
        (R, T) persons newly displaced, and gone home, within the day.
    on_the_way, waiting
        (R, T) displaced persons who are at no destination; those of them who wait because no way is open.
    flows
        (T, L) persons who enter each link within the day, expected.
    queued
        (R, T, Q) persons who wait before a link that binds, at the end of the day.
    queues
        (Q,) for each of them its link and the place where they wait, by their order in the region.
    origins
        (O,) places where people start, to which the origins of households refer.
    households
        Of the last replication; ``None`` for cohorts.
    """

    region: Region
    choice: Choice
    engine: Engine
    seed: int
    first: int
    stock: Counts
    present: Counts
    arrivals: Counts
    displaced: Counts
    returned: Counts
    on_the_way: Counts
    waiting: Counts
    flows: Floats
    queued: Counts
    queues: tuple[tuple[int, int], ...]
    origins: NDArray[np.int32]
    households: Households | None

    def attribute(self, name: str) -> Attribute:
        """Return an attribute, such as age, of every person of the last replication of a run by agents.

        Raises
        ------
        InputError
            The run was by cohorts, or the region has no such attribute.
        """
        from staffride.model.region_people import attribute_of

        if self.households is None or name not in self.region.demographics:
            raise InputError([Problem(f"there is no {name!r} of the people of this run", expected=_EXPECTED)])
        last = self.first + len(self.present) - 1
        return attribute_of(self.region, self.households, self.origins, name, self.seed, last)


def run_region(
    region: Region,
    *,
    rules: Choice | None = None,
    engine: Engine = "cohorts",
    replications: int = 20,
    seed: int = 1,
    first: int = 0,
    setup: RegionSetup | None = None,
) -> RegionRun:
    """Run a region many times.

    Parameters
    ----------
    region
        What is described.
    rules
        Parameters of the choice of a destination; those fitted on all regions by default.
    engine
        ``cohorts`` or ``agents``; where both can run their counts have the same distribution.
    replications, first, seed
        Replications ``first`` to ``first + replications - 1`` under a seed; each depends on its own number only.
    setup
        What else is taken as given.

    Raises
    ------
    InputError
        The setup does not fit the region.
    """
    given = RegionSetup() if setup is None else setup
    choice = choice_for(region) if rules is None else rules
    world = prepare(region, choice, given)
    totals = _totals(replications, region, world.corridors.link.size)
    rates, spread = _home_rates(region, given, world), _checked_spread(given)
    households = None
    if engine == "agents":
        habits = Habits(given.household_size, given.move_ratio)
        homes, known = run_agents(world, choice, spread, habits, rates, seed, first, totals)
        households = Households._make(one[:known] for one in homes)
    else:
        run_cohorts(world, choice, spread, rates, seed, first, totals)
    queues = tuple(zip(world.corridors.link.tolist(), world.corridors.start.tolist(), strict=True))
    stock, origins = world.destinations.stock, world.origins.place
    return RegionRun(region, choice, engine, seed, first, stock, *totals, queues, origins, households)


def prepare(region: Region, choice: Choice, setup: RegionSetup) -> World:
    """Return the arrays that the engines read."""
    return world_of(
        region,
        volume_of(region, setup),
        choice,
        speed_km_per_day=_speed(region, setup),
        walking_km_per_day=setup.walking_km_per_day,
        decay=setup.decay,
        interval_days=setup.interval_days,
        capacity=setup.capacity,
        by_origin=setup.home_rate_per_day > 0.0,
    )


def volume_of(region: Region, setup: RegionSetup) -> Volume:
    """Return how many are displaced, by what the setup says.

    Raises
    ------
    InputError
        There is no such volume, or its persons do not fit the region.
    """
    source = setup.volume
    if isinstance(source, Volume):
        return source
    if not isinstance(source, str):
        return from_series(region, _checked_series(region, np.asarray(source, np.float64)))
    if source == "reports":
        return from_reports(region, returns=setup.returns)
    stock = from_reports(region).stock if region.reports else None
    if source == "conflict":
        return from_conflict(
            region, setup.rate_per_day, setup.decay, setup.interval_days, depletes=setup.depletes, stock=stock
        )
    if source == "flood":
        return from_flood(region, setup.flood_rates_per_day, depletes=setup.depletes, stock=stock)
    raise InputError([Problem(f"the volume is {source!r}", expected="reports, conflict, flood or a series")])


def _checked_series(region: Region, persons: Floats) -> Floats:
    shapes = ((region.days,), (region.days, len(region.places)))
    if persons.shape not in shapes:
        text = " or ".join(map(str, shapes))
        raise InputError([Problem(f"the series of the displaced is {persons.shape}", expected=text)])
    if not np.all(np.isfinite(persons) & (persons >= 0.0)):
        raise InputError([Problem("the series of the displaced has negative or missing persons")])
    return persons


def _checked_spread(setup: RegionSetup) -> float:
    """Return the spread of the appeal of destinations."""
    spread = float(setup.appeal_spread)
    if not 0.0 <= spread <= MOST_SPREAD:
        found = Problem(f"the appeal_spread is {spread:g}", expected=f"a number from 0 to {MOST_SPREAD:g}")
        raise InputError([found])
    return spread


def _speed(region: Region, setup: RegionSetup) -> float:
    """Return the speed of travel; infinite where people arrive on the day on which they are counted."""
    if setup.speed_km_per_day is not None:
        return setup.speed_km_per_day
    if isinstance(setup.volume, str) and setup.volume == "reports":
        return math.inf
    rules = region.settings.get("move_rules")
    stated = rules.get("max_move_speed") if isinstance(rules, dict) else None
    return float(stated) if isinstance(stated, int | float) and stated > 0 else SPEED_KM_PER_DAY


def _home_rates(region: Region, setup: RegionSetup, world: World) -> Floats:
    """Return (T, C) the hazard of going home of each class."""
    classes = int(world.origins.class_of.max(initial=0)) + 1
    if setup.home_rate_per_day <= 0.0 or not world.origins.place.size:
        return np.zeros((region.days, classes))
    rates = home_rates(region, setup.home_rate_per_day, setup.quiet_days)
    return np.ascontiguousarray(rates[:, world.origins.place])


def _totals(replications: int, region: Region, queues: int) -> Totals:
    days, destinations = region.days, len(region.destinations)
    by_day = (replications, days)
    return Totals(
        present=np.zeros((*by_day, destinations), np.int64),
        arrivals=np.zeros((*by_day, destinations), np.int64),
        displaced=np.zeros(by_day, np.int64),
        returned=np.zeros(by_day, np.int64),
        on_the_way=np.zeros(by_day, np.int64),
        waiting=np.zeros(by_day, np.int64),
        flows=np.zeros((days, len(region.links))),
        queued=np.zeros((*by_day, queues), np.int64),
    )
