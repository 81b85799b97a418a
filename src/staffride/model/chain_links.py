"""What the stages of a chain hand on: from the closure to the operation, and from both to the displacement.

Each link is an effect with a prior that includes none: with every effect at zero the operation is the one that runs
alone, and the displacement starts from its own priors but for hunger and fuel, which the closure tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffride.engine.compile import compiled
from staffride.model.campaign_codes import number
from staffride.model.campaign_inputs import CampaignDraws, CampaignInputs

Floats = NDArray[np.float64]
SUPPLY_START = number("supply.{side}.start")


@compiled
def supplied_factor(effect: float, food_share: float, fuel_share: float) -> float:
    """Return the factor on the days of supply with which a side's formations begin.

    Equation: ``1 - effect (1 - (food left + fuel left) / 2)``: one with full stocks, or without an effect.
    Units: shares of full stocks; the effect 0 to 1.
    Source: assumed: formations behind a closed road live on the stocks that are there.
    Limits: ammunition came by the same road as food; who stored what is not known.
    """
    return 1.0 - effect * (1.0 - 0.5 * (food_share + fuel_share))


@compiled
def hungry_factor(effect: float, hunger: float) -> float:
    """Return the factor on turnout, or on the combat power of a person, that hunger brings.

    Equation: ``exp(effect x hunger)``; a negative effect weakens.
    Units: hunger 0 to 1.
    Source: proportional change; that want wears troops down: van Creveld (1977), Supplying War.
    Limits: soldiers are as hungry as all others; zero effect is none.
    """
    return math.exp(effect * hunger)


@compiled
def share_without_fuel(when_empty: float, fuel_share: float) -> float:
    """Return the share of vehicles that lack fuel for the way when the road opens.

    Equation: ``share when empty x (1 - fuel left)``.
    Units: shares; fuel left is a share of full stocks.
    Source: assumed: who has fuel left is spread like the stock as a whole.
    Limits: with full stocks nobody lacks fuel.
    """
    return when_empty * (1.0 - fuel_share)


@compiled
def danger_factor(effect: float, fled_share: float) -> float:
    """Return the factor on the rate at which the first households leave that the fighting brings.

    Equation: ``exp(effect x share who fled or were killed in the fighting)``.
    Units: shares.
    Source: proportional hazards (Cox 1972).
    Limits: what was feared and did not happen does not count; zero effect is none.
    """
    return math.exp(effect * fled_share)


@compiled
def stay_where_held(stay_share: float, effect: float, held_share: float) -> float:
    """Return the share of households who stay after an operation.

    Equation: ``logit(stay) = logit(stay share) + effect x held``; held is the part of the ground that the side still
    holds at the end of the operation, and none where it accepted terms.
    Units: shares; log-odds.
    Source: logit choice (McFadden 1974), in Frontiers in Econometrics, 105-142.
    Limits: one share for all places, whichever of them changed hands; zero effect is none.
    """
    if stay_share <= 0.0 or stay_share >= 1.0:
        return min(max(stay_share, 0.0), 1.0)
    odds = stay_share / (1.0 - stay_share) * math.exp(effect * held_share)
    return odds / (1.0 + odds)


@dataclass(frozen=True)
class DrawsAfterClosure(CampaignDraws):
    """What an operation draws, with what the closure made of it.

    Attributes
    ----------
    first
        The replication of the first row of the factors.
    supply, turnout, quality
        Factors of the side behind the road, (rows,).
    side
        Its index.
    turnouts, qualities
        Columns of the levels that they change.
    """

    first: int
    side: int
    supply: Floats
    turnout: Floats
    quality: Floats
    turnouts: tuple[int, ...]
    qualities: tuple[int, ...]

    def of_variant(
        self, inputs: CampaignInputs, variant: int, rows: slice
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return numbers, figures, strengths, tempos and levels of some rows, after the closure."""
        numbers, figures, strengths, tempos, levels = super().of_variant(inputs, variant, rows)
        numbers, levels = numbers.copy(), levels.copy()
        mine = slice(rows.start - self.first, rows.stop - self.first)
        numbers[:, SUPPLY_START + self.side] *= self.supply[mine]
        for column in self.turnouts:
            levels[:, column] = np.minimum(1.0, levels[:, column] * self.turnout[mine])
        for column in self.qualities:
            levels[:, column] *= self.quality[mine]
        return numbers, figures, strengths, tempos, levels


def displaced_numbers(
    numbers: Mapping[str, float],
    hunger: float,
    without_fuel: float,
    danger: float,
    held_effect: float,
    held_share: float,
    stay_share: float | None,
) -> dict[str, float]:
    """Return the parameters of a displacement with what the stages before it hand on.

    Parameters
    ----------
    numbers
        As it would draw them alone.
    hunger, without_fuel
        Index of want, and share of vehicles without fuel, when the road opens.
    danger
        Factor on the rate of the first to leave.
    held_effect, held_share
        Effect on the log-odds of staying of what the side still holds after an operation, and how much that is.
    stay_share
        Share of households who stay, where an agreement opened the road; ``None`` after an operation.
    """
    changed = {
        "departure.hunger": hunger,
        "fuel.share_without": without_fuel,
        "departure.first_rate": numbers["departure.first_rate"] * danger,
    }
    if stay_share is not None:
        changed |= {"departure.stay_share": stay_share, "departure.trust": 0.0}
    else:
        stay = numbers["departure.stay_share"]
        changed |= {"departure.stay_share": stay_where_held(stay, held_effect, held_share)}
    return {**numbers, **changed}
