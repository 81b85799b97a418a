"""The page of a run of a region: bands against counts, scores beside simple rules, and the defects of the folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from staffride.present import charts, words
from staffride.present.forecast_page import STYLES, map_key, read_out
from staffride.present.forecast_sections import figures_list, passages_of
from staffride.present.ground_sections import folded
from staffride.present.layout import figure, key, section, swatch, table
from staffride.present.markup import Child, Markup, element
from staffride.present.page import Page, Part, masthead
from staffride.present.region_bands import bands_in_short
from staffride.present.region_charts import Chart, region_chart
from staffride.present.region_map import Scene, region_map
from staffride.present.region_notes import notes_footer, notes_section
from staffride.present.region_roads import roads_section
from staffride.present.region_summary import score_rows, summarise_run
from staffride.present.region_words import ALL, PRESENT, Document, band, middle, names, place
from staffride.scenario.region import Region

SHOWN = 12
"""Destinations whose charts are not folded."""
WHAT_IT_IS = (
    "A look back: the counts of the whole period were known to it. It gives bands, not certainties, and speaks of no "
    "single person. Every civilian counts alike."
)


def render_region(region: Region, document: Document, *, command: str | None = None) -> str:
    """Return the page of a run of a region over its whole period.

    Parameters
    ----------
    region
        Places, links and reports.
    document
        The run: `staffride.results.region_document.run_document`.
    command
        The command that makes it again; made from the document where left out.
    """
    summary = summarise_run(document)
    parts: list[Part] = [
        ("summary", "In plain words", _summary(document)),
        ("scores", "How near it comes", scores_section(document)),
        ("total", "All displaced", _total(region, document)),
        ("destinations", "Each destination", _destinations(region, document)),
        ("map", "Map", _map(region, document)),
        ("roads", "Roads", roads_section(document)),
        ("folder", "The folder", notes_section(document)),
        ("reproduce", "Repeat it", _reproduce(document, command)),
        (
            "sources",
            "Sources",
            notes_footer(region, {**document, "problems": [], "unmapped": []}, WHAT_IT_IS),
        ),
    ]
    period = _period(document)
    run = {"title": summary.title, "description": "", "complete": True}
    return Page(
        title=summary.title,
        masthead=masthead({"run": run, "period": period}, summary),
        parts=parts,
        styles=STYLES,
        scripts=("theme.js", "readout.js"),
        data={"charts": read_out(document, period["start"])},
    ).html()


def _period(document: Document) -> dict[str, Any]:
    entries = document["series"][ALL]
    end = date.fromisoformat(entries[-1]["time"]) + timedelta(days=1)
    return {"start": f"{entries[0]['time']}T00:00:00", "end": f"{end.isoformat()}T00:00:00"}


def _summary(document: Document) -> Markup:
    summary = summarise_run(document)
    rows: list[tuple[Child, ...]] = []
    for name in names(document):
        row = document["series"][PRESENT + name][-1]
        rows.append((place(name), _count(row["counted"]), middle(row), band(row)))
    head = ("Destination", "Counted on the last day", "Model", f"90{words.THIN}% band")
    shown = table(head, rows, numbers=(1, 2, 3))
    passages = passages_of(summary.passages)
    return section("summary", "In plain words", "", figures_list(summary.figures), shown, passages)


def _count(value: float | None) -> str:
    return "–" if value is None else words.count(value)


def scores_section(document: Document) -> Markup | None:
    """Return the averaged relative difference beside that of the simple rules, or ``None`` where nothing is scored."""
    rows = score_rows(document)
    if not rows:
        return None
    head = ("Rule", "ARD", "ARD, rescaled to the day's total")
    return section("scores", "How near it comes", ARD, table(head, rows, numbers=(1, 2)))


ARD = (
    "The averaged relative difference (ARD): the mean over days of what model and count differ by at all destinations, "
    "over the sum counted. 0 is perfect; of two equal totals 2 is the worst. Rescaled, each day is first scaled to the "
    "total counted, so that only the split over destinations is scored. The two simple rules get the same totals and "
    "capacities: a model that they beat adds nothing to them."
)


def run_chart(region: Region, document: Document, series: str, title: str, heading: str = "") -> Chart:
    """Return the chart of one series of a run: bands, the daily count as a line, and the reports as dots."""
    entries = document["series"][series]
    first, last = (date.fromisoformat(entries[at]["time"]) for at in (0, -1))
    known = {PRESENT + one.name: one for one in region.reports} | (
        {ALL: region.total} if region.total else {}
    )
    found = known.get(series)
    single = found is not None and len(found.days) == 1  # several sources add up, so none of them is a dot
    reports = [
        {"time": region.date_of(int(day)).isoformat(), "counted": float(count)}
        for day, count in zip(found.days[0], found.counts[0], strict=True)
        if 0 <= day < region.days
    ] if found is not None and single else []  # fmt: skip
    counted = [row for row in entries if row["counted"] is not None]
    return Chart(
        series=series,
        title=title,
        zero=first - timedelta(days=1),
        first=first,
        last=last,
        entries=entries,
        reports=reports if not region.corrections else (),
        line=counted,
        is_forecast=False,
        heading=heading,
    )


def chart_key(run: Mapping[str, Any]) -> Markup:
    """Return the key of the charts of a run, with what its bands show."""
    bands = swatch(
        element("rect", x=0, y=1, width=26, height=12, class_="band90"),
        element("rect", x=0, y=4, width=26, height=6, class_="band50"),
        element("line", x1=0, x2=26, y1=7, y2=7, class_="median"),
    )
    line = swatch(element("line", x1=0, x2=26, y1=7, y2=7, class_="counted"))
    dot = swatch(element("circle", cx=7, cy=7, r=3.2, class_="used"), width=14)
    said = f"model: median, 50{words.THIN}% and 90{words.THIN}% band of {bands_in_short(run)}"
    return key([(bands, said), (line, "count, straight lines between reports"), (dot, "report")])


def _total(region: Region, document: Document) -> Markup:
    chart = run_chart(region, document, ALL, "People displaced in all")
    lede = "People displaced in all: those at destinations and those on the way."
    return section(
        "total",
        "All displaced",
        lede,
        chart_key(document["run"]),
        figure(charts.both(partial(_sized, chart))),
    )


def _sized(chart: Chart, width: float) -> Markup:
    return region_chart(chart, width, 340 if width > charts.NARROW else 240)


def _destinations(region: Region, document: Document) -> Markup:
    drawn = [_destination(region, document, name) for name in names(document)]
    rest = drawn[SHOWN:]
    lede = "People present at each destination, each at its own scale, against what was counted."
    more = folded(f"{len(rest)} more destinations", _grid(rest)) if rest else None
    return section(
        "destinations", "Each destination", lede, chart_key(document["run"]), _grid(drawn[:SHOWN]), more
    )


def _grid(parts: Sequence[Markup]) -> Markup:
    return element("div", parts, class_="twos destinations")


def _destination(region: Region, document: Document, name: str) -> Markup:
    row = document["series"][PRESENT + name][-1]
    tag = element(
        "span", f"counted {_count(row['counted'])}, model {middle(row)} on the last day", class_="tag"
    )
    chart = run_chart(region, document, PRESENT + name, f"People in {place(name)}")
    drawn = element("div", region_chart(chart, 450, 250))
    return element("div", element("h3", place(name), tag), drawn, class_="destination")


def _map(region: Region, document: Document) -> Markup | None:
    people = {name: document["series"][PRESENT + name][-1]["q50"] or 0.0 for name in names(document)}
    fought = frozenset(one.name for at, one in enumerate(region.places) if region.conflict[:, at].any())
    drawn = region_map(Scene(region, people, conflict=fought), charts.WIDE, "Map of the region")
    if drawn is None:
        return None
    lede = "Circles by area: people at a destination. Made of the coordinates of the folder; borders are not drawn."
    return section("map", "Map", lede, map_key(None, any_closed=False), figure(drawn))


def command_of(run: Mapping[str, Any]) -> str:
    """Return the command that makes a run again."""
    parts = ["staffride run", str(run["folder"] or "FOLDER"), f"--seed {run['seed']}"]
    parts.append(f"--replications {run['replications']}")
    if run["mode"] == "flee":
        parts.append("--rules flee")
    elif run["engine"] == "agents":
        parts.append("--engine agents")
    parts += [f"--quirk {name}" for name in run.get("quirks", ())]
    parts += [f"--set {name}={value}" for name, value in run.get("given", {}).items()]
    return " ".join(parts)


def _reproduce(document: Document, told: str | None) -> Markup:
    run = document["run"]
    rows: list[tuple[Child, ...]] = [
        ("Version", f"staffride {run['version']}"),
        ("Folder", str(run["folder"] or "made in Python")),
        ("Rules and engine", f"{run['mode']}, {run['engine']}"),
        ("Seed", str(run["seed"])),
        ("Replications", words.count(run["replications"])),
    ]
    if run["wall_seconds"] is not None:
        rows.append(("Time taken", f"{run['wall_seconds']:.2f} s"))
    lede = "The same version, folder and seed give the same value in every cell."
    shown = element("pre", element("code", told or command_of(run)))
    return section("reproduce", "How to reproduce it", lede, shown, table(("What", "Value"), rows))
