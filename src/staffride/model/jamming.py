"""Jamming: of radars, of drone links and of satellite navigation, and false targets.

A jammer works within its range, as long as it is switched on. It emits, so it is found (``detection``). Several
jammers act together: their noise powers add, and a link survives only if it survives each of them.

Limits: no terrain between jammer and victim; no change of frequency and no answer of the operators within the hour;
all radars of a kind have the same side lobes.

References
----------
Skolnik (2001), "Introduction to Radar Systems", third edition; Adamy (2001), "EW 101: A First Course in Electronic
Warfare".
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.engine.random import poisson

Floats = NDArray[np.float64]

LINK_HOLDS, LINK_ABORTS, LINK_CRASHES = 0, 1, 2


@compiled
def stand_off_factor(noise_rise_db: float) -> float:
    """Return the factor on a radar's range under a jammer at a distance of its own.

    Equation: ``10^(-dB / 40)``: the echo falls with the fourth power of range, the noise does not depend on it.
    Units: decibels; factor.
    Source: Skolnik (2001), chapter 2, radar equation; Adamy (2001), chapter 9 (burn-through).
    Limits: noise in every direction alike; a rise below zero counts as none.
    """
    return float(10.0 ** (-max(0.0, noise_rise_db) / 40.0))


@compiled
def self_screening_factor(noise_rise_db: float) -> float:
    """Return the factor on a radar's range for a target that carries the jammer itself.

    Equation: ``10^(-dB / 20)``: the echo falls with the fourth power of range, the jammer's noise with the second.
    Units: decibels of the rise at the unjammed range; factor.
    Source: Adamy (2001), chapter 9 (self-protection burn-through).
    Limits: the jammer's noise is far above the receiver's own; at a rise of 10 dB, where the exact root of
    ``x^4 + 9 x^2 = 1`` is 0.331, the law gives 0.316. A rise below zero counts as none.
    """
    return float(10.0 ** (-max(0.0, noise_rise_db) / 20.0))


@compiled
def noise_at(noise_rise_db: float, distance_km: float, jamming_range_km: float) -> float:
    """Return one jammer's noise at a receiver, as a multiple of the receiver's own noise.

    Equation: ``min(10^(dB / 10) - 1, (range / distance)^2)`` within the range, 0 beyond.
    Units: decibels of the largest rise (close to the jammer); kilometres.
    Source: one-way propagation, Adamy (2001), chapter 2; at its range the jammer equals the receiver's own noise.
    Limits: nothing beyond the range, though a rise of up to 3 dB would be left there.
    """
    if distance_km > jamming_range_km or noise_rise_db <= 0.0:
        return 0.0
    most = 10.0 ** (noise_rise_db / 10.0) - 1.0
    if distance_km <= 0.0:
        return float(most)
    return float(min(most, (jamming_range_km / distance_km) ** 2))


@compiled
def combined_noise_rise_db(
    jammers: Floats, distance_km: Floats, jamming_range_km: Floats, noise_rise_db: Floats
) -> float:
    """Return by how much all jammers together raise the noise of one receiver.

    Equation: ``10 log10(1 + sum of number x noise_at)``: powers add, decibels do not.
    Units: each argument has one entry a group of jammers, shape (J,): number switched on, km, km, dB.
    Source: addition of powers of independent sources, Skolnik (2001), chapter 2.
    Limits: all noise falls into the receiver's band.
    """
    noise = 0.0
    for group in range(jammers.size):
        if jammers[group] > 0.0:
            noise += jammers[group] * noise_at(
                noise_rise_db[group], distance_km[group], jamming_range_km[group]
            )
    return 10.0 * math.log10(1.0 + noise)


@compiled
def combined_link_loss(
    jammers: Floats, distance_km: Floats, jamming_range_km: Floats, link_loss: Floats
) -> float:
    """Return the chance that a radio link at this place is lost during a mission.

    Equation: ``1 - product of (1 - loss)^number`` over the jammers within whose range the place lies.
    Units: each argument has one entry a group of jammers, shape (J,): number switched on, km, km, share.
    Source: independent trials.
    Limits: full effect up to the range, none beyond.
    """
    kept = 1.0
    for group in range(jammers.size):
        if jammers[group] > 0.0 and distance_km[group] <= jamming_range_km[group]:
            kept *= (1.0 - min(1.0, max(0.0, link_loss[group]))) ** jammers[group]
    return float(1.0 - kept)


@compiled
def combined_position_error_m(
    jammers: Floats, distance_km: Floats, jamming_range_km: Floats, position_error_m: Floats
) -> float:
    """Return the error of satellite navigation at this place.

    Equation: ``sqrt(sum of number x error^2)`` over the jammers within whose range the place lies.
    Units: each argument has one entry a group of jammers, shape (J,): number switched on, km, km, metres.
    Source: independent errors add in squares; Kaplan and Hegarty (2017), "Understanding GPS/GNSS", chapter 9.
    Limits: the loss of the signal is expressed as the error of the inertial guidance that then remains.
    """
    squares = 0.0
    for group in range(jammers.size):
        if jammers[group] > 0.0 and distance_km[group] <= jamming_range_km[group]:
            squares += jammers[group] * position_error_m[group] ** 2
    return math.sqrt(squares)


@compiled
def link_is_lost(u: float, link_loss: float, dependence: float) -> bool:
    """Say whether a vehicle loses its link during the mission.

    Equation: true with probability ``link loss x dependence``.
    Units: ``u`` in (0, 1); shares.
    Source: definition of the figures ``link_loss`` and ``link_dependence``.
    Limits: once a mission; an autonomous vehicle (dependence 0) never loses it.
    """
    return u < link_loss * dependence


@compiled
def link_outcome(u: float, link_loss: float, dependence: float, crash_share: float) -> int:
    """Return what jamming does to one mission: LINK_HOLDS, LINK_ABORTS (it flies home) or LINK_CRASHES.

    Equation: the link is lost with probability ``link loss x dependence``, and of those a share crashes.
    Units: ``u`` in (0, 1); shares.
    Source: definition; the share is assumed (an aircraft without link usually flies home by itself).
    Limits: a crash counts as a loss without a shooter.
    """
    lost = link_loss * dependence
    if not link_is_lost(u, link_loss, dependence):
        return LINK_HOLDS
    return LINK_CRASHES if u < lost * crash_share else LINK_ABORTS


@compiled
def hit_factor_under_position_error(accuracy_m: float, error_m: float, dependence: float) -> float:
    """Return the factor on the density of impacts at the aim point under an error of position.

    Equation: ``a^2 / (a^2 + (d e)^2)``: for circular normal errors the variances add.
    Units: metres; ``a`` and ``e`` both as circular error probable; ``d`` is the dependence on satellite navigation.
    Source: circular normal distribution, Washburn and Kress (2009), "Combat Modeling", chapter 3.
    Limits: as a factor on the hit probability itself only for targets small against ``a``; `hit_under_position_error`
    holds for any size.
    """
    own, added = accuracy_m * accuracy_m, (dependence * error_m) ** 2
    if own + added <= 0.0:
        return 1.0
    return float(own / (own + added))


@compiled
def hit_under_position_error(
    hit_probability: float, accuracy_m: float, error_m: float, dependence: float
) -> float:
    """Return the hit probability under an error of position, from that without.

    Equation: ``1 - (1 - p)^f`` with ``f = a^2 / (a^2 + (d e)^2)``; for a circular normal error and a round target
    ``1 - p = exp(-r^2 / (2 s^2))``, and jamming changes nothing but ``s``.
    Units: shares; metres.
    Source: Washburn and Kress (2009), "Combat Modeling", chapter 3.
    Limits: no bias: the error is a scatter about the aim point.
    """
    factor = hit_factor_under_position_error(accuracy_m, error_m, dependence)
    return float(1.0 - (1.0 - min(1.0, hit_probability)) ** factor) if factor > 0.0 else 0.0


@compiled
def false_targets(u: float, mean: float) -> int:
    """Return how many false targets appear on a radar's screen with this raid.

    Equation: Poisson with the given mean, inverted.
    Units: targets; ``u`` in (0, 1).
    Source: independent false alarms, Skolnik (2001), chapter 2; deceptive jamming: Adamy (2001), chapter 9.
    Limits: a false target takes up channels as a true one until it is judged (``air_defence``).
    """
    return poisson(mean, u)
