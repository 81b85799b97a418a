"""Figures and moments as an analyst would write them in plain English."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

THIN = "\u202f"  # narrow no-break space, so that a figure and its unit stay on one line


def rounding_step(value: float, low: float, high: float) -> float:
    """Return the step to which a figure with a band is rounded: 1, 2 or 5 times a power of ten.

    An eighth of the band's width is the finest detail that the band supports; the step is at or below it,
    never coarser than the figure's own leading digit, and never finer than one.
    """
    leading = 10.0 ** math.floor(math.log10(abs(value))) if abs(value) >= 1 else 1.0
    width = high - low
    return max(1.0, min(_at_or_below(max(width / 8, 1.0)) if width > 0 else leading / 100, leading))


def _at_or_below(size: float) -> float:
    """Return the greatest of 1, 2 and 5 times a power of ten that is at most ``size``."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(m * power for m in (5, 2, 1) if m * power <= size * (1 + 1e-9))


def rounded(value: float, step: float) -> float:
    """Return ``value`` rounded to the nearest multiple of ``step``."""
    return math.floor(value / step + 0.5) * step


def count(value: float) -> str:
    """Return a whole number with thousands separated by commas."""
    return f"{round(value):,}"


def steps(value: float, low: float, high: float) -> tuple[float, float]:
    """Return the steps to which a figure and the ends of its band are rounded."""
    step = rounding_step(value, low, high)
    return step, max(step, _at_or_below((high - low) / 8) if high - low > 8 else step)


def in_words(value: float, low: float, high: float) -> tuple[str, str]:
    """Return ``64,000`` and ``61,000 to 70,000``, rounded as far as the band supports."""
    step, coarse = steps(value, low, high)
    ends = (count(rounded(end, coarse)) for end in (low, high))
    return count(rounded(value, step)), " to ".join(ends)


def about(value: float, low: float, high: float, unit: str = "") -> str:
    """Return ``about 64,000 people (90 %: 61,000 to 70,000)``, rounded as far as the band supports."""
    middle, band = in_words(value, low, high)
    return f"about {middle}{' ' * bool(unit)}{unit} (90{THIN}%: {band})"


def about_hours(value: float, low: float, high: float) -> str:
    """Return a duration in hours with its 90 % band: whole hours from ten up, halves below."""
    step = 1.0 if high >= 10 else 0.5
    middle, bottom, top = (f"{rounded(x, step):g}" for x in (value, low, high))
    return f"about {middle} hours (90{THIN}%: {bottom} to {top})"


def percent(share: float) -> str:
    """Return a share as whole per cent: never 100 for less than all nor 0 for more than none."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return f"over 99{THIN}%"
    if whole == 0 and share > 0:
        return f"under 1{THIN}%"
    return f"{whole}{THIN}%"


def day(moment: datetime) -> str:
    """Return ``27 September``."""
    return f"{moment.day} {moment:%B}"


def moment(when: datetime) -> str:
    """Return ``27 September, 19:00``; midnight is the end of the day before: ``27 September, 24:00``."""
    if when.hour == 0 and when.minute == 0:
        return f"{day(when - timedelta(days=1))}, 24:00"
    return f"{day(when)}, {when:%H:%M}"


def clock(when: datetime) -> str:
    """Return ``19:00``; midnight is the end of the day before: ``24:00``."""
    return moment(when).split(", ")[1]


def short_moment(when: datetime) -> str:
    """Return ``27 Sep, 19:00``; midnight is the end of the day before: ``27 Sep, 24:00``."""
    date, clock = moment(when).split(", ")
    number, month = date.split(" ")
    return f"{number} {month[:3]}, {clock}"


def at(when: datetime) -> str:
    """Return ``19:00 on 27 September``; midnight is ``24:00`` of the day before."""
    date, clock = moment(when).split(", ")
    return f"{clock} on {date}"


def listing(items: list[str]) -> str:
    """Return ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def times(ratio: float) -> str:
    """Return how two scores compare in words: ``about half of``, ``1.3 times``."""
    if ratio < 0.95:
        return f"{percent(ratio)} of"
    return "about the same as" if ratio <= 1.05 else f"{ratio:.1f} times"
