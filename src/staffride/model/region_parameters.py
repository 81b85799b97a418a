"""The parameters of our choice of destinations: what each means, its neutral value, and fitted values for all regions.

The figures lie in ``data/region/choice.json``, written by ``benchmarks/flee_fit.py``; nothing in it is set by hand.
There is a set for regions whose capacities are known and one for regions where none is. No value depends on the region.
Beside the sets lies how far the appeal of a destination may be from the rule, and what bands made so hold.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from staffride.model.region_choice import Choice
from staffride.scenario.region import Region

STORED = Path(__file__).resolve().parent.parent / "data" / "region" / "choice.json"
WITH_CAPACITIES, WITHOUT_CAPACITIES, AFTER_REPORTS = (
    "with_capacities",
    "without_capacities",
    "after_first_reports",
)
SETS = (WITH_CAPACITIES, WITHOUT_CAPACITIES, AFTER_REPORTS)
"""Capacities known; none known; none known, but counts of the first weeks."""


@dataclass(frozen=True)
class Term:
    """One parameter of the choice.

    Attributes
    ----------
    name
        As in `Choice`.
    meaning, unit
        In words.
    neutral
        The value at which it changes nothing.
    scale
        How far from neutral a value is expected before anything is seen: one unit of the penalty of a fit.
    lowest, highest
        Bounds of a fit.
    """

    name: str
    meaning: str
    unit: str
    neutral: float
    scale: float
    lowest: float
    highest: float


TERMS = (
    Term(
        "distance_decay",
        "exponent of the length of the way that is felt",
        "dimensionless",
        0.0,
        0.5,
        0.0,
        4.0,
    ),
    Term(
        "danger",
        "kilometres that one in full conflict is felt as, beyond itself",
        "dimensionless",
        0.0,
        10.0,
        0.0,
        50.0,
    ),
    Term("networks", "pull of an even share of those who came before", "dimensionless", 0.0, 0.5, 0.0, 10.0),
    Term("onward", "hazard of moving on inside a country of asylum", "per day", 0.0, 0.003, 0.0, 0.05),
    Term(
        "population",
        "exponent of the population of a place that people leave",
        "dimensionless",
        1.0,
        0.5,
        0.0,
        1.5,
    ),
)
"""The fitted parameters. Scales are assumed: an exponent of a half, an even pull, one in 333 a day, tenfold danger."""


@cache
def stored() -> Mapping[str, Any]:
    """Return the file of fitted values as it is, with where and how they were fitted."""
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    return found


def neutral() -> Choice:
    """Return the parameters with which the rule is the free-capacity rule."""
    return Choice(**{term.name: term.neutral for term in TERMS})


def fitted(name: str = WITH_CAPACITIES) -> Choice:
    """Return the fitted parameters of one of `SETS`."""
    return neutral()._replace(**stored()["sets"][name]["values"])


class FittedSpread(NamedTuple):
    """The spread of the appeal of destinations that was fitted on cases, and what its bands hold on cases left out.

    Attributes
    ----------
    value
        As ``RegionSetup.appeal_spread``.
    held_50, held_90, chance_alone
        Share of destination-days whose count lies in the 50 % and 90 % band, each case counting once; and in a 90 %
        band that shows chance alone.
    cases
        How many cases.
    """

    value: float
    held_50: float
    held_90: float
    chance_alone: float
    cases: int


def set_for(region: Region) -> str:
    """Return which of `SETS` suits a region: with capacities where any destination has one."""
    limited = any(math.isfinite(region.places[at].capacity) for at in region.destinations)
    return WITH_CAPACITIES if limited else WITHOUT_CAPACITIES


def choice_for(region: Region) -> Choice:
    """Return the fitted parameters that suit a region."""
    return fitted(set_for(region))


def fitted_spread(region: Region) -> FittedSpread:
    """Return the fitted spread that suits a region."""
    found = stored()["appeal_spread"][set_for(region)]
    held, alone = found["left_out"], found["chance_alone"]
    cases = len(found["fitted_on"])
    return FittedSpread(found["value"], held["held_50"], held["held_90"], alone["held_90"], cases)
