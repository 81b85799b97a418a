"""Adding what a downloaded table says to a region: reports of destinations, or intensity of conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from staffride.errors import InputError, Problem, nearest
from staffride.interop.downloads import close_name, plain
from staffride.scenario.region import Place, Region, Reports, make_region

Floats: TypeAlias = NDArray[np.float64]
Sources: TypeAlias = Mapping[str, Sequence[Mapping[date, float]]]


class Imported(NamedTuple):
    """What came of reading a table into a region.

    Attributes
    ----------
    region
        The region with what was read; ``None`` where a problem is fatal.
    problems
        Everything found, fatal and not.
    notes
        What was assumed, replaced, left out or must be kept in mind, in words.
    """

    region: Region | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


class PlaceNames:
    """Finds the place of a region that a table means.

    Names are compared without case, accents, blanks and signs. A place is also known by its attributes whose names end
    in ``code`` or ``iso``, such as ``pcode``. What two places answer to is nobody's.

    Parameters
    ----------
    region
        The region.
    names
        Names in the table, to names of places, where they differ.
    """

    def __init__(self, region: Region, names: Mapping[str, str] | None = None) -> None:
        known = {place.name for place in region.places}
        wrong = sorted(set((names or {}).values()) - known)
        if wrong:
            raise InputError(
                [Problem(f"no place {name!r}", suggestion=nearest(name, known)) for name in wrong]
            )
        answers: dict[str, set[str]] = {}
        for place in region.places:
            for word in (place.name, *_codes(place)):
                answers.setdefault(plain(word), set()).add(place.name)
        self._places = {word: owners.pop() for word, owners in answers.items() if len(owners) == 1}
        self._places |= {plain(word): name for word, name in (names or {}).items()}
        self._known = known

    def find(self, *words: str) -> str | None:
        """Return the place of the first word that names one."""
        return next((self._places[plain(word)] for word in words if plain(word) in self._places), None)

    def near(self, *words: str) -> str | None:
        """Return a suggestion: a place whose name is near to one of ``words``."""
        return next(filter(None, (close_name(word, self._known) for word in words)), None)


def _codes(place: Place) -> list[str]:
    ends = ("code", "iso", "iso3")
    return [text for key, text in place.attributes.items() if text and plain(key).endswith(ends)]


def reports_of(sources: Sources, start: date, file: str) -> tuple[Reports, ...]:
    """Return reports of each destination from the counts of its sources by date.

    Parameters
    ----------
    sources
        Destination, to its sources, which add up: each has persons by date.
    start
        Date of day 0.
    file
        Name of the file that they come from.
    """
    return tuple(
        Reports(
            name,
            tuple(np.array([(moment - start).days for moment in sorted(one)], np.int64) for one in own),
            tuple(np.array([one[moment] for moment in sorted(one)], np.float64) for one in own),
            (file,) * len(own),
        )
        for name, own in sorted(sources.items())
    )


def with_reports(region: Region, reports: Iterable[Reports], *, source: str = "") -> Region:
    """Return the region with reports added; a destination's earlier reports give way to its new ones.

    Sources are never added up here: two of them may have counted the same people.

    Parameters
    ----------
    region
        The region.
    reports
        Of places of the region, each at most once; of the name ``total`` for the count of all.
    source
        Where they come from, in words; kept with what is said of the earlier ones.

    Raises
    ------
    InputError
        A name is not a place of the region.
    """
    new = {one.name: one for one in reports}
    total = new.pop("total", region.total)
    unknown = [name for name in new if name not in region.index]
    if unknown:
        raise InputError(
            [Problem(f"no place {name!r}", suggestion=nearest(name, region.index)) for name in unknown]
        )
    kept = {one.name: one for one in region.reports} | new
    said = "; ".join(filter(None, (region.sources.get("reports", ""), source)))
    return replace(
        region,
        reports=tuple(sorted(kept.values(), key=lambda one: region.index[one.name])),
        total=total,
        sources={**region.sources, "reports": said} if said else region.sources,
    )


def with_conflict(region: Region, intensity: Mapping[str, Floats], *, source: str = "") -> Region:
    """Return the region with another intensity of conflict in place of its own.

    A town that has any becomes a conflict zone from the first day that has it. A conflict zone keeps its kind.

    Parameters
    ----------
    region
        The region.
    intensity
        Place name, to (days,) figures from 0 to 1; every other place has none.
    source
        Where it comes from, in words; in place of what was said of the earlier one.
    """
    places = [_fought_over(place, intensity.get(place.name)) for place in region.places]
    tables = {"places", "conflict", "flood", "food_crisis", "sources"}
    sources = {key: words for key, words in region.sources.items() if key != "conflict"}
    kept = {one.name: getattr(region, one.name) for one in fields(region) if one.name not in tables}
    return make_region(
        places=places,
        conflict=intensity,
        flood=_by_name(region, region.flood),
        food_crisis=_by_name(region, region.food_crisis),
        sources=sources | ({"conflict": source} if source else {}),
        **kept,
    )


def _fought_over(place: Place, intensity: Floats | None) -> Place:
    days = np.flatnonzero(intensity) if intensity is not None else np.zeros(0, np.int64)
    if not len(days) or place.kind not in ("town", "conflict_zone"):
        return place
    return replace(place, kind="conflict_zone", conflict_from=int(days[0]))


def _by_name(region: Region, table: Floats | None) -> dict[str, Floats] | None:
    return None if table is None else {place.name: table[:, at] for at, place in enumerate(region.places)}


def add_counts(
    region: Region,
    path: Path,
    publisher: str,
    sources: Sources,
    problems: Sequence[Problem],
    notes: Sequence[str],
) -> Imported:
    """Return the region with counts of destinations from a publisher's file, and words on what they replace."""
    if not sources and not any(problem.fatal for problem in problems):
        problems = [*problems, Problem("no row of the file could be used", path)]
    if any(problem.fatal for problem in problems):
        return Imported(None, tuple(problems), tuple(notes))
    reports = reports_of(sources, region.start, path.name)
    said = [
        *(_count_words(one, region) for one in reports),
        *_replaced(region, {one.name for one in reports}),
        *notes,
    ]
    source = f"{', '.join(one.name for one in reports)}: {publisher}, {path.name}"
    return Imported(with_reports(region, reports, source=source), tuple(problems), tuple(said))


def _count_words(one: Reports, region: Region) -> str:
    days = np.unique(np.concatenate(one.days))
    number = "1 report" if len(days) == 1 else f"{len(days)} reports"
    inside = int(np.sum((days >= 0) & (days < region.days)))
    first, last = region.date_of(int(days[0])), region.date_of(int(days[-1]))
    return f"{one.name}: {number} from {first} to {last}, {inside} of them in the scenario's period"


def _replaced(region: Region, names: set[str]) -> list[str]:
    """Say which earlier reports give way, and what still rests on them."""
    words = [
        f"{one.name}: its reports in {_files(one)} give way to these"
        for one in region.reports
        if one.name in names
    ]
    words += [
        f"{name}: its registration dates are kept; see whether they hold for the new reports"
        for name in sorted({one.destination for one in region.corrections} & names)
    ]
    if region.total is not None:
        words.append("total: kept as it was; it may no longer fit the destinations")
    return words


def _files(reports: Reports) -> str:
    return " and ".join(reports.files) or "the scenario"
