"""What a run is made of, as digests: two runs with equal digests and settings are equal in every cell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from staffride.evidence import Claim, Fact, ledger
from staffride.results.atomic import checksum
from staffride.scenario.schema import Scenario

if TYPE_CHECKING:
    from staffride.model.displacement import Draws

RULES = ("engine", "model", "units.py")
"""Parts of the package whose source decides what a replication computes from its draws."""


@cache
def code_digest() -> str:
    """Return the SHA-256 of the source of the rules."""
    with as_file(files("staffride")) as package:
        parts = [package / name for name in RULES]
        return _digest_of(package, (file for part in parts for file in _sources(part)))


@cache
def evidence_digest() -> str:
    """Return the SHA-256 of the facts and claims that come with the program."""
    with as_file(files("staffride").joinpath("data", "evidence")) as folder:
        return _digest_of(folder, (path for path in sorted(folder.rglob("*")) if path.is_file()))


def draws_digest(draws: Draws) -> str:
    """Return the SHA-256 of the parameters and rate paths of all replications."""
    digest = hashlib.sha256(draws.rate_path.tobytes())
    for name, column in sorted(draws.parameters.items()):
        digest.update(name.encode())
        digest.update(column.tobytes())
    return digest.hexdigest()


def evidence_of(scenario: Scenario) -> Mapping[str, Fact | Claim]:
    """Return the facts and claims that the parameters and tables of ``scenario`` rest on, by identifier."""
    known = ledger()
    rows = (*scenario.places, *scenario.links, *scenario.people, *scenario.provinces, *scenario.events)
    named = [one for quantity in scenario.parameters.values() for one in quantity.evidence]
    named += [one for row in rows for one in row.evidence]
    named += [row.fact for row in scenario.observations]
    everything: dict[str, Fact | Claim] = {**known.facts, **known.claims}
    return {name: everything[name] for name in dict.fromkeys(named) if name in everything}


def sources_of(evidence: Mapping[str, Fact | Claim]) -> tuple[str, ...]:
    """Return the identifiers of the sources that ``evidence`` comes from, sorted."""
    found: set[str] = set()
    for record in evidence.values():
        found.update(record.sources if isinstance(record, Fact) else (record.document,))
    return tuple(sorted(found))


def subjects_of(evidence: Mapping[str, Fact | Claim]) -> dict[str, str]:
    """Return in a few words what each fact or claim says."""
    return {name: _subject(record) for name, record in evidence.items()}


def _subject(record: Fact | Claim) -> str:
    if isinstance(record, Claim):
        return f"{record.statement} ({record.document}, paragraph {record.paragraph})"
    numbers = [number for number in (record.low, record.value, record.high) if number is not None]
    stated = f": {' / '.join(f'{number:g}' for number in numbers)} {record.unit}" if numbers else ""
    return f"{record.label}{stated} ({', '.join(record.sources)}; {record.confidence} confidence)"


def _sources(part: Path) -> list[Path]:
    return [part] if part.is_file() else sorted(part.rglob("*.py"))


def _digest_of(root: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(root).as_posix()} {checksum(path)}\n".encode())
    return digest.hexdigest()
