"""Looking up every claim's passage in the reader's own copies of the documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from staffride.errors import InputError, Problem
from staffride.evidence.ledger import Ledger
from staffride.evidence.model import Claim, Source
from staffride.evidence.passage import Finding, Passage, Status, find, paragraphs

ENDINGS = (".txt", ".md", ".text")
LARGEST_COPY = 20_000_000
"""Bytes; a larger file is not looked at."""


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one claim's passage.

    Parameters
    ----------
    claim, document
        Ids.
    file
        The copy that was read; ``None`` where no copy was found.
    paragraph
        Where the ledger says that the passage stands.
    status
        ``found``, ``moved`` (to ``found_in``), ``changed`` or ``missing``.
    found_in
        The paragraph where it stands in this copy.
    """

    claim: str
    document: str
    file: Path | None
    paragraph: int
    status: Status
    found_in: int | None

    @property
    def is_good(self) -> bool:
        """Whether the words are there, wherever they stand."""
        return self.status in ("found", "moved")


def verify(records: Ledger, folder: Path) -> tuple[Check, ...]:
    """Look for the passage of every claim in the documents of ``folder``.

    A document is known by the name of its file (``Source.file``, or the number that it begins with), and
    where no such file holds any of its passages, by content: the file that holds most of them.

    Raises
    ------
    InputError
        If ``folder`` is not a folder, or cannot be read.
    """
    copies = _copies(folder)
    checks: list[Check] = []
    for document in dict.fromkeys(claim.document for claim in records.claims.values()):
        claims = [claim for claim in records.claims.values() if claim.document == document]
        checks += _verify_document(records.sources[document], claims, copies)
    return tuple(checks)


def _copies(folder: Path) -> dict[Path, tuple[str, ...]]:
    """Read every document-like file of a folder into normalised paragraphs."""
    if not folder.is_dir():
        raise InputError([Problem("no such folder", folder, expected="the folder with your copies")])
    try:
        candidates = sorted(
            path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file()
        )
        texts = {path: _text(path) for path in candidates if path.stat().st_size <= LARGEST_COPY}
    except OSError as error:
        raise InputError([Problem(f"cannot be read: {error.strerror}", folder)]) from error
    return {path: paragraphs(text) for path, text in texts.items()}


def _text(path: Path) -> str:
    """Return the text; bytes that are not UTF-8 become marks, so that only passages with them change."""
    return path.read_text(encoding="utf-8-sig", errors="replace")


def _verify_document(
    source: Source, claims: Sequence[Claim], copies: Mapping[Path, tuple[str, ...]]
) -> list[Check]:
    named = [path for path in copies if _is_named_after(path, source)]
    path, findings = _best(named, claims, copies)
    if not _hits(findings):
        elsewhere, others = _best([path for path in copies if path not in named], claims, copies)
        if _hits(others):
            path, findings = elsewhere, others
    return [_check(claim, path, finding) for claim, finding in zip(claims, findings, strict=True)]


def _is_named_after(path: Path, source: Source) -> bool:
    return source.file is not None and (
        path.stem == source.file or path.name.startswith(f"{source.file.partition('_')[0]}_")
    )


def _best(
    candidates: Sequence[Path], claims: Sequence[Claim], copies: Mapping[Path, tuple[str, ...]]
) -> tuple[Path | None, list[Finding]]:
    """Return the candidate with most of the passages, and what was found in it."""
    searched = [(path, [find(copies[path], _passage(claim)) for claim in claims]) for path in candidates]
    if not searched:
        return None, [Finding("missing")] * len(claims)
    return max(searched, key=lambda result: _hits(result[1]))


def _hits(findings: Iterable[Finding]) -> int:
    return sum(finding.status in ("found", "moved") for finding in findings)


def _passage(claim: Claim) -> Passage:
    return Passage(claim.paragraph, claim.start, claim.length, claim.sha256)


def _check(claim: Claim, path: Path | None, finding: Finding) -> Check:
    return Check(claim.id, claim.document, path, claim.paragraph, finding.status, finding.paragraph)
