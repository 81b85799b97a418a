"""The charts of the report: bands of the ensemble with the record on them.

Each chart is drawn twice, for a wide and for a narrow page, so that its type keeps its size on a telephone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from staffride.present import words
from staffride.present.marks import cutoff, highest, record
from staffride.present.markup import Markup, element, join
from staffride.present.summary import Bundle, observations
from staffride.present.svg import Floats, Plot, Scale, drawing, spread, ticks

WIDE, NARROW = 920.0, 360.0
LONGEST_BY_CLOCK = 72
"""Hours of the longest period whose time axis shows the hours."""
LONGEST_BY_DAY = 16
"""Days of the longest period whose time axis names each of them."""
LONGEST_BY_WEEK = 120
"""Days of the longest period whose time axis names a day of each week."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot lies in its drawing, in drawing units."""

    width: float
    height: float
    left: float = 64.0
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


def both(draw: Callable[[float], Markup]) -> Markup:
    """Return the wide and the narrow version of a chart; the style sheet shows one of them."""
    return join(
        element("div", draw(WIDE), class_="wide"),
        element("div", draw(NARROW), class_="narrow"),
    )


def grid(bundle: Bundle) -> Floats:
    """Return the ends of the steps, hours or days, in hours since the start, shape (T,)."""
    return step_hours(bundle) * np.arange(1.0, len(bundle["times"]) + 1)


def step_hours(bundle: Bundle) -> int:
    """Return how many hours a value of a series stands for: one, where the bundle does not say."""
    return int(bundle.get("step_h", 1))


def hours(bundle: Bundle) -> int:
    """Return the length of the period in hours."""
    return step_hours(bundle) * len(bundle["times"])


def quantiles(bundle: Bundle, name: str) -> Mapping[str, Floats]:
    """Return the quantiles of a series as arrays of shape (H,), with ``nan`` where nobody crossed."""
    levels = {q: np.array(values, dtype=np.float64) for q, values in bundle["series"][name].items()}
    if name == "delay_hours":
        levels = {q: np.where(_busy(bundle), values, np.nan) for q, values in levels.items()}
    return levels


def _busy(bundle: Bundle) -> NDArray[np.bool_]:
    """Return the hours from the first to the last in which a good number cross: else nobody has a delay."""
    flow = np.array(bundle["series"]["flow"]["q50"], dtype=np.float64)
    busy = np.flatnonzero(flow >= 0.01 * flow.max())
    hours = np.arange(flow.size)
    return np.asarray((hours >= busy[0]) & (hours <= busy[-1]))


def days(bundle: Bundle) -> list[tuple[float, datetime]]:
    """Return each midnight of the period as (hours since the start, moment)."""
    start = datetime.fromisoformat(bundle["period"]["start"])
    first = (24 - start.hour) % 24
    return [(float(h), start + timedelta(hours=h)) for h in range(first, hours(bundle) + 1, 24)]


def time_axis(plot: Plot, bundle: Bundle, frame: Frame) -> None:
    """Add a tick at each midnight and the name of each day between two of them; in a short period, the hours."""
    if hours(bundle) <= LONGEST_BY_CLOCK:
        clock_axis(plot, bundle, 4 if frame.narrow else 8)
        return
    marks = days(bundle)
    every = _named_days(len(marks), frame.narrow)
    ticked = ticked_days(marks)
    plot.axis_x([hour for hour, _ in ticked], ["" for _ in ticked])
    for index, (hour, date) in enumerate(marks[:-1]):
        if index % every == 0:
            whole = index == 0 or date.day == 1 or every > 1
            name = f"{date.day} {date:%b}" if whole else str(date.day)
            plot.text(plot.x.at(hour + 12), plot.y.start + 20, name, "tick", "middle")


def ticked_days(marks: Sequence[tuple[float, datetime]]) -> Sequence[tuple[float, datetime]]:
    """Return the midnights that have a tick: all of a fortnight, else one a week."""
    return marks if len(marks) <= LONGEST_BY_DAY else marks[::7]


def _named_days(count: int, narrow: bool) -> int:
    """Return that every so manyth day is named: all or every third of a fortnight, one or two a week, one a month."""
    if count <= LONGEST_BY_DAY:
        return 3 if narrow else 1
    if count > LONGEST_BY_WEEK:
        return 90 if narrow else 30
    return 14 if narrow else 7


def clock_axis(plot: Plot, bundle: Bundle, most: int) -> None:
    """Add ticks with the time of day, ``most`` to the length of the axis."""
    start, end = datetime.fromisoformat(bundle["period"]["start"]), hours(bundle)
    step = next(every for every in (1, 2, 3, 6, 12, 24, 48) if end / every <= most)
    marks = [float(hour) for hour in range(-start.hour % step, end + 1, step)]
    names = [words.clock(start + timedelta(hours=hour)) if hour else f"{start:%H:%M}" for hour in marks]
    plot.axis_x(marks, names)


def value_axis(plot: Plot, values: Sequence[float], narrow: bool) -> None:
    """Add the value axis: full figures on a wide page, thousands as ``k`` on a narrow one."""
    plot.axis_y(values, axis_labels(values, narrow).values())


def axis_labels(values: Sequence[float], narrow: bool) -> dict[float, str]:
    """Return what stands beside the grid lines of counts."""
    short = narrow and values[-1] >= 5_000
    return {v: f"{v / 1000:g}k" if short and v else words.count(v) for v in values}


def fan(plot: Plot, x: Floats, levels: Mapping[str, Floats]) -> None:
    """Add the 90 % band, the 50 % band and the median of one series."""
    plot.band(x, levels["q05"], levels["q95"], "band90")
    plot.band(x, levels["q25"], levels["q75"], "band50")
    plot.line(x, levels["q50"], "median")


def end_labels(plot: Plot, levels: Mapping[str, Floats]) -> None:
    """Name the median and the two bands at the right end of the plot, where they end apart."""
    if not float(levels["q95"][-1]) - float(levels["q05"][-1]) > 0.06 * plot.y.high:
        return  # no room for names, or nothing to name
    names = {"q95": f"90{words.THIN}% band", "q75": f"50{words.THIN}% band", "q50": "median"}
    last = {q: float(levels[q][-1]) for q in names}
    wanted = [plot.y.at((last["q95"] + last["q75"]) / 2), plot.y.at((last["q75"] + last["q50"]) / 2)]
    placed = spread([*wanted, plot.y.at(last["q50"])], 15, plot.y.end, plot.y.start)
    for y, (q, name) in zip(placed, names.items(), strict=True):
        plot.text(plot.x.end + 8, y + 4, name, f"label {q}")


def frame_of(width: float, height: float) -> Frame:
    """Return the frame of a chart of full width: lower on a narrow page."""
    return Frame(width, height) if width > NARROW else Frame(width, min(height, 260), 40, 12, 24, 28)


def series_chart(bundle: Bundle, width: float, name: str, title: str, height: float = 380) -> Markup:
    """Return the fan of one series with its observations and the cut-off.

    The drawing carries what the page's script needs for the read-out: its series and the ends of its time
    axis.
    """
    frame = frame_of(width, height)
    levels, rows = quantiles(bundle, name), observations(bundle, name)
    top = max(float(np.nanmax(levels["q95"])), highest(rows), 1.0)
    values = ticks(0, top, 4 if frame.narrow else 6)
    plot = frame.plot(hours(bundle), values[-1])
    value_axis(plot, values, frame.narrow)
    fan(plot, grid(bundle), levels)
    time_axis(plot, bundle, frame)
    cutoff(plot, bundle, frame.narrow)
    record(plot, rows)
    if not frame.narrow:
        end_labels(plot, levels)
    return readable(frame, plot, title, name)


def readable(frame: Frame, plot: Plot, title: str, name: str) -> Markup:
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
