"""What is known of a Flee case while its further files are read: its period and its places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from staffride.interop.flee_folder import CaseFolder
from staffride.scenario.cells import read_date
from staffride.scenario.csv_tables import Row, Table
from staffride.scenario.findings import At, Findings
from staffride.scenario.region import Place


@dataclass
class Case:
    """The period, the places and where things go.

    Attributes
    ----------
    folder
        Its files.
    start, days
        The period.
    until
        The last day of which rows are read; ``None``: all.
    home
        The country that people flee from.
    places
        By name, in the order of the file.
    written
        Where each place is written.
    """

    folder: CaseFolder
    start: date
    days: int
    until: int | None = None
    home: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    written: dict[str, At] = field(default_factory=dict)

    @property
    def found(self) -> Findings:
        """Where problems go."""
        return self.folder.found

    @property
    def countries(self) -> set[str]:
        """The countries of its places."""
        return {place.country for place in self.places.values() if place.country}

    def is_later(self, day: float) -> bool:
        """Return whether ``day`` comes after the last one of which rows are read."""
        return self.until is not None and day > self.until

    def know(
        self, name: str, at: At, done: str, known: Iterable[str] | None = None, what: str = "place"
    ) -> bool:
        """Return whether ``name`` is known; otherwise a problem says which is nearest and what was ``done``."""
        names = self.places if known is None else list(known)
        if name in names:
            return True
        self.found.unknown(what, name, names, at, done)
        return False

    def say_columns(self, table: Table) -> None:
        """Say which columns of a table are not read."""
        if table.others:
            names = ", ".join(table.others)
            self.found.cannot_map(f"{self.folder.shown(table.file)}: not read: the columns {names}")

    def day(self, table: Table, row: Row, column: str | int, what: str) -> int | None:
        """Return the day in a cell, which may be a date; ``None`` where the cell is empty."""
        position = table.columns.get(column) if isinstance(column, str) else column
        text = row.get(position)
        moment = read_date(text) if "-" in text[1:] or "/" in text else None
        if moment is not None:
            day = (moment - self.start).days
            self.found.warn(
                f"{what} is the date {text!r}; it is read as day {day}", table.at(row, column), "a day"
            )
            return day
        value = table.number(row, column, what)
        if value is not None and value != round(value):
            self.found.warn(
                f"{what} {text!r} is no whole day; it is read as {int(value)}", table.at(row, column)
            )
        return None if value is None else int(value)
