"""People in the report of a campaign: civilians of both sides first, then soldiers, each beside the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from staffride.present import words
from staffride.present.campaign_charts import ON_EACH_DAY, pair_of, told_table
from staffride.present.campaign_sections import campaign_key
from staffride.present.campaign_words import side_name
from staffride.present.ground_sections import folded
from staffride.present.layout import section
from staffride.present.markup import Markup, element, join
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

CIVILIANS = {
    "civilian_deaths": "Civilians killed",
    "displaced": "Civilians who fled",
}
SOLDIERS = {
    "deaths": "Soldiers killed",
    "missing": "Soldiers missing",
    "wounded": "Soldiers wounded",
    "captured": "Soldiers captured",
    "deserted": "Soldiers who left their units",
}
OF_DAY = "deaths_daily"
PEOPLE = (*CIVILIANS, *SOLDIERS, OF_DAY)
"""Series of people that figures of the record tell of, without the side."""

WEEK_H = 168


def civilians_section(bundle: Bundle) -> Markup | None:
    """Return civilians killed and displaced, both sides side by side at one scale."""
    parts = [_measure(bundle, name, title) for name, title in CIVILIANS.items()]
    if not any(parts):
        return None
    lede = (
        "People who are no soldiers, of both sides by one rule. Bands show where the runs lie by day; numbered marks "
        "are figures of the record, from all sources that name one, and stand in the table with who said them. Both "
        "sides have the same scale."
    )
    return section("civilians", "Civilians", lede, campaign_key(record=True), parts)


def soldiers_section(bundle: Bundle) -> Markup | None:
    """Return deaths in all, by day and by week, then missing, wounded, captured and those who left."""
    first, *rest = SOLDIERS.items()
    parts = [
        _measure(bundle, *first),
        _by_day(bundle),
        *(_measure(bundle, name, title) for name, title in rest),
    ]
    if not any(parts):
        return None
    lede = (
        "Each party counts its opponent's losses high, and some figures are claims of a party or of an opponent: the "
        "table says whose each is. None is taken as the truth, and none is fitted to. Counts of the record differ in "
        "what they count, as killed with or without those missing."
    )
    return section("soldiers", "Soldiers", lede, campaign_key(record=True), parts)


def rows_of(bundle: Bundle, measure: str) -> list[Row]:
    """Return the figures of the record on a series of either side."""
    names = {f"{measure}.{side['id']}" for side in bundle["sides"]}
    return [row for row in bundle["ground"]["told"] if row["series"] in names]


def _shown(bundle: Bundle, measure: str) -> bool:
    return any(f"{measure}.{side['id']}" in bundle["series"] for side in bundle["sides"])


def _measure(bundle: Bundle, measure: str, title: str) -> Markup | None:
    """Return the charts of both sides with the table of the figures, or ``None`` where nothing happens."""
    rows = rows_of(bundle, measure)
    if not _shown(bundle, measure):
        return None
    return element(
        "div",
        element("h3", f"{title}, by then"),
        pair_of(bundle, measure, title, rows),
        told_table(rows, _named),
        class_="measure",
    )


def _named(row: Row) -> str:
    return side_name(row["series"].rpartition(".")[2])


def _by_day(bundle: Bundle) -> Markup | None:
    """Return deaths of each day beside the record of days, then the sums of weeks."""
    if not _shown(bundle, OF_DAY):
        return None
    rows = rows_of(bundle, OF_DAY)
    single = [row for row in rows if (row["duration_h"] or 24) < WEEK_H]
    weeks = [row for row in rows if (row["duration_h"] or 24) >= WEEK_H]
    inside = sum(row["standing"] in ("50", "90") for row in single)
    said = f"Of {len(single)} figures of days in the record {inside} lie in the 90{words.THIN}% band of the runs. "
    missing = [side["name"] for side in bundle["sides"] if not _told_of(rows, side["id"])]
    said += "".join(f"The record has no deaths by day of the {name}. " for name in missing)
    return element(
        "div",
        element("h3", ON_EACH_DAY),
        element("p", said if rows else "The record has no deaths by day.", class_="evidence"),
        pair_of(bundle, OF_DAY, ON_EACH_DAY, _thinned(single)),
        element("h4", "Sums of weeks", class_="spaced") if weeks else None,
        told_table(weeks, _named, numbered=False),
        folded("Every day of the record", join(told_table(single, _named))) if single else None,
        class_="measure",
    )


def _told_of(rows: Sequence[Row], side: str) -> bool:
    return any(row["series"] == f"{OF_DAY}.{side}" for row in rows)


def _thinned(rows: Sequence[Row]) -> list[Row]:
    """Return the rows for a chart: days are told by their place, so they carry no number."""
    return [{**row, "unnumbered": True} for row in rows]
