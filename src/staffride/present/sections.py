"""The sections that show results: in short, arrivals, what each day could tell, queue, shelter."""

from __future__ import annotations

from functools import partial

from staffride.present import charts, panels, words
from staffride.present.layout import chart_key, figure, section
from staffride.present.markup import Markup, element, join
from staffride.present.summary import Bundle, Summary
from staffride.present.summary_views import crossings_html, to_html


def summary_section(summary: Summary) -> Markup:
    """Return the headline figures, the crossings beside the bulletins and the passages."""
    cards = [
        element(
            "div",
            element("dt", f.meaning),
            element("dd", f.value, class_="value"),
            element("dd", f"90{words.THIN}%: {f.band}", class_="band"),
        )
        for f in summary.figures
    ]
    headline = element("dl", cards, class_="headline")
    return section("summary", "In short", "", headline, _beside(summary), to_html(summary))


def _beside(summary: Summary) -> Markup | None:
    """Return the crossings beside the bulletins, or ``None`` where the scenario has no bulletin."""
    if not summary.crossings:
        return None
    marks = element("p", "● used to fit   ◇ held out; the last bulletin of each day", class_="tag")
    return join(element("div", crossings_html(summary), class_="scroll"), marks)


def arrivals_section(bundle: Bundle) -> Markup:
    """Return arrivals with bands against the bulletins."""
    lede = (
        "Cumulative persons who have crossed. Filled dots are bulletins that the ensemble was fitted to; open "
        "diamonds were kept back to test it. A thin horizontal line shows how uncertain the hour of a "
        "bulletin is."
    )
    draw = partial(charts.series_chart, bundle, name="arrivals", title="People who have crossed")
    return section("arrivals", "How many had crossed, and when", lede, chart_key(), figure(charts.both(draw)))


def origins_section(bundle: Bundle) -> Markup | None:
    """Return how each day's bulletins narrow the final total, or ``None`` where no such fit is stored."""
    origins = bundle.get("origins")
    if not origins:
        return None
    lede = (
        "The population is contested. Each chart starts from another view of it "
        "(grey, at the left) and shows what the final total could be, given only the bulletins published by "
        "the end of each day. A band that is narrow too early would have used the answer."
    )
    caption = (
        f"Thin bar: 90{words.THIN}% band; thick bar: 50{words.THIN}% band; mark: median. Red line: "
        f"{words.count(origins['record'])} people, the number that in the end was counted."
    )
    content = figure(panels.origins_panels(bundle), caption)
    return section("narrowing", "What each day's bulletins could tell", lede, content)


def queue_section(bundle: Bundle) -> Markup:
    """Return the queue and the hours lost."""
    lede = (
        "What binds is the checkpoint, not the road: vehicles were inspected one by one. Hours lost are "
        "those beyond the driving time of an empty road, the mean over the people who cross in that hour."
    )
    caption = (
        "Press reports tell of the longest waits, the band of the mean wait: the two are not the same. A "
        "line with an open end is a report that gives only a bound."
    )
    content = element(
        "div",
        _titled(bundle, "queue_vehicles", "Vehicles waiting behind the checkpoint"),
        _titled(bundle, "delay_hours", "Hours lost on the road", caption),
        class_="pair",
    )
    return section("queue", "The queue and the hours it cost", lede, chart_key(), content)


def _titled(bundle: Bundle, name: str, title: str, caption: str = "") -> Markup:
    draw = partial(charts.series_chart, bundle, name=name, title=title, height=280)
    return element("div", element("h3", title), figure(charts.both(draw), caption))


def shelter_section(bundle: Bundle) -> Markup:
    """Return shelter by province against the snapshots."""
    lede = (
        "People in accommodation provided by the state. All charts share one scale; the figure at the "
        "right is the median at the end. The snapshots of the first days were used to fit, later ones "
        "were kept back."
    )
    caption = (
        "The official count changed its meaning on 2 October, when any support by the state was included; "
        "later figures are not compared. People who found an address of their own are not in these charts."
    )
    content = figure(panels.shelter_panels(bundle), caption)
    return section("shelter", "Shelter by province", lede, chart_key(), content)
