"""The manifest of a run: what was run, with what, when, and the checksum of every file that it made.

The fields a reader asks for first are plain; ``provenance`` says the same in the terms of W3C PROV, so that
a machine can follow the run from the record to the report.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from staffride._version import __version__
from staffride.errors import StaffrideError
from staffride.results.atomic import checksum, write_text

MANIFEST_NAME = "manifest.json"
FORMAT = "staffride run 1"
PACKAGES = ("numpy", "numba", "duckdb", "pydantic", "ruamel.yaml", "typer", "rich")

Status = Literal["running", "partial", "complete"]


class NotARunError(StaffrideError):
    """The folder holds no run that this version can read."""

    exit_code = 2


@dataclass(frozen=True)
class Settings:
    """What determines every number of a run; two runs with equal settings are equal in every cell.

    Attributes
    ----------
    scenario
        Name of the scenario.
    scenario_digest, evidence_digest, code_digest, draws_digest
        SHA-256 of the resolved scenario, of the facts and claims, of the model's source, and of the draws of
        the parameters of all replications.
    version
        Version of the program.
    seed, replications
        Root of all random numbers; how many replications were asked for.
    mode
        ``posterior`` (conditioned on bulletins until ``origin``) or ``prior``.
    origin, cutoff
        Forecast origin and information cut-off of the scenario, ISO 8601 with offset.
    start, hours, time_zone
        Period that is simulated.
    block
        Replications in a block, the most that a killed run loses.
    every_h
        Hours from one value of a series to the next.
    variants
        Which variants run beside the baseline of a campaign: ``all``, ``none``, or ids with commas between them.
    policies
        Ids of the policies that run beside the baseline; empty for a plain run.
    also
        Names of totals that are kept of a policy besides those by which policies are compared.
    """

    scenario: str
    scenario_digest: str
    evidence_digest: str
    code_digest: str
    draws_digest: str
    seed: int
    replications: int
    mode: str
    origin: str
    cutoff: str
    start: str
    hours: int
    time_zone: str
    block: int
    every_h: int = 1
    variants: str = "all"
    policies: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    version: str = __version__

    def key(self) -> str:
        """Return one word that stands for these settings; every block carries it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:32]

    def changes(self, other: Settings) -> list[str]:
        """Return the names of the fields in which ``other`` differs."""
        mine, theirs = asdict(self), asdict(other)
        return [name for name in mine if mine[name] != theirs[name]]


@dataclass(frozen=True)
class FileRecord:
    """One file of a run: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class VariantRecord:
    """One variant of a campaign: the baseline with something switched off, on, or set otherwise.

    Attributes
    ----------
    id
        What stands after ``@`` in the names of its totals.
    label, question
        Its name for people, and what it asks.
    """

    id: str
    label: str
    question: str = ""


@dataclass(frozen=True)
class Manifest:
    """The content of ``manifest.json``.

    Attributes
    ----------
    status
        ``running`` (or killed while it ran), ``partial`` (stopped; its tables hold what was finished) or
        ``complete``.
    finished
        Replications in the tables.
    started, ended
        Moments, ISO 8601 in UTC.
    wall_seconds
        Time that the run took, over all its sessions.
    source
        The scenario as the user named it.
    sources
        Identifiers of the sources that the scenario's evidence comes from.
    parameters
        Names of the columns of ``totals`` that are drawn parameters; the others are totals.
    files
        Path inside the folder -> checksum and size.
    kind
        Kind of the scenario.
    variants
        Variants whose totals stand beside those of the baseline.
    """

    settings: Settings
    status: Status
    finished: int = 0
    started: str = ""
    ended: str = ""
    wall_seconds: float = 0.0
    source: str = ""
    sources: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    packages: dict[str, str] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)
    kind: str = "displacement"
    variants: tuple[VariantRecord, ...] = ()


LATER_FIELDS = ("kind", "variants")
"""What the manifest of an older run may lack."""


def now() -> str:
    """Return this moment in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_manifest(
    settings: Settings,
    source: str = "",
    sources: tuple[str, ...] = (),
    kind: str = "displacement",
    variants: tuple[VariantRecord, ...] = (),
) -> Manifest:
    """Return the manifest of a run that starts now; the arguments as in `Manifest`."""
    return Manifest(
        settings,
        "running",
        started=now(),
        source=source,
        sources=sources,
        packages=package_versions(),
        kind=kind,
        variants=variants,
    )


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that the numbers rest on."""
    versions = {"python": platform.python_version(), "staffride": __version__}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest`` to ``folder``, atomically.

    Raises
    ------
    StorageError
        The disk is full or refuses to write; the manifest that stood there is intact.
    """
    content = {"format": FORMAT, **asdict(manifest), "provenance": _provenance(manifest)}
    write_text(folder / MANIFEST_NAME, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the run in ``folder``.

    Raises
    ------
    NotARunError
        There is none, it is damaged, or a newer version wrote it.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise NotARunError(
            f"{folder} holds no run (no {MANIFEST_NAME} in it). List runs with: staffride runs"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        written_as = content["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotARunError(
            f"{path} is damaged ({error}). The tables beside it are still readable."
        ) from error
    if written_as != FORMAT:
        raise NotARunError(f"{path} was written as {written_as!r}; this version reads {FORMAT!r}.")
    return _from_json(path, content)


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Return checksum and size of every file of the run in ``folder``, the manifest and blocks apart."""
    records = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST_NAME and not name.startswith((".", "blocks/")):
            records[name] = FileRecord(checksum(path), path.stat().st_size)
    return records


def _from_json(path: Path, content: dict[str, Any]) -> Manifest:
    try:
        names = [
            name for name in Manifest.__dataclass_fields__ if name in content or name not in LATER_FIELDS
        ]
        fields = {name: content[name] for name in names}
        fields["settings"] = _settings(fields["settings"])
        fields |= {name: tuple(fields[name]) for name in ("sources", "parameters")}
        fields["files"] = {name: FileRecord(**record) for name, record in fields["files"].items()}
        fields["variants"] = tuple(VariantRecord(**one) for one in fields.get("variants", ()))
        return Manifest(**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotARunError(f"{path} is damaged: {error}. The tables beside it are still readable.") from error


def _settings(content: dict[str, Any]) -> Settings:
    """Return settings read from JSON, which has no tuples."""
    tuples = {name: tuple(content.get(name, ())) for name in ("policies", "also")}
    return Settings(**{**content, **tuples})


def _provenance(manifest: Manifest) -> dict[str, Any]:
    """Return the run in the terms of PROV-JSON (W3C Member Submission, 24 April 2013)."""
    settings = manifest.settings
    entities: dict[str, Any] = {
        "run:scenario": {"prov:label": settings.scenario, "run:sha256": settings.scenario_digest},
        "run:evidence": {"prov:label": "facts and claims", "run:sha256": settings.evidence_digest},
    }
    entities |= {f"run:{name}": {"run:sha256": record.sha256} for name, record in manifest.files.items()}
    return {
        "prefix": {"prov": "http://www.w3.org/ns/prov#", "run": "urn:staffride:run:"},
        "entity": entities,
        "activity": {
            "run:simulation": {"prov:startTime": manifest.started, "prov:endTime": manifest.ended or None}
        },
        "agent": {
            "run:program": {"prov:type": "prov:SoftwareAgent", "prov:label": f"staffride {settings.version}"}
        },
        "used": {
            f"_:used{i}": {"prov:activity": "run:simulation", "prov:entity": entity}
            for i, entity in enumerate(("run:scenario", "run:evidence"))
        },
        "wasGeneratedBy": {
            f"_:made{i}": {"prov:entity": f"run:{name}", "prov:activity": "run:simulation"}
            for i, name in enumerate(manifest.files)
        },
        "wasAssociatedWith": {"_:by": {"prov:activity": "run:simulation", "prov:agent": "run:program"}},
    }
