"""What a page of a region rests on: its files, what is wrong with them, and what of them could not be mapped."""

from __future__ import annotations

from collections.abc import Sequence

from staffride.present.ground_sections import folded
from staffride.present.layout import section
from staffride.present.markup import Markup, element, join
from staffride.present.region_words import Document, Row, band, middle, place
from staffride.scenario.region import Region

SHOWN = 12
"""Notes that are not folded."""


def notes_footer(region: Region, document: Document, note: str) -> Markup:
    """Return the files of reports, the defects of the folder, what was not mapped, and what the page is."""
    files = [(place(one.name), ", ".join(one.files)) for one in region.reports if one.files]
    items = [element("li", element("b", name), " ", element("span", told)) for name, told in files]
    return element(
        "footer",
        element("h2", "Sources"),
        element("p", "Counts are those of the files of the folder, whose terms hold for them."),
        folded(f"{len(items)} destinations and their files", element("ul", items)) if items else None,
        notes(document),
        element("p", note),
        id="sources",
    )


def notes(document: Document) -> Markup | None:
    """Return what is wrong with the folder and what of it was not mapped, or ``None``."""
    problems = [row["text"] for row in document["problems"]]
    parts = [
        _listed("wrong with the folder", problems),
        _listed("not mapped", list(document["unmapped"])),
    ]
    found = [part for part in parts if part is not None]
    return element("div", found) if found else None


def _listed(what: str, texts: Sequence[str]) -> Markup | None:
    if not texts:
        return None
    title = f"{len(texts)} {'thing' if len(texts) == 1 else 'things'} {what}"
    items = element("ul", [element("li", text) for text in texts], class_="says")
    return folded(title, items) if len(texts) > SHOWN else element("div", element("h3", title), items)


def notes_section(document: Document) -> Markup | None:
    """Return a section of defects and of what was not mapped, or ``None`` where there is nothing of it."""
    found = notes(document)
    lede = "Nothing is dropped in silence: warnings of the folder with their places, and what has no counterpart here."
    return None if found is None else section("folder", "The folder", lede, found)


def cell(row: Row | None) -> Markup:
    """Return a median with its 90 % band below."""
    return join(middle(row), element("span", band(row), class_="band"))
