"""Outcome against dose: policies that differ in one dose of one lever, lined up, with the baseline where it belongs.

The baseline stands on a curve at the dose at which the lever changes nothing, where all else of the policies is the
lever's default, too. A curve says where the sign of the difference to the baseline turns, and which doses change the
outcome at all: those whose interval is clear of zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from staffride.lab.comparison_effect import Effect
from staffride.lab.measures import BASELINE, Floats, Measure
from staffride.lab.proportions import wilson
from staffride.results.paired import student_975
from staffride.scenario.levers.catalogue import LEVERS
from staffride.scenario.levers.lever import Dose, Lever

if TYPE_CHECKING:
    from staffride.lab.comparison import Comparison

JOINED = re.compile(r"\+(?=[a-z])")
"""What stands between the levers of a policy; the sign of a number is none."""

FREE = ("side", "from")
"""What may be given besides the dose without taking the baseline off the curve."""


class DosePoint(NamedTuple):
    """One dose of a curve.

    Attributes
    ----------
    dose, text
        As a number (a date as its ordinal day), and as it is written.
    arm
        Policy, or ``baseline``.
    mean, low, high
        Mean outcome with its 95 % interval: Student's, of a probability Wilson's.
    difference, difference_low, difference_high
        Mean paired difference to the baseline with its interval; zero for the baseline.
    """

    dose: float
    text: str
    arm: str
    mean: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float

    @property
    def clear(self) -> bool:
        """Return whether the interval of the difference is clear of zero."""
        return self.difference_low > 0.0 or self.difference_high < 0.0


class Turn(NamedTuple):
    """Where the sign of the difference to the baseline turns.

    Attributes
    ----------
    low, high
        The doses on both sides of it.
    at
        Where a straight line between them is zero, or the dose between them that changes nothing.
    null
        Whether it is such a dose: then less and more of the same act in opposite ways, and no answer turns.
    clear
        Whether the intervals of both sides are clear of zero: the turn is not one of noise.
    """

    low: float
    high: float
    at: float
    null: bool
    clear: bool


@dataclass(frozen=True)
class DoseCurve:
    """The outcome in one measure against one dose of one lever.

    Attributes
    ----------
    lever, dose, unit
        Lever, its dose that differs, and the dose's unit.
    family
        What the policies share: their text with ``*`` for the dose.
    measure
        Id of the measure.
    points
        By rising dose.
    turns
        Where the sign of the difference to the baseline turns.
    """

    lever: str
    dose: str
    unit: str
    family: str
    measure: str
    points: tuple[DosePoint, ...]
    turns: tuple[Turn, ...]

    @property
    def clear_doses(self) -> tuple[str, ...]:
        """Return the doses whose interval is clear of zero, as they are written."""
        return tuple(point.text for point in self.points if point.clear)

    @property
    def words(self) -> str:
        """Return in one sentence whether any dose changes the outcome, and whether the answer turns."""
        tried = [point for point in self.points if point.arm != BASELINE]
        span = f"doses from {tried[0].text} to {tried[-1].text}"
        clear = [point for point in tried if point.clear]
        if not clear:
            return f"none of the {len(tried)} {span} changes it beyond chance"
        ways = {"more" if point.difference > 0.0 else "less" for point in clear}
        doses = ", ".join(point.text for point in clear)
        if len(ways) == 1:
            return f"of {len(tried)} {span}, these change it, all to {ways.pop()}: {doses}"
        turns = [f"{turn.at:.3g}" for turn in self.turns if turn.clear and not turn.null]
        where = f"; the answer turns near {' and '.join(turns)}" if turns else ""
        return f"of {len(tried)} {span}, these change it, some to less and some to more: {doses}{where}"


class Part(NamedTuple):
    """One lever of a policy with the texts of its doses; defaults that are left out are filled in."""

    lever: str
    given: Mapping[str, str]


class Slot(NamedTuple):
    """One dose of a policy that others may differ in."""

    family: str
    lever: Lever
    dose: Dose
    value: float
    text: str
    alone: bool
    """Whether nothing but this dose is set, so that the baseline is the same policy at the null dose."""


def dose_curves(comparison: Comparison, levers: Mapping[str, Lever] = LEVERS) -> tuple[DoseCurve, ...]:
    """Return a curve for every family of policies that differ in one dose, and every measure that counts something."""
    families: dict[tuple[str, str], dict[str, Slot]] = {}
    for policy in comparison.ids:
        for slot in slots_of(policy, levers):
            families.setdefault((slot.family, slot.dose.name), {})[policy] = slot
    return tuple(
        curve
        for slots in families.values()
        if len({slot.value for slot in slots.values()}) > 1
        for measure in comparison.counted
        if (curve := _curve(comparison, measure, slots)) is not None
    )


def slots_of(policy: str, levers: Mapping[str, Lever]) -> Iterator[Slot]:
    """Return every number and date in a policy's id that is a dose of a known lever."""
    parts = [part_of(text, levers) for text in JOINED.split(policy)]
    if not all(part.lever in levers for part in parts):
        return
    for at, part in enumerate(parts):
        lever = levers[part.lever]
        for dose in lever.doses:
            text = part.given.get(dose.name, "")
            value = number_of(text)
            if not math.isnan(value):
                starred = part._replace(given={**part.given, dose.name: "*"})
                family = "+".join(written(one) for one in (*parts[:at], starred, *parts[at + 1 :]))
                alone = len(parts) == 1 and _is_plain(part, lever, dose)
                yield Slot(family, lever, dose, value, text, alone)


def part_of(text: str, levers: Mapping[str, Lever]) -> Part:
    """Return one lever of a policy's id with its doses: ``LEVER[:VALUE][,name=value...]``."""
    head, *rest = text.split(",")
    name, _, first = head.partition(":")
    doses = levers[name].doses if name in levers else ()
    given = {dose.name: shortest(dose.default) for dose in doses}
    if first:
        given[doses[0].name if doses else ""] = first
    given |= {key: value for key, _, value in (item.partition("=") for item in rest)}
    return Part(name, given)


def written(part: Part) -> str:
    """Return a lever with all its doses by name."""
    return ",".join((part.lever, *(f"{name}={text}" for name, text in part.given.items() if text)))


def shortest(value: object) -> str:
    """Return a dose as it is written: a number as shortly as it can be.

    >>> shortest(2.0), shortest(0.5), shortest("both"), shortest(date(2020, 10, 10))
    ('2', '0.5', 'both', '2020-10-10')
    """
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def number_of(text: str) -> float:
    """Return a dose as a number, a date as its ordinal day, and NaN for a word.

    >>> number_of("0.5"), number_of("2020-10-10"), number_of("yes")
    (0.5, 737708.0, nan)
    """
    try:
        return float(text)
    except ValueError:
        try:
            return float(date.fromisoformat(text).toordinal())
        except ValueError:
            return math.nan


def _is_plain(part: Part, lever: Lever, dose: Dose) -> bool:
    """Return whether a lever has defaults in all but one dose, its side and its date."""
    defaults = {one.name: shortest(one.default) for one in lever.doses}
    free = {dose.name, *FREE}
    return all(defaults.get(name) == text for name, text in part.given.items() if name not in free)


def _curve(comparison: Comparison, measure: Measure, slots: Mapping[str, Slot]) -> DoseCurve | None:
    known = {policy: slot for policy, slot in slots.items() if (policy, measure.id) in comparison.effects}
    if len(known) < 2:
        return None
    points = [_point(comparison, measure, policy, slot.value, slot.text) for policy, slot in known.items()]
    one = next(iter(known.values()))
    null = one.dose.null
    if one.alone and isinstance(null, int | float) and all(point.dose != null for point in points):
        points.append(_point(comparison, measure, BASELINE, float(null), shortest(null)))
    points.sort(key=lambda point: point.dose)
    named = (one.lever.id, one.dose.name, one.dose.unit, one.family, measure.id)
    return DoseCurve(*named, tuple(points), tuple(_turns(points)))


def _point(comparison: Comparison, measure: Measure, arm: str, dose: float, text: str) -> DosePoint:
    mean, low, high = outcome(comparison.values(arm, measure.id), measure)
    if arm == BASELINE:
        return DosePoint(dose, text, arm, mean, low, high, 0.0, 0.0, 0.0)
    effect: Effect = comparison.effects[arm, measure.id]
    return DosePoint(dose, text, arm, mean, low, high, effect.difference, *effect.interval)


def outcome(values: Floats, measure: Measure) -> tuple[float, float, float]:
    """Return the mean of a measure's values (replications,) with its 95 % interval."""
    known = values[np.isfinite(values)]
    if measure.reading == "probability":
        share = wilson(int(np.count_nonzero(known > 0.0)), known.size)
        return share.share, share.low, share.high
    if known.size == 0:
        return math.nan, math.nan, math.nan
    mean = float(known.mean())
    spread = float(known.std(ddof=1)) if known.size > 1 else math.nan
    margin = student_975(known.size - 1) * spread / math.sqrt(known.size)
    return mean, mean - margin, mean + margin


def _turns(points: list[DosePoint]) -> Iterator[Turn]:
    """Yield where the sign of the difference turns, from one dose that changes something to the next."""
    for one, other in pairwise(point for point in points if point.difference < 0.0 or point.difference > 0.0):
        if (one.difference < 0.0) != (other.difference < 0.0):
            between = [point.dose for point in points if one.dose < point.dose < other.dose]
            part = one.difference / (one.difference - other.difference)
            at = sum(between) / len(between) if between else one.dose + part * (other.dose - one.dose)
            yield Turn(one.dose, other.dose, at, bool(between), one.clear and other.clear)
