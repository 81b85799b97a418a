"""The links of a Flee folder: ``routes.csv``, and ``major_routes.csv``, which a region cannot hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from staffride.errors import nearest
from staffride.interop.flee_case import Case
from staffride.scenario.csv_tables import Row, Table, read_table
from staffride.scenario.findings import At
from staffride.scenario.region import UNLIMITED, Link
from staffride.scenario.region_checks import great_circle_km, judge_lengths

COLUMNS = ("name1", "name2", "distance", "forced_redirection")
SPELLINGS: Mapping[str, str] = {
    "start": "name1",
    "from": "name1",
    "source": "name1",
    "location1": "name1",
    "end": "name2",
    "to": "name2",
    "target": "name2",
    "location2": "name2",
    "distancekm": "distance",
    "length": "distance",
    "lengthkm": "distance",
    "km": "distance",
    "maxmovespeed": "max_move_speed",
    "walkprobability": "walk_probability",
    "personsperhour": "persons_per_hour",
}


def read_links(case: Case) -> list[Link]:
    """Return the links between known places; without any, nobody can move."""
    file = case.folder.input("routes.csv")
    if file is None:
        case.found.fatal(
            "there is no routes.csv", At(case.folder.inputs), "a table of the links between places"
        )
        return []
    table = read_table(file, case.found, COLUMNS, SPELLINGS)
    written: dict[frozenset[str], tuple[Link, At]] = {}
    alike: list[tuple[Link, At]] = []
    for row in table.rows:
        ends = _ends(case, table, row)
        if ends is None:
            continue
        at = table.at(row, "distance")
        length = _length(case, table, row, *ends)
        if length is not None:
            _add(case, written, _link(table, row, ends, length), at, alike)
    _say_alike(case, alike)
    if not written:
        text = "none of its links can be used; nobody can move" if table.rows else "the table holds no link"
        case.found.fatal(text, At(file, 1), "one link a line")
    judge_lengths(case, written.values())
    case.say_columns(table)
    _read_major_routes(case)
    return [link for link, _ in written.values()]


def _ends(case: Case, table: Table, row: Row) -> tuple[str, str] | None:
    names = table.text(row, "name1"), table.text(row, "name2")
    known = [
        case.know(name, table.at(row, column), "the link is left out")
        for column, name in zip(COLUMNS[:2], names, strict=True)
    ]
    if not all(known):
        return None
    if names[0] == names[1]:
        case.found.warn(
            f"a link from {names[0]!r} to itself is left out", table.at(row, "name2"), "two places"
        )
        return None
    return names


def _length(case: Case, table: Table, row: Row, first: str, second: str) -> float | None:
    """Return the length of a link; one of no length gets that of the straight line."""
    what = f"the length of the link between {first!r} and {second!r}"
    before = len(case.found.problems)
    value = table.number(row, "distance", what)
    at = table.at(row, "distance")
    if value is None:
        if len(case.found.problems) == before:
            case.found.fatal(f"{what} is missing", at, "kilometres")
        return None
    if value < 0.0:
        case.found.fatal(f"{what} is negative: {value:g}", at, "kilometres")
        return None
    if value == 0.0:
        straight = great_circle_km(case.places[first], case.places[second])
        value = max(straight, 1.0) if math.isfinite(straight) else 1.0
        case.found.warn(f"{what} is 0; it is read as {value:.0f}, the straight line", at, "kilometres")
    return value


def _link(table: Table, row: Row, ends: tuple[str, str], length: float) -> Link:
    def figure(column: str, default: float, highest: float = UNLIMITED) -> float:
        value = table.number(row, column, column) if column in table.columns else None
        if value is None or (value <= 0.0 and default > 0.0):
            return default
        if not 0.0 <= value <= highest:
            text = f"{column} is {value:g}; it is read as {default:g}"
            table.found.warn(text, table.at(row, column), f"a number from 0 to {highest:g}")
            return default
        return value

    return Link(
        *ends,
        length_km=length,
        forced_redirection=int(figure("forced_redirection", 0.0, 2.0)),
        speed_km_per_day=figure("max_move_speed", UNLIMITED),
        walking_share=figure("walk_probability", 0.0, 1.0),
        persons_per_hour=figure("persons_per_hour", UNLIMITED),
    )


def _add(
    case: Case,
    written: dict[frozenset[str], tuple[Link, At]],
    link: Link,
    at: At,
    alike: list[tuple[Link, At]],
) -> None:
    """Keep a link that is new; of two between the same places the better one, whatever the order of the rows.

    One that only repeats another, the other way round or not, goes to ``alike``.
    """
    pair = frozenset((link.first, link.second))
    if pair not in written:
        written[pair] = link, at
        return
    first, where = written[pair]
    kept, kept_at = min((first, where), (link, at), key=lambda one: _rank(case, one[0]))
    written[pair] = kept, kept_at
    if replace(link, first=first.first, second=first.second) == first:
        alike.append((link, at))
        return
    differ = f" with {kept.length_km:g} km" if first.length_km != link.length_km else ""
    case.found.warn(
        f"the link between {link.first!r} and {link.second!r} is given twice; that of line {kept_at.line}{differ} is"
        " kept, where Flee would offer both",
        at,
    )


def _rank(case: Case, link: Link) -> tuple[object, ...]:
    """Return what puts the shorter link first, then the faster, then the one written from the first of its places."""
    speed = -link.speed_km_per_day, link.walking_share, -link.persons_per_hour, -link.forced_redirection
    return link.length_km, *speed, case.places[link.first].order


def _say_alike(case: Case, alike: list[tuple[Link, At]]) -> None:
    """Say once which lines only repeat a link: folders that give every link in both directions have dozens."""
    if not alike:
        return
    link, at = alike[0]
    text = f"the link between {link.first!r} and {link.second!r} is given twice and kept once"
    if len(alike) > 1:
        lines = ", ".join(str(where.line) for _, where in alike[1:])
        text += f"; so are those of the lines {lines}"
    case.found.warn(f"{text}; Flee would offer both", at, "each link once, for it leads both ways")


def _read_major_routes(case: Case) -> None:
    file = case.folder.input("major_routes.csv")
    if file is None:
        return
    table = read_table(file, case.found)
    for row in table.rows:
        for position, name in enumerate(row.cells):
            if name and name not in case.places:
                text = f"a major route names the place {name!r}, which does not exist"
                case.found.warn(text, table.at(row, position), suggestion=nearest(name, case.places))
    case.found.cannot_map(
        f"{case.folder.shown(file)}: {len(table.rows)} major routes: Flee uses them only with fixed routes"
    )
