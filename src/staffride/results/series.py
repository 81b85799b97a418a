"""One labelled series of a run: a number for every replication and hour, with its name, unit and times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError
from staffride.results.tables import statistics
from staffride.results.vocabulary import meaning

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    from matplotlib.axes import Axes

Times = NDArray[np.datetime64]
Values = NDArray[np.float32]
Moment = str | datetime | np.datetime64


class MissingExtraError(StaffrideError):
    """A function needs a package that the core installation does not bring."""


def missing_extra(package: str) -> MissingExtraError:
    """Return the error that says how to install ``package``."""
    return MissingExtraError(
        f"this needs {package}, which is not installed; install it with: pip install {package}"
    )


@dataclass(frozen=True, repr=False)
class Curve:
    """One value an hour, such as a quantile of a series.

    Attributes
    ----------
    name, unit
        Such as ``arrivals, 50 % quantile`` and ``persons``.
    times
        (hours,) ends of the hours, datetime64 in UTC.
    values
        (hours,) float64; NaN where there is none.
    time_zone
        Name of the zone that times are shown in.
    """

    name: str
    unit: str
    times: Times
    values: NDArray[np.float64]
    time_zone: str

    def at(self, moment: Moment) -> float:
        """Return the value at ``moment``, on a straight line between the ends of two hours."""
        return float(_interpolated(self.values[np.newaxis], self.times, moment, self.time_zone)[0])

    def to_pandas(self) -> pd.Series[float]:
        """Return a pandas Series indexed by local time."""
        pandas = _pandas()
        result: pd.Series[float] = pandas.Series(
            self.values, _index(self.times, self.time_zone), name=self.name
        )
        return result

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401 (numpy's)
        return np.array(self.values, dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        """Return one line: what it is, from when to when, first and last value."""
        first, last = (local_time(self.times[i], self.time_zone) for i in (0, -1))
        digits = 2 if self.unit == "1" else 1
        return (
            f"<{self.name} [{self.unit}] {first} to {last}: "
            f"{self.values[0]:,.{digits}f} ... {self.values[-1]:,.{digits}f}>"
        )


@dataclass(frozen=True, repr=False)
class Series:
    """One series of a run over all replications.

    Attributes
    ----------
    name, unit, text
        Name, unit, and what it counts.
    times
        (hours,) ends of the hours, datetime64 in UTC.
    replications
        (replications,) their numbers.
    values
        (replications, hours) float32; NaN where a replication has no value.
    time_zone
        Name of the zone that times are shown in.
    """

    name: str
    times: Times
    replications: NDArray[np.int32]
    values: Values
    time_zone: str

    @property
    def unit(self) -> str:
        """Return the unit."""
        return meaning(self.name).unit

    @property
    def text(self) -> str:
        """Return what is counted."""
        return meaning(self.name).text

    def quantile(self, level: float) -> Curve:
        """Return the quantile at ``level`` (0 to 1) of the replications, hour by hour."""
        if not 0 <= level <= 1:
            raise ValueError(f"a quantile level lies between 0 and 1, not at {level}")
        return self._curve(f"{self.name}, {100 * level:g} % quantile", statistics(self.values, (level,))[1])

    def band(self, share: float = 0.9) -> tuple[Curve, Curve]:
        """Return the lower and upper end of the central band that holds ``share`` of the replications."""
        return self.quantile((1 - share) / 2), self.quantile((1 + share) / 2)

    def mean(self) -> Curve:
        """Return the mean of the replications, hour by hour."""
        return self._curve(f"{self.name}, mean", statistics(self.values, ())[0])

    def at(self, moment: Moment) -> NDArray[np.float64]:
        """Return (replications,) values at ``moment``, on a straight line between the ends of two hours.

        Parameters
        ----------
        moment
            A date and time; without an offset it is in the time zone of the scenario.

        Raises
        ------
        StaffrideError
            The moment lies outside the period of the run.
        """
        return _interpolated(self.values, self.times, moment, self.time_zone)

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame: local time down, replications across."""
        pandas = _pandas()
        columns = pandas.Index(self.replications, name="replication")
        result: pd.DataFrame = pandas.DataFrame(self.values.T, _index(self.times, self.time_zone), columns)
        return result

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame with the columns replication, time and the series."""
        try:
            import polars
        except ImportError as error:
            raise missing_extra("polars") from error
        times = polars.Series(np.tile(self.times.astype("datetime64[us]"), len(self.replications)))
        return polars.DataFrame(
            {
                "replication": np.repeat(self.replications, len(self.times)),
                "time": times.dt.replace_time_zone("UTC").dt.convert_time_zone(self.time_zone),
                self.name: self.values.reshape(-1),
            }
        )

    def plot(self, ax: Axes | None = None, **line: Any) -> Axes:  # noqa: ANN401 (matplotlib's)
        """Draw the median with the 50 and 90 % bands.

        Parameters
        ----------
        ax
            Axes to draw on; new ones by default.
        **line
            Settings of the median's line, as for matplotlib's ``plot``.

        Raises
        ------
        MissingExtraError
            matplotlib is not installed.
        """
        from staffride.results.notebook import draw_bands

        return draw_bands(self, ax, line)

    def __len__(self) -> int:
        return len(self.replications)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: ANN401 (numpy's)
        return np.array(self.values, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        """Return what it is, its size, and the median with its 90 % band at the end."""
        ends = statistics(self.values[:, -1:], (0.05, 0.5, 0.95))[:, 0]
        mean, low, middle, high = map(meaning(self.name).figure, ends)
        first, last = (local_time(self.times[i], self.time_zone) for i in (0, -1))
        return (
            f"<{self.name}: {meaning(self.name).phrase}; {len(self.replications):,} replications x "
            f"{len(self.times)} hours, {first} to {last}\n"
            f" at the end: median {middle}, 90 % {low} to {high}, mean {mean}>"
        )

    def _repr_html_(self) -> str:
        from staffride.results.notebook import series_html

        return series_html(self)

    def _curve(self, name: str, values: NDArray[np.float64]) -> Curve:
        return Curve(name, self.unit, self.times, values, self.time_zone)


def local_time(moment: np.datetime64, time_zone: str) -> str:
    """Return a UTC moment as ``2023-09-24 01:00`` in ``time_zone``."""
    return aware(moment, time_zone).strftime("%Y-%m-%d %H:%M")


def aware(moment: np.datetime64, time_zone: str) -> datetime:
    """Return a UTC moment as a datetime in ``time_zone``."""
    seconds = int(moment.astype("datetime64[s]").astype(np.int64))
    return datetime.fromtimestamp(seconds, ZoneInfo(time_zone))


def to_utc(moment: Moment, time_zone: str) -> np.datetime64:
    """Return ``moment`` as datetime64 in UTC; without an offset it is in ``time_zone``.

    Raises
    ------
    StaffrideError
        It is not a date.
    """
    if isinstance(moment, np.datetime64):
        exact: np.datetime64 = moment.astype("datetime64[us]")
        return exact
    try:
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError as error:
        raise StaffrideError(f"{moment!r} is not a date; write it as 2023-09-27T12:00") from error
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=ZoneInfo(time_zone))
    return np.datetime64(round(parsed.timestamp() * 1e6), "us")


def _interpolated(values: NDArray[Any], times: Times, moment: Moment, time_zone: str) -> NDArray[np.float64]:
    wanted = to_utc(moment, time_zone)
    position = float((wanted - times[0]) / np.timedelta64(1, "h"))
    if not 0 <= position <= len(times) - 1:
        first, last = (local_time(times[i], time_zone) for i in (0, -1))
        raise StaffrideError(
            f"{moment} lies outside the run, which goes from {first} to {last} ({time_zone})"
        )
    below = int(position)
    low: NDArray[np.float64] = values[:, below].astype(np.float64)
    if position == below:
        return low
    high = values[:, below + 1].astype(np.float64)
    result: NDArray[np.float64] = low + (position - below) * (high - low)
    return result


def _pandas() -> Any:  # noqa: ANN401 (a module)
    try:
        import pandas
    except ImportError as error:
        raise missing_extra("pandas") from error
    return pandas


def _index(times: Times, time_zone: str) -> Any:  # noqa: ANN401 (an index of pandas)
    return (
        _pandas()
        .DatetimeIndex(times.astype("datetime64[us]"), name="time")
        .tz_localize("UTC")
        .tz_convert(time_zone)
    )
