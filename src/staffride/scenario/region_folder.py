"""A scenario folder of kind ``region``: ``scenario.yaml`` and tables, read into one `Region` with every defect named.

`write_region` makes such a folder; what it wrote is read back as an equal region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.cells import read_date
from staffride.scenario.csv_tables import Table, read_table
from staffride.scenario.document import Document, read_document
from staffride.scenario.findings import At, Findings
from staffride.scenario.locate import SETTINGS, find_folder
from staffride.scenario.region import Place, Region, make_region
from staffride.scenario.region_checks import judge_countries, judge_lengths, judge_reach
from staffride.scenario.region_columns import (
    ATTRIBUTE,
    HIGHEST,
    NEEDED_COLUMNS,
    NEEDED_TABLES,
    REGION,
    SETTINGS_KEYS,
    TABLES,
)
from staffride.scenario.region_writing import write_region

__all__ = ["RegionReading", "load_region", "read_region", "write_region"]

MOST_DAYS = 40_000


class RegionReading(NamedTuple):
    """What came of reading a scenario folder of kind ``region``.

    Attributes
    ----------
    region
        The region, or ``None`` where a problem is fatal.
    problems
        Everything found, fatal and not.
    """

    region: Region | None
    problems: tuple[Problem, ...]


@dataclass
class RegionDraft:
    """What is known while the tables are read.

    Attributes
    ----------
    folder
        The folder.
    found
        Where problems go.
    start, days
        The period.
    places, written
        The places by name, and where each is written.
    """

    folder: Path
    found: Findings
    start: date = date.min
    days: int = 1
    places: dict[str, Place] = field(default_factory=dict)
    written: dict[str, At] = field(default_factory=dict)

    def table(self, name: str) -> Table | None:
        """Return a table whose columns are known; ``None`` where there is none."""
        file = self.folder / f"{name}.csv"
        if not file.is_file():
            if name in NEEDED_TABLES:
                self.found.fatal(f"there is no {name}.csv", At(self.folder), ",".join(TABLES[name]))
            return None
        table = read_table(file, self.found, TABLES[name])
        if table.header is None:
            self.found.fatal("there is no header", At(file, 1), ",".join(TABLES[name]))
            return None
        self._check_columns(name, table)
        return table

    def _check_columns(self, name: str, table: Table) -> None:
        assert table.header is not None
        for other, position in table.others.items():
            if not (name == "places" and other.startswith(ATTRIBUTE)):
                at = table.at(table.header, position)
                known = ", ".join(TABLES[name])
                self.found.fatal(
                    f"unknown column {other!r}", at, f"among {known}", nearest(other, TABLES[name])
                )
        for column in NEEDED_COLUMNS.get(name, TABLES[name]):
            if column not in table.columns:
                self.found.fatal(f"the column {column!r} is missing", At(table.file, table.header.line))

    def know(self, name: str, known: Mapping[str, Any] | set[str], at: At, what: str = "place") -> bool:
        """Return whether a name is known; otherwise a fatal problem says which is nearest."""
        if name in known:
            return True
        text = f"there is no {what} {name!r}" if name else f"the name of a {what} is missing"
        self.found.fatal(text, at, f"a {what} of places.csv", nearest(name, known))
        return False


def load_region(name_or_folder: str | Path, *, strict: bool = False) -> Region:
    """Return the region of a scenario folder.

    Raises
    ------
    InputError
        With every fatal defect; with ``strict`` every defect is.
    """
    reading = read_region(name_or_folder, strict=strict)
    if reading.region is None:
        raise InputError(reading.problems)
    return reading.region


def read_region(name_or_folder: str | Path, *, strict: bool = False) -> RegionReading:
    """Return the region of a scenario folder with everything that is wrong with it.

    Parameters
    ----------
    name_or_folder
        The name of a shipped scenario, or the path of a folder.
    strict
        Whether every warning is fatal.

    Raises
    ------
    InputError
        If there is no such scenario at all.
    """
    folder = find_folder(name_or_folder)
    draft = RegionDraft(folder, Findings())
    document = read_document(folder / SETTINGS)
    draft.found.problems += document.problems
    region = _read(draft, document) if document.whole else None
    problems = draft.found.sorted_problems(strict)
    broken = any(problem.fatal for problem in problems)
    return RegionReading(None if broken else region, problems)


def _read(draft: RegionDraft, document: Document) -> Region | None:
    from staffride.scenario import region_rows as rows

    head = _Head(draft, document)
    head.check()
    rows.read_places(draft)
    links = rows.read_links(draft)
    if not draft.places or head.broken:
        return None
    tables = {name: rows.read_spans(draft, name) for name in HIGHEST}
    changes, found = rows.read_kind_changes(draft), rows.read_reports(draft)
    joins = [link for link, _ in links]
    judge_countries(draft)
    judge_lengths(draft, links)
    events = tables["conflict"] or {}, tables["flood"] or {}
    judge_reach(draft, joins, events, [one.name for one in found.reports], changes, At(draft.folder))
    return make_region(
        places=draft.places.values(),
        links=joins,
        conflict=events[0],
        flood=tables["flood"],
        food_crisis=tables["food_crisis"],
        kind_changes=changes,
        closures=rows.read_closures(draft, links),
        reports=found.reports,
        total=found.total,
        corrections=rows.read_corrections(draft, found.reports),
        demographics=rows.read_demographics(draft),
        **head.content(),
    )


class _Head:
    """The settings of a region: its name, period, home country and what its rules are told."""

    def __init__(self, draft: RegionDraft, document: Document) -> None:
        self.draft, self.document, self.broken = draft, document, False

    def _complain(self, key: tuple[str, ...], message: str, expected: str, hint: str | None = None) -> None:
        where = self.document.at(key)
        at = At(self.draft.folder / SETTINGS, where.line if where else 1)
        self.draft.found.fatal(message, at, expected, hint)

    def check(self) -> None:
        data = self.document.data
        for key in data:
            if key not in SETTINGS_KEYS:
                known = ", ".join(SETTINGS_KEYS)
                self._complain(
                    (key,), f"unknown setting {key!r}", f"among {known}", nearest(key, SETTINGS_KEYS)
                )
        if data.get("kind") != REGION:
            self._complain(("kind",), f"the kind is {data.get('kind')!r}", REGION)
        self._check_period(self.mapping("period"))

    def _check_period(self, period: Mapping[str, object]) -> None:
        start, days = read_date(str(period.get("start", ""))), period.get("days")
        if start is None:
            self._complain(("period", "start"), "the period has no start that is a date", "YYYY-MM-DD")
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
            expected = f"a whole number from 1 to {MOST_DAYS}"
            self._complain(("period", "days"), f"the days of the period are {days!r}", expected)
        elif start is not None:
            self.draft.start, self.draft.days = start, days
            return
        self.broken = True

    def content(self) -> dict[str, Any]:
        """Return what the settings say of the region."""
        return {
            "name": self.text("name") or self.draft.folder.resolve().name,
            "title": self.text("title"),
            "start": self.draft.start,
            "days": self.draft.days,
            "home": self.home(),
            "settings": self.mapping("settings"),
            "sources": {key: str(value) for key, value in self.mapping("sources").items()},
            "folder": self.draft.folder,
        }

    def home(self) -> str:
        """Return the country that people flee from."""
        countries = {place.country for place in self.draft.places.values()}
        home = self.text("home")
        if home not in countries:
            text = f"no place is in the home country {home!r}" if home else "the home country is missing"
            self._complain(("home",), text, "the country that people flee from", nearest(home, countries))
        return home

    def text(self, key: str) -> str:
        """Return a setting as text, empty where it is not given."""
        value = self.document.data.get(key)
        return "" if value is None else str(value)

    def mapping(self, key: str) -> Mapping[str, object]:
        """Return a section, empty where it is not given."""
        value = self.document.data.get(key, {})
        if isinstance(value, dict):
            return value
        self._complain((key,), f"`{key}` is {value!r}", "lines of the form `name: value`")
        return {}
