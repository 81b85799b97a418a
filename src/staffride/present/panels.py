"""Small charts side by side: shelter by province, forecast origins, and a parameter's prior and posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from staffride.present import words
from staffride.present.charts import (
    LONGEST_BY_CLOCK,
    Frame,
    axis_labels,
    clock_axis,
    days,
    fan,
    grid,
    hours,
    quantiles,
    ticked_days,
    value_axis,
)
from staffride.present.marks import highest, record
from staffride.present.markup import Markup, element
from staffride.present.summary import Bundle, observations
from staffride.present.svg import Plot, Scale, drawing, ticks


def panel(
    bundle: Bundle, series: str, heading: str, title: str, last: str, labels: Mapping[float, str]
) -> Markup:
    """Return one small chart: the bands of one series with its observations.

    Parameters
    ----------
    series
        Name of the series.
    heading, title, last
        What it shows, in few words and for a screen reader, and its value at the end in words.
    labels
        Values at the grid lines, ascending, with what is written beside them; the last is the top of the scale.
    """
    frame = Frame(212, 132, 34, 8, 26, 20)
    plot = frame.plot(hours(bundle), max(labels))
    plot.axis_y(labels, labels.values())
    fan(plot, grid(bundle), quantiles(bundle, series))
    _time_axis(plot, bundle)
    record(plot, observations(bundle, series))
    plot.text(frame.left - 26, 14, heading, "panel")
    plot.text(plot.x.end, 14, last, "panel-value", "end")
    return drawing(frame.width, frame.height, title, plot.marks)


def _time_axis(plot: Plot, bundle: Bundle) -> None:
    """Add the first and the last day, or in a short period the hours."""
    if hours(bundle) <= LONGEST_BY_CLOCK:
        clock_axis(plot, bundle, 2)
        return
    marks = days(bundle)
    ticked = ticked_days(marks)
    plot.axis_x([hour for hour, _ in ticked], ["" for _ in ticked], 3)
    for hour, date in (marks[0], marks[-2]):
        plot.text(plot.x.at(hour + 12), plot.y.start + 16, f"{date.day} {date:%b}", "tick", "middle")


def shelter_panels(bundle: Bundle) -> Markup:
    """Return the small charts of all provinces, the largest need first."""
    last = {
        p["slug"]: float(bundle["series"][f"shelter.{p['slug']}"]["q50"][-1]) for p in bundle["provinces"]
    }
    most = max(max(bundle["series"][f"shelter.{slug}"]["q95"]) for slug in last)
    seen = highest([row for slug in last for row in observations(bundle, f"shelter.{slug}")])
    top = ticks(0, max(most, seen, 1.0), 2)[-1]
    labels = axis_labels([0, top / 2, top], narrow=True)
    ordered = sorted(bundle["provinces"], key=lambda p: -last[p["slug"]])
    return element(
        "div", [_shelter_panel(bundle, p, last[p["slug"]], labels) for p in ordered], class_="panels"
    )


def _shelter_panel(
    bundle: Bundle, province: Mapping[str, Any], last: float, labels: Mapping[float, str]
) -> Markup:
    name, title = province["name"], f"People in state shelter in {province['name']}"
    at_end = words.count(words.rounded(last, 10))
    return panel(bundle, f"shelter.{province['slug']}", name, title, at_end, labels)


def origins_panels(bundle: Bundle) -> Markup:
    """Return how the final total narrows with each day's bulletins, one small chart for each prior."""
    origins = bundle["origins"]
    bands = [band for prior in origins["priors"].values() for band in prior["bands"]]
    values = ticks(0, max(band[4] for band in (*bands, *origins["prior_bands"].values())), 4)
    panels = [_origin_panel(origins, name, values) for name in origins["priors"]]
    return element("div", panels, class_="panels origins")


def _origin_panel(origins: Mapping[str, Any], name: str, values: Sequence[float]) -> Markup:
    """Return one prior's chart: its own band at the left, then one band for each origin."""
    prior = origins["priors"][name]
    frame = Frame(212, 232, 40, 6, 12, 44)
    dates = [datetime.fromisoformat(o) - timedelta(hours=1) for o in origins["origins"]]
    plot = frame.plot(len(dates) + 1.6, values[-1])
    value_axis(plot, values, narrow=True)
    plot.rule_y(origins["record"], "record")
    plot.axis_x([], [])
    _origin_mark(plot, 0.6, origins["prior_bands"][name], "first")
    plot.text(plot.x.at(0.6), plot.y.start + 16, "prior", "tick", "middle")
    for index, (date, band) in enumerate(zip(dates, prior["bands"], strict=True)):
        _origin_mark(plot, index + 2.1, band, "later")
        plot.text(plot.x.at(index + 2.1), plot.y.start + 16, str(date.day), "tick", "middle")
    when = f"end of day, {dates[-1]:%B}" if dates else ""
    plot.text(plot.x.end, plot.y.start + 34, when, "tick", "end")
    title = f"Final total by forecast origin, prior: {prior['label']}"
    drawn = drawing(frame.width, frame.height, title, plot.marks)
    return element("div", element("h3", prior["label"]), drawn)


def _origin_mark(plot: Plot, x: float, band: Sequence[float], class_: str) -> None:
    """Add one box: 90 % as a thin bar, 50 % as a thick one, the median as a line."""
    at, y = plot.x.at(x), [plot.y.at(v) for v in band]
    title = element("title", words.about(band[2], band[0], band[4], "people"))
    bars = (
        element("rect", x=at - 3, y=y[4], width=6, height=max(y[0] - y[4], 1.5), class_="band90"),
        element("rect", x=at - 6, y=y[3], width=12, height=max(y[1] - y[3], 1.5), class_="band50"),
        element("line", x1=at - 8, x2=at + 8, y1=y[2], y2=y[2], class_="median"),
    )
    plot.add("g", title, *bars, class_=class_)


def parameter_bar(prior: Sequence[float], posterior: Sequence[float] | None) -> Markup:
    """Return a small bar: the prior's 90 % range as a line, the posterior's 90 and 50 % over it."""
    bands = [prior, *([posterior] if posterior else [])]
    low, high = min(b[0] for b in bands), max(b[4] for b in bands)
    if high <= low:
        return Markup("")
    scale = Scale(low, high, 4, 116)
    marks = [_bar(scale, prior, 0, 4, 16, "prior")]
    if posterior:
        marks += [
            _bar(scale, posterior, 0, 4, 7, "band90 post"),
            _bar(scale, posterior, 1, 3, 7, "band50 post"),
        ]
        middle = scale.at(posterior[2])
        marks.append(element("line", x1=middle, x2=middle, y1=4, y2=14, class_="median"))
    return drawing(120, 20, "prior and posterior", marks, **{"class": "bar"})


def _bar(scale: Scale, band: Sequence[float], low: int, high: int, y: float, class_: str) -> Markup:
    x = scale.at(band[low])
    height = 2 if class_ == "prior" else 5
    return element("rect", x=x, y=y, width=max(scale.at(band[high]) - x, 1), height=height, class_=class_)
