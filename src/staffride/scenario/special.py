"""The few special functions that the distributions need, vectorised, without scipy.

Each is checked against scipy in the tests; the docstrings give the source of the approximation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

_ERFC_MIDDLE = (
    (5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
     8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
     2.15311535474403846e-8),
    (1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_ERFC_SMALL = (
    (3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3,
     1.85777706184603153e-1),
    (2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
_ERFC_LARGE = (
    (3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
     6.58749161529837803e-4, 1.63153871373020978e-2),
    (2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip


def _cody_ratio(y: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    """Return one of Cody's rational forms, whose leading numerator coefficient is stored last."""
    top, bottom = coefficients
    numerator, denominator = top[-1] * y, y
    for a, b in zip(top[:-2], bottom[:-1], strict=True):
        numerator, denominator = (numerator + a) * y, (denominator + b) * y
    ratio: Array = (numerator + top[-2]) / (denominator + bottom[-1])
    return ratio


def _tail(y: Array) -> Array:
    """Return ``erfc(y)`` for ``y`` of at least 0.46875."""
    scaled = np.empty_like(y)
    far = y > 4.0
    z = 1.0 / np.square(y[far])
    scaled[far] = (1.0 / math.sqrt(math.pi) - z * _cody_ratio(z, _ERFC_LARGE)) / y[far]
    scaled[~far] = _cody_ratio(y[~far], _ERFC_MIDDLE)
    # exp(-y**2) in two parts, because y*y loses digits when y is large.
    coarse = np.floor(y * 16.0) / 16.0
    value: Array = np.exp(-coarse * coarse) * np.exp(-(y - coarse) * (y + coarse)) * scaled
    return value


def erfc(x: Array) -> Array:
    """Return the complementary error function, to a few units in the last place.

    Cody (1969), "Rational Chebyshev approximations for the error function", Mathematics of Computation 23.
    """
    x = np.asarray(x, dtype=np.float64)
    y = np.minimum(np.abs(x), 40.0)
    near = y <= 0.46875
    positive = np.empty_like(y)
    positive[near] = 1.0 - y[near] * _cody_ratio(np.square(y[near]), _ERFC_SMALL)
    positive[~near] = _tail(y[~near])
    return np.where(x < 0.0, 2.0 - positive, positive)


def normal_cdf(z: Array) -> Array:
    """Return the standard normal cumulative distribution, accurate in both tails."""
    return 0.5 * erfc(-np.asarray(z, dtype=np.float64) / math.sqrt(2.0))


def normal_density(z: Array) -> Array:
    """Return the standard normal density."""
    density: Array = np.exp(-0.5 * np.square(z)) / math.sqrt(2.0 * math.pi)
    return density


_AS241_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_AS241_MIDDLE = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)  # fmt: skip
_AS241_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)  # fmt: skip


def _polynomial_ratio(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    ratio: Array = np.polyval(coefficients[0], x) / np.polyval(coefficients[1], x)
    return ratio


def normal_ppf(u: Array) -> Array:
    """Return the standard normal quantile of ``u``, to about 1e-15 relative; infinite at 0 and 1.

    Wichura (1988), algorithm AS 241 (PPND16), Applied Statistics 37.
    """
    u = np.asarray(u, dtype=np.float64)
    q = u - 0.5
    centre = q * _polynomial_ratio(0.180625 - np.minimum(q * q, 0.180625), _AS241_CENTRE)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.sqrt(-np.log(np.minimum(u, 1.0 - u)))
    finite = np.where(np.isfinite(r), r, 6.0)
    tail = np.where(
        finite <= 5.0,
        _polynomial_ratio(finite - 1.6, _AS241_MIDDLE),
        _polynomial_ratio(finite - 5.0, _AS241_FAR),
    )
    tail = np.copysign(np.where(np.isfinite(r), tail, np.inf), q)
    return np.where(np.abs(q) <= 0.425, centre, tail)


def log_beta(alpha: float, beta: float) -> float:
    """Return the logarithm of the complete beta function."""
    return math.lgamma(alpha) + math.lgamma(beta) - math.lgamma(alpha + beta)


def _beta_fraction(alpha: float, beta: float, x: Array) -> Array:
    """Return the continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method.

    An element that has converged is left alone, so that it does not depend on what else is in the array.
    """
    tiny = 1e-300
    c = np.ones_like(x)
    d = 1.0 - (alpha + beta) * x / (alpha + 1.0)
    d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
    h, moving = d, np.ones(x.shape, dtype=bool)
    for m in range(1, 2000):
        even = m * (beta - m) / ((alpha + 2 * m - 1) * (alpha + 2 * m))
        odd = -(alpha + m) * (alpha + beta + m) / ((alpha + 2 * m) * (alpha + 2 * m + 1))
        delta = np.ones_like(x)
        for coefficient in (even, odd):
            d = 1.0 + coefficient * x * d
            d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1.0 + coefficient * x / c
            c = np.where(np.abs(c) < tiny, tiny, c)
            delta = delta * d * c
        h = np.where(moving, h * delta, h)
        moving &= np.abs(delta - 1.0) > 1e-15
        if not moving.any():
            break
    return h


def beta_cdf(alpha: float, beta: float, x: Array, complement: Array | None = None) -> Array:
    """Return the regularised incomplete beta function.

    Parameters
    ----------
    alpha, beta
        Both greater than 0.
    x
        Numbers in [0, 1].
    complement
        ``1 - x``, where the caller knows it to more digits.
    """
    x = np.asarray(x, dtype=np.float64)
    y = 1.0 - x if complement is None else complement
    inside = (x > 0.0) & (y > 0.0)
    x_in, y_in = np.where(inside, x, 0.5), np.where(inside, y, 0.5)
    front = np.exp(alpha * np.log(x_in) + beta * np.log(y_in) - log_beta(alpha, beta))
    left = x_in < (alpha + 1.0) / (alpha + beta + 2.0)
    lower = front * _beta_fraction(alpha, beta, np.where(left, x_in, 0.0)) / alpha
    upper = front * _beta_fraction(beta, alpha, np.where(left, 0.0, y_in)) / beta
    value = np.where(left, lower, 1.0 - upper)
    return np.where(inside, value, np.where(x > 0.0, 1.0, 0.0))


GRID, HALVINGS = 4096, 44
LEAST, GREATEST = 1e-18, 1.0 - 2.0**-53
"""Probabilities beyond which a quantile is not told from the end of its interval."""


def invert(cdf: Callable[[Array], Array], u: Array, low: float, high: float) -> Array:
    """Return where the increasing function ``cdf`` reaches ``u``, by bisection of one fixed interval.

    The first twelve halvings are looked up in a table of `GRID` points, `HALVINGS` follow. All elements share
    the interval and its halves, so the result is exactly monotone in ``u`` wherever ``cdf`` is, and an element
    does not depend on what else is in the array: properties that Newton steps do not have.
    """
    grid = np.linspace(low, high, GRID + 1)
    levels = np.maximum.accumulate(cdf(grid))
    index = np.clip(np.searchsorted(levels, u, side="left"), 1, GRID)
    below, above = grid[index - 1], grid[index]
    for _ in range(HALVINGS):
        middle = 0.5 * (below + above)
        under = cdf(middle) < u
        below = np.where(under, middle, below)
        above = np.where(under, above, middle)
    root: Array = 0.5 * (below + above)
    return root


def _log_odds_where(cdf: Callable[[Array], Array], level: float) -> float:
    """Return log-odds in [-700, 700] near which ``cdf`` reaches ``level``, to the next tenth."""
    steps = np.linspace(-700.0, 700.0, 14_001)
    first = int(np.searchsorted(cdf(steps), level))
    return float(steps[min(first, len(steps) - 1)])


def beta_ppf(alpha: float, beta: float, u: Array) -> Array:
    """Return the quantile of the standard beta distribution, by bisection of its log-odds."""

    def cdf(log_odds: Array) -> Array:
        return beta_cdf(alpha, beta, 1.0 / (1.0 + np.exp(-log_odds)), 1.0 / (1.0 + np.exp(log_odds)))

    low = max(_log_odds_where(cdf, LEAST) - 0.1, -700.0)
    high = min(_log_odds_where(cdf, GREATEST) + 0.1, 700.0)
    log_odds = invert(cdf, np.asarray(u, dtype=np.float64), low, high)
    quantile: Array = 1.0 / (1.0 + np.exp(-log_odds))
    return quantile
