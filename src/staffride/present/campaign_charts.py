"""Charts of a campaign's ground half: both sides at one scale, with the numbered figures of the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.campaign_figures import share_labels
from staffride.present.campaign_summary import stated
from staffride.present.campaign_tables import STANDING
from staffride.present.campaign_words import number, share_range, titled
from staffride.present.charts import Frame, axis_labels, fan, grid, hours, quantiles, readable, time_axis
from staffride.present.layout import table
from staffride.present.marks import highest, level
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, ticks

Row = Mapping[str, Any]

ON_EACH_DAY = "Soldiers killed on each day"
WIDTH, HEIGHT = 440.0, 250.0
"""Size of one of two charts side by side, drawing units: on a telephone they stand one below the other."""


def pair_of(bundle: Bundle, measure: str, title: str, rows: Sequence[Row], *, share: bool = False) -> Markup:
    """Return a series of both sides side by side at one scale, with the figures of the record.

    Parameters
    ----------
    measure
        The series without its side.
    title
        What it counts, in words.
    rows
        Figures of the record on it, in the order of their numbers.
    share
        Whether it is a share, shown as per cent.
    """
    shown = [side for side in bundle["sides"] if f"{measure}.{side['id']}" in bundle["series"]]
    most = [max(bundle["series"][f"{measure}.{side['id']}"]["q95"]) for side in shown]
    top = max(*most, highest(rows), 0.02 if share else 1.0) if most else 1.0
    drawn = [
        _side(bundle, measure, title, side, rows, min(top, 1.0) if share else top, share)
        if side in shown
        else _nothing(side)
        for side in bundle["sides"]
    ]
    return element("div", drawn, class_="sides")


def _side(
    bundle: Bundle, measure: str, title: str, side: Row, rows: Sequence[Row], top: float, share: bool
) -> Markup:
    """Return the chart of one side under its name, with its value at the end."""
    series = f"{measure}.{side['id']}"
    levels = bundle["series"][series]
    own = [(at, row) for at, row in enumerate(rows, 1) if row["series"] == series]
    drawn = _chart(bundle, series, f"{title}, {side['name']}, by day", own, top, share)
    return element(
        "div",
        element("h4", titled(side["name"])),
        element("p", _end(levels, title, share), class_="evidence"),
        element("figure", element("div", drawn)),
        data_series_of=series,
    )


def _nothing(side: Row) -> Markup:
    """Return what stands in the place of a chart where nothing happens on a side in any run."""
    said = element("p", "None in any run.", class_="evidence")
    return element("div", element("h4", titled(side["name"])), said)


def _end(levels: Mapping[str, Sequence[float]], title: str, share: bool) -> str:
    """Return the last value of a series, or for what is counted by day the day with the greatest median."""
    if title == ON_EACH_DAY:
        return f"On the worst day of the median: {words.count(max(levels['q50']))}"
    end = {name: values[-1] for name, values in levels.items()}
    return f"At the end: {share_and_ends(end) if share else count_and_ends(end)}"


def count_and_ends(end: Row) -> str:
    """Return a median with its 90 % band: ``2,900 (90 %: 1,200 to 5,100)``."""
    middle, band = counted(end)
    return f"{middle} (90{words.THIN}%: {band})"


def counted(end: Row) -> tuple[str, str]:
    """Return a median and its 90 % band: whole numbers below a thousand, above it as far as the band supports."""
    if end["q95"] < 1000:
        ends = dict.fromkeys(words.count(end[q]) for q in ("q05", "q95"))
        return words.count(end["q50"]), " to ".join(ends)
    return words.in_words(end["q50"], end["q05"], end["q95"])


def share_and_ends(end: Row) -> str:
    """Return a median share with its 90 % band."""
    return f"{words.percent(end['q50'])} (90{words.THIN}%: {share_range(end['q05'], end['q95'])})"


def _chart(
    bundle: Bundle, series: str, title: str, own: Sequence[tuple[int, Row]], top: float, share: bool
) -> Markup:
    frame = Frame(WIDTH, HEIGHT, 46, 12, 18, 28)
    values = ticks(0, top, 4)
    plot = frame.plot(hours(bundle), values[-1])
    labels = share_labels(values) if share else axis_labels(values, narrow=True)
    plot.axis_y(values, labels.values())
    fan(plot, grid(bundle), quantiles(bundle, series))
    time_axis(plot, bundle, Frame(360, HEIGHT))
    _marks(plot, own)
    return readable(frame, plot, title, series)


def _marks(plot: Plot, own: Sequence[tuple[int, Row]]) -> None:
    """Add the figures of the record: a diamond with its number, and a line for what the figure leaves open."""
    taken: list[tuple[float, float]] = []
    for at, row in own:
        x, y = plot.x.at(row["hour"]), plot.y.at(level(row))
        plain = row.get("unnumbered", False)
        while not plain and any(abs(x - left) < 13 and abs(y - above) < 22 for left, above in taken):
            x -= 14
        taken.append((x, y))
        low, high = row["low"], row["high"]
        if low is not None and high is not None and not row["bound"]:
            plot.add("line", x1=x, x2=x, y1=plot.y.at(low), y2=plot.y.at(high), class_="whisker")
        per_hour = (plot.x.end - plot.x.start) / (plot.x.high - plot.x.low)
        plot.diamond(plot.x.low + (x - plot.x.start) / per_hour, level(row), "held", said(row))
        if not plain:
            plot.text(x, y - 8, str(at), "mark", "middle")


def said(row: Row) -> str:
    """Return a figure with who said it and when it was published."""
    return f"{stated(row)}: {row['source']}, published {row['published']}"


def told_table(rows: Sequence[Row], name_of: Callable[[Row], str], *, numbered: bool = True) -> Markup | None:
    """Return figures of the record beside the runs at their hour, or ``None`` where there is none.

    Parameters
    ----------
    name_of
        What a figure counts, in words.
    numbered
        Whether the rows carry the numbers of marks in a chart.
    """
    head = ("Figure", "Stated", "Runs at that time", "Runs at or beyond it", "Standing")
    body = [_recorded(f"{at}  " if numbered else "", row, name_of(row)) for at, row in enumerate(rows, 1)]
    return table(head, body, numbers=(1, 2, 3), class_="record told-table") if body else None


def _recorded(mark: str, row: Row, what: str) -> tuple[Child, ...]:
    name = join(
        element("div", f"{mark}{what}: {row['source']}"),
        element("div", " ".join(_about(row)), class_="evidence"),
    )
    reach = "–" if row["reach"] is None else words.percent(row["reach"])
    if row["bound"] == "at most" and row["within"] is not None:
        kept = element("div", f"{words.percent(row['within'])} stay at or below", class_="tag")
        return (name, stated(row), _runs(row), join(reach, kept), STANDING[row["standing"]])
    return (name, stated(row), _runs(row), reach, STANDING[row["standing"]])


def _about(row: Row) -> list[str]:
    """Return what the record calls a figure, when it was published and of what time it tells, and notes on it."""
    sure = f"{row['confidence'] or 'unknown'} confidence"
    published = f"Published {row['published']}; for {_when(row)}; {sure}; {row['standing_role']}."
    label = f"{row['label'][:1].upper()}{row['label'][1:]}." if row["label"] else ""
    return [part for part in (label, published, row["note"]) if part]


def _when(row: Row) -> str:
    moment = words.moment(datetime.fromisoformat(row["time"]))
    length = row["duration_h"]
    if length:
        return f"the {length:g} hours to {moment}"
    uncertain = f" ± {row['time_uncertainty_h']:g} h" if row["time_uncertainty_h"] else ""
    return f"{moment}{uncertain}"


def _runs(row: Row) -> Markup:
    """Return what the runs have at the time of a figure."""
    low, middle, high = (row["runs"][k] for k in (0, 2, 4))
    if not row["as_count"]:
        band, shown = share_range(low, high), words.percent(middle)
    else:
        band = " to ".join(dict.fromkeys((number(low), number(high))))
        shown = number(middle)
    return join(shown, element("div", f"90{words.THIN}%: {band}", class_="tag"))
