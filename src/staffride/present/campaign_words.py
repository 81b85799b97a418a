"""The words of a campaign's report: sides, classes, causes, shares, and differences in points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from staffride.present import words
from staffride.present.grounds import SIDES

FLYING = ("armed_drone", "strike_aircraft", "helicopter", "decoy_aircraft", "loitering_munition")
"""Classes of what flies; all others stand on the ground."""

SHARES = {
    "share_lost.air_defence": ("air_defence",),
    "share_lost.artillery": ("artillery", "rocket_artillery"),
}
"""The shares that a run counts by hour, and the classes in each."""

WHAT = {"share_lost.air_defence": "air defence", "share_lost.artillery": "artillery"}
"""What they are shares of, in words."""

CLASSES = {
    "air_defence": "air defence",
    "artillery": "tube artillery",
    "rocket_artillery": "rocket artillery",
    "missile": "missile launchers",
    "jammer": "jammers",
    "early_warning": "early warning",
    "command": "command posts",
    "armour": "armour, anti-tank and infantry weapons",
    "depot": "depots and minefields",
    "vehicle": "vehicles",
    "armed_drone": "armed drones",
    "strike_aircraft": "strike aircraft",
    "helicopter": "helicopters",
    "decoy_aircraft": "decoy aircraft",
    "loitering_munition": "loitering munitions",
    "bridge": "bridges",
    "troops": "sections of soldiers",
}
"""What is lost, by class."""

SHORT_CLASSES = CLASSES | {"armour": "armour", "depot": "depots", "troops": "sections"}
"""The same where there is little room."""

CAUSES = {
    "anti_tank": "anti-tank weapons",
    "infantry_weapon": "infantry weapons",
    "armed_drone": "armed drones",
    "loitering_munition": "loitering munitions",
    "ballistic_missile": "ballistic missiles",
    "cruise_missile": "cruise missiles",
    "strike_aircraft": "strike aircraft",
    "helicopter": "helicopters",
    "ground": "combat on the ground",
    "abandoned": "left behind by their crews",
    "overrun": "overrun where a place fell",
}
"""Kinds of weapon that destroy, and other causes, where the plain name would not read well."""


class Measure(NamedTuple):
    """A result that variants are compared by.

    Attributes
    ----------
    name
        Of the total, or of what is computed from totals.
    side
        Whose losses or threats it tells of.
    text
        What it is, after "the share of" or "the number of".
    share
        Whether it is a share, told in per cent; else a number.
    unit
        What differences of a number are counted in.
    """

    name: str
    side: str
    text: str
    share: bool
    unit: str = "elements"

    @property
    def heading(self) -> str:
        """What stands above a figure of it."""
        return titled(self.text)


def side_name(side: str) -> str:
    """Return ``Armenian side``; a side without a known name is called by its id."""
    return f"{SIDES[side]} side" if side in SIDES and side != "none" else side.replace("_", " ")


def titled(text: str) -> str:
    """Return a text that begins with a capital letter, with the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def cause_name(kind: str) -> str:
    """Return what destroyed, in words."""
    return CAUSES.get(kind, kind.replace("_", " "))


def share_and_band(middle: float, low: float, high: float) -> str:
    """Return ``41 % (90 %: 20 to 66 %)``."""
    return f"{words.percent(middle)} (90{words.THIN}%: {share_range(low, high)})"


def share_range(low: float, high: float) -> str:
    """Return ``20 to 66 %``; one number where both round to it."""
    ends = [str(round(100 * end)) for end in (low, high)]
    return f"{' to '.join(dict.fromkeys(ends))}{words.THIN}%"


def resting(counts: Mapping[str, int]) -> str:
    """Return in words how many quantities rest on evidence, on both, and on assumptions."""
    both = f", {counts['both']} on evidence with an assumption" if counts["both"] else ""
    weak = (
        f"; {counts['weak']} of these have evidence of one side or of low confidence only"
        if counts["weak"]
        else ""
    )
    alone = f"{counts['record']} of {counts['all']} rest on evidence alone"
    return f"{alone}{both}, and {counts['assumed']} are assumed{weak}"


def amount(measure: Measure, value: float) -> str:
    """Return a mean of a measure: a share as per cent, a number with one decimal below ten."""
    if measure.share:
        return f"{100 * value:.1f}{words.THIN}%"
    return number(value)


def difference(measure: Measure, value: float) -> str:
    """Return a difference with its sign: of shares in points, of numbers as it is."""
    return signed(100 * value if measure.share else value)


def unit_of_difference(measure: Measure) -> str:
    """Return what differences are counted in."""
    return "percentage points" if measure.share else measure.unit


def number(value: float) -> str:
    """Return a mean of counts: one decimal below a hundred; what would round to nothing is not told as nothing."""
    if 0 < value < 0.05:
        return "under 0.1"
    return f"{value:,.1f}" if abs(value) < 100 else words.count(value)


def signed(value: float) -> str:
    """Return a number with its sign and one decimal: ``+3.2``, ``−0.4``, ``0.0``."""
    text = f"{abs(value):,.1f}"
    return text if float(text.replace(",", "")) == 0 else f"{'−' if value < 0 else '+'}{text}"


def interval(measure: Measure, pairs: Mapping[str, Any]) -> str:
    """Return the 95 % interval of a paired difference: ``−14.0 to −10.6``; ``no change`` where nothing moves."""
    if pairs["low"] is None:
        return "one pair only"
    if pairs["low"] == pairs["high"] == 0:
        return "no change"
    return f"{difference(measure, pairs['low'])} to {difference(measure, pairs['high'])}"


def clipped(text: str, most: int) -> str:
    """Return a text that fits into so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
