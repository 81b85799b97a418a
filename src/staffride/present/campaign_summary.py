"""What a campaign's run says, in plain words: which figures, which sentences; the same ones for either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from staffride.present import words
from staffride.present.campaign_words import (
    SHARES,
    SHORT_CLASSES,
    WHAT,
    Measure,
    amount,
    cause_name,
    difference,
    share_and_band,
    share_range,
    side_name,
    unit_of_difference,
)
from staffride.present.summary import Bundle, Figure, Passage, Summary

Row = Mapping[str, Any]

TOLD, LEAST_TOLD = 2, 0.005
"""How many variants are named for each result, and the least change of a share that is told."""

LOOK_BACK = (
    "A look back at a day of the past with totals only: no unit, crew or person is followed, and no place is named as "
    "a target."
)
INVENTED = (
    "An invented case: nothing in it rests on the record. It shows how the rules work together, and is evidence of no "
    "day, place or type of equipment."
)
NOTHING_CLEAR = (
    "No variant clearly changes a share of what was lost or got through by half a point or more; the report has every "
    "difference with its interval."
)
WHAT_IT_IS = (
    "Every input is drawn from what was known or is assumed about it. No run was chosen and no input was tuned by what "
    "happened; figures of the record stand beside the runs and change nothing.",
    "Raids and fires are given by the scenario. No command searches for a better attack, and no variant was made by a "
    "search.",
    "It gives ranges, not verdicts: it does not say who was right, nor what a commander should have done.",
)


def summarise_campaign(bundle: Bundle) -> Summary:
    """Return the summary of a campaign's bundle; see `staffride.present.campaign_bundle`."""
    first = LOOK_BACK if is_documented(bundle) else INVENTED
    passages = (
        Passage("What was lost", tuple(_losses(bundle, side) for side in bundle["sides"])),
        Passage("What air defence did", tuple(_defence(bundle, side["id"]) for side in bundle["sides"])),
        _record(bundle),
        _changes(bundle),
        _spread(bundle),
        Passage("What this is, and what it is not", (first, *WHAT_IT_IS)),
    )
    told = tuple(passage for passage in passages if passage and passage.sentences)
    return Summary(bundle["run"]["title"], basis(bundle), headline(bundle), (), told)


def is_documented(bundle: Bundle) -> bool:
    """Return whether anything in a campaign rests on the record."""
    return bool(bundle["facts"] or bundle["claims"] or bundle["record"])


def basis(bundle: Bundle) -> str:
    """Return one sentence that says what the ensemble knows."""
    run = bundle["run"]
    variants = len(bundle["variants"])
    beside = f", and {variants} variants beside it under the same luck" if variants else ""
    named = f" ({bundle['baseline_label']})" if bundle["baseline_label"] else ""
    return (
        f"{words.count(run['replications'])} replications of the baseline{named}{beside}. All are drawn from the "
        "priors alone: nothing is fitted to what happened."
    )


def measure_of(row: Row) -> Measure:
    """Return the measure that a row of the bundle holds."""
    return Measure(row["name"], row["side"], row["text"], row["share"], row["unit"])


def _end(bundle: Bundle) -> str:
    return words.moment(datetime.fromisoformat(bundle["times"][-1]))


def headline(bundle: Bundle) -> tuple[Figure, ...]:
    """Return the headline figures: the share of air defence and of artillery that each side lost."""
    rows = [row for row in bundle["measures"] if row["name"].startswith("share_lost.")]
    return tuple(_figure(row, _end(bundle)) for row in rows)


def _figure(row: Row, end: str) -> Figure:
    base, what = row["baseline"], row["text"].removeprefix("share of ").removesuffix(" lost")
    meaning = f"of the {what} of the {side_name(row['side'])} lost by {end}"
    return Figure(words.percent(base["q50"]), share_range(base["q05"], base["q95"]), meaning)


def _of_side(bundle: Bundle, side: str) -> dict[str, Row]:
    """Return the measures of one side by name without the side."""
    return {m["name"].removesuffix(f".{side}"): m for m in bundle["measures"] if m["side"] == side}


def _losses(bundle: Bundle, side: Row) -> str:
    found, name = _of_side(bundle, side["id"]), f"The {side['name']}"
    here = {row["class"] for row in bundle["losses"] if row["side"] == side["id"]}
    told = [
        f"{_banded(found[share]) if share in found else 'none'} of its {what}"
        for share, what in WHAT.items()
        if here & set(SHARES[share])
    ]
    lost = (
        f"{name} lost {words.listing(told)}." if told else f"{name} has no air defence and no artillery here."
    )
    if "surviving" in found:
        lost += f" Of all that it had on the ground {_banded(found['surviving'])} survived."
    if "lost.flying" in found:
        base = found["lost.flying"]["baseline"]
        lost += (
            f" In the air it lost {words.about(base['q50'], base['q05'], base['q95'])} drones and aircraft."
        )
    return lost + _main_cause(bundle, side["id"])


def _banded(row: Row) -> str:
    base = row["baseline"]
    return share_and_band(base["q50"], base["q05"], base["q95"])


def _main_cause(bundle: Bundle, side: str) -> str:
    """Return what destroyed the largest part of the air defence; nothing where none is lost."""
    rows = [row for row in bundle["losses"] if row["side"] == side and row["class"] == "air_defence"]
    causes = {kind: c["mean"] for row in rows for kind, c in row["causes"].items()}
    whole = sum(row["lost"]["mean"] for row in rows)
    if not causes or whole <= 0:
        return ""
    most = max(causes, key=lambda kind: causes[kind])
    share = words.percent(causes[most] / whole)
    return f" The largest part of its lost air defence, {share}, fell to {cause_name(most)}."


def _defence(bundle: Bundle, side: str) -> str:
    totals, name = bundle["totals"], side_name(side)
    leakage = totals.get(f"leakage.{side}")
    if leakage is None:
        return f"No drone, munition, missile or aircraft flew at targets of the {name}."
    threats, fired, left = (
        _about(totals.get(f"{key}.{side}")) for key in ("threats", "rounds_fired", "rounds_left")
    )
    return (
        f"At targets of the {name} flew {threats} drones, munitions, missiles or aircraft, and "
        f"{share_and_band(leakage['q50'], leakage['q05'], leakage['q95'])} of them got through. Its air defence fired "
        f"{fired} rounds and had {left} left."
    )


def _about(row: Row | None) -> str:
    if row is None:
        return "no"
    if row["q05"] == row["q95"]:
        return words.count(row["q50"])
    return words.about(row["q50"], row["q05"], row["q95"])


def _record(bundle: Bundle) -> Passage | None:
    """Return how many figures of the record lie in which band, and which the ensemble does not reach."""
    rows = bundle["record"]
    if not rows:
        return None
    inside = [row for row in rows if row["standing"] in ("50", "90")]
    counted = (
        f"Of {len(rows)} published figures, those of all sources, {len(inside)} agree with the 90{words.THIN}% band of "
        "the runs at their hour."
    )
    short = [row for row in rows if row["bound"] == "at most" and row["reach"] == 0]
    notes = [
        _beyond([row for row in rows if row["standing"] == "all"], OUTSIDE),
        _beyond([row for row in rows if row["standing"] == "none"], "Outside all runs"),
        _beyond(short, "Upper bounds that no run comes up to"),
    ]
    shares = {row["share"] for row in rows}
    bands = [_width(row) for row in bundle["measures"] if row["name"] in shares]
    return Passage("Beside the record", (counted, *(n for n in notes if n), *bands, NOT_TUNED))


OUTSIDE = "Outside that band, but not outside all runs"
NOT_TUNED = (
    "Contested figures carry all their sources. Nothing is tuned to them, and none is taken as the truth."
)


def _beyond(rows: Sequence[Row], what: str) -> str:
    named = [f"{figure_in_words(row)} ({row['source']})" for row in rows]
    return f"{what}: {'; '.join(named)}." if named else ""


def figure_in_words(row: Row) -> str:
    """Return a figure of the record as it was stated, with what it counts: ``up to 60 % of air defence``."""
    what = words.listing([SHORT_CLASSES[one] for one in row["classes"]])
    counted = f"({what})" if row["as_count"] else f"of {what}"
    return f"{stated(row)} {counted}, {side_name(row['side'])}"


def stated(row: Row) -> str:
    """Return the number of a figure as it was stated: ``50 %``, ``up to 13``, ``20 to 30``."""
    low, high = row["low"], row["high"]
    write = words.count if row["as_count"] else words.percent
    if row["value"] is not None and low is None and high is None:
        return write(row["value"])
    if row["bound"]:
        limit = high if row["bound"] == "at most" else low
        return f"{'up to' if row['bound'] == 'at most' else 'at least'} {write(limit)}"
    return f"{write(low)} to {write(high)}"


def _width(row: Row) -> str:
    base = row["baseline"]
    points = 100 * (base["q95"] - base["q05"])
    return (
        f"At the end the 90{words.THIN}% band of the {row['text']} by the {side_name(row['side'])} is {points:.0f} "
        "points wide."
    )


def _changes(bundle: Bundle) -> Passage | None:
    """Return for each main result the variants that change it most."""
    told = [
        _most(bundle, row) for row in bundle["measures"] if row["share"] and "surviving" not in row["name"]
    ]
    asked = [one["label"] for one in bundle["variants"] if one["changes"]]
    if asked and not any(told):
        told = [NOTHING_CLEAR]
    return Passage("What changes it", tuple(t for t in told if t))


def _most(bundle: Bundle, row: Row) -> str:
    labels = {one["id"]: one["label"] for one in bundle["variants"] if one["changes"]}
    found = [
        (labels[name], one["pairs"])
        for name, one in row["variants"].items()
        if name in labels and one["pairs"]
    ]
    clear = [
        (label, p)
        for label, p in found
        if abs(p["mean"]) >= LEAST_TOLD and (p["low"] or 0.0) * (p["high"] or 0.0) > 0
    ]
    clear.sort(key=lambda item: -abs(item[1]["mean"]))
    if not clear:
        return ""
    measure = measure_of(row)
    parts = [
        f"{label}: {difference(measure, p['mean'])} (95{words.THIN}%: {difference(measure, p['low'])} to "
        f"{difference(measure, p['high'])})"
        for label, p in clear[:TOLD]
    ]
    base = amount(measure, row["baseline"]["mean"])
    return (
        f"{measure.heading}, {side_name(row['side'])}, mean {base}, in {unit_of_difference(measure)} – "
        f"{'; '.join(parts)}."
    )


def _spread(bundle: Bundle) -> Passage | None:
    """Return what share of the spread rests on the inputs that a variant holds at their medians."""
    return Passage("What the spread rests on", spread_sentences(bundle))


def spread_sentences(bundle: Bundle) -> tuple[str, ...]:
    """Return for each variant that only holds inputs at their medians how much less each share would spread."""
    held = [one for one in bundle["variants"] if one["median"] and not one["changes"]]
    rows = [row for row in bundle["measures"] if row["name"].startswith(("share_lost.", "leakage."))]
    known = [(one, [row for row in rows if _known(row, one["id"])]) for one in held]
    return tuple(_if_known(one, found) for one, found in known if found)


def _known(row: Row, variant: str) -> bool:
    removed = row["variants"][variant]["removed"]
    return removed is not None and removed["share"] is not None


def _if_known(variant: Row, rows: Sequence[Row]) -> str:
    parts = [
        f"{row['text']}, {side_name(row['side'])}: {_smaller(row['variants'][variant['id']]['removed'])}"
        for row in rows
    ]
    return f"If {held_in_words(variant)} were known to be at its median, the variance would be – {'; '.join(parts)}."


def _smaller(removed: Row) -> str:
    """Return by how much a variance is smaller or larger, with its interval."""
    low, high = (
        f"{abs(100 * removed[end]):.0f}{words.THIN}% {_way(removed[end])}" for end in ("low", "high")
    )
    return (
        f"{words.percent(abs(removed['share']))} {_way(removed['share'])} (95{words.THIN}%: {low} to {high})"
    )


def _way(share: float) -> str:
    return "smaller" if share >= 0 else "larger"


def held_in_words(variant: Row) -> str:
    """Return what a variant holds at its median, as the subject of a sentence."""
    if variant["median"] == ["system.*"]:
        return "every figure of the catalogue of systems"
    return f"every input named {words.listing(list(variant['median']))}"
