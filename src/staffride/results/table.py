"""One table of a run, read from its Parquet file when its columns are asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError, nearest
from staffride.results.series import missing_extra
from staffride.results.tables import connection, literal, quoted

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


class Table:
    """One table of a run, read when its columns are asked for.

    Parameters
    ----------
    path
        The Parquet file; any other program may read it too.
    time_zone
        Name of the zone that times are shown in.
    """

    def __init__(self, path: Path, time_zone: str) -> None:
        self.path = path
        self._time_zone = time_zone

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        described = self._query(f"DESCRIBE SELECT * FROM {literal(self.path)}")
        return tuple(str(name) for name in described["column_name"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return column ``name`` as an array; a missing number as NaN."""
        if name not in self.columns:
            raise KeyError(f"no column {name!r} in {self.path.name}; {nearest(name, self.columns) or ''}")
        return self.read(name)[name]

    def read(self, *names: str) -> dict[str, NDArray[Any]]:
        """Return the columns ``names`` (all by default) as arrays; times are datetime64 in UTC."""
        selected = ", ".join(quoted(name) for name in names or self.columns)
        return self._query(f"SELECT {selected} FROM {literal(self.path)}")

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas DataFrame, times in the scenario's zone."""
        try:
            import pandas
        except ImportError as error:
            raise missing_extra("pandas") from error
        frame: pd.DataFrame = pandas.DataFrame(self.read())
        if "time" in frame:
            frame["time"] = frame["time"].dt.tz_localize("UTC").dt.tz_convert(self._time_zone)
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return the table as a polars DataFrame, times in the scenario's zone."""
        try:
            import polars
        except ImportError as error:
            raise missing_extra("polars") from error
        frame = polars.read_parquet(self.path)
        if "time" not in frame.columns:
            return frame
        return frame.with_columns(polars.col("time").dt.convert_time_zone(self._time_zone))

    def require(self) -> None:
        """Refuse to go on without the table.

        Raises
        ------
        StaffrideError
            The run was stopped before it had a table; the message says how to complete it.
        """
        if not self.path.is_file():
            raise StaffrideError(
                f"{self.path} is not there: the run has no finished table yet. "
                f"Complete it with: staffride run --resume {self.path.parent}"
            )

    def __len__(self) -> int:
        return int(self._query(f"SELECT count(*) AS n FROM {literal(self.path)}")["n"][0])

    def __repr__(self) -> str:
        """Return name, size and columns."""
        return f"<{self.path.name}: {len(self):,} rows; columns {', '.join(self.columns)}>"

    def _query(self, text: str) -> dict[str, NDArray[Any]]:
        import duckdb

        self.require()
        try:
            with connection() as duck:
                found = duck.execute(text).fetchnumpy()
        except duckdb.Error as error:
            raise StaffrideError(f"{self.path} is damaged: {str(error).splitlines()[0]}") from error
        return {name: _plain(values) for name, values in found.items()}


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """Return an array without a mask: a masked number is NaN."""
    if isinstance(values, np.ma.MaskedArray):
        filled: NDArray[Any] = values.filled(np.nan if values.dtype.kind == "f" else None)
        return filled
    return values
