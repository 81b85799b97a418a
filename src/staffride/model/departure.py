"""Departure: which households leave, when they decide to, and what they leave in.

A household that will leave decides by a hazard that grows with word of the open road and with the share of its
neighbours who have left (Bass 1969). Danger at its place and hunger after the closure of the road multiply the hazard;
trust in guarantees raises the share who stay.

Limits: neighbours are the mean of the place, not a network; the hazard does not fall when the queue is long; the
record of arrivals cannot tell word, neighbours, danger and hunger apart (see ``staffride.lab.equifinality``).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import DEPARTURE, HOUSEHOLD, four_uniforms

LARGEST_HOUSEHOLD = 9
ENTITIES_PER_PLACE = 1_000_000
NEVER = math.inf


class Behaviour(NamedTuple):
    """How households decide; rates per hour, times in hours since the start of the period."""

    open_hour: float
    word_spread_h: float
    first_rate_per_h: float
    neighbour_rate_per_h: float
    stay_share: float
    straggler_share: float
    straggler_delay_h: float
    mean_size: float
    vehicle_share: float
    without_seat_share: float
    without_fuel_share: float
    children_share: float
    women_share: float
    older_share: float


class Households(NamedTuple):
    """One entry a household, all arrays of length H; ``decision_h`` is infinite for those who stay."""

    place: NDArray[np.int32]
    persons: NDArray[np.int32]
    children: NDArray[np.int32]
    women: NDArray[np.int32]
    older: NDArray[np.int32]
    decision_h: NDArray[np.float64]
    has_vehicle: NDArray[np.bool_]
    lacks_fuel: NDArray[np.bool_]
    finds_seat: NDArray[np.bool_]


@compiled
def share_who_stay(stay_share: float, trust: float, trust_effect: float) -> float:
    """Return the share of households who stay, given trust in guarantees.

    Equation: ``logit(stay) = logit(stay_share) + trust_effect * trust``.
    Units: all dimensionless.
    Source: logit choice (McFadden 1974), in Frontiers in Econometrics, 105-142.
    Limits: one trust for all; an effect of zero gives back ``stay_share``.
    """
    if stay_share <= 0.0 or stay_share >= 1.0:
        return min(max(stay_share, 0.0), 1.0)
    odds = stay_share / (1.0 - stay_share) * math.exp(trust_effect * trust)
    return odds / (1.0 + odds)


@compiled
def share_with_vehicle(mean_size: float, persons_per_vehicle: float, without_seat_share: float) -> float:
    """Return the share of households that own a vehicle, such that vehicles carry the given mean load.

    Equation: with share ``c``, mean size ``s`` and share without a seat ``w``,
    ``load = s (c + (1 - c)(1 - w)) / c``, so ``c = s (1 - w) / (load - s w)``.
    Units: persons, persons per vehicle.
    Source: identity.
    Limits: at most one vehicle a household, so the load is never below ``s``.
    """
    spare = persons_per_vehicle - mean_size * without_seat_share
    if spare <= 0.0:
        return 1.0
    return min(1.0, mean_size * (1.0 - without_seat_share) / spare)


@compiled
def word_exposure(hours_open: float, word_spread_h: float) -> float:
    """Return the hours of full exposure to word of the open road that a household has had on average.

    Equation: word reaches the place linearly over ``word_spread_h`` (tau), so that
    ``G(t) = t^2 / (2 tau)`` until tau and ``t - tau / 2`` after.
    Units: hours.
    Source: assumed.
    """
    if hours_open <= 0.0:
        return 0.0
    if hours_open < word_spread_h:
        return hours_open * hours_open / (2.0 * word_spread_h)
    return hours_open - 0.5 * word_spread_h


@compiled
def hours_until_exposure(exposure_h: float, word_spread_h: float) -> float:
    """Return the hours since opening at which ``word_exposure`` reaches ``exposure_h``; its exact inverse.

    Equation: ``t = sqrt(2 tau G)`` until ``G = tau / 2`` and ``t = G + tau / 2`` after.
    Units: hours.
    Source: inverse of ``word_exposure``.
    """
    if exposure_h < 0.5 * word_spread_h:
        return math.sqrt(2.0 * exposure_h * word_spread_h)
    return exposure_h + 0.5 * word_spread_h


@compiled
def share_decided(exposure_h: float, first_rate_per_h: float, neighbour_rate_per_h: float) -> float:
    """Return the share of leaving households that have decided after an exposure.

    Equation: ``dF/dG = (a + b F)(1 - F)``, so ``F = (1 - e) / (1 + (b / a) e)`` with ``e = exp(-(a + b) G)``.
    With b = 0 it is the constant hazard ``1 - exp(-a G)``.
    Units: a and b per hour, G in hours, F dimensionless.
    Source: Bass (1969), Management Science 15, 215-227.
    """
    decay = math.exp(-(first_rate_per_h + neighbour_rate_per_h) * exposure_h)
    return (1.0 - decay) / (1.0 + neighbour_rate_per_h / first_rate_per_h * decay)


@compiled
def exposure_at_share(share: float, first_rate_per_h: float, neighbour_rate_per_h: float) -> float:
    """Return the exposure (hours) at which ``share_decided`` reaches ``share``; its exact inverse.

    Equation: ``G = ln((1 + (b / a) F) / (1 - F)) / (a + b)``.
    Units: a and b per hour, G in hours, F dimensionless.
    Source: Bass (1969), Management Science 15, 215-227.
    """
    ratio = neighbour_rate_per_h / first_rate_per_h
    return math.log((1.0 + ratio * share) / (1.0 - share)) / (first_rate_per_h + neighbour_rate_per_h)


@compiled
def hazard_ratio(danger: float, danger_effect: float, hunger: float, hunger_effect: float) -> float:
    """Return the factor on the first rate of a place.

    Equation: ``exp(danger_effect * danger + hunger_effect * hunger)``.
    Units: dimensionless.
    Source: proportional hazards (Cox 1972), Journal of the Royal Statistical Society B 34, 187-220.
    Limits: neither effect can be told from the first rate by the record of arrivals.
    """
    return math.exp(danger_effect * danger + hunger_effect * hunger)


@compiled
def household_size(uniform: float, mean_size: float) -> int:
    """Return a household's size by inverting its distribution at a uniform.

    Equation: ``1 + Poisson(mean_size - 1)``, cut at nine.
    Units: persons.
    Source: usual for census tables (Jennings, Lloyd-Smith and Ironmonger 1999).
    """
    probability = math.exp(-(mean_size - 1.0))
    cumulative = probability
    size = 1
    while uniform > cumulative and size < LARGEST_HOUSEHOLD:
        probability *= (mean_size - 1.0) / size
        cumulative += probability
        size += 1
    return size


@compiled
def decision_hour(
    uniform: float, straggler_uniform: float, place_open_hour: float, rate_ratio: float, behaviour: Behaviour
) -> float:
    """Return the hour at which a leaving household decides, by inverting its keyed uniform.

    Equation: ``place_open_hour + t`` where ``t`` is the hour at which ``share_decided`` reaches the uniform;
    stragglers (a small share) decide after an exponential delay instead.
    Units: hours since the start of the period.
    Source: inversion of the distribution function; the delay of stragglers is assumed.
    """
    if straggler_uniform < behaviour.straggler_share:
        return place_open_hour - behaviour.straggler_delay_h * math.log(1.0 - uniform)
    exposure = exposure_at_share(
        uniform, behaviour.first_rate_per_h * rate_ratio, behaviour.neighbour_rate_per_h
    )
    return place_open_hour + hours_until_exposure(exposure, behaviour.word_spread_h)


@compiled
def member_class(uniform: float, behaviour: Behaviour) -> tuple[bool, bool, bool]:
    """Return whether a member is a child, is female, and is an older person, from one uniform number.

    Age and sex are independent (assumed): the position within the female or the male part of the unit interval gives
    the age. Shares as agencies published them.
    """
    female = uniform < behaviour.women_share
    age = (
        uniform / behaviour.women_share
        if female
        else (uniform - behaviour.women_share) / (1.0 - behaviour.women_share)
    )
    return age < behaviour.children_share, female, age > 1.0 - behaviour.older_share


@compiled
def count_members(
    seed: int, replication: int, entity: int, persons: int, behaviour: Behaviour
) -> tuple[int, int, int]:
    """Return how many of a household's members are children, women and girls, and older persons."""
    children, women, older = 0, 0, 0
    for first in range(0, persons, 4):
        draws = four_uniforms(seed, replication, HOUSEHOLD, 1, entity, first)
        for member in range(first, min(persons, first + 4)):
            child, female, old = member_class(draws[member - first], behaviour)
            children += child
            women += female
            older += old
    return children, women, older


@compiled
def allocate_persons(residents: int, place_share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split residents over places by share so that the parts are whole and sum to the total."""
    parts = np.empty(place_share.size, np.int64)
    cumulative, given = 0.0, 0
    for place in range(place_share.size):
        cumulative += place_share[place]
        target = residents if place == place_share.size - 1 else int(round(residents * cumulative))
        parts[place] = target - given
        given = target
    return parts


@compiled
def decide(
    seed: int,
    replication: int,
    residents: int,
    place_share: NDArray[np.float64],
    place_open_hour: NDArray[np.float64],
    place_rate_ratio: NDArray[np.float64],
    behaviour: Behaviour,
) -> Households:
    """Form the households of every place and let each decide (compiled kernel; one loop for speed).

    Parameters
    ----------
    seed, replication
        Key of the random numbers; a household's draws depend on these and on its own number only.
    residents
        Persons in all places together; conserved.
    place_share, place_open_hour, place_rate_ratio
        Arrays of length P: share of residents, hour at which word can first arrive, factor on the first rate.
    behaviour
        How households decide.

    Returns
    -------
    Households
        Arrays of one entry a household, ordered by place.
    """
    size = residents // 2 + 1000 if behaviour.mean_size > 2.5 else residents + 1
    place_of = np.empty(size, np.int32)
    persons_of = np.empty(size, np.int32)
    children_of = np.empty(size, np.int32)
    women_of = np.empty(size, np.int32)
    older_of = np.empty(size, np.int32)
    decision_of = np.empty(size, np.float64)
    vehicle_of = np.empty(size, np.bool_)
    no_fuel_of = np.empty(size, np.bool_)
    seat_of = np.empty(size, np.bool_)
    parts = allocate_persons(residents, place_share)
    count = 0
    for place in range(place_share.size):
        left, entity = parts[place], place * ENTITIES_PER_PLACE
        while left > 0:
            size_draw, stay_draw, vehicle_draw, fuel_draw = four_uniforms(
                seed, replication, HOUSEHOLD, 0, entity, 0
            )
            persons = min(left, household_size(size_draw, behaviour.mean_size))
            place_of[count] = place
            persons_of[count] = persons
            vehicle_of[count] = vehicle_draw < behaviour.vehicle_share
            no_fuel_of[count] = fuel_draw < behaviour.without_fuel_share
            seat_of[count] = True
            children_of[count], women_of[count], older_of[count] = 0, 0, 0
            decision_of[count] = NEVER
            if stay_draw >= behaviour.stay_share:
                time_draw, straggler_draw, seat_draw, _ = four_uniforms(
                    seed, replication, DEPARTURE, 0, entity, 0
                )
                decision_of[count] = decision_hour(
                    time_draw, straggler_draw, place_open_hour[place], place_rate_ratio[place], behaviour
                )
                children_of[count], women_of[count], older_of[count] = count_members(
                    seed, replication, entity, persons, behaviour
                )
                seat_of[count] = vehicle_of[count] or seat_draw >= behaviour.without_seat_share
            left -= persons
            entity += 1
            count += 1
    return Households(
        place_of[:count],
        persons_of[:count],
        children_of[:count],
        women_of[:count],
        older_of[:count],
        decision_of[:count],
        vehicle_of[:count],
        no_fuel_of[:count],
        seat_of[:count],
    )
