"""The tables of a campaign: losses by cause, the record, variants, and the systems with their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.campaign_figures import denominator_in_words
from staffride.present.campaign_record import ends
from staffride.present.campaign_summary import measure_of, stated
from staffride.present.campaign_words import (
    CLASSES,
    Measure,
    amount,
    cause_name,
    difference,
    interval,
    number,
    share_range,
    side_name,
    titled,
)
from staffride.present.layout import table
from staffride.present.markup import Child, Markup, element, join
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

BAND = f"90{words.THIN}%"
INTERVAL = f"95{words.THIN}%"


def losses_table(bundle: Bundle, side: str) -> Markup:
    """Return what stood there, what was lost and by what, for each class of one side."""
    head = ("What", "At the start", "Lost", "Share lost", "By what (means)")
    rows = [row for row in bundle["losses"] if row["side"] == side]
    lost = [_loss(row) for row in rows if row["lost"]["mean"] > 0]
    whole = [
        f"{CLASSES[row['class']]} ({words.count(row['stood']['q50'])})"
        for row in rows
        if not row["lost"]["mean"]
    ]
    said = element("p", f"No run loses any of: {', '.join(whole)}.", class_="evidence") if whole else None
    return join(table(head, lost, numbers=(1, 2, 3)) if lost else None, said)


def _loss(row: Row) -> tuple[Child, ...]:
    stood, lost = row["stood"], row["lost"]
    share = words.percent(lost["mean"] / stood["mean"]) if stood["mean"] > 0 else "–"
    causes = sorted(row["causes"].items(), key=lambda item: -item[1]["mean"])
    named = [f"{cause_name(kind)} {number(one['mean'])}" for kind, one in causes]
    if row["other"]:
        named.append(f"crashed when the link was lost {number(row['other']['mean'])}")
    return (CLASSES[row["class"]], _banded(stood), _banded(lost), share, ", ".join(named) or "–")


def _banded(level: Row) -> Markup:
    low, high = words.count(level["q05"]), words.count(level["q95"])
    band = low if low == high else f"{low} to {high}"
    return join(words.count(level["q50"]), element("div", f"{BAND}: {band}", class_="tag"))


def record_table(rows: Sequence[Row], *, numbered: bool) -> Markup:
    """Return figures of the record beside the runs at their hour; numbered as the marks of a chart, or not."""
    head = (
        "Figure",
        "Stated",
        "What it implies",
        "Runs at that hour",
        "Runs at or beyond it",
        "Standing",
    )
    body = [_recorded(f"{at}  " if numbered else "", row, rows) for at, row in enumerate(rows, 1)]
    return table(head, body, numbers=(1, 3, 4), class_="record")


def _recorded(mark: str, row: Row, rows: Sequence[Row]) -> tuple[Child, ...]:
    who = element("div", f"{mark}{row['source']}")
    said = f"Published {row['published']}; for {_when(row)}; {row['confidence'] or 'unknown'} confidence"
    name = join(who, element("div", row["label"], class_="evidence"), element("div", said, class_="evidence"))
    notes = [element("div", one, class_="evidence") for one in (_as_shares(row, rows), row["note"]) if one]
    implied = join(element("div", denominator_in_words(row)), notes)
    return (name, stated(row), implied, _runs(row), _reach(row), STANDING[row["standing"]])


def _runs(row: Row) -> Markup:
    """Return what the runs have at the hour of a figure."""
    low, middle, high = (row["runs"][k] for k in (0, 2, 4))
    if row["as_count"]:
        return _banded({"q05": low, "q50": middle, "q95": high})
    return join(words.percent(middle), element("div", f"{BAND}: {share_range(low, high)}", class_="tag"))


def _as_shares(row: Row, rows: Sequence[Row]) -> str:
    """Return of how many a count would be each share that others state: the denominators that agree with both."""
    count, shares = ends(row)[1], {ends(other)[1]: stated(other) for other in rows if not other["as_count"]}
    if not row["as_count"] or not count:
        return ""
    told = [f"{said} of {words.count(count / share)}" for share, said in shares.items() if share]
    return f"{words.count(count)} would be {words.listing(told)}." if told else ""


STANDING = {
    "50": f"in the 50{words.THIN}% band",
    "90": f"in the {BAND} band",
    "all": element("span", f"outside the {BAND} band", class_="loss"),
    "none": element("span", "outside all runs", class_="loss"),
}


def _when(row: Row) -> str:
    uncertain = f" ± {row['time_uncertainty_h']:g} h" if row["time_uncertainty_h"] else ""
    return f"{words.moment(datetime.fromisoformat(row['time']))}{uncertain}"


def _reach(row: Row) -> Child:
    reach = "–" if row["reach"] is None else words.percent(row["reach"])
    if row["bound"] == "at most" and row["within"] is not None:
        within = element("div", f"{words.percent(row['within'])} stay at or below", class_="tag")
        return join(reach, within)
    return reach


def variants_table(bundle: Bundle, rows: Sequence[Row]) -> Markup:
    """Return for each variant its question and the mean paired difference in each result, with its interval."""
    head = ("Variant", *(_short(measure_of(row)) for row in rows))
    base: tuple[Child, ...] = (
        join(element("div", "Baseline (mean)"), element("div", bundle["baseline_label"], class_="evidence")),
        *(amount(measure_of(row), row["baseline"]["mean"]) for row in rows),
    )
    body = [(_asked(one), *(_change(row, one["id"]) for row in rows)) for one in bundle["variants"]]
    return table(head, [base, *body], numbers=range(1, len(head)), class_="variants")


def _short(measure: Measure) -> str:
    unit = " (points)" if measure.share else ""
    return f"{measure.heading}{unit}"


def _asked(variant: Row) -> Markup:
    label = titled(variant["label"])
    question = element("div", variant["question"], class_="evidence") if variant["question"] else None
    return join(element("div", label), question)


def _change(row: Row, variant: str) -> Child:
    pairs, measure = row["variants"][variant]["pairs"], measure_of(row)
    if pairs is None:
        return "–"
    told = difference(measure, pairs["mean"])
    clear = pairs["low"] is not None and pairs["low"] * pairs["high"] > 0 and told != "0.0"
    mean = element("span", told, class_=None if clear else "muted")
    return join(mean, element("div", interval(measure, pairs), class_="tag"))


def pairs_table(bundle: Bundle, row: Row) -> Markup:
    """Return all that is known of one result under each variant."""
    measure = measure_of(row)
    head = (
        "Variant",
        "Mean",
        "Difference",
        f"{INTERVAL} interval",
        "Part of the baseline",
        "Lower in",
        "Higher in",
        "Variance saved by pairing",
    )
    shown = [(one, row["variants"][one["id"]]) for one in bundle["variants"]]
    body = [_paired(measure, one["label"], found) for one, found in shown if found["pairs"]]
    return table(head, body, numbers=range(1, len(head)))


def _paired(measure: Measure, label: str, found: Row) -> tuple[Child, ...]:
    pairs = found["pairs"]
    part = (
        "–"
        if not pairs["baseline"]
        else f"{difference(SHARE, pairs['mean'] / pairs['baseline'])}{words.THIN}%"
    )
    saved = (
        "–" if pairs["variance_reduction"] is None else words.percent(max(pairs["variance_reduction"], 0.0))
    )
    return (
        label,
        amount(measure, found["own"]["mean"]),
        difference(measure, pairs["mean"]),
        interval(measure, pairs),
        part,
        words.percent(pairs["lower"]),
        words.percent(pairs["higher"]),
        saved,
    )


SHARE = Measure("", "", "", share=True)


def system_title(system: Row) -> str:
    """Return a system with its kind, who has it, and how many of its figures rest on what."""
    layer = f", {system['layer']} range" if system["layer"] in ("short", "medium", "long") else ""
    sides = f"; {words.listing([side_name(side) for side in system['sides']])}" if system["sides"] else ""
    rests = system["rests_on"]
    grounds = f"figures: {rests['record']} on evidence, {rests['both']} on both, {rests['assumed']} assumed"
    return f"{system['name']} – {system['kind'].replace('_', ' ')}{layer}{sides}; {grounds}"
