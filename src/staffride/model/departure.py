"""Departure: which households leave, when they decide to, and what they leave in.

A household that will leave decides by a hazard that grows with word of the open road and with the share of its
neighbours who have left (Bass 1969). Danger at its place and hunger after the closure of the road multiply the part of
the hazard that needs no neighbours; trust in guarantees raises the share who stay.

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
NEVER = math.inf


class Behaviour(NamedTuple):
    """How households decide; rates per hour, times in hours since the start of the period."""

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
    """One entry a household, all arrays of length H.

    ``decision_h`` is infinite for those who stay; their children, women and older persons are not counted (zero).
    """

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
    Limits: word reaches the households of a place at a constant rate; with tau = 0 all hear at once.
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
    Limits: as for ``word_exposure``.
    """
    if exposure_h < 0.5 * word_spread_h:
        return math.sqrt(2.0 * exposure_h * word_spread_h)
    return exposure_h + 0.5 * word_spread_h


@compiled
def share_decided(exposure_h: float, first_rate_per_h: float, neighbour_rate_per_h: float) -> float:
    """Return the share of leaving households that have decided after an exposure.

    Equation: ``dF/dG = (a + b F)(1 - F)``, so ``F = (1 - e) / (1 + (b / a) e)`` with ``e = exp(-(a + b) G)``.
    With b = 0 it is the constant hazard ``1 - exp(-a G)``; with a = 0 nobody begins.
    Units: a and b per hour, G in hours, F dimensionless.
    Source: Bass (1969), Management Science 15, 215-227.
    Limits: neighbours are the mean of all who will leave, so it holds for many households.
    """
    if first_rate_per_h <= 0.0:
        return 0.0
    decay = math.exp(-(first_rate_per_h + neighbour_rate_per_h) * exposure_h)
    return (1.0 - decay) / (1.0 + neighbour_rate_per_h / first_rate_per_h * decay)


@compiled
def exposure_at_share(share: float, first_rate_per_h: float, neighbour_rate_per_h: float) -> float:
    """Return the exposure (hours) at which ``share_decided`` reaches ``share``; its exact inverse.

    Equation: ``G = ln((1 + (b / a) F) / (1 - F)) / (a + b)``, infinite with a = 0.
    Units: a and b per hour, G in hours, F dimensionless.
    Source: Bass (1969), Management Science 15, 215-227.
    Limits: as for ``share_decided``; the share is below one.
    """
    if first_rate_per_h <= 0.0:
        return NEVER
    ratio = neighbour_rate_per_h / first_rate_per_h
    return math.log((1.0 + ratio * share) / (1.0 - share)) / (first_rate_per_h + neighbour_rate_per_h)


@compiled
def hazard_ratio(effect: float, degree: float) -> float:
    """Return the factor on the first rate that a degree of danger or of hunger brings.

    Equation: ``exp(effect * degree)``.
    Units: dimensionless.
    Source: proportional hazards (Cox 1972), Journal of the Royal Statistical Society B 34, 187-220.
    Limits: the record of arrivals cannot tell such an effect from the first rate itself.
    """
    return math.exp(effect * degree)


@compiled
def household_sizes(mean_size: float) -> NDArray[np.float64]:
    """Return the probability that a household has at most 1, 2, ... 8 persons, (8,); all have at most nine.

    Equation: the size is ``1 + Poisson(mean_size - 1)``, cut at nine.
    Units: persons; probabilities are dimensionless.
    Source: usual for census tables (Jennings, Lloyd-Smith and Ironmonger 1999).
    Limits: the cut lowers the mean by less than 0.01 persons up to a mean of four, and by more above.
    """
    cumulative = np.empty(LARGEST_HOUSEHOLD - 1)
    probability = math.exp(-(mean_size - 1.0))
    below = 0.0
    for others in range(cumulative.size):
        below += probability
        cumulative[others] = below
        probability *= (mean_size - 1.0) / (others + 1)
    return cumulative


@compiled
def household_size(uniform: float, cumulative: NDArray[np.float64]) -> int:
    """Return a household's size by inverting ``household_sizes`` at a uniform.

    Equation: one more than the number of probabilities below the uniform.
    Units: persons.
    Source: inversion of the distribution function.
    Limits: none beyond those of ``household_sizes``.
    """
    size = 1
    for probability in cumulative:
        size += uniform > probability
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
    Limits: stragglers heed no neighbour; nobody changes their mind.
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

    Equation: female where ``u < women_share``; within the part of the unit interval of a sex, children come first
    and older persons last.
    Units: dimensionless.
    Source: shares as agencies published them; inversion of the distribution function.
    Limits: age and sex are independent of each other and of the household (assumed); where the shares of children
    and of older persons exceed one together, children come first.
    """
    female = uniform < behaviour.women_share
    part = behaviour.women_share if female else 1.0 - behaviour.women_share
    age = uniform if female else uniform - behaviour.women_share
    child = age < behaviour.children_share * part
    return child, female, not child and age > (1.0 - behaviour.older_share) * part


@compiled
def count_members(
    seed: int, replication: int, place: int, household: int, persons: int, behaviour: Behaviour
) -> tuple[int, int, int]:
    """Return how many of a household's members are children, women and girls, and older persons.

    Equation: the sum of ``member_class`` over members, each with a keyed uniform of its own.
    Units: persons.
    Source: definition.
    Limits: as for ``member_class``.
    """
    children, women, older = 0, 0, 0
    for first in range(0, persons, 4):
        draws = four_uniforms(seed, replication, HOUSEHOLD, place, household, 1 + first // 4)
        for member in range(min(persons - first, 4)):
            child, female, old = member_class(draws[member], behaviour)
            children += child
            women += female
            older += old
    return children, women, older


@compiled
def allocate_persons(residents: int, place_share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Split residents over places by share so that the parts are whole and sum to the total.

    Equation: part p is ``round(n S_p) - round(n S_(p-1))`` with S the cumulative shares.
    Units: persons.
    Source: conservation; rounding of cumulative sums, so that no part is off by more than one.
    Limits: shares are zero or more and sum to one.
    """
    parts = np.empty(place_share.size, np.int64)
    cumulative, given = 0.0, 0
    for place in range(place_share.size):
        cumulative += place_share[place]
        target = residents if place == place_share.size - 1 else round(residents * cumulative)
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

    Equation: households are drawn one after another by ``household_size`` until a place's persons are used up (the
    last is cut); a household stays where its uniform is below ``stay_share`` and else decides by ``decision_hour``.
    Units: persons; hours since the start of the period.
    Source: conservation; keyed inversion, so that a household's luck depends on its number at its place only.
    Limits: vehicles, fuel, seats and the will to stay are independent of each other and of size.

    Parameters
    ----------
    seed, replication
        Key of the random numbers.
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
    # No household is empty, so there are at most as many as residents; memory that is never written costs nothing.
    place_of = np.empty(residents, np.int32)
    persons_of = np.empty(residents, np.int32)
    children_of = np.empty(residents, np.int32)
    women_of = np.empty(residents, np.int32)
    older_of = np.empty(residents, np.int32)
    decision_of = np.empty(residents, np.float64)
    vehicle_of = np.empty(residents, np.bool_)
    no_fuel_of = np.empty(residents, np.bool_)
    seat_of = np.empty(residents, np.bool_)
    parts = allocate_persons(residents, place_share)
    sizes = household_sizes(behaviour.mean_size)
    count = 0
    for place in range(place_share.size):
        left, household = parts[place], 0
        while left > 0:
            size_draw, stay_draw, vehicle_draw, fuel_draw = four_uniforms(
                seed, replication, HOUSEHOLD, place, household, 0
            )
            persons = min(left, household_size(size_draw, sizes))
            place_of[count] = place
            persons_of[count] = persons
            vehicle_of[count] = vehicle_draw < behaviour.vehicle_share
            no_fuel_of[count] = fuel_draw < behaviour.without_fuel_share
            seat_of[count] = True
            children_of[count], women_of[count], older_of[count] = 0, 0, 0
            decision_of[count] = NEVER
            if stay_draw >= behaviour.stay_share:
                time_draw, straggler_draw, seat_draw, _ = four_uniforms(
                    seed, replication, DEPARTURE, place, household, 0
                )
                decision_of[count] = decision_hour(
                    time_draw, straggler_draw, place_open_hour[place], place_rate_ratio[place], behaviour
                )
                children_of[count], women_of[count], older_of[count] = count_members(
                    seed, replication, place, household, persons, behaviour
                )
                seat_of[count] = vehicle_of[count] or seat_draw >= behaviour.without_seat_share
            left -= persons
            household += 1
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
