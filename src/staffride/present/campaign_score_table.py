"""The scores of a campaign as a table: hits and misses alike, as the run keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from staffride.lab.campaign_baselines import LABELS
from staffride.present import words
from staffride.present.campaign_words import CLASSES, number, titled
from staffride.present.ground_sections import folded
from staffride.present.layout import section, table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle
from staffride.results.run import Run

Json = dict[str, Any]
Row = Mapping[str, Any]

COUNTED = {
    "deaths": "soldiers killed",
    "deaths_daily": "soldiers killed on a day",
    "deaths_daily.by_week": "soldiers killed in a week",
    "missing": "soldiers missing",
    "civilian_deaths": "civilians killed",
    "displaced": "civilians who fled",
    "captured_vehicles": "captured",
    "drone_share": "share of losses made by drones",
}
"""What series count, where their name does not read well."""


SPECIAL = {
    "pooled": "All together",
    "pooled.dates": "All dates together",
    "pooled.kept": "All places together that kept their holder",
    "over": "Ceasefire",
    "truces": "Truces made",
}
"""Rows that belong to no side."""


def scores_of(run: Run) -> Json:
    """Return what the run keeps of its scores: rows, single figures, and the same in words."""
    board = run.scoreboard
    return {
        "rows": dict(board.get("scores", {})),
        "points": list(board.get("points", ())),
        "says": list(board.get("says", ())),
    }


def scores_section(bundle: Bundle) -> Markup | None:
    """Return the table of held-out figures, or ``None`` where nothing was scored."""
    scores = bundle["ground"]["scores"]
    if not scores["points"] or bundle["ground"]["replay"]:
        return None
    inside = [sum(bool(row[f"in_{level}"]) for row in scores["points"]) for level in (50, 90)]
    count = len(scores["points"])
    counted = (
        f"Of {count} held-out figures {inside[0]} lie in the 50{words.THIN}% band and {inside[1]} in the "
        f"90{words.THIN}% band; half and nine tenths would be right. A band may hold a figure because it is wide: "
        "the width is told as a share of the record. CRPS is the distance between forecast and record in the "
        "figure's own unit, and less is better; simple forecasts stand beside it."
    )
    says = element("ul", [element("li", one) for one in scores["says"]], class_="says")
    return section(
        "scores",
        "Held-out figures: hits and misses",
        counted,
        _rows_table(bundle, scores["rows"]),
        folded("The same in words, wins and losses alike", says) if scores["says"] else None,
        folded(f"All {count} held-out figures", _points_table(bundle, scores["points"])),
    )


def named(bundle: Bundle, name: str) -> str:
    """Return what a row of scores tells of, in words."""
    series = name.removesuffix(".before_cutoff").removesuffix(".by_week")
    ending = ", in part before the cut-off" if name.endswith(".before_cutoff") else ""
    if series.startswith("changed."):
        places = {place["id"]: place["name"] for place in bundle["ground"]["places"]}
        slug = series.removeprefix("changed.")
        return f"Date: {places.get(slug, slug)}{ending}"
    if series in SPECIAL:
        return f"{SPECIAL[series]}{ending}"
    measure, _, rest = series.partition(".")
    measure += ".by_week" if ".by_week" in name else ""
    sides = {side["id"]: side["name"] for side in bundle["sides"]}
    one, _, side = rest.rpartition(".")
    what = (
        f"{COUNTED.get(measure, measure.replace('_', ' '))} {CLASSES.get(one, one.replace('_', ' '))}".strip()
    )
    return f"{titled(what)}, {sides.get(side, side)}{ending}" if side else f"{titled(what)}{ending}"


def _rows_table(bundle: Bundle, rows: Mapping[str, Row]) -> Markup:
    head = (
        "What",
        "Figures",
        f"In 50{words.THIN}%",
        f"In 90{words.THIN}%",
        "Width / record",
        "CRPS",
        "Best simple forecast",
        "Ratio",
    )
    body = [_scored(bundle, name, row) for name, row in rows.items()]
    return table(head, body, numbers=range(1, 6), class_="scores")


def _scored(bundle: Bundle, name: str, row: Row) -> tuple[Child, ...]:
    width = row.get("width_share")
    best = row.get("best_baseline")
    simple: Child = "–"
    if best:
        crps = in_unit(row["baselines"][best], row["unit"])
        simple = join(element("div", crps), element("div", LABELS.get(best, best), class_="evidence"))
    return (
        named(bundle, name),
        words.count(row["n"]),
        _covered(row["covered_50"], row["n"]),
        _covered(row["covered_90"], row["n"]),
        "–" if width is None else f"{width:.1f}",
        "–" if row["crps"] is None else in_unit(row["crps"], row["unit"]),
        simple,
        _ratio(row.get("ratio_best")),
    )


def in_unit(value: float, unit: str) -> str:
    """Return a distance in its unit: hours as days, and no unit for a share."""
    if unit == "h":
        return f"{number(value / 24)} days"
    return f"{value:.2f}" if unit == "1" else f"{number(value)} {unit}"


def _covered(share: float | None, count: int) -> Child:
    if share is None:
        return "–"
    hits = round(share * count)
    text = f"{hits} of {count}"
    return text if hits else element("span", text, class_="loss")


def _ratio(ratio: float | None) -> Child:
    """Return the model's CRPS over that of the best simple forecast: under one the model is better."""
    if ratio is None:
        return "–"
    return element("span", f"{ratio:.2f}", class_="win" if ratio < 1 else "loss")


def _points_table(bundle: Bundle, points: list[Row]) -> Markup:
    head = (
        "Figure",
        "Record",
        f"90{words.THIN}% band",
        f"50{words.THIN}%",
        f"90{words.THIN}%",
        "CRPS",
        "Probability",
    )
    body = [_point(bundle, row) for row in points]
    return table(head, body, numbers=(1, 2, 5, 6), class_="scores")


def _point(bundle: Bundle, row: Row) -> tuple[Child, ...]:
    start = datetime.fromisoformat(bundle["period"]["start"])
    is_date = row["unit"] == "h"

    def write(value: float) -> str:
        if not is_date:
            return number(value)
        if value >= bundle["period"]["hours"]:
            return "not by the end"
        return words.moment(start + timedelta(hours=round(value))).split(",")[0]

    until = words.moment(datetime.fromisoformat(row["time"])) if not is_date else ""
    name = join(
        element("div", named(bundle, row["row"])), element("div", until, class_="evidence") if until else None
    )
    chance = row.get("probability")
    return (
        name,
        write(row["observed"]),
        f"{write(row['low_90'])} to {write(row['high_90'])}",
        _hit(row["in_50"]),
        _hit(row["in_90"]),
        in_unit(row["crps"], row["unit"]),
        "–" if chance is None else words.percent(chance),
    )


def _hit(inside: bool) -> Child:
    return "in" if inside else element("span", "out", class_="loss")
