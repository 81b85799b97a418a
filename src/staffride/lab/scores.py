"""Standard normal scores and the parameters that they stand for, so that a move is a move of normal numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from staffride.lab.law import LAW_PARAMETERS, fluid_plans, law_table
from staffride.lab.normal import normal_cdf
from staffride.lab.priors import quantile
from staffride.model.displacement_inputs import Inputs
from staffride.scenario.schema import Scenario

Floats = NDArray[np.float64]
SCORE_GRID = np.linspace(-6.0, 6.0, 4001)

LEAVER_PARAMETERS = (
    "population.residents",
    "departure.stay_share",
    "departure.trust",
    "departure.trust_effect",
)
"""The parameters that set how many leave."""


class ScoreTable:
    """Turns standard normal scores into parameters by interpolation between tabulated prior quantiles.

    The error of interpolation is far below a thousandth of a prior's spread; it makes Metropolis moves cheap.
    """

    def __init__(self, scenario: Scenario, inputs: Inputs, names: tuple[str, ...] = LAW_PARAMETERS) -> None:
        self.names = tuple(name for name in names if scenario.parameters[name].sd > 0.0)
        self.inputs = inputs
        uniform = normal_cdf(SCORE_GRID)
        self.table = {name: quantile(scenario, name, uniform) for name in self.names}
        self.fixed = {
            name: quantile(scenario, name, np.array([0.5]))[0] for name in names if name not in self.names
        }

    def columns(self, score: Floats) -> dict[str, Floats]:
        """Return the parameters, a column (n,) each, of scores (n, D)."""
        free = {
            name: np.interp(score[:, d], SCORE_GRID, self.table[name]) for d, name in enumerate(self.names)
        }
        return free | {name: np.full(score.shape[0], value) for name, value in self.fixed.items()}

    @property
    def leaver_scores(self) -> tuple[int, ...]:
        """Positions of the scores that set how many leave."""
        return tuple(d for d, name in enumerate(self.names) if name in LEAVER_PARAMETERS)

    def keep_first_flow(self, before: Floats, after: Floats) -> tuple[Floats, Floats]:
        """Let the first hazard follow a move of the leavers, so that leavers times hazard stay the same.

        Parameters
        ----------
        before, after
            Scores (n, D); those of the first hazard are still equal.

        Returns
        -------
        scores, correction
            The scores with the first hazard moved, and the log of the prior density ratio times the Jacobian of
            that shift, (n,).
        """
        if "departure.first_rate" not in self.names:
            return after, np.zeros(after.shape[0])
        d = self.names.index("departure.first_rate")
        rates = self.table["departure.first_rate"]
        slope = np.gradient(rates, SCORE_GRID)
        leavers = [fluid_plans(self.columns(score), self.inputs).leavers for score in (before, after)]
        rate = np.interp(before[:, d], SCORE_GRID, rates)
        ratio = np.where(leavers[1] > 0.0, leavers[0] / np.maximum(leavers[1], 1e-9), np.inf)
        wanted = rate * ratio
        moved = after.copy()
        moved[:, d] = np.interp(wanted, rates, SCORE_GRID)
        inside = (wanted > rates[0]) & (wanted < rates[-1])
        stretch = np.interp(before[:, d], SCORE_GRID, slope) * ratio
        jacobian = np.log(
            stretch / np.interp(moved[:, d], SCORE_GRID, slope), where=inside, out=np.zeros(len(rate))
        )
        correction = 0.5 * (before[:, d] ** 2 - moved[:, d] ** 2) + jacobian
        return moved, np.where(inside, correction, -np.inf)

    def law(self, score: Floats) -> Floats:
        """Return the laws of the particle filter of scores (n, D)."""
        return law_table(self.columns(score), self.inputs)
