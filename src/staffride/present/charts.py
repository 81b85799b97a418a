"""The charts of the report: bands of the ensemble with the record on them.

Each chart is drawn twice, for a wide and for a narrow page, so that its type keeps its size on a telephone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from staffride.present import words
from staffride.present.markup import Markup, element, join
from staffride.present.summary import Bundle, observations
from staffride.present.svg import Floats, Plot, Scale, drawing, spread, ticks

WIDE, NARROW = 920.0, 360.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot lies in its drawing, in drawing units."""

    width: float
    height: float
    left: float = 58.0
    right: float = 96.0
    top: float = 26.0
    bottom: float = 30.0

    @property
    def narrow(self) -> bool:
        """Whether the drawing is for a telephone."""
        return self.width <= NARROW

    def plot(self, hours: float, top_value: float) -> Plot:
        """Return an empty plot from hour 0 to ``hours`` and from 0 to ``top_value``."""
        right = self.width - self.right
        return Plot(
            Scale(0, hours, self.left, right), Scale(0, top_value, self.height - self.bottom, self.top)
        )


def both(draw: Any, bundle: Bundle, *arguments: Any) -> Markup:
    """Return the wide and the narrow version of a chart; the style sheet shows one of them."""
    return join(
        element("div", draw(bundle, WIDE, *arguments), class_="wide"),
        element("div", draw(bundle, NARROW, *arguments), class_="narrow"),
    )


def grid(bundle: Bundle) -> Floats:
    """Return the ends of the hours, in hours since the start, shape (H,)."""
    return np.arange(1.0, len(bundle["times"]) + 1)


def quantiles(bundle: Bundle, name: str) -> Mapping[str, Floats]:
    """Return the quantiles of a series as arrays of shape (H,), with ``nan`` where nobody crossed."""
    return {q: np.array(values, dtype=np.float64) for q, values in bundle["series"][name].items()}


def days(bundle: Bundle) -> list[tuple[float, datetime]]:
    """Return each midnight of the period as (hours since the start, moment)."""
    start = datetime.fromisoformat(bundle["period"]["start"])
    hours = len(bundle["times"])
    first = (24 - start.hour) % 24
    return [(float(h), start + timedelta(hours=h)) for h in range(first, hours + 1, 24)]


def time_axis(plot: Plot, bundle: Bundle, frame: Frame) -> None:
    """Add a tick at each midnight and the name of each day between two of them."""
    marks = days(bundle)
    every = 3 if frame.narrow else 1
    plot.axis_x([hour for hour, _ in marks], ["" for _ in marks])
    for index, (hour, date) in enumerate(marks[:-1]):
        if index % every == 0:
            name = f"{date.day} {date:%b}" if index == 0 or date.day == 1 or frame.narrow else str(date.day)
            plot.text(plot.x.at(hour + 12), plot.y.start + 20, name, "tick", "middle")


def value_axis(plot: Plot, values: Sequence[float], narrow: bool) -> None:
    """Add the value axis: full figures on a wide page, thousands as ``k`` on a narrow one."""
    short = narrow and values[-1] >= 5_000
    plot.axis_y(values, [f"{v / 1000:g}k" if short and v else words.count(v) for v in values])


def fan(plot: Plot, x: Floats, levels: Mapping[str, Floats]) -> None:
    """Add the 90 % band, the 50 % band and the median of one series."""
    plot.band(x, levels["q05"], levels["q95"], "band90")
    plot.band(x, levels["q25"], levels["q75"], "band50")
    plot.line(x, levels["q50"], "median")


def _title(observation: Mapping[str, Any]) -> str:
    when = words.moment(datetime.fromisoformat(observation["time"]))
    used = {"calibration": "used to fit", "held_out": "held out"}.get(
        observation["role"], observation["role"]
    )
    return f"{words.count(observation['value'])}, {when} ({used}; {observation['source']})"


def record(plot: Plot, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add observations: filled dots where the fit used them, open diamonds where it did not."""
    for row in rows:
        spread_h = row.get("time_uncertainty_h") or 0.0
        if spread_h >= 1 or row.get("low") is not None:
            _whiskers(plot, row, spread_h)
        if row["role"] == "calibration":
            plot.dot(row["hour"], row["value"], "used", _title(row))
        else:
            plot.diamond(row["hour"], row["value"], "held", _title(row))


def _whiskers(plot: Plot, row: Mapping[str, Any], spread_h: float) -> None:
    """Add how uncertain an observation is, in time and in value."""
    x, y = plot.x.at(row["hour"]), plot.y.at(row["value"])
    early, late = plot.x.at(max(row["hour"] - spread_h, plot.x.low)), plot.x.at(row["hour"] + spread_h)
    plot.add("line", x1=early, x2=min(late, plot.x.end), y1=y, y2=y, class_="whisker")
    low, high = row.get("low"), row.get("high")
    if low is not None and high is not None:
        plot.add("line", x1=x, x2=x, y1=plot.y.at(low), y2=plot.y.at(high), class_="whisker")


def cutoff(plot: Plot, bundle: Bundle, narrow: bool) -> None:
    """Add the line after which nothing published was used."""
    until = bundle["run"]["conditioned_until"]
    if not until:
        return
    start = datetime.fromisoformat(bundle["period"]["start"])
    hour = (datetime.fromisoformat(until) - start).total_seconds() / 3600
    if not plot.x.low <= hour <= plot.x.high:
        return
    plot.rule_x(hour, "cutoff")
    at = plot.x.at(hour)
    plot.text(at - 6, plot.y.end - 8, "used" if narrow else "used to fit", "note", "end")
    plot.text(at + 6, plot.y.end - 8, "held out", "note")


def end_labels(plot: Plot, levels: Mapping[str, Floats]) -> None:
    """Name the median and the two bands at the right end of the plot."""
    names = {"q95": f"90{words.THIN}% band", "q75": f"50{words.THIN}% band", "q50": "median"}
    last = {q: float(levels[q][np.isfinite(levels[q])][-1]) for q in names}
    wanted = [plot.y.at((last["q95"] + last["q75"]) / 2), plot.y.at((last["q75"] + last["q50"]) / 2)]
    placed = spread([*wanted, plot.y.at(last["q50"])], 15, plot.y.end, plot.y.start)
    for y, (q, name) in zip(placed, names.items(), strict=True):
        plot.text(plot.x.end + 8, y + 4, name, f"label {q}")


def _frame(width: float, height: float) -> Frame:
    return Frame(width, height) if width > NARROW else Frame(width, min(height, 260), 40, 12, 24, 28)


def series_chart(bundle: Bundle, width: float, name: str, title: str, height: float = 380) -> Markup:
    """Return the fan of one series with its observations and the cut-off.

    The drawing carries what the page's script needs for the read-out: its series and the ends of its time axis.
    """
    frame = _frame(width, height)
    levels, rows = quantiles(bundle, name), observations(bundle, name)
    rows = [row for row in rows if row["hour"] <= len(bundle["times"])]
    top = max(float(np.nanmax(levels["q95"])), *(row["value"] for row in rows), 1.0)
    values = ticks(0, top, 4 if frame.narrow else 5)
    plot = frame.plot(len(bundle["times"]), values[-1])
    value_axis(plot, values, frame.narrow)
    fan(plot, grid(bundle), levels)
    time_axis(plot, bundle, frame)
    cutoff(plot, bundle, frame.narrow)
    record(plot, rows)
    if not frame.narrow:
        end_labels(plot, levels)
    return _readable(frame, plot, title, name)


def _readable(frame: Frame, plot: Plot, title: str, name: str) -> Markup:
    """Return the drawing with what the read-out script needs to know about its axes."""
    attributes = {
        "data-series": name,
        "data-left": f"{plot.x.start:g}",
        "data-right": f"{plot.x.end:g}",
        "data-top": f"{plot.y.end:g}",
        "data-bottom": f"{plot.y.start:g}",
        "data-high": f"{plot.y.high:g}",
    }
    return drawing(frame.width, frame.height, title, plot.marks, **attributes)


def shelter_panel(bundle: Bundle, slug: str, name: str, top: float) -> Markup:
    """Return one small chart: people in state shelter in one province, on the scale that all provinces share."""
    frame = Frame(212, 132, 34, 8, 26, 20)
    levels = quantiles(bundle, f"shelter.{slug}")
    plot = frame.plot(len(bundle["times"]), top)
    value_axis(plot, [0, top / 2, top], narrow=True)
    fan(plot, grid(bundle), levels)
    marks = days(bundle)
    plot.axis_x([hour for hour, _ in marks], ["" for _ in marks], 3)
    for hour, date in (marks[0], marks[-2]):
        plot.text(plot.x.at(hour + 12), plot.y.start + 16, f"{date.day} {date:%b}", "tick", "middle")
    record(plot, [o for o in observations(bundle, f"shelter.{slug}") if o["hour"] <= len(bundle["times"])])
    plot.text(frame.left - 26, 14, name, "panel")
    last = words.count(words.rounded(float(levels["q50"][-1]), 10))
    plot.text(plot.x.end, 14, last, "panel-value", "end")
    return drawing(frame.width, frame.height, f"People in state shelter in {name}", plot.marks)


def shelter_panels(bundle: Bundle) -> Markup:
    """Return the small charts of all provinces, the largest need first."""
    last = {
        p["slug"]: float(bundle["series"][f"shelter.{p['slug']}"]["q50"][-1]) for p in bundle["provinces"]
    }
    highest = max(max(bundle["series"][f"shelter.{slug}"]["q95"]) for slug in last)
    seen = [o["value"] for o in bundle["observations"] if o["series"][8:] in last]
    top = ticks(0, max(highest, *seen, 1.0), 2)[-1]
    ordered = sorted(bundle["provinces"], key=lambda p: -last[p["slug"]])
    panels = [shelter_panel(bundle, p["slug"], p["name"], top) for p in ordered]
    return element("div", panels, class_="panels")


def origins_chart(bundle: Bundle, width: float) -> Markup:
    """Return how the final total narrows with each day's bulletins, one panel for each prior."""
    origins = bundle["origins"]
    highest = max(band[4] for prior in origins["priors"].values() for band in prior["bands"])
    highest = max(highest, *(band[4] for band in origins["prior_bands"].values()))
    values = ticks(0, highest, 4)
    panels = [_origin_panel(bundle, name, values, width <= NARROW) for name in origins["priors"]]
    return element("div", panels, class_="panels origins")


def _origin_panel(bundle: Bundle, name: str, values: Sequence[float], narrow: bool) -> Markup:
    """Return one prior's panel: its own band at the left, then one band for each origin."""
    origins = bundle["origins"]
    prior = origins["priors"][name]
    frame = Frame(NARROW if narrow else 212, 220 if narrow else 250, 40, 8, 34, 44)
    plot = frame.plot(len(origins["origins"]) + 1, values[-1])
    value_axis(plot, values, narrow=True)
    plot.rule_y(origins["record"], "record")
    bands = [origins["prior_bands"][name], *prior["bands"]]
    for position, band in enumerate(bands):
        _origin_mark(plot, position + 0.5, band, "first" if position == 0 else "later")
    dates = [datetime.fromisoformat(o) - timedelta(hours=1) for o in origins["origins"]]
    plot.axis_x([], [])
    plot.text(plot.x.at(0.5), plot.y.start + 16, "prior", "tick", "middle")
    for position, date in enumerate(dates):
        plot.text(plot.x.at(position + 1.5), plot.y.start + 16, str(date.day), "tick", "middle")
    plot.text(plot.x.at(1 + len(dates) / 2), plot.y.start + 34, f"end of … {dates[-1]:%B}", "tick", "middle")
    plot.text(2, 14, prior["label"], "panel")
    return drawing(
        frame.width, frame.height, f"Final total by forecast origin, prior: {prior['label']}", plot.marks
    )


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
