"""What a campaign with formations says, in plain words: civilians first, then soldiers, ground, the end, the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.campaign_charts import count_and_ends, counted
from staffride.present.campaign_forces import end_in_words
from staffride.present.campaign_summary import basis, is_documented, measure_of, stated
from staffride.present.campaign_towns import date
from staffride.present.campaign_words import CLASSES, difference, share_and_band, side_name
from staffride.present.summary import Bundle, Figure, Passage, Summary

Row = Mapping[str, Any]

TOLD = 3
"""How many variants are named for each result."""

MEASURES = {
    "civilian_deaths": "civilians killed",
    "displaced": "civilians who fled",
    "deaths": "soldiers killed",
}
"""Headline figures, for both sides each."""

LOOK_BACK = (
    "A look back at a war of the past with totals only: no person and no single facility is followed, and no place "
    "finer than a town or village is named."
)
INVENTED = "An invented case: nothing in it rests on the record, and it is evidence of no day and no place."
WHAT_IT_IS = (
    "Every input is drawn from what was known or is assumed about it; no run was chosen and no input was tuned by what "
    "happened. Goals have conditions and no dates: no change of control, no loss and no end is an input.",
    "No command searches for a better attack, and no variant was made by a search.",
    "It gives ranges, not verdicts: it does not say who was right, nor what a commander should have done.",
)
REPLAY = (
    "This run is a replay: it was told the dated items of the record after the cut-off, so nothing of it is "
    "scored."
)


def summarise_ground(bundle: Bundle) -> Summary:
    """Return the summary of a campaign with formations."""
    first = LOOK_BACK if is_documented(bundle) else INVENTED
    replay = (REPLAY,) if bundle["ground"]["replay"] else ()
    passages = (
        Passage("Civilians", tuple(_people(bundle, ("civilian_deaths", "displaced")))),
        Passage("Soldiers", tuple(_people(bundle, ("deaths",)))),
        Passage("Who holds what", _ground(bundle)),
        Passage("The end of the war", (end_in_words(bundle["ground"]["end"]),)),
        Passage("What was lost", tuple(_losses(bundle))),
        Passage("Beside the record: hits", _record(bundle, hits=True)),
        Passage("Beside the record: misses", _record(bundle, hits=False)),
        Passage("What changes it", _changes(bundle)),
        Passage("What this is, and what it is not", (first, *replay, *WHAT_IT_IS)),
    )
    shown = tuple(passage for passage in passages if passage.sentences)
    return Summary(bundle["run"]["title"], basis(bundle), _headline(bundle), (), shown)


def _end(bundle: Bundle, measure: str, side: str) -> Row | None:
    levels = bundle["series"].get(f"{measure}.{side}")
    return None if levels is None else {name: values[-1] for name, values in levels.items()}


def _headline(bundle: Bundle) -> tuple[Figure, ...]:
    """Return the same figures for both sides."""
    found = []
    for measure, text in MEASURES.items():
        for side in bundle["sides"]:
            end = _end(bundle, measure, side["id"])
            value, band = counted(end) if end else ("0", "0 to 0")
            found.append(
                Figure(value, band, f"{text}, {side['name']}{_official(bundle, measure, side['id'])}")
            )
    towns = [_of_town(bundle, town["id"]) for town in bundle["ground"]["measures"]["towns"][:1]]
    return (*found, *towns, _over(bundle))


def _official(bundle: Bundle, measure: str, side: str) -> str:
    """Return the last held-out figure of the record, if there is one: ``; record 2,783 to 2,906``."""
    rows = [
        row
        for row in bundle["ground"]["told"]
        if row["series"] == f"{measure}.{side}" and row["role"] == "held_out"
    ]
    if not rows:
        return ""
    return f"; record {stated(max(rows, key=lambda row: float(row['hour'])))}"


def _over(bundle: Bundle) -> Figure:
    """Return how often the war ends within the period, and after how many days."""
    end = bundle["ground"]["end"]
    hours, band = end["hours"], "in no run"
    if hours:
        days = dict.fromkeys(f"{hours[q] / 24:.0f}" for q in ("q05", "q95"))
        band = f"after {' to '.join(days)} days"
    return Figure(words.percent(end["probability"]), band, "of runs in which the war ends within the period")


def _of_town(bundle: Bundle, place: str) -> Figure:
    town = next(one for one in bundle["ground"]["towns"] if one["id"] == place)
    start = datetime.fromisoformat(bundle["period"]["start"])
    band = "in no run"
    if town["hours"]:
        ends = dict.fromkeys(date(start, town["hours"][k]) for k in (0, 4))
        band = f"in those {' to '.join(ends)}"
    return Figure(
        words.percent(town["probability"]), band, f"of runs with a change of control of {town['name']}"
    )


def _people(bundle: Bundle, measures: Sequence[str]) -> list[str]:
    told = []
    for measure in measures:
        parts = []
        for side in bundle["sides"]:
            end = _end(bundle, measure, side["id"])
            parts.append(f"{_counted(end)} of the {side['name']}")
        text = MEASURES[measure]
        told.append(f"{text[:1].upper()}{text[1:]} by the end: {' and '.join(parts)}.")
    return told


def _counted(end: Row | None) -> str:
    return "none" if end is None else count_and_ends(end)


def _ground(bundle: Bundle) -> tuple[str, ...]:
    """Return the area held by each side, and which towns of the record change hands how often."""
    told = []
    for side in bundle["sides"]:
        end = _end(bundle, "held_share", side["id"])
        if end is not None:
            start = words.percent(bundle["ground"]["held_at_start"][side["id"]])
            band = share_and_band(end["q50"], end["q05"], end["q95"])
            told.append(f"The {side['name']} holds {start} of the area at the start and {band} at the end.")
    taken = [town for town in bundle["ground"]["towns"] if town["taken"]]
    kept = [town for town in bundle["ground"]["towns"] if not town["taken"]]
    for rows, what in ((taken, "changed hands"), (kept, "did not")):
        named = [f"{town['name']} {words.percent(town['probability'])}" for town in rows]
        if named:
            told.append(
                f"Of places that by the record {what}, these shares of runs have a change: {', '.join(named)}."
            )
    return tuple(told)


def _losses(bundle: Bundle) -> list[str]:
    """Return losses of armour and artillery, and the drones' share, for either side alike."""
    told = []
    for side in bundle["sides"]:
        lost = [
            f"{count_and_ends(row['lost'])} of its {name}"
            for row in bundle["losses"]
            for one, name in LOST.items()
            if row["side"] == side["id"] and row["class"] == one
        ]
        if lost:
            told.append(f"The {side['name']} lost {words.listing(lost)}.")
    for one in bundle["ground"]["drone_shares"]:
        share = one["share"]
        told.append(
            f"Drones made {share_and_band(share['q50'], share['q05'], share['q95'])} of the losses on the ground of "
            f"the {side_name(one['side'])}."
        )
    return told


COUNTED = {
    **MEASURES,
    "missing": "soldiers missing",
    "captured_vehicles": "captured",
    "lost": "lost",
    "drone_share": "share of losses made by drones",
    "truces": "truces made:",
}
LOST = {"armour": "armour", "artillery": "tube artillery", "air_defence": "air defence"}


def _record(bundle: Bundle, *, hits: bool) -> tuple[str, ...]:
    """Return the held-out figures that lie in the 90 % band, or those that do not."""
    if bundle["ground"]["replay"]:
        return ()
    found = [text for text, inside in held_out(bundle) if inside == hits]
    dates = [town for town in bundle["ground"]["towns"] if (town["standing"] == "in") == hits]
    counted = len(held_out(bundle)) + len(bundle["ground"]["towns"])
    if not counted:
        return ()
    verb = "lie in" if hits else "lie outside"
    told = [
        f"{len(found) + len(dates)} of {counted} held-out figures and dates {verb} the 90{words.THIN}% band of the "
        "runs, deaths by day and by week apart."
    ]
    told += [f"Figures: {'; '.join(found)}."] if found else []
    told += (
        [f"Dates of changes of control: {_names(dates, taken=True)}."] if _names(dates, taken=True) else []
    )
    told += (
        [f"Places that were not taken: {_names(dates, taken=False)}."] if _names(dates, taken=False) else []
    )
    return (*told, *_of_days(bundle, hits=hits))


def _names(towns: Sequence[Row], *, taken: bool) -> str:
    return ", ".join(town["name"] for town in towns if town["taken"] == taken)


def held_out(bundle: Bundle) -> list[tuple[str, bool]]:
    """Return each held-out figure that is no date and no day, in words, with whether it lies in the 90 % band."""
    scored = {point["id"] for point in bundle["ground"]["scores"]["points"]}
    rows = [row for row in bundle["ground"]["told"] if row["role"] == "held_out" and not row["duration_h"]]
    rows += [row for row in bundle["record"] if row["id"] in scored]
    return [(f"{name_of(row)} {stated(row)}", row["standing"] in ("50", "90")) for row in rows]


def _of_days(bundle: Bundle, *, hits: bool) -> tuple[str, ...]:
    """Return how many days and weeks of deaths lie in the band, or outside of it."""
    told = []
    for name, least, most in (("days", 0, 48), ("weeks", 48, 1e9)):
        rows = [row for row in bundle["ground"]["told"] if row["role"] == "held_out" and row["duration_h"]]
        rows = [row for row in rows if least < row["duration_h"] <= most]
        count = sum((row["standing"] in ("50", "90")) == hits for row in rows)
        told += [f"{count} of {len(rows)} {name}"] if count else []
    return (f"Of deaths of soldiers: {words.listing(told)}.",) if told else ()


def name_of(row: Row) -> str:
    """Return what a figure of the record counts, and whose: ``soldiers missing, Armenian side``."""
    measure, _, rest = row["series"].partition(".")
    one, _, side = rest.rpartition(".")
    what = f"{COUNTED.get(measure, measure)} {CLASSES.get(one, one)}".strip()
    return f"{what}, {side_name(side)}" if side else what


def _changes(bundle: Bundle) -> tuple[str, ...]:
    """Return for the main town and the deaths of both sides the variants that clearly change them."""
    measures = bundle["ground"]["measures"]
    labels = {one["id"]: one["label"] for one in bundle["variants"]}
    if not labels:
        return ()
    rows = [town["chance"] for town in measures["towns"][:1]]
    rows += [row for row in measures["sides"] if row["name"].startswith(("deaths.", "held_share."))]
    return tuple(_most(row, labels) for row in rows)


def _most(row: Row, labels: Mapping[str, str]) -> str:
    measure = measure_of(row)
    pairs = [(labels[name], one["pairs"]) for name, one in row["variants"].items() if one["pairs"]]
    clear = [one for one in pairs if (one[1]["low"] or 0.0) * (one[1]["high"] or 0.0) > 0]
    clear.sort(key=lambda one: -abs(one[1]["mean"]))
    whose = f", {side_name(row['side'])}" if row["side"] else ""
    if not clear:
        return f"{measure.heading}{whose}: no variant clearly changes it."
    unit = "points" if measure.share else measure.unit
    parts = [
        f"{label} {difference(measure, p['mean'])} (95{words.THIN}%: {difference(measure, p['low'])} to "
        f"{difference(measure, p['high'])})"
        for label, p in clear[:TOLD]
    ]
    return f"{measure.heading}{whose}, in {unit}: {'; '.join(parts)}."
