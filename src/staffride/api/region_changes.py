"""What if a border closes, or a road opens: changes as a user writes them, checked against the region."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from staffride.errors import InputError, Problem, nearest
from staffride.scenario.region import Closure, ClosureKind, Link, Region

KINDS: dict[str, ClosureKind] = {
    "border": "country",
    "country": "country",
    "road": "link",
    "link": "link",
    "place": "location",
    "location": "location",
    "camp": "camp",
}
FORM = "border:COUNTRY:COUNTRY, road:PLACE:PLACE, place:PLACE or camp:PLACE"
NEW_ROAD = "road:PLACE:PLACE:KILOMETRES for one that is not there yet"


class Changes(NamedTuple):
    """Changed borders and roads.

    Attributes
    ----------
    closed
        Closures from the day after the origin on.
    opened
        Closures that end, and roads that are added.
    words
        Each change in words.
    asked
        Each change as an option of the command line.
    """

    closed: tuple[Closure, ...] = ()
    opened: tuple[Closure | Link, ...] = ()
    words: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def parse_changes(region: Region, day: int, close: Iterable[str] = (), open_: Iterable[str] = ()) -> Changes:
    """Return what a user wants closed and opened.

    Parameters
    ----------
    region
        Whose countries, places and links are meant.
    day
        Day of the origin; a change holds from the next day on.
    close, open_
        Texts such as ``border:Mali:Niger``, ``road:Menaka:Abala``, ``place:Abala``, ``camp:Abala``; to open, also
        ``road:Menaka:Abala:120`` for a road of 120 km that is not there yet.

    Raises
    ------
    InputError
        With every text that does not parse or names what is not there.
    """
    problems: list[Problem] = []
    close, open_ = tuple(close), tuple(open_)
    closed = [_closure(region, text, day + 1, problems) for text in close]
    opened = [_opening(region, text, day + 1, problems) for text in open_]
    if problems:
        raise InputError(problems)
    words = [f"{_words(one)} closes" for one in closed] + [f"{_words(one)} opens" for one in opened]
    asked = [f"--close {text}" for text in close] + [f"--open {text}" for text in open_]
    return Changes(tuple(closed), tuple(opened), tuple(words), tuple(asked))


def _opening(region: Region, text: str, day: int, problems: list[Problem]) -> Closure | Link:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) == 4 and KINDS.get(parts[0]) == "link":
        return _new_road(region, text, parts, problems)
    return replace(_closure(region, text, day, problems, new=True), first_day=day)


def _new_road(region: Region, text: str, parts: list[str], problems: list[Problem]) -> Link:
    for name in parts[1:3]:
        _require(name, region.index, "place", text, problems)
    try:
        length = float(parts[3])
    except ValueError:
        length = 0.0
    if not 0.0 < length < 40_000.0:
        problems.append(Problem(f"{text!r}: {parts[3]!r} is no length", expected=NEW_ROAD))
    return Link(parts[1], parts[2], length)


def _closure(region: Region, text: str, day: int, problems: list[Problem], *, new: bool = False) -> Closure:
    parts = [part.strip() for part in text.split(":")]
    kind = KINDS.get(parts[0])
    wanted = 2 if kind in ("country", "link") else 1
    if kind is None or len(parts) != wanted + 1:
        problems.append(
            Problem(
                f"{text!r} is no change",
                expected=f"{FORM}; {NEW_ROAD}" if new else FORM,
                suggestion=nearest(parts[0], KINDS),
            )
        )
        return Closure("country", "")
    known = {place.country for place in region.places} if kind == "country" else set(region.index)
    for name in parts[1:]:
        _require(name, known, "country" if kind == "country" else "place", text, problems)
    if kind == "link" and not new:
        _require_link(region, parts[1], parts[2], text, problems)
    return Closure(kind, parts[1], parts[2] if wanted == 2 else "", day)


def _require(name: str, known: Iterable[str], what: str, text: str, problems: list[Problem]) -> None:
    names = sorted(known)
    if name not in names:
        shown = ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
        problems.append(
            Problem(f"{text!r}: there is no {what} {name!r}", expected=shown, suggestion=nearest(name, names))
        )


def _require_link(region: Region, first: str, second: str, text: str, problems: list[Problem]) -> None:
    ends = {frozenset((link.first, link.second)) for link in region.links}
    if {first, second} <= set(region.index) and frozenset((first, second)) not in ends:
        beside = sorted(next(iter(pair - {first}), first) for pair in ends if first in pair)
        problems.append(
            Problem(
                f"{text!r}: no road leads from {first} to {second}", expected=f"one of {', '.join(beside)}"
            )
        )


def _words(change: Closure | Link) -> str:
    if isinstance(change, Link):
        return f"the road {change.first} - {change.second} ({change.length_km:g} km)"
    return {
        "country": f"the border between {change.first} and {change.second}",
        "link": f"the road {change.first} - {change.second}",
        "camp": f"the camp {change.first}",
    }.get(change.kind, f"the place {change.first}")
