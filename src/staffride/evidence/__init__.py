"""What is known: sources, dated facts, claims of documents, and where a claim stands in the reader's copy."""

from __future__ import annotations

from staffride.evidence.attribution import Attribution, attributions
from staffride.evidence.ledger import Ledger, ledger, load_ledger
from staffride.evidence.model import Claim, Fact, Source
from staffride.evidence.stamp import Stamp

__all__ = [
    "Attribution",
    "Claim",
    "Fact",
    "Ledger",
    "Source",
    "Stamp",
    "attributions",
    "ledger",
    "load_ledger",
]
