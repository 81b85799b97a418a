"""A forecast for a terminal: a few sentences and one row a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from staffride.present import words
from staffride.present.forecast_words import HEADINGS, summarise_forecast, table_rows
from staffride.present.region_words import ALL, Document, lead_of, short_date

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

SHOWN = 20
"""Destinations that a terminal shows."""


def forecast_to_rich(document: Document) -> RenderableType:
    """Return title, basis, the table and the passages of a forecast."""
    from rich.console import Group
    from rich.text import Text

    summary = summarise_forecast(document)
    parts: list[RenderableType] = [
        Text(summary.title, style="bold"),
        Text(summary.basis, style="dim"),
        Text(),
        _table(document),
    ]
    for passage in summary.passages:
        parts += [Text(), Text(passage.heading, style="bold"), *map(Text, passage.sentences)]
    if document["problems"]:
        parts += [Text(), Text(_warned(len(document["problems"])), style="yellow")]
    return Group(*parts)


def _warned(count: int) -> str:
    return (
        f"{count} {'thing is' if count == 1 else 'things are'} wrong with the folder; the report lists them."
    )


def _table(document: Document) -> Table:
    from rich.table import Table
    from rich.text import Text

    ahead = short_date(document["series"][ALL][lead_of(document) - 1]["time"])
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for at, heading in enumerate(HEADINGS):
        name = heading.replace("Ahead", f"On {ahead}")
        table.add_column(name, justify="right" if 0 < at < len(HEADINGS) - 1 else "left", overflow="fold")
    rows = table_rows(document)
    for row in rows[:SHOWN]:
        table.add_row(*map(Text, row))
    if len(rows) > SHOWN:
        table.add_row(Text(f"and {words.count(len(rows) - SHOWN)} more", style="dim"))
    return table
