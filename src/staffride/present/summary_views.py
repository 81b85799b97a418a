"""The plain-words summary as plain text, as HTML and for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from staffride.present import words
from staffride.present.markup import Markup, element
from staffride.present.summary import Comparison, Summary

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def _cells(row: Comparison) -> tuple[str, str, str, str]:
    used = {"calibration": "fitted", "held_out": "held out"}.get(row.role, row.role)
    middle, band = words.in_words(row.middle, row.low, row.high)
    return row.when, f"{words.count(row.official)} ({used})", middle, band + _miss(row)


def _miss(row: Comparison) -> str:
    """Return a mark for a bulletin outside the band, so that it does not depend on colour."""
    return "" if row.inside else "  outside"


HEADINGS = ("By", "Official bulletin", "Model, middle", f"90{words.THIN}% band")


def to_text(summary: Summary) -> str:
    """Return the summary as plain text, 78 columns."""
    lines = [summary.title, "=" * len(summary.title), "", *textwrap.wrap(summary.basis, 78), ""]
    if summary.crossings:
        lines += _table_text([HEADINGS, *(_cells(row) for row in summary.crossings)])
    for passage in summary.passages:
        lines += ["", passage.heading, "-" * len(passage.heading)]
        lines += [line for s in passage.sentences for line in textwrap.wrap(s, 78)]
    return "\n".join(lines) + "\n"


def _table_text(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def to_html(summary: Summary) -> Markup:
    """Return the passages of the summary as HTML, every text escaped."""
    return element(
        "div",
        [
            element("div", element("h3", p.heading), [element("p", s) for s in p.sentences], class_="passage")
            for p in summary.passages
        ],
        class_="passages",
    )


def crossings_html(summary: Summary) -> Markup:
    """Return the table of crossings beside the official bulletins."""
    head = element("tr", [element("th", heading, scope="col") for heading in HEADINGS])
    body = [_row_html(row) for row in summary.crossings]
    return element("table", element("thead", head), element("tbody", body), class_="figures")


def _row_html(row: Comparison) -> Markup:
    middle, band = words.in_words(row.middle, row.low, row.high)
    used = row.role == "calibration"
    mark = element(
        "span", "●" if used else "◇", class_="used-mark" if used else "held-mark", aria_hidden="true"
    )
    said = element("span", "used to fit" if used else "held out", class_="unseen")
    return element(
        "tr",
        element("th", words.short_moment(row.time), scope="row"),
        element("td", words.count(row.official), " ", mark, said),
        element("td", middle),
        element("td", band, element("span", _miss(row), class_="tag")),
        class_=None if row.inside else "outside",
    )


def to_rich(summary: Summary) -> RenderableType:
    """Return the summary for a terminal."""
    from rich.console import Group
    from rich.text import Text

    title = Text(summary.title, style="bold")
    parts: list[RenderableType] = [title, Text(summary.basis, style="dim")]
    if summary.crossings:
        parts += [Text(), _table_rich(summary)]
    for passage in summary.passages:
        parts += [Text(), Text(passage.heading, style="bold")]
        parts += [Text(sentence) for sentence in passage.sentences]
    return Group(*parts)


def _table_rich(summary: Summary) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for index, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if index == 0 else "right", no_wrap=True)
    for row in summary.crossings:
        table.add_row(*(Text(cell) for cell in _cells(row)), style=None if row.inside else "yellow")
    return table
