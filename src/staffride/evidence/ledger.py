"""The ledger: all sources, facts and claims of a folder, read together and checked against one another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from staffride.errors import InputError, Problem, nearest
from staffride.evidence.model import Claim, Fact, Record, Source
from staffride.evidence.records import Lined, read_claims, read_sources
from staffride.evidence.tables import read_facts

LOCATED = ("place", "area", "road")
"""Subjects of facts that other facts may name as their place."""

TESTS = "tests.yaml"
"""Beside the claims: how the tested ones are put to the test (`staffride.evidence.claim_tests`)."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known, by id; nothing in it changes.

    Parameters
    ----------
    sources, facts, claims
        Records by id, in the order of their files.
    """

    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]

    def find(self, name: str) -> Source | Fact | Claim:
        """Return the fact, claim or source called ``name``.

        Raises
        ------
        InputError
            If there is none; the message names the nearest id.
        """
        record = self.facts.get(name) or self.claims.get(name) or self.sources.get(name)
        if record is None:
            known = [*self.facts, *self.claims, *self.sources]
            hint = nearest(name, known) or "see `staffride evidence list`"
            raise InputError([Problem(f"unknown evidence id {name!r}", suggestion=hint)])
        return record


@cache
def ledger() -> Ledger:
    """Return the project's own ledger; it is read once.

    Raises
    ------
    InputError
        If a data file of the installation is damaged; every problem at once.
    """
    with as_file(files("staffride").joinpath("data", "evidence")) as folder:
        return load_ledger(folder)


def load_ledger(folder: Path) -> Ledger:
    """Read a folder with ``sources.yaml``, ``facts/*.csv`` and ``claims/*.yaml`` (how they are tested apart).

    Raises
    ------
    InputError
        With every problem of every file: a wrong header, a bad date or number, an unknown source or place,
        an id that is used twice. Each gives its file and line.
    """
    reading = _Reading(folder)
    reading.read()
    if reading.problems:
        raise InputError(reading.problems)
    return Ledger(_by_id(reading.sources), _by_id(reading.facts), _by_id(reading.claims))


R = TypeVar("R", bound=Record)
Located = tuple[Path, int, Record]


class _Reading:
    """One pass over a folder; collects records and problems, so that all problems are told at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.sources: list[Source] = []
        self.facts: list[Fact] = []
        self.claims: list[Claim] = []
        self._lines: list[Located] = []

    def read(self) -> None:
        """Read all files, then check what one file says about another."""
        path = self.folder / "sources.yaml"
        self.sources += self._keep(path, *read_sources(path))
        sources_are_whole = not self.problems
        for path in sorted(self.folder.glob("facts/*.csv")):
            self.facts += self._keep(path, *read_facts(path))
        facts_are_whole = not self.problems
        known = _by_id(self.sources)
        # A claim takes its side from its document's source: without all sources there is nothing to check.
        for path in self._claim_files() if sources_are_whole else ():
            self.claims += self._keep(path, *read_claims(path, known))
        self.problems += _repeated(self._lines)
        self.problems += _dangling(
            self._lines, known if sources_are_whole else None, self.facts if facts_are_whole else None
        )

    def _claim_files(self) -> list[Path]:
        return sorted(path for path in self.folder.glob("claims/*.yaml") if path.name != TESTS)

    def _keep(self, path: Path, found: Lined[R], problems: list[Problem]) -> list[R]:
        self.problems += problems
        self._lines += [(path, line, record) for line, record in found]
        return [record for _, record in found]


def _repeated(lines: Iterable[Located]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, line, record in lines:
        name = record.id
        if name in first:
            yield Problem(
                f"the id {name!r} is used twice", path, line, f"one use; the first is at {first[name]}"
            )
        first.setdefault(name, f"{path.name}:{line}")


def _dangling(
    lines: Iterable[Located], sources: Mapping[str, Source] | None, facts: Sequence[Fact] | None
) -> Iterator[Problem]:
    """Yield references to nothing; tables that are not whole (``None``) cannot tell that an id is unknown."""
    known: dict[str, Collection[str]] = {}
    if sources is not None:
        known["source"] = sources
    if facts is not None:
        known["fact"] = {fact.id for fact in facts}
        known["place"] = {fact.id for fact in facts if fact.subject in LOCATED}
    for path, line, record in lines:
        for what, name in _references(record):
            if what in known and name not in known[what]:
                hint = nearest(name, known[what])
                yield Problem(f"unknown {what} {name!r}", path, line, suggestion=hint)


def _references(record: Record) -> Iterator[tuple[str, str]]:
    """Yield each id that a record names, after the word for what it should be."""
    if isinstance(record, Fact):
        yield from (("source", name) for name in record.sources)
        named = (record.place, *(record.details.get(key) for key in ("from_place", "to_place", "centre")))
        yield from (("place", str(name)) for name in named if name)
    if isinstance(record, Claim):
        yield from (("fact", name) for name in record.facts)


def _by_id(records: Iterable[R]) -> Mapping[str, R]:
    return MappingProxyType({record.id: record for record in records})
