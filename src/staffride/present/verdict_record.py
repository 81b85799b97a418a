"""What runs say of claims, kept as the few figures and words that the page of verdicts shows."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from typing import Any

from staffride.evidence import ledger
from staffride.evidence.claim_tests import ClaimTest
from staffride.lab.claims import ClaimFinding, Finding
from staffride.lab.expression import is_date
from staffride.lab.grammar import parse
from staffride.lab.verdicts import Under
from staffride.present.claim_words import band_in_words, claimed_in_words, why_undecided

Json = dict[str, Any]
LETTERS, FIGURES = 8, 4
_SAYS_NOTHING = {"reason", "rests_on"}


def verdict_records(findings: Iterable[ClaimFinding], scenario: str) -> dict[str, Json]:
    """Return what was found of each test on a scenario, by the id of the test; one that was not run is left out."""
    parts = (part for finding in findings for part in finding.parts if part.test.scenario == scenario)
    return {part.test.id: verdict_record(part) for part in parts if part.verdict != "not run"}


def verdict_record(part: Finding) -> Json:
    """Return what was found of a test: its verdict with the reason, the claim and the bands, in words and figures."""
    record: Json = {
        "scenario": part.test.scenario,
        "asked": asked(part.test),
        "verdict": part.verdict,
        "because": part.because,
    }
    if part.verdict == "undecided":
        record["why"] = why_undecided(part)
    if part.model is None or part.claimed is None:
        return record
    band = part.model.band
    never_counts = is_date(parse(part.test.observable))
    record["replications"] = band.n if never_counts else band.n + band.missing
    record["claimed"] = claimed_in_words(part)
    record["is_one_sided"] = part.claimed.is_one_sided
    record["model"] = _band(part, part.model)
    record["alternatives"] = {one.structure: _band(part, one) for one in part.alternatives}
    return record


def asked(test: ClaimTest) -> str:
    """Return a short digest of what a test asks and of the claim's own number: it changes when either does."""
    claim = ledger().claims[test.claim]
    asks = {name: value for name, value in test.as_json().items() if name not in _SAYS_NOTHING}
    text = json.dumps([asks, claim.low, claim.high], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LETTERS]


def _band(part: Finding, under: Under) -> Json:
    band = under.band
    return {
        "words": band_in_words(part, under, whole=True),
        "reading": under.reading,
        "middle": _short(band.middle),
        "band_90": [_short(band.low_90), _short(band.high_90)],
        "band_99": [_short(band.low_99), _short(band.high_99)],
        "n": band.n,
        "missing": band.missing,
    }


def _short(value: float) -> float | None:
    """Return a number with four figures; ``None`` for one that JSON cannot hold, such as a date that never came.

    >>> _short(0.123456), _short(float("inf"))
    (0.1235, None)
    """
    return float(f"{value:.{FIGURES}g}") if math.isfinite(value) else None
