"""Rules that turn the figures of the two documents' experiment into sentences.

A dose counts as changing an outcome where the wide interval of its difference, which holds for all doses of its curve
at once, is clear of zero. The answer changes at the smallest dose above the record from which every larger one tried
changes the outcome the same way: a single dose between others that change nothing is told, but is no answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from staffride.lab.two_documents import (
    ADDED,
    ALL,
    CHANGES,
    DRONES_LOST,
    GROUND,
    HELD,
    JAMMING,
    LAYERS,
    OUTCOMES,
    PLACE_NAME,
    REPLACED,
)

Data = dict[str, Any]
Cell = dict[str, float]

PLAN_NAMES = {"fixed": "raids as given", "adapted": "raids that adapt"}
PEOPLE = ("deaths.both", "displaced.both", "civilian_deaths.both")
NAMES = {
    CHANGES: f"the probability that {PLACE_NAME} changes control",
    HELD: f"the time for which {PLACE_NAME} is held",
    GROUND: "the share of the area that the Armenian side holds in the end",
    "deaths.both": "the number of soldiers killed, both sides",
    "displaced.both": "the number of civilians who fled, both sides",
    "civilian_deaths.both": "the number of civilians killed, both sides",
}
FEW_FUTURES = 30
"""Fewer futures than these tell nothing by themselves."""


class Finding(NamedTuple):
    """What the doses of a curve do to one outcome.

    Attributes
    ----------
    way
        -1 lower, 1 higher, 0 neither.
    dose
        From which dose on; NaN for neither.
    last
        The effect at the largest dose.
    alone
        Doses that change something without all larger ones doing the same.
    """

    way: int
    dose: float
    last: Cell
    alone: tuple[float, ...]


def cell(data: Data, numbers: Sequence[float | None]) -> Cell:
    """Return an effect by the names of its numbers; what is missing is NaN."""
    values = (math.nan if value is None else value for value in numbers)
    return dict(zip(data["fields"], values, strict=True))


def curve(data: Data, plan: str, family: str, cueing: str = "record") -> list[Data]:
    """Return the policies of one curve by rising dose."""
    rows = data["plans"][plan]["arms"]
    found = [row for row in rows if (row["family"], row["cueing"]) == (family, cueing)]
    return sorted(found, key=lambda row: row["dose"])


def clear(effect: Cell) -> int:
    """Return -1 or 1 where the wide interval of an effect is below or above zero, else 0."""
    return (effect["wide_low"] > 0.0) - (effect["wide_high"] < 0.0)


def finding(data: Data, rows: Sequence[Data], measure: str) -> Finding:
    """Return what the doses of a curve do to an outcome; ``rows`` by rising dose, those to be judged alone."""
    effects = [cell(data, row["effects"][measure]) for row in rows]
    ways = [clear(effect) for effect in effects]
    first = len(ways)
    while first and ways[-1] and ways[first - 1] == ways[-1]:
        first -= 1
    alone = tuple(rows[at]["dose"] for at in range(first) if ways[at])
    dose = rows[first]["dose"] if first < len(rows) else math.nan
    return Finding(ways[-1] if first < len(rows) else 0, dose, effects[-1], alone)


def more(data: Data, plan: str, measure: str) -> Finding:
    """Return what more launchers of every layer than the record's do."""
    return finding(data, [row for row in curve(data, plan, ALL) if row["dose"] > 1.0], measure)


def course(data: Data, plan: str) -> str:
    """Return what more air defence does to the town: ``averts``, ``hastens``, ``prolongs``, ``shortens``, ``none``."""
    changes, held = more(data, plan, CHANGES), more(data, plan, HELD)
    if changes.way:
        return "averts" if changes.way < 0 else "hastens"
    return {1: "prolongs", -1: "shortens"}.get(held.way, "none")


def people(data: Data, plan: str) -> str:
    """Return what more air defence does to people of both sides: ``helps``, ``harms``, ``mixed`` or ``none``."""
    ways = {more(data, plan, measure).way for measure in PEOPLE} - {0}
    return {frozenset(): "none", frozenset({-1}): "helps", frozenset({1}): "harms"}.get(
        frozenset(ways), "mixed"
    )


COURSE_TOLD = {
    "averts": "The result itself changes, which is against document 001.",
    "hastens": "More air defence makes the change of control more likely, which neither document expects.",
    "prolongs": "This is what document 001 says: later, and not averted beyond chance.",
    "shortens": "The town is lost sooner, which neither document expects.",
    "none": (
        "So nothing here speaks against document 001 in that the result would have been the same; that it would have "
        "come later is not borne out."
    ),
}
PEOPLE_TOLD = {
    "helps": "This is on the side of document 004: fewer people suffer, and none of these three numbers rises.",
    "harms": "This is against the advice of document 004: more people suffer, and none of these three numbers falls.",
    "mixed": "So the advice of document 004 helps in one way and harms in another.",
    "none": "So the advice of document 004 finds no support in these numbers, and no refutation.",
}


def headline(data: Data) -> str:
    """Return the answer of the whole experiment, in one paragraph."""
    turns = {name: _turns(data, plan) for plan, name in PLAN_NAMES.items()}
    if len(set(turns.values())) == 1:
        return f"**Under {' and under '.join(turns)} alike, {next(iter(turns.values()))}.**"
    told = " ".join(f"Under {name}, {turn}." for name, turn in turns.items())
    if len({course(data, plan) for plan in PLAN_NAMES}) == 1:
        return f"**{told}** Both kinds of raids give the same kind of answer."
    return f"**{told}** The answer depends on whether raids adapt, which no source settles."


def network_told(data: Data) -> str:
    """Return what joining the record's batteries does to the town, beside the number of launchers."""
    told = []
    for plan, name in PLAN_NAMES.items():
        joined = next(row for row in curve(data, plan, ALL, "joined") if row["dose"] == 1.0)
        effects = {measure: cell(data, joined["effects"][measure]) for measure in (CHANGES, HELD)}
        found = [
            f"{NAMES[measure]} is {word(clear(effect), measure)} ({effect_words(effect, unit_of(data, measure))})"
            for measure, effect in effects.items()
            if clear(effect)
        ]
        told.append(f"under {name} {' and '.join(found) if found else 'nothing changes for the town'}")
    text = "; ".join(told)
    return (
        "A good network for the launchers that the record has, which serves the fires of its side too, is another "
        f"matter than more launchers: {text}."
    )


def _turns(data: Data, plan: str) -> str:
    """Return the dose at which the answer changes, or that none does."""
    changes, held = more(data, plan, CHANGES), more(data, plan, HELD)
    kind, doses = course(data, plan), f"no dose up to {times(_top(data, plan))} the launchers changes"
    if kind in ("averts", "hastens"):
        way = "less" if kind == "averts" else "more"
        head = f"the answer changes at {times(changes.dose)} the launchers"
        return f"{head}: from there on a change of control of {PLACE_NAME} is {way} likely"
    if kind in ("prolongs", "shortens"):
        way = "longer" if kind == "prolongs" else "less long"
        whether = f"{doses} whether {PLACE_NAME} changes control"
        return f"{whether}, and from {times(held.dose)} on the town is held {way}"
    return f"{doses} the answer: neither whether {PLACE_NAME} changes control nor when"


def _top(data: Data, plan: str) -> float:
    return float(curve(data, plan, ALL)[-1]["dose"])


def starting_point(data: Data) -> str:
    """Return how often the town changes control without any policy, beside the record."""
    told = []
    for plan, name in PLAN_NAMES.items():
        known = data["plans"][plan]["reference"][CHANGES]
        told.append(
            f"{share(known['mean'])} of futures under {name} ({share(known['low'])} to {share(known['high'])})"
        )
    rarest = min(data["plans"][plan]["reference"][CHANGES]["mean"] for plan in PLAN_NAMES)
    text = (
        f"Without any policy {PLACE_NAME} changes control in {' and in '.join(told)}; in the record it did."
    )
    if rarest < 0.5:
        text += (
            " The model, which knows nothing of the outcome, holds the record's own course to be the rarer one. Where "
            "there is so little to avert, an effect on the probability is hard to see, and every answer below is about "
            "a war that mostly goes otherwise than the real one."
        )
    return text


def course_told(data: Data, plan: str) -> str:
    """Return what more launchers do to whether and when the town changes control, as sentences."""
    parts = [
        sentence(data, more(data, plan, measure), measure, _top(data, plan)) for measure in (CHANGES, HELD)
    ]
    return f"Under {PLAN_NAMES[plan]}: {' '.join(parts)} {COURSE_TOLD[course(data, plan)]}"


def people_told(data: Data, plan: str) -> str:
    """Return what more launchers do to people, as sentences."""
    parts = [sentence(data, more(data, plan, measure), measure, _top(data, plan)) for measure in PEOPLE]
    return f"Under {PLAN_NAMES[plan]}: {' '.join(parts)} {PEOPLE_TOLD[people(data, plan)]}"


def sentence(data: Data, found: Finding, measure: str, top: float) -> str:
    """Return one finding as a sentence."""
    size = f"at {times(top)}: {effect_words(found.last, unit_of(data, measure))}"
    if found.way:
        way = word(found.way, measure)
        return f"From {times(found.dose)} the launchers on, {NAMES[measure]} is {way} ({size})."
    if found.alone:
        doses = " and ".join(times(dose) for dose in found.alone)
        return f"At {doses}, {NAMES[measure]} differs, which larger doses do not bear out ({size})."
    return f"Up to {times(top)} the launchers, no dose changes {NAMES[measure]} beyond chance ({size})."


def less_told(data: Data, plan: str) -> str:
    """Return what it does to take all launchers away."""
    effects = curve(data, plan, ALL)[0]["effects"]
    return f"Under {PLAN_NAMES[plan]}, no air defence at all means " + listed(data, effects, OUTCOMES)


def listed(data: Data, effects: Data, measures: Sequence[str]) -> str:
    """Return which outcomes a policy changes, each with its difference, or that it changes none of them."""
    told = []
    for measure in measures:
        effect = cell(data, effects[measure])
        if clear(effect):
            way = word(clear(effect), measure)
            told.append(f"{NAMES[measure]} is {way} ({effect_words(effect, unit_of(data, measure))})")
    if not told:
        return "no change beyond chance in any of the six outcomes."
    return "that " + ", ".join(told) + "."


def layers_told(data: Data, plan: str) -> str:
    """Return which layer alone changes something at none or three times its launchers."""
    found = []
    for layer in LAYERS:
        for row in curve(data, plan, layer):
            changed = [name for name in OUTCOMES if clear(cell(data, row["effects"][name]))]
            if changed:
                what = ", ".join(
                    f"{NAMES[name]} {effect_words(cell(data, row['effects'][name]), unit_of(data, name))}"
                    for name in changed
                )
                found.append(f"{layer} at {times(row['dose'])} ({what})")
    if not found:
        return f"Under {PLAN_NAMES[plan]}, no single layer, left out or tripled, changes any of the six outcomes."
    return f"Under {PLAN_NAMES[plan]}, these single layers change something: {'; '.join(found)}."


OTHERS = (
    (ALL, "joined", 1.0, "The record's launchers with every battery on a good network mean "),
    (ALL, "none", 1.0, "The record's launchers with no battery on the network mean "),
    (ADDED, "record", 112.0, "The most launchers of the newest kind that can be added (125) mean "),
    (REPLACED, "record", 62.0, "None but the newest (62 launchers in the place of all) means "),
    (JAMMING, "record", 1.0, "Twice the jammers alone mean "),
    (JAMMING, "record", 3.0, "Twice the jammers and three times the launchers mean "),
    (JAMMING, "joined", 3.0, "Both, with every battery on a good network, mean "),
)


def others_told(data: Data, plan: str) -> str:
    """Return what cueing, the newest kind and jamming do, one line each."""
    lines = []
    for family, cueing, dose, head in OTHERS:
        rows = [row for row in curve(data, plan, family, cueing) if row["dose"] >= dose]
        lines.append(f"- {head}{listed(data, rows[0]['effects'], OUTCOMES)}")
    return "\n".join(lines)


def trust_told(data: Data, plan: str) -> str:
    """Return whether the differences stand among the futures in which the drones fared as the record says."""
    split, rows = data["plans"][plan]["as_recorded"], curve(data, plan, ALL)
    few, lost = split["n"], data["plans"][plan]["reference"][DRONES_LOST]["mean"]
    head = (
        f"Under {PLAN_NAMES[plan]}, {few} of {split['of']} futures have at most "
        f"{data['made']['few_drones_lost']:g} Bayraktar TB2 lost without a "
        f"policy (mean of all futures: {lost:.1f}; two by both figures)."
    )
    if few < FEW_FUTURES:
        return f"{head} That is too few to tell anything by themselves (fewer than {FEW_FUTURES})."
    parts = []
    for measure in OUTCOMES:
        whole, among = (cell(data, rows[-1][key][measure]) for key in ("effects", "as_recorded"))
        if clear(whole) and clear(among) == clear(whole):
            parts.append(f"{NAMES[measure]} differs the same way there")
        elif clear(whole) or clear(among):
            which = "only in the whole" if clear(whole) else "only there"
            parts.append(f"{NAMES[measure]} differs {which}")
    told = "; ".join(parts) if parts else "there as in the whole, none of the six outcomes changes"
    return f"{head} At {times(_top(data, plan))} the launchers: {told}."


def word(way: int, measure: str) -> str:
    """Return lower or higher in the word that fits a measure."""
    less, greater = ("shorter", "longer") if measure == HELD else ("lower", "higher")
    return less if way < 0 else greater


def times(dose: float) -> str:
    """Return a factor in words.

    >>> times(2.0), times(1.5), times(0.0)
    ('2 times', '1.5 times', 'none')
    """
    return f"{dose:g} times" if dose else "none"


def unit_of(data: Data, measure: str) -> str:
    """Return the unit of a measure."""
    return next(str(one["unit"]) for one in data["measures"] if one["id"] == measure)


def share(value: float) -> str:
    """Return a share in percent."""
    return f"{100.0 * value:.0f} %"


def amount(value: float, unit: str, sign: bool = True) -> str:
    """Return a number as people read it: shares in points, hours in days.

    >>> amount(-0.032, "1"), amount(36.0, "h"), amount(1234.5, "persons"), amount(float("nan"), "h")
    ('-3.2', '+1.5', '+1,234', '-')
    """
    if not math.isfinite(value):
        return "-"
    size = {"1": 100.0 * value, "h": value / 24.0}.get(unit, value)
    digits = 0 if abs(size) >= 100.0 else 1
    text = f"{size:{'+' if sign else ''},.{digits}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0.0 else text


def unmoved(effect: Cell) -> bool:
    """Return whether no future differs: no interval by Student or Newcombe tells how rare a difference may be."""
    return effect["n"] > 0 and effect["difference"] == effect["low"] == effect["high"] == 0.0


UNITS = {"1": "points", "h": "days", "persons": "persons", "elements": ""}


def effect_words(effect: Cell, unit: str) -> str:
    """Return a difference with its 95 % interval; that there is none in any future where there is none."""
    if unmoved(effect):
        return f"the same in each of {effect['n']:,} futures"
    low, high = amount(effect["low"], unit), amount(effect["high"], unit)
    return f"{amount(effect['difference'], unit)} {UNITS[unit]}, 95 % interval {low} to {high}"
