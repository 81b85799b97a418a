"""Simple forecasts that carry bands, against which the model is scored.

Each takes what was known at a forecast origin (a `Record`) and later times, and returns a sample matrix
``[members, times]``. A baseline never sees a value that is not in its record, so changing the future cannot
change it. The same spread model dresses every persistence: a random walk of the logarithm of the flow, with
steps of 5 per cent an hour and a drift that keeps its mean, so that the bands widen as the horizon grows. The
hour-by-hour draws start at the last known value, so asking for one more time leaves the other columns
unchanged.

Random numbers come from numpy's Philox generator, keyed by seed and baseline. Hyndman and Athanasopoulos
(2021), Forecasting: Principles and Practice, 3rd edition, section 5.2, describes naive and drift forecasts as
the benchmarks that any method must beat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from staffride.errors import StaffrideError
from staffride.lab.score import FloatArray

WALK_PER_HOUR = 0.05
"""Standard deviation of one hour's change in the logarithm of the flow: 5 per cent."""

LOGISTIC_MINIMUM = 4
"""Fewest known values for which three parameters of a logistic curve leave a residual."""

_GENERATORS = {"walk": 1, "logistic": 2, "total": 3, "shares": 4}


@dataclass(frozen=True)
class Record:
    """What was known of one series at a forecast origin.

    Parameters
    ----------
    time_h
        ``[n]`` hours since the start of the period, ascending.
    value
        ``[n]`` published values, in the unit of the series.
    """

    time_h: FloatArray
    value: FloatArray

    def __post_init__(self) -> None:
        """Refuse an empty record and times that go back."""
        if self.time_h.shape != self.value.shape or self.time_h.ndim != 1 or self.time_h.size == 0:
            raise StaffrideError("a baseline needs at least one value known at the origin")
        if np.any(np.diff(self.time_h) < 0.0):
            raise StaffrideError("the times of a record must not go back")

    @property
    def last_h(self) -> float:
        """Time of the last known value, hours since the start of the period."""
        return float(self.time_h[-1])

    @property
    def last_value(self) -> float:
        """Last known value."""
        return float(self.value[-1])

    def at(self, time_h: float | FloatArray) -> FloatArray:
        """Value at earlier times, linear between known values, the last one afterwards."""
        return np.asarray(np.interp(time_h, self.time_h, self.value))


def from_zero(record: Record) -> Record:
    """Return the record of a cumulative series with its zero at the start of the period put first."""
    if record.time_h[0] <= 0.0:
        return record
    return Record(np.concatenate([[0.0], record.time_h]), np.concatenate([[0.0], record.value]))


def recent_flow(record: Record, window_h: float) -> float:
    """Mean flow per hour over the ``window_h`` hours before the last known value of a cumulative series.

    Values between bulletins are interpolated; a record shorter than the window is used whole. A flow is never
    negative: a cumulative figure that was corrected downwards counts as none.
    """
    whole = from_zero(record)
    window = min(window_h, whole.last_h - float(whole.time_h[0]))
    if window <= 0.0:
        return 0.0
    return max(0.0, (whole.last_value - float(whole.at(whole.last_h - window))) / window)


def persistence(
    record: Record, later_h: npt.ArrayLike, *, window_h: float, members: int = 1000, seed: int = 1
) -> FloatArray:
    r"""Cumulative forecast in which the flow of the last ``window_h`` hours goes on, with a random walk.

    .. math:: N(t) = N_0 + q \sum_{h \le t - t_0} e^{S_h}, \quad
              S_h = S_{h-1} + \sigma z_h - \sigma^2/2, \quad z_h \sim N(0, 1), \quad \sigma = 0.05

    with N_0 the last known value, published for t_0, and q its mean flow over the window. The mean of every
    factor is one.

    Returns
    -------
    ndarray
        ``[members, times]``; times up to the last known value are interpolated in the record.
    """
    whole = from_zero(record)
    times = np.atleast_1d(np.asarray(later_h, float))
    passed = _passed_hours(whole, times)
    factor = _walk(_hours(passed), members, seed)
    travelled = np.vstack([np.zeros(members), np.cumsum(factor, axis=0)])
    return whole.at(times) + recent_flow(whole, window_h) * _between_hours(travelled, passed)


def persistence_24h(
    record: Record, later_h: npt.ArrayLike, *, members: int = 1000, seed: int = 1
) -> FloatArray:
    """Forecast that the flow of the last 24 hours goes on: see `persistence`."""
    return persistence(record, later_h, window_h=24.0, members=members, seed=seed)


def persistence_6h(
    record: Record, later_h: npt.ArrayLike, *, members: int = 1000, seed: int = 1
) -> FloatArray:
    """Forecast that the flow of the last 6 hours goes on: see `persistence`."""
    return persistence(record, later_h, window_h=6.0, members=members, seed=seed)


def capped_persistence(
    record: Record,
    later_h: npt.ArrayLike,
    total: npt.ArrayLike,
    *,
    window_h: float = 6.0,
    members: int = 1000,
    seed: int = 1,
) -> FloatArray:
    """Persist until everyone who leaves has left: the honest rival.

    Parameters
    ----------
    total
        Prior sample of the final total, in persons; it may know nothing after the origin. Values below the
        last known value are impossible and are dropped; members draw the rest with replacement. If nothing
        is left the forecast stays at the last known value: the record has then refuted the prior.
    """
    free = persistence(record, later_h, window_h=window_h, members=members, seed=seed)
    prior = np.asarray(total, float).ravel()
    possible = prior[prior >= record.last_value]
    if possible.size == 0:
        possible = np.array([record.last_value])
    drawn = possible[_generator(seed, "total").integers(0, possible.size, members)]
    return np.asarray(np.minimum(free, drawn[:, None]))


def last_value(record: Record, later_h: npt.ArrayLike, *, members: int = 1000, seed: int = 1) -> FloatArray:
    """Keep the last known value of a series that is not cumulative (delay, queue), with the same walk.

    The value is multiplied by the walk's factor at the time, so that its mean stays; ``[members, times]``.
    """
    times = np.atleast_1d(np.asarray(later_h, float))
    passed = _passed_hours(record, times)
    factor = np.vstack([np.ones(members), _walk(_hours(passed), members, seed)])
    return record.at(times) * _between_hours(factor, passed)


def logistic(record: Record, later_h: npt.ArrayLike, *, members: int = 1000, seed: int = 1) -> FloatArray:
    r"""Logistic curve fitted to the record by least squares, with bands from a residual bootstrap.

    .. math:: N(t) = K / (1 + e^{-(t - c)/s})

    For given c and s the best K is linear, so the fit searches a grid of c (every hour up to ten days after
    the last value) and s (2 to 60 h) and solves for K: it cannot diverge. Each member refits the fitted curve
    plus residuals drawn with replacement, scaled by sqrt(n / (n - 3)) (Efron and Tibshirani 1993, An
    Introduction to the Bootstrap, section 9.4). A cumulative figure does not fall below the last known one.

    Raises
    ------
    StaffrideError
        Fewer than `LOGISTIC_MINIMUM` known values.
    """
    if record.time_h.size < LOGISTIC_MINIMUM:
        raise StaffrideError(f"a logistic curve needs {LOGISTIC_MINIMUM} known values")
    grid = _LogisticGrid.around(record)
    best, ceiling = grid.fit(record.value[None, :])
    fitted = ceiling[0] * grid.shape_at(best, record.time_h)[0]
    count = record.time_h.size
    residual = (record.value - fitted) * math.sqrt(count / (count - 3))
    drawn = _generator(seed, "logistic").integers(0, count, (members, count))
    best, ceiling = grid.fit(np.maximum(fitted + residual[drawn], 0.0))
    times = np.atleast_1d(np.asarray(later_h, float))
    curve = ceiling[:, None] * grid.shape_at(best, times)
    return np.where(times > record.last_h, np.maximum(curve, record.last_value), record.at(times))


def shares_of_total(
    shares: npt.ArrayLike, total: npt.ArrayLike, *, concentration: float, seed: int = 1
) -> FloatArray:
    """Shelter by province as uncertain shares of a forecast total.

    Parameters
    ----------
    shares
        ``[provinces]``, not negative: last known counts (shares kept) or populations. Scaled to sum to one.
    total
        ``[members, times]`` forecast of the total, in persons.
    concentration
        Of the Dirichlet distribution of the shares: a share p has variance p (1 - p) / (concentration + 1).
        One draw a member, kept at all times.

    Returns
    -------
    ndarray
        ``[members, times, provinces]``.
    """
    weight = np.asarray(shares, float)
    if np.any(weight < 0.0) or weight.sum() <= 0.0:
        raise StaffrideError("shares must not be negative and not all zero")
    forecast = np.asarray(total, float)
    shape = concentration * weight / weight.sum()
    drawn = _generator(seed, "shares").standard_gamma(shape, (forecast.shape[0], weight.size))
    drawn /= np.maximum(drawn.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return np.asarray(forecast[:, :, None] * drawn[:, None, :])


def kept_shares(
    snapshot: npt.ArrayLike, total: npt.ArrayLike, *, concentration: float, seed: int = 1
) -> FloatArray:
    """Shares of the last known snapshot kept, half a person added to each province: see `shares_of_total`.

    The half person (Jeffreys' rule for counts) lets a province that sheltered nobody yet shelter somebody.
    """
    return shares_of_total(np.asarray(snapshot, float) + 0.5, total, concentration=concentration, seed=seed)


def moment_concentration(expected: npt.ArrayLike, seen: npt.ArrayLike) -> float:
    """Concentration of a Dirichlet distribution with mean ``expected`` from one set of shares ``seen``.

    The variance p (1 - p) / (c + 1), summed over provinces, is set equal to the squared distance between the
    two sets of shares; the result lies between 1 and 10,000. Both arguments are scaled to sum to one.
    """
    mean, other = (np.asarray(a, float) for a in (expected, seen))
    mean, other = mean / mean.sum(), other / other.sum()
    distance = float(np.sum((other - mean) ** 2))
    variance = float(np.sum(mean * (1.0 - mean)))
    return 10_000.0 if distance == 0.0 else float(np.clip(variance / distance - 1.0, 1.0, 10_000.0))


@dataclass(frozen=True)
class _LogisticGrid:
    """Every candidate of centre and width, and its curve at the known times scaled to length one."""

    centre_h: FloatArray
    width_h: FloatArray
    unit_curve: FloatArray
    length: FloatArray

    @classmethod
    def around(cls, record: Record) -> _LogisticGrid:
        """Lay the grid out from the start of the period to ten days after the last value."""
        centres = np.arange(0.0, record.last_h + 241.0)
        widths = np.geomspace(2.0, 60.0, 40)
        centre, width = (axis.ravel() for axis in np.meshgrid(centres, widths))
        curve = _logistic_curve(record.time_h, centre, width)
        length = np.linalg.norm(curve, axis=1)
        return cls(centre, width, curve / length[:, None], length)

    def fit(self, values: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
        """Return for each row of ``values`` the candidate of least squared error and its ceiling K.

        The squared error of a candidate is |y|^2 - (u y)^2 with u its curve of length one, so the best one
        has the largest projection. Rows are taken 250 at a time to bound memory.
        """
        parts = [values[i : i + 250] @ self.unit_curve.T for i in range(0, len(values), 250)]
        best = np.concatenate([part.argmax(axis=1) for part in parts])
        projection = np.concatenate([part.max(axis=1) for part in parts])
        return best, projection / self.length[best]

    def shape_at(self, candidate: npt.NDArray[np.intp], time_h: FloatArray) -> FloatArray:
        """Return the curves of the candidates with ceiling one, ``[candidates, times]``."""
        return _logistic_curve(time_h, self.centre_h[candidate], self.width_h[candidate])


def _logistic_curve(time_h: FloatArray, centre_h: FloatArray, width_h: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-(t - c) / s)), ``[curves, times]``."""
    exponent = (np.asarray(time_h)[None, :] - centre_h[:, None]) / width_h[:, None]
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(exponent, -500.0, 500.0))))


def _generator(seed: int, name: str) -> np.random.Generator:
    """Return the Philox generator of one baseline under one seed."""
    return np.random.Generator(np.random.Philox(key=[seed, _GENERATORS[name]]))


def _passed_hours(record: Record, times: FloatArray) -> FloatArray:
    """Return hours after the last known value, none for earlier times."""
    return np.maximum(times - record.last_h, 0.0)


def _hours(passed: FloatArray) -> int:
    """Return the number of whole hours that cover the longest horizon."""
    return math.ceil(float(passed.max(initial=0.0)))


def _walk(hours: int, members: int, seed: int) -> FloatArray:
    """Return factors ``[hours, members]`` of a log random walk whose mean stays one."""
    steps = _generator(seed, "walk").standard_normal((hours, members))
    return np.asarray(np.exp(np.cumsum(WALK_PER_HOUR * steps - 0.5 * WALK_PER_HOUR**2, axis=0)))


def _between_hours(hourly: FloatArray, passed: FloatArray) -> FloatArray:
    """Interpolate ``hourly`` ``[hours + 1, members]`` at the passed hours; returns ``[members, times]``."""
    before = np.minimum(np.floor(passed).astype(int), hourly.shape[0] - 1)
    after = np.minimum(before + 1, hourly.shape[0] - 1)
    part = (passed - before)[:, None]
    return np.asarray(((1.0 - part) * hourly[before] + part * hourly[after]).T)
