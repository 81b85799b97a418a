"""Detection: random search for units, emitters that betray themselves, and tracks that age.

All ways of being found (search from the air, emission, firing) are rates per hour, and rates add. Each unit gathers
hazard until it passes a threshold, an exponential number drawn once a contact; so most hours need no draw, and a
variant that changes a rate shifts a contact in time instead of drawing new luck.

Limits: searchers do not divide the area among themselves, and a lost unit is not looked for where it was lost
(random search, the usual lower bound for a search with a plan).

References
----------
Koopman (1956), "The theory of search, II: target detection", Operations Research 4, 503-531; Koopman (1980), "Search
and Screening", second edition.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import DETECTION, exponential_ppf, uniforms
from staffride.model.weather import FOG, LOW_CLOUD

NEVER = -math.inf
"""Hour of the last contact of a unit that was never seen."""


@compiled
def search_rate_per_h(sweep_width_km: float, speed_kmh: float, area_km2: float) -> float:
    """Return the rate at which one searcher finds one target that is somewhere in the area.

    Equation: ``W v / A``. Two searchers have twice the rate.
    Units: km, km/h, km2; per hour.
    Source: Koopman (1956), Operations Research 4, 503-531, random search.
    Limits: the target stands still or moves slowly against ``v``; the sweep width is small against the area.
    """
    return sweep_width_km * speed_kmh / area_km2 if area_km2 > 0.0 else 0.0


@compiled
def detection_probability(rate_per_h: float, hours: float) -> float:
    """Return the probability of at least one contact within a time.

    Equation: ``1 - exp(-rate t)``.
    Units: per hour, hours.
    Source: Koopman (1956).
    Limits: constant rate; `search_hour` is the same law with a rate that changes by the hour.
    """
    return -math.expm1(-rate_per_h * hours)


@compiled
def effective_sweep_width(
    sweep_width_km: float, signature: float, posture_factor: float, weather_factor: float, night_factor: float
) -> float:
    """Return the sweep width of a sensor for one kind of target, in its posture, under this sky, at this hour.

    Equation: ``W x signature x posture x weather x night``.
    Units: km; factors without unit.
    Source: Koopman (1980): the sweep width is the area under the lateral range curve; that the factors
    multiply is assumed.
    Limits: the factors are independent; there is no value below which a target cannot be seen at all.
    """
    return sweep_width_km * signature * posture_factor * weather_factor * night_factor


@compiled
def weather_factor(state: int, low_cloud_factor: float, fog_factor: float) -> float:
    """Return the factor on sweep width of the sky over the target.

    Equation: 1 under a clear sky, ``low cloud factor`` under low cloud, ``fog factor`` in fog.
    Units: factors from 0 to 1.
    Source: assumed; optical and infrared sensors look through neither, radar does.
    Limits: the same for every sensor.
    """
    if state == FOG:
        return fog_factor
    return low_cloud_factor if state == LOW_CLOUD else 1.0


@compiled
def night_factor(dark: bool, night_ability: float) -> float:
    """Return the factor on a sensor's sweep width of the hour of the day.

    Equation: ``night ability`` in the dark, 1 otherwise.
    Units: factor from 0 to 1.
    Source: definition of the figure ``night_ability``.
    Limits: twilight counts as day.
    """
    return night_ability if dark else 1.0


@compiled
def emission_rate_per_h(rate_per_h: float, duty: float) -> float:
    """Return the rate at which an emitter (radar or jammer) is found by its emission.

    Equation: ``k d``: survival over ``t`` hours is ``exp(-k d t)``.
    Units: ``k`` per hour of emission; ``d`` is the share of time on the air, from 0 to 1.
    Source: interception as a Poisson process in emission time, Wiley (2006), "ELINT: The Interception and
    Analysis of Radar Signals" (probability of intercept).
    Limits: short and long emissions of the same total are found alike.
    """
    return rate_per_h * min(1.0, max(0.0, duty))


@compiled
def still_there(age_h: float, dwell_h: float) -> float:
    """Return the probability that a unit is still where it was seen.

    Equation: ``exp(-age / dwell)``; 0 for a unit never seen.
    Units: hours; ``dwell`` is the mean time a unit of this kind stays at one place.
    Source: moves as a Poisson process, Cinlar (1975), "Introduction to Stochastic Processes", chapter 4.
    Limits: a unit does not know that it was seen.
    """
    if dwell_h <= 0.0:
        return 1.0 if age_h <= 0.0 else 0.0
    return math.exp(-max(0.0, age_h) / dwell_h)


@compiled
def start_search(
    seed: int,
    replication: int,
    reconnoitred: NDArray[np.float64],
    hazard: NDArray[np.float64],
    threshold: NDArray[np.float64],
    contacts: NDArray[np.int32],
    seen_at: NDArray[np.float64],
) -> None:
    """Set the state of the search at the start of the period, with one draw for each unit.

    Equation: a unit is seen at hour 0 with probability ``reconnoitred``; the first threshold is exponential, mean 1.
    Units: hours; hazard and threshold without unit.
    Source: Koopman (1956); what was reconnoitred beforehand is an input.
    Limits: units are reconnoitred independently of each other.

    Parameters
    ----------
    reconnoitred
        Chance that the other side has each unit's position at the start, shape (U,).
    hazard, threshold, contacts, seen_at
        State, each of shape (U,), overwritten.
    """
    for unit in range(hazard.size):
        before, first = uniforms(seed, replication, DETECTION, 0, unit, 0)
        hazard[unit] = 0.0
        threshold[unit] = exponential_ppf(first)
        contacts[unit] = 0
        seen_at[unit] = 0.0 if before < reconnoitred[unit] else NEVER


@compiled
def search_hour(
    seed: int,
    replication: int,
    hour: int,
    rate: NDArray[np.float64],
    hazard: NDArray[np.float64],
    threshold: NDArray[np.float64],
    contacts: NDArray[np.int32],
    seen_at: NDArray[np.float64],
) -> None:
    """Search for every unit during one hour; a kernel that draws only on contact.

    Equation: the hazard grows by ``rate`` an hour; the first contact is where it passes the threshold. The last
    contact of that hour lies an exponential time ``E / rate`` before its end, never before the first.
    From the end of the hour a fresh threshold counts.
    Units: rate per hour; hours since the start of the period.
    Source: Poisson process by thinning of time, Koopman (1956); Cinlar (1975), "Introduction to Stochastic
    Processes", chapter 4 (its law is the same when time runs backwards).
    Limits: the rate is constant within the hour; ``contacts`` counts hours with a contact, not glimpses.

    Parameters
    ----------
    hour
        The hour ``[hour, hour + 1)``.
    rate
        Rate at which each unit is found, summed over all who look for it, shape (U,); 0 for a unit that is lost.
    hazard, threshold, contacts, seen_at
        State, each of shape (U,), changed in place; ``seen_at`` is the moment of the last contact.
    """
    end = hour + 1.0
    for unit in range(rate.size):
        gained = rate[unit]
        if gained <= 0.0:
            continue
        hazard[unit] += gained
        surplus = hazard[unit] - threshold[unit]
        if surplus >= 0.0:
            contacts[unit] += 1
            last, following = uniforms(seed, replication, DETECTION, contacts[unit], unit, 0)
            # An exponential number exceeds its uniform number, so the logarithm is needed only below the surplus.
            before_end = min(surplus, exponential_ppf(last)) if last < surplus else surplus
            seen_at[unit] = end - before_end / gained
            hazard[unit] = 0.0
            threshold[unit] = exponential_ppf(following)
