"""Where variants differ in the layers of a side's air defence: what got through and what survived, group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from staffride.model.campaign_inputs import BASELINE, CampaignInputs
from staffride.present import charts, words
from staffride.present.campaign_summary import measure_of
from staffride.present.campaign_variants import SURVIVING
from staffride.present.campaign_words import clipped, difference, interval, share_range, side_name, titled
from staffride.present.charts import NARROW
from staffride.present.layout import figure, key, section, swatch, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle
from staffride.present.svg import Plot, Scale, drawing
from staffride.scenario.figures import Layer
from staffride.scenario.schema import Scenario

Row = Mapping[str, Any]
Json = dict[str, Any]

ORDER: tuple[Layer, ...] = ("gun", "portable", "short", "medium", "long")
SHOWN = ("leakage", SURVIVING, "share_lost.air_defence")


def layers_of(scenario: Scenario, inputs: CampaignInputs) -> list[Json]:
    """Return for each side whose layers differ the layers and the network of each variant, the fewest layers first.

    Variants that only hold inputs at their medians are no defence, and are left out.
    """
    held = {one.id for one in scenario.variants if one.median and not (one.off or one.on or one.set)}
    labels = (scenario.baseline_label or BASELINE, *(one.label for one in scenario.variants))
    found = []
    for side in scenario.sides:
        rows = [
            {"variant": name, "label": labels[at], **_defence(scenario, side, inputs.unit_on[at])}
            for at, name in enumerate(inputs.variants)
            if name not in held
        ]
        if len({tuple(row["layers"]) for row in rows}) > 1:
            found.append(
                {
                    "side": side,
                    "rows": sorted(rows, key=_fewest),
                    "raid_fixed": _raid_fixed(scenario, inputs, side),
                }
            )
    return found


def _raid_fixed(scenario: Scenario, inputs: CampaignInputs, side: str) -> bool:
    """Whether the other side has the same units and orders, in the same numbers, in every variant."""
    units = np.array([unit.side != side for unit in scenario.units])
    orders = np.array([order.side != side for order in scenario.orders], dtype=bool)
    same = all(np.array_equal(on, inputs.unit_on[0, units]) for on in inputs.unit_on[:, units])
    same &= all(np.array_equal(on, inputs.order_on[0, orders]) for on in inputs.order_on[:, orders])
    names = {unit.strength for unit in scenario.units if unit.side != side}
    names |= {order.missions for order in scenario.orders if order.side != side}
    return same and not any(names & one.set.keys() for one in scenario.variants)


def _defence(scenario: Scenario, side: str, present: Sequence[bool]) -> Json:
    """Return which layers a side has, and whether any of its batteries stands on the network."""
    here = [unit for unit, there in zip(scenario.units, present, strict=True) if there and unit.side == side]
    guards = [unit for unit in here if scenario.systems[unit.system].layer is not None]
    layers = {scenario.systems[unit.system].layer for unit in guards}
    return {
        "layers": [layer for layer in ORDER if layer in layers],
        "networked": any(unit.networked for unit in guards),
    }


def _fewest(row: Json) -> tuple[int, list[str]]:
    return len(row["layers"]), row["layers"]


RAID_FIXED = (
    "The raid is fixed: the same missions at the same hours in every row. Rows differ in the defence only, and nothing "
    "here searches for a better attack. "
)


def layers_section(bundle: Bundle) -> Markup | None:
    """Return the figures and the table, or ``None`` where all variants have the same layers."""
    if not bundle["layers"]:
        return None
    fixed = RAID_FIXED if all(one["raid_fixed"] for one in bundle["layers"]) else ""
    lede = (
        f"{fixed}A bar is where the runs lie, a dot is their mean; both come from all "
        "that is uncertain in the inputs, so neighbours differ more surely than their bars show: the table has the "
        "paired differences."
    )
    content = [_side(bundle, one) for one in bundle["layers"]]
    return section("layers", "Layers, links and dummies", lede, _key(), content)


def _key() -> Markup:
    band = swatch(
        element("rect", x=0, y=4, width=26, height=6, class_="band90"),
        element("rect", x=6, y=4, width=14, height=6, class_="band50"),
    )
    alone = swatch(element("circle", cx=7, cy=7, r=4.4, class_="alone"), width=14)
    joined = swatch(element("circle", cx=7, cy=7, r=4.4, class_="estimate"), width=14)
    entries = (
        (band, f"runs: 50{words.THIN}% and 90{words.THIN}% band"),
        (alone, "mean, each battery for itself"),
        (joined, "mean, batteries on one network"),
    )
    return key(entries)


def _measures(bundle: Bundle, side: str) -> list[Row]:
    by_name = {row["name"]: row for row in bundle["measures"]}
    return [by_name[f"{name}.{side}"] for name in SHOWN if f"{name}.{side}" in by_name]


def _side(bundle: Bundle, one: Row) -> Markup:
    measures = _measures(bundle, one["side"])
    drawn = [_figure(row, one["rows"]) for row in measures[:2]]
    heading = element("h3", titled(side_name(one["side"])))
    return element("div", heading, drawn, _table(measures, one["rows"]), class_="side")


def _figure(measure: Row, rows: Sequence[Row]) -> Markup:
    title = titled(measure["text"])
    draw = partial(_draw, measure, rows, title)
    return element("div", element("h4", title), figure(charts.both(draw)), class_="differences")


def _own(measure: Row, row: Row) -> Row | None:
    """Return mean and bands of a measure under one variant."""
    if row["variant"] == BASELINE:
        found: Row | None = measure["baseline"]
    else:
        found = measure["variants"][row["variant"]]["own"]
    return found


def _groups(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    return [(_named(layers), list(group)) for layers, group in groupby(rows, key=lambda row: row["layers"])]


def _named(layers: Sequence[str]) -> str:
    """Return the layers in words, with their number."""
    names = {"gun": "guns", "portable": "portable missiles"}
    told = words.listing([names.get(one, f"{one} range") for one in layers])
    return titled(told) if told else "No air defence"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where groups, names and bars stand, in drawing units."""

    width: float

    @property
    def narrow(self) -> bool:
        return self.width <= NARROW

    @property
    def step(self) -> float:
        return 42.0 if self.narrow else 26.0

    @property
    def left(self) -> float:
        return 10.0 if self.narrow else 390.0

    def height(self, groups: int, rows: int) -> float:
        return 34.0 * groups + self.step * rows + 34


def _draw(measure: Row, rows: Sequence[Row], title: str, width: float) -> Markup:
    """Return the bars of all variants, under the heading of their layers."""
    layout, groups = _Layout(width), _groups(rows)
    height = layout.height(len(groups), len(rows))
    plot = Plot(Scale(0, 1, layout.left, width - 120 * (not layout.narrow) - 12), Scale(0, 1, height - 26, 6))
    values = (0.0, 0.5, 1.0) if layout.narrow else (0.0, 0.25, 0.5, 0.75, 1.0)
    for value in values:
        plot.rule_x(value, "grid")
    plot.axis_x(values, [f"{100 * value:g}{words.THIN}%" for value in values])
    y = 0.0
    for name, group in groups:
        plot.text(10, y + 22, clipped(name, 42 if layout.narrow else 90), "panel")
        y += 34
        for row in group:
            _bar(plot, layout, y, row, _own(measure, row))
            y += layout.step
    return drawing(width, height, f"{title}, by layers of air defence", plot.marks)


def _bar(plot: Plot, layout: _Layout, y: float, row: Row, own: Row | None) -> None:
    """Add name, bands, mean and number of one variant."""
    at = y + (28 if layout.narrow else 9)
    name = clipped(row["label"], 48 if layout.narrow else 58)
    plot.text(
        10 if layout.narrow else layout.left - 14, y + 13, name, "name", "start" if layout.narrow else "end"
    )
    if own is None:
        return
    for low, high, class_ in (("q05", "q95", "band90"), ("q25", "q75", "band50")):
        start, end = plot.x.at(own[low]), plot.x.at(own[high])
        plot.add("rect", x=start, y=at - 5, width=max(end - start, 1.5), height=10, class_=class_)
    class_ = "estimate" if row["networked"] else "alone"
    plot.add("circle", cx=plot.x.at(own["mean"]), cy=at, r=4.6, class_=class_)
    if not layout.narrow:
        plot.text(plot.x.end + 18, y + 13, _mean_and_band(own), "tick")


def _mean_and_band(own: Row) -> str:
    return f"{words.percent(own['mean'])}  ({share_range(own['q05'], own['q95'])})"


def _table(measures: Sequence[Row], rows: Sequence[Row]) -> Markup:
    """Return mean, band and paired difference of each measure by variant, group by group."""
    head = ("Layers and variant", *(titled(row["text"]) for row in measures))
    body: list[tuple[Child, ...]] = []
    for name, group in _groups(rows):
        for row in group:
            title = join(element("div", row["label"]), element("div", name, class_="evidence"))
            body.append((title, *(_cell(measure, row) for measure in measures)))
    return table(head, body, numbers=range(1, len(head)), class_="variants")


def _cell(measure: Row, row: Row) -> Child:
    own = _own(measure, row)
    if own is None:
        return "–"
    band = element("div", f"90{words.THIN}%: {share_range(own['q05'], own['q95'])}", class_="tag")
    return join(words.percent(own["mean"]), band, _paired(measure, row))


def _paired(measure: Row, row: Row) -> Markup | None:
    pairs = None if row["variant"] == BASELINE else measure["variants"][row["variant"]]["pairs"]
    if pairs is None:
        return None
    one = measure_of(measure)
    said = f"to baseline {difference(one, pairs['mean'])} ({interval(one, pairs)})"
    return element("div", said, class_="tag")
