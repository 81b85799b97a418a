"""The parts that sections are made of: headings, figures, tables, keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from staffride.present import words
from staffride.present.markup import Child, Markup, element


def section(name: str, heading: str, lede: str, *content: Child) -> Markup:
    """Return one section with the anchor ``name``."""
    title = element("h2", heading, id=f"{name}-heading")
    below = element("p", lede, class_="lede") if lede else None
    return element("section", title, below, content, id=name, aria_labelledby=f"{name}-heading")


def figure(content: Child, caption: str = "") -> Markup:
    """Return a figure with its caption."""
    return element("figure", content, element("figcaption", caption) if caption else None)


def swatch(*shapes: Markup, width: int = 26) -> Markup:
    """Return a small drawing for a key."""
    return element("svg", shapes, viewBox=f"0 0 {width} 14", width=width, height=14, aria_hidden="true")


def key(entries: Sequence[tuple[Markup, str]], class_: str = "key") -> Markup:
    """Return a key: drawings with their meaning."""
    items = [element("li", mark, element("span", text)) for mark, text in entries]
    return element("ul", items, class_=class_)


def chart_key() -> Markup:
    """Return the key that the charts share."""
    bands = swatch(
        element("rect", x=0, y=1, width=26, height=12, class_="band90"),
        element("rect", x=0, y=4, width=26, height=6, class_="band50"),
        element("line", x1=0, x2=26, y1=7, y2=7, class_="median"),
    )
    used = swatch(element("circle", cx=7, cy=7, r=4, class_="used"), width=14)
    held = swatch(element("polygon", points="7,2 12,7 7,12 2,7", class_="held"), width=14)
    entries = (
        (bands, f"model: median, 50{words.THIN}% and 90{words.THIN}% band"),
        (used, "record, used to fit"),
        (held, "record, held out"),
    )
    return key(entries)


def table(
    head: Sequence[str], rows: Sequence[Sequence[Child]], numbers: Collection[int] = (), class_: str = ""
) -> Markup:
    """Return a table whose first column names its rows.

    Parameters
    ----------
    head
        Headings of the columns; each cell repeats its heading for narrow pages, where rows stand as blocks.
    rows
        Cells of each row.
    numbers
        Columns that hold numbers and stand at the right.
    class_
        A further class of the table.
    """
    heads = [
        element("th", text, scope="col", class_="number" if i in numbers else None)
        for i, text in enumerate(head)
    ]
    body = [element("tr", [_cell(head, i, cell, numbers) for i, cell in enumerate(row)]) for row in rows]
    made = element(
        "table",
        element("thead", element("tr", heads)),
        element("tbody", body),
        class_=f"stack {class_}".strip(),
    )
    return element("div", made, class_="scroll")


def _cell(head: Sequence[str], index: int, content: Child, numbers: Collection[int]) -> Markup:
    if index == 0:
        return element("th", content, scope="row")
    class_ = "number" if index in numbers else None
    return element("td", content, class_=class_, data_label=head[index])
