"""The tables of a run, assembled from its blocks and written as Parquet by DuckDB.

=================  ==========================================================================================
``series``         one row a replication and hour: ``replication``, ``time``, one column a series
``totals``         one row a replication: ``replication``, parameters, totals
``summary``        one row a series and hour: ``series``, ``time``, mean and quantiles over the replications
``links``          one row a link and hour: ``link``, ``time``, mean and quantiles of each measure
``events``         one row an event: ``replication``, ``time``, ``kind``, ``place``, persons, vehicles
=================  ==========================================================================================

A model without roads or without a log of events leaves its table with its columns and no row. ``time`` is the
end of the hour, with its time zone. Quantiles interpolate linearly between order statistics
(type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996)
361-365) and leave out missing values, such as the delay in an hour in which nobody crosses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from staffride.results.atomic import StorageError, replacing
from staffride.results.block import BlockLike

if TYPE_CHECKING:
    import duckdb

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
STATISTICS = ("mean", *LEVELS)
TABLES = ("series", "totals", "summary", "links", "events")
HOURS_AT_ONCE = 24

Array = NDArray[Any]
Columns = dict[str, Array]


@dataclass(frozen=True)
class Labels:
    """The names behind the numbers in a block.

    Attributes
    ----------
    start
        Start of the period, with its time zone.
    links
        Identifier of each link, in the order of the last axis of a block's link arrays.
    places
        Identifier of each place, in the order of the codes in the event log.
    kinds
        Name of each kind of event, in the order of its codes.
    every_h
        Hours from one value of a series to the next.
    """

    start: datetime
    links: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    every_h: int = 1


def statistics(sample: Array, levels: Sequence[float] = tuple(LEVELS.values())) -> Array:
    """Return mean and quantiles over the replications, missing values left out.

    Parameters
    ----------
    sample
        (replications, n); NaN where a replication has no value.
    levels
        Quantile levels, 0 to 1.

    Returns
    -------
    ndarray
        float64 (1 + levels, n): mean, then the quantiles; NaN where no replication has a value.
    """
    ordered = np.sort(sample.T, axis=1)
    present = ordered.shape[1] - np.isnan(ordered).sum(axis=1)
    result = np.empty((1 + len(levels), len(ordered)))
    with np.errstate(invalid="ignore"):
        result[0] = np.nansum(ordered, axis=1, dtype=np.float64) / np.where(present > 0, present, np.nan)
    for row, level in enumerate(levels, start=1):
        result[row] = _quantile(ordered, present, level)
    return result


def _quantile(ordered: Array, present: Array, level: float) -> Array:
    """Return the quantile of each row; its first ``present`` entries are its sorted values."""
    position: NDArray[np.float64] = level * np.maximum(present - 1, 0)
    below = position.astype(np.intp)
    above = np.minimum(below + 1, np.maximum(present - 1, 0))
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below].astype(np.float64), ordered[rows, above].astype(np.float64)
    result: Array = low + (position - below) * (high - low)
    return result


def write_tables(folder: Path, blocks: Sequence[BlockLike], labels: Labels) -> None:
    """Assemble ``blocks`` (in the order of their replications) and write the five tables to ``folder``.

    Raises
    ------
    StorageError
        The disk is full or refuses to write. Tables that stood there before are whole.
    """
    steps = next(iter(blocks[0].series.values())).shape[1]
    step_s = 3600 * labels.every_h
    ends = epoch_seconds(labels.start) + step_s * np.arange(1, steps + 1, dtype=np.int64)
    values = {name: _stacked(blocks, "series", name) for name in blocks[0].series}
    tables: dict[str, Callable[[], Columns]] = {
        "series": lambda: _series_columns(values, blocks, ends),
        "links": lambda: _link_columns(blocks, labels, ends),
        "summary": lambda: _summary_columns(values, ends),
        "totals": lambda: _total_columns(blocks),
        "events": lambda: _event_columns(blocks, labels),
    }

    def write(name: str) -> None:
        write_parquet(folder / f"{name}.parquet", tables[name]())

    # sorting and writing release the interpreter, so two threads keep two cores busy
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write, tables))


def epoch_seconds(moment: datetime) -> int:
    """Return whole seconds since 1970-01-01T00:00Z."""
    return int(moment.timestamp())


def connection() -> duckdb.DuckDBPyConnection:
    """Return a connection of its own to the process' DuckDB database in memory; it is cheap and to be closed.

    The database keeps rows in order and asks nothing of the network.
    """
    return _database().cursor()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 2}
    )


def write_parquet(path: Path, columns: Mapping[str, Array]) -> None:
    """Write ``columns`` as one Parquet file; a column ``time`` holds seconds since 1970 in UTC.

    Raises
    ------
    StorageError
        The disk is full or refuses to write; the file that stood there is whole.
    """
    import duckdb

    # naming thousands of columns takes longer than writing them, so only the time is named
    selected = '* REPLACE (to_timestamp("time") AS "time")' if "time" in columns else "*"
    with replacing(path) as temporary, connection() as duck:
        duck.register("columns_to_write", {name: _with_nulls(values) for name, values in columns.items()})
        try:
            duck.execute(
                f"COPY (SELECT {selected} FROM columns_to_write) TO {literal(temporary)} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
        except duckdb.Error as error:
            raise StorageError(_without_temporary_name(path, error)) from error


def _with_nulls(values: Array) -> Array:
    """Return one column; a missing value is masked and becomes NULL, which SQL averages leave out."""
    if values.dtype.kind == "f" and np.isnan(values).any():
        masked: Array = np.ma.masked_invalid(values)
        return masked
    return values


def _without_temporary_name(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0]
    return (
        f"could not write {path}: {reason}. What was finished before is intact; free some space and resume."
    )


def quoted(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(path: Path) -> str:
    """Return ``path`` as an SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def _stacked(blocks: Sequence[BlockLike], group: str, name: str) -> Array:
    return np.concatenate([getattr(block, group)[name] for block in blocks])


def replication_numbers(blocks: Sequence[BlockLike]) -> Array:
    """Return the number of every replication in ``blocks``, int32 (replications,)."""
    ranges = [np.arange(block.first, block.first + block.count, dtype=np.int32) for block in blocks]
    return np.concatenate(ranges)


def _series_columns(values: Columns, blocks: Sequence[BlockLike], ends: Array) -> Columns:
    numbers = replication_numbers(blocks)
    columns = {"replication": np.repeat(numbers, len(ends)), "time": np.tile(ends, len(numbers))}
    return columns | {name: array.reshape(-1) for name, array in values.items()}


def _summary_columns(values: Columns, ends: Array) -> Columns:
    names = np.repeat(np.array(list(values), dtype=object), len(ends))
    figures = np.concatenate([statistics(array) for array in values.values()], axis=1)
    return {
        "series": names,
        "time": np.tile(ends, len(values)),
        **dict(zip(STATISTICS, figures, strict=True)),
    }


def _total_columns(blocks: Sequence[BlockLike]) -> Columns:
    columns: Columns = {"replication": replication_numbers(blocks)}
    for group in ("parameters", "totals"):
        columns |= {name: _stacked(blocks, group, name) for name in getattr(blocks[0], group)}
    return columns


def _link_columns(blocks: Sequence[BlockLike], labels: Labels, ends: Array) -> Columns:
    if not blocks[0].links:
        return {"link": np.empty(0, dtype=np.str_), "time": ends[:0]}
    links = np.array(labels.links, dtype=object)
    columns = {"link": np.tile(links, len(ends)), "time": np.repeat(ends, len(links))}
    for measure in blocks[0].links:
        figures = _link_statistics(blocks, measure)
        columns |= {f"{measure}_{name}": row for name, row in zip(STATISTICS, figures, strict=True)}
    return columns


def _link_statistics(blocks: Sequence[BlockLike], measure: str) -> Array:
    """Return float64 (6, hours * links), a day at a time so that memory stays small."""
    hours = blocks[0].links[measure].shape[1]
    parts = []
    for first in range(0, hours, HOURS_AT_ONCE):
        day = np.concatenate([block.links[measure][:, first : first + HOURS_AT_ONCE] for block in blocks])
        parts.append(statistics(day.reshape(len(day), -1)))
    return np.concatenate(parts, axis=1)


def _event_columns(blocks: Sequence[BlockLike], labels: Labels) -> Columns:
    codes = np.empty(0, np.int16)
    columns: Columns = {name: _stacked(blocks, "events", name) for name in blocks[0].events}
    columns = columns or {"kind": codes, "place": codes}
    hours = columns.pop("time_h", np.empty(0))
    named: Columns = {"replication": columns.pop("replication", np.empty(0, np.int32)).astype(np.int32)}
    named["time"] = epoch_seconds(labels.start) + 3600.0 * hours
    for name, names in (("kind", labels.kinds), ("place", labels.places)):
        if name in columns:
            named[name] = _names(columns.pop(name), names)
    return named | columns


def _names(codes: Array, names: Sequence[str]) -> Array:
    """Return the name of each code; a code outside the names (such as -1) has none."""
    if not codes.size:
        return np.empty(0, dtype=np.str_)  # an empty array of objects would have no type in the table
    table = np.array([*names, ""], dtype=object)
    known = (codes >= 0) & (codes < len(names))
    return table[np.where(known, codes, len(names)).astype(np.intp)]
