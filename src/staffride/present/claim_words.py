"""Claims and what was found of them, in words and as plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from staffride.evidence.claim_tests import ENDS
from staffride.lab.claims import ClaimFinding, Finding, counts
from staffride.lab.expression import is_date
from staffride.lab.grammar import parse
from staffride.lab.observable_units import unit_of
from staffride.lab.verdicts import FEWEST, WELL_KNOWN, Reading, Under

BASIS = (
    "Verdicts are on the ensemble that the priors give: no figure of the record has narrowed it. They say whether "
    "a claim fits this model and its doubts, not whether it is true."
)


def verdict_of(finding: ClaimFinding) -> str:
    """Return the verdict, or that there is none."""
    return finding.verdict or "no verdict"


def short_verdict(finding: ClaimFinding) -> str:
    """Return the verdict in a few words, of an undecided claim with what leaves it so; else the class of the claim."""
    verdict = finding.verdict or finding.claim.test_class.replace("_", " ")
    if verdict != "undecided":
        return verdict
    why = dict.fromkeys(why_undecided(part) for part in finding.parts if part.verdict == verdict)
    return f"{verdict}: {', '.join(why)}"


def why_undecided(part: Finding) -> str:
    """Return in a few words what leaves a test undecided."""
    reading = part.model.reading if part.model else "too few"
    return STANDS[reading] if reading in ("both", "nothing", "too few") else "structures disagree"


def claimed_in_words(finding: Finding) -> str:
    """Return what a claim says of the number of its test, such as ``more than 100,000 persons``."""
    test, claimed = finding.test, finding.claimed
    if claimed is None:
        return ""
    if test.sign is not None:
        return "rises" if test.sign == "positive" else "falls"
    if test.happens is not None:
        return "happens" if test.happens else "does not happen"
    low = "" if math.isinf(claimed.low) else number_of(finding, claimed.low)
    high = "" if math.isinf(claimed.high) else number_of(finding, claimed.high, is_end=True)
    if not low:
        text = f"{'up to' if claimed.has_high else 'less than'} {high}"
    elif not high:
        text = f"{'at least' if claimed.has_low else 'more than'} {low}"
    else:
        text = low if low == high else f"{low} to {high}"
    return f"{text}{_unit(finding)}"


def band_in_words(finding: Finding, under: Under, *, whole: bool = False) -> str:
    """Return the median and the central 90 % of a band, with ``whole`` also the 99 %; of an event its probability."""
    band = under.band
    if band.n < FEWEST:
        return f"{band.n or 'none'} of {_replications(band.n + band.missing)} with a value"
    if finding.test.happens is not None:
        chance = band.as_claimed if finding.test.happens else 1.0 - band.as_claimed
        return f"happens in {chance:.0%} of {_replications(band.n)}".replace("%", " %")
    ends = (band.middle, band.low_90, band.high_90, band.low_99, band.high_99)
    middle, low, high, lowest, highest = (number_of(finding, value) for value in ends)
    mean = "mean difference " if finding.test.sign is not None else ""
    outer = f"; 99 %: {lowest} to {highest}" if whole else ""
    return f"{mean}{middle}{_unit(finding)} (90 %: {low} to {high}{outer})"


def told_in_words(finding: Finding, under: Under) -> str:
    """Return a band and how the claim stands to it; where too few replications have a value only that."""
    band = band_in_words(finding, under, whole=True)
    return band if under.reading == "too few" else f"{band}: {stands_in_words(finding, under)}"


def stands_in_words(finding: Finding, under: Under) -> str:
    """Return in a few words how a claim stands to a band."""
    one_sided = finding.claimed is not None and finding.claimed.is_one_sided
    return (WITH_OPPOSITE if one_sided else STANDS).get(under.reading, STANDS[under.reading])


WITH_OPPOSITE: dict[Reading, str] = {
    "inside": "all as claimed",
    "edge": "the opposite, but for the 99 %",
    "below": "the opposite",
    "above": "the opposite",
}
"""How a claim that has an opposite stands to a band."""

STANDS: dict[Reading, str] = {
    "inside": "the claim meets it",
    "edge": "only the 99 % meets the claim",
    "below": "the claim lies below",
    "above": "the claim lies above",
    "both": "the band holds both",
    "nothing": "the policy changes nothing",
    "too few": "too few have a value",
}


def number_of(finding: Finding, value: float, *, is_end: bool = False) -> str:
    """Return a number of a finding; a date as a day, with ``is_end`` the day that ends there.

    A date that no replication reaches is told as ``never``. Of an operation of a day or two a date is told in hours
    after its start. A share is told in per cent.
    """
    if finding.start is not None and is_moment(finding):
        if math.isinf(value):
            return "never"
        if finding.test.quantity == IN_HOURS:
            return f"{_plain(HOURS_A_DAY * value)} h"
        moment = finding.start + timedelta(days=value) - timedelta(seconds=1 if is_end else 0)
        return f"{moment:%Y-%m-%d}"
    if not math.isfinite(value):
        return "none"
    text = _plain(100.0 * value if unit_of_test(finding) == "1" else value)
    return f"+{text}" if finding.test.sign is not None and value > 0.0 else text


IN_HOURS, HOURS_A_DAY, RATIO = "hours", 24.0, "ratio"
_SHOWN_UNITS = {"persons": " persons", "rounds": " rounds", "units": " units", "day": " days", "h": " h"}


def _unit(finding: Finding) -> str:
    """Return the unit of a finding's number with a blank before it; empty for a date, a ratio and a mere count."""
    if is_moment(finding):
        return ""
    unit = unit_of_test(finding)
    if unit == "1":
        return " points" if finding.test.sign is not None else " %"
    return _SHOWN_UNITS.get(unit, "")


def unit_of_test(finding: Finding) -> str:
    """Return the unit of a test's number: ``1`` for a share, which is told in per cent; empty for a ratio."""
    return "" if finding.test.quantity == RATIO else unit_of(parse(finding.test.observable))


def is_moment(finding: Finding) -> bool:
    """Return whether the number of a test is a moment: so its expression says, or an end that is a date."""
    if finding.start is None:
        return False
    ends = (getattr(finding.test, name) for name in ENDS)
    return any(isinstance(end, date) for end in ends) or is_date(parse(finding.test.observable))


def _plain(value: float) -> str:
    """Return a number with three figures or, where it is large, as a whole number of four.

    >>> _plain(100417.0), _plain(0.2034), _plain(-0.0)
    ('100,400', '0.204', '0')
    """
    if abs(value) >= 1000.0:
        return f"{float(f'{value:.4g}'):,.0f}"
    return f"{value + 0.0:.3g}"


def tally_in_words(findings: Sequence[ClaimFinding]) -> str:
    """Return how many claims have each verdict, in one line; never by side."""
    found = ", ".join(f"{number} {label}" for label, number in counts(findings).items())
    return f"{len(findings)} claim{'s' * (len(findings) != 1)}: {found}."


def caution(finding: Finding) -> str:
    """Return what to bear in mind of the number of replications; empty where there is nothing."""
    if finding.model is None:
        return ""
    band = finding.model.band
    parts = []
    if 0 < band.n < FEWEST:
        enough = math.ceil(FEWEST * (band.n + band.missing) / band.n)
        parts.append(f"about {enough:,} replications would give the {FEWEST} values that a verdict needs")
    elif FEWEST <= band.n < WELL_KNOWN:
        parts.append(f"with {_replications(band.n)} the ends of the 99 % band are the extreme ones")
    if band.missing and not is_moment(finding):
        parts.append(f"{_replications(band.missing)} without a value left out")
    return "; ".join(parts)


def _replications(number: int) -> str:
    return f"{number:,} replication{'s' * (number != 1)}"


def as_document(finding: ClaimFinding) -> dict[str, Any]:
    """Return a claim and what was found of it as plain values, for JSON."""
    claim = finding.claim.as_json()
    parts = [_part(part) for part in finding.parts]
    return {**claim, "verdict": finding.verdict, "parts": parts, "command": finding.command or None}


def _part(part: Finding) -> dict[str, Any]:
    test, claimed = part.test, part.claimed
    return {
        "id": test.id,
        "scenario": test.scenario,
        "observable": test.observable,
        "quantity": test.quantity,
        "verdict": part.verdict,
        "because": part.because,
        "claimed": claimed
        and {
            "low": _finite(claimed.low),
            "high": _finite(claimed.high),
            "has_low": claimed.has_low,
            "has_high": claimed.has_high,
        },
        "start": part.start and part.start.isoformat(),
        "model": part.model and _under(part.model),
        "alternatives": [_under(one) for one in part.alternatives],
        "reason": test.reason,
        "rests_on": list(test.rests_on),
        "problem": str(part.problem) if part.problem else None,
    }


def _under(under: Under) -> dict[str, Any]:
    band = {name: _finite(value) for name, value in under.band._asdict().items()}
    return {"structure": under.structure, "reading": under.reading, **band}


def _finite(value: float) -> float | None:
    """Return a number, ``None`` for what JSON has no number for: a missing one, no end, a date that never came."""
    return value if math.isfinite(value) else None
