"""The tables of a scenario of kind ``region``, row by row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from staffride.errors import nearest
from staffride.scenario.cells import read_dates
from staffride.scenario.csv_tables import Row, Table
from staffride.scenario.findings import At
from staffride.scenario.region import (
    KINDS,
    UNLIMITED,
    Closure,
    ClosureKind,
    Correction,
    Link,
    Place,
    PlaceKind,
    Reports,
)
from staffride.scenario.region_checks import judge_capacity, judge_counts
from staffride.scenario.region_columns import ATTRIBUTE, HIGHEST, TABLES, TOTAL

if TYPE_CHECKING:
    from staffride.scenario.region_folder import RegionDraft

Floats: TypeAlias = NDArray[np.float64]
CLOSURE_KINDS: tuple[ClosureKind, ...] = get_args(ClosureKind)


class Cells:
    """The cells of one row as what they stand for; what is wrong with one is told and its default is taken."""

    def __init__(self, draft: RegionDraft, table: Table, row: Row) -> None:
        self.draft, self.table, self.row = draft, table, row

    def at(self, column: str) -> At:
        """Return where a cell stands."""
        return self.table.at(self.row, column)

    def text(self, column: str) -> str:
        """Return the text of a cell."""
        return self.table.text(self.row, column)

    def wrong(self, column: str, message: str, expected: str | None = None, hint: str | None = None) -> None:
        """Add a fatal problem of a cell."""
        self.draft.found.fatal(message, self.at(column), expected, hint)

    def number(
        self,
        column: str,
        default: float,
        lowest: float = 0.0,
        highest: float = UNLIMITED,
        *,
        whole: bool = False,
    ) -> float:
        """Return the number of a cell, or the default where it is empty."""
        if column not in self.table.columns:
            return default
        value = self.table.number(self.row, column, column, whole=whole)
        if value is None:
            return default
        if not lowest <= value <= highest:
            expected = (
                f"a number from {lowest:g} to {highest:g}" if highest < UNLIMITED else f"at least {lowest:g}"
            )
            self.wrong(column, f"{column} is {value:g}", expected)
            return default
        return value

    def day(self, column: str, default: int | None) -> int | None:
        """Return the day of a cell, or the default where it is empty."""
        value = self.number(column, math.nan, -UNLIMITED)
        if math.isnan(value):
            return default
        if value != int(value):
            self.wrong(
                column, f"{column} is {value:g}", "a whole number of days from the start of the period"
            )
        return int(value)

    def known(self, column: str) -> bool:
        """Return whether the cell names a place."""
        return self.draft.know(self.text(column), self.draft.places, self.at(column))

    def choice(self, column: str, choices: Sequence[str], what: str) -> bool:
        """Return whether the cell holds one of the choices."""
        if self.text(column) in choices:
            return True
        text = self.text(column)
        self.wrong(
            column, f"unknown kind of {what} {text!r}", f"one of {', '.join(choices)}", nearest(text, choices)
        )
        return False


def _rows(draft: RegionDraft, name: str) -> list[Cells]:
    table = draft.table(name)
    return [] if table is None else [Cells(draft, table, row) for row in table.rows]


def read_places(draft: RegionDraft) -> None:
    """Read the places into the draft."""
    rows = _rows(draft, "places")
    for cells in rows:
        name = cells.text("name")
        if not name or name == TOTAL:
            cells.wrong("name", f"a place cannot be named {name!r}", "a name of its own")
        elif name in draft.places:
            cells.wrong(
                "name",
                f"the place {name!r} is given twice",
                f"once; first on line {draft.written[name].line}",
            )
        elif cells.choice("kind", KINDS, "place"):
            draft.places[name], draft.written[name] = _place(cells, name), cells.at("name")
    if not rows and (draft.folder / "places.csv").is_file():
        draft.found.fatal("the table holds no place", At(draft.folder / "places.csv"), "one place a line")


def _place(cells: Cells, name: str) -> Place:
    kind: PlaceKind = next(kind for kind in KINDS if kind == cells.text("kind"))
    others = {
        other: cells.row.get(at) for other, at in cells.table.others.items() if other.startswith(ATTRIBUTE)
    }
    return Place(
        name=name,
        region=cells.text("region"),
        country=cells.text("country"),
        latitude=cells.number("latitude", math.nan, -90.0, 90.0),
        longitude=cells.number("longitude", math.nan, -180.0, 180.0),
        kind=kind,
        population=cells.number("population", 0.0, whole=True),
        capacity=cells.number("capacity", UNLIMITED, whole=True),
        conflict_from=cells.day("conflict_from", 0) if kind == "conflict_zone" else None,
        attributes={other.removeprefix(ATTRIBUTE): text for other, text in others.items() if text},
    )


def read_links(draft: RegionDraft) -> list[tuple[Link, At]]:
    """Return the links, each with where it is written."""
    found: list[tuple[Link, At]] = []
    seen: dict[frozenset[str], int] = {}
    for cells in _rows(draft, "links"):
        if not all([cells.known("first"), cells.known("second")]):
            continue
        first, second = cells.text("first"), cells.text("second")
        pair = frozenset((first, second))
        if first == second:
            cells.wrong("second", f"a link joins {first!r} with itself", "two places")
        elif pair in seen:
            text = f"the link between {first!r} and {second!r} is given twice"
            cells.wrong("first", text, f"once; first on line {seen[pair]}")
        else:
            seen[pair] = cells.row.line
            found.append((_link(cells, first, second), cells.at("length_km")))
    return found


def _link(cells: Cells, first: str, second: str) -> Link:
    length = cells.number("length_km", math.nan)
    if not length > 0.0:
        cells.wrong("length_km", "the link has no length", "kilometres, above 0")
    return Link(
        first,
        second,
        length,
        int(cells.number("forced_redirection", 0.0, 0.0, 2.0)),
        cells.number("speed_km_per_day", UNLIMITED),
        cells.number("walking_share", 0.0, 0.0, 1.0),
        cells.number("persons_per_hour", UNLIMITED),
    )


def read_spans(draft: RegionDraft, name: str) -> dict[str, Floats] | None:
    """Return for each place its (days,) figures; ``None`` where there is no table."""
    table = draft.table(name)
    if table is None:
        return None
    found: dict[str, Floats] = {}
    for row in table.rows:
        cells = Cells(draft, table, row)
        if not cells.known("place"):
            continue
        column = found.setdefault(cells.text("place"), np.full(draft.days, np.nan))
        first, last = cells.day("first_day", 0) or 0, cells.day("last_day", draft.days - 1)
        last = draft.days - 1 if last is None else last
        if last < first:
            cells.wrong("last_day", f"last_day {last} is before first_day {first}", "a later day")
        if first < 0 or last >= draft.days:
            text = f"days {first} to {last} reach beyond the period; only its days 0 to {draft.days - 1} are read"
            draft.found.warn(text, cells.at("first_day"))
        within = slice(max(first, 0), max(last + 1, 0))
        if not np.isnan(column[within]).all():
            cells.wrong(
                "first_day", f"days {first} to {last} of {cells.text('place')!r} are given twice", "once"
            )
        column[within] = cells.number(TABLES[name][3], 0.0, 0.0, HIGHEST[name])
    return {place: np.nan_to_num(column) for place, column in found.items()}


def read_closures(draft: RegionDraft, links: Sequence[tuple[Link, At]]) -> tuple[Closure, ...]:
    """Return the closures in the order in which they are written."""
    pairs = {frozenset((link.first, link.second)) for link, _ in links}
    countries = {place.country for place in draft.places.values()}
    found = []
    for cells in _rows(draft, "closures"):
        if not cells.choice("kind", CLOSURE_KINDS, "closure"):
            continue
        kind: ClosureKind = next(kind for kind in CLOSURE_KINDS if kind == cells.text("kind"))
        first, second = cells.text("first"), cells.text("second")
        if kind == "country":
            ends = (("first", first), ("second", second))
            known = [draft.know(name, countries, cells.at(column), "country") for column, name in ends]
        else:
            known = [cells.known("first"), not second or cells.known("second")]
        if all(known) and kind == "link" and frozenset((first, second)) not in pairs:
            cells.wrong("first", f"there is no link between {first!r} and {second!r}", "the ends of a link")
        first_day, opens = cells.day("first_day", 0) or 0, cells.day("opens_on_day", None)
        if opens is not None and opens < first_day:
            cells.wrong(
                "opens_on_day", f"it opens on day {opens}, before it closes on {first_day}", "a later day"
            )
        found.append(Closure(kind, first, second, first_day, opens))
    return tuple(found)


def read_kind_changes(draft: RegionDraft) -> tuple[tuple[str, PlaceKind, int], ...]:
    """Return the days on which a place becomes one of another kind."""
    found: list[tuple[str, PlaceKind, int]] = []
    for cells in _rows(draft, "kind_changes"):
        day = cells.day("day", None)
        if day is None:
            cells.wrong("day", "the day is missing", "a day of the period")
        elif all([cells.known("place"), cells.choice("kind", KINDS, "place")]):
            kind: PlaceKind = next(kind for kind in KINDS if kind == cells.text("kind"))
            found.append((cells.text("place"), kind, day))
    return tuple(found)


class FoundReports(NamedTuple):
    """The reports of the destinations and of the total."""

    reports: tuple[Reports, ...]
    total: Reports | None


@dataclass
class _Source:
    """One source while its rows are read: count and place by day."""

    counts: dict[int, float] = field(default_factory=dict)
    written: dict[int, At] = field(default_factory=dict)


def read_reports(draft: RegionDraft) -> FoundReports:
    """Return the reports, sources in the order in which they first appear."""
    rows = _rows(draft, "reports")
    dates = read_dates([cells.text("date") for cells in rows]).values
    sources: dict[str, dict[str, _Source]] = {}
    for cells, moment in zip(rows, dates, strict=True):
        name = cells.text("destination")
        if name == TOTAL or cells.known("destination"):
            source = sources.setdefault(name, {}).setdefault(cells.text("source"), _Source())
            _add_report(cells, source, moment)
    reports = {name: _reports(draft, name, own) for name, own in sources.items()}
    total = reports.pop(TOTAL, None)
    return FoundReports(tuple(reports.values()), total)


def _add_report(cells: Cells, source: _Source, moment: date | None) -> None:
    if moment is None:
        cells.wrong("date", f"{cells.text('date')!r} is not a date", "YYYY-MM-DD")
        return
    count = cells.number("count", math.nan, whole=True)
    if not cells.text("count"):
        cells.wrong("count", "there is no count", "a number of persons")
    day = (moment - cells.draft.start).days
    if day in source.counts:
        line = source.written[day].line
        cells.wrong("date", f"{moment} is reported twice by one source", f"once; first on line {line}")
    source.counts[day], source.written[day] = count, cells.at("count")


def _reports(draft: RegionDraft, name: str, sources: dict[str, _Source]) -> Reports:
    days, counts = [], []
    for source in sources.values():
        order = sorted(source.counts)
        days.append(np.array(order, np.int64))
        counts.append(np.array([source.counts[day] for day in order]))
        written = [source.written[day] for day in order]
        judge_counts(draft.found, counts[-1], written)
        if name in draft.places:
            judge_capacity(draft.found, draft.places[name], days[-1], counts[-1], written, draft.days)
    files = () if list(sources) == [""] else tuple(sources)
    return Reports(name, tuple(days), tuple(counts), files)


def read_corrections(draft: RegionDraft, reports: Sequence[Reports]) -> tuple[Correction, ...]:
    """Return the registrations in the order in which they are written."""
    rows = _rows(draft, "corrections")
    reported = {one.name: None for one in reports}
    found = []
    for cells, moment in zip(rows, read_dates([one.text("date") for one in rows]).values, strict=True):
        if moment is None:
            cells.wrong("date", f"{cells.text('date')!r} is not a date", "YYYY-MM-DD")
        elif cells.known("destination"):
            name = cells.text("destination")
            if name not in reported:
                text = f"{name!r} has no reports; its registration changes nothing"
                draft.found.warn(text, cells.at("destination"))
            found.append(Correction(name, (moment - draft.start).days))
    return tuple(found)


def read_demographics(draft: RegionDraft) -> dict[str, dict[str, dict[str, float]]]:
    """Return for each attribute its values, and the weight of each by place name or ``Default``."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for cells in _rows(draft, "demographics"):
        place = cells.text("place")
        if place != "Default" and not cells.known("place"):
            continue
        weights = found.setdefault(cells.text("attribute"), {}).setdefault(cells.text("value"), {})
        if place in weights:
            cells.wrong("place", f"the weight for {place!r} is given twice", "once")
        weights[place] = cells.number("weight", 0.0)
    return found
