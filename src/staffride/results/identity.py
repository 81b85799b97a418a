"""What a run is made of, as digests: two runs with equal digests and settings are equal in every cell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from staffride.evidence import Claim, Fact, ledger
from staffride.evidence.ledger import TESTS
from staffride.results.atomic import checksum
from staffride.scenario.fields import Row
from staffride.scenario.schema import Scenario

RULES = (
    "engine", "model", "units.py", "scenario/levers", "scenario/policy.py", "lab/campaign_arms.py", "lab/chain_arms.py",
)  # fmt: skip
"""Parts of the package whose source decides what a replication computes from its draws, without and with a policy."""

ROWS = ("places", "links", "people", "provinces", "events", "zones", "units", "orders")
"""Tables of a scenario whose rows rest on evidence."""


@cache
def code_digest() -> str:
    """Return the SHA-256 of the source of the rules."""
    with as_file(files("staffride")) as package:
        parts = [package / name for name in RULES]
        return _digest_of(package, (file for part in parts for file in _sources(part)))


@cache
def evidence_digest() -> str:
    """Return the SHA-256 of the facts and claims that come with the program.

    How claims are tested is left out: it decides no number of a run.
    """
    with as_file(files("staffride").joinpath("data", "evidence")) as folder:
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != TESTS)
        return _digest_of(folder, paths)


def draws_digest(draws: Any) -> str:  # noqa: ANN401 (each model has its own draws)
    """Return the SHA-256 of what is drawn for all replications.

    Parameters
    ----------
    draws
        A dataclass of arrays, numbers and names, and of sequences, mappings and dataclasses of them.

    Raises
    ------
    TypeError
        It holds anything else, which a digest must not pass over in silence.
    """
    digest = hashlib.sha256()
    for name in sorted(
        (field.name for field in fields(draws)), key=lambda name: (name == "parameters", name)
    ):
        for piece in _pieces(getattr(draws, name)):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(part: object) -> Iterator[bytes]:
    """Yield the bytes of an array, or of the arrays in a sequence, a mapping by name, or a dataclass."""
    if isinstance(part, np.ndarray):
        yield part.tobytes()
    elif isinstance(part, str | int | float):
        yield repr(part).encode()
    elif isinstance(part, Mapping):
        for name, column in sorted(part.items()):
            yield str(name).encode()
            yield from _pieces(column)
    elif isinstance(part, Sequence):
        for one in part:
            yield from _pieces(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _pieces(getattr(part, field.name))
    else:
        raise TypeError(f"draws hold a {type(part).__name__}, whose content has no digest")


def evidence_of(scenario: Scenario) -> Mapping[str, Fact | Claim]:
    """Return the facts and claims that the parameters and tables of ``scenario`` rest on, by identifier.

    Those of a chain's stages come after its own.
    """
    known = ledger()
    rows: list[Row] = [row for table in ROWS for row in getattr(scenario, table)]
    quantities = [*scenario.parameters.values()]
    quantities += [figure for system in scenario.systems.values() for figure in system.figures.values()]
    named = [one for quantity in quantities for one in quantity.evidence]
    named += [one for row in (*rows, *scenario.systems.values()) for one in row.evidence]
    named += [row.fact for row in scenario.observations]
    everything: dict[str, Fact | Claim] = {**known.facts, **known.claims}
    found = {name: everything[name] for name in dict.fromkeys(named) if name in everything}
    for stage in scenario.stages.values():
        found |= evidence_of(stage)
    return found


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
