"""Reception: registration, an address of one's own or a place from the state, province by province.

People are counted by the hour (cohorts): who arrives is registered after a while, at a limited rate; some will ask for
a place, after a while; places are filled at a rate that grows, near and free ones first, in the provinces that have
opened. Provinces open one after another: the snapshots of 26 and 27 September name five of them, then eight.

Limits: no one moves on from the first place; what each province has in hand is a prior; the state's order of
filling is reduced to distance and room. The record before 28 September holds nothing on the provinces that later
took most people.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import RECEPTION, binomial, uniforms
from staffride.engine.sorting import order_by_time

PATIENT, ASK, PROVINCE, DESK = 0, 1, 2, 3
MOST_PLACED_AN_HOUR = 1e9
LARGEST_EXPONENT = 700.0


class ReceptionRules(NamedTuple):
    """How arrivals are received; persons, hours, persons per hour."""

    registration_rate: float
    shelter_share: float
    ask_delay_h: float
    placement_rate: float
    placement_growth_per_h: float
    patient_share: float
    registration_delay_h: float


class ReceptionCounts(NamedTuple):
    """Persons at the end of each hour, arrays of length T; ``placed`` is (T, provinces).

    ``registered``, ``own_address``, ``placed`` and ``patients`` are all so far; the others are those of the moment.
    """

    registered: NDArray[np.int64]
    queue: NDArray[np.int64]
    own_address: NDArray[np.int64]
    not_yet_asked: NDArray[np.int64]
    unmet: NDArray[np.int64]
    patients: NDArray[np.int64]
    placed: NDArray[np.int64]


@compiled
def chance_within_hour(mean_h: float) -> float:
    """Return the chance that what takes ``mean_h`` on average happens within an hour.

    Equation: ``1 - exp(-1 / mean)``, and one where the mean is zero.
    Units: hours.
    Source: exponential waiting time.
    Limits: no memory of how long one has waited.
    """
    return 1.0 - math.exp(-1.0 / mean_h) if mean_h > 0.0 else 1.0


@compiled
def places_an_hour(hours_open: float, rules: ReceptionRules) -> float:
    """Return how many persons the provinces can place in an hour.

    Equation: ``rate * exp(growth * hours_open)``, at most a thousand million.
    Units: persons per hour, growth per hour, hours.
    Source: assumed.
    Limits: one rate for all provinces; it grows whether or not anybody asks.
    """
    exponent = min(LARGEST_EXPONENT, rules.placement_growth_per_h * max(0.0, hours_open))
    return min(MOST_PLACED_AN_HOUR, rules.placement_rate * math.exp(exponent))


@compiled
def opening_hour(z: float, mean_h: float) -> float:
    """Return how long after the first arrival a province opens its places, from a standard normal number.

    Equation: ``-mean * ln(1 - Phi(z))``, an exponential waiting time.
    Units: hours.
    Source: assumed; the snapshots name more provinces each day.
    Limits: provinces open independently of each other and of how many wait.
    """
    return -mean_h * math.log(max(0.5 * math.erfc(z / math.sqrt(2.0)), 1e-300))


@compiled
def open_provinces(
    hours_open: float,
    opening_h: NDArray[np.float64],
    capacity: NDArray[np.float64],
    opened: NDArray[np.bool_],
    room: NDArray[np.int64],
) -> None:
    """Give the provinces whose hour has come the room that they can open, in place; arrays of length M.

    Equation: ``room = capacity`` from ``opening_h`` on.
    Units: hours, persons.
    Source: identity.
    Limits: all places of a province open at once.
    """
    for province in range(opened.size):
        if not opened[province] and hours_open >= opening_h[province]:
            opened[province] = True
            room[province] = int(max(0.0, capacity[province]))


@compiled
def attraction(free_places: float, distance_h: float, distance_scale_h: float) -> float:
    """Return the weight of a province for the next person placed.

    Equation: ``free * exp(-distance / scale)``.
    Units: places; hours.
    Source: production-constrained gravity model (Wilson 1971), Environment and Planning 3, 1-32, with the free
    capacity as mass.
    Limits: kin, work and orders from above are not in it.
    """
    return max(0.0, free_places) * math.exp(-distance_h / distance_scale_h)


@compiled
def split_by_weight(
    seed: int,
    replication: int,
    hour: int,
    persons: int,
    weight: NDArray[np.float64],
    free: NDArray[np.int64],
    nearest_first: NDArray[np.int64],
    placed: NDArray[np.int64],
) -> int:
    """Place persons in provinces by weight, never above what is free; return how many found a place.

    ``placed`` (M,) is added to and ``free`` (M,) taken from.

    Equation: a multinomial by successive binomials, each from one keyed uniform, cut at what is free; who finds a
    province full goes to the nearest one that is not. So ``min(persons, sum of free)`` are placed.
    Units: persons.
    Source: conditional distribution of the multinomial (Devroye 1986), Non-Uniform Random Variate Generation.
    Limits: families are not kept together.
    """
    weight_left = weight.sum()
    wanted = persons
    left = persons
    for province in range(weight.size):
        if wanted == 0 or weight_left <= 0.0:
            break
        draw, _ = uniforms(seed, replication, RECEPTION, hour, province, PROVINCE)
        coming = binomial(wanted, weight[province] / weight_left, draw)
        weight_left -= weight[province]
        wanted -= coming
        here = min(coming, free[province])
        placed[province] += here
        free[province] -= here
        left -= here
    for province in nearest_first:
        here = min(left, free[province])
        placed[province] += here
        free[province] -= here
        left -= here
    return persons - left


@compiled
def receive(
    seed: int,
    replication: int,
    arrivals: NDArray[np.int64],
    capacity: NDArray[np.float64],
    opening_h: NDArray[np.float64],
    distance_h: NDArray[np.float64],
    distance_scale_h: float,
    rules: ReceptionRules,
) -> ReceptionCounts:
    """Follow arrivals to an address of their own or a place from the state (compiled kernel; one loop of hours).

    Equation: in each hour patients go to hospital; those whose papers are ready are registered, at most
    ``registration_rate`` of them; a share of these will ask for a place; those who ask now wait for one; and at most
    ``places_an_hour`` of them are placed by ``split_by_weight``. Binomials from keyed uniforms; rates are rounded at
    random to whole persons.
    Units: persons, hours.
    Source: cohorts in a tandem of queues; conservation.
    Limits: persons, not families, are counted; registration has no night.

    Parameters
    ----------
    arrivals
        Persons in each hour, length T.
    capacity, opening_h, distance_h, distance_scale_h
        Places that each province can open, hours after the first arrival at which it opens, and its distance in
        hours (length of the provinces); the scale in hours.

    Returns
    -------
    ReceptionCounts
        ``registered + queue + patients = arrivals so far`` and
        ``own address + not yet asked + unmet + sum of placed = registered``, every hour.
    """
    hours, provinces = arrivals.size, capacity.size
    registered, queued = np.zeros(hours, np.int64), np.zeros(hours, np.int64)
    own, later = np.zeros(hours, np.int64), np.zeros(hours, np.int64)
    unmet, patients = np.zeros(hours, np.int64), np.zeros(hours, np.int64)
    placed = np.zeros((hours, provinces), np.int64)
    now, room = np.zeros(provinces, np.int64), np.zeros(provinces, np.int64)
    opened = np.zeros(provinces, np.bool_)
    nearest_first, weight = order_by_time(distance_h), np.empty(provinces)
    queue, total, at_home, pending, asking, sick = 0, 0, 0, 0, 0, 0
    first_hour = -1
    ask_chance = chance_within_hour(rules.ask_delay_h)
    desk_chance = chance_within_hour(rules.registration_delay_h)
    for hour in range(hours):
        if first_hour < 0 and arrivals[hour] > 0:
            first_hour = hour
        if first_hour >= 0:
            patient_draw, need_draw = uniforms(seed, replication, RECEPTION, hour, 0, PATIENT)
            ask_draw, round_draw = uniforms(seed, replication, RECEPTION, hour, 0, ASK)
            new_patients = binomial(arrivals[hour], rules.patient_share, patient_draw)
            sick += new_patients
            queue += arrivals[hour] - new_patients
            desk_draw, _ = uniforms(seed, replication, RECEPTION, hour, 0, DESK)
            ready = binomial(queue, desk_chance, desk_draw)
            served = int(min(float(ready), rules.registration_rate + round_draw))
            queue -= served
            total += served
            need = binomial(served, rules.shelter_share, need_draw)
            at_home += served - need
            pending += need
            ask = binomial(pending, ask_chance, ask_draw)
            pending -= ask
            asking += ask
            placing = min(asking, int(places_an_hour(hour - first_hour, rules) + round_draw))
            if placing > 0:
                open_provinces(hour - first_hour, opening_h, capacity, opened, room)
                for province in range(provinces):
                    weight[province] = attraction(room[province], distance_h[province], distance_scale_h)
                asking -= split_by_weight(seed, replication, hour, placing, weight, room, nearest_first, now)
        registered[hour], queued[hour], own[hour] = total, queue, at_home
        later[hour], unmet[hour], patients[hour] = pending, asking, sick
        placed[hour] = now
    return ReceptionCounts(registered, queued, own, later, unmet, patients, placed)
