"""Returns: how many of those who left go back within a given time, with and without a credible guarantee.

Each person returns by a constant hazard. It is highest where home is safe, houses and land can be had again, a
guarantee is credible, and an international presence has a mandate; each of the four that is missing lowers it.

The one anchor is the winter of 2020 to 2021: 51,408 of some 90,000 people came back within 106 days of 15 November,
under peacekeepers and to homes that their own side held. That gives a hazard of 0.008 a day. It stands at the place
where all four conditions are full, as a prior and with its doubt; nothing that came after September 2023 enters.

Limits: one hazard for all, no household and no season; who has settled elsewhere returns as readily as before; the
four conditions are indices from none to full that nobody has measured.

References
----------
Cox (1972), "Regression models and life-tables", Journal of the Royal Statistical Society B 34, 187-220.
"""

from __future__ import annotations

import math

from staffride.engine.compile import compiled
from staffride.engine.random import binomial


@compiled
def return_rate_per_day(
    rate_per_day: float,
    safety: float,
    safety_effect: float,
    belongings: float,
    property_effect: float,
    guarantee: float,
    guarantee_effect: float,
    mandate: float,
    mandate_effect: float,
) -> float:
    """Return the hazard of return under given conditions.

    Equation: ``rate exp(-(safety effect (1 - safety) + property effect (1 - property) + guarantee effect
    (1 - guarantee) + mandate effect (1 - mandate)))``: the rate itself where all four are full.
    Units: per day; conditions 0 none to 1 full; effects are logs of ratios of rates.
    Source: proportional hazards (Cox 1972).
    Limits: the four act one by one; a lack of one is not worse because another is missing too.
    """
    missing = (
        safety_effect * (1.0 - safety)
        + property_effect * (1.0 - belongings)
        + guarantee_effect * (1.0 - guarantee)
        + mandate_effect * (1.0 - mandate)
    )
    return rate_per_day * math.exp(-missing)


@compiled
def share_returned(rate_per_day: float, days: float) -> float:
    """Return the share of those who left who are back after some days.

    Equation: ``1 - exp(-rate x days)``. Worked value: 0.008 a day over 106 days gives 0.572, which is 51,408 of
    90,000 in the winter of 2020 to 2021.
    Units: per day; days.
    Source: constant hazard.
    Limits: nobody leaves a second time.
    """
    return -math.expm1(-rate_per_day * days)


@compiled
def persons_returned(left: int, share: float, u: float) -> int:
    """Return how many of those who left are back, by inverting one uniform number.

    Equation: binomial (left, share).
    Units: persons.
    Source: independent decisions; families that decide together would spread more.
    Limits: with the same uniform a higher share never brings fewer people back.
    """
    return binomial(left, share, u)
