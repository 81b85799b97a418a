"""The roads of a run of a region: who used each, and the queues before those that bind."""

from __future__ import annotations

from staffride.present import words
from staffride.present.ground_sections import folded
from staffride.present.layout import section, table
from staffride.present.markup import Markup, element
from staffride.present.region_words import Document, Row, band, dated, middle, place

SHOWN = 10
"""Links that are not folded."""
LEDE = (
    "Persons who entered each link, as expected over the replications. Who is counted on the day of arrival is shown "
    "on the whole of the way on that day."
)
QUEUES = "Where a link has a stated capacity, people queue before it hour by hour, first come first served."


def roads_section(document: Document) -> Markup | None:
    """Return who used which link, or ``None`` where that is not known, as by Flee's rules."""
    links, queues = document.get("links", []), document.get("queues", [])
    if not links:
        return None
    more = links[SHOWN:]
    return section(
        "roads",
        "Roads",
        LEDE,
        _links(links[:SHOWN]),
        folded(f"{len(more)} more links", _links(more)) if more else None,
        element("h3", "Queues", class_="spaced") if queues else None,
        element("p", QUEUES) if queues else None,
        _queues(queues) if queues else None,
    )


def _links(rows: list[Row]) -> Markup:
    head = ("Link", "Persons in all", "On its busiest day", "That day")
    cells = [
        (
            f"{place(row['first'])} – {place(row['second'])}",
            words.count(row["persons"]),
            words.count(row["persons_on_it"]),
            dated(row["busiest_day"]),
        )
        for row in rows
    ]
    return table(head, cells, numbers=(1, 2))


def _queues(rows: list[Row]) -> Markup:
    head = ("Before the link", "Waiting in", "Persons an hour", "Most at once", f"90{words.THIN}% band")
    cells = [
        (
            f"{place(row['first'])} – {place(row['second'])}",
            place(row["waiting_in"]),
            words.count(row["persons_per_hour"]),
            middle(row["longest"]),
            band(row["longest"]),
        )
        for row in rows
    ]
    return table(head, cells, numbers=(2, 3, 4))
