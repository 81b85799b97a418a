"""The sections of a forecast's page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from staffride.present import charts, words
from staffride.present.forecast_words import (
    by_need,
    headline,
    last_day,
    lead_day,
    passages,
    table_rows,
    weeks_of,
    when,
)
from staffride.present.ground_sections import folded
from staffride.present.layout import figure, key, section, swatch, table
from staffride.present.markup import Child, Markup, element
from staffride.present.region_charts import Chart, region_chart
from staffride.present.region_notes import cell
from staffride.present.region_words import (
    ALL,
    EVERYWHERE,
    PRESENT,
    Document,
    Row,
    band,
    dated,
    last_report,
    middle,
    naive_name,
    names,
    place,
    short_date,
)
from staffride.present.summary import Figure, Passage

BACK = 84
"""Days before the origin that a chart shows at most."""
SHOWN = 12
"""Destinations whose charts are not folded."""
COLUMNS = 5
CROSSINGS = 10


def figures_list(figures: Sequence[Figure]) -> Markup:
    """Return headline figures, each with its band and what it counts."""
    items = [
        element(
            "div",
            element("dt", one.meaning),
            element("dd", one.value, class_="value"),
            element("dd", one.band, class_="band"),
        )
        for one in figures
    ]
    return element("dl", items, class_="headline")


def passages_of(found: Sequence[Passage]) -> Markup:
    """Return passages side by side."""
    items = [
        element(
            "div",
            element("h3", one.heading),
            [element("p", said) for said in one.sentences],
            class_="passage",
        )
        for one in found
    ]
    return element("div", items, class_="passages")


def summary_section(document: Document) -> Markup:
    """Return the headline, one row a destination, and the sentences."""
    head = (
        "Destination",
        "Last report",
        f"On {lead_day(document)}",
        f"90{words.THIN}% band",
        "Arrive until then, mean",
        "Shelter runs out",
    )
    return section(
        "summary",
        "In plain words",
        "",
        figures_list(headline(document)),
        table(head, table_rows(document), numbers=(1, 2, 3, 4)),
        passages_of(passages(document)),
    )


def chart_key(naive: Sequence[str]) -> Markup:
    """Return the key of the charts."""
    bands = swatch(
        element("rect", x=0, y=1, width=26, height=12, class_="band90"),
        element("rect", x=0, y=4, width=26, height=6, class_="band50"),
        element("line", x1=0, x2=26, y1=7, y2=7, class_="median"),
    )
    report = swatch(element("circle", cx=7, cy=7, r=4, class_="used"), width=14)
    lines = [
        (
            swatch(element("line", x1=0, x2=26, y1=7, y2=7, class_=f"naive naive{at % 4}")),
            f"naive: {naive_name(name)}",
        )
        for at, name in enumerate(naive)
    ]
    said = f"median, 50{words.THIN}% and 90{words.THIN}% band"
    return key([(bands, said), (report, "report used"), *lines])


def chart_of(document: Document, series: str, title: str, heading: str = "") -> Chart:
    """Return the chart of one series: reports for up to twelve weeks, then the bands."""
    origin = date.fromisoformat(document["run"]["cut-off"])
    reports = document["reports"].get(series, ())
    first = max(origin - timedelta(days=BACK), date.fromisoformat(reports[0]["time"])) if reports else origin
    return Chart(
        series=series,
        title=title,
        zero=origin,
        first=min(first, origin - timedelta(days=7)),
        last=last_day(document),
        entries=document["series"][series],
        reports=reports,
        naive=naive_lines(document, series),
        level=_capacity(document, series),
        heading=heading,
    )


def naive_lines(document: Document, series: str) -> dict[str, Sequence[float | None]]:
    """Return the middle line of every naive forecast of one series; of all destinations, the sum of their lines."""
    if series == ALL:
        lines = document["naive"].items()
        return {
            name: [sum(v or 0.0 for v in day) for day in zip(*own.values(), strict=True)]
            for name, own in lines
        }
    return {name: own[series] for name, own in document["naive"].items() if series in own}


def _capacity(document: Document, series: str) -> tuple[float, str] | None:
    found = [row for row in document["shelter"] if PRESENT + row["destination"] == series and row["capacity"]]
    return (found[0]["capacity"], f"{words.count(found[0]['capacity'])} places") if found else None


def total_section(document: Document) -> Markup:
    """Return the chart of all destinations together."""
    chart = chart_of(document, ALL, "People at all destinations together")
    lede = (
        "People at all destinations together. A band of the sum is not the sum of the bands: destinations share a "
        "future. Move the pointer over a chart, or focus it and use the arrow keys, to read it out."
    )
    drawn = charts.both(partial(_sized, chart))
    return section("total", "All destinations", lede, chart_key(list(document["naive"])), figure(drawn))


def _sized(chart: Chart, width: float) -> Markup:
    return region_chart(chart, width, 340 if width > charts.NARROW else 240)


def destinations_section(document: Document) -> Markup:
    """Return a chart for each destination, the largest first; those after the twelfth are folded."""
    drawn = [_destination(document, name) for name in names(document)]
    rest = drawn[SHOWN:]
    lede = (
        "Each destination at its own scale. Grey lines are what simple rules say from the same reports, without their "
        "bands: a forecast that stays near them has found no reason to leave them."
    )
    more = folded(f"{len(rest)} more destinations", _grid(rest)) if rest else None
    title = "Each destination"
    return section(
        "destinations", title, lede, chart_key(list(document["naive"])), _grid(drawn[:SHOWN]), more
    )


def _grid(parts: Sequence[Markup]) -> Markup:
    return element("div", parts, class_="twos destinations")


def _destination(document: Document, name: str) -> Markup:
    series = PRESENT + name
    seen, last = last_report(document, series), document["series"][series][-1]
    before = "no report" if seen is None else f"{words.count(seen['counted'])} on {short_date(seen['time'])}"
    tag = element("span", f"{before} → {_ended(last)} on {short_date(last['time'])}", class_="tag")
    drawn = region_chart(chart_of(document, series, f"People in {place(name)}"), 450, 250)
    return element("div", element("h3", place(name), tag), element("div", drawn), class_="destination")


def _ended(row: Row) -> str:
    ends = band(row)
    return middle(row) if ends == "–" else f"{middle(row)} ({ends})"


def weeks_section(document: Document) -> Markup:
    """Return arrivals by week: all and the four destinations with most, and the others folded."""
    order = sorted(
        names(document), key=lambda name: -sum(row["mean"] or 0.0 for row in weeks_of(document, name))
    )
    first, rest = order[: COLUMNS - 1], order[COLUMNS - 1 :]
    groups = [rest[at : at + COLUMNS] for at in range(0, len(rest), COLUMNS)]
    lede = (
        f"People who arrive in each week: median, and the 90{words.THIN}% band of the week's sum below. Arrivals are "
        "counted gross, so who leaves again or moves on is not taken off."
    )
    more = [
        folded(words.listing([place(name) for name in group]), _weeks(document, group)) for group in groups
    ]
    return section("weeks", "Arrivals by week", lede, _weeks(document, [EVERYWHERE, *first]), more)


def _weeks(document: Document, columns: Sequence[str]) -> Markup:
    by_column = [weeks_of(document, name) for name in columns]
    head = ("Week", *("All together" if name == EVERYWHERE else place(name) for name in columns))
    rows: list[tuple[Child, ...]] = [
        (f"{short_date(row[0]['first'])} to {short_date(row[0]['last'])}", *map(cell, row))
        for row in zip(*by_column, strict=True)
    ]
    return table(head, rows, numbers=range(1, len(head)))


def shelter_section(document: Document) -> Markup:
    """Return when shelter runs out at each destination, or why nothing is said."""
    last = document["series"][ALL][-1]["time"]
    rows = [*by_need(document), *(row for row in document["shelter"] if row["capacity"] is None)]
    head = ("Destination", "Places", "Probability", "Runs out", "Without a place on the last day")
    as_of = document["run"]["capacity_as_of"]
    if all(row["capacity"] is None for row in rows):
        lede = "No capacity is known as of the origin."
        return section("shelter", "Shelter", lede, element("p", NO_CAPACITY, class_="notice"))
    lede = f"Capacities as of {dated(as_of)}. " if as_of else ""
    lede += (
        "Shelter runs out on the first day at whose end a destination has no free place. The probability is that it "
        f"has happened by {dated(last)}. People who find a destination full go on to others with room, where any are."
    )
    return section(
        "shelter",
        "When shelter runs out",
        lede,
        table(head, [_shelter(document, row) for row in rows], numbers=(1, 2, 4)),
    )


NO_CAPACITY = (
    "Capacities in a folder are often read off the very counts that come later, so they are used only where you say of "
    "which date they are: with --capacity-as-of DATE, on or before the origin. Without it the forecast uses none."
)


def _shelter(document: Document, row: Row) -> tuple[Child, ...]:
    if row["capacity"] is None:
        return place(row["destination"]), "unknown", "–", "–", "–"
    chance = words.percent(row["probability"])
    return (
        place(row["destination"]),
        words.count(row["capacity"]),
        chance,
        when(document, row),
        cell(row["without_place"]),
    )
