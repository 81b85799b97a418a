"""Reception: registration, an address of one's own or a place from the state, province by province.

People are counted by the hour (cohorts): who arrives is registered at a limited rate; some will ask for a place, after a
while; places are filled at a rate that grows as provinces open them, near and free ones first.

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

PATIENT, NEED, ASK, PROVINCE = 0, 1, 2, 3


class ReceptionRules(NamedTuple):
    """How arrivals are received; persons, hours, persons per hour."""

    registration_rate: float
    shelter_share: float
    ask_delay_h: float
    placement_rate: float
    placement_growth_per_h: float
    patient_share: float


class ReceptionCounts(NamedTuple):
    """Persons at the end of each hour, arrays of length T; ``placed`` is (T, provinces)."""

    registered: NDArray[np.int64]
    queue: NDArray[np.int64]
    own_address: NDArray[np.int64]
    not_yet_asked: NDArray[np.int64]
    unmet: NDArray[np.int64]
    patients: NDArray[np.int64]
    placed: NDArray[np.int64]


@compiled
def places_an_hour(hours_open: float, rules: ReceptionRules) -> float:
    """Return how many persons the provinces can place in an hour.

    Equation: ``rate * exp(growth * hours_open)``.
    Units: persons per hour, growth per hour, hours.
    Source: assumed.
    """
    return rules.placement_rate * math.exp(rules.placement_growth_per_h * max(0.0, hours_open))


@compiled
def attraction(free_places: float, distance_h: float, distance_scale_h: float) -> float:
    """Return the weight of a province for the next person placed.

    Equation: ``free * exp(-distance / scale)``.
    Units: places; hours.
    Source: production-constrained gravity model (Wilson 1971), Environment and Planning 3, 1-32, with the free
    capacity as mass.
    """
    return max(0.0, free_places) * math.exp(-distance_h / distance_scale_h)


@compiled
def split_by_weight(
    seed: int,
    replication: int,
    hour: int,
    persons: int,
    weight: NDArray[np.float64],
    free: NDArray[np.float64],
    placed: NDArray[np.int64],
) -> int:
    """Place persons in provinces by weight, never above what is free; return how many found a place.

    ``placed`` is added to.

    Equation: a multinomial by successive binomials, each from one keyed uniform, cut at what is free.
    Units: persons.
    Source: conditional distribution of the multinomial (Devroye 1986), Non-Uniform Random Variate Generation.
    """
    weight_left = weight.sum()
    left = persons
    for province in range(weight.size):
        if left == 0 or weight_left <= 0.0:
            break
        chance = min(1.0, weight[province] / weight_left)
        weight_left -= weight[province]
        if chance <= 0.0:
            continue
        draw, _ = uniforms(seed, replication, RECEPTION, hour, province, PROVINCE)
        here = min(binomial(left, chance, draw), int(free[province]))
        placed[province] += here
        left -= here
    return persons - left


@compiled
def receive(
    seed: int,
    replication: int,
    arrivals: NDArray[np.int64],
    capacity: NDArray[np.float64],
    distance_h: NDArray[np.float64],
    distance_scale_h: float,
    rules: ReceptionRules,
) -> ReceptionCounts:
    """Follow arrivals to an address of their own or a place from the state (compiled kernel; one loop of hours).

    Parameters
    ----------
    arrivals
        Persons in each hour, length T.
    capacity, distance_h, distance_scale_h
        Places that each province can open and its distance in hours (length of the provinces); the scale in hours.

    Returns
    -------
    ReceptionCounts
        ``registered + queue + patients = arrivals so far`` and
        ``own address + not yet asked + unmet + placed = registered``, every hour.
    """
    hours, provinces = arrivals.size, capacity.size
    registered, queued = np.zeros(hours, np.int64), np.zeros(hours, np.int64)
    own, later = np.zeros(hours, np.int64), np.zeros(hours, np.int64)
    unmet, patients = np.zeros(hours, np.int64), np.zeros(hours, np.int64)
    placed = np.zeros((hours, provinces), np.int64)
    now = np.zeros(provinces, np.int64)
    free, weight = np.empty(provinces), np.empty(provinces)
    queue, total, at_home, pending, asking, sick = 0, 0, 0, 0, 0, 0
    first_hour = -1
    ask_chance = 1.0 - math.exp(-1.0 / rules.ask_delay_h)
    for hour in range(hours):
        if first_hour < 0 and arrivals[hour] > 0:
            first_hour = hour
        if first_hour >= 0:
            patient_draw, need_draw = uniforms(seed, replication, RECEPTION, hour, 0, PATIENT)
            ask_draw, round_draw = uniforms(seed, replication, RECEPTION, hour, 0, ASK)
            new_patients = binomial(arrivals[hour], rules.patient_share, patient_draw)
            sick += new_patients
            queue += arrivals[hour] - new_patients
            served = min(queue, int(rules.registration_rate + round_draw))
            queue -= served
            total += served
            need = binomial(served, rules.shelter_share, need_draw)
            at_home += served - need
            pending += need
            ask = binomial(pending, ask_chance, ask_draw)
            pending -= ask
            asking += ask
            rate = places_an_hour(hour - first_hour, rules)
            placing = min(asking, int(min(rate, 1e9) + round_draw))
            if placing > 0:
                for province in range(provinces):
                    free[province] = max(0.0, capacity[province] - now[province])
                    weight[province] = attraction(free[province], distance_h[province], distance_scale_h)
                asking -= split_by_weight(seed, replication, hour, placing, weight, free, now)
        registered[hour], queued[hour], own[hour] = total, queue, at_home
        later[hour], unmet[hour], patients[hour] = pending, asking, sick
        placed[hour] = now
    return ReceptionCounts(registered, queued, own, later, unmet, patients, placed)
