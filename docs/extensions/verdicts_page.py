"""The page of verdicts: hand-written words, and the stored figures beside the claims of the ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import verdicts_words as words
from frames import DOCS, fill
from odd import one_line
from verdicts_words import NOT_RUN, Told

from staffride.api.claims import DEFAULT_REPLICATIONS, DEFAULT_SEED
from staffride.evidence import Claim, ledger
from staffride.evidence.claim_tests import ClaimTest, claim_tests
from staffride.lab.claims import ASSUMED
from staffride.lab.verdicts import WELL_KNOWN
from staffride.present.grounds import SIDES
from staffride.present.verdict_record import asked

FIGURES = DOCS / "model" / "verdicts.json"
FRAME = "model/verdicts_frame.md"
CLASSES = {
    "tested": "a run can answer",
    "input": "a parameter, a row or a rule of the model is what it says: assumed here, not tested",
    "record": "compared with other sources, without the model",
    "not_testable": "neither runs nor the record can decide it",
}
Data = dict[str, Any]


def render() -> str:
    """The page."""
    return page(json.loads(FIGURES.read_text(encoding="utf-8")))


def page(data: Data) -> str:
    """The page for some figures."""
    told = told_of(data)
    marks = {
        "made": made(data),
        "caution": caution(data, told),
        "classes": classes(),
        "verdicts": verdicts(told),
        "kinds": words.by_kind(told),
        "topics": words.by_topic(told),
        "apart": words.apart(told),
        "weakest": words.weakest(told),
        "tables": tables(data, told),
        "others": others(),
    }
    return fill(FRAME, marks)


def told_of(data: Data) -> tuple[Told, ...]:
    """Every tested claim with its tests and what was found of each; nothing where a test is not run, or has changed."""
    tests = claim_tests()
    found = []
    for claim in ledger().claims.values():
        if claim.test_class == "tested":
            own = tests.of(claim.id)
            records = {test.id: record for test in own if (record := record_of(data, test)) is not None}
            found.append(Told(claim, own, records))
    return tuple(found)


def record_of(data: Data, test: ClaimTest) -> Data | None:
    """What was found of a test, if it asked then what it asks now."""
    record: Data | None = data["tests"].get(test.id)
    return record if record is not None and record["asked"] == asked(test) else None


def made(data: Data) -> str:
    """How the figures of each scenario were made, as a table with the commands below it."""
    rows = [["scenario", "tests", "replications", "seed", "policies beside the baseline", "version"]]
    commands = []
    for name in dict.fromkeys(test.scenario for test in claim_tests().tests.values()):
        tests = [test for test in claim_tests().tests.values() if test.scenario == name]
        how = data["scenarios"].get(name)
        cells = [NOT_RUN, "", "", ""]
        if how:
            numbers = (how["replications"], how["seed"], how["policies"])
            cells = [*(f"{number:,}" for number in numbers), how["version"]]
            commands.append(f"- `{how['command']}`")
        rows.append([f"`{name}`", f"{len(tests)}", *cells])
    return (
        "\n".join([table(rows), "", "Each was made with one command:", "", *commands])
        if commands
        else table(rows)
    )


def caution(data: Data, told: Sequence[Told]) -> str:
    """What to bear in mind of these figures; empty where there is nothing."""
    parts = []
    few = [name for name, how in data["scenarios"].items() if how["replications"] < WELL_KNOWN]
    if few:
        parts.append(
            f"With fewer than {WELL_KNOWN} replications the ends of the 99 % band are the extreme ones; so it is on "
            f"{', '.join(f'`{name}`' for name in few)}."
        )
    missing = [test for one in told for test in one.tests if test.id not in one.records]
    if missing:
        every = sum(len(one.tests) for one in told)
        parts.append(f"**{len(missing)} of {every} tests have no figures yet**; their rows say *{NOT_RUN}*.")
    return " ".join(parts)


def classes() -> str:
    """How many claims have each class, as a table; never by side."""
    found = Counter(claim.test_class for claim in ledger().claims.values())
    rows = [[name.replace("_", " "), f"{found[name]}", meaning] for name, meaning in CLASSES.items()]
    return table([["class", "claims", "meaning"], *rows, ["all", f"{found.total()}", ""]])


def verdicts(told: Sequence[Told]) -> str:
    """How many tested claims have each verdict, and how other sources stand to them, as a table; never by side."""
    agreements = list(dict.fromkeys(claim.agreement for claim in ledger().claims.values()))
    rows = [["verdict on a tested claim", "claims", *(f"others: {one}" for one in agreements)]]
    for verdict in words.in_order(told):
        own = [one for one in told if one.verdict == verdict]
        by = Counter(one.claim.agreement for one in own)
        rows.append([verdict, f"{len(own)}", *(f"{by[one]}" for one in agreements)])
    return table(rows)


def tables(data: Data, told: Sequence[Told]) -> str:
    """The tested claims of each document, one table a topic."""
    parts = []
    for document in dict.fromkeys(one.claim.document for one in told):
        parts.append(f"### {ledger().sources[document].title}\n\n{by_author(document)}")
        for topic in words.TOPICS:
            own = [one for one in told if one.claim.document == document and one.topic == topic]
            if own:
                parts.append(f"#### {topic}: document {number_of(document)}")
                parts.append(table([["claim", "what runs say"], *(row(data, one) for one in own)]))
    return "\n\n".join(parts)


def by_author(document: str) -> str:
    """Who wrote a document, in one sentence."""
    return f"Side of the author: {SIDES[ledger().sources[document].side]}."


def number_of(document: str) -> str:
    """The number of a document, such as 001."""
    return document.removeprefix("document_")


def row(data: Data, one: Told) -> list[str]:
    """One claim: what it says, where, and what others say; beside it verdict, model, what carries it, the command."""
    rests = ", ".join(f"`{name}`" for name in dict.fromkeys(n for test in one.tests for n in test.rests_on))
    found = [f"**{one.short_verdict}**", *(line for test in one.tests for line in part(one, test))]
    found += [f"rests on {rests}"] if rests else []
    return ["<br>".join(heading(one.claim)), "<br>".join([*found, f"`{command(data, one)}`"])]


def heading(claim: Claim) -> tuple[str, ...]:
    """The lines that tell a claim: what it says, where it stands, and what other sources say."""
    others = f"Others: {claim.agreement}. {claim.elsewhere}"
    return f"**{claim.id.removeprefix('claim.')}** {claim.statement}", f"*{place(claim)}*", others


def place(claim: Claim) -> str:
    """Where a claim stands, and the side of its author."""
    return f"document {number_of(claim.document)}, paragraph {claim.paragraph}; side {claim.side}"


def command(data: Data, one: Told) -> str:
    """The one command that repeats a row; what is the default anyway is left out."""
    how = next((data["scenarios"][r["scenario"]] for r in one.records.values()), {})
    number, seed = how.get("replications", DEFAULT_REPLICATIONS), how.get("seed", DEFAULT_SEED)
    options = f" -n {number}" if number != DEFAULT_REPLICATIONS else ""
    options += f" -s {seed}" if seed != DEFAULT_SEED else ""
    return f"staffride claims {one.claim.id.removeprefix('claim.')}{options}"


def part(one: Told, test: ClaimTest) -> Iterator[str]:
    """The lines of one test of a claim: the model's band, the claim, and the structures under which it is otherwise."""
    name = f"*{test.part.replace('_', ' ')}:* " if test.part else ""
    record = one.records.get(test.id)
    if record is None or "model" not in record:
        yield f"{name}{record['because'] if record else NOT_RUN}"
        return
    yield f"{name}{record['model']['words']}"
    yield f"claimed: {record['claimed']}"
    apart = [s for s, band in record["alternatives"].items() if band["reading"] != record["model"]["reading"]]
    yield from (f"under `{s}`: {record['alternatives'][s]['words']}" for s in apart)
    alike = [f"`{s}`" for s in record["alternatives"] if s not in apart]
    if alike:
        yield f"the same under {', '.join(alike)}"


def others() -> str:
    """The claims of every other class, one table a class."""
    parts = []
    for name in ("input", "record", "not_testable"):
        label = f"{ASSUMED} ({name})" if name == "input" else name.replace("_", " ")
        own = [claim for claim in ledger().claims.values() if claim.test_class == name]
        rows = [["<br>".join(heading(claim)), claim.reason] for claim in own]
        parts.append(f"### {label[:1].upper()}{label[1:]}")
        parts.append(table([["claim", "why"], *rows]))
    return "\n\n".join(parts)


def table(rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose first row is its head."""
    head, *body = [[one_line(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *body])
