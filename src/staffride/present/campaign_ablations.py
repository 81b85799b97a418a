"""What each variant changes in people, ground and towns: paired differences, under the same luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffride.present import charts, words
from staffride.present.campaign_differences import differences_figure
from staffride.present.campaign_summary import measure_of
from staffride.present.campaign_tables import pairs_table, variants_table
from staffride.present.campaign_variants import compared_one
from staffride.present.campaign_words import Measure, amount, difference, interval, side_name, titled
from staffride.present.ground_sections import folded
from staffride.present.layout import figure, section, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle
from staffride.results.paired import variant_column
from staffride.results.run import Run
from staffride.scenario.schema import Scenario

Json = dict[str, Any]
Row = Mapping[str, Any]
Numbers = NDArray[np.float64]

OF_SIDES = {
    "civilian_deaths": ("civilians killed", False),
    "displaced": ("civilians who fled", False),
    "deaths": ("soldiers killed", False),
    "held_share": ("share of the area held in the end", True),
}
"""Results of each side: what each is, and whether it is a share."""


def compared(run: Run, scenario: Scenario, towns: Sequence[Row]) -> Json:
    """Return the results of each side and of each town that the record says changed hands, by variant."""
    known = frozenset(run.total_names)
    sides = [
        _of_side(run, name, side) for side in scenario.sides for name in OF_SIDES if f"{name}.{side}" in known
    ]
    taken = [town for town in towns if town["taken"]]
    weight = {place.id: place.value for place in scenario.places}
    taken.sort(key=lambda town: -weight.get(town["id"], 0.0))
    return {
        "sides": sides,
        "towns": [_of_town(run, scenario, town) for town in taken],
    }


def _columns(run: Run, name: str) -> tuple[Numbers, dict[str, Numbers]]:
    """Return a total of the baseline, and of each variant."""
    names = {one.id: variant_column(name, one.id) for one in run.variants}
    found = run.totals.read(name, *names.values())
    return found[name], {one: found[column] for one, column in names.items()}


def _of_side(run: Run, name: str, side: str) -> Json:
    text, share = OF_SIDES[name]
    total = f"{name}.{side}"
    return compared_one(Measure(total, side, text, share, "persons"), *_columns(run, total))


def _of_town(run: Run, scenario: Scenario, town: Row) -> Json:
    """Return a town's probability of a change of control, and its day, where never counts as the end."""
    baseline, others = _columns(run, f"changed.{town['id']}")
    days = scenario.period.hours / 24

    def changed(hours: Numbers) -> Numbers:
        return np.isfinite(hours).astype(np.float64)

    def day(hours: Numbers) -> Numbers:
        return np.where(np.isfinite(hours), hours / 24, days)

    chance = Measure(
        f"changed.{town['id']}", "", f"{town['name']}: share of runs with a change of control", share=True
    )
    date = Measure(f"day.{town['id']}", "", f"{town['name']}: day of the change", share=False, unit="days")
    return {
        "id": town["id"],
        "name": town["name"],
        "chance": compared_one(chance, changed(baseline), {k: changed(v) for k, v in others.items()}),
        "day": compared_one(date, day(baseline), {k: day(v) for k, v in others.items()}),
    }


def changes_section(bundle: Bundle) -> Markup | None:
    """Return what each variant changes in people, ground and towns, or ``None`` where there is no variant."""
    measures = bundle["ground"]["measures"]
    if not bundle["variants"] or not measures["sides"]:
        return None
    lede = (
        "Each variant runs beside the baseline under the same luck, with one thing changed, so a difference is its "
        f"own. A number is the mean difference to the baseline; the range below it is its 95{words.THIN}% interval for "
        f"{words.count(bundle['run']['replications'])} replications. What is clear at that interval is dark, the rest "
        "grey. It is an answer of the model, and neither praise nor blame."
    )
    sides = [_side(bundle, side["id"], measures["sides"]) for side in bundle["sides"]]
    rows = [*measures["sides"], *(town[key] for town in measures["towns"] for key in ("chance", "day"))]
    every = [
        element("div", element("h4", f"{measure_of(row).heading}{_whose(row)}"), pairs_table(bundle, row))
        for row in rows
    ]
    return section(
        "changes",
        "One cause at a time: people, ground and towns",
        lede,
        _drawn(bundle, measures),
        sides,
        _towns(bundle, measures["towns"]),
        folded("Every number: means, parts of the baseline, and how often a variant is lower", join(every)),
    )


def _whose(row: Row) -> str:
    return f", {side_name(row['side'])}" if row["side"] else ""


def _drawn(bundle: Bundle, measures: Row) -> list[Markup]:
    """Return figures of the main town's probability, and of the soldiers killed on each side."""
    rows = [town["chance"] for town in measures["towns"][:1]]
    rows += [row for row in measures["sides"] if row["name"].startswith("deaths.")]
    return [_figure(bundle, row) for row in rows]


def _figure(bundle: Bundle, row: Row) -> Markup:
    measure = measure_of(row)
    mean = amount(measure, row["baseline"]["mean"])
    title = f"{measure.heading}{_whose(row)}: change from a mean of {mean}"
    draw = partial(_differences, bundle, row)
    return element("div", element("h4", title), figure(charts.both(draw)), class_="differences")


def _differences(bundle: Bundle, row: Row, width: float) -> Markup:
    return differences_figure(bundle, width, row)


def _side(bundle: Bundle, side: str, measures: Sequence[Row]) -> Markup | None:
    rows = [row for row in measures if row["side"] == side]
    if not rows:
        return None
    heading = element("h3", titled(side_name(side)))
    return element("div", heading, variants_table(bundle, rows), class_="side", data_side=side)


def _towns(bundle: Bundle, towns: Sequence[Row]) -> Markup | None:
    """Return by town and variant the change of the probability, in points, and of the day."""
    if not towns:
        return None
    labels = [one["label"] for one in bundle["variants"]]
    head = ("Town", "Baseline", *(titled(label) for label in labels))
    body: list[tuple[Child, ...]] = [_town(bundle, town) for town in towns]
    note = element(
        "p",
        "Share of runs with a change of control: difference in percentage points; below it the difference in days, "
        "where a run without a change counts as the last day.",
        class_="evidence",
    )
    heading = element("h3", "Towns that the record says changed hands")
    made = table(head, body, numbers=range(1, len(head)), class_="variants towns-by-variant")
    return element("div", heading, note, made, class_="side")


def _town(bundle: Bundle, town: Row) -> tuple[Child, ...]:
    chance, day = town["chance"], town["day"]
    base = join(
        words.percent(chance["baseline"]["mean"]),
        element("div", f"day {day['baseline']['mean']:.1f}", class_="tag"),
    )
    return (town["name"], base, *(_change(chance, day, one["id"]) for one in bundle["variants"]))


def _change(chance: Row, day: Row, variant: str) -> Child:
    pairs, days = (row["variants"][variant]["pairs"] for row in (chance, day))
    if pairs is None or days is None:
        return "–"
    measure = measure_of(chance)
    clear = pairs["low"] is not None and pairs["low"] * pairs["high"] > 0
    mean = element("span", difference(measure, pairs["mean"]), class_=None if clear else "muted")
    return join(
        mean,
        element("div", interval(measure, pairs), class_="tag"),
        element("div", f"{difference(measure_of(day), days['mean'])} days", class_="tag"),
    )
