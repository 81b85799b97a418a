"""A finished run, read from its folder when something is asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from staffride.errors import StaffrideError, nearest
from staffride.results.atomic import checksum
from staffride.results.folder import SCENARIO_NAME, manifests
from staffride.results.manifest import Manifest, VariantRecord, read_manifest
from staffride.results.new_folder import DEFAULT_PARENT
from staffride.results.paired import Paired, pair, paired_totals, variant_column
from staffride.results.series import Series, Times, missing_extra, to_utc
from staffride.results.table import Table
from staffride.results.tables import TABLES, connection, literal
from staffride.results.vocabulary import meaning

if TYPE_CHECKING:
    import duckdb
    import xarray as xr

REPORT_NAME, SCORES_NAME = "report.html", "scores.json"
NOT_SERIES = ("replication", "time")


class Run:
    """The results of a scenario run many times, opened from its folder.

    Every series of the run is an attribute (``run.arrivals``) or an item (``run["shelter.total"]``).

    Parameters
    ----------
    folder
        Folder of the run.

    Raises
    ------
    NotARunError
        The folder holds no run that this version can read.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest: Manifest = read_manifest(self.folder)

    @property
    def name(self) -> str:
        """Return the name of the run, that of its folder."""
        return self.folder.resolve().name

    @property
    def scenario(self) -> str:
        """Return the name of the scenario."""
        return self.manifest.settings.scenario

    @property
    def scenario_folder(self) -> Path:
        """Return the folder of the resolved scenario, which runs by itself."""
        return self.folder / SCENARIO_NAME

    @property
    def status(self) -> str:
        """Return ``complete``, ``partial`` or ``running`` (or killed)."""
        return self.manifest.status

    @property
    def replications(self) -> int:
        """Return the number of replications in the tables."""
        return self.manifest.finished

    @property
    def seed(self) -> int:
        """Return the root of all random numbers."""
        return self.manifest.settings.seed

    @property
    def wall_seconds(self) -> float:
        """Return the time that the run took."""
        return self.manifest.wall_seconds

    @cached_property
    def totals(self) -> Table:
        """Return one row a replication: its parameters and totals."""
        return self._table("totals")

    @cached_property
    def summary(self) -> Table:
        """Return mean and quantiles of every series by hour."""
        return self._table("summary")

    @cached_property
    def links(self) -> Table:
        """Return mean and quantiles of the vehicles on every link and queueing at its end, by hour."""
        return self._table("links")

    @cached_property
    def events(self) -> Table:
        """Return the event log."""
        return self._table("events")

    @cached_property
    def scoreboard(self) -> dict[str, Any]:
        """Return all that ``scores.json`` holds; empty where the run was not scored."""
        path = self.folder / SCORES_NAME
        if not path.is_file():
            return {}
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise StaffrideError(f"{path} is damaged: {error}") from error
        return found

    @property
    def scores(self) -> dict[str, Any]:
        """Return the scores against the record: observation -> role, n, coverage, CRPS, baselines."""
        found: dict[str, Any] = self.scoreboard.get("scores", {})
        return found

    @property
    def variants(self) -> tuple[VariantRecord, ...]:
        """Return the variants of a campaign; empty for a run without."""
        return self.manifest.variants

    def paired(self, name: str, variant: str) -> Paired:
        """Return what ``variant`` changes in total ``name``: mean paired difference, its interval, and more.

        Raises
        ------
        KeyError
            The run has no such total or variant.
        """
        return pair(*self.pair_of(name, variant))

    def pair_of(self, name: str, variant: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (replications,) values of total ``name`` in the baseline and under ``variant``.

        Raises
        ------
        KeyError
            The run has no such total or variant.
        """
        known = [one.id for one in self.variants]
        if variant not in known:
            suggestion = nearest(variant, known) or f"it has {', '.join(known) or 'none'}"
            raise KeyError(f"the run has no variant {variant!r}; {suggestion}")
        other = variant_column(name, variant)
        if not {name, other} <= set(self.total_names):
            compared = paired_totals(self.total_names, variant)
            suggestion = nearest(name, compared) or f"it has {', '.join(compared)}"
            raise KeyError(f"the run has no total {name!r} under variant {variant!r}; {suggestion}")
        columns = self.totals.read(name, other)
        return columns[name], columns[other]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Return the names of the columns of ``totals`` that are drawn parameters."""
        return self.manifest.parameters

    @cached_property
    def total_names(self) -> tuple[str, ...]:
        """Return the names of the columns of ``totals`` that the model computed."""
        others = {"replication", *self.parameter_names}
        return tuple(name for name in self.totals.columns if name not in others)

    @property
    def report(self) -> Path | None:
        """Return the path of the report, or ``None`` where it was not written."""
        path = self.folder / REPORT_NAME
        return path if path.is_file() else None

    @cached_property
    def times(self) -> Times:
        """Return (T,) ends of the hours, or of the longer steps that the series have, datetime64 in UTC."""
        settings = self.manifest.settings
        start = to_utc(settings.start, settings.time_zone)
        steps = np.arange(1, settings.hours // settings.every_h + 1)
        return start + steps * np.timedelta64(settings.every_h, "h")

    @cached_property
    def series_names(self) -> tuple[str, ...]:
        """Return the names of the series."""
        return tuple(name for name in self._series_table.columns if name not in NOT_SERIES)

    def __getitem__(self, name: str) -> Series:
        """Return series ``name``.

        Raises
        ------
        KeyError
            The run has no such series.
        """
        if name not in self.series_names:
            suggestion = nearest(name, self.series_names) or f"it has {', '.join(self.series_names)}"
            raise KeyError(f"the run has no series {name!r}; {suggestion}")
        return self._read_series(name)

    def __getattr__(self, name: str) -> Series:
        """Return series ``name``."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error.args[0])) from error

    def __iter__(self) -> Iterator[Series]:
        """Go through the series."""
        return (self[name] for name in self.series_names)

    def __dir__(self) -> list[str]:
        """List the attributes, the series among them."""
        names = [name for name in self.series_names if name.isidentifier()] if self._has_tables else []
        return [*super().__dir__(), *names]

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """Return the result of an SQL ``query`` on the tables series, totals, summary, links and events.

        The result offers ``.df()``, ``.pl()``, ``.fetchnumpy()`` and ``.show()``. Times are shown in the
        scenario's zone.

        Raises
        ------
        StaffrideError
            DuckDB refuses the query.
        """
        import duckdb

        try:
            return self._database.sql(query)
        except duckdb.Error as error:
            raise StaffrideError(f"the query failed: {error}") from error

    def to_xarray(self) -> xr.Dataset:
        """Return an xarray Dataset with the dimensions replication and time, times in UTC."""
        try:
            import xarray
        except ImportError as error:
            raise missing_extra("xarray") from error
        dimensions = ("replication", "time")
        data = {one.name: (dimensions, one.values, _attributes(one.name)) for one in self}
        coordinates = {"replication": self._replications, "time": self.times.astype("datetime64[ns]")}
        settings = self.manifest.settings
        facts = {"scenario": settings.scenario, "seed": settings.seed, "version": settings.version}
        return xarray.Dataset(data, coordinates, facts)

    def verify(self) -> list[str]:
        """Return the names of files that are missing or no longer match their checksum."""
        bad = []
        for name, record in self.manifest.files.items():
            path = self.folder / name
            if not path.is_file() or checksum(path) != record.sha256:
                bad.append(name)
        return bad

    def __repr__(self) -> str:
        """Return scenario, status, size and folder."""
        asked = self.manifest.settings.replications
        size = (
            f"{self.replications:,}" if self.replications == asked else f"{self.replications:,} of {asked:,}"
        )
        what = f"{self.scenario}: {self.status}, {size} replications, seed {self.seed}"
        return f"<Run of {what}, in {self.folder}>"

    def _repr_html_(self) -> str:
        from html import escape

        shown = self.series_names if self._has_tables else ()
        headline = "arrivals" if "arrivals" in shown else self._greatest_loss() or next(iter(shown), None)
        chart = self[headline]._repr_html_() if headline else ""
        names = ", ".join(map(escape, shown))
        return f"<p>{escape(repr(self)[1:-1])}</p>{chart}<p><small>Series: {names}</small></p>"

    def _greatest_loss(self) -> str | None:
        """Return the share lost that is greatest in the end of a campaign, whichever side's."""
        shown = self.series_names if self._has_tables else ()
        shares = [name for name in shown if name.startswith("share_lost.")]
        return max(shares, key=lambda name: float(self[name].values[:, -1].mean()), default=None)

    @property
    def _has_tables(self) -> bool:
        return (self.folder / "series.parquet").is_file()

    def _table(self, name: str) -> Table:
        return Table(self.folder / f"{name}.parquet", self.manifest.settings.time_zone)

    @cached_property
    def _series_table(self) -> Table:
        return self._table("series")

    @cached_property
    def _replications(self) -> NDArray[np.int32]:
        return self.totals["replication"].astype(np.int32)

    @cached_property
    def _read(self) -> dict[str, Series]:
        return {}

    def _read_series(self, name: str) -> Series:
        if name not in self._read:
            values = self._series_table[name].reshape(-1, len(self.times)).astype(np.float32, copy=False)
            zone = self.manifest.settings.time_zone
            self._read[name] = Series(name, self.times, self._replications, values, zone)
        return self._read[name]

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        duck = connection()
        duck.execute(f"SET TimeZone = '{self.manifest.settings.time_zone}'")
        for name in TABLES:
            path = self.folder / f"{name}.parquet"
            if path.is_file():
                duck.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {literal(path)}")
        return duck


def open_run(folder: str | Path) -> Run:
    """Open the run in ``folder``; its tables are read when they are asked for.

    Raises
    ------
    NotARunError
        The folder holds no run that this version can read.
    """
    return Run(folder)


def list_runs(folder: str | Path = DEFAULT_PARENT) -> list[Run]:
    """Return the runs in ``folder``, the oldest first; what cannot be read as a run is left out."""
    found = [(manifest.started, path) for path, manifest in manifests(Path(folder))]
    return [Run(path) for _, path in sorted(found)]


def _attributes(name: str) -> dict[str, str]:
    found = meaning(name)
    return {"units": found.unit, "long_name": found.phrase}
