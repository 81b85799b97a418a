"""Figures and phrases of a comparison, from the plain rows of its bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from staffride.lab.comparison_words import NOTHING, figure
from staffride.lab.measures import BOTH
from staffride.present import words
from staffride.present.summary import Bundle

Row = Mapping[str, Any]

MINUS = "−"
DATES = ("date", "until")
"""Readings of measures that are hours after the start of the period."""


def level(value: float | None, measure: Row) -> str:
    """Return a mean: a share in percent, a count with at most three digits below a hundred.

    >>> level(0.473, {"unit": "1"}), level(1234.5, {"unit": "persons"}), level(None, {"unit": "h"})
    ('47.3 %', '1,234', '–')
    """
    if value is None:
        return "–"
    sign = MINUS if value < 0.0 else ""
    return f"{sign}{_size(value, measure)}{' %' if measure['unit'] == '1' else ''}"


def signed(value: float | None, measure: Row) -> str:
    """Return a difference with its sign, in the unit of the measure; of a share in points.

    >>> signed(-0.042, {"unit": "1"}), signed(12.34, {"unit": "persons"}), signed(0.0, {"unit": "h"})
    ('−4.2', '+12.3', '0')
    """
    if value is None:
        return "–"
    if _is_tiny(value, measure):
        return "just under 0" if value < 0.0 else "just over 0"
    sign = MINUS if value < 0.0 else "+" if value > 0.0 else ""
    return f"{sign}{_size(value, measure)}"


def _is_tiny(value: float, measure: Row) -> bool:
    """Return whether a number is other than nothing, and too small to be written."""
    return 0.0 < abs(value) * (100.0 if measure["unit"] == "1" else 1.0) < 0.001


def _size(value: float, measure: Row) -> str:
    """Return a figure without its sign; one that is too small to be written is ``0.001 or less``."""
    return "0.001 or less" if _is_tiny(value, measure) else figure(value, measure["unit"])


def amount(value: float, measure: Row) -> str:
    """Return a difference as an amount and a way: ``204 persons fewer``, ``3.1 points higher``, ``2 h later``."""
    shares = measure["unit"] == "1"
    less, more = {"date": ("earlier", "later"), "until": ("shorter", "longer")}.get(
        measure["reading"], ("lower", "higher") if shares or measure["unit"] == "h" else ("fewer", "more")
    )
    unit = "points" if shares else measure["unit"]
    return f"{_size(value, measure)} {unit} {less if value < 0.0 else more}"


def sizes(row: Row, measure: Row) -> str:
    """Return the 95 % interval of an effect that is found, as amounts without their sign."""
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    return f"{_size(low, measure)} to {_size(high, measure)}"


def bound(row: Row, measure: Row) -> str:
    """Return what an effect that is not found is smaller than, either way."""
    return f"{_size(max(abs(row['low']), abs(row['high'])), measure)} {unit_of(measure)}"


def interval(row: Row, measure: Row) -> str:
    """Return the 95 % interval of a difference; ``none`` where there is none."""
    if row["low"] is None:
        return "none"
    if row["low"] == row["high"] == 0.0:
        return "0"
    return f"{signed(row['low'], measure)} to {signed(row['high'], measure)}"


def unit_of(measure: Row) -> str:
    """Return the unit in which differences of a measure are told."""
    return "percentage points" if measure["unit"] == "1" else str(measure["unit"])


def share(value: float | None) -> str:
    """Return a share of futures in whole percent; one that is not nothing or all is never called so."""
    return "–" if value is None else words.percent(value)


def found(row: Row) -> bool:
    """Return whether the interval of an effect is clear of zero."""
    return row["verdict"] not in ("nothing", "none found")


def in_short(row: Row) -> str:
    """Return what was found in two or three words: which way it goes for people, and how large it is."""
    verdict = row["verdict"]
    if row["replications"] == 0:
        return "not known"
    if verdict == "nothing":
        return NOTHING
    if verdict == "none found":
        return "no effect found"
    return f"{verdict}, {row['size']}"


def moment_of(bundle: Bundle, hours: float | None) -> str:
    """Return the date of a moment so many hours after the start; empty where there is none."""
    if hours is None:
        return ""
    return words.day(datetime.fromisoformat(bundle["period"]["start"]) + timedelta(hours=hours))


def measure_of(bundle: Bundle, name: str) -> Row:
    """Return a measure by its id."""
    found_: Row = next(one for one in bundle["measures"] if one["id"] == name)
    return found_


def rows_of(bundle: Bundle, policy: str, measures: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return each measure with the effect of a policy on it, where there is one."""
    effects = bundle["effects"][policy]
    return [(one, effects[one["id"]]) for one in measures if one["id"] in effects]


def label_of(bundle: Bundle, arm: str) -> str:
    """Return the name of a policy, or of the baseline, for people."""
    return next((str(one["label"]) for one in bundle["policies"] if one["id"] == arm), arm)


def headline(bundle: Bundle) -> list[Row]:
    """Return the measures that count people, each once: of both sides together where they are added."""
    people = [one for one in bundle["measures"] if one["people"]]
    added = {one["topic"] for one in people if one["side"] == BOTH}
    return [one for one in people if one["topic"] not in added or one["side"] == BOTH]


def by_side(bundle: Bundle) -> list[Row]:
    """Return the measures that count people, each side by itself where that is judged."""
    people = [one for one in bundle["measures"] if one["people"]]
    apart = {one["topic"] for one in people if one["side"] not in ("", BOTH)}
    return [one for one in people if one["topic"] not in apart or one["side"] != BOTH]


def moved(bundle: Bundle, measures: Sequence[Row], most: int) -> list[Row]:
    """Return so many measures in their order, first of all those on which an effect is found."""
    clear = [one for one in measures if any(found(row) for row in _of_all(bundle, one))]
    chosen = [*clear, *(one for one in measures if one not in clear)][:most]
    return [one for one in measures if one in chosen]


def _of_all(bundle: Bundle, measure: Row) -> list[Row]:
    return [rows[measure["id"]] for rows in bundle["effects"].values() if measure["id"] in rows]


def main_measures(bundle: Bundle) -> list[Row]:
    """Return the measures that are shown at once: people, soldiers killed, changes of control, duration, ground.

    Of a scenario that has none of these, such as one of air defence alone, all are shown.
    """
    return [one for one in bundle["measures"] if one["people"] or _is_main(one)] or list(bundle["measures"])


def _is_main(measure: Row) -> bool:
    heads = ("deaths.", "held_share.", "end_h", "returned.")
    return str(measure["id"]).startswith(heads) or measure["reading"] == "probability"
