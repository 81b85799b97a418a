"""The sections of a forecast's page that answer planners' further questions: crossings, changes, groups, limits."""

from __future__ import annotations

from collections.abc import Sequence

from staffride.present import words
from staffride.present.forecast_words import NOT_KNOWN, RESPONSIBILITY, RESPONSIBILITY_PAGE, command
from staffride.present.ground_sections import folded
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.region_notes import cell
from staffride.present.region_words import (
    EVERYWHERE,
    Document,
    Row,
    capital,
    crossing,
    dated,
    place,
    signed,
    signed_band,
)

CROSSINGS = 10
"""Links that are not folded."""


def crossings_section(document: Document, sentences: Sequence[str]) -> Markup | None:
    """Return which links and borders the arrivals pass."""
    rows = document["crossings"]
    if not rows:
        return None
    borders = [row for row in rows if row["kind"] == "border"]
    links = [row for row in rows if row["kind"] == "link"]
    return section(
        "crossings",
        "The crossing to watch",
        LAID,
        [element("p", said) for said in sentences],
        element("h3", "Borders", class_="spaced") if borders else None,
        _crossings(borders) if borders else None,
        element("h3", "Links", class_="spaced"),
        _crossings(links[:CROSSINGS]),
        folded(f"{len(links) - CROSSINGS} more links", _crossings(links[CROSSINGS:]))
        if links[CROSSINGS:]
        else None,
    )


LAID = (
    "A forecast says how many arrive, not by which road. Here arrivals are laid on the shortest ways that are open at "
    "the origin, from places in conflict, by their people, conflict and nearness: an assumption. It hardly moves "
    "borders and last links; links far inside the country it moves much."
)


def _crossings(rows: Sequence[Row]) -> Markup:
    head = (
        "Crossing",
        "Of all arrivals",
        "Persons a day, mean",
        "On the busiest day",
        "Can pass a day",
        "Passed",
    )
    told: list[tuple[Child, ...]] = [
        (
            crossing(row).removeprefix("the ").removeprefix("link ").removeprefix("border "),
            words.percent(row["share"]),
            cell(row["per_day"]),
            cell(row["busiest"]),
            "not stated" if row["capacity"] is None else words.count(row["capacity"]),
            "–" if row["probability"] is None else words.percent(row["probability"]),
        )
        for row in rows
    ]
    return table(head, told, numbers=range(1, 6))


def changes_section(document: Document) -> Markup | None:
    """Return what each change makes, or ``None`` where none was asked for."""
    if not document["what_if"]:
        return None
    lede = (
        f"Differences to the forecast above, future by future with the same luck: median and 90{words.THIN}% interval. "
        "The luck is the same in both, so a difference is known much better than either forecast."
    )
    return section("changes", "What if", lede, [_change(row) for row in document["what_if"]])


def _change(row: Row) -> Markup:
    head = ("Destination", "Present on the last day", "Arrive in the period", "More arrive in")
    rows: list[tuple[Child, ...]] = [
        (
            place(one["destination"]),
            _difference(one["present"]),
            _difference(one["arrivals"]),
            f"{words.percent(one['more'])} of futures",
        )
        for one in sorted(row["destinations"], key=lambda one: -abs(one["present"]["mean"] or 0.0))
    ]
    return element(
        "div", element("h3", capital(row["change"])), table(head, rows, numbers=(1, 2, 3)), class_="topic"
    )


def _difference(row: Row) -> Markup:
    return join(signed(row), element("span", signed_band(row), class_="band"))


def groups_section(document: Document) -> Markup | None:
    """Return arrivals by age, sex and other attributes, or ``None`` where the case says nothing of them."""
    rows = [row for row in document["age_and_sex"] if row["destination"] == EVERYWHERE]
    if not rows:
        return None
    lede = (
        "People who arrive in the whole period, by what the case says of the people of their places. Each attribute "
        "stands by itself: a case says nothing of age and sex together."
    )
    told: list[tuple[Child, ...]] = [(place(row["attribute"]), row["value"], cell(row)) for row in rows]
    return section("groups", "Age and sex", lede, table(("Attribute", "Group", "People"), told, numbers=(2,)))


def limits_section(document: Document) -> Markup:
    """Return what the forecast does not know, and how it was made."""
    cases = [place(name) for name in document["run"]["fitted_on"]]
    fitted = element("p", f"Its figures were fitted on {words.listing(cases)}.") if cases else None
    items = element("ul", [element("li", said) for said in NOT_KNOWN], class_="says")
    return section(
        "limits", "What this forecast does not know", "", items, element("h3", "Method"), METHOD, fitted
    )


METHOD = join(
    element(
        "p",
        "Volume and split are forecast from the reports as they were known at the origin. How wide the bands are was "
        "learnt from how far forecasts of other cases missed, by days ahead, with the case itself left out when it is "
        "scored. The naive rules (level, shares × damped total, undamped trend) start from the same reports and are "
        "given the same spread when scores are compared.",
    ),
    element(
        "p",
        "Every answer on this page is taken within each future first and summed up over futures afterwards: a week's "
        "band is that of its sum, the day on which shelter runs out is that of each future.",
    ),
)


def responsibility_section() -> Markup:
    """Return who could be harmed by the page, with where to read on."""
    more = element(
        "p", "Read on: ", element("code", RESPONSIBILITY_PAGE), ", in the project's documentation."
    )
    return section("responsibility", "Data responsibility", "", element("p", RESPONSIBILITY), more)


def reproduce_section(document: Document, told: str | None = None) -> Markup:
    """Return the command that makes the forecast again, and what determines it."""
    run = document["run"]
    rows: list[tuple[Child, ...]] = [
        ("Version", f"staffride {run['version']}"),
        ("Folder", str(run["folder"] or "made in Python")),
        ("Origin", dated(run["cut-off"])),
        ("Futures", words.count(run["replications"])),
        ("Seed", str(run["seed"])),
    ]
    if run["wall_seconds"] is not None:
        rows.append(("Time taken", f"{run['wall_seconds']:.1f} s"))
    lede = "The same version, folder, origin and seed give the same value in every cell."
    shown = element("pre", element("code", told or command(document)))
    return section("reproduce", "How to reproduce it", lede, shown, table(("What", "Value"), rows))
