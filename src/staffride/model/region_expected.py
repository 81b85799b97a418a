"""Expected counts of a region by our rules, without chance: for fits and closed forms (the kernels).

The same rules as the engines run with, on means in place of whole persons: each day the newly displaced and those who
wait for a way choose a destination, they arrive on the same day, and some move on inside a country of asylum.

Limits: no travel time, no limits of roads, no going home; the expected course of a rule that is not linear is not quite
the mean of its courses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.region_choice import Choice, appeal_of_day, destination_chances, distance_weight
from staffride.model.region_inputs import World, world_of
from staffride.model.region_onward import onward_from
from staffride.model.region_volume import Volume, from_reports
from staffride.scenario.region import Region

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Ground(NamedTuple):
    """What the expected course rests on: T days, G regimes, O origins, D destinations.

    Attributes
    ----------
    regime
        (T,) regime of each day.
    cost_km
        (G, O, D) length with danger from an origin to a destination; infinite where there is no way.
    newly
        (T, O) persons newly displaced.
    is_open, can_be_entered
        (T, D) whether a destination takes people, and whether some road to it is open besides.
    depth_km
        (T, D) how far from the fighting.
    capacity, host, stock
        (D,) persons it can hold, country of asylum, persons there on day 0.
    """

    regime: Integers
    cost_km: Floats
    newly: Floats
    is_open: Flags
    can_be_entered: Flags
    depth_km: Floats
    capacity: Floats
    host: Integers
    stock: Floats


def ground_of(world: World, newly: Floats | None = None, stock: Floats | None = None) -> Ground:
    """Return what the expected course needs of a world.

    Parameters
    ----------
    world
        As both engines read it.
    newly
        (T,) persons newly displaced; those of the world where it is left out.
    stock
        (D,) persons at the destinations on day 0; those of the world where it is left out.
    """
    to, start = world.destinations, world.origins
    amount = world.newly.amount if newly is None else np.reshape(newly, (-1, 1))
    return Ground(
        world.ways.regime,
        np.ascontiguousarray(world.ways.cost_km[:, start.place]),
        np.ascontiguousarray(amount * start.share if amount.shape[1] == 1 else amount),
        to.is_open,
        to.can_be_entered,
        to.depth_km,
        to.capacity,
        to.host,
        to.stock.astype(np.float64) if stock is None else stock.astype(np.float64),
    )


def expected_counts(
    region: Region, choice: Choice, volume: Volume | None = None, *, capacity: Floats | None = None
) -> Floats:
    """Return (T, D) persons expected at each destination at the end of each day.

    On each day ``stock + newly displaced x P(d | origin)``, then moves onward; day 0 is the stock given.

    Parameters
    ----------
    region, choice
        The region and the parameters.
    volume
        How many are newly displaced, as counts; by default the rises of the reported total less their debt.
    capacity
        (D,) persons, in place of those of the region.
    """
    given = from_reports(region) if volume is None else volume
    world = world_of(region, given, choice=choice, capacity=capacity)
    return expected_course(ground_of(world), choice)


def expected_course(ground: Ground, choice: Choice, first_day: int = 0) -> Floats:
    """Return (T, D) persons expected at each destination; the stock holds up to and on ``first_day``."""
    present = np.empty_like(ground.depth_km)
    near = np.empty_like(ground.cost_km)
    fill_distance_weights(ground.cost_km, choice.distance_decay, choice.near_km, near)
    follow(ground, near, choice, first_day, present)
    return present


@compiled
def fill_distance_weights(cost_km: Floats, exponent: float, near_km: float, near: Floats) -> None:
    """Fill the weight of every way, (G, O, D), by `distance_weight`."""
    for regime in range(cost_km.shape[0]):
        for origin in range(cost_km.shape[1]):
            for destination in range(cost_km.shape[2]):
                km = cost_km[regime, origin, destination]
                near[regime, origin, destination] = distance_weight(km, exponent, near_km)


@compiled
def follow(ground: Ground, near: Floats, choice: Choice, first_day: int, present: Floats) -> None:
    """Fill the expected course, day after day (kernel).

    Arrivals by `destination_chances` with the stocks at the start of the day, then `onward_from` for all destinations
    at once. ``near`` is (G, O, D), ``present`` (T, D) persons.
    """
    days, destinations = present.shape
    origins = near.shape[1]
    stock, waiting = ground.stock.copy(), np.zeros(origins)
    appeal, by_capacity, factor = np.empty(destinations), np.empty(destinations), np.ones(destinations)
    chances, moved = np.empty(destinations), np.empty(destinations)
    for day in range(days):
        if day <= first_day:
            present[day] = stock
            continue
        before = stock.copy()
        appeal_of_day(
            stock, ground.capacity, ground.is_open[day], choice.networks, factor, appeal, by_capacity
        )
        for origin in range(origins):
            leaving = waiting[origin] + ground.newly[day, origin]
            if leaving > 0.0:
                has_way = destination_chances(appeal, by_capacity, near[ground.regime[day], origin], chances)
                waiting[origin] = 0.0 if has_way else leaving
                if has_way:
                    stock += leaving * chances
        moved[:] = 0.0
        for start in range(destinations):
            if choice.onward > 0.0 and stock[start] > 0.0:
                share = onward_from(
                    start, before, ground.capacity, ground.host, ground.can_be_entered[day],
                    ground.depth_km[day], choice.onward, chances,
                )  # fmt: skip
                if share > 0.0:
                    moved += stock[start] * share * chances
                    moved[start] -= stock[start] * share
        stock += moved
        present[day] = stock
