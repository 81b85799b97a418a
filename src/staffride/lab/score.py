"""Scores of probabilistic forecasts: CRPS, bands, coverage, rank of history, Brier, skill.

Every function takes a sample matrix with one row a member (replication) and one column an observation, and
returns one value an observation; averages over observations are left to the caller, so that nothing is
averaged twice. Scores are negatively oriented: smaller is better, and zero is a perfect forecast.

References
----------
Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of
the American Statistical Association 102(477), 359-378.
Hersbach, H. (2000). Decomposition of the continuous ranked probability score for ensemble prediction systems.
Weather and Forecasting 15(5), 559-570.
Ferro, C. A. T. (2014). Fair scores for ensemble forecasts. Quarterly Journal of the Royal Meteorological
Society 140(683), 1917-1923.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from staffride.errors import StaffrideError

FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def crps_ensemble(
    sample: npt.ArrayLike,
    observed: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    fair: bool = False,
) -> FloatArray:
    r"""Continuous ranked probability score of an ensemble, in the unit of the observation.

    .. math:: \mathrm{CRPS}(F, y) = E|X - y| - \tfrac12 E|X - X'|

    (Gneiting and Raftery 2007, equation 21), exact in O(M log M): with the members sorted and
    :math:`W_i` the cumulative weight, :math:`\tfrac12 E|X - X'| = \sum_i w_i x_{(i)} (2 W_i - w_i - 1)`.
    It equals the integral of the squared distance between the forecast's step function and the
    observation's (Hersbach 2000), and the absolute error for a point forecast.

    Parameters
    ----------
    sample
        ``[members, observations]``, or ``[members]`` for one observation.
    observed
        ``[observations]`` or a scalar.
    weights
        ``[members]``, not negative, of any positive sum; equal weights when left out.
    fair
        Divide the spread term by ``1 - sum w**2``, which is ``(M - 1) / M`` for equal weights, so that the
        expected score does not depend on the number of members (Ferro 2014). Needs two members or more.

    Returns
    -------
    ndarray
        ``[observations]``.

    Raises
    ------
    StaffrideError
        Shapes do not agree, a value is not finite, or the weights are not usable.
    """
    members, truth = _checked(sample, observed)
    share = _weights(weights, members.shape[0])
    # Differences from the observation keep precision when counts are large and spreads are small.
    error = members - truth
    order = np.argsort(error, axis=0, kind="stable")
    error = np.take_along_axis(error, order, axis=0)
    weight = share[order]
    position = 2.0 * np.cumsum(weight, axis=0) - weight - 1.0
    spread: FloatArray = np.sum(weight * error * position, axis=0)
    if fair:
        spread = spread / _fair_share(share)
    miss: FloatArray = np.sum(weight * np.abs(error), axis=0)
    return miss - spread


def crps_normal(mean: npt.ArrayLike, deviation: npt.ArrayLike, observed: npt.ArrayLike) -> FloatArray:
    r"""CRPS of a normal forecast in closed form, in the unit of the observation.

    .. math:: \sigma \left[ z (2\Phi(z) - 1) + 2\varphi(z) - 1/\sqrt{\pi} \right], \quad z = (y - \mu)/\sigma

    (Gneiting and Raftery 2007, section 4.2). Arguments broadcast; ``deviation`` must be positive.
    """
    centre, scale, truth = np.broadcast_arrays(*(np.asarray(a, float) for a in (mean, deviation, observed)))
    z = (truth - centre) / scale
    erf = np.vectorize(math.erf, otypes=[float])
    density = np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi)
    closed: FloatArray = scale * (z * erf(z / math.sqrt(2.0)) + 2.0 * density - 1.0 / math.sqrt(math.pi))
    return closed


def quantile(sample: npt.ArrayLike, level: float, weights: npt.ArrayLike | None = None) -> FloatArray:
    """Quantile of each column of ``sample`` ``[members, observations]`` at ``level`` in [0, 1].

    Without weights the plotting position is level * (M + 1) (Weibull), for which the band between two
    quantiles holds an exchangeable observation exactly as often as its level says; with weights it is the
    smallest member whose cumulative weight reaches the level.
    """
    members = _matrix(sample)
    if weights is None:
        unweighted: FloatArray = np.quantile(members, level, axis=0, method="weibull")
        return unweighted
    share = _weights(weights, members.shape[0])
    order = np.argsort(members, axis=0, kind="stable")
    reached = np.cumsum(share[order], axis=0) >= level - 1e-12
    pick = np.where(reached.any(axis=0), reached.argmax(axis=0), members.shape[0] - 1)
    found: FloatArray = np.take_along_axis(members, np.take_along_axis(order, pick[None, :], 0), 0)[0]
    return found


def central_band(
    sample: npt.ArrayLike, level: float, weights: npt.ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end, each ``[observations]``, of the band that holds the central ``level``."""
    if not 0.0 < level < 1.0:
        raise StaffrideError(f"the level of a band lies between 0 and 1, got {level}")
    tail = 0.5 * (1.0 - level)
    return quantile(sample, tail, weights), quantile(sample, 1.0 - tail, weights)


def covered(
    sample: npt.ArrayLike, observed: npt.ArrayLike, level: float, weights: npt.ArrayLike | None = None
) -> BoolArray:
    """Tell for each observation whether the central band of ``level`` holds it, ends included."""
    members, truth = _checked(sample, observed)
    low, high = central_band(members, level, weights)
    return np.asarray((low <= truth) & (truth <= high))


def interval_score(
    low: npt.ArrayLike, high: npt.ArrayLike, observed: npt.ArrayLike, level: float
) -> FloatArray:
    r"""Interval score of a central band, in the unit of the observation.

    .. math:: (u - l) + \frac{2}{\alpha}(l - y)_+ + \frac{2}{\alpha}(y - u)_+, \quad \alpha = 1 - level

    (Gneiting and Raftery 2007, equation 43). Arguments broadcast.
    """
    bottom, top, truth = (np.asarray(a, float) for a in (low, high, observed))
    penalty = 2.0 / (1.0 - level)
    miss = np.maximum(bottom - truth, 0.0) + np.maximum(truth - top, 0.0)
    return np.asarray(top - bottom + penalty * miss)


def pinball(forecast: npt.ArrayLike, observed: npt.ArrayLike, level: float) -> FloatArray:
    r"""Quantile (pinball) score of a forecast quantile, in the unit of the observation.

    .. math:: (y - q)(\tau - 1\{y < q\})

    (Gneiting and Raftery 2007, section 6.1). Arguments broadcast. The CRPS is twice its integral over the
    levels.
    """
    error = np.asarray(observed, float) - np.asarray(forecast, float)
    return np.asarray(np.where(error >= 0.0, level * error, (level - 1.0) * error))


def rank_of_history(
    sample: npt.ArrayLike, observed: npt.ArrayLike, weights: npt.ArrayLike | None = None
) -> FloatArray:
    """Place of each observation in its ensemble, in [0, 1]: share of members below, half of the ties.

    This is the mid-distribution form of the probability integral transform: 0 means that history lies below
    every member, 0.5 in the middle, 1 above every member.
    """
    members, truth = _checked(sample, observed)
    share = _weights(weights, members.shape[0])[:, None]
    below: FloatArray = np.sum(share * (members < truth), axis=0)
    tied: FloatArray = np.sum(share * (members == truth), axis=0)
    return below + 0.5 * tied


def brier(probability: npt.ArrayLike, happened: npt.ArrayLike) -> FloatArray:
    """Brier score (p - o)**2 of each event: ``probability`` in [0, 1], ``happened`` 0 or 1."""
    chance, outcome = np.asarray(probability, float), np.asarray(happened, float)
    if np.any((chance < 0.0) | (chance > 1.0)):
        raise StaffrideError("a probability lies between 0 and 1")
    return np.asarray((chance - outcome) ** 2)


def skill(score: float, baseline: float) -> float:
    """Skill 1 - score / baseline: 1 is perfect, 0 equals the baseline, negative loses to it.

    A baseline that is itself perfect (zero) cannot be beaten: skill is then 0 for an equal score, else -inf.
    """
    if baseline == 0.0:
        return 0.0 if score == 0.0 else -math.inf
    return 1.0 - score / baseline


def _matrix(sample: npt.ArrayLike) -> FloatArray:
    """Return the sample as float64 ``[members, observations]``, refusing one that is empty or not finite."""
    members = np.asarray(sample, dtype=np.float64)
    members = members[:, None] if members.ndim == 1 else members
    if members.ndim != 2 or members.shape[0] == 0:
        raise StaffrideError(f"a sample is a matrix [members, observations], got shape {members.shape}")
    if not np.all(np.isfinite(members)):
        raise StaffrideError("a sample to be scored holds a value that is not finite")
    return members


def _checked(sample: npt.ArrayLike, observed: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the sample and the observations as arrays of agreeing shapes."""
    members = _matrix(sample)
    truth = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    if truth.shape != (members.shape[1],):
        raise StaffrideError(
            f"a sample of {members.shape[1]} observations was given {truth.size} observed values"
        )
    if not np.all(np.isfinite(truth)):
        raise StaffrideError("an observation to be scored is not finite")
    return members, truth


def _weights(weights: npt.ArrayLike | None, members: int) -> FloatArray:
    """Return weights ``[members]`` that sum to one."""
    if weights is None:
        return np.full(members, 1.0 / members)
    share = np.asarray(weights, dtype=np.float64)
    if share.shape != (members,) or not np.all(np.isfinite(share)) or np.any(share < 0.0):
        raise StaffrideError(f"weights are {members} finite numbers, none negative")
    if share.sum() <= 0.0:
        raise StaffrideError("weights must not all be zero")
    return np.asarray(share / share.sum())


def _fair_share(share: FloatArray) -> float:
    """Return the probability that two members drawn by weight are different ones."""
    different = 1.0 - float(np.sum(share**2))
    if different <= 1e-12:
        raise StaffrideError("the fair score needs at least two members with weight")
    return different
