"""How a series looks in a notebook: a small chart with its bands, and a plot by matplotlib."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from staffride.results.series import aware, local_time, missing_extra
from staffride.results.tables import statistics
from staffride.results.vocabulary import meaning

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from staffride.results.series import Series

WIDTH, HEIGHT = 560, 160
BANDS = ((0.05, 0.95, 0.2), (0.25, 0.75, 0.35))
COLOUR = "#2f6f9f"


def draw_bands(series: Series, ax: Axes | None, line: dict[str, Any]) -> Axes:
    """Draw the median of ``series`` with its 50 and 90 % bands on ``ax``; see ``Series.plot``."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise missing_extra("matplotlib") from error
    if ax is None:
        _, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
    times = np.array([aware(moment, series.time_zone) for moment in series.times])
    for low, high, opacity in BANDS:
        ends = statistics(series.values, (low, high))[1:]
        label = f"{100 * (high - low):.0f} % of replications"
        ax.fill_between(times, *ends, color=COLOUR, alpha=opacity, linewidth=0, label=label)
    ax.plot(times, statistics(series.values, (0.5,))[1], **({"color": COLOUR, "label": "median"} | line))
    ax.set_ylabel(series.unit)
    ax.set_title(f"{series.name}: {meaning(series.name).phrase}", loc="left", fontsize="medium")
    ax.legend(frameon=False)
    return ax


def series_html(series: Series) -> str:
    """Return ``series`` as HTML: a heading, a chart of the bands, the figures at the end."""
    low90, low50, middle, high50, high90 = statistics(series.values, (0.05, 0.25, 0.5, 0.75, 0.95))[1:]
    top, said = float(np.nanmax(high90, initial=1.0)), meaning(series.name)
    marks = (
        f'<polygon points="{_outline(low90, high90, top)}" fill="{COLOUR}" opacity="0.2"/>'
        f'<polygon points="{_outline(low50, high50, top)}" fill="{COLOUR}" opacity="0.35"/>'
        f'<polyline points="{_points(middle, top)}" fill="none" stroke="{COLOUR}" stroke-width="2"/>'
    )
    first, last = (local_time(series.times[i], series.time_zone) for i in (0, -1))
    return (
        f"<div><strong>{escape(series.name)}</strong>: {escape(said.phrase)}"
        f'<br><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="median with 50 and 90 percent bands">{marks}</svg><br>'
        f"<small>{first} to {last}; top of the chart {said.figure(top)}; {len(series):,} replications. At the end: "
        f"median {said.figure(middle[-1])}, 90 % {said.figure(low90[-1])} to {said.figure(high90[-1])}."
        "</small></div>"
    )


def _points(values: NDArray[np.float64], top: float) -> str:
    across = np.linspace(0, WIDTH, len(values))
    pairs = zip(across, HEIGHT * (1 - values / top), strict=True)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs if np.isfinite(y))


def _outline(low: NDArray[np.float64], high: NDArray[np.float64], top: float) -> str:
    there, back = _points(high, top), _points(low, top).split(" ")
    return f"{there} {' '.join(reversed(back))}"
