"""What a claim says of a number: the interval that it claims, open or closed, bounded or not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from staffride.evidence.claim_tests import ClaimTest, End, Quantity
from staffride.evidence.model import Claim
from staffride.lab.observable_names import days_after

HALF = 0.5
"""Between the truth 1 and the falsehood 0."""


@dataclass(frozen=True)
class Claimed:
    """The numbers that a claim allows.

    Attributes
    ----------
    low, high
        The ends; infinite where there is none.
    has_low, has_high
        Whether an end itself belongs to the claim.
    """

    low: float = -math.inf
    high: float = math.inf
    has_low: bool = True
    has_high: bool = True

    @property
    def is_one_sided(self) -> bool:
        """Whether the claim is an inequality, an event or a sign, so that it has an opposite."""
        return math.isinf(self.low) != math.isinf(self.high)

    def meets(self, low: float, high: float) -> bool:
        """Return whether some number from ``low`` to ``high`` is one that the claim allows.

        >>> Claimed(high=0.3).meets(0.3, 0.5), Claimed(high=0.3, has_high=False).meets(0.3, 0.5)
        (True, False)
        """
        return not (self._is_below(high) or self._is_above(low))

    def holds(self, low: float, high: float) -> bool:
        """Return whether the claim allows all numbers from ``low`` to ``high``."""
        return not any(self._is_below(end) or self._is_above(end) for end in (low, high))

    def is_above(self, high: float) -> bool:
        """Return whether all that the claim allows lies above ``high``."""
        return self._is_below(high)

    def _is_below(self, number: float) -> bool:
        """Return whether a number is too small for the claim."""
        return number < self.low or (number == self.low and not self.has_low)

    def _is_above(self, number: float) -> bool:
        return number > self.high or (number == self.high and not self.has_high)


ABOVE_NOUGHT, BELOW_NOUGHT = Claimed(low=0.0, has_low=False), Claimed(high=0.0, has_high=False)
HAPPENS, DOES_NOT_HAPPEN = Claimed(low=HALF), Claimed(high=HALF)


def claimed_of(test: ClaimTest, claim: Claim, quantity: Quantity, start: datetime) -> Claimed:
    """Return what a claim says, as its test reads it.

    Parameters
    ----------
    start
        The start of the scenario, from which days are counted where an end is a date.
    """
    if test.sign is not None:
        return ABOVE_NOUGHT if test.sign == "positive" else BELOW_NOUGHT
    if test.happens is not None:
        return HAPPENS if test.happens else DOES_NOT_HAPPEN
    if not test.has_ends:
        return _between(claim.low, claim.high, quantity)
    low = _days(test.low, start) if test.more_than is None else _days(test.more_than, start, end_of_day=True)
    high = (
        _days(test.high, start, end_of_day=True) if test.less_than is None else _days(test.less_than, start)
    )
    found = _between(low, high, quantity)
    return Claimed(found.low, found.high, test.more_than is None, test.less_than is None)


def _between(low: float | None, high: float | None, quantity: Quantity) -> Claimed:
    """Return an interval; an end at a natural limit of the quantity says nothing, and so is none."""
    if low is not None and low != high and low == quantity.low:
        low = None
    if high is not None and low != high and high == quantity.high:
        high = None
    return Claimed(-math.inf if low is None else low, math.inf if high is None else high)


def _days(end: End | None, start: datetime, *, end_of_day: bool = False) -> float | None:
    return days_after(start, end, end_of_day=end_of_day) if isinstance(end, date) else end
