"""Dates of changes of control beside the record: for each place that the record dates, or says was never taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.present import charts, words
from staffride.present.campaign_record import LEVELS, origin
from staffride.present.campaign_told import ROLES
from staffride.present.campaign_words import clipped
from staffride.present.charts import NARROW, days, hours
from staffride.present.layout import figure, key, section, swatch, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, Scale, drawing
from staffride.results.run import Run
from staffride.results.vocabulary import CHANGED
from staffride.scenario.schema import Observation, Scenario

Json = dict[str, Any]
Row = Mapping[str, Any]

LEAST = 0.05
"""Below this probability a change that the record tells is a miss, whatever its date."""

FOUND = {
    "in": f"in the 90{words.THIN}% band",
    "out": f"outside the 90{words.THIN}% band",
}


def towns_of(run: Run, scenario: Scenario) -> list[Json]:
    """Return the places of which the record tells a date of change of control, or that there was none by the end."""
    by_place: dict[str, list[Observation]] = {}
    known = frozenset(run.total_names)
    for row in scenario.observations:
        if row.series.startswith(CHANGED) and row.series in known and row.value is not None:
            by_place.setdefault(row.series.removeprefix(CHANGED), []).append(row)
    labels = {place.id: place.label for place in scenario.places}
    columns = run.totals.read(*(f"{CHANGED}{place}" for place in by_place))
    found = [
        _town(scenario, place, labels.get(place, place), rows, columns[f"{CHANGED}{place}"])
        for place, rows in by_place.items()
    ]
    return sorted(found, key=lambda town: (not town["taken"], town["told"][0]["latest"], town["id"]))


def _town(
    scenario: Scenario, place: str, name: str, rows: Sequence[Observation], first: NDArray[np.float64]
) -> Json:
    happened = np.isfinite(first)
    end = float(scenario.period.hours)
    levels = np.quantile(first[happened], LEVELS).tolist() if happened.any() else None
    by_end = np.quantile(np.where(happened, first, end), (0.05, 0.95)).tolist()
    main = min(rows, key=lambda row: row.role != "held_out")
    told = [_told(scenario, row, end) for row in sorted(rows, key=lambda row: row is not main)]
    inside = by_end[0] <= told[0]["latest"] and told[0]["earliest"] <= by_end[1]
    if main.value and happened.mean() < LEAST:
        inside = False  # hardly any run has what the record tells, however late it was
    return {
        "id": place,
        "observation": main.id,
        "name": name,
        "probability": float(happened.mean()),
        "hours": levels,
        "by_end": by_end,
        "taken": bool(main.value),
        "told": told,
        "standing": "in" if inside else "out",
    }


def _told(scenario: Scenario, row: Observation, end: float) -> Json:
    """Return the interval of the record, in hours; a place that is kept counts as the end of the period."""
    middle = scenario.period.hour_of(row.time) if row.value else end
    apart = row.time_uncertainty_h if row.value else 0.0
    return {
        **origin(row),
        "earliest": min(max(middle - apart, 0.0), end),
        "latest": min(middle + apart, end),
        "taken": bool(row.value),
        "role": ROLES[row.role],
        "note": row.note,
    }


def towns_section(bundle: Bundle) -> Markup | None:
    """Return the figure and the table of dates, or ``None`` where the record has none."""
    towns = bundle["ground"]["towns"]
    if not towns:
        return None
    lede = (
        "For each place the share of runs in which its control changes, and when it first does in those runs. The "
        "record gives an interval from the first claim to the confirmation. A run in which a place does not change "
        "counts as the end of the period where a date is compared, as does a place that the record says was kept."
    )
    return section(
        "towns",
        "Towns and their dates beside the record",
        lede,
        element("p", REPLAY, class_="replay") if bundle["ground"]["replay"] else None,
        _key(),
        figure(charts.both(partial(_figure, bundle))),
        _table(bundle),
    )


REPLAY = (
    "This is a replay: it was told the truces, the weather and the strikes of the record, so its dates are shown and "
    "not scored."
)


def _key() -> Markup:
    band = swatch(
        element("rect", x=0, y=4, width=26, height=6, class_="range90"),
        element("rect", x=7, y=4, width=12, height=6, class_="range50"),
        element("line", x1=13, x2=13, y1=2, y2=12, class_="median"),
    )
    told = swatch(element("line", x1=2, x2=24, y1=7, y2=7, class_="told"))
    kept = swatch(element("polygon", points="13,2 18,7 13,12 8,7", class_="held"))
    entries = (
        (band, f"runs in which it changes: median, 50{words.THIN}% and 90{words.THIN}% of dates"),
        (told, "record, from first claim to confirmation"),
        (kept, "record: not changed by the end"),
    )
    return key(entries)


def _figure(bundle: Bundle, width: float) -> Markup:
    """Return the dates of all towns, one below the other."""
    towns, narrow = bundle["ground"]["towns"], width <= NARROW
    step = 44.0 if narrow else 30.0
    height = step * len(towns) + 40
    left, right = (20.0, 16.0) if narrow else (236.0, 128.0)
    plot = Plot(Scale(0, hours(bundle), left, width - right), Scale(0, 1, height - 30, 6))
    _axis(plot, bundle, narrow)
    for at, town in enumerate(towns):
        y = 6 + step * (at + (0.72 if narrow else 0.5))
        _town_marks(plot, y, town)
        _town_names(plot, y, town, narrow)
    return drawing(width, height, "Dates of changes of control by place, runs and record", plot.marks)


def _axis(plot: Plot, bundle: Bundle, narrow: bool) -> None:
    marks = days(bundle)
    every = max(1, round(len(marks) / (3 if narrow else 6) / 7) * 7) if len(marks) > 9 else 1
    for at, (hour, date) in enumerate(marks):
        if at % every == 0:
            plot.rule_x(hour, "grid")
            plot.text(plot.x.at(hour), plot.y.start + 20, f"{date.day} {date:%b}", "tick", "middle")
    plot.rule_x(plot.x.high, "grid")


def _town_marks(plot: Plot, y: float, town: Row) -> None:
    """Add the dates in the runs, as strong as the change is likely, and the interval of the record below."""
    if town["hours"]:
        at = [plot.x.at(hour) for hour in town["hours"]]
        for low, high, class_ in ((0, 4, "range90"), (1, 3, "range50")):
            size = {"x": at[low], "width": max(at[high] - at[low], 2.0)}
            plot.add("rect", **size, y=y - 7, height=9, class_=class_)
        plot.add("line", x1=at[2], x2=at[2], y1=y - 9, y2=y + 4, class_="median")
    for index, told in enumerate(town["told"]):
        title = element("title", f"{told['source']}: {told['label']}")
        if told["taken"]:
            ends = plot.x.at(told["earliest"]), plot.x.at(told["latest"])
            class_ = "told thin" if index else "told"
            line = {"x1": ends[0], "x2": max(ends[1], ends[0] + 2)}
            plot.add("line", title, **line, y1=y + 6 + 4 * index, y2=y + 6 + 4 * index, class_=class_)
        else:
            plot.diamond(plot.x.high, 0, "held", told["label"])
            plot.marks.pop()
            x = plot.x.end
            corners = f"{x:g},{y - 5:g} {x + 5:g},{y:g} {x:g},{y + 5:g} {x - 5:g},{y:g}"
            plot.add("polygon", title, points=corners, class_="held")


def _town_names(plot: Plot, y: float, town: Row, narrow: bool) -> None:
    chance = words.percent(town["probability"])
    if narrow:
        plot.text(plot.x.start, y - 16, clipped(town["name"], 38), "name")
        plot.text(plot.x.end, y - 16, chance, "label", "end")
        return
    plot.text(plot.x.start - 12, y + 4, clipped(town["name"], 34), "name", "end")
    plot.text(plot.x.end + 14, y + 4, f"{chance} of runs", "label")


def _table(bundle: Bundle) -> Markup:
    head = ("Place", "Changes in", "Date in those runs", "Record", "Standing")
    start = datetime.fromisoformat(bundle["period"]["start"])
    body = [_row(town, start, bundle["ground"]["replay"]) for town in bundle["ground"]["towns"]]
    return table(head, body, numbers=(1,), class_="record towns-table")


def _row(town: Row, start: datetime, replay: bool) -> tuple[Child, ...]:
    dates: Child = "in no run"
    if town["hours"]:
        low, middle, high = (date(start, town["hours"][k]) for k in (0, 2, 4))
        dates = join(middle, element("div", f"90{words.THIN}%: {low} to {high}", class_="tag"))
    told = [_said(start, row) for row in town["told"]]
    if replay:
        standing: Child = "replay, not scored"
    else:
        held = FOUND[town["standing"]]
        standing = held if town["standing"] == "in" else element("span", held, class_="loss")
    return (town["name"], words.percent(town["probability"]), dates, told, standing)


def date(start: datetime, hour: float) -> str:
    """Return the day of an hour: ``7 October``; an hour at midnight belongs to the day that ends."""
    return words.moment(start + timedelta(hours=round(hour, 6))).split(",")[0]


def _said(start: datetime, row: Row) -> Markup:
    """Return an interval of the record with its source and what becomes of it."""
    if row["taken"]:
        first, last = (start + timedelta(hours=row[end]) for end in ("earliest", "latest"))
        ends = dict.fromkeys((words.day(first), words.moment(last).split(",")[0]))
        text = " to ".join(ends)
    else:
        text = "not changed by the end"
    source = f"{row['source']}, published {row['published']}; {row['role']}"
    return element("div", element("div", text), element("div", source, class_="evidence"))
