"""The state of the forces by day, truces, and the end of the war."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from staffride.present import words
from staffride.present.bundle import described
from staffride.present.campaign_charts import pair_of, told_table
from staffride.present.campaign_figures import share_labels
from staffride.present.campaign_sections import campaign_key
from staffride.present.campaign_words import number
from staffride.present.charts import NARROW, Frame, both, grid, hours, time_axis
from staffride.present.layout import figure, section
from staffride.present.markup import Markup, element
from staffride.present.summary import Bundle
from staffride.present.svg import drawing
from staffride.results.run import Run
from staffride.results.vocabulary import CEASEFIRE

Json = dict[str, Any]
Row = Mapping[str, Any]

FORCES = {
    "present": ("Soldiers with their units", False),
    "cohesion": ("Cohesion, mean of those present", True),
    "supply_days": ("Days of supply, of what is shortest", False),
    "ammunition_days": ("Days of ammunition", False),
    "held_share": ("Share of the area held", True),
}
"""Series of the forces without the side: what each is, and whether it is a share."""

ENDS = ("over", "truces")
"""Series of the record on the end of the war."""


def end_of(run: Run) -> Json:
    """Return how often and when the war ends within the period, and how many truces are made and broken."""
    columns = run.totals.read(CEASEFIRE, "truces", "truces_broken")
    ends = columns[CEASEFIRE]
    happened = np.isfinite(ends)
    return {
        "probability": float(happened.mean()),
        "hours": described(ends[happened]) if happened.any() else None,
        "truces": described(columns["truces"]),
        "broken": described(columns["truces_broken"]),
    }


def forces_section(bundle: Bundle) -> Markup | None:
    """Return soldiers present, cohesion, supply, ammunition and area held, both sides side by side."""
    shown = [name for name in FORCES if any(f"{name}.{s['id']}" in bundle["series"] for s in bundle["sides"])]
    if not shown:
        return None
    lede = (
        "Means over the soldiers who are present. Cohesion is 100\u202f% where a unit holds together as in peace; "
        "days of supply are those of the kind that is shortest: ammunition, fuel or food. Both sides have one scale."
    )
    parts = [_force(bundle, name) for name in shown]
    return section("forces", "Strength, cohesion and supply", lede, campaign_key(record=False), parts)


def _force(bundle: Bundle, name: str) -> Markup:
    title, share = FORCES[name]
    drawn = pair_of(bundle, name, title, [], share=share)
    return element("div", element("h3", title), drawn, class_="measure")


def end_section(bundle: Bundle) -> Markup:
    """Return the probability by day that a truce holds and that the war is over, with what the record says."""
    end = bundle["ground"]["end"]
    told = {name: [row for row in bundle["ground"]["told"] if row["series"] == name] for name in ENDS}
    lede = (
        "Truces and the ceasefire are results, no inputs: they come by a chance that grows with losses, with ground "
        "lost, with supply and with pressure from outside."
    )
    if bundle["ground"]["replay"]:
        lede = "The truces of the record are given in this replay; the ceasefire is a result."
    return section(
        "end",
        "Truces and the end of the war",
        lede,
        element("p", end_in_words(end)),
        [element("p", _ceasefire(row)) for row in told["over"]],
        _probabilities(bundle),
        told_table(told["truces"], lambda _: "Truces made", numbered=False),
    )


def _ceasefire(row: Row) -> str:
    """Return when the record says that the ceasefire began, and who says so."""
    when = words.moment(datetime.fromisoformat(row["stated_time"]))
    return f"By the record the ceasefire began on {when} ({row['source']}, published {row['published']})."


def end_in_words(end: Row) -> str:
    """Return how often the war ends in the period, after how many days, and how many truces there are."""
    told = f"The war ends within the period in {words.percent(end['probability'])} of runs"
    if end["hours"]:
        low, middle, high = (number(end["hours"][q] / 24) for q in ("q05", "q50", "q95"))
        told += f", in these after {middle} days (90{words.THIN}%: {low} to {high})"
    made, broken = end["truces"], end["broken"]
    return (
        f"{told}. Truces made: {number(made['mean'])} in the mean (90{words.THIN}%: {made['q05']:.0f} to "
        f"{made['q95']:.0f}); broken: {number(broken['mean'])}."
    )


def _probabilities(bundle: Bundle) -> Markup | None:
    """Return the chart of both probabilities, or ``None`` where neither ever happens."""
    if not any(name in bundle["series"] for name in ("truce", "over")):
        return None
    return figure(both(lambda width: _chart(bundle, width)))


def _chart(bundle: Bundle, width: float) -> Markup:
    narrow = width <= NARROW
    frame = Frame(width, 220, 44, 14, 14, 28) if narrow else Frame(width, 260, 56, 130, 16)
    plot = frame.plot(hours(bundle), 1.0)
    values = [0.0, 0.25, 0.5, 0.75, 1.0]
    plot.axis_y(values, share_labels(values).values())
    time_axis(plot, bundle, frame)
    for name, class_, label in (("over", "median", "war over"), ("truce", "truce", "truce holds")):
        if name in bundle["series"]:
            mean = np.array(bundle["series"][name]["mean"])
            plot.line(grid(bundle), mean, class_)
            if not narrow:
                plot.text(plot.x.end + 8, plot.y.at(mean[-1]) + 4, label, "label")
    title = "Share of runs in which the war is over, and in which a truce holds, by day"
    return drawing(frame.width, frame.height, title, plot.marks)
