"""Random numbers that depend only on what they are for: Philox4x32-10 and inverse distributions.

A draw is a pure function of (seed, replication, phenomenon, step, entity, draw).  So a run does not depend
on the number of workers, any replication can be run alone, and when a policy changes one thing all else
meets the same luck.  Every distribution is sampled by inverting one uniform number, which keeps that pairing;
rejection would break it.

References
----------
Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC11.
"""

from __future__ import annotations

import math

import numpy as np

from staffride.engine.compile import compiled

PRIORS = 1
CHECKPOINT = 2
DEPARTURE = 3
HOUSEHOLD = 4
FUEL = 5
BUSES = 6
TRAFFIC = 7
RECEPTION = 8
OBSERVATION = 9
CONDITIONING = 10
WEATHER = 11
INFORMATION = 12
DETECTION = 13
JAMMING = 14
AIR_DEFENCE = 15
FIRES = 16
RAID = 17
GROUND = 18
INFILTRATION = 19
COHESION = 20
SUPPLY = 21
DIPLOMACY = 22
CITY_STRIKES = 23
FLIGHT = 24
CONTROL = 25
TALKS = 26
RETURNS = 27
REGION_CHOICE = 28
REGION_TRAVEL = 29
FLEE = 30
FORECAST = 31

_LOW_32_BITS = 0xFFFFFFFF
_MULTIPLIER_0 = 0xD2511F53
_MULTIPLIER_1 = 0xCD9E8D57
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_ROUNDS = 10
_TWO_TO_MINUS_52 = 2.0**-52
_TWO_TO_MINUS_32 = 2.0**-32

EXACT_UP_TO = 60.0
"""Mean (of the rarer outcome) up to which `binomial` and `poisson` are exact."""


@compiled
def philox4x32(
    counter_0: int, counter_1: int, counter_2: int, counter_3: int, key_0: int, key_1: int
) -> tuple[int, int, int, int]:
    """Encrypt a counter with the Philox4x32 block function of ten rounds.

    All six inputs and four outputs are integers from 0 to 2**32 - 1.  Meets the known-answer vectors of the
    Random123 library.

    References
    ----------
    Salmon et al. (2011), section 4.3.
    """
    # Signed 64-bit products wrap when compiled and grow when not; masking gives the same bits for both.
    # Only signed integers appear, because Numba turns a mix of signed and unsigned ones into floats.
    for _ in range(_ROUNDS):
        product_0 = _MULTIPLIER_0 * counter_0
        product_1 = _MULTIPLIER_1 * counter_2
        counter_0 = ((product_1 >> 32) & _LOW_32_BITS) ^ counter_1 ^ key_0
        counter_1 = product_1 & _LOW_32_BITS
        counter_2 = ((product_0 >> 32) & _LOW_32_BITS) ^ counter_3 ^ key_1
        counter_3 = product_0 & _LOW_32_BITS
        key_0 = (key_0 + _WEYL_0) & _LOW_32_BITS
        key_1 = (key_1 + _WEYL_1) & _LOW_32_BITS
    return counter_0, counter_1, counter_2, counter_3


@compiled
def uniforms(
    seed: int, replication: int, phenomenon: int, step: int, entity: int, draw: int
) -> tuple[float, float]:
    """Return two independent uniform numbers strictly between 0 and 1.

    Each has 52 random bits: (k + 1/2) / 2**52 with k from 0 to 2**52 - 1.  Both ends are excluded exactly,
    1 - u is again such a number, and the smallest is 1.1e-16.

    Parameters
    ----------
    seed, replication
        The key: which run, and which replication of it.
    phenomenon
        One of the constants of this module, so that phenomena do not share luck.
    step, entity, draw
        Which moment, whose draw, and which draw of several.  All six are integers from 0 to 2**32 - 1.
    """
    word_0, word_1, word_2, word_3 = philox4x32(
        _signed(entity),
        _signed(step),
        _signed(phenomenon),
        _signed(draw),
        _signed(seed),
        _signed(replication),
    )
    return _open_unit_interval(word_0, word_1), _open_unit_interval(word_2, word_3)


@compiled
def four_uniforms(
    seed: int, replication: int, phenomenon: int, step: int, entity: int, draw: int
) -> tuple[float, float, float, float]:
    """Return four independent uniform numbers strictly between 0 and 1, of 32 random bits each.

    The same block as `uniforms` at half the cost a number; use it where a resolution of 2.3e-10 is enough.
    """
    word_0, word_1, word_2, word_3 = philox4x32(
        _signed(entity),
        _signed(step),
        _signed(phenomenon),
        _signed(draw),
        _signed(seed),
        _signed(replication),
    )
    return (
        (word_0 + 0.5) * _TWO_TO_MINUS_32,
        (word_1 + 0.5) * _TWO_TO_MINUS_32,
        (word_2 + 0.5) * _TWO_TO_MINUS_32,
        (word_3 + 0.5) * _TWO_TO_MINUS_32,
    )


@compiled
def _signed(number: int) -> int:
    """Return a signed 64-bit integer when compiled and a plain, unbounded one when not."""
    return int(np.int64(number))


@compiled
def _open_unit_interval(high: int, low: int) -> float:
    """Turn 64 random bits into a number strictly between 0 and 1, without bias."""
    return (((high << 20) | (low >> 12)) + 0.5) * _TWO_TO_MINUS_52


Coefficients = tuple[float, float, float, float, float, float, float, float]


@compiled
def _polynomial(x: float, c: Coefficients) -> float:
    """Evaluate a polynomial of degree seven by Horner's rule, coefficients from the highest power down."""
    return ((((((c[0] * x + c[1]) * x + c[2]) * x + c[3]) * x + c[4]) * x + c[5]) * x + c[6]) * x + c[7]


@compiled
def _ratio(x: float, numerator: Coefficients, denominator: Coefficients) -> float:
    """Evaluate a ratio of two polynomials of degree seven."""
    return _polynomial(x, numerator) / _polynomial(x, denominator)


_CENTRAL_NUMERATOR = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_CENTRAL_DENOMINATOR = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_MIDDLE_NUMERATOR = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_MIDDLE_DENOMINATOR = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_FAR_NUMERATOR = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
_FAR_DENOMINATOR = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)


@compiled
def normal_ppf(u: float) -> float:
    """Return the quantile of the standard normal distribution, to about 1e-15 relative.

    Parameters
    ----------
    u
        Probability, strictly between 0 and 1.

    References
    ----------
    Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics
    37, 477-484 (routine PPND16).
    """
    centred = u - 0.5
    if abs(centred) <= 0.425:
        return centred * _ratio(0.180625 - centred * centred, _CENTRAL_NUMERATOR, _CENTRAL_DENOMINATOR)
    tail = math.sqrt(-math.log(min(u, 1.0 - u)))
    if tail <= 5.0:
        size = _ratio(tail - 1.6, _MIDDLE_NUMERATOR, _MIDDLE_DENOMINATOR)
    else:
        size = _ratio(tail - 5.0, _FAR_NUMERATOR, _FAR_DENOMINATOR)
    return size if centred > 0.0 else -size


@compiled
def exponential_ppf(u: float) -> float:
    """Return the quantile -ln(1 - u) of the exponential distribution with mean 1; ``u`` in (0, 1)."""
    return -math.log1p(-u)


@compiled
def binomial(n: int, p: float, u: float) -> int:
    """Return the number of successes in ``n`` trials of probability ``p``: the quantile at ``u``.

    Exact inversion while the rarer outcome is expected at most `EXACT_UP_TO` times; beyond that the
    Cornish-Fisher expansion, whose probabilities are within 5e-4 of the exact ones.  Never decreasing in
    ``u`` within either branch; 0 when ``n`` or ``p`` is not positive, ``n`` when ``p`` is 1 or more.

    Parameters
    ----------
    n
        Number of trials.
    p
        Probability of success of one trial.
    u
        Uniform number strictly between 0 and 1.

    References
    ----------
    Devroye (1986), "Non-uniform random variate generation", chapter III.2 (inversion by sequential search);
    Cornish and Fisher (1938), Revue de l'Institut International de Statistique 5, 307-320.
    """
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if p > 0.5:
        return n - _rarer_binomial(n, 1.0 - p, 1.0 - u)
    return _rarer_binomial(n, p, u)


@compiled
def _rarer_binomial(n: int, p: float, u: float) -> int:
    """Return the binomial quantile for p at most one half."""
    if n * p > EXACT_UP_TO:
        variance = n * p * (1.0 - p)
        return min(n, _cornish_fisher(n * p, variance, 1.0 - 2.0 * p, 1.0 - 6.0 * p * (1.0 - p), u))
    odds = p / (1.0 - p)
    probability = math.exp(n * math.log1p(-p))
    cumulative = probability
    successes = 0
    while cumulative < u and successes < n:
        successes += 1
        probability *= odds * (n - successes + 1) / successes
        cumulative += probability
        if probability < 1e-18 and successes > n * p:
            break
    return successes


@compiled
def poisson(mean: float, u: float) -> int:
    """Return the Poisson count with the given mean: the quantile at ``u``.

    Exact inversion up to a mean of `EXACT_UP_TO`, beyond that the Cornish-Fisher expansion, whose
    probabilities are within 5e-4 of the exact ones.  0 when ``mean`` is not positive.

    Parameters
    ----------
    mean
        Expected count.
    u
        Uniform number strictly between 0 and 1.

    References
    ----------
    As for `binomial`.
    """
    if mean <= 0.0:
        return 0
    if mean > EXACT_UP_TO:
        return _cornish_fisher(mean, mean, 1.0, 1.0, u)
    probability = math.exp(-mean)
    cumulative = probability
    count = 0
    while cumulative < u:
        count += 1
        probability *= mean / count
        cumulative += probability
        if probability < 1e-18 and count > mean:
            break
    return count


@compiled
def _cornish_fisher(mean: float, variance: float, third: float, fourth: float, u: float) -> int:
    """Return a whole number from the normal quantile, corrected for skewness and kurtosis.

    ``third`` is skewness x standard deviation, ``fourth`` is excess kurtosis x variance.
    """
    deviation = math.sqrt(variance)
    z = normal_ppf(u)
    correction = third * (z * z - 1.0) / 6.0
    correction += (
        fourth * (z * z * z - 3.0 * z) / 24.0 - third * third * (2.0 * z**3 - 5.0 * z) / 36.0
    ) / deviation
    return max(0, math.floor(mean + deviation * z + correction + 0.5))
