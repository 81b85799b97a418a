"""UCDP's georeferenced events (GED) as the intensity of conflict at each place of a region and day.

The columns are those of GED 17 to 25 and of the monthly candidate events, some releases of which have no header row.
Nothing is fetched: the user brings the file. An event is given to the nearest place where people live, within a stated
distance and precision; the events that match no place are listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from staffride.errors import InputError, Problem
from staffride.interop.conflict_intensity import PRECISIONS, Assigned, ConflictRule, Event, assign, intensity
from staffride.interop.downloads import Row, Shape, Table, count, day, number, read_table
from staffride.interop.region_tables import Imported, with_conflict
from staffride.scenario.region import Region

LISTED = 20
"""Events that match no place, of one reason, that are named one by one; the others are counted."""

COLUMNS = (
    *(
        "id",
        "relid",
        "year",
        "active_year",
        "code_status",
        "type_of_violence",
        "conflict_dset_id",
        "conflict_new_id",
    ),
    *(
        "conflict_name",
        "dyad_dset_id",
        "dyad_new_id",
        "dyad_name",
        "side_a_dset_id",
        "side_a_new_id",
        "side_a",
    ),
    *("side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office"),
    *(
        "source_date",
        "source_headline",
        "source_original",
        "where_prec",
        "where_coordinates",
        "where_description",
    ),
    *(
        "adm_1",
        "adm_2",
        "latitude",
        "longitude",
        "geom_wkt",
        "priogrid_gid",
        "country",
        "country_id",
        "region",
    ),
    *("event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
"""The 49 columns in their order, for a file without a header."""

NEEDED = ("id", "latitude", "longitude", "date_start", "best")
EVENTS = Shape(
    "UCDP GED",
    {
        **{name: (name,) for name in (*NEEDED, "date_end", "low", "high", "where_prec", "type_of_violence")},
        "best": ("best", "best_est"),
        "low": ("low", "low_est"),
        "high": ("high", "high_est"),
    },
    NEEDED,
)


def import_ucdp(path: str | Path, region: Region, *, rule: ConflictRule | None = None) -> Imported:
    """Return the region with its conflict replaced by one made from a file of UCDP GED events.

    Parameters
    ----------
    path
        The CSV file, of one country or of the world.
    region
        Its conflict zones and towns take the nearest events; camps, hubs and markers do not.
    rule
        How events become intensity.
    """
    rule = rule or ConflictRule()
    wrong = list(rule.problems())
    try:
        table = _read(Path(path))
    except InputError as error:
        return Imported(None, (*wrong, *error.problems), ())
    problems = [*wrong, *table.problems, *_absent(table, rule)]
    if any(problem.fatal for problem in problems):
        return Imported(None, tuple(problems), ())
    events, passed_over = _events(table, region, rule, problems)
    assigned = assign(events, region, rule)
    inside = [event for event, place in zip(events, assigned.places, strict=True) if place >= 0]
    if not inside:
        problems.append(Problem("no event of the file lies near a place in the period", table.path))
    if any(problem.fatal for problem in problems):
        return Imported(None, tuple(problems), (*passed_over, *_unmatched(events, assigned, region, rule)))
    told = tuple(_told(rule, inside, region))
    source = f"UCDP GED, {table.path.name}; {told[0]}"
    changed = with_conflict(region, intensity(events, assigned, region, rule), source=source)
    notes = (*told, *passed_over, *_unmatched(events, assigned, region, rule))
    return Imported(changed, tuple(problems), (*notes, *_zones(region, changed)))


def _absent(table: Table, rule: ConflictRule) -> Iterator[Problem]:
    """Yield what the rule asks for and the table does not have."""
    if rule.estimate not in table.headers:
        yield Problem(f"has no column {rule.estimate}", table.path, suggestion="use another estimate")
    if "where_prec" not in table.headers:
        yield Problem("has no column where_prec: every event is taken as exact", table.path, fatal=False)


def _read(path: Path) -> Table:
    """Return the table; where it has no header, its cells are those of the published order."""
    try:
        return read_table(path, [EVENTS])
    except InputError as error:
        try:
            table = read_table(path, [EVENTS], header=COLUMNS)
        except InputError:
            raise error from None
        warning = Problem("has no header; its 49 columns are read in UCDP's order", path, fatal=False)
        return table._replace(problems=(warning, *table.problems))


def _events(
    table: Table, region: Region, rule: ConflictRule, problems: list[Problem]
) -> tuple[list[Event], list[str]]:
    """Return the events that the rule uses, and words on those that it passes over."""
    events, outside, other = [], 0, 0
    for row in table.rows:
        event = _event(table, row, region, rule, problems)
        if event is None:
            continue
        if event.last < 1 - rule.window_days or event.first >= region.days:
            outside += 1
        elif row.cells.get("type_of_violence", "") not in ("", *map(str, rule.types)):
            other += 1
        else:
            events.append(event)
    words = [f"events outside the period, not used: {outside}"] if outside else []
    return events, [*words, *([f"events of other types of violence, not used: {other}"] if other else [])]


def _event(
    table: Table, row: Row, region: Region, rule: ConflictRule, problems: list[Problem]
) -> Event | None:
    latitude = table.parsed(row, "latitude", number, problems)
    longitude = table.parsed(row, "longitude", number, problems)
    first = table.parsed(row, "date_start", day, problems)
    last = table.parsed(row, "date_end", day, problems) if row.cells.get("date_end") else first
    weight = _weight(table, row, rule, problems)
    if latitude is None or longitude is None or first is None or last is None or weight is None:
        return None
    if last < first:
        problems.append(
            table.problem(row, "date_end", "lies before date_start; the row is left out", fatal=False)
        )
        return None
    exact = "where_prec" not in table.headers
    precision = 1 if exact else table.parsed(row, "where_prec", _precision, problems)
    if precision is None:
        return None
    days = region.day_of(first), region.day_of(last)
    return Event(row.cells["id"], latitude, longitude, *days, weight, precision)


def _precision(text: str) -> int:
    if text not in map(str, PRECISIONS):
        raise ValueError(f"{text!r} is not a precision from 1 to 7")
    return int(text)


def _weight(table: Table, row: Row, rule: ConflictRule, problems: list[Problem]) -> float | None:
    if rule.measure == "events":
        return 1.0
    return table.parsed(row, rule.estimate, count, problems)


def _told(rule: ConflictRule, used: Sequence[Event], region: Region) -> Iterator[str]:
    """Yield what was assumed."""
    what = f"{rule.estimate} estimate of deaths" if rule.measure == "deaths" else "number of events"
    yield (
        f"assumed: intensity is the {what} of the last {rule.window_days} days at a place divided by {rule.full:g}, "
        f"at most 1; events within {rule.farthest_km:g} km and of precision {rule.worst_precision} or better"
    )
    last = region.date_of(max(event.last for event in used))
    yield (
        f"events used: {len(used)}, the last of {last}; UCDP publishes them later (candidates the next month, the "
        "final year in its middle): a forecast from an earlier date must not use them"
    )


def _unmatched(
    events: Sequence[Event], assigned: Assigned, region: Region, rule: ConflictRule
) -> Iterator[str]:
    """Yield the events that match no place: first those too coarse, then those too far."""
    lost = [(event, far) for event, at, far in zip(events, *assigned, strict=True) if at < 0]
    coarse = [event for event, _ in lost if event.precision > rule.worst_precision]
    far = [(event, distance) for event, distance in lost if event.precision <= rule.worst_precision]
    if coarse:
        yield f"events located too roughly, not used: {len(coarse)}"
    for event in coarse[:LISTED]:
        yield f"event {event.name} of {_when(event, region)}: located to {PRECISIONS[event.precision]} only"
    if far:
        yield f"events farther than {rule.farthest_km:g} km from every place, not used: {len(far)}"
    for event, distance in sorted(far, key=lambda one: one[1])[:LISTED]:
        where = f"{event.latitude:g}, {event.longitude:g}"
        yield f"event {event.name} of {_when(event, region)} at {where} lies {distance:.0f} km from the nearest place"


def _when(event: Event, region: Region) -> date:
    return region.date_of(event.first)


def _zones(before: Region, after: Region) -> Iterator[str]:
    """Yield the towns that became conflict zones, and the zones that now have no conflict."""
    towns = {place.name for place in before.places if place.kind == "town"}
    zones = [place.name for place in after.places if place.kind == "conflict_zone" and place.name in towns]
    if zones:
        yield f"towns that become conflict zones: {', '.join(zones)}"
    fought = set(np.nonzero(after.conflict)[1].tolist())
    calm = [
        place.name
        for at, place in enumerate(after.places)
        if place.kind == "conflict_zone" and at not in fought
    ]
    if calm:
        yield f"conflict zones without an event, which now have no conflict: {', '.join(calm)}"
