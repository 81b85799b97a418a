"""``staffride claims``: what the documents claim, and what runs say of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from staffride.cli.failure import standard_error

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from staffride.api.claim_runs import Size
    from staffride.api.claims import Examination
    from staffride.evidence import Claim
    from staffride.lab.claims import ClaimFinding, Finding

EXAMPLES = """Examples:

staffride claims --list   (all claims with their class; runs nothing)

staffride claims claim.Q119   (one claim in full)

staffride claims --document 004 --replications 200

staffride claims --class tested --report claims.html

staffride claims --scenario karabakh-2020 --json > claims.json"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EXAMPLES)
def claims(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CLAIM]...", show_default="all", help="Such as claim.Q042, Q042 or 42."),
    ] = None,
    test_class: Annotated[
        str | None, typer.Option("--class", help="Only tested, input, record or not_testable.")
    ] = None,
    document: Annotated[str | None, typer.Option(help="Only claims of this document, such as 001.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Only claims tested on this scenario.")] = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", help="How many times to run it, 20 or more.")
    ] = 500,
    seed: Annotated[
        int, typer.Option("--seed", "-s", min=0, max=2**32 - 1, help="Root of all random numbers.")
    ] = 1,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", show_default="all processors", help="Processes to use."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(show_default="runs/claims", help="Where runs are kept and found again.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a page as HTML.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List the claims, and run nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Put the claims of the documents to the test: run what they need, and compare by published thresholds.

    Runs are kept and used again. A verdict says whether a claim fits the model on its priors, not whether it
    is true. A claim that is an input or a rule of the model is assumed here, not tested.
    """
    from staffride.api.claim_runs import FOLDER, Size
    from staffride.api.claims import choose_claims
    from staffride.errors import InputError

    chosen = choose_claims(tuple(ids or ()), test_class, document, scenario)
    size = Size(replications, seed, workers, folder or FOLDER)
    quiet = as_json and not standard_error().is_terminal
    found = listed(chosen) if only_list else examined(chosen, size, quiet=quiet)
    if report is not None:
        write_page(found, report)
    if as_json:
        print_json(found)
    else:
        print_findings(found, in_full=len(ids or ()) == 1)
    if found.problems:
        raise InputError(found.problems)


def listed(chosen: Sequence[Claim]) -> Examination:
    """Return claims without a finding."""
    from staffride.api.claims import Examination
    from staffride.lab.claims import ClaimFinding

    return Examination(tuple(ClaimFinding(claim) for claim in chosen), {})


def examined(chosen: Sequence[Claim], size: Size, *, quiet: bool) -> Examination:
    """Put claims to the test, with progress on standard error."""
    from staffride.api.claims import examine_chosen
    from staffride.cli.progress import Progress
    from staffride.evidence.claim_tests import claim_tests

    with Progress(quiet=quiet) as progress:
        return examine_chosen(chosen, claim_tests(), size, progress)


def write_page(found: Examination, path: Path) -> None:
    """Write the page of claims, whole or not at all."""
    from staffride.present.claims_page import render_claims
    from staffride.results.atomic import write_text

    write_text(path, render_claims(found.findings))


def print_json(found: Examination) -> None:
    """Print claims, verdicts and counts as one JSON object."""
    from staffride.lab.claims import counts
    from staffride.present.claim_words import BASIS, as_document

    content = {
        "basis": BASIS,
        "counts": counts(found.findings),
        "claims": [as_document(finding) for finding in found.findings],
        "runs": {name: str(run.folder) for name, run in found.runs.items()},
        "problems": [str(problem) for problem in found.problems],
    }
    typer.echo(json.dumps(content, ensure_ascii=False, allow_nan=False))


def print_findings(found: Examination, *, in_full: bool, console: Console | None = None) -> None:
    """Print one claim in full, or all in a table with the counts below it."""
    from rich.console import Console

    from staffride.present.claim_words import BASIS, tally_in_words

    out = console or Console(highlight=False)
    if in_full:
        for finding in found.findings:
            out.print(claim_in_full(finding))
    else:
        out.print(claims_table(found.findings))
        out.print(tally_in_words(found.findings), markup=False)
    if any(finding.parts for finding in found.findings):
        out.print(BASIS, markup=False)
    for run in found.runs.values():
        out.print(f"Run: {run.folder}", soft_wrap=True, markup=False)


def claims_table(findings: Sequence[ClaimFinding]) -> Table:
    """Return one entry a claim: who says what, its class and verdict, model and claim, what others say."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from staffride.present.claim_words import short_verdict

    is_run = any(finding.parts for finding in findings)
    table = Table(box=box.SIMPLE_HEAD, leading=1)
    headings = {"claim": None, "what it says": 4, "verdict, and others" if is_run else "class, and others": 3}
    headings |= {"model and claim" if is_run else "what is done with it": 5}
    for heading, share in headings.items():
        table.add_column(heading, overflow="fold", ratio=share, no_wrap=share is None)
    for finding in findings:
        claim = finding.claim
        document = claim.document.removeprefix("document_")
        name = f"{claim.id.removeprefix('claim.')}\n{document} ¶{claim.paragraph}\nside {claim.side}"
        verdict = f"{short_verdict(finding)}\nothers: {claim.agreement}"
        beside = "\n".join(_beside(part) for part in finding.parts) or claim.reason
        table.add_row(*map(Text, (name, claim.statement, verdict, beside)))
    table.caption = "side: of its author; others: other sources; `staffride claims CLAIM` tells all"
    return table


def claim_in_full(finding: ClaimFinding) -> Table:
    """Return all that is known of one claim, and of what runs say of it."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from staffride.evidence import ledger
    from staffride.present.claim_words import short_verdict
    from staffride.present.grounds import SIDES

    claim = finding.claim
    table = Table(box=box.SIMPLE, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    title = ledger().sources[claim.document].title
    rows = [
        ("claim", f"{claim.id}: {claim.statement}"),
        ("where", f"{title}, paragraph {claim.paragraph}; side of its author: {SIDES[claim.side]}"),
        ("others say", f"{claim.agreement}: {claim.elsewhere}"),
        ("class", f"{claim.test_class.replace('_', ' ')}: {claim.reason}"),
        ("verdict", short_verdict(finding) if finding.verdict else "none"),
        *(row for part in finding.parts for row in _part_rows(part)),
        ("repeat it with", finding.command),
    ]
    for label, text in rows:
        if text:
            table.add_row(label, Text(text))
    return table


def _part_rows(part: Finding) -> list[tuple[str, str]]:
    from staffride.present.claim_words import caution, claimed_in_words, told_in_words

    under = [one for one in (part.model, *part.alternatives) if one]
    return [
        ("test", f"{part.test.id} on {part.test.scenario}: {part.test.observable}"),
        ("it stands for", part.test.reason),
        ("found", f"{part.verdict}: {part.because}"),
        ("claimed", claimed_in_words(part)),
        *((one.structure, told_in_words(part, one)) for one in under),
        ("bear in mind", caution(part)),
        ("rests on", ", ".join(part.test.rests_on)),
    ]


def _beside(part: Finding) -> str:
    """Return the model's number and the claim's below it; with the name of the part where a claim has several."""
    from staffride.present.claim_words import band_in_words, claimed_in_words

    name = f"{part.test.part.replace('_', ' ')}: " if part.test.part else ""
    if part.model is None:
        return f"{name}{part.because}"
    return f"{name}{band_in_words(part, part.model)}\nclaimed: {claimed_in_words(part)}"
