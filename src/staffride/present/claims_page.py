"""The page of claims: a self-contained file with every claim, its verdict and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from staffride.evidence import ledger
from staffride.lab.claims import ClaimFinding, Finding
from staffride.present.claim_words import (
    BASIS,
    band_in_words,
    caution,
    claimed_in_words,
    short_verdict,
    stands_in_words,
    tally_in_words,
    verdict_of,
)
from staffride.present.grounds import SIDES
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element
from staffride.present.page import Page

TITLE = "Claims of the documents, put to the test"
HEAD = ("claim", "what it says, in our words", "verdict or class", "model and claim", "what others say")
ABOUT = (
    "Claims stand with the side of their author and are never counted by side. A claim that is an input or a rule of "
    "the model is assumed here, not tested."
)


def render_claims(findings: Sequence[ClaimFinding]) -> str:
    """Return the whole page."""
    top = element("p", "staffride", element("span", "  ·  claims"), class_="kicker")
    basis = element("p", BASIS, class_="basis")
    return Page(
        title=TITLE,
        masthead=element("header", top, element("h1", TITLE), basis, class_="masthead"),
        parts=[
            ("overview", "All claims", _overview(findings)),
            ("tests", "How they were tested", _tests(findings)),
            ("about", "About", element("footer", element("p", ABOUT), id="about")),
        ],
        styles=("report.css",),
        scripts=("theme.js",),
        data={},
    ).html()


def _overview(findings: Sequence[ClaimFinding]) -> Markup:
    rows = [_row(finding) for finding in findings]
    return section("overview", "All claims", tally_in_words(findings), table(HEAD, rows))


def _row(finding: ClaimFinding) -> list[Child]:
    claim = finding.claim
    source = ledger().sources[claim.document]
    place = f"{source.title}, paragraph {claim.paragraph}; side of its author: {SIDES[claim.side]}"
    parts = [part for part in finding.parts if part.model]
    name: Child = element("a", claim.id, href=f"#{claim.id}") if finding.parts else claim.id
    return [
        [name, element("br"), element("small", place)],
        claim.statement,
        short_verdict(finding)
        if finding.verdict
        else f"{claim.test_class.replace('_', ' ')}: {claim.reason}",
        [element("p", f"{_beside(part)}") for part in parts] or claim.reason * bool(finding.verdict),
        f"{claim.agreement}: {claim.elsewhere}",
    ]


def _beside(part: Finding) -> str:
    band = band_in_words(part, part.model) if part.model else ""
    return f"{band}; claimed: {claimed_in_words(part)}"


def _tests(findings: Sequence[ClaimFinding]) -> Markup | None:
    tested = [finding for finding in findings if finding.parts]
    if not tested:
        return None
    items = [_tested(finding) for finding in tested]
    lede = "Each test with the band under every structure of the model, and the command that repeats it."
    return section("tests", "How they were tested", lede, items)


def _tested(finding: ClaimFinding) -> Markup:
    heading = element("h3", f"{finding.claim.id}: {verdict_of(finding)}", id=finding.claim.id)
    parts = [_part(part) for part in finding.parts]
    return element(
        "div", heading, element("p", finding.claim.statement), parts, element("pre", finding.command)
    )


def _part(part: Finding) -> Child:
    rests = f"Rests on {', '.join(part.test.rests_on)}." if part.test.rests_on else ""
    under = [part.model, *part.alternatives] if part.model else []
    rows = [
        [one.structure, band_in_words(part, one, whole=True), stands_in_words(part, one)] for one in under
    ]
    return [
        element("p", element("code", part.test.observable)),
        element("p", f"{part.because} {part.test.reason} {rests} {caution(part)}".strip()),
        element("p", f"Claimed: {claimed_in_words(part)}.") if part.claimed else None,
        table(("structure of the model", "band", "the claim stands"), rows) if rows else None,
    ]
