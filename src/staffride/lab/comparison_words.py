"""Effects in words: amounts with their units, which way, how large, and nothing beyond what the interval bears."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from staffride.lab.measures import Measure

if TYPE_CHECKING:
    from staffride.lab.comparison_effect import Effect
    from staffride.lab.proportions import Proportion

SIZES = (
    (0.2, "very small"),
    (0.5, "small"),
    (0.8, "medium"),
    (1.2, "large"),
    (2.0, "very large"),
    (math.inf, "huge"),
)
"""Standardised effects below each bound, in words: Cohen (1988), "Statistical Power Analysis for the Behavioral
Sciences", 2nd edition, and beyond his three Sawilowsky (2009), "New effect size rules of thumb", Journal of Modern
Applied Statistical Methods 8, 597-599. Cohen gives the same bounds for his h of probabilities."""

NOTHING = "changes nothing"
NONE_FOUND = "no effect found"


def magnitude(standardised: float) -> str:
    """Return the size of a standardised effect in words.

    >>> magnitude(0.1), magnitude(-0.6), magnitude(float("inf"))
    ('very small', 'medium', 'huge')
    """
    return next((word for bound, word in SIZES if abs(standardised) < bound), SIZES[-1][1])


def amount(value: float, unit: str) -> str:
    """Return a size without its sign, in three digits at most below a thousand, with its unit; a share in points.

    >>> amount(-1234.5, "persons"), amount(0.0423, "1"), amount(3.14159, "h"), amount(12.34, "persons")
    ('1,234 persons', '4.23 points', '3.14 h', '12.3 persons')
    """
    return f"{figure(value, unit)} {'points' if unit == '1' else unit}".strip()


def figure(value: float, unit: str) -> str:
    """Return the figure of `amount` alone."""
    size = 100.0 * abs(value) if unit == "1" else abs(value)
    return f"{size:,.0f}" if size >= 100.0 else f"{size:.3g}"


def way(difference: float, measure: Measure) -> str:
    """Return which way a difference goes, in the word that fits the measure."""
    less, more = {"date": ("earlier", "later"), "until": ("shorter", "longer")}.get(
        measure.reading, ("lower", "higher") if measure.unit in ("1", "h") else ("fewer", "more")
    )
    return less if difference < 0.0 else more


def told(effect: Effect) -> str:
    """Return an effect as one phrase."""
    pairs = _pairs(effect)
    if effect.paired.n == 0:
        return "not known: no replication has it both with and without the policy"
    if effect.changes_nothing:
        return NOTHING + pairs
    if effect.paired.n == 1:
        return "not known: a single pair has no interval"
    low, high = effect.interval
    if not effect.found:
        bound = amount(max(abs(low), abs(high)), effect.measure.unit)
        return f"{NONE_FOUND}; smaller than {bound} in either direction with 95 % confidence{pairs}"
    return _found(effect, pairs) + _median(effect) + _futures(effect) + _chance(effect)


def _found(effect: Effect, pairs: str) -> str:
    low, high = sorted(map(abs, effect.interval))
    unit = effect.measure.unit
    size, direction = amount(effect.difference, unit), way(effect.difference, effect.measure)
    band = f"95 % interval {figure(low, unit)} to {amount(high, unit)}"
    return f"{size} {direction} ({band}), a {effect.size} effect{pairs}"


def _pairs(effect: Effect) -> str:
    """Return of how many replications a figure tells, where not all have it: a date, for example."""
    n, of = effect.paired.n, effect.replications
    return (
        ""
        if n == of
        else f", in the {n:,} of {of:,} replications that have it both with and without the policy"
    )


def _median(effect: Effect) -> str:
    median, unit = effect.median, effect.measure.unit
    if not median.heavy_tails:
        return ""
    if median.median == 0.0:
        return "; heavy tails: no difference in the middle replication"
    direction = way(median.median, effect.measure)
    return f"; heavy tails: {amount(median.median, unit)} {direction} in the middle replication"


def _futures(effect: Effect) -> str:
    better, worse = effect.probability_better, effect.probability_worse
    if better is None or worse is None:
        return ""
    shares = f"better in {_percent(better)} of futures, worse in {_percent(worse)}"
    return f"; {shares}, the same in {_percent(effect.same)}"


def _chance(effect: Effect) -> str:
    if effect.family > 1 and effect.holm_p > 0.05:
        return (
            f"; one of {effect.family} measures of people, among which chance alone may bring forth one such"
        )
    return ""


def _percent(share: Proportion) -> str:
    """Return a share in whole percent; one that is not nothing or all is never called so."""
    percent = round(100.0 * share.share)
    if percent == 0 and share.cases > 0:
        return "less than 1 %"
    return "more than 99 %" if percent == 100 and share.cases < share.n else f"{percent} %"
