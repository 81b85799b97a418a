"""``staffride evidence``: list, show and verify the facts and claims of the record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from staffride.evidence import Claim, Fact, Ledger, Source
    from staffride.evidence.verify import Check

app = typer.Typer(
    no_args_is_help=True,
    help="List, show and verify the facts and claims of the record.",
    epilog="Start here:  staffride evidence list --subject population\n\n"
    "Then:  staffride evidence show population.P03  |  staffride evidence verify --sources FOLDER",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command(
    "list",
    epilog="Examples:\n\n  staffride evidence list --subject delay_hours\n\n"
    "  staffride evidence list --kind input --source turan\n\n  staffride evidence list --claims --json",
)
def list_records(
    kind: Annotated[
        Literal["input", "outcome"] | None,
        typer.Option(help="Only facts that may be a prior, or only outcomes."),
    ] = None,
    subject: Annotated[str | None, typer.Option(help="Only this subject, for example arrivals.")] = None,
    source: Annotated[str | None, typer.Option(help="Only what rests on this source.")] = None,
    claims: Annotated[bool, typer.Option("--claims", help="List claims instead of facts.")] = False,
    as_json: AsJson = False,
) -> None:
    """List facts (or claims) with their value, date, confidence and sources."""
    from staffride.evidence import ledger

    records = ledger()
    _check_filters(records, kind, subject, source, claims)
    found: list[Any] = (
        _matching_claims(records, subject, source)
        if claims
        else _matching_facts(records, kind, subject, source)
    )
    if as_json:
        _print_json({"claims" if claims else "facts": [record.as_json() for record in found]})
    else:
        _print(_claim_table(found) if claims else _fact_table(found))


@app.command(
    epilog="Examples:\n\n  staffride evidence show arrivals.A23\n\n"
    "  staffride evidence show claim.Q119 --json"
)
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="The id of a fact, a claim or a source.")],
    as_json: AsJson = False,
) -> None:
    """Show one fact, claim or source with everything that is known about it."""
    from staffride.evidence import ledger

    records = ledger()
    record = records.find(name)
    if as_json:
        _print_json(record.as_json())
    else:
        _print(_record_table(record, records))


@app.command(epilog="Example:\n\n  staffride evidence verify --sources ../my-documents")
def verify(
    sources: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="The folder with your own copies of the documents, as text files."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Find the passage of every claim in your own copy of its document; exit code 1 if one is not there."""
    from staffride.evidence import ledger
    from staffride.evidence.verify import verify as look_up

    checks = look_up(ledger(), sources)
    if as_json:
        _print_json({"checks": [_check_json(check) for check in checks]})
    else:
        _print_checks(checks)
    if not all(check.is_good for check in checks):
        raise typer.Exit(1)


@app.command(epilog='Example:\n\n  staffride evidence locate my-copy.txt "the words of the passage"')
def locate(
    document: Annotated[Path, typer.Argument(help="A text file with the document.")],
    words: Annotated[str, typer.Argument(help="The words of the passage, as they stand there.")],
) -> None:
    """Print the place and the hash of a passage: what a new claim needs. The words are not kept."""
    from staffride.evidence.passage import locate as look_up
    from staffride.evidence.tables import read_text

    passage = look_up(read_text(document), words)
    for key in ("paragraph", "start", "length", "sha256"):
        typer.echo(f"{key}: {getattr(passage, key)}")


def _check_filters(
    records: Ledger, kind: str | None, subject: str | None, source: str | None, claims: bool
) -> None:
    from staffride.errors import InputError, Problem, nearest

    problems = []
    subjects = {record.subject for record in (records.claims if claims else records.facts).values()}
    if claims and kind:
        problems.append(
            Problem("--kind is for facts, not for claims", suggestion="leave out --kind or --claims")
        )
    if subject and subject not in subjects:
        hint = nearest(subject, subjects) or f"one of: {', '.join(sorted(subjects))}"
        problems.append(Problem(f"unknown subject {subject!r}", suggestion=hint))
    if source and source not in records.sources:
        problems.append(Problem(f"unknown source {source!r}", suggestion=nearest(source, records.sources)))
    if problems:
        raise InputError(problems)


def _matching_facts(records: Ledger, kind: str | None, subject: str | None, source: str | None) -> list[Fact]:
    return [
        fact
        for fact in records.facts.values()
        if kind in (None, fact.kind)
        and subject in (None, fact.subject)
        and (not source or source in fact.sources)
    ]


def _matching_claims(records: Ledger, subject: str | None, source: str | None) -> list[Claim]:
    return [
        claim
        for claim in records.claims.values()
        if subject in (None, claim.subject) and source in (None, claim.document)
    ]


def _fact_table(facts: list[Fact]) -> Table:
    table = _table("id", "what", "value", "as of", "confidence", "sources")
    for fact in facts:
        what = f"{fact.label} ({fact.place})" if fact.place else fact.label
        sources = ", ".join(fact.sources)
        table.add_row(fact.id, what, _number(fact), fact.described.text, fact.confidence, sources)
    table.caption = f"{len(facts)} facts; `staffride evidence show ID` tells all about one"
    return table


def _claim_table(claims: list[Claim]) -> Table:
    table = _table("id", "document", "side", "what it says, in our words", "elsewhere", "class")
    for claim in claims:
        place = f"{claim.document}, paragraph {claim.paragraph}"
        table.add_row(claim.id, place, claim.side, claim.statement, claim.agreement, claim.test_class)
    table.caption = f"{len(claims)} claims; `side` is that of the document's author"
    return table


def _record_table(record: Source | Fact | Claim, records: Ledger) -> Table:
    table = _table("", "", header=False)
    for key, value in record.as_json().items():
        if value not in (None, "", [], {}):
            table.add_row(_FIELD_NAMES.get(key, key), _words(key, value, records))
    return table


_FIELD_NAMES = {
    "began": "from",
    "described": "as of",
    "published": "known from",
    "said_by": "said by",
    "uncertainty_h": "give or take (h)",
    "test_class": "class here",
}


def _words(key: str, value: object, records: Ledger) -> str:
    names = list(map(_plain, value)) if isinstance(value, list) else [_plain(value)]
    if key in ("sources", "document"):
        return "\n".join(_source_line(records.sources[name]) for name in names)
    if key == "facts":
        return "\n".join(f"{name}: {records.facts[name].label}" for name in names)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_plain(item)}" for name, item in value.items())
    return ", ".join(names)


def _source_line(source: Source) -> str:
    side = "" if source.side == "none" else f", side {source.side}"
    return f"{source.id}: {source.title} ({source.kind}{side}). {source.note}".strip()


def _number(fact: Fact) -> str:
    if fact.value is None and fact.low is None and fact.high is None:
        return ""
    bounds = None if fact.low is None and fact.high is None else _bounds(fact.low, fact.high)
    shown = _plain(fact.value) if fact.value is not None else bounds or ""
    extra = f" ({bounds})" if bounds and fact.value is not None else ""
    return f"{shown}{extra} {'' if fact.unit == '1' else fact.unit}".rstrip()


def _bounds(low: float | None, high: float | None) -> str:
    if high is None:
        return f"at least {_plain(low)}"
    return f"at most {_plain(high)}" if low is None else f"{_plain(low)} to {_plain(high)}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "claim": check.claim,
        "document": check.document,
        "file": None if check.file is None else str(check.file),
        "paragraph": check.paragraph,
        "status": check.status,
        "found_in": check.found_in,
    }


def _print_checks(checks: tuple[Check, ...]) -> None:
    table = _table("document", "file", "found", "moved", "changed", "missing")
    for document in dict.fromkeys(check.document for check in checks):
        own = [check for check in checks if check.document == document]
        counts = [sum(c.status == status for c in own) for status in ("found", "moved", "changed", "missing")]
        table.add_row(document, own[0].file.name if own[0].file else "no copy", *map(str, counts))
    _print(table)
    for check in checks:
        if check.status != "found":
            typer.echo(_sentence(check))
    good = sum(check.is_good for check in checks)
    typer.echo(f"{good} of {len(checks)} passages found.")


def _sentence(check: Check) -> str:
    where = f"{check.claim}: paragraph {check.paragraph} of {check.document}"
    return where + {
        "moved": f" now stands in paragraph {check.found_in}.",
        "changed": " is not in this copy: its words differ.",
        "missing": ": no copy of the document is in the folder.",
    }.get(check.status, " is there.")


def _table(*columns: str, header: bool = True) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD if header else box.SIMPLE, show_header=header)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    Console(highlight=False, markup=False).print(table)


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
