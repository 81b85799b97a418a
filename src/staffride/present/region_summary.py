"""What a run of a region says: its headline figures, sentences and scores, for a page and for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from staffride.present import words
from staffride.present.region_bands import bands_told
from staffride.present.region_words import ALL, PRESENT, Document, Row, band, dated, middle, names, place
from staffride.present.summary import Figure, Passage, Summary

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

RULES = {
    "ard": "this run",
    "capacity_share": "each day's total by capacity",
    "free_capacity": "arrivals to open camps by free capacity",
}
MODES = {"staffride": "staffride's own rules", "flee": "Flee's published rules"}
TOLD_APART = ("volume", "appeal_spread")
"""Parts of a setup that have a sentence of their own."""
ENGINES = {"cohorts": "exact counts of cohorts", "agents": "agents"}


def summarise_run(document: Document) -> Summary:
    """Return title, basis, headline figures and passages of a run."""
    run = document["run"]
    title = f"{place(run['scenario'])}: where people went"
    passages = (Passage("How near it comes", scored(document)), Passage("The folder", _folder(document)))
    return Summary(
        title, _basis(run), _headline(document), (), tuple(one for one in passages if one.sentences)
    )


def _basis(run: Mapping[str, Any]) -> str:
    mode, engine = MODES.get(run["mode"], run["mode"]), ENGINES.get(run["engine"], run["engine"])
    made = f"{words.count(run['replications'])} replications by {mode}, as {engine}."
    return f"{made} {_given(run.get('given', {}))} {bands_told(run)}"


def _given(given: Mapping[str, str]) -> str:
    """Return in words where the numbers of the displaced come from, and what else the user gave."""
    volume = given.get("volume", "reports")
    told = {
        "reports": "A look back: totals by day are given from the counts, so what is told is how people spread over "
        "destinations.",
        "conflict": "How many are displaced comes from conflict at an assumed rate, not from the counts.",
        "flood": "How many are displaced comes from floods at given rates, not from the counts.",
    }.get(volume, "How many are displaced was given.")
    rest = ", ".join(f"{name} {value}" for name, value in given.items() if name not in TOLD_APART)
    return f"{told} Given besides: {rest}." if rest else told


def _headline(document: Document) -> tuple[Figure, ...]:
    last = document["series"][ALL][-1]
    figures = [_displaced(last)]
    scores = document["scores"].get("ard", {})
    for name, meaning in (
        ("rescaled", "averaged relative difference, rescaled"),
        ("plain", "the same, plain"),
    ):
        if name in scores:
            row = scores[name]
            figures.append(Figure(ratio(row["q50"]), f"{ratio(row['q05'])} to {ratio(row['q95'])}", meaning))
    if document["run"]["wall_seconds"] is not None:
        runs = words.count(document["run"]["replications"])
        figures.append(
            Figure(f"{document['run']['wall_seconds']:.2f} s", f"{runs} replications", "time taken")
        )
    return tuple(figures)


def _displaced(last: Row) -> Figure:
    counted = "" if last["counted"] is None else f"; counted {words.count(last['counted'])}"
    return Figure(middle(last), band(last), f"people displaced on {dated(last['time'])}{counted}")


def ratio(value: float | None) -> str:
    """Return a relative difference with three digits; a dash without one."""
    return "–" if value is None else f"{value:.3f}"


def score_rows(document: Document) -> list[tuple[str, str, str]]:
    """Return the rule, its plain and its rescaled difference: of the run with its band, then of the simple rules."""
    rows = []
    for name, rule in RULES.items():
        found = document["scores"].get(name)
        if found:
            rows.append((rule, _score(found.get("plain")), _score(found.get("rescaled"))))
    return rows


def _score(value: Row | float | None) -> str:
    if isinstance(value, Mapping):
        return f"{ratio(value['q50'])} ({ratio(value['q05'])} to {ratio(value['q95'])})"
    return ratio(value)


def scored(document: Document) -> tuple[str, ...]:
    """Return how the run compares with the simple rules, by the rescaled difference."""
    own = document["scores"].get("ard", {}).get("rescaled", {}).get("q50")
    if own is None:
        return ()
    said = [f"The averaged relative difference, rescaled to each day's total, is {ratio(own)}."]
    for name in ("capacity_share", "free_capacity"):
        value = document["scores"].get(name, {}).get("rescaled")
        if value is not None:
            said.append(f"That of the rule “{RULES[name]}” is {ratio(value)}: {_beside(own, value)}.")
    if document["run"].get("appeal_spread"):
        said.append("The spread puts each course off the rule: to score the rule itself, run without it.")
    return tuple(said)


def _beside(own: float, rival: float) -> str:
    if abs(own - rival) < 0.0005:
        return "no difference"
    return "this run is nearer" if own < rival else "the simple rule is nearer"


def _folder(document: Document) -> tuple[str, ...]:
    problems, unmapped = len(document["problems"]), len(document["unmapped"])
    said = []
    if problems:
        said.append(
            f"{problems} {'defect' if problems == 1 else 'defects'} of the folder, none of them fatal."
        )
    if unmapped:
        said.append(f"{unmapped} {'thing' if unmapped == 1 else 'things'} in it could not be mapped.")
    return tuple(said)


def region_to_rich(document: Document) -> RenderableType:
    """Return the summary of a run for a terminal: scores, one row a destination, and the defects of the folder."""
    from rich.console import Group
    from rich.text import Text

    summary = summarise_run(document)
    parts: list[RenderableType] = [
        Text(summary.title, style="bold"),
        Text(summary.basis, style="dim"),
        Text(),
    ]
    if rows := score_rows(document):
        parts += [_table(("Rule", "ARD", "ARD, rescaled"), rows), Text()]
    head = ("Destination", "Counted, last day", "Model", f"90{words.THIN}% band")
    parts.append(_table(head, [_row(document, name) for name in names(document)]))
    for passage in summary.passages:
        parts += [Text(), Text(passage.heading, style="bold"), *map(Text, passage.sentences)]
    parts += [Text(row["text"], style="yellow") for row in document["problems"]]
    parts += [Text(f"not mapped: {text}", style="yellow") for text in document["unmapped"]]
    return Group(*parts)


def _row(document: Document, name: str) -> tuple[str, ...]:
    row = document["series"][PRESENT + name][-1]
    counted = "–" if row["counted"] is None else words.count(row["counted"])
    return place(name), counted, middle(row), band(row)


def _table(head: tuple[str, ...], rows: list[Any]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for at, heading in enumerate(head):
        table.add_column(heading, justify="right" if at else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table
